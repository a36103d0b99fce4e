"""Answers to the exercises of 03/02, scales."""

import torch

from check_cases import COMMUTES, Cases


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


def close_to_the_mean(X):
    constant = (torch.isclose(X, X.nanmean(dim=0)) | X.isnan()).all(dim=0)
    return without_care_for_rounding(X).masked_fill(constant, 0.0)


def rounded_only_in_float32(X):
    return without_care_for_rounding(X.double()).to(X.dtype)


def population(X):
    centred = X - X.nanmean(dim=0)
    return (centred / (centred**2).nanmean(dim=0).sqrt()).nan_to_num(0.0, 0.0, 0.0)


def filled_first(X):
    filled = torch.where(X.isnan(), X.nanmean(dim=0), X)
    return ((filled - filled.mean(dim=0)) / filled.std(dim=0)).nan_to_num(0.0, 0.0, 0.0)


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


def scaled(rows, by):
    constant = (by == by[0]).all(dim=0)
    return ((rows - by.mean(dim=0)) / by.std(dim=0)).masked_fill(constant, 0.0)


def standardise_both(train, test):
    return scaled(train, train), scaled(test, train)


def each_by_itself(train, test):
    return scaled(train, train), scaled(test, test)


def by_all_rows(train, test):
    every = torch.cat([train, test])
    return scaled(train, every), scaled(test, every)


def constant_by_deviation(train, test):
    mean, deviation = train.mean(dim=0), train.std(dim=0)
    constant = deviation == 0
    return tuple(((rows - mean) / deviation).masked_fill(constant, 0.0) for rows in (train, test))


def constant_kept(train, test):
    mean, deviation = train.mean(dim=0), train.std(dim=0)
    return (train - mean) / deviation, (test - mean) / deviation


def each_is_constant_by_itself(train, test):
    mean, deviation = train.mean(dim=0), train.std(dim=0)
    parts = []
    for rows in (train, test):
        constant = (rows == rows[:1]).all(dim=0)
        parts.append(((rows - mean) / deviation).masked_fill(constant, 0.0))
    return tuple(parts)


def only_centred(train, test):
    return train - train.mean(dim=0), test - train.mean(dim=0)


def by_the_variance(train, test):
    return tuple(part / train.std(dim=0) for part in standardise_both(train, test))


def by_n(train, test):
    mean, deviation = train.mean(dim=0), train.std(dim=0, correction=0)
    constant = (train == train[0]).all(dim=0)
    return tuple(((rows - mean) / deviation).masked_fill(constant, 0.0) for rows in (train, test))


def one_mean_for_all_columns(train, test):
    return (train - train.mean()) / train.std(), (test - train.mean()) / train.std()


def test_as_it_is(train, test):
    return scaled(train, train), test


def with_an_epsilon_below(train, test):
    mean, deviation = train.mean(dim=0), train.std(dim=0)
    return (train - mean) / (deviation + 1e-5), (test - mean) / (deviation + 1e-5)


def close_to_the_first(train, test):
    constant = torch.isclose(train, train[0]).all(dim=0)
    mean, deviation = train.mean(dim=0), train.std(dim=0)
    return tuple(((rows - mean) / deviation).masked_fill(constant, 0.0) for rows in (train, test))


def small_beside_the_mean(train, test):
    mean, deviation = train.mean(dim=0), train.std(dim=0)
    constant = deviation < 1e-6 * mean.abs()
    return tuple(((rows - mean) / deviation).masked_fill(constant, 0.0) for rows in (train, test))


def in_float64(train, test):
    mean, deviation = train.double().mean(dim=0), train.double().std(dim=0)
    constant = deviation == 0
    scaled = [((rows - mean) / deviation).masked_fill(constant, 0.0) for rows in (train, test)]
    return scaled[0].float(), scaled[1].float()


def swapped(train, test):
    return standardise_both(train, test)[::-1]


def joined(train, test):
    return torch.cat(standardise_both(train, test))


def by_the_test_rows(train, test):
    return scaled(train, test), scaled(test, test)


def column_after_column(train, test):
    first, second = torch.zeros_like(train), torch.zeros_like(test)
    for j in range(train.shape[1]):
        column = train[:, j]
        if column.max() > column.min():
            first[:, j] = (column - column.mean()) / column.std()
            second[:, j] = (test[:, j] - column.mean()) / column.std()
    return [first, second]


CASES = {
    "03.2a": Cases(
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
            (close_to_the_mean, "close and not equal"),
            (rounded_only_in_float32, "its mean is rounded"),
            (lambda X: standardise(X.float()).to(X.dtype), "in their own dtype"),
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
    "03.2b": Cases(
        solution=standardise_both,
        also_right=[column_after_column, in_float64],
        wrong=[
            (each_by_itself, "their own mean"),
            (by_all_rows, "test rows have a part"),
            (constant_by_deviation, "rounded mean"),
            (constant_kept, "constant in `train`"),
            (each_is_constant_by_itself, "constant in `train`"),
            (only_centred, "deviation as well"),
            (by_the_variance, "not by its square"),
            (by_n, "n - 1"),
            (one_mean_for_all_columns, "training mean"),
            (test_as_it_is, "as they were"),
            (with_an_epsilon_below, "rounded mean"),
            (close_to_the_first, "not all equal, however close"),
            (small_beside_the_mean, "not all equal, however close"),
            (swapped, "expected shape"),
            (joined, "return 2 values"),
            (by_the_test_rows, "not of `test`"),
        ],
        equivalent={
            line.replace("?", place): "where all rows are equal, each row will do"
            for line in (
                "constant = (by == by[?]).all(dim=0)",
                "constant = (learned_from == learned_from[?]).all(dim=0)",
            )
            for place in ("1", "-1")
        },
    ),
}
