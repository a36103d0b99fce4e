"""Checks of 02/04, indexing."""

from typing import Any

import torch
from torch.nn.functional import one_hot

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_copies,
    expect_equal,
    expect_parts,
    expect_tensor,
    given,
)
from d2lutils.checks.chapter_02.counting import operations
from d2lutils.checks.chapter_02.picking import judge_rows, judge_shape, usual_fills
from d2lutils.checks.watching import loops


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
                usual=usual_fills(x, broken, good),
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
            judge_shape(got, x, columns)
            if got.dtype == torch.int64 != dtype:
                raise Wrong("the elements are floats, and these are whole numbers")
            expect_equal(
                got,
                want,
                usual=[
                    (x.flatten()[columns], "these are all of row 0, the flattened table's start"),
                    (x[:, 0], "this is the first column; use `columns`"),
                    (x.amax(1), "this is the largest of each row; use `columns`"),
                    ((one_hot(columns, width) * x).sum(1), "nan * 0 is nan; pick the elements"),
                ],
                why="element i comes from row i and column `columns[i]`",
            )


@exercise("02.4c")
def of_two_classes(answer: Any) -> None:
    """The examples of two classes, and their classes."""
    table = torch.tensor([[0.5, -1.0], [2.0, 0.0], [-3.5, 4.0], [0.1, 7.0], [6.0, -2.5]])
    pictures = torch.arange(24.0).reshape(4, 2, 3) / 8 - 1
    for X, classes, p, q in [
        (table, [2, 0, 1, 2, 3], 0, 2),
        (table, [3, 1, 3, 2, 1], 3, 1),
        (table.t().contiguous().t(), [2, 0, 1, 0, 1], 1, 0),
        (pictures, [5, 3, 4, 3], 3, 4),
        (pictures[:, 1, 2], [1, 0, 2, 1], 2, 1),
        (table[:2], [1, 1], 0, 2),
        (table[:1], [4], 4, 7),
        ((table * 2).long(), [1, 0, 1, 2, -1], -1, 1),
        (table[:, :0], [1, 0, 1, 2, 0], 1, 2),
    ]:
        y = torch.tensor(classes)
        with given(X=X, y=y, p=p, q=q):
            rows, kept = expect_parts(call(answer, X, y, p, q), "the rows", "their classes")
            judge_rows(expect_tensor(rows), X, y, p, q)
            wanted = (y == p) | (y == q)
            expect_equal(
                expect_tensor(kept),
                y[wanted],
                usual=[
                    (y, "the second tensor is the whole `y`; pick from it with the same mask"),
                    (wanted, "the second tensor is the mask; return the classes of the rows"),
                    (
                        wanted.nonzero()[:, 0],
                        "these are the numbers of the rows; return their classes",
                    ),
                ],
                why="the second tensor holds the classes of the rows that the first one holds",
            )


@exercise("02.4d")
def count_pairs(answer: Any) -> None:
    """A table of how often each true class met each guess."""
    for right, guessed, k in [
        ([0, 2, 1, 1, 1, 2], [0, 1, 1, 1, 2, 1], 3),
        ([1, 1, 1], [0, 0, 0], 3),
        ([0, 1], [1, 1], 2),
        ([0, 0], [0, 0], 1),
        ([3, 0, 3, 2, 3], [1, 0, 1, 2, 0], 5),
        ([], [], 2),
    ]:
        true = torch.tensor(right, dtype=torch.int64)
        predicted = torch.tensor(guessed, dtype=torch.int64)
        want = torch.zeros(k, k, dtype=torch.int64)
        once = want.clone()
        for i, j in zip(right, guessed, strict=True):
            want[i, j] += 1
            once[i, j] = 1
        with given(true=true, predicted=predicted, k=k):
            got = expect_tensor(call(answer, true, predicted, k))
            if got.dtype != want.dtype and got.shape == want.shape:
                raise Wrong(f"the counts are {got.dtype}; make the table of dtype torch.int64")
            expect_equal(
                got,
                want,
                usual=[
                    (want.flatten(), "these are the counts in a row; `view(k, k)` makes the table"),
                    (once, "each pair is counted once, however often it occurs; `+=` reads first"),
                    (want.T, "rows and columns are swapped: the true class names the row"),
                    (
                        torch.diag(want.sum(1)),
                        "these are the true classes alone; a wrong guess stands off the diagonal",
                    ),
                ],
                why="element [i, j] is how often `true` is i where `predicted` is j",
            )
    examples = (torch.arange(count) % 3 for count in (2, 20))
    few, many = (operations(answer, classes, classes, 3) for classes in examples)
    if few != many or loops(answer):
        raise Wrong("the numbers are right, but this loops; `scatter_add_` counts in one step")
