"""Checks of 08/05, what a network looked at."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import call, exercise, expect_equal, expect_tensor, given

Score = Callable[[Tensor], Tensor]


def _judge(weights: Tensor) -> Score:
    """A score that bends: products of neighbours, and each pixel's square, by weights."""

    def score(pictures: Tensor) -> Tensor:
        parts = pictures.flatten(1)
        bent = parts.square() + parts * parts.roll(1, dims=1)
        return bent @ weights.flatten() - 0.5

    return score


def _falls(score: Score, picture: Tensor, size: int, fill: float, spoil: bool = False) -> Tensor:
    """How far the score falls, square by square; with `spoil`, squares stay covered."""
    before = score(picture[None])[0]
    rows, columns = (side - size + 1 for side in picture.shape)
    falls = torch.zeros(rows, columns, dtype=picture.dtype)
    hidden = picture.clone()
    for i in range(rows):
        for j in range(columns):
            if not spoil:
                hidden = picture.clone()
            hidden[i : i + size, j : j + size] = fill
            falls[i, j] = before - score(hidden[None])[0]
    return falls


@exercise("08.5a")
def occlusion(answer: Any) -> None:
    """How far a score falls where a square of the picture is covered."""
    tries = [(4, 5, 2, 0.0, 0), (5, 3, 3, 1.0, 1), (3, 4, 1, 0.3, 2), (1, 3, 1, 0.5, 3)]
    for h, w, size, fill, seed in [*tries, (3, 3, 3, -1.0, 4), (2, 2, 1, 2.0, 5)]:
        g = torch.Generator().manual_seed(seed)
        dtype = torch.float64 if seed == 2 else torch.float32
        picture = torch.rand(h, w, generator=g, dtype=dtype)
        score = _judge(torch.randn(h, w, generator=g, dtype=dtype))
        want = _falls(score, picture, size, fill)
        before = score(picture[None])[0]
        with given("score = one that bends", picture=picture, size=size, fill=fill):
            expect_equal(
                expect_tensor(call(answer, score, picture, size, fill)),
                want,
                usual=[
                    (-want, "these are rises; the fall is the score before minus the score after"),
                    (want.abs(), "a score may also rise, and that is a negative fall; no abs"),
                    (want.clamp(min=0), "a score may also rise; keep falls below 0"),
                    (before - want, "these are the scores of the covered pictures"),
                    (want.T, "row i and column j are swapped"),
                    (want.flatten(), "return one row for each i: shape (h - size + 1, …)"),
                    (
                        _falls(score, picture, size, fill, spoil=True),
                        "earlier squares are still covered; begin with a fresh copy each time",
                    ),
                    (_falls(score, picture, size, 0.0), "cover with `fill`, not with 0"),
                    (want.float(), "keep the dtype of `picture`"),
                    (want / before, "do not divide by the score before"),
                    (want / size**2, "do not divide by the number of covered pixels"),
                ],
                why="at [i, j]: the score of the picture minus that of the copy whose square from "
                "pixel (i, j) on, size by size, is filled",
            )


@exercise("08.5b")
def integrated(answer: Any) -> None:
    """The mean of the slopes on the way from zeros to x, times x."""
    for d, m, seed in [(4, 3, 0), (3, 1, 1), (1, 5, 2), (5, 20, 3)]:
        g = torch.Generator().manual_seed(seed)
        x = torch.randn(d, generator=g) * 1.5
        weights = torch.randn(d, d, generator=g) / d
        bias = torch.randn(d, generator=g)

        def score(inputs: Tensor, weights: Tensor = weights, bias: Tensor = bias) -> Tensor:
            return (inputs @ weights + bias).sin().sum(dim=1) + inputs.pow(4).sum(dim=1)

        def mean_slope(places: Tensor, x: Tensor = x, score: Any = score) -> Tensor:
            inputs = (places[:, None] * x).requires_grad_()
            (found,) = torch.autograd.grad(score(inputs).sum(), inputs)
            return found.mean(dim=0)

        steps = torch.arange(m)
        middles = mean_slope((steps + 0.5) / m)
        want = middles * x
        ends = "take the slopes in the middle of each piece"
        with given("score = sines and fourth powers", x=x, m=m):
            expect_equal(
                expect_tensor(call(answer, score, x, m)),
                want,
                usual=[
                    (middles, "multiply the mean slope by x"),
                    (m * want, "average the slopes; this is their sum"),
                    (mean_slope(torch.ones(1)) * x, "this is the slope at x alone, times x"),
                    (mean_slope((steps + 1) / m) * x, f"{ends}, not at its end"),
                    (mean_slope(steps / m) * x, f"{ends}, not at its beginning"),
                    (mean_slope(torch.linspace(0, 1, m)) * x, f"{ends}; linspace takes its ends"),
                    (mean_slope(torch.linspace(0, 1, m + 1)) * x, f"{ends}; these are m + 1"),
                    (middles.abs() * x, "slopes have a sign; no abs"),
                    (want.abs(), "the result has a sign; no abs"),
                    (want.sum(), "return a number for each place of x; this is their sum"),
                    (want[None], "return the shape of x, (d,)"),
                ],
                why="average the slopes at (i + 0.5) / m times x, i from 0 to m - 1; then times x",
            )
