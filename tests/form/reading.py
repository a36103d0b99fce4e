"""A notebook as the rules read it: its cells, exercises, links, helpers and printed text."""

import ast
import io
import re
import tokenize
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from nbformat import NotebookNode

from tools import clean

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ROOT / "chapters"
FIGURE = "application/vnd.d2l.figure+json"
CHECK = "application/vnd.d2l.check+json"


@dataclass
class Exercise:
    """One exercise: its heading's cell and everything up to the next heading."""

    number: str
    index: int
    cells: list[tuple[int, NotebookNode]] = field(default_factory=list)

    def tagged(self, tag: str) -> list[tuple[int, NotebookNode]]:
        return [(i, cell) for i, cell in self.cells if tag in tags(cell)]


@dataclass
class Page:
    """One notebook, and what the rules ask of it."""

    path: Path
    notebook: NotebookNode

    @property
    def name(self) -> str:
        path = self.path.resolve()
        return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(self.path)

    @cached_property
    def cells(self) -> list[tuple[int, NotebookNode]]:
        return list(enumerate(self.notebook.cells))

    @cached_property
    def markdown(self) -> list[tuple[int, NotebookNode]]:
        return [(i, cell) for i, cell in self.cells if cell.cell_type == "markdown"]

    @cached_property
    def code(self) -> list[tuple[int, NotebookNode]]:
        return [(i, cell) for i, cell in self.cells if cell.cell_type == "code"]

    @cached_property
    def lessons(self) -> list[tuple[int, NotebookNode]]:
        """Code cells of the text itself, without stubs and solutions."""
        return [(i, cell) for i, cell in self.code if not tags(cell) & {"exercise", "solution"}]

    @cached_property
    def order(self) -> tuple[int, int]:
        """(chapter, section), from the names of folder and file; (0, 0) for a page on its own."""
        numbers = [re.match(r"(\d\d)_", part) for part in (self.path.parent.name, self.path.name)]
        chapter, section = (int(match[1]) if match else 0 for match in numbers)
        return (chapter, section) if numbers[0] else (section, 0)

    @cached_property
    def number(self) -> str:
        """The number that the section's exercises start with: 02.3."""
        return f"{self.order[0]:02}.{self.order[1]}"

    @cached_property
    def exercises(self) -> list[Exercise]:
        found: list[Exercise] = []
        inside = open_one = False
        for i, cell in self.cells:
            first = cell.source.partition("\n")[0]
            if cell.cell_type == "markdown" and re.match(r"#{1,2} ", first):
                inside, open_one = first.strip() == "## Exercises", False
            elif cell.cell_type == "markdown" and first.startswith("### Exercise"):
                number = re.match(r"### Exercise (\S+?):", first)
                found.append(Exercise(number[1] if number else "", i))
                open_one = inside
            if open_one:
                found[-1].cells.append((i, cell))
        return found

    @cached_property
    def helpers(self) -> dict[str, int]:
        """What the page uses of d2lutils (`plot.memory`), with the cell that does so first."""
        used: dict[str, int] = {}
        for i, cell in self.code:
            for name in chains(tree(cell.source), "d2l"):
                used.setdefault(name, i)
        return used

    @cached_property
    def links(self) -> list[tuple[int, str]]:
        return [(i, link) for i, cell in self.markdown for link in links(cell.source)]


def tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def without_fences(source: str) -> str:
    return re.sub(r"(?ms)^[ ]*(```|~~~).*?^[ ]*\1[ ]*$", "code", source)


def without_code(source: str) -> str:
    """Markdown with one word in the place of each code block and each code span."""
    return re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "code", without_fences(source), flags=re.DOTALL)


def prose(source: str) -> str:
    """The words of a Markdown cell: no code, formulas, tags or addresses."""
    text = without_code(source)
    text = re.sub(r"\$\$.+?\$\$|\$[^$\n]+\$", "formula", text, flags=re.DOTALL)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return re.sub(r"<[^>\n]+>", " ", text)


def words(source: str) -> int:
    return len(re.findall(r"[^\W_]+(?:['\u2019.-][^\W_]+)*", prose(source)))


def headings(source: str) -> list[tuple[int, str]]:
    """(level, text) of each heading; the text as a reader sees it."""
    found = re.findall(r"(?m)^(#{1,6})[ ]+(.+?)[ ]*#*$", without_fences(source))
    return [
        (len(marks), re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", text)) for marks, text in found
    ]


def links(source: str) -> list[str]:
    text = without_code(source)
    inline = re.findall(r"\]\(\s*<?((?:[^()\s<>]|\([^()\s]*\))*)", text)
    others = re.findall(
        r"""<(\w+:[^>\s]+)>|(?:href|src)=["']([^"']*)|(?m:^\[[^\]]+\]:\s*(\S+))""", text
    )
    return inline + ["".join(groups) for groups in others]


def lines(source: str) -> int:
    return sum(1 for line in source.splitlines() if line.strip())


def tree(source: str) -> ast.Module:
    """The cell's syntax tree, magics left out; empty for a cell that shows a syntax error."""
    try:
        return ast.parse(re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", source))
    except SyntaxError:
        return ast.Module([], [])


def comments(source: str) -> str:
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return ""
    return "\n".join(token.string for token in tokens if token.type == tokenize.COMMENT)


def chains(module: ast.AST, root: str) -> list[str]:
    """The dotted names that start at `root`: `plot.memory` for d2l.plot.memory(x)."""
    found: list[str] = []

    def visit(node: ast.AST) -> None:
        parts, inner = [], node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if parts and isinstance(inner, ast.Name) and inner.id == root:
            found.append(".".join(reversed(parts)))
            return
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(module)
    return found


def bound(source: str) -> set[str]:
    """The names that a cell binds at its top level, imports aside."""
    names: set[str] = set()
    for statement in tree(source).body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            names.add(statement.name)
        elif not isinstance(statement, (ast.Import, ast.ImportFrom)):
            stored = (n for n in ast.walk(statement) if isinstance(n, ast.Name))
            names |= {name.id for name in stored if isinstance(name.ctx, ast.Store)}
    return names


def checked(source: str) -> tuple[str, set[str]] | None:
    """The exercise that the cell's last statement checks, and the names it hands over."""
    match tree(source).body[-1:]:
        case [ast.Expr(ast.Call(ast.Attribute(ast.Name("d2l"), "check"), arguments))]:
            match arguments:
                case [ast.Constant(str(number)), *answers]:
                    every = (node for answer in answers for node in ast.walk(answer))
                    return number, {node.id for node in every if isinstance(node, ast.Name)}
    return None


def outcome(cell: NotebookNode) -> dict[str, object]:
    """What d2l.check said in the cell's saved output, as data."""
    for output in cell.outputs:
        if CHECK in output.get("data", {}):
            return dict(output.data[CHECK])
    return {}


def pictures(cell: NotebookNode) -> list[NotebookNode]:
    return [
        output
        for output in cell.get("outputs", [])
        if any(mime.startswith("image/") for mime in output.get("data", {}))
    ]


def printed(output: NotebookNode) -> str:
    """All text of an output that a reader sees."""
    if output.output_type == "stream":
        return str(output.text)
    if output.output_type == "error":
        shown = "\n".join([f"{output.ename}: {output.evalue}", *output.traceback])
        return clean.ANSI.sub("", shown)
    return "\n".join(str(data) for mime, data in output.data.items() if mime.startswith("text/"))
