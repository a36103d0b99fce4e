"""Checks of 07/17, ways to divide a network."""

from typing import Any

import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, given
from d2lutils.checks.expecting import expect_tensor, expect_type
from d2lutils.checks.watching import Operations

ROWS, INPUTS, HIDDEN, OUTPUTS = 9, 2, 8, 3


@exercise("07.17a")
def cut_block(answer: Any) -> None:
    """One tensor of each device, from its own parts alone; their sum is the block's output."""
    generator = torch.Generator().manual_seed(14)
    for num_devices in (4, 1, 2, 8):
        X, A, a, B, c = (
            torch.randn(*size, generator=generator, dtype=torch.float64)
            for size in [(ROWS, INPUTS), (INPUTS, HIDDEN), (HIDDEN,), (HIDDEN, OUTPUTS), (OUTPUTS,)]
        )
        told = f"X, A, a, B, c of the shapes {[tuple(t.shape) for t in (X, A, a, B, c)]}"
        with given(told, num_devices=num_devices):
            watched = Operations()
            parts = call(answer, X, A, a, B, c, num_devices, inside=watched)
            if len(expect_type(parts, list)) != num_devices:
                raise Wrong(f"return one tensor of each device; these are {len(parts)}")
            for part in parts:
                expect_tensor(part, (ROWS, OUTPUTS), torch.float64)
            _expect_own_parts(answer, parts, (X, A, a, B, c))
            if watched.largest > ROWS * max(HIDDEN // num_devices, OUTPUTS):
                raise Wrong(
                    f"a tensor of {watched.largest} numbers was made, more than one device needs; "
                    "multiply X by the device's own part of A, and keep the devices' tensors apart"
                )
            hidden = X @ A
            after_B = [
                torch.relu((X @ A_k + a_k) @ B_k)
                for A_k, a_k, B_k in zip(
                    A.chunk(num_devices, 1), a.chunk(num_devices), B.chunk(num_devices), strict=True
                )
            ]
            usual = [
                (torch.relu(hidden + a) @ B + num_devices * c, "c is to be added once, not by all"),
                (torch.relu(hidden + a) @ B, "c is missing"),
                (torch.relu(hidden) @ B + c, "a is missing"),
                ((torch.relu(hidden) + a) @ B + c, "add a before the ReLU"),
                (
                    torch.relu(hidden + a / num_devices) @ B + c,
                    "a device adds its own part of a undivided: no other device adds it",
                ),
                ((hidden + a) @ B + c, "the ReLU is missing"),
                (sum(after_B) + c, "take the ReLU before B, not after it"),
                (
                    torch.relu(torch.relu(hidden + a) @ B + c),
                    "no ReLU comes after B",
                ),
            ]
            want = torch.relu(hidden + a) @ B + c
            why = "cut a like the columns of A, take the ReLU, and multiply by the rows of B"
            expect_equal(sum(parts), want, usual=usual, why=why)


def _expect_own_parts(
    answer: Any, parts: list[torch.Tensor], inputs: tuple[torch.Tensor, ...]
) -> None:
    """Refuse a device's tensor that changes with another device's part of a weight."""
    for place, name, dim in [(1, "A", 1), (2, "a", 0), (3, "B", 0)]:
        for k, part in enumerate(parts):
            pieces = [
                piece if j == k else -piece
                for j, piece in enumerate(inputs[place].chunk(len(parts), dim))
            ]
            others = [*inputs[:place], torch.cat(pieces, dim), *inputs[place + 1 :]]
            again = call(answer, *others, len(parts))
            if not torch.allclose(part, again[k]):
                raise Wrong(f"tensor {k} uses a part of {name} that lies on another device")


@exercise("07.17b")
def time_of(answer: Any) -> None:
    """The time at which the last part leaves the last device of a pipeline."""
    for times, num_parts in [
        ([2.0, 0.75, 1.75], 4),
        ([0.5, 1.75, 2.0], 4),
        ([1.0, 3.5, 0.25, 3.0], 3),
        ([1.5], 3),
        ([1.5, 2.25], 1),
        ([0.75, 0.75, 0.75, 0.75], 8),
        ([4.0, 0.25, 3.75, 0.5, 3.5], 20),
    ]:
        with given(times=times, num_parts=num_parts):
            found = call(answer, times, num_parts)
            slowest, once = max(times), sum(times)
            usual: list[tuple[object, str]] = [
                (num_parts * once, "a device takes the next part while others still work"),
                (
                    (num_parts + len(times) - 1) * slowest,
                    "only the slowest device takes so long for a part",
                ),
                (num_parts * slowest, "the first part has to reach the last device"),
                (once + num_parts * slowest, "the first part is counted twice"),
                (
                    once + (num_parts - 1) * times[0],
                    "a slow device further on holds up the parts behind it",
                ),
                (
                    once + (num_parts - 1) * times[-1],
                    "a slow device before the last one holds up the parts",
                ),
                (once, "this is the time of one part"),
                (
                    num_parts + len(times) - 1,
                    "these are the units of equal blocks; device k needs times[k] for a part",
                ),
                (
                    once + (num_parts - 1) * slowest - times[-1],
                    "this is when the last device starts the last part, not when it ends",
                ),
            ]
            why = "a device starts when the part has arrived and the device is free"
            expect_equal(found, once + (num_parts - 1) * slowest, usual=usual, why=why)
