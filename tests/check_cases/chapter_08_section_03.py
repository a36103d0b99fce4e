"""Answers to the exercises of 08/03, calibration."""

import torch

from check_cases import NOT_NEGATIVE, Cases

NO_SIGN = "the gaps are taken without their sign"


def ece_by_count(sure, right, num_bins):
    order = sure.argsort()
    gaps = (sure - right.float())[order].tensor_split(num_bins)
    return torch.stack([part.sum().abs() for part in gaps]).sum() / len(sure)


def by_loop(sure, right, num_bins):
    claims, order = sure.sort()
    total = torch.tensor(0.0)
    truths = right[order].tensor_split(num_bins)
    for c, r in zip(claims.tensor_split(num_bins), truths, strict=True):
        if len(c):
            total = total + len(c) / len(sure) * (c.mean() - r.float().mean()).abs()
    return total


def not_sorted(sure, right, num_bins):
    gaps = (sure - right.float()).tensor_split(num_bins)
    return torch.stack([part.sum().abs() for part in gaps]).sum() / len(sure)


def right_left_behind(sure, right, num_bins):
    gaps = (sure.sort().values - right.float()).tensor_split(num_bins)
    return torch.stack([part.sum().abs() for part in gaps]).sum() / len(sure)


def with_nan(sure, right, num_bins):
    gaps = (sure - right.float())[sure.argsort()].tensor_split(num_bins)
    return torch.stack([len(part) * part.mean().abs() for part in gaps]).sum() / len(sure)


def not_weighed(sure, right, num_bins):
    gaps = (sure - right.float())[sure.argsort()].tensor_split(num_bins)
    return torch.stack([part.mean().abs() for part in gaps if len(part)]).mean()


def equal_widths(sure, right, num_bins):
    bins = (sure * num_bins).long().clamp(max=num_bins - 1)
    gaps = bins.bincount(weights=sure - right.float(), minlength=num_bins)
    return gaps.abs().sum() / len(sure)


def single_digits(sure, right, num_bins):
    return (sure - right.float()).abs().mean()


def with_signs(sure, right, num_bins):
    return (sure.mean() - right.float().mean()).abs()


def highest_first(sure, right, num_bins):
    gaps = (sure - right.float())[sure.argsort(descending=True)].tensor_split(num_bins)
    return torch.stack([part.sum().abs() for part in gaps]).sum() / len(sure)


def by_split(sure, right, num_bins):
    gaps = (sure - right.float())[sure.argsort()].split(-(-len(sure) // num_bins))
    return torch.stack([part.sum().abs() for part in gaps]).sum() / len(sure)


def cool_probabilities(p, T):
    return (p.log() / T).softmax(dim=1)


def by_log_softmax(p, T):
    scores = p.log() / T
    return (scores - scores.logsumexp(dim=-1, keepdim=True)).exp()


def by_powers_of_shares(p, T):
    power = (p / p.amax(dim=1, keepdim=True)) ** (1 / T)
    return power / power.sum(dim=1, keepdim=True)


def by_powers(p, T):
    power = p ** (1 / T)
    return power / power.sum(dim=1, keepdim=True)


def powers_alone(p, T):
    return p ** (1 / T)


def scores_left(p, T):
    return p.log() / T


CASES = {
    "08.3a": Cases(
        solution=ece_by_count,
        also_right=[by_loop],
        wrong=[
            (not_sorted, "sort the claims first"),
            (right_left_behind, "the order of the sorted claims, too"),
            (with_nan, "an empty group has no mean"),
            (not_weighed, "weigh each group"),
            (equal_widths, "cut by count"),
            (single_digits, "not of single digits"),
            (with_signs, "without its sign, then add"),
            (highest_first, "the lowest claim first"),
            (by_split, "sizes differ by 1"),
            (lambda sure, right, n: n * ece_by_count(sure, right, n), "expected"),
            (lambda sure, right, n: len(sure) * ece_by_count(sure, right, n), "number of digits"),
            (lambda sure, right, n: ece_by_count(sure, right, n).item(), "expected a tensor"),
            (lambda sure, right, n: ece_by_count(sure, right, 2), "cut by tensor_split"),
        ],
        equivalent={
            "gaps = (right.float() - sure)[order].tensor_split(num_bins)": NO_SIGN,
            "return abs(torch.stack([part.sum().abs() for part in gaps]).sum() / len(sure))": (
                NOT_NEGATIVE
            ),
            "excess = (true.float() - claims)[order].tensor_split(groups)": NO_SIGN,
            "return abs(torch.stack([part.sum().abs() for part in excess]).sum() / len(true))": (
                NOT_NEGATIVE
            ),
        },
    ),
    "08.3b": Cases(
        solution=cool_probabilities,
        also_right=[by_log_softmax, by_powers_of_shares],
        wrong=[
            (by_powers, "nan came out"),
            (powers_alone, "do not add up to 1"),
            (scores_left, "take their softmax"),
            (lambda p, T: (p / T).softmax(dim=1), "the logarithm before you divide"),
            (lambda p, T: p / T, "the rows have to add up to 1"),
            (lambda p, T: (p.log() * T).softmax(dim=1), "this multiplies"),
            (lambda p, T: (p.log() / T).softmax(dim=0), "classes are dimension 1"),
            (lambda p, T: p, "this is p as it was"),
            (lambda p, T: ((p + 1e-6).log() / T).softmax(dim=1), "add nothing to p"),
            (lambda p, T: (p.clamp(min=1e-6).log() / T).softmax(dim=1), "do not clamp it"),
            (lambda p, T: (p.clamp(min=1e-30).log() / T).softmax(dim=1), "do not clamp it"),
            (lambda p, T: cool_probabilities(p, T).float(), "keep the dtype"),
            (lambda p, T: cool_probabilities(p.double(), T), "keep the dtype"),
        ],
        equivalent={"return abs((p.log() / T).softmax(dim=1))": NOT_NEGATIVE},
    ),
}
