"""Checks of 06/04, the size of a network."""

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_type, given
from d2lutils.checks.expecting import expect_int
from d2lutils.checks.showing import kind

# What one call of a layer costs: takes the layer and its output.
_Formula = Callable[[Any, Tensor], int]


class _Resting(nn.Module):
    """Hands on its input; its layer does not run."""

    def __init__(self) -> None:
        super().__init__()
        self.spare = nn.Linear(3, 3)

    def forward(self, X: Tensor) -> Tensor:
        return X


def _networks() -> list[tuple[str, nn.Module, Tensor]]:
    body = nn.Sequential(nn.Linear(4, 3, bias=False), nn.LayerNorm(3), _Resting())
    rows = nn.Sequential(body, nn.Linear(3, 2)).eval()
    rows[1].register_forward_hook(lambda layer, inputs, output: None)
    conv = nn.Conv2d(2, 2, 3)
    twice = nn.Sequential(conv, nn.Sequential(nn.ReLU(), conv))
    maps = nn.Conv2d(4, 6, 3, stride=2, groups=2)
    groups = nn.Sequential(maps, nn.BatchNorm2d(6), nn.Flatten(2), nn.Conv1d(6, 2, 1))
    groups.append(nn.Linear(4, 3))
    return [
        ("layers in layers, and one that rests", rows, torch.ones(5, 4)),
        ("a convolution that runs twice", twice, torch.ones(3, 2, 8, 7)),
        ("groups and a stride", groups, torch.ones(2, 4, 5, 6)),
        ("a Linear alone, with three dimensions", nn.Linear(4, 3), torch.ones(2, 5, 4)),
        ("a Linear alone, with one row", nn.Linear(4, 1), torch.ones(4)),
        ("no layer that counts", nn.Sequential(nn.ReLU()), torch.ones(2, 3)),
    ]


def _products(layer: Any, output: Tensor) -> int:
    return int(output.numel() * layer.weight[0].numel())


def _with_bias(layer: Any, output: Tensor) -> int:
    return _products(layer, output) + (output.numel() if layer.bias is not None else 0)


def _all_channels(layer: Any, output: Tensor) -> int:
    return _products(layer, output) * int(getattr(layer, "groups", 1))


def _first_size(layer: Any, output: Tensor) -> int:
    """A Linear counted once for each entry of its first dimension."""
    first = int(output.shape[0] * layer.weight.numel())
    return first if isinstance(layer, nn.Linear) else _products(layer, output)


def _counted(net: nn.Module, X: Tensor, formula: _Formula, adds: bool = True) -> dict[str, int]:
    """The right paths, each with what the formula gives for its calls."""
    model, found = copy.deepcopy(net), dict[str, int]()
    for path, layer in model.named_modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):

            def hook(layer: Any, inputs: Any, output: Tensor, path: str = path) -> None:
                found[path] = adds * found.get(path, 0) + formula(layer, output)

            layer.register_forward_hook(hook)
    model(X)
    return found


def _mistakes(net: nn.Module, X: Tensor) -> list[tuple[object, str]]:
    right = _counted(net, X, _products)
    last = _counted(net, X, _products, adds=False)
    return [
        (last, "a layer that runs twice counts both of its calls"),
        ({path: 2 * n for path, n in right.items()}, "a product and its addition count as one"),
        ({path: n // len(X) for path, n in right.items()}, "count for the whole batch"),
        (_counted(net, X, _with_bias), "the bias is left out"),
        (_counted(net, X, _all_channels), "with groups, a filter reads only some of the channels"),
        (_counted(net, X, _first_size), "each number that comes out has a sum of its own"),
    ]


def _hooks(net: nn.Module) -> int:
    kinds = ("_forward_hooks", "_forward_pre_hooks")
    return sum(len(getattr(part, name)) for part in net.modules() for name in kinds)


@exercise("06.4a")
def work(answer: Any) -> None:
    """Multiply-adds by path: of each Linear and Conv2d that ran, over all of its calls."""
    for told, net, X in _networks():
        want, usual, runs = _counted(net, X, _products), _mistakes(net, X), list[int]()
        net.register_forward_pre_hook(lambda net, inputs, runs=runs: runs.append(1))
        hooks, modes = _hooks(net), [part.training for part in net.modules()]
        with given(told, X=X):
            found = expect_type(call(answer, net, X), dict)
            if _hooks(net) != hooks:
                raise Wrong("take your own hooks off again, and leave those that were there")
            if modes != [part.training for part in net.modules()]:
                raise Wrong("the network's mode has changed")
            if len(runs) != 1:
                raise Wrong(f"the network ran {len(runs)} times; call net(X) once")
            _expect_paths(found, want, net)
            expect_equal(found, want, usual=usual, why="outputs times the weights of one neuron")


def _expect_paths(found: dict[Any, Any], want: dict[str, int], net: nn.Module) -> None:
    paths = dict(net.named_modules())
    for path, number in found.items():
        if path not in paths:
            raise Wrong(f"{path!r} is no path in named_modules()")
        if path not in want:
            counts = isinstance(paths[path], nn.Linear | nn.Conv2d)
            raise Wrong(f"{path!r} {'did not run' if counts else 'is no Linear and no Conv2d'}")
        if type(number) is not int:
            raise Wrong(f"the number of {path!r} should be an int, not {kind(number)}")
    if missing := [path for path in want if path not in found]:
        deep = "; layers within layers count too" if "." in missing[0] else ""
        late = "; does each hook see the loop's last path? `path=path`" * (len(found) == 1)
        raise Wrong(f"{missing[0]!r} is missing{deep}{late}")


def _kept(net: nn.Module, X: Tensor, *, own: str = "both", twice: bool = False) -> int:
    """Bytes kept for the way back, without what the network itself holds."""
    model, total = copy.deepcopy(net), 0
    held = {"both": model.state_dict().values(), "parameters": model.parameters(), "": []}[own]
    seen: set[Any] = {x.untyped_storage() for x in held}

    def pack(tensor: Tensor) -> Tensor:
        nonlocal total
        if (storage := tensor.untyped_storage()) not in seen:
            total += storage.nbytes()
            if not twice:
                seen.add(storage)
        return tensor.detach()

    with saved_tensors_hooks(pack, lambda saved: saved):
        model(X)
    return total


def _sizes(net: nn.Module, x: Tensor, stretch: bool = False, **how: Any) -> list[int]:
    """Bytes that batches of 1 to 20 samples keep."""
    ones = [1] * (x.dim() - 1)
    batches = [x.expand(n, *x.shape[1:]) if stretch else x.repeat(n, *ones) for n in range(1, 21)]
    return [_kept(net, X, **how) for X in batches]


def _most(sizes: list[int], budget: int) -> int:
    return sum(size <= budget for size in sizes)


@exercise("06.4b")
def largest_batch(answer: Any) -> None:
    """How many samples fit, where normalisation keeps some numbers for the batch as a whole."""
    maps = nn.Sequential(nn.Conv2d(1, 16, 1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2))
    maps.append(nn.Flatten()).append(nn.Linear(16, 3))
    rows = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)).double()
    for told, net, x in [
        ("rows of float64", rows, torch.rand(1, 4, dtype=torch.float64)),
        ("pictures, with a normalisation", maps, torch.rand(1, 1, 2, 3)),
    ]:
        state = {name: x.clone() for name, x in net.state_dict().items()}
        right = _sizes(net, x)
        modes = [part.training for part in net.modules()]
        wrong = [
            (_sizes(net, x, twice=True), "count each storage once"),
            (_sizes(net, x, own="parameters"), "leave out the buffers"),
            (_sizes(net, x, own=""), "leave out the parameters"),
            (_sizes(net, x, stretch=True), "an expanded batch has the memory of one sample"),
        ]
        for budget in [right[11] + 8, right[6], right[6] - 1, right[0], right[0] - 1, 0]:
            usual = [
                (budget // (right[1] - right[0]), "in train mode, some is kept once a batch"),
                (budget // right[0], "a batch of n does not keep n times what a batch of 1 does"),
                (_most(right, budget - 1), "exactly `budget` bytes are allowed"),
                *((_most(sizes, budget), why) for sizes, why in wrong),
            ]
            with given(told, budget=budget):
                found = call(answer, net, x, budget)
                now = net.state_dict()
                if any(t.is_meta for t in now.values()):
                    raise Wrong("the network is on meta now; move a copy of it")
                same = all(torch.equal(t, state[name]) for name, t in now.items())
                if not same or modes != [part.training for part in net.modules()]:
                    raise Wrong("the averages or the mode of the network changed; measure a copy")
                expect_int(found)
                why = "measure each size; where not even one fits, return 0"
                expect_equal(found, _most(right, budget), usual=usual, why=why)
