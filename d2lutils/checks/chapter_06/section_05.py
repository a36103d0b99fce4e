"""Checks of 06/05, reaching parameters."""

from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_copies,
    expect_equal,
    expect_tensor,
    given,
)
from d2lutils.checks.showing import kind


def _layer(weight: list[list[float]], bias: list[float], dtype: torch.dtype) -> nn.Linear:
    """A linear layer with these numbers, a row of weights for each neuron."""
    layer = nn.Linear(len(weight[0]), len(weight), dtype=dtype)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(weight))
        layer.bias.copy_(torch.tensor(bias))
    return layer


def _mistakes(layer: nn.Linear, X: Tensor) -> list[tuple[object, str]]:
    """What the usual mistakes give for 1 − X, each with the sentence that names it."""
    W, b = layer.weight, layer.bias
    neg, paid = 1 - X, layer.weight.sum(dim=1)
    return [
        (neg @ W.T + b, "the numbers are still the old ones"),
        (-(neg @ W.T) + b, "the weights are right, and the bias is still the old one"),
        (neg @ W.T + b + paid, "the bias is right, and the weights have still the old sign"),
        (-(neg @ W.T) - b, "both have the other sign now; the bias has to make up for something"),
        (-(neg @ W.T) + b - paid, "the sum of the weights is to be added to the bias"),
        (-(neg @ W.T) + b + W.sum(), "each bias gets the weights of its own neuron, a row"),
        (-(neg @ W.T) + paid, "the old bias is missing"),
        (-(neg @ W.T) + paid - b, "the old bias has the wrong sign"),
    ]


@exercise("06.5a")
def for_negatives(answer: Any) -> None:
    """A new layer that answers for 1 − X as the old one does for X."""
    small, exact = torch.float32, torch.float64
    for weight, bias, dtype, frozen in [
        ([[1.0, -2.0, 0.5], [0.0, 3.0, -4.0]], [0.25, -1.0], small, False),
        ([[2.0, 1.0], [-3.0, 5.0], [0.5, -0.25]], [1.5, 0.0, -2.0], exact, False),
        ([[-0.7]], [0.3], small, True),
        ([[1.0, 2.0], [4.0, -8.0]], [-3.0, 7.0], small, True),
    ]:
        layer = _layer(weight, bias, dtype)
        layer.requires_grad_(not frozen)
        kept = {name: t.clone() for name, t in layer.state_dict().items()}
        X = torch.linspace(-0.5, 2.0, 4 * layer.in_features, dtype=dtype)
        X = X.reshape(4, -1).roll(1, dims=1)
        told = f"a frozen layer, {dtype}" if frozen else f"a layer, {dtype}"
        with given(told, weight=layer.weight.detach(), bias=layer.bias.detach()):
            new = call(answer, layer)
            if not isinstance(new, nn.Linear):
                raise Wrong(f"return a new nn.Linear, not {kind(new)}")
            if new is layer:
                raise Wrong("this is the old layer itself; return another one")
            _expect_untouched(layer, kept, frozen)
            _expect_parameters(new, layer, dtype)
            with torch.no_grad():
                got, want = call(new, 1 - X), layer(X)
                usual = _mistakes(layer, X)
            expect_equal(got, want, usual=usual, why="work it out for one neuron and one pixel")
            _expect_own_memory(new, layer)


def _expect_untouched(layer: nn.Linear, kept: dict[str, Tensor], frozen: bool) -> None:
    if any(not torch.equal(t, kept[name]) for name, t in layer.state_dict().items()):
        raise Wrong("the old layer has other numbers now; work on a new one")
    if any(p.requires_grad == frozen for p in layer.parameters()):
        raise Wrong("the old layer's requires_grad has changed; leave it as it was")


def _expect_parameters(new: nn.Linear, layer: nn.Linear, dtype: torch.dtype) -> None:
    """Both are trainable leaves of the old ones' shape and dtype."""
    for name in ("weight", "bias"):
        p = getattr(new, name)
        if not isinstance(p, nn.Parameter):
            raise Wrong(f"the new `{name}` should be an nn.Parameter, not {kind(p)}")
        expect_tensor(p, shape=getattr(layer, name).shape, dtype=dtype)
        if not p.requires_grad:
            raise Wrong(f"the new `{name}` cannot be trained: its requires_grad is False")
    if (new.in_features, new.out_features) != (layer.in_features, layer.out_features):
        raise Wrong("the new layer's in_features or out_features are not those of the old one")


def _expect_own_memory(new: nn.Linear, layer: nn.Linear) -> None:
    for p in new.parameters():
        for old in layer.parameters():
            expect_copies(p, old, "the two layers share memory: clone the numbers")


class _Net(nn.Module):
    """A body with a frozen part, and a head whose numbers are those of a layer in the body."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Linear(2, 2))
        self.body[0].requires_grad_(False)
        self.head = nn.Linear(2, 2)
        self.head.load_state_dict(self.body[2].state_dict())


def _optimizer(*groups: Any) -> torch.optim.Optimizer:
    return torch.optim.SGD([{"params": list(group)} for group in groups], lr=0.1)


def _replaced() -> tuple[nn.Module, torch.optim.Optimizer]:
    """The head was replaced by one of equal numbers after the optimizer was built."""
    net = _Net()
    optimizer = _optimizer(net.body.parameters(), net.head.parameters())
    old, net.head = net.head, nn.Linear(2, 2)
    net.head.load_state_dict(old.state_dict())
    return net, optimizer


def _same_memory() -> tuple[nn.Module, torch.optim.Optimizer]:
    """The head was replaced by new parameters that look at the old ones' memory."""
    net = _Net()
    optimizer = _optimizer(net.body.parameters(), net.head.parameters())
    for name, p in net.head.named_parameters():
        setattr(net.head, name, nn.Parameter(p.detach()))
    return net, optimizer


def _one_bias() -> tuple[nn.Module, torch.optim.Optimizer]:
    net = _Net()
    held = [p for name, p in net.named_parameters() if name != "body.1.bias"]
    return net, _optimizer(held[3:], held[:3])


def _only_head() -> tuple[nn.Module, torch.optim.Optimizer]:
    net = _Net()
    return net, _optimizer(net.head.parameters())


def _thawed() -> tuple[nn.Module, torch.optim.Optimizer]:
    """The first layer was frozen when the optimizer was built, and is free now."""
    net = _Net()
    optimizer = _optimizer([p for p in net.parameters() if p.requires_grad])
    net.body[0].requires_grad_(True)
    return net, optimizer


def _all() -> tuple[nn.Module, torch.optim.Optimizer]:
    net = _Net()
    return net, _optimizer(net.head.parameters(), net.body.parameters())


@exercise("06.5b")
def forgotten(answer: Any) -> None:
    """The paths of free parameters which no group of the optimizer holds."""
    norm, last = ["body.1.weight", "body.1.bias"], ["body.2.weight", "body.2.bias"]
    for told, (net, optimizer), want in [
        ("an optimizer that holds all", _all(), []),
        ("an optimizer of the head alone", _only_head(), norm + last),
        ("a head that was replaced by one of equal numbers", _replaced(), _paths("head")),
        ("new parameters of the head on the old ones' memory", _same_memory(), _paths("head")),
        ("an optimizer that lacks one bias", _one_bias(), ["body.1.bias"]),
        ("a part that was freed later", _thawed(), _paths("body.0")),
    ]:
        with given(told):
            got = call(answer, net, optimizer)
            if not isinstance(got, list | tuple):
                raise Wrong(f"return a list of paths, not {kind(got)}")
            names = list(got)
            if not all(isinstance(name, str) for name in names):
                raise Wrong("return paths, which are strings")
            if [name for name in names if name not in dict(net.named_parameters())]:
                raise Wrong(f"{names} are not paths of named_parameters()")
            frozen = [n for n in names if not net.get_parameter(n).requires_grad]
            if frozen:
                raise Wrong(f"{frozen[0]!r} asks for no gradient; it is frozen on purpose")
            why = "take a path if its parameter is in none of the groups, compared by id"
            if sorted(names) == sorted(want):
                why = "keep the order of named_parameters()"
            expect_equal(names, want, why=why)


def _paths(layer: str) -> list[str]:
    return [f"{layer}.weight", f"{layer}.bias"]
