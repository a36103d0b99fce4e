"""What is done to Sphinx's pages: numbers, no menu and no script without use, their words apart."""

import json
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from publish.reading import number

# Icons come from the theme's fonts, too; only the page of results searches.
UNUSED = r"<script[^>]*[/\"](?:fontawesome{})\.js[^>]*></script>\s*"
SEARCH = r"|searchtools|language_data|searchindex"
ARTICLE = re.compile(r"<article.*?</article>", re.DOTALL)
# What an excerpt does without: code, buttons, pictures, and the marks around words.
BLOCKS = re.compile(r"<(script|style|svg|pre|button|summary)\b.*?</\1>", re.DOTALL)
MARKS = re.compile(r'<a class="headerlink".*?</a>|<(?!/?section\b)[^>]*>', re.DOTALL)


def finish(app: Sphinx, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Number a page, and its neighbours, as the text names them; name solutions to who listens."""
    if tree is None:
        return
    if Path(app.env.doc2path(name)).suffix == ".md":  # the book made it: nobody wants its source
        buttons = context["header_buttons"]
        context["header_buttons"] = [b for b in buttons if b["label"] != "download-buttons"]
    if own := number(name):
        context["title"] = f"{own} {context['title']}"
        context["body"] = context["body"].replace("<h1>", f"<h1>{own} ", 1)
    context["body"] = context["body"].replace(' aria-label="Toggle hidden content"', "")
    _, before, after = app.builder.relations.get(name) or (None, None, None)
    for way, neighbour in (("prev", before), ("next", after)):
        if neighbour and context.get(way):
            title = f"{number(neighbour)} {context[way]['title']}".strip()
            context[way] = {**context[way], "title": title}


def rewrite(folder: Path) -> None:
    """Take scripts off the pages that do not use them, and write the pages' words into one.

    Of it the search quotes where a page may not fetch its neighbours, in a folder.
    """
    texts = {}
    for page in sorted(folder.rglob("*.html")):
        unused = UNUSED.format("" if page.name == "search.html" else SEARCH)
        text = re.sub(unused, "", page.read_text("utf-8"))
        page.write_text(text, "utf-8")
        if article := ARTICLE.search(text):
            words = " ".join(MARKS.sub("", BLOCKS.sub(" ", article[0])).split())
            texts[page.relative_to(folder).as_posix()] = f'<main role="main">{words}</main>'
    script = f"const TEXTS_OF_THE_BOOK = {json.dumps(texts, ensure_ascii=False)};"
    (folder / "_static" / "texts.js").write_text(script, "utf-8")
