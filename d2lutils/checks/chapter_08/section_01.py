"""Checks of 08/01, regression."""

import math
from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import call, exercise, expect_equal, expect_parts, expect_tensor, given


@exercise("08.1a")
def doubts(answer: Any) -> None:
    """The standard deviations of the noise and of not knowing."""
    g = torch.Generator().manual_seed(0)
    for times, networks, dtype in [
        (4, 3, torch.float32),
        (3, 10, torch.float32),
        (3, 1, torch.float32),
        (1, 5, torch.float32),
        (2, 2, torch.float64),
    ]:
        means = 3 * torch.randn(times, networks, generator=g, dtype=dtype)
        sigmas = 0.1 + 2 * torch.rand(times, networks, generator=g, dtype=dtype)
        with given(means=means, sigmas=sigmas):
            noise, unknown = expect_parts(call(answer, means, sigmas), "noise", "not knowing")
            _expect_noise(expect_tensor(noise), means, sigmas)
            _expect_unknown(expect_tensor(unknown), means, sigmas)


def _expect_noise(got: Tensor, means: Tensor, sigmas: Tensor) -> None:
    """Raise Wrong unless this is the root of the mean variance of the noise."""
    want = (sigmas**2).mean(dim=1).sqrt()
    with given("the noise"):
        expect_equal(
            got,
            want,
            usual=[
                (want**2, "this is the variance; take its root"),
                (
                    sigmas.mean(dim=1),
                    "this is the mean of the deviations; variances add up, so average those",
                ),
                (
                    means.std(dim=1, correction=0),
                    "this is not knowing; return the noise first",
                ),
                (
                    (want**2 + means.var(dim=1, correction=0)).sqrt(),
                    "this is the deviation of both together",
                ),
                (
                    sigmas.std(dim=1, correction=0),
                    "this is how much the sigmas differ, not how large they are",
                ),
                ((sigmas**2).sum(dim=1).sqrt(), "take the mean over the networks, not the sum"),
                ((sigmas**2).mean(dim=0).sqrt(), "dimension 1 counts the networks"),
            ],
            why="it is the root of the mean of the squared sigmas, over dimension 1",
        )


def _expect_unknown(got: Tensor, means: Tensor, sigmas: Tensor) -> None:
    """Raise Wrong unless this is the spread of the means, divided by the number of networks."""
    want = means.std(dim=1, correction=0)
    usual: list[tuple[object, str]] = [
        (want**2, "this is the variance; take its root"),
        ((sigmas**2).mean(dim=1).sqrt(), "this is the noise; return it first"),
        (means.std(dim=0, correction=0), "dimension 1 counts the networks"),
        ((want**2 + (sigmas**2).mean(dim=1)).sqrt(), "this is the deviation of both together"),
    ]
    if means.shape[1] > 1:
        less = means.std(dim=1)
        usual.append((less, "divide by the number of networks: `correction=0`"))
        usual.append((less**2, "this is a variance, and `correction=0` is missing"))
    with given("not knowing"):
        expect_equal(
            got,
            want,
            usual=usual,
            why="it is the standard deviation of the means, with `correction=0`",
        )


@exercise("08.1b")
def factor(answer: Any) -> None:
    """The smallest factor for sigma that makes the band hold a share of the readings."""
    g = torch.Generator().manual_seed(1)
    for n, share, dtype in [
        (9, 0.9, torch.float32),
        (8, 0.5, torch.float32),
        (7, 0.5, torch.float32),
        (1, 0.3, torch.float32),
        (5, 1.0, torch.float32),
        (61, 0.8, torch.float32),
        (12, 0.05, torch.float64),
    ]:
        mean = 3 * torch.randn(n, generator=g, dtype=dtype)
        sigma = 0.2 + 2 * torch.rand(n, generator=g, dtype=dtype)
        y = mean + 2 * sigma * torch.randn(n, generator=g, dtype=dtype)
        misses = (y - mean).abs()
        sizes = (misses / sigma).sort().values
        k = math.ceil(share * n)
        with given(y=y, mean=mean, sigma=sigma, share=share):
            got = expect_tensor(call(answer, y, mean, sigma, share))
            expect_equal(
                got,
                sizes[k - 1],
                usual=[
                    (
                        sizes.quantile(share),
                        "`quantile` goes between two readings, so that too few may lie within; "
                        "take the reading itself",
                    ),
                    (
                        ((y - mean) / sigma).sort().values[k - 1],
                        "a miss downwards counts as well: take the absolute value",
                    ),
                    (sizes[min(k, n - 1)], "this is one reading too far"),
                    (sizes[max(k - 2, 0)], "too few readings lie within; round up"),
                    (sizes.flip(0)[k - 1], "sort from the smallest miss up"),
                    (misses.sort().values[k - 1], "count the misses in units of sigma"),
                    (sizes[k - 1] / 1.645, "the band here is f times sigma, without 1.645"),
                    (
                        (misses / sigma**2).sort().values[k - 1],
                        "divide by sigma, not by the variance",
                    ),
                ],
                why="sort the misses in units of sigma, and take the first that is enough",
            )
