"""Answers to the exercises of 03/07, audio and video."""

import torch
from torch.nn import functional as F

from check_cases import Cases


def heard(frequency, rate):
    return min(frequency % rate, -frequency % rate)


def delay(left, right, most):
    shifted = F.pad(right, (most, most)).unfold(0, len(left), 1)
    return (shifted @ left).argmax().item() - most


def by_transform(left, right, most):
    n = 2 * len(left)
    product = torch.fft.irfft(torch.fft.rfft(right, n) * torch.fft.rfft(left, n).conj(), n)
    return int(torch.cat([product[-most:], product[: most + 1]]).argmax()) - most


def by_rolling(left, right, most):
    sums = [(left * right.roll(-late)).sum() for late in range(-most, most + 1)]
    return torch.stack(sums).argmax() - most


CASES = {
    "03.7a": Cases(
        solution=heard,
        also_right=[lambda f, r: abs((f + r / 2) % r - r / 2)],
        wrong=[
            (lambda f, r: f % r, "a tone folds"),
            (lambda f, r: r - f, "cannot be negative"),
            (lambda f, r: abs(r - f), "whole multiples"),
            (lambda f, r: min(f, r / 2), "do not stop at half"),
            (lambda f, r: f % (r / 2), "like a mirror"),
            (lambda f, r: f, "a tone folds"),
        ],
    ),
    "03.7c": Cases(
        solution=delay,
        also_right=[by_transform, by_rolling],
        wrong=[
            (lambda left, right, most: -delay(left, right, most), "the sign is wrong"),
            (lambda left, right, most: delay(left, right, most) + most, "stands for -most"),
            (lambda left, right, most: abs(delay(left, right, most)), "the sign is wrong"),
            (lambda left, right, most: most, "sum of products is largest"),
            (lambda left, right, most: left * right, "as one number"),
        ],
    ),
}
