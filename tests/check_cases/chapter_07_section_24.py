"""Answers to the exercises of 07/24, batches under load."""

import math
from statistics import quantiles

import numpy as np

from check_cases import COMMUTES, Cases


def percentile(values, p):
    rank = -(-p * len(values) // 100)
    return sorted(values)[rank - 1]


def by_counting(values, p):
    for value in sorted(values):
        if 100 * sum(other <= value for other in values) >= p * len(values):
            return value


def by_numpy(values, p):
    return np.sort(values)[-(-p * len(values) // 100) - 1]


def between(values, p):
    return float(np.percentile(values, p))


def by_floats(values, p):
    return sorted(values)[math.ceil(p / 100 * len(values)) - 1]


def rounded_down(values, p):
    return sorted(values)[max(p * len(values) // 100 - 1, 0)]


def counted_from_0(values, p):
    return sorted(values)[min(p * len(values) // 100, len(values) - 1)]


def in_place(values, p):
    values.sort()
    return percentile(values, p)


def not_sorted(values, p):
    return values[-(-p * len(values) // 100) - 1]


def by_statistics(values, p):
    return quantiles(values, n=100)[p - 1] if len(values) > 1 and p < 100 else max(values)


def latencies(arrivals, duration, room):
    ends, result = [], []
    for now in arrivals:
        present = [end for end in ends if end > now]
        if len(present) > room:
            result.append(None)
            continue
        end = max([now, *present]) + duration
        ends.append(end)
        result.append(end - now)
    return result


def by_free(arrivals, duration, room):
    free, result = -math.inf, []
    for now in arrivals:
        present = max(0, -((now - free) // duration)) if free > now else 0
        if present > room:
            result.append(None)
        else:
            free = max(free, now) + duration
            result.append(free - now)
    return result


def one_seat_short(arrivals, duration, room):
    return latencies(arrivals, duration, room - 1)


def one_seat_more(arrivals, duration, room):
    return latencies(arrivals, duration, room + 1)


def no_end(arrivals, duration, room):
    return latencies(arrivals, duration, len(arrivals))


def waits(arrivals, duration, room):
    found = latencies(arrivals, duration, room)
    return [None if one is None else one - duration for one in found]


def times_of_answers(arrivals, duration, room):
    found = latencies(arrivals, duration, room)
    return [None if one is None else one + now for one, now in zip(found, arrivals, strict=True)]


def without_refused(arrivals, duration, room):
    return [one for one in latencies(arrivals, duration, room) if one is not None]


def still_there(arrivals, duration, room):
    ends, result = [], []
    for now in arrivals:
        present = [end for end in ends if end >= now]
        if len(present) > room:
            result.append(None)
            continue
        ends.append(max([now, *present]) + duration)
        result.append(ends[-1] - now)
    return result


def refused_take_time(arrivals, duration, room):
    ends, result = [], []
    for now in arrivals:
        present = [end for end in ends if end > now]
        ends.append(max([now, *present]) + duration)
        result.append(None if len(present) > room else ends[-1] - now)
    return result


def from_0(arrivals, duration, room):
    free, ends, result = 0, [], []
    for now in arrivals:
        if sum(end > now for end in ends) > room:
            result.append(None)
            continue
        free = max(free, now) + duration
        ends.append(free)
        result.append(free - now)
    return result


def in_floats(arrivals, duration, room):
    found = latencies(arrivals, duration, room)
    return [None if one is None else float(one) for one in found]


def in_texts(arrivals, duration, room):
    return [one and str(one) for one in latencies(arrivals, duration, room)]


def true_for_one(arrivals, duration, room):
    return [True if one == 1 else one for one in latencies(arrivals, duration, room)]


def zero_for_refused(arrivals, duration, room):
    return [one or 0 for one in latencies(arrivals, duration, room)]


CASES = {
    "07.24a": Cases(
        solution=percentile,
        also_right=[by_counting, by_numpy],
        wrong=[
            (between, "one of the values"),
            (by_statistics, "one of the values"),
            (by_floats, "in whole numbers"),
            (rounded_down, "round the rank up"),
            (counted_from_0, "counted from 1"),
            (in_place, "changed its input"),
            (not_sorted, "expected"),
            (lambda values, p: [percentile(values, p)], "a number"),
            (lambda values, p: str(percentile(values, p)), "a number"),
            (lambda values, p: (got := percentile(values, p)) == 1 or got, "a number"),
        ],
    ),
    "07.24b": Cases(
        solution=latencies,
        also_right=[by_free, in_floats],
        wrong=[
            (one_seat_short, "expected"),
            (one_seat_more, "nobody is refused"),
            (no_end, "nobody is refused"),
            (waits, "includes the answer itself"),
            (times_of_answers, "take off the arrival"),
            (without_refused, "one entry for each picture"),
            (still_there, "is gone for one that arrives"),
            (refused_take_time, "takes no time"),
            (from_0, "may be negative"),
            (zero_for_refused, "nobody is refused"),
            (in_texts, "numbers and None in the list, got a str"),
            (true_for_one, "numbers and None in the list, got a bool"),
            (lambda *queue: tuple(latencies(*queue)), "a list"),
        ],
        equivalent={"end = max([*present, now]) + duration": COMMUTES},
    ),
}
