"""The rule on figures as a lecturer shows them: their text can be read from the last row."""

from collections.abc import Iterator

from nbformat import NotebookNode

from tests.form.reading import FIGURE, Page, headings, pictures, tags
from tests.form.rules import Breach, rule

SCREEN = 1280, 720  # the smallest projector
# What chapters/rise.css leaves for a picture: 102 pixels beside it are the prompt's.
WIDTH = 1160
HEIGHT, UNDER_HEADING = 0.58, 0.50  # of the screen's
READABLE = 0.02  # of the screen's height


@rule
def figures_are_read_from_the_last_row(page: Page) -> Iterator[Breach]:
    for i, cell in page.code:
        for output in pictures(cell):
            data = output.data.get(FIGURE, {})
            if data and "text" not in data:
                yield i, "was saved before its figure's text was measured: run tools/execute.py"
            if not data.get("text"):
                continue
            share = data["text"] * scale(data["size"], height(page, i)) / SCREEN[1]
            if share < READABLE:
                yield (
                    i,
                    f"enlarge the figure's text, or draw it smaller or with less in it: on a slide "
                    f"its smallest text is {share:.2%} of the height; {READABLE:.0%} can be read",
                )


def scale(size: str, height: float) -> float:
    """How much larger than saved a picture of so many pixels ("900 × 480") is on a slide."""
    across, down = (int(length) for length in size.split(" × "))
    return min(WIDTH / across, height * SCREEN[1] / down)


def height(page: Page, i: int) -> float:
    """The share of the screen's height that the picture of cell `i` has."""
    if "hide-input" in tags(page.notebook.cells[i]):
        return HEIGHT
    return UNDER_HEADING if any(map(has_heading, slide(page, i))) else HEIGHT


def slide(page: Page, i: int) -> list[NotebookNode]:
    """The cells that are seen together with cell `i` on a slide."""
    kinds = [cell.metadata.get("slideshow", {}).get("slide_type") for _, cell in page.cells]
    starts = [k for k, kind in enumerate(kinds) if kind in ("slide", "subslide")]
    first = max((k for k in starts if k <= i), default=0)
    end = min((k for k in starts if k > i), default=len(kinds))
    return [page.notebook.cells[k] for k in range(first, end) if kinds[k] not in ("notes", "skip")]


def has_heading(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and bool(headings(cell.source))
