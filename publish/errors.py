"""The errors that the book reads aloud: those that its cells raise, and those that it quotes.

What to do is said in a cell's metadata: d2l.advice where it raises; where the text only quotes
errors, d2l.errors of a Markdown cell lists them, each with kind, message and advice.
"""

import re
from collections.abc import Iterable

from publish.reading import Cell, Notebook, plain

BOLD = re.compile(r"\x1b\[\d*m")  # a terminal's, within a message
LENGTH = 300  # of a message that is kept; longer ones are cut, but never their phrase
Entry = list[str | list[str]]


def errors(notebooks: Iterable[Notebook]) -> list[Entry]:
    """[type, message, phrase, notebook, heading, advice, also] of each error, in order.

    `also` holds other wordings of the same mistake: those of a GPU, of another version.
    """
    found: list[Entry] = []
    for notebook in notebooks:
        for cell in notebook.cells:
            place = [notebook.path, plain(cell.heading)]
            found += [
                [kind, message, phrase, *place, advice, also]
                for kind, message, phrase, advice, also in _told(cell)
            ]
    return found


def _told(cell: Cell) -> Iterable[tuple[str, str, str, str, list[str]]]:
    own = cell.cell.metadata.get("d2l", {})
    for quoted in own.get("errors", []):
        message = quoted["message"]
        yield quoted["kind"], message, message, quoted["advice"], quoted.get("also", [])
    if "raises-exception" in cell.tags and not cell.exercise:
        raised = next(out for out in cell.cell.outputs if out["output_type"] == "error")
        message = " ".join(BOLD.sub("", raised["evalue"]).split())[:LENGTH]
        if own["phrase"] not in message:
            message += f" … {own['phrase']}"
        yield raised["ename"], message, own["phrase"], own["advice"], own.get("also", [])
