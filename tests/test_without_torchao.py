"""07/22 where torchao is not installed, or no C++ compiler: one line says what to type."""

import sys

import pytest
from torch._inductor import cpp_builder
from torch._inductor.exc import InvalidCxxCompiler

import d2lutils as d2l
from tests import without


@pytest.fixture
def cells():
    return without.cells_of("07_performance/22_quantization.ipynb")


def run(cells, capsys):
    return without.run(cells, lambda: capsys.readouterr().out, (KeyError, RuntimeError))


def test_the_rest_runs_without_torchao(cells, monkeypatch, capsys):
    for name in ("torchao", "torchao.quantization"):
        monkeypatch.setitem(sys.modules, name, None)  # importing it raises ImportError
    said, space = run(cells, capsys)

    remedy = f"No torchao. Type: {d2l.install_line('torchao')}\n"
    assert [text for text in said if "torchao" in text] == [remedy]
    assert list(space["table"].index) == ["float32", "bfloat16"]
    for cell, text in zip(cells, said, strict=True):
        needs = ("quantize_", "by_library", "d2l.check")
        if without.is_exact(cell) and not any(name in cell.source for name in needs):
            assert text == without.saved_of(cell)


def test_the_rest_runs_without_a_compiler(cells, monkeypatch, capsys):
    pytest.importorskip("torchao")

    def missing():
        raise InvalidCxxCompiler

    monkeypatch.setattr(cpp_builder, "get_cpp_compiler", missing)
    said, space = run(cells, capsys)

    remedy = f"No C++ compiler. Type: {d2l.compiler_line()}\n"
    assert [text for text in said if "compiler" in text] == [remedy]
    assert list(space["table"].index) == ["float32", "bfloat16", "weight-only", "dynamic"]
