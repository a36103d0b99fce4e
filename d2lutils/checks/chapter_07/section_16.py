"""Checks of 07/16, sharded checkpoints."""

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
from d2lutils.checks.refusals import refusal_of

Source = tuple[int, int, int]
Piece = tuple[int, Tensor]

CUT = "readers and writers get rows / ranks rows each, rounded up, as long as rows are left"


def _rows(rank: int, num_ranks: int, num_rows: int) -> range:
    """Return the rows of a rank, as chunk cuts them."""
    size = -(-num_rows // num_ranks)
    return range(num_rows)[rank * size : (rank + 1) * size]


def _shared(rank: int, num_readers: int, num_writers: int, num_rows: int) -> list[Source]:
    """Return what a reader reads: each writer's number, row within its part, number of rows."""
    wanted = _rows(rank, num_readers, num_rows)
    found = []
    for writer in range(num_writers):
        written = _rows(writer, num_writers, num_rows)
        both = [row for row in wanted if row in written]
        if both:
            found.append((writer, both[0] - written.start, len(both)))
    return found


@exercise("07.16a")
def sources(answer: Any) -> None:
    """Which rows of which writers' parts a reader needs."""
    for rank, num_readers, num_writers, num_rows in [
        (1, 3, 2, 512),
        (0, 3, 2, 512),
        (2, 3, 2, 512),
        (0, 1, 2, 10),
        (0, 2, 1, 10),
        (1, 2, 1, 10),
        (1, 2, 2, 10),
        (0, 2, 4, 10),
        (1, 2, 4, 10),
        (2, 4, 3, 10),
        (3, 4, 3, 10),
        (1, 2, 5, 17),
        (3, 5, 2, 17),
        (3, 4, 2, 5),
        (0, 1, 4, 5),
        (1, 8, 3, 4),
        (5, 8, 3, 4),
        (0, 2, 3, 1),
        (1, 2, 3, 1),
        (0, 3, 2, 0),
    ]:
        with given(rank=rank, num_readers=num_readers, num_writers=num_writers, num_rows=num_rows):
            found = call(answer, rank, num_readers, num_writers, num_rows)
            _compare(expect_type(found, list), rank, num_readers, num_writers, num_rows)


def _compare(
    found: list[Any], rank: int, num_readers: int, num_writers: int, num_rows: int
) -> None:
    """Compare with the right list, and with what the usual mistakes give."""
    want = _shared(rank, num_readers, num_writers, num_rows)
    starts = [_rows(writer, num_writers, num_rows).start for writer, _, _ in want]
    of_whole = [(w, row + start, n) for (w, row, n), start in zip(want, starts, strict=True)]
    ends = [(w, row, row + n) for w, row, n in want]
    usual: list[tuple[object, str]] = [
        (of_whole, "count the first row within the writer's part, not in the whole"),
        (ends, "the last number is how many rows, not the row after the last"),
        (
            [(w, row, row + n) for w, row, n in of_whole],
            "return the first row within the writer's part, and how many",
        ),
        (
            _shared(rank, num_writers, num_readers, num_rows) if rank < num_writers else None,
            "these are the rows that a writer shares with the readers; the reader is asked for",
        ),
        (
            _shared(rank - 1, num_readers, num_writers, num_rows) if rank else None,
            "ranks begin with 0",
        ),
    ]
    if len(found) > len(want) and any(part[2:] == (0,) for part in found if type(part) is tuple):
        raise Wrong("leave out writers of which the reader needs no rows")
    expect_equal(found, want, usual=usual, why=CUT)


def _whole(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return a tensor of that shape, drawn from a fixed seed."""
    generator = torch.Generator().manual_seed(16)
    return (8 * torch.randn(shape, generator=generator)).to(dtype)


def _cut(whole: Tensor, *bounds: tuple[int, int]) -> list[Piece]:
    """Return pieces of a tensor in memory of their own, in the order of the bounds."""
    return [(first, whole[first:end].clone()) for first, end in bounds]


@exercise("07.16b")
def assemble(answer: Any) -> None:
    """Put a tensor together from pieces; refuse pieces that do not fit."""
    ten, five = _whole(10, 3), _whole(5, dtype=torch.float64)
    for whole, bounds in [
        (ten, [(0, 5), (5, 10)]),
        (ten, [(5, 10), (0, 5)]),
        (ten, [(8, 10), (0, 4), (4, 8)]),
        (ten, [(0, 10)]),
        (ten, [(10, 10), (3, 10), (0, 3), (3, 3)]),
        (ten, [(3, 10), (3, 3), (0, 3), (0, 0)]),
        (ten, [(0, 3), (5, 5), (3, 10)]),
        (ten, [(12, 12), (4, 10), (0, 4)]),
        (five, [(4, 5), (2, 4), (0, 2)]),
        (_whole(4, 2, 3, dtype=torch.int64), [(2, 4), (0, 2)]),
        (_whole(3, 2, dtype=torch.complex64), [(1, 3), (0, 1)]),
        (_whole(3, 2, dtype=torch.bfloat16), [(1, 3), (0, 1)]),
        (_whole(4, dtype=torch.int64) > 0, [(1, 4), (0, 1)]),
        (_whole(0, 4), [(0, 0)]),
        (_whole(0, 4, dtype=torch.int64), [(0, 0), (0, 0)]),
    ]:
        told = f"pieces of rows {[f'{first} to {end}' for first, end in bounds]} (end left out)"
        told += f" of a tensor of shape {tuple(whole.shape)}"
        if any(first == end for first, end in bounds):
            told += ", where a piece of 0 rows counts for nothing"
        with given(told):
            pieces = _cut(whole, *bounds)
            found = expect_tensor(call(answer, pieces, len(whole)))
            _hold(found, whole, pieces)
    for what, whole, bounds, num_rows in [
        ("rows 4 and 5 are missing", ten, [(0, 4), (6, 10)], 10),
        ("row 0 is missing", ten, [(1, 5), (5, 10)], 10),
        ("row 9 is missing", ten, [(5, 9), (0, 5)], 10),
        ("row 4 comes twice", ten, [(0, 5), (4, 10)], 10),
        ("one piece comes twice", ten, [(0, 5), (5, 10), (0, 5)], 10),
        ("row 1 comes twice and row 3 is missing", ten, [(0, 2), (1, 3)], 4),
        ("row 3 comes twice and row 6 is missing", ten, [(0, 4), (3, 6), (7, 10)], 10),
        ("rows 1 and 2 come twice and rows 4 and 5 are missing", 0 * ten, [(0, 3), (1, 4)], 6),
        ("row 1 of bools comes twice", ten > 0, [(0, 2), (1, 3)], 3),
        ("a piece lies within another", ten, [(0, 10), (2, 4)], 10),
        ("row 9 lies behind the end", ten, [(0, 5), (5, 10)], 9),
        ("a whole piece lies behind the end", ten, [(0, 5), (5, 10)], 5),
        ("row 2 is missing and row 4 lies behind the end", ten, [(0, 2), (3, 5)], 4),
        ("row 0 is missing and row 8 lies behind the end", ten, [(1, 5), (5, 9)], 8),
        ("the only piece has no rows", ten, [(0, 0)], 1),
        ("the only row lies behind the end", ten, [(0, 1)], 0),
    ]:
        _refuse(answer, _cut(whole, *bounds), num_rows, what)


def _hold(found: Tensor, whole: Tensor, pieces: list[Piece]) -> None:
    """Compare with the whole tensor, and look at the memory."""
    in_order_given = torch.cat([rows for _, rows in pieces])
    usual: list[tuple[object, str]] = [
        (in_order_given, "the pieces come in any order; `first` says where each belongs")
    ]
    expect_equal(found, whole, usual=usual, why="each row has its place, and keeps its dtype")
    if len(whole) and any(same_storage(found, rows) for _, rows in pieces):
        raise Wrong("the result shares the memory of a piece; `clone` it")


def _refuse(answer: Any, pieces: list[Piece], num_rows: int, what: str) -> None:
    """Expect a ValueError."""
    told = f"where {what} (num_rows = {num_rows}), your function should raise a ValueError; it"
    error, found = refusal_of(lambda: answer(pieces, num_rows), told)
    if error is None:
        got = f"a tensor of shape {tuple(found.shape)}" if isinstance(found, Tensor) else "a value"
        raise Wrong(f"{told} returned {got}")
