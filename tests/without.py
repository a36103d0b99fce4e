"""Run a notebook's cells in this process, to see what it does where a package is missing."""

import ast
import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from inspect import CO_COROUTINE
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest

from tests import form
from tools import clean

CHAPTERS = Path(__file__).parents[1] / "chapters"


def cells_of(name: str) -> list[Any]:
    """Return the code cells of a notebook, `07_performance/23_serving.ipynb`.

    Skips the test where a reader has changed the notebook.
    """
    if CHAPTERS / name in form.changed_by_the_reader():
        pytest.skip("a reader has changed the notebook")
    return [cell for cell in clean.read(CHAPTERS / name).cells if cell.cell_type == "code"]


def run(
    cells: list[Any], printed: Callable[[], str], raises: Any, match: str | None = None
) -> tuple[list[str], dict[str, Any]]:
    """Run cells as a notebook does, inside a loop.

    Args:
        cells: the cells, of which those tagged `raises-exception` have to raise.
        printed: returns what has been printed since the last call.
        raises: the error, or the errors, that these cells raise.
        match: a pattern of the error's message.

    Returns:
        What each cell printed, and the names that the cells left.
    """
    space: dict[str, Any] = {"__name__": "__main__"}

    async def all_cells() -> list[str]:
        said = []
        for number, cell in enumerate(cells):
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            program = compile(cell.source, f"cell {number}", "exec", flags)
            fails = "raises-exception" in cell.metadata.get("tags", [])
            with pytest.raises(raises, match=match) if fails else nullcontext():
                result = eval(program, space)
                if program.co_flags & CO_COROUTINE:
                    await result
            said.append(printed())
        return said

    try:
        return asyncio.run(all_cells()), space
    finally:
        plt.close("all")


def saved_of(cell: Any) -> str:
    """Return what the notebook's file says that a cell has printed."""
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def is_exact(cell: Any) -> bool:
    """Whether a cell prints the same each time: nothing measured, and no tolerance."""
    measured = "nbval-ignore-output" in cell.metadata.get("tags", [])
    return not measured and cell.metadata.get("d2l") is None
