"""Checks of 08/20, padding and packing."""

from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_parts,
    expect_tensor,
    given,
)
from d2lutils.checks.watching import Operations, loops


@exercise("08.20a")
def turn_around(answer: Any) -> None:
    """The first steps of each row in reverse order, what lies behind them as it was."""
    for N, L, C, sizes, dtype in [
        (4, 5, 2, [3, 5, 1, 4], torch.float32),
        (3, 4, 1, [0, 2, 4], torch.float64),
        (2, 6, 3, [6, 6], torch.int64),
        (1, 1, 1, [1], torch.float32),
        (5, 3, 4, [2, 2, 3, 0, 1], torch.float32),
        (0, 3, 2, [], torch.float32),
        (2, 6, 2, [2, 3], torch.float32),
        (1, 3, 2, [0], torch.float32),
    ]:
        X = (torch.arange(1, N * L * C + 1) * 3 - 7).reshape(N, C, L).mT.to(dtype)
        lengths = torch.tensor(sizes, dtype=torch.int64)
        with given(X=X, lengths=lengths):
            got = expect_tensor(call(answer, X, lengths))
            want = _turned(X, lengths)
            real = (torch.arange(L) < lengths[:, None])[..., None]
            steps = torch.arange(L)
            usual = [
                (X, "nothing has moved"),
                (X.flip(1), "the padding has moved to the front; turn around inside the length"),
                (X.flip(0), "this turns the rows around; turn the steps of each"),
                (X.flip(2), "this turns the numbers of each step around; turn the steps"),
                (want * real, "what lies behind a word stays; here it has become 0"),
                (_moved(X, (lengths[:, None] - 1 - steps) % L), "padding was turned around too"),
                (
                    _moved(X, (lengths[:, None] - 1 - steps).clamp(min=0)),
                    "behind the word its first step is repeated; padding stays where it is",
                ),
                (
                    _moved(X, (lengths[:, None] - steps).clamp(0, L - 1)),
                    "one step off: the last real step is lengths - 1",
                ),
                (
                    _moved(
                        X,
                        torch.where(steps < lengths[:, None], lengths[:, None] - steps, steps) % L,
                    ),
                    "one step off: the last real step is lengths - 1",
                ),
                (want.float() if dtype != torch.float32 else want.double(), "keep X's dtype"),
                (want.transpose(0, 1), "return the shape N×L×C"),
            ]
            expect_equal(got, want, usual=usual, why="step t of a word comes from length - 1 - t")
    if loops(answer):
        raise Wrong("this has a loop; index all rows at once, without one")


def _moved(X: Tensor, source: Tensor) -> Tensor:
    """Take step source[i, t] of row i as its step t."""
    return X.gather(1, source[..., None].expand(X.shape))


def _turned(X: Tensor, lengths: Tensor) -> Tensor:
    steps = torch.arange(X.shape[1])
    mirrored = lengths[:, None] - 1 - steps
    return _moved(X, torch.where(mirrored < 0, steps, mirrored))


@exercise("08.20b")
def unpack(answer: Any) -> None:
    """A padded batch and its lengths, of packed data and its batch sizes."""
    for counts, C, dtype in [
        ([3, 2, 2, 1], 2, torch.float32),
        ([4, 4, 1], 3, torch.float64),
        ([2, 2, 2], 1, torch.int64),
        ([1, 1, 1, 1, 1], 2, torch.float32),
        ([5], 2, torch.float32),
        ([1], 1, torch.float32),
    ]:
        M = sum(counts)
        # Some numbers are below 0, and the last vector is 0 in all places: it is no padding.
        data = (torch.arange(M * C) * 2 - 7).reshape(C, M).T.to(dtype)
        data[-1] = 0
        batch_sizes = torch.tensor(counts)
        with given(data=data, batch_sizes=batch_sizes):
            with Operations() as watched:
                parts = call(answer, data, batch_sizes)
            X, lengths = expect_parts(parts, "the padded batch", "the lengths")
            real = torch.arange(counts[0]) < batch_sizes[:, None]
            steps_first = data.new_zeros(len(counts), counts[0], C)
            steps_first[real] = data
            rows_first = data.new_zeros(counts[0], len(counts), C)
            rows_first[real.T] = data
            usual = [
                (steps_first, "return N×L×C; the steps stand first here"),
                (
                    rows_first,
                    "data is filled in word by word; it holds all words' step 0 first, then step 1",
                ),
                (steps_first.transpose(0, 1).float(), "keep the dtype of data"),
                (steps_first.transpose(0, 1).double(), "keep the dtype of data"),
            ]
            expect_equal(
                expect_tensor(X),
                steps_first.transpose(0, 1),
                usual=usual,
                why="the next batch_sizes[t] rows of data are step t of the first words",
            )
            sizes = real.sum(dim=0)
            expect_equal(
                expect_tensor(lengths),
                sizes,
                usual=[
                    (batch_sizes, "these are the batch sizes; count the steps of each word"),
                    (sizes.flip(0), "the words stay longest first"),
                    (sizes.int(), "lengths are int64"),
                    (sizes.float(), "lengths are int64"),
                ],
                why="a word is as long as the number of steps at which it is at work",
            )
        if set(watched.names) & {"_pad_packed_sequence"}:
            raise Wrong("this calls the library's unpacking; put the data in place yourself")
    if loops(answer):
        raise Wrong("this has a loop; a mask puts all places in at once, without one")
