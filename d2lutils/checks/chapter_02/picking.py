"""The usual mistakes in picking elements and rows (02/04)."""

import torch
from torch import Tensor

from d2lutils.checks import Wrong, expect_equal


def usual_fills(x: Tensor, broken: Tensor, good: Tensor) -> list[tuple[object, str]]:
    """Return wrong ways to fill the broken elements, each with its message."""
    return [
        (
            x,
            "nothing was replaced where `broken` is `True`; was a copy changed that nobody reads?",
        ),
        (
            torch.where(broken, x.mean(), x),
            "the mean includes the broken elements; take it over `x[~broken]`",
        ),
        (
            torch.where(broken, x, good.mean()),
            "you replaced the good elements; swap the two, or invert the mask",
        ),
        (
            torch.where(broken, x, x[broken].mean()),
            "the mask is inverted: `~broken` is `True` at the good elements",
        ),
        (
            torch.where(broken, x[broken].mean(), x),
            "this is the mean of the broken elements; take it over `x[~broken]`",
        ),
        (
            torch.where(broken, good.median(), x),
            "this is the median of the good elements; take their mean",
        ),
        (torch.where(broken, 0.0, x), "broken elements get the mean, not 0"),
        (
            torch.where(broken, good.new_tensor([*set(good.tolist())]).mean(), x),
            "a number that occurs twice counts twice in the mean",
        ),
        (
            torch.where(broken, good.sum() / good.count_nonzero(), x),
            "a good element may be 0; it counts in the mean",
        ),
        (
            torch.where(torch.isin(x, x[broken]), good.mean(), x),
            "a good element may equal a broken one; ask the mask, not the numbers",
        ),
    ]


def judge_shape(got: Tensor, x: Tensor, columns: Tensor) -> None:
    """Name the mistakes that show in the shape; others are left to the comparison."""
    count = len(x)
    shape = tuple(got.shape)
    if shape == () and count == 1:
        raise Wrong(
            "the result has no dimension; `squeeze()` also removes the one of the rows "
            "when there is one row, `squeeze(1)` does not"
        )
    if shape == ():
        raise Wrong("the result is a single number; return an element for each row")
    if shape == (count, 1):
        raise Wrong(f"the result has shape ({count}, 1); remove the last dimension")
    if torch.equal(got, x[:, columns]):
        raise Wrong(
            "`x[:, columns]` takes all these columns from every row; "
            "pair each column with the number of its row instead"
        )
    if int(columns.max()) < count and torch.equal(got, x[columns]):
        raise Wrong("`x[columns]` picks whole rows; the row numbers are missing")


def judge_rows(rows: Tensor, X: Tensor, y: Tensor, p: int, q: int) -> None:
    """Name the usual mistakes in the rows that were picked."""
    want = X[(y == p) | (y == q)]
    expect_equal(
        rows,
        want,
        usual=[
            (X[(y != p) & (y != q)], "these are the rows of the other classes"),
            (X[y == p], "the rows of class `q` are missing; `p or q` is `p` where p is not 0"),
            (X[y == q], "the rows of class `p` are missing; `p or q` is `q` where p is 0"),
            (torch.cat([X[y == p], X[y == q]]), "the rows keep the order that they have in `X`"),
            (torch.cat([X[y == q], X[y == p]]), "the rows keep the order that they have in `X`"),
            (X[:0], "no row is of both classes at once; `|` is *or*, and `&` is *and*"),
            (X[(y >= min(p, q)) & (y <= max(p, q))], "a class between `p` and `q` is neither"),
            (X, "all rows are here; keep those whose class is `p` or `q`"),
        ],
        why="the first tensor holds the rows `X[i]` for which `y[i]` is `p` or `q`",
    )
