"""The page printed by a browser, twice: the first print says on which page each heading stands."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser
from pypdf import PdfReader

from publish.browser import browsing
from publish.npm import PublishError
from publish.pdf.making import Paper
from tools.contents import Section

FOOTER = (
    '<div style="width: 100%; font: 8pt sans-serif; color: #666; text-align: center">'
    '<span class="pageNumber"></span></div>'
)
MINUTES = 20


def print_book(sections: list[Section], file: Path) -> int:
    """Print the sections into a file and return how many pages they take.

    Raises:
        PublishError: there is no browser, or the contents took another page in the second print.
    """
    paper = Paper(sections)
    file.parent.mkdir(parents=True, exist_ok=True)
    with browsing() as browser, tempfile.TemporaryDirectory() as scratch:
        first = Path(scratch, "first.pdf")
        _print(browser, paper.page({}), first, Path(scratch))
        pages = anchors(first)
        _print(browser, paper.page(pages), file, Path(scratch))
    if anchors(file) != pages:
        raise PublishError("The contents moved the pages that they name.")
    return len(PdfReader(file).pages)


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
    page.pdf(
        path=file, prefer_css_page_size=True, print_background=True, outline=True, tagged=True,
        display_header_footer=True, header_template="<span></span>", footer_template=FOOTER,
    )  # fmt: skip
    page.close()
