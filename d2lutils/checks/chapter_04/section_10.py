"""Checks of 04/10, minibatches."""

from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given


@exercise("04.10a")
def average(answer: Any) -> None:
    """The mean over all samples, from the means of batches."""
    nan = float("nan")
    for losses, counts in [
        ([0.5, 0.25, 4.0], [64, 64, 1]),
        ([1.5, -2.0], [3, 5]),
        ([0.75], [7]),
        ([0.3, 0.9], [10, 10]),
        ([2.0, nan, 0.5], [4, 0, 12]),
        ([nan, 0.5, 1.25], [0, 1, 3]),
    ]:
        means, sizes = torch.tensor(losses), torch.tensor(counts)
        full = sizes > 0
        weighted = (means[full] * sizes[full]).sum()
        want = weighted / sizes.sum()
        with given(means=means, sizes=sizes):
            got = expect_tensor(call(answer, means, sizes))
            if got.isnan().all() and got.shape == want.shape:
                raise Wrong("nan times 0 is nan; leave the empty batch out before you multiply")
            expect_equal(
                got,
                want,
                usual=[
                    (
                        means[full].mean(),
                        "this is the mean of the means; weigh each by its size",
                    ),
                    (weighted, "this is the sum over all samples; divide by their number"),
                    (weighted / len(means), "divide by the number of samples, not of batches"),
                    (weighted / full.sum(), "divide by the number of samples, not of batches"),
                    (weighted / sizes.max(), "divide by the number of all samples"),
                ],
                why="each mean counts as often as its batch has samples",
            )


@exercise("04.10b")
def noise_of(answer: Any) -> None:
    """The noise of a batch drawn with replacement, from the gradient of each sample."""
    g = torch.Generator().manual_seed(0)
    for samples, width, n, shift in [
        (7, 4, 3, 2.0),
        (5, 3, 1, -1.0),
        (2, 1, 9, 0.5),
        (40, 7, 16, 3.0),
        (6, 2, 25, 0.0),
        (1, 4, 3, 1.0),
        (4, 4, 4, 1.5),
    ]:
        gradients = torch.randn(samples, width, generator=g) * 2 + shift
        offsets = gradients - gradients.mean(dim=0)
        squares = offsets.square().sum(dim=1)
        want = (squares.mean() / n).sqrt()
        left = max(samples - n, 0) / max(samples - 1, 1)
        with given(gradients=gradients, n=n):
            expect_equal(
                expect_tensor(call(answer, gradients, n)),
                want,
                usual=[
                    (
                        want * left**0.5,
                        "this is the noise without replacement; here a row may come again",
                    ),
                    (squares.mean() / n, "this is the mean squared length; take the root"),
                    (squares.mean().sqrt() / n, "the noise falls with the root of n, not with n"),
                    (squares.mean().sqrt(), "this is the noise of a single sample; where is n?"),
                    (
                        (squares.sum() / max(samples - 1, 1) / n).sqrt(),
                        "average over the N rows; here it is divided by N − 1",
                    ),
                    (
                        (gradients.square().sum(dim=1).mean() / n).sqrt(),
                        "subtract the full gradient, the mean of the rows, first",
                    ),
                    (
                        (offsets.square().mean() / n).sqrt(),
                        "add up the squares along a row; here they are averaged",
                    ),
                    (
                        squares.sqrt().mean() / n**0.5,
                        "average the squared lengths, then take the root",
                    ),
                    ((squares.sum() / n).sqrt(), "this is a sum over the rows; average them"),
                ],
                why="take the rows' mean squared distance from their mean, over n, then the root",
            )


@exercise("04.10c")
def in_pieces(answer: Any) -> None:
    """The gradient of a large batch, from pieces of at most n rows."""
    g = torch.Generator().manual_seed(0)
    for samples, width, n in [(10, 3, 4), (8, 2, 4), (3, 2, 5), (7, 4, 1), (5, 1, 5), (9, 2, 2)]:
        X = torch.randn(samples, width, generator=g)
        y = torch.randn(samples, generator=g) * 3
        want = _slope(X, y)
        starts = range(0, samples, n)
        pieces = [_slope(X[at : at + n], y[at : at + n]) for at in starts]
        sizes = [len(X[at : at + n]) for at in starts]
        stacked = torch.stack(pieces)
        summed = sum(piece * size for piece, size in zip(pieces, sizes, strict=True))
        asked: list[int] = []

        def gradient(few: Any, wanted: Any, n: int = n, asked: list[int] = asked) -> Tensor:
            rows = len(expect_tensor(few))
            if rows > n:
                raise Wrong(f"`gradient` got {rows} rows at once; it takes {n} at most")
            if rows == 0:
                raise Wrong("`gradient` got a piece without rows")
            if len(expect_tensor(wanted)) != rows:
                raise Wrong("`gradient` got another number of rows in X than in y")
            asked.append(rows)
            return _slope(few, wanted)

        with given("gradient = that of the mean of (X @ 1 − y)²", X=X, y=y, n=n):
            got = expect_tensor(call(answer, gradient, X, y, n))
            if not asked:
                raise Wrong("`gradient` was not called")
            if sum(asked) < samples:
                raise Wrong(f"`gradient` saw {sum(asked)} of {samples} rows; each row counts")
            expect_equal(
                got,
                want,
                usual=[
                    (
                        stacked.mean(dim=0),
                        "this is the mean of the pieces' gradients; weigh each by its rows",
                    ),
                    (stacked.sum(dim=0), "these are means: their sum is no mean; weigh each"),
                    (summed, "this is the sum over all rows; divide by their number"),
                    (summed / n, "divide by the number of all rows, not by n"),
                    (summed / len(pieces), "divide by the number of rows, not of pieces"),
                    (pieces[-1], "this is the last piece's gradient; add up all pieces"),
                    (pieces[0], "this is the first piece's gradient; add up all pieces"),
                ],
                why="a piece's gradient times its rows is a sum; add the sums, divide at the end",
            )


def _slope(X: Tensor, y: Tensor) -> Tensor:
    """Return the gradient of the mean of (X @ w − y)² where each weight is 1."""
    if not len(X):
        return torch.zeros(X.shape[1])
    error = X.sum(dim=1) - y
    return 2 * (error[:, None] * X).mean(dim=0)
