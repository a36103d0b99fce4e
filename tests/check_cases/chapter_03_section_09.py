"""Answers to the exercises of 03/09, workers and streams."""

from itertools import islice

import numpy as np

from check_cases import Cases


def shard(stream, info):
    if info is None:
        return list(stream)
    return list(islice(stream, info.id, None, info.num_workers))


def dealt_in_blocks(stream, info):
    if info is None:
        return list(stream)
    size = -(-len(stream) // info.num_workers)
    return stream[info.id * size : (info.id + 1) * size]


def none_forgotten(stream, info):
    return [s for i, s in enumerate(stream) if i % info.num_workers == info.id]


def length_taken(stream, info):
    if info is None:
        return list(stream)
    return [stream[i] for i in range(info.id, len(stream), info.num_workers)]


def positions(stream, info):
    if info is None:
        return list(stream)
    return list(range(info.id, len(list(stream)), info.num_workers))


def by_value(stream, info):
    if info is None:
        return list(stream)
    return [s for s in stream if s % info.num_workers == info.id]


def block(count, info):
    if info is None:
        return 0, count
    size, over = divmod(count, info.num_workers)
    start = info.id * size + min(info.id, over)
    return start, start + size + (info.id < over)


def by_array_split(count, info):
    mine = np.array_split(range(count), info.num_workers)[info.id] if info else range(count)
    start = int(mine[0]) if len(mine) else block(count, info)[0]
    return start, start + len(mine)


def rounded_up(count, info):
    if info is None:
        return 0, count
    size = -(-count // info.num_workers)
    return min(count, info.id * size), min(count, (info.id + 1) * size)


def beyond_the_end(count, info):
    if info is None:
        return 0, count
    size = -(-count // info.num_workers)
    return info.id * size, (info.id + 1) * size


def rounded_down(count, info):
    if info is None:
        return 0, count
    size = count // info.num_workers
    return info.id * size, (info.id + 1) * size


def proportional(count, info):
    if info is None:
        return 0, count
    return info.id * count // info.num_workers, (info.id + 1) * count // info.num_workers


CASES = {
    "03.9a": Cases(
        solution=shard,
        wrong=[
            (lambda stream, info: list(stream), "the whole stream"),
            (dealt_in_blocks, "deal the samples out in turn"),
            (none_forgotten, "without workers it is None"),
            (length_taken, "raised TypeError"),
            (positions, "these are positions"),
            (by_value, "number the samples with `enumerate`"),
            (
                lambda stream, info: islice(stream, info.id, None, info.num_workers),
                "as `list(…)` does",
            ),
            (lambda stream, info: shard(list(stream)[1:], info), "`id` is 0, not 1"),
            (lambda stream, info: shard(stream, info)[::-1], "start at sample `id`"),
        ],
    ),
    "03.9b": Cases(
        solution=block,
        also_right=[by_array_split, lambda count, info: list(block(count, info))],
        wrong=[
            (rounded_up, "sizes differ by one at most"),
            (beyond_the_end, "ends behind the stream"),
            (rounded_down, "leave samples to nobody"),
            (proportional, "the larger blocks come first"),
            (lambda count, info: (0, count), "read one sample more"),
            (lambda count, info: block(count, info)[0], "two Python integers, not 7"),
            (lambda count, info: range(*block(count, info)), "not range(7, 10)"),
            (lambda count, info: tuple(map(float, block(count, info))), "not (7.0, 10.0)"),
            (
                lambda count, info: (block(count, info)[0], block(count, info)[1] - 1),
                "the first number that is not read",
            ),
            (
                lambda count, info: (
                    block(count, info)[0],
                    block(count, info)[1] - block(count, info)[0],
                ),
                "not (start, size)",
            ),
        ],
    ),
}
