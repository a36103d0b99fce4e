"""Checks of 04/02, let PyTorch find the gradient."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_copies,
    expect_equal,
    expect_tensor,
    given,
)

Function = Callable[[Tensor], Tensor]


@exercise("04.2a")
def derivative(answer: Any) -> None:
    """The slope of a function, by autograd."""
    functions: dict[str, Function] = {
        "x**3": lambda x: x**3,
        "x * x.detach()": lambda x: x * x.detach(),
        "x * x + x": lambda x: x * x + x,
        "(3 * x).sin()": lambda x: (3 * x).sin(),
        "x.abs() + 0 * x": lambda x: x.abs() + 0 * x,
        "x / 7": lambda x: x / 7,
    }
    for source, x, want in [
        ("x**3", -4, 48.0),
        ("x * x.detach()", 3, 3.0),
        ("x**3", 2.0, 12.0),
        ("x * x + x", -1.5, -2.0),
        ("(3 * x).sin()", 0.25, 3 * torch.tensor(0.75).cos().item()),
        ("x.abs() + 0 * x", -4, -1.0),
        ("x / 7", 10, 1 / 7),
        ("x**3", 0.1, 0.03),
    ]:
        f = functions[source]
        height = f(torch.tensor(float(x))).item()
        with given(f"f(x) = {source}", x=x):
            got = call(answer, f, x)
            nudged = (6.0, "this is what nudges tell; autograd takes `x.detach()` for a constant")
            cut_off = [nudged] if "detach" in source else []
            if isinstance(got, Tensor):
                raise Wrong("return a Python number; `.item()` takes it out of the tensor")
            expect_equal(
                got,
                want,
                usual=[
                    *cut_off,
                    (height, "this is f(x); asked for is its slope, the leaf's `.grad`"),
                    (2 * want, "this is twice the slope: gradients accumulate; walk back once"),
                    (-want, "the sign is turned round"),
                ],
                why="make a leaf of x, compute f, call `backward`, and read the leaf's `.grad`",
            )


@exercise("04.2b")
def descend(answer: Any) -> None:
    """Gradient descent on any loss."""
    goal = torch.tensor([1.0, -2.0, 4.0])
    losses: dict[str, Function] = {
        "((w - goal) ** 2).sum()": lambda w: ((w - goal[: len(w)]) ** 2).sum(),
        "(w**4).mean()": lambda w: (w**4).mean(),
        "w.abs().sum()": lambda w: w.abs().sum(),
        "3 * w": lambda w: 3 * w,
    }
    for source, start, lr, num_steps in [
        ("((w - goal) ** 2).sum()", [0.0, 0.0, 0.0], 0.1, 3),
        ("((w - goal) ** 2).sum()", [3.0, 0.5], 0.3, 4),
        ("(w**4).mean()", [[1.0, -0.5], [0.25, 1.5]], 0.05, 3),
        ("w.abs().sum()", [0.7], 0.25, 2),
        ("3 * w", 1.0, 0.5, 5),
        ("(w**4).mean()", [2.0, -1.0], 0.1, 0),
    ]:
        f = losses[source]
        begin = torch.tensor(start)
        want = _walk(f, begin, lr, num_steps)
        about = f"loss_function(w) = {source}" + (", goal = [1, -2, 4]" if "goal" in source else "")
        with given(about, start=begin, lr=lr, num_steps=num_steps):
            got = expect_tensor(call(answer, f, begin, lr, num_steps))
            if begin.requires_grad or begin.grad is not None:
                raise Wrong("`start` was asked for its gradient; work on a clone of it")
            expect_equal(
                got,
                want,
                usual=[
                    (begin, "nothing has moved; step in place, before the gradient is cleared"),
                    (
                        _walk(f, begin, lr, num_steps, clear=False),
                        "gradients pile up from step to step; clear `.grad` after each",
                    ),
                    (_walk(f, begin, -lr, num_steps), "this goes uphill; subtract the gradient"),
                    (_walk(f, begin, lr, num_steps + 1), "this is one step too many"),
                    (_walk(f, begin, lr, num_steps - 1), "this is one step too few"),
                    (_walk(f, begin, 1.0, num_steps), "the learning rate is missing"),
                    (_walk(f, begin, lr, 1), "only one step was made"),
                ],
                why="each step subtracts lr times the gradient of the loss at the present place",
            )
            if got.requires_grad:
                raise Wrong("the result still requires a gradient; return it detached")
            expect_copies(got, begin, "the result shares its memory with `start`; clone it first")


def _walk(f: Function, start: Tensor, lr: float, num_steps: int, clear: bool = True) -> Tensor:
    place = start.clone()
    total = torch.zeros_like(place)
    for _ in range(num_steps):
        leaf = place.detach().requires_grad_()
        slope = torch.autograd.grad(f(leaf), leaf)[0]
        total = slope if clear else total + slope
        place = place - lr * total
    return place
