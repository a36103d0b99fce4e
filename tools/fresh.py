"""Put a notebook back as shipped and keep the reader's as a copy: `make fresh NOTEBOOK=…`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

MINE = "mine{number}_{name}"
# A reader's copies: those and what JupyterLab makes. Tests and tools pass over them, as git does.
COPIES = ("mine*_*.ipynb", "*-Copy*.ipynb", "Untitled*.ipynb")


def is_copy(path: Path) -> bool:
    """Whether a notebook is a reader's copy, by its name."""
    return any(map(path.match, COPIES)) or ".ipynb_checkpoints" in path.parts


def of_the_book(folder: Path) -> list[Path]:
    """The notebooks in a folder and below it, in the book's order, without a reader's copies."""
    return [path for path in sorted(folder.rglob("[0-9]*.ipynb")) if not is_copy(path)]


class Failure(Exception):
    """What is wrong and what to do about it, in one line."""


def git(folder: Path, *arguments: str) -> bytes:
    """What git prints, asked in the folder."""
    try:
        return subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, check=True
        ).stdout
    except FileNotFoundError:
        raise Failure(
            "git is not installed, and it keeps the book as shipped: install git, then type the "
            "same command again."
        ) from None


def shipped(notebook: Path) -> bytes:
    """The notebook as git has it."""
    folder = notebook.parent
    if not folder.is_dir():
        raise Failure(f"There is no folder {folder}: say make fresh NOTEBOOK=chapters/….ipynb")
    try:
        return git(folder, "cat-file", "--filters", f"HEAD:./{notebook.name}")
    except subprocess.CalledProcessError:
        pass
    try:
        known = git(folder, "ls-tree", "--name-only", "HEAD", "./").decode().split("\n")
    except subprocess.CalledProcessError:
        raise Failure(
            f"{folder} is no git checkout (a downloaded archive?): take {notebook.name} from a "
            "new download."
        ) from None
    names = ", ".join(name for name in known if name.endswith(".ipynb")) or "none"
    raise Failure(f"git knows no {notebook.name} in {folder}; it knows: {names}.")


def keep(notebook: Path, content: bytes) -> Path:
    """Write the reader's notebook beside the shipped one, under the first free number."""
    number = 1
    while True:
        copy = notebook.with_name(MINE.format(name=notebook.name, number=number))
        try:
            with copy.open("xb") as file:
                file.write(content)
            return copy
        except FileExistsError:
            number += 1


def freshen(notebook: Path) -> str:
    """Put the notebook back; return what was done, in one line."""
    original = shipped(notebook)
    mine = notebook.read_bytes() if notebook.exists() else None
    if mine == original:
        return f"{notebook} is as shipped: nothing to do."
    kept = f"; yours is kept as {keep(notebook, mine)}" if mine is not None else ""
    draft = notebook.with_suffix(".fresh")
    draft.write_bytes(original)
    draft.replace(notebook)
    return f"{notebook} is as shipped again{kept}."


def main() -> int:
    """Freshen the notebook that the command line names."""
    try:
        if len(sys.argv) != 2 or not sys.argv[1].endswith(".ipynb"):
            raise Failure("Say which notebook: make fresh NOTEBOOK=chapters/….ipynb")
        print(freshen(Path(sys.argv[1])))
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Nothing was changed: {error.filename}: {error.strerror}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
