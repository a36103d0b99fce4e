"""Checks of 06/01, networks made of blocks."""

import copy
from collections import OrderedDict
from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_type,
    given,
    same_storage,
)
from d2lutils.checks.showing import kind, short

_BENDS: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "tanh": nn.Tanh}


def _chains() -> list[tuple[str, nn.Sequential]]:
    """Networks that end in a linear layer: of blocks, of one layer, with names, with a buffer."""
    blocks = [nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.ReLU()) for _ in range(2)]
    named = OrderedDict(body=nn.Sequential(nn.Linear(3, 5), nn.Tanh()), head=nn.Linear(5, 1))
    return [
        ("a network of two blocks and a Linear(4, 3)", nn.Sequential(*blocks, nn.Linear(4, 3))),
        ("a network of one Linear(6, 2)", nn.Sequential(nn.Linear(6, 2))),
        ("a network with the named parts body and head", nn.Sequential(named)),
        ("a network of a ReLU and a Linear(2, 2)", nn.Sequential(nn.ReLU(), nn.Linear(2, 2))),
    ]


@exercise("06.1a")
def new_head(answer: Any) -> None:
    """A copy of the body and a fresh last layer; the network given stays as it is."""
    for (told, net), outputs in zip(_chains(), [7, 1, 4, 2], strict=True):
        before, modules = copy.deepcopy(net.state_dict()), dict(net.named_modules())
        with given(told, num_outputs=outputs):
            got = expect_type(call(answer, net, outputs), nn.Sequential)
            if dict(net.named_modules()) != modules:
                raise Wrong("`net` has other modules now; change a copy")
            if any(not torch.equal(net.state_dict()[key], before[key]) for key in before):
                raise Wrong("the numbers of `net` have changed")
            if got is net:
                raise Wrong("this is `net` itself; return a new network")
            _expect_body(got, net)
            _expect_head(got, net, outputs)


def _expect_body(got: nn.Sequential, net: nn.Sequential) -> None:
    """All before the head has to stand where it stood, with equal numbers, on its own memory."""
    if len(got) != len(net):
        raise Wrong(f"it has {len(got)} modules; `net` has {len(net)}, and so should the new one")
    for at in range(len(net) - 1):
        old, new = net[at], got[at]
        if new is old:
            raise Wrong(f"module {at} is the same object in both networks; a slice copies none")
        if [type(part) for part in new.modules()] != [type(part) for part in old.modules()]:
            raise Wrong(f"module {at} is of another form than in `net`")
        theirs = new.state_dict()
        for key, value in old.state_dict().items():
            there: Any = theirs.get(key)
            if not isinstance(there, Tensor) or not torch.equal(there, value):
                raise Wrong(f"`{at}.{key}` has other numbers than in `net`; copy them too")
    for path, p in [*net.named_parameters(), *net.named_buffers()]:
        if any(same_storage(p, mine) for mine in [*got.parameters(), *got.buffers()]):
            raise Wrong(f"`{path}` is in both networks; training one would change the other")


def _expect_head(got: nn.Sequential, net: nn.Sequential, outputs: int) -> None:
    head, old = expect_type(got[-1], nn.Linear), expect_type(net[-1], nn.Linear)
    sizes = (head.in_features, head.out_features)
    if sizes != (old.in_features, outputs):
        raise Wrong(f"the head is Linear{sizes}; it should be Linear{(old.in_features, outputs)}")
    if head.bias is None:
        raise Wrong("the head has no bias")
    if tuple(head.weight.shape) != (outputs, old.in_features):
        raise Wrong(f"the head's weight is {tuple(head.weight.shape)}; make a new nn.Linear")
    if head.weight.shape == old.weight.shape and torch.equal(head.weight, old.weight):
        raise Wrong("the head has the numbers of the old one; make a fresh layer")
    if any(not p.requires_grad for p in got.parameters()):
        raise Wrong("both networks can be trained; here a parameter requires no gradient")


_CONFIGS: list[dict[str, Any]] = [
    {"inputs": 64, "widths": [32, 16], "depth": 2, "bend": "relu", "classes": 10},
    {"inputs": 3, "widths": [5], "depth": 1, "bend": "tanh", "classes": 1},
    {"inputs": 4, "widths": [4, 8, 6], "depth": 3, "bend": "tanh", "classes": 2},
    {"inputs": 1, "widths": [2, 7], "depth": 1, "bend": "relu", "classes": 4},
]


@exercise("06.1b")
def build_stages(answer: Any) -> None:
    """Stages of blocks, then a head, as the description says."""
    for config in _CONFIGS:
        with given(config=config):
            net = expect_type(call(answer, copy.deepcopy(config)), nn.Sequential)
            names = [name for name, _ in net.named_children()]
            if names != ["stages", "head"]:
                hint = "" if set(names) == {"stages", "head"} else "; OrderedDict gives names"
                raise Wrong(f"its parts are {short(names)}; wanted: stages, then head{hint}")
            last = config["inputs"]
            stages = _parts(net.get_submodule("stages"), "stages", len(config["widths"]))
            for at, (stage, width) in enumerate(zip(stages, config["widths"], strict=True)):
                for place, block in enumerate(_parts(stage, f"stages.{at}", config["depth"])):
                    path = f"stages.{at}.{place}"
                    _expect_block(block, path, (last, width), _BENDS[config["bend"]])
                    last = width
            head = net.get_submodule("head")
            _expect_linear(head, "head", (last, config["classes"]))
            _expect_own(net)
            other: Any = call(answer, copy.deepcopy(config))
            mine = {id(part) for part in net.modules()}
            if any(id(part) in mine for part in other.modules()):
                raise Wrong("two calls return modules in common; make new ones at each call")


def _parts(module: nn.Module, path: str, number: int) -> list[nn.Module]:
    if not isinstance(module, nn.Sequential):
        raise Wrong(f"`{path}` is {kind(module)}; it should be a Sequential")
    if len(module) != number:
        raise Wrong(f"`{path}` has {len(module)} parts; it should have {number}")
    return list(module)


def _expect_block(
    block: nn.Module, path: str, sizes: tuple[int, int], bend: type[nn.Module]
) -> None:
    linear, norm, last = _parts(block, path, 3)
    _expect_linear(linear, f"{path}.0", sizes)
    if not isinstance(norm, nn.BatchNorm1d):
        raise Wrong(f"`{path}.1` is {kind(norm)}; it should be a BatchNorm1d")
    if norm.num_features != sizes[1]:
        raise Wrong(f"`{path}.1` normalises {norm.num_features} columns of {sizes[1]}")
    if not isinstance(last, bend):
        raise Wrong(f"`{path}.2` is {kind(last)}; it should be {kind(bend)}")


def _expect_linear(layer: nn.Module, path: str, sizes: tuple[int, int]) -> None:
    if not isinstance(layer, nn.Linear):
        raise Wrong(f"`{path}` is {kind(layer)}; it should be a Linear")
    if (found := (layer.in_features, layer.out_features)) != sizes:
        raise Wrong(f"`{path}` is Linear{found}; it should be Linear{sizes}")
    if layer.bias is None:
        raise Wrong(f"`{path}` has no bias")


def _expect_own(net: nn.Module) -> None:
    """Each place that holds numbers has to have a module of its own."""
    first: dict[int, str] = {}
    for path, part in net.named_modules(remove_duplicate=False):
        if id(part) in first and list(part.parameters()):
            raise Wrong(f"`{first[id(part)]}` and `{path}` are one module; make a new one for each")
        first.setdefault(id(part), path)
    weights = [layer.weight for layer in net.modules() if isinstance(layer, nn.Linear)]
    for i, one in enumerate(weights):
        if any(one.shape == two.shape and torch.equal(one, two) for two in weights[:i]):
            raise Wrong("two linear layers start with equal numbers; make each anew, not by a copy")
