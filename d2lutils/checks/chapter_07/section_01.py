"""Checks of 07/01, timing."""

import math
from statistics import mean, median, median_high, median_low
from typing import Any

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_parts, given

MOST_CALLS = 100_000  # far above what any case needs


class _Machine:
    """A function whose calls take known times, and the clock that goes on with them.

    All times are binary fractions, so sums of them are exact. A clock with a `tick` stands still
    in between.
    """

    def __init__(self, durations: list[float], tick: float = 0.0) -> None:
        self.durations = durations  # of the first calls; the last one stands for all later calls
        self.tick = tick
        self.now = 100.0625
        self.calls = self.readings = 0

    def f(self) -> None:
        """Take the next duration."""
        self.now += self.durations[min(self.calls, len(self.durations) - 1)]
        self.calls += 1
        if self.calls > MOST_CALLS:
            _expect_read(self)
            raise Wrong("your function calls `f` on and on; does it come to an end?")

    def clock(self) -> float:
        """Return the time in seconds, rounded down to a whole tick."""
        self.readings += 1
        if self.readings > 2 * MOST_CALLS:
            raise Wrong("your function reads the clock on and on; does it come to an end?")
        return self.now if not self.tick else math.floor(self.now / self.tick) * self.tick


def _expect_read(machine: _Machine) -> None:
    """Refuse an answer that took its times from another clock."""
    if machine.calls and not machine.readings:
        raise Wrong("your function never read `clock()`, the clock that it is given")


@exercise("07.1a")
def median_seconds(answer: Any) -> None:
    """The median of the counted calls; those before are not timed."""
    for durations, warmup in [
        ([8.0, 4.0, 0.75, 2.5, 0.625, 0.25, 1.5], 2),
        ([16.0, 8.0, 0.5, 3.0, 0.25, 1.5], 2),
        ([0.125], 0),
        ([2.0, 0.25, 0.0, 0.0, 1.0, 0.5], 0),
        ([9.0, 7.0, 0.375, 6.0], 2),
        ([5.0, 3.0, 1.0, 0.5], 3),
        ([0.25, 0.0, 0.0], 1),
        ([0.5, 0.25, 3.0, 2.0, 1.0], 2),
    ]:
        machine = _Machine(durations)
        counted = durations[warmup:]
        runs = len(counted)
        with given(f"calls that take {durations} s", warmup=warmup, runs=runs):
            got = call(answer, machine.f, machine.clock, warmup, runs)
            _expect_read(machine)
            if machine.calls != len(durations):
                raise Wrong(
                    f"`f` was called {machine.calls} times; "
                    f"warmup + runs are {len(durations)} calls"
                )
            expect_equal(
                got,
                median(counted),
                usual=[
                    (median(durations), "the calls of the warm-up do not count"),
                    (mean(durations), "the calls of the warm-up do not count"),
                    (
                        median(sorted(durations)[:runs]),
                        "leave out the first calls, which need not be the slowest",
                    ),
                    (
                        mean(counted),
                        "this is the mean, which one slow run can move; take the "
                        "median of single durations",
                    ),
                    (sum(counted), "this is the time of all runs together"),
                    (median(counted) * 1000, "return seconds, not milliseconds"),
                    (
                        median_low(counted),
                        "of an even number of runs, take the mean of the two in the middle",
                    ),
                    (
                        median_high(counted),
                        "of an even number of runs, take the mean of the two in the middle",
                    ),
                    (counted[runs // 2], "sort the durations before you take the middle one"),
                    (min(counted), "this is the least duration"),
                    (max(counted), "this is the largest duration"),
                ],
                why="the middle of the sorted durations of the counted calls",
            )
            if machine.readings < 2 * runs:
                raise Wrong("read the clock right before and right after each counted call")


@exercise("07.1b")
def block_size(answer: Any) -> None:
    """The first block of 1, 2, 4, … calls that the clock sees as long enough."""
    for durations, tick, least in [
        ([1 / 64], 0.0, 0.1),
        ([1 / 64], 0.0, 0.125),
        ([0.5], 0.0, 0.25),
        ([1.0, 1 / 128], 0.0, 1.5),
        ([2.0, 1 / 128], 0.0, 1.5),
        ([1 / 256], 0.25, 1.0),
        ([1 / 32], 0.125, 0.5),
        ([0.25, 0.5], 0.0, 1.75),
        ([1 / 1024], 0.0, 4.0),
    ]:
        machine, own = _Machine(durations, tick), _Machine(durations, tick)
        size, taken, total = _doubled(own, least)
        told = f"calls that take {durations[0]} s, the later ones {durations[-1]} s"
        told += f", on a clock that jumps by {tick} s" if tick else ""
        with given(told, least=least):
            parts = call(answer, machine.f, machine.clock, least)
            _expect_read(machine)
            got_size, got_seconds = expect_parts(
                parts, "the number of calls", "the seconds for one call"
            )
            expect_equal(
                got_size,
                size,
                usual=[
                    (taken / size, "the number of calls comes first, then the seconds"),
                    (float(size), "the number of calls is an int"),
                    (
                        2 * size,
                        "half of that was enough: stop before you double; `least` itself is enough",
                    ),
                    (2 * size - 1, "this counts the calls of all blocks; return those of the last"),
                    (size // 2, "this block was too short"),
                    (_counted_up(durations, tick, least), "double the block; do not add one call"),
                ],
                why="blocks have 1, 2, 4, … calls; a block that takes exactly `least` is enough",
            )
            expect_equal(
                got_seconds,
                taken / size,
                usual=[
                    (taken, "this is the time of the block; divide by its number of calls"),
                    (total / size, "time each block alone, not all blocks together"),
                    (total / (2 * size - 1), "time each block alone, not all blocks together"),
                    (size / taken, "this is calls a second"),
                ],
                why="the time of the last block, by the clock, divided by its number of calls",
            )
            if machine.calls != own.calls:
                raise Wrong(
                    f"`f` was called {machine.calls} times; blocks of 1, 2, 4, … up to {size} "
                    f"are {own.calls} calls, and no other calls are wanted"
                )
            if machine.readings > own.readings:
                raise Wrong("read the clock before and after each block, and not between its calls")


def _doubled(machine: _Machine, least: float) -> tuple[int, float, float]:
    """Return the size of the block, its time, and the time of all blocks, by the clock."""
    size, begun = 1, machine.clock()
    machine.readings = 0
    while True:
        start = machine.clock()
        for _ in range(size):
            machine.f()
        end = machine.clock()
        if end - start >= least:
            return size, end - start, end - begun
        size *= 2


def _counted_up(durations: list[float], tick: float, least: float) -> int:
    """Return the size of the block where each has one call more than the one before."""
    machine, size = _Machine(durations, tick), 0
    taken = 0.0
    while taken < least and size < 300:  # the long case has blocks that are too many to add up
        size += 1
        start = machine.clock()
        for _ in range(size):
            machine.f()
        taken = machine.clock() - start
    return size
