"""Checks of 07/02, the roofline."""

from typing import Any

from d2lutils.checks import call, exercise, expect_equal, given
from d2lutils.checks.expecting import expect_int


@exercise("07.2a")
def intensity(answer: Any) -> None:
    """FLOPs for each byte of a Linear layer."""
    for rows, n_in, n_out, width in [
        (7, 5, 3, 4),
        (1, 1, 1, 4),
        (1, 5, 3, 4),
        (7, 5, 3, 2),
        (64, 4096, 2048, 4),
        (3, 2, 11, 8),
        (100, 1, 6, 1),
    ]:
        with given(rows=rows, n_in=n_in, n_out=n_out, bytes_each=width):
            got = call(answer, rows, n_in, n_out, width)
            flops = 2 * rows * n_in * n_out
            weights, batch, result = n_in * n_out, rows * n_in, rows * n_out
            every = weights + batch + result
            expect_equal(
                got,
                flops / (every * width),
                usual=[
                    *[
                        (flops / numbers / each, told)
                        for numbers, each, told in [
                            (every, 1, "a number takes `bytes_each` bytes"),
                            (every, 4, "a number takes `bytes_each` bytes, here not 4"),
                        ]
                        if each != width
                    ],
                    (flops / 2 / every / width, "a multiplication and an addition are two FLOPs"),
                    (
                        (flops - rows * n_out) / every / width,
                        "count as many additions as multiplications, as the section does",
                    ),
                    (flops / (weights * width), "the batch and the result are moved, too"),
                    (flops / ((batch + result) * width), "the weights are moved, too"),
                    (flops / ((weights + batch) * width), "the result is moved, too"),
                    (flops / ((weights + result) * width), "the batch is read, too"),
                    (every * width / flops, "this is bytes for each FLOP; turn it over"),
                    (
                        flops / ((rows * weights + batch + result) * width),
                        "the weights are read once for the whole batch, not once for each row",
                    ),
                    (flops, "these are the FLOPs; divide by the bytes"),
                    (every * width, "these are the bytes; divide the FLOPs by them"),
                    (
                        (flops + rows * n_out) / ((every + n_out) * width),
                        "the layer has no bias",
                    ),
                ],
                why="2 · rows · n_in · n_out FLOPs, divided by the bytes of weights, batch, result",
            )


@exercise("07.2b")
def enough_rows(answer: Any) -> None:
    """The least batch whose intensity is the ridge or more, or 0."""
    for n_in, n_out, ridge in [
        (64, 64, 8.0),  # 32 rows reach 8 exactly
        (64, 64, 8.25),
        (1, 1, 0.125),  # a row gains 0.5
        (4096, 2048, 4.5),
        (8, 8, 2.0),  # the limit itself is never reached
        (8, 8, 100.0),
        (1024, 16, 3.5),
        (10, 1000, 0.03125),  # one row is enough
        (64, 192, 16.0),
        (512, 512, 100.5),
        (300, 7, 3.0),
        (64, 64, 15.9990234375),  # over half a million rows
    ]:
        with given(n_in=n_in, n_out=n_out, ridge=ridge):
            got = expect_int(call(answer, n_in, n_out, ridge))
            weights = n_in * n_out
            room = weights - 2 * ridge * (n_in + n_out)  # what a row gains on the ridge
            exact = 2 * ridge * weights / room if room > 0 else 0.0
            want = 0 if room <= 0 else int(-(-exact // 1))
            usual = []
            if want:
                usual.append((want + 1, "one row fewer is enough; reaching the ridge is enough"))
                usual.append((0, "there is a batch that is large enough"))
            else:
                usual = [(-1, "return 0 where no batch is large enough")]
            usual.append(
                (
                    int(-(-2 * ridge // 1)),
                    "this leaves out the bytes of the batch and of the result",
                )
            )
            if room > 0 and want != exact:
                usual.insert(0, (int(exact), "round up: this batch is still below the ridge"))
            expect_equal(
                got,
                want,
                usual=usual,
                why="the least number of rows whose intensity is `ridge` or more"
                if want
                else "with more and more rows, the intensity stays below "
                f"{weights / 2 / (n_in + n_out):g}; return 0",
            )
