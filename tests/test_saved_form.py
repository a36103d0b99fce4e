"""Every notebook of the book is saved as the cleaner saves it, byte by byte."""

from pathlib import Path

import pytest

from tests import form
from tools import clean
from tools.fresh import of_the_book

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = of_the_book(ROOT / "chapters")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_cleaner_would_change_nothing(path: Path) -> None:
    if path in form.changed_by_the_reader():
        pytest.skip("differs from git's copy: a reader's own")
    saved = path.read_bytes().decode("utf-8")
    same = clean.dumps(clean.normalise(clean.read(path))) == saved
    assert same, f"needs cleaning: python tools/clean.py {path.relative_to(ROOT)}"
