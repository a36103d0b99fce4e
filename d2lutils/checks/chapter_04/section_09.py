"""Checks of 04/09, learning rate schedules."""

import math
from typing import Any

from d2lutils.checks import call, exercise, expect_equal, given


@exercise("04.9b")
def warm_then_linear(answer: Any) -> None:
    """A rate that climbs in a straight line, then falls in one."""
    for lr, num_steps, num_warmup in [(0.8, 20, 5), (2.0, 7, 0), (0.5, 10, 1), (3.0, 12, 11)]:
        for step in range(num_steps + 4):
            climb = lr * (step + 1) / max(num_warmup, 1)
            fall = lr * (num_steps - step) / (num_steps - num_warmup)
            climbing = step < num_warmup
            usual = [
                (
                    lr * step / max(num_warmup, 1) if climbing else math.nan,
                    "at step 0 the rate is lr / num_warmup, not 0",
                ),
                (
                    math.nan if climbing else lr * (num_steps - step) / num_steps,
                    "the way down takes num_steps - num_warmup steps",
                ),
                (
                    math.nan
                    if climbing
                    else lr * (num_steps - step - 1) / (num_steps - num_warmup),
                    "at step num_warmup the rate is still lr",
                ),
                (
                    fall,
                    "the rate climbs first, for num_warmup steps"
                    if climbing
                    else "the rate stays 0 once it is there",
                ),
                (
                    lr * (step + 1) / (num_warmup + 1) if climbing else math.nan,
                    "step num_warmup - 1 has the full rate: divide by num_warmup",
                ),
                (lr, "the rate is not constant: it climbs, then falls"),
            ]
            with given(step=step, lr=lr, num_steps=num_steps, num_warmup=num_warmup):
                expect_equal(
                    call(answer, step, lr, num_steps, num_warmup),
                    climb if climbing else max(fall, 0.0),
                    usual=usual,
                    why="climb while step < num_warmup, then fall to 0 at num_steps",
                )


@exercise("04.9c")
def restarts(answer: Any) -> None:
    """A cosine that starts again, each time twice as long."""
    for lr, period in [(0.8, 4), (2.0, 1), (0.5, 3)]:
        for step in range(8 * period + 2):
            start, length = 0, period
            while step >= start + length:
                start, length = start + length, 2 * length
            inside = step - start
            with given(step=step, lr=lr, period=period):
                expect_equal(
                    call(answer, step, lr, period),
                    _half_wave(inside, lr, length),
                    usual=[
                        (
                            math.nan if inside else 0.0,
                            "at the first step of each cycle the rate is `lr` again",
                        ),
                        (_half_wave(step % period, lr, period), "each cycle is twice as long"),
                        (_half_wave(min(step, period), lr, period), "start again after a cycle"),
                        (_half_wave(inside, lr, period), "a longer cycle falls more slowly"),
                        (
                            _half_wave(*_third_cycle(step, period, lr)),
                            "the third cycle is four times as long as the first",
                        ),
                        (
                            _half_wave(inside, lr * period / length, length),
                            "each cycle starts from `lr` again, not from half of it",
                        ),
                        (
                            lr * (1 - inside / length),
                            "this falls along a straight line; a cosine starts and ends gently",
                        ),
                        (
                            _half_wave(2 * inside, lr, length),
                            "a cycle is half a wave: pi, not 2 * pi, times its share",
                        ),
                        (_half_wave(inside, 1.0, length), "multiply by `lr`"),
                        (2 * _half_wave(inside, lr, length), "1 + cos goes up to 2; halve it"),
                    ],
                    why="inside a cycle the rate is lr / 2 * (1 + cos(pi * share)), where share is "
                    "the number of steps in this cycle so far, divided by its length",
                )


def _half_wave(step: int, lr: float, length: int) -> float:
    return lr / 2 * (1 + math.cos(math.pi * step / length))


def _third_cycle(step: int, period: int, lr: float) -> tuple[int, float, int]:
    """Return place, `lr` and length of a step where cycles take 1, 2, 3, … periods."""
    length = period
    while step >= length:
        step, length = step - length, length + period
    return step, lr, length
