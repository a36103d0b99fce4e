"""Checks of 06/07, parametrized weights."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.classes import module_class
from d2lutils.checks.showing import kind

_MARGIN = 0.001  # of the width, as the task says


@exercise("06.7a")
def between(answer: Any) -> None:
    """A rule that keeps a weight between two bounds, and its way back."""
    cls = module_class(answer)
    if not callable(getattr(cls, "right_inverse", None)):
        raise Wrong("the class has no method `right_inverse`")
    for low, high in [(0.0, 1.0), (1.5, 1.75), (-2.0, 3.0), (-5.0, -1.0), (0.1, 0.7)]:
        with given(f"Between({low}, {high})"):
            rule = call(cls, low, high)
            for shape in [(9,), (3, 3), (0, 3), (1, 1), ()]:
                for dtype in (torch.float64, torch.float32):
                    _expect_inside(rule, low, high, _spread(shape, dtype))
            _expect_slopes(rule)
            _expect_way_back(rule, low, high)
            _expect_on_a_layer(rule, low, high)


def _spread(shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    """Numbers of both signs, large ones too, that rise and are not contiguous."""
    rising = torch.tensor([-200, -90, -3, -0.5, 0, 0.25, 3, 90, 200], dtype=dtype)
    return rising.repeat_interleave(2)[::2][: torch.Size(shape).numel()].reshape(shape)


def _expect_inside(rule: Any, low: float, high: float, free: Tensor) -> None:
    weight = expect_tensor(call(rule, free), free.shape, free.dtype).detach()
    slack = 1e-6 * (high - low)
    if not bool(((weight >= low - slack) & (weight <= high + slack)).all()):
        raise Wrong(f"`forward` leaves the bounds: {weight.min():.3f} to {weight.max():.3f}")


def _expect_slopes(rule: Any) -> None:
    """A larger free number gives a larger weight, and autograd knows it."""
    free = torch.linspace(-4, 4, 33, dtype=torch.float64, requires_grad=True)
    weight = call(rule, free)
    if bool((weight.diff() < 0).any()):
        raise Wrong("a larger free number gives a smaller weight")
    if bool((weight.diff() == 0).any()):
        raise Wrong("`forward` gives one weight for different free numbers")
    if not weight.requires_grad:
        raise Wrong("no slope reaches the free numbers; `forward` cuts them off")
    (slopes,) = torch.autograd.grad(weight.sum(), free, allow_unused=True)
    if slopes is None or bool((slopes <= 0).any()):
        raise Wrong("at some free numbers the slope is not positive; no optimiser can move them")


def _expect_way_back(rule: Any, low: float, high: float) -> None:
    """From a weight to the free numbers and back, within the bounds and beyond."""
    width = high - low
    shares = torch.linspace(1.2 * _MARGIN, 1 - 1.2 * _MARGIN, 12, dtype=torch.float64)
    beyond = [-9 * width, -0.1, -1e-6, 0.0, 0.3 * _MARGIN, 1 - 0.3 * _MARGIN, 1.0, 1.1, 9 * width]
    outside = low + width * torch.tensor(beyond, dtype=torch.float64)
    for weight in (low + width * shares, low + width * shares.reshape(3, 4).T, outside):
        free = expect_tensor(call(rule.right_inverse, weight), weight.shape, weight.dtype)
        with given(weight=weight.flatten().tolist()[:3]):
            if not bool(torch.isfinite(free).all()):
                raise Wrong("`right_inverse` gives nan or inf, no finite number")
            back = (call(rule, free).detach() - low) / width
            want = ((weight - low) / width).clamp(_MARGIN, 1 - _MARGIN)
            far = (back - want).abs()
            if bool((far > 1e-6).any()):
                at = int(far.argmax())
                where, there = weight.flatten()[at].item(), back.flatten()[at].item()
                raise Wrong(
                    f"`forward` of `right_inverse` of {where:.4f} gives "
                    f"{low + width * there:.4f}; it should be "
                    f"{low + width * want.flatten()[at].item():.4f}"
                )
    single = torch.full((2, 3), low + 0.25 * width)
    expect_tensor(call(rule.right_inverse, single), (2, 3), torch.float32)


def _expect_on_a_layer(rule: Any, low: float, high: float) -> None:
    """Registered, assigned, and after a step, all weights lie within."""
    layer = nn.Linear(3, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.linspace(low - 1, high + 1, 6).reshape(2, 3))
    call(partial(parametrize.register_parametrization, layer, "weight"), rule, in_place=True)
    optimizer = torch.optim.SGD(layer.parameters(), lr=50.0)
    for sign in (1, -1):
        optimizer.zero_grad()
        (sign * layer(torch.ones(1, 3))).sum().backward()
        optimizer.step()
        if not bool(((layer.weight > low - 1e-4) & (layer.weight < high + 1e-4)).all()):
            raise Wrong("on a layer, after a step of SGD, a weight is not within the bounds")


class _Double(nn.Module):
    """The rule w = 2 f."""

    def forward(self, free: Tensor) -> Tensor:
        return 2 * free


class _Shift(nn.Module):
    """The rule w = f + 1, which knows its way back."""

    def forward(self, free: Tensor) -> Tensor:
        return free + 1

    def right_inverse(self, weight: Tensor) -> Tensor:
        return weight - 1


class _Masked(nn.Module):
    """A weight and a buffer of its own, and layers within."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor([0.5, -2.0, 1.5]))
        self.register_buffer("mask", torch.tensor([1.0, 0.0, 1.0]))
        self.inner = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))

    def forward(self, X: Tensor) -> Tensor:
        return X + cast(Tensor, self.inner(X * self.scale * cast(Tensor, self.mask)))


def _put(module: nn.Module, name: str, *rules: nn.Module) -> nn.Module:
    return [parametrize.register_parametrization(module, name, rule) for rule in rules][-1]


def _layer() -> nn.Module:
    return _put(_put(nn.Linear(3, 3), "weight", _Double()), "bias", _Shift())


def _deep() -> nn.Module:
    net = _Masked()
    for name in ("scale", "mask"):
        _put(net, name, _Double())
    _put(net.inner[1], "weight", _Shift(), _Double())
    return nn.Sequential(net, nn.Sequential(nn.Tanh(), _layer()))


def _library() -> nn.Module:
    """The library's own rules, in eval mode; one layer stands in two places."""
    twice = parametrizations.weight_norm(nn.Linear(3, 3))
    last = parametrizations.spectral_norm(nn.Linear(3, 3))
    return nn.Sequential(twice, parametrizations.orthogonal(nn.Linear(3, 3)), twice, last).eval()


@exercise("06.7b")
def take_off(answer: Any) -> None:
    """No module is parametrized any more, and the outputs stay."""
    X = torch.tensor([[0.5, -1.25, 2.0], [-3.0, 0.75, 0.1]])
    for told, make in [
        ("a layer whose weight and bias have rules", _layer),
        ("a network with rules at several depths", _deep),
        ("a network with weight_norm, orthogonal and spectral_norm", _library),
        ("a layer without rules", lambda: nn.Linear(3, 3)),
    ]:
        with given(told):
            net = _seeded(make)
            modes = {path: m.training for path, m in net.named_modules()}
            want, usual = net(X).detach(), _with_free_numbers(_seeded(make), X)
            got = call(answer, net, in_place=True)
            if got is None:
                raise Wrong("your function returned None; return `net`")
            if got is not net:
                raise Wrong(f"return the same `net`, not {kind(got)} of your own")
            for path, module in net.named_modules():
                if parametrize.is_parametrized(module):
                    names = ", ".join(module.parametrizations)
                    raise Wrong(f"{path or 'net itself'} still has a rule, on {names}")
                if modes.get(path) != module.training:
                    raise Wrong("the mode, train or eval, has changed; leave it as it was")
            expect_equal(call(net, X).detach(), want, usual=usual, why="the outputs have changed")


def _seeded(make: Callable[[], nn.Module]) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        return make()


def _with_free_numbers(net: nn.Module, X: Tensor) -> list[tuple[Tensor, str]]:
    """The outputs with the free numbers left instead; none where a rule has several tensors."""
    try:
        for module in list(net.modules()):
            for name in list(getattr(module, "parametrizations", [])):
                parametrize.remove_parametrizations(module, name, leave_parametrized=False)
    except ValueError:
        return []
    return [(net(X).detach(), "these are the outputs of the free numbers; leave what rules give")]
