"""`make lab` and `make test` set everything up: once, by uv or pip, and fail with one clear line.

Nothing is installed here: stand-ins for uv, venv and pip say what they would have done.
"""

import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import setup

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS_READ: list[str] = []  # a stand-in for the book is enough

pytestmark = pytest.mark.skipif(
    os.name == "nt" or shutil.which("make") is None, reason="make is not here"
)

# Stands for uv, venv and pip: notes its arguments, makes .venv/bin/python, or fails as told.
STAND_IN = """\
import os, signal, sys, time
from pathlib import Path
name, arguments = NAME, sys.argv[1:]
if arguments == ["--version"]:
    sys.exit(0)
with open("steps.log", "a") as log:
    log.write(" ".join([name, *arguments]) + "\\n")
if "venv" in (name, arguments[0]):
    python = Path(".venv/bin/python")
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text(f'#!/bin/sh\\n[ "$2" = pip ] && exec "{sys.executable}" "$@"; echo "$@"\\n')
    python.chmod(0o755)
    sys.exit(0)
time.sleep(float(os.environ.get("FAKE_SECONDS", "0")))
if os.environ.get("FAKE_KILL"):
    os.kill(os.getppid(), signal.SIGKILL)
print("Resolved 3 packages", file=sys.stderr)
if message := os.environ.get("FAKE_MESSAGE"):
    sys.exit(message)
"""


class Book:
    """A copy of the set-up in a folder with a space, and the machine around it."""

    def __init__(self, folder: Path, uv: bool) -> None:
        self.root, self.bin, self.modules = folder / "my book", folder / "bin", folder / "modules"
        for part in (self.root / "tools", self.bin, self.modules):
            part.mkdir(parents=True)
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, self.root)
        for path in (ROOT / "tools").glob("*"):
            if path.is_file():
                shutil.copy(path, self.root / "tools")
        for name in ("uv", "venv", "pip"):
            (self.modules / f"{name}.py").write_text(STAND_IN.replace("NAME", f"'{name}'"))
        # A uv that does not run is none: so do version managers' shims look.
        line = f'exec "{sys.executable}" "{self.modules}/uv.py" "$@"' if uv else "exit 127"
        (self.bin / "uv").write_text(f"#!/bin/sh\n{line}\n")
        (self.bin / "uv").chmod(0o755)

    def start(self, *command: str, **variables: str) -> subprocess.Popen[str]:
        """Start a command in the checkout, with nothing of an outer make in its environment."""
        mine = {"KNOWN_GOOD", "TORCH", "PYTHON", "ARGS", "FAST", "NOTEBOOK", "FRESH", "ALL"}
        mine |= {"FROM", "TO", "SPLIT", "INSERT"}
        outer = {k: v for k, v in os.environ.items() if k not in mine and not k.startswith("MAKE")}
        here = {"PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}", "PYTHON": sys.executable}
        return subprocess.Popen(
            command,
            cwd=self.root,
            env={**outer, **here, "PYTHONPATH": str(self.modules), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: str, **variables: str) -> tuple[int, str, list[str]]:
        """Exit code, standard output, and the lines of standard error."""
        process = self.start(*command, **variables)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err.splitlines()

    def make(self, *words: str, **variables: str) -> tuple[int, str, list[str]]:
        """The same for make, without the line that make itself adds to a failure."""
        code, out, err = self.run("make", *words, **variables)
        return code, out, [line for line in err if not line.startswith("make: ***")]

    def steps(self) -> list[str]:
        """The installers' commands since the last look."""
        log = self.root / "steps.log"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def with_uv(tmp_path: Path) -> Book:
    return Book(tmp_path, uv=True)


@pytest.fixture
def with_pip(tmp_path: Path) -> Book:
    return Book(tmp_path, uv=False)


def test_uv_makes_the_environment_once(with_uv: Book) -> None:
    assert with_uv.make("setup")[0] == 0
    make, install = with_uv.steps()
    assert make.startswith("uv venv --python ")
    assert make.endswith(" .venv")
    into = "--python .venv/bin/python --compile-bytecode --editable .[dev,performance,publish]"
    assert install == f"uv pip install {into}"
    assert with_uv.make("setup") == (0, "", [])
    assert with_uv.steps() == []


def test_venv_and_pip_do_it_where_uv_is_not(with_pip: Book) -> None:
    assert with_pip.make("setup")[0] == 0
    install = "pip install --no-input --compile --editable .[dev,performance,publish]"
    assert with_pip.steps() == ["venv .venv", install]
    assert with_pip.make("setup") == (0, "", [])
    assert with_pip.steps() == []


def test_arguments_pass_through(with_uv: Book) -> None:
    """The stand-in for .venv's Python prints what it is asked to run."""
    with_uv.make("setup")
    assert with_uv.make("lab", "ARGS=--no-browser")[1] == "tools/lab.py --no-browser\n"
    tests = with_uv.make("test", "ARGS=chapters/02_tensors -k 'a or b'")[1]
    assert tests == "-m pytest chapters/02_tensors -k a or b\n"
    assert with_uv.make("test", "FAST=1")[1] == "-m pytest --unproven\n"
    execute = with_uv.make("execute", "NOTEBOOK=chapters/a b.ipynb", "FRESH=1")[1]
    assert execute == "tools/execute.py --fresh chapters/a b.ipynb\n"
    assert with_uv.make("execute", "ALL=1")[1] == "tools/execute.py --all\n"
    move = with_uv.make("move", "FROM=chapters/a b.ipynb", "TO=c.ipynb", "SPLIT=1")[1]
    assert move == "tools/move.py --split chapters/a b.ipynb c.ipynb\n"
    assert with_uv.make("move", "TO=c.ipynb", "INSERT=1")[1] == "tools/move.py --insert c.ipynb\n"


def test_known_good_and_torch_reach_uv_and_are_remembered(with_uv: Book) -> None:
    with_uv.make("setup", "KNOWN_GOOD=1", "TORCH=cpu")
    install = with_uv.steps()[-1]
    assert " --constraint constraints.txt " in install
    assert " --torch-backend cpu " in install
    assert with_uv.make("setup") == (0, "", [])
    _, plain, _ = with_uv.run(sys.executable, "tools/setup.py", "--print", "--no-known-good")
    assert "--constraint" not in plain
    assert "--torch-backend cpu" in plain


def test_another_torch_is_a_new_environment(with_uv: Book) -> None:
    with_uv.make("setup")
    (with_uv.root / ".venv" / "libcudart.so").touch()
    with_uv.make("setup", "TORCH=cpu")
    assert not (with_uv.root / ".venv" / "libcudart.so").exists()
    assert [step.split()[1] for step in with_uv.steps()] == ["venv", "pip", "venv", "pip"]


def test_known_good_reaches_pip(with_pip: Book) -> None:
    with_pip.make("setup", "KNOWN_GOOD=1")
    assert "--constraint constraints.txt" in with_pip.steps()[-1]


def test_an_environment_made_by_hand_is_kept(with_uv: Book) -> None:
    with_uv.make("setup")
    with_uv.steps()
    (with_uv.root / ".venv" / "d2l-setup.json").unlink()
    code, _, (line,) = with_uv.make("setup", "TORCH=cpu")
    assert code
    assert "remove it" in line
    assert with_uv.make("setup")[0] == 0
    assert [step.split()[1] for step in with_uv.steps()] == ["pip"]


@pytest.mark.parametrize(
    ("before", "after", "again"),
    [
        ('"numpy>=2.1"', '"numpy>=2.2"', True),
        ("line-length = 100", "line-length = 99", False),
    ],
)
def test_only_a_change_that_matters_installs_again(
    with_uv: Book, before: str, after: str, again: bool
) -> None:
    with_uv.make("setup")
    with_uv.steps()
    settings = with_uv.root / "pyproject.toml"
    assert before in settings.read_text()
    settings.write_text(settings.read_text().replace(before, after))
    with_uv.make("setup")
    assert [step.split()[1] for step in with_uv.steps()] == ["pip"] * again


def test_a_moved_checkout_is_installed_again(with_uv: Book) -> None:
    with_uv.make("setup")
    with_uv.steps()
    with_uv.root = with_uv.root.rename(with_uv.root.with_name("moved here"))
    with_uv.make("setup")
    assert [step.split()[1] for step in with_uv.steps()] == ["pip"]


def test_an_interrupted_set_up_is_repaired(with_uv: Book) -> None:
    assert with_uv.make("setup", FAKE_KILL="1")[0] != 0
    half = with_uv.root / ".venv" / "half-installed"
    half.touch()
    with_uv.steps()
    assert with_uv.make("setup")[0] == 0
    assert not half.exists()
    assert len(with_uv.steps()) == 2


def test_an_environment_whose_python_is_gone_is_repaired(with_uv: Book) -> None:
    with_uv.make("setup")
    (with_uv.root / ".venv/bin/python").unlink()
    with_uv.steps()
    assert with_uv.make("setup")[0] == 0
    assert len(with_uv.steps()) == 2


def test_a_failed_update_keeps_what_was_there(with_uv: Book) -> None:
    with_uv.make("setup")
    with_uv.steps()
    settings = with_uv.root / "pyproject.toml"
    shipped = settings.read_text()
    settings.write_text(shipped.replace('"numpy>=2.1"', '"numpy>=2.2"'))
    assert with_uv.make("setup", FAKE_MESSAGE="error: dns error")[0] != 0
    settings.write_text(shipped)
    assert with_uv.make("setup") == (0, "", [])


def test_two_set_ups_at_once_are_one(with_uv: Book) -> None:
    first = with_uv.start("make", "setup", FAKE_SECONDS="1.5")
    while not (with_uv.root / "steps.log").exists():
        time.sleep(0.05)
    code, out, _ = with_uv.make("setup")
    first.communicate()
    assert (first.returncode, code) == (0, 0)
    assert "waiting" in out
    assert len(with_uv.steps()) == 2


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("error: No space left on device (os error 28)", "The disk is full"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("error: Failed to fetch\n  cause: invalid peer certificate: UnknownIssuer", "certificate"),
        ("Max retries exceeded (CERTIFICATE_VERIFY_FAILED)", "certificate is not trusted"),
        ("  Caused by: dns error: failed to lookup address information", "No network"),
        ("NewConnectionError: Failed to establish a new connection", "No network"),
        ("error: failed to create file: Permission denied (os error 13)", "Cannot write"),
        ("error: unexpected argument '--torch-backend' found", "too old"),
        ("No solution found: torch and torchvision disagree", "No solution found"),
    ],
)
@pytest.mark.parametrize("uv", [True, False], ids=["uv", "pip"])
def test_an_installer_that_fails_leaves_one_line(
    tmp_path: Path, uv: bool, message: str, line: str
) -> None:
    code, _, errors = Book(tmp_path, uv).make("test", FAKE_MESSAGE=message)
    assert code
    assert len(errors) == 1
    assert line in errors[0]
    assert "Traceback" not in errors[0]


def test_all_that_an_installer_printed_is_kept(with_uv: Book) -> None:
    _, _, (line,) = with_uv.make("setup", FAKE_MESSAGE="something new went wrong")
    assert "something new went wrong" in line
    assert "Resolved 3" in (with_uv.root / line.partition("all of it: ")[2][:-1]).read_text()


def test_torch_without_uv_says_so(with_pip: Book) -> None:
    code, _, errors = with_pip.make("lab", "TORCH=cpu")
    assert code
    assert errors == [
        "TORCH=cpu needs uv: install it (pip install uv), then type the same command again."
    ]


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_says_so(with_pip: Book, module: str) -> None:
    site = f"import sys; sys.modules[{module!r}] = None"
    (with_pip.modules / "sitecustomize.py").write_text(site)
    code, _, (line,) = with_pip.make("lab")
    assert code
    assert line.startswith("This Python has no venv module: install it")


@pytest.mark.parametrize("text", ["exit 1", None], ids=["too old", "not there"])
def test_an_unfit_python_says_so(with_uv: Book, text: str | None) -> None:
    python = with_uv.bin / "my python"
    if text is not None:
        python.write_text(f"#!/bin/sh\n{text}\n")
        python.chmod(python.stat().st_mode | stat.S_IXUSR)
    code, _, (line,) = with_uv.make("test", f"PYTHON={python}")
    assert code
    assert line == (
        f"'{python}' is not Python 3.11 or newer: install one, or name it: "
        "make test PYTHON=python3.12"
    )


def test_a_folder_that_cannot_be_written_says_so(with_uv: Book) -> None:
    """A file stands where the folder must be: root is stopped by no permission."""
    (with_uv.root / ".venv").write_text("in the way")
    code, _, (line,) = with_uv.make("lab")
    assert code
    assert line.startswith("Cannot write .venv (")


def test_a_read_only_folder_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    book = Book(tmp_path, uv=True)
    monkeypatch.chdir(book.root)
    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(setup.Failure, match=r"Cannot write \.venv \(Permission denied\): give"):
        setup.set_up(None, None)


def test_a_read_only_folder_that_is_set_up_is_fine(
    with_uv: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "ROOT", with_uv.root)
    with_uv.make("setup")
    monkeypatch.chdir(with_uv.root)
    monkeypatch.setattr(Path, "mkdir", None)
    monkeypatch.setattr(Path, "write_text", None)
    setup.set_up(None, None)


def test_printing_changes_nothing(with_uv: Book) -> None:
    code, out, _ = with_uv.run(sys.executable, "tools/setup.py", "--print", "--torch", "cpu")
    assert code == 0
    assert out.splitlines()[-1].endswith(
        " pip install --python .venv/bin/python --compile-bytecode --torch-backend cpu "
        "--editable '.[dev,performance,publish]'"
    )
    assert not (with_uv.root / ".venv").exists()
    assert with_uv.steps() == []


class TestFresh:
    """`make fresh` puts a notebook back and loses nothing."""

    @pytest.fixture
    def book(self, with_uv: Book) -> Book:
        folder = with_uv.root / "chapters"
        folder.mkdir()
        (folder / "01_a.ipynb").write_text("shipped")
        shutil.copy(ROOT / ".gitignore", with_uv.root)
        who = ["-c", "user.name=a", "-c", "user.email=a@b"]
        for words in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "a"]):
            subprocess.run(["git", *words], cwd=with_uv.root, check=True)
        return with_uv

    def test_the_readers_copies_are_kept_under_new_names(self, book: Book) -> None:
        notebook = book.root / "chapters" / "01_a.ipynb"
        for number, text in enumerate(("mine", "mine again"), start=1):
            notebook.write_text(text)
            code, out, _ = book.make("fresh", "NOTEBOOK=chapters/01_a.ipynb")
            assert code == 0
            assert f"yours is kept as chapters/mine{number}_01_a.ipynb" in out
            assert notebook.read_text() == "shipped"
            assert notebook.with_name(f"mine{number}_01_a.ipynb").read_text() == text
        status = ["git", "status", "--porcelain"]
        assert book.run(*status)[1] == ""
        assert "nothing to do" in book.make("fresh", "NOTEBOOK=chapters/01_a.ipynb")[1]

    def test_a_deleted_notebook_comes_back(self, book: Book) -> None:
        notebook = book.root / "chapters" / "01_a.ipynb"
        notebook.unlink()
        assert book.make("fresh", "NOTEBOOK=chapters/01_a.ipynb")[0] == 0
        assert notebook.read_text() == "shipped"

    @pytest.mark.parametrize(
        ("words", "line"),
        [
            ([], "Say which notebook"),
            (
                ["NOTEBOOK=chapters/none.ipynb"],
                "git knows no none.ipynb in chapters; it knows: 01_a",
            ),
            (["NOTEBOOK=nowhere/01_a.ipynb"], "There is no folder nowhere"),
            (["NOTEBOOK=README.md"], "Say which notebook"),
        ],
    )
    def test_a_wrong_name_is_one_line(self, book: Book, words: list[str], line: str) -> None:
        code, _, errors = book.make("fresh", *words)
        assert code
        assert len(errors) == 1
        assert line in errors[0]

    def test_no_git_is_one_line(self, book: Book) -> None:
        shutil.rmtree(book.root / ".git")
        code, _, (line,) = book.make("fresh", "NOTEBOOK=chapters/01_a.ipynb")
        assert code
        assert "is no git checkout" in line
        git = book.bin / "git"
        git.symlink_to("/nowhere")
        only_fakes = {"PATH": str(book.bin)}
        code, _, (line,) = book.run(
            sys.executable, "tools/fresh.py", "chapters/01_a.ipynb", **only_fakes
        )
        assert code
        assert "git is not installed" in line
