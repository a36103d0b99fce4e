"""Streams without end, and what a reader's generator takes from them, for 03/17."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from d2lutils.checks import Wrong, call
from d2lutils.checks.explaining import explain

READS = 100  # so many samples of an endless stream are enough for any answer below


class Endless:
    """A stream of first, first + 10, ... that never ends, and says so where it is collected."""

    def __init__(self, first: int) -> None:
        self.next = first
        self.reads = 0

    def __iter__(self) -> "Endless":
        return self

    def __next__(self) -> int:
        self.reads += 1
        if self.reads > READS:
            raise Wrong("your function collects a whole stream, and this one never ends")
        self.next += 10
        return self.next - 10


def drawn(answer: Any, streams: list[Any], count: int | None) -> list[Any]:
    """The first samples of what the answer returned."""
    got = call(answer, streams, in_place=True)
    if not isinstance(got, Iterator):
        raise Wrong(f"write a generator, a function with `yield`; this returned {got!r:.60}")
    try:
        return list(islice(got, 1_000 if count is None else count))
    except Wrong:
        raise
    except Exception as error:
        raise Wrong(f"your function raised {explain(error)}") from error
