"""Checks of 07/24, batches under load."""

from numbers import Real
from typing import Any

from d2lutils.checks import Wrong, call, exercise, given
from d2lutils.checks.showing import kind, short


@exercise("07.24a")
def percentile(answer: Any) -> None:
    """The smallest value that at least p per cent of the values do not exceed."""
    hundred = [(37 * i) % 100 + 1 for i in range(100)]
    cases: list[tuple[list[Any], int]] = [
        (hundred, 50),
        (hundred, 99),
        (hundred, 100),
        (hundred, 1),
        (hundred, 7),
        (hundred, 29),
        (hundred, 58),
        ([30, 10, 20], 50),
        ([30, 10, 20], 33),
        ([30, 10, 20], 34),
        ([30, 10, 20], 67),
        ([40, 10, 30, 20], 50),
        ([40, 10, 30, 20], 51),
        ([40, 10, 30, 20], 25),
        ([2.5], 1),
        ([2.5], 100),
        ([-1, -5, -3, 0, -2], 20),
        ([-1, -5, -3, 0, -2], 21),
        ([4, 4, 4, 1], 26),
        ([4, 4, 4, 1], 25),
        ([1] * 150 + [900], 99),
        ([1] * 150 + [900, 800], 99),
        (list(range(1000, 0, -1)), 95),
    ]
    for values, p in cases:
        with given(values=values, p=p):
            got = call(answer, list(values), p)
            if not _is_number(got):
                raise Wrong(f"expected a number, got {kind(got)}")
            ranked = sorted(values)
            want = ranked[-(-p * len(values) // 100) - 1]
            if got != want:
                hint = _usual(ranked, p, got)
                raise Wrong(f"expected {want}, got {short(got)}. {hint}")


def _is_number(value: Any) -> bool:
    """Tell a number, NumPy's too, from everything else; True and False are none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def _usual(ranked: list[Any], p: int, got: float) -> str:
    """Name the mistake that gives `got`."""
    n = len(ranked)
    if got not in ranked:
        return "The result is one of the values: do not put one between two neighbours"
    share = sum(value <= got for value in ranked)
    if 100 * share < p * n:
        return f"Only {share} of {n} values are at most {got}: round the rank up"
    if p * n % 100 == 0:
        return (
            f"A smaller value will do: the rank is exactly {p * n // 100} here, counted from 1. "
            "Compute it in whole numbers"
        )
    return "A smaller value will do: counted from 1, the rank is p * n / 100, rounded up"


@exercise("07.24b")
def latencies(answer: Any) -> None:
    """Latencies of one server with a bounded queue, None where a picture is refused."""
    for arrivals, duration, room, hint in [
        ([0, 1, 2, 9], 4, 1, "a refused picture takes no time"),
        ([], 3, 2, "no picture came"),
        ([7], 3, 0, "time need not begin at 0"),
        ([0, 10, 20], 4, 0, "the service is idle when each of these comes"),
        ([0, 3, 6], 3, 0, "a picture that is done at 3 is gone for one that arrives at 3"),
        ([0, 2, 3], 3, 0, "with room 0, nobody may wait"),
        ([0, 0, 0, 0], 5, 2, "the one being answered takes no room"),
        ([0, 0, 0, 5, 5], 5, 1, "the queue has room again once the first is done"),
        ([0, 1, 2, 3, 4, 5, 6], 3, 2, "a refused picture takes no time"),
        ([-4, -3, -1, 2], 5, 3, "a time may be negative"),
        ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 1, 0, "nobody waits here"),
        ([1, 1, 2, 3, 5, 8, 13, 13, 14, 14, 14, 40], 6, 3, ""),
        (list(range(0, 60, 2)), 3, 4, "the load is above 1 here, and the queue stays full"),
    ]:
        want = _queue(arrivals, duration, room)
        with given(arrivals=arrivals, duration=duration, room=room):
            got = call(answer, list(arrivals), duration, room)
            if not isinstance(got, list):
                raise Wrong(f"expected a list, got {kind(got)}")
            for one in got:
                if not (one is None or _is_number(one)):
                    raise Wrong(f"expected numbers and None in the list, got {kind(one)}")
            if got != want:
                said = _mistake(got, want, arrivals, duration) or hint
                told = f". {said[:1].upper()}{said[1:]}" if said else ""
                raise Wrong(f"expected {short(want)}, got {short(got)}{told}")


def _queue(arrivals: list[int], duration: int, room: int) -> list[int | None]:
    ends: list[int] = []
    result: list[int | None] = []
    for now in arrivals:
        ends = [end for end in ends if end > now]
        if len(ends) > room:
            result.append(None)
        else:
            ends.append(max([now, *ends]) + duration)
            result.append(ends[-1] - now)
    return result


def _mistake(got: list[Any], want: list[Any], arrivals: list[int], duration: int) -> str:
    """Name the usual mistake that gives `got`; nothing where there is none."""
    if len(got) != len(want):
        return "one entry for each picture, None for one that is refused"
    if got == [None if one is None else one - duration for one in want]:
        return "this is the wait; the latency includes the answer itself"
    pairs = zip(want, arrivals, strict=True)
    if got == [None if one is None else one + now for one, now in pairs]:
        return "this is the time of the answer; take off the arrival"
    if None in want and None not in got:
        return "nobody is refused here: count who is present when a picture arrives"
    return ""
