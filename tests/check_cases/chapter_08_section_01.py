"""Answers to the exercises of 08/01, regression."""

import math

import numpy as np
import torch

from check_cases import Cases

NO_SIGN = "a standard deviation is not negative"


def doubts(means, sigmas):
    noise = (sigmas**2).mean(dim=1).sqrt()
    return noise, means.std(dim=1, correction=0)


def by_hand(means, sigmas):
    k = means.shape[1]
    centre = means.sum(dim=1, keepdim=True) / k
    unknown = (((means - centre) ** 2).sum(dim=1) / k) ** 0.5
    return [(sigmas.square().sum(dim=1) / k) ** 0.5, unknown]


def by_norms(means, sigmas):
    root = means.shape[-1] ** 0.5
    away = means - means.mean(dim=-1, keepdim=True)
    return sigmas.norm(dim=-1) / root, away.norm(dim=-1) / root


def mean_of_sigmas(means, sigmas):
    return sigmas.mean(dim=1), means.std(dim=1, correction=0)


def default_correction(means, sigmas):
    return (sigmas**2).mean(dim=1).sqrt(), means.std(dim=1)


def variances(means, sigmas):
    return (sigmas**2).mean(dim=1), means.var(dim=1, correction=0)


def second_is_a_variance(means, sigmas):
    return doubts(means, sigmas)[0], means.var(dim=1, correction=0)


def swapped(means, sigmas):
    return doubts(means, sigmas)[::-1]


def over_times(means, sigmas):
    return (sigmas**2).mean(dim=0).sqrt(), means.std(dim=0, correction=0)


def both_together(means, sigmas):
    noise, unknown = doubts(means, sigmas)
    return (noise**2 + unknown**2).sqrt(), unknown


def total_second(means, sigmas):
    noise, unknown = doubts(means, sigmas)
    return noise, (noise**2 + unknown**2).sqrt()


def factor(y, mean, sigma, share):
    sizes = ((y - mean).abs() / sigma).sort().values
    return sizes[math.ceil(share * len(sizes)) - 1]


def by_trying(y, mean, sigma, share):
    sizes = (y - mean).abs() / sigma
    enough = [size for size in sizes if (sizes <= size).double().mean() >= share]
    return min(enough)


def by_topk(y, mean, sigma, share):
    k = math.ceil(share * len(y))
    return ((y - mean) / sigma).abs().topk(k, largest=False).values.max()


def by_numpy(y, mean, sigma, share):
    sizes = ((y - mean).abs() / sigma).numpy()
    return torch.from_numpy(np.asarray(np.quantile(sizes, share, method="inverted_cdf")))


def by_quantile(y, mean, sigma, share):
    return ((y - mean).abs() / sigma).quantile(share)


def rounded_down(y, mean, sigma, share):
    sizes = ((y - mean).abs() / sigma).sort().values
    return sizes[max(int(share * len(sizes)) - 1, 0)]


def one_too_far(y, mean, sigma, share):
    sizes = ((y - mean).abs() / sigma).sort().values
    return sizes[min(math.ceil(share * len(sizes)), len(sizes) - 1)]


def index_without_minus(y, mean, sigma, share):
    return ((y - mean).abs() / sigma).sort().values[math.ceil(share * len(y))]


def not_in_sigmas(y, mean, sigma, share):
    return (y - mean).abs().sort().values[math.ceil(share * len(y)) - 1]


def signed(y, mean, sigma, share):
    return ((y - mean) / sigma).sort().values[math.ceil(share * len(y)) - 1]


def descending(y, mean, sigma, share):
    sizes = ((y - mean).abs() / sigma).sort(descending=True).values
    return sizes[math.ceil(share * len(sizes)) - 1]


def by_variance(y, mean, sigma, share):
    return factor(y, mean, sigma**2, share)


CASES = {
    "08.1a": Cases(
        solution=doubts,
        also_right=[by_hand, by_norms],
        wrong=[
            (mean_of_sigmas, "this is the mean of the deviations"),
            (default_correction, "divide by the number of networks"),
            (variances, "this is the variance; take its root"),
            (second_is_a_variance, "not knowing: "),
            (swapped, "this is not knowing; return the noise first"),
            (over_times, "got (3,)"),
            (both_together, "this is the deviation of both together"),
            (total_second, "this is the deviation of both together"),
            (lambda means, sigmas: (sigmas**2).mean(dim=1).sqrt(), "return 2 values"),
            (
                lambda means, sigmas: (sigmas.std(dim=1, correction=0), doubts(means, sigmas)[1]),
                "how much the sigmas differ",
            ),
        ],
        equivalent={
            "return (abs(noise), means.std(dim=1, correction=0))": NO_SIGN,
            "return (noise, abs(means.std(dim=1, correction=0)))": NO_SIGN,
            "return (abs((widths ** 2).mean(1).sqrt()), centres.std(1, correction=0))": NO_SIGN,
            "return ((widths ** 2).mean(1).sqrt(), abs(centres.std(1, correction=0)))": NO_SIGN,
        },
    ),
    "08.1b": Cases(
        solution=factor,
        also_right=[by_trying, by_topk, by_numpy],
        wrong=[
            (by_quantile, "`quantile` goes between two readings"),
            (rounded_down, "too few readings lie within"),
            (one_too_far, "share = 0.5: "),
            (index_without_minus, "your function raised IndexError"),
            (not_in_sigmas, "in units of sigma"),
            (signed, "a miss downwards counts as well"),
            (descending, "sort from the smallest miss up"),
            (by_variance, "not by the variance"),
            (lambda *inputs: factor(*inputs) / 1.645, "without 1.645"),
            (lambda *inputs: factor(*inputs).item(), "expected a tensor"),
        ],
        equivalent={
            "sizes = ((mean - y).abs() / sigma).sort().values": "a distance has no sign",
            "misses = ((centre - readings).abs() / spread).sort().values": "a distance has no sign",
            "return abs(sizes[math.ceil(share * len(sizes)) - 1])": "a distance is not negative",
            "return abs(miss)": "a distance is not negative",
        },
    ),
}
