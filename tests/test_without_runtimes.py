"""07/20 where no runtime and no C++ compiler is: a line each says what to type, the rest runs."""

import sys
import tempfile
from importlib import import_module
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import torch

import d2lutils as d2l
from tests import form
from tools import clean

NOTEBOOK = Path(__file__).parents[1] / "chapters/07_performance/20_runtimes.ipynb"


@pytest.fixture
def cells():
    if NOTEBOOK in form.changed_by_the_reader():
        pytest.skip("a reader has changed the notebook")
    threads = torch.get_num_threads()
    yield [cell for cell in clean.read(NOTEBOOK).cells if cell.cell_type == "code"]
    torch.set_num_threads(threads)
    plt.close("all")


def no_compiler():
    raise import_module("torch._inductor.exc").InvalidCxxCompiler


def test_the_rest_runs(cells, monkeypatch, capsys, tmp_path):
    for name in ("onnx", "onnxscript", "onnxruntime", "executorch"):
        monkeypatch.setitem(sys.modules, name, None)  # neither found nor imported
    monkeypatch.setattr("torch._inductor.cpp_builder.get_cpp_compiler", no_compiler)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    space = {"__name__": "__main__"}
    said = {}
    for number, cell in enumerate(cells):
        program = compile(cell.source, f"cell {number}", "exec")
        if "raises-exception" in cell.metadata.get("tags", []):
            with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
                exec(program, space)
        else:
            exec(program, space)
        said[number] = capsys.readouterr().out

    assert [text for text in said.values() if "ype:" in text] == [
        f"Not here. Type: {d2l.install_line('onnx', 'onnxscript', 'onnxruntime')}\n"
        f"Not here. Type: {d2l.install_line('executorch')}\n",
        "No C++ compiler. On Ubuntu, type: sudo apt install g++\n",
    ]
    assert list(space["table"].index) == ["PyTorch", "our list"]
    by_hand = [number for number, text in said.items() if text.startswith(("('conv", "apart"))]
    assert len(by_hand) == 2
    for number in by_hand:
        assert said[number] == "".join(output.text for output in cells[number].outputs)
    space["folder"].cleanup()
    assert list(tmp_path.iterdir()) == []
