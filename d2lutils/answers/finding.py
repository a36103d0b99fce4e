"""`d2l.find`: where the book explains a term, shows a function of PyTorch, or meets an error."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from d2lutils.answers.index import Place, index
from d2lutils.answers.messages import matches
from d2lutils.errors import BookError, one_line

_SHORT = {"nn.": "torch.nn.", "f.": "torch.nn.functional.", "optim.": "torch.optim."}
_MARKS = " `'\"()[],.?!:;#"
_MOST = 6  # terms or functions to name
_NOUNS = {"axes": "axis", "biases": "bias", "indices": "index", "leaves": "leaf"}
_NOUNS |= {"matrices": "matrix"} | {noun: noun for noun in ("axis", "bias", "basis", "series")}
_IZE = re.compile(r"(\w{3,})iz(e[sdr]?|ers?|ed|ing|ations?)$")  # the book writes -ise


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
    same, inside = _terms(word)
    lines = _listed(same, index().terms, "explained")
    lines += _listed(_functions(word), index().functions, "shown")
    lines += [] if same else _listed(inside, index().terms, "explained")
    meant = "" if same else _meant(word)
    if meant:
        told = [f"The book calls it {meant}.", *findings(meant)]
        return told + [line for line in lines if line not in told]
    if len(word.split()) > 2:
        for error in matches(word):
            lines += [f"{error.kind}: {one_line(error.message)}", f"  {error.place}"]
    return lines or _titles(word) or _nothing(word)


def _titles(word: str) -> list[str]:
    """Return the sections with these words in their title or in their file's name."""
    asked = f" {folded(word)} "
    found = [f"  {place}" for place, words in index().titles if asked in words]
    return [f"The book has sections on {word.strip(_MARKS)!r}:", *found[:_MOST]] if found else []


def _listed(names: Iterable[str], known: dict[str, list[Place]], how: str) -> list[str]:
    return [line for name in names for line in [f"{name} is {how}:", *_told(known[name])]]


def _meant(word: str) -> str:
    """Return what the book calls something that has another name elsewhere, or nothing."""
    name = re.sub(r"^(?:(?:torch|nn|F)\.)+", "", word.strip(_MARKS))
    return index().meant.get(folded(name), "")


def _told(places: Iterable[Place]) -> list[str]:
    lines = []
    for place in places:
        lines.append(f"  {place}")
        if place.sentence:
            lines.append(f"    {place.sentence}")
    return lines


def _terms(word: str) -> tuple[list[str], list[str]]:
    """Return the terms that a word means, and some of those that hold it as words."""
    asked = folded(word)
    keys = {term: folded(term) for term in index().terms}
    same = [term for term, key in keys.items() if key.replace(" ", "") == asked.replace(" ", "")]
    words = re.compile(rf"(?<!\w){re.escape(asked)}(?!\w)")
    inside = [term for term, key in keys.items() if term not in same and words.search(key)]
    return same, inside[:_MOST]


def _functions(word: str) -> list[str]:
    """Return the functions and arguments that a name means: whole, or the last part of one."""
    name = re.sub(r"[(=].*", "", word.strip(_MARKS)).strip(_MARKS).lower()
    for short, whole in _SHORT.items():
        if name.startswith(short):
            name = whole + name[len(short) :]
    joined = re.sub(r"[-\s]", "_", name)  # inference mode is inference_mode
    name = re.sub(r"[-\s]", "", name)  # a data loader is a DataLoader
    ends = {name, name.rstrip("_"), f"{name}_", joined, name.removesuffix("s")}
    found = [
        known
        for known in index().functions
        if any(known.lower() == end or known.lower().endswith(f".{end}") for end in ends)
    ]
    found += [known for known in index().functions if known.lower() in (f"{name}=", f"{joined}=")]
    if not found and re.fullmatch(r"[a-z_][\w.]*\.\w+", name):  # optimizer.zero_grad()
        return _functions(name.rpartition(".")[2])
    exact = [known for known in found if known.lower().rstrip("=").endswith(name)]
    return (exact or found)[:_MOST]


def folded(term: str) -> str:
    """Return a term without what does not matter: case, hyphens, marks, the last word's plural."""
    text = re.sub(r"^(?:what (?:is|are) )?(?:the |an? )?", "", term.strip(_MARKS).lower())
    words = [_IZE.sub(r"\1is\2", part) for part in re.sub(r"[-–_\s]+", " ", text).split()]
    return " ".join([*words[:-1], *map(_singular, words[-1:])])


def _singular(word: str) -> str:
    if word in _NOUNS or len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return _NOUNS.get(word, word)
    if re.search(r"(?:ss|x|ch|sh)es$", word):
        return word[:-2]
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


def _nothing(word: str) -> list[str]:
    known = {folded(term): term for term in index().terms}
    for name in index().functions:
        known.setdefault(name.rpartition(".")[2].lower(), name)
    near = [known[key] for key in get_close_matches(folded(word), known, n=3, cutoff=0.8)]
    held = [term for key, term in known.items() if f" {key} " in f" {folded(word)} "]
    near = [*dict.fromkeys([*near, *sorted(held, key=len, reverse=True)])][:3]
    lines = [f"The book explains no {one_line(word)!r}."]
    return lines + ([f"Near it: {', '.join(near)}."] if near else [])
