"""Answers to the exercises of 04/10, minibatches."""

import torch

from check_cases import NOT_NEGATIVE, SAME_LENGTH, Cases

SQUARED = "the difference is squared"


def average(means, sizes):
    full = sizes > 0
    return (means[full] * sizes[full]).sum() / sizes.sum()


def by_where(means, sizes):
    return torch.where(sizes > 0, means * sizes, 0.0).sum() / sizes.sum()


def by_repeating(means, sizes):
    return means.repeat_interleave(sizes).mean()


def noise_of(gradients, n):
    error = gradients - gradients.mean(dim=0)
    return (error.square().sum(dim=1).mean() / n).sqrt()


def by_variance(gradients, n):
    return (gradients.var(dim=0, correction=0).sum() / n).sqrt()


def by_drawing(gradients, n):
    g = torch.Generator().manual_seed(0)
    rows = torch.randint(len(gradients), (1000, n), generator=g)
    error = gradients[rows].mean(dim=1) - gradients.mean(dim=0)
    return error.square().sum(dim=1).mean().sqrt()


def without_replacement(gradients, n):
    left = max(len(gradients) - n, 0) / max(len(gradients) - 1, 1)
    return noise_of(gradients, n) * left**0.5


def in_pieces(gradient, X, y, n):
    total = 0
    for few, wanted in zip(X.split(n), y.split(n), strict=True):
        total = total + gradient(few, wanted) * len(few)
    return total / len(X)


def weighed_on_the_way(gradient, X, y, n):
    shares = [
        gradient(X[at : at + n], y[at : at + n]) * (len(X[at : at + n]) / len(X))
        for at in range(0, len(X), n)
    ]
    return torch.stack(shares).sum(dim=0)


def one_row_at_a_time(gradient, X, y, n):
    return torch.stack([gradient(X[i : i + 1], y[i : i + 1]) for i in range(len(X))]).mean(dim=0)


def pieces(gradient, X, y, n):
    pairs = zip(X.split(n), y.split(n), strict=True)
    return torch.stack([gradient(few, wanted) for few, wanted in pairs])


def without_the_ragged(gradient, X, y, n):
    whole = len(X) // n * n
    return in_pieces(gradient, X[:whole], y[:whole], n)


def by_formula(gradient, X, y, n):
    gradient(X[:1], y[:1])
    error = X.sum(dim=1) - y
    return 2 * (error[:, None] * X).mean(dim=0)


def with_an_empty_piece(gradient, X, y, n):
    total = 0
    for at in range(0, len(X) + n, n):
        total = total + gradient(X[at : at + n], y[at : at + n]) * len(X[at : at + n])
    return total / len(X)


CASES = {
    "04.10a": Cases(
        solution=average,
        also_right=[by_where, by_repeating],
        wrong=[
            (lambda means, sizes: means.mean(), "this is the mean of the means"),
            (lambda means, sizes: means.nanmean(), "this is the mean of the means"),
            (lambda means, sizes: (means * sizes).sum() / sizes.sum(), "nan times 0 is nan"),
            (lambda means, sizes: (means * sizes).nansum(), "this is the sum over all samples"),
            (
                lambda means, sizes: (means * sizes).nansum() / len(means),
                "not of batches",
            ),
            (
                lambda means, sizes: (means * sizes).nansum() / (sizes > 0).sum(),
                "not of batches",
            ),
            (
                lambda means, sizes: (means * sizes).nansum() / sizes.max(),
                "divide by the number of all samples",
            ),
            (lambda means, sizes: average(means, sizes).item(), "expected a tensor"),
            (lambda means, sizes: average(means, sizes).reshape(1), "expected shape"),
            (lambda means, sizes: average(means.abs(), sizes), "counts as often as"),
            (lambda means, sizes: means.nanmedian(), "counts as often as"),
        ],
    ),
    "04.10b": Cases(
        solution=noise_of,
        also_right=[by_variance],
        wrong=[
            (lambda gradients, n: noise_of(gradients, n) ** 2, "take the root"),
            (without_replacement, "without replacement"),
            (lambda gradients, n: noise_of(gradients, 1) / n, "the root of n, not with n"),
            (lambda gradients, n: noise_of(gradients, 1), "where is n"),
            (
                lambda gradients, n: (gradients.var(dim=0).sum() / n).sqrt(),
                "divided by N − 1",
            ),
            (
                lambda gradients, n: (gradients.square().sum(dim=1).mean() / n).sqrt(),
                "subtract the full gradient",
            ),
            (
                lambda gradients, n: (gradients.var(dim=0, correction=0).mean() / n).sqrt(),
                "here they are averaged",
            ),
            (
                lambda gradients, n: (
                    (gradients - gradients.mean(dim=0)).norm(dim=1).mean() / n**0.5
                ),
                "average the squared lengths",
            ),
            (
                lambda gradients, n: (gradients - gradients.mean(dim=0)).norm() / n**0.5,
                "this is a sum over the rows",
            ),
            (by_drawing, "mean squared distance from their mean"),
            (
                lambda gradients, n: (gradients - gradients.mean()).norm(dim=1).mean() / n**0.5,
                "mean squared distance from their mean",
            ),
            (lambda gradients, n: noise_of(gradients, n).item(), "expected a tensor"),
            (lambda gradients, n: gradients.std(dim=0) / n**0.5, "expected shape"),
        ],
        equivalent={
            "error = gradients.mean(dim=0) - gradients": SQUARED,
            "squares = (centre - per_sample).square().sum(dim=1)": SQUARED,
            "return abs((error.square().sum(dim=1).mean() / n).sqrt())": NOT_NEGATIVE,
            "return abs((squares.mean() / size).sqrt())": NOT_NEGATIVE,
        },
    ),
    "04.10c": Cases(
        solution=in_pieces,
        also_right=[weighed_on_the_way, one_row_at_a_time],
        wrong=[
            (lambda gradient, X, y, n: gradient(X, y), "rows at once"),
            (lambda *given: pieces(*given).mean(dim=0), "weigh each by its rows"),
            (lambda *given: pieces(*given).sum(dim=0), "their sum is no mean"),
            (
                lambda gradient, X, y, n: in_pieces(gradient, X, y, n) * len(X),
                "divide by their number",
            ),
            (
                lambda gradient, X, y, n: in_pieces(gradient, X, y, n) * len(X) / n,
                "not by n",
            ),
            (
                lambda gradient, X, y, n: in_pieces(gradient, X, y, n) * len(X) / len(X.split(n)),
                "not of pieces",
            ),
            (by_formula, "saw 1 of 10 rows"),
            (without_the_ragged, "saw 8 of 10 rows"),
            (lambda *given: pieces(*given)[-1], "add up all pieces"),
            (lambda *given: pieces(*given)[0], "add up all pieces"),
            (with_an_empty_piece, "a piece without rows"),
            (
                lambda gradient, X, y, n: gradient(X[:n], y),
                "another number of rows",
            ),
            (lambda gradient, X, y, n: torch.zeros(X.shape[1]), "was not called"),
            (lambda gradient, X, y, n: in_pieces(gradient, X, y, n).tolist(), "expected a tensor"),
            (
                lambda gradient, X, y, n: in_pieces(gradient, X, y.flip(0), n),
                "a piece's gradient times its rows",
            ),
        ],
        equivalent={
            "for few, wanted in zip(X.split(n), y.split(n)):": SAME_LENGTH,
            "for few, wanted in zip(X.split(n), y.split(n), strict=False):": SAME_LENGTH,
        },
    ),
}
