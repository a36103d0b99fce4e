"""The test of form: holds one notebook to the countable rules of CONTRIBUTING.md.

    python -m tests.form chapters/02_tensors/01_fundamentals.ipynb

prints one line for each breach; tests/test_form.py does so for every notebook of the book.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import tests.form.captions
import tests.form.lessons
import tests.form.slides  # noqa: F401  (their rules join RULES)
from tests.form.reading import CHAPTERS, ROOT, Page
from tests.form.rules import RULES
from tools import clean
from tools.fresh import of_the_book


def breaches(path: Path) -> list[str]:
    """One line for each rule that the notebook at `path` breaks, in the order of its cells."""
    try:
        return page_breaches(Page(path.resolve(), clean.read(path)))
    except ValueError as error:
        return [str(error)]


def page_breaches(page: Page) -> list[str]:
    found = [breach for check in RULES for breach in check(page)]
    found.sort(key=lambda breach: -1 if breach[0] is None else breach[0])
    return [f"{page.name}, {_place(page, i)}: {what}" for i, what in found]


def _place(page: Page, i: int | None) -> str:
    if i is None or i >= len(page.cells):
        return "as a whole"
    cell = page.notebook.cells[i]
    count = f" In [{cell.execution_count}]" if cell.get("execution_count") else ""
    return f"cell {i}{count} ({cell.source.strip().partition(chr(10))[0][:40]})"


def changed_by_the_reader(root: Path = ROOT) -> set[Path]:
    """Files that differ from git's copy; a new one, which git has no copy of, is not changed."""
    command = ["git", "diff", "--relative", "--name-only", "--diff-filter=M", "-z", "HEAD"]
    try:
        ran = subprocess.run(command, cwd=root, capture_output=True, check=False)
    except FileNotFoundError:  # no git here: a copy that was downloaded
        return set()
    return {root / name for name in ran.stdout.decode().split("\0") if name}


def misspellings(notebooks: list[Path], others: list[Path]) -> list[str]:
    """codespell's findings in the notebooks' cells and in whole files, settings as in pyproject."""
    with tempfile.TemporaryDirectory() as folder:
        for path in notebooks:
            home = Path(folder) / path.parent.name
            home.mkdir(exist_ok=True)
            for i, cell in enumerate(clean.read(path).cells):
                (home / f"{path.name}, cell {i}").write_text(cell.source, encoding="utf-8")
        command = [sys.executable, "-m", "codespell_lib", folder, *map(str, others)]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode and not ran.stdout:
        return [f"codespell: {ran.stderr.strip()}"]
    return [line.replace(f"{folder}{os.sep}", "") for line in ran.stdout.splitlines()]


def main(arguments: list[str]) -> int:
    paths = [Path(argument) for argument in arguments] or of_the_book(CHAPTERS)
    found = [breach for path in paths for breach in breaches(path)]
    found += misspellings([path for path in paths if path.exists()], [])
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0
