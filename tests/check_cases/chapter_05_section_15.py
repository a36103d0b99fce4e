"""Answers to the exercises of 05/15, a first classifier."""

import torch
import torch.nn.functional as F

from check_cases import NOT_NEGATIVE, Cases

DIVIDED = "whole numbers divided by whole numbers give float32, too"


def counts(truth, answers, k):
    table = (k * truth + answers).bincount(minlength=k * k)
    return table.reshape(k, k)


def shares(truth, answers, k):
    table = counts(truth, answers, k).float()
    return table / table.sum(dim=1, keepdim=True).clamp(min=1)


def by_one_hot(truth, answers, k):
    table = F.one_hot(truth, k).float().T @ F.one_hot(answers, k).float()
    return F.normalize(table, p=1, dim=1)


def by_accumulating(truth, answers, k):
    table = torch.zeros(k, k)
    table.index_put_((truth, answers), torch.ones(len(truth)), accumulate=True)
    return (table / table.sum(1)[:, None]).nan_to_num()


def in_a_loop(truth, answers, k):
    table = torch.zeros(k, k)
    for i, j in zip(truth, answers, strict=True):
        table[i, j] += 1
    return table / table.sum(dim=1, keepdim=True).clamp(min=1)


def lost(truth, answers, k):
    table = torch.zeros(k, k)
    table[truth, answers] += 1
    return table / table.sum(dim=1, keepdim=True).clamp(min=1)


def without_minlength(truth, answers, k):
    table = (k * truth + answers).bincount()
    return (table.reshape(k, k) / truth.bincount(minlength=k)[:, None]).nan_to_num()


def surest_mistakes(scores, y, m):
    sure, said = scores.softmax(dim=1).max(dim=1)
    places = (said != y).nonzero().flatten()
    return places[sure[places].argsort(descending=True)][:m]


def by_masking(scores, y, m):
    sure = scores.softmax(dim=-1).amax(dim=-1)
    wrong = scores.argmax(dim=1) != y
    sure = sure.masked_fill(~wrong, -1)
    return sure.topk(min(m, int(wrong.sum()))).indices


def by_sorting(scores, y, m):
    p = F.softmax(scores, 1)
    wrong = [i for i in range(len(y)) if p[i].argmax() != y[i]]
    wrong.sort(key=lambda i: -p[i].max())
    return torch.tensor(wrong[:m], dtype=torch.int64)


def squeezed(scores, y, m):
    sure, said = scores.softmax(dim=1).max(dim=1)
    places = (said != y).nonzero().squeeze()
    return places[sure[places].argsort(descending=True)][:m]


def by_score(scores, y, m):
    high, said = scores.max(dim=1)
    places = (said != y).nonzero().flatten()
    return places[high[places].argsort(descending=True)][:m]


def by_loss(scores, y, m):
    losses = F.cross_entropy(scores, y, reduction="none")
    places = (scores.argmax(dim=1) != y).nonzero().flatten()
    return places[losses[places].argsort(descending=True)][:m]


def right_ones_too(scores, y, m):
    return scores.softmax(dim=1).amax(dim=1).argsort(descending=True)[:m]


def places_among_the_wrong(scores, y, m):
    sure, said = scores.softmax(dim=1).max(dim=1)
    return sure[said != y].argsort(descending=True)[:m]


CASES = {
    "05.15a": Cases(
        solution=shares,
        also_right=[by_one_hot, by_accumulating],
        wrong=[
            (counts, "these are counts"),
            (lambda y, y_hat, k: shares(y, y_hat, k).T, "a row is a true class"),
            (lambda y, y_hat, k: shares(y_hat, y, k), "a row is a true class"),
            (
                lambda y, y_hat, k: counts(y, y_hat, k) / counts(y, y_hat, k).sum(1, keepdim=True),
                "not of nan",
            ),
            (
                lambda y, y_hat, k: counts(y, y_hat, k) / counts(y, y_hat, k).sum(1).clamp(min=1),
                "keepdim=True",
            ),
            (lambda y, y_hat, k: counts(y, y_hat, k) / max(len(y), 1), "this divides by all"),
            (
                lambda y, y_hat, k: counts(y, y_hat, k) / counts(y, y_hat, k).sum(0).clamp(min=1),
                "sums of the columns",
            ),
            (lost, "counts are lost"),
            (lambda y, y_hat, k: shares(y, y_hat, k).double(), "the shares are float32"),
            (in_a_loop, "do without a loop"),
            (without_minlength, "invalid for input of size"),
        ],
        equivalent={
            "return abs(table.reshape(k, k))": NOT_NEGATIVE,
            "return abs(table / table.sum(dim=1, keepdim=True).clamp(min=1))": NOT_NEGATIVE,
            "table = counts(truth, answers, k)": DIVIDED,
            "table = table.reshape(num_classes, num_classes)": DIVIDED,
        },
    ),
    "05.15b": Cases(
        solution=surest_mistakes,
        also_right=[by_masking, by_sorting],
        wrong=[
            (by_score, "take softmax first"),
            (squeezed, "your function raised"),
            (by_loss, "take the answer's"),
            (right_ones_too, "right ones among them"),
            (places_among_the_wrong, "places among all rows"),
            (lambda scores, y, m: surest_mistakes(scores, y, len(y)), "the first m"),
            (lambda scores, y, m: surest_mistakes(scores, y, len(y)).flip(0)[:m], "least sure"),
            (lambda scores, y, m: surest_mistakes(scores, y, m).flip(0), "the surest come first"),
            (lambda scores, y, m: scores.argmax(dim=1) != y, "this is a mask"),
            (
                lambda scores, y, m: (scores.argmax(dim=1) != y).nonzero().flatten()[:m],
                "order them by",
            ),
            (lambda scores, y, m: surest_mistakes(scores, y, m).tolist(), "expected a tensor"),
        ],
        equivalent={
            "return abs(places[sure[places].argsort(descending=True)][:m])": NOT_NEGATIVE,
            "return abs(places[order][:most])": NOT_NEGATIVE,
        },
    ),
}
