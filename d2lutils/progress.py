"""Which exercises are solved in saved notebooks: `python -m d2lutils progress`."""

import csv
import io
import json
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from d2lutils.errors import BookError

CHECK = "application/vnd.d2l.check+json"  # what `d2l.check` leaves beside its line
CHAPTERS = Path(__file__).resolve().parent.parent / "chapters"  # in a checkout of the book


class Solved(NamedTuple):
    """What one folder's notebooks say of an exercise."""

    exercise: str
    passed: bool


def report(folders: Iterable[Path], *, as_csv: bool = False, seconds: float | None = None) -> str:
    """Say which exercises are solved.

    Args:
        folders: one for each person, with that person's notebooks; none for the book's own.
        as_csv: a table of a row for each folder and a column for each exercise: 1, 0, or empty
            where the folder has no such exercise.
        seconds: run each notebook anew, in a copy, with this limit for each of its cells; else
            the saved outputs count.

    Raises:
        BookError: a folder holds no notebook, or a notebook cannot be read.
    """
    chosen = list(folders) or [CHAPTERS if CHAPTERS.is_dir() else Path()]
    found = {folder: _of_folder(folder, seconds) for folder in chosen}
    if as_csv:
        return _csv(found)
    return "\n".join(_told(found) if len(found) > 1 else _listed(*found.popitem()))


def _of_folder(folder: Path, seconds: float | None) -> list[Solved]:
    paths = [p for p in sorted(folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in p.parts]
    if not paths:
        raise BookError(f"There is no notebook in {folder}.")
    passed: dict[str, bool] = {}
    for path in paths:
        for exercise in _of_notebook(path, seconds):
            passed[exercise.exercise] = exercise.passed or passed.get(exercise.exercise, False)
    return [Solved(name, passed[name]) for name in sorted(passed, key=_order)]


def _of_notebook(path: Path, seconds: float | None) -> Iterable[Solved]:
    try:
        cells = list(json.loads(path.read_text("utf-8"))["cells"])
    except (OSError, ValueError, LookupError, TypeError):
        raise BookError(f"{path} is no notebook that can be read.") from None
    if seconds is not None:
        cells = _run(path, seconds)
    for cell in cells:
        if cell["cell_type"] != "code" or "solution" in cell["metadata"].get("tags", []):
            continue
        for output in cell.get("outputs", []):
            verdict = output.get("data", {}).get(CHECK)
            if isinstance(verdict, dict) and isinstance(verdict.get("check"), str):
                yield Solved(verdict["check"], verdict.get("passed") is True)


def _run(path: Path, seconds: float) -> list[Any]:
    """Return the cells after a run; a cell that fails, or takes too long, has no verdict."""
    try:
        import nbclient
        import nbformat
    except ImportError:
        raise BookError("Running notebooks needs nbclient: pip install nbclient.") from None
    notebook: Any = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    client = nbclient.NotebookClient(
        notebook,
        timeout=seconds,
        interrupt_on_timeout=True,
        allow_errors=True,
        resources={"metadata": {"path": str(path.parent)}},
    )
    ended = (nbclient.exceptions.DeadKernelError, nbclient.exceptions.CellTimeoutError)
    with suppress(*ended):  # what ran before it counts
        client.execute()
    return list(notebook.cells)


def _listed(folder: Path, exercises: list[Solved]) -> list[str]:
    """Return a line for each section, and a total."""
    sections: dict[str, list[Solved]] = {}
    for solved in exercises:
        sections.setdefault(solved.exercise[:-1], []).append(solved)
    lines = []
    for section, group in sections.items():
        done = [solved.exercise[-1] for solved in group if solved.passed]
        still = [solved.exercise[-1] for solved in group if not solved.passed]
        line = f"{section:<6} {len(done)} of {len(group)} solved"
        lines.append(line + (f"; open: {', '.join(still)}" if still else ""))
    total = sum(solved.passed for solved in exercises)
    return [*lines, f"{total} of {len(exercises)} exercises with a check are solved in {folder}."]


def _told(found: dict[Path, list[Solved]]) -> list[str]:
    width = max(len(folder.name) for folder in found)
    return [
        f"{folder.name:<{width}}  {sum(s.passed for s in solved):>3} of {len(solved)} solved"
        for folder, solved in found.items()
    ]


def _csv(found: dict[Path, list[Solved]]) -> str:
    names = sorted({solved.exercise for group in found.values() for solved in group}, key=_order)
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["folder", *names])
    for folder, group in found.items():
        passed = {solved.exercise: int(solved.passed) for solved in group}
        rows.writerow([folder.name, *(passed.get(name, "") for name in names)])
    return text.getvalue().rstrip("\n")


def _order(exercise: str) -> tuple[list[int], str]:
    """Return what sorts 02.10a behind 02.9b."""
    return [int(number) for number in re.findall(r"\d+", exercise)], exercise
