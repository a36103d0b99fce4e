"""Checks of 00, start here."""

from functools import cache
from typing import Any

import torch

from d2lutils import data
from d2lutils.checks import call, exercise, expect_equal, given


@exercise("00.0a")
def count_mistakes(answer: Any) -> None:
    """How many predictions differ from the truth, as a Python number."""
    cases: list[tuple[list[int], list[int]]] = [
        ([1, 7, 3, 3, 0], [1, 1, 3, 5, 0]),
        ([4], [4]),
        ([2, 2, 9], [3, 3, 3]),
        ([0, 5, 1, 2, 7], [5, 0, 2, 1, 7]),
        ([3] * 300 + [4, 5], [4] * 301 + [5]),
        ([], []),
    ]
    for y_hat, y in cases:
        predicted, true = (torch.tensor(digits, dtype=torch.int64) for digits in (y_hat, y))
        wrong = sum(a != b for a, b in zip(y_hat, y, strict=True))
        with given(y_hat=predicted, y=true):
            expect_equal(
                call(answer, predicted, true),
                wrong,
                usual=[
                    (len(y) - wrong, "these are the ones that agree"),
                    (wrong / max(len(y), 1), "this is their share; count them"),
                    (sum(abs(a - b) for a, b in zip(y_hat, y, strict=True)), "count, not subtract"),
                ],
                why="compare the two tensors and count where they differ",
            )


@exercise("00.0c")
def num_correct(answer: Any) -> None:
    """How many test digits the nearest of the first known pictures reads correctly."""
    for num_known in (10, 100, 1, 777):
        want, tested = _num_right(0, num_known)
        last, _ = _num_right(-num_known, None)
        later, _ = _num_right(1, num_known + 1)
        every, _ = _num_right(0, None)
        asked = [_num_right(0, stop, num_known)[0] for stop in (num_known, None)]
        with given(num_known=num_known):
            expect_equal(
                call(answer, num_known),
                want,
                usual=[
                    (tested - want, "these are the mistakes; count the right ones"),
                    (want / tested, "this is their share; count them"),
                    (last, "these are the last, take the first"),
                    (later, "the first picture is missing; `X[:num_known]` starts with it"),
                    *((few, "ask all 1,000 test digits, not the first ones") for few in asked),
                    (every, "all 4,000 were used; `X[:num_known]` are the first ones"),
                ],
                why="find the nearest of `X[:num_known]` and look its digit up in `y`",
            )


@cache
def _num_right(start: int, stop: int | None, num_asked: int | None = None) -> tuple[int, int]:
    """Return how many test digits the known pictures of a slice read correctly, and of how many.

    Asked are all test digits, or the first `num_asked`.
    """
    X, y = data.mnist("train")
    X_test, y_test = data.mnist("test")
    known = X[start:stop].flatten(1).double()
    nearest = torch.cdist(X_test.flatten(1).double(), known).argmin(dim=1)
    right = (y[start:stop][nearest] == y_test)[:num_asked]
    return int(right.sum()), len(right)
