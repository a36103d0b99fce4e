"""Checks of 03/15, datasets and loaders."""

from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given


@exercise("03.15a")
def cut(answer: Any) -> None:
    """An order of positions, cut into batches."""
    for order, size, drop_last in [
        ([17, 12, 19, 14, 10, 15, 11], 4, False),
        ([17, 12, 19, 14, 10, 15, 11], 4, True),
        ([3, 1, 0, 2], 2, True),
        ([3, 1, 0, 2], 2, False),
        ([1, 0], 3, False),
        ([1, 0], 3, True),
        ([5, 9, 5], 1, True),
        ([8, 6, 7, 5], 4, True),
        ([], 2, False),
        ([], 2, True),
    ]:
        whole = len(order) - len(order) % size
        every = _batches(order, size)
        kept = _batches(order[:whole], size)
        places = _batches(list(range(whole if drop_last else len(order))), size)
        with given(order=order, batch_size=size, drop_last=drop_last):
            expect_equal(
                call(answer, order, size, drop_last),
                kept if drop_last else every,
                usual=[
                    (kept, "the ragged batch is missing; it stays unless `drop_last` is true"),
                    (every, "the ragged batch is still there; `drop_last` is true"),
                    (every[:-1], "a whole batch is missing; only a ragged one is left out"),
                    (
                        places,
                        "these are the places in `order`; return the positions that stand there",
                    ),
                    (_batches(sorted(order), size), "keep the positions in the given order"),
                    (order, "this is not cut; return a list of lists"),
                    ([tuple(batch) for batch in every], "each batch is a list too"),
                    ([*every, []], "no empty batch at the end"),
                ],
                why="batch k holds the positions from k * batch_size on, batch_size of them",
            )


def _batches(order: list[int], size: int) -> list[list[int]]:
    return [order[start : start + size] for start in range(0, len(order), size)]


@exercise("03.15b")
def balance(answer: Any) -> None:
    """Weights with which the classes of a set of samples are drawn equally often."""
    many = [1] * 120 + [0] * 30
    for classes in [
        [0, 0, 0, 1],
        [2, 2, 0],
        [1],
        [3, 0, 3, 3, 0, 3, 1],
        [0, 1, 2],
        [120, 3, 120],
        many,
    ]:
        labels = torch.tensor(classes)
        sizes = labels.bincount()
        want = 1 / sizes[labels].double()
        kinds = len(set(classes))
        with given(labels=labels):
            got = expect_tensor(call(answer, labels))
            if got.shape == sizes.shape != labels.shape:
                raise Wrong("this is a number for each class; look up each sample's own class")
            if not got.is_floating_point():
                raise Wrong(f"expected floats, got {got.dtype}")
            expect_equal(
                got.double(),
                want,
                usual=[
                    (sizes[labels].double(), "this is the size of each class; the rare weigh more"),
                    (want / kinds, "all weights together add up to 1; those of each class should"),
                    (want * len(labels) / kinds, "the weights of a class add up to n / classes"),
                    (
                        torch.full_like(want, 1 / len(labels)),
                        "every sample weighs the same; the size of its class decides",
                    ),
                ],
                why="a sample weighs 1 / (size of its class)",
            )


@exercise("03.15c")
def join(answer: Any) -> None:
    """Sequences of different lengths, joined into one batch."""
    tries: list[tuple[list[list[Any]], list[int], torch.dtype]] = [
        ([[0, -2, 0], [4], [5, 6]], [1, 0, 2], torch.int64),
        ([[0.5], [-1.5, 2.5]], [3, 3], torch.float64),
        ([[], [7, 8]], [0, 1], torch.uint8),
        ([[9, 10]], [-5], torch.int32),
        ([[-3, 0, 0], [2**40 + 1], list(range(9))], [-1, 2**40, 3], torch.int64),
        ([[], []], [1, 0], torch.float32),
    ]
    for sequences, labels, dtype in tries:
        samples = [
            (torch.tensor(numbers, dtype=dtype), label)
            for numbers, label in zip(sequences, labels, strict=True)
        ]
        named = ", ".join(
            f"(torch.tensor({numbers}, dtype={dtype}), {label})"
            for numbers, label in zip(sequences, labels, strict=True)
        )
        with given(f"samples = [{named}]"):
            got = call(answer, samples)
            if not isinstance(got, tuple | list) or len(got) != 3:
                raise Wrong("return three tensors: the batch, the lengths and the labels")
            for part, name in zip(got, ("the batch", "the lengths", "the labels"), strict=True):
                if not isinstance(part, Tensor):
                    raise Wrong(f"{name} should be a tensor, not of {type(part).__name__}")
                expect_tensor(part)
            _judge_batch(got[0], sequences, dtype)
            lengths = torch.tensor([len(numbers) for numbers in sequences])
            longest = torch.full_like(lengths, int(lengths.max()))
            counted = torch.tensor([sum(map(bool, numbers)) for numbers in sequences])
            usual = [
                (longest, "these are the lengths after padding; keep the true ones"),
                (counted, "a sequence may hold zeros of its own; take the length before padding"),
            ]
            why = "the second result holds the length of each sequence"
            expect_equal(got[1], lengths, usual=usual, why=why)
            why = "the third result holds the labels, in the samples' order"
            expect_equal(got[2], torch.tensor(labels), why=why)


def _judge_batch(got: Tensor, sequences: list[list[Any]], dtype: torch.dtype) -> None:
    width = max(map(len, sequences))
    want = torch.zeros(len(sequences), width, dtype=dtype)
    left = want.clone()
    for row, other, numbers in zip(want, left, sequences, strict=True):
        row[: len(numbers)] = torch.tensor(numbers, dtype=dtype)
        other[width - len(numbers) :] = torch.tensor(numbers, dtype=dtype)
    if got.ndim == 2 and got.shape[0] == len(sequences) and got.shape[1] > width:
        raise Wrong(f"the batch is {got.shape[1]} wide; the longest sequence has {width}")
    if got.shape == want.shape and got.dtype != dtype:
        raise Wrong(f"the batch is of {got.dtype}; keep the sequences' dtype, {dtype}")
    usual = [
        (left, "the sequences stand on the right; fill up on the right"),
        (want.T, "rows and columns are swapped: a sample is a row"),
    ]
    expect_equal(got, want, usual=usual, why="row i holds sequence i, then zeros")
