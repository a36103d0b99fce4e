"""Answers to the exercises of 02/02, storage and strides."""

from itertools import accumulate
from math import prod
from operator import mul

import torch

from check_cases import Cases


def strides(shape):
    steps = []
    step = 1
    for size in reversed(shape):
        steps.insert(0, step)
        step *= size
    return tuple(steps)


def whole_products(shape):
    return tuple(prod(shape[dim:]) for dim in range(len(shape)))


def first_dimension_fastest(shape):
    return (1, *accumulate(shape[:-1], mul))


def view(x, size, step):
    count = (len(x) - size) // step + 1
    return x.as_strided((count, size), (step * x.stride(0), x.stride(0)))


def own_stride_ignored(x, size, step):
    return x.as_strided(((len(x) - size) // step + 1, size), (step, 1))


def from_the_storages_start(x, size, step):
    count = (len(x) - size) // step + 1
    return x.as_strided((count, size), (step * x.stride(0), x.stride(0)), 0)


def one_too_few(x, size, step):
    return view(x, size, step)[:-1]


def one_too_many(x, size, step):
    count = (len(x) - size) // step + 2
    return x.as_strided((count, size), (step * x.stride(0), x.stride(0)))


def swapped(x, size, step):
    count = (len(x) - size) // step + 1
    return x.as_strided((count, size), (x.stride(0), step * x.stride(0)))


CASES = {
    "02.2a": Cases(
        solution=strides,
        also_right=[lambda shape: torch.empty(shape).stride()],
        wrong=[
            (lambda shape: strides(shape)[::-1], "reverse order"),
            (lambda shape: tuple(4 * s for s in strides(shape)), "count elements"),
            (whole_products, "its own dimension"),
            (first_dimension_fastest, "last dimension steps by 1"),
            (lambda shape: list(strides(shape)), "expected a tuple, got a list"),
            (lambda shape: print(strides(shape)), "is a `return` missing?"),
            (lambda shape: strides(shape[0]), "raised TypeError"),
        ],
    ),
    "02.2b": Cases(
        solution=view,
        also_right=[lambda x, size, step: x.unfold(0, size, step)],
        wrong=[
            (lambda x, size, step: view(x, size, step).clone(), "you copied"),
            (own_stride_ignored, "a stride of its own"),
            (from_the_storages_start, "`as_strided` was given 0"),
            (one_too_few, "one window is missing"),
            (one_too_many, "reaches past x"),
            (swapped, "two strides are swapped"),
            (lambda x, size, step: view(x, size, 1), "step is forgotten"),
            (lambda x, size, step: view(x, size, step).T, "one window in each row"),
            (lambda x, size, step: view(x, size, step).tolist(), "expected a tensor, got a list"),
        ],
    ),
}
