"""Answers to the exercises of 07/01, timing."""

import math
from collections import deque
from statistics import mean, median, median_high, median_low
from time import perf_counter
from timeit import Timer, repeat

from check_cases import NOT_NEGATIVE, WHOLE, Cases


def median_seconds(f, clock, warmup, runs):
    for _ in range(warmup):
        f()
    times = []
    for _ in range(runs):
        start = clock()
        f()
        times.append(clock() - start)
    return median(times)


def by_sorting(f, clock, warmup, runs):
    times = []
    for run in range(warmup + runs):
        start = clock()
        f()
        end = clock()
        if run >= warmup:
            times.append(end - start)
    times.sort()
    return (times[(runs - 1) // 2] + times[runs // 2]) / 2


def taken_by(f, clock, runs):
    times = []
    for _ in range(runs):
        start = clock()
        f()
        times.append(clock() - start)
    return times


def counts_all(f, clock, warmup, runs):
    return median(taken_by(f, clock, warmup + runs))


def no_warmup(f, clock, warmup, runs):
    return median(taken_by(f, clock, runs))


def after_warmup(choose):
    def answer(f, clock, warmup, runs):
        for _ in range(warmup):
            f()
        return choose(taken_by(f, clock, runs))

    return answer


def one_block(f, clock, warmup, runs):
    for _ in range(warmup):
        f()
    start = clock()
    for _ in range(runs):
        f()
    return (clock() - start) / runs


def warm_in_the_first(f, clock, warmup, runs):
    start = clock()
    for _ in range(warmup):
        f()
    f()
    times = [clock() - start]
    return median(times + taken_by(f, clock, runs - 1))


def by_timeit(f, clock, warmup, runs):
    for _ in range(warmup):
        f()
    return median(repeat(f, timer=clock, repeat=runs, number=1))


def without_the_slowest(f, clock, warmup, runs):
    return median(sorted(taken_by(f, clock, warmup + runs))[:runs])


def one_reading_a_run(f, clock, warmup, runs):
    for _ in range(warmup):
        f()
    times, start = [], clock()
    for _ in range(runs):
        f()
        end = clock()
        times.append(end - start)
        start = end
    return median(times)


def own_clock(f, clock, warmup, runs):
    return median_seconds(f, perf_counter, warmup, runs)


def block_size(f, clock, least):
    number = 1
    while True:
        start = clock()
        for _ in range(number):
            f()
        taken = clock() - start
        if taken >= least:
            return number, taken / number
        number *= 2


def one_reading_between(f, clock, least):
    number, end = 1, clock()
    while True:
        start = end
        for _ in range(number):
            f()
        end = clock()
        if end - start >= least:
            return number, (end - start) / number
        number *= 2


def blocks_by_timeit(f, clock, least, size=1):
    taken = Timer(f, timer=clock).timeit(size)
    return (size, taken / size) if taken >= least else blocks_by_timeit(f, clock, least, 2 * size)


def up_to_a_thousand(f, clock, least):
    size, seconds = block_size(f, clock, least)
    return min(size, 1024), seconds


def block_by_own_clock(f, clock, least):
    return block_size(f, perf_counter, least)


def growing(grow):
    def answer(f, clock, least):
        size, taken = 0, 0.0
        while taken < least:
            size = grow(size)
            start = clock()
            deque((f() for _ in range(size)), maxlen=0)
            taken = clock() - start
        return size, taken / size

    return answer


def more_than_enough(f, clock, least):
    return block_size(f, clock, math.nextafter(least, math.inf))


def warms_up(f, clock, least):
    f()
    return block_size(f, clock, least)


def whole_block(f, clock, least):
    number, seconds = block_size(f, clock, least)
    return number, seconds * number


def turned(f, clock, least):
    return block_size(f, clock, least)[::-1]


def all_calls(f, clock, least):
    number, seconds = block_size(f, clock, least)
    return 2 * number - 1, seconds


def doubled_once_more(f, clock, least):
    number, taken = 1, 0.0
    while taken < least:
        start = clock()
        for _ in range(number):
            f()
        taken = clock() - start
        number *= 2
    return number, taken / number


def never_restarts(f, clock, least):
    number, start = 1, clock()
    while True:
        for _ in range(number):
            f()
        taken = clock() - start
        if taken >= least:
            return number, taken / number
        number *= 2


def between_the_calls(f, clock, least):
    number = 1
    while True:
        taken = sum(taken_by(f, clock, number))
        if taken >= least:
            return number, taken / number
        number *= 2


CASES = {
    "07.1a": Cases(
        solution=median_seconds,
        also_right=[by_sorting, by_timeit],
        wrong=[
            (counts_all, "the calls of the warm-up do not count"),
            (without_the_slowest, "leave out the first calls"),
            (one_reading_a_run, "right before and right after"),
            (own_clock, "never read `clock()`"),
            (no_warmup, "warmup + runs are"),
            (after_warmup(mean), "this is the mean"),
            (one_block, "this is the mean"),
            (after_warmup(min), "this is the least duration"),
            (after_warmup(max), "this is the largest duration"),
            (after_warmup(sum), "the time of all runs together"),
            (after_warmup(median_low), "the mean of the two in the middle"),
            (after_warmup(median_high), "take the mean of the two in the middle"),
            (after_warmup(lambda times: times[len(times) // 2]), "sort the durations"),
            (after_warmup(lambda times: 1000 * median(times)), "not milliseconds"),
            (warm_in_the_first, "expected 0.75, got 1.5"),
        ],
        equivalent={"return abs(median(times))": NOT_NEGATIVE},
    ),
    "07.1b": Cases(
        solution=block_size,
        also_right=[one_reading_between, blocks_by_timeit],
        wrong=[
            (growing(lambda size: size + 1), "do not add one call"),
            (more_than_enough, "`least` itself is enough"),
            (warms_up, "no other calls are wanted"),
            (growing(lambda size: 1), "does it come to an end"),
            (up_to_a_thousand, "expected 4096, got 1024"),
            (block_by_own_clock, "never read `clock()`"),
            (whole_block, "divide by its number of calls"),
            (turned, "the number of calls comes first"),
            (all_calls, "the calls of all blocks"),
            (doubled_once_more, "stop before you double"),
            (never_restarts, "this block was too short"),
            (between_the_calls, "not between its calls"),
        ],
        equivalent={
            "return (abs(number), taken / number)": NOT_NEGATIVE,
            "return (int(number), taken / number)": WHOLE,
            "return (number, abs(taken / number))": NOT_NEGATIVE,
        },
    ),
}
