"""Checks of 06/16, networks on meta."""

import copy
from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import Wrong, call, difference, exercise, expect_equal, expect_type, given


class _Table(nn.Module):
    """A layer, a buffer that is saved, and one that is not."""

    def __init__(self, width: int = 3) -> None:
        super().__init__()
        self.layer = nn.Linear(width, 2)
        self.register_buffer("steps", torch.arange(5))
        self.register_buffer("angles", torch.linspace(0, 1, 7), persistent=False)


def _tied() -> nn.Module:
    net = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    net[1].weight = net[0].weight
    return net


def _frozen() -> nn.Module:
    net = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Linear(5, 2))
    net[0].requires_grad_(False)
    return net


def _mixed() -> nn.Module:
    net = nn.Sequential(nn.Linear(3, 5), nn.Linear(5, 1))
    net[0].bfloat16()
    return net


def _parts(net: nn.Module) -> tuple[int, int, int]:
    """The bytes of what is trained, of what is frozen, and of the buffers."""

    def size(x: Tensor) -> int:
        return x.numel() * x.element_size()

    trained = sum(size(p) for p in net.parameters() if p.requires_grad)
    frozen = sum(size(p) for p in net.parameters() if not p.requires_grad)
    return trained, frozen, sum(size(b) for b in net.buffers())


@exercise("06.16a")
def plan_a_training(answer: Any) -> None:
    """Four numbers for each trained parameter, one for a frozen one and for a buffer."""
    tries: list[tuple[str, Any]] = [
        ("a Linear(3, 5)", lambda: nn.Linear(3, 5)),
        ("two layers with one weight", _tied),
        ("a network whose first layer is frozen", _frozen),
        ("a network with one layer in bfloat16", _mixed),
        ("a network with buffers", _Table),
        ("a ReLU", nn.ReLU),
    ]
    for told, build in tries:
        for place in ("cpu", "meta"):
            with torch.device(place):
                net = build()
            trained, frozen, buffers = _parts(net)
            want = 4 * trained + frozen + buffers
            twice = 4 * sum(
                p.numel() * p.element_size()
                for _, p in net.named_parameters(remove_duplicate=False)
            )
            numbers = sum(p.numel() for p in net.parameters())
            usual = [
                (trained + frozen + buffers, "this is the network alone; training adds to it"),
                (2 * trained + frozen + buffers, "Adam keeps two numbers more for each parameter"),
                (3 * trained + frozen + buffers, "a gradient and two of Adam make four in all"),
                (4 * trained + frozen, "buffers take memory too"),
                (4 * trained + buffers, "frozen parameters take memory too, once"),
                (4 * (trained + frozen) + buffers, "a frozen parameter has no gradient"),
                (4 * (trained + frozen + buffers), "a buffer has no gradient and no place in Adam"),
                (twice + buffers, "a parameter that stands in two layers counts once"),
                (16 * numbers + buffers, "not each dtype takes four bytes; ask `element_size()`"),
            ]
            with given(f"{told} on {place}"):
                got = call(answer, net)
                if isinstance(got, Tensor):
                    raise Wrong("return an int; sizes are plain numbers")
                expect_equal(got, want, usual=usual, why="add up the bytes of each kind")


@exercise("06.16b")
def fill_and_report(answer: Any) -> None:
    """Hands over, keeps the dtypes of the network, and tells what is on meta still."""
    tries: list[tuple[str, Any, str | None]] = [
        ("a Linear", lambda: nn.Linear(3, 2), None),
        ("a network with a buffer that is not saved", _Table, None),
        ("weights in float64", lambda: nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)), "double"),
        ("a network in bfloat16", _mixed, "float"),
        ("two tables", lambda: nn.ModuleDict({"b": _Table(), "a": _Table(4)}), "half"),
        ("a ReLU", nn.ReLU, None),
    ]
    for told, build, cast in tries:
        source = build()
        weights = {
            key: getattr(x, cast)() if cast and x.is_floating_point() else x
            for key, x in copy.deepcopy(source.state_dict()).items()
        }
        with torch.device("meta"):
            net = build()
        with given(told):
            _judge_filled(answer, net, weights)


def _judge_filled(answer: Any, net: nn.Module, weights: dict[str, Tensor]) -> None:
    dtypes = {key: x.dtype for key, x in net.state_dict().items()}
    books = [*net.named_parameters(), *net.named_buffers()]
    order = [key for key, _ in books]
    left = [key for key in order if key not in weights]
    own = {key: x.clone() for key, x in weights.items()}
    places = {key: x.data_ptr() for key, x in weights.items()}
    got = call(answer, net, weights)
    names = list(got) if isinstance(got, tuple) else expect_type(got, list)
    if not all(isinstance(name, str) for name in names):
        raise Wrong("return names, which are texts")
    if list(weights) != list(own) or any(weights[key].data_ptr() != places[key] for key in own):
        raise Wrong("your function changed the dict; leave it as it was")
    for key, x in net.state_dict().items():
        if x.is_meta:
            raise Wrong(f"`{key}` is on meta still; without `assign=True`, copying does nothing")
        if x.dtype != dtypes[key]:
            raise Wrong(f"`{key}` was {dtypes[key]} on meta, and is {x.dtype} now")
        if difference(x.detach(), own[key].to(dtypes[key])):
            raise Wrong(f"`{key}` holds other numbers than the dict")
        if own[key].dtype == dtypes[key] and x.numel() and x.data_ptr() != places[key]:
            raise Wrong(f"`{key}` was copied; hand it over with `assign=True`")
    still = [key for key, x in [*net.named_parameters(), *net.named_buffers()] if x.is_meta]
    if still != left:
        raise Wrong("what is not in the dict should be on meta still; report it, do not fill it")
    if sorted(names) == sorted(left) and names != left:
        raise Wrong("the names should come in the order of the network")
    why = "name each parameter and buffer that is on meta after filling"
    expect_equal(names, left, usual=[(order, "these are all names")], why=why)
