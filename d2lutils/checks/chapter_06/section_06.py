"""Checks of 06/06, tied weights."""

from typing import Any

import torch
from torch import nn

from d2lutils.checks import NotDone, Wrong, call, exercise, expect_equal, given
from d2lutils.checks.explaining import explain
from d2lutils.checks.showing import kind
from d2lutils.checks.stubs import is_unfinished


class _Net(nn.Module):
    """Parameters at several depths, of which some have one shape."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor([2.0, -1.0]))
        self.mix = nn.Parameter(torch.arange(6.0).reshape(2, 3))
        self.encoder = nn.Linear(2, 2)
        self.body = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 3), nn.Linear(2, 2)))
        self.head = nn.Linear(2, 2)
        self.head.weight.requires_grad_(False)


def _held(net: nn.Module) -> dict[str, nn.Parameter]:
    return dict(net.named_parameters(remove_duplicate=False))


def _numbers(net: nn.Module) -> dict[str, torch.Tensor]:
    return {path: p.detach().clone() for path, p in _held(net).items()}


@exercise("06.6a")
def tie(answer: Any) -> None:
    """The target's path leads to the source's parameter; another shape is refused."""
    for source, target in [
        ("encoder.weight", "head.weight"),
        ("body.1.1.weight", "encoder.weight"),
        ("head.weight", "body.0.weight"),
        ("scale", "head.bias"),
        ("body.0.bias", "scale"),
        ("encoder.weight", "encoder.weight"),
    ]:
        net = _Net()
        before, numbers = _held(net), _numbers(net)
        with given(source=source, target=target):
            got = call(answer, net, source, target, in_place=True)
            if got is None:
                raise Wrong("your function returned None; return `net`")
            if got is not net:
                raise Wrong(f"return the same `net`, not {kind(got)} of your own")
            _expect_tied(net, source, target, before)
            _expect_others(net, target, before)
            if not torch.equal(_numbers(net)[source], numbers[source]):
                raise Wrong("the numbers of the source have changed; they are to stay")
    _expect_one_path(answer)
    _expect_refusal(answer)


def _expect_one_path(answer: Any) -> None:
    """Where the paths are tied already, the target alone changes."""
    for source, target in [("head.weight", "body.1.1.weight"), ("body.0.weight", "head.weight")]:
        net = _Net()
        net.head.weight = net.encoder.weight
        before = _held(net)
        with given("head.weight is tied to encoder.weight", source=source, target=target):
            call(answer, net, source, target, in_place=True)
            _expect_tied(net, source, target, before)
            moved = [path for path, p in _held(net).items() if p is not before[path]]
            if moved != [target]:
                raise Wrong(f"only {target!r} is to change; {', '.join(moved)} did")


def _expect_tied(net: nn.Module, source: str, target: str, before: dict[str, nn.Parameter]) -> None:
    after = _held(net)
    if source not in after or target not in after:
        raise Wrong("one of the two paths no longer leads to a parameter")
    if after[target] is before[source]:
        return
    if after[source] is before[target] and source != target:
        raise Wrong("the source got the target's parameter; it should be the other way round")
    if after[target].data_ptr() == after[source].data_ptr():
        raise Wrong("this is a half tie: two parameters look at one memory; assign the parameter")
    if torch.equal(after[target], after[source]):
        raise Wrong("the numbers were copied; the paths lead to two parameters, not to one")
    raise Wrong("the target is not the parameter of the source")


def _expect_others(net: nn.Module, target: str, before: dict[str, nn.Parameter]) -> None:
    after = _held(net)
    if set(after) != set(before):
        raise Wrong(f"the network's paths have changed: {sorted(set(after) ^ set(before))}")
    moved = [path for path in before if path != target and after[path] is not before[path]]
    if moved:
        raise Wrong(f"{moved[0]!r} leads to another parameter now; only the target is to change")
    switched = [p for p in before.values() if p.requires_grad == (p is before["head.weight"])]
    if switched:
        raise Wrong("requires_grad of a parameter has changed; leave it as it was")


def _expect_refusal(answer: Any) -> None:
    """Where the shapes differ, a ValueError, and nothing has changed."""
    for source, target in [
        ("body.1.0.weight", "encoder.weight"),
        ("scale", "head.weight"),
        ("encoder.weight", "body.1.0.bias"),
        ("encoder.weight", "body.1.0.weight"),
        ("mix", "body.1.0.weight"),
    ]:
        net = _Net()
        before, numbers = _held(net), _numbers(net)
        with given(source=source, target=target):
            try:
                answer(net, source, target)
            except ValueError:
                pass
            except Exception as error:
                if is_unfinished(error, answer):
                    raise NotDone from error
                raise Wrong(f"raise a ValueError; this raised {explain(error)}") from error
            else:
                raise Wrong("the shapes differ; raise a ValueError")
            if any(p is not before[path] for path, p in _held(net).items()):
                raise Wrong("an error was raised, but the network has changed; look first")
            if any(not torch.equal(p, numbers[path]) for path, p in _held(net).items()):
                raise Wrong("an error was raised, but numbers have changed; look first")


def _twice() -> nn.Module:
    """One layer at both ends, and a tied bias in between."""
    layer = nn.Linear(2, 2)
    net = nn.Sequential(layer, nn.Tanh(), nn.Sequential(nn.Linear(2, 2), layer))
    net[2][0].bias = layer.bias  # type: ignore[index]
    return net


def _crossed() -> nn.Module:
    """The groups begin in another order than that in which they end."""
    net = _Net()
    net.head.weight = net.encoder.weight
    net.head.bias = net.scale
    net.body[1][1].weight = net.body[0].weight  # type: ignore[index]
    return net


def _equal() -> nn.Module:
    """Equal numbers, and a half tie: nothing is tied."""
    net = _Net()
    net.body[0].load_state_dict(net.encoder.state_dict())
    net.head.weight = nn.Parameter(net.encoder.weight.T)
    net.head.bias = nn.Parameter(net.encoder.bias)
    return net


@exercise("06.6b")
def ties(answer: Any) -> None:
    """For each parameter with more than one path, the list of its paths."""
    layer, norm = nn.Linear(1, 1), nn.BatchNorm1d(1)
    three = nn.ModuleList([nn.Linear(1, 1), layer, layer, layer])
    weights, biases = ["0.weight", "2.1.weight"], ["0.bias", "2.0.bias", "2.1.bias"]
    for told, net, want in [
        ("a layer", nn.Linear(2, 3), []),
        ("a network without parameters", nn.Tanh(), []),
        ("a layer that is used twice, and a tied bias", _twice(), [weights, biases]),
        ("a list that holds a layer three times", three, _places(1, 2, 3)),
        ("a BatchNorm1d in two places", nn.ModuleList([norm, norm]), _places(0, 1)),
        ("equal numbers and half ties", _equal(), []),
        (
            "ties across the network",
            _crossed(),
            [
                ["scale", "head.bias"],
                ["encoder.weight", "head.weight"],
                ["body.0.weight", "body.1.1.weight"],
            ],
        ),
    ]:
        with given(told):
            got = _listed(call(answer, net))
            if any(isinstance(group, str) for group in got):
                raise Wrong("return a list of lists: one list of paths for each tied parameter")
            groups = [_listed(group) for group in got]
            if single := [group for group in groups if len(group) < 2]:
                raise Wrong(f"{single[0]} has fewer than two paths, so it is no tie")
            why = "gather paths by the id of a parameter, not by numbers or memory; no buffers"
            if sorted(sorted(map(str, g)) for g in groups) == sorted(sorted(g) for g in want):
                why = "keep the order of named_parameters(remove_duplicate=False)"
            expect_equal(groups, want, why=why)


def _listed(got: Any) -> list[Any]:
    if not isinstance(got, list | tuple):
        raise Wrong(f"expected a list of lists of paths, got {kind(got)} where a list should be")
    return list(got)


def _places(*at: int) -> list[list[str]]:
    return [[f"{k}.{name}" for k in at] for name in ("weight", "bias")]
