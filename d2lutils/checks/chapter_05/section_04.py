"""Checks of 05/04, losses."""

from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import NotDone, Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.explaining import is_interrupt
from d2lutils.checks.showing import cause, kind
from d2lutils.checks.stubs import is_unfinished
from d2lutils.checks.watching import Operations

_LOSSES = {"mse_loss", "l1_loss", "huber_loss", "smooth_l1_loss"}


@exercise("05.4a")
def squared_loss(answer: Any) -> None:
    """The squared loss with its reductions, which refuses two shapes."""
    g = torch.Generator().manual_seed(0)
    for shape in [(4,), (3, 2), (1, 1), (5, 1), (2, 1, 3), ()]:
        y_hat = torch.randn(shape, generator=g) * 2
        y = torch.randn(shape, generator=g) + 1
        squares = (y_hat - y).square()
        results = {"none": squares, "mean": squares.mean(), "sum": squares.sum()}
        for reduction, want in results.items():
            with given(y_hat=y_hat, y=y, reduction=reduction):
                watched = Operations()
                got = expect_tensor(call(answer, y_hat, y, reduction, inside=watched))
                if _LOSSES & set(watched.names):
                    raise Wrong("this is the library's loss; square the errors yourself")
                usual = [
                    (other, f"this is {name!r}")
                    for name, other in results.items()
                    if name != reduction
                ]
                root = "this is the root; the squared loss keeps the square"
                usual += [(want.sqrt(), root), (want / 2, "there is no half in it")]
                expect_equal(got, want, usual=usual, why="square the errors, then reduce them")
    for first, second in [((4, 1), (4,)), ((4,), (4, 1)), ((3, 2), (2,)), ((1,), ()), ((1,), (3,))]:
        for reduction in ["mean", "sum", "none"]:
            shapes = f"y_hat of shape {first}, y of shape {second}"
            with given(shapes, reduction=reduction):
                _expect_refusal(answer, (torch.ones(first), torch.zeros(second), reduction))
    for reduction in ["median", "", "Mean"]:
        with given("y_hat and y of shape (3,)", reduction=reduction):
            _expect_refusal(answer, (torch.ones(3), torch.zeros(3), reduction))


def _expect_refusal(answer: Any, inputs: tuple[Any, ...]) -> None:
    """Raise Wrong unless the answer raises a ValueError for these inputs."""
    try:
        got = answer(*inputs)
    except BaseException as error:
        if is_interrupt(error):
            raise
        if is_unfinished(error, answer):
            raise NotDone from error
        if not isinstance(error, ValueError):
            raise Wrong(f"raise a ValueError; this is {cause(error)}") from error
        return
    shape = f" of shape {tuple(got.shape)}" if isinstance(got, Tensor) else ""
    raise Wrong(f"it should raise a ValueError, and returned {kind(got)}{shape}")


@exercise("05.4b")
def huber_slope(answer: Any) -> None:
    """The slope of the Huber loss for each error."""
    g = torch.Generator().manual_seed(0)
    for error, delta in [
        (torch.tensor([-3.0, -0.5, 0.0, 0.5, 3.0]), 1.0),
        (torch.tensor([-3.0, -2.0, -1.5, 0.25, 2.0, 7.0]), 2.0),
        (torch.tensor([[-0.75, 0.125], [0.5, -0.25]]), 0.5),
        (torch.randn(4, 3, generator=g) * 3, 1.5),
        (torch.tensor(-4.0), 0.25),
        (torch.zeros(0), 1.0),
        (torch.randn(6, generator=g, dtype=torch.float64) * 9, 3.0),
    ]:
        inside = error.abs() <= delta
        want = torch.where(inside, error, delta * error.sign())
        with given(error=error, delta=delta):
            watched = Operations()
            got = expect_tensor(call(answer, error, delta, inside=watched))
            if {"backward", "grad", "huber_loss", "smooth_l1_loss"} & set(watched.names):
                raise Wrong("find the slope without autograd")
            loss = torch.where(inside, error**2 / 2, delta * (error.abs() - delta / 2))
            doubled = torch.where(inside, 2 * error, delta * error.sign())
            expect_equal(
                got,
                want,
                usual=[
                    (loss, "this is the loss; its slope is asked for"),
                    (want.abs(), "a slope has a sign: a negative error pulls the other way"),
                    (-want, "the sign is turned round; the loss grows with the error"),
                    (
                        torch.where(inside, error, error.sign()),
                        "outside, the slope is that at the edge: `delta`, not 1",
                    ),
                    (
                        torch.where(inside, error / delta, error.sign()),
                        "this is the slope of the smooth L1 loss; Huber's is `delta` times that",
                    ),
                    (doubled, "the square has a half in front, so its slope is the error"),
                    (error, "this is the slope of half the square; outside it stays at `delta`"),
                    (
                        error.clamp(-1, 1),
                        "this is the slope for a `delta` of 1; limit it to `delta`",
                    ),
                    (
                        torch.where(inside, error, torch.full_like(error, delta)),
                        "on the negative side, the slope outside is minus `delta`",
                    ),
                    (
                        torch.where(inside, error, torch.zeros_like(error)),
                        "outside, the loss still rises; its slope is `delta` there",
                    ),
                ],
                why="inside the slope is the error, outside it is `delta` with the error's sign",
            )
