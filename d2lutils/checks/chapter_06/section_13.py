"""Checks of 06/13, weights for a network that is not quite the same."""

import copy
from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import Wrong, call, exercise, expect_equal, given
from d2lutils.checks.refusals import refusal_of

_State = dict[str, Tensor]


def _net(seed: int) -> nn.Sequential:
    """A network with parameters and buffers, all of them different for each seed."""
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for value in net.state_dict().values():
            value.copy_(torch.rand(value.shape, generator=g) * 9 + 1)
    return net


def _expect_kept(net: nn.Module, objects: dict[str, Tensor], *, refused: bool) -> None:
    for key, tensor in {**dict(net.named_parameters()), **dict(net.named_buffers())}.items():
        if tensor is not objects[key]:
            when = "after the error, " if refused else ""
            raise Wrong(f"{when}{key!r} is another tensor; copy into the one that is there")


def _expect_refused(answer: Any, net: nn.Module, state: _State, odd: list[str]) -> None:
    """The answer raises a ValueError that names the odd keys, and leaves the network."""
    objects = {**dict(net.named_parameters()), **dict(net.named_buffers())}
    before, given_keys = copy.deepcopy(net.state_dict()), list(state)
    error, _ = refusal_of(lambda: answer(net, state), "expected a ValueError; your function")
    if error is None:
        raise Wrong("expected a ValueError, and none was raised")
    _expect_kept(net, objects, refused=True)
    for key, value in net.state_dict().items():
        if not torch.equal(value, before[key]):
            raise Wrong(
                f"after the error, {key!r} of the network has changed: look before you copy"
            )
    if list(state) != given_keys:
        raise Wrong("your function changed `state`; leave it as it was")
    if silent := [key for key in odd if key not in str(error)]:
        raise Wrong(f"the text of the error should name {silent[0]!r}; it is {str(error)[:80]!r}")


@exercise("06.13b")
def load_all(answer: Any) -> None:
    """All tensors are copied, or a ValueError is raised and none is."""
    full = dict(_net(1).state_dict())
    backwards = {key: full[key] for key in reversed(full)}
    for told, good in [
        ("a file that fits", full),
        ("a file that fits, its keys in another order", backwards),
        ("a file of float64", {key: value.double() for key, value in full.items()}),
    ]:
        net = _net(2).eval()
        objects = {**dict(net.named_parameters()), **dict(net.named_buffers())}
        with given(told):
            call(answer, net, good, in_place=True)
            _expect_kept(net, objects, refused=False)
            for key, value in net.state_dict().items():
                want = good[key].to(value.dtype)
                expect_equal(value, want, why=f"{key!r} of the network is to be that of the file")
    with given("a network without tensors, an empty file"):
        call(answer, nn.ReLU(), {}, in_place=True)
    for told, odd, bad in [
        ("a file that lacks the last bias", ["2.bias"], _without(full, "2.bias")),
        ("a file that lacks a buffer", ["1.running_var"], _without(full, "1.running_var")),
        ("a file with one key more", ["3.weight"], full | {"3.weight": torch.ones(2)}),
        ("a file with a wider head", ["2.weight"], full | {"2.weight": torch.ones(3, 4)}),
        ("a file with a bias of one number", ["0.bias"], full | {"0.bias": torch.ones(1)}),
        ("a file with a transposed weight", ["0.weight"], full | {"0.weight": torch.ones(3, 4)}),
        (
            "a file with three faults",
            ["0.bias", "0.scale", "2.bias"],
            _without(full, "0.bias") | {"0.scale": torch.ones(4), "2.bias": torch.ones(3)},
        ),
        ("an empty file", ["0.weight", "0.bias", "1.running_mean", "2.weight"], {}),
    ]:
        with given(told):
            _expect_refused(answer, _net(2), bad, odd)


def _without(state: _State, key: str) -> _State:
    return {name: value for name, value in state.items() if name != key}


class _Two(nn.Module):
    def __init__(self, inputs: int, left: int, right: int) -> None:
        super().__init__()
        self.left, self.right = nn.Linear(inputs, left), nn.Linear(inputs, right)


@exercise("06.13c")
def split_both(answer: Any) -> None:
    """A pre-hook that cuts the rows of one layer into those of two."""
    for inputs, left, right, prefix in [
        (3, 2, 2, ""),
        (2, 1, 3, ""),
        (2, 3, 1, "0."),
        (1, 2, 4, "net.heads.1."),
    ]:
        module = _Two(inputs, left, right)
        weight = torch.arange(1.0, 1 + (left + right) * inputs).reshape(-1, inputs)
        bias = -torch.arange(1.0, 1 + left + right)
        others = {"0.weight": torch.ones(2), f"x{prefix}both.weight": torch.zeros(left + right, 1)}
        old = {f"{prefix}both.weight": weight, f"{prefix}both.bias": bias} | others
        want = others | {
            f"{prefix}left.weight": weight[:left],
            f"{prefix}left.bias": bias[:left],
            f"{prefix}right.weight": weight[left:],
            f"{prefix}right.bias": bias[left:],
        }
        for told, given_state in [("an old file", old), ("a file with the new keys", want)]:
            state = dict(given_state)
            with given(f"{told}, keys {list(state)}, prefix={prefix!r}, {left} rows for `left`"):
                call(answer, module, state, prefix, {}, True, [], [], [], in_place=True)
                _expect_state(state, want, prefix)


def _expect_state(state: _State, want: _State, prefix: str) -> None:
    if lost := [key for key in want if key not in state]:
        of_prefix = prefix and lost[0].removeprefix(prefix) in state
        hint = "; put the prefix in front" if of_prefix else ""
        raise Wrong(f"after your function, {lost[0]!r} is not in `state`{hint}")
    if extra := [key for key in state if key not in want]:
        raise Wrong(f"{extra[0]!r} is still in `state`, and would be unexpected: pop it")
    swap = {"left": "right", "right": "left"}
    for key, value in want.items():
        side = key.split(".")[-2]
        usual = []
        if side in swap:
            other = want[key.replace(f"{side}.", f"{swap[side]}.")]
            usual = [(other, "the rows of `left` come first")]
        expect_equal(state[key], value, usual=usual, why=f"these are not the rows of {key!r}")
