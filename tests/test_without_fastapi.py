"""07/23 and 07/24 without FastAPI: one line says what to type, and the rest runs."""

import sys
from threading import enumerate as running

import pytest

import d2lutils as d2l
from tests import without

REMEDY = f"No FastAPI. Type: {d2l.install_line('fastapi', 'uvicorn')}\n"


def threads():
    """The threads that run, but for the one in which tqdm watches its bars."""
    return {thread for thread in running() if type(thread).__name__ != "TMonitor"}


@pytest.mark.parametrize(
    ("name", "raises", "match"),
    [
        ("23_serving.ipynb", OSError, "timed out|refused"),
        ("24_batching_under_load.ipynb", RuntimeError, "equal size"),
    ],
)
def test_the_rest_runs(name, raises, match, monkeypatch, capsys):
    cells = without.cells_of(f"07_performance/{name}")
    for package in ("fastapi", "uvicorn", "pydantic"):
        monkeypatch.setitem(sys.modules, package, None)  # importing it raises ImportError
    before = threads()
    said, space = without.run(cells, lambda: capsys.readouterr().out, raises, match)

    assert [text for text in said if "FastAPI" in text] == [REMEDY]
    if name.startswith("23"):
        assert list(space["table"]) == ["naive"]
        assert (space["table"]["naive"] // 100).value_counts().to_dict() == {2: 7, 5: 8}
    for cell, text in zip(cells, said, strict=True):
        the_same = not any(word in cell.source for word in ("FastAPI", "d2l.check"))
        if the_same and without.is_exact(cell):
            assert text == without.saved_of(cell)
    assert threads() == before
