"""Answers to the exercises of 02/04, indexing and broadcasting."""

import torch
from torch.nn.functional import one_hot

from check_cases import NOT_NEGATIVE, Cases


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


def broken_times_0(x, broken):
    return torch.where(broken, (x * ~broken).sum() / (~broken).sum(), x)


def through_one_dimension(x, broken):
    y = x.clone()
    y.view(-1)[broken.view(-1)] = x[~broken].mean()
    return y


def sum_of_products(x, broken):
    return x * ~broken + broken * x[~broken].mean()


def zeros_left_out(x, broken):
    good = x[~broken]
    return torch.where(broken, good.sum() / good.count_nonzero(), x)


def through_the_flat_table(x, columns):
    count, width = x.shape
    return x.view(-1)[torch.arange(count) * width + columns]


def by_strides(x, columns):
    count, width = x.shape
    return x.as_strided((count, width), (width, 1))[torch.arange(count), columns]


def paired(x, columns):
    return x[torch.arange(len(x)), columns]


def looped(x, columns):
    return torch.stack([row[column] for row, column in zip(x, columns, strict=True)])


def pairwise(a, b):
    return ((a[:, None] - b) ** 2).sum(-1)


def row_by_row(a, b):
    return torch.stack([((point - b) ** 2).sum(-1) for point in a])


def all_pairs_in_rows(a, b):
    gaps = a.repeat_interleave(len(b), dim=0) - b.repeat(len(a), 1)
    return gaps.square().sum(dim=1).view(len(a), len(b))


def pair_by_pair(a, b):
    table = torch.empty(len(a), len(b))
    for i in range(len(a)):
        for j in range(len(b)):
            table[i, j] = ((a[i] - b[j]) ** 2).sum()
    return table


def through_lists(a, b):
    rows = [
        [sum((p - q) ** 2 for p, q in zip(one, other, strict=True)) for other in b.tolist()]
        for one in a.tolist()
    ]
    return torch.tensor(rows)


def by_map(a, b):
    return torch.stack(list(map(lambda point: ((point - b) ** 2).sum(-1), a)))  # noqa: C417


def helped(a, b):
    return row_by_row(a, b)


def column_means(x, broken):
    known = x.masked_fill(broken, torch.nan)
    return torch.where(broken, known.nanmean(0), x)


def whole_numbers_only(x, columns):
    return (one_hot(columns, x.shape[1]) * x.long()).sum(1)


def expanded(a, b):
    return a.pow(2).sum(-1)[:, None] + b.pow(2).sum(-1) - 2 * a @ b.T


SQUARED = "the square does not see the sign of a difference"

CASES = {
    "02.4a": Cases(
        solution=filled,
        also_right=[
            filled_in_a_copy,
            lambda x, broken: x.masked_fill(broken, x[~broken].mean()),
            lambda x, broken: x.masked_fill(broken, x.masked_select(~broken).mean()),
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
            (through_one_dimension, "is not contiguous"),
            (
                lambda x, broken: torch.where(broken, x[~broken].float().mean().to(x), x),
                "get the mean of `x[~broken]`",
            ),
            (
                lambda x, broken: torch.where(broken, x[~broken].mean().round(decimals=1), x),
                "get the mean of `x[~broken]`",
            ),
            (broken_times_0, "nan * 0 is nan"),
            (sum_of_products, "nan * 0 is nan"),
            (zeros_left_out, "a good element may be 0"),
            (lambda x, broken: torch.where(broken, x[~broken].unique().mean(), x), "counts twice"),
            (
                lambda x, broken: torch.where(torch.isin(x, x[broken]), x[~broken].mean(), x),
                "may equal a broken one",
            ),
            (written_into_what_was_read, "nothing was replaced"),
            (lambda x, broken: x[~broken].mean().item(), "expected a tensor, got a float"),
            (lambda x, broken: filled(x, broken).abs(), "the others stay"),
            (lambda x, broken: torch.where(broken, x[~broken].min(), x), "the others stay"),
            (lambda x, broken: torch.where(broken, x[~broken].max(), x), "get the mean"),
            (column_means, "get the mean of `x[~broken]`"),
            (lambda x, broken: x if not broken.any() else filled(x, broken), "shares the storage"),
            (lambda x, broken: filled(x, broken).double(), "expected dtype"),
            (lambda x, broken: torch.full_like(x, x[~broken].mean().item()), "the others stay"),
        ],
    ),
    "02.4b": Cases(
        solution=paired,
        also_right=[
            looped,
            lambda x, columns: x[:, columns].diagonal(),
            lambda x, columns: x.gather(1, columns[:, None]).squeeze(1),
        ],
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
            (lambda x, columns: paired(x, columns).long(), "these are whole numbers"),
            (whole_numbers_only, "these are whole numbers"),
            (through_the_flat_table, "is not contiguous"),
            (by_strides, "from row i and column"),
            (lambda x, columns: (one_hot(columns, x.shape[1]) * x).sum(1), "nan * 0 is nan"),
            (lambda x, columns: paired(x, columns).abs(), "from row i and column"),
            (lambda x, columns: x.diagonal(), "from row i and column"),
            (lambda x, columns: x.max(1).values, "this is the largest of each row"),
            (lambda x, columns: x.take(columns), "flattened table"),
            (lambda x, columns: x[columns, torch.arange(len(x))], "raised IndexError"),
            (lambda x, columns: paired(x, columns)[None], "expected shape"),
        ],
    ),
    "02.4c": Cases(
        solution=pairwise,
        also_right=[
            lambda a, b: (a.unsqueeze(1) - b.unsqueeze(0)).square().sum(dim=2),
            lambda a, b: torch.cdist(a, b) ** 2,
            all_pairs_in_rows,
        ],
        wrong=[
            (expanded, "subtract the points first"),
            (lambda a, b: pairwise(a.half(), b.half()).float(), "element [i, j] is the sum"),
            (lambda a, b: pairwise(a, b).round(decimals=1), "element [i, j] is the sum"),
            (row_by_row, "this loops"),
            (pair_by_pair, "this loops"),
            (through_lists, "this loops"),
            (by_map, "this loops"),
            (helped, "this loops"),
            (lambda a, b: ((a[:, None] - b) ** 2).mean(-1), "this is the mean"),
            (lambda a, b: (a[:, None] - b).abs().sum(-1), "sums of absolute values"),
            (lambda a, b: (a[:, None] + b).pow(2).sum(-1), "element [i, j] is the sum"),
            (lambda a, b: (a[:, None] - b).abs().amax(-1) ** 2, "element [i, j] is the sum"),
            (lambda a, b: torch.cdist(a, b), "leave the square root out"),
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
        equivalent={
            "return abs(((a[:, None] - b) ** 2).sum(-1))": NOT_NEGATIVE,
            "return ((b - a[:, None]) ** 2).sum(-1)": SQUARED,
            "return abs(((first[:, None] - second[None]) ** 2).sum(-1))": NOT_NEGATIVE,
            "return ((second[None] - first[:, None]) ** 2).sum(-1)": SQUARED,
        },
    ),
}
