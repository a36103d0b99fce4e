"""Checks of 03/01, tabular data."""

from typing import Any

import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given


@exercise("03.1a")
def one_hot_with_gaps(answer: Any) -> None:
    """One-hot rows, all zeros for a code of -1."""
    cases: list[tuple[list[int], int]] = [
        ([2, -1, 0], 4),
        ([1, 0], 2),
        ([-1], 3),
        ([3, 3, -1, -1, 0, 2, 1], 4),
        ([0], 1),
        ([-1, 0, 1, -1], 2),
        ([-1, 0], 1),
        ([], 2),
        ([299, -1, 128], 300),  # no eight bits hold these
    ]
    for codes, num_classes in cases:
        labels = torch.tensor(codes, dtype=torch.int64)
        want = (labels[:, None] == torch.arange(num_classes)).float()
        last = want.clone()
        last[labels < 0, -1] = 1
        first = want.clone()
        first[labels < 0, 0] = 1
        with given(codes=labels, num_classes=num_classes):
            expect_equal(
                call(answer, labels, num_classes),
                want,
                usual=[
                    (last, "a code of -1 counts from the end; its row should be zeros"),
                    (first, "a gap is not class 0; its row should be zeros"),
                    (want.long(), "make it float32"),
                    (want.bool(), "make it float32"),
                    (want[labels >= 0], "keep the rows of gaps, as zeros"),
                    (want.T, "a row a code, a column a class"),
                ],
                why="a 1 in the column of the code, zeros elsewhere",
            )


@exercise("03.1b")
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


@exercise("03.1c")
def precision_recall(answer: Any) -> None:
    """Precision and recall, 1.0 where there is nothing to divide by."""
    cases = [
        ([1, 1, 0, 0, 1], [1, 0, 1, 1, 1]),
        ([0, 0, 0], [1, 0, 1]),
        ([1, 0], [0, 0]),
        ([0, 1, 0, 0], [1, 1, 1, 1]),
        ([], []),
    ]
    for picked, right in cases:
        said, truth = torch.tensor(picked).bool(), torch.tensor(right).bool()
        hits = int((said & truth).sum())
        sizes = (int(said.sum()), int(truth.sum()))
        precision, recall = (hits / size if size else 1.0 for size in sizes)
        accuracy = float((said == truth).float().mean())
        with given(said=said, truth=truth):
            got = call(answer, said, truth)
            expect_equal(
                tuple(got) if isinstance(got, list) else got,
                (precision, recall),
                usual=[
                    ((recall, precision), "precision comes first"),
                    ((torch.tensor(precision), torch.tensor(recall)), "give Python numbers"),
                    (accuracy, "this is the accuracy; give precision and recall"),
                    ((0.0 if not sizes[0] else precision, 0.0 if not sizes[1] else recall),
                     "where there is nothing to divide by, 1.0 is asked for"),
                ],
                why="divide the hits by what was picked, and by what is true",
            )  # fmt: skip
