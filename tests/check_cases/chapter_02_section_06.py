"""Answers to the exercises of 02/06, numeric types."""

import numpy as np
import torch

from check_cases import COMMUTES, NOT_NEGATIVE, Cases


def blend(a, b):
    return ((a.int() + b) // 2).to(torch.uint8)


def rounded_up(a, b):
    return ((a.int() + b + 1) // 2).to(torch.uint8)


def through_one_dimension(a, b):
    return ((a.view(-1).int() + b.view(-1)) // 2).byte().view(a.shape)


def read(bits):
    sign = -1 if bits[0] == "1" else 1
    power, fraction = int(bits[1:6], 2), int(bits[6:], 2)
    if power == 0:
        return sign * (fraction / 1024) * 2.0**-14
    return sign * (1 + fraction / 1024) * 2.0 ** (power - 15)


def by_numpy(bits):
    return float(np.array(int(bits, 2), np.uint16).view(np.float16))


def read_as(bits, bias=15, lead=1, scale=1024, signed=True):
    sign = -1 if signed and bits[0] == "1" else 1
    power, fraction = int(bits[1:6], 2), int(bits[6:], 2)
    return sign * (lead + fraction / scale) * 2.0 ** (power - bias)


def fails_on_an_empty_picture(a, b):
    sums = (a.int() + b) / 2
    return sums.clamp(max=int(sums.max())).byte()


def largest_subnormal_numbers_lost(bits):
    return 0.0 * read(bits) if bits[1:8] == "0000011" else read(bits)


def sign_of_zero_lost(bits):
    return read(bits) + 0.0


def wrong_smallest_exponent(bits):
    return read_as(bits) if int(bits[1:6], 2) else read_as(bits, lead=0)


CUT = "casting to uint8 cuts the half off"

CASES = {
    "02.6b": Cases(
        solution=blend,
        also_right=[
            lambda a, b: ((a.float() + b.float()) / 2).to(torch.uint8),
            lambda a, b: a // 2 + b // 2 + (a & b & 1),
            lambda a, b: (a & b) + ((a ^ b) >> 1),
        ],
        wrong=[
            (lambda a, b: (a + b) // 2, "wrapped around; add in a wider type"),
            (lambda a, b: (a + b) / 2, "wrapped around"),
            (lambda a, b: a // 2 + b // 2, "halving first"),
            (lambda a, b: ((a.bfloat16() + b) / 2).byte(), "every whole number above 256"),
            (rounded_up, "round down, not up"),
            (through_one_dimension, "is not contiguous"),
            (fails_on_an_empty_picture, "numel() == 0"),
            (lambda a, b: torch.min(a, b) + (a - b).abs() // 2, "room for 510"),
            (lambda a, b: torch.from_numpy((a.numpy() + b.numpy()) // 2), "wrapped around"),
            (lambda a, b: (a.float() + b) / 2, "round down and cast back"),
            (lambda a, b: (a.long() + b) // 2, "cast back to `uint8`"),
            (lambda a, b: ((a.float() + b) / 2).round().byte(), "even neighbour"),
            (lambda a, b: ((a.int() + b) // 2).float(), "cast back to `uint8`"),
            (lambda a, b: a, "room for 510"),
            (lambda a, b: torch.maximum(a, b), "room for 510"),
            (lambda a, b: ((a.to(torch.int8) + b.to(torch.int8)) // 2).byte(), "room for 510"),
            (lambda a, b: (a.half() * b).sqrt().byte(), "room for 510"),
            (lambda a, b: b + (a - b) // 2, "room for 510"),
            (lambda a, b: ((a.int() + b) // 2).clamp(max=127).byte(), "room for 510"),
            (lambda a, b: ((a.int() + b) // 2).tolist(), "expected a tensor, got a list"),
            (lambda a, b: ((a.int() + b) // 2).to(torch.int8), "expected dtype torch.uint8"),
        ],
        equivalent={
            "return abs(((a.int() + b) // 2).to(torch.uint8))": NOT_NEGATIVE,
            "return ((a.int() + b) / 2).to(torch.uint8)": CUT,
            "return abs(((first.to(torch.int16) + second) // 2).to(torch.uint8))": NOT_NEGATIVE,
            "return ((first.to(torch.int16) + second) / 2).to(torch.uint8)": CUT,
        },
    ),
    "02.6c": Cases(
        solution=read,
        also_right=[lambda bits: np.float64(read(bits)), by_numpy],
        wrong=[
            (lambda bits: read_as(bits, signed=False), "first bit is the sign"),
            (lambda bits: read_as(bits, bias=127), "127 belongs to `float32`"),
            (lambda bits: read_as(bits, bias=0), "take 15 off"),
            (lambda bits: read_as(bits, lead=0), "leading 1 is missing"),
            (lambda bits: read_as(bits, scale=1), "divide the fraction"),
            (lambda bits: read_as(bits, scale=2**23), "10 bits here"),
            (read_as, "no leading 1"),
            (wrong_smallest_exponent, "exponent is -14"),
            (lambda bits: torch.tensor(read(bits)), "not a tensor"),
            (lambda bits: np.float16(read(bits)), "not a number of NumPy's"),
            (largest_subnormal_numbers_lost, "with exponent bits of zero"),
            (lambda bits: str(read(bits)), "expected a float"),
            (lambda bits: 2 * read(bits), "the value is sign"),
            (lambda bits: float(f"{read(bits):.6g}"), "the value is sign"),
            (sign_of_zero_lost, "The sign counts for 0 too"),
            (lambda bits: read(bits) or 0, "The sign counts for 0 too"),
            (lambda bits: int(bits, 2) / 1024, "the value is sign"),
            (lambda bits: round(read(bits), 4), "the value is sign"),
            (lambda bits: abs(read(bits)), "first bit is the sign"),
            (lambda bits: read(bits[::-1]), "the value is sign"),
            (lambda bits: read(bits) if int(bits[1:6], 2) else 0.0, "with exponent bits of zero"),
            (lambda bits: read_as(bits, bias=16), "the value is sign"),
            (lambda bits: read(bits) > 0, "expected a float, got a bool"),
        ],
        equivalent={"size = (lead + digits) * 2.0 ** (max(1, power) - 15)": COMMUTES},
    ),
}
