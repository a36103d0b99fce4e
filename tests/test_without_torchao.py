"""07/22 where torchao is not installed, or no C++ compiler: one line says what to type."""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from torch._inductor import cpp_builder
from torch._inductor.exc import InvalidCxxCompiler

import d2lutils as d2l
from tests import form
from tools import clean

NOTEBOOK = Path(__file__).parents[1] / "chapters/07_performance/22_quantization.ipynb"


@pytest.fixture
def cells():
    if NOTEBOOK in form.changed_by_the_reader():
        pytest.skip("a reader has changed the notebook")
    return [cell for cell in clean.read(NOTEBOOK).cells if cell.cell_type == "code"]


def run(cells, capsys):
    """Run all cells; return what each printed, and the names that they left."""
    space = {"__name__": "__main__"}
    said = {}
    for number, cell in enumerate(cells):
        program = compile(cell.source, f"cell {number}", "exec")
        if "raises-exception" in cell.metadata.get("tags", []):
            with pytest.raises((KeyError, RuntimeError)):
                exec(program, space)
        else:
            exec(program, space)
        said[number] = capsys.readouterr().out
    plt.close("all")
    return said, space


def test_the_rest_runs_without_torchao(cells, monkeypatch, capsys):
    for name in ("torchao", "torchao.quantization"):
        monkeypatch.setitem(sys.modules, name, None)  # importing it raises ImportError
    said, space = run(cells, capsys)

    remedy = f"No torchao. Type: {d2l.install_line('torchao')}\n"
    assert [text for text in said.values() if "torchao" in text] == [remedy]
    assert list(space["table"].index) == ["float32", "bfloat16"]
    for number, cell in enumerate(cells):
        saved = [output.text for output in cell.outputs if output.output_type == "stream"]
        needs = ("quantize_", "by_library", "d2l.check")
        measured = "nbval-ignore-output" in cell.metadata.get("tags", [])
        tolerant = cell.metadata.get("d2l") is not None
        if not (measured or tolerant or any(name in cell.source for name in needs)):
            assert said[number] == "".join(saved)


def test_the_rest_runs_without_a_compiler(cells, monkeypatch, capsys):
    pytest.importorskip("torchao")

    def missing():
        raise InvalidCxxCompiler

    monkeypatch.setattr(cpp_builder, "get_cpp_compiler", missing)
    said, space = run(cells, capsys)

    remedy = "No C++ compiler. On Ubuntu, type: sudo apt install g++\n"
    assert [text for text in said.values() if "compiler" in text] == [remedy]
    assert list(space["table"].index) == ["float32", "bfloat16", "weight-only", "dynamic"]
