"""Checks of 07/09, faster training."""

from collections.abc import Sequence
from math import inf, prod
from statistics import fmean
from typing import Any

import numpy as np
import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, given
from d2lutils.checks.showing import kind
from d2lutils.checks.watching import Operations

Times = dict[str, float]


@exercise("07.9a")
def whole_gain(answer: Any) -> None:
    """The time of all parts before, divided by that after."""
    cases: list[tuple[Times, Times]] = [
        ({"data": 50.0, "network": 40.0, "optimiser": 10.0}, {"data": 5.0, "network": 2.0}),
        ({"forward": 3.0, "backward": 5.0}, {"forward": 0.25}),
        ({"forward": 6.0, "backward": 10.0}, {"backward": 0.5, "forward": 4.0}),
        ({"data": 50.0, "network": 40.0, "optimiser": 10.0}, {"data": inf, "optimiser": inf}),
        ({"data": 7.0, "network": 9.0}, {}),
        ({"all": 12.0}, {"all": 3.0}),
        ({"data": 0.0, "network": 8.0}, {"data": 2.0, "network": 1.6}),
        ({"data": 0.125, "network": 0.5, "rest": 0.375}, {"network": 1.0, "rest": 3.0}),
    ]
    for times, factors in cases:
        before = sum(times.values())
        after = sum(t / factors.get(part, 1.0) for part, t in times.items())
        named = sum(times[part] / factor for part, factor in factors.items())
        saved = before - after
        alone = [
            before / (before - times[part] + times[part] / factor)
            for part, factor in factors.items()
            if factor < inf or times[part] < before
        ]
        with given(times=times, factors=factors):
            got = call(answer, times, factors)
            if (isinstance(got, Tensor) and got.numel() == 1) or isinstance(got, np.floating):
                got = got.item()
            if isinstance(got, bool) or not isinstance(got, int | float):
                raise Wrong(f"return the gain as a number, not {kind(got)}")
            expect_equal(
                got,
                before / after,
                usual=[
                    (after / before, "this is the new time divided by the old; turn it round"),
                    (after, "this is the new time; divide the old time by it"),
                    (saved, "this is the time saved; divide the old time by the new one"),
                    (saved / before, "this is the share saved; divide the old time by the new one"),
                    (prod(alone), "milliseconds add up; do not multiply the gains of the parts"),
                    (prod(factors.values()), "a factor holds for its part alone"),
                    (
                        fmean(factors.values()) if factors else 0.0,
                        "a factor holds for its part alone",
                    ),
                    (
                        before / named if named else 0.0,
                        "a part that is not in `factors` takes its time as before",
                    ),
                    (
                        sum(times[part] for part in factors) / named if named else 0.0,
                        "the parts that are not in `factors` take time, too",
                    ),
                ],
                why="add up the times before, and each divided by its factor after",
            )


@exercise("07.9b")
def momentum_step(answer: Any) -> None:
    """The weights and velocities of SGD with momentum, in a fixed number of calls."""
    calls = {}
    cases: list[tuple[list[tuple[int, ...]], float, float]] = [
        ([(3, 2), (2,), (1,)], 0.2, 0.9),
        ([(4,)], 0.25, 0.5),
        ([(2, 3), (0,), ()], 1.0, 0.25),
        ([(2,)] * 12, 0.05, 1.0),
        ([(3, 2), (2,)], -0.5, 0.75),
    ]
    for sizes, lr, momentum in cases:
        with given(f"{len(sizes)} tensors of the shapes {sizes[:3]}", lr=lr, momentum=momentum):
            calls[len(sizes)] = _step(answer, sizes, lr, momentum)
    if len(set(calls.values())) > 1:
        raise Wrong(
            f"1 tensor took {calls[1]} calls, and 12 tensors took {calls[12]}; give "
            "torch._foreach_mul_ and torch._foreach_add_ the whole lists"
        )


def _step(answer: Any, sizes: Sequence[tuple[int, ...]], lr: float, momentum: float) -> int:
    """Let the reader's function make two steps, compare, and return the calls of the second."""
    generator = torch.Generator().manual_seed(4)
    drawn = [[torch.randn(s, generator=generator) for s in sizes] for _ in range(3)]
    weights, gradients, velocities = drawn
    same = [list(tensors) for tensors in drawn]
    kept = [[t.clone() for t in tensors] for tensors in drawn]
    own = [[t.clone() for t in tensors] for tensors in drawn]
    count = Operations()
    for _ in range(2):
        for w, g, v in zip(*own, strict=True):
            v.mul_(momentum).add_(g)
            w.sub_(lr * v)
        count = Operations()
        inputs = (weights, gradients, velocities, lr, momentum)
        call(answer, *inputs, in_place=True, inside=count)
        for before, after in zip(same, drawn, strict=True):
            if len(before) != len(after):
                raise Wrong("a list has another length now: `+=` joins two lists")
            if any(a is not b for a, b in zip(before, after, strict=True)):
                raise Wrong("you put new tensors into a list; change the tensors that are there")
        if not _near(gradients, kept[1]):
            raise Wrong("leave the gradients as they are; add them to the velocities")
        if not _near(velocities, own[2]):
            raise Wrong(_velocity_blame(velocities, kept, lr, momentum))
        if not _near(weights, own[0]):
            raise Wrong(_weight_blame(weights, own, kept, lr))
        kept = [[t.clone() for t in tensors] for tensors in own]
    return len(count.names)


def _velocity_blame(
    found: list[Tensor], kept: list[list[Tensor]], lr: float, momentum: float
) -> str:
    """Say which mistake gives these velocities."""
    _, gradients, before = kept
    pairs = list(zip(gradients, before, strict=True))
    for wrong, why in [
        ([v for _, v in pairs], "the velocities have not changed; work in place"),
        ([v * momentum for _, v in pairs], "add the gradients to the velocities"),
        ([v + g for g, v in pairs], "multiply the velocities by the momentum first"),
        ([(v + g) * momentum for g, v in pairs], "multiply by the momentum first, then add"),
        (
            [v * momentum + (1 - momentum) * g for g, v in pairs],
            "add the whole gradient, not a part of it",
        ),
        ([v * momentum - g for g, v in pairs], "add the gradient to the velocity"),
        *[
            (mixed, "leave `lr` out of the velocity; it belongs to the step of the weights")
            for mixed in (
                [v * momentum + lr * g for g, v in pairs],
                [v * momentum - lr * g for g, v in pairs],
                [(v * momentum + g) * lr for g, v in pairs],
                [(v * momentum + g) * -lr for g, v in pairs],
            )
        ],
    ]:
        if _near(found, wrong):
            return why
    return "a velocity is wrong; it is momentum times the old one, plus the gradient"


def _weight_blame(
    found: list[Tensor], own: list[list[Tensor]], kept: list[list[Tensor]], lr: float
) -> str:
    """Say which mistake gives these weights."""
    before, gradients, old = kept
    for steps, why in [
        ([torch.zeros_like(w) for w in before], "the weights have not moved; work in place"),
        ([lr * v for v in own[2]], "subtract from the weights: alpha is -lr"),
        ([-v for v in own[2]], "multiply the velocity by lr"),
        ([-lr * g for g in gradients], "subtract lr times the velocity, not the gradient"),
        ([-lr * v for v in old], "move the weights by the new velocity"),
    ]:
        if _near(found, [w + step for w, step in zip(before, steps, strict=True)]):
            return why
    return "a weight is wrong; subtract lr times the new velocity from it"


def _near(a: list[Tensor], b: list[Tensor]) -> bool:
    pairs = zip(a, b, strict=True)
    return all(p.shape == q.shape and torch.allclose(p, q, rtol=1e-5, atol=1e-6) for p, q in pairs)
