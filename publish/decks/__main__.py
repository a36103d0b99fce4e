"""Make the decks: python -m publish.decks [NOTEBOOK …] [--out FOLDER]."""

import argparse
import sys
import time
from pathlib import Path

from publish import npm
from publish.decks.making import make
from publish.reading import ROOT
from tools.fresh import of_the_book


def main() -> int:
    """Make a deck of each notebook that is named, or of all."""
    parser = argparse.ArgumentParser(description="Notebooks as slides, one file each.")
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "slides")
    asked = parser.parse_args()
    notebooks = [path.resolve() for path in asked.notebooks] or of_the_book(ROOT / "chapters")
    for path in notebooks:
        if not path.is_file():
            print(f"There is no notebook {path}.", file=sys.stderr)
            return 1
    start = time.monotonic()
    try:
        decks = make(notebooks, asked.out.resolve())
    except npm.PublishError as error:
        print(error, file=sys.stderr)
        return 1
    size = sum(deck.stat().st_size for deck in decks) / 1e6
    print(f"{len(decks)} decks, {size:.0f} MB, {time.monotonic() - start:.0f} s: {asked.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
