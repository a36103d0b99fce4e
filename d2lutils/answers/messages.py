"""`d2l.explain`: which section meets an error, and what it advises."""

import re
import sys
from difflib import SequenceMatcher
from functools import cache

from d2lutils.answers.index import Error, index
from d2lutils.errors import BookError, one_line

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_KIND = re.compile(r"^(?:[\w.]+\.)?(\w*(?:Error|Exception|Exit|Interrupt|Hit|Unsupported)): ")
_DTYPES = (
    r"(?:torch\.)?(?:bool|byte|char|short|u?int|long|half|bfloat16|signed|unsigned"
    r"|(?:complex)?float|(?:complex)?double|[uq]*int\d+|float\d+|complex\d+)(?:tensor)?"
)
# What differs from one case of an error to the next, and the sign that stands for it.
_CHANGING = [
    (r"'[^']*'|\"[^\"]*\"|`[^`]*`", "{name}"),
    (r"(?<!\w)(?:cuda|cpu|mps|xpu|meta)(?::\d+)?(?!\w)", "{device}"),
    (rf"(?<!\w){_DTYPES}(?!\w)", "{dtype}"),
    (r"(?<!\w)\d+(?:\.\d+)?(?:x\d+)*(?!\w)", "{n}"),
    (r"[\[(]\s*\{n\}(?:,\s*\{n\})*,?\s*[\])]", "{n}"),
]
_LIKE = 0.75  # from here on two messages count as one: chosen on the book's own, see the tests
_MOST = 3


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
    kind, message = _read(error)
    found = matches(message, kind)
    if not found:
        told = f"{kind}: {message}" if kind else message
        return [
            f"The book meets no error like this one: {one_line(told)}",
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
    return [error for _, error in sorted(near, key=lambda pair: -round(pair[0], 1))][:_MOST]


@cache
def pattern(message: str) -> str:
    """Return a message with signs in place of what changes from case to case."""
    text = " ".join(_ANSI.sub("", message).lower().split())
    for changing, sign in _CHANGING:
        text = re.sub(changing, sign, text)
    return text


def _likeness(asked: str, kind: str, error: Error) -> float:
    """Return how like an error of the book is to the one asked for, from 0 to 1."""
    other_kind = 0.05 if kind and kind != error.kind else 0.0
    phrase = pattern(error.phrase)
    if len(phrase.replace("{n}", "")) > 8 and phrase in asked:
        return 1.0 - other_kind
    wordings = [pattern(wording) for wording in (error.message, *error.also)]
    if len(asked) > 12 and any(asked in there for there in wordings):
        return 0.95 - other_kind
    if any(len(there) > 24 and there in asked for there in wordings):
        return 0.95 - other_kind
    return max(_ratio(asked[:200], there[:200]) for there in wordings) * 0.94 - other_kind


def _ratio(one: str, other: str) -> float:
    if not re.sub(r"\{\w+\}|\W", "", other):  # nothing but a name, as in KeyError: 'fish'
        return 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _read(error: BaseException | str | None) -> tuple[str, str]:
    """Return an error's type and its message."""
    if error is None:
        error = getattr(sys, "last_value", None)
        if error is None:
            raise BookError("No cell has raised an error yet. Give the message: d2l.explain('…').")
    if isinstance(error, BaseException):
        return type(error).__name__, str(error)
    if not isinstance(error, str) or not error.strip():
        told = f"d2l.explain takes a message or an exception, not {one_line(repr(error), 50)}."
        raise BookError(told)
    text = _ANSI.sub("", error).strip()
    if "Traceback" in text:  # a whole traceback was pasted: the message is its last paragraph
        text = re.split(r"\n(?=\S)", text)[-1]
    if match := _KIND.match(text):
        return match[1], text[match.end() :]
    return "", text
