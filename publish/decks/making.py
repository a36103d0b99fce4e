"""A notebook as a deck: nbconvert's slides with a template whose one file holds all."""

import re
from pathlib import Path
from typing import Any

from nbconvert.exporters import SlidesExporter
from nbformat import NotebookNode
from traitlets.config import Config

from publish import folding, npm
from publish.formulas import Formulas, WithFormulas, prose_of
from publish.reading import ROOT, describe, plain
from tools import clean

PICTURES = {"enabled": True, "remove_input_tags": {"hide-input"}}  # of cells that only draw
LINK = re.compile(r"(\]\([^)#\s:]+)\.ipynb(#[^)\s]*)?\)")
HERE = Path(__file__).resolve().parent


class Exporter(WithFormulas, SlidesExporter):
    """Slides, their formulas set already."""


def make(notebooks: list[Path], out: Path) -> list[Path]:
    """Write a deck of each notebook below `out`, in the chapters' folders; return their paths."""
    read = {path: clean.read(path) for path in notebooks}
    look = Config(CSSHTMLHeaderPreprocessor={"style": "default"}, TagRemovePreprocessor=PICTURES)
    templates = [str(HERE / "template")]
    exporter = Exporter(config=look, template_name="deck", extra_template_basedirs=templates)
    exporter.formulas = Formulas(prose_of(read.values()))
    parts = _parts(npm.modules() / "reveal.js")
    decks = []
    for path, notebook in read.items():
        title = plain(notebook.cells[0].source.partition("\n")[0].lstrip("# "))
        text, _ = exporter.from_notebook_node(
            _shown(notebook), resources={"deck": {**parts, "title": title}}
        )
        deck = out / _place(path)
        deck.parent.mkdir(parents=True, exist_ok=True)
        deck.write_text(text, encoding="utf-8")
        decks.append(deck)
    return decks


def _place(path: Path) -> Path:
    chapters = ROOT / "chapters"
    inside = path.relative_to(chapters) if path.is_relative_to(chapters) else Path(path.name)
    return inside.with_suffix(".html")


def _shown(notebook: NotebookNode) -> NotebookNode:
    """The notebook without solutions, its links to other decks, and its pictures described."""
    describe(notebook.cells)
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            text = folding.without_clicks(folding.without_solutions(cell.source))
            cell.source = LINK.sub(r"\1.html\2)", text)
            if text == "## Exercises":  # a heading alone is no slide
                notebook.cells[place + 1].metadata.slideshow.slide_type = "-"
    return notebook


def _parts(reveal: Path) -> dict[str, Any]:
    """What each deck carries: reveal.js, its notes, and our own look."""

    def read(path: Path) -> str:
        return path.read_text("utf-8").replace("</script", "<\\/script")

    css = "\n".join(read(reveal / "dist" / name) for name in ("reset.css", "reveal.css"))
    scripts = [reveal / "dist/reveal.js", reveal / "plugin/notes/notes.js", HERE / "deck.js"]
    return {
        "css": css,
        "own_css": read(HERE / "deck.css"),
        "scripts": [re.sub(r"//# sourceMappingURL=.*", "", read(script)) for script in scripts],
    }
