"""The page printed by a browser, twice: the first print says on which page each section begins."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser
from pypdf import PdfReader

from publish.browser import browsing
from publish.npm import PublishError
from publish.pdf.making import Paper
from publish.reading import document
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
        _print(browser, paper.page([0] * len(sections)), first, Path(scratch))
        numbers = starts(first, sections)
        _print(browser, paper.page(numbers), file, Path(scratch))
    if starts(file, sections) != numbers:
        raise PublishError("The contents moved the pages that they name.")
    return len(PdfReader(file).pages)


def starts(file: Path, sections: list[Section]) -> list[int]:
    """The pages on which the sections begin, counted from 1."""
    reader = PdfReader(file)
    named = reader.named_destinations
    return [
        (reader.get_destination_page_number(named["/" + document(section)]) or 0) + 1
        for section in sections
    ]


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
