"""`python -m d2lutils progress`: which exercises are solved."""

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import d2lutils as d2l
from d2lutils.checks import all_names
from d2lutils.progress import CHECK, report
from publish import student
from publish.reading import ROOT
from tools import clean


def cell(*verdicts, tags=("exercise",), kind="code"):
    """A cell whose check gave these verdicts: (exercise, passed)."""
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": {CHECK: {"check": n, "passed": p}}}
        for n, p in verdicts
    ]
    own = {"outputs": outputs, "execution_count": 1} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {"tags": list(tags)}, "source": "", **own}


def notebook(path: Path, *cells) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    return path


def test_one_persons_sections_and_total(tmp_path):
    notebook(tmp_path / "02" / "a.ipynb", cell(("02.5b", True)), cell(("02.5c", False)))
    notebook(tmp_path / "02" / "b.ipynb", cell(("02.10a", True)), cell(kind="markdown"))
    assert report([tmp_path]).splitlines() == [
        "02.5   1 of 2 solved; open: c",
        "02.10  1 of 1 solved",
        f"2 of 3 exercises with a check are solved in {tmp_path}.",
    ]


def test_a_solution_does_not_count_and_a_second_try_does(tmp_path):
    notebook(
        tmp_path / "a.ipynb",
        cell(("02.5b", False)),
        cell(("02.5b", True), tags=["solution", "hide-cell"]),
        cell(("02.5c", False)),
        cell(("02.5c", True), tags=[]),
    )
    assert report([tmp_path]).splitlines()[0] == "02.5   1 of 2 solved; open: b"


def test_all_exercises_of_the_book_are_counted():
    """Each that has a check, once, whoever has solved some."""
    last = report([]).splitlines()[-1]
    assert re.match(rf"\d+ of {len(all_names())} exercises with a check", last)


def test_several_people_and_a_spreadsheet(tmp_path):
    notebook(tmp_path / "anna" / "a.ipynb", cell(("02.5b", True)), cell(("02.10a", True)))
    notebook(tmp_path / "jo" / "a.ipynb", cell(("02.5b", False)))
    people = [tmp_path / "anna", tmp_path / "jo"]
    assert report(people).splitlines() == ["anna    2 of 2 solved", "jo      0 of 1 solved"]
    assert report(people, as_csv=True) == "folder,02.5b,02.10a\nanna,1,1\njo,0,"


@pytest.mark.parametrize(
    "text", ["no json", "{}", "[]", '{"cells": 3}'], ids=["text", "object", "list", "number"]
)
def test_what_is_no_notebook_is_told_by_its_path(tmp_path, text):
    (tmp_path / "a.ipynb").write_text(text)
    with pytest.raises(d2l.BookError, match=r"a\.ipynb is no notebook that can be read"):
        report([tmp_path])


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(d2l.BookError, match="There is no notebook in"):
        report([tmp_path])


def test_run_believes_no_saved_output(tmp_path):
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
    assert report([tmp_path]).splitlines()[0] == "02.5   1 of 1 solved"
    first = report([tmp_path], seconds=20).splitlines()[0]
    assert first == "02.5   1 of 2 solved; open: b"
    assert (tmp_path / "a.ipynb").read_bytes() == before


def test_the_command(tmp_path):
    notebook(tmp_path / "a.ipynb", cell(("02.5b", True)))
    done = subprocess.run(
        [sys.executable, "-m", "d2lutils", "progress", str(tmp_path), "--csv"],
        capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    assert done.stdout == f"folder,02.5b\n{tmp_path.name},1\n"
