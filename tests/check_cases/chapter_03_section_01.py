"""Answers to the exercises of 03/01, tabular data."""

import torch
from torch.nn import functional as F

from check_cases import Cases


def encode(codes, num_classes):
    return (codes[:, None] == torch.arange(num_classes)).float()


def from_the_end(codes, num_classes):
    return torch.eye(num_classes)[codes]


def gaps_are_class_0(codes, num_classes):
    return F.one_hot(codes.clamp(min=0), num_classes).float()


def standardise(X):
    centred = X - X.nanmean(dim=0)
    known = (~X.isnan()).sum(dim=0)
    deviation = ((centred**2).nansum(dim=0) / (known - 1)).sqrt()
    return (centred / deviation).nan_to_num(0.0, 0.0, 0.0)


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


CASES = {
    "03.1a": Cases(
        solution=encode,
        wrong=[
            (from_the_end, "counts from the end"),
            (gaps_are_class_0, "not class 0"),
            (lambda codes, n: encode(codes, n).long(), "float32"),
            (lambda codes, n: encode(codes[codes >= 0], n), "shape"),
        ],
    ),
    "03.1b": Cases(
        solution=standardise,
        wrong=[
            (population, "n - 1"),
            (filled_first, "must not count"),
            (lambda X: (X - X.mean(dim=0)) / X.std(dim=0), "spreads"),
            (lambda X: (X - X.nanmean(dim=0)).nan_to_num(0.0), "the deviation as well"),
            (lambda X: torch.where(X.isnan(), torch.nan, standardise(X)), "come out as 0"),
            (zeros_from_std, "zeros everywhere"),
            (constant_forgotten, "0 / 0"),
        ],
    ),
    "03.1c": Cases(
        solution=precision_recall,
        wrong=[
            (lambda said, truth: precision_recall(said, truth)[::-1], "precision comes first"),
            (zeros, "1.0 is asked for"),
            (lambda said, truth: (said == truth).float().mean().item(), "tuple"),
            (lambda s, t: tuple(map(torch.tensor, precision_recall(s, t))), "Python numbers"),
        ],
    ),
}
