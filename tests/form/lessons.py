"""The rules on what a lesson shows: code or only its picture, numbers, one assert, what it says."""

import ast
import re
from collections.abc import Iterator

from tests.form.drawing import asserts, only_drawing, read_below, says_something
from tests.form.reading import Page, lines, pictures, printed, tags, tree, words
from tests.form.rules import Breach, rule
from tools import clean
from tools.contents import TAKES

WORDS_A_MINUTE, LINES_A_MINUTE = 150, 6
TRUTHS = 2  # cells of a page may print a truth value unlisted
TRUTH = re.compile(r"\b(?:True|False)\b")
SETTING = re.compile(r"(?<=[(,])\s*\w+=(?:True|False)\b")  # bias=True in a module's printed form


def reading_time(page: Page) -> int:
    """Minutes for its words and its open code, rounded up to a multiple of five."""
    visible = [cell for _, cell in page.code if not tags(cell) & {"hide-input", "solution"}]
    text = sum(words(cell.source) for _, cell in page.markdown)
    code = sum(lines(cell.source) for cell in visible)
    # In whole numbers, for 4.2 + 0.8 must not become 10.
    parts = text * LINES_A_MINUTE + code * WORDS_A_MINUTE
    return -(-parts // (WORDS_A_MINUTE * LINES_A_MINUTE * 5)) * 5


@rule
def says_how_long_it_takes(page: Page) -> Iterator[Breach]:
    takes = TAKES.search(page.notebook.cells[0].source) if page.cells else None
    if takes and int(takes[1]) != reading_time(page):
        yield 0, f"takes {reading_time(page)} minutes to read, by its words and open code"


@rule
def folds_what_only_draws(page: Page) -> Iterator[Breach]:
    foldable = only_drawing(page)
    for i, cell in page.lessons:
        folded = "hide-input" in tags(cell)
        if cell.metadata.get("d2l", {}).get("drawing"):
            if folded or not pictures(cell):
                yield i, "take d2l.drawing away: it is for a picture drawn by open code"
        elif not folded and i in foldable:
            yield (
                i,
                "fold it, for it only draws: tag hide-input, then tools/clean.py. What the lesson "
                "needs goes into a cell above; a lesson in drawing has d2l.drawing",
            )


@rule
def folds_nothing_else(page: Page) -> Iterator[Breach]:
    for i, cell in page.cells:
        if "hide-input" not in tags(cell):
            continue
        if (i, cell) not in page.lessons or "raises-exception" in tags(cell):
            yield i, "take hide-input away: it is for code that only draws"
            continue
        if cell.metadata.get("jupyter") != clean.FOLDED:
            yield i, "is not folded: run tools/clean.py"
        if says_something(cell):
            yield i, "print in an open cell: this one is folded"
        if asserts(cell):
            yield i, "assert in an open cell: this one is folded"
        for name, reader in read_below(page, i).items():
            yield i, f"bind {name} in an open cell, for cell {reader} reads it: this one is folded"


@rule
def prints_numbers_for_truth_values(page: Page) -> Iterator[Breach]:
    unlisted = []
    for i, cell in page.lessons:
        text = "\n".join(printed(out) for out in cell.outputs if out.output_type != "error")
        shows = bool(TRUTH.search(SETTING.sub("", text)))
        listed = cell.metadata.get("d2l", {}).get("truth")
        if listed and not shows:
            yield i, "take d2l.truth away: it prints no truth value"
        if shows and not listed:
            unlisted.append(i)
    for i in unlisted[TRUTHS:]:
        yield (
            i,
            "print the number instead of True or False (two cells may print one; where the truth "
            "value is the subject, metadata d2l.truth)",
        )


@rule
def asserts_once_and_at_the_end(page: Page) -> Iterator[Breach]:
    for i, cell in page.lessons:
        module = tree(cell.source)
        body = [node for node in module.body if not isinstance(node, ast.Import | ast.ImportFrom)]
        found = asserts(module)
        if not found or all(only_asserts(node) for node in body):
            continue
        if len(found) > 1:
            yield i, f"has {len(found)} asserts: one at most; others in a cell of asserts below"
        elif not asserts(ast.Module(body[-1:], [])):
            yield i, "put the assert at the cell's end"


def only_asserts(node: ast.stmt) -> bool:
    inner: list[ast.stmt] = getattr(node, "body", [])
    if inner and not isinstance(node, ast.FunctionDef | ast.ClassDef):
        return all(only_asserts(part) for part in inner)
    return isinstance(node, ast.Assert) or (isinstance(node, ast.Expr) and bool(asserts(node)))


@rule
def warnings_are_mended(page: Page) -> Iterator[Breach]:
    for i, cell in page.code:
        if any(is_blanket(node) for node in ast.walk(tree(cell.source))):
            yield i, "mend the warning's cause, or name its message or category in the filter"


def is_blanket(node: ast.AST) -> bool:
    """Whether a call ignores warnings of every message and every category."""
    if not isinstance(node, ast.Call):
        return False
    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
    order = {
        "simplefilter": ["action", "category"],
        "filterwarnings": ["action", "message", "category"],
        "catch_warnings": [],  # takes action and category by keyword only
    }
    if called not in order:
        return False
    given = dict(zip(order[called], node.args, strict=False))
    given |= {word.arg: word.value for word in node.keywords if word.arg}
    if getattr(given.get("action"), "value", "") != "ignore":
        return False
    message, category = given.get("message"), given.get("category")
    one_message = message is not None and getattr(message, "value", "some") not in ("", ".*")
    one_category = category is not None and getattr(category, "id", "") != "Warning"
    return not (one_message or one_category)
