"""Checks of 08/17, transfer learning."""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, expect_type, given
from d2lutils.checks.networks import drawn
from d2lutils.checks.refusals import refusal_of


def _net() -> nn.Module:
    """Paths of which some begin alike: head and head2, features.1 and features.10."""
    layers: OrderedDict[str, nn.Module]
    layers = OrderedDict((str(k), nn.Linear(2, 2, bias=k % 2 == 0)) for k in range(11))
    features = nn.Sequential(layers).requires_grad_(False)
    parts: OrderedDict[str, nn.Module] = OrderedDict(features=features, norm=nn.BatchNorm1d(2))
    parts.update(relu=nn.ReLU(), head2=nn.Linear(2, 5), head=nn.Linear(2, 3))
    return nn.Sequential(parts)


@exercise("08.17a")
def freeze_but(answer: Any) -> None:
    """Freeze all but the named parts, return how many numbers are left to learn."""
    for names in [
        ["head"],
        ["features.1", "norm"],
        ["features"],
        [],
        ["head2", "features.10"],
        ["head", "head"],
        ["features", "features.3"],
    ]:
        with given("net = a small network", names=names):
            net = _net()
            before = {path: p.detach().clone() for path, p in net.named_parameters()}
            objects = [id(p) for p in net.parameters()]
            modes = [module.training for module in net.modules()]
            got = call(answer, net, names, in_place=True)
            if got is None:
                raise Wrong("your function returned None; return how many numbers are left")
            _expect_frozen(net, names)
            if type(got) is not int:
                expect_type(got, int)
                raise Wrong("return an int")
            learning = [p for p in net.parameters() if p.requires_grad]
            numbers = sum(p.numel() for p in learning)
            usual = [
                (len(learning), "these are the tensors; count their numbers, by numel()"),
                (
                    sum(p.numel() for p in net.parameters()) - numbers,
                    "these are the frozen ones; count those that learn",
                ),
                (sum(p.numel() for p in net.parameters()), "this counts all; leave out the frozen"),
            ]
            expect_equal(got, numbers, usual=usual, why="add up numel() of what learns")
            if [id(p) for p in net.parameters()] != objects:
                raise Wrong("the parameters have become others; switch those that are there")
            if any(not torch.equal(p, before[path]) for path, p in net.named_parameters()):
                raise Wrong("a parameter has changed its numbers; only requires_grad changes")
            if [module.training for module in net.modules()] != modes:
                raise Wrong("a module has changed its mode; only requires_grad changes")
    for names in [["heads"], ["head", "hed"], ["relu"], ["feature"], ["features.1", "features.11"]]:
        with given("net = a small network", names=names):
            net = _net()
            run = partial(answer, net, names)
            refused, _ = refusal_of(run, "a ValueError was due; your function")
            if refused is None:
                raise Wrong("no parameter lies within one of these; raise a ValueError")


def _expect_frozen(net: nn.Module, names: list[str]) -> None:
    """Raise Wrong unless the parameters within the named parts learn, and no others."""
    for path, parameter in net.named_parameters():
        wanted = any(path.startswith(name + ".") for name in names)
        if parameter.requires_grad == wanted:
            continue
        if wanted:
            raise Wrong(f"{path} is to learn, and is frozen; some were frozen before")
        if any(path.startswith(name) for name in names):
            raise Wrong(f"{path} learns: its path begins alike, but it lies in another part")
        raise Wrong(f"{path} learns; freeze it by requires_grad_(False)")


class _Watched(nn.Module):
    """Notes the rows that it gets, its mode, and whether a graph is recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[int] = []
        self.modes: list[bool] = []
        self.graph = False

    def forward(self, X: Tensor) -> Tensor:
        self.rows.append(len(X))
        self.modes.append(self.training)
        self.graph = self.graph or torch.is_grad_enabled()
        return X


def _part(width: int) -> tuple[nn.Sequential, _Watched]:
    watched, norm = _Watched(), nn.BatchNorm1d(4)
    ending = nn.Sequential(nn.Dropout(), nn.Linear(4, 2))
    g = torch.Generator().manual_seed(width)
    part = drawn(nn.Sequential(watched, nn.Linear(width, 4), norm, ending), g)
    norm.register_buffer("running_mean", torch.randn(4, generator=g))
    return part, watched


def _all_train(part: nn.Sequential) -> None:
    part.train()


def _all_eval(part: nn.Sequential) -> None:
    part.eval()


def _mixed(part: nn.Sequential) -> None:
    part.train()
    part[2].eval()


def _mixed_within(part: nn.Sequential) -> None:
    part.eval()
    part[3].train()


@exercise("08.17b")
def features_of(answer: Any) -> None:
    """Features in batches, in eval mode, without a graph; the modes are put back."""
    tried: list[tuple[int, int, Callable[[nn.Sequential], None]]] = [
        (7, 3, _mixed),
        (6, 3, _all_train),
        (1, 4, _all_eval),
        (5, 1, _mixed_within),
        (4, 9, _all_train),
        (3, 3, _all_eval),
    ]
    for N, size, set_modes in tried:
        part, watched = _part(width=3)
        X = torch.arange(N * 3).reshape(N, 3).remainder(5) - 1.5
        part.eval()
        with torch.no_grad():
            want = part(X)
        watched.rows.clear()
        watched.modes.clear()
        set_modes(part)
        modes = [module.training for module in part.modules()]
        buffers = {name: buffer.clone() for name, buffer in part.named_buffers()}
        switches = [p.requires_grad for p in part.parameters()]
        with given("part = a small network", f"X with {N} rows", size=size):
            got = expect_tensor(call(answer, part, X, size))
            if any(watched.modes):
                raise Wrong("the part was in train mode; call eval() first")
            if not watched.rows:
                raise Wrong("the part was not called; send the rows through it")
            if max(watched.rows) > size:
                raise Wrong(f"a batch had {max(watched.rows)} rows; {size} at most")
            if size > 1 and N > 1 and max(watched.rows) == 1:
                raise Wrong("each batch had one row; fill the batches")
            if watched.graph or got.requires_grad:
                raise Wrong("a graph was recorded; use torch.no_grad()")
            usual = [
                (want[: N // size * size], "the last rows are missing; the last batch is smaller"),
                (want[-1:], "this is one row; join the batches by torch.cat"),
                (want.flip(0), "the rows are in another order"),
            ]
            expect_equal(got, want, usual=usual, why="row i holds the features of row i of X")
            now = [module.training for module in part.modules()]
            if now != modes:
                told = "all modules are in eval mode" if not any(now) else "modes have changed"
                raise Wrong(f"afterwards {told}; put each module's own mode back")
            if any(not torch.equal(b, buffers[name]) for name, b in part.named_buffers()):
                raise Wrong("the part's buffers have changed; use eval mode")
            if [p.requires_grad for p in part.parameters()] != switches:
                raise Wrong("requires_grad has changed; use torch.no_grad() instead")
            if not torch.is_grad_enabled():
                torch.set_grad_enabled(True)
                raise Wrong("gradients are off afterwards; use `with torch.no_grad():`")
