"""Checks of 03/17, streams."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from numbers import Integral
from types import SimpleNamespace
from typing import Any

from d2lutils.checks import Wrong, call, exercise, expect_equal, given
from d2lutils.checks.chapter_03.endless import Endless, drawn


@exercise("03.17a")
def shard(answer: Any) -> None:
    """The samples of a stream that belong to one worker."""
    for count, workers, me in [
        (7, 2, 0),
        (7, 2, 1),
        (8, 3, 2),
        (8, 3, 0),
        (2, 4, 3),
        (7, 1, 0),
        (0, 2, 1),
    ]:
        samples = [37 * number % 5 for number in range(count)]  # some come again
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
    with given("info = None", stream=[20, 0, 10]), _without_workers():
        got = _listed(call(answer, [20, 0, 10], None))
        expect_equal(got, [20, 0, 10], why="without workers all samples are ours")
    source = "stream = a generator of 40, 30, 20, 10, 0"
    second = SimpleNamespace(id=1, num_workers=2)
    cases: list[tuple[SimpleNamespace | None, list[str], list[int]]] = [
        (second, ["info.id = 1", "info.num_workers = 2"], [30, 10]),
        (None, ["info = None"], [40, 30, 20, 10, 0]),
    ]
    for worker, named, want in cases:
        with given(source, *named):
            got = _listed(call(answer, _stream(), worker))
            expect_equal(got, want, why="a generator can be walked through only once")


def _stream() -> Iterator[int]:
    yield from range(40, -1, -10)


def _listed(got: object) -> object:
    """The result, or Wrong where it has still to be walked through."""
    if isinstance(got, Iterator):
        raise Wrong(
            "expected a list, got something to walk through; collect the samples, as `list(…)` does"
        )
    return got


@exercise("03.17b")
def block(answer: Any) -> None:
    """The block of a stream that one worker reads."""
    for count, workers in [(10, 3), (8, 4), (2, 4), (0, 2), (7, 1), (11, 4), (1_000, 7)]:
        for me in reversed(range(workers)):
            info = SimpleNamespace(id=me, num_workers=workers)
            with given(f"count = {count}", f"info.id = {me}", f"info.num_workers = {workers}"):
                _judge_block(_pair(call(answer, count, info)), count, me, workers)
    for count in (5, 0, 1_000):
        with given(f"count = {count}", "info = None"), _without_workers():
            why = "without workers the whole stream is ours"
            expect_equal(_pair(call(answer, count, None)), (0, count), why=why)


def _judge_block(got: object, count: int, me: int, workers: int) -> None:
    size, over = divmod(count, workers)
    starts = [k * size + min(k, over) for k in range(workers + 1)]
    up = -(-count // workers)
    last = [k * size + max(0, k - (workers - over)) for k in range(workers + 1)]
    usual = [
        (
            (min(me * up, count), min((me + 1) * up, count)),
            "blocks of the size rounded up leave too little for the last workers; sizes differ "
            "by one at most",
        ),
        ((me * up, (me + 1) * up), "this block ends behind the stream"),
        ((me * size, (me + 1) * size), "blocks of the size rounded down leave samples to nobody"),
        ((last[me], last[me + 1]), "the larger blocks come first"),
        ((starts[me], starts[me + 1] - 1), "`stop` is the first number that is not read"),
        ((starts[me], starts[me + 1] - starts[me]), "return (start, stop), not (start, size)"),
    ]
    why = "the first `count % num_workers` workers read one sample more than the others"
    expect_equal(got, (starts[me], starts[me + 1]), usual=usual, why=why)


def _pair(got: object) -> object:
    """The result, a list taken for a tuple; Wrong unless it is two whole numbers."""
    pair = tuple(got) if isinstance(got, list) else got
    whole = isinstance(pair, tuple) and [
        type(p) is not bool and isinstance(p, Integral) for p in pair
    ]
    if whole != [True, True]:
        raise Wrong(f"return (start, stop), two whole numbers, not {got!r:.60}")
    return pair


@contextmanager
def _without_workers() -> Iterator[None]:
    """Name the usual reason for an error where there is no worker."""
    try:
        yield
    except Wrong as wrong:
        if "AttributeError" not in str(wrong):
            raise
        raise Wrong("your function asked `info` for a worker; without workers it is None") from None


@exercise("03.17d")
def in_turns(answer: Any) -> None:
    """Several streams merged, a sample of each in turn."""
    several: list[list[list[Any]]] = [
        [[1, 2, 3], [4], [5, 6]],
        [[7, 8], [9, 10]],
        [[4], [1, 2, 3], [5, 6]],
        [[], [3, 1], [], [2]],
        [[0, 0, 0], [0], [False, None, 2]],
        [[5, 6, 7]],
        [[], []],
        [],
    ]
    for streams in several:
        longest = max(map(len, streams), default=0)
        shortest = min(map(len, streams), default=0)
        turns = [[s[k] for s in streams if k < len(s)] for k in range(longest)]
        first = next((i for i, s in enumerate(streams) if len(s) == shortest), 0)
        to_end = [*chain(*turns[:shortest]), *(s[shortest] for s in streams[:first])]
        padded = [s[k] if k < len(s) else None for k in range(longest) for s in streams]
        usual: list[tuple[object, str]] = [
            (list(chain(*streams)), "these are the streams one after another"),
            (
                list(chain(*turns[:shortest])),
                "a stream that has ended is left out; the others go on",
            ),
            (to_end, "a stream that has ended is left out; the others go on"),
            (padded, "a stream that has ended gives nothing, not None"),
            (turns, "yield the samples one by one, not a list for each turn"),
            (list(map(tuple, turns)), "yield the samples one by one, not a tuple for each turn"),
            (
                [sample for sample in chain(*turns) if sample],
                "0 and None are samples, too: they do not mean that a stream has ended",
            ),
            (
                _walked([[*s, None] for s in streams], None),
                "None may be a sample; it ends no stream",
            ),
            (
                _walked(streams, object(), skipping=True),
                "a stream taken out of the list that you walk through makes you skip the next one",
            ),
        ]
        with given(f"streams = {streams}"):
            got = drawn(answer, [list(stream) for stream in streams], None)
            expect_equal(got, list(chain(*turns)), usual=usual, why="one of each, turn by turn")
    with given("streams = two generators"):
        made = [(n for n in (3, 1, 2)), (n for n in (9, 8))]
        why = "a generator has no length and no index, and can be walked through only once"
        expect_equal(drawn(answer, made, None), [3, 9, 1, 8, 2], why=why)
    with given("streams = 1, 11, 21, … without end, and [2, 3]"):
        got = drawn(answer, [Endless(1), [2, 3]], 6)
        expect_equal(got, [1, 2, 11, 3, 21, 31], why="the endless stream goes on alone")
    with given("streams = 1, 11, 21, … and 2, 12, 22, …, both without end"):
        ahead = [Endless(1), Endless(2)]
        expect_equal(drawn(answer, ahead, 4), [1, 2, 11, 12], why="one of each, turn by turn")
        if max(stream.reads for stream in ahead) > 3:
            raise Wrong("your function reads far ahead; yield each sample before the next is read")


def _walked(streams: list[list[Any]], end: object, skipping: bool = False) -> list[Any]:
    """The samples in turns, where a stream ends at `end`; skipping one where another is removed."""
    left, got = [iter(stream) for stream in streams], []
    while left:
        for stream in left if skipping else list(left):
            sample = next(stream, end)
            if sample is end:
                left.remove(stream)
            else:
                got.append(sample)
    return got
