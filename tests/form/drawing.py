"""Whether a cell only draws, and what the cells below would miss if its code were folded."""

import ast
import builtins
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from tests.form.names import names
from tests.form.reading import Page, chains, pictures, tags, tree

FEW_LINES = 3  # of drawing stay open: a reader would type them
HELPER = 2  # lines that a call of d2l.plot counts for, however it is broken


@dataclass
class Line:
    """A statement, or the head of a loop: how long it is, and what it has to do with drawing."""

    length: int
    draws: bool
    read: set[str]
    bound: set[str]
    plain: bool = False  # a constant: a title, a list of colours


def only_drawing(page: Page) -> set[int]:
    """The lesson cells of which nothing but the picture counts, by position.

    Such a cell shows a figure; it prints and asserts nothing; no open cell below, unless that one
    only draws too, reads a name that it binds. More than three of its lines draw, plt.show()
    aside, and at least half of all. So a call of d2l.plot in a line or two, or plt.plot with its
    title, stays open: a reader would type it to look at a tensor, and learns the call by seeing
    it. So does a cell that computes in six lines what it draws in three: the computing is its
    lesson, which a fold would hide.
    """
    canvas = drawing_names(page)
    found: set[int] = set()
    for i, cell in reversed(page.lessons):
        silent = pictures(cell) and not says_something(cell) and not asserts(cell)
        if silent and not read_below(page, i, found) and _mostly_draws(cell.source, set(canvas)):
            found.add(i)
    return found


def _mostly_draws(source: str, canvas: set[str]) -> bool:
    found = list(Reader(canvas).lines(tree(source).body))
    computed = [line for line in found if not line.draws and not line.plain]
    for line in found:  # a constant draws unless what computes reads it
        line.draws |= line.plain and not any(line.bound & other.read for other in computed)
    drawn = sum(line.length for line in found if line.draws)
    return drawn > FEW_LINES and 2 * drawn >= sum(line.length for line in found)


def says_something(cell: NotebookNode) -> bool:
    """Whether its output holds more than pictures."""
    return len(pictures(cell)) < len(cell.outputs)


def asserts(part: NotebookNode | ast.AST) -> list[ast.AST]:
    """Its asserts, calls of assert_close and the like too; not those inside a function."""
    found: list[ast.AST] = []
    body = ast.iter_child_nodes(part if isinstance(part, ast.AST) else tree(part.source))
    for node in body:
        function = getattr(node, "func", None)
        called = getattr(function, "attr", getattr(function, "id", ""))
        if isinstance(node, ast.Assert) or called.startswith("assert_"):
            found.append(node)
        elif not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            found += asserts(node)
    return found


def read_below(page: Page, i: int, others: Collection[int] = ()) -> dict[str, int]:
    """The names bound in cell `i` that an open cell below reads, with that cell's position.

    `others` are cells that are about to be folded.
    """
    held = set(names(page.notebook.cells[i].source).bound)
    found: dict[str, int] = {}
    for place, cell in page.code:
        if place > i:
            below = names(cell.source)
            if "hide-input" not in tags(cell) and place not in others:
                found |= dict.fromkeys(sorted(held & below.read - set(found)), place)
            held -= below.bound
    return found


def drawing_names(page: Page) -> set[str]:
    """What the page has for drawing: imports of matplotlib, and functions that draw."""
    statements = [node for _, cell in page.code for node in ast.walk(tree(cell.source))]
    found = {"plt"}
    for node in statements:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("matplotlib"):
            found |= names(node).bound
    functions = [node for node in statements if isinstance(node, ast.FunctionDef)]
    before = -1
    while before < len(found):
        before = len(found)
        found |= {node.name for node in functions if _draws(node, found)}
    return found


def _draws(part: ast.AST, canvas: set[str]) -> bool:
    helpers = chains(part, "d2l")
    return bool(names(part).read & canvas) or any(name.startswith("plot.") for name in helpers)


class Reader:
    """Goes through a cell's statements; `canvas` grows by fig, ax and what they return."""

    def __init__(self, canvas: set[str]) -> None:
        self.canvas = canvas
        self.constants = set(dir(builtins))

    def lines(self, body: list[ast.stmt]) -> Iterator[Line]:
        for statement in body:
            inner: list[ast.stmt] = getattr(statement, "body", [])
            if inner and not isinstance(statement, ast.FunctionDef | ast.ClassDef):
                yield from self._block(statement, [*inner, *getattr(statement, "orelse", [])])
                continue
            found = names(statement)
            draws = _draws(statement, self.canvas)
            if draws:
                self.canvas |= found.bound
            plain = isinstance(statement, ast.Assign | ast.AugAssign)
            plain = plain and not draws and found.read <= self.constants
            if plain:
                self.constants |= found.bound
            length = (statement.end_lineno or 0) - statement.lineno + 1
            if ast.unparse(statement) == "plt.show()":
                length = 0
            elif any(name.startswith("plot.") for name in chains(statement, "d2l")):
                length = min(length, HELPER)
            yield Line(length, draws, found.read, found.bound, plain)

    def _block(self, block: ast.stmt, body: list[ast.stmt]) -> Iterator[Line]:
        if isinstance(block, ast.For):
            self._share(block.target, block.iter)
        inside = list(self.lines(body))
        head = max(1, body[0].lineno - block.lineno)
        yield Line(head, any(line.draws for line in inside), names(block).read, set())
        yield from inside

    def _share(self, target: ast.expr, source: ast.expr) -> None:
        """Which of a loop's names are axes: of `for ax, x in zip(axes, samples)` the first."""
        arguments = source.args if isinstance(source, ast.Call) else []
        called = getattr(getattr(source, "func", None), "id", "")
        if isinstance(target, ast.Name):
            self.canvas |= {target.id} if _draws(source, self.canvas) else set()
        elif isinstance(target, ast.Tuple):
            sources = [source] * len(target.elts)
            if called == "zip" and len(arguments) == len(target.elts):
                sources = arguments
            elif called == "enumerate" and arguments and len(target.elts) == 2:
                sources = [ast.Constant(0), arguments[0]]
            for part, origin in zip(target.elts, sources, strict=True):
                self._share(part, origin)
