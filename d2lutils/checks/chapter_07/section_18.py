"""Checks of 07/18, a thousand GPUs on paper."""

import math
from typing import Any

from d2lutils.checks import call, exercise, expect_equal, given
from d2lutils.checks.expecting import expect_int

DAY = 24 * 3600


@exercise("07.18a")
def gpus_needed(answer: Any) -> None:
    """The smallest number of GPUs that are fast enough and hold 16 bytes a weight."""
    for N, D, days, peak, mfu, memory in [
        (7e9, 2e12, 10, 312e12, 0.4, 80e9),
        (7e9, 2e12, 10, 312e12, 0.55, 80e9),
        (401e9, 1e9, 30, 989e12, 0.4, 80e9),  # memory decides
        (30e9, 1e9, 2.5, 989e12, 0.5, 48e9),  # memory, and 16 N / memory is whole
        (30e9, 1e10, 2.5, 989e12, 0.5, 80e9),  # days are not whole, and work decides
        (1e9, 1.5e9, 100, 312e12, 0.3, 24e9),  # one is enough
        (1e6, 24 * 3600 * 1e9, 2, 1e15, 0.5, 80e9),  # the work is whole
        (65.2e9, 1.4e12, 21, 312e12, 0.47, 80e9),
    ]:
        with given(N=N, D=D, days=days, peak=peak, mfu=mfu, memory=memory):
            found = expect_int(call(answer, N, D, days, peak, mfu, memory))
            work, room = 6 * N * D / (peak * mfu * days * DAY), 16 * N / memory
            want = max(math.ceil(work), math.ceil(room))
            usual: list[tuple[object, str]] = [
                (max(1, int(max(work, room))), "one less is too few: round up"),
                (round(max(work, room)), "one less is too few: round up"),
                (int(max(work, room)) + 1, "rounded up, a whole number stays as it is"),
                (math.ceil(work), "so many have no room for 16 bytes a weight"),
                (math.ceil(room), "so many are too slow for the deadline"),
                (math.ceil(work) + math.ceil(room), "a GPU computes and stores: take the larger"),
                (max(math.ceil(work * mfu), math.ceil(room)), "a GPU gives peak * mfu"),
                (max(math.ceil(work / 3), math.ceil(room)), "6 FLOPs for a weight and token"),
                (max(math.ceil(work * days / int(days)), math.ceil(room)), "days may be 2.5"),
                (max(math.ceil(work * 24), math.ceil(room)), "a day has 24 hours"),
                (max(math.ceil(work * 3600), math.ceil(room)), "an hour has 3600 seconds"),
                (max(math.ceil(work), math.ceil(room / 4)), "a weight takes 16 bytes, not 4"),
            ]
            why = "take the larger of what the work and what the memory needs, each rounded up"
            expect_equal(found, want, usual=usual, why=why)


@exercise("07.18b")
def largest_number(answer: Any) -> None:
    """The largest p whose compute is at least the share `least` of a step."""
    for N, B, rate, W, least, most in [
        (7e9, 4e6, 390e12, 50e9, 0.5, 1000),
        (7e9, 4e6, 400e12, 50e9, 0.9, 1000),
        (7e9, 1e6, 400e12, 12.5e9, 0.75, 200),
        (70e9, 4e6, 400e12, 50e9, 0.5, 300),  # most decides
        (7e9, 6e3, 400e12, 25e9, 0.9, 50),  # 1 alone
        (1e9, 1.1e5, 200e12, 50e9, 0.6, 40),
        (2.0**33, 2.0**14, 2.0**48, 2.0**35, 0.5, 10),  # 4 has 0.5, exactly in every order
        (1e9, 3e4, 100e12, 50e9, 0.5, 1),
    ]:
        with given(N=N, B=B, rate=rate, W=W, least=least, most=most):
            found = expect_int(call(answer, N, B, rate, W, least, most))

            ps = range(1, most + 1)
            times = {p: (6 * N * B / (p * rate), 4 * (p - 1) / p * N / W) for p in ps}
            shares = {p: compute / (compute + sent) for p, (compute, sent) in times.items()}
            want = max(p for p in ps if shares[p] >= least)
            by_compute = max(p for p in ps if 1 - times[p][1] / times[p][0] >= least)
            usual_times = {p: (6 * N * B / (p * 400e12), 4 * (p - 1) / p * N / 50e9) for p in ps}
            by_default = max(p for p, (a, b) in usual_times.items() if a / (a + b) >= least)
            usual: list[tuple[object, str]] = [
                (want + 1, "this one is the first that has too little compute"),
                (want - 1, "one more has enough compute"),
                (most, "with so many, less than `least` of a step is compute"),
                (1, "more than one has enough compute; go on to the last that has"),
                (by_default, "hand your `rate` and `W` to step_times"),
                (by_compute, "divide compute by the sum of compute and exchange"),
            ]
            why = "try each p from 1 to `most`, and keep the last with compute / sum >= least"
            expect_equal(found, want, usual=usual, why=why)
