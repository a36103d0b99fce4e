"""Checks of 07/07, mixed precision."""

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import Wrong, call, exercise, given
from d2lutils.checks.networks import drawn
from d2lutils.checks.showing import kind, short


def _linear(*sizes: int, seed: int) -> nn.Sequential:
    """Return Linear layers, one after another, their parameters drawn."""
    generator = torch.Generator().manual_seed(seed)
    return drawn(nn.Sequential(*[nn.Linear(a, b) for a, b in pairwise(sizes)]), generator)


@exercise("07.7a")
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
    net = _linear(*sizes, seed=5)
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


class _Noted(torch.optim.SGD):
    """SGD that counts its steps, and keeps the gradients of the last one."""

    calls = 0
    seen: list[Tensor] | None = None

    def step(self, closure: Any = None) -> Any:
        self.calls += 1
        self.seen = [p.grad.clone() for p in self.param_groups[0]["params"]]
        return super().step(closure)


@exercise("07.7b")
def clipped_step(answer: Any) -> None:
    """Gradients are divided, then looked at, then clipped; overflow skips the step."""
    for scale, max_norm, broken in [
        (1024.0, 0.5, None),
        (8.0, 2.5, None),
        (0.25, 1e6, None),  # nothing to clip
        (2.0**16, 3.0, None),
        (2.0**20, 1.0, (0, float("inf"))),
        (64.0, 1.0, (3, float("-inf"))),
        (5.0, 1.0, (2, float("nan"))),
        (32.0, 1.0, (1, float("inf"))),
    ]:
        told = "finite gradients" if broken is None else f"a gradient that is {broken[1]}"
        with given(told, scale=scale, max_norm=max_norm):
            _clip(answer, scale, max_norm, broken)


def _clip(answer: Any, scale: float, max_norm: float, broken: tuple[int, float] | None) -> None:
    """Let the reader's function make one step, and compare."""
    net, twin = _linear(3, 4, 2, seed=8), _linear(3, 4, 2, seed=8)
    X = torch.randn(5, 3, generator=torch.Generator().manual_seed(9))
    optimizer = _Noted(net.parameters(), lr=0.1, momentum=0.9)
    twin(X).square().mean().backward()
    true = [p.grad for p in twin.parameters() if p.grad is not None]
    length = torch.cat([g.flatten() for g in true]).norm()
    if broken is not None:
        part: Any = list(net.parameters())[broken[0]]
        part.register_hook(lambda g: _spoilt(g, broken[1]))
    before = [p.detach().clone() for p in net.parameters()]
    loss = net(X).square().mean()
    came: list[float] = []
    loss.register_hook(lambda g: came.append(g.item()))
    result = call(answer, net, optimizer, loss, scale, max_norm, in_place=True)
    if came != [scale]:
        raise Wrong(f"multiply the loss by {scale}, and call backward once; it came with {came}")
    if broken is not None:
        if optimizer.calls or not all(map(torch.equal, before, net.parameters())):
            raise Wrong("a step was made; skip it if one gradient of any layer is not finite")
        _scale(result, scale / 2, "after a skipped step, return half of the scale")
        return
    if optimizer.calls != 1 or optimizer.seen is None:
        raise Wrong(f"optimizer.step() was called {optimizer.calls} times; call it once")
    _scale(result, scale, "after a step, return the scale as it was")
    factor = min(1.0, max_norm / length.item())
    if all(map(_near, optimizer.seen, [factor * g for g in true])):
        return
    norm = torch.cat([g.flatten() for g in optimizer.seen]).norm().item()
    raise Wrong(_blame(norm, length.item(), scale, max_norm))


def _blame(norm: float, length: float, scale: float, max_norm: float) -> str:
    """Say which mistake gives the optimiser gradients of this length."""
    told = f"the step was made with gradients of length {norm:.3g}. "
    for size, why in [
        (min(scale * length, max_norm) / scale, "Divide by the scale first, and clip then"),
        (length, "Clip the gradients to max_norm"),
        (length * scale, "Divide the gradients by the scale"),
        (min(scale * length, max_norm), "Divide the gradients by the scale, and clip then"),
        (length / scale, "Divide by the scale once"),
    ]:
        if abs(norm - size) < 1e-3 * size:
            return told + why
    return told + "Divide each gradient by the scale, and clip all together"


def _spoilt(grad: Tensor, value: float) -> Tensor:
    spoilt = grad.clone()
    spoilt.view(-1)[-1] = value
    return spoilt


def _near(a: Tensor, b: Tensor) -> bool:
    return torch.allclose(a, b, rtol=1e-4, atol=1e-7)


def _scale(result: Any, expected: float, why: str) -> None:
    """Compare the scale that came back."""
    if isinstance(result, Tensor) and result.numel() == 1:
        result = result.item()
    if isinstance(result, bool) or not isinstance(result, int | float):
        raise Wrong(f"{why}; the function returned {kind(result)}")
    if result != expected:
        raise Wrong(f"{why}; expected {expected}, got {result}")
