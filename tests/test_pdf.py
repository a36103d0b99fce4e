"""The PDF: one chapter printed, and read back by a machine."""

import re
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import Destination

from publish.pdf.making import Paper
from publish.pdf.printing import print_book, starts
from publish.reading import document
from tests.browser import require_browser
from tools.contents import Section, sections

CHAPTER = [section for section in sections() if "01_introduction" in section.path.parts]
BROADCASTING = [section for section in sections() if section.path.stem == "05_broadcasting"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require_browser()
    printed = tmp_path_factory.mktemp("the paper") / "book.pdf"
    assert print_book(CHAPTER, printed) > 40
    return printed


def outline(reader: PdfReader, depth: int) -> list[str]:
    """The titles of the bookmarks at one depth."""

    def walk(entries: list, now: int) -> list[str]:
        found = []
        for entry in entries:
            if isinstance(entry, Destination):
                found += [str(entry.title)] if now == depth else []
            else:
                found += walk(entry, now + 1)
        return found

    return walk(reader.outline, 0)


def test_contents_name_the_pages_on_which_sections_begin(file: Path) -> None:
    reader, begin = PdfReader(file), starts(file, CHAPTER)
    contents = reader.pages[1].extract_text().replace("ﬁ", "fi").replace("ﬂ", "fl")
    for section, page in zip(CHAPTER, begin, strict=True):
        assert re.search(rf"{re.escape(section.title)}\s*{page}\b", contents)
        title = reader.pages[page - 1].extract_text().replace("ﬁ", "fi").replace("ﬂ", "fl")
        assert section.title in title


def test_bookmarks_follow_chapters_sections_and_headings(file: Path) -> None:
    reader = PdfReader(file)
    assert outline(reader, 0)[1:] == ["Contents", CHAPTER[0].chapter]
    assert outline(reader, 1) == [section.title for section in CHAPTER]
    assert "Exercises" in outline(reader, 2)


def test_links_within_the_chapter_lead_to_its_pages(file: Path) -> None:
    reader = PdfReader(file)
    links = [link.get_object() for page in reader.pages for link in page.get("/Annots", [])]
    inside = {str(link["/Dest"]) for link in links if "/Dest" in link}
    assert {f"/{document(section)}" for section in CHAPTER} <= inside
    assert inside <= set(reader.named_destinations)


def test_nothing_is_folded_and_drawing_code_is_left_out() -> None:
    page = Paper(BROADCASTING).page([3])
    assert "Solution 02.5b" in page
    assert "<details open" in page
    assert "<details>" not in page
    assert "data:image/png" in page
    assert "plt.subplots" not in page
    assert "http-equiv" not in page


def test_a_link_to_a_heading_is_its_anchor() -> None:
    page = Paper(BROADCASTING).page([3])
    link = 'href="#02_tensors/03_storage_and_strides--Repeat-with-a-stride-of-zero"'
    assert link in page
    assert 'id="02_tensors/05_broadcasting--Add-a-column-and-a-row"' in page


def test_a_section_has_a_name_of_its_own() -> None:
    names = [document(Section(s.path, s.title, s.minutes, s.seconds)) for s in sections()]
    assert len(set(names)) == len(names)
