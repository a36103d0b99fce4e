"""What is done to Sphinx's pages: numbers in front of titles, and no script that is not needed."""

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from publish.reading import number

# Icons come from the theme's fonts, too; only the page of results searches.
UNUSED = r"<script[^>]*[/\"](?:fontawesome{})\.js[^>]*></script>\s*"
SEARCH = r"|searchtools|language_data|searchindex"


def finish(app: Sphinx, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Number a page, and its neighbours, as the text names them; name solutions to who listens."""
    if tree is None:
        return
    if own := number(name):
        context["title"] = f"{own} {context['title']}"
        context["body"] = context["body"].replace("<h1>", f"<h1>{own} ", 1)
    context["body"] = context["body"].replace(' aria-label="Toggle hidden content"', "")
    _, before, after = app.builder.relations.get(name) or (None, None, None)
    for way, neighbour in (("prev", before), ("next", after)):
        if neighbour and context.get(way):
            title = f"{number(neighbour)} {context[way]['title']}".strip()
            context[way] = {**context[way], "title": title}


def lighten(folder: Path) -> None:
    """Take scripts off the pages that do not use them."""
    for page in folder.rglob("*.html"):
        unused = UNUSED.format("" if page.name == "search.html" else SEARCH)
        page.write_text(re.sub(unused, "", page.read_text("utf-8")), "utf-8")
