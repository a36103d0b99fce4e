"""Answers to the exercises of 07/02, the roofline."""

import math
from fractions import Fraction

from check_cases import NOT_NEGATIVE, WHOLE, Cases


def intensity(rows, n_in, n_out, bytes_each):
    numbers = n_in * n_out + rows * n_in + rows * n_out
    return 2 * rows * n_in * n_out / (numbers * bytes_each)


def by_parts(rows, n_in, n_out, bytes_each):
    return 2 / (bytes_each * (1 / rows + 1 / n_out + 1 / n_in))


def as_a_fraction(rows, n_in, n_out, bytes_each):
    numbers = n_in * n_out + rows * (n_in + n_out)
    return float(Fraction(2 * rows * n_in * n_out, numbers * bytes_each))


def in_float32(rows, n_in, n_out, bytes_each):
    return intensity(rows, n_in, n_out, 4)


def numbers_not_bytes(rows, n_in, n_out, bytes_each):
    return intensity(rows, n_in, n_out, 1)


def one_flop(rows, n_in, n_out, bytes_each):
    return intensity(rows, n_in, n_out, bytes_each) / 2


def one_addition_fewer(rows, n_in, n_out, bytes_each):
    numbers = n_in * n_out + rows * n_in + rows * n_out
    return rows * n_out * (2 * n_in - 1) / (numbers * bytes_each)


def write_allocate(rows, n_in, n_out, bytes_each):
    numbers = n_in * n_out + rows * n_in + 2 * rows * n_out
    return 2 * rows * n_in * n_out / (numbers * bytes_each)


def whole(rows, n_in, n_out, bytes_each):
    numbers = n_in * n_out + rows * n_in + rows * n_out
    return 2 * rows * n_in * n_out // (numbers * bytes_each)


def weights_alone(rows, n_in, n_out, bytes_each):
    return 2 * rows / bytes_each


def no_weights(rows, n_in, n_out, bytes_each):
    return 2 * rows * n_in * n_out / (rows * (n_in + n_out) * bytes_each)


def no_result(rows, n_in, n_out, bytes_each):
    return 2 * rows * n_in * n_out / ((n_in * n_out + rows * n_in) * bytes_each)


def no_batch(rows, n_in, n_out, bytes_each):
    return 2 * rows * n_in * n_out / ((n_in * n_out + rows * n_out) * bytes_each)


def turned_over(rows, n_in, n_out, bytes_each):
    return 1 / intensity(rows, n_in, n_out, bytes_each)


def weights_each_row(rows, n_in, n_out, bytes_each):
    return 2 * n_in * n_out / ((n_in * n_out + n_in + n_out) * bytes_each)


def with_bias(rows, n_in, n_out, bytes_each):
    numbers = n_in * n_out + rows * n_in + rows * n_out + n_out
    return (2 * rows * n_in * n_out + rows * n_out) / (numbers * bytes_each)


def flops_alone(rows, n_in, n_out, bytes_each):
    return 2 * rows * n_in * n_out


def enough_rows(n_in, n_out, ridge):
    room = n_in * n_out - 2 * ridge * (n_in + n_out)
    if room <= 0:
        return 0
    return math.ceil(2 * ridge * n_in * n_out / room)


def by_halving(n_in, n_out, ridge):
    low, high = 0, 2**30
    if intensity(high, n_in, n_out, 4) < ridge:
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        if intensity(middle, n_in, n_out, 4) < ridge:
            low = middle
        else:
            high = middle
    return high


def divided_out(n_in, n_out, ridge):
    left = 1 - 2 * ridge * (1 / n_in + 1 / n_out)
    return 0 if left <= 0 else math.ceil(2 * ridge / left)


def in_fractions(n_in, n_out, ridge):
    left = 1 / Fraction(2 * Fraction(ridge)) - Fraction(1, n_in) - Fraction(1, n_out)
    return math.ceil(1 / left) if left > 0 else 0


def by_trying(n_in, n_out, ridge):
    for rows in range(1, 600_000):
        if intensity(rows, n_in, n_out, 4) >= ridge:
            return rows
    return 0


def more_than_the_ridge(n_in, n_out, ridge):
    for rows in range(1, 10_000):
        if intensity(rows, n_in, n_out, 4) > ridge:
            return rows
    return 0


def rounded_down(n_in, n_out, ridge):
    room = n_in * n_out - 2 * ridge * (n_in + n_out)
    return int(2 * ridge * n_in * n_out / room) if room > 0 else 0


def weights_only(n_in, n_out, ridge):
    return math.ceil(2 * ridge)


def never_zero(n_in, n_out, ridge):
    rows = enough_rows(n_in, n_out, ridge)
    return rows or -1


def sixteen_bits(n_in, n_out, ridge):
    return enough_rows(n_in, n_out, ridge / 2)


def a_float(n_in, n_out, ridge):
    return float(enough_rows(n_in, n_out, ridge))


def gives_up_late(n_in, n_out, ridge):
    return next((r for r in range(1, 10_000) if intensity(r, n_in, n_out, 4) >= ridge), 0)


def to_the_nearest(n_in, n_out, ridge):
    room = n_in * n_out - 2 * ridge * (n_in + n_out)
    return round(2 * ridge * n_in * n_out / room) if room > 0 else 0


def size_of_room(n_in, n_out, ridge):
    room = abs(n_in * n_out - 2 * ridge * (n_in + n_out))
    return math.ceil(2 * ridge * n_in * n_out / room) if room else 0


def gives_up_early(n_in, n_out, ridge):
    return next((r for r in range(1, 30) if intensity(r, n_in, n_out, 4) >= ridge), 0)


CASES = {
    "07.2a": Cases(
        solution=intensity,
        also_right=[by_parts, as_a_fraction],
        wrong=[
            (in_float32, "here not 4"),
            (numbers_not_bytes, "a number takes `bytes_each` bytes"),
            (one_flop, "are two FLOPs"),
            (one_addition_fewer, "as many additions as multiplications"),
            (write_allocate, "divided by the bytes of weights, batch, result"),
            (whole, "divided by the bytes of weights, batch, result"),
            (weights_alone, "the batch and the result are moved, too"),
            (no_weights, "the weights are moved, too"),
            (no_result, "the result is moved, too"),
            (no_batch, "the batch is read, too"),
            (turned_over, "turn it over"),
            (weights_each_row, "not once for each row"),
            (with_bias, "the layer has no bias"),
            (flops_alone, "divide by the bytes"),
        ],
        equivalent={"return abs(2 * rows * n_in * n_out / (numbers * bytes_each))": NOT_NEGATIVE},
    ),
    "07.2b": Cases(
        solution=enough_rows,
        also_right=[by_trying, by_halving, divided_out, in_fractions],
        wrong=[
            (more_than_the_ridge, "reaching the ridge is enough"),
            (rounded_down, "round up"),
            (weights_only, "leaves out the bytes of the batch"),
            (never_zero, "return 0 where no batch"),
            (sixteen_bits, "whose intensity is `ridge` or more"),
            (a_float, "return an int"),
            (gives_up_late, "there is a batch that is large enough"),
            (to_the_nearest, "round up"),
            (size_of_room, "return 0"),
            (gives_up_early, "there is a batch that is large enough"),
        ],
        equivalent={
            "return abs(math.ceil(2 * ridge * n_in * n_out / room))": NOT_NEGATIVE,
            "return int(math.ceil(2 * ridge * n_in * n_out / room))": WHOLE,
            "return abs(math.ceil(2 * goal * weights / gained_a_row))": NOT_NEGATIVE,
            "return int(math.ceil(2 * goal * weights / gained_a_row))": WHOLE,
        },
    ),
}
