"""Checks of 04/05, an autograd engine."""

from math import exp
from typing import Any

from d2lutils.checks import call, exercise, expect_equal, given


@exercise("04.5a")
def slope_of_the_sigmoid(answer: Any) -> None:
    """The local slope of the sigmoid, from its input or its result."""
    for a in (0.7, -1.5, 0.0, 3.0, 1.0, -4.0):
        y = 1 / (1 + exp(-a))
        usual = [
            (1 - y * y, "this is the slope of tanh; is that of the sigmoid above 0.25 anywhere?"),
            (a * (1 - a), "y is the result, a the input: which one does the formula hold?"),
            (y * (y - 1), "the sign is wrong: the sigmoid rises everywhere"),
            (y, "this is the result; asked for is how fast it grows with a"),
        ]
        with given(a=a, y=y):
            why = "take the derivative of 1 / (1 + exp(-a)); then 1 / y - 1 is exp(-a)"
            expect_equal(call(answer, a, y), y * (1 - y), usual=usual, why=why)


PAIRS = [(1.0, 3.0), (2.5, -4.0), (2.0, 2.1), (-1.0, -1.5), (-2.0, -0.5), (0.0, 0.0), (1.5, 1.5)]


@exercise("04.5b")
def slopes_of_the_larger(answer: Any) -> None:
    """The local slopes of a maximum, a half each where both inputs are equal."""
    for a, b in PAIRS:
        want = (0.5, 0.5) if a == b else (float(a > b), float(b > a))
        equal = "equal inputs get a half each" if a == b else ""
        usual = [
            (want[::-1], "the slopes of a and b are swapped"),
            ((1.0, 1.0), equal or "the smaller input has the slope 0"),
            ((0.5, 0.5), "the inputs differ: the larger takes the whole slope"),
            (max(a, b), "this is the larger number; its two slopes are asked for"),
        ]
        with given(a=a, b=b):
            why = equal or "the larger input has the slope 1, the other 0"
            expect_equal(call(answer, a, b), want, usual=usual, why=why)
