"""The lab that `make lab` opens, seen through a browser: a notebook runs to its end, its live
slides open and run cells, and nothing asks for anything outside this machine.

One visit, whose facts the tests look at. It works on a copy of the book, so that a notebook that is
saved there changes nothing here.
"""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    BrowserContext,
    ElementHandle,
    Frame,
    Page,
    TimeoutError,
    sync_playwright,
)

from publish.browser import QUIET
from tests.browser import require_browser
from tests.form import slides
from tools import clean, lab, setup

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = Path("chapters/02_tensors/03_storage_and_strides.ipynb")
CHAPTERS_READ = [
    NOTEBOOK.as_posix(),
    "chapters/rise.css",
    f"chapters/{NOTEBOOK.parent.name}/rise.css",
]
SCREEN = {"width": 1280, "height": 720}  # the smallest projector
COLUMNS = 79  # of a notebook's code


@dataclass
class Sight:
    """What is seen of a cell that draws, in pixels."""

    code: float  # the height of its code, 0 where none is seen
    above: float  # from the cell's top to its picture
    across: float  # the picture's width
    down: float


@dataclass
class Visit:
    """What was seen."""

    address: str = ""
    taken_port: int = 0
    kernel: list[str] = field(default_factory=list)
    page: str = ""  # where the lab opened
    popups: list[str] = field(default_factory=list)
    cells: list[dict[str, Any]] = field(default_factory=list)  # code cells, as saved after the run
    heading: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, float] = field(default_factory=dict)
    before: str = ""  # the prompt of a cell on a slide
    after: str = ""
    folded: dict[str, Sight] = field(default_factory=dict)  # in the lab and on a slide
    opened: dict[str, Sight] = field(default_factory=dict)  # the same cell, clicked on
    outside: set[str] = field(default_factory=set)


def command(arguments: list[str]) -> list[str]:
    """`make lab` where its set-up is complete; else what it runs, on this Python."""
    here = Path(sys.prefix).resolve() == (ROOT / ".venv").resolve()
    if here and shutil.which("make") and setup.is_complete():
        return ["make", "lab", f"PYTHON={sys.executable}", f"ARGS={shlex.join(arguments)}"]
    return lab.command(arguments)


def other_kernel(data: Path) -> None:
    """A reader's own `python3`, which cannot run the book."""
    folder = data / "kernels" / "python3"
    folder.mkdir(parents=True)
    spec = {"argv": ["/nowhere/python"], "display_name": "Python 3", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))


@contextmanager
def running_lab(folder: Path, book: Path, port: int) -> Iterator[str]:
    """The lab's address, token and all; the lab ends with the block."""
    other_kernel(folder / "data")
    outer = ("MAKE", "ARGS", "KNOWN_GOOD", "TORCH", "IPYTHONDIR", "JUPYTER_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(outer)}
    environment |= {f"JUPYTER_{k}_DIR": str(folder / k.lower()) for k in ("CONFIG", "RUNTIME")}
    environment["JUPYTER_DATA_DIR"] = str(folder / "data")
    arguments = ["--no-browser", "--allow-root", f"--port={port}"]
    arguments += [f"--ServerApp.root_dir={book}", f"--LabApp.workspaces_dir={folder / 'layouts'}"]
    log = folder / "lab.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command(arguments),
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            if found := re.search(r"http://(?:localhost|127\.0\.0\.1):\d+/\S+", log.read_text()):
                yield found[0]
                return
            time.sleep(0.2)
        pytest.fail("the lab did not start:\n" + log.read_text())
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End make, the lab and, through it, its kernels."""
    if os.name == "nt":
        process.terminate()
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        for _ in range(100):
            process.poll()  # reaps make, or its group would stay
            os.killpg(process.pid, 0)
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGKILL)


def wait_for_kernel(context: BrowserContext, kernels: str) -> None:
    """Wait until the lab is connected to a kernel that has nothing to do."""
    for _ in range(300):
        states = context.request.get(kernels).json()
        if any(k["execution_state"] == "idle" and k["connections"] for k in states):
            return
        time.sleep(0.2)
    pytest.fail(f"no kernel became ready: {states}")


def run_all(page: Page, saved: Path) -> list[dict[str, Any]]:
    """Press "restart and run all"; return the code cells as saved once the last has run."""
    started = page.locator(".jp-InputPrompt", has_text=re.compile(r"[*1]"))
    for _ in range(3):  # a kernel that restarts while the lab still connects to it runs nothing
        page.locator("[data-command='notebook:restart-run-all']").first.click()
        page.locator(".jp-Dialog button.jp-mod-accept").click()
        with suppress(TimeoutError):
            started.first.wait_for(timeout=30_000)
            break
    deadline, counts = time.monotonic() + 120, []
    while time.monotonic() < deadline:
        page.wait_for_timeout(500)
        page.keyboard.press("Control+s")
        with suppress(ValueError):  # half written
            cells = [c for c in json.loads(saved.read_text())["cells"] if c["cell_type"] == "code"]
            counts = [cell["execution_count"] for cell in cells]
            if counts == list(range(1, len(cells) + 1)):
                return cells
    pytest.fail(f"the notebook did not run to its end: {counts}")


def forget_runs(notebook: Path) -> None:
    """Take the outputs out, so that what is there afterwards was made by the run."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    notebook.write_text(json.dumps(content), encoding="utf-8")


def open_slides(page: Page) -> Frame:
    """Press the toolbar's button; return the slides' frame, ready."""
    page.reload()  # slides start at the selected cell: now the first
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.get_by_title(re.compile("Reveal Slideshow")).first.click()
    handle = page.wait_for_selector("iframe[src*='/rise/']")
    frame = handle.content_frame()
    assert frame is not None
    frame.wait_for_selector("section.present h1")
    return frame


def style(frame: Frame | Page, selector: str, name: str) -> str:
    script = "([s, n]) => getComputedStyle(document.querySelector(s)).getPropertyValue(n)"
    return frame.evaluate(script, [selector, name])


def present(context: BrowserContext, page: Page, visit: Visit) -> None:
    """Open the slides beside the notebook, go to the first one with code, and run its cell."""
    slides = open_slides(page)
    heading = "section.present h1"
    visit.heading = {
        "shown": slides.locator(heading).inner_text().rstrip("¶"),
        "transform": style(slides, heading, "text-transform"),
    }
    slides.locator(heading).click()
    prompt = slides.locator("section.present:not(.stack) .jp-CodeCell .jp-InputPrompt")
    for _ in range(20):
        page.keyboard.press("Space")
        page.wait_for_timeout(1_000)  # a slide selects its first code cell a little later
        if prompt.count() and prompt.first.is_visible():
            break
    visit.before = prompt.first.inner_text()
    page.keyboard.press("Control+Enter")
    with suppress(TimeoutError):
        slides.wait_for_function(
            "before => [...document.querySelectorAll('section.present .jp-InputPrompt')]"
            ".some(e => /\\d/.test(e.innerText) && e.innerText !== before)",
            arg=visit.before,
            timeout=30_000,
        )
    visit.after = prompt.first.inner_text()


def measure(context: BrowserContext, address: str, visit: Visit) -> None:
    """The slides on a whole screen: the sizes of text and code."""
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("section.present .jp-RenderedMarkdown p")
    page.wait_for_selector(".cm-content", state="attached")
    visit.sizes = {
        "text": float(style(page, "section.present .jp-RenderedMarkdown p", "font-size")[:-2]),
        "code": float(style(page, ".cm-content", "font-size")[:-2]),
        "width": page.evaluate("document.querySelector('section.present').clientWidth"),
    }


FOLDED = ".jp-CodeCell:has(.jp-InputPlaceholder):has(.jp-RenderedImage)"


def fold_drawing(notebook: Path) -> None:
    """Fold the first cell that draws, whichever it is today, as tools/clean.py does by its tag."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    drawing = next(c for c in code if any("image/png" in o.get("data", {}) for o in c["outputs"]))
    drawing["metadata"] |= {"tags": ["hide-input"], "jupyter": clean.FOLDED}
    notebook.write_text(json.dumps(content), encoding="utf-8")


def unfold(page: Page, cell: str) -> tuple[Sight, Sight]:
    """The folded cell before and after a click on what stands for its code."""
    handle = page.wait_for_selector(cell)
    assert handle is not None
    handle.scroll_into_view_if_needed()
    handle.wait_for_selector(".jp-RenderedImage img", state="visible")
    folded = sight(handle)
    page.locator(cell).first.locator(".jp-MoreHorizIcon").click()
    handle.wait_for_selector(".cm-content", state="visible")
    return folded, sight(handle)


def sight(cell: ElementHandle) -> Sight:
    numbers = cell.evaluate(
        """cell => {
            const box = (name) => cell.querySelector(name)?.getBoundingClientRect();
            const picture = box(".jp-RenderedImage img");
            const above = picture.y - cell.getBoundingClientRect().y;
            return [box(".cm-editor")?.height ?? 0, above, picture.width, picture.height];
        }"""
    )
    return Sight(*numbers)


def look_at_folded(context: BrowserContext, own: str, deck: str, visit: Visit) -> None:
    """The cell that only draws, in the lab and on its slide."""
    page = context.new_page()
    page.goto(own)
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    visit.folded["lab"], visit.opened["lab"] = unfold(page, FOLDED)
    page.goto(deck)
    page.wait_for_selector("section.present h1")
    page.locator("section.present h1").click()
    place = f"section.present:not(.stack) {FOLDED}"
    for _ in range(60):
        if page.locator(place).count():
            break
        page.keyboard.press("Space")
        page.wait_for_timeout(300)
    visit.folded["slide"], visit.opened["slide"] = unfold(page, place)


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Visit:
    executable = require_browser()
    folder = tmp_path_factory.mktemp("lab")
    book = folder / "my book"
    passed_over = shutil.ignore_patterns(".*", "mine*_*")
    shutil.copytree(ROOT / "chapters", book / "chapters", ignore=passed_over)
    fold_drawing(book / NOTEBOOK)
    forget_runs(book / NOTEBOOK)
    seen = Visit()
    with socket.socket() as taken, sync_playwright() as play:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        seen.taken_port = taken.getsockname()[1]
        with running_lab(folder, book, seen.taken_port) as address:
            seen.address = address
            browser = play.chromium.launch(executable_path=executable, args=list(QUIET))
            context = browser.new_context(viewport=SCREEN)
            context.set_default_timeout(60_000)
            base, token = re.match(r"(http://[^/]+).*\?(token=\w+)", address).groups()
            local = (base, base.replace("http", "ws"), "data:", "blob:", "about:")
            context.on(
                "request",
                lambda r: None if r.url.startswith(local) else seen.outside.add(r.url),
            )
            page = context.new_page()
            specs = context.request.get(f"{base}/api/kernelspecs?{token}").json()
            seen.kernel = specs["kernelspecs"]["python3"]["spec"]["argv"]
            page.goto(f"{base}/lab/workspaces/lecture/tree/{NOTEBOOK.as_posix()}?{token}")
            page.wait_for_selector(".jp-Notebook .jp-Cell")
            wait_for_kernel(context, f"{base}/api/kernels?{token}")
            seen.cells = run_all(page, book / NOTEBOOK)
            seen.popups = page.locator(".jp-Dialog, .Toastify__toast").all_inner_texts()
            present(context, page, seen)
            deck = f"{base}/rise/{NOTEBOOK.as_posix()}"
            measure(context, deck, seen)
            own = f"{base}/lab/workspaces/reader/tree/{NOTEBOOK.as_posix()}"
            look_at_folded(context, own, deck, seen)
            page.goto(address)
            page.wait_for_selector(".jp-Notebook .jp-Cell, .jp-DirListing-item", state="attached")
            seen.page = page.url
            browser.close()
    return seen


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_a_driver_that_does_not_start_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = tmp_path / "node"
    lacking = (
        "node: error while loading shared libraries: libatomic.so.1: cannot open shared object"
    )
    node.write_text(f"#!/bin/sh\necho '{lacking}' >&2\nexit 127\n")
    node.chmod(0o755)
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", str(node))
    told = f"does not start \\({lacking}\\): type sudo apt-get install libatomic1$"
    monkeypatch.delenv("D2L_REQUIRE_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception, match=told):
        require_browser()
    monkeypatch.setenv("D2L_REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception, match=told):
        require_browser()


def test_the_lab_opens_at_the_book(visit: Visit) -> None:
    assert lab.first_page() in visit.page


def test_a_taken_port_is_moved_on(visit: Visit) -> None:
    assert f":{visit.taken_port}/" not in visit.address


def test_nothing_pops_up(visit: Visit) -> None:
    assert visit.popups == []


def test_the_kernel_is_the_books_own(visit: Visit) -> None:
    """Even where the reader has a kernel of the same name."""
    assert visit.kernel[0] != "/nowhere/python"


def test_a_notebook_runs_to_its_end(visit: Visit) -> None:
    for cell in visit.cells:
        errors = [out["evalue"] for out in cell["outputs"] if out["output_type"] == "error"]
        meant = "raises-exception" in cell["metadata"].get("tags", [])
        assert bool(errors) == meant, cell["source"]
    assert any("image/png" in out.get("data", {}) for c in visit.cells for out in c["outputs"])


def test_headings_on_slides_are_not_in_capitals(visit: Visit) -> None:
    assert visit.heading["transform"] == "none"
    title = json.loads((ROOT / NOTEBOOK).read_text(encoding="utf-8"))["cells"][0]["source"]
    assert "".join(title).splitlines()[0].lstrip("# ") == visit.heading["shown"]


def test_control_enter_runs_a_cell_on_a_live_slide(visit: Visit) -> None:
    assert re.search(r"\d", visit.after)
    assert visit.after != visit.before


def test_slides_are_read_from_the_back_of_the_room(visit: Visit) -> None:
    assert visit.sizes["text"] >= 22
    assert visit.sizes["code"] >= 20
    assert COLUMNS * 0.61 * visit.sizes["code"] < visit.sizes["width"] - 120  # prompt and edges


@pytest.mark.parametrize("place", ["lab", "slide"])
def test_a_folded_cell_shows_its_picture_and_opens_by_a_click(visit: Visit, place: str) -> None:
    folded, opened = visit.folded[place], visit.opened[place]
    assert folded.code == 0
    assert folded.across > 400
    assert folded.down > 100
    assert opened.code > 100
    assert opened.across > 400


def test_folded_code_takes_no_space_on_a_slide(visit: Visit) -> None:
    assert visit.folded["slide"].above < 20  # less than a line


def test_a_picture_on_a_slide_is_as_large_as_the_rules_take_it_for(visit: Visit) -> None:
    """tests/form/slides.py: whether its text can be read follows from that."""
    for sight, share in [
        (visit.folded["slide"], slides.HEIGHT),
        (visit.opened["slide"], slides.UNDER_HEADING),
    ]:
        highest = share * SCREEN["height"]
        assert sight.across == pytest.approx(slides.WIDTH, abs=2)
        assert sight.down <= highest + 2
    css = (ROOT / "chapters" / "rise.css").read_text(encoding="utf-8")
    heights = {float(height) / 100 for height in re.findall(r"max-height: (\d+)vh", css)}
    assert heights == {slides.HEIGHT, slides.UNDER_HEADING}


def test_no_request_leaves_the_machine(visit: Visit) -> None:
    assert visit.outside == set()


@pytest.mark.parametrize(("given", "seen"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_the_lab_lets_waiting_threads_sleep(tmp_path: Path, given: str | None, seen: str) -> None:
    module = tmp_path / "jupyterlab"
    module.mkdir()
    (module / "__init__.py").touch()
    (module / "__main__.py").write_text('import os; print(os.environ["OMP_WAIT_POLICY"])')
    inherited = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    inherited |= {"PYTHONPATH": str(tmp_path)} | ({"OMP_WAIT_POLICY": given} if given else {})
    line = [sys.executable, str(ROOT / "tools" / "lab.py")]
    ran = subprocess.run(line, env=inherited, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == seen
