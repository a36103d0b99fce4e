"""Print the book: python -m publish.pdf [FILE]."""

import argparse
import sys
import time
from pathlib import Path

from publish import npm
from publish.pdf import letters
from publish.pdf.making import Paper
from publish.pdf.printing import print_book
from publish.reading import ROOT
from tools.contents import sections


def main() -> int:
    """Print all sections, or those of one chapter."""
    parser = argparse.ArgumentParser(description="The book as one PDF.")
    parser.add_argument("file", nargs="?", type=Path, default=ROOT / "build" / "book.pdf")
    parser.add_argument("--chapter", help="a folder of chapters/, as 02_tensors")
    asked = parser.parse_args()
    chosen = [s for s in sections() if not asked.chapter or asked.chapter in s.path.parts]
    if not chosen:
        print(f"There is no chapter {asked.chapter}.", file=sys.stderr)
        return 1
    start = time.monotonic()
    try:
        paper = Paper(chosen)
        if boxes := letters.without_font(paper.text()):
            print(letters.warning(boxes), file=sys.stderr)
        pages = print_book(paper, asked.file.resolve())
    except npm.PublishError as error:
        print(error, file=sys.stderr)
        return 1
    size = asked.file.stat().st_size / 1e6
    print(f"{pages} pages, {size:.0f} MB, {time.monotonic() - start:.0f} s: {asked.file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
