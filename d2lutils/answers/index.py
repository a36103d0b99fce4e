"""The index that the book's search reads; `make contents` writes it from the notebooks."""

import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Place(NamedTuple):
    """A heading of a notebook, and where it defines a term, the sentence that does."""

    notebook: str
    heading: str
    sentence: str = ""

    def __str__(self) -> str:
        return f"{self.document}: {self.heading}"

    @property
    def document(self) -> str:
        """The notebook's name within a product of the book: 02_tensors/05_broadcasting."""
        return self.notebook.removesuffix(".ipynb")


class Error(NamedTuple):
    """An error that a notebook reads aloud: its type and message, where, and what to do.

    `also` holds other wordings of the same mistake: those of a GPU, of another version.
    """

    kind: str
    message: str
    phrase: str
    notebook: str
    heading: str
    advice: str
    also: tuple[str, ...]

    @property
    def place(self) -> Place:
        return Place(self.notebook, self.heading)


class Index(NamedTuple):
    """All that search knows; `meant` has the book's word for another's, `titles` their words."""

    terms: dict[str, list[Place]]
    functions: dict[str, list[Place]]
    errors: list[Error]
    meant: dict[str, str]
    titles: list[tuple[Place, str]]


@cache
def index() -> Index:
    """Return the index, read once."""
    text = files(__package__).joinpath("index.json").read_text("utf-8")
    found = json.loads(text)
    errors = [Error._make([*told, tuple(also)]) for *told, also in found["errors"]]
    titles = [(Place(name, title), words) for name, (title, words) in found["titles"].items()]
    places = _places(found["terms"]), _places(found["functions"])
    return Index(*places, errors, found["meant"], titles)


def _places(entries: dict[str, list[list[str]]]) -> dict[str, list[Place]]:
    return {name: [Place(*place) for place in places] for name, places in entries.items()}
