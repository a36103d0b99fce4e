"""The notebooks as a course of nbgrader, tried with it: submissions get the marks they should.

nbgrader puts a menu into every JupyterLab beside it, so it is no part of the book's environment: it
is fetched into .cache for this test. Without a network the test is skipped; where
D2L_REQUIRE_NBGRADER is set, as in continuous integration, it fails.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from nbformat import NotebookNode

from publish import assignment
from publish.reading import ROOT
from tools import clean
from tools.fresh import of_the_book

CHAPTERS = ROOT / "chapters"
CHAPTER, NAME = "02_tensors", "05_broadcasting.ipynb"
STRETCH = "def stretch_rows(x):\n    ..."
PLACES = "def real_places(lengths, m):\n    ..."
RIGHT = {
    STRETCH: """\
def stretch_rows(x):
    low, high = x.amin(1, keepdim=True), x.amax(1, keepdim=True)
    return (x - low) / (high - low)""",
    PLACES: "def real_places(lengths, m):\n    return torch.arange(m) < lengths[:, None]",
    "def nearest(a, b):\n    ...": """\
def nearest(a, b):
    return ((a[:, None] - b) ** 2).sum(2).argmin(1)""",
}
WARNING = """\
    import logging, sys, warnings
    warnings.warn("old")
    logging.warning("slow")
    print("here", file=sys.stderr)
"""
FORGED = """
import sys, types
import d2lutils.checking as checking
checking.judge = lambda name, answer: types.SimpleNamespace(passed=True, text="")
d2l.check = lambda *answers: None
sys.modules["d2lutils.checking"] = checking
"""
SETTING = """\
from nbgrader.preprocessors import Execute
from traitlets.config import PyFileConfigLoader
settings = PyFileConfigLoader("nbgrader_config.py").load_config()
print(Execute(config=settings).iopub_timeout)
"""
MARKS = """\
import json
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    found = book.assignment_submissions("02_tensors")
    print(json.dumps({s.student.id: [s.score, s.max_score] for s in found}))
"""


Cells = list[NotebookNode]


def right(cells: Cells) -> None:
    answered(cells, RIGHT)


def answered(cells: Cells, answers: dict[str, str]) -> None:
    for cell in cells:
        for stub, answer in answers.items():
            cell.source = cell.source.replace(stub, answer)


def wrong(cells: Cells) -> None:
    """One of three is wrong."""
    answered(cells, RIGHT | {PLACES: RIGHT[PLACES].replace("<", "<=")})


def empty(_: Cells) -> None:
    """As handed out."""


def crashing(cells: Cells) -> None:
    """One is right, one raises an error before it is defined."""
    answered(cells, {STRETCH: RIGHT[STRETCH], PLACES: f"raise RuntimeError('boom')\n{PLACES}"})


def cheating(cells: Cells) -> None:
    """Another judge is put in place, and the tests are emptied."""
    _of(cells, "exercise-02-5b").source += FORGED
    for cell in cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = "pass"


def warning(cells: Cells) -> None:
    """All are right, and write to stderr."""
    told = {stub: answer.replace(":\n", f":\n{WARNING}", 1) for stub, answer in RIGHT.items()}
    answered(cells, told)


def displayhook(cells: Cells) -> None:
    """All are wrong, and show a number: nbgrader takes that for points."""
    shown = "    import sys\n    sys.displayhook(1.0)"
    answered(cells, {stub: stub.replace("    ...", shown) for stub in RIGHT})


def copied(cells: Cells) -> None:
    """All are right; one stub's cell stands there twice."""
    right(cells)
    cells.insert(0, deepcopy(_of(cells, "exercise-02-5c")))


def deleted(cells: Cells) -> None:
    """All are right; one test is deleted."""
    right(cells)
    cells.remove(_of(cells, "check-02-5c"))


def _of(cells: Cells, name: str) -> NotebookNode:
    return next(c for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


SUBMISSIONS: dict[Callable[[Cells], None], float] = {
    right: 3, wrong: 2, empty: 0, crashing: 1, cheating: 0, warning: 3, displayhook: 0,
    copied: 3, deleted: 3,
}  # fmt: skip


@pytest.fixture(scope="module")
def nbgrader() -> dict[str, str]:
    """The environment in which python -m nbgrader runs."""
    folder = ROOT / ".cache" / "nbgrader"
    if not (folder / "nbgrader").is_dir():
        uv = shutil.which("uv")
        install = [uv, "pip", "install", "--python", sys.executable] if uv else None
        install = install or [sys.executable, "-m", "pip", "install"]
        command = [*install, "--quiet", "--target", str(folder), "nbgrader>=0.9.5"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            told = f"nbgrader cannot be fetched: {done.stderr.strip()[-200:]}"
            required = os.environ.get("D2L_REQUIRE_NBGRADER")
            pytest.fail(told) if required else pytest.skip(told)
    path = [str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
    found = {**os.environ, "PATH": os.pathsep.join(path), "OMP_NUM_THREADS": "1"}
    return found | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)])}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("a course") / "course"
    assignment.write(out, CHAPTER)
    return out


def test_every_exercise_with_a_check_is_one_point(tmp_path: Path) -> None:
    assignment.write(tmp_path / "out")
    for path in of_the_book(CHAPTERS)[1:]:
        book = clean.read(path)
        made = clean.read(tmp_path / "out" / "source" / path.relative_to(CHAPTERS))
        stubs = [cell for cell in book.cells if "exercise" in cell.metadata.get("tags", [])]
        marks = [cell.metadata.nbgrader for cell in made.cells if "nbgrader" in cell.metadata]
        assert sum(mark.get("points", 0) for mark in marks) == len(stubs), path
        assert len({mark.grade_id for mark in marks}) == 2 * len(stubs)
        for cell in made.cells:
            if "nbgrader" in cell.metadata:
                ast.parse(cell.source)


def test_marks_are_what_they_should_be(course: Path, nbgrader: dict[str, str]) -> None:
    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command], cwd=course, env=nbgrader, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    assert run("-c", SETTING) == "60\n"  # a busy machine loses right answers at the usual 4 seconds
    for other in (course / "source" / CHAPTER).glob("*.ipynb"):
        if other.name != NAME:
            other.unlink()  # one notebook will do
    run("-m", "nbgrader", "generate_assignment", CHAPTER)
    released = course / "release" / CHAPTER / NAME
    assert "SOLUTION" not in released.read_text("utf-8")
    assert "from_0_to_1" not in released.read_text("utf-8")
    for change in SUBMISSIONS:
        notebook = clean.read(released)
        change(notebook.cells)
        copy = course / "submitted" / change.__name__ / CHAPTER / NAME
        copy.parent.mkdir(parents=True)
        clean.write(notebook, copy)
    run("-m", "nbgrader", "autograde", CHAPTER)
    marks = json.loads(run("-c", MARKS))
    assert marks == {change.__name__: [mark, 3] for change, mark in SUBMISSIONS.items()}


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.ipynb").write_text("{}")
    with pytest.raises(FileExistsError, match="is not empty: name a new folder"):
        assignment.write(tmp_path)


def test_an_unknown_chapter_is_told_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there are 01_introduction, 02_tensors"):
        assignment.write(tmp_path / "out", "09_nothing")
