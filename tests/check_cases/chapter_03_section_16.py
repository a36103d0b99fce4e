"""Answers to the exercises of 03/16, workers."""

import torch
from torch.utils.data import BatchSampler

from check_cases import COMMUTES, NOT_NEGATIVE, WHOLE, Cases


def starts(num_workers, epochs, keep):
    return num_workers * (min(epochs, 1) if keep else epochs)


def in_a_loop(num_workers, epochs, keep):
    alive, count = 0, 0
    for _ in range(epochs):
        count += num_workers - alive
        alive = num_workers if keep else 0
    return count


def batches_of(me, num_workers, count, batch_size):
    rows = list(range(count))
    return [rows[i : i + batch_size] for i in range(0, count, batch_size)][me::num_workers]


def by_steps(me, num_workers, count, batch_size):
    firsts = range(me * batch_size, count, num_workers * batch_size)
    return [range(first, min(first + batch_size, count)) for first in firsts]


def in_blocks(me, num_workers, count, batch_size):
    cut = batches_of(0, 1, count, batch_size)
    share = -(-len(cut) // num_workers)
    return cut[me * share : (me + 1) * share]


def samples_dealt(me, num_workers, count, batch_size):
    rows = list(range(me, count, num_workers))
    return [rows[i : i + batch_size] for i in range(0, len(rows), batch_size)]


def beyond_the_end(me, num_workers, count, batch_size):
    firsts = range(me * batch_size, count, num_workers * batch_size)
    return [list(range(first, first + batch_size)) for first in firsts]


def last_dropped(me, num_workers, count, batch_size):
    cut = batches_of(me, num_workers, count, batch_size)
    return [batch for batch in cut if len(batch) == batch_size]


def one_more(me, num_workers, count, batch_size):
    firsts = [k * batch_size for k in range(me, count // batch_size + 1, num_workers)]
    return [list(range(first, min(first + batch_size, count))) for first in firsts]


def torch_splits(me, num_workers, count, batch_size):
    return [part.tolist() for part in torch.arange(count).split(batch_size)][me::num_workers]


def rounded(me, num_workers, count, batch_size):
    cut = batches_of(0, 1, count, batch_size)
    return cut[: round(count / batch_size)][me::num_workers]


def by_sampler(me, num_workers, count, batch_size):
    return list(BatchSampler(range(count), batch_size, drop_last=False))[me::num_workers]


def one_list(me, num_workers, count, batch_size):
    return [row for batch in batches_of(me, num_workers, count, batch_size) for row in batch]


CASES = {
    "03.16a": Cases(
        solution=starts,
        also_right=[in_a_loop],
        wrong=[
            (lambda n, epochs, keep: n * epochs, "in the first epoch only"),
            (lambda n, epochs, keep: n, "start anew in each epoch"),
            (lambda n, epochs, keep: n if keep else n * epochs, "without an epoch nothing"),
            (lambda n, epochs, keep: 1 if keep else n * epochs, "not one for all"),
            (lambda n, epochs, keep: epochs, "starts all `num_workers`"),
            (lambda n, epochs, keep: starts(n, epochs, keep) + 1, "unless they are kept"),
            (lambda n, epochs, keep: starts(n, epochs, not keep), "start anew in each epoch"),
            (lambda n, epochs, keep: float(starts(n, epochs, keep)), "a whole number, not 6.0"),
            (lambda n, epochs, keep: starts(max(n, 1), epochs, keep), "and nothing starts"),
            (lambda n, epochs, keep: n[0], "raised TypeError"),
        ],
        equivalent={
            "return abs(num_workers * (min(epochs, 1) if keep else epochs))": NOT_NEGATIVE,
            "return int(num_workers * (min(epochs, 1) if keep else epochs))": WHOLE,
            "return num_workers * (min(1, epochs) if keep else epochs)": COMMUTES,
        },
    ),
    "03.16b": Cases(
        solution=batches_of,
        also_right=[by_steps, by_sampler],
        wrong=[
            (lambda me, n, count, size: batches_of(0, 1, count, size), "of all workers"),
            (in_blocks, "in turn"),
            (samples_dealt, "a batch holds neighbours"),
            (beyond_the_end, "ends at `count`"),
            (last_dropped, "though it is smaller"),
            (rounded, "though it is smaller"),
            (one_more, "no batch is empty"),
            (torch_splits, "no batch is empty"),
            (lambda me, n, count, size: batches_of(me + 1, n, count, size), "is 0, not 1"),
            (one_list, "batches apart"),
            (
                lambda me, n, count, size: iter(batches_of(me, n, count, size)),
                "a list of lists, not",
            ),
            (
                lambda me, n, count, size: list(range(-(-count // size)))[me::n],
                "the positions in each batch",
            ),
            (
                lambda me, n, count, size: batches_of(me, n, count, size)[::-1],
                "take every `num_workers`-th",
            ),
            (lambda me, n, count, size: batches_of(me, n)[0], "raised TypeError"),
        ],
    ),
}
