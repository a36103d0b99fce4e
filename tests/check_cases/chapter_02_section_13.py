"""Answers to the exercises of 02/13, the time and memory that a GPU costs."""

import math

import torch

from check_cases import COMMUTES, NOT_NEGATIVE, SAME_LENGTH, WHOLE, Cases


def bytes_and_seconds(tensors, rate, delay):
    count = 0
    for shape, dtype in tensors:
        count += torch.empty(shape, dtype=dtype, device="meta").nbytes
    return count, len(tensors) * delay + count / rate


def one_by_one(parts, bandwidth, start):
    count, seconds = 0, 0.0
    for shape, dtype in parts:
        size = math.prod(shape) * dtype.itemsize
        count += size
        seconds += start + size / bandwidth
    return [count, seconds]


def with_size(parts, bandwidth, start):
    size = sum(torch.Size(shape).numel() * dtype.itemsize for shape, dtype in parts)
    return size, start * len(parts) + size / bandwidth


def made(parts, bandwidth, start):
    size = sum(torch.empty(shape, dtype=dtype).nbytes for shape, dtype in parts)
    return size, len(parts) * start + size / bandwidth


def counted(size_of, seconds_of=lambda n, size, bandwidth, start: n * start + size / bandwidth):
    """An answer that counts the bytes of a part, or the seconds of all, in its own way."""

    def answer(parts, bandwidth, start):
        size = sum(size_of(shape, dtype) for shape, dtype in parts)
        return size, seconds_of(len(parts), size, bandwidth, start)

    return answer


def right_size(shape, dtype):
    return math.prod(shape) * dtype.itemsize


def side_by_side(parts, bandwidth, start):
    sizes = [right_size(shape, dtype) for shape, dtype in parts]
    return sum(sizes), max([start + size / bandwidth for size in sizes], default=0)


def no_empty_starts(parts, bandwidth, start):
    sizes = [right_size(shape, dtype) for shape, dtype in parts]
    return sum(sizes), sum(start + size / bandwidth for size in sizes if size)


def no_scalars(shape, dtype):
    size = dtype.itemsize if shape else 0
    for n in shape:
        size *= n
    return size


def end_of_work(preparing, computing, waiting):
    cpu = gpu = 0
    for step, (first, second) in enumerate(zip(preparing, computing, strict=True)):
        cpu += first
        gpu = max(cpu, gpu) + second
        if step in waiting:
            cpu = gpu
    return gpu


def by_queue(prepare, compute, waits):
    queued, done = 0.0, 0.0
    for step in range(len(compute)):
        queued = queued + prepare[step]
        begin = queued if queued > done else done
        done = begin + compute[step]
        queued = done if step in waits else queued
    return done


def takes_waits_out(prepare, compute, waits):
    cpu = gpu = 0
    for step, (first, second) in enumerate(zip(prepare, compute, strict=True)):
        cpu += first
        gpu = max(cpu, gpu) + second
        if step in waits:
            waits.remove(step)
            cpu = gpu
    return gpu


def variant(start=0, every=False, never=False, before=False, gpu_free=True, queued_only=False):
    """An answer with one mistake in it."""

    def answer(prepare, compute, waits):
        cpu = gpu = 0
        for step, (first, second) in enumerate(zip(prepare, compute, strict=True), start):
            if before and step in waits:
                cpu = max(cpu, gpu)
            cpu += first
            gpu = (max(cpu, gpu) if gpu_free else cpu) + second
            if not before and (every or step in waits) and not never:
                cpu = gpu
        return cpu if queued_only else gpu

    return answer


CASES = {
    "02.13a": Cases(
        solution=bytes_and_seconds,
        also_right=[one_by_one, with_size],
        wrong=[
            (counted(lambda shape, dtype: math.prod(shape)), "These are the elements"),
            (counted(lambda shape, dtype: 4 * math.prod(shape)), "Not every element has 4 bytes"),
            (counted(lambda shape, dtype: sum(shape) * dtype.itemsize), "multiplied, not added"),
            (counted(no_scalars), "shape () has one element"),
            (counted(lambda shape, dtype: 8 * right_size(shape, dtype)), "These are the bits"),
            (counted(right_size, lambda n, size, b, start: size / b), "`start` seconds to begin"),
            (counted(right_size, lambda n, size, b, start: start + size / b), "of its own"),
            (
                counted(right_size, lambda n, size, b, start: n * start + size * b),
                "Divide by the bandwidth",
            ),
            (
                counted(right_size, lambda n, size, b, start: 1000 * (n * start + size / b)),
                "These are milliseconds",
            ),
            (counted(right_size, lambda n, size, b, start: n * start), "take time to cross"),
            (
                counted(right_size, lambda n, size, b, start: n * start + size // b),
                "drops the fraction",
            ),
            (side_by_side, "follow one another"),
            (no_empty_starts, "a tensor of no elements"),
            (counted(right_size, lambda n, size, b, start: str(size / b)), "a number, not"),
            (lambda parts, b, start: with_size(parts, b, start)[1], "return 2 values"),
            (
                lambda parts, b, start: tuple(float(x) for x in with_size(parts, b, start)),
                "the bytes are a float",
            ),
            (lambda parts, b, start: with_size(parts, b, start)[::-1], "return an int"),
            (made, "raised"),
        ],
        equivalent={
            "return (abs(count), len(tensors) * delay + count / rate)": NOT_NEGATIVE,
            "return (int(count), len(tensors) * delay + count / rate)": WHOLE,
            "return (count, abs(len(tensors) * delay + count / rate))": NOT_NEGATIVE,
        },
    ),
    "02.13b": Cases(
        solution=end_of_work,
        also_right=[by_queue],
        wrong=[
            (takes_waits_out, "changed its input"),
            (variant(every=True), "in `waits` only"),
            (variant(never=True), "waits after the steps in `waits`"),
            (variant(start=-1), "This waits one step too late"),
            (variant(start=1), "One step too early"),
            (variant(before=True), "One step too early"),
            (variant(queued_only=True), "is queued; it is not computed yet"),
            (variant(gpu_free=False), "queued and the GPU is free"),
            (lambda prepare, compute, waits: sum(compute), "not queued yet"),
            (
                lambda prepare, compute, waits: sum(prepare) + sum(compute),
                "in `waits` only",
            ),
            (
                lambda prepare, compute, waits: max(sum(prepare), sum(compute)),
                "The GPU cannot begin a step",
            ),
            (lambda prepare, compute, waits: str(end_of_work(prepare, compute, waits)), "a number"),
            (lambda prepare, compute, waits: prepare[-1] + compute[-1], "A step begins"),
        ],
        equivalent={
            "for step, (first, second) in enumerate(zip(preparing, computing)):": SAME_LENGTH,
            "for step, (first, second) in enumerate("
            "zip(preparing, computing, strict=False)):": SAME_LENGTH,
            "gpu = max(gpu, cpu) + second": COMMUTES,
            "return abs(gpu)": NOT_NEGATIVE,
        },
    ),
}
