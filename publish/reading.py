"""A notebook as its products read it: cells under the heading that they stand under."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from tools import clean
from tools.contents import Section
from tools.fresh import of_the_book

ROOT = Path(__file__).resolve().parents[1]
TITLE = "A runnable PyTorch textbook"
HEADING = re.compile(r"#{1,6} (.+)")
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
CODE_BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
FORMULA = re.compile(r"\$\$.*?\$\$", re.DOTALL)


@dataclass(frozen=True)
class Cell:
    """One cell, the text of the heading above it, and whether it belongs to an exercise."""

    cell: NotebookNode
    heading: str
    exercise: bool

    @property
    def source(self) -> str:
        return str(self.cell.source)

    @property
    def is_code(self) -> bool:
        return bool(self.cell.cell_type == "code")

    @property
    def tags(self) -> set[str]:
        return set(self.cell.metadata.get("tags", []))


@dataclass(frozen=True)
class Notebook:
    """A notebook of the book: where it lies below chapters/, its title and its cells."""

    path: str
    title: str
    cells: list[Cell]


def book() -> Iterator[Notebook]:
    """Every notebook of the book, in its order."""
    for path in of_the_book(ROOT / "chapters"):
        yield read(path)


def read(path: Path) -> Notebook:
    """One notebook, its cells with their headings."""
    notebook = clean.read(path)
    cells, heading, exercise = [], "", False
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := HEADING.match(cell.source)):
            heading = found[1].strip()
            exercise = heading == "Exercises" or (exercise and cell.source.startswith("###"))
        cells.append(Cell(cell, heading, exercise))
    title = plain(cells[0].heading)
    return Notebook(path.resolve().relative_to(ROOT / "chapters").as_posix(), title, cells)


def describe(cells: list[dict[str, Any]]) -> None:
    """Write a figure's caption into its cell's metadata, as `alt`: for one who cannot see it.

    Args:
        cells: a notebook's cells, as nbformat or as JSON holds them.
    """
    for cell, following in pairwise(cells):
        kinds = {kind for output in cell.get("outputs", []) for kind in output.get("data", {})}
        if "image/png" in kinds:
            cell["metadata"]["alt"] = plain("".join(following["source"]))


def document(section: Section) -> str:
    """The name of a section within a product: 02_tensors/05_broadcasting."""
    return section.path.relative_to("chapters").with_suffix("").as_posix()


def number(name: str) -> str:
    """The number of a section, named as `document` does, in the text's form: 02/05; "" for 00."""
    found = re.findall(r"(\d\d)_", name)
    return "/".join(found) if len(found) == 2 else ""


def named(section: Section) -> str:
    """A section's number and title: 02/05 Combine shapes by broadcasting."""
    return f"{number(document(section))} {plain(section.title)}".strip()


def questions() -> str:
    """The README's table of questions, each with the section that answers it."""
    readme = (ROOT / "README.md").read_text("utf-8")
    return readme.partition("\n## Fifty questions\n")[2].partition("\n## ")[0].strip()


def slug(heading: str) -> str:
    """The anchor of a heading, as JupyterLab makes it and as the notebooks' links name it."""
    return heading.strip().replace(" ", "-")


def prose(markdown: str) -> str:
    """Markdown without code blocks and displayed formulas."""
    return FORMULA.sub(" ", CODE_BLOCK.sub(" ", markdown))


def plain(markdown: str) -> str:
    """A line of Markdown as a terminal shows it: links, emphasis and code marks taken off."""
    text = LINK.sub(r"\1", markdown)
    text = re.sub(r"\*\*(.+?)\*\*|(?<![\w*])\*(\S.*?)\*(?![\w*])", r"\1\2", text)
    text = re.sub(r"</?\w[^>]*>", " ", text)
    return " ".join(text.replace("`", "").split())


def sentences(markdown: str) -> Iterator[str]:
    """The sentences of a Markdown cell, without headings and tables."""
    text = re.sub(r"^(?:#.*|\|.*|\s*</?\w+[^>]*>\s*)$", "", prose(markdown), flags=re.MULTILINE)
    for paragraph in re.split(r"\n\s*\n|^\s*(?:[-*>]|\d+\.)\s+", text, flags=re.MULTILINE):
        flat = " ".join(paragraph.split())
        yield from (s for s in re.split(r"(?<=[.?!:])[*)]*\s+(?=[A-Z`*\"“(\[])", flat) if s)
