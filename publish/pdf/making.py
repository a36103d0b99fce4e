"""All notebooks as one page of HTML, for a browser to print."""

import html
import posixpath
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from urllib.parse import unquote

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter
from traitlets.config import Config

from publish.decks.making import PICTURES
from publish.formulas import Formulas, WithFormulas, prose_of
from publish.reading import ROOT, TITLE, document, plain
from tools import clean
from tools.contents import Section

HERE = Path(__file__).resolve().parent
LINK = re.compile(r"\]\(([^)#\s:]*\.ipynb)?(#[^)\s]*)?\)")
HEADING = re.compile(r"^(#{1,5}) ", re.MULTILINE)
BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


class Exporter(WithFormulas, HTMLExporter):
    """A notebook's cells, their formulas set already."""


class Paper:
    """The book's sections as HTML; `page` joins them under a cover and contents."""

    def __init__(self, sections: list[Section]) -> None:
        self.sections = sections
        read = {s: _printed(clean.read(ROOT / s.path), document(s)) for s in sections}
        templates = [str(HERE / "template")]
        look = Config(TagRemovePreprocessor=PICTURES)
        exporter = Exporter(config=look, template_name="paper", extra_template_basedirs=templates)
        exporter.formulas = Formulas(prose_of(read.values()))
        self.bodies = {s: _body(exporter, notebook, document(s)) for s, notebook in read.items()}
        self.css = _highlighting() + (HERE / "paper.css").read_text("utf-8")

    def page(self, numbers: list[int]) -> str:
        """The whole book; `numbers` are the pages on which its sections begin, 0 for unknown."""
        parts = [
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title>',
            f"<style>{self.css}</style></head><body>",
            f'<div class="cover"><h1>{TITLE}</h1>',
            "<p>The notebooks with their saved outputs</p></div>",
            *self._contents(numbers),
        ]
        for chapter, group in groupby(self.sections, key=lambda section: section.chapter):
            parts.append(f'<h1 class="chapter">{html.escape(chapter)}</h1>')
            for section in group:
                parts.append(f'<article class="section">{self.bodies[section]}</article>')
        return "\n".join([*parts, "</body></html>"])

    def _contents(self, numbers: list[int]) -> Iterator[str]:
        yield '<div class="contents"><h1>Contents</h1><ol>'
        known = dict(zip(self.sections, numbers, strict=True))
        for chapter, group in groupby(self.sections, key=lambda section: section.chapter):
            yield f'<li class="chapter-entry">{html.escape(chapter)}</li>'
            for section in group:
                page = str(known[section] or "")
                yield (
                    f'<li><a href="#{document(section)}">{html.escape(plain(section.title))}</a>'
                    f'<span class="dots"></span><span class="page">{page}</span></li>'
                )
        yield "</ol></div>"


def _printed(notebook: NotebookNode, name: str) -> NotebookNode:
    """The notebook on paper: nothing folded, links within the page."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = LINK.sub(lambda link: _inside(link, name), cell.source)
            blocks = BLOCK.findall(text)
            text = HEADING.sub(r"#\1 ", BLOCK.sub("\0", text))  # chapters are the first level
            for block in blocks:
                text = text.replace("\0", block, 1)
            cell.source = text.replace("<details>", "<details open>")
    return notebook


def _inside(link: re.Match[str], name: str) -> str:
    path, anchor = link[1], link[2]
    target = name
    if path:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))[: -len(".ipynb")]
    heading = unquote(anchor[1:]) if anchor else ""
    return f"](#{target}{'--' + heading if heading else ''})".replace(" ", "%20")


def _body(exporter: Exporter, notebook: NotebookNode, name: str) -> str:
    body, _ = exporter.from_notebook_node(notebook)
    text = re.sub(r'<h[2-6] id="', lambda start: f"{start[0]}{name}--", body)
    return re.sub(r'<h2 id="[^"]*"', lambda _: f'<h2 id="{name}"', text, count=1)


def _highlighting() -> str:
    """The colours of code."""
    return str(HtmlFormatter(style="default").get_style_defs(".highlight"))
