"""`d2l.find`: where the book explains a term, shows a function of PyTorch, or meets an error."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from d2lutils.answers.index import Place, index
from d2lutils.answers.messages import matches
from d2lutils.errors import BookError, one_line

_SHORT = {"nn.": "torch.nn.", "f.": "torch.nn.functional.", "optim.": "torch.optim."}
_MOST = 6  # terms or functions to name


def find(word: str) -> None:
    """Say where the book explains a term, shows a function of PyTorch, or meets an error.

    Explained in 00.

    Args:
        word: a term ("broadcasting"), a function or class ("gather", "nn.Linear"), or a part of
            an error's message. Case, hyphens and a plural do not matter.

    Raises:
        BookError: `word` is no text, or empty.
    """
    print(*findings(word), sep="\n")


def findings(word: str) -> list[str]:
    """Return the lines that `find` prints."""
    if not isinstance(word, str) or not word.strip(" `()."):
        raise BookError(f"d2l.find takes a word, as in d2l.find('gather'), not {word!r}.")
    lines = []
    for term in _terms(word):
        lines.append(f"{term} is explained:")
        lines += _told(index().terms[term])
    for name in _functions(word):
        lines.append(f"{name} is shown:")
        lines += _told(index().functions[name])
    if len(word.split()) > 2:
        for error in matches(word):
            lines += [f"{error.kind}: {one_line(error.message)}", f"  {error.place}"]
    return lines or _nothing(word)


def _told(places: Iterable[Place]) -> list[str]:
    lines = []
    for place in places:
        lines.append(f"  {place}")
        if place.sentence:
            lines.append(f"    {place.sentence}")
    return lines


def _terms(word: str) -> list[str]:
    """Return the terms that a word means: the same one, else those that hold it as words."""
    asked = _key(word)
    keys = {term: _key(term) for term in index().terms}
    same = [term for term, key in keys.items() if key == asked]
    if same:
        return same
    inside = re.compile(rf"(?<!\w){re.escape(asked)}(?!\w)")
    return [term for term, key in keys.items() if inside.search(key)][:_MOST]


def _functions(word: str) -> list[str]:
    """Return the functions that a name means: whole, or the last part of a longer one."""
    name = word.strip(" `").removesuffix("()").lower()
    for short, whole in _SHORT.items():
        if name.startswith(short):
            name = whole + name[len(short) :]
    name = re.sub(r"[-\s]", "", name)  # a data loader is a DataLoader
    ends = (name, name.rstrip("_"), f"{name}_")
    found = [
        known
        for known in index().functions
        if any(known.lower() == end or known.lower().endswith(f".{end}") for end in ends)
    ]
    exact = [known for known in found if known.lower().endswith(name)]
    return (exact or found)[:_MOST]


def _key(term: str) -> str:
    """Return a term without what does not matter: case, hyphens, marks, the last word's plural."""
    words = re.sub(r"[-–_\s]+", " ", term.strip(" `.").lower()).split()
    if words and len(words[-1]) > 3 and words[-1].endswith("s") and not words[-1].endswith("ss"):
        words[-1] = words[-1][:-1]
    return " ".join(words)


def _nothing(word: str) -> list[str]:
    known = {_key(term): term for term in index().terms}
    for name in index().functions:
        known.setdefault(name.rpartition(".")[2].lower(), name)
    near = [known[key] for key in get_close_matches(_key(word), known, n=3, cutoff=0.8)]
    lines = [f"The book explains no {one_line(word)!r}."]
    return lines + ([f"Near it: {', '.join(near)}."] if near else [])
