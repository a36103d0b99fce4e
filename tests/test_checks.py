"""Every exercise's check: the solution passes, honest mistakes get the message meant for them."""

from importlib import import_module
from pathlib import Path

import pytest

from d2lutils import checks
from d2lutils.checking import judge

MODULES = [
    import_module(f"check_cases.{path.stem}")
    for path in sorted(Path(__file__).with_name("check_cases").glob("chapter_*.py"))
]
CASES = {name: cases for module in MODULES for name, cases in module.CASES.items()}
GARBAGE = [None, "x", 3.5, object(), float("nan"), [], (), {}, int, lambda *_: object()]


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


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("answer", GARBAGE, ids=[str(at) for at in range(len(GARBAGE))])
def test_garbage_gets_a_message(name, answer):
    verdict = judge(name, answer)
    assert not verdict.passed
    assert verdict.text.startswith(f"{name}: not yet. ")
    assert "check cannot read" not in verdict.text, verdict.text
