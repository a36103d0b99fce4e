"""Which exercises are solved in saved notebooks: `python -m d2lutils progress`."""

import csv
import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from d2lutils.errors import BookError

CHECK = "application/vnd.d2l.check+json"  # what `d2l.check` leaves beside its line
CHAPTERS = Path(__file__).resolve().parent.parent / "chapters"  # in a checkout of the book
NAME = re.compile(r"\d\d\.\d+[a-z]", re.ASCII)
CALL = re.compile(rf"d2l\.check\(\s*[\"']({NAME.pattern})[\"']", re.ASCII)


def report(folders: Iterable[Path], *, as_csv: bool = False, seconds: float | None = None) -> int:
    """Print which exercises are solved; return 1 if something could not be counted, else 0.

    What cannot be counted is told on stderr, a line for each file or folder.

    Args:
        folders: one for each person, with that person's notebooks; none for the book's own.
        as_csv: a table of a row for each folder and a column for each exercise: 1, 0, or empty
            where the folder has no such exercise, as one without notebooks.
        seconds: run each notebook anew, in a copy of its folder, with this limit for each of its
            cells; else the saved outputs count.

    Raises:
        BookError: `seconds` is given and nbclient is missing.
    """
    if seconds is not None and not (find_spec("nbclient") and find_spec("nbformat")):
        raise BookError("Running notebooks needs nbclient: pip install nbclient.")
    chosen = [Path(os.path.abspath(folder)) for folder in folders]
    people = [_Person(folder) for folder in dict.fromkeys(chosen or [_own()])]
    counted = [person for person in people if person.read()]
    exercises = sorted({name for person in counted for name in person.passed}, key=_order)
    rows = csv.writer(sys.stdout, lineterminator="\n")
    names = _names([person.folder for person in counted])
    width = max(map(len, names), default=0)
    if as_csv:
        rows.writerow(["folder", *exercises])
    for person, name in zip(counted, names, strict=True):
        if seconds is not None:
            person.run(seconds)
        if as_csv:
            verdicts = (person.passed.get(exercise) for exercise in exercises)
            rows.writerow([name, *("" if passed is None else int(passed) for passed in verdicts)])
        elif len(people) > 1:
            done = sum(person.passed.get(exercise, False) for exercise in exercises)
            print(f"{name:<{width}}  {done:>3} of {len(exercises)} solved")
        else:
            print(*_listed(person.folder, person.passed), sep="\n")
        sys.stdout.flush()  # what is counted stays, whatever stops the next one
    return int(any(person.faults for person in people))


class _Person:
    """A folder's notebooks, what they say of each exercise, and what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passed: dict[str, bool] = {}
        self.faults: set[Path] = set()
        self._paths: list[Path] = []  # of the notebooks that can be read

    def read(self) -> bool:
        """Count what the saved notebooks say; return whether there is such a folder."""
        if not self.folder.is_dir():
            told = "is no folder: name one for each person, with that person's notebooks."
            self._tell(self.folder, told)
            return False
        paths = [path for path in sorted(self.folder.rglob("*.ipynb")) if self._counts(path)]
        if not paths:
            self._tell(self.folder, "holds no notebook: name the folder that does.")
        for path in paths:
            try:
                cells = list(json.loads(path.read_text("utf-8-sig"))["cells"])
            except (OSError, ValueError, LookupError, TypeError, RecursionError):
                self._tell(path, "is no notebook that can be read: ask for a new copy.")
            else:
                self._paths.append(path)
                self._count(path, cells)
        return True

    def run(self, seconds: float) -> None:
        """Count what the notebooks say after a run in a copy of the folder, and nothing else."""
        self.passed = dict.fromkeys(self.passed, False)
        with TemporaryDirectory(ignore_cleanup_errors=True) as place:
            copy = Path(place) / self.folder.name
            try:
                shutil.copytree(self.folder, copy, ignore=shutil.ignore_patterns(".*", "__MACOSX"))
            except OSError:  # a broken link, as one: the notebooks may do without
                self._tell(self.folder, "cannot be copied in full: remove what is no plain file.")
            for path in self._paths:
                self._count(path, self._run(path, copy / path.relative_to(self.folder), seconds))

    def _run(self, path: Path, copy: Path, seconds: float) -> list[Any]:
        """Return the cells after a run; a cell that fails, or takes too long, has no verdict."""
        from nbclient import NotebookClient
        from nbclient.exceptions import CellTimeoutError, DeadKernelError
        from nbformat.v4.nbjson import reads

        cells: list[Any] = []
        try:
            notebook: Any = reads(copy.read_text("utf-8-sig"))  # type: ignore[no-untyped-call]
            cells = notebook.cells
            for cell in cells:
                if cell.cell_type == "code":
                    cell.outputs = []
            NotebookClient(
                notebook,
                kernel_name="python3",
                timeout=seconds,
                interrupt_on_timeout=True,
                allow_errors=True,
                resources={"metadata": {"path": str(copy.parent)}},
            ).execute()
        except (CellTimeoutError, DeadKernelError):
            pass  # what ran before it counts
        except Exception as error:
            self._tell(path, f"cannot be run ({type(error).__name__}): open it in the lab.")
        return cells

    def _counts(self, path: Path) -> bool:
        """Return False for checkpoints, for what macOS puts beside a file, and for folders."""
        parts = path.relative_to(self.folder).parts
        hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
        return path.is_file() and not hidden

    def _count(self, path: Path, cells: list[Any]) -> None:
        for cell in cells:
            try:
                for name, passed in _verdicts(cell):
                    self.passed[name] = passed or self.passed.get(name, False)
            except (AttributeError, LookupError, TypeError, ValueError):
                self._tell(path, "cannot be read in full: open it in the lab, or ask for a copy.")

    def _tell(self, path: Path, what: str) -> None:
        if path not in self.faults:
            print(f"{path} {what}", file=sys.stderr, flush=True)
        self.faults.add(path)


def _verdicts(cell: Any) -> Iterator[tuple[str, bool]]:
    """Yield the exercises that a cell checks, as not solved, and then what its outputs say."""
    if cell["cell_type"] != "code" or "solution" in cell["metadata"].get("tags", []):
        return
    yield from ((name, False) for name in CALL.findall("".join(cell["source"])))
    for output in cell.get("outputs", []):
        if (verdict := output.get("data", {}).get(CHECK)) is not None:
            if not NAME.fullmatch(verdict["check"]):
                raise ValueError(verdict["check"])
            yield verdict["check"], verdict["passed"] is True


def _own() -> Path:
    return CHAPTERS if CHAPTERS.is_dir() else Path.cwd()


def _names(folders: Sequence[Path]) -> list[str]:
    """Return the folders' last names, or more where these are not enough to tell them apart."""
    names = [folder.name for folder in folders]
    if len(set(names)) == len(names):
        return names
    common = os.path.commonpath(folders)
    return [folder.relative_to(common).as_posix() for folder in folders]


def _listed(folder: Path, passed: dict[str, bool]) -> list[str]:
    """Return a line for each section, and a total."""
    sections: dict[str, list[str]] = {}
    for exercise in sorted(passed, key=_order):
        sections.setdefault(exercise[:-1], []).append(exercise)
    lines = []
    for section, group in sections.items():
        still = [exercise[-1] for exercise in group if not passed[exercise]]
        line = f"{section:<6} {len(group) - len(still)} of {len(group)} solved"
        lines.append(line + (f"; open: {', '.join(still)}" if still else ""))
    total = f"{sum(passed.values())} of {len(passed)} exercises with a check are solved"
    return [*lines, f"{total} in {folder}."]


def _order(exercise: str) -> tuple[list[int], str]:
    """Return what sorts 02.10a behind 02.9b."""
    return [int(number) for number in re.findall(r"\d+", exercise)], exercise
