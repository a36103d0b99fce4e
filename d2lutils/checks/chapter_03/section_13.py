"""Checks of 03/13, audio."""

from typing import Any

import numpy as np
import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given


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


@exercise("03.13b")
def to_floats(answer: Any) -> None:
    """Levels of 8, 16 or 32 bits, time or time×channels, as float32 channels×time."""
    random = np.random.default_rng(4)
    for dtype, shape in [
        ("int16", (6, 2)),
        ("uint8", (5, 2)),
        ("int32", (4, 3)),
        ("int16", (7,)),
        ("uint8", (6,)),
        ("int32", (1,)),
        ("int16", (1, 2)),
        ("uint8", (3, 1)),
    ]:
        limits = np.iinfo(dtype)
        levels = random.integers(limits.min, limits.max, shape, dtype, endpoint=True)
        levels.flat[0] = limits.min
        levels.flat[-1] = limits.min if levels.size == 1 else limits.max
        with given(f"levels = {dtype} of shape {shape}"):
            _judge_floats(expect_tensor(call(answer, levels)), levels)
    for dtype, lowest in [("int16", -4), ("int32", -4), ("int16", 4)]:
        quiet = np.array([[3, 2], [0, 1], [lowest, 5]], dtype)
        with given(f"levels = {dtype} of shape (3, 2), from {quiet.min()} to 5"):
            _judge_floats(expect_tensor(call(answer, quiet)), quiet)
    wide = random.integers(-(2**15), 2**15, (8, 2), np.int16)
    with given("levels = every second row of int16 of shape (8, 2)"):
        _judge_floats(expect_tensor(call(answer, wide[::2])), wide[::2])


def _judge_floats(got: torch.Tensor, levels: np.ndarray) -> None:
    columns = levels[:, None] if levels.ndim == 1 else levels
    zero, scale = (128, 128) if levels.dtype == np.uint8 else (0, -int(np.iinfo(levels.dtype).min))
    numbers = torch.from_numpy(columns.T.astype(np.float64))
    want = ((numbers - zero) / scale).float()
    if got.ndim == 1 and levels.ndim == 1:
        raise Wrong("mono needs a first dimension for its one channel: channels × time")
    if got.shape != want.shape and got.shape == want.t().shape:
        raise Wrong("this is still time × channels: transpose it")
    if got.is_floating_point() and got.dtype != torch.float32:
        raise Wrong(f"return float32, not {got.dtype}")
    as_bytes = torch.from_numpy((columns.T.astype(np.int64) - zero) % 256 / scale).float()
    usual: list[tuple[object, str]] = []
    if zero:
        usual = [
            (as_bytes, "the bytes have wrapped: make floats before you subtract 128"),
            ((numbers / 128).float(), "silence is 128 in 8 bits: subtract 128 first"),
            ((numbers / 255).float(), "silence is 128 in 8 bits: subtract 128, then divide by 128"),
            ((numbers / 127.5 - 1).float(), "silence is 128, and has to become 0, not 0.004"),
            (((numbers - 128) / 127).float(), "the lowest is 128 below silence: divide by 128"),
        ]
    expect_equal(
        got,
        want,
        usual=[
            *usual,
            (
                (numbers / (scale - 1)).float(),
                "the lowest level is beyond -1: divide by 2 to a power",
            ),
            (
                (numbers / numbers.abs().max()).float(),
                "divide by the type's largest magnitude, not by this sound's: it would be louder",
            ),
            (numbers.float(), "the levels are not divided yet"),
            ((numbers / 2**15).float(), "int32 goes to 2**31: each type has its own divisor"),
            ((numbers / 2**31).float(), "int16 goes to 2**15: each type has its own divisor"),
            ((numbers / 2**23).float(), "the 24 bits are the upper ones of 32: divide by 2**31"),
            (
                numbers.t().reshape(want.shape).sub(zero).div(scale).float(),
                "`reshape` or `view` mixes the channels: transpose",
            ),
        ],
        why="element [c, t] is (levels[t, c] - silence) / the type's largest magnitude",
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
        (3, 10, 90, "noise, with a click at its end"),
    ]:
        sound = torch.randn(count + 300, generator=generator)
        if kind == "a click in silence":
            sound[:220], sound[224:] = 0.0, 0.0
        if kind == "noise, loud at both ends":
            sound[145:155] *= 5
            sound[145 + count : 155 + count] *= 5
        if kind == "noise, with a click at its end":  # and right begins with one
            sound[[148, 237]] = 12.0
        left, right = sound[150 : 150 + count], sound[150 - late : 150 - late + count]
        right = right + 0.1 * torch.randn(count, generator=generator)
        turned = [(left * right.roll(-d)).sum() for d in range(-most, most + 1)]
        wrapped = int(torch.stack(turned).argmax()) - most
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
                    (float(wrapped), "the ends wrap round; beyond them `right` is zeros: pad it"),
                ],
                why="take the delay at which the sum of products is largest",
            )
