"""Checks of 08/04, looking into a trained network."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_parts, expect_tensor, given

_Step = tuple[int, int, int]


def _seen(place: int, n: int, steps: Sequence[_Step]) -> tuple[int, int]:
    """The first and the last pixel, by noting for each number what it depends on."""
    line = [{i} for i in range(n)]
    for k, s, p in steps:
        count = (len(line) + 2 * p - k) // s + 1
        windows = [range(max(j * s - p, 0), min(j * s - p + k, len(line))) for j in range(count)]
        line = [set().union(*(line[i] for i in window)) for window in windows]
    return min(line[place]), max(line[place])


def _unclipped(place: int, steps: Sequence[_Step]) -> tuple[int, int]:
    first = last = place
    for k, s, p in reversed(steps):
        first, last = first * s - p, last * s - p + k - 1
    return first, last


def _without_padding(steps: Sequence[_Step]) -> list[_Step]:
    return [(k, s, 0) for k, s, _ in steps]


@exercise("08.4a")
def seen_by(answer: Any) -> None:
    """The pixels along a side that one number of a map depends on."""
    lenet = [(5, 1, 0), (2, 2, 0), (5, 1, 0)]
    padded = [(3, 1, 1), (2, 2, 0), (3, 2, 1)]
    for place, n, steps in [
        (2, 28, lenet),
        (5, 28, lenet),
        (0, 12, [(3, 2, 0), (2, 3, 0)]),
        (1, 12, [(3, 2, 0), (2, 3, 0)]),
        (0, 16, padded),
        (2, 16, padded),
        (3, 16, padded),
        (7, 16, padded[:1]),
        (1, 5, [(2, 2, 0), (3, 1, 1)]),
        (2, 11, [(2, 3, 0), (3, 1, 1), (1, 1, 0)]),
        (4, 9, [(1, 2, 0)]),
        (2, 9, [(3, 3, 1), (3, 1, 1)]),
        (1, 11, [(2, 2, 0), (2, 2, 0), (3, 1, 1)]),
        (3, 6, []),
        (0, 1, [(3, 1, 1), (3, 1, 1)]),
    ]:
        first, last = _unclipped(place, steps)
        at_end = max(first, 0), min(last, n - 1)
        bare = _unclipped(place, _without_padding(steps))
        cut = max(bare[0], 0), min(bare[1], n - 1)
        want = _seen(place, n, steps)
        forward = _unclipped(place, list(reversed(steps)))
        with given(place=place, n=n, steps=steps):
            got = expect_parts(call(answer, place, n, list(steps)), "first", "last")
            if any(isinstance(pixel, Tensor) for pixel in got):
                raise Wrong("return two whole numbers of Python; `int` makes one of a tensor")
            expect_equal(
                tuple(got),
                want,
                usual=[
                    (
                        at_end,
                        "what hangs over a map's end is padding, no pixel, in each layer; "
                        "this stays within the picture alone",
                    ),
                    ((first, last), "a zero of the padding is no pixel: stay between 0 and n - 1"),
                    ((want[0], want[1] + 1), "`last` is a pixel that is still seen"),
                    ((want[1], want[0]), "the first pixel comes first"),
                    ((want[0], want[1] - want[0] + 1), "this is how many; return the last pixel"),
                    (bare, "the padding moves all places: place 0 begins p before the map"),
                    (cut, "the padding moves all places: place 0 begins p before the map"),
                    (
                        (max(forward[0], 0), min(forward[1], n - 1)),
                        "walk from the last layer back to the first",
                    ),
                ],
                why="place i of a layer sees i · s - p to i · s - p + k - 1 of the map before it",
            )


def _shares(features: Tensor, labels: Tensor) -> dict[str, Tensor]:
    """The share between the classes, and what the usual mistakes make of it."""
    middle = features.mean(dim=0)
    kinds = sorted(set(labels.tolist()))
    groups = [features[labels == kind] for kind in kinds]
    centres = torch.stack([group.mean(dim=0) for group in groups])
    sizes = torch.tensor([len(group) for group in groups], dtype=features.dtype)
    whole = (features - middle).square().sum()
    apart = (centres - middle).square().sum(dim=1)
    within = sum((group - group.mean(dim=0)).square().sum() for group in groups)
    each = [(group - group.mean(dim=0)).square().sum() / whole for group in groups]
    lengths = (features - middle).norm(dim=1).sum()
    by_column = (features - middle).square().sum(dim=0)
    columns = (sizes[:, None] * (centres - middle).square()).sum(dim=0) / by_column
    equal = centres.mean(dim=0)
    return {
        "right": (sizes * apart).sum() / whole,
        "once": apart.sum() / whole,
        "mean": apart.mean() / (whole / len(features)),
        "equal": (sizes * (centres - equal).square().sum(dim=1)).sum() / whole,
        "within": torch.as_tensor(within) / whole,
        "ratio": (sizes * apart).sum() / torch.as_tensor(within),
        "sum": (sizes * apart).sum(),
        "origin": (sizes * centres.square().sum(dim=1)).sum() / features.square().sum(),
        "lengths": (sizes * apart.sqrt()).sum() / lengths,
        "each": torch.stack(each),
        "columns": columns,
        "column mean": columns.mean(),
        "root": ((sizes * apart).sum() / whole).sqrt(),
    }


@exercise("08.4b")
def between(answer: Any) -> None:
    """The share of the squared spread that lies between the classes."""
    for n, d, names, dtype in [
        (9, 3, [0, 1, 2, 1, 1, 0, 2, 1, 1], torch.float32),
        (7, 2, [40, -3, 40, 5, 5, 5, 5], torch.float32),
        (6, 1, [7, 7, 7, 7, 7, 2], torch.float64),
        (5, 4, [1, 2, 3, 4, 5], torch.float32),
        (4, 2, [3, 3, 3, 3], torch.float32),
        (12, 5, [0, 9, 0, 9, 0, 0, 0, 4, 4, 0, 9, 0], torch.float64),
    ]:
        g = torch.Generator().manual_seed(n)
        labels = torch.tensor(names)
        features = 2 * torch.randn(d, n, generator=g, dtype=dtype).T + 1.5
        features = features + labels[:, None].to(dtype) / (1 + labels.abs().max())
        by = _shares(features, labels)
        with given(features=features, labels=labels):
            got = expect_tensor(call(answer, features, labels))
            if len(set(names)) == 1:  # no spread between one class and itself, up to rounding
                if got.shape != () or got.dtype != dtype or not got.abs() < 1e-5:
                    expect_equal(got, torch.zeros((), dtype=dtype), why="one class has no spread")
                continue
            weigh = "each class counts as often as it has rows"
            expect_equal(
                got,
                by["right"],
                usual=[
                    (by["once"], weigh),
                    (by["mean"], weigh),
                    (by["equal"], "measure from the mean of all rows, not from that of the means"),
                    (by["within"], "this is the spread within the classes; between is the rest"),
                    (by["ratio"], "divide by the whole spread, not by the one within the classes"),
                    (by["sum"], "divide by the whole spread"),
                    (by["origin"], "measure from the mean of all rows, not from 0"),
                    (by["lengths"], "square the distances before you add them up"),
                    (by["root"], "these are squares already; take no root"),
                    (by["each"], "return one number: add up over the classes"),
                    (by["columns"], "return one number: add up over the columns before dividing"),
                    (by["column mean"], "add up over the columns before dividing"),
                    (by["right"][None], "return a tensor without dimensions"),
                    (by["right"].to(torch.float32), "keep the dtype of features"),
                    (by["right"].to(torch.float64), "keep the dtype of features"),
                ],
                why="replace each row by its class's mean, and compare the squared distances",
            )
