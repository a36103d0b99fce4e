"""Checks of 02/04, indexing and broadcasting."""

from typing import Any

import torch
from torch.nn.functional import one_hot

from d2lutils.checks import Wrong, call, exercise, expect_copies, expect_equal, expect_tensor, given
from d2lutils.checks.watching import Operations, loops


@exercise("02.4a")
def fill_gaps(answer: Any) -> None:
    """A table whose broken elements are replaced by the mean of the good ones."""
    for rows, marks in [
        ([[1.0, 2.0, -99.0], [-80.0, 6.0, 11.0]], [[0, 0, 1], [1, 0, 0]]),
        ([[1.0, 2.0], [3.0, 6.0]], [[0, 0], [0, 0]]),
        ([[4.0], [9.0], [8.0]], [[0], [1], [0]]),
        ([[-1.5, -0.1, -99.0], [-0.7, 2.0, -99.0]], [[0, 0, 1], [0, 0, 1]]),
        ([[2.0, 0.1], [1e8, -1e8], [1.0, 7.0], [-99.0, 4.1]], [[0, 0], [0, 0], [0, 0], [1, 0]]),
        ([[3.0, 3.0, 0.0], [9.0, -1.5, 3.0]], [[1, 0, 0], [1, 0, 0]]),
        ([[torch.nan, 2.0], [4.0, 9.0]], [[1, 0], [1, 0]]),
    ]:
        x = torch.tensor(rows, dtype=torch.float64 if len(rows) > 3 else torch.float32)
        broken = torch.tensor(marks, dtype=torch.bool)
        if len(rows) > 3:
            x = x.t().contiguous().t()
        good = x[~broken]
        with given(x=x, broken=broken):
            got = expect_tensor(call(answer, x, broken))
            if got.ndim == 1:
                raise Wrong(
                    "the result is 1-D; an index with a mask reads a list of elements, "
                    "the answer keeps the shape of `x`"
                )
            if x.isnan().any() and got.isnan().any():
                raise Wrong("a broken element may be nan, and nan * 0 is nan; leave it out")
            expect_equal(
                got,
                torch.where(broken, good.mean(), x),
                usual=[
                    (
                        x,
                        "nothing was replaced where `broken` is `True`; was a copy changed "
                        "that nobody reads?",
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
                ],
                why="broken elements get the mean of `x[~broken]`, the others stay",
            )
            expect_copies(got, x, "the result shares the storage of `x`; return a new tensor")


@exercise("02.4b")
def one_per_row(answer: Any) -> None:
    """From each row of a table the element in the column that is named for it."""
    cases = [
        ([2, 0, 3], 4, torch.float32),
        ([1, 0], 2, torch.float64),
        ([0, 2, 2, 1], 3, torch.float32),
        ([2], 3, torch.float32),
        ([1, 1, 0], 2, torch.int64),
    ]
    for places, width, dtype in cases:
        count = len(places)
        x = torch.arange(count * width).double().remainder(5) * 2.7 - 2.5 - 0.1 * width
        x = x.round(decimals=1).reshape(count, width).to(dtype)
        columns = torch.tensor(places)
        if count == 4:  # a transpose in memory, with a gap that nobody asks for
            x[0, 1] = torch.nan
            x = x.t().contiguous().t()
        want = x.gather(1, columns[:, None])[:, 0]
        with given(f"x.stride() = {x.stride()}", x=x, columns=columns):
            got = expect_tensor(call(answer, x, columns))
            _judge_shape(got, x, columns)
            if got.dtype == torch.int64 != dtype:
                raise Wrong("the elements are floats, and these are whole numbers")
            expect_equal(
                got,
                want,
                usual=[
                    (x.flatten()[columns], "these are elements of the flattened table"),
                    (x[:, 0], "this is the first column; use `columns`"),
                    (x.amax(1), "this is the largest of each row; use `columns`"),
                    ((one_hot(columns, width) * x).sum(1), "nan * 0 is nan; pick the elements"),
                ],
                why="element i comes from row i and column `columns[i]`",
            )


def _judge_shape(got: torch.Tensor, x: torch.Tensor, columns: torch.Tensor) -> None:
    """Name the mistakes that show in the shape; others are left to the comparison."""
    count = len(x)
    shape = tuple(got.shape)
    if shape == ():
        raise Wrong(
            "the result has no dimension; `squeeze()` also removes the one of the rows "
            "when there is one row, `squeeze(1)` does not"
        )
    if shape == (count, 1):
        raise Wrong(f"the result has shape ({count}, 1); remove the last dimension")
    if torch.equal(got, x[:, columns]):
        raise Wrong(
            "`x[:, columns]` takes all these columns from every row; "
            "pair each column with the number of its row instead"
        )
    if int(columns.max()) < count and torch.equal(got, x[columns]):
        raise Wrong("`x[columns]` picks whole rows; the row numbers are missing")


@exercise("02.4c")
def squared_distances(answer: Any) -> None:
    """The squared distances of all points of one set to all points of another."""
    points = torch.tensor([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0], [1.0, 2.0], [-1.0, 5.0]])
    spatial = torch.tensor([[0.0, 1.0, 2.0], [2.0, 3.0, 5.0], [4.0, 0.0, 1.0], [7.0, 1.0, 1.0]])
    for a, b in [
        (points[:3], points[3:]),
        (points[:2], points[3:]),
        (spatial[:3], spatial[1:]),
        (points[:1], points[1:]),
        (points[:, 1:] / 3, points[1:3, 1:] / -3),
        (points[:2] / 7 + 1000, points[:3] / 8 + 1000),
    ]:
        gaps = a[:, None] - b
        want = (gaps**2).sum(-1)
        with given(a=a, b=b):
            got = expect_tensor(call(answer, a, b))
            if got.ndim == 3:
                raise Wrong(
                    f"the result has shape {tuple(got.shape)}; "
                    "add up along the last dimension with `sum(-1)`"
                )
            if len(a) != len(b) and got.shape == want.T.shape:
                raise Wrong("rows and columns are swapped: the points of `a` belong to the rows")
            expect_equal(
                got,
                want,
                usual=[
                    (want.sqrt(), "these are distances; leave the square root out"),
                    (gaps.sum(-1) ** 2, "square each difference first, then add up"),
                    (gaps.sum(-1), "the differences are not squared"),
                    (gaps.abs().sum(-1), "these are sums of absolute values; square instead"),
                    (want.T, "rows and columns are swapped: the points of `a` belong to the rows"),
                    ((gaps**2).sum(1), "the sum runs over the points of `b`; use `sum(-1)`"),
                    ((gaps**2).sum(0), "the sum runs over the points of `a`; use `sum(-1)`"),
                    ((gaps**2).mean(-1), "this is the mean over the coordinates; use `sum(-1)`"),
                    (
                        ((a - b) ** 2).sum(-1) if len(a) == len(b) else None,
                        "these are n pairs; each point of `a` meets each point of `b`",
                    ),
                ],
                why="far from 0 the squares are large, and a small difference of them loses its "
                "digits: subtract the points first"
                if a[0, 0] == 1000
                else "element [i, j] is the sum of `(a[i] - b[j]) ** 2`",
            )
    few, many = (_operations(answer, count) for count in (2, 20))
    if few != many or loops(answer):
        raise Wrong("the numbers are right, but this loops; broadcasting does it in one step")


def _operations(answer: Any, count: int) -> int:
    """Return how many functions of PyTorch are called for so many points."""
    points = torch.arange(3.0 * count).reshape(count, 3) / 7
    seen = Operations()
    call(answer, points, points + 1, inside=seen)
    return len(seen.names)
