"""Checks of 02/06, numeric types."""

from math import copysign
from typing import Any

import numpy as np
import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_type, given


@exercise("02.6b")
def blended(answer: Any) -> None:
    """The average of two uint8 tensors, rounded down."""
    cases = [
        ([200, 200, 3, 255, 0], [101, 103, 1, 255, 255]),
        ([1, 7], [1, 9]),
        ([[128, 255], [10, 0]], [[128, 254], [21, 0]]),
        ([[[7]], [[90]]], [[[200]], [[13]]]),
        ([], []),
    ]
    every = list(range(256))
    for first, second in [*cases, ([every] * 256, [[number] * 256 for number in every])]:
        # Of two dimensions and more, neither is contiguous.
        a, b = (torch.tensor(values).byte().movedim(0, -1) for values in (first, second))
        exact = (a.int() + b.int()) / 2
        want = exact.floor().to(torch.uint8)
        with given(a=a, b=b):
            expect_equal(
                call(answer, a, b),
                want,
                usual=[
                    ((a + b) // 2, "the sum has wrapped around; add in a wider type"),
                    ((a + b) / 2, "the sum has wrapped around; add in a wider type"),
                    (a // 2 + b // 2, "halving first loses a half twice; add first"),
                    (
                        ((a.bfloat16() + b.bfloat16()) / 2).to(torch.uint8),
                        "`bfloat16` does not hold every whole number above 256",
                    ),
                    (exact.ceil().to(torch.uint8), "round down, not up"),
                    (exact.round().to(torch.uint8), "round down, not to the even neighbour"),
                    (exact, "round down and cast back to `uint8`"),
                    (want.to(torch.int16), "cast back to `uint8` at the end"),
                    (want.to(torch.int32), "cast back to `uint8` at the end"),
                    (want.to(torch.int64), "cast back to `uint8` at the end"),
                    (want.to(torch.float32), "cast back to `uint8` at the end"),
                ],
                why="add in a type with room for 510, halve, and cast back to `uint8`",
            )


@exercise("02.6c")
def float16_from_bits(answer: Any) -> None:
    """The value of a float16, from its sixteen bits as text."""
    numbers = [-6.5, 1.0, 0.1, 65504.0, 2.0**-24, -3e-5, 0.0, -0.0, 2.0**-14, -(2.0**-14), -1.0]
    numbers += [sign * 0.37 * 2.0**power for power in range(-16, 16) for sign in (1, -1)]
    halves = torch.tensor(numbers, dtype=torch.float16).view(torch.int16).tolist()
    patterns = [half % 2**16 for half in halves]
    # And every 31st pattern, all ones in the exponent left out.
    patterns += [pattern for pattern in range(0, 2**16, 31) if pattern // 2**10 % 2**5 != 31]
    for pattern in patterns:
        half = torch.tensor(pattern).to(torch.int16).view(torch.float16)
        bits = f"{pattern:016b}"
        sign = -1 if bits[0] == "1" else 1
        power, digits = int(bits[1:6], 2), int(bits[6:], 2) / 2**10
        lead = min(power, 1)
        with given(bits=bits):
            got = call(answer, bits)
            if isinstance(got, torch.Tensor):
                raise Wrong("return a Python float, not a tensor")
            if isinstance(got, np.floating) and not isinstance(got, float):
                raise Wrong("return a Python float, not a number of NumPy's: `float` makes one")
            if type(got) is int and abs(got) < 2**17:  # 1 or 0 is right in value
                got = float(got)
            expect_type(got, float)
            if got == half.item() == 0 and copysign(1, got) != sign:
                raise Wrong(
                    f"expected {half.item()}, got {got}. The sign counts for 0 too: `-0.0` is a "
                    "float, and 0 as a whole number has no sign"
                )
            # Nothing is rounded on the way, so the value is exact, tiny numbers too.
            if got != half.item():
                _name_the_mistake(got, sign, power, digits)
                hint = "the value is sign * (1 + fraction / 1024) * 2**(exponent - 15)"
                if not lead:
                    hint = "with exponent bits of zero it is sign * fraction / 1024 * 2**-14"
                raise Wrong(f"expected {half.item()}, got {got}. {hint[0].upper()}{hint[1:]}")


def _name_the_mistake(got: float, sign: int, power: int, digits: float) -> None:
    lead, scale = min(power, 1), 2.0 ** (max(power, 1) - 15)
    usual = [
        (-sign * (lead + digits) * scale, "the first bit is the sign; 1 means negative"),
        ((lead + digits) * scale * 2.0**-112, "127 belongs to `float32`; here take off 15"),
        (sign * (lead + digits) * scale * 2.0**-112, "127 belongs to `float32`; here take off 15"),
        (sign * (lead + digits) * scale * 2.0**15, "take 15 off the exponent"),
        (
            sign * (1 + digits) * 2.0 ** (power - 15),
            "exponent bits of all zeros mean the exponent -14 and no leading 1",
        ),
        (
            sign * digits * 2.0 ** (power - 15),
            "the exponent is -14 for exponent bits of all zeros"
            if not power
            else "the leading 1 is missing; it is not stored, add it to the fraction",
        ),
        (
            sign * (lead + digits * 2**10) * scale,
            "divide the fraction by 2**10 before the 1 is added",
        ),
        (sign * (lead + digits / 2**13) * scale, "the fraction has 10 bits here, not 23"),
    ]
    for wrong, why in usual:
        if got == wrong:
            raise Wrong(why)
