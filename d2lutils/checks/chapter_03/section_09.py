"""Checks of 03/09, datasets and loaders."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from d2lutils.checks import Wrong, call, exercise, expect_equal, given


@exercise("03.9a")
def cut(answer: Any) -> None:
    """An order of positions, cut into batches."""
    for order, size, drop_last in [
        ([17, 12, 19, 14, 10, 15, 11], 4, False),
        ([17, 12, 19, 14, 10, 15, 11], 4, True),
        ([3, 1, 0, 2], 2, True),
        ([3, 1, 0, 2], 2, False),
        ([1, 0], 3, False),
        ([1, 0], 3, True),
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


@exercise("03.9b")
def shard(answer: Any) -> None:
    """The samples of a stream that belong to one worker."""
    for count, workers, me in [(7, 2, 0), (7, 2, 1), (8, 3, 2), (8, 3, 0), (2, 4, 3), (5, 1, 0)]:
        samples = [10 * number + 1 for number in range(count)]
        info = SimpleNamespace(id=me, num_workers=workers)
        size = -(-count // workers)
        by_value = [sample for sample in samples if sample % workers == me]
        usual = [
            (by_value, "number the samples with `enumerate`; what is in them does not count"),
            (samples, "this is the whole stream: every worker would deliver it"),
            (samples[me * size : (me + 1) * size], "this is a block; deal the samples out in turn"),
            (samples[me + 1 :: workers], "the first worker's `id` is 0, not 1"),
            (list(range(me, count, workers)), "these are positions; return the samples there"),
        ]
        with given(f"stream = {samples}", f"info.id = {me}", f"info.num_workers = {workers}"):
            got = _listed(call(answer, list(samples), info))
            why = "start at sample `id` and take each `num_workers`-th"
            expect_equal(got, samples[me::workers], usual=usual, why=why)
    with given("info = None", stream=[0, 10, 20]):
        got = _listed(call(answer, [0, 10, 20], None))
        expect_equal(got, [0, 10, 20], why="without workers all samples are ours")
    source = "stream = a generator of 0, 10, 20, 30, 40"
    second = SimpleNamespace(id=1, num_workers=2)
    cases: list[tuple[SimpleNamespace | None, list[str], list[int]]] = [
        (second, ["info.id = 1", "info.num_workers = 2"], [10, 30]),
        (None, ["info = None"], [0, 10, 20, 30, 40]),
    ]
    for worker, named, want in cases:
        with given(source, *named):
            got = _listed(call(answer, _stream(), worker))
            expect_equal(got, want, why="a generator can be walked through only once")


def _stream() -> Iterator[int]:
    yield from range(0, 50, 10)


def _listed(got: object) -> object:
    """The result, or Wrong where it has still to be walked through."""
    if isinstance(got, Iterator):
        raise Wrong("expected a list, got something to walk through; put `list(…)` around it")
    return got
