"""Checks of 07/08, loss scaling."""

from math import frexp
from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, given
from d2lutils.checks.networks import linear_layers
from d2lutils.checks.showing import kind


@exercise("07.8a")
def largest_scale(answer: Any) -> None:
    """The largest power of two that leaves every scaled gradient finite in float16."""
    generator = torch.Generator().manual_seed(4)
    spread = torch.randn(50, 4, generator=generator)
    for grads in [
        [torch.tensor([3.0, -5.0])],
        [1e-6 * spread, 1e-3 * spread[0]],
        [torch.tensor([1.0]), torch.tensor([-30.0, 2.0])],
        [torch.tensor([0.0, 65504.0])],
        [torch.tensor([65536.0]), torch.tensor([1.0])],  # a scale below 1
        [torch.tensor([65535.0 / 64])],  # 65,535 would round to infinity
        [torch.tensor([65510.0 / 8])],  # 65,510 rounds to 65,504
        [torch.tensor([65520.0 / 64])],  # the smallest number that rounds to infinity
        [torch.zeros(2), torch.tensor([[-0.7]]), torch.tensor(0.3)],
        [1e30 * spread[0].abs()],
        [1e-20 * spread, torch.empty(0)],
        [torch.tensor([1e-38, -1e-42])],
    ]:
        with given(gradients=grads):
            _power(call(answer, grads), grads)


def _finite(grads: list[Tensor], scale: float) -> bool:
    return all(bool((g.double() * scale).half().isfinite().all()) for g in grads)


def _power(result: Any, grads: list[Tensor]) -> None:
    """Compare a scale with the largest one that is right."""
    if isinstance(result, Tensor) and result.numel() == 1:
        result = result.item()
    if isinstance(result, bool) or not isinstance(result, int | float):
        raise Wrong(f"return the scale as a number; the function returned {kind(result)}")
    if not 0 < result < 2.0**1000 or frexp(result)[0] != 0.5:
        raise Wrong(f"{result} is no power of two")
    if not _finite(grads, result):
        raise Wrong(f"with the scale {result:g}, a gradient is infinite in float16")
    if _finite(grads, 2 * result):
        raise Wrong(f"{result:g} is not the largest: with {2 * result:g} all are still finite")


class _Noted(torch.optim.SGD):
    """SGD that counts its steps, and keeps the gradients of the last one."""

    calls = 0
    seen: list[Tensor] | None = None

    def step(self, closure: Any = None) -> Any:
        self.calls += 1
        self.seen = [p.grad.clone() for p in self.param_groups[0]["params"]]
        return super().step(closure)


@exercise("07.8b")
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
    with given("finite gradients above 65,504", scale=0.5, max_norm=3.0):
        _clip(answer, 0.5, 3.0, None, size=1e6)


def _clip(
    answer: Any,
    scale: float,
    max_norm: float,
    broken: tuple[int, float] | None,
    size: float = 1.0,
) -> None:
    """Let the reader's function make one step with a loss of this size, and compare."""
    net, twin = linear_layers(3, 4, 2, seed=8), linear_layers(3, 4, 2, seed=8)
    X = torch.randn(5, 3, generator=torch.Generator().manual_seed(9))
    optimizer = _Noted(net.parameters(), lr=0.1, momentum=0.9)
    (size * twin(X).square().mean()).backward()
    true = [p.grad for p in twin.parameters() if p.grad is not None]
    length = torch.cat([g.flatten() for g in true]).norm()
    if broken is not None:
        part: Any = list(net.parameters())[broken[0]]
        part.register_hook(lambda g: _spoilt(g, broken[1]))
    before = [p.detach().clone() for p in net.parameters()]
    loss = size * net(X).square().mean()
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
