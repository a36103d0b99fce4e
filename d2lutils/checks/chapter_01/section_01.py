"""Checks of 01/01, learning representations."""

from typing import Any

import numpy as np
import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_type, given
from d2lutils.checks.showing import kind, short


@exercise("01.1a")
def upper_right(answer: Any) -> None:
    """Ink in the upper right quarter minus ink in the upper left one."""
    generator = torch.Generator().manual_seed(0)
    for n in (3, 1, 0):
        pictures = torch.randint(17, (n, 1, 8, 8), generator=generator) / 16  # sums are exact
        upper, whole = pictures[:, 0, :4], pictures[:, 0]
        want = _right_less_left(upper)
        with given(f"pictures of shape ({n}, 1, 8, 8)"):
            expect_equal(
                call(answer, pictures),
                want,
                usual=[
                    (-want, "this is left minus right"),
                    (_right_less_left(whole), "take the four upper rows only"),
                    (_right_less_left(pictures[:, 0, 4:]), "these are the lower rows"),
                    (want / 16, "these are means; take sums"),
                    (want[:, None], "drop the channel: one number a picture, shape (n,)"),
                    (want.sum(), "sum over rows and columns, not over the pictures"),
                ],
                why="rows 0 to 3 are the upper ones, columns 4 to 7 the right ones",
            )


def _right_less_left(rows: torch.Tensor) -> torch.Tensor:
    return rows[:, :, 4:].sum(dim=(1, 2)) - rows[:, :, :4].sum(dim=(1, 2))


@exercise("01.1b")
def best_threshold(answer: Any) -> None:
    """The value of a feature above which saying "second" is right most often."""
    cases = [
        ([0.5, 0.1, 0.9, 0.3, 0.7], [0, 0, 1, 0, 1]),
        ([4.0, 1.0, 3.0, 2.0], [1, 1, 0, 0]),
        ([2.0, 2.0, 5.0, 1.0], [0, 1, 1, 0]),
        ([-0.5, -2.0, 0.25, -3.5, 1.5], [1, 0, 1, 0, 1]),
        ([250.5, 120.0, 180.25], [1, 0, 0]),
        ([0.12345, 1.5, 2.25, 3.0, 4.125, 5.54321], [0, 0, 0, 1, 0, 0]),
        ([3.0], [0]),
        ([3.0], [1]),
    ]
    for values, targets in cases:
        feature, labels = torch.tensor(values), torch.tensor(targets).float()
        hits = {v: int(((feature > v) == labels.bool()).sum()) for v in sorted(values)}
        most = max(hits.values())
        want = min(v for v in hits if hits[v] == most)
        with given(feature=feature, labels=labels):
            got = call(answer, feature, labels)
            if isinstance(got, torch.Tensor | np.ndarray | np.generic):
                raise Wrong(f"a Python number is asked for; `.item()` makes one of {kind(got)}")
            if type(got) is int and got not in hits:  # the 0 that a search starts with
                raise Wrong(f"{short(got)} is not among the values of the feature")
            number = float(got if type(got) is int else expect_type(got, float))
            tried = {v for v in hits if abs(v - number) < 1e-6}
            if not tried:
                raise Wrong(f"{number:g} is not among the values of the feature")
            told = hits[tried.pop()]
            if told < most:
                raise Wrong(f"{number:g} tells {told} right, and another value tells {most}")
            if abs(number - want) > 1e-6:
                raise Wrong(f"{number:g} is as good as {want:g}; take the smallest")
