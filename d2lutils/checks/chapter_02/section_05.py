"""Checks of 02/05, broadcasting."""

from typing import Any

import torch

from d2lutils.checks import Wrong, call, exercise, expect_copies, expect_equal, expect_tensor, given
from d2lutils.checks.chapter_02.counting import operations
from d2lutils.checks.watching import loops


@exercise("02.5b")
def stretch_rows(answer: Any) -> None:
    """Each row of a table, moved and scaled so that it goes from 0 to 1."""
    square = torch.tensor([[2.0, 6.0, 4.0], [-1.0, -5.0, -3.0], [10.0, 0.5, 2.5]])
    for x in [
        square,
        square[:2],
        square[:1],
        square.double().t().contiguous().t()[1:, :2],
        torch.tensor([[1e8, 3e8], [-5e-9, 0.0]]),
        square[:0],
    ]:
        least, most = x.amin(1, keepdim=True), x.amax(1, keepdim=True)
        want = (x - least) / (most - least)
        with given(f"x.stride() = {x.stride()}", x=x):
            got = expect_tensor(call(answer, x))
            expect_equal(
                got,
                want,
                usual=[
                    *_in_columns(x),
                    (x - least, "each row begins at 0; now divide it by its range"),
                    (
                        (x - least) / (most - least + 1e-8),
                        "the range is never 0 here: add nothing to it, it may be as small as that",
                    ),
                    (x / (most - least), "subtract the smallest number of a row before dividing"),
                    (x / most, "subtract the smallest number of a row before dividing"),
                    ((x - least) / most, "divide by the range of a row, not by its largest number"),
                    (1 - want, "the smallest number of a row becomes 0, and the largest 1"),
                    (
                        (x - x.mean(1, keepdim=True)) / (most - least),
                        "subtract the smallest number of a row, not its mean",
                    ),
                ],
                why="element [i, j] is `(x[i, j] - least) / (most - least)`, with the smallest and "
                "the largest number of row i",
            )
            if x.numel():
                expect_copies(got, x, "the result shares the storage of `x`; return a new tensor")


def _in_columns(x: torch.Tensor) -> list[tuple[torch.Tensor, str]]:
    """What comes out where the numbers of rows meet columns, and where columns are stretched."""
    if not x.numel():
        return []
    least, most = x.amin(), x.amax()
    found = [((x - least) / (most - least), "smallest and largest are those of the whole table")]
    least, most = x.amin(0), x.amax(0)
    found.append(((x - least) / (most - least), "each column goes from 0 to 1; `dim=1` is a row's"))
    if x.shape[0] == x.shape[1]:
        least, most = x.amin(1), x.amax(1)
        named = (
            "the smallest number of row j was taken from column j: shape (n,) stands as a row; "
            "`keepdim=True` makes a column"
        )
        for low, high in [(least, most), (least[:, None], most), (least, most[:, None])]:
            found.append(((x - low) / (high - low), named))
        found.append(((x - least[:, None]) / (most - least), named))
        found.append(((x - least) / (most - least)[:, None], named))
    return found


@exercise("02.5c")
def real_places(answer: Any) -> None:
    """A mask that tells, for each row of a padded table, which of its places are real."""
    for counts, m in [
        ([2, 0, 3], 4),
        ([1, 3, 2], 3),
        ([4, 4], 4),
        ([0, 0, 1], 2),
        ([1], 1),
        ([0], 3),
        ([], 2),
        ([2, 5, 1, 0], 6),
        ([0, 0], 0),
    ]:
        lengths = torch.tensor(counts, dtype=torch.int64)
        places = torch.arange(m)
        want = places < lengths[:, None]
        with given(lengths=lengths, m=m):
            got = expect_tensor(call(answer, lengths, m))
            if got.dtype != torch.bool and torch.equal(got, want.to(got.dtype)):
                raise Wrong(f"a mask has dtype torch.bool, and this one has {got.dtype}")
            expect_equal(
                got,
                want,
                usual=[
                    (
                        places < lengths if m == len(counts) != 1 else None,
                        "the lengths stand as a row, so row i is compared with all of them; "
                        "`lengths[:, None]` is a column",
                    ),
                    (
                        places <= lengths[:, None],
                        "a row of length 2 has the places 0 and 1; use `<`",
                    ),
                    (~want, "the mask is inverted: it is `True` at the real places"),
                    (want.T, "rows and columns are swapped: each length belongs to a row"),
                    (want.flip(1), "the real places come first, and the padding after them"),
                    (
                        torch.arange(max(counts, default=0)) < lengths[:, None],
                        "the mask has `m` columns, even where no row is so long",
                    ),
                ],
                why="element [i, j] is `True` where j is less than `lengths[i]`",
            )
    few, many = (operations(answer, torch.arange(count), count) for count in (2, 20))
    if few != many or loops(answer):
        raise Wrong("the mask is right, but this loops; one comparison broadcasts")


@exercise("02.5d")
def nearest(answer: Any) -> None:
    """For each point of one set the number of the nearest point of another."""
    points = torch.tensor([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0], [1.0, 2.0], [-1.0, 5.0]])
    spatial = torch.tensor([[0.0, 1.0, 2.0], [2.0, 3.0, 5.0], [4.0, 0.0, 1.0], [7.0, 1.0, 1.0]])
    # Of these, each usual mistake finds another one nearest to (0, 0): the farthest, the least sum
    # of differences, of their sum squared, of absolute values; the right one; the least of the
    # larger differences, of the first ones.
    choice = [[-9.0, -9.0], [7.0, 4.0], [6.0, -6.0], [4.2, 0.0], [4.0, 0.5], [3.0, 3.0], [0.1, 8.0]]
    lamps = 4096 + torch.arange(26)[:, None] / 4
    for a, b in [
        (torch.tensor([[0.0, 0.0], [-8.0, -8.5], [0.0, 30.0]]), torch.tensor(choice)),
        (points[2:], points[:2].flip(0)),
        (torch.tensor([[0.0, 0.0]]), torch.tensor([[-6.0, 5.0], [2.0, 1.0], [4.0, -4.0]])),
        (spatial, spatial[1:] + 0.25),
        (spatial[1:, 1:2], spatial[:, :1] / 3 - 0.1),
        (points[:3] / 70 + 1000, points.flip(0) / 80 + 1000),
        (lamps[:5], lamps),
        (points, points[4:]),
        (points[:0], points),
    ]:
        gaps = a[:, None] - b
        squares = (gaps**2).sum(-1)
        want = squares.argmin(1)
        with given(a=a, b=b):
            got = expect_tensor(call(answer, a, b))
            if got.dtype.is_floating_point and got.shape in (want.shape, squares.shape):
                raise Wrong(
                    "these are no numbers of points; `argmin` gives the place of the smallest "
                    "distance, `min` the distance itself"
                )
            expect_equal(
                got,
                want,
                usual=[
                    (
                        squares.argmin(0) if len(a) else None,
                        "these are the points of `a` that are nearest to those of `b`; search "
                        "along the dimension of the points of `b`",
                    ),
                    (
                        (gaps**2).sum(1).argmin(1) if len(b) == 7 else None,
                        "you add along the points of `b`; add along the coordinates, `sum(dim=2)`",
                    ),
                    (squares.argmax(1), "these are the farthest points; take `argmin`"),
                    (gaps.sum(-1).argmin(1), "a sum of differences is no distance; square them"),
                    (
                        (gaps.sum(-1) ** 2).argmin(1),
                        "square each difference first, then add up",
                    ),
                    (
                        gaps.abs().sum(-1).argmin(1),
                        "sums of absolute values rank points in another way; square instead",
                    ),
                    (gaps.abs().amax(-1).argmin(1), "each of the d coordinates counts; add up"),
                    (gaps[..., 0].abs().argmin(1), "each of the d coordinates counts; add up"),
                    (b[want], "these are the points themselves; return their numbers"),
                ],
                why="far from 0 the squares are large, and a small difference of them loses its "
                "digits: subtract the points first, or let `cdist` do so by its `compute_mode`"
                if len(a) and a[0, 0] >= 1000
                else "element i is the j for which the distance of `a[i]` and `b[j]` is smallest",
            )
    few, many = (operations(answer, _line(count), _line(count) + 1) for count in (2, 20))
    if few != many or loops(answer):
        raise Wrong("the numbers are right, but this loops; broadcasting does it in one step")


def _line(count: int) -> torch.Tensor:
    return torch.arange(3.0 * count).reshape(count, 3) / 7
