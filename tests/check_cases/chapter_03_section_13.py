"""Answers to the exercises of 03/13, audio."""

import numpy as np
import torch
from torch.nn import functional as F

from check_cases import COMMUTES, NOT_NEGATIVE, WHOLE, Cases


def heard(frequency, rate):
    return min(frequency % rate, -frequency % rate)


def delay(left, right, most):
    shifted = F.pad(right, (most, most)).unfold(0, len(left), 1)
    return (shifted @ left).argmax().item() - most


def by_transform(left, right, most):
    n = 2 * len(left)
    product = torch.fft.irfft(torch.fft.rfft(right, n) * torch.fft.rfft(left, n).conj(), n)
    return int(torch.cat([product[-most:], product[: most + 1]]).argmax()) - most


def by_a_ring(left, right, most):
    product = torch.fft.irfft(torch.fft.rfft(right) * torch.fft.rfft(left).conj(), len(left))
    return int(torch.cat([product[-most:], product[: most + 1]]).argmax()) - most


def by_numpy(left, right, most):
    sums = np.correlate(right.numpy(), left.numpy(), "full")
    zero = len(left) - 1
    return int(sums[zero - most : zero + most + 1].argmax()) - most


def by_rolling(left, right, most):
    sums = [(left * right.roll(-late)).sum() for late in range(-most, most + 1)]
    return torch.stack(sums).argmax() - most


def folded_once(frequency, rate):
    return frequency if frequency <= rate / 2 else abs(rate - frequency) % rate


def by_overlaps(left, right, most, one_sum=torch.sum):
    found = {}
    for late in range(-most, most + 1):
        first = left[max(0, -late) : len(left) - max(0, late)]
        second = right[max(0, late) : len(right) - max(0, -late)]
        found[late] = one_sum(first * second).item()
    return max(found, key=found.get)


def mean_of_products(left, right, most):
    return by_overlaps(left, right, most, torch.mean)


def by_a_spectrum(frequency, rate):
    times = torch.arange(int(rate)) / rate
    loudest = torch.fft.rfft(torch.cos(2 * torch.pi * frequency * times)).abs().argmax()
    return loudest.item() * rate / int(rate)


def back_and_forth(frequency, rate):
    while frequency > rate / 2:
        frequency = abs(frequency - rate)
    return frequency


def by_the_loudest(left, right, most):
    late = int(right.argmax()) - int(left.argmax())
    return max(-most, min(late, most)) // 2 * 2


def forwards_only(left, right, most):
    sums = [(left[: len(left) - late] * right[late:]).sum() for late in range(most + 1)]
    return int(torch.stack(sums).argmax())


def smallest_sum(left, right, most):
    shifted = F.pad(right, (most, most)).unfold(0, len(left), 1)
    return (shifted @ left).argmin().item() - most


def without_the_ends(left, right, most):
    shifted = F.pad(right, (most, most)).unfold(0, len(left), 1)
    return (shifted @ left)[1:-1].argmax().item() + 1 - most


SCALES = {"uint8": 2**7, "int16": 2**15, "int32": 2**31}


def to_floats(levels):
    x = torch.from_numpy(levels.astype("float64"))
    if levels.dtype == "uint8":
        x = x - 128
    x = x / SCALES[levels.dtype.name]
    return torch.atleast_2d(x.t()).float()


def in_numpy(levels):
    columns = levels.reshape(len(levels), -1).T.astype(np.float32)
    if levels.dtype == np.uint8:
        columns -= 128
    return torch.tensor(columns / -float(np.iinfo(levels.dtype.name).min or -128))


def scaled(levels, zero, scale):
    """Like to_floats, with another silence and scale of the type."""
    x = torch.from_numpy(levels.astype("float64"))
    return torch.atleast_2d(((x - zero) / scale).t()).float()


def only_bytes(levels, zero, scale):
    return scaled(levels, zero, scale) if levels.dtype == "uint8" else to_floats(levels)


def wrapped(levels):
    if levels.dtype != "uint8":
        return to_floats(levels)
    return torch.atleast_2d(((torch.from_numpy(levels.copy()) - 128) / 128).t())


def viewed(levels):
    return to_floats(levels).t().reshape(to_floats(levels).shape)


def by_how_loud(levels):
    if levels.dtype == "uint8":
        return to_floats(levels)
    loud = np.abs(levels.astype("int64")).max() > 2**15
    return scaled(levels, 0, 2**31 if loud else 2**15)


def by_the_sign(levels):
    return scaled(levels, 128, 128) if levels.min() >= 0 else to_floats(levels)


def by_its_largest(levels):
    x = torch.atleast_2d(torch.from_numpy(levels.astype("float32")).t())
    return to_floats(levels) if levels.dtype == "uint8" else x / x.abs().max()


CASES = {
    "03.13a": Cases(
        solution=heard,
        also_right=[lambda f, r: abs((f + r / 2) % r - r / 2), back_and_forth],
        wrong=[
            (lambda f, r: f % r, "a tone folds"),
            (lambda f, r: r - f, "cannot be negative"),
            (lambda f, r: abs(r - f), "whole multiples"),
            (lambda f, r: min(f, r / 2), "do not stop at half"),
            (lambda f, r: f % (r / 2), "like a mirror"),
            (lambda f, r: f, "a tone folds"),
            (lambda f, r: heard(f, 8_000), "whole multiples of the rate"),
            (lambda f, r: int(heard(f, r)), "fold at half the rate"),
            (lambda f, r: max(f % r, -f % r), "a tone folds"),
            (lambda f, r: heard(f, r) - r, "whole multiples of the rate"),
            (lambda f, r: heard(f, r / 2), "like a mirror"),
            (folded_once, "a tone folds"),
            (lambda f, r: f % r if f % r <= r // 2 else r - f % r, "one below half the rate stays"),
            (lambda f, r: round(heard(f, r), 1), "fold at half the rate"),
            (by_a_spectrum, "fold at half the rate"),
            (lambda f, r: f"{heard(f, r)} Hz", "return the frequency as one number"),
            (lambda f, r: str(heard(f, r)), "return the frequency as one number"),
        ],
        equivalent={
            "return abs(min(frequency % rate, -frequency % rate))": NOT_NEGATIVE,
            "return min(-frequency % rate, frequency % rate)": COMMUTES,
        },
    ),
    "03.13b": Cases(
        solution=to_floats,
        also_right=[in_numpy],
        wrong=[
            (wrapped, "make floats before"),
            (lambda x: only_bytes(x, 0, 128), "subtract 128 first"),
            (lambda x: only_bytes(x, 0, 255), "then divide by 128"),
            (lambda x: only_bytes(x, 127.5, 127.5), "has to become 0"),
            (lambda x: only_bytes(x, 128, 127), "128 below silence"),
            (lambda x: scaled(x, 0, SCALES[x.dtype.name] - 1), "divide by 2 to a power"),
            (by_how_loud, "int32 goes to 2**31"),
            (by_the_sign, "the type's largest magnitude"),
            (by_its_largest, "not by this sound's"),
            (lambda x: scaled(x, 0, 1), "not divided yet"),
            (lambda x: to_floats(x.astype("int16")) if x.itemsize > 1 else to_floats(x), "type"),
            (lambda x: scaled(x, 0, 2**15) if x.itemsize > 1 else to_floats(x), "2**31"),
            (lambda x: scaled(x, 0, 2**31) if x.itemsize > 1 else to_floats(x), "2**15"),
            (lambda x: scaled(x, 0, 2**23) if x.itemsize > 2 else to_floats(x), "the upper ones"),
            (lambda x: to_floats(x).t() if x.ndim > 1 else to_floats(x), "transpose it"),
            (lambda x: to_floats(x).squeeze(0), "mono needs a first dimension"),
            (lambda x: to_floats(x).double(), "return float32"),
            (viewed, "mixes the channels"),
            (lambda x: to_floats(x).numpy(), "expected a tensor"),
            (lambda x: -to_floats(x), "the type's largest magnitude"),
        ],
        equivalent={
            "if levels.dtype <= 'uint8':": "of the three types, only uint8 fits into uint8",
            "x = torch.from_numpy(array).float()": "float copies",
            "x = x.view(-1, 1) if x.ndim <= 1 else x": "the levels have a dimension at least",
        },
    ),
    "03.13c": Cases(
        solution=delay,
        also_right=[by_transform, by_numpy, by_overlaps],
        wrong=[
            (lambda left, right, most: -delay(left, right, most), "the sign is wrong"),
            (lambda left, right, most: delay(left, right, most) + most, "stands for -most"),
            (lambda left, right, most: abs(delay(left, right, most)), "the sign is wrong"),
            (lambda left, right, most: most, "sum of products is largest"),
            (lambda left, right, most: left * right, "as one number"),
            (lambda left, right, most: -most, "sum of products is largest"),
            (lambda left, right, most: 0, "sum of products is largest"),
            (lambda left, right, most: delay(right, left, most), "the sign is wrong"),
            (by_the_loudest, "sum of products is largest"),
            (forwards_only, "sum of products is largest"),
            (mean_of_products, "sum of products is largest"),
            (
                lambda left, right, most: delay(left.sign(), right.sign(), most),
                "sum of products is largest",
            ),
            (
                lambda left, right, most: delay(left, right, min(most, 100)),
                "sum of products is largest",
            ),
            (by_rolling, "the ends wrap round"),
            (by_a_ring, "the ends wrap round"),
            (smallest_sum, "sum of products is largest"),
            (without_the_ends, "sum of products is largest"),
            (lambda left, right, most: delay(left, right, most) + 1, "sum of products is largest"),
        ],
        equivalent={
            "shifted = F.pad(right, (most, most)).unfold(-1, len(left), 1)": (
                "the sound has one dimension: the last is the first"
            ),
            "return int((shifted @ left).argmax().item() - most)": WHOLE,
            "return (shifted @ left).argmax() - most": "a tensor of one number will do",
        },
    ),
}
