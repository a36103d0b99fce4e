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
        weights = {"A": (A, 1), "a": (a, 0), "B": (B, 0)}  # with the dimension that is cut
        for weight, _ in weights.values():
            weight.requires_grad_()
        told = f"X, A, a, B, c of the shapes {[tuple(t.shape) for t in (X, A, a, B, c)]}"
        with given(told, num_devices=num_devices):
            watched = Operations()
            parts = call(answer, X, A, a, B, c, num_devices, inside=watched)
            if len(expect_type(parts, list)) != num_devices:
                raise Wrong(f"return one tensor of each device; these are {len(parts)}")
            for part in parts:
                expect_tensor(part, (ROWS, OUTPUTS), torch.float64)
            _expect_own_parts(parts, weights)
            if watched.largest > ROWS * max(HIDDEN // num_devices, OUTPUTS):
                raise Wrong(
                    f"a tensor of {watched.largest} numbers was made, more than one device needs; "
                    "multiply X by the device's own part of A"
                )
            hidden = X @ A
            usual = [
                (torch.relu(hidden + a) @ B + num_devices * c, "c is to be added once, not by all"),
                (torch.relu(hidden + a) @ B, "c is missing"),
                (torch.relu(hidden) @ B + c, "a is missing"),
                (torch.relu(hidden) @ B + a.sum() + c, "add a before the ReLU"),
                ((hidden + a) @ B + c, "the ReLU is missing"),
                (
                    torch.relu(torch.relu(hidden + a) @ B + c),
                    "no ReLU comes after B",
                ),
            ]
            want = torch.relu(hidden + a) @ B + c
            why = "cut a like the columns of A, take the ReLU, and multiply by the rows of B"
            expect_equal(
                sum(parts).detach(),
                want.detach(),
                usual=[(wrong.detach(), reason) for wrong, reason in usual],
                why=why,
            )


def _expect_own_parts(
    parts: list[torch.Tensor], weights: dict[str, tuple[torch.Tensor, int]]
) -> None:
    """Refuse a device's tensor that hangs on another device's part of a weight."""
    for k, part in enumerate(parts):
        for name, (weight, dim) in weights.items():
            if not part.requires_grad:
                continue
            (slopes,) = torch.autograd.grad(
                part.sum(), weight, retain_graph=True, allow_unused=True
            )
            if slopes is None:
                continue
            others = [p for j, p in enumerate(slopes.chunk(len(parts), dim)) if j != k]
            if any(p.any() for p in others):
                raise Wrong(f"tensor {k} uses a part of {name} that lies on another device")


@exercise("07.17b")
def time_of(answer: Any) -> None:
    """The time at which the last part leaves the last device of a pipeline."""
    for times, num_parts in [
        ([2.0, 0.5, 1.75], 4),
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
            ]
            why = "a device starts when the part has arrived and the device is free"
            expect_equal(found, once + (num_parts - 1) * slowest, usual=usual, why=why)
