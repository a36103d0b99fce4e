"""Answers to the exercises of 07/21, int8 by hand."""

import math

import torch

from check_cases import COMMUTES, NOT_NEGATIVE, Cases

NEVER_BELOW = "the least step is -128 without a clamp"
WHOLE = "round has made an int of it"


def by_channel(W, bits):
    top = 2 ** (bits - 1) - 1
    scale = W.abs().amax(dim=1, keepdim=True) / top
    scale[scale == 0] = 1
    return (W / scale).round().to(torch.int8), scale


def by_where(W, bits):
    top = 2 ** (bits - 1) - 1
    largest = W.abs().amax(dim=1, keepdim=True)
    scale = torch.where(largest == 0, torch.ones_like(largest), largest / top)
    return (W / scale).round().clamp(-top, top).to(torch.int8), scale


def by_loop(W, bits):
    top = 2 ** (bits - 1) - 1
    q, scale = torch.zeros(W.shape, dtype=torch.int8), torch.ones(len(W), 1)
    for i, row in enumerate(W):
        if row.any():
            scale[i] = row.abs().max() / top
            q[i] = (row / scale[i]).round()
    return q, scale


def zero_row_forgotten(W, bits):
    top = 2 ** (bits - 1) - 1
    scale = W.abs().amax(dim=1, keepdim=True) / top
    return (W / scale).nan_to_num().round().to(torch.int8), scale


def one_scale(W, bits):
    top = 2 ** (bits - 1) - 1
    scale = W.abs().max() / top if len(W) else torch.ones(0, 1)
    return (W / scale).round().to(torch.int8), scale


def of_columns(W, bits):
    top = 2 ** (bits - 1) - 1
    scale = W.abs().amax(dim=0, keepdim=True) / top
    return (W / scale).round().to(torch.int8), scale


def without_abs(W, bits):
    top = 2 ** (bits - 1) - 1
    scale = W.amax(dim=1, keepdim=True) / top
    scale[scale == 0] = 1
    return (W / scale).round().clamp(-top, top).to(torch.int8), scale


def always_127(W, bits):
    scale = W.abs().amax(dim=1, keepdim=True) / 127
    scale[scale == 0] = 1
    return (W / scale).round().to(torch.int8), scale


def one_too_many(W, bits):
    top = 2 ** (bits - 1)
    scale = W.abs().amax(dim=1, keepdim=True) / top
    scale[scale == 0] = 1
    return (W / scale).round().clamp(-top, top - 1).to(torch.int8), scale


def flat_scales(W, bits):
    q, scale = by_channel(W, bits)
    return q, scale[:, 0]


def not_rounded(W, bits):
    _, scale = by_channel(W, bits)
    return (W / scale).to(torch.int8), scale


def not_int8(W, bits):
    q, scale = by_channel(W, bits)
    return q.float(), scale


def back_again(W, bits):
    q, scale = by_channel(W, bits)
    return q * scale, scale


def swapped(W, bits):
    q, scale = by_channel(W, bits)
    return scale, q


def shift(x):
    low = min(x.min().item(), 0.0)
    high = max(x.max().item(), 0.0)
    scale = (high - low) / 255
    zero = round(-128 - low / scale)
    q = ((x / scale).round() + zero).clamp(-128, 127).to(torch.int8)
    return q, scale, zero


def rounded_last(x):
    _, scale, zero = shift(x)
    return (x / scale + zero).round().clamp(-128, 127).to(torch.int8), scale, zero


def zero_left_out(x):
    low, high = x.min().item(), x.max().item()
    scale = (high - low) / 255 or 1.0
    zero = round(-128 - low / scale)
    q = ((x / scale).round() + zero).clamp(-128, 127).to(torch.int8)
    return q, scale, zero


def broken_zero(x):
    q, scale, _ = shift(x)
    return q, scale, -128 - min(x.min().item(), 0.0) / scale


def always_relu(x):
    q, scale, _ = shift(x)
    return q, scale, -128


def from_zero(x):
    q, scale, zero = shift(x)
    return q, scale, zero + 128


def cut_zero(x):
    q, scale, _ = shift(x)
    return q, scale, int(-128 - min(x.min().item(), 0.0) / scale)


def wraps(x):
    _, scale, zero = shift(x)
    return ((x / scale).round() + zero).int().to(torch.int8), scale, zero


def no_shift(x):
    _, scale, zero = shift(x)
    return (x / scale).round().clamp(-128, 127).to(torch.int8), scale, zero


def zero_rounded_down(x):
    q, scale, _ = shift(x)
    return q, scale, math.floor(-128 - min(x.min().item(), 0.0) / scale)


def counted_from_low(x):
    _, scale, zero = shift(x)
    low = min(x.min().item(), 0.0)
    return (((x - low) / scale).round() - 128).to(torch.int8), scale, zero


def zero_taken_off(x):
    _, scale, zero = shift(x)
    return ((x / scale).round() - zero).clamp(-128, 127).to(torch.int8), scale, zero


def of_256(x):
    q, scale, zero = shift(x)
    return q, scale * 255 / 256, zero


CASES = {
    "07.21a": Cases(
        solution=by_channel,
        also_right=[by_where, by_loop],
        wrong=[
            (zero_row_forgotten, "gets the scale 1"),
            (one_scale, "one scale per tensor"),
            (of_columns, "a scale for each column"),
            (without_abs, "take abs first"),
            (always_127, "127 is for 8 bits"),
            (one_too_many, "2 ** (bits - 1) - 1"),
            (flat_scales, "shape (n, 1)"),
            (not_rounded, "drops what follows"),
            (not_int8, "steps are int8"),
            (back_again, "return the steps"),
            (swapped, "steps come first"),
            (lambda W, bits: by_channel(W, bits)[0], "return 2 values"),
        ],
        equivalent={
            "scale[scale <= 0] = 1": NOT_NEGATIVE,
            "return ((W / scale).round().to(torch.int8), abs(scale))": NOT_NEGATIVE,
            "unit[unit <= 0] = 1": NOT_NEGATIVE,
            "return (steps.to(torch.int8), abs(unit))": NOT_NEGATIVE,
        },
    ),
    "07.21b": Cases(
        solution=shift,
        also_right=[rounded_last],
        wrong=[
            (zero_left_out, "0 needs a place"),
            (broken_zero, "is a whole number"),
            (always_relu, "only where low is 0"),
            (from_zero, "int8 begins at -128"),
            (cut_zero, "round to the nearest"),
            (wraps, "wraps around"),
            (no_shift, "add the zero point"),
            (of_256, "255 steps apart"),
            (zero_rounded_down, "not down"),
            (counted_from_low, "then add the whole zero point"),
            (zero_taken_off, "this takes it off"),
            (lambda x: shift(x)[:2], "return 3 values"),
        ],
        equivalent={
            "low = min(0.0, x.min().item())": COMMUTES,
            "high = max(0.0, x.max().item())": COMMUTES,
            "q = ((x / scale).round() + zero).clamp(-129, 127).to(torch.int8)": NEVER_BELOW,
            "return (q, abs(scale), zero)": NOT_NEGATIVE,
            "return (q, scale, int(zero))": WHOLE,
            "bottom = min(0.0, values.min().item())": COMMUTES,
            "length = (max(0.0, values.max().item()) - bottom) / 255": COMMUTES,
            "return (steps.clamp(-128, 127).to(torch.int8), abs(length), middle)": NOT_NEGATIVE,
            "return (steps.clamp(-128, 127).to(torch.int8), length, int(middle))": WHOLE,
            "return (steps.clamp(-129, 127).to(torch.int8), length, middle)": NEVER_BELOW,
        },
    ),
}
