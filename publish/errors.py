"""The errors that the book raises and reads aloud, with the advice in each cell's metadata."""

from collections.abc import Iterable

from publish.reading import Notebook, plain

LENGTH = 300  # of a message that is kept; longer ones are cut, but never their phrase


def errors(notebooks: Iterable[Notebook]) -> list[list[str | list[str]]]:
    """[type, message, phrase, notebook, heading, advice, also] of each cell that raises, in order.

    `also` holds other wordings of the same mistake: those of a GPU, of another version.
    """
    found: list[list[str | list[str]]] = []
    for notebook in notebooks:
        for cell in notebook.cells:
            if "raises-exception" not in cell.tags or cell.exercise:
                continue
            raised = next(out for out in cell.cell.outputs if out["output_type"] == "error")
            own = cell.cell.metadata.get("d2l", {})
            message = " ".join(raised["evalue"].split())[:LENGTH]
            if own["phrase"] not in message:
                message += f" … {own['phrase']}"
            place = [notebook.path, plain(cell.heading)]
            told = [own["advice"], own.get("also", [])]
            found.append([raised["ename"], message, own["phrase"], *place, *told])
    return found
