"""What stands before the sections and above their pages: cover, contents, running heads."""

import html
import json
from collections.abc import Iterator
from itertools import groupby

from publish.pdf.index import Pages
from publish.reading import TITLE, document, named, number
from tools.contents import Section

DOTS = " ." * 120


def cover() -> str:
    """The first page."""
    return (
        f'<div class="cover"><h1>{TITLE}</h1><p>The notebooks with their saved outputs</p>'
        "<p>By the book's authors and contributors. "
        "Text and figures: CC BY 4.0. Code: MIT.</p></div>"
    )


def contents(sections: list[Section], pages: Pages) -> Iterator[str]:
    """The table of contents, each section with its number and page."""
    yield '<div class="contents"><h1>Contents</h1><ol>'
    for chapter, group in groupby(sections, key=lambda section: section.chapter):
        yield f'<li class="chapter-entry">{html.escape(chapter)}</li>'
        for section in group:
            yield f"<li>{_entry(named(section), document(section), pages)}</li>"
    yield f'<li class="chapter-entry">{_entry("Index", "index", pages)}</li></ol></div>'


def _entry(name: str, anchor: str, pages: Pages) -> str:
    return (
        f'<a href="#{anchor}">{html.escape(name)}</a>'
        f'<span class="dots" data-dots="{DOTS}"></span>'
        f'<span class="page">{pages.get(anchor, "")}</span>'
    )


def heads(sections: list[Section]) -> str:
    """The rules of CSS for running heads: a page's chapter, its section's number and title."""
    rules = []
    for section in sections:
        left, right = (
            json.dumps(text, ensure_ascii=False) for text in (section.chapter, named(section))
        )
        shown = f"@top-left {{ content: {left} }} @top-right {{ content: {right} }}"
        rules.append(f"@page {page_name(section)} {{ {shown} }}")
    return "\n".join(rules)


def page_name(section: Section) -> str:
    """The name of the section's pages, by which they get their running head."""
    return f"s{number(document(section)).replace('/', '-')}"
