"""Checks of 05/15, a first classifier."""

from typing import Any

import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.watching import loops


@exercise("05.15a")
def shares(answer: Any) -> None:
    """The confusion matrix, each row divided by its sum."""
    for y, y_hat, k in [
        ([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 1], 2),
        ([2, 0, 2, 2, 0, 1, 2, 2], [0, 0, 2, 1, 2, 1, 2, 2], 3),
        ([3, 3, 0, 3], [1, 3, 0, 1], 4),
        ([1, 1], [1, 1], 3),
        ([0, 2, 2], [1, 0, 0], 5),
        ([], [], 3),
        ([0, 0], [0, 0], 1),
    ]:
        truth = torch.tensor(y, dtype=torch.int64)
        answers = torch.tensor(y_hat, dtype=torch.int64)
        counts = torch.zeros(k, k)
        for i, j in zip(y, y_hat, strict=True):
            counts[i, j] += 1
        lost = (counts > 0).float()
        rows = counts.sum(dim=1, keepdim=True)
        want = counts / rows.clamp(min=1)
        with given(truth=truth, answers=answers, k=k):
            got = expect_tensor(call(answer, truth, answers, k))
            expect_equal(
                got,
                want,
                usual=[
                    (counts, "these are counts; divide each row by its sum"),
                    (
                        counts.long(),
                        "these are counts; divide each row by its sum"
                        if y
                        else "the shares are float32, also where n is 0",
                    ),
                    (counts / rows, "a class that does not occur has a row of zeros, not of nan"),
                    (want.T, "a row is a true class, a column an answer"),
                    (counts.T / rows.clamp(min=1), "a row is a true class, a column an answer"),
                    (
                        counts.T / counts.T.sum(dim=1, keepdim=True).clamp(min=1),
                        "a row is a true class, a column an answer",
                    ),
                    (
                        counts / counts.sum(dim=0).clamp(min=1),
                        "this divides by the sums of the columns; divide by those of the rows",
                    ),
                    (
                        counts / rows.T.clamp(min=1),
                        "the sums of the rows stand as a row; keepdim=True keeps them a column",
                    ),
                    (
                        counts / rows.T,
                        "the sums of the rows stand as a row; keepdim=True keeps them a column",
                    ),
                    (counts / max(len(y), 1), "this divides by all; divide each row by its sum"),
                    (
                        lost / lost.sum(dim=1, keepdim=True).clamp(min=1),
                        "counts are lost where a pair occurs twice: count with bincount",
                    ),
                    (
                        lost / rows.clamp(min=1),
                        "counts are lost where a pair occurs twice: count with bincount",
                    ),
                    (want.double(), "the shares are float32"),
                ],
                why="each count is divided by the sum of its row",
            )
    if loops(answer):
        raise Wrong("do without a loop: number the cells, and count the numbers")


@exercise("05.15b")
def surest_mistakes(answer: Any) -> None:
    """The places of the wrong answers, by the probability of the answer."""
    # Large scores may be close to each other, and small ones may not.
    for rows, labels, m in [
        ([[1.5, -0.5, 1.0], [9.0, 8.5, 8.0], [1.0, 0.0, 4.5], [0.0, 2.0, -1.0]], [2, 1, 2, 0], 3),
        ([[1.5, -0.5, 1.0], [9.0, 8.5, 8.0], [1.0, 0.0, 4.5], [0.0, 2.0, -1.0]], [2, 1, 1, 0], 2),
        ([[-7.0, -9.0], [1.0, 1.5], [30.0, 29.0], [0.0, 0.25]], [1, 0, 1, 0], 10),
        ([[-7.0, -9.0], [1.0, 1.5], [30.0, 29.0], [0.0, 0.25]], [0, 1, 0, 1], 2),
        ([[0.0, 0.5, 0.25], [2.0, -2.0, 1.5]], [0, 2], 1),
        ([[0.0, 0.5, 0.25], [2.0, -2.0, 1.5]], [1, 2], 3),
        ([[1.0, 2.0], [4.0, 1.0]], [0, 1], 0),
    ]:
        scores, y = torch.tensor(rows), torch.tensor(labels)
        p = scores.softmax(dim=1)
        sure, said = p.max(dim=1)
        wrong = (said != y).nonzero().flatten()
        order = wrong[sure[wrong].argsort(descending=True)]
        high = scores.max(dim=1).values
        true = p[torch.arange(len(y)), y]
        every = sure.argsort(descending=True)
        with given(scores=scores, y=y, m=m):
            got = expect_tensor(call(answer, scores, y, m))
            if got.dtype == torch.bool:
                raise Wrong("this is a mask; return the places at which it is true")
            expect_equal(
                got,
                order[:m],
                usual=[
                    (order, "return the first m of them"),
                    (order.flip(0)[:m], "these are the least sure; the surest come first"),
                    (order[:m].flip(0), "the surest come first"),
                    (wrong[:m], "order them by the probability of the answer"),
                    (every[:m], "these are the surest answers, right ones among them"),
                    (
                        wrong[high[wrong].argsort(descending=True)][:m],
                        "scores of two rows cannot be compared; take softmax first",
                    ),
                    (
                        wrong[true[wrong].argsort()][:m],
                        "this is ordered by the probability of the truth; take the answer's",
                    ),
                    (
                        sure[wrong].argsort(descending=True)[:m],
                        "these are places among the wrong answers; return places among all rows",
                    ),
                    (order[:m, None], "`nonzero` gives a column; flatten it"),
                    (sure[order[:m]], "these are probabilities; return the places"),
                ],
                why="take the rows whose answer is wrong, by the probability of that answer",
            )
