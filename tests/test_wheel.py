"""A wheel, installed by pip where no checkout is known, and a notebook alone beside it."""

import json
import os
import shutil
import stat
import subprocess
import sys
import sysconfig
import tarfile
import venv
from pathlib import Path

import pytest

from d2lutils.answers.finding import findings
from d2lutils.answers.messages import explanation
from d2lutils.data.files import registry

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "chapters/02_tensors/05_broadcasting.ipynb"
CALLS = [
    "penguins", "wine", "weather", "co2", "countries", "digits", "mnist", "brain", "ct", "story",
    "chord",
]  # fmt: skip
LOAD = f"""
import d2lutils as d2l
print(d2l.data.path("tables/wine.csv"))
for name in {CALLS}:
    getattr(d2l.data, name)()
for name in ["cat", "coffee", "cup", "camera"]:
    d2l.data.photo(name)
"""


def build(kind, folder):
    """Build a wheel or an sdist as pip does, without its download of the builder."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.iterdir()
    return built


class Environment:
    """A Python with all of the book's dependencies and without the book."""

    def __init__(self, folder, with_pip=False):
        venv.create(folder, with_pip=with_pip, symlinks=os.name != "nt")
        self.python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        paths = {"base": str(folder), "platbase": str(folder)}
        self.site = Path(sysconfig.get_path("purelib", "venv", vars=paths))
        ours = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        # A .pth within these folders, as the one that leads to the checkout, is not followed.
        (self.site / "dependencies.pth").write_text("\n".join(ours), encoding="utf-8")

    def run(self, folder, *words):
        env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.run(
            [self.python, *words],
            env={**env, "D2L_DATA": str(folder / "larger"), "MPLBACKEND": "agg"},
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """An environment with the wheel, in folders that cannot be written."""
    pytest.importorskip("hatchling")
    here = Environment(tmp_path_factory.mktemp("foreign"), with_pip=True)
    wheel = build("wheel", tmp_path_factory.mktemp("wheel"))
    done = here.run(wheel.parent, "-m", "pip", "install", "-q", "--no-index", "--no-deps", wheel)
    assert done.returncode == 0, done.stderr
    found = [here.site / "d2lutils", *(here.site / "d2lutils").rglob("*")]
    for file in found:
        file.chmod(stat.S_IREAD | (stat.S_IEXEC if file.is_dir() else 0))
    yield here
    for file in found:
        file.chmod(stat.S_IRWXU)


def test_every_bundled_set_loads(installed, tmp_path):
    done = installed.run(tmp_path, "-W", "error", "-c", LOAD)
    assert not done.stderr
    assert done.stdout.strip() == str(installed.site / "d2lutils/bundled/tables/wine.csv")


def test_list_finds_them(installed, tmp_path):
    said = installed.run(tmp_path, "-m", "d2lutils", "list").stdout
    assert f"Bundled, in {installed.site / 'd2lutils/bundled'}:" in said
    assert "  d2l.data.chord() " in said


def test_it_holds_data_but_no_builders(installed):
    bundled = installed.site / "d2lutils/bundled"
    found = {file.relative_to(bundled).as_posix() for file in bundled.rglob("*") if file.is_file()}
    assert found == {*registry(), "README.md", "SHA256SUMS"}


def test_it_finds_and_explains_as_the_checkout_does(installed, tmp_path):
    said = installed.run(tmp_path, "-m", "d2lutils", "find", "gather").stdout
    assert said.splitlines() == findings("gather")
    message = "mat1 and mat2 shapes cannot be multiplied (1x784 and 64x4)"
    said = installed.run(tmp_path, "-m", "d2lutils", "explain", message).stdout
    assert said.splitlines() == explanation(message)


def test_a_notebook_alone_runs_with_it_and_its_checks_pass(installed, tmp_path):
    lone = shutil.copy(NOTEBOOK, tmp_path / "mine.ipynb")
    cells = json.loads(lone.read_text("utf-8"))["cells"]
    code = [c for c in cells if c["cell_type"] == "code"]
    whole = [c for c in code if "raises-exception" not in c["metadata"].get("tags", [])]
    program = "\n".join("".join(c["source"]) for c in whole)
    done = installed.run(tmp_path, "-c", program)
    assert done.returncode == 0, done.stderr
    exercises = done.stdout.count(": not done yet.")  # its stubs
    assert done.stdout.count(": correct.") == exercises == program.count("# Solution ") > 1


def test_a_notebook_alone_says_what_to_type_where_the_package_is_missing(tmp_path):
    alone = Environment(tmp_path / "foreign")
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    first = next(cell for cell in cells if cell["cell_type"] == "code")
    done = alone.run(tmp_path, "-m", "IPython", "--colors=NoColor", "-c", "".join(first["source"]))
    assert "No module named 'd2lutils'" in done.stdout + done.stderr
    assert "# missing? %pip install d2lutils" in done.stdout + done.stderr


def test_source_distribution_holds_data_and_builders(tmp_path):
    pytest.importorskip("hatchling")
    with tarfile.open(build("sdist", tmp_path)) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {f"data/{name}" for name in registry()} | {"data/SHA256SUMS", "data/build.py"} <= names
