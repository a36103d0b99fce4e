"""`d2l.explain`: which section meets an error, and what it advises."""

import re
import sys
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cache

from d2lutils.answers.index import Error, index
from d2lutils.errors import BookError, one_line

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_TYPES = "Error|Exception|Exit|Interrupt|Hit|Unsupported|ZipFile|SymNode"
_KIND = re.compile(rf"(?m)^[ \t]*(?:[\w.]{{,80}}\.)?(\w{{,80}}(?:{_TYPES})): ")
# What torchrun, a group of exceptions and a quotation write before each line.
_EDGE = re.compile(r"(?m)^[ \t]*(?:\[rank\d+\]:|[|>](?!>))[ \t]?")
_STRAIGHT = str.maketrans("\N{LEFT SINGLE QUOTATION MARK}’“”", "''\"\"")
_DTYPES = (
    r"(?:torch\.|c10::)?(?:bool|byte|char|short|u?int|long|half|bfloat16|signed|unsigned"
    r"|(?:complex)?float|(?:complex)?double|[uq]*int\d+|float\d+|complex\d+)(?:tensor)?"
)
# What differs from one case of an error to the next, and the sign that stands for it.
_CHANGING = [
    (r"(?<![a-z0-9])(?:cuda|cpu|mps|xpu|meta)(?::\d+)?(?![a-z0-9])", "{device}"),
    (rf"(?<!\w){_DTYPES}(?!\w)", "{dtype}"),
    (r"(?<!\w)-?\d+(?:\.\d+)?(?:x\d+)*(?!\w)", "{n}"),
    (r"[\[(]\s*\{n\}(?:,\s*\{n\})*,?\s*[\])]", "{n}"),
]
_QUOTED = re.compile(r"(?<!\w)'[^']{,40}'|\"[^\"]{,60}\"|`[^`&]{,60}`")
# Messages that say little besides their names: there the names count.
_NAMED = re.compile(
    r"has no attribute|not implemented for|operand type\(s\) for|unexpected keyword argument"
    r"|with arguments from the|object is not|must be [\w ]+, not|pic should be"
    r"|expected [\w ]+d input|positional arguments? but|cannot unpack"
)
_LIKE = 0.8  # from here on two messages count as one: chosen on the book's own, see the tests
_MOST = 3
_LONGEST = 20_000  # of a pasted text so many letters are read, its last


def explain(error: BaseException | str | None = None) -> None:
    """Say which section of the book meets an error, and what it advises there.

    Numbers, shapes, dtypes, devices and names in the message do not matter. Explained in 00.

    Args:
        error: the message, an exception, or nothing for the last error of this notebook.

    Raises:
        BookError: there was no error yet, or `error` is neither a message nor an exception.
    """
    print(*explanation(error), sep="\n")


def explanation(error: BaseException | str | None = None) -> list[str]:
    """Return the lines that `explain` prints."""
    told = _read(error)
    found = next(filter(None, (matches(message, kind) for kind, message in told)), None)
    if not found:
        kind, message = told[0]
        last = f"{kind}: {message}" if kind else message
        return [
            f"The book meets no error like this one: {one_line(last)}",
            "Read its last line first. Look up its words by d2l.find(…).",
        ]
    lines = []
    for error_there in found:
        lines += [f"{error_there.place}", f"  {error_there.kind}: {one_line(error_there.message)}"]
        lines += [f"  {error_there.advice}"] if error_there.advice else []
    return lines


def matches(message: str, kind: str = "") -> list[Error]:
    """Return the book's errors that are like this one, the likeliest first, three at most.

    Where several sections meet one error, the first that does so comes first.
    """
    asked = pattern(message)
    graded = [(_likeness(asked, kind, error), error) for error in index().errors]
    best = max((grade for grade, _ in graded), default=0.0)
    if best < _LIKE:
        return []
    near = [(grade, error) for grade, error in graded if grade >= max(_LIKE, best - 0.1)]
    if _NAMED.search(asked):
        held = [_held(asked, error) for _, error in near]
        near = [pair for pair, length in zip(near, held, strict=True) if length == max(held)]
    return [error for _, error in sorted(near, key=lambda pair: -round(pair[0], 1))][:_MOST]


@cache
def pattern(message: str) -> str:
    """Return a message with signs in place of what changes from case to case."""
    text = " ".join(_ANSI.sub("", message).lower().split())
    text = re.sub('["`]', "'", text) if _NAMED.search(text) else _QUOTED.sub("{name}", text)
    for changing, sign in _CHANGING:
        text = re.sub(changing, sign, text)
    return text


def _likeness(asked: str, kind: str, error: Error) -> float:
    """Return how like an error of the book is to the one asked for, from 0 to 1."""
    other_kind = 0.05 if kind and kind != error.kind else 0.0
    phrase = pattern(error.phrase)
    least = 8 if kind in ("", error.kind) else 16  # a few words alone may say another thing
    if len(phrase.replace("{n}", "")) > least and phrase in asked:
        return 1.0 - other_kind
    wordings = [pattern(wording) for wording in (error.message, *error.also)]
    if len(asked) > 12 and any(asked in there for there in wordings):
        return 0.95 - other_kind
    if any(len(there) > 16 and there in asked for there in wordings):
        return 0.95 - other_kind
    if _NAMED.search(asked):
        return 0.0
    return max(_ratio(asked[:200], there[:200]) for there in wordings) * 0.94 - other_kind


def _held(asked: str, error: Error) -> int:
    """Return the length of an error's longest wording that stands in the message asked for."""
    wordings = map(pattern, (error.phrase, error.message, *error.also))
    return max((len(wording) for wording in wordings if wording in asked), default=0)


def _ratio(one: str, other: str) -> float:
    if not re.sub(r"\{\w+\}|\W", "", other):  # nothing but a name, as in KeyError: 'fish'
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < _LIKE:  # bounds, soon counted
        return 0.0
    return matcher.ratio()


def _read(error: BaseException | str | None) -> list[tuple[str, str]]:
    """Return the type and the message of an error, then those of the errors that led to it."""
    if error is None:
        error = getattr(sys, "last_value", None)
        if error is None:
            raise BookError("No cell has raised an error yet. Give the message: d2l.explain('…').")
    if isinstance(error, BaseException):
        return [told for e in _chain(error) for told in _parts(type(e).__name__, str(e))]
    if not isinstance(error, str) or not error.strip():
        told = f"d2l.explain takes a message or an exception, not {one_line(repr(error), 50)}."
        raise BookError(told)
    text = _EDGE.sub("", _ANSI.sub("", error[-_LONGEST:])).translate(_STRAIGHT)
    text = re.sub(r"""(?s)^(['"`])((?:(?!\1).)*)\1$""", r"\2", text.strip())
    return _parts("", text.removesuffix("...").removesuffix("…"))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, those that it groups, and what it came from."""
    yield error
    for part in getattr(error, "exceptions", ()):
        yield from _chain(part)
    if before := error.__cause__ or error.__context__:
        yield from _chain(before)


def _parts(kind: str, text: str) -> list[tuple[str, str]]:
    """Cut a text at the lines that begin with an error's type: the last such error comes first."""
    starts = list(_KIND.finditer(text))
    ends = [later.start() for later in starts[1:]] + [len(text)]
    told = [(m[1], text[m.end() : end]) for m, end in zip(starts, ends, strict=False)]
    if kind or not told:
        told = [(kind, text), *told]
    return told[::-1]
