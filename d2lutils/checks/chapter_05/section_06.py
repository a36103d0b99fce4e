"""Checks of 05/06, labels."""

from typing import Any

import torch
from torch.nn import functional as F

from d2lutils.checks import call, exercise, expect_equal, expect_tensor, given


@exercise("05.6a")
def labels_from(answer: Any) -> None:
    """Probabilities from the votes of several judges."""
    for ballots, num_classes in [
        ([[2, 1, 2], [0, 0, 1]], 3),
        ([[0, 3, 3, 1, 3], [2, 2, 2, 2, 2], [1, 0, 2, 3, 1]], 5),
        ([[1], [0], [2]], 4),
        ([[1, 1, 1, 0]], 2),
        ([[0, 0], [0, 0]], 1),
    ]:
        votes = torch.tensor(ballots)
        counts = F.one_hot(votes, num_classes).sum(dim=1)
        want = counts / votes.shape[1]
        most = F.one_hot(votes.mode(dim=1).values, num_classes)
        with given(votes=votes, num_classes=num_classes):
            got = expect_tensor(call(answer, votes, num_classes))
            known = int(votes.max()) + 1
            expect_equal(
                got,
                want,
                usual=[
                    (counts, "these are counts; divide by the number of judges, as floats"),
                    (counts.float(), "these are counts; each row has to add up to 1"),
                    (want.double(), "the numbers are right; scores are float32, so make them that"),
                    (want.long(), "whole numbers cannot hold a share; divide floats"),
                    (most.float(), "this keeps the winner alone; the label keeps each judge's say"),
                    (votes.mode(dim=1).values, "these are the winners; return a share a class"),
                    (want[:, :known].clone(), "a class that nobody named has a column too"),
                    (counts / num_classes, "divide by the number of judges, not of classes"),
                    (
                        votes.float().mean(dim=1),
                        "this is the mean of the class numbers; they are names, so count them",
                    ),
                    (want.T.clone(), "rows are birds, and columns are classes"),
                    (
                        F.one_hot(votes, num_classes).float().mean(dim=2),
                        "this is the mean over the classes; the judges are dimension 1",
                    ),
                    (
                        F.one_hot(votes, num_classes).float().mean(dim=0),
                        "this is the mean over the birds; the judges are dimension 1",
                    ),
                    (F.one_hot(votes, num_classes).float(), "take the mean over the judges"),
                    (
                        counts.float().softmax(dim=1),
                        "the softmax of counts is no share; divide by the number of judges",
                    ),
                ],
                why="a row holds, for each class, the share of the judges who named it",
            )


@exercise("05.6b")
def weighted_mean(answer: Any) -> None:
    """Weighted mean of the costs that count, 0 where none does."""
    rows = [[2.0, -1.0, 0.5], [0.25, 1.0, -2.0], [-0.5, 0.0, 3.0], [1.5, 1.0, -1.0]]
    for scores, y, weight in [
        (rows, [0, 2, 1, 1], [1.0, 2.5, 0.25]),
        (rows[:2], [0, 2], [0.5, 4.0, 0.25]),
        (rows, [0, -100, 1, -100], [1.0, 2.5, 0.5]),
        (rows, [-100, 2, 2, 1], [3.0, 0.25, 1.0]),
        (rows[:1], [1], [0.5, 4.0, 1.0]),
        (rows[1:3], [0, -100], [2.0, 2.0, 2.0]),
        (rows, [-100, -100, -100, -100], [1.0, 2.0, 3.0]),
        ([[1.0, -0.5]], [-100], [1.0, 3.0]),
        ([[float("nan"), -0.5], [1.0, 0.0]], [0, 1], [1.0, 3.0]),
    ]:
        X, labels, amounts = torch.tensor(scores), torch.tensor(y), torch.tensor(weight)
        keep = labels != -100
        kept, costs = labels[keep], F.cross_entropy(X, labels, reduction="none")[keep]
        each = amounts[kept] * costs
        any_kept = bool(keep.any())
        want = each.sum() / amounts[kept].sum() if any_kept else torch.tensor(0.0)
        gone = int((~keep).sum())
        with given(scores=X, y=labels, weight=amounts):
            got = expect_tensor(call(answer, X, labels, amounts))
            usual = [
                (want.new_tensor(float("nan")), "0 / 0 is nan: where no label counts, return 0"),
                (costs.mean(), "these are not weighted; each cost counts as its class's weight"),
                (each.mean(), "the denominator is the weights of the labels that count, "
                              "not their number"),
                (each.sum() / len(y), "this divides by all rows; the denominator is the weights "
                                      "of the labels that count"),
                (each.sum() / amounts.sum(), "this divides by the weights of the classes; each "
                                             "label brings its own class's weight"),
                (
                    each.sum() / (amounts[kept].sum() + gone * amounts[-1]),
                    "the denominator counts labels of -100 too",
                ),
                (
                    each.sum() / amounts[kept].sum().clamp(min=1),
                    "weights may add up to less than 1; guard the case without labels alone",
                ),
                (
                    (amounts[kept] * each).sum() / amounts[kept].sum(),
                    "each cost is weighted twice; with `weight=`, cross_entropy has done so",
                ),
                (each.sum(), "this is the sum; divide by the weights of the labels that count"),
            ]  # fmt: skip
            if not any_kept:
                usual = usual[:1]
            if want.isnan():
                hint = "a nan in the scores has to show: ask whether a label counts, not for nan"
                usual = [(torch.tensor(0.0), hint)]
            expect_equal(
                got,
                want,
                usual=usual,
                why="weights times costs, over the sum of the weights of the labels that count",
            )
