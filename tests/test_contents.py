"""The README's table of contents agrees with the notebooks."""

import json
from pathlib import Path

import pytest

from tests import form
from tools import contents
from tools.contents import END, ROOT, START


def book(root: Path, *takes: str) -> Path:
    """A book of one chapter and a page before it."""
    names = ["00_start_here.ipynb", "02_tensors/01_first_steps.ipynb", "02_tensors/02_more.ipynb"]
    takes = takes or (
        "5 minutes to read, 1 second to run",
        *["20 minutes to read, 4 seconds to run"] * 2,
    )
    for name, words in zip(names, takes, strict=True):
        path = root / "chapters" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        source = f"# Read {path.stem}\n\nWhy?\n\n**Takes** {words}."
        path.write_text(json.dumps({"cells": [{"source": source.splitlines(keepends=True)}]}))
    (root / "README.md").write_text(f"# The book\n\n{START}\n{END}\n\nMore.\n", encoding="utf-8")
    return root


def test_the_table_has_a_row_a_notebook_and_totals(tmp_path: Path) -> None:
    copies = book(tmp_path) / "chapters" / "02_tensors"
    for copy in ("01_first_steps-Copy1.ipynb", "mine1_01_first_steps.ipynb"):
        (copies / copy).write_text("{}")
    assert contents.main([], tmp_path) == 0
    assert (
        (tmp_path / "README.md").read_text(encoding="utf-8")
        == f"""# The book

{START}
| Section | Minutes to read | Seconds to run |
| --- | ---: | ---: |
| **Start** | **5** | **1** |
| [Read 00_start_here](chapters/00_start_here.ipynb) | 5 | 1 |
| **2 · Tensors** | **40** | **8** |
| [Read 01_first_steps](chapters/02_tensors/01_first_steps.ipynb) | 20 | 4 |
| [Read 02_more](chapters/02_tensors/02_more.ipynb) | 20 | 4 |
| **In all** | **45** | **9** |
{END}

More.
"""
    )


def test_check_tells_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = book(tmp_path)
    before = (root / "README.md").read_bytes()
    assert contents.main(["--check"], root) == 1
    said = capsys.readouterr().out
    assert said == "README.md: its contents are out of date: run python tools/contents.py\n"
    assert (root / "README.md").read_bytes() == before
    assert contents.main([], root) == contents.main(["--check"], root) == 0


def test_a_notebook_without_its_takes_line_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    times = "20 minutes to read, 4 seconds to run"
    assert contents.main([], book(tmp_path, times, "a while", times)) == 1
    assert "01_first_steps.ipynb: its first cell needs" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{", "{}", '{"cells": []}', "[]", '{"cells": 3}'])
def test_what_is_no_notebook_is_named(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = book(tmp_path)
    (root / "chapters" / "00_start_here.ipynb").write_text(text)
    assert contents.main([], root) == 1
    assert "00_start_here.ipynb: is no notebook" in capsys.readouterr().err


def test_a_readme_without_markers_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = book(tmp_path)
    (root / "README.md").write_text("# The book\n")
    assert contents.main([], root) == 1
    assert "README.md needs the lines" in capsys.readouterr().err
    (root / "README.md").unlink()
    assert contents.main([], root) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_the_books_own_readme_agrees_with_its_notebooks() -> None:
    if any(path.suffix == ".ipynb" for path in form.changed_by_the_reader()):
        pytest.skip("a notebook differs from git's copy: a reader's own")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert contents.updated(readme, contents.sections()) == readme
