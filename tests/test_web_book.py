"""The web book, built whole and seen through a browser: from a folder, and from a server."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from publish.decks.making import make
from publish.reading import ROOT
from publish.web.__main__ import build
from publish.web.indexes import INDEXES
from publish.web.sources import prepare
from publish.web.ways import Ways
from tools.fresh import of_the_book

# Its extensions still call what the next Sphinx but one takes away.
pytestmark = pytest.mark.filterwarnings("ignore:.*Check CHANGES for Sphinx API")
PAGE = "02_tensors/05_broadcasting.html"  # it has formulas, folded drawings and solutions
SOURCE = re.compile(r"""(?:<(?:script|img|iframe|source)[^>]*?\ssrc|<link[^>]*?\shref)="([^"]+)""")


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that writes no line for each."""

    def log_message(self, *args: object) -> None:
        pass


@dataclass
class Book:
    """The built book, and what Sphinx complained of."""

    folder: Path
    warnings: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    folder = tmp_path_factory.mktemp("the web") / "book"
    book = Book(folder, build(folder, Ways(beside=True, repository="someone/book")))
    make([ROOT / "chapters" / PAGE.replace(".html", ".ipynb")], folder / "slides")
    return book


@pytest.fixture(params=["folder", "server"])
def address(request: pytest.FixtureRequest, book: Book) -> Iterator[str]:
    """Where the book begins: a file opened with no server, or a server's page."""
    if request.param == "folder":
        yield book.folder.as_uri()
        return
    handler = partial(Quiet, directory=str(book.folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that may ask this machine only."""
    page = browser.new_context(color_scheme="light").new_page()
    asked: list[str] = []
    here = ("data:", "blob:", "file:" if address.startswith("file:") else address)
    page.on("request", lambda request: asked.append(request.url))
    yield page
    assert not [url for url in asked if not url.startswith(here)]
    page.context.close()


def test_each_section_has_a_page_and_nothing_is_wrong(book: Book) -> None:
    assert not book.warnings
    chapters = ROOT / "chapters"
    for notebook in of_the_book(chapters):
        page = book.folder / notebook.relative_to(chapters)
        assert page.with_suffix(".html").is_file()


def test_no_page_loads_anything_from_elsewhere(book: Book) -> None:
    for file in book.folder.rglob("*.html"):
        loaded = SOURCE.findall(file.read_text("utf-8"))
        assert loaded
        assert not [url for url in loaded if re.match(r"(?:https?:)?//", url)], file


def test_a_solution_opens_and_closes(page: Page, address: str) -> None:
    page.goto(f"{address}/{PAGE}")
    solution = page.locator("details.above-input, details.hide").filter(
        has_text="Open the solution"
    )
    code = solution.first.locator("pre").first
    assert not code.is_visible()
    solution.first.locator("summary").click()
    assert code.is_visible()
    assert code.inner_text().startswith("# Solution 02.5b")


def test_formulas_are_set(page: Page, address: str) -> None:
    page.goto(f"{address}/{PAGE}")
    page.wait_for_selector("mjx-container svg", state="attached")
    assert page.locator("mjx-merror").count() == 0


def test_figures_have_their_captions_as_text(page: Page, address: str) -> None:
    page.goto(f"{address}/{PAGE}")
    figures = page.locator(".cell_output img").all()
    assert len(figures) > 3
    assert all((figure.get_attribute("alt") or "").startswith("Figure ") for figure in figures)


def test_a_cell_can_be_copied(page: Page, address: str) -> None:
    page.goto(f"{address}/{PAGE}")
    cells = page.locator(".cell_input pre").count()
    assert page.locator("button.copybtn").count() == cells > 20


def test_the_way_into_the_lab_names_the_notebook(page: Page, address: str) -> None:
    page.goto(f"{address}/{PAGE}")
    way = page.get_by_role("link", name="Open in the lab").get_attribute("href")
    assert way == "http://localhost:8888/lab/tree/chapters/02_tensors/05_broadcasting.ipynb"


def test_the_way_to_colab_names_the_notebook(page: Page, address: str) -> None:
    page.goto(f"{address}/{PAGE}")
    way = page.get_by_role("link", name="Open in Colab").get_attribute("href") or ""
    assert way.endswith("/github/someone/book/blob/main/chapters/02_tensors/05_broadcasting.ipynb")


def test_a_page_leads_to_its_slides(page: Page, address: str) -> None:
    page.goto(f"{address}/{PAGE}")
    page.get_by_role("link", name="Slides").click()
    page.wait_for_function("() => window.Reveal && Reveal.isReady()")
    assert page.locator("section h1").first.inner_text() == "Combine shapes by broadcasting"


def test_the_start_page_leads_to_sections_indexes_and_the_pdf(page: Page, address: str) -> None:
    page.goto(f"{address}/index.html")
    article = page.locator("article")
    assert article.locator("li a.reference.internal").count() == len(of_the_book(ROOT / "chapters"))
    assert article.get_by_role("link", name="as one PDF").get_attribute("href") == "book.pdf"
    for heading, _ in INDEXES.values():
        page.goto(f"{address}/index.html")
        article.get_by_role("link", name=heading, exact=True).click()
        assert article.locator("h1").inner_text().startswith(heading)


def test_dark_is_dark(page: Page, address: str) -> None:
    page.goto(f"{address}/{PAGE}")

    def brightness() -> int:
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(map(int, re.findall(r"\d+", colour)[:3]))

    assert brightness() > 700
    page.get_by_role("button", name="Color mode").first.click()
    page.locator("button.theme-change-button[data-mode=dark]").first.click()
    assert brightness() < 150


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("broadcasting", PAGE),
        ("gather", "02_tensors/04_indexing.html"),
        ("dropout", "05_networks/10_dropout.html"),
        ("mat1 and mat2", "errors.html"),
    ],
)
def test_search_finds_a_section_first(page: Page, address: str, words: str, first: str) -> None:
    page.goto(f"{address}/search.html?q={words}")
    results = page.locator("#search-results li a")
    results.first.wait_for(timeout=30_000)
    page.wait_for_function("() => document.querySelectorAll('#search-results li').length > 2")
    found = re.split("[?#]", results.first.get_attribute("href") or "")[0]
    assert found.endswith(first), [link.get_attribute("href") for link in results.all()[:5]]
    page.locator("#search-results p.context").first.wait_for()
    assert words.split()[0] in page.locator("#search-results p.context").first.inner_text().lower()


def test_search_answers_with_the_sentence_that_defines_a_term(page: Page, address: str) -> None:
    page.goto(f"{address}/search.html?q=dropout")
    first = page.locator("#search-results li").first
    first.wait_for(timeout=30_000)
    assert "05/10 Drop half of the neurons" in first.inner_text()
    assert "Dropout sets each of them to 0" in first.inner_text()


def test_a_page_and_its_neighbours_have_the_numbers_that_the_text_uses(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/{PAGE}")
    assert page.title().startswith("02/05 Combine shapes by broadcasting")
    assert page.locator("article h1").inner_text().startswith("02/05 Combine")
    around = page.locator(".prev-next-title").all_inner_texts()
    assert [title[:5] for title in around] == ["02/04", "02/06"]


def test_no_code_and_no_error_is_cut(page: Page, address: str) -> None:
    page.goto(f"{address}/{PAGE}")
    wide = "pre => pre.scrollWidth - pre.clientWidth"
    code = page.locator(".cell_input pre:visible, .cell_output .traceback pre").all()
    assert len(code) > 15
    assert max(box.evaluate(wide) for box in code) <= 1


def test_only_notebooks_can_be_downloaded(book: Book) -> None:
    menus = [(book.folder / page).read_text("utf-8") for page in (PAGE, "index.html", "terms.html")]
    assert ["dropdown-download-buttons" in text for text in menus] == [True, False, False]


def test_a_page_loads_no_script_that_it_does_not_use(book: Book) -> None:
    text = (book.folder / PAGE).read_text("utf-8")
    assert not re.search(r"<script[^>]*(?:fontawesome|searchindex|searchtools)", text)
    assert re.search(r"<script[^>]*searchtools", (book.folder / "search.html").read_text("utf-8"))


def test_ten_links_lead_to_headings(page: Page, address: str) -> None:
    """From the index of terms: each link's page opens, and its anchor is there."""
    page.goto(f"{address}/terms.html")
    links = page.locator("article li a.reference.internal")
    assert links.count() > 700
    step = links.count() // 10
    chosen = [str(links.nth(i).evaluate("a => a.href")) for i in range(0, 10 * step, step)]
    for link in chosen:
        page.goto(link)
        anchor = page.evaluate("decodeURIComponent(location.hash.slice(1))")
        assert page.evaluate("id => !!document.getElementById(id)", anchor), link
        assert page.locator("article h1").is_visible()


def test_a_page_is_its_notebook_and_a_way_into_the_lab() -> None:
    """What is changed for the page: a link below the title, solutions' bars, our own outputs."""
    text = (ROOT / "chapters/02_tensors/05_broadcasting.ipynb").read_text("utf-8")
    page = prepare("02_tensors/05_broadcasting", text, Ways())
    assert "Slides</a>" not in page
    assert "Colab" not in page
    assert "vnd.d2l" in text
    assert "vnd.d2l" not in page
    assert page.count("Open the solution") == text.count('"solution"')
