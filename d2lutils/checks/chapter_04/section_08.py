"""Checks of 04/08, adaptive optimizers."""

from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_parts, expect_tensor, given
from d2lutils.checks.watching import loops


@exercise("04.8a")
def adagrad_strides(answer: Any) -> None:
    """All strides of AdaGrad for one parameter."""
    if callable(answer) and loops(answer):
        raise Wrong("leave out the loop: a running sum is one call")
    for values, lr in [
        ([3.0, -4.0, 12.0, 0.0, 1.0], 0.5),
        ([-2.0], 0.25),
        ([0.0, 0.0, 5.0], 2.0),
        ([1e-10, 2e-10], 1.0),
        ([], 0.1),
        ([0.5, 0.5, 0.5, 0.5], 1.0),
    ]:
        gradients = torch.tensor(values, dtype=torch.float64)
        seen = (gradients**2).cumsum(dim=0)
        want = lr * gradients / (seen.sqrt() + 1e-10)
        with given(gradients=gradients, lr=lr):
            got = expect_tensor(call(answer, gradients, lr))
            usual = [
                (want / lr, "these are the strides at rate 1; `lr` is missing"),
                (-want, "a stride is what is subtracted from the parameter; keep its sign"),
                (want.cumsum(dim=0), "this is the way so far; return each stride by itself"),
                (want.abs(), "a stride has the sign of its gradient"),
                (lr * gradients / (seen + 1e-10), "divide by the root of the sum"),
                (lr * gradients / (seen + 1e-10).sqrt(), "epsilon stands outside the root"),
                (lr * gradients / seen.sqrt(), "epsilon is missing, so 0 is divided by 0"),
                (lr * gradients / (seen.sqrt() + 1e-8), "epsilon is 1e-10, not 1e-8"),
                (
                    lr * gradients / ((seen - gradients**2).sqrt() + 1e-10),
                    "the newest gradient counts in the sum as well",
                ),
                (
                    lr * gradients / ((gradients**2).sum().sqrt() + 1e-10),
                    "at each step only the gradients so far are known",
                ),
                (
                    lr * gradients / (gradients.abs().cumsum(dim=0) + 1e-10),
                    "add up the squares, not the sizes",
                ),
                (lr * gradients / (gradients.abs() + 1e-10), "add up all squares so far"),
            ]
            expect_equal(got, want, usual=usual, why="stride t is lr * g / (sqrt(sum) + 1e-10)")


@exercise("04.8b")
def adamw_step(answer: Any) -> None:
    """One step of AdamW, for one tensor."""
    for number, (shape, t, lr, decay, size) in enumerate(
        [
            ((3,), 2, 0.1, 0.5, 1.0),
            ((3,), 1, 0.1, 0.5, 1.0),
            ((2, 2), 7, 0.03, 0.0, 100.0),
            ((1,), 40, 2.0, 0.1, 1e-8),
            ((0,), 3, 0.1, 0.1, 1.0),
        ]
    ):
        generator = torch.Generator().manual_seed(number)
        w, gradient, mean = torch.randn(3, *shape, generator=generator, dtype=torch.float64)
        gradient, mean = size * gradient, size * mean
        square = size**2 * torch.rand(shape, generator=generator, dtype=torch.float64)
        if t == 1:
            mean, square = torch.zeros_like(w), torch.zeros_like(w)
        inputs: dict[str, Any] = {
            "w": w,
            "gradient": gradient,
            "mean": mean,
            "square": square,
            "t": t,
            "lr": lr,
            "weight_decay": decay,
        }
        with given(**inputs):
            parts = call(answer, *inputs.values())
            got = expect_parts(parts, "the parameter", "the mean", "the square")
            _judge_adamw(*(expect_tensor(part) for part in got), **inputs)


def _judge_adamw(
    moved: Tensor,
    m: Tensor,
    s: Tensor,
    *,
    w: Tensor,
    gradient: Tensor,
    mean: Tensor,
    square: Tensor,
    t: int,
    lr: float,
    weight_decay: float,
) -> None:
    def averages(g: Tensor) -> tuple[Tensor, Tensor]:
        return 0.9 * mean + 0.1 * g, 0.999 * square + 0.001 * g**2

    def step(new: Tensor, newer: Tensor, power: int = t) -> Tensor:
        fair = newer / (1 - 0.999**power)
        return lr * (new / (1 - 0.9**power)) / (fair.sqrt() + 1e-8)

    new, newer = averages(gradient)
    coupled, _ = averages(gradient + weight_decay * w)
    fair, fairer = new / (1 - 0.9**t), newer / (1 - 0.999**t)
    usual = [
        (fair, "return the mean before its correction"),
        (coupled, "AdamW keeps the decay out of the gradient"),
        (0.1 * mean + 0.9 * gradient, "the mean keeps 0.9 of the old one, and takes 0.1"),
        (0.9 * mean + gradient, "the mean takes 0.1 of the new gradient"),
        (mean, "return the new mean"),
        (newer, "the mean comes before the square"),
    ]
    expect_equal(m, new, usual=usual, why="the mean is 0.9 * mean + 0.1 * gradient")
    usual = [
        (fairer, "return the square before its correction"),
        (0.999 * square + 0.001 * gradient, "average the squares of the gradients"),
        (0.9 * square + 0.1 * gradient**2, "the square's beta is 0.999"),
        (0.99 * square + 0.01 * gradient**2, "the square's beta is 0.999, not 0.99"),
        (0.001 * square + 0.999 * gradient**2, "the square keeps 0.999 of the old one"),
        (0.999 * square + gradient**2, "the square takes 0.001 of the new one"),
        (0.999 * square + 0.001 * new**2, "average the squares of the gradients, not of the mean"),
        (square, "return the new square"),
    ]
    expect_equal(s, newer, usual=usual, why="the square is 0.999 * square + 0.001 * gradient**2")
    small, kept = w * (1 - lr * weight_decay), lr * fair
    raw = lr * new / (newer.sqrt() + 1e-8)
    usual = [
        (small + step(new, newer), "step against the mean: subtract it"),
        (w - step(new, newer), "the weight decay is missing"),
        (small - raw, "correct both averages before the step"),
        (small - lr * new / (fairer.sqrt() + 1e-8), "correct the mean as well"),
        (small - kept / (newer.sqrt() + 1e-8), "correct the square as well"),
        (small - step(new, newer, t + 1), "the first step has t = 1 already"),
        (small - step(new, newer, max(t - 1, 1)), "the first step has t = 1: use t as it is"),
        (
            small - kept / ((newer.sqrt() + 1e-8) / (1 - 0.999**t) ** 0.5),
            "add epsilon after the correction",
        ),
        (w * (1 - weight_decay) - step(new, newer), "shrink by 1 - lr * weight_decay"),
        (w * weight_decay - step(new, newer), "shrink by 1 - lr * weight_decay"),
        (
            (w - step(new, newer)) * (1 - lr * weight_decay),
            "shrink the weight before the step, not after it",
        ),
        (small - kept / (fairer + 1e-8), "divide by the root of the square"),
        (small - kept / (fairer + 1e-8).sqrt(), "epsilon stands outside the root"),
        (small - kept / fairer.sqrt(), "epsilon is missing"),
        (small - step(new, newer) / lr, "the step is missing its rate"),
        (small - lr * gradient / (fairer.sqrt() + 1e-8), "step along the mean"),
    ]
    why = "the parameter is w * (1 - lr * weight_decay) - lr * m / (sqrt(s) + 1e-8), corrected"
    expect_equal(moved, small - step(new, newer), usual=usual, why=why)
