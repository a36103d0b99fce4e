"""Answers to the exercises of 03/17, streams."""

from collections import deque
from itertools import chain, islice, zip_longest

import numpy as np

from check_cases import COMMUTES, NOT_NEGATIVE, WHOLE, Cases


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


def walked_twice(stream, info):
    count = sum(1 for _ in stream)
    return shard(stream, info) if count else []


def first_only(stream, info):
    return shard(stream, info)[:1]


def one_too_many(stream, info):
    if info is None:
        return list(stream)
    return list(islice(stream, info.id, None, info.num_workers + 1))


def by_first_place(stream, info):
    if info is None:
        return list(stream)
    samples = list(stream)
    return [s for s in samples if samples.index(s) % info.num_workers == info.id]


def each_once(stream, info):
    if info is None:
        return list(stream)
    return list(dict.fromkeys(stream))[info.id :: info.num_workers]


def own_once(stream, info):
    return list(dict.fromkeys(shard(stream, info)))


def turn_by_turn(stream, info):
    mine, turn = [], 0
    for sample in stream:
        if info is None or turn == info.id:
            mine.append(sample)
        turn = (turn + 1) % (info.num_workers if info else 1)
    return mine


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


def by_numpy(count, info):
    if info is None:
        return 0, count
    ends = np.full(info.num_workers, count // info.num_workers)
    ends[: count % info.num_workers] += 1
    stops = ends.cumsum()
    return stops[info.id] - ends[info.id], stops[info.id]


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


def larger_last(count, info):
    if info is None:
        return 0, count
    size, over = divmod(count, info.num_workers)
    start = info.id * size + max(0, info.id - (info.num_workers - over))
    return start, start + size + (info.id >= info.num_workers - over)


def proportional(count, info):
    if info is None:
        return 0, count
    return info.id * count // info.num_workers, (info.id + 1) * count // info.num_workers


def in_turns(streams):
    left = [iter(stream) for stream in streams]
    while left:
        still = []
        for stream in left:
            for sample in stream:
                yield sample
                still.append(stream)
                break
        left = still


def by_next(streams):
    left = [iter(stream) for stream in streams]
    while left:
        for stream in list(left):
            try:
                yield next(stream)
            except StopIteration:
                left.remove(stream)


def by_marks(streams):
    end = object()
    turns = zip_longest(*streams, fillvalue=end)
    return (sample for turn in turns for sample in turn if sample is not end)


def one_after_another(streams):
    yield from chain(*streams)


def shortest_ends_all(streams):
    for turn in zip(*streams, strict=False):
        yield from turn


def filled_with_none(streams):
    for turn in zip_longest(*streams):
        yield from turn


def none_dropped(streams):
    for turn in zip_longest(*streams):
        yield from (sample for sample in turn if sample)


def a_list_a_turn(streams):
    end = object()
    for turn in zip_longest(*streams, fillvalue=end):
        yield [sample for sample in turn if sample is not end]


def a_tuple_a_turn(streams):
    yield from map(tuple, a_list_a_turn(streams))


def by_index(streams):
    for k in range(max(map(len, streams), default=0)):
        for stream in streams:
            if k < len(stream):
                yield stream[k]


def collected(streams):
    yield from by_index([list(stream) for stream in streams])


def removed_while_walking(streams):
    left = [iter(stream) for stream in streams]
    while left:
        for stream in left:
            try:
                yield next(stream)
            except StopIteration:
                left.remove(stream)


def until_the_first_end(streams):
    left = [iter(stream) for stream in streams]
    while left:
        for stream in left:
            try:
                yield next(stream)
            except StopIteration:
                return


def none_ends(streams):
    left = [iter(stream) for stream in streams]
    while left:
        for stream in list(left):
            sample = next(stream, None)
            if sample is None:
                left.remove(stream)
            else:
                yield sample


def by_deque(streams):
    waiting = deque(map(iter, streams))
    while waiting:
        stream = waiting.popleft()
        for sample in islice(stream, 1):
            yield sample
            waiting.append(stream)


def hundreds_ahead(streams):
    yield from by_index([list(islice(stream, 50)) for stream in streams])


def last_left_out(streams):
    left = [iter(stream) for stream in streams]
    while len(left) > 1:
        for stream in list(left):
            try:
                yield next(stream)
            except StopIteration:
                left.remove(stream)


def next_unguarded(streams):
    left = [iter(stream) for stream in streams]
    while left:
        for stream in left:
            yield next(stream)


def forever(streams):
    left = [iter(stream) for stream in streams]
    while True:
        for stream in left:
            yield next(stream, None)


CASES = {
    "03.17a": Cases(
        solution=shard,
        also_right=[turn_by_turn],
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
            (lambda stream, info: tuple(shard(stream, info)), "expected a list, got a tuple"),
            (walked_twice, "walked through only once"),
            (first_only, "start at sample `id`"),
            (one_too_many, "start at sample `id`"),
            (by_first_place, "start at sample `id`"),
            (own_once, "start at sample `id`"),
            (each_once, "start at sample `id`"),
            (
                lambda stream, info: list(stream) if not info or not info.id else [],
                "the whole stream",
            ),
        ],
    ),
    "03.17b": Cases(
        solution=block,
        also_right=[by_array_split, by_numpy, lambda count, info: list(block(count, info))],
        wrong=[
            (rounded_up, "sizes differ by one at most"),
            (beyond_the_end, "ends behind the stream"),
            (rounded_down, "leave samples to nobody"),
            (proportional, "the larger blocks come first"),
            (lambda count, info: (0, count), "read one sample more"),
            (lambda count, info: block(count, info)[0], "two whole numbers, not 7"),
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
            (
                lambda count, info: (block(count, info)[0] + 1, block(count, info)[1]),
                "sizes differ",
            ),
            (lambda count, info: block(count, None), "read one sample more"),
            (lambda count, info: block(count, info)[::-1], "read one sample more"),
            (lambda count, info: tuple(map(float, block(count, info))), "two whole numbers"),
            (larger_last, "the larger blocks come first"),
        ],
        equivalent={
            "return (0, abs(count))": NOT_NEGATIVE,
            "return (0, int(count))": WHOLE,
            "start = info.id * size + min(over, info.id)": COMMUTES,
            "return (abs(start), start + size + (info.id < over))": NOT_NEGATIVE,
            "return (int(start), start + size + (info.id < over))": WHOLE,
            "return (start, abs(start + size + (info.id < over)))": NOT_NEGATIVE,
            "return (start, int(start + size + (info.id < over)))": WHOLE,
            "return (0, abs(total))": NOT_NEGATIVE,
            "return (0, int(total))": WHOLE,
            "start = me.id * size + min(over, me.id)": COMMUTES,
            "return (abs(start), start + size + (1 if me.id < over else 0))": NOT_NEGATIVE,
            "return (int(start), start + size + (1 if me.id < over else 0))": WHOLE,
            "return (start, abs(start + size + (1 if me.id < over else 0)))": NOT_NEGATIVE,
            "return (start, int(start + size + (1 if me.id < over else 0)))": WHOLE,
        },
    ),
    "03.17d": Cases(
        solution=in_turns,
        also_right=[by_next, by_marks, by_deque],
        wrong=[
            (one_after_another, "one after another"),
            (shortest_ends_all, "the others go on"),
            (filled_with_none, "not None"),
            (removed_while_walking, "makes you skip the next one"),
            (until_the_first_end, "the others go on"),
            (none_ends, "it ends no stream"),
            (none_dropped, "0 and None are samples, too"),
            (a_list_a_turn, "not a list for each turn"),
            (a_tuple_a_turn, "not a tuple for each turn"),
            (by_index, "raised TypeError"),
            (collected, "collects a whole stream"),
            (hundreds_ahead, "reads far ahead"),
            (last_left_out, "turn by turn"),
            (next_unguarded, "raised RuntimeError"),
            (forever, "turn by turn"),
            (lambda streams: list(in_turns(streams)), "write a generator"),
            (lambda streams: in_turns(streams[::-1]), "turn by turn"),
        ],
    ),
}
