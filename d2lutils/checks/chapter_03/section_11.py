"""Checks of 03/11, volumes."""

from typing import Any

import torch

from d2lutils.checks import call, exercise, expect_equal, given
from d2lutils.data.volumes import Volume


@exercise("03.11a")
def litres(answer: Any) -> None:
    """The litres of all voxels between two values, both included."""
    whole = torch.arange(-900.0, 0.0, 10.0).view(3, 5, 6)
    cases = [
        ((5.0, 2.0, 4.0), -850, -500),
        ((2.5, 0.7, 0.7), -500, -500),
        ((1.0, 1.0, 1.0), -300, 100),
        ((5.0, 2.8, 2.8), 10, 20),
        ((0.3, 0.9, 1.1), -799.6, -119.6),
        ((500.0, 200.0, 300.0), -850, -100),
        ((1.0, 1.0, 1.0), -299.5, -100.5),
    ]
    for spacing, low, high in cases:
        deep, tall, wide = spacing
        fraction = 0.4 if low % 1 else 0.0
        values = whole + fraction
        count = int(((values >= low) & (values <= high)).sum())
        size = deep * tall * wide / 1e6
        want = count * size
        volume = Volume(values.clone(), spacing)
        text = f"volume.values = torch.arange(-900., 0., 10.).view(3, 5, 6) + {fraction}"
        with given(text, spacing=spacing, low=low, high=high):
            expect_equal(
                call(answer, volume, low, high),
                want,
                usual=[
                    (count, "this counts voxels; how large is one?"),
                    (float(count), "this counts voxels; how large is one?"),
                    (want * 1e6, "these are cubic millimetres; a litre has a million of them"),
                    (want * 1e3, "these are millilitres"),
                    (want / 1e3, "a litre has a million cubic millimetres"),
                    (count * tall * wide / 1e6, "the distance between slices is missing"),
                    (count * deep * tall / 1e6, "a voxel has three sides"),
                    (float(((values > low) & (values < high)).sum()) * size, _BOTH),
                    (float(((values >= low) & (values < high)).sum()) * size, _BOTH),
                    (float(((values > low) & (values <= high)).sum()) * size, _BOTH),
                    (float((values >= low).sum()) * size, "there is an upper limit, too"),
                    (float((values <= high).sum()) * size, "there is a lower limit, too"),
                ],
                why="the number of voxels times the product of the spacing, over a million",
            )


_BOTH = "both limits are included"


@exercise("03.11b")
def missing_heights(answer: Any) -> None:
    """The heights at which an evenly spaced stack lacks slices."""
    cases = [
        ([15.0, 0.0, 5.0, 30.0, 20.0, 40.0, 10.0], [25.0, 35.0]),
        ([-7.5, 0.0, -10.0, -5.0, 5.0, -12.5], [-2.5, 2.5]),
        ([100.0, 102.0, 104.0, 112.0, 114.0], [106.0, 108.0, 110.0]),
        ([3.0, 6.0, 9.0], []),
        ([25.0, 10.0, 0.0, 20.0, 15.0], [5.0]),
        (_rungs(-7.7, 0.7, [0, 1, 2, 4, 5, 9, 10]), _rungs(-7.7, 0.7, [3, 6, 7, 8])),
        (_rungs(90.1, 0.3, [12, 0, 3, 2, 11, 5, 6, 7, 10, 9]), _rungs(90.1, 0.3, [1, 4, 8])),
        ([4.0, 9.0], []),
        (_rungs(2.0, 0.06, [5, 0, 1, 3, 4]), _rungs(2.0, 0.06, [2])),
    ]
    for heights, missing in cases:
        there, want = torch.tensor(heights), torch.tensor(missing)
        ordered = there.sort().values
        gaps = ordered.diff()
        step = gaps.median()
        wide = gaps > 1.5 * step
        inexact = bool((2 * there).frac().any())
        with given(heights=there):
            expect_equal(
                call(answer, there),
                want,
                usual=[
                    (ordered[:-1][wide], "these are the slices below the gaps"),
                    (ordered[1:][wide], "these are the slices above the gaps"),
                    (gaps[wide], "these are the gaps; where are the missing slices?"),
                    ((ordered[1:] + ordered[:-1])[wide] / 2, "a gap may hold several slices"),
                    (ordered[:-1][wide] + step, "a gap may hold several slices"),
                    (_by_steps(ordered, float(gaps[0])), "the first gap need not be a usual one"),
                    (want.flip(0), "return them from low to high"),
                    (want.view(-1, 1), "return a 1-D tensor"),
                    (want.long(), "heights are floats"),
                    (want.double(), "return the dtype of `heights`"),
                    (want.tolist(), "return a tensor"),
                    (_unsorted(there), "the slices come in any order; sort them first"),
                ],
                why="the usual distance is the median of the gaps; what the full row of heights "
                "has and `heights` lacks is missing" + (_INEXACT if inexact else ""),
            )


_INEXACT = (
    ". Here a float32 is often off in its last digit: call a slice there if it is near, by less "
    "than half a step, and round a quotient such as 1.9999998 before you use it as a count"
)


def _by_steps(ordered: torch.Tensor, step: float) -> torch.Tensor:
    """Return what a ladder with this step has and the heights lack."""
    count = round(float((ordered[-1] - ordered[0]) / step)) + 1
    ladder = ordered[0] + step * torch.arange(count)
    return ladder[(ladder[:, None] - ordered).abs().amin(dim=1) > step / 2]


def _rungs(first: float, step: float, places: list[int]) -> list[float]:
    """Return heights of a ladder whose steps are not exact in binary."""
    return [first + step * place for place in places]


def _unsorted(there: torch.Tensor) -> torch.Tensor | None:
    """Return what is found in the gaps of heights that were not sorted, or None for none."""
    gaps = there.diff()
    wide = gaps > 1.5 * gaps.abs().median()
    return there[:-1][wide] + gaps.abs().median() if wide.any() else None
