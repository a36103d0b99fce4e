"""Checks of 02/13, the time and memory that a GPU costs; none of them needs one."""

import math
from typing import Any

import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, given
from d2lutils.checks.expecting import expect_int, expect_parts
from d2lutils.checks.showing import kind

Parts = list[tuple[tuple[int, ...], torch.dtype]]

PARTS: list[Parts] = [
    [((64, 3, 224, 224), torch.float32)],
    [((5, 7), torch.uint8), ((3,), torch.float64)],
    [((2, 3), torch.complex64), ((), torch.bfloat16), ((0, 9), torch.int64)],
    [((4,), torch.bool), ((4,), torch.bool), ((11, 1), torch.int16)],
    [((10**8, 10**7), torch.float32)],
    [],
]


@exercise("02.13a")
def transfer_cost(answer: Any) -> None:
    """The bytes and the seconds of some transfers, from shapes and dtypes."""
    for parts in PARTS:
        for bandwidth, start in [(1.5e6, 0.25), (20e9, 3e-5)]:
            with given(parts=parts, bandwidth=bandwidth, start=start):
                count, seconds = expect_parts(
                    call(answer, list(parts), bandwidth, start), "the bytes", "the seconds"
                )
                _judge_bytes(count, parts)
                _judge_seconds(seconds, parts, bandwidth, start)


def _bytes(parts: Parts) -> int:
    return sum(math.prod(shape) * dtype.itemsize for shape, dtype in parts)


def _number(got: Any, wanted: str) -> float:
    if isinstance(got, bool) or not isinstance(got, int | float):
        raise Wrong(f"{wanted}, not {kind(got)}")
    try:
        return float(got)
    except OverflowError:
        raise Wrong(f"{wanted}; this one is far too large") from None


def _judge_bytes(count: Any, parts: Parts) -> None:
    if isinstance(count, float) and count == _bytes(parts):
        raise Wrong("the bytes are a float; return an int")
    elements = [math.prod(shape) for shape, _ in parts]
    usual = [
        (sum(elements), "these are the elements; an element has `dtype.itemsize` bytes"),
        (4 * sum(elements), "not every element has 4 bytes; see `dtype.itemsize`"),
        (
            sum(sum(shape) * dtype.itemsize for shape, dtype in parts),
            "the sizes of a shape are multiplied, not added",
        ),
        (
            sum((math.prod(shape) if shape else 0) * dtype.itemsize for shape, dtype in parts),
            "a tensor of shape () has one element",
        ),
        (_bytes(parts) * 8, "these are the bits"),
    ]
    expect_equal(expect_int(count), _bytes(parts), usual=usual, why="elements times itemsize")


def _judge_seconds(seconds: Any, parts: Parts, bandwidth: float, start: float) -> None:
    found = _number(seconds, "the seconds are a number")
    crossing = _bytes(parts) / bandwidth
    sizes = [math.prod(shape) * dtype.itemsize for shape, dtype in parts]
    slowest = max((start + size / bandwidth for size in sizes), default=0.0)
    with_bytes = sum(size > 0 for size in sizes)
    usual = [
        (crossing, "each transfer takes `start` seconds to begin"),
        (crossing + start, "each transfer has a start of its own, not all of them together"),
        (slowest, "the transfers follow one another, so their times add up"),
        (with_bytes * start + crossing, "a tensor of no elements has a start of its own, too"),
        (len(parts) * start + _bytes(parts) // bandwidth, "`//` drops the fraction; take `/`"),
        (len(parts) * start + _bytes(parts) * bandwidth, "divide by the bandwidth"),
        (1000 * (len(parts) * start + crossing), "these are milliseconds"),
        (len(parts) * start, "the bytes take time to cross as well"),
    ]
    want = len(parts) * start + crossing
    expect_equal(found, float(want), usual=usual, why="starts plus bytes / bandwidth")


LOOPS: list[tuple[list[float], list[float], set[int]]] = [
    ([2, 1, 3, 1], [4, 5, 3, 2], set()),
    ([1, 1, 1, 1, 1], [1, 1, 1, 1, 1], set()),
    ([1, 1, 1, 1, 1], [1, 1, 1, 1, 1], {0, 1, 2, 3, 4}),
    ([2, 7, 1, 3], [5, 1, 6, 2], set()),
    ([2, 7, 1, 3], [5, 1, 6, 2], {2}),
    ([0.5, 0.25, 3.0, 0.75], [4.5, 2.25, 0.5, 1.5], {0}),
    ([0.5, 0.25, 3.0, 0.75], [4.5, 2.25, 0.5, 1.5], {1, 3}),
    ([3], [4], {0}),
    ([0, 0, 2], [1, 1, 1], {1}),
    ([], [], set()),
]


def _follow(prepare: list[float], compute: list[float], waits: set[int], late: int = 0) -> float:
    """Return when the GPU is done; the mistake: waits come `late` steps too late."""
    cpu = gpu = 0.0
    for step in range(len(prepare)):
        cpu += prepare[step]
        gpu = max(cpu, gpu) + compute[step]
        if step - late in waits:
            cpu = gpu
    return gpu


@exercise("02.13b")
def finish_time(answer: Any) -> None:
    """When a GPU has done the steps of a loop in which the CPU sometimes waits."""
    for prepare, compute, waits in LOOPS:
        with given(prepare=prepare, compute=compute, waits=waits):
            got = call(answer, list(prepare), list(compute), set(waits))
            found = _number(got, "return the time, a number")
            every = set(range(len(prepare)))
            usual = [
                (_follow(prepare, compute, every), "the CPU waits after the steps in `waits` only"),
                (_follow(prepare, compute, set()), "the CPU waits after the steps in `waits`"),
                (
                    _follow(prepare, compute, waits, late=-1),
                    "one step too early: steps count from 0, and the wait is after the step",
                ),
                (_follow(prepare, compute, waits, late=1), "this waits one step too late"),
                (sum(compute), "the GPU cannot begin a step that is not queued yet"),
                (sum(prepare), "this is when the last step is queued; it is not computed yet"),
                (
                    sum(prepare) + sum(compute),
                    "the CPU prepares while the GPU computes, unless it waits",
                ),
                (
                    max(sum(prepare), sum(compute)),
                    "the GPU begins after the first step is queued, and ends after the last one",
                ),
            ]
            want = _follow(prepare, compute, waits)
            why = "a step begins when it is queued and the GPU is free"
            expect_equal(found, want, usual=[(float(x), text) for x, text in usual], why=why)
