"""Answers to the exercises of 02/03, indexing and broadcasting."""

import torch

from check_cases import Cases


def filled(x, broken):
    return torch.where(broken, x[~broken].mean(), x)


def filled_in_a_copy(x, broken):
    y = x.clone()
    y[broken] = y[~broken].mean()
    return y


def filled_in_place(x, broken):
    x[broken] = x[~broken].mean()
    return x


def written_into_what_was_read(x, broken):
    y = x.clone()
    y[broken][:] = y[~broken].mean()
    return y


def paired(x, columns):
    return x[torch.arange(len(x)), columns]


def looped(x, columns):
    return torch.stack([row[column] for row, column in zip(x, columns, strict=True)])


def pairwise(a, b):
    return ((a[:, None] - b) ** 2).sum(-1)


def expanded(a, b):
    return a.pow(2).sum(-1)[:, None] + b.pow(2).sum(-1) - 2 * a @ b.T


CASES = {
    "02.3a": Cases(
        solution=filled,
        also_right=[
            filled_in_a_copy,
            lambda x, broken: x.masked_fill(broken, x[~broken].mean()),
        ],
        wrong=[
            (filled_in_place, "changed its input"),
            (lambda x, broken: torch.where(broken, x.mean(), x), "mean includes the broken"),
            (lambda x, broken: torch.where(broken, x, x[~broken].mean()), "replaced the good"),
            (lambda x, broken: torch.where(broken, x, x[broken].mean()), "mask is inverted"),
            (lambda x, broken: torch.where(broken, x[broken].mean(), x), "mean of the broken"),
            (lambda x, broken: torch.where(broken, x[~broken].median(), x), "this is the median"),
            (lambda x, broken: torch.where(x < 0, x[x >= 0].mean(), x), "nothing was replaced"),
            (lambda x, broken: torch.where(broken, 0.0, x), "get the mean, not 0"),
            (lambda x, broken: x[~broken], "the result is 1-D"),
            (written_into_what_was_read, "nothing was replaced"),
            (lambda x, broken: x[~broken].mean().item(), "expected a tensor, got a float"),
        ],
    ),
    "02.3b": Cases(
        solution=paired,
        also_right=[looped, lambda x, columns: x.gather(1, columns[:, None]).squeeze(1)],
        wrong=[
            (lambda x, columns: x[:, columns], "takes all these columns from every row"),
            (lambda x, columns: x.gather(1, columns[:, None]), "remove the last dimension"),
            (lambda x, columns: x.gather(1, columns[:, None]).squeeze(), "`squeeze(1)` does not"),
            (lambda x, columns: x.gather(1, columns), "same number of dimensions"),
            (lambda x, columns: x.flatten()[columns], "flattened table"),
            (lambda x, columns: x[:, 0], "this is the first column"),
            (
                lambda x, columns: x.gather(1, columns[:, None]).flip(0)[:, 0],
                "from row i and column",
            ),
            (lambda x, columns: paired(x, columns).tolist(), "expected a tensor, got a list"),
        ],
    ),
    "02.3c": Cases(
        solution=pairwise,
        also_right=[expanded],
        wrong=[
            (lambda a, b: (a[:, None] - b) ** 2, "add up along the last dimension"),
            (lambda a, b: pairwise(b, a), "rows and columns are swapped"),
            (lambda a, b: pairwise(a, b).sqrt(), "leave the square root out"),
            (lambda a, b: (a[:, None] - b).sum(-1) ** 2, "square each difference first"),
            (lambda a, b: (a[:, None] - b).sum(-1), "differences are not squared"),
            (lambda a, b: ((a[:, None] - b) ** 2).sum(1), "runs over the points of `b`"),
            (lambda a, b: ((a[:, None] - b) ** 2).sum(0), "runs over the points of `a`"),
            (lambda a, b: ((a - b) ** 2).sum(-1), "your function raised RuntimeError"),
            (lambda a, b: ((a[: len(b)] - b[: len(a)]) ** 2).sum(-1), "expected shape (3, 2)"),
        ],
    ),
}
