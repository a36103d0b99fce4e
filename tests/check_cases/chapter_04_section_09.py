"""Answers to the exercises of 04/09, learning rate schedules."""

import math

import torch
from torch.optim import lr_scheduler

from check_cases import COMMUTES, NOT_NEGATIVE, Cases


def warm_then_linear(step, lr, num_steps, num_warmup):
    if step < num_warmup:
        return lr * (step + 1) / num_warmup
    return lr * max(0.0, num_steps - step) / (num_steps - num_warmup)


def by_minimum(step, lr, num_steps, num_warmup):
    up = (step + 1) / num_warmup if step < num_warmup else 1.0
    down = (num_steps - step) / (num_steps - num_warmup) if step >= num_warmup else 1.0
    return lr * min(up, max(down, 0.0))


def from_zero(step, lr, num_steps, num_warmup):
    if step < num_warmup:
        return lr * step / num_warmup
    return warm_then_linear(step, lr, num_steps, num_warmup)


def over_all_steps(step, lr, num_steps, num_warmup):
    if step < num_warmup:
        return lr * (step + 1) / num_warmup
    return lr * max(0, num_steps - step) / num_steps


def one_too_low(step, lr, num_steps, num_warmup):
    if step < num_warmup:
        return lr * (step + 1) / num_warmup
    return lr * max(0, num_steps - step - 1) / (num_steps - num_warmup)


def below_zero(step, lr, num_steps, num_warmup):
    if step < num_warmup:
        return lr * (step + 1) / num_warmup
    return lr * (num_steps - step) / (num_steps - num_warmup)


def divides_by_no_warmup(step, lr, num_steps, num_warmup):
    climb = lr * (step + 1) / num_warmup
    return climb if step < num_warmup else warm_then_linear(step, lr, num_steps, num_warmup)


def without_warmup(step, lr, num_steps, num_warmup):
    return lr * max(0, num_steps - step) / (num_steps - num_warmup)


def without_lr(step, lr, num_steps, num_warmup):
    return warm_then_linear(step, 1.0, num_steps, num_warmup)


def restarts(step, lr, period):
    start = 0
    while step >= start + period:
        start += period
        period *= 2
    return lr * (1 + math.cos(math.pi * (step - start) / period)) / 2


def by_logarithm(step, lr, period):
    cycle = (step // period + 1).bit_length() - 1
    length = period * 2**cycle
    inside = step - (length - period)
    return lr / 2 * (1 + math.cos(math.pi * inside / length))


def by_library(step, lr, period):
    nothing = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([nothing], lr=lr)
    scheduler = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=period, T_mult=2)
    for _ in range(step):
        optimizer.step()
        scheduler.step()
    return scheduler.get_last_lr()[0]


def of_one_length(step, lr, period):
    return restarts(step % period, lr, period)


def only_once(step, lr, period):
    return restarts(min(step, period - 1), lr, period) if step < period else 0.0


def up_again(step, lr, period):
    return lr / 2 * (1 + math.cos(math.pi * step / period))


def as_fast_as_the_first(step, lr, period):
    start, length = 0, period
    while step >= start + length:
        start, length = start + length, 2 * length
    return lr / 2 * (1 + math.cos(math.pi * (step - start) / period))


def one_step_late(step, lr, period):
    start, length = 0, period
    while step > start + length:
        start, length = start + length, 2 * length
    return lr / 2 * (1 + math.cos(math.pi * (step - start) / length))


def one_period_more(step, lr, period):
    length = period
    while step >= length:
        step, length = step - length, length + period
    return lr / 2 * (1 + math.cos(math.pi * step / length))


def place_in_cycle(step, period):
    length = period
    while step >= length:
        step, length = step - length, 2 * length
    return step, length


def halved_peaks(step, lr, period):
    inside, length = place_in_cycle(step, period)
    return lr * period / length / 2 * (1 + math.cos(math.pi * inside / length))


def straight_down(step, lr, period):
    inside, length = place_in_cycle(step, period)
    return lr * (1 - inside / length)


def whole_wave(step, lr, period):
    inside, length = place_in_cycle(step, period)
    return lr / 2 * (1 + math.cos(2 * math.pi * inside / length))


def one_more_climb(step, lr, num_steps, num_warmup):
    if step < num_warmup:
        return lr * (step + 1) / (num_warmup + 1)
    return warm_then_linear(step, lr, num_steps, num_warmup)


def three_times(step, lr, period):
    start, length = 0, period
    while step >= start + length:
        start, length = start + length, 3 * length
    return lr / 2 * (1 + math.cos(math.pi * (step - start) / length))


CASES = {
    "04.9b": Cases(
        solution=warm_then_linear,
        also_right=[by_minimum],
        wrong=[
            (one_more_climb, "divide by num_warmup"),
            (from_zero, "at step 0 the rate is lr / num_warmup"),
            (over_all_steps, "num_steps - num_warmup steps"),
            (one_too_low, "at step num_warmup the rate is still lr"),
            (below_zero, "the rate stays 0 once it is there"),
            (divides_by_no_warmup, "your function raised ZeroDivisionError"),
            (without_warmup, "the rate climbs first"),
            (without_lr, "climb while step < num_warmup"),
            (lambda step, lr, num_steps, num_warmup: lr, "the rate is not constant"),
            (
                lambda *given: torch.tensor(warm_then_linear(*given)),
                "`.item()` gives its number",
            ),
        ],
        equivalent={
            "return abs(lr * (step + 1) / num_warmup)": NOT_NEGATIVE,
            "return abs(lr * max(0.0, num_steps - step) / (num_steps - num_warmup))": NOT_NEGATIVE,
            "return lr * max(num_steps - step, 0.0) / (num_steps - num_warmup)": COMMUTES,
            "return abs(rate * (at + 1) / climbing)": NOT_NEGATIVE,
            "return abs(rate * max(left, 0))": NOT_NEGATIVE,
            "return rate * max(0, left)": COMMUTES,
        },
    ),
    "04.9c": Cases(
        solution=restarts,
        also_right=[by_logarithm, by_library],
        wrong=[
            (of_one_length, "each cycle is twice as long"),
            (only_once, "at the first step of each cycle"),
            (up_again, "at the first step of each cycle"),
            (as_fast_as_the_first, "each cycle is twice as long"),
            (one_period_more, "four times as long"),
            (halved_peaks, "starts from `lr` again"),
            (straight_down, "a straight line"),
            (whole_wave, "half a wave"),
            (one_step_late, "at the first step of each cycle"),
            (three_times, "inside a cycle the rate is"),
            (lambda step, lr, period: restarts(step, 1.0, period), "multiply by `lr`"),
            (lambda step, lr, period: 2 * restarts(step, lr, period), "halve it"),
            (lambda step, lr, period: lr, "inside a cycle the rate is"),
        ],
        equivalent={
            "return abs(lr * (1 + math.cos(math.pi * (step - start) / period)) / 2)": NOT_NEGATIVE,
            "return lr * (1 + math.cos(math.pi * (start - step) / period)) / 2": (
                "the cosine of -x is the cosine of x"
            ),
            "return abs(rate / 2 * (1 + math.cos(math.pi * at / length)))": NOT_NEGATIVE,
        },
    ),
}
