"""Checks of 03/02, scales."""

from typing import Any

import torch

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_parts,
    expect_tensor,
    given,
)


@exercise("03.2a")
def standardise(answer: Any) -> None:
    """Columns of mean 0 and deviation 1 over what is known, gaps as 0."""
    nan = float("nan")
    tables = [
        [[1.0, 10.0], [3.0, nan], [5.0, 30.0], [nan, 20.0], [7.0, nan]],
        [[1e9 + 2, 7.0], [1e9 + 4, 7.0], [1e9 + 9, 7.0]],
        [[-0.1, nan, nan], [0.7, nan, 3.0], [-2.5, nan, nan]],
        [[3.5], [nan], [-1.5]],
        [[36.7]] * 10,  # their mean is rounded
        [[36.7, nan if row == 4 else 0.1 * row] for row in range(10)],
        [[nan], *[[36.7]] * 10],
        [[2e-6, nan], [5e-6, nan], [3e-6, nan], [-2e-6, nan]],
        [[0.1], [0.1], [0.1]],  # their mean is rounded in float64 as well
    ]
    for rows in tables:
        X = torch.tensor(rows, dtype=torch.float64 if len(rows) == 3 else torch.float32)
        gap = X.isnan()
        known = (~gap).sum(dim=0)
        constant = X.masked_fill(gap, torch.inf).amin(0) >= X.masked_fill(gap, -torch.inf).amax(0)
        centred = (X - X.nanmean(dim=0)).masked_fill(gap | constant, 0.0)
        squares = (centred**2).sum(dim=0)
        want = _divide(centred, (squares / (known - 1)).sqrt())
        filled = torch.where(gap, X.nanmean(dim=0), X)
        with given(X=X):
            got = expect_tensor(call(answer, X))
            if got.shape == X.shape and got[:, constant].nan_to_num(0.0).any():
                raise Wrong(
                    "a column of equal numbers should be zeros; its mean is rounded, so look "
                    "whether the least known value is the greatest"
                )
            expect_equal(
                got,
                want,
                usual=[
                    (centred / (squares / (known - 1)).sqrt(), "0 / 0 is `nan`; give zeros there"),
                    (_divide(centred, squares / (known - 1)), "the deviation is the square root"),
                    (_divide(centred, (squares / known).sqrt()), "divide by n - 1, as `std` does"),
                    (_divide(centred, filled.std(dim=0)), "gaps must not count in the deviation"),
                    (torch.where(gap, nan, want), "gaps should come out as 0"),
                    ((X - X.mean(dim=0)) / X.std(dim=0), "a `nan` spreads; use what is known"),
                    (centred, "divide by the deviation as well"),
                    (
                        torch.where((squares / (known - 1)).sqrt() > 0.01, want, 0.0),
                        "numbers may be close and not equal: compare them as they are",
                    ),
                    (
                        None if gap.any() else torch.zeros_like(X),
                        "numbers may be close and not equal: compare them as they are, and "
                        "in their own dtype",
                    ),
                    (
                        torch.zeros_like(X) if gap.any() else None,
                        "zeros everywhere: `std` gives `nan` where a gap is",
                    ),
                    (
                        torch.where((known < 2) & ~gap, torch.nan, want),
                        "fewer than two known values have no deviation; give zeros there",
                    ),
                ],
                why="mean and deviation of each column, over its known values",
            )


def _divide(values: torch.Tensor, by: torch.Tensor) -> torch.Tensor:
    return torch.where(by > 0, values / by, torch.zeros(()))


@exercise("03.2b")
def standardise_both(answer: Any) -> None:
    """Training and test rows, both by mean and deviation of the training rows."""
    tables: list[tuple[list[list[float]], list[list[float]]]] = [
        ([[1, 10], [3, 40], [8, 20]], [[5, -30], [2, 7]]),
        ([[-0.1, 7], [0.7, 7], [-2.5, 7], [4, 7]], [[0.5, 9], [-1, 7]]),
        ([[2e-7], [7e-7], [3e-7]], [[5e-7]]),
        ([[65536], [65536.03125], [65535.96875]], [[65537]]),  # close, and not equal
        ([[13.6], [13.6], [13.6]], [[13.6], [20], [-4]]),  # their mean is rounded
        ([[2, 5], [4, 5.5]], []),
        ([[1, 2], [1, 4], [3, 2]], [[6, 6], [6, 6]]),
        ([[3, 1], [5, 8], [3, 3]], [[9, 1]]),
        ([[8, 1], [3, 5], [5, 2]], [[4, 4]]),  # the first row is the greatest, or the least
    ]
    for rows, new in tables:
        train = torch.tensor(rows, dtype=torch.float32)
        test = torch.tensor(new, dtype=torch.float32).view(-1, train.shape[1])
        every = torch.cat([train, test])
        constant = (train == train[0]).all(dim=0)
        with given(train=train, test=test):
            parts = expect_parts(call(answer, train, test), "the training rows", "the test rows")
            for rows_in, got in zip((train, test), parts, strict=True):
                want = _scaled(rows_in, train)
                assert want is not None
                if torch.is_tensor(got) and got.shape == rows_in.shape and constant.any():
                    _expect_zeros(got[:, constant])
                expect_equal(
                    got,
                    want,
                    usual=[
                        (_scaled(rows_in, every), "test rows have a part in mean or deviation"),
                        (_scaled(rows_in, rows_in), "the test rows have their own mean and "
                         "deviation; use those of the training rows"),
                        (_scaled(rows_in, test), "use mean and deviation of `train`, not of "
                         "`test`"),
                        (_scaled(rows_in, train, 0), "divide by n - 1, as `std` does"),
                        (rows_in - train.mean(dim=0), "divide by the deviation as well"),
                        (want / train.std(dim=0), "divide by the deviation, "
                         "not by its square"),
                        (rows_in, "these are the numbers as they were"),
                        (torch.zeros_like(want), "the training rows are not all equal, however "
                         "close; compare them as they are"),
                    ],
                    why="subtract the training mean, and divide by the training deviation",
                )  # fmt: skip


def _scaled(rows: torch.Tensor, by: torch.Tensor, correction: int = 1) -> torch.Tensor | None:
    if len(by) <= correction:
        return None
    deviation = ((by - by.mean(dim=0)).square().sum(dim=0) / (len(by) - correction)).sqrt()
    constant = (by == by[0]).all(dim=0)
    return ((rows - by.mean(dim=0)) / deviation).masked_fill(constant, 0.0)


def _expect_zeros(columns: torch.Tensor) -> None:
    if columns.isnan().any() or columns.any():
        raise Wrong(
            "a column that is constant in `train` should be zeros; ask whether each row equals "
            "the first, for a rounded mean may make a deviation that is not 0"
        )
