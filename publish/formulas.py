"""Formulas set at build time, as pictures within the page: it needs no script to show them."""

import html
import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from publish import npm

SCRIPT = Path(__file__).with_suffix(".js")
# A formula and the marks behind it, which no line may begin with.
ENDING = re.compile(r'<span class="formula" (?:(?!</span>).)*</span>[.,;:!?)]+', re.DOTALL)
HEADING_ID = re.compile(r'(?<=<h[1-6] id=")[^"]*')  # links name it as it is, unquoted
Formula = tuple[str, bool]  # TeX, and whether it stands on a line of its own


class _Renderer(IPythonRenderer):
    """Markdown to HTML, each formula as `show` gives it."""

    def __init__(self, show) -> None:  # type: ignore[no-untyped-def]
        super().__init__(escape=False, anchor_link_text="")
        self.show = show

    def block_math(self, body: str) -> str:
        return str(self.show((body.strip(), True)))

    def inline_math(self, body: str) -> str:
        return str(self.show((body.strip(), False)))

    def latex_environment(self, name: str, body: str) -> str:
        return str(self.show((f"\\begin{{{name}}}{body}\\end{{{name}}}", True)))


class Formulas:
    """The formulas of some Markdown texts, set once; `to_html` renders such a text with them."""

    def __init__(self, texts: Iterable[str]) -> None:
        found: dict[Formula, None] = {}
        collect = MarkdownWithMath(renderer=_Renderer(partial(_note, found)))
        for text in texts:
            if "$" in text:
                collect.render(text)
        self.set = dict(zip(found, _set(list(found)), strict=True))

    def to_html(self, text: str) -> str:
        """Markdown as HTML.

        Raises:
            KeyError: the text has a formula that none of the first texts had.
        """
        rendered = str(MarkdownWithMath(renderer=_Renderer(self._shown)).render(text))
        rendered = HEADING_ID.sub(lambda found: unquote(found[0]), rendered)
        return ENDING.sub(r'<span class="kept">\g<0></span>', rendered)

    def _shown(self, formula: Formula) -> str:
        kind = "formula display" if formula[1] else "formula"
        title = html.escape(formula[0], quote=True)
        return f'<span class="{kind}" role="img" aria-label="{title}">{self.set[formula]}</span>'


class WithFormulas:
    """An exporter of nbconvert whose Markdown comes with its formulas set."""

    formulas: Formulas

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        return self.formulas.to_html(source)


def prose_of(notebooks: Iterable[NotebookNode]) -> Iterator[str]:
    """The Markdown of all cells."""
    for notebook in notebooks:
        yield from (cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def _note(found: dict[Formula, None], formula: Formula) -> str:
    found[formula] = None
    return ""


def _set(formulas: list[Formula]) -> list[str]:
    """Each formula as an SVG, by MathJax; a formula that MathJax cannot read is an error."""
    if not formulas:
        return []
    folder = npm.modules().parent
    done = subprocess.run(
        [npm.program("node"), "-e", SCRIPT.read_text("utf-8")],
        input=json.dumps(formulas), cwd=folder, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    if done.returncode:
        raise npm.PublishError(f"MathJax cannot set the formulas: {done.stderr.strip()[:300]}")
    pictures: list[str] = json.loads(done.stdout)
    for (tex, _), picture in zip(formulas, pictures, strict=True):
        if 'data-mml-node="merror"' in picture:
            raise npm.PublishError(f"MathJax cannot read the formula {tex!r}.")
    return pictures
