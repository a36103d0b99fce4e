"""Checks of 01/02, eager and deferred."""

from collections.abc import Callable
from math import cos, sin
from typing import Any

from d2lutils.checks import Wrong, call, exercise, expect_equal, given

FORMULAS: list[tuple[str, Callable[..., Any], list[tuple[float, ...]]]] = [
    ("a * b - c / a", lambda a, b, c: a * b - c / a, [(2.0, 5.0, 3.0), (4.0, 0.5, 1.0)]),
    ("(a**2 + b**2) ** 0.5", lambda a, b: (a**2 + b**2) ** 0.5, [(3.0, 4.0), (6.0, 8.0)]),
    ("1 - a * a", lambda a: 1 - a * a, [(0.5,), (3.0,)]),
]


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
                raise Wrong("the formula was not called: call it once, with placeholders")
            if any(isinstance(part, int | float) for part in calls[0]):
                raise Wrong("the formula was called with numbers: give it placeholders")
            if len(calls) > 1:
                raise Wrong(f"the formula was called {len(calls)} times: once gives the plan")
            if not callable(run):
                raise Wrong("return what `function` makes of the plan and its placeholders")
            for values in trials:
                backwards = formula(*reversed(values))
                expect_equal(
                    call(run, *values),
                    formula(*values),
                    usual=[(backwards, "the inputs arrive in reverse order")],
                    why="the inputs of `function` are the placeholders, in order",
                )
            if len(calls) > 1:
                raise Wrong("the formula ran again with the numbers: run the plan, not the formula")


@exercise("01.2b")
def sine_and_two_derivatives(answer: Any) -> None:
    """Values of sin(x * x) and of its first and second derivative."""
    if not isinstance(answer, tuple | list) or len(answer) != 3:
        raise Wrong("hand in three functions as a tuple: `(f, df, ddf)`")
    for x in [1.5, 0.5, -2.0]:
        s, c = sin(x * x), cos(x * x)
        sign = "the slope of the cosine is minus the sine"
        chain = "a rule multiplies by `g`, the slope of what comes after (the chain rule)"
        wanted = [
            ("f", s, [(sin(x) ** 2, "take the sine of x * x, not the square of sin(x)")]),
            ("df", 2 * x * c, [(c, chain), (-2 * x * c, "the slope of the sine is the cosine")]),
            (
                "ddf",
                2 * c - 4 * x * x * s,
                [
                    (2 * c + 4 * x * x * s, sign),
                    (-2 * x * s, chain),
                    (2 * c - 2 * x * s, chain),
                    (2 * c, "a rule must build nodes; made of numbers, it has no slope itself"),
                    (2 * x * c, "this is the first derivative: differentiate that once more"),
                ],
            ),
        ]
        for part, (name, want, usual) in zip(answer, wanted, strict=True):
            with given(f"{name} at x = {x}"):
                got = call(part, x)
                if isinstance(got, list) and len(got) == 1:
                    raise Wrong("it returns a list: unpack it, `[dy] = gradients(y, [x])`")
                expect_equal(got, want, usual=usual, why="the rules of sin and cos need each other")
