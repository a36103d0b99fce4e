"""What `make execute` keeps of a notebook's saved outputs."""

import nbformat
import pytest
from nbformat import NotebookNode

from tests.comparison import FIGURE
from tools import execute

DRAWN = {"form": 2, "size": "900 × 480", "text": 20.0, "artists": [], "axes": []}


def cell(**about: object) -> NotebookNode:
    """A cell that shows a figure of which this is known."""
    data = {"text/plain": "<Figure>", FIGURE: about}
    shown = nbformat.v4.new_output("display_data", data=data)
    return nbformat.v4.new_code_cell("plt.show()", execution_count=1, outputs=[shown])


def notebook(*cells: NotebookNode) -> NotebookNode:
    return nbformat.v4.new_notebook(cells=list(cells))


@pytest.mark.parametrize(
    ("saved", "changed"),
    [
        (DRAWN, 0),
        ({key: value for key, value in DRAWN.items() if key != "text"}, 1),
        ({**DRAWN, "text": 12.0}, 1),
        ({**DRAWN, "size": "900 × 500"}, 1),
    ],
    ids=["equal", "saved before its text was measured", "smaller text", "other size"],
)
def test_a_figure_is_kept_while_it_and_what_is_known_of_it_are_equal(
    saved: dict[str, object], changed: int
) -> None:
    before, after = notebook(cell(**saved)), notebook(cell(**DRAWN))
    assert execute.keep_equal(before, after, rtol=1e-3) == changed
    assert after.cells[0].outputs[0].data[FIGURE] == (DRAWN if changed else saved)


@pytest.mark.parametrize(("about", "changed"), [({**DRAWN, "text": 12.0}, 0), ({"form": 2}, 1)])
def test_a_figure_that_is_not_compared_is_kept_while_the_same_is_known_of_it(
    about: dict[str, object], changed: int
) -> None:
    before, after = notebook(cell(**about)), notebook(cell(**DRAWN))
    before.cells[0].metadata.tags = ["nbval-ignore-output"]
    assert execute.keep_equal(before, after, rtol=1e-3) == changed
