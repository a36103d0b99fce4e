"""Where the book defines its terms: what it sets in bold, in the sentence that says what it is."""

import re
from collections.abc import Iterable

from d2lutils.answers.finding import folded
from publish.reading import Notebook, plain, sentences

BOLD = re.compile(r"\*\*([^*\n]+?)\*\*")
LEAD = re.compile(r"\*\*(?:You will|You need|Takes|Figure \d+\.?)\*\*")
LEANS = re.compile(r"(?:It|This|That|These|Those|They|Such|Both|Each)\b")  # on what stands before
MOST_WORDS = 4  # what is longer is emphasis
# Code, addresses and formulas.
NO_PROSE = re.compile(r"```.*?```|`[^`]*`|\]\([^)]*\)|\$[^$]*\$", re.DOTALL)
WORD = re.compile(r"[^\W\d_]+")
# A word with a capital that is not the first of its sentence.
INSIDE = re.compile(r"(?<=[a-z,;] )[*(\"]*([A-Z][^\W\d_]*)")
NO_TERM = re.compile(r"(?:a|an|the|each|new|old) ", re.IGNORECASE)  # how an emphasis begins


def terms(notebooks: Iterable[Notebook]) -> dict[str, list[list[str]]]:
    """For each term the places that define it: [notebook, heading, the sentence], in order.

    Spellings that the search takes for one, as a plural, are one term, by its shortest name.
    """
    found: dict[str, list[list[str]]] = {}
    shown: dict[str, str] = {}
    notebooks = list(notebooks)
    prose = "\n".join(
        NO_PROSE.sub(" ", cell.source)
        for notebook in notebooks
        for cell in notebook.cells
        if not cell.is_code
    )
    words, names = set(WORD.findall(prose)), set(INSIDE.findall(prose))
    for notebook in notebooks:
        for cell in notebook.cells:
            if cell.is_code or cell.exercise:
                continue
            before = ""
            for sentence in sentences(cell.source):
                if LEAD.match(sentence):
                    continue
                said = f"{before} {sentence}" if LEANS.match(sentence) else sentence
                before = sentence
                for term in [_term(bold, words, names) for bold in BOLD.findall(sentence)]:
                    place = [notebook.path, plain(cell.heading), plain(said)]
                    key = folded(term)
                    if term and not _is_there(found.get(key, []), place):
                        found.setdefault(key, []).append(place)
                        shown[key] = min(shown.get(key, term), term, key=lambda t: (len(t), t))
    named = {shown[key]: places for key, places in found.items()}
    in_order = sorted(named.items(), key=lambda item: (item[0].lower(), item[0]))
    return {term: _first_where_taught(term, places) for term, places in in_order}


def _first_where_taught(term: str, places: list[list[str]]) -> list[list[str]]:
    """The places without summaries, and first of all the notebook that is named after the term."""
    taught = [place for place in places if place[1] not in ("Next", "Summary")] or places
    return sorted(taught, key=lambda place: not _names(place[0], term))


def _names(path: str, term: str) -> bool:
    name = re.sub(r"^\d+_|\.ipynb$", "", path.rpartition("/")[2]).replace("_", " ")
    return name.removesuffix("s") == term.lower().replace("-", " ").removesuffix("s")


def _term(bold: str, words: set[str], names: set[str]) -> str:
    """The term of a bold text; nothing where the bold is no term but a lead or an emphasis.

    Its first capital goes where the book has the word without it, or nowhere inside a sentence:
    Bit and Bucketing, but Jacobian and ReLU.

    Args:
        bold: the text.
        words: those of the book's prose.
        names: those with a capital inside a sentence.
    """
    text = plain(bold).rstrip(",;")
    if text.endswith((".", "?", "!", ":")) or len(text.split()) > MOST_WORDS:
        return ""
    if not re.match(r"[A-Za-z]", text) or NO_TERM.match(text):
        return ""
    first = re.match(r"[^\W\d_]*", text)
    word = first[0] if first else ""
    small = word.lower()
    if len(word) == 1 or word[1:] != small[1:] or (word in names and small not in words):
        return text
    return small + text[len(small) :]


def _is_there(places: list[list[str]], place: list[str]) -> bool:
    return any(there[:2] == place[:2] for there in places)
