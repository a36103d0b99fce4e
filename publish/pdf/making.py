"""All notebooks as one page of HTML, for a browser to print."""

import html
import posixpath
import re
from itertools import groupby
from pathlib import Path
from urllib.parse import unquote

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter
from traitlets.config import Config

from publish import folding
from publish.decks.making import PICTURES
from publish.formulas import Formulas, WithFormulas, prose_of
from publish.pdf.fitting import fitted
from publish.pdf.front import contents, cover, heads, page_name
from publish.pdf.index import Pages, pages_of_index
from publish.reading import ROOT, TITLE, describe, document, named, plain, slug
from tools import clean
from tools.contents import Section

HERE = Path(__file__).resolve().parent
LINK = re.compile(r"\]\(([^)#\s:]*\.ipynb)?(#[^)\s]*)?\)")
HEADING = re.compile(r"^(#{1,5}) ", re.MULTILINE)
BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
INSIDE = re.compile(r'<a href="#([^"]+)">(?:(?!</a>).)+</a>', re.DOTALL)


class Exporter(WithFormulas, HTMLExporter):
    """A notebook's cells, their formulas set already."""


class Paper:
    """The book's sections as HTML; `page` joins them under a cover and contents."""

    def __init__(self, sections: list[Section]) -> None:
        self.sections = sections
        read = {s: _printed(clean.read(ROOT / s.path), s) for s in sections}
        templates = [str(HERE / "template")]
        look = Config(TagRemovePreprocessor=PICTURES)
        exporter = Exporter(config=look, template_name="paper", extra_template_basedirs=templates)
        exporter.formulas = Formulas(prose_of(read.values()))
        self.bodies = {s: _body(exporter, notebook, s) for s, notebook in read.items()}
        self.css = _highlighting() + (HERE / "paper.css").read_text("utf-8")

    def text(self) -> str:
        """The sections' words, among their marks."""
        return html.unescape("".join(self.bodies.values()))

    def page(self, pages: Pages) -> str:
        """The whole book; `pages` says where its anchors stand, as far as that is known."""
        parts = [
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title>',
            f"<style>{self.css}{heads(self.sections)}</style></head><body>",
            cover(),
            *contents(self.sections, pages),
        ]
        for chapter, group in groupby(self.sections, key=lambda section: section.chapter):
            found = list(group)
            look = f'class="chapter" style="page: {page_name(found[0])}"'
            parts.append(f"<h1 {look}>{html.escape(chapter)}</h1>")
            for section in found:
                look = f'class="section" style="page: {page_name(section)}"'
                parts.append(f"<article {look}>{_paged(self.bodies[section], pages)}</article>")
        here = {document(section) for section in self.sections}
        parts += pages_of_index(lambda place: place.document in here, pages)
        return "\n".join([*parts, "</body></html>"])


def _paged(body: str, pages: Pages) -> str:
    """A section whose links within the paper name their pages; four digits where none is known."""

    def with_page(link: re.Match[str]) -> str:
        page = pages.get(html.unescape(unquote(link[1])), "" if pages else "0000")
        return f'{link[0]}<span class="at">p.&nbsp;{page}</span>' if page else link[0]

    return INSIDE.sub(with_page, body)


def _printed(notebook: NotebookNode, section: Section) -> NotebookNode:
    """The notebook on paper: its number, pictures described, nothing folded, links inside."""
    describe(notebook.cells)
    name = document(section)
    first = notebook.cells[0]
    first.source = first.source.replace(section.title, named(section), 1)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = LINK.sub(lambda link: _inside(link, name), cell.source)
            blocks = BLOCK.findall(text)
            text = HEADING.sub(r"#\1 ", BLOCK.sub("\0", text))  # chapters are the first level
            for block in blocks:
                text = text.replace("\0", block, 1)
            text = folding.without_clicks(text)
            text = text.replace(", folded away.", ".")  # the solution below is open
            cell.source = text.replace("<details>", "<details open>")
    return notebook


def _inside(link: re.Match[str], name: str) -> str:
    path, anchor = link[1], link[2]
    target = name
    if path:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))[: -len(".ipynb")]
    heading = unquote(anchor[1:]) if anchor else ""
    return f"](#{target}{'--' + heading if heading else ''})".replace(" ", "%20")


def _body(exporter: Exporter, notebook: NotebookNode, section: Section) -> str:
    body, _ = exporter.from_notebook_node(notebook)
    name = document(section)
    text = re.sub(r'(<h[2-6] id=")', rf"\g<1>{name}--", body)
    text = re.sub(r'<a class="anchor-link".*?</a>', "", text)
    title = f'<h2 id="{name}"><a id="{name}--{slug(plain(section.title))}"></a>'
    return fitted(re.sub(r'<h2 id="[^"]*">', lambda _: title, text, count=1))


def _highlighting() -> str:
    """The colours of code."""
    return str(HtmlFormatter(style="default").get_style_defs(".highlight"))
