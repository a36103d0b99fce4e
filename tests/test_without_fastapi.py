"""07/23 where FastAPI is not installed: one line says what to type, and the rest runs."""

import sys
from pathlib import Path
from threading import enumerate as running

import matplotlib.pyplot as plt
import pytest

import d2lutils as d2l
from tests import form
from tools import clean

NOTEBOOK = Path(__file__).parents[1] / "chapters/07_performance/23_serving.ipynb"


@pytest.fixture
def cells():
    if NOTEBOOK in form.changed_by_the_reader():
        pytest.skip("a reader has changed the notebook")
    return [cell for cell in clean.read(NOTEBOOK).cells if cell.cell_type == "code"]


def threads():
    """The threads that run, but for the one in which tqdm watches its bars."""
    return {thread for thread in running() if type(thread).__name__ != "TMonitor"}


def test_the_rest_runs(cells, monkeypatch, capsys):
    for name in ("fastapi", "uvicorn", "pydantic"):
        monkeypatch.setitem(sys.modules, name, None)  # importing it raises ImportError
    before = threads()
    space = {"__name__": "__main__"}
    said = {}
    for number, cell in enumerate(cells):
        program = compile(cell.source, f"cell {number}", "exec")
        if "raises-exception" in cell.metadata.get("tags", []):
            with pytest.raises(OSError, match=r"timed out|refused"):
                exec(program, space)
        else:
            exec(program, space)
        said[number] = capsys.readouterr().out
    plt.close("all")

    remedy = f"No FastAPI. Type: {d2l.install_line('fastapi', 'uvicorn')}\n"
    assert [text for text in said.values() if "FastAPI" in text] == [remedy]
    assert list(space["table"]) == ["naive"]
    assert (space["table"]["naive"] // 100).value_counts().to_dict() == {2: 7, 5: 8}
    for number, cell in enumerate(cells):
        saved = [output.text for output in cell.outputs if output.output_type == "stream"]
        the_same = not any(name in cell.source for name in ("FastAPI", "d2l.check"))
        if the_same and cell.metadata.get("d2l") is None:
            assert said[number] == "".join(saved)
    assert threads() == before
