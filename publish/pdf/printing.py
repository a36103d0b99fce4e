"""The page printed by a browser, until the pages that it names are those of its headings."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser
from pypdf import PdfReader

from publish.browser import browsing
from publish.npm import PublishError
from publish.pdf.making import Paper

MINUTES = 20
PRINTS = 5  # at most: in the first no page is known, and a number may move what comes after it


def print_book(paper: Paper, file: Path) -> int:
    """Print the paper into a file and return how many pages it takes.

    Raises:
        PublishError: there is no browser, or the pages do not come to rest.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    pages: dict[str, int] = {}
    with browsing() as browser, tempfile.TemporaryDirectory() as scratch:
        for _ in range(PRINTS):
            _print(browser, paper.page(pages), file, Path(scratch))
            before, pages = pages, anchors(file)
            if pages == before:
                return len(PdfReader(file).pages)
    raise PublishError("The contents move the pages that they name.")


def anchors(file: Path) -> dict[str, int]:
    """The page, counted from 1, of each heading that something in the file leads to."""
    reader = PdfReader(file)
    return {
        name.removeprefix("/"): (reader.get_destination_page_number(place) or 0) + 1
        for name, place in reader.named_destinations.items()
    }


def _print(browser: Browser, text: str, file: Path, scratch: Path) -> None:
    source = scratch / "book.html"
    source.write_text(text, encoding="utf-8")
    page = browser.new_page()
    page.set_default_timeout(MINUTES * 60_000)
    page.goto(source.as_uri())
    page.evaluate("document.fonts.ready.then(() => 0)")
    page.pdf(
        path=file, prefer_css_page_size=True, print_background=True, outline=True, tagged=True,
    )  # fmt: skip
    page.close()
