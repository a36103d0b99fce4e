"""Checks of 07/19, exporting a network."""

import copy
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from typing import Any

import torch
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram

from d2lutils.checks import (
    NotDone,
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_tensor,
    given,
)
from d2lutils.checks.networks import drawn
from d2lutils.checks.showing import kind


def _networks() -> list[tuple[str, nn.Module, Tensor]]:
    """Networks with parts that have a mode, and examples that are views of a larger table."""
    g = torch.Generator().manual_seed(7)
    table = torch.randn(60, 6, generator=g)
    pictures = torch.randn(40, 1, 4, 4, generator=g)
    plain = nn.Sequential(nn.Linear(6, 4), nn.Dropout(0.5), nn.Linear(4, 2))
    normed = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 3))
    mixed = nn.Sequential(nn.Linear(6, 3), nn.BatchNorm1d(3), nn.Dropout(0.5))
    for net in (plain, normed, mixed):
        drawn(net, g)
    mixed[1].eval()
    return [
        ("a network with dropout, in train mode, and an example of one row", plain, table[9:10]),
        ("a network with BatchNorm, in train mode, and four pictures", normed, pictures[5:9]),
        ("a network of which one part is in eval mode, and two rows", mixed, table[3:5]),
        ("a network in eval mode, and one row", copy.deepcopy(plain).eval(), table[:1]),
    ]


@exercise("07.19a")
def portable(answer: Any) -> None:
    """A program in eval mode, for any number of rows, that takes no table along."""
    for told, net, X in _networks():
        modes = [part.training for part in net.modules()]
        before = copy.deepcopy(net.state_dict())
        learn = [p.requires_grad for p in net.parameters()]
        ready = copy.deepcopy(net).eval()
        with given(told), _quiet():
            got = call(answer, net, X)
            if not isinstance(got, ExportedProgram):
                raise Wrong(
                    f"return what torch.export.export returns, an ExportedProgram, not {kind(got)}"
                )
            if modes != [part.training for part in net.modules()]:
                raise Wrong("a part of the network has another mode than before")
            for key, value in net.state_dict().items():
                if not torch.equal(value, before[key]):
                    raise Wrong(f"{key!r} of the network has changed: it ran in train mode")
            if learn != [p.requires_grad for p in net.parameters()]:
                raise Wrong("requires_grad of a parameter has changed: it would learn no more")
            g = torch.Generator().manual_seed(1)
            for n in (1, 2, 5, 300):
                rows = torch.randn(n, *X.shape[1:], generator=g)
                _expect_answers(got, ready, rows)
            _expect_small(got, X)


def _expect_answers(program: ExportedProgram, ready: nn.Module, rows: Tensor) -> None:
    told = f"called with {len(rows)} row{'s' * (len(rows) > 1)}, the program"
    try:
        with torch.no_grad():
            y_hat = program.module()(rows)
    except Exception as error:
        raise Wrong(
            f"{told} says {str(error).splitlines()[0]!r}; name dimension 0 in dynamic_shapes"
        ) from error
    with torch.no_grad():
        want = ready(rows)
    if not isinstance(y_hat, Tensor) or y_hat.shape != want.shape:
        raise Wrong(f"{told} gives {kind(y_hat)} of another shape than the network")
    if not torch.allclose(y_hat, want, rtol=1e-4, atol=1e-5):
        raise Wrong(f"{told} answers otherwise than the network in eval mode; which mode is in it?")


def _expect_small(program: ExportedProgram, X: Tensor) -> None:
    """Raise Wrong where the example has more memory than itself, or two copies of X, need."""
    args, kwargs = program.example_inputs or ((), {})
    for example in [*args, *kwargs.values()]:
        if example.untyped_storage().nbytes() > max(example.nbytes, 2 * X.nbytes):
            raise Wrong("the example is a view of the table, which is saved with it: copy the rows")


@exercise("07.19b")
def to_unit_range(answer: Any) -> None:
    """Each picture whose largest value is above 1 is divided by 255, in a graph."""
    batches = _batches()
    for X in batches:
        with given(f"{_kinds(X)}"), _quiet():
            _expect_scaled(call(answer, X), X)
    try:
        with _quiet():
            run = torch.export.export(
                _Wrapped(answer), (batches[0].clone(),), dynamic_shapes=({0: Dim("batch")},)
            ).module()
    except NotDone:
        raise
    except Exception as error:
        raise Wrong(_refusal(str(error))) from error
    for X in batches:
        with given(f"the exported program and {_kinds(X)}"):
            try:
                got = run(X.clone())
            except Exception as error:
                message = str(error).splitlines()[0]
                raise Wrong(f"it says {message!r}; a size or a choice is frozen") from error
            _expect_scaled(got, X)


class _Wrapped(nn.Module):
    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self, X: Tensor) -> Any:
        return self.function(X)


def _batches() -> list[Tensor]:
    g = torch.Generator().manual_seed(14)
    small = torch.rand(6, 3, 4, 5, generator=g)
    small[0] /= small[0].max()  # its largest value is 1, which is not above 1
    small[4] = small[4].round()  # black and white alone, so that all numbers are whole
    small[5] = 0.0
    large = torch.randint(0, 256, (6, 3, 4, 5), generator=g).float()
    large[1] = (large[1] / 100).round()  # dark, and yet from 0 to 255
    large[0] *= 0.9  # not whole
    large[2] *= 1.25 / large[2].max()  # the largest value is a little above 1
    large[3, 0] = 1.0  # one of its channels would do as 0 to 1
    large[4] = 0.0
    large[4, 2, 3, 4] = 40.0  # black but for one pixel, so that its mean is below 1
    both = torch.stack([small[0], large[3], large[4], small[3], large[1]])
    return [small, both, large, small[:1], large[4:5], both[1:3], both.flip(0)]


def _kinds(X: Tensor) -> str:
    large = int((X.amax(dim=(1, 2, 3)) > 1).sum())
    return f"{len(X)} pictures, {large} of them from 0 to 255"


def _expect_scaled(got: Any, X: Tensor) -> None:
    got = expect_tensor(got)
    peak = X.amax(dim=(1, 2, 3), keepdim=True)
    want = torch.where(peak > 1, X / 255, X)
    by_channel = torch.where(X.amax(dim=(2, 3), keepdim=True) > 1, X / 255, X)
    by_mean = torch.where(X.mean(dim=(1, 2, 3), keepdim=True) > 1, X / 255, X)
    expect_equal(
        got,
        want,
        usual=[
            (X / 255 if X.max() > 1 else X, "one answer for the whole batch; ask each picture"),
            (X / 255, "all pictures are divided; leave those with values from 0 to 1"),
            (X, "no picture is divided"),
            (torch.where(X > 1, X / 255, X), "ask each picture, not each pixel"),
            (by_channel, "ask each picture, not each channel"),
            (by_mean, "ask for the largest value, not for the mean"),
            (torch.where(peak >= 1, X / 255, X), "above 1, not 1 itself"),
            (X / peak.clamp(min=1), "divide by 255, not by the largest value"),
            (torch.where(peak > 1, X / 256, X), "divide by 255"),
        ],
        why="divide a picture by 255 if its largest value is above 1",
    )


def _refusal(message: str) -> str:
    first = message.splitlines()[0] if message else "nothing"
    if "data-dependent" in message or "Data-dependent" in message:
        return f"export refuses it: {first[:60]} …. An `if` asks a tensor; use torch.where"
    if "constant" in message:
        return "export refuses it: a line makes a plain number of the batch size (`len`, a loop)"
    return f"export refuses it: {first[:120]}"


@contextmanager
def _quiet() -> Iterator[None]:
    """Inside, nothing is logged, and nothing written to the error stream."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with redirect_stderr(StringIO()):
            yield
    finally:
        logging.disable(before)
