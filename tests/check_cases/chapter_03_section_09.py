"""Answers to the exercises of 03/09, datasets and loaders."""

from itertools import islice

from torch.utils.data import BatchSampler

from check_cases import Cases


def cut(order, batch_size, drop_last):
    batches = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
    return batches[:-1] if drop_last and len(order) % batch_size else batches


def last_always_dropped(order, batch_size, drop_last):
    batches = cut(order, batch_size, False)
    return batches[:-1] if drop_last else batches


def shard(stream, info):
    if info is None:
        return list(stream)
    return list(islice(stream, info.id, None, info.num_workers))


def block(stream, info):
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


CASES = {
    "03.9a": Cases(
        solution=cut,
        also_right=[lambda order, size, drop: list(BatchSampler(order, size, drop))],
        wrong=[
            (lambda order, size, drop: cut(order, size, True), "ragged batch is missing"),
            (lambda order, size, drop: cut(order, size, False), "ragged batch is still there"),
            (last_always_dropped, "a whole batch is missing"),
            (lambda order, size, drop: cut(sorted(order), size, drop), "in the given order"),
            (lambda order, size, drop: cut(list(range(len(order))), size, drop), "the places in"),
            (lambda order, size, drop: order, "list of lists"),
            (lambda order, size, drop: list(map(tuple, cut(order, size, drop))), "is a list too"),
        ],
    ),
    "03.9b": Cases(
        solution=shard,
        wrong=[
            (lambda stream, info: list(stream), "the whole stream"),
            (block, "deal the samples out in turn"),
            (none_forgotten, "raised AttributeError"),
            (length_taken, "raised TypeError"),
            (positions, "these are positions"),
            (by_value, "number the samples with `enumerate`"),
            (lambda stream, info: islice(stream, info.id, None, info.num_workers), "put `list(…)`"),
            (lambda stream, info: shard(list(stream)[1:], info), "`id` is 0, not 1"),
            (lambda stream, info: shard(stream, info)[::-1], "start at sample `id`"),
        ],
    ),
}
