"""Every notebook keeps the book's countable rules (tests/form), and all of it is spelled right."""

from pathlib import Path

import pytest

from tests import form
from tests.form import helpers
from tests.form.reading import CHAPTERS, ROOT
from tools.fresh import of_the_book

NOTEBOOKS = of_the_book(CHAPTERS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.relative_to(CHAPTERS).as_posix())
def test_a_notebook_keeps_the_rules(path: Path) -> None:
    if path in form.changed_by_the_reader():
        pytest.skip("differs from git's copy: a reader's own")
    found = form.breaches(path)
    assert not found, "\n" + "\n".join(found)


def test_every_helper_names_the_section_that_builds_it() -> None:
    every = helpers.public_functions().items()
    found = [line for name, helper in every for line in helpers.helper_breaches(name, helper)]
    assert not found, "\n" + "\n".join(found)


def test_everything_is_spelled_right() -> None:
    changed = form.changed_by_the_reader()
    folders = ("d2lutils", "tests", "tools", "benchmarks", "chapters", ".github")
    inside = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    kinds = {".py", ".md", ".toml", ".yml", ".yaml", ".cff", ".css", ".txt"}
    others = [path for path in [*ROOT.iterdir(), *inside] if path.suffix in kinds]
    notebooks = [path for path in NOTEBOOKS if path not in changed]
    found = form.misspellings(notebooks, sorted(others))
    assert not found, "\n" + "\n".join(found)
