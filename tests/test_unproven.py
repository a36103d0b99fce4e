"""`pytest --unproven` leaves out what has passed with these bytes, and nothing else."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from tests.proofs import FOLDER, Proof, State, proven, read_proof, record
from tools import clean

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS_READ: list[str] = []  # a small tree stands for the book

TESTS = {
    "test_alone.py": "def test_alone(): assert 1\n",
    "test_reading.py": """\
from pathlib import Path
BOOK = Path(__file__).parents[1] / "chapters"

def test_one(): assert (BOOK / "01_a" / "01_one.ipynb").read_text()
def test_two(): assert (BOOK / "01_a" / "02_two.ipynb").read_text()
def test_names(): assert list(BOOK.rglob("*.ipynb"))
""",
    "test_starting.py": """\
import subprocess, sys
def test_a_process_may_read_all_chapters(): subprocess.run([sys.executable, "-c", ""])
""",
}


class Tree:
    """A book of two notebooks, three files of tests, and pytest."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("01_one", "02_two"):
            self.notebook(name, "x = 1", "print(x)")
        for name, text in TESTS.items():
            (root / "tests").mkdir(exist_ok=True)
            (root / "tests" / name).write_text(text)

    def notebook(self, name: str, *sources: str, printed: str = "1\n") -> None:
        cells = [
            nbformat.v4.new_code_cell(source, id=str(place), execution_count=place + 1)
            for place, source in enumerate(sources)
        ]
        cells[-1].outputs = [nbformat.v4.new_output("stream", text=printed)]
        path = self.root / "chapters" / "01_a" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        notebook = nbformat.v4.new_notebook(cells=cells)
        path.write_text(clean.dumps(clean.normalise(notebook)), encoding="utf-8")

    def run(self, *arguments: str, **variables: str) -> tuple[int, list[str], int]:
        """pytest's exit code, which tests it has run, and how many it says that it left out."""
        outside = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
        plugins = [
            f"-p{name}" for name in ("tests.notebook_plugin", "tests.unproven", "nbval.plugin")
        ]
        settings = ["-c", str(ROOT / "pyproject.toml"), f"--rootdir={self.root}", *plugins]
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", *settings, "-rA", "-pno:cacheprovider", *arguments],
            cwd=self.root,
            env={**outside, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        names = re.findall(
            r"^(?:PASSED|FAILED|ERROR) \S*?(\w+)\.\w+::(.+?)(?: - .*)?$", ran.stdout, re.M
        )
        left_out = re.search(r"left out (\d+) that passed here with these bytes", ran.stdout)
        told = sorted(" ".join(name) for name in names)
        return ran.returncode, told, int(left_out[1]) if left_out else 0

    def unproven(self, *arguments: str, **variables: str) -> tuple[int, list[str], int]:
        return self.run("--unproven", "-n0", *arguments, **variables)


ONE = ["01_one Cell 0", "01_one Cell 1"]
TWO = ["02_two Cell 0", "02_two Cell 1"]
READING = [f"test_reading test_{name}" for name in ("names", "one", "two")]
STARTING = ["test_starting test_a_process_may_read_all_chapters"]
EVERY = [*ONE, *TWO, "test_alone test_alone", *READING, *STARTING]


def test_a_change_is_tested_and_nothing_else(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    assert tree.unproven("-n2") == (0, EVERY, 0)
    assert tree.unproven("-n2") == (0, [], 9)
    assert tree.run("-n0")[:2] == (0, EVERY)

    tree.notebook("01_one", "x = 1", "print(x * 1)")
    hang_on_it = ["test_reading test_one", *STARTING]
    assert tree.unproven("-n2") == (0, [*ONE, *hang_on_it], 5)
    tree.notebook("01_one", "x = 1", "print(x)")
    assert tree.unproven() == (0, hang_on_it, 7)  # of tests the last proof is kept

    threads = {"OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"}
    assert tree.unproven("chapters", **threads) == (0, [*ONE, *TWO], 0)

    (tmp_path / "tests" / "test_alone.py").write_text("def test_alone(): assert 2\n")
    assert tree.unproven() == (0, EVERY[4:], 4)


def test_what_failed_or_was_cut_short_is_no_proof(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.notebook("02_two", "x = 1", "print(x)", printed="2\n")
    one = "chapters/01_a/01_one.ipynb"
    assert tree.unproven(f"{one}::Cell 0") == (0, ONE[:1], 0)
    assert tree.unproven("--deselect", f"{one}::Cell 0", one)[1:] == (ONE[1:], 0)
    assert tree.unproven("chapters") == (1, [*ONE, *TWO], 0)
    assert tree.unproven("chapters") == (1, TWO, 2)
    tree.notebook("02_two", "x = 1", "import os; os._exit(1)")
    assert tree.unproven("chapters")[::2] == (1, 2)
    assert tree.unproven("tests/test_reading.py::test_one") == (0, READING[1:2], 0)
    assert tree.unproven("tests/test_reading.py") == (0, [READING[0], READING[2]], 1)


GROUND = {
    "d2lutils/loading.py": "a",
    "data/tables/wine.csv": "b",
    "tests/notebook_plugin.py": "c",
    "tests/comparison.py": "d",
    "tests/ipython/figure_data.py": "e",
    "conftest.py": "f",
    "d2lutils/checks/chapter_01/section_01.py": "g",
    "d2lutils/checks/chapter_01/section_04.py": "h",
}
PASSED_OVER = ["d2lutils/checks/chapter_01/section_02.py", "README.md", "tests/test_alone.py"]


@pytest.fixture
def now(tmp_path: Path) -> State:
    page = tmp_path / "chapters" / "01_a" / "01_one.ipynb"
    page.parent.mkdir(parents=True)
    page.write_text('{"cells": ["as in exercise 01.4b"]}')
    found = {**GROUND, **dict.fromkeys(PASSED_OVER, "x")}
    return State(tmp_path, "around", found, found)


PAGE = "chapters/01_a/01_one.ipynb"


@pytest.mark.parametrize("name", GROUND)
def test_a_notebook_hangs_on_what_its_cells_can_meet(now: State, name: str) -> None:
    for ours in ({**now.ours, name: "other"}, {k: v for k, v in now.ours.items() if k != name}):
        assert replace(now, ours=ours).notebook(PAGE) != now.notebook(PAGE)


def test_a_notebook_hangs_on_its_bytes_and_its_surroundings(now: State) -> None:
    key = now.notebook(PAGE)
    assert replace(now, around="other").notebook(PAGE) != key
    (now.root / PAGE).write_text('{"cells": ["as in exercise 01.4b."]}')
    assert now.notebook(PAGE) != key


@pytest.mark.parametrize("name", PASSED_OVER)
def test_a_notebook_does_not_hang_on_the_rest(now: State, name: str) -> None:
    assert replace(now, ours={**now.ours, name: "other"}).notebook(PAGE) == now.notebook(PAGE)
    found = {**now.found, name: "other"}
    assert replace(now, found=found).tests("tests/test_alone.py") != now.tests(
        "tests/test_alone.py"
    )


def test_what_changed_during_the_run_is_no_proof(now: State) -> None:
    folder, name = now.root / FOLDER, "tests/test_alone.py"
    passed = {name: Proof(name, {"test_alone": now.reads([PAGE])}, of=1)}
    for after in (
        replace(now, around="other"),
        replace(now, found={**now.found, "README.md": "other"}),
        replace(now, found={**now.found, PAGE: "other"}),
    ):
        record(now, after, folder, passed)
        assert proven(after, folder)[0].get(name, []) == []
    record(now, now, folder, passed)
    assert proven(now, folder) == ({name: ["test_alone"]}, [name])


def test_a_damaged_store_proves_nothing_and_stops_nobody(now: State) -> None:
    folder, name = now.root / FOLDER, "tests/test_alone.py"
    passed = {name: Proof(name, {"test_alone": {}}, of=1)}
    folder.parent.write_text("a file where a folder should be")
    record(now, now, folder, passed)
    folder.parent.unlink()
    record(now, now, folder, passed)
    key = now.tests(name)
    for text in ("", "{", "[]", '{"path": 1}', '{"path": "", "tests": {}, "of": 0, "more": 1}'):
        (folder / f"{key}.json").write_text(text)
        assert read_proof(folder, key) is None
    record(now, now, folder, passed)
    assert read_proof(folder, key) == passed[name]
    assert [path.name for path in folder.iterdir()] == [f"{key}.json"]
