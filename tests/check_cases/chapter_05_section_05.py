"""Answers to the exercises of 05/05, classification losses."""

import torch
from torch.nn import functional as F

from check_cases import NOT_NEGATIVE, Cases

ONE_COLUMN = "the first column is the only one"


def costs(scores, y):
    low = scores - scores.amax(dim=1, keepdim=True)
    each = low.gather(1, y[:, None])[:, 0]
    return low.exp().sum(dim=1).log() - each


def by_adding_back(scores, y):
    top = scores.max(dim=1, keepdim=True)[0]
    total = top[:, 0] + torch.exp(scores - top).sum(1).log()
    return total - scores[torch.arange(len(y)), y]


def row_by_row(scores, y):
    found = []
    for row, k in zip(scores, y, strict=True):
        found.append((row - row[k] - (row - row[k]).max()).exp().sum().log() + (row - row[k]).max())
    return torch.stack(found)


def by_one_hot(scores, y):
    low = scores - scores.max(1, True).values
    mark = F.one_hot(y, scores.shape[1])
    return low.exp().sum(1).log() - (low * mark).sum(1)


def filled_in(scores, y):
    found = torch.zeros(len(y))
    for i, row in enumerate(scores):
        low = row - row.max()
        found[i] = low.exp().sum().log() - low[y[i]]
    return found


def lowered_by_the_right_one(scores, y):
    return (scores - scores.gather(1, y[:, None])).exp().sum(dim=1).log()


def with_a_small_number(scores, y):
    return -(scores.softmax(dim=1) + 1e-9)[torch.arange(len(y)), y].log()


def by_softmax(scores, y):
    return -scores.softmax(dim=1)[torch.arange(len(y)), y].log()


def without_lowering(scores, y):
    return scores.exp().sum(dim=1).log() - scores[torch.arange(len(y)), y]


def lowered_by_one_number(scores, y):
    low = scores - scores.max()
    return low.exp().sum(dim=1).log() - low[torch.arange(len(y)), y]


def right_not_lowered(scores, y):
    low = scores - scores.amax(dim=1, keepdim=True)
    return low.exp().sum(dim=1).log() - scores[torch.arange(len(y)), y]


def columns(scores, y):
    low = scores - scores.amax(dim=1, keepdim=True)
    return low.exp().sum(dim=1, keepdim=True).log() - low.gather(1, y[:, None])


def column_against_row(scores, y):
    low = scores - scores.amax(dim=1, keepdim=True)
    return low.exp().sum(dim=1).log() - low.gather(1, y[:, None])


def brier_slopes(scores, y):
    p = torch.sigmoid(scores)
    return 2 * (p - y) * p * (1 - p) / len(y)


def by_naming_steps(scores, y):
    p = 1 / (1 + torch.exp(-scores))
    d_square = 2 * (p - y) / y.numel()
    return d_square * (p - p**2)


def by_exponentials(scores, y):
    p = scores.exp() / (1 + scores.exp())
    return 2 * (p - y) * p * (1 - p) / len(y)


def slope_of_the_score(scores, y):
    return 2 * (scores.sigmoid() - y) * scores * (1 - scores) / len(y)


def by_autograd(scores, y):
    s = scores.clone().requires_grad_()
    ((s.sigmoid() - y) ** 2).mean().backward()
    return s.grad


CASES = {
    "05.5a": Cases(
        solution=costs,
        also_right=[by_adding_back, row_by_row, by_one_hot, filled_in],
        wrong=[
            (by_softmax, "put the softmax into the logarithm on paper first"),
            (lowered_by_the_right_one, "not by that of the right class"),
            (with_a_small_number, "hides how wrong a score is"),
            (
                lambda scores, y: -torch.special.log_softmax(scores, 1)[torch.arange(len(y)), y],
                "this calls special_log_softmax",
            ),
            (without_lowering, "lower each row by its highest score first"),
            (lowered_by_one_number, "lower each by its own highest"),
            (right_not_lowered, "the log-sum-exp of a row, minus the score"),
            (lambda scores, y: costs(scores, y).mean(), "this is the mean"),
            (lambda scores, y: costs(scores, y).sum(), "this is the sum"),
            (lambda scores, y: -costs(scores, y), "the sign is wrong"),
            (lambda scores, y: (-costs(scores, y)).exp(), "these are probabilities"),
            (lambda scores, y: costs(scores, scores.argmax(dim=1)), "not the highest"),
            (columns, "is a column"),
            (column_against_row, "is a column"),
            (lambda scores, y: F.cross_entropy(scores, y, reduction="none"), "this calls"),
            (
                lambda scores, y: scores.logsumexp(1) - scores[torch.arange(len(y)), y],
                "this calls logsumexp",
            ),
            (lambda scores, y: costs(scores, y).tolist(), "expected a tensor"),
            (lambda scores, y: -scores.log_softmax(1)[0, y], "this calls log_softmax"),
            (lambda scores, y: (costs(scores, y), scores.zero_())[0], "changed its input"),
        ],
        equivalent={
            "each = low.gather(1, y[:, None])[:, -1]": ONE_COLUMN,
            "return abs(low.exp().sum(dim=1).log() - each)": NOT_NEGATIVE,
        },
    ),
    "05.5b": Cases(
        solution=brier_slopes,
        also_right=[by_naming_steps],
        wrong=[
            (lambda scores, y: brier_slopes(scores, y) * len(y), "the loss is a mean"),
            (lambda scores, y: brier_slopes(scores, y) / 2, "a factor of 2"),
            (lambda scores, y: brier_slopes(scores, y) / 2 * len(y), "the mean a factor 1 / n"),
            (lambda scores, y: -brier_slopes(scores, y), "the sign is wrong"),
            (lambda scores, y: (scores.sigmoid() - y) / len(y), "the slope of cross-entropy"),
            (lambda scores, y: 2 * (scores.sigmoid() - y) / len(y), "with respect to p"),
            (lambda scores, y: 2 * (scores - y) / len(y), "compares scores with the truth"),
            (lambda scores, y: (scores.sigmoid() - y) ** 2, "these are the costs"),
            (lambda scores, y: brier_slopes(scores, y).sum(), "adds the slopes up"),
            (lambda scores, y: brier_slopes(scores, y).mean(), "the mean of the slopes"),
            (lambda scores, y: ((scores.sigmoid() - y) ** 2).mean(), "this is the loss"),
            (by_exponentials, "inf / inf is nan"),
            (slope_of_the_score, "takes the probability, not the score"),
            (by_autograd, "without autograd"),
        ],
    ),
}
