"""Checks of 07/21, int8 by hand."""

from math import floor
from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_parts, expect_tensor, given

MINUS = "add the zero point; this takes it off"


@exercise("07.21a")
def by_channel(answer: Any) -> None:
    """Steps and scales, row by row; a row of zeros has the scale 1."""
    generator = torch.Generator().manual_seed(16)
    for n, m, bits, empty in [
        (4, 5, 8, []),
        (3, 4, 8, [1]),
        (5, 3, 4, [0, 4]),
        (3, 6, 2, [2]),
        (6, 1, 3, [5]),
        (1, 7, 5, []),
        (0, 3, 8, []),
        (2, 2, 6, [0, 1]),
    ]:
        top = 2 ** (bits - 1) - 1
        # Whole steps and a part of one, the first of each row as long as can be.
        steps = torch.randint(-top, top + 1, (n, m), generator=generator)
        steps[:, 0] = top - 2 * top * (torch.arange(n) % 2)
        part = torch.rand(n, m, generator=generator) * 0.8 - 0.4
        part = torch.where(steps.abs() == top, -part.abs() * steps.sign(), part)
        part[:, 0] = 0
        scale = 2.0 ** (torch.arange(n) % 5 - 6)[:, None]
        W = (steps + part) * scale
        steps[empty], scale[empty], W[empty] = 0, 1.0, 0.0
        q = steps.to(torch.int8)
        with given(W=W, bits=bits):
            parts = call(answer, W, bits)
            got_q, got_scale = expect_parts(parts, "the steps", "the scales")
            got_q, got_scale = expect_tensor(got_q), expect_tensor(got_scale)
            usual_scale: list[tuple[Tensor, str]] = [
                (scale[:, 0], "keep the dimension: the scales have the shape (n, 1)"),
                (_divided(W, top + 1), "divide by 2 ** (bits - 1) - 1"),
                (_divided(W, 127), "bits sets the limit: 127 is for 8 bits"),
                (_divided(W, 1), "divide by the largest number of steps"),
                (W.abs().amax(dim=1, keepdim=True) / top, "a row of zeros gets the scale 1"),
                (q, "the steps come first, then the scales"),
            ]
            if n:
                usual_scale += [
                    (W.abs().max() / top, "this is one scale per tensor; give each row its own"),
                    (W.amax(dim=1, keepdim=True) / top, "take abs first: weights are negative too"),
                    (W.abs().amax(dim=0, keepdim=True) / top, "this is a scale for each column"),
                ]
            expect_equal(
                got_scale,
                scale,
                usual=usual_scale,
                why="the largest size in the row, divided by 2 ** (bits - 1) - 1",
            )
            expect_equal(
                got_q,
                q,
                usual=[
                    (q.float(), "the steps are int8"),
                    (q.int(), "the steps are int8"),
                    ((W / scale).to(torch.int8), "a cast drops what follows the point; round"),
                    ((W / scale).floor().to(torch.int8), "round to the nearest, not down"),
                    ((W / scale).ceil().to(torch.int8), "round to the nearest, not up"),
                    (q * scale, "these are the weights that come back; return the steps"),
                ],
                why="the weights divided by their row's scale, rounded to the nearest",
            )


def _divided(W: Tensor, steps: int) -> Tensor:
    """Return the largest size of each row, divided by a number of steps; 1 for a row of zeros."""
    largest = W.abs().amax(dim=1, keepdim=True)
    return torch.where(largest == 0, torch.ones_like(largest), largest / steps)


@exercise("07.21b")
def shift(answer: Any) -> None:
    """Steps with a zero point, for a range that is made to hold 0."""
    for low, high, exponent, shape in [
        (-23.7, 231.3, -7, (7,)),
        (0.0, 255.0, -6, (2, 3)),
        (-31.5, 223.5, -3, (5,)),
        (-254.6, 0.4, -8, (3, 2)),
        (-255.0, 0.0, -7, (4,)),
        (40.25, 255.0, -5, (2, 2)),
        (-255.0, -100.25, -5, (6,)),
        (255.0, 255.0, 1, (1,)),
        (-127.7, 127.3, -9, (3, 1, 2)),
        (-0.4, 254.6, -4, (5,)),
    ]:
        scale = 2.0**exponent
        n = torch.Size(shape).numel()
        x = torch.linspace(low, high, n) * scale
        if n > 2 and low <= 0 <= high:
            x[n // 2] = 0  # it has to come back as 0
        x = x.flip(0).reshape(shape)
        ends = torch.stack([x.min().clamp(max=0), x.max().clamp(min=0)])
        scale = ((ends[1] - ends[0]) / 255).item()
        zero = round(-128 - ends[0].item() / scale)
        steps = (x / scale).round() + zero
        q = steps.clamp(-128, 127).to(torch.int8)
        with given(x=x):
            parts = call(answer, x)
            names = "the int8 tensor", "the scale", "the zero point"
            got_q, got_scale, got_zero = expect_parts(parts, *names)
            bare = (x.max() - x.min()).item() / 255
            expect_equal(
                got_scale,
                scale,
                usual=[
                    (bare, "0 needs a place: low is 0 or less, and high 0 or more"),
                    (scale * 255 / 256, "256 numbers are 255 steps apart"),
                    (scale * 255 / 127, "all 256 numbers are used: 255 steps"),
                    (scale * 255, "divide high - low by 255 steps"),
                ],
                why="(high - low) / 255",
            )
            if isinstance(got_zero, float):
                raise Wrong(f"the zero point is a whole number, an int; it is {got_zero!r}")
            expect_equal(
                got_zero,
                zero,
                usual=[
                    (zero + 128, "int8 begins at -128: low stands there"),
                    (-128, "-128 stands for low; it stands for 0 only where low is 0"),
                    (int(-128 - ends[0].item() / scale), "round to the nearest"),
                    (floor(-128 - ends[0].item() / scale), "round to the nearest, not down"),
                    (-zero, "its sign is turned round"),
                ],
                why="-128 - low / scale, rounded",
            )
            got_q = expect_tensor(got_q)
            from_low = (((x - ends[0]) / scale).round() - 128).to(torch.int8)
            expect_equal(
                got_q,
                q,
                usual=[
                    (q.float(), "the steps are int8"),
                    (steps.to(torch.int32).to(torch.int8), "this wraps around: clamp, then cast"),
                    (q.clamp(min=-127), "here -128 is used as well"),
                    ((x / scale + zero).to(torch.int8), "a cast drops what follows the point"),
                    (from_low, "round x / scale to the nearest, then add the whole zero point"),
                    (((x / scale).round() - zero).clamp(-128, 127).to(torch.int8), MINUS),
                    ((x / scale).round().clamp(-128, 127).to(torch.int8), "add the zero point"),
                ],
                why="x / scale, rounded, plus the zero point, clamped to -128 and 127",
            )
