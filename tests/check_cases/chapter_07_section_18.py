"""Answers to the exercises of 07/18, a thousand GPUs on paper."""

import math

import torch

from check_cases import COMMUTES, NOT_NEGATIVE, WHOLE, Cases

ALONE = "with p = 1 all is compute, which is enough"


def gpus_needed(N, D, days, peak, mfu, memory):
    for_work = math.ceil(6 * N * D / (peak * mfu * days * 24 * 3600))
    return max(for_work, math.ceil(16 * N / memory))


def by_trying(N, D, days, peak, mfu, memory):
    p = 1
    while p * peak * mfu * days * 24 * 3600 < 6 * N * D or p * memory < 16 * N:
        p += 1
    return p


def one_more(N, D, days, peak, mfu, memory):
    return int(max(6 * N * D / (peak * mfu * days * 24 * 3600), 16 * N / memory)) + 1


def hour_by_hour(N, D, days, peak, mfu, memory):
    hours = 6 * N * D / peak / mfu / 3600
    return math.ceil(max(hours / 24 / days, N / (memory / 16)))


def step_times(N, B, p, rate, W):
    return 6 * N * B / (p * rate), 2 * (p - 1) / p * 2 * N / W


def share(N, B, p, rate, W):
    compute, exchange = step_times(N, B, p, rate, W)
    return compute / (compute + exchange)


def largest_number(N, B, rate, W, least, most):
    p = 1
    while p < most and share(N, B, p + 1, rate, W) >= least:
        p += 1
    return p


def by_list(N, B, rate, W, least, most):
    return max([1] + [p for p in range(1, most + 1) if share(N, B, p, rate, W) >= least])


def by_formula(N, B, rate, W, least, most):
    one, sent = 6 * N * B / rate, 4 * N / W
    return min(most, int(1 + one / sent * (1 - least) / least))


def in_float32(N, B, rate, W, least, most):
    compute, exchange = step_times(N, B, torch.arange(1, most + 1), rate, W)
    return int((compute / (compute + exchange) >= least).sum())


def by_more(N, B, rate, W, least, most):
    return max(p for p in range(1, most + 1) if share(N, B, p, rate, W) > least or p == 1)


def with_defaults(N, B, rate, W, least, most):
    return largest_number(N, B, 400e12, 50e9, least, most)


def first_too_little(N, B, rate, W, least, most):
    return next((p for p in range(1, most + 1) if share(N, B, p, rate, W) < least), most)


def the_exchange(N, B, rate, W, least, most):
    enough = [p for p in range(1, most + 1) if 1 - share(N, B, p, rate, W) >= least]
    return max(enough, default=1)


def without_the_sum(N, B, rate, W, least, most):
    ps = range(1, most + 1)
    times = {p: step_times(N, B, p, rate, W) for p in ps}
    return max((p for p in ps if 1 - times[p][1] / times[p][0] >= least), default=1)


CASES = {
    "07.18a": Cases(
        solution=gpus_needed,
        also_right=[by_trying, hour_by_hour],
        wrong=[
            (lambda N, D, d, p, m, r: int(6 * N * D / (p * m * d * 86400)) or 1, "round up"),
            (lambda N, D, d, p, m, r: math.ceil(6 * N * D / (p * m * d * 86400)), "no room"),
            (lambda N, D, d, p, m, r: math.ceil(16 * N / r), "too slow"),
            (lambda N, D, d, p, m, r: gpus_needed(N, D, d, p, 1, r), "peak * mfu"),
            (lambda N, D, d, p, m, r: gpus_needed(N, D / 3, d, p, m, r), "6 FLOPs"),
            (lambda N, D, d, p, m, r: gpus_needed(N, D, d / 24, p, m, r), "24 hours"),
            (lambda N, D, d, p, m, r: gpus_needed(N, D, d / 3600, p, m, r), "3600"),
            (lambda N, D, d, p, m, r: gpus_needed(N, D, d, p, m, 4 * r), "16 bytes"),
            (lambda N, D, d, p, m, r: gpus_needed(N, D, d, p, m, 80e9), "take the larger"),
            (lambda N, D, d, p, m, r: gpus_needed(N, D, int(d), p, m, r), "days may be 2.5"),
            (one_more, "a whole number stays"),
            (lambda *inputs: float(gpus_needed(*inputs)), "return an int"),
            (
                lambda N, D, d, p, m, r: gpus_needed(N, D, d, p, m, 1e99) + math.ceil(16 * N / r),
                "the larger",
            ),
        ],
        equivalent={
            "return abs(max(for_work, math.ceil(16 * N / memory)))": NOT_NEGATIVE,
            "return int(max(for_work, math.ceil(16 * N / memory)))": WHOLE,
            "return max(math.ceil(16 * N / memory), for_work)": COMMUTES,
            "seconds = 6 * weights * tokens // (peak * mfu)": "a part of a second decides nothing",
            "return abs(int(max(for_work, for_room)))": NOT_NEGATIVE,
            "return int(int(max(for_work, for_room)))": WHOLE,
            "return int(max(for_room, for_work))": COMMUTES,
        },
    ),
    "07.18b": Cases(
        solution=largest_number,
        also_right=[by_list, by_formula, in_float32],
        wrong=[
            (first_too_little, "the first that has too little"),
            (lambda *inputs: max(1, largest_number(*inputs) - 1), "one more has enough"),
            (lambda *inputs: inputs[-1], "with so many"),
            (lambda *inputs: 1, "go on to the last"),
            (by_more, "one more has enough"),
            (with_defaults, "hand your"),
            (the_exchange, "with so many"),
            (without_the_sum, "divide compute by the sum"),
            (lambda *inputs: float(largest_number(*inputs)), "return an int"),
        ],
        equivalent={
            "return (abs(6 * N * B / (p * rate)), 2 * (p - 1) / p * 2 * N / W)": NOT_NEGATIVE,
            "return (6 * N * B / (p * rate), abs(2 * (p - 1) / p * 2 * N / W))": NOT_NEGATIVE,
            "return abs(compute / (compute + exchange))": NOT_NEGATIVE,
            "p = 0": ALONE,
            "return abs(p)": NOT_NEGATIVE,
            "return int(p)": WHOLE,
            "dropped: best = 1": ALONE,
            "best = 2": ALONE,
            "best = 0": ALONE,
            "for p in range(2, most + 1):": ALONE,
            "return abs(best)": NOT_NEGATIVE,
            "return int(best)": WHOLE,
        },
    ),
}
