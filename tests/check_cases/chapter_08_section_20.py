"""Answers to the exercises of 08/20, padding and packing."""

import torch
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence, unpack_sequence

from check_cases import COMMUTES, NOT_NEGATIVE, Cases


def turn_around(X, lengths):
    steps = torch.arange(X.shape[1])
    mirrored = lengths[:, None] - 1 - steps
    source = torch.where(mirrored >= 0, mirrored, steps)
    return X[torch.arange(len(X))[:, None], source]


def by_gather(X, lengths):
    steps = torch.arange(X.shape[1]).expand(X.shape[:2])
    source = torch.where(steps < lengths[:, None], lengths[:, None] - 1 - steps, steps)
    return X.gather(1, source[:, :, None].expand_as(X))


def by_roll(X, lengths):
    L = X.shape[1]
    steps = torch.arange(L)
    flipped = X.flip(1)
    source = (steps + L - lengths[:, None]) % max(L, 1)
    moved = torch.take_along_dim(flipped, source[..., None], dim=1)
    return torch.where((steps < lengths[:, None])[..., None], moved, X)


def zeros_behind(X, lengths):
    real = torch.arange(X.shape[1]) < lengths[:, None]
    return turn_around(X, lengths) * real[..., None]


def negative_index(X, lengths):
    source = lengths[:, None] - 1 - torch.arange(X.shape[1])
    return X[torch.arange(len(X))[:, None], source]


def clamped(X, lengths):
    source = (lengths[:, None] - 1 - torch.arange(X.shape[1])).clamp(min=0)
    return X[torch.arange(len(X))[:, None], source]


def one_off(X, lengths):
    steps = torch.arange(X.shape[1])
    source = torch.where(steps < lengths[:, None], lengths[:, None] - steps, steps)
    return X[torch.arange(len(X))[:, None], source.clamp(max=X.shape[1] - 1)]


def up_to_the_longest(X, lengths):
    # The longest word is taken for the length of the rows.
    L = int(lengths.max()) if len(lengths) else X.shape[1]
    steps = torch.arange(X.shape[1])
    turned = (lengths[:, None] - 1 - steps) % max(L, 1)
    return X[
        torch.arange(len(X))[:, None],
        torch.where(steps < lengths[:, None], turned, steps % max(L, 1)),
    ]


def turned_by_loop(X, lengths):
    turned = X.clone()
    for i, length in enumerate(lengths.tolist()):
        turned[i, :length] = X[i, :length].flip(0)
    return turned


def turned_in_place(X, lengths):
    X[:] = turn_around(X, lengths)
    return X


def unpack(data, batch_sizes):
    real = torch.arange(batch_sizes[0]) < batch_sizes[:, None]
    X = torch.zeros(*real.shape, data.shape[1], dtype=data.dtype)
    X[real] = data
    return X.transpose(0, 1), real.sum(dim=0)


def by_scatter(data, batch_sizes):
    real = torch.arange(batch_sizes[0]) < batch_sizes[:, None]
    empty = data.new_zeros(*real.shape, data.shape[1])
    filled = empty.masked_scatter(real[..., None], data)
    return filled.transpose(0, 1), real.long().sum(0)


def by_pad_sequence(data, batch_sizes):
    X = torch.nn.utils.rnn.pad_sequence(data.split(batch_sizes.tolist()))
    return X, (torch.arange(batch_sizes[0])[:, None] < batch_sizes).sum(dim=1)


def lengths_of_numbers(data, batch_sizes):
    X, _ = unpack(data, batch_sizes)
    return X, (X != 0).any(dim=2).sum(dim=1)


def steps_first(data, batch_sizes):
    X, lengths = unpack(data, batch_sizes)
    return X.transpose(0, 1), lengths


def word_by_word(data, batch_sizes):
    real = (torch.arange(batch_sizes[0]) < batch_sizes[:, None]).T
    X = data.new_zeros(*real.shape, data.shape[1])
    X[real] = data
    return X, real.sum(dim=1)


def always_float(data, batch_sizes):
    X, lengths = unpack(data, batch_sizes)
    return X.float(), lengths


def sizes_for_lengths(data, batch_sizes):
    return unpack(data, batch_sizes)[0], batch_sizes


def no_lengths(data, batch_sizes):
    return unpack(data, batch_sizes)[0]


def by_library(data, batch_sizes):
    return pad_packed_sequence(PackedSequence(data, batch_sizes), batch_first=True)


def by_other_library(data, batch_sizes):
    unpack_sequence(PackedSequence(data, batch_sizes))
    return unpack(data, batch_sizes)


def unpacked_by_loop(data, batch_sizes):
    X = data.new_zeros(int(batch_sizes[0]), len(batch_sizes), data.shape[1])
    start = 0
    for t, size in enumerate(batch_sizes.tolist()):
        X[:size, t] = data[start : start + size]
        start += size
    return X, unpack(data, batch_sizes)[1]


CASES = {
    "08.20a": Cases(
        solution=turn_around,
        also_right=[by_gather, by_roll],
        wrong=[
            (lambda X, lengths: X.flip(1), "moved to the front"),
            (lambda X, lengths: X.flip(2), "the numbers of each step"),
            (lambda X, lengths: X, "nothing has moved"),
            (zeros_behind, "has become 0"),
            (negative_index, "padding was turned around too"),
            (clamped, "its first step is repeated"),
            (one_off, "length"),
            (up_to_the_longest, "step t of a word"),
            (turned_by_loop, "has a loop"),
            (turned_in_place, "changed its input"),
            (lambda X, lengths: turn_around(X, lengths).transpose(0, 1), "the shape N×L×C"),
            (lambda X, lengths: turn_around(X, lengths).float(), "keep X's dtype"),
        ],
    ),
    "08.20b": Cases(
        solution=unpack,
        also_right=[by_scatter, by_pad_sequence],
        wrong=[
            (steps_first, "the steps stand first"),
            (word_by_word, "word by word"),
            (always_float, "keep the dtype"),
            (sizes_for_lengths, "these are the batch sizes"),
            (no_lengths, "return 2 values"),
            (by_library, "the library's unpacking"),
            (by_other_library, "the library's unpacking"),
            (unpacked_by_loop, "has a loop"),
            (lengths_of_numbers, "number of steps at which it is at work"),
            (
                lambda data, sizes: (unpack(data, sizes)[0], unpack(data, sizes)[1].int()),
                "lengths are int64",
            ),
            (
                lambda data, sizes: (unpack(data, sizes)[0], unpack(data, sizes)[1].flip(0)),
                "longest first",
            ),
        ],
        equivalent={
            "return (X.transpose(0, 1), abs(real.sum(dim=0)))": NOT_NEGATIVE,
            "return (X.transpose(1, 0), real.sum(dim=0))": COMMUTES,
            "return (steps_first.transpose(0, 1), abs(real.sum(dim=0)))": NOT_NEGATIVE,
            "return (steps_first.transpose(1, 0), real.sum(dim=0))": COMMUTES,
        },
    ),
}
