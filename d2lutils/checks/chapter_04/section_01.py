"""Checks of 04/01, learn two numbers from readings."""

import math
from collections.abc import Callable
from numbers import Real
from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_parts, expect_tensor, given

Function = Callable[[float], float]


@exercise("04.1a")
def central_slope(answer: Any) -> None:
    """The slope of a function, by a nudge to both sides."""
    functions: dict[str, Function] = {
        "x**3": lambda x: x**3,
        "5 - 3 * x": lambda x: 5 - 3 * x,
        "abs(x)": abs,
        "math.exp(x)": math.exp,
        "7.0": lambda x: 7.0,
    }
    for source, x, h in [
        ("x**3", -1.5, 0.1),
        ("x**3", 2.0, 0.5),
        ("5 - 3 * x", 4.0, 1 / 3),
        ("abs(x)", 0.0, 1.0),
        ("abs(x)", 1.0, 3.0),
        ("math.exp(x)", 0.0, 1e-3),
        ("math.exp(x)", 1.0, 2.0),
        ("7.0", 3.0, 0.25),
    ]:
        f = functions[source]
        rise = f(x + h) - f(x - h)
        with given(f"f(x) = {source}", x=x, h=h):
            got = call(answer, f, x, h)
            if isinstance(got, Tensor):
                raise Wrong("f returns a plain number here, so return one and no tensor")
            expect_equal(
                got,
                rise / (2 * h),
                usual=[
                    ((f(x + h) - f(x)) / h, "this is a nudge to one side; go to x - h as well"),
                    ((f(x) - f(x - h)) / h, "this is a nudge to one side; go to x + h as well"),
                    (rise / h, "the two points lie 2 * h apart, not h"),
                    (-rise / (2 * h), "the sign is turned round; take f(x + h) minus f(x - h)"),
                    (rise, "this is the change; divide it by the distance, 2 * h"),
                    (rise / 2 * h, "this divides by 2 and multiplies by h; put 2 * h in brackets"),
                ],
                why="divide f(x + h) - f(x - h) by the distance of the two points",
            )


@exercise("04.1b")
def bent_gradient(answer: Any) -> None:
    """The gradient of a parabola's squared loss."""
    for x, y, (a, w, b) in [
        ([0.5, -1.0, 2.0], [1.0, 0.0, -2.0], (1.5, -2.0, 0.5)),
        ([-3.0], [-10.0], (0.0, 1.0, 0.25)),
        ([-2.0, 4.0, 1.0, 0.5], [0.5, 3.0, -1.0, 8.0], (-0.5, 3.0, -1.0)),
        ([1.0, 3.0], [6.0, 12.0], (2.0, 0.5, -2.0)),
    ]:
        X, Y = torch.tensor(x, dtype=torch.float64), torch.tensor(y, dtype=torch.float64)
        error = a * X**2 + w * X + b - Y
        line = w * X + b - Y
        want = _slopes(2 * error, X)
        names = ("the slope for a", "the slope for w", "the slope for b")
        with given(x=X, y=Y, a=a, w=w, b=b):
            parts = expect_parts(call(answer, X, Y, a, w, b), *names)
            got = []
            for part, name in zip(parts, names, strict=True):
                if isinstance(part, Tensor):
                    expect_tensor(part)
                    if part.shape != ():
                        raise Wrong(
                            f"{name} has shape {tuple(part.shape)}; it is one number, the mean"
                        )
                elif not isinstance(part, Real):
                    raise Wrong(f"{name} should be a number, not {type(part).__name__}")
                got.append(float(part))
            expect_equal(
                torch.tensor(got, dtype=torch.float64),
                want,
                usual=[
                    (want / 2, "a factor of 2 is missing: the slope of e² is 2e"),
                    (-want, "the sign is turned round; the error is y_hat minus y"),
                    (want * len(x), "this is the sum over the readings; take the mean"),
                    (want.flip(0), "these are in the order b, w, a; return a, w, b"),
                    (_slopes(2 * line, X), "a * x**2 is missing in y_hat"),
                    (_slopes(2 * error, X, 2 * X), "y_hat grows by x² when a grows by 1"),
                    (_slopes(2 * error, X, X), "y_hat grows by x² when a grows by 1"),
                    (
                        _slopes(2 * error, X, 2 * a * X),
                        "this is the slope with respect to x; asked for is that for a: x²",
                    ),
                    (
                        _slopes(error**2, X),
                        "this multiplies by the squares; the slope of e² is 2e",
                    ),
                ],
                why="each slope is the mean of 2e times what y_hat grows by: x², x and 1",
            )


def _slopes(doubled: Tensor, x: Tensor, bent: Tensor | None = None) -> Tensor:
    grows = (x**2 if bent is None else bent, x, torch.ones_like(x))
    return torch.stack([(doubled * by).mean() for by in grows])
