"""How the web book's search ranks: what the book's own index knows comes first."""

import json
import re
from pathlib import Path

from d2lutils.answers.index import index
from publish.reading import questions

TEMPLATE = Path(__file__).with_name("scorer.js")
QUESTION = re.compile(r"^\| (.*?) \| \[(.*)\]\(chapters/(\S+?)\.ipynb#", re.MULTILINE)
MESSAGE = 160  # letters of an error that are compared


def scorer() -> str:
    """The JavaScript that Sphinx's search asks for the rank of each page that it finds."""
    errors = [
        [error.message.lower()[:MESSAGE], error.place.document, error.heading]
        for error in index().errors
    ]
    text = TEMPLATE.read_text("utf-8").replace("PLACES_OF_THE_BOOK", _compact(_places()))
    return text.replace("ERRORS_OF_THE_BOOK", _compact(errors))


def _places() -> dict[str, list[list[str]]]:
    """For each word the pages that explain it, their headings and sentences, the best first."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for question, heading, document in QUESTION.findall(questions()):
        for code in re.findall(r"`([^`]+)`", question):
            name = code.partition("(")[0].rpartition(".")[2]
            found.setdefault(_key(name), {}).setdefault(document, (heading, ""))
    known = index()
    for name, places in [*known.terms.items(), *known.functions.items()]:
        last = name.rpartition(".")[2].rstrip("_=") if name in known.functions else name
        for place in places:
            told = place.heading, place.sentence
            found.setdefault(_key(last), {}).setdefault(place.document, told)
    return {
        word: [[document, *told] for document, told in pages.items()]
        for word, pages in found.items()
    }


def _key(word: str) -> str:
    """A word as `key` in the template makes it."""
    return re.sub(r"[-–_\s]+", " ", word.lower()).strip()


def _compact(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
