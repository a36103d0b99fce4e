"""The notebooks for a class: no solutions, no saved outputs; stubs and checks work as they are.

python -m publish.student FOLDER [--chapter 02_tensors]
"""

import argparse
import re
import shutil
import sys
from collections.abc import Callable, Collection
from pathlib import Path

from nbformat import NotebookNode

from publish import folding
from publish.reading import ROOT
from tools import clean
from tools.fresh import of_the_book

LINK = re.compile(  # to another notebook; a label may hold brackets, as `x[0]`
    r"\[(?P<label>[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]"
    r"\((?P<to>[^()\s:#]+\.ipynb)[^()\s]*\)"
)


def write(out: Path, chapter: str | None = None) -> list[Path]:
    """Write the students' notebooks below `out`, in the chapters' folders; return their paths.

    Args:
        out: a folder that is empty or does not exist yet.
        chapter: a folder of chapters/, such as 02_tensors; all chapters where it is left out.

    Raises:
        FileExistsError: there is something in `out`.
        FileNotFoundError: there is no such chapter.
    """
    chapters = ROOT / "chapters"
    written = []
    books = chosen(out, chapter)
    for path in books:
        copy = out / path.relative_to(chapters)
        copy.parent.mkdir(parents=True, exist_ok=True)
        notebook = without_dead_links(clean.read(path), path.parent, books)
        clean.write(without_solutions(notebook), copy)
        written.append(copy)
    folders = {path.parent for path in written} | {out}
    for folder in folders:  # each chapter's look imports that of the folder above it
        look = folder.relative_to(out) / "rise.css"
        shutil.copyfile(chapters / look, out / look)
    return written


def chosen(out: Path, chapter: str | None) -> list[Path]:
    """The book's notebooks that `write` copies: those of a chapter, or all.

    Raises:
        FileExistsError, FileNotFoundError: as for `write`.
    """
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty: name a new folder.")
    chapters = ROOT / "chapters"
    known = sorted(path.name for path in chapters.iterdir() if path.is_dir())
    if chapter is not None and chapter not in known:
        raise FileNotFoundError(f"There is no chapter {chapter}; there are {', '.join(known)}.")
    return of_the_book(chapters / chapter if chapter else chapters)


def without_solutions(notebook: NotebookNode) -> NotebookNode:
    """The notebook as a student gets it; the one given is left as it is."""
    copy = NotebookNode(notebook | {"cells": []})
    for cell in notebook.cells:
        if "solution" in cell.metadata.get("tags", []):
            continue
        kept = NotebookNode(cell)
        if cell.cell_type == "code":
            kept |= {"outputs": [], "execution_count": None}
        else:
            kept.source = folding.without_solutions(cell.source)
        if kept.source:
            copy.cells.append(kept)
    return copy


def without_dead_links(
    notebook: NotebookNode, folder: Path, there: Collection[Path]
) -> NotebookNode:
    """The notebook of a folder, where a link to one that is not `there` is its label alone."""

    def live(link: re.Match[str]) -> str:
        return link[0] if (folder / link["to"]).resolve() in there else link["label"]

    cells = [
        NotebookNode(cell | {"source": LINK.sub(live, cell.source)})
        if cell.cell_type == "markdown"
        else cell
        for cell in notebook.cells
    ]
    return NotebookNode(notebook | {"cells": cells})


def command(write: Callable[[Path, str | None], list[Path]], made: str) -> int:
    """Run `write` on the folder and the chapter that the command line names."""
    parser = argparse.ArgumentParser(description=f"Make {made} of the book.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--chapter", help="a folder of chapters/, as 02_tensors")
    asked = parser.parse_args()
    try:
        written = write(asked.folder.resolve(), asked.chapter)
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(written)} {made}: {asked.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(command(write, "notebooks without solutions and outputs"))
