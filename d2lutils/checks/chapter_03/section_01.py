"""Checks of 03/01, tabular data."""

from typing import Any

import torch

from d2lutils.checks import call, exercise, expect_equal, given


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
def thermometer(answer: Any) -> None:
    """The thermometer code: one column for each step between levels."""
    cases: list[tuple[list[int], int]] = [
        ([2, 0, 1], 3),
        ([0, 1, 1, 4, 3], 5),
        ([1], 2),
        ([1, 0], 4),  # the highest levels do not occur
        ([0, 0], 1),
        ([], 3),
        ([299, 0, 150], 300),  # no eight bits hold these
    ]
    for levels, num_levels in cases:
        ranks = torch.tensor(levels, dtype=torch.int64)
        want = (ranks[:, None] >= torch.arange(1, num_levels)).float()
        from_0 = (ranks[:, None] >= torch.arange(num_levels)).float()
        one_hot = (ranks[:, None] == torch.arange(num_levels)).float()
        with given(ranks=ranks, num_levels=num_levels):
            expect_equal(
                call(answer, ranks, num_levels),
                want,
                usual=[
                    (from_0, "one column too many: each rank is at least 0, so do not ask that"),
                    (one_hot, "this is one-hot, which forgets the order"),
                    (one_hot[:, 1:], "a large one is at least medium, too: fill up from the left"),
                    ((ranks[:, None] > torch.arange(1, num_levels)).float(),
                     "a rank reaches its own level, too: ask >=, not >"),
                    (want.flip(1), "the ones fill up from the left"),
                    (1 - want, "a 1 where the level is reached"),
                    (want.T, "a row a rank, a column a step"),
                    (want.long(), "make it float32"),
                    (want.bool(), "make it float32"),
                ],
                why="column j asks whether the rank is at least j + 1",
            )  # fmt: skip
