"""07/23 and 07/24 without FastAPI: one line says what to type, and the rest runs."""

import ast
import asyncio
import sys
from contextlib import nullcontext
from inspect import CO_COROUTINE
from pathlib import Path
from threading import enumerate as running

import matplotlib.pyplot as plt
import pytest

import d2lutils as d2l
from tests import form
from tools import clean

CHAPTER = Path(__file__).parents[1] / "chapters/07_performance"
REMEDY = f"No FastAPI. Type: {d2l.install_line('fastapi', 'uvicorn')}\n"


def cells_of(name):
    if CHAPTER / name in form.changed_by_the_reader():
        pytest.skip("a reader has changed the notebook")
    return [cell for cell in clean.read(CHAPTER / name).cells if cell.cell_type == "code"]


def threads():
    """The threads that run, but for the one in which tqdm watches its bars."""
    return {thread for thread in running() if type(thread).__name__ != "TMonitor"}


async def run(cells, space, capsys, raises, match):
    """Run cells as a notebook does, inside a loop; return what each of them printed."""
    said = {}
    for number, cell in enumerate(cells):
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        program = compile(cell.source, f"cell {number}", "exec", flags)
        fails = "raises-exception" in cell.metadata.get("tags", [])
        with pytest.raises(raises, match=match) if fails else nullcontext():
            result = eval(program, space)
            if program.co_flags & CO_COROUTINE:
                await result
        said[number] = capsys.readouterr().out
    return said


@pytest.mark.parametrize(
    ("name", "raises", "match"),
    [
        ("23_serving.ipynb", OSError, "timed out|refused"),
        ("24_batching_under_load.ipynb", RuntimeError, "equal size"),
    ],
)
def test_the_rest_runs(name, raises, match, monkeypatch, capsys):
    cells = cells_of(name)
    for package in ("fastapi", "uvicorn", "pydantic"):
        monkeypatch.setitem(sys.modules, package, None)  # importing it raises ImportError
    before = threads()
    space = {"__name__": "__main__"}
    said = asyncio.run(run(cells, space, capsys, raises, match))
    plt.close("all")

    assert [text for text in said.values() if "FastAPI" in text] == [REMEDY]
    if name.startswith("23"):
        assert list(space["table"]) == ["naive"]
        assert (space["table"]["naive"] // 100).value_counts().to_dict() == {2: 7, 5: 8}
    for number, cell in enumerate(cells):
        saved = [output.text for output in cell.outputs if output.output_type == "stream"]
        the_same = not any(word in cell.source for word in ("FastAPI", "d2l.check"))
        measured = "nbval-ignore-output" in cell.metadata.get("tags", [])
        if the_same and not measured and cell.metadata.get("d2l") is None:
            assert said[number] == "".join(saved)
    assert threads() == before
