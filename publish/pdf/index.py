"""The index at the end of the paper: terms, functions, and error messages with their pages."""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby

from d2lutils.answers.index import Place, index
from publish.reading import slug

MESSAGE = 110  # letters of an error's message
Pages = Mapping[str, int]  # on which page an anchor stands


def anchor(place: Place) -> str:
    """The name of a heading within the paper."""
    return f"{place.document}--{slug(place.heading)}"


def pages_of_index(kept: Callable[[Place], bool], pages: Pages) -> Iterator[str]:
    """The index as HTML, of the places that the paper has; a page that is not known is left out."""
    known = index()
    yield '<div class="index"><h1 id="index">Index</h1>'
    for heading, entries in (("Terms", known.terms), ("Functions of PyTorch", known.functions)):
        yield f"<h2>{heading}</h2>"
        here = {name: list(filter(kept, places)) for name, places in entries.items()}
        named = sorted((name for name in here if here[name]), key=_order)
        for _, group in groupby(named, key=lambda name: _order(name)[:1]):
            lines = (_line(html.escape(name), here[name], pages) for name in group)
            yield f"<ul>{''.join(lines)}</ul>"
    yield "<h2>Error messages</h2><ul>"
    told = {error.phrase: error for error in reversed(known.errors) if kept(error.place)}
    entries: dict[str, list[Place]] = {}
    for error in sorted(told.values(), key=lambda error: (error.kind, error.message)):
        short = f"{error.message[:MESSAGE]}…" if len(error.message) > MESSAGE else error.message
        entry = f"<b>{error.kind}</b> {html.escape(short)}"
        entries.setdefault(entry, []).append(error.place)
    yield from (_line(entry, places, pages) for entry, places in entries.items())
    yield "</ul></div>"


def _line(entry: str, places: Iterable[Place], pages: Pages) -> str:
    links: dict[str, None] = {}
    for place in places:
        name = anchor(place)
        links[f'<a href="#{html.escape(name)}">{pages.get(name, "")}</a>'] = None
    return f"<li>{entry} {', '.join(links)}</li>"


def _order(name: str) -> str:
    """A function by its last name: torch.nn.Linear is found at L."""
    return re.sub(r"\W", "", re.sub(r"^torch.*\.", "", name)).lower()
