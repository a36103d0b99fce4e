"""Checks of 06/10, lazy initialization."""

from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_type, given
from d2lutils.checks.showing import kind


def _trained_norm() -> nn.Module:
    """A batch normalisation whose statistics are no longer those of a new one."""
    norm = nn.BatchNorm2d(1)
    norm(torch.arange(32.0).reshape(2, 1, 4, 4))
    return norm


def _mixed(mode: bool) -> nn.Module:
    """Lazy layers and a trained norm; one part is in eval mode, the rest in `mode`."""
    trained, waiting = _trained_norm(), nn.LazyBatchNorm2d()
    inner = nn.Sequential(nn.LazyConv2d(3, 3), waiting)
    net = nn.Sequential(trained, inner, nn.Flatten(), nn.Dropout(), nn.LazyLinear(2)).train(mode)
    trained.eval()
    waiting.train()
    return net


def _statistics(net: nn.Module) -> dict[str, Tensor]:
    return {name: b.clone() for name, b in net.named_buffers() if not nn.parameter.is_lazy(b)}


@exercise("06.10a")
def dry_run(answer: Any) -> None:
    """Sizes are set by one pass; modes, statistics and gradients stay."""
    X = torch.arange(64.0).reshape(4, 1, 4, 4)
    for told, net, batch in [
        ("a network in train mode, one part in eval mode", _mixed(True), X),
        ("a network in eval mode, one part in train mode", _mixed(False), X),
        ("a batch of one", _mixed(True), X[:1]),
        ("a lazy layer alone", nn.LazyLinear(3), X),
    ]:
        with given(told):
            modes = [part.training for part in net.modules()]
            before = _statistics(net)
            runs: list[tuple[Any, ...]] = []
            handle = net.register_forward_pre_hook(lambda _, inputs, runs=runs: runs.append(inputs))
            got = call(answer, net, batch)
            handle.remove()
            if got is not net:
                raise Wrong(f"return the network that was given, not {kind(got)}")
            waiting = [name for name, p in net.named_parameters() if nn.parameter.is_lazy(p)]
            if waiting:
                raise Wrong(f"{waiting[0]} is still uninitialised; pass X through the network")
            if not runs:
                raise Wrong("the network itself was not called; write net(X), not net.forward(X)")
            if len(runs) != 1:
                raise Wrong(f"the network ran {len(runs)} times; pass X through it once")
            if runs[0] and not torch.equal(runs[0][0], batch):
                raise Wrong("the network ran with another batch; pass the whole X through it")
            if any(p.is_inference() for p in net.parameters()):
                raise Wrong("parameters made in inference_mode cannot be trained; use no_grad")
            if modes != [part.training for part in net.modules()]:
                raise Wrong("a part's mode has changed; note the mode of each part before")
            after = dict(net.named_buffers())
            norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
            moved = [n for n, value in before.items() if not torch.equal(value, after[n])]
            if moved or (len(norms) == 2 and norms[1].num_batches_tracked):
                raise Wrong("running statistics have moved; make the dry run in eval mode")
            if not all(p.requires_grad for p in net.parameters()):
                raise Wrong("a parameter does not require a gradient any more")
            if any(p.grad is not None for p in net.parameters()):
                raise Wrong("the parameters have gradients now; no backward pass is needed")


def _bodies() -> list[tuple[str, nn.Module, tuple[int, ...], int]]:
    conv = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())
    norm = nn.Sequential(nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.Dropout2d())
    flat = nn.Sequential(nn.Flatten(), nn.Linear(12, 5), nn.BatchNorm1d(5))
    mixed = nn.Sequential(nn.Conv1d(3, 2, 2), nn.BatchNorm1d(2))
    mixed[1].eval()
    return [
        ("a convolution with pooling", conv, (1, 9, 8), 6 * 3 * 3),
        ("a batch norm in train mode, no Flatten", norm, (2, 5, 6), 4 * 3 * 4),
        ("a batch norm that takes no single row in train mode", flat, (3, 4), 5),
        ("a part in eval mode", mixed, (3, 7), 12),
        ("a body in float64", nn.Linear(3, 4).double(), (2, 3), 8),
        ("a body that lets all through", nn.Identity(), (5,), 5),
    ]


@exercise("06.10b")
def size_of(answer: Any) -> None:
    """The count of numbers for one sample, as an int; the body stays as it was."""
    for told, body, shape, want in _bodies():
        with given(f"{told}", shape=shape):
            modes = [part.training for part in body.modules()]
            before = {name: value.clone() for name, value in body.state_dict().items()}
            got = call(answer, body, shape)
            if isinstance(got, Tensor | torch.Size | tuple):
                raise Wrong(f"return an int, how many numbers, not {kind(got)}")
            expect_equal(expect_type(got, int), want, why="count all numbers of one sample")
            now = body.state_dict()
            if any(now[name].is_meta for name in now):
                raise Wrong("the body is on meta now; its numbers are lost: work on a copy")
            if modes != [part.training for part in body.modules()]:
                raise Wrong("a part's mode has changed; work on a copy, or give the modes back")
            if any(not torch.equal(value, now[name]) for name, value in before.items()):
                raise Wrong("the body has changed; use eval mode, or a copy")
