"""Checks of 01/02, eager and deferred."""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, given
from d2lutils.checks.expecting import expect_int

FORMULAS: list[tuple[str, Callable[..., Any], list[tuple[float, ...]]]] = [
    ("a * b + c", lambda a, b, c: a * b + c, [(2.0, 5.0, 3.0), (4.0, 0.5, 1.0)]),
    ("(a**2 + b**2) ** 0.5", lambda a, b: (a**2 + b**2) ** 0.5, [(3.0, 4.0), (6.0, 8.0)]),
    ("a * a + 1", lambda a: a * a + 1, [(0.5,), (3.0,), (0.0,)]),
    ("b * -2 + a", lambda a, b: b * -2 + a, [(-3.0, 1.5), (0.1, -700.25)]),
    ("b * b + c", lambda a, b, c: b * b + c, [(1.0, 2.0, 4.0), (5.0, -3.0, 0.5)]),
]

STALE = "this is the result of the run before: each run starts with its own numbers"


@exercise("01.2a")
def captures_a_formula(answer: Any) -> None:
    """A formula turned into a plan by one call with placeholders, then run without it."""
    for source, formula, trials in FORMULAS:
        calls: list[tuple[Any, ...]] = []

        def watched(
            *inputs: Any,
            log: list[tuple[Any, ...]] = calls,
            formula: Callable[..., Any] = formula,
        ) -> Any:
            log.append(inputs)
            return formula(*inputs)

        with given(f"formula = {source}", count=len(trials[0])):
            run = call(answer, watched, len(trials[0]))
            if not calls:
                raise Wrong(
                    "the formula was not called: call it once, with placeholders, before you return"
                )
            if any(isinstance(part, int | float | Tensor) for part in calls[0]):
                raise Wrong("the formula was called with numbers: give it placeholders")
            if len(calls) > 1:
                raise Wrong(f"the formula was called {len(calls)} times: once gives the plan")
            if not callable(run):
                raise Wrong("return what `function` makes of the plan and its placeholders")
            first = formula(*trials[0])
            for values in trials:
                backwards = formula(*reversed(values))
                expect_equal(
                    call(run, *values),
                    formula(*values),
                    usual=[(backwards, "the inputs arrive in reverse order"), (first, STALE)],
                    why="the inputs of `function` are the placeholders, in order",
                )
            if len(calls) > 1:
                raise Wrong("the formula ran again with the numbers: run the plan, not the formula")


def shares(a: Any, b: Any) -> Any:
    """A formula whose plan reads one node twice."""
    s = a * b
    return s + s


def doubles(a: Any) -> Any:
    """A formula whose text is twice as long after each step."""
    for _ in range(5):
        a = a + a
    return a


# A formula, how many operators, nodes and different texts its plan has, and how many operators its
# printed text names.
COUNTS: list[tuple[str, Callable[..., Any], int, int, int, int, int]] = [
    ("(a**2 + b**2) ** 0.5", lambda a, b: (a**2 + b**2) ** 0.5, 2, 4, 9, 4, 4),
    ("s + s, where s = a * b", shares, 2, 2, 4, 2, 3),
    ("a doubled five times by a = a + a", doubles, 1, 5, 6, 5, 31),
    ("a * b + a * b", lambda a, b: a * b + a * b, 2, 3, 5, 2, 3),
    ("a**2 * 3 + b * 3 + c", lambda a, b, c: a**2 * 3 + b * 3 + c, 3, 5, 11, 5, 5),
    ("a", lambda a: a, 1, 0, 1, 0, 0),
    ("(a < b) * a", lambda a, b: (a < b) * a, 2, 2, 4, 2, 2),
]


@exercise("01.2b")
def counts_operators(answer: Any) -> None:
    """How many operator nodes the plan of a formula has, a shared one once."""
    for source, formula, count, operators, nodes, texts, named in COUNTS:
        with given(f"formula = {source}", count=count):
            got = expect_int(call(answer, formula, count))
            if got == operators:
                continue
            usual = [
                (nodes, "placeholders and constants do not count"),
                (named, "a node that is read twice is one node: go through `steps`, not the text"),
                (texts, "two nodes may print alike and still be two: count nodes, not texts"),
            ]
            expect_equal(got, operators, usual=usual, why="count the nodes of kind operator")
