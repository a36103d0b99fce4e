"""The students' notebooks: nothing is given away, and all that is left works."""

import re
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from nbclient import NotebookClient

from publish import assignment, student
from publish.reading import ROOT
from tools import clean
from tools.fresh import of_the_book

CHAPTERS = ROOT / "chapters"
NOTEBOOK = Path("02_tensors/05_broadcasting.ipynb")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("a class") / "new"
    student.write(out)
    return out


def test_all_notebooks_are_there_without_solutions_and_outputs(folder: Path) -> None:
    for path in of_the_book(CHAPTERS):
        book, copy = clean.read(path), clean.read(folder / path.relative_to(CHAPTERS))
        told = "\n".join(cell.source for cell in copy.cells)
        code = [cell for cell in copy.cells if cell.cell_type == "code"]
        assert "# Solution" not in told
        text = "\n".join(cell.source for cell in copy.cells if cell.cell_type == "markdown")
        assert not re.search(r"(\bits|[Tt]he|[Aa]) solution\b", text), path
        assert told.count("<details>") == told.count("<summary>Hint</summary>")
        assert not any(cell.outputs or cell.execution_count for cell in code)
        tags = [tag for cell in copy.cells for tag in cell.metadata.get("tags", [])]
        stubs = [c for c in book.cells if "exercise" in c.metadata.get("tags", [])]
        assert tags.count("exercise") == len(stubs)
        assert "solution" not in tags
        assert all(cell.source.strip() for cell in copy.cells)
        nbformat.validate(copy)


def test_the_rest_is_the_books_word_for_word(folder: Path) -> None:
    book, copy = clean.read(CHAPTERS / NOTEBOOK), clean.read(folder / NOTEBOOK)
    kept = {cell["id"]: cell.source for cell in copy.cells}
    changed = [cell.source for cell in book.cells if kept.get(cell["id"]) != cell.source]
    assert changed
    said = ("# Solution", "## Exercises")
    assert all(text.startswith(said) or "<details>" in text for text in changed)


def test_it_runs_and_its_checks_take_an_answer(folder: Path) -> None:
    notebook = clean.read(folder / NOTEBOOK)
    stub = next(cell for cell in notebook.cells if cell.source.startswith("def real_places"))
    answer = "return torch.arange(m) < lengths[:, None]"
    stub.source = stub.source.replace("...", answer, 1)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    said = [out["data"]["text/plain"] for out in stub.outputs if "data" in out]
    assert said == ["02.5c: correct."]
    others = [o for c in notebook.cells for o in c.get("outputs", []) if "data" in o]
    assert sum("not done yet" in o["data"].get("text/plain", "") for o in others) == 2


def test_the_look_of_the_slides_comes_along(folder: Path) -> None:
    assert (folder / "rise.css").read_bytes() == (CHAPTERS / "rise.css").read_bytes()
    assert (folder / "02_tensors" / "rise.css").is_file()


def test_one_chapter(tmp_path: Path) -> None:
    written = student.write(tmp_path / "out", "01_introduction")
    assert {path.parent.name for path in written} == {"01_introduction"}
    assert len(written) == len(of_the_book(CHAPTERS / "01_introduction"))


@pytest.mark.parametrize("edition", [student, assignment])
def test_no_link_of_one_chapter_leads_to_a_notebook_that_is_not_there(
    tmp_path: Path, edition: ModuleType
) -> None:
    links = []
    for path in edition.write(tmp_path / "out", "02_tensors"):
        markdown = [c.source for c in clean.read(path).cells if c.cell_type == "markdown"]
        found = re.findall(r"[(\"]([^()\s\":]+\.ipynb)", "\n".join(markdown))
        assert [link for link in found if not (path.parent / link).is_file()] == []
        links += found
    assert len(links) > 20  # those within the chapter stay


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.ipynb").write_text("{}")
    with pytest.raises(FileExistsError, match="is not empty: name a new folder"):
        student.write(tmp_path)
    assert (tmp_path / "mine.ipynb").read_text() == "{}"


@pytest.mark.parametrize("chapter", ["09_nothing", "..", "02_tensors/../.."])
def test_an_unknown_chapter_is_told_with_the_known_ones(tmp_path: Path, chapter: str) -> None:
    with pytest.raises(FileNotFoundError, match="there are 01_introduction, 02_tensors"):
        student.write(tmp_path / "out", chapter)


def test_the_book_is_left_as_it_is() -> None:
    book = clean.read(CHAPTERS / NOTEBOOK)
    student.without_solutions(book)
    assert book == clean.read(CHAPTERS / NOTEBOOK)
