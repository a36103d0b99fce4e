"""Checks of 08/06, painted pictures."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.watching import loops

Score = Callable[[Tensor], Tensor]


def _judge(weights: Tensor) -> Score:
    """A score that bends: waves of a product, and neighbours times each other."""

    def score(inputs: Tensor) -> Tensor:
        return (inputs @ weights).sin().sum(dim=1) + (inputs * inputs.roll(1, dims=1)).sum(dim=1)

    return score


def _climb(
    score: Score,
    start: Tensor,
    steps: int,
    lr: float,
    limits: tuple[float, float] | None,
    scaled: Callable[[Tensor], Tensor] = lambda slope: slope,
) -> Tensor:
    """The end of the climb; `scaled` changes each slope, and no limits hold nothing."""
    place = start.clone()
    for _ in range(steps):
        place.requires_grad_()
        (slope,) = torch.autograd.grad(score(place).sum(), place)
        place = place.detach() + lr * scaled(slope)
        if limits:
            place = place.clamp(*limits)
    return place


@exercise("08.6a")
def climb(answer: Any) -> None:
    """Gradient ascent on the input, held within limits after each step."""
    for n, d, steps, lr, low, high, dtype in [
        (3, 4, 5, 0.06, 0.0, 1.0, torch.float32),
        (2, 3, 1, 0.25, -0.5, 0.75, torch.float64),
        (1, 2, 8, 0.1, -0.25, 1.0, torch.float32),
        (2, 3, 0, 0.5, 0.25, 0.5, torch.float32),
        (4, 1, 3, 0.1, 0.5, 1.0, torch.float32),
    ]:
        g = torch.Generator().manual_seed(steps)
        start = torch.rand(n, d, generator=g, dtype=dtype) * 1.5 - 0.25
        weights = torch.randn(d, 3, generator=g, dtype=dtype).requires_grad_()
        score, limits = _judge(weights), (low, high)
        want = _climb(score, start, steps, lr, limits)
        with given("score = one that bends", start=start, steps=steps, lr=lr, low=low, high=high):
            got = expect_tensor(call(answer, score, start, steps, lr, low, high))
            if start.requires_grad:
                raise Wrong("start now asks for gradients; begin with a clone of it")
            if got.requires_grad:
                raise Wrong("the result still asks for gradients; detach it")
            expect_equal(
                got,
                want,
                usual=[
                    (_climb(score, start, steps, -lr, limits), "this goes downhill; add the slope"),
                    (start.clamp(low, high), "with no step to take, nothing is held; return start")
                    if steps == 0
                    else (start, "nothing has moved"),
                    (_climb(score, start, steps, lr, None), "hold it between low and high"),
                    (
                        _climb(score, start, steps, lr, None).clamp(low, high),
                        "hold it between low and high after each step, not at the end alone",
                    ),
                    (
                        _climb(score, start.clamp(low, high), steps, lr, limits),
                        "hold it after a step; the first slope is taken at start itself",
                    ),
                    (_climb(score, start, steps + 1, lr, limits), "this is one step too many"),
                    (_climb(score, start, max(steps - 1, 0), lr, limits), "a step is missing"),
                    (
                        _climb(score, start, steps, lr / n, limits),
                        "the mean of the scores divides each slope by n; take their sum",
                    ),
                    (
                        _climb(score, start, steps, lr, limits, torch.sign),
                        "step by lr times the slope; this takes its sign",
                    ),
                    (
                        _climb(score, start, steps, lr, limits, _by_largest),
                        "step by lr times the slope; do not scale it",
                    ),
                    (want.float(), "keep the dtype of start"),
                ],
                why="each step: the slope at the place, lr times it added, then clamp",
            )
        if weights.grad is not None:
            raise Wrong(
                "the weights inside score now have a .grad; backward() fills it, so ask "
                "torch.autograd.grad for the slopes of the input alone"
            )


def _by_largest(slope: Tensor) -> Tensor:
    return slope / slope.abs().amax(dim=1, keepdim=True)


@exercise("08.6b")
def moved(answer: Any) -> None:
    """Pictures moved down and right, zeros where they came from."""
    for shape, down, right, dtype in [
        ((2, 1, 4, 5), 1, 2, torch.float32),
        ((1, 2, 5, 3), -2, 1, torch.float64),
        ((1, 3, 3, 4), 2, -3, torch.int64),
        ((2, 2, 4, 4), -1, -1, torch.float32),
        ((1, 1, 3, 3), 0, 0, torch.float32),
        ((1, 1, 4, 3), 0, -1, torch.float32),
        ((1, 1, 4, 3), 3, 0, torch.float32),
        ((1, 1, 3, 2), 3, 1, torch.float32),
        ((1, 1, 2, 3), 1, -3, torch.float32),
        ((1, 1, 2, 3), -7, 0, torch.float32),
        ((1, 1, 2, 3), 0, 9, torch.float32),
    ]:
        size = torch.Size(shape).numel()
        X = (torch.arange(size) * 2 - 7).reshape(shape).to(dtype)
        with given(X=X, down=down, right=right):
            want = _pushed(X, down, right)
            usual = [
                (X.roll((down, right), dims=(2, 3)), "what leaves must not come back"),
                (_pushed(X, -down, -right), "this moves up and left"),
                (_pushed(X, right, down), "rows and columns are exchanged"),
                (_pushed(X, down, -right), "columns move to the wrong side"),
                (_pushed(X, -down, right), "rows move to the wrong side"),
                (_pushed(X, max(down, 0), max(right, 0)), "numbers below 0 move up and left"),
                (want.float(), "keep the dtype of X"),
            ]
            if down or right:
                usual.append((X, "nothing has moved"))
            why = "the pixel at [i, j] goes to [i + down, j + right], or is gone"
            expect_equal(expect_tensor(call(answer, X, down, right)), want, usual=usual, why=why)
    if loops(answer):
        raise Wrong("this has a loop; move all pixels at once, without one")
    X = torch.rand(1, 1, 3, 4, requires_grad=True)
    got = expect_tensor(call(answer, X, 1, -1))
    if not got.requires_grad:
        raise Wrong("no slopes flow back to X; leave out detach, .data and no_grad")
    (slope,) = torch.autograd.grad(got.sum(), X)
    with given("the slopes of the result's sum, for down = 1, right = -1"):
        expect_equal(slope, _pushed(torch.ones_like(slope), -1, 1))


def _pushed(X: Tensor, down: int, right: int) -> Tensor:
    H, W = X.shape[2:]
    framed = F.pad(X, (W, W, H, H))
    top, left = H - max(-H, min(down, H)), W - max(-W, min(right, W))
    return framed[:, :, top : top + H, left : left + W]
