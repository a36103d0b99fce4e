"""`d2l.find` and `d2l.explain`: what they say of the book's terms, functions and errors."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import d2lutils as d2l
from d2lutils.answers.finding import findings, folded
from d2lutils.answers.index import index
from d2lutils.answers.messages import explanation, matches, pattern
from publish import answers
from publish.functions import HOMES
from publish.reading import ROOT, book
from publish.synonyms import MEANT

MESSAGES = json.loads(Path(__file__).with_name("messages_of_torch.json").read_text("utf-8"))
NOTEBOOKS = {notebook.path: notebook for notebook in book()}


def message(call):
    """The error that a call raises."""
    with pytest.raises(Exception) as raised:  # noqa: PT011
        call()
    return raised.value


def test_the_index_is_the_books():
    assert answers.INDEX.read_text("utf-8") == answers.text(), "run `make contents`"


def test_every_place_is_a_heading_of_the_book():
    known = index()
    places = [
        place for found in (known.terms, known.functions) for p in found.values() for place in p
    ]
    places += [error.place for error in known.errors]
    for place in places:
        headings = {cell.heading for cell in NOTEBOOKS[place.notebook].cells}
        plainly = {re.sub(r"[`*$]", "", heading) for heading in headings}
        assert place.heading in headings | plainly, place


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("broadcasting", "02_tensors/"),
        ("Learning Rates", "01_introduction/"),
        ("data-loader", "03_data/"),
        ("gather", "02_tensors/"),
        ("nn.Linear", "05_networks/"),
        ("torch.nn.functional.one_hot", "03_data/"),
        ("F.one_hot()", "03_data/"),
        ("scatter_", "03_data/"),
        ("momentum", "04_learning/"),
        ("torch.gather", "02_tensors/"),
        ("x.gather(1, index)", "02_tensors/"),
        ("optimizer.zero_grad()", "04_learning/07"),
        ("num_workers", "03_data/16"),
        ("what is a tensor?", "01_introduction/"),
        ("quantization", "07_performance/"),
    ],
)
def test_find_names_where_the_book_says_it(word, first):
    lines = findings(word)
    assert any(line.startswith(f"  {first}") for line in lines), lines


@pytest.mark.parametrize("name", HOMES)
def test_a_names_home_comes_first(name):
    assert index().functions[name][0].notebook == HOMES[name]


@pytest.mark.parametrize("other", MEANT)
def test_other_names_lead_to_the_books(other):
    first, *rest = findings(other)
    assert first == f"The book calls it {MEANT[other]}."
    assert not rest[0].startswith("The book explains no ")


def test_what_a_word_holds_is_near_it():
    assert findings("a very large batch size")[-1].startswith("Near it: ")


def test_a_word_of_a_title_leads_to_the_section():
    assert findings("Images") == [
        "The book has sections on 'Images':",
        "  03_data/09_images: Read pictures into tensors",
    ]
    assert findings("sound")[1:] == ["  03_data/13_audio: Turn sound into tensors"]
    assert findings("time series")[1:] == [
        "  03_data/04_time_series: Read time series without looking ahead"
    ]
    assert findings("the") == ["The book explains no 'the'."]


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("losses", "loss is explained:"),
        ("biases", "bias is explained:"),
        ("matrices", "matrix is explained:"),
        ("vocabularies", "vocabulary is explained:"),
        ("batches", "batch is explained:"),
        ("mini-batches", "minibatch is explained:"),
        ("optimizer", "optimiser is explained:"),
        ("inference mode", "torch.inference_mode is shown:"),
        ("state dict", "torch.nn.Module.state_dict is shown:"),
        ("RNNs", "torch.nn.RNN is shown:"),
        ("cuda", "The book calls it GPU."),
    ],
)
def test_plurals_spaces_and_hyphens_do_not_matter(word, first):
    assert findings(word)[0] == first


def test_terms_that_differ_by_a_plural_are_one_and_capitals_stay():
    keys = [folded(term) for term in index().terms]
    assert len(keys) == len(set(keys))
    assert {"GAN", "Jacobian", "ReLU", "N×C×H×W", "bit", "bucketing"} <= set(index().terms)


def test_find_says_when_there_is_nothing_and_what_is_near():
    assert findings("zeppelin") == ["The book explains no 'zeppelin'."]
    lines = findings("brodcasting")
    assert lines[0] == "The book explains no 'brodcasting'."
    assert "broadcasting" in lines[1]


@pytest.mark.parametrize("word", ["", "  ", "()", 7, None])
def test_find_refuses_what_is_no_word(word):
    with pytest.raises(d2l.BookError, match=r"takes a word, as in d2l.find\('gather'\)"):
        d2l.find(word)


@pytest.mark.parametrize("error", index().errors, ids=lambda error: error.phrase[:30])
def test_explain_knows_each_error_of_the_book(error):
    """It names the section itself, or earlier ones that meet the same error."""
    found = matches(error.message, error.kind)
    same = [there for there in index().errors if pattern(error.phrase) in pattern(there.message)]
    assert error in found or found == same[: len(found)]


@pytest.mark.parametrize("told", MESSAGES, ids=lambda told: told["error"][:40])
def test_explain_names_a_section_that_teaches_the_mistake(told):
    """Messages of common mistakes as torch 2.11 and 2.15 wrote them, some of them from GPUs."""
    first = explanation(told["error"])[0]
    expected = tuple(told["sections"]) or "The book meets no error like this one: "
    assert first.startswith(expected)


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        ("'NoneType' object has no attribute 'zero_'", "w.grad = None"),
        ("'NoneType' object has no attribute 'shape'", "a forward without return"),
        ("'numpy.ndarray' object has no attribute 'numpy'", "It is an array already"),
        ("'numpy.ndarray' object has no attribute 'plot'", "One axis of several: ax[0, 1]"),
        ("pic should be PIL Image or ndarray. Got <class 'str'>", "Image.open(path)"),
        ("expected 4D input (got 3D input)", "one alone needs x[None]"),
    ],
)
def test_where_names_count_the_longest_wording_alone_is_meant(message, advice):
    sections = [error for error in matches(message) if error.advice]
    assert len(sections) == 1
    assert advice in sections[0].advice


def test_a_layer_for_other_sizes_is_not_mistaken():
    assert not matches("expected 5D input (got 4D input)")


@pytest.mark.parametrize(
    ("call", "section"),
    [
        (lambda: torch.ones(7, 3) @ torch.ones(5, 2), "01_introduction/01"),
        (lambda: torch.ones(2, 6) + torch.ones(2, 5), "02_tensors/"),
        (lambda: torch.ones(3, 8).t().view(24), "02_tensors/"),
        (lambda: torch.tensor([[1], [2, 3]]), "02_tensors/01"),
        (lambda: torch.ones(5).view(2, 2), "02_tensors/"),
        (lambda: torch.ones(2, requires_grad=True).numpy(), "04_learning/"),
    ],
    ids=["matmul", "broadcast", "view", "ragged", "shape", "numpy"],
)
def test_explain_passes_over_numbers_and_shapes(call, section):
    error = message(call)
    assert explanation(error)[0].startswith(section)
    assert explanation(f"{type(error).__name__}: {error}") == explanation(error)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mat1 and mat2 (1x784 and 64x4)", "mat1 and mat2 (32x10 and 5x2)"),
        ("a on cuda:0", "a on cpu"),
        ("got Double and Float", "got BFloat16 and Half"),
        ("shape '[4, 2]' is invalid", "shape '[7]' is invalid"),
        ("'Node' and 'int'", "'Tensor' and 'str'"),
    ],
)
def test_what_changes_from_case_to_case_does_not_matter(one, other):
    assert pattern(one) == pattern(other)


@pytest.mark.parametrize(
    "told",
    [
        "The cat sat on the mat and thought of fish",
        "KeyError: 'fish'",
        "fish of 3 kinds are no species",
    ],
)
def test_explain_says_when_nothing_fits(told):
    lines = explanation(told)
    assert lines[0].startswith("The book meets no error like this one: ")
    assert len(lines) == 2


def test_explain_reads_a_pasted_traceback():
    pasted = (
        "---------\nRuntimeError      Traceback (most recent call last)\nCell In[3], line 1\n"
        "----> 1 a @ b\n\nRuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"
    )
    assert explanation(pasted)[0].startswith("01_introduction/01")


@pytest.mark.parametrize(
    "told",
    [
        "[rank0]: Traceback (most recent call last):\n[rank0]: RuntimeError: {}",
        'Traceback (most recent call last):\n  File "a.py", line 3\nRuntimeError: {}\n>>> ',
        "RuntimeError: {}\n\nThe above exception was the cause of:\nMyError: it failed",
        "RuntimeError: {}\nCompile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.\n",
        "'{}'",
        "“{}”",
        "{}...",
        "x" * 1_000_000 + "\nRuntimeError: {}",
    ],
    ids=["torchrun", "prompt", "cause", "further lines", "quoted", "curly", "cut", "long"],
)
def test_explain_reads_what_is_pasted_around_a_message(told):
    message = "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"
    assert explanation(told.format(message))[0].startswith("01_introduction/01")


def test_explain_reads_causes_and_groups():
    inner = message(lambda: torch.ones(7, 3) @ torch.ones(5, 2))
    outer = ValueError("my own words")
    outer.__cause__ = inner
    for error in (outer, ExceptionGroup("several", [inner, outer])):
        assert explanation(error)[0].startswith("01_introduction/01")


def test_explain_takes_the_last_error(monkeypatch):
    monkeypatch.delattr(sys, "last_value", raising=False)
    with pytest.raises(d2l.BookError, match="No cell has raised an error yet"):
        d2l.explain()
    error = message(lambda: torch.ones(7, 3) @ torch.ones(5, 2))
    monkeypatch.setattr(sys, "last_value", error, raising=False)
    assert explanation() == explanation(error)


@pytest.mark.parametrize("error", ["", "   ", 7, ["a"]])
def test_explain_refuses_what_is_no_error(error):
    with pytest.raises(d2l.BookError, match="takes a message or an exception"):
        d2l.explain(error)


def test_the_commands():
    for command, words, told in [
        ("find", ["learning", "rate"], "learning rate is explained:"),
        ("explain", ["mat1 and mat2 shapes cannot be multiplied (3x3 and 1x1)"], "01_introduction"),
    ]:
        done = subprocess.run(
            [sys.executable, "-m", "d2lutils", command, *words],
            capture_output=True, text=True, cwd=ROOT, check=True,
        )  # fmt: skip
        assert done.stdout.startswith(told)
