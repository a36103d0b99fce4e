"""07/20 where no runtime and no C++ compiler is: a line each says what to type, the rest runs."""

import sys
import tempfile
from importlib import import_module

import pytest
import torch

import d2lutils as d2l
from tests import without


@pytest.fixture
def cells():
    threads = torch.get_num_threads()
    yield without.cells_of("07_performance/20_runtimes.ipynb")
    torch.set_num_threads(threads)


def no_compiler():
    raise import_module("torch._inductor.exc").InvalidCxxCompiler


def test_the_rest_runs(cells, monkeypatch, capsys, tmp_path):
    for name in ("onnx", "onnxscript", "onnxruntime", "executorch"):
        monkeypatch.setitem(sys.modules, name, None)  # neither found nor imported
    monkeypatch.setattr("torch._inductor.cpp_builder.get_cpp_compiler", no_compiler)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    refusal = "shapes cannot be multiplied"
    said, space = without.run(cells, lambda: capsys.readouterr().out, RuntimeError, refusal)

    assert [text for text in said if "ype:" in text] == [
        f"Not here. Type: {d2l.install_line('onnx', 'onnxscript', 'onnxruntime')}\n"
        f"Not here. Type: {d2l.install_line('executorch')}\n",
        f"No C++ compiler. Type: {d2l.compiler_line()}\n",
    ]
    assert list(space["table"].index) == ["PyTorch", "our list"]
    by_hand = [n for n, text in enumerate(said) if text.startswith(("('conv", "apart"))]
    assert len(by_hand) == 2
    for number in by_hand:
        assert said[number] == without.saved_of(cells[number])
    space["folder"].cleanup()
    assert list(tmp_path.iterdir()) == []
