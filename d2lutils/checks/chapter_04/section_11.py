"""Checks of 04/11, generalization."""

import math
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


@exercise("04.11a")
def split_by_group(answer: Any) -> None:
    """Rows to train on and rows of the groups that are held out."""
    for owners, kept_back in [
        ([3, 1, 3, 2, 1, 7], [1]),
        ([3, 1, 3, 2, 1, 7], [7, 3]),
        ([0, 0, 5], [0]),
        ([4, 4], [9]),
        ([2, 0, 2], [2, 0]),
        ([6], []),
        ([-1, 8, -1, 0], [0, -1]),
    ]:
        groups = torch.tensor(owners)
        held = torch.tensor(kept_back, dtype=torch.int64)
        mark = torch.isin(groups, held)
        want = [(~mark).nonzero().flatten(), mark.nonzero().flatten()]
        with given(groups=groups, held=held):
            got = call(answer, groups, held)
            parts = expect_parts(got, "the rows to train on", "the rows held out")
            tensors = [expect_tensor(part) for part in parts]
            if any(part.dtype == torch.bool for part in tensors):
                raise Wrong("these are masks; return the positions at which they are true")
            for part, right, name in zip(tensors, want, ["to train on", "held out"], strict=True):
                other = want[1] if right is want[0] else want[0]
                expect_equal(
                    part,
                    right,
                    usual=[
                        (other, "first come the rows to train on, then those held out"),
                        (groups[right], "these are birds; return the positions of their rows"),
                        (right.flip(0), "the positions stand in rising order"),
                        (held, "these are the birds; return the positions of their rows"),
                    ],
                    why=f"the rows {name} are those whose bird is {'not ' * (right is want[0])}"
                    "among `held`",
                )


@exercise("04.11b")
def stop(answer: Any) -> None:
    """How many epochs a training runs with patience, and which was the best."""
    nan = math.nan
    for losses, patience in [
        ([0.9, 0.5, 0.6, 0.7, 0.8, 0.4], 2),
        ([0.9, 0.5, 0.6, 0.7, 0.4, 0.8], 2),
        ([0.9, 0.5, 0.6, 0.7, 0.4, 0.8], 3),
        ([0.9, 0.8, 0.7], 1),
        ([0.3, 0.5, 0.4, 0.6], 3),
        ([0.5, 0.5, 0.5, 0.2], 2),
        ([0.7, 0.6, 0.6, 0.5, 0.9, 0.55, 0.1], 3),
        ([0.7, 0.6, 0.6, 0.5, 0.9, 0.55, 0.1], 2),
        ([1.5], 1),
        ([2.0, 3.0, 1.0], 1),
        ([4.0, 9.0, 8.0, 7.0, 6.0, 1.0], 4),
        ([-0.5, -0.25, -0.75, 0.0, 0.0], 2),
        ([0.8, nan, 0.6, 0.7, 0.9], 2),
    ]:
        ran, best = _stop(losses, patience)
        with given(losses=losses, patience=patience):
            parts = expect_parts(
                call(answer, losses, patience), "the epochs that it ran", "the best of them"
            )
            ties = _stop(losses, patience, ties=True)
            earlier, later = _stop(losses, patience - 1), _stop(losses, patience + 1)
            rising = _rising(losses, patience)
            lowest = min((loss, at) for at, loss in enumerate(losses, start=1))[1]
            expect_equal(
                tuple(parts),
                (ran, best),
                usual=[
                    ((ran - 1, best - 1), "count both from 1"),
                    ((ran, best - 1), "count the best epoch from 1"),
                    ((best, ran), "first the number of epochs, then the best of them"),
                    (ties, "a loss that equals the lowest is not below it"),
                    (rising, "wait since the lowest loss so far, not since the last one that fell"),
                    (later, "it ends one epoch too late"),
                    (earlier, "it ends one epoch too early, or the epochs are counted from 0"),
                    ((len(losses), lowest), "it ends before the list, when patience runs out"),
                    (
                        (ran, lowest),
                        "losses after the end were never seen; look at those before it",
                    ),
                    ((ran, ran), "the best epoch is the one with the lowest loss, not the last"),
                ],
                why="it ends `patience` epochs after the lowest loss so far, or with the list",
            )


def _stop(losses: list[float], patience: int, ties: bool = False) -> tuple[int, int]:
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1] or (ties and loss == losses[best - 1]):
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(losses), best


def _rising(losses: list[float], patience: int) -> tuple[int, int]:
    """Return what a counter gives that starts anew wherever the loss fell below the one before."""
    waited, best = 0, 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        waited = 0 if epoch == 1 or loss < losses[epoch - 2] else waited + 1
        if waited >= patience:
            return epoch, best
    return len(losses), best
