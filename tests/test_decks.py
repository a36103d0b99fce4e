"""The decks, one file each, seen through a browser: no slide is higher than the screen."""

import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from publish import decks
from publish.decks.making import make
from publish.formulas import Formulas
from publish.npm import PublishError
from publish.reading import ROOT
from tools.fresh import of_the_book

NOTEBOOKS = of_the_book(ROOT / "chapters")
SCREEN = {"width": 1280, "height": 720}
SMALLEST = 0.75  # how small a slide with a long error may be drawn
# Goes to each slide in turn, and returns its text's start, its height on the screen, its scale,
# and the size of its picture, if it has one.
WALK = """() => {
    const seen = [];
    document.querySelectorAll(".slides section:not(.stack)").forEach((slide) => {
        const { h, v } = Reveal.getIndices(slide);
        Reveal.slide(h, v, 99);
        const ends = [...slide.children].map((child) => child.getBoundingClientRect().bottom);
        const start = slide.innerText.slice(0, 40);
        const picture = slide.querySelector(".jp-RenderedImage img")?.getBoundingClientRect();
        const size = picture && [picture.width, picture.height];
        seen.push([start, Math.max(...ends), Number(slide.dataset.fitted), size]);
    });
    return seen;
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All decks of the book."""
    out = tmp_path_factory.mktemp("the decks")
    assert len(make(NOTEBOOKS, out)) == len(NOTEBOOKS)
    return out


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A projector's screen, whose page may ask for nothing but the one file."""
    page = browser.new_context(viewport=SCREEN).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert not errors
    assert not [url for url in asked if not url.startswith(("file:", "data:", "blob:", "about:"))]
    page.context.close()


def opened(page: Page, deck: Path, query: str = "") -> None:
    page.goto(deck.as_uri() + query)
    page.wait_for_function("() => window.Reveal && Reveal.isReady()")


def test_no_slide_overflows(page: Page, folder: Path) -> None:
    low, small, heights = [], [], []
    for deck in sorted(folder.rglob("*.html")):
        opened(page, deck)
        slides = page.evaluate(WALK)
        assert len(slides) >= 10, deck
        name = deck.relative_to(folder).as_posix()
        low += [(name, text) for text, bottom, *_ in slides if bottom > SCREEN["height"]]
        small += [(name, text, scale) for text, _, scale, _ in slides if scale < SMALLEST]
        heights += [picture[1] for *_, picture in slides if picture]
    assert not low
    assert not small
    assert statistics.median(heights) > 0.6 * SCREEN["height"]  # pictures fill their slides


def test_a_deck_is_one_file_with_all_in_it(page: Page, folder: Path) -> None:
    deck = folder / "02_tensors" / "05_broadcasting.html"
    opened(page, deck)
    assert page.locator("section h1").first.inner_text() == "Combine shapes by broadcasting"
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    assert page.evaluate("[...document.images].every(image => image.alt.startsWith('Figure '))")
    assert page.locator(".formula svg").count() > 0
    assert "$$" not in page.locator(".slides").inner_text()
    assert deck.stat().st_size < 4e6


def test_solutions_and_drawing_code_are_not_shown(folder: Path) -> None:
    text = (folder / "02_tensors" / "05_broadcasting.html").read_text("utf-8")
    assert "Exercise 02.5b" in text
    assert "Solution 02.5b" not in text
    assert "data:image/png" in text
    assert "Rectangle(" not in text


def test_nothing_speaks_of_what_a_deck_does_not_have(folder: Path) -> None:
    for deck in folder.rglob("*.html"):
        text = deck.read_text("utf-8")
        assert "<summary>Solution" not in text, deck
        assert "folded away" not in text, deck
        assert "Click its bar" not in text, deck
    assert "<summary>Hint" in (folder / "03_data" / "07_tokens.html").read_text("utf-8")


def test_a_link_leads_to_a_heading_with_any_sign(page: Page, folder: Path) -> None:
    opened(page, folder / "04_learning" / "01_parameter_estimation.html")
    page.evaluate("document.querySelector('a[href*=\"the-loss-that-is-n\"]').click()")
    page.wait_for_url("**/05_broadcasting.html#*")
    page.wait_for_function("() => window.Reveal && Reveal.isReady()")
    assert "Meet the loss that is n×n" in page.evaluate("Reveal.getCurrentSlide().innerText")


def test_a_question_keeps_its_answer_covered(page: Page, folder: Path) -> None:
    opened(page, folder / "07_performance" / "05_graph_breaks.html")
    page.evaluate("Reveal.slide(3, 1, -1)")
    slide = page.locator("section.present:not(.stack)")
    assert "Will it raise an error" in slide.inner_text()
    assert slide.get_by_text("watch(scale_and_score").is_visible()
    told = [slide.locator("table"), slide.get_by_text("No error: two graphs run")]
    assert not any(part.is_visible() for part in told)
    page.keyboard.press("ArrowRight")
    for part in told:
        part.wait_for()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getIndices().v") == 2


def test_a_question_covers_across_slides_and_no_exercise_is_covered(
    page: Page, folder: Path
) -> None:
    opened(page, folder / "00_start_here.html")
    texts = page.evaluate(
        """() => [...document.querySelectorAll(".jp-Cell-outputWrapper.fragment")].map(
            (output) => output.closest(".jp-Cell").textContent)"""
    )
    assert any("read correctly" in text for text in texts)
    assert not [text for text in texts if "d2l.check(" in text]
    opened(page, folder / "01_introduction" / "02_eager_and_deferred.html")
    page.evaluate("Reveal.slide(7, 2, -1)")  # 7, 1 ends: which step will raise the error?
    slide = page.locator("section.present:not(.stack)")
    assert slide.locator(".jp-CodeCell pre").first.is_visible()
    assert not slide.locator(".jp-Cell-outputWrapper").first.is_visible()


def test_an_assertion_that_tells_the_answer_is_covered_with_it(page: Page, folder: Path) -> None:
    opened(page, folder / "04_learning" / "01_parameter_estimation.html")
    page.evaluate("Reveal.slide(5, 0, -1)")  # which of these eight lines is the closest?
    slide = page.locator("section.present:not(.stack)")
    assert slide.get_by_text("for h in steps").is_visible()
    assertion = slide.get_by_text("assert", exact=True).first
    assert not assertion.is_visible()
    page.keyboard.press("ArrowRight")
    assertion.wait_for()


def test_exercises_are_a_heading_above_the_first(page: Page, folder: Path) -> None:
    opened(page, folder / "03_data" / "04_time_series.html")
    text = page.locator("section:has(> .jp-Cell h2#Exercises)").text_content() or ""
    assert "Exercise 03.4a" in text


def test_speaker_notes_are_there(page: Page, folder: Path) -> None:
    deck = next(d for d in folder.rglob("*.html") if 'class="notes"' in d.read_text("utf-8"))
    opened(page, deck)
    assert page.evaluate("Reveal.hasPlugin('notes')")
    assert not page.locator("aside.notes").first.is_visible()


def test_a_slide_says_its_number_and_the_heading_that_it_stands_under(
    page: Page, folder: Path
) -> None:
    opened(page, folder / "02_tensors" / "05_broadcasting.html")
    page.evaluate("Reveal.slide(1, 1)")
    foot = page.locator(".slide-number").inner_text()
    stack = "Reveal.getCurrentSlide().closest('.slides > section')"
    heading = page.evaluate(f"{stack}.querySelector('h1, h2, h3').innerText")
    assert heading in foot


@pytest.mark.parametrize(
    "name", ["02_tensors/05_broadcasting", "01_introduction/04_batteries_included"]
)
def test_print_pdf_shows_each_slide_on_a_page(page: Page, folder: Path, name: str) -> None:
    deck = folder / f"{name}.html"
    opened(page, deck)
    slides = page.evaluate("Reveal.getTotalSlides()")
    opened(page, deck, "?print-pdf")
    page.wait_for_function("() => document.querySelectorAll('.pdf-page').length")
    assert page.locator(".pdf-page").count() == slides


def test_a_formula_that_cannot_be_read_is_told() -> None:
    with pytest.raises(PublishError, match=r"cannot read the formula '\\\\frac\{1\}'"):
        Formulas([r"Half: $\frac{1}$"])


def test_a_deck_needs_nothing_of_ours_at_run_time() -> None:
    assert Path(decks.__file__).with_name("deck.js").read_text("utf-8").count("import ") == 0
