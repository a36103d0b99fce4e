"""Checks of 00, start here."""

from typing import Any

import torch

from d2lutils import data
from d2lutils.checks import call, exercise, expect_equal, given


@exercise("00.0a")
def count_mistakes(answer: Any) -> None:
    """How many predictions differ from the truth, as a Python number."""
    for y_hat, y in [([1, 7, 3, 3, 0], [1, 1, 3, 5, 0]), ([4], [4]), ([2, 2, 9], [3, 3, 3])]:
        predicted, true = torch.tensor(y_hat), torch.tensor(y)
        wrong = sum(a != b for a, b in zip(y_hat, y, strict=True))
        with given(y_hat=predicted, y=true):
            expect_equal(
                call(answer, predicted, true),
                wrong,
                usual=[
                    (len(y) - wrong, "these are the ones that agree"),
                    (wrong / len(y), "this is their share; count them"),
                    (sum(abs(a - b) for a, b in zip(y_hat, y, strict=True)), "count, not subtract"),
                ],
                why="compare the two tensors and count where they differ",
            )


@exercise("00.0c")
def num_correct(answer: Any) -> None:
    """How many test digits the nearest of the first known pictures reads correctly."""
    X, y = data.mnist("train")
    X_test, y_test = data.mnist("test")

    def right(known: torch.Tensor, digits: torch.Tensor) -> int:
        apart = torch.cdist(X_test.flatten(1).double(), known.flatten(1).double())
        return int((digits[apart.argmin(dim=1)] == y_test).sum())

    for num_known in (100, 10):
        want = right(X[:num_known], y[:num_known])
        with given(num_known=num_known):
            expect_equal(
                call(answer, num_known),
                want,
                usual=[
                    (len(y_test) - want, "these are the mistakes; count the right ones"),
                    (want / len(y_test), "this is their share; count them"),
                    (right(X[-num_known:], y[-num_known:]), "these are the last, take the first"),
                    (right(X, y), "all 4,000 were used; `X[:num_known]` are the first ones"),
                ],
                why="find the nearest of `X[:num_known]` and look its digit up in `y`",
            )
