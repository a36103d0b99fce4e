"""Checks of 02/01, from lists to tensors."""

from collections.abc import Sequence
from typing import Any

import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given

Numbers = Sequence[float]

WHOLE = "the digits behind the point are lost: make the tensor `float32` before you write into it"


@exercise("02.1b")
def make_points(answer: Any) -> None:
    """A row for each point, from a list of x and a list of y."""
    cases: list[tuple[Numbers, Numbers]] = [
        ([4.5, 5.0, 2.0], [1.0, 3.0, 1.5]),
        ([4, 5, 2], [1, 3, 0]),
        ([1, 2], [3, 4]),
        ([0.5], [7.0]),
        ([-0.1, 2.5, -0.1], [0.3, -4.0, 0.3]),
        ([1, 2.5], [-3, 4]),
        ([2, 0, 2, 0], [1, 0, 3.5, 5]),
    ]
    for xs, ys in cases:
        with given(xs=xs, ys=ys):
            got = expect_tensor(call(answer, xs, ys))
            want = torch.tensor(list(zip(xs, ys, strict=True)), dtype=torch.float32)
            by_coordinate = torch.tensor([xs, ys], dtype=torch.float32)
            if want.shape == got.shape and got.dtype != want.dtype:
                hint = "; name the dtype, for whole numbers alone would give int64"
                raise Wrong(f"expected dtype {want.dtype}, got {got.dtype}{hint}")
            viewed = "`view` and `reshape` do not exchange rows and columns; pair x and y first"
            expect_equal(
                got,
                want,
                usual=[
                    (by_coordinate, "this has a row for each coordinate; give each point a row"),
                    (by_coordinate.view(-1, 2), viewed),
                    (want.flip(1), "the coordinates are exchanged: x comes first"),
                    (want.view(-1), "one dimension is missing: a point is a row of its own"),
                    (torch.stack([want[:, 0], want[:, 1].trunc()], dim=1), WHOLE),
                    (torch.stack([want[:, 0].trunc(), want[:, 1]], dim=1), WHOLE),
                ],
                why="row i is [xs[i], ys[i]]",
            )


@exercise("02.1c")
def pad(answer: Any) -> None:
    """Ragged lists in one tensor, filled up behind the numbers."""
    cases: list[tuple[list[Numbers], float]] = [
        ([[1.5, 0.0], [3.0, 4.0, 5.0], [6.5]], -1.0),
        ([[1, 2], [3]], 0),
        ([[], [7.5, 8.0]], 9.5),
        ([[1, 2, 3], [4, 5, 6]], 0),
        ([[5]], 2),
        ([[7], [1, 2, 3, -2, 5, 6]], -2),
        ([[-0.1], [0.7, -2.5, 0.3], []], 0.1),
        ([[2.5, -1.5], [0.5]], 3),  # the dtype of fill holds whole numbers only
        ([[4, -3], [6]], 2.5),  # the dtype of the rows does
    ]
    for rows, fill in cases:
        with given(rows=rows, fill=fill):
            got = expect_tensor(call(answer, rows, fill))
            want = _padded(rows, fill, max(map(len, rows)))
            if want.shape == got.shape and got.dtype != want.dtype:
                raise Wrong(f"expected dtype {want.dtype}, got {got.dtype}; name the dtype")
            expect_equal(
                got,
                want,
                usual=_usual_mistakes(rows, fill),
                why="row i holds the numbers of rows[i], then fill",
            )


def _padded(rows: Sequence[Numbers], fill: float, width: int) -> torch.Tensor:
    filled = [[*row, *[fill] * (width - len(row))][:width] for row in rows]
    return torch.tensor(filled, dtype=torch.float32)


def _usual_mistakes(rows: Sequence[Numbers], fill: float) -> list[tuple[torch.Tensor, str]]:
    longest, shortest = max(map(len, rows)), min(map(len, rows))
    no_zeros = [[number or fill for number in row] for row in rows]
    in_front = _padded([row[::-1] for row in rows], fill, longest).flip(1)
    return [
        (in_front, "fill stands in front; it comes behind the numbers"),
        (_padded(rows, 0, longest), "filled up with 0; use fill"),
        (_padded(no_zeros, fill, longest), "a 0 in a row is a number too; leave it"),
        (_padded(rows, fill, shortest), "numbers are cut off; the longest list sets the length"),
        (_padded(rows, fill, len(rows[0])), "the longest list sets the length, not the first"),
        (_padded(rows, fill, longest + 1), "every row is filled, but the longest needs no fill"),
        (_padded(rows, fill, longest).t(), "rows and columns are exchanged"),
        (_padded(rows, fill, longest).trunc(), WHOLE),
    ]
