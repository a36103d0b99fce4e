"""Checks of 07/15, sharding."""

from collections.abc import Callable
from math import prod
from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_tensor,
    expect_type,
    given,
    same_storage,
)
from d2lutils.checks.expecting import expect_int

Shape = tuple[int, ...]

ROUNDED_UP = "each rank gets rows / num_ranks rows, rounded up, as long as rows are left"
OWN_ROWS = "return each rank's rows of the mean, with their dtype and all their columns"


def _mine(rows: int, num_ranks: int, rank: int) -> int:
    """Return how many of the rows a rank gets, as chunk cuts them."""
    size = -(-rows // num_ranks)
    return min(size, max(0, rows - rank * size))


def _unstopped(rows: int, num_ranks: int, rank: int) -> int:
    """Return the same without a stop at 0."""
    size = -(-rows // num_ranks)
    return min(size, rows - rank * size)


def _even(rows: int, num_ranks: int, rank: int) -> int:
    """Return the rows of parts that differ by one row at most."""
    return rows // num_ranks + int(rank < rows % num_ranks)


def _down(rows: int, num_ranks: int, rank: int) -> int:
    return rows // num_ranks


def _up(rows: int, num_ranks: int, rank: int) -> int:
    return -(-rows // num_ranks)


def _before(rows: int, num_ranks: int, rank: int) -> int:
    return _mine(rows, num_ranks, rank - 1) if rank else 0


_USUAL: list[tuple[Callable[[int, int, int], int], str]] = [
    (_unstopped, "where no rows are left, a rank holds 0, not less"),
    (_even, f"as even as can be is not how chunk cuts; {ROUNDED_UP}"),
    (_down, ROUNDED_UP),
    (_up, "the last ranks get what is left, which may be less, or 0"),
    (_before, "ranks begin with 0"),
]


@exercise("07.15a")
def numbers_held(answer: Any) -> None:
    """The numbers that one rank holds, a parameter's rows cut as chunk cuts them."""
    cases: list[tuple[list[Shape], int, int]] = [
        ([(512, 64), (10, 512)], 2, 0),
        ([(512, 64), (10, 512)], 2, 1),
        ([(10, 5)], 4, 0),
        ([(10, 5)], 4, 2),
        ([(10, 5)], 4, 3),
        ([(5, 7)], 4, 1),
        ([(5, 7)], 4, 2),
        ([(5, 7)], 4, 3),
        ([(9, 2), (4, 3, 5, 5), (4,)], 8, 3),
        ([(9, 2), (4, 3, 5, 5), (4,)], 8, 4),
        ([(9, 2), (4, 3, 5, 5), (4,)], 8, 6),
        ([(9, 2), (4, 3, 5, 5), (4,)], 8, 7),
        ([(7,)], 3, 2),
        ([(7,)], 1, 0),
        ([(1, 6), (1,)], 2, 0),
        ([(1, 6), (1,)], 2, 1),
        ([(17, 2)], 4, 3),
        ([], 2, 1),
    ]
    for shapes, num_ranks, rank in cases:
        with given(shapes=shapes, num_ranks=num_ranks, rank=rank):
            found = expect_int(call(answer, shapes, num_ranks, rank))
            _compare(found, shapes, num_ranks, rank)


def _compare(found: int, shapes: list[Shape], num_ranks: int, rank: int) -> None:
    """Compare with the right number, and with what the usual mistakes give."""

    def total(rows_of: Callable[[int, int, int], int]) -> int:
        return sum(rows_of(rows, num_ranks, rank) * prod(rest) for rows, *rest in shapes)

    everything = sum(prod(shape) for shape in shapes)
    of_the_sum = "whole rows are cut, in each parameter, not the sum of its numbers"
    usual: list[tuple[object, str]] = [(total(rows_of), why) for rows_of, why in _USUAL]
    rows_alone = sum(_mine(rows, num_ranks, rank) for rows, *_ in shapes)
    usual.append((rows_alone, "a row may have more than one number"))
    usual.append((4 * total(_mine), "count numbers, not bytes"))
    usual += [(everything // num_ranks, of_the_sum), (-(-everything // num_ranks), of_the_sum)]
    expect_equal(found, total(_mine), usual=usual, why=ROUNDED_UP)


def _gradients(num_ranks: int, *shape: int, dtype: torch.dtype = torch.float32) -> list[Tensor]:
    """Return a tensor of that shape for each rank, drawn from a fixed seed."""
    generator = torch.Generator().manual_seed(13)
    return [torch.randn(shape, generator=generator).to(dtype) for _ in range(num_ranks)]


@exercise("07.15b")
def scatter_mean(answer: Any) -> None:
    """Each rank's rows of the mean, in memory of their own."""
    for num_ranks, shape, dtype in [
        (2, (4, 3), torch.float32),
        (2, (5, 2), torch.float64),
        (4, (10, 3), torch.float32),
        (4, (5, 2, 2), torch.float32),
        (3, (7,), torch.float64),
        (3, (1, 4), torch.float32),
        (1, (3, 2), torch.float32),
    ]:
        gradients = _gradients(num_ranks, *shape, dtype=dtype)
        with given(f"{num_ranks} gradients of shape {shape}"):
            _hold(call(answer, gradients), gradients)


def _hold(answer: object, gradients: list[Tensor]) -> None:
    """Compare the parts with the rows of the mean, and look at their memory."""
    parts = expect_type(answer, list)
    num_ranks = len(gradients)
    if len(parts) != num_ranks:
        raise Wrong(
            f"return a tensor for each of the {num_ranks} ranks; these are {len(parts)}. "
            "`chunk` leaves out ranks that get no rows"
        )
    total = torch.stack(gradients).sum(dim=0)
    size = -(-len(total) // num_ranks)
    for rank, found in enumerate(parts):
        rows = slice(rank * size, (rank + 1) * size)
        want = total[rows] / num_ranks
        with given(f"rank {rank}"):
            found = expect_tensor(found)
            usual: list[tuple[object, str]] = [
                (total[rows], "this is the sum; divide it by the number of ranks"),
                (total[rows] / 2, "divide by the number of ranks, which need not be 2"),
                (total / num_ranks, "each rank gets its own rows, not the whole mean"),
                (gradients[rank][rows], "these are the rows of one gradient, not of the mean"),
                (
                    (total / num_ranks).tensor_split(num_ranks)[rank],
                    f"cut as chunk does: {ROUNDED_UP}",
                ),
            ]
            expect_equal(found, want, usual=usual, why=OWN_ROWS)
            if any(same_storage(found, gradient) for gradient in gradients if len(want)):
                raise Wrong("the result shares an input's memory; `clone` it")
            if found.untyped_storage().nbytes() > want.numel() * want.element_size():
                raise Wrong("this is a view, and keeps the whole mean alive; `clone` it")
