"""Checks of 03/13, audio and video."""

from typing import Any

import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, given


def _number(got: Any, what: str) -> float:
    """The answer as a number; a tensor or an array of one element will do."""
    if isinstance(got, torch.Tensor):
        got = got.detach()
    try:
        return float("no number" if isinstance(got, str | bool) else got)
    except (TypeError, ValueError, OverflowError):
        raise Wrong(f"return {what} as one number, not {type(got).__name__}") from None


@exercise("03.13a")
def heard(answer: Any) -> None:
    """The frequency at which a sampled tone shows."""
    cases: list[tuple[float, float]] = [
        (5_000, 8_000),
        (3_000, 8_000),
        (19_000, 8_000),
        (13_000, 8_000),
        (16_500, 8_000),
        (30_000, 44_100),
        (100, 44_100),
        (4_000, 8_000),
        (440.5, 1_000),
        (7_300.25, 1_000.5),
        (0, 50),
        (24, 24),
        (12.4, 25),
    ]
    for frequency, rate in cases:
        rest = frequency % rate
        want = min(rest, rate - rest)
        with given(frequency=frequency, rate=rate):
            got = _number(call(answer, frequency, rate), "the frequency")
            expect_equal(
                got,
                float(want),
                usual=[
                    (float(rest), "above half the rate a tone folds: rate minus what is left"),
                    (
                        float(rate - frequency),
                        "a frequency cannot be negative, and one below "
                        "half the rate stays; take off whole multiples of the rate first",
                    ),
                    (
                        float(abs(rate - frequency)),
                        "a tone below half the rate stays as it is; of "
                        "a higher one take off whole multiples of the rate first",
                    ),
                    (float(rate / 2), "tones fold; they do not stop at half the rate"),
                    (
                        float(frequency % (rate / 2)),
                        "it folds back like a mirror at half the "
                        "rate; it does not start again from 0",
                    ),
                ],
                why="take off whole multiples of the rate, then fold at half the rate",
            )


@exercise("03.13c")
def delay(answer: Any) -> None:
    """By how many samples the right channel is behind the left."""
    generator = torch.Generator().manual_seed(7)
    for late, most, count, kind in [
        (5, 10, 200, "noise"),
        (-3, 10, 200, "noise"),
        (0, 4, 150, "noise"),
        (12, 12, 300, "noise"),
        (-8, 8, 120, "noise"),
        (1, 1, 90, "noise"),
        (130, 150, 600, "noise"),
        (3, 84, 90, "noise, loud at both ends"),
        (-6, 40, 160, "a click in silence"),
    ]:
        sound = torch.randn(count + 300, generator=generator)
        if kind == "a click in silence":
            sound[:220], sound[224:] = 0.0, 0.0
        if kind == "noise, loud at both ends":
            sound[145:155] *= 5
            sound[145 + count : 155 + count] *= 5
        left, right = sound[150 : 150 + count], sound[150 - late : 150 - late + count]
        right = right + 0.1 * torch.randn(count, generator=generator)
        right_is = f"right = left {late} samples later, with noise"
        with given(f"left = {kind}, {count} samples", right_is, most=most):
            got = _number(call(answer, left.clone(), right, most), "the delay")
            expect_equal(
                got,
                float(late),
                usual=[
                    (float(-late), "the sign is wrong: positive where right comes later"),
                    (float(late + most), "this is a position; the first one stands for -most"),
                    (float(most - late), "this is a position, counted backwards"),
                ],
                why="take the delay at which the sum of products is largest",
            )
