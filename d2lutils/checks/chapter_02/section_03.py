"""Checks of 02/03, storage and strides."""

from math import prod
from typing import Any

import torch

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_shares,
    expect_tensor,
    given,
)
from d2lutils.checks.watching import Operations


@exercise("02.3a")
def contiguous_strides(answer: Any) -> None:
    """The strides, in elements, of a contiguous tensor of a given shape."""
    shapes = [(2, 3, 5), (4,), (2, 3), (5, 2, 3, 4), (1, 3, 1), (), (3, 0, 2), (0,)]
    # No memory holds the last, and no float its first stride.
    for shape in [*shapes, (2, 1, 3, 2, 2, 4), (3, 2**54 + 1, 5)]:
        want = torch.empty(shape, device="meta").stride()
        with given(shape=shape):
            seen = Operations()
            got = call(answer, shape, inside=seen)
            expect_equal(
                got,
                want,
                usual=[
                    (tuple(reversed(want)), "the strides are in reverse order"),
                    (tuple(4 * step for step in want), "these are bytes; count elements"),
                    (
                        tuple(prod(shape[dim:]) for dim in range(len(shape))),
                        "each product holds its own dimension; take the sizes to its right",
                    ),
                    (
                        tuple(prod(shape[:dim]) for dim in range(len(shape))),
                        "the last dimension steps by 1, not the first",
                    ),
                    (shape, "this is the shape itself"),
                    (_without_care_for_zeros(shape), "a size of 0 counts as 1 in the product"),
                ],
                why="a stride is the product of the sizes to the right of its dimension",
            )
            if seen.names:
                raise Wrong(
                    f"the strides are right, but `{seen.names[0]}` made or asked a tensor: "
                    "compute them from the shape alone"
                )


def _without_care_for_zeros(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(prod(shape[dim + 1 :]) for dim in range(len(shape)))


@exercise("02.3b")
def windows(answer: Any) -> None:
    """Overlapping windows of a 1-D tensor as a view."""
    whole = (torch.arange(20).double() * -0.3).float()
    cases = [
        ("[:9]", whole[:9], 4, 2),
        ("[:8]", whole[:8], 3, 1),
        ("[5:15]", whole[5:15], 4, 3),
        ("[::2]", whole[::2], 3, 2),
        ("[1::3]", whole[1::3], 2, 1),
        ("[2:5]", whole[2:5], 3, 7),
        ("[:4]", whole[:4], 1, 2),
        (".view(4, 5)[:, 1]", whole.view(4, 5)[:, 1], 2, 1),
        (".double()[3:]", whole.double()[3:], 5, 4),
        (".long()[1::2]", whole.long()[1::2], 3, 2),
    ]
    for part, x, size, step in cases:
        with given(f"x = y{part} where y = torch.arange(20.) * -0.3", size=size, step=step):
            seen = Operations()
            got = expect_tensor(call(answer, x, size, step, inside=seen))
            _judge_windows(got, x, size, step)
            if "as_strided" not in seen.names or "unfold" in seen.names:
                raise Wrong(
                    "these are the right windows; now make them with `as_strided`, without `unfold`"
                )


def _judge_windows(got: torch.Tensor, x: torch.Tensor, size: int, step: int) -> None:
    want = x.unfold(0, size, step)
    count, own, offset = len(want), int(x.stride(0)), int(x.storage_offset())
    shapes: dict[tuple[int, ...], str] = {
        (count - 1, size): "one window is missing: there are (len(x) - size) // step + 1",
        (count + 1, size): "the last window reaches past x: there are (len(x) - size) // step + 1",
        (len(x) - size + 1, size): "the step is forgotten: windows start step elements apart",
        (size, count): "put one window in each row",
    }
    if got.shape != want.shape and tuple(got.shape) in shapes:
        raise Wrong(shapes[tuple(got.shape)])
    own_forgotten = f"`x` has a stride of its own, {own}; a step in x is {own} steps in the storage"
    usual = [
        ((step, 1), offset, own_forgotten),
        ((step, own), offset, own_forgotten),
        ((step * own, 1), offset, own_forgotten),
        ((step * own, own), 0, f"`x` starts at {offset} in the storage; `as_strided` was given 0"),
        ((own, step * own), offset, "the two strides are swapped"),
        ((own, own), offset, "the step is forgotten: windows start step elements apart"),
    ]
    expect_equal(
        got,
        want,
        usual=[(_strided(x, count, size, stride, start), why) for stride, start, why in usual],
        why="row i holds the size elements of x that start at i * step",
    )
    expect_shares(got, x, "you copied; the storage differs from that of x")


def _strided(
    x: torch.Tensor, count: int, size: int, stride: tuple[int, int], start: int
) -> torch.Tensor | None:
    """Return what `as_strided` gives, or None where that would leave the storage."""
    last = start + (count - 1) * stride[0] + (size - 1) * stride[1]
    if last >= x.untyped_storage().nbytes() // x.element_size():
        return None
    return x.as_strided((count, size), stride, start)
