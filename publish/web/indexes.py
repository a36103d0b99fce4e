"""Pages that lead to the book's headings: questions, its terms, PyTorch's functions, errors."""

import re
from collections.abc import Callable, Iterable
from itertools import groupby

from d2lutils.answers.index import Place, index
from publish import reading
from publish.reading import number, slug


def questions() -> str:
    """The README's questions, and the section that answers each."""
    return reading.questions().replace("](chapters/", "](")


def terms() -> str:
    """The words that the book defines, each with the sentence that says what it is."""
    known = index().terms
    lines = ["Words that the book defines, each with the sentence that says what it is.\n"]
    for letter, group in groupby(sorted(known, key=_order), key=lambda term: _order(term)[0]):
        lines.append(f"## {letter.upper()}\n")
        for term in group:
            lines += [f"**{_escaped(term)}**\n"]
            lines += [f"- {_escaped(place.sentence)} {_link(place)}" for place in known[term]]
            lines.append("")
    return "\n".join(lines)


def functions() -> str:
    """PyTorch's functions and classes, and the sections that show them."""
    known = index().functions
    lines = [
        "PyTorch's functions and classes that the book shows. The first section is where to read of"
        " one; the others speak of it too.\n"
    ]
    for module, group in groupby(_by_module(known), key=lambda name: name.rpartition(".")[0]):
        lines += [f"## {module or 'Arguments'}\n", "| name | sections |", "| --- | --- |"]
        for name in group:
            last = name.rpartition(".")[2]
            lines.append(f"| `{last}` | {' · '.join(map(_link, known[name]))} |")
        lines.append("")
    return "\n".join(lines)


def errors() -> str:
    """Error messages, what to do, and the section that reads each aloud."""
    lines = [
        "Messages that the book meets, what to do, and the section that reads each aloud. Numbers, "
        "shapes and names differ in yours. In a notebook, `d2l.explain()` looks up the last error."
        "\n"
    ]
    for kind, group in groupby(
        sorted(index().errors, key=lambda error: error.kind), key=lambda error: error.kind
    ):
        lines.append(f"## {kind}\n")
        for error in group:
            message = error.message if len(error.message) < 160 else f"{error.message[:157]}…"
            lines += [
                f"```text\n{message}\n```\n",
                f"{_escaped(error.advice)} {_link(error.place)}\n",
            ]
    return "\n".join(lines)


INDEXES: dict[str, tuple[str, Callable[[], str]]] = {
    "questions": ("Fifty questions", questions),
    "terms": ("Terms", terms),
    "functions": ("Functions of PyTorch", functions),
    "errors": ("What does this message mean?", errors),
}


def _by_module(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (name.rpartition(".")[0].lower(), name.lower()))


def _order(term: str) -> str:
    return re.sub(r"\W", "", term).lower()


def _link(place: Place) -> str:
    where = number(place.document) or "00"
    heading = place.heading.replace("[", "\\[").replace("]", "\\]")
    return f"[{where} {heading}]({place.notebook}#{slug(place.heading)})"


def _escaped(text: str) -> str:
    """Plain text as Markdown: nothing in it is a mark, but its formulas stay."""
    parts = re.split(r"(\$[^$]+\$)", text)
    return "".join(
        part if part.startswith("$") else re.sub(r"([*_`\[\]<>|#\\])", r"\\\1", part)
        for part in parts
    )
