"""Answers to the exercises of 02/03, storage and strides."""

from itertools import accumulate
from math import prod
from operator import mul

import numpy as np
import torch

from check_cases import COMMUTES, Cases


def strides(shape):
    steps = []
    step = 1
    for size in reversed(shape):
        steps.insert(0, step)
        step *= max(size, 1)
    return tuple(steps)


def by_products(shape):
    sizes = [max(size, 1) for size in shape]
    return tuple(prod(sizes[dim + 1 :]) for dim in range(len(sizes)))


def by_recursion(shape):
    if not shape:
        return []
    rest = by_recursion(shape[1:])
    return [rest[0] * max(shape[1], 1) if rest else 1, *rest]


def by_division(shape):
    sizes = [max(size, 1) for size in shape]
    steps, rest = [], prod(sizes)
    for size in sizes:
        rest /= size
        steps.append(int(rest))
    return tuple(steps)


def zeros_make_ones(shape):
    return (1,) * len(shape) if 0 in shape else strides(shape)


def whole_products(shape):
    return tuple(prod(shape[dim:]) for dim in range(len(shape)))


def first_dimension_fastest(shape):
    return (1, *accumulate(shape[:-1], mul))


def view(x, size, step):
    count = (len(x) - size) // step + 1
    return x.as_strided((count, size), (step * x.stride(0), x.stride(0)))


def through_the_function(x, size, step):
    own = x.stride(0)
    shape = (len(x) - size) // step + 1, size
    return torch.as_strided(x, shape, (own * step, own), x.storage_offset())


def strides_of_unfold(x, size, step):
    windows = x.unfold(0, size, step)
    return x.as_strided(windows.shape, windows.stride())


def thrown_away(x, size, step):
    view(x, size, step)
    return x.unfold(0, size, step)


def by_rows(x, size, step):
    return torch.stack([x[at : at + size] for at in range(0, len(x) - size + 1, step)])


def own_offset_doubled(x, size, step):
    own, first = x.stride(0), min(2 * x.storage_offset(), 4)
    count = (len(x) - size) // step + 1
    return x.as_strided((count, size), (step * own, own), first)


def non_overlapping(x, size, step):
    count, own = (len(x) - size) // step + 1, x.stride(0)
    room = x.untyped_storage().nbytes() // 4 - x.storage_offset() - (size - 1) * own - 1
    return x.as_strided((count, size), (min(size * own, room // max(count - 1, 1)), own))


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


ONE_DIMENSION = "x has one dimension: the last is the first"

CASES = {
    "02.3a": Cases(
        solution=strides,
        also_right=[by_products, lambda shape: tuple(by_recursion(tuple(shape)))],
        wrong=[
            (lambda shape: torch.empty(shape).stride(), "`empty` made or asked a tensor"),
            (lambda shape: torch.empty(shape, device="meta").stride(), "made or asked a tensor"),
            (
                lambda shape: tuple(s // 8 for s in np.empty(shape).strides),
                "the product of the sizes",
            ),
            (lambda shape: torch.Tensor(*shape).stride(), "`stride` made or asked a tensor"),
            (lambda shape: tuple(prod(shape[d + 1 :]) for d in range(len(shape))), "counts as 1"),
            (lambda shape: (*shape[1:], 1), "the product of the sizes to the right"),
            (lambda shape: (prod(shape[1:]), prod(shape[2:]), 1), "expected (1,)"),
            (lambda shape: strides(shape)[::-1], "reverse order"),
            (by_division, "the product of the sizes"),
            (zeros_make_ones, "the product of the sizes"),
            (
                lambda shape: tuple(
                    1 if size == 1 else step
                    for size, step in zip(shape, strides(shape), strict=True)
                ),
                "the product of the sizes",
            ),
            (lambda shape: tuple(4 * s for s in strides(shape)), "count elements"),
            (whole_products, "its own dimension"),
            (first_dimension_fastest, "last dimension steps by 1"),
            (lambda shape: list(strides(shape)), "expected a tuple, got a list"),
            (lambda shape: print(strides(shape)), "is a `return` missing?"),
            (lambda shape: strides(shape[0]), "raised TypeError"),
        ],
        equivalent={"step *= max(1, size)": COMMUTES},
    ),
    "02.3b": Cases(
        solution=view,
        also_right=[through_the_function],
        wrong=[
            (lambda x, size, step: x.unfold(0, size, step), "make them with `as_strided`"),
            (strides_of_unfold, "without `unfold`"),
            (thrown_away, "without `unfold`"),
            (by_rows, "you copied"),
            (own_offset_doubled, "row i holds the size elements"),
            (non_overlapping, "row i holds"),
            (lambda x, size, step: view(x, step, size), "expected shape"),
            (lambda x, size, step: view(x.contiguous(), size, step), "you copied"),
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
        equivalent={
            "return x.as_strided((count, size), (step * x.stride(-1), x.stride(0)))": ONE_DIMENSION,
            "return x.as_strided((count, size), (step * x.stride(0), x.stride(-1)))": ONE_DIMENSION,
            "own = signal.stride(-1)": ONE_DIMENSION,
        },
    ),
}
