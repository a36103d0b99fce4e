"""Checks of 07/07, mixed precision."""

from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import Wrong, call, exercise, given
from d2lutils.checks.expecting import expect_int
from d2lutils.checks.networks import linear_layers
from d2lutils.checks.showing import short


@exercise("07.7a")
def stuck(answer: Any) -> None:
    """The weights that a step leaves as they are, counted in the dtype that stores them."""
    generator = torch.Generator().manual_seed(3)
    spread = 2 * torch.rand(40, 6, generator=generator) - 1
    for weights, step in [
        (torch.tensor([0.05, 0.02]).bfloat16(), 1e-4),
        (spread.bfloat16(), 1e-3),
        (spread.bfloat16(), -1e-3),
        (spread.half(), 1e-4),
        (spread.half()[::3, ::2], -2e-4),
        (1000 * spread, 1e-5),
        (spread.double(), 1e-17),
        (spread.bfloat16(), 0.0),
        (torch.tensor([1.0, -1.0, 0.0]).bfloat16(), 1 / 256),  # a tie, rounded to the even one
        (
            torch.tensor([1.0, 0.25]).bfloat16(),
            -0.003,
        ),  # below a power of two, gaps are half as wide
        (torch.empty(0).bfloat16(), 0.1),
    ]:
        with given(weights=weights, step=step):
            got = expect_int(call(answer, weights, step))
            want = int((weights + step == weights).sum())
            if got == want:
                continue
            if got == weights.numel() - want:
                raise Wrong(f"{got} weights move; count those that stay, {want}")
            if got == int((weights.float() + step == weights.float()).sum()):
                raise Wrong(
                    f"expected {want}, got {got}; add the step in the dtype of the weights, "
                    "for float32 has more digits"
                )
            raise Wrong(
                f"expected {want}, got {got}; compare each weight with itself plus the step"
            )


@exercise("07.7b")
def step_masters(answer: Any) -> None:
    """Masters move in float32, and the parameters are their rounded copies."""
    for sizes, lr, steps, missing in [
        ((3, 4, 2), 0.1, 1, None),
        ((2, 1), 0.75, 2, None),
        ((5, 3), 1e-3, 40, None),
        ((3, 2, 2), 0.3, 2, 2),
    ]:
        told = "" if missing is None else f", without a gradient for parameter {missing}"
        with given(f"{len(sizes) - 1} Linear layers{told}", f"{steps} steps", lr=lr):
            _follow(answer, sizes, lr, steps, missing)


def _follow(
    answer: Any, sizes: tuple[int, ...], lr: float, steps: int, missing: int | None
) -> None:
    """Let the reader's function make some steps, and make the same ones beside it."""
    net = linear_layers(*sizes, seed=5)
    masters = [p.detach().clone() for p in net.parameters()]
    net.bfloat16()
    exact = [master.double() for master in masters]
    parameters, held = list(net.parameters()), list(masters)
    views = [master.view(-1) for master in masters]
    generator = torch.Generator().manual_seed(6)
    for _ in range(steps):
        grads: list[Tensor | None] = []
        for i, p in enumerate(parameters):
            drawn_grad = 3 * torch.randn(p.shape, generator=generator)
            p.grad = None if i == missing else drawn_grad.bfloat16()
            grads.append(None if p.grad is None else p.grad.clone())
        call(answer, net, masters, lr, in_place=True)
        for value, grad in zip(exact, grads, strict=True):
            if grad is not None:
                value -= lr * grad.double()
        _still(net, masters, parameters, held, grads)
        if not all(map(torch.equal, views, [master.flatten() for master in masters])):
            raise Wrong("a master has new memory; change it in place, as by -=, and not by .data =")
    for i, (master, value) in enumerate(zip(masters, exact, strict=True)):
        _master(i, master, value, i == missing, lr)
    for i, (p, master) in enumerate(zip(parameters, masters, strict=True)):
        if i != missing and not torch.equal(p.detach(), master.bfloat16()):
            raise Wrong(
                f"parameter {i} is not its master, rounded to bfloat16; "
                "after the step, copy_ each master into its parameter"
            )


def _still(
    net: nn.Module,
    masters: list[Tensor],
    parameters: list[nn.Parameter],
    held: list[Tensor],
    grads: list[Tensor | None],
) -> None:
    """Look at what a step has to leave alone."""
    if not all(a is b for a, b in zip(net.parameters(), parameters, strict=True)):
        raise Wrong("a parameter was replaced by another; write into it by copy_")
    if len(masters) != len(held) or not all(a is b for a, b in zip(masters, held, strict=True)):
        raise Wrong("a master in the list was replaced; change it in place, as by -=")
    for i, (p, master, grad) in enumerate(zip(parameters, masters, grads, strict=True)):
        if p.dtype != torch.bfloat16:
            raise Wrong(f"parameter {i} is {short(p.dtype)} now; leave `net` in bfloat16")
        if master.dtype != torch.float32:
            raise Wrong(f"master {i} is {short(master.dtype)} now; masters stay float32")
        if (p.grad is None) != (grad is None) or (
            p.grad is not None and grad is not None and not torch.equal(p.grad, grad)
        ):
            raise Wrong(f"the gradient of parameter {i} has changed; leave gradients alone")


def _master(i: int, master: Tensor, value: Tensor, missing: bool, lr: float) -> None:
    """Compare a master to float64."""
    if torch.allclose(master.double(), value, rtol=1e-6, atol=1e-5 * lr + 1e-6):
        return
    if missing:
        raise Wrong(f"master {i} has changed, and its parameter has no gradient")
    if torch.allclose(master.double(), value, rtol=0.05, atol=0.05):
        raise Wrong(
            f"master {i} has lost digits; turn the gradient into float32 before you multiply "
            "it by the rate, and do not take the weight from the bfloat16 parameter"
        )
    raise Wrong(f"master {i} is wrong; subtract lr times the gradient from it, once a step")
