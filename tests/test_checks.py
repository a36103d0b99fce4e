"""Every exercise's check: the solution passes, honest mistakes get the message meant for them."""

import random
from asyncio import CancelledError
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from d2lutils import checks
from d2lutils.checking import judge

MODULES = [
    import_module(f"check_cases.{path.stem}")
    for path in sorted(Path(__file__).with_name("check_cases").glob("chapter_*.py"))
]
CASES = {name: cases for module in MODULES for name, cases in module.CASES.items()}
GARBAGE = [None, "x", 3.5, object(), float("nan"), [], (), {}, int, lambda *_: object()]
STRANGE = [
    torch.empty(2, 3, device="meta"),
    torch.eye(3).to_sparse(),
    torch.ones(3).to(torch.float8_e4m3fn),
    torch.ones(3, dtype=torch.complex64),
    torch.ones(0),
    torch.ones(3, requires_grad=True),
    np.ones(3),
    np.array([None, 1], dtype=object),
    pd.DataFrame({"a": [1]}),
    {1, 2},
    b"x",
    float("inf"),
    10**400,
    1j,
    (None, None),
    [torch.ones(2), "x"],
]
# What PyTorch warns of in answers to 04.4a: forward mode loads TorchScript, and a graph that is
# kept refers to itself.
pytestmark = [
    pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:FutureWarning"),
    pytest.mark.filterwarnings(r"ignore:Using backward\(\) with create_graph=True:UserWarning"),
]
ERRORS = [KeyboardInterrupt(), GeneratorExit(), CancelledError(), SystemExit(), MemoryError()]


@pytest.fixture(autouse=True)
def _same_chance():
    """Answers that draw at random draw the same numbers, whichever tests their worker ran before.

    `drawn_by_chance` of 00.0c may hit the very count that another mistake is known by.
    """
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)


def stub(*inputs):
    """Say nothing yet."""
    ...


def test_every_exercise_has_cases():
    assert sorted(CASES) == sorted(checks.all_names())


@pytest.mark.parametrize("name", CASES)
def test_solution_passes(name):
    for answer in (CASES[name].solution, *CASES[name].also_right):
        verdict = judge(name, answer)
        assert verdict.passed, verdict.text
        assert verdict.text == f"{name}: correct."


@pytest.mark.parametrize(
    ("name", "answer", "phrase"),
    [
        pytest.param(name, answer, phrase, id=f"{name}-{phrase}")
        for name, cases in CASES.items()
        for answer, phrase in cases.wrong
    ],
)
def test_mistake_is_named(name, answer, phrase):
    verdict = judge(name, answer)
    assert not verdict.passed
    assert verdict.text.startswith(f"{name}: not yet. ")
    assert phrase.lower() in verdict.text.lower()
    assert "check cannot read" not in verdict.text
    assert "\n" not in verdict.text


@pytest.mark.parametrize("name", CASES)
def test_mistakes_are_three_and_distinct(name):
    phrases = {phrase for _, phrase in CASES[name].wrong}
    assert len(phrases) >= 3


@pytest.mark.parametrize("name", CASES)
def test_stubs_are_not_done_yet(name):
    for answer in (..., stub):
        assert judge(name, answer).text == f"{name}: not done yet."


def assert_told(name, answer):
    """The answer is refused, by a message that the check itself wrote."""
    verdict = judge(name, answer)
    assert not verdict.passed
    assert verdict.text.startswith(f"{name}: not yet. ")
    assert "check cannot read" not in verdict.text, verdict.text


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("answer", GARBAGE, ids=[str(at) for at in range(len(GARBAGE))])
def test_garbage_gets_a_message(name, answer):
    assert_told(name, answer)


@pytest.mark.parametrize("name", CASES)
def test_strange_results_get_a_message(name):
    for result in STRANGE:
        for answer in (result, lambda *_, result=result: result, (lambda *_: 1, result)):
            assert_told(name, answer)


@pytest.mark.parametrize("name", CASES)
def test_whatever_is_raised_gets_a_message(name):
    for error in ERRORS:

        def raising(*_, error=error):
            raise error

        for answer in (raising, (raising, raising), (raising, raising, raising)):
            assert_told(name, answer)
