"""Checks of 04/07, momentum."""

from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_copies,
    expect_equal,
    expect_parts,
    expect_tensor,
    given,
)


@exercise("04.7a")
def rates_for(answer: Any) -> None:
    """The limit and the best rate of plain descent in a valley."""
    for values in [
        [4.0, 25.0, 1.0, 9.0],
        [1.0, 25.0],
        [0.5],
        [3.0, 0.25, 8.0, 8.0],
        [300.0, 7.0, 90.0],
    ]:
        curvatures = torch.tensor(values, dtype=torch.float64)
        smallest, largest = min(values), max(values)
        with given(curvatures=curvatures):
            parts = expect_parts(call(answer, curvatures), "the limit", "the fastest rate")
            limit, fastest = (_number(part) for part in parts)
            _same(
                limit,
                2 / largest,
                [
                    (2 / smallest, "the steepest direction sets the limit, not the gentlest"),
                    (1 / largest, "at this rate the factor is 0; it reaches -1 at twice the rate"),
                    (2 / values[0], "look at all curvatures, not at the first alone"),
                    (2 / values[-1], "look at all curvatures, not at the last alone"),
                    (2 / (smallest + largest), "this is the fastest rate; the limit comes first"),
                    (2 / sum(values), "each direction steps on its own: do not add curvatures"),
                    (2 * len(values) / sum(values), "the steepest direction counts, not the mean"),
                ],
                "the limit is 2 / (largest curvature)",
            )
            _same(
                fastest,
                2 / (smallest + largest),
                [
                    (
                        1 / (smallest + largest),
                        "the factors are 1 - lr * curvature; set them equal",
                    ),
                    (1 / largest, "here the steepest direction has factor 0, the gentlest has not"),
                    (2 / sum(values), "only the smallest and the largest curvature count"),
                    (2 / (values[0] + values[-1]), "the curvatures are not sorted"),
                    (1 / largest + 1 / smallest, "solve 1 - lr * smallest = lr * largest - 1"),
                    (
                        4 / (smallest**0.5 + largest**0.5) ** 2,
                        "this is the rate that Polyak gives for momentum; plain descent has none",
                    ),
                    (2 * len(values) / sum(values), "do not average over all curvatures"),
                ],
                "at the fastest rate 1 - lr * smallest = -(1 - lr * largest)",
            )


def _number(part: object) -> float:
    if isinstance(part, Tensor):
        part = expect_tensor(part).item() if part.numel() == 1 else part
    if isinstance(part, bool) or not isinstance(part, int | float):
        raise Wrong("return two numbers, the limit and the fastest rate")
    return float(part)


def _same(got: float, want: float, usual: list[tuple[float, str]], why: str) -> None:
    expect_equal(
        torch.tensor(got, dtype=torch.float64),
        torch.tensor(want, dtype=torch.float64),
        usual=[(torch.tensor(value, dtype=torch.float64), text) for value, text in usual],
        why=why,
    )


@exercise("04.7b")
def sgd_step(answer: Any) -> None:
    """One step of torch.optim.SGD, for one tensor."""
    for number, (shape, lr, momentum, weight_decay, nesterov, first) in enumerate(
        [
            ((3,), 0.1, 0.9, 0.0, False, True),
            ((3,), 0.1, 0.9, 0.0, False, False),
            ((2, 2), 0.5, 0.7, 0.3, False, True),
            ((2, 2), 0.5, 0.7, 0.3, False, False),
            ((4,), 0.3, 0.6, 0.2, True, False),
            ((1,), 0.3, 0.6, 0.2, True, True),
            ((0,), 0.3, 0.6, 0.1, True, False),
            ((2,), 2.0, 0.5, 1.5, False, False),
        ]
    ):
        generator = torch.Generator().manual_seed(number)
        w, gradient, old = torch.randn(3, *shape, generator=generator, dtype=torch.float64)
        velocity = None if first else old
        inputs: dict[str, Any] = {
            "w": w,
            "gradient": gradient,
            "velocity": velocity,
            "lr": lr,
            "momentum": momentum,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
        }
        with given(**inputs):
            got = expect_parts(call(answer, *inputs.values()), "the parameter", "the velocity")
            moved, speed = (expect_tensor(part) for part in got)
            if first:
                expect_copies(speed, gradient, "the velocity is the gradient's memory; copy it")
            _judge_step(moved, speed, **inputs)


def _judge_step(
    moved: Tensor,
    speed: Tensor,
    *,
    w: Tensor,
    gradient: Tensor,
    velocity: Tensor | None,
    lr: float,
    momentum: float,
    weight_decay: float,
    nesterov: bool,
) -> None:
    kept = torch.zeros_like(w) if velocity is None else momentum * velocity
    pulled = gradient + weight_decay * w
    new = kept + pulled
    forms = [
        (kept + gradient, "weight decay is missing: add weight_decay * w to the gradient first"),
        (
            kept + gradient - weight_decay * w,
            "add weight_decay * w to the gradient; the step subtracts both later",
        ),
        (
            kept + gradient + lr * weight_decay * w,
            "the rate belongs into the step, not into the weight decay",
        ),
        (kept - lr * pulled, "the rate belongs into the step, not into the velocity"),
        (kept + (1 - momentum) * pulled, "the gradient counts in full, not 1 - momentum times"),
    ]
    if velocity is not None:
        forms += [
            (velocity + pulled, "the velocity keeps only the share `momentum` of itself"),
            (pulled, "the old velocity is forgotten"),
            (pulled + momentum * new, "this is Nesterov's direction; return the velocity itself"),
        ]
    expect_equal(
        speed, new, usual=forms, why="the velocity is momentum * velocity + the pulled gradient"
    )
    way = pulled + momentum * new if nesterov else new
    forms = [
        (w + lr * way, "step against the direction: subtract it"),
        (w - way, "the step is lr times the direction"),
        (w - lr * new, "`nesterov` is true: the direction is gradient + momentum * velocity"),
        (w - lr * pulled, "step along the velocity, not along the gradient"),
        (w - lr * gradient, "step along the velocity, not along the gradient"),
        (w - lr * (pulled + momentum * new), "`nesterov` is false: step along the velocity"),
        (
            w - lr * (gradient + momentum * new),
            "Nesterov's direction begins with the gradient that has its weight decay",
        ),
        (w - lr * (pulled + new), "Nesterov's direction takes the share `momentum` of it"),
        (w - lr * (way + weight_decay * w), "the velocity has the weight decay in it already"),
    ]
    if nesterov:
        forms += [
            (w - lr * (1 + momentum) * pulled, "the velocity is missing in the direction"),
            (w - lr * (1 + momentum) * new, "the direction is gradient + momentum * velocity"),
        ]
    expect_equal(moved, w - lr * way, usual=forms, why="the parameter is w - lr * direction")
