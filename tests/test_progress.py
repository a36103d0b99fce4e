"""`python -m d2lutils progress`: which exercises are solved."""

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from d2lutils.checks import all_names
from d2lutils.progress import CHECK, report
from publish import student
from publish.reading import ROOT
from tools import clean


def cell(*verdicts, tags=("exercise",), kind="code", source=""):
    """A cell whose check gave these verdicts: (exercise, passed)."""
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": {CHECK: {"check": n, "passed": p}}}
        for n, p in verdicts
    ]
    own = {"outputs": outputs, "execution_count": 1} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {"tags": list(tags)}, "source": source, **own}


@pytest.fixture
def counted(capsys):
    """What `report` prints to stdout and to stderr, in lines, and its exit code."""

    def run(*folders, **options):
        code = report(folders, **options)
        told = capsys.readouterr()
        return told.out.splitlines(), told.err.splitlines(), code

    return run


def notebook(path: Path, *cells) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    return path


def test_one_persons_sections_and_total(tmp_path, counted):
    notebook(tmp_path / "02" / "a.ipynb", cell(("02.5b", True)), cell(("02.5c", False)))
    notebook(tmp_path / "02" / "b.ipynb", cell(("02.10a", True)), cell(kind="markdown"))
    told = [
        "02.5   1 of 2 solved; open: c",
        "02.10  1 of 1 solved",
        f"2 of 3 exercises with a check are solved in {tmp_path}.",
    ]
    assert counted(tmp_path) == (told, [], 0)


def test_a_solution_does_not_count_and_a_second_try_does(tmp_path, counted):
    notebook(
        tmp_path / "a.ipynb",
        cell(("02.5b", False)),
        cell(("02.5b", True), tags=["solution", "hide-cell"]),
        cell(("02.5c", False)),
        cell(("02.5c", True), tags=[]),
    )
    assert counted(tmp_path)[0][0] == "02.5   1 of 2 solved; open: b"


def test_what_did_not_run_is_not_solved(tmp_path, counted):
    """An exercise counts as soon as a cell checks it, with or without an output."""
    call = 'd2l.check("02.5b", stretch_rows)'
    notebook(tmp_path / "a" / "a.ipynb", cell(source=call), cell(("02.5c", True)))
    assert counted(tmp_path)[0][0] == "02.5   1 of 2 solved; open: b"
    notebook(tmp_path / "b" / "a.ipynb", cell(("02.5c", True)))  # has deleted one
    both = counted(tmp_path / "a", tmp_path / "b")[0]
    assert both == ["a    1 of 2 solved", "b    1 of 2 solved"]


def test_all_exercises_of_the_book_are_counted(counted):
    """Each that has a check, once, whoever has solved some."""
    last = counted()[0][-1]
    assert re.match(rf"\d+ of {len(all_names())} exercises with a check", last)


def test_several_people_and_a_spreadsheet(tmp_path, counted):
    notebook(tmp_path / "anna" / "a.ipynb", cell(("02.5b", True)), cell(("02.10a", True)))
    notebook(tmp_path / "jo" / "a.ipynb", cell(("02.5b", False)))
    people = [tmp_path / "anna", tmp_path / "jo"]
    assert counted(*people)[0] == ["anna    2 of 2 solved", "jo      0 of 2 solved"]
    assert counted(*people, as_csv=True)[0] == ["folder,02.5b,02.10a", "anna,1,1", "jo,0,"]


def test_names_tell_the_folders_apart(tmp_path, counted, monkeypatch):
    people = [tmp_path / name / "02_tensors" for name in ("anna", "jo")]
    for person in people:
        notebook(person / "a.ipynb", cell(("02.5b", True)))
    names = [row.split(",")[0] for row in counted(*people, as_csv=True)[0][1:]]
    assert names == ["anna/02_tensors", "jo/02_tensors"]
    monkeypatch.chdir(people[0])
    assert counted(Path(), as_csv=True)[0][1] == "02_tensors,1"


BROKEN = {
    "text": "no json",
    "empty": "",
    "object": "{}",
    "list": "[]",
    "number": '{"cells": 3}',
    "deep": "[" * 100_000,
    "no metadata": {"cell_type": "code", "source": "", "outputs": []},
    "no type": {"metadata": {}, "source": "", "outputs": []},
    "no outputs": cell() | {"outputs": None},
    "another name": cell(("hello", True)),
    "a number": cell((3, True)),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("seconds", [None, 20], ids=["saved", "run"])
def test_a_broken_notebook_is_told_and_the_others_count(
    tmp_path, counted, broken, seconds, monkeypatch
):
    monkeypatch.setattr("nbclient.NotebookClient.execute", lambda _: None)
    good, bad = tmp_path / "anna" / "a.ipynb", tmp_path / "jo" / "a.ipynb"
    notebook(good, cell(("02.5b", True)))
    notebook(tmp_path / "jo" / "b.ipynb", cell(("02.5b", True)))
    notebook(bad, broken, cell(("02.5c", True)))
    if isinstance(broken, str):
        bad.write_text(broken)
    rows, told, code = counted(good.parent, bad.parent, seconds=seconds)
    assert [row.split()[0] for row in rows] == ["anna", "jo"]
    if seconds is None:
        of = 1 if isinstance(broken, str) else 2
        assert [row.split(maxsplit=1)[1] for row in rows] == [
            f"1 of {of} solved", f"{of} of {of} solved"
        ]  # fmt: skip
    assert len(told) == 1
    assert told[0].startswith(str(bad))
    assert code == 1


def test_a_folder_that_cannot_be_counted_is_told(tmp_path, counted):
    good = notebook(tmp_path / "anna" / "a.ipynb", cell(("02.5b", True)))
    (tmp_path / "jo").mkdir()
    rows, told, code = counted(tmp_path / "anna", tmp_path / "jo", tmp_path / "no", good)
    assert rows == ["anna    1 of 1 solved", "jo      0 of 1 solved"]
    assert told == [
        f"{tmp_path / 'jo'} holds no notebook: name the folder that does.",
        *(
            f"{path} is no folder: name one for each person, with that person's notebooks."
            for path in (tmp_path / "no", good)
        ),
    ]
    assert code == 1
    rows, _, _ = counted(tmp_path / "anna", tmp_path / "jo", as_csv=True)
    assert rows[1:] == ["anna,1", "jo,"]


def test_what_a_system_leaves_beside_a_notebook_is_passed_over(tmp_path, counted):
    path = notebook(tmp_path / "a.ipynb", cell(("02.5b", True)))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())  # as Windows' editor saves it
    (tmp_path / "._a.ipynb").write_bytes(b"\x00\x05\x16\x07")
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / "__MACOSX" / "a.ipynb").write_bytes(b"\xff")
    (tmp_path / "folder.ipynb").mkdir()
    assert counted(tmp_path)[1:] == ([], 0)


def test_run_believes_no_saved_output(tmp_path, counted):
    """A right answer passes, a forged output does not, and a cell without an end is stopped."""
    source = clean.read(ROOT / "chapters/02_tensors/05_broadcasting.ipynb")
    kept = student.without_solutions(source)
    stub = next(c for c in kept.cells if c.source.startswith("def real_places"))
    forged = next(c for c in kept.cells if c.source.startswith("def stretch_rows"))
    endless = next(c for c in kept.cells if c.source.startswith("def nearest"))
    stub.source = stub.source.replace("...", "return torch.arange(m) < lengths[:, None]", 1)
    forged.outputs = [nbformat.from_dict(out) for out in cell(("02.5b", True))["outputs"]]
    endless.source = "while True: pass\n" + endless.source
    imports = next(c for c in kept.cells if c.cell_type == "code")
    kept.cells = [imports, stub, forged, endless]
    clean.write(kept, tmp_path / "a.ipynb")
    before = (tmp_path / "a.ipynb").read_bytes()
    assert counted(tmp_path)[0][0] == "02.5   1 of 3 solved; open: c, d"
    assert counted(tmp_path, seconds=20)[0][0] == "02.5   1 of 3 solved; open: b, d"
    assert (tmp_path / "a.ipynb").read_bytes() == before


def test_run_leaves_the_folder_alone_and_needs_no_foreign_kernel(tmp_path, counted):
    code = "from pathlib import Path\nPath('mine.txt').unlink()\nPath('new.txt').touch()\n"
    shown = f"from IPython.display import display\ndisplay({{{CHECK!r}: {{'check': '02.5b', "
    shown += "'passed': True}}, raw=True)"
    path = notebook(tmp_path / "a.ipynb", cell(source=code + shown), cell(("02.5b", False)))
    saved = json.loads(path.read_text())
    saved["metadata"]["kernelspec"] = {"name": "foreign", "display_name": "R", "language": "R"}
    path.write_text(json.dumps(saved))
    (tmp_path / "mine.txt").write_text("mine")
    rows, told, _ = counted(tmp_path, seconds=60)
    assert (rows[0], told) == ("02.5   1 of 1 solved", [])
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.ipynb", "mine.txt"]


def test_what_is_counted_stays_when_the_rest_is_stopped(tmp_path, capsys, monkeypatch):
    people = [notebook(tmp_path / n / "a.ipynb", cell(("02.5b", True))).parent for n in "ab"]

    def stop(client):
        if "b" in Path(client.resources["metadata"]["path"]).parts[-1:]:
            raise KeyboardInterrupt

    monkeypatch.setattr("nbclient.NotebookClient.execute", stop)
    with pytest.raises(KeyboardInterrupt):
        report(people, seconds=20)
    assert capsys.readouterr().out == "a    0 of 1 solved\n"


def test_the_command(tmp_path):
    notebook(tmp_path / "a.ipynb", cell(("02.5b", True)))
    done = subprocess.run(
        [sys.executable, "-m", "d2lutils", "progress", str(tmp_path), "--csv"],
        capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    assert done.stdout == f"folder,02.5b\n{tmp_path.name},1\n"
