"""Checks of 05/14, convolution arithmetic."""

from typing import Any

import torch
import torch.nn.functional as F

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_tensor,
    expect_type,
    given,
)
from d2lutils.checks.watching import Operations, loops


@exercise("05.14a")
def lengths(answer: Any) -> None:
    """All lengths that give a number of places."""
    for m, k, p, s, d in [
        (3, 3, 0, 2, 1),
        (5, 3, 1, 1, 1),
        (4, 5, 2, 3, 1),
        (6, 3, 2, 2, 2),
        (2, 4, 0, 5, 3),
        (1, 1, 0, 4, 2),
        (1, 3, 2, 3, 1),
        (2, 2, 3, 1, 1),
        (7, 2, 1, 4, 1),
        (300, 3, 1, 7, 2),
    ]:
        low = (m - 1) * s + d * (k - 1) + 1 - 2 * p
        want = list(range(max(low, 1), low + s))
        usual: list[tuple[object, str]] = [
            (list(range(low, low + s)), "a length is at least 1"),
            (list(range(max(low, 0), low + s)), "a length is at least 1"),
            (want[:1], "with a stride, longer lines give as many places: list them all"),
            (
                list(range(max(low + p, 1), low + p + s)),
                "padding is added at both ends: the line grows by 2p",
            ),
            (
                list(range(max(low - (d - 1) * (k - 1), 1), low - (d - 1) * (k - 1) + s)),
                "the dilation is forgotten: the kernel reaches over d * (k - 1) + 1",
            ),
            (list(range(max(low, 1), low + s + 1)), "the last one gives a place more"),
            (list(range(max(low + s, 1), low + 2 * s)), "these give a place more"),
            (want[::-1], "in rising order"),
        ]
        with given(m=m, k=k, p=p, s=s, d=d):
            got = expect_type(call(answer, m, k, p, s, d), list)
            hint = "which n give m in the section's formula? Try it with `size`"
            expect_equal(got, want, usual=usual, why=hint)


@exercise("05.14b")
def pool(answer: Any) -> None:
    """The largest number of each patch, padded by what never wins."""
    for n, channels, rows, columns, k, s, p in [
        (2, 3, 6, 7, 3, 2, 1),
        (1, 2, 5, 5, 2, 2, 0),
        (2, 1, 7, 4, 4, 1, 2),
        (1, 1, 8, 9, 2, 3, 1),
        (3, 2, 3, 3, 3, 3, 0),
        (1, 4, 4, 5, 1, 2, 0),
    ]:
        draw = torch.Generator().manual_seed(rows)
        X = -torch.rand(n, channels, rows, columns, generator=draw) - 0.5
        X[..., ::3, ::2] *= -1
        X[..., :2, :2] = X[..., :2, :2].abs().neg() - 1e30
        want = F.max_pool2d(X, k, s, p)
        usual = [
            (
                F.max_pool2d(F.pad(X, [p] * 4), k, s),
                "zeros win against negative numbers: fill with something smaller",
            ),
            *(
                (F.max_pool2d(F.pad(X, [p] * 4, value=-low), k, s), "−∞ alone never wins")
                for low in (1e2, 1e3, 1e4, 1e5, 1e6, 1e8, 1e9, 1e10, 1e20)
            ),
            (F.max_pool2d(X, k, s), "the padding is missing"),
            (F.max_pool2d(X, k, k, p), "patches start s apart, not k"),
            (F.max_pool2d(X, k, 1, p), "patches start s apart"),
            (F.avg_pool2d(X, k, s, p), "this is the mean of each patch"),
            (-F.max_pool2d(-X, k, s, p), "this is the smallest number of each patch"),
        ]
        with given(f"X of shape {tuple(X.shape)}", k=k, s=s, p=p):
            seen = Operations()
            got = expect_tensor(call(answer, X, k, s, p, inside=seen))
            if got.dim() == 6:
                raise Wrong("the patches are still there: take the largest number of each")
            expect_equal(got, want, usual=usual, why="pad, cut into patches, take the largest")
            if any("pool" in name for name in seen.names):
                raise Wrong("the numbers are right; now without the library's pooling")
            if loops(answer):
                raise Wrong("the numbers are right; now without a loop")
