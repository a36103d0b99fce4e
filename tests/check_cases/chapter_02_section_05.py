"""Answers to the exercises of 02/05, broadcasting."""

import torch

from check_cases import NOT_NEGATIVE, Cases


def stretched(x):
    least = x.amin(dim=1, keepdim=True)
    return (x - least) / (x.amax(dim=1, keepdim=True) - least)


def without_keepdim(x):
    least, most = x.amin(dim=1), x.amax(dim=1)
    return (x - least) / (most - least)


def half_without_keepdim(x):
    least, most = x.amin(dim=1, keepdim=True), x.amax(dim=1)
    return (x - least) / (most - least)


def by_columns(x):
    return (x - x.amin(dim=0)) / (x.amax(dim=0) - x.amin(dim=0))


def by_the_whole_table(x):
    return (x - x.min()) / (x.max() - x.min())


def in_place(x):
    least, most = x.amin(dim=1, keepdim=True), x.amax(dim=1, keepdim=True)
    x -= least
    return x.div_(most - least)


def with_named_tuple(x):
    least, most = x.min(dim=1, keepdim=True), x.max(dim=1, keepdim=True)
    return (x - least) / (most - least)


def less_the_mean(x):
    mean = x.mean(dim=1, keepdim=True)
    return (x - mean) / (x.amax(dim=1, keepdim=True) - x.amin(dim=1, keepdim=True))


def with_an_epsilon(x):
    least, most = x.amin(dim=1, keepdim=True), x.amax(dim=1, keepdim=True)
    return (x - least) / (most - least + 1e-8)


def real(lengths, m):
    return torch.arange(m) < lengths[:, None]


def filled_row_by_row(lengths, m):
    mask = torch.zeros(len(lengths), m, dtype=torch.bool)
    for i, length in enumerate(lengths.tolist()):
        mask[i, :length] = True
    return mask


def helped_with_the_mask(lengths, m):
    return filled_row_by_row(lengths, m)


def as_wide_as_the_longest(lengths, m):
    return real(lengths, int(lengths.max()) if len(lengths) else 0)


def closest(a, b):
    return ((a[:, None] - b) ** 2).sum(-1).argmin(1)


def point_by_point(a, b):
    found = torch.zeros(len(a), dtype=torch.int64)
    for i in range(len(a)):
        found[i] = ((a[i] - b) ** 2).sum(-1).argmin()
    return found


def in_lists(a, b):
    found = []
    for one in a.tolist():
        squares = [sum((p - q) ** 2 for p, q in zip(one, other, strict=True)) for other in b]
        found.append(squares.index(min(squares)))
    return torch.tensor(found, dtype=torch.int64)


def by_map(a, b):
    rows = list(map(lambda point: ((point - b) ** 2).sum(-1).argmin(), a))  # noqa: C417
    return torch.stack(rows) if rows else torch.zeros(0, dtype=torch.int64)


def helped(a, b):
    return point_by_point(a, b)


def all_pairs_in_rows(a, b):
    gaps = a.repeat_interleave(len(b), dim=0) - b.repeat(len(a), 1)
    return gaps.square().sum(dim=1).view(len(a), len(b)).argmin(dim=1)


def expanded(a, b):
    return (a.pow(2).sum(-1)[:, None] + b.pow(2).sum(-1) - 2 * a @ b.T).argmin(1)


SUBTRACTING = "donot_use_mm_for_euclid_dist"
SAME_ORDER = "a sum divided by d is smallest where the sum is"
SQUARED = "the square does not see the sign of a difference"

CASES = {
    "02.5b": Cases(
        solution=stretched,
        also_right=[
            lambda x: (x - x.amin(1)[:, None]) / (x.amax(1) - x.amin(1))[:, None],
            lambda x: ((x.T - x.amin(1)) / (x.amax(1) - x.amin(1))).T,
            lambda x: (
                torch.stack([*map(lambda r: (r - r.min()) / (r.max() - r.min()), x)])  # noqa: C417
                if len(x)
                else x.clone()
            ),
        ],
        wrong=[
            (without_keepdim, "`keepdim=True` makes a column"),
            (half_without_keepdim, "`keepdim=True` makes a column"),
            (by_columns, "each column goes from 0 to 1"),
            (by_the_whole_table, "those of the whole table"),
            (in_place, "changed its input"),
            (with_named_tuple, "raised TypeError"),
            (lambda x: x - x.amin(1, keepdim=True), "now divide it by its range"),
            (lambda x: x / x.amax(1, keepdim=True), "before dividing"),
            (
                lambda x: x / (x.amax(1, keepdim=True) - x.amin(1, keepdim=True)),
                "before dividing",
            ),
            (
                lambda x: (x - x.amin(1, keepdim=True)) / x.amax(1, keepdim=True),
                "not by its largest number",
            ),
            (with_an_epsilon, "add nothing to it"),
            (lambda x: 1 - stretched(x), "becomes 0, and the largest 1"),
            (less_the_mean, "not its mean"),
            (lambda x: stretched(x).round(decimals=1), "the largest number of row i"),
            (lambda x: stretched(x).float(), "expected dtype"),
            (lambda x: stretched(x).T, "the largest number of row i"),
            (lambda x: stretched(x).tolist(), "expected a tensor, got a list"),
        ],
        equivalent={
            "return abs((x - least) / (x.amax(dim=1, keepdim=True) - least))": NOT_NEGATIVE,
            "return abs((table - low) / (high - low))": NOT_NEGATIVE,
        },
    ),
    "02.5c": Cases(
        solution=real,
        also_right=[
            lambda lengths, m: lengths.unsqueeze(1) > torch.arange(m)[None],
            lambda lengths, m: (torch.arange(m)[:, None] < lengths).T,
            lambda lengths, m: ~(lengths[:, None] <= torch.arange(m)),
        ],
        wrong=[
            (lambda lengths, m: torch.arange(m) < lengths, "raised RuntimeError"),
            (lambda lengths, m: torch.arange(m) <= lengths[:, None], "use `<`"),
            (lambda lengths, m: torch.arange(m) >= lengths[:, None], "the mask is inverted"),
            (lambda lengths, m: torch.arange(m)[:, None] < lengths, "are swapped"),
            (lambda lengths, m: torch.arange(1, m + 1) < lengths[:, None], "where j is less"),
            (lambda lengths, m: real(lengths, m).long(), "a mask has dtype torch.bool"),
            (lambda lengths, m: real(lengths, m).float(), "a mask has dtype torch.bool"),
            (lambda lengths, m: real(lengths, m).flip(1), "the real places come first"),
            (as_wide_as_the_longest, "even where no row is so long"),
            (filled_row_by_row, "this loops"),
            (helped_with_the_mask, "this loops"),
            (lambda lengths, m: real(lengths, m).tolist(), "expected a tensor, got a list"),
            (
                lambda lengths, m: (
                    torch.arange(m)[: len(lengths)] < lengths[:m]
                    if len(lengths) == m
                    else real(lengths, m)
                ),
                "the lengths stand as a row",
            ),
        ],
    ),
    "02.5d": Cases(
        solution=closest,
        also_right=[
            lambda a, b: (a.unsqueeze(1) - b.unsqueeze(0)).square().sum(dim=2).argmin(dim=1),
            lambda a, b: torch.cdist(a, b, compute_mode=SUBTRACTING).argmin(dim=1),
            lambda a, b: torch.cdist(b, a, compute_mode=SUBTRACTING).min(dim=0).indices,
            all_pairs_in_rows,
        ],
        wrong=[
            (expanded, "subtract the points first"),
            (lambda a, b: torch.cdist(a, b).argmin(1), "by its `compute_mode`"),
            (lambda a, b: (a[:, None] - b).pow(2).sum(1).argmin(1), "along the coordinates"),
            (lambda a, b: closest(b, a) if len(a) else closest(a, b), "nearest to those of `b`"),
            (lambda a, b: torch.cdist(a, b).argmax(1), "the farthest points"),
            (lambda a, b: torch.cdist(a, b).amin(1), "the distance itself"),
            (lambda a, b: torch.cdist(a, b), "the distance itself"),
            (lambda a, b: torch.cdist(a, b).min(1), "expected a tensor"),
            (lambda a, b: (a[:, None] - b).sum(-1).argmin(1), "is no distance"),
            (lambda a, b: ((a[:, None] - b).sum(-1) ** 2).argmin(1), "square each difference"),
            (lambda a, b: (a[:, None] - b).abs().sum(-1).argmin(1), "sums of absolute values"),
            (lambda a, b: (a[:, None] - b).abs().amax(-1).argmin(1), "coordinates counts"),
            (lambda a, b: (a[:, None] - b)[..., 0].abs().argmin(1), "coordinates counts"),
            (lambda a, b: b[closest(a, b)], "return their numbers"),
            (lambda a, b: ((a - b) ** 2).sum(-1).argmin(), "your function raised RuntimeError"),
            (lambda a, b: closest(a, b).int(), "expected dtype"),
            (point_by_point, "this loops"),
            (in_lists, "this loops"),
            (by_map, "this loops"),
            (helped, "this loops"),
        ],
        equivalent={
            "return abs(((a[:, None] - b) ** 2).sum(-1).argmin(1))": NOT_NEGATIVE,
            "return ((a[:, None] - b) ** 2).mean(-1).argmin(1)": SAME_ORDER,
            "return ((b - a[:, None]) ** 2).sum(-1).argmin(1)": SQUARED,
            "squares = ((first[:, None] - second) ** 2).mean(dim=2)": SAME_ORDER,
            "squares = ((second - first[:, None]) ** 2).sum(dim=2)": SQUARED,
            "return abs(squares.argmin(dim=1))": NOT_NEGATIVE,
        },
    ),
}
