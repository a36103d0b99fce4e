"""Build the web book: python -m publish.web [FOLDER] [--repository OWNER/NAME]."""

import argparse
import shutil
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from sphinx.application import Sphinx

from publish import npm
from publish.reading import ROOT, TITLE
from publish.web import sources
from publish.web.finishing import finish, rewrite
from publish.web.search import scorer
from publish.web.settings import settings
from publish.web.ways import Ways


def build(folder: Path, ways: Ways) -> list[str]:
    """Build the web book into a folder, which is replaced; return Sphinx's warnings."""
    mathjax = npm.modules() / "mathjax"
    with tempfile.TemporaryDirectory() as scratch:
        source, made, trees = (Path(scratch, name) for name in ("source", "html", "trees"))
        source.mkdir()
        sources.write(source, mathjax, ways)
        search = Path(scratch, "scorer.js")
        search.write_text(scorer(), "utf-8")
        with open(Path(scratch, "warnings"), "w+", encoding="utf-8") as warnings:
            app = Sphinx(
                source, None, made, trees, "html", settings(TITLE, search),
                status=None, warning=warnings,
            )  # fmt: skip
            app.connect("source-read", partial(_prepare, ways))
            app.connect("html-page-context", finish, priority=900)
            app.build()
            warnings.seek(0)
            found = warnings.read().splitlines()
        rewrite(made)
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, folder)
    return found


def _prepare(ways: Ways, app: Sphinx, document: str, text: list[str]) -> None:
    if app.env.doc2path(document).suffix == ".ipynb":
        text[0] = sources.prepare(document, text[0], ways)


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the web book from the saved notebooks.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "book")
    parser.add_argument(
        "--beside", action="store_true", help="link to slides/ and book.pdf in the same folder"
    )
    parser.add_argument("--repository", default="", help="OWNER/NAME on GitHub, for Colab's links")
    asked = parser.parse_args()
    folder = asked.folder.resolve()
    start = time.monotonic()
    try:
        warnings = build(folder, Ways(asked.beside, asked.repository))
    except npm.PublishError as error:
        print(error, file=sys.stderr)
        return 1
    print(*warnings, sep="\n", file=sys.stderr, end="\n" if warnings else "")
    pages = len(list(folder.rglob("*.html")))
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
    seconds = time.monotonic() - start
    print(f"{pages} pages, {size:.0f} MB, {seconds:.0f} s: open {folder / 'index.html'}")
    return 1 if warnings else 0


if __name__ == "__main__":
    sys.exit(main())
