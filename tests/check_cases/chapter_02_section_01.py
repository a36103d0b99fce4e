"""Answers to the exercises of 02/01, from lists to tensors."""

from itertools import zip_longest

import torch
from torch.nn.utils.rnn import pad_sequence

from check_cases import SAME_LENGTH, Cases


def points(xs, ys):
    return torch.tensor(list(zip(xs, ys, strict=True)), dtype=torch.float32)


def by_coordinate(xs, ys):
    return torch.tensor([xs, ys], dtype=torch.float32)


def without_the_origin(xs, ys):
    rows = [[x, y] for x, y in zip(xs, ys, strict=True) if x or y]
    return torch.tensor(rows, dtype=torch.float32)


def ys_as_whole_as_xs(xs, ys):
    table = torch.tensor([xs, xs]).t().clone()
    table[:, 1] = torch.tensor(ys)
    return table.float()


def xs_as_whole_as_ys(xs, ys):
    return ys_as_whole_as_xs(ys, xs).flip(1)


def one_by_one(xs, ys):
    table = torch.zeros(len(xs), 2)
    for i in range(len(xs)):
        table[i, 0] = xs[i]
        table[i, 1] = ys[i]
    return table


def pad(rows, fill):
    width = max(map(len, rows))
    return torch.tensor([row + [fill] * (width - len(row)) for row in rows], dtype=torch.float32)


def in_front(rows, fill):
    width = max(map(len, rows))
    return torch.tensor([[fill] * (width - len(row)) + row for row in rows], dtype=torch.float32)


def three_fillers(rows, fill):
    width = max(map(len, rows))
    return torch.tensor([(row + [fill] * 3)[:width] for row in rows], dtype=torch.float32)


def cut(rows, fill):
    width = min(map(len, rows))
    return torch.tensor([row[:width] for row in rows], dtype=torch.float32)


def in_place(rows, fill):
    width = max(map(len, rows))
    for row in rows:
        row += [fill] * (width - len(row))
    return torch.tensor(rows, dtype=torch.float32)


def dtype_of_fill(rows, fill):
    table = torch.full((len(rows), max(map(len, rows))), fill)
    for i, row in enumerate(rows):
        for j, number in enumerate(row):
            table[i, j] = number
    return table


def floats_too_late(rows, fill):
    return dtype_of_fill(rows, fill).float()


def fill_too_late(rows, fill):
    width = max(map(len, rows))
    table = torch.tensor([row + [0] * (width - len(row)) for row in rows])
    for i, row in enumerate(rows):
        table[i, len(row) :] = fill
    return table.float()


def padded_sequence(rows, fill, **dtype):
    parts = [torch.tensor(row, **dtype) for row in rows]
    return pad_sequence(parts, batch_first=True, padding_value=fill)


def as_wide_as_the_first(rows, fill):
    width = len(rows[0])
    return torch.tensor([(row + [fill] * width)[:width] for row in rows], dtype=torch.float32)


def zeros(rows, fill):
    return pad(rows, 0)


def zeros_replaced(rows, fill):
    table = zeros(rows, fill)
    table[table == 0] = fill
    return table


def by_slices(rows, fill):
    table = torch.full((len(rows), len(max(rows, key=len))), float(fill))
    for into, row in zip(table, rows, strict=True):
        into[: len(row)] = torch.tensor(row)
    return table


def turned(rows, fill):
    longest = zip_longest(*rows, fillvalue=fill)
    return torch.tensor(list(longest), dtype=torch.float32).T


CASES = {
    "02.1b": Cases(
        solution=points,
        also_right=[one_by_one, lambda xs, ys: by_coordinate(xs, ys).t()],
        wrong=[
            (by_coordinate, "a row for each coordinate"),
            (lambda xs, ys: by_coordinate(xs, ys).view(-1, 2), "do not exchange rows and columns"),
            (lambda xs, ys: torch.tensor(list(zip(xs, ys, strict=True))), "name the dtype"),
            (lambda xs, ys: points(ys, xs), "x comes first"),
            (lambda xs, ys: points(xs, ys).view(-1), "a row of its own"),
            (lambda xs, ys: points(xs, ys).tolist(), "expected a tensor, got a list"),
            (lambda xs, ys: print(points(xs, ys)), "is a `return` missing?"),
            (lambda xs, ys: torch.tensor(zip(xs, ys, strict=True)), "raised "),
            (
                lambda xs, ys: points(*zip(*sorted(zip(xs, ys, strict=True)), strict=True)),
                "row i is",
            ),
            (lambda xs, ys: points(xs, ys).unique(dim=0), "row i is"),
            (lambda xs, ys: points(xs, [ys[xs.index(x)] for x in xs]), "row i is"),
            (without_the_origin, "expected shape (4, 2), got (3, 2)"),
            (lambda xs, ys: points(*zip(*dict(zip(xs, ys)).items())), "expected shape"),  # noqa: B905
            (lambda xs, ys: points(xs, ys).abs(), "row i is [xs[i], ys[i]]"),
            (lambda xs, ys: points(xs, ys).round(), "row i is [xs[i], ys[i]]"),
            (lambda xs, ys: points(xs, ys).double(), "name the dtype"),
            (ys_as_whole_as_xs, "make the tensor `float32` before you write"),
            (xs_as_whole_as_ys, "make the tensor `float32` before you write"),
            (lambda xs, ys: torch.tensor(xs + ys, dtype=torch.float32), "row i is"),
            (
                lambda xs, ys: torch.cartesian_prod(torch.tensor(xs), torch.tensor(ys)),
                "shape (3, 2)",
            ),
        ],
        equivalent={
            "return torch.tensor(list(zip(xs, ys)), dtype=torch.float32)": SAME_LENGTH,
            "return torch.tensor(list(zip(xs, ys, strict=False)), dtype=torch.float32)": (
                SAME_LENGTH
            ),
        },
    ),
    "02.1c": Cases(
        solution=pad,
        also_right=[
            turned,
            by_slices,
            lambda rows, fill: padded_sequence(rows, fill, dtype=torch.float32),
        ],
        wrong=[
            (in_front, "it comes behind the numbers"),
            (three_fillers, "expected sequence of length"),
            (
                lambda rows, fill: pad([[n for n in row if n != fill] for row in rows], fill),
                "expected shape (2, 6), got (2, 5)",
            ),
            (lambda rows, fill: pad(rows, int(fill)), "row i holds"),
            (cut, "the longest list sets the length"),
            (in_place, "your function changed its input"),
            (dtype_of_fill, "name the dtype"),
            (floats_too_late, "make the tensor `float32` before you write"),
            (fill_too_late, "make the tensor `float32` before you write"),
            (
                lambda rows, fill: padded_sequence(rows, fill).float(),
                "make the tensor `float32` before you write",
            ),
            (as_wide_as_the_first, "not the first"),
            (zeros, "use fill"),
            (zeros_replaced, "is a number too"),
            (lambda rows, fill: pad(rows, fill).t(), "rows and columns are exchanged"),
            (lambda rows, fill: torch.tensor(rows), "expected sequence of length"),
            (lambda rows, fill: [[*row, fill] for row in rows], "expected a tensor, got a list"),
            (lambda rows, fill: pad([row for row in rows if row], fill), "expected shape (2, 2)"),
            (lambda rows, fill: pad(sorted(rows, key=len), fill), "row i holds the numbers"),
            (lambda rows, fill: pad(rows, abs(fill)), "row i holds the numbers"),
            (lambda rows, fill: pad([*rows, []], fill), "expected shape"),
            (lambda rows, fill: pad(rows, fill).to(torch.int64).float(), "are lost"),
            (lambda rows, fill: pad([[*row, fill] for row in rows], fill), "needs no fill"),
            (
                lambda rows, fill: pad([row or [fill] for row in rows], fill).flatten(),
                "expected shape",
            ),
        ],
    ),
}
