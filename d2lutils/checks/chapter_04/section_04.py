"""Checks of 04/04, gradients through programs."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given

F64 = torch.float64
Function = Callable[[Tensor], Tensor]
Loss = Callable[[Tensor, Tensor, Tensor], Tensor]


CURVES: list[tuple[str, Function, Function, Function]] = [
    (
        "torch.sin(2 * x)",
        lambda x: (2 * x).sin(),
        lambda x: 2 * (2 * x).cos(),
        lambda x: -4 * (2 * x).sin(),
    ),
    ("x**4 - x", lambda x: x**4 - x, lambda x: 4 * x**3 - 1, lambda x: 12 * x**2),
    ("torch.exp(-x)", lambda x: (-x).exp(), lambda x: -(-x).exp(), lambda x: (-x).exp()),
]
PLACES = [[0.5, -1.0, 2.0], [1.5], [[0.25, 3.0], [-2.0, 0.0]]]


@exercise("04.4a")
def second_derivative(answer: Any) -> None:
    """The second derivative of a function at each element of a tensor."""
    for source, f, slope, bend in CURVES:
        for numbers in PLACES:
            x = torch.tensor(numbers, dtype=F64)
            with given(f"f(x) = {source}", x=x):
                got = expect_tensor(call(answer, f, x))
                _expect_untouched(x)
                usual = [
                    (slope(x), "this is the first derivative; take the derivative of that"),
                    (slope(x) ** 2, "this is the slope squared, not the slope of the slope"),
                ]
                if got.requires_grad:
                    raise Wrong("the result has a graph behind it; leave it without one")
                expect_equal(got, bend(x), usual=usual, why="it has one number for each of x")


LOSSES: list[tuple[str, Loss, Any, list[Any], list[Any]]] = [
    (
        "(w @ x - y) ** 2",
        lambda w, x, y: (w @ x - y) ** 2,
        [0.5, -1.0],
        [[1.0, 2.0], [3.0, -1.0], [0.5, 0.0]],
        [1.0, -2.0, 4.0],
    ),
    ("torch.exp(-y * w * x)", lambda w, x, y: (-y * w * x).exp(), 0.5, [2.0, -1.0], [1.0, -1.0]),
    (
        "torch.sin(w).sum() * x[0] * y",
        lambda w, x, y: w.sin().sum() * x[0] * y,
        [[0.5, 1.0], [-1.0, 2.0]],
        [[3.0, 1.0], [-2.0, 4.0]],
        [1.5, -1.0],
    ),
    (
        "((w * x - y) ** 2).sum()",
        lambda w, x, y: ((w * x - y) ** 2).sum(),
        [1.0, -0.5],
        [2.0, -1.0, 0.5],
        [[1.0, 2.0], [-1.0, 0.0], [3.0, 0.5]],
    ),
    ("(w @ x) ** 3 - y", lambda w, x, y: (w @ x) ** 3 - y, [1.0, -2.0], [[2.0, 0.5]], [3.0]),
]


@exercise("04.4b")
def gradient_of_each(answer: Any) -> None:
    """The gradient of each sample's loss, from one call of the loss."""
    for source, loss_of_one, start, inputs, targets in LOSSES:
        w, X, y = (torch.tensor(part, dtype=F64) for part in (start, inputs, targets))
        calls: list[int] = []

        def watched(
            w: Tensor, x: Tensor, y: Tensor, f: Loss = loss_of_one, calls: list[int] = calls
        ) -> Tensor:
            calls.append(x.ndim)
            return f(w, x, y)

        slope = torch.func.grad(loss_of_one)
        want = torch.stack([slope(w, one, target) for one, target in zip(X, y, strict=True)])
        usual = [
            (want.mean(dim=0), "this is the gradient of the mean; each sample has its own"),
            (want.sum(dim=0), "this is the gradient of the sum; each sample has its own"),
            (want / len(X), "this is each gradient divided by the number of samples"),
        ]
        with given(f"loss_of_one(w, x, y) = {source}", w=w, X=X, y=y):
            got = expect_tensor(call(answer, watched, w, X, y))
            if not calls:
                raise Wrong("loss_of_one was not called")
            if len(calls) > 1:
                raise Wrong(f"loss_of_one was called {len(calls)} times; vmap calls it once")
            if w.requires_grad or w.grad is not None:
                raise Wrong("w itself requires a gradient now; ask that of a copy, w.clone()")
            expect_equal(got.detach(), want, usual=usual, why="a gradient, like w, for each sample")


# Times, heights, and whether the crossing lies between two points, where its gradient is one.
PATHS: list[tuple[list[float], list[float], bool]] = [
    ([-3.0, -2.0, -1.0, 1.0], [2.0, 3.0, 1.0, -3.0], True),
    ([0.0, 0.5, 2.0, 2.25, 4.0], [1.0, 0.5, -1.5, 2.0, -1.0], True),
    ([1.0, 3.0], [0.25, -0.75], True),
    ([0.0, 2.0, 3.0, 5.0], [4.0, 1.0, -0.5, -6.0], True),
    ([0.0, 2.0, 3.0], [2.0, 0.0, -1.0], False),
    ([0.0, 1.0, 4.0], [2.0, 1.0, 0.0], False),
]


@exercise("04.4d")
def crossing(answer: Any) -> None:
    """The time at which a path first meets the ground, with its gradient."""
    for moments, ups, between in PATHS:
        times = torch.tensor(moments, dtype=F64, requires_grad=True)
        heights = torch.tensor(ups, dtype=F64, requires_grad=True)
        low = next(at for at, up in enumerate(ups) if up <= 0)
        above, below = heights[low - 1], heights[low]
        start, end = times[low - 1], times[low]
        want = start + above / (above - below) * (end - start)
        other = start + below / (below - above) * (end - start)
        usual = [
            (other.detach(), "the fraction is counted from the lower point; count from the upper"),
            (end.detach(), "this is the time of the first point that is not above the ground"),
            (start.detach(), "this is the time of the last point above the ground"),
            (
                _by_the_last_two(times, heights).detach(),
                "these are the last two points; find the first",
            ),
        ]
        with given(times=times.detach(), heights=heights.detach()):
            got = expect_tensor(call(answer, times, heights))
            expect_equal(got.detach(), want.detach(), usual=usual, why="one number, shape ()")
            if not got.requires_grad:
                raise Wrong(
                    "no graph leads back to heights; .item(), detach and torch.tensor leave it"
                )
            if between:
                wanted = torch.autograd.grad(want, [times, heights])
                found = torch.autograd.grad(got, [times, heights], allow_unused=True)
                for name, slope, right in zip(("times", "heights"), found, wanted, strict=True):
                    if slope is None or not torch.allclose(slope, right):
                        raise Wrong(f"the time is right, but not its gradient for {name}")


def _by_the_last_two(times: Tensor, heights: Tensor) -> Tensor:
    """Where the line through the last two points meets the ground."""
    fraction = heights[-2] / (heights[-2] - heights[-1])
    return times[-2] + fraction * (times[-1] - times[-2])


def _expect_untouched(x: Tensor) -> None:
    if x.requires_grad or x.grad is not None:
        raise Wrong("x itself requires a gradient now; ask that of a copy, x.clone()")
