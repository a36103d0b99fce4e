"""`python -m d2lutils …` where the shell, the user or the folder is not as usual: one line each."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from d2lutils import __main__ as commands
from d2lutils.data import larger
from test_doctor import Doctor

ROOT = Path(__file__).parents[1]
NOBODY = "import pwd\ndef unknown(_): raise KeyError('uid not found')\npwd.getpwuid = unknown\n"
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's users and devices")


def command(*words, folder, closed="", **environment):
    """Run a command in a shell; a value of None takes a variable out of the environment."""
    variables = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", **environment}
    return subprocess.run(
        ["sh", "-c", f'"$0" -m d2lutils "$@" {closed}', sys.executable, *words],
        cwd=folder,
        env={name: value for name, value in variables.items() if value is not None},
        capture_output=True,
        text=True,
        check=False,
    )


def refusal(*words, **how):
    """Return the one line that a command ends with."""
    done = command(*words, **how)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    return done.stderr.rstrip("\n")


@pytest.fixture
def nobody(tmp_path):
    """A user without a name and without a home, as a container may run with."""
    (tmp_path / "sitecustomize.py").write_text(NOBODY)
    taken_out = ("HOME", "XDG_CACHE_HOME", "USER", "LOGNAME", "D2L_DATA")
    return {"folder": tmp_path, **dict.fromkeys(taken_out)}


@pytest.fixture(autouse=True)
def stand_ins(tmp_path):
    """Light packages in the place of heavy ones, which the doctor loads and does not need."""
    Doctor(tmp_path)
    (tmp_path / "platformdirs.py").unlink()  # needed, and light itself


@linux
@pytest.mark.parametrize("words", [["list"], ["download", "mnist"]])
def test_no_home(nobody, words):
    assert refusal(*words, **nobody) == (
        "Larger data go into the home folder, and this user has none. Set HOME or D2L_DATA to a "
        "folder that you can write to."
    )


@linux
def test_no_home_but_a_folder(nobody, tmp_path):
    for place in ({"HOME": str(tmp_path)}, {"D2L_DATA": str(tmp_path / "sets")}):
        done = command("list", **{**nobody, **place})
        assert (done.returncode, done.stderr) == (0, "")
        assert f"Larger, in {tmp_path}" in done.stdout
    said = refusal("list", **{**nobody, "D2L_DATA": "~/sets"})
    assert said.startswith("D2L_DATA=~/sets: nobody's home folder is known by that name. Give ")


@linux
def test_no_home_but_an_entry_in_the_list_of_users(tmp_path):
    done = command("list", folder=tmp_path, HOME=None, XDG_CACHE_HOME=None, D2L_DATA=None)
    assert (done.returncode, done.stderr) == (0, "")


@linux
def test_the_doctor_asks_for_a_home_and_not_for_new_packages(nobody):
    done = command("doctor", **nobody)
    wrong = [line for line in done.stdout.splitlines() if line.startswith("WRONG")]
    assert "WRONG  home folder of this user is not known. Set HOME to a folder that" in done.stdout
    assert len(wrong) == 3
    assert not [line for line in wrong if "Set HOME" not in line]
    assert done.returncode == 1


@linux
def test_a_reader_of_the_output_who_leaves(tmp_path):
    for words, reader in ((["list"], "true"), (["doctor"], "head -1")):
        done = command(*words, folder=tmp_path, closed=f"| {reader}; exit 0")
        assert done.stderr == ""
        assert done.stdout.count("\n") <= 1
    status = command("list", folder=tmp_path, closed="| :", PYTHONUNBUFFERED="1")
    assert status.stderr == ""


@linux
def test_an_output_whose_reader_has_left_ends_as_other_programs_do(tmp_path):
    read, write = os.pipe()
    os.close(read)
    for words in (["list"], ["doctor"]):
        done = subprocess.run(
            [sys.executable, "-m", "d2lutils", *words],
            env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
            stdout=write,
            stderr=subprocess.PIPE,
            check=False,
        )
        assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, b"")
    os.close(write)


@linux
def test_an_output_that_is_full_or_closed(tmp_path):
    said = refusal("list", folder=tmp_path, closed=">/dev/full")
    assert said == "The output cannot be written: No space left on device."
    done = command("list", folder=tmp_path, closed=">&-")
    assert (done.returncode, done.stderr) == (0, "")
    assert command("dcotor", folder=tmp_path, closed="2>&-").returncode == 2


def test_a_reader_who_stops_it(monkeypatch, capsys):
    def stop(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(larger, "fetch", stop)
    monkeypatch.setattr(sys, "argv", ["d2lutils", "download", "mnist"])
    assert commands.main() == 128 + signal.SIGINT
    assert capsys.readouterr().err == "Stopped.\n"


@linux
@pytest.mark.parametrize("name", ["żółw", b"\xff"], ids=["letters", "bytes"])
def test_a_name_that_the_terminal_cannot_show(tmp_path, name):
    place = os.path.join(os.fsencode(tmp_path), os.fsencode(name))
    done = command("list", folder=tmp_path, D2L_DATA=place, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Larger, in {tmp_path}/\\" in done.stdout


def test_a_folder_whose_name_would_break_the_line(tmp_path):
    assert refusal("list", folder=tmp_path, D2L_DATA="sets\nof mine") == (
        "D2L_DATA='sets\\nof mine' has a line break or another control character. "
        "Give another path."
    )
    assert command("list", folder=tmp_path, D2L_DATA="sets\n").returncode == 0


def test_a_relative_folder(tmp_path):
    done = command("list", folder=tmp_path, D2L_DATA="sets/here")
    assert f"Larger, in {tmp_path / 'sets/here'} (" in done.stdout
    assert not (tmp_path / "sets").exists()


@pytest.mark.parametrize("place", ["file", "file/below", "n" * 300, "file\x7f"])
def test_folders_that_are_none(tmp_path, place):
    """The list says what could be fetched; fetching and the doctor say why it cannot."""
    (tmp_path / "file").write_text("not a folder")
    folder = {"folder": tmp_path, "D2L_DATA": place}
    listed = command("list", **folder)
    assert "Traceback" not in listed.stderr
    assert "D2L_DATA" in refusal("download", "mnist", **folder)
    done = command("doctor", **folder)
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stdout.count("WRONG") == 1 or place == "n" * 300


@linux
def test_a_folder_that_may_not_be_looked_into(tmp_path):
    """As somebody who is not root, root's own tests too."""
    inside = tmp_path / "closed" / "sets"
    inside.mkdir(parents=True)
    (tmp_path / "closed").chmod(0)
    as_nobody = ["unshare", "--user", "--map-user=12345"] if os.geteuid() == 0 else []
    if as_nobody and subprocess.run([*as_nobody, "true"], check=False).returncode:
        pytest.skip("root may look everywhere")
    paths = f"{tmp_path}{os.pathsep}{ROOT}"
    environment = {**os.environ, "PYTHONPATH": paths, "D2L_DATA": str(inside)}
    try:
        for words, told in (
            (["list"], ""),
            (["download", "mnist"], "D2L_DATA"),
            (["doctor"], ""),
        ):
            done = subprocess.run(
                [*as_nobody, sys.executable, "-m", "d2lutils", *words],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert "Traceback" not in done.stdout + done.stderr
            assert told in done.stderr
            assert words != ["doctor"] or "but nothing can be written there" in done.stdout
    finally:
        (tmp_path / "closed").chmod(0o700)
