"""The notebook cleaner keeps what a reader sees and drops what the next run would change."""

import copy
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from tools import clean

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS_READ: list[str] = []  # test_saved_form.py reads the book's notebooks
WIDGET = "application/vnd.jupyter.widget-view+json"


def messy() -> NotebookNode:
    """A notebook as a lab saves it after a reader's session."""
    stream = {"output_type": "stream", "name": "stdout"}
    frames = [
        "\x1b[31mRuntimeError\x1b[39m  Traceback (most recent call last)",
        "\x1b[36mCell\x1b[39m In[3], line 1",
        "\x1b[36mFile \x1b[39m/home/ann/.venv/lib/python3.11/site-packages/torch/nn/x.py:7",
        "\x1b[31mRuntimeError\x1b[39m: mm: shapes",
    ]
    outputs = [
        {**stream, "text": "one\n"},
        {**stream, "text": "two\n"},
        {
            "output_type": "display_data",
            "data": {"text/plain": "<Figure>", "image/png": "iVBO", WIDGET: {"model_id": "f00"}},
            "metadata": {"image/png": {"width": 3}, "collapsed": True},
        },
        {"output_type": "display_data", "data": {WIDGET: {"model_id": "f00"}}, "metadata": {}},
        {
            "output_type": "execute_result",
            "data": {"text/plain": "3"},
            "metadata": {},
            "execution_count": 7,
        },
    ]
    error = {"output_type": "error", "ename": "RuntimeError", "evalue": "mm: shapes"}
    volatile = {"ExecuteTime": {"end_time": "2026"}, "execution": {"iopub": "2026"}}
    about = {
        **volatile,
        "collapsed": False,
        "trusted": True,
        "jupyter": {"source_hidden": True},
        "slideshow": {"slide_type": "slide"},
        "tags": ["exact"],
        "d2l": {"rtol": 0.01},
    }
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {"editable": True}, "source": "# T\n"},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": about,
            "source": "f()",
            "execution_count": 2,
            "outputs": outputs,
        },
        {
            "cell_type": "code",
            "id": "c",
            "metadata": {"tags": ["solution", "hide-cell"], **volatile},
            "source": "g()",
            "execution_count": 3,
            "outputs": [{**error, "traceback": frames}],
        },
    ]
    metadata = {
        "kernelspec": {"display_name": "mine", "language": "python", "name": "venv"},
        "language_info": {"name": "python", "version": "3.11.7"},
        "widgets": {"state": {}},
        "d2l": {"measuring": True},
    }
    return nbformat.from_dict(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    )


def test_metadata_become_the_houses() -> None:
    notebook = clean.normalise(messy())
    assert notebook.metadata == {**clean.METADATA, "d2l": {"measuring": True}}
    markdown, code, solution = notebook.cells
    assert markdown.metadata == {}
    assert code.metadata == {
        "slideshow": {"slide_type": "slide"},
        "tags": ["exact"],
        "d2l": {"rtol": 0.01},
    }
    assert solution.metadata == {"tags": ["solution", "hide-cell"], "jupyter": clean.HIDDEN}
    assert [cell.id for cell in notebook.cells] == ["a", "b", "c"]


def test_outputs_stay_and_lose_what_is_volatile() -> None:
    notebook = clean.normalise(messy())
    stream, figure, result = notebook.cells[1].outputs
    assert stream == {"output_type": "stream", "name": "stdout", "text": "one\ntwo\n"}
    assert figure.data == {"text/plain": "<Figure>", "image/png": "iVBO"}
    assert figure.metadata == {"image/png": {"width": 3}}
    assert result.execution_count == notebook.cells[1].execution_count == 2


def test_a_cell_that_only_draws_is_folded_by_its_tag() -> None:
    notebook = messy()
    notebook.cells[1].metadata = nbformat.from_dict({"tags": ["hide-input"]})
    assert clean.normalise(notebook).cells[1].metadata.jupyter == {"source_hidden": True}


def test_a_traceback_keeps_the_readers_frames_only() -> None:
    (error,) = clean.normalise(messy()).cells[2].outputs
    assert (error.ename, error.evalue) == ("RuntimeError", "mm: shapes")
    shown = "\n".join(error.traceback)
    assert "In[3], line 1" in shown
    assert "mm: shapes" in shown
    assert "site-packages" not in shown


def test_normalising_again_changes_nothing_and_never_the_argument() -> None:
    notebook = messy()
    before = copy.deepcopy(notebook)
    once = clean.normalise(notebook)
    assert notebook == before
    assert clean.dumps(clean.normalise(once)) == clean.dumps(once)
    nbformat.validate(once)


def test_a_cell_saved_without_an_id_gets_the_same_one_every_time() -> None:
    notebook = messy()
    for cell in notebook.cells:
        del cell["id"]
    notebook.nbformat_minor = 4
    first, again = clean.normalise(notebook), clean.normalise(notebook)
    assert first == again
    assert len({cell.id for cell in first.cells}) == 3


def test_the_command_rewrites_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "01 notes.ipynb"
    path.write_text(json.dumps(messy()), encoding="utf-8")
    assert clean.main(["--check", str(path)]) == 1
    assert "needs cleaning: python tools/clean.py" in capsys.readouterr().out
    assert clean.main([str(path)]) == 0
    assert capsys.readouterr().out == f"{path}: cleaned\n"
    assert clean.main(["--check", str(path)]) == clean.main([str(path)]) == 0
    assert capsys.readouterr().out == ""
    assert path.read_bytes().decode() == clean.dumps(clean.read(path))
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"nbformat": 3, "nbformat_minor": 0, "worksheets": []}',
     '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "x"}]}'],
)  # fmt: skip
def test_what_is_no_notebook_is_left_alone(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.ipynb"
    path.write_text(text)
    assert clean.main([str(path)]) == 1
    said = capsys.readouterr().err
    assert "is not a notebook of format 4" in said
    assert said.count("\n") == 1
    assert path.read_text() == text


def test_a_missing_file_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert clean.main([str(tmp_path / "none.ipynb")]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_pre_commit_cleans_a_staged_notebook_and_fetches_nothing(tmp_path: Path) -> None:
    shutil.copy(ROOT / ".pre-commit-config.yaml", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "clean.py", tmp_path / "tools")
    notebook = tmp_path / "01 notes.ipynb"
    notebook.write_text(json.dumps(messy()), encoding="utf-8")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    settings = {**os.environ, "PATH": path, "PRE_COMMIT_HOME": str(tmp_path / "home")}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True)

    run("git", "init")
    run("git", "add", ".pre-commit-config.yaml", "pyproject.toml", "tools", notebook.name)
    first = run(sys.executable, "-m", "pre_commit", "run")
    assert first.returncode == 1, first.stdout + first.stderr
    assert f"{notebook.name}: cleaned" in first.stdout
    assert notebook.read_text(encoding="utf-8") == clean.dumps(clean.normalise(messy()))
    run("git", "add", notebook.name)
    assert run(sys.executable, "-m", "pre_commit", "run").returncode == 0
    assert "http" not in (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
