"""Answers to the exercises of 03/01, tabular data."""

import torch
from torch.nn import functional as F

from check_cases import COMMUTES, NOT_NEGATIVE, Cases


def encode(codes, num_classes):
    return (codes[:, None] == torch.arange(num_classes)).float()


def from_the_end(codes, num_classes):
    return torch.eye(num_classes)[codes]


def gaps_with_many_classes_only(codes, num_classes):
    if num_classes < 3:
        return torch.eye(num_classes)[codes]
    return encode(codes, num_classes)


def gaps_are_class_0(codes, num_classes):
    return F.one_hot(codes.clamp(min=0), num_classes).float()


def standardise(X):
    gap = X.isnan()
    centred = X - X.nanmean(dim=0)
    deviation = ((centred**2).nansum(dim=0) / ((~gap).sum(dim=0) - 1)).sqrt()
    lowest, highest = X.masked_fill(gap, torch.inf), X.masked_fill(gap, -torch.inf)
    constant = lowest.amin(dim=0) >= highest.amax(dim=0)
    return (centred / deviation).masked_fill(gap | constant, 0.0)


def without_care_for_rounding(X):
    centred = X - X.nanmean(dim=0)
    known = (~X.isnan()).sum(dim=0)
    return (centred / ((centred**2).nansum(dim=0) / (known - 1)).sqrt()).nan_to_num(0.0)


def population(X):
    centred = X - X.nanmean(dim=0)
    return (centred / (centred**2).nanmean(dim=0).sqrt()).nan_to_num(0.0, 0.0, 0.0)


def filled_first(X):
    filled = torch.where(X.isnan(), X.nanmean(dim=0), X)
    return ((filled - filled.mean(dim=0)) / filled.std(dim=0)).nan_to_num(0.0, 0.0, 0.0)


def precision_recall(said, truth):
    hits = (said & truth).sum().item()
    return tuple(hits / n if n else 1.0 for n in (said.sum().item(), truth.sum().item()))


def zeros(said, truth):
    hits = (said & truth).sum().item()
    return tuple(hits / n if n else 0.0 for n in (said.sum().item(), truth.sum().item()))


def zeros_from_std(X):
    return ((X - X.nanmean(dim=0)) / X.std(dim=0)).nan_to_num(0.0)


def constant_forgotten(X):
    scaled = torch.zeros_like(X)
    for column, into in zip(X.T, scaled.T, strict=True):
        known = ~column.isnan()
        into[known] = (column[known] - column[known].mean()) / column[known].std()
    return scaled


def nan_in_short_columns(X):
    known = (~X.isnan()).sum(dim=0)
    return torch.where((known < 2) & ~X.isnan(), torch.nan, standardise(X))


def compared_with_the_first_row(X):
    constant = ((X[0] == X) | X.isnan()).all(dim=0)
    return torch.where(constant, 0.0, without_care_for_rounding(X))


def nearly_constant(X):
    gap = X.isnan()
    lowest, highest = X.masked_fill(gap, torch.inf), X.masked_fill(gap, -torch.inf)
    return torch.where(highest.amax(0) - lowest.amin(0) > 1e-3, standardise(X), 0.0)


def least_of_known(X):
    scaled = torch.zeros_like(X)
    for column, into in zip(X.T, scaled.T, strict=True):
        known = column[~column.isnan()]
        if known.max() > known.min():
            into[:] = ((column - known.mean()) / known.std()).nan_to_num(0.0)
    return scaled


def column_by_column(X):
    scaled = torch.zeros_like(X)
    for column, into in zip(X.T, scaled.T, strict=True):
        known = ~column.isnan()
        numbers = column[known]
        if len(set(numbers.tolist())) > 1:
            into[known] = (numbers - numbers.mean()) / numbers.std()
    return scaled


def over_all_columns(X):
    known = X[~X.isnan()]
    return ((X - known.mean()) / known.std()).nan_to_num(0.0)


def min_max(X):
    low, high = X.nan_to_num(9e9).amin(0), X.nan_to_num(-9e9).amax(0)
    return ((X - low) / (high - low)).nan_to_num(0.0)


def with_an_epsilon(X):
    centred = X - X.nanmean(dim=0)
    known = (~X.isnan()).sum(dim=0)
    deviation = ((centred**2).nansum(dim=0) / (known - 1).clamp(min=1)).sqrt()
    return (centred / (deviation + 0.01)).nan_to_num(0.0)


def variance(X):
    centred = X - X.nanmean(dim=0)
    known = (~X.isnan()).sum(dim=0)
    return (centred / ((centred**2).nansum(dim=0) / (known - 1))).nan_to_num(0.0, 0.0, 0.0)


def share_said(said, truth):
    return said.float().mean().item(), truth.float().mean().item()


def specificity(said, truth):
    return precision_recall(said, truth)[0], precision_recall(~said, ~truth)[1]


def accuracy_for_recall(said, truth):
    return precision_recall(said, truth)[0], (said == truth).double().mean().item()


def always_one_where_nothing_is_there(said, truth):
    return precision_recall(said, truth) if truth.any() else (1.0, 1.0)


def counted(said, truth):
    hits = alarms = missed = 0
    for one, other in zip(said.tolist(), truth.tolist(), strict=True):
        hits += one and other
        alarms += one and not other
        missed += other and not one
    precision = hits / (hits + alarms) if hits + alarms else 1.0
    return precision, hits / (hits + missed) if hits + missed else 1.0


def f1(said, truth):
    precision, recall = precision_recall(said, truth)
    return 2 * precision * recall / max(precision + recall, 1e-9)


def no_care_for_zero(said, truth):
    hits = (said & truth).sum().item()
    return hits / said.sum().item(), hits / truth.sum().item()


def always_one_where_nothing_is_said(said, truth):
    return precision_recall(said, truth) if said.any() else (1.0, 1.0)


CASES = {
    "03.1a": Cases(
        solution=encode,
        wrong=[
            (from_the_end, "counts from the end"),
            (gaps_are_class_0, "not class 0"),
            (lambda codes, n: encode(codes, n).long(), "float32"),
            (lambda codes, n: encode(codes[codes >= 0], n), "shape"),
            (lambda codes, n: F.one_hot(codes + 1, n + 1).float(), "expected shape (3, 4)"),
            (lambda codes, n: F.one_hot(codes, n).float(), "raised RuntimeError"),
            (lambda codes, n: encode(codes, n).T, "a row a code"),
            (lambda codes, n: encode(codes, n) + (codes < 0)[:, None] / n, "a 1 in the column"),
            (
                lambda codes, n: encode(codes, n).masked_fill((codes < 0)[:, None], torch.nan),
                "a 1 in the column",
            ),
            (lambda codes, n: encode(codes, int(codes.max()) + 1), "expected shape"),
            (lambda codes, n: encode(codes, n).double(), "dtype torch.float32"),
            (gaps_with_many_classes_only, "counts from the end"),
            (lambda codes, n: encode(codes.to(torch.int8), n), "a 1 in the column"),
            (lambda codes, n: encode(codes.byte(), n), "a 1 in the column"),
            (lambda codes, n: encode(codes, n).squeeze(), "expected shape"),
        ],
        also_right=[
            lambda codes, n: F.one_hot(codes + 1, n + 1)[:, 1:].float(),
            lambda codes, n: torch.cat([torch.eye(n), torch.zeros(1, n)])[codes],
            lambda codes, n: torch.stack([(codes == k).float() for k in range(n)], dim=1),
        ],
        equivalent={
            "return abs((codes[:, None] == torch.arange(num_classes)).float())": NOT_NEGATIVE,
        },
    ),
    "03.1b": Cases(
        solution=standardise,
        also_right=[column_by_column],
        wrong=[
            (population, "n - 1"),
            (filled_first, "must not count"),
            (lambda X: (X - X.mean(dim=0)) / X.std(dim=0), "spreads"),
            (lambda X: (X - X.nanmean(dim=0)).nan_to_num(0.0), "the deviation as well"),
            (lambda X: torch.where(X.isnan(), torch.nan, standardise(X)), "come out as 0"),
            (zeros_from_std, "zeros everywhere"),
            (constant_forgotten, "0 / 0"),
            (without_care_for_rounding, "its mean is rounded"),
            (nan_in_short_columns, "fewer than two known values"),
            (lambda X: standardise(X).abs(), "mean and deviation of each column"),
            (over_all_columns, "mean and deviation of each column"),
            (compared_with_the_first_row, "its mean is rounded"),
            (nearly_constant, "close and not equal"),
            (lambda X: standardise(X.float()).to(X.dtype), "mean and deviation of each column"),
            (least_of_known, "raised "),
            (min_max, "mean and deviation of each column"),
            (with_an_epsilon, "mean and deviation of each column"),
            (lambda X: standardise(X[~X.isnan().any(1)]), "expected shape"),
            (variance, "the deviation is the square root"),
            (lambda X: standardise(X).double(), "expected dtype"),
        ],
        equivalent={
            "return (centred / deviation).masked_fill(constant | gap, 0.0)": COMMUTES,
        },
    ),
    "03.1c": Cases(
        solution=precision_recall,
        wrong=[
            (lambda said, truth: precision_recall(said, truth)[::-1], "precision comes first"),
            (zeros, "1.0 is asked for"),
            (lambda said, truth: (said == truth).float().mean().item(), "tuple"),
            (lambda s, t: tuple(map(torch.tensor, precision_recall(s, t))), "Python numbers"),
            (share_said, "divide the hits by"),
            (f1, "tuple"),
            (specificity, "divide the hits by"),
            (accuracy_for_recall, "divide the hits by"),
            (always_one_where_nothing_is_there, "divide the hits by"),
            (
                lambda said, truth: tuple(round(part, 1) for part in precision_recall(said, truth)),
                "divide the hits by",
            ),
            (no_care_for_zero, "the fraction bar is 0"),
            (lambda said, truth: precision_recall(~said, ~truth), "divide the hits by"),
            (lambda said, truth: precision_recall(said, truth)[0], "expected a tuple, got a float"),
            (always_one_where_nothing_is_said, "divide the hits by"),
        ],
        also_right=[lambda said, truth: list(precision_recall(said, truth)), counted],
        equivalent={
            "hits = (truth & said).sum().item()": COMMUTES,
            "hits = (right & picked).sum().item()": COMMUTES,
        },
    ),
}
