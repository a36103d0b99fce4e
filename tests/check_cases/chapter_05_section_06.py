"""Answers to the exercises of 05/06, labels."""

import torch
from torch.nn import functional as F

from check_cases import NOT_NEGATIVE, Cases


def labels_from(votes, num_classes):
    return F.one_hot(votes, num_classes).float().mean(dim=1)


def by_comparing(votes, num_classes):
    same = votes[:, :, None] == torch.arange(num_classes)
    return same.sum(dim=1) / votes.shape[1]


def by_counting(votes, num_classes):
    rows = [torch.bincount(row, minlength=num_classes) / len(row) for row in votes]
    return torch.stack(rows)


def by_scattering(votes, num_classes):
    share = torch.full(votes.shape, 1 / votes.shape[1])
    return torch.zeros(len(votes), num_classes).scatter_add(1, votes, share)


def weighted_mean(scores, y, weight):
    kept = y != -100
    costs = F.cross_entropy(scores[kept], y[kept], reduction="none")
    amounts = weight[y[kept]]
    total = amounts.sum() if kept.any() else 1.0
    return (amounts * costs).sum() / total


def by_a_mask(scores, y, weight):
    costs = F.cross_entropy(scores, y, reduction="none")
    amounts = torch.where(y == -100, 0.0, weight[y.clamp(min=0)])
    if amounts.sum() == 0:
        return torch.tensor(0.0)
    return (costs * amounts).sum() / amounts.sum()


def row_by_row(scores, y, weight):
    total, amount = torch.zeros(()), torch.zeros(())
    for row, k in zip(scores, y.tolist(), strict=True):
        if k >= 0:
            total = total + weight[k] * F.cross_entropy(row, torch.tensor(k))
            amount = amount + weight[k]
    return total / amount if amount > 0 else total


def parts(scores, y, weight):
    kept = y != -100
    costs = F.cross_entropy(scores[kept], y[kept], reduction="none")
    return weight[y[kept]], costs, kept.any()


def over_the_number(scores, y, weight):
    amounts, costs, some = parts(scores, y, weight)
    return (amounts * costs).mean() if some else torch.tensor(0.0)


def over_all_rows(scores, y, weight):
    amounts, costs, _ = parts(scores, y, weight)
    return (amounts * costs).sum() / len(y)


def over_the_classes(scores, y, weight):
    amounts, costs, _ = parts(scores, y, weight)
    return (amounts * costs).sum() / weight.sum()


def counts_padding(scores, y, weight):
    costs = F.cross_entropy(scores, y, reduction="none")
    amounts = weight[y.clamp(min=-1)]
    return (amounts * costs).sum() / amounts.sum()


def guarded_by_one(scores, y, weight):
    amounts, costs, _ = parts(scores, y, weight)
    return (amounts * costs).sum() / amounts.sum().clamp(min=1)


def weighted_twice(scores, y, weight):
    amounts, _, some = parts(scores, y, weight)
    costs = F.cross_entropy(scores, y, weight=weight, reduction="none")[y != -100]
    return (amounts * costs).sum() / amounts.sum() if some else torch.tensor(0.0)


def without_weights(scores, y, weight):
    costs = parts(scores, y, weight)[1]
    return costs.sum() / max(len(costs), 1)


CASES = {
    "05.6a": Cases(
        solution=labels_from,
        also_right=[by_comparing, by_counting, by_scattering],
        wrong=[
            (lambda votes, count: F.one_hot(votes, count).sum(dim=1), "these are counts"),
            (
                lambda votes, count: F.one_hot(votes, count).sum(dim=1).float(),
                "each row has to add up to 1",
            ),
            (lambda votes, count: F.one_hot(votes, count).double().mean(dim=1), "float32"),
            (
                lambda votes, count: F.one_hot(votes, count).sum(dim=1) // votes.shape[1],
                "whole numbers cannot hold a share",
            ),
            (lambda votes, count: F.one_hot(votes.mode(1)[0], count).float(), "the winner alone"),
            (lambda votes, count: votes.mode(1)[0], "these are the winners"),
            (lambda votes, count: F.one_hot(votes).float().mean(dim=1), "that nobody named"),
            (
                lambda votes, count: F.one_hot(votes, count).sum(dim=1) / count,
                "number of judges, not of classes",
            ),
            (lambda votes, count: votes.float().mean(dim=1), "they are names"),
            (lambda votes, count: labels_from(votes, count).T, "rows are birds"),
            (lambda votes, count: F.one_hot(votes, count).float().mean(dim=2), "over the classes"),
            (lambda votes, count: F.one_hot(votes, count).float().mean(dim=0), "over the birds"),
            (lambda votes, count: F.one_hot(votes, count).float(), "mean over the judges"),
            (
                lambda votes, count: F.one_hot(votes, count).sum(1).float().softmax(1),
                "the softmax of counts",
            ),
            (lambda votes, count: F.one_hot(votes, count).mean(dim=1), "raised"),
        ],
        equivalent={
            "return abs(F.one_hot(votes, num_classes).float().mean(dim=1))": NOT_NEGATIVE,
        },
    ),
    "05.6b": Cases(
        solution=weighted_mean,
        also_right=[by_a_mask, row_by_row],
        wrong=[
            (lambda scores, y, weight: F.cross_entropy(scores, y, weight=weight), "0 / 0 is nan"),
            (
                lambda scores, y, weight: F.cross_entropy(scores, y, weight=weight).nan_to_num(),
                "a nan in the scores has to show",
            ),
            (over_the_number, "not their number"),
            (over_all_rows, "not their number"),
            (over_the_classes, "the weights of the classes"),
            (counts_padding, "counts labels of -100 too"),
            (guarded_by_one, "may add up to less than 1"),
            (weighted_twice, "weighted twice"),
            (without_weights, "these are not weighted"),
            (lambda scores, y, weight: weighted_mean(scores, y, weight) * 2, "over the sum of"),
            (lambda scores, y, weight: weighted_mean(scores, y, weight).item(), "a tensor"),
            (
                lambda scores, y, weight: (
                    weight[y] * F.cross_entropy(scores, y, reduction="none")
                ).mean(),
                "not their number",
            ),
        ],
        equivalent={
            "return abs((amounts * costs).sum() / total)": NOT_NEGATIVE,
            "kept = y > -100": "labels that count start at 0",
            "total = amounts.sum() if kept.any() else 2.0": "0 by any number is 0",
        },
    ),
}
