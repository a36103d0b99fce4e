"""Answers to the exercises of 02/04, indexing."""

import torch
from torch.nn.functional import one_hot

from check_cases import COMMUTES, NOT_NEGATIVE, Cases


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


def column_means(x, broken):
    known = x.masked_fill(broken, torch.nan)
    return torch.where(broken, known.nanmean(0), x)


def whole_numbers_only(x, columns):
    return (one_hot(columns, x.shape[1]) * x.long()).sum(1)


def both(X, y, p, q):
    wanted = (y == p) | (y == q)
    return X[wanted], y[wanted]


def one_after_the_other(X, y, p, q):
    rows = torch.cat([X[y == p], X[y == q]])
    return rows, torch.cat([y[y == p], y[y == q]])


def row_by_row(X, y, p, q):
    kept = [i for i, label in enumerate(y.tolist()) if label in (p, q)]
    return X[kept], y[kept]


def into_zeros(X, y, p, q):
    kept = [i for i, label in enumerate(y.tolist()) if label in (p, q)]
    rows = torch.zeros(len(kept), *X.shape[1:])
    for place, i in enumerate(kept):
        rows[place] = X[i]
    return rows, y[kept]


def elements_of_a_table(X, y, p, q):
    wanted = ((y == p) | (y == q))[:, None].expand(len(X), X[0].numel())
    return X[wanted.view(X.shape)], y[(y == p) | (y == q)]


def scattered(true, predicted, k):
    counts = torch.zeros(k * k, dtype=torch.int64)
    return counts.scatter_add_(0, true * k + predicted, torch.ones_like(true)).view(k, k)


def put_with_accumulate(true, predicted, k):
    table = torch.zeros(k, k, dtype=torch.int64)
    return table.index_put_((true, predicted), torch.tensor(1), accumulate=True)


def met(true, predicted, k):
    classes = torch.arange(k)
    rows, columns = true == classes[:, None], predicted == classes[:, None]
    return (rows[:, None] & columns).sum(-1)


def added_in_place(true, predicted, k):
    table = torch.zeros(k, k, dtype=torch.int64)
    table[true, predicted] += 1
    return table


def counted_one_by_one(true, predicted, k):
    table = torch.zeros(k, k, dtype=torch.int64)
    for i, j in zip(true, predicted, strict=True):
        table[i, j] += 1
    return table


def counted_by_a_helper(true, predicted, k):
    return counted_one_by_one(true, predicted, k)


def counted_by_map(true, predicted, k):
    places = list(map(lambda i, j: i * k + j, true.tolist(), predicted.tolist()))
    return torch.bincount(torch.tensor(places, dtype=torch.int64), minlength=k * k).view(k, k)


ONE_DIMENSION = "the only dimension is the last one as well"

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
            lambda x, columns: x[torch.arange(x.shape[1]) == columns[:, None]],
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
            (lambda x, columns: x[:, columns][0], "these are all of row 0"),
            (lambda x, columns: x[:, columns].trace(), "an element for each row"),
            (lambda x, columns: x[torch.arange(x.shape[1]), columns], "side by side pick pairs"),
            (lambda x, columns: x[columns, torch.arange(len(x))], "raised IndexError"),
            (lambda x, columns: paired(x, columns)[None], "expected shape"),
        ],
    ),
    "02.4c": Cases(
        solution=both,
        also_right=[
            row_by_row,
            lambda X, y, p, q: [part[(y == p) | (y == q)] for part in (X, y)],
            lambda X, y, p, q: (X[torch.isin(y, torch.tensor([p, q]))], y[(y == p) | (y == q)]),
            lambda X, y, p, q: (X[((y - p) * (y - q)) == 0], y[((y - p) * (y - q)) == 0]),
        ],
        wrong=[
            (lambda X, y, p, q: (X[y == p or y == q], y), "is ambiguous"),  # noqa: SIM109
            (lambda X, y, p, q: (X[(y == p) or q], y), "is ambiguous"),
            (lambda X, y, p, q: (X[y == (p or q)], y[y == (p or q)]), "`p or q` is"),
            (lambda X, y, p, q: (X[y == p], y[y == p]), "class `q` are missing"),
            (lambda X, y, p, q: (X[y == q], y[y == q]), "class `p` are missing"),
            (lambda X, y, p, q: (X[(y == p) & (y == q)], y), "no row is of both classes"),
            (lambda X, y, p, q: both(X, y, p, q)[0], "return 2 values, the rows and"),
            (lambda X, y, p, q: (both(X, y, p, q)[0], y), "the whole `y`"),
            (lambda X, y, p, q: (X[(y == p) | (y == q)], (y == p) | (y == q)), "is the mask"),
            (
                lambda X, y, p, q: (
                    X[(y == p) | (y == q)],
                    ((y == p) | (y == q)).nonzero()[:, 0],
                ),
                "the numbers of the rows",
            ),
            (one_after_the_other, "keep the order"),
            (lambda X, y, p, q: one_after_the_other(X, y, q, p), "keep the order"),
            (lambda X, y, p, q: (X[(y != p) & (y != q)], y), "rows of the other classes"),
            (lambda X, y, p, q: (both(X, y, p, q)[0].abs(), y), "rows `X[i]`"),
            (
                lambda X, y, p, q: (X[(y >= min(p, q)) & (y <= max(p, q))], y),
                "a class between `p` and `q` is neither",
            ),
            (elements_of_a_table, "expected shape"),
            (into_zeros, "expected dtype torch.int64, got torch.float32"),
            (lambda X, y, p, q: (both(X, y, p, q)[0].float(), both(X, y, p, q)[1]), "dtype"),
            (
                lambda X, y, p, q: (X[(y == p) | (y == q), :], y[(y == p) | (y == q)]),
                "more entries than there are",
            ),
            (lambda X, y, p, q: (X, y), "all rows are here"),
            (lambda X, y, p, q: (both(X, y, p, q)[0].tolist(), y), "expected a tensor"),
            (lambda X, y, p, q: (both(X, y, p, q)[0], both(X, y, p, q)[1].float()), "dtype"),
        ],
        equivalent={"wanted = (y == q) | (y == p)": COMMUTES},
    ),
    "02.4d": Cases(
        solution=scattered,
        also_right=[
            put_with_accumulate,
            met,
            lambda true, predicted, k: torch.bincount(true * k + predicted, minlength=k * k).view(
                k, k
            ),
            lambda true, predicted, k: one_hot(true, k).T @ one_hot(predicted, k),
        ],
        wrong=[
            (added_in_place, "counted once"),
            (lambda true, predicted, k: scattered(predicted, true, k), "are swapped"),
            (lambda true, predicted, k: scattered(true, true, k), "the true classes alone"),
            (lambda true, predicted, k: scattered(true, predicted, k).float(), "torch.int64"),
            (lambda true, predicted, k: scattered(true, predicted, k).view(-1), "in a row"),
            (
                lambda true, predicted, k: torch.bincount(true * k + predicted).view(k, k),
                "is invalid for input of size",
            ),
            (counted_one_by_one, "this loops"),
            (counted_by_a_helper, "this loops"),
            (counted_by_map, "this loops"),
            (
                lambda true, predicted, k: torch.bincount(true + predicted, minlength=k),
                "expected shape",
            ),
            (lambda true, predicted, k: scattered(true, predicted, k).clamp(max=1), "once"),
            (lambda true, predicted, k: scattered(true, predicted, k) / len(true), "torch.int64"),
            (lambda true, predicted, k: scattered(true, predicted, k).tolist(), "got a list"),
        ],
        equivalent={
            "return abs(counts.scatter_add_(0, true * k + predicted, torch.ones_like(true))"
            ".view(k, k))": NOT_NEGATIVE,
            "return counts.scatter_add_(-1, true * k + predicted, torch.ones_like(true))"
            ".view(k, k)": ONE_DIMENSION,
            "counts.scatter_add_(dim=-1, index=right * size + guessed, src=ones)": ONE_DIMENSION,
            "return abs(counts.view(size, size))": NOT_NEGATIVE,
        },
    ),
}
