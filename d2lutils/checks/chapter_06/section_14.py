"""Checks of 06/14, what a file has to carry."""

import copy
import io
from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_tensor,
    expect_type,
    given,
    same_storage,
)
from d2lutils.checks.refusals import refusal_of

_SPECIES = ["Adelie", "Chinstrap", "Gentoo"]


@exercise("06.14a")
def upgrade(answer: Any) -> None:
    """A file of format 1, 2 or 3 becomes one of format 3; a newer one is refused."""
    weights = {"last.bias": torch.tensor([1.0, -2.0])}
    first: dict[str, Any] = {"weights": weights}
    second = first | {"format": 2, "settings": {"width": 24, "dropout": 0.1}, "by": "me"}
    third = second | {"format": 3, "names": ["a", "b"]}
    old = {"weights": weights, "format": 3, "names": _SPECIES}
    for told, saved, want in [
        ("a file of format 1", first, old | {"settings": {"width": 16}}),
        ("a file of format 2", second, old | second | {"format": 3}),
        ("a file of format 3", third, third),
    ]:
        keys = list(saved)
        with given(told, saved=saved):
            got = expect_type(call(answer, saved), dict)
            if got is saved:
                raise Wrong("return a new dictionary; this is the one that was given")
            if list(saved) != keys:
                raise Wrong("your function changed its input; leave the input as it was")
            if lost := [key for key in want if key not in got]:
                raise Wrong(f"{lost[0]!r} is missing")
            if extra := [key for key in got if key not in want]:
                raise Wrong(f"{extra[0]!r} is no entry of format 3")
            expect_equal(got["format"], 3, why='"format" is the number of the new form')
            why = "the file says the settings; only format 1 has none, and means a width of 16"
            expect_equal(got["settings"], want["settings"], why=why)
            why = "the file says its names; formats 1 and 2 have none"
            expect_equal(got["names"], want["names"], why=why)
            expect_equal(got["weights"], weights, why="the weights stay as they are")
    for number in (4, 17):
        newer = third | {"format": number, "scale": 2.0}
        with given(f"a file of format {number}"):
            _expect_value_error(answer, newer)


def _expect_value_error(answer: Any, saved: dict[str, Any]) -> None:
    error, _ = refusal_of(lambda: answer(saved), "expected a ValueError; your function")
    if error is None:
        raise Wrong("a newer format than 3 cannot be known: raise a ValueError")


def _cases() -> list[tuple[str, nn.Module, dict[str, Any], Tensor]]:
    """Networks with parts that have a mode, and inputs that are slices of a larger table."""
    g = torch.Generator().manual_seed(0)
    table = torch.randn(50, 6, generator=g)
    plain = nn.Sequential(nn.Linear(6, 4), nn.Dropout(0.5), nn.Linear(4, 2))
    normed = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 2))
    mixed = nn.Sequential(nn.Linear(6, 3), nn.BatchNorm1d(3), nn.Dropout(0.5))
    for net in (plain, normed, mixed):
        with torch.no_grad():
            for value in net.state_dict().values():
                value.copy_(torch.rand(value.shape, generator=g) + 0.5)
    mixed[1].eval()
    return [
        ("a network with BatchNorm, in train mode", normed, {}, table[:4, 1:4]),
        ("a network with dropout, in train mode", plain, {"width": 4}, table[10:15]),
        ("a network of which one part is in eval mode", mixed, {"sizes": [3]}, table[7:8]),
        ("a network in eval mode", copy.deepcopy(plain).eval(), {"width": 4}, table[:3]),
    ]


@exercise("06.14b")
def pack(answer: Any) -> None:
    """Weights, settings, inputs and answers in one dictionary that shares no memory."""
    for told, net, settings, X in _cases():
        modes = [part.training for part in net.modules()]
        before, keys = copy.deepcopy(net.state_dict()), dict(net.named_parameters())
        with torch.no_grad():
            trained = copy.deepcopy(net).train()(X) if len(X) > 1 else None
            want = copy.deepcopy(net).eval()(X)
        with given(told, settings=settings, X=X):
            got = expect_type(call(answer, net, settings, X), dict)
            if modes != [part.training for part in net.modules()]:
                raise Wrong("a part of the network has another mode than before")
            for key, value in net.state_dict().items():
                if not torch.equal(value, before[key]):
                    raise Wrong(f"{key!r} of the network has changed: it ran in train mode")
            if any(p is not keys[key] for key, p in net.named_parameters()):
                raise Wrong("the network has other parameters than before")
            for name in ("weights", "settings", "probe", "answers"):
                if name not in got:
                    raise Wrong(f"the entry {name!r} is missing")
            if extra := [name for name in got if name not in _ENTRIES]:
                raise Wrong(f"{extra[0]!r} was not asked for")
            _expect_weights(got["weights"], net, before)
            expect_equal(got["settings"], settings, why="the settings are those that were given")
            _expect_probe(got["probe"], X)
            _expect_answers(got["answers"], want, trained)
            _expect_readable(got)


_ENTRIES = ("weights", "settings", "probe", "answers")


def _expect_weights(weights: Any, net: nn.Module, before: dict[str, Tensor]) -> None:
    expect_type(weights, dict)
    if lost := [key for key in before if key not in weights]:
        raise Wrong(f"{lost[0]!r} is not among the weights; a state_dict has the buffers too")
    if extra := [key for key in weights if key not in before]:
        raise Wrong(f"{extra[0]!r} is no key of the network")
    for key, value in net.state_dict().items():
        got = expect_tensor(weights[key])
        expect_equal(got, before[key], why=f"{key!r} is to be as in the network")
        if same_storage(got, value):
            raise Wrong(f"{key!r} shares its memory with the network, and will change: copy it")


def _expect_probe(probe: Any, X: Tensor) -> None:
    expect_equal(expect_tensor(probe), X, why="the probe is X")
    if same_storage(probe, X):
        raise Wrong("the probe shares the memory of the table, and takes it along: clone it")
    if probe.untyped_storage().nbytes() > X.numel() * X.element_size():
        raise Wrong("the probe has a storage that is larger than X: clone the slice alone")


def _expect_answers(answers: Any, want: Tensor, trained: Tensor | None) -> None:
    got = expect_tensor(answers)
    if got.requires_grad:
        raise Wrong("the answers carry a graph; compute them within torch.no_grad()")
    usual = [(trained, "these are the answers of train mode")] if trained is not None else []
    expect_equal(got, want, usual=usual, why="the answers are those of eval mode, for X")


def _expect_readable(got: dict[str, Any]) -> None:
    file = io.BytesIO()
    torch.save(got, file)
    file.seek(0)
    try:
        torch.load(file)
    except Exception as error:
        raise Wrong("torch.load refuses the file; keep to tensors and plain values") from error
