"""The PDF: one chapter printed, and read back by a machine."""

import html
import re
import shutil
import unicodedata
from pathlib import Path
from urllib.parse import unquote

import pytest
from pypdf import PageObject, PdfReader
from pypdf.generic import Destination

from d2lutils.answers.index import index
from publish.pdf import letters
from publish.pdf.index import anchor, pages_of_index
from publish.pdf.making import Paper
from publish.pdf.printing import anchors, print_book
from publish.reading import document, number
from tests.browser import require_browser
from tools.contents import Section, sections

CHAPTER = [section for section in sections() if "01_introduction" in section.path.parts]
BROADCASTING = [section for section in sections() if section.path.stem == "05_broadcasting"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require_browser()
    printed = tmp_path_factory.mktemp("the paper") / "book.pdf"
    assert print_book(Paper(CHAPTER), printed) > 40
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


def text_of(page: PageObject) -> str:
    """The text of a page, its ligatures as letters."""
    return unicodedata.normalize("NFKC", page.extract_text())


def flat(text: str) -> str:
    return re.sub(r"\W", "", text)  # a page breaks a line where it likes


def test_letters_without_a_font_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    have = {0x3A9}  # Omega
    monkeypatch.setattr(letters, "_lacks", lambda letter: ord(letter) not in have)
    monkeypatch.setattr(letters.shutil, "which", lambda name: name)
    assert letters.without_font("Ω for 好 and é, 好") == "好"
    assert "No font here has 好 (1 in all)" in letters.warning("好")
    monkeypatch.setattr(letters.shutil, "which", lambda name: None)
    assert letters.without_font("好") == ""


@pytest.mark.skipif(not shutil.which("fc-list"), reason="nothing tells which fonts there are")
def test_the_machine_has_no_font_for_a_letter_of_nobody() -> None:
    assert letters.without_font("a\U0010fffd") == "\U0010fffd"


def test_no_page_has_only_the_two_lines_of_next(file: Path) -> None:
    lengths = [len(text_of(page)) for page in PdfReader(file).pages[1:]]
    assert min(lengths) > 250


def test_the_index_names_a_message_once() -> None:
    entries = re.findall(r"<li>(<b>.*?) <a ", "".join(pages_of_index(lambda place: True, {})))
    assert len(entries) > 150
    assert len(entries) == len(set(entries))
    assert not [entry for entry in entries if "\x1b" in entry]


def test_contents_name_the_pages_on_which_sections_begin(file: Path) -> None:
    pages, begin = PdfReader(file).pages, anchors(file)
    contents = text_of(pages[1])
    for section in CHAPTER:
        page = begin[document(section)]
        name = f"{number(document(section))} {section.title}"
        assert re.search(rf"{re.escape(name)}[\s.]*{page}\b", contents)
        assert name in text_of(pages[page - 1])


def test_the_index_names_the_pages_of_its_headings(file: Path) -> None:
    """Each link of the index shows the page of its heading, and the heading stands there."""
    pages, begin = PdfReader(file).pages, anchors(file)
    printed = "\n".join(text_of(page) for page in pages[begin["index"] - 1 :])
    places = [place for found in index().terms.values() for place in found]
    here = [place for place in places if place.notebook.startswith("01_introduction/")]
    assert len(here) > 50
    for place in here:
        page = begin[anchor(place)]
        assert flat(place.heading) in flat(text_of(pages[page - 1])), place
    first = next(place for place in index().terms["learning rate"] if place in here)
    assert re.search(rf"learning rate\s+{begin[anchor(first)]}\b", printed)


def test_a_page_has_its_number_and_its_section_above(file: Path) -> None:
    pages, begin = PdfReader(file).pages, anchors(file)
    inside = begin[document(CHAPTER[2])] + 2
    text = text_of(pages[inside - 1])
    assert f"{number(document(CHAPTER[2]))} {CHAPTER[2].title}" in text
    assert re.search(rf"\b{inside}\b", text)


def test_a_traceback_names_a_cell_that_shows_its_number(file: Path) -> None:
    text = "\n".join(map(text_of, PdfReader(file).pages))
    named = set(re.findall(r"Cell In\[(\d+)\]", text))
    assert len(named) > 5
    shown = re.findall(r"(?<!Cell )In \[(\d+)\]", text)
    assert named <= set(shown)


def test_a_link_names_its_page_on_paper() -> None:
    linked = "02_tensors/03_storage_and_strides--Repeat-with-a-stride-of-zero"
    page = Paper(BROADCASTING).page({linked: 123})
    assert "p.&nbsp;123</span>" in page
    assert "p.&nbsp;0000" not in page
    assert "p.&nbsp;0000</span>" in Paper(BROADCASTING).page({})


def test_bookmarks_follow_chapters_sections_and_headings(file: Path) -> None:
    reader = PdfReader(file)
    assert outline(reader, 0)[1:] == ["Contents", CHAPTER[0].chapter, "Index"]
    titles = [f"{number(document(section))} {section.title}" for section in CHAPTER]
    assert outline(reader, 1)[: len(titles)] == titles
    assert "Exercises" in outline(reader, 2)


def test_links_within_the_chapter_lead_to_its_pages(file: Path) -> None:
    reader = PdfReader(file)
    links = [link.get_object() for page in reader.pages for link in page.get("/Annots", [])]
    inside = {str(link["/Dest"]) for link in links if "/Dest" in link}
    assert {f"/{document(section)}" for section in CHAPTER} <= inside
    assert inside <= set(reader.named_destinations)


def test_nothing_is_folded_and_drawing_code_is_left_out() -> None:
    page = Paper(BROADCASTING).page({})
    assert "Solution 02.5b" in page
    assert "<details open" in page
    assert "<details>" not in page
    assert page.count('alt="Figure ') == page.count("data:image/png") > 3
    assert "plt.subplots" not in page
    assert "http-equiv" not in page


def test_a_link_to_a_heading_is_its_anchor() -> None:
    page = Paper(BROADCASTING).page({})
    link = 'href="#02_tensors/03_storage_and_strides--Repeat-with-a-stride-of-zero"'
    assert link in page
    assert 'id="02_tensors/05_broadcasting--Add-a-column-and-a-row"' in page


def test_every_link_within_the_paper_has_a_place_to_lead_to() -> None:
    """Their headings hold signs that are no ASCII, formulas and code."""
    stems = {"05_broadcasting", "04_time_series", "14_video", "12_tensors_on_the_gpu"}
    chosen = [section for section in sections() if section.path.stem in stems]
    page = Paper(chosen).page({})
    here = tuple(document(section) for section in chosen)
    places = set(map(html.unescape, re.findall(r' id="([^"]*)"', page)))
    links = map(html.unescape, re.findall(r'<a[^>]* href="#([^"]*)"', page))
    wanted = {link for link in map(unquote, links) if link.startswith(here)}
    assert len(wanted) > 30
    assert not wanted - places


def test_a_section_has_a_name_of_its_own() -> None:
    names = [document(Section(s.path, s.title, s.minutes, s.seconds)) for s in sections()]
    assert len(set(names)) == len(names)
