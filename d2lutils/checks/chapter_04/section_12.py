"""Checks of 04/12, generalization."""

import math
from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_parts,
    expect_tensor,
    expect_type,
    given,
)


@exercise("04.12a")
def split_by_group(answer: Any) -> None:
    """Rows to train on and rows of the groups that are held out."""
    for owners, kept_back in [
        ([3, 1, 3, 2, 1, 7], [1]),
        ([3, 1, 3, 2, 1, 7], [7, 3]),
        ([0, 0, 5], [0]),
        ([4, 4], [9]),
        ([2, 0, 2], [2, 0]),
        ([6], []),
        ([-1, 8, -1, 0], [0, -1]),
    ]:
        groups = torch.tensor(owners)
        held = torch.tensor(kept_back, dtype=torch.int64)
        mark = torch.isin(groups, held)
        want = [(~mark).nonzero().flatten(), mark.nonzero().flatten()]
        with given(groups=groups, held=held):
            got = call(answer, groups, held)
            parts = expect_parts(got, "the rows to train on", "the rows held out")
            tensors = [expect_tensor(part) for part in parts]
            if any(part.dtype == torch.bool for part in tensors):
                raise Wrong("these are masks; return the positions at which they are true")
            for part, right, name in zip(tensors, want, ["to train on", "held out"], strict=True):
                other = want[1] if right is want[0] else want[0]
                expect_equal(
                    part,
                    right,
                    usual=[
                        (other, "first come the rows to train on, then those held out"),
                        (groups[right], "these are birds; return the positions of their rows"),
                        (right.flip(0), "the positions stand in rising order"),
                        (held, "these are the birds; return the positions of their rows"),
                    ],
                    why=f"the rows {name} are those whose bird is {'not ' * (right is want[0])}"
                    "among `held`",
                )


@exercise("04.12b")
def stop(answer: Any) -> None:
    """How many epochs a training runs with patience, and which was the best."""
    nan = math.nan
    for losses, patience in [
        ([0.9, 0.5, 0.6, 0.7, 0.8, 0.4], 2),
        ([0.9, 0.5, 0.6, 0.7, 0.4, 0.8], 2),
        ([0.9, 0.5, 0.6, 0.7, 0.4, 0.8], 3),
        ([0.9, 0.8, 0.7], 1),
        ([0.3, 0.5, 0.4, 0.6], 3),
        ([0.5, 0.5, 0.5, 0.2], 2),
        ([0.7, 0.6, 0.6, 0.5, 0.9, 0.55, 0.1], 3),
        ([0.7, 0.6, 0.6, 0.5, 0.9, 0.55, 0.1], 2),
        ([1.5], 1),
        ([2.0, 3.0, 1.0], 1),
        ([4.0, 9.0, 8.0, 7.0, 6.0, 1.0], 4),
        ([-0.5, -0.25, -0.75, 0.0, 0.0], 2),
        ([0.8, nan, 0.6, 0.7, 0.9], 2),
    ]:
        ran, best = _stop(losses, patience)
        with given(losses=losses, patience=patience):
            parts = expect_parts(
                call(answer, losses, patience), "the epochs that it ran", "the best of them"
            )
            ties = _stop(losses, patience, ties=True)
            earlier, later = _stop(losses, patience - 1), _stop(losses, patience + 1)
            rising = _rising(losses, patience)
            lowest = min((loss, at) for at, loss in enumerate(losses, start=1))[1]
            expect_equal(
                tuple(parts),
                (ran, best),
                usual=[
                    ((ran - 1, best - 1), "count both from 1"),
                    ((ran, best - 1), "count the best epoch from 1"),
                    ((best, ran), "first the number of epochs, then the best of them"),
                    (ties, "a loss that equals the lowest is not below it"),
                    (rising, "wait since the lowest loss so far, not since the last one that fell"),
                    (later, "it ends one epoch too late"),
                    (earlier, "it ends one epoch too early, or the epochs are counted from 0"),
                    ((len(losses), lowest), "it ends before the list, when patience runs out"),
                    (
                        (ran, lowest),
                        "losses after the end were never seen; look at those before it",
                    ),
                    ((ran, ran), "the best epoch is the one with the lowest loss, not the last"),
                ],
                why="it ends `patience` epochs after the lowest loss so far, or with the list",
            )


def _stop(losses: list[float], patience: int, ties: bool = False) -> tuple[int, int]:
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1] or (ties and loss == losses[best - 1]):
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(losses), best


def _rising(losses: list[float], patience: int) -> tuple[int, int]:
    """Return what a counter gives that starts anew wherever the loss fell below the one before."""
    waited, best = 0, 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        waited = 0 if epoch == 1 or loss < losses[epoch - 2] else waited + 1
        if waited >= patience:
            return epoch, best
    return len(losses), best


class _Watched(nn.Module):
    """A network whose output shows its mode, and which remembers how it was called."""

    def __init__(self) -> None:
        super().__init__()
        linear = nn.Linear(2, 1)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor([[2.0, -1.0]]))
            linear.bias.fill_(0.5)
        self.inner = nn.Sequential(linear, nn.BatchNorm1d(1))
        self.calls: list[tuple[bool, bool, bool]] = []

    def forward(self, X: Tensor) -> Tensor:
        self.calls.append((self.training, self.inner[1].training, torch.is_grad_enabled()))
        y_hat: Tensor = self.inner(X).squeeze(1)
        return y_hat


def _squared(y_hat: Tensor, y: Tensor) -> Tensor:
    return (y_hat - y).square().mean()


def _lopsided(y_hat: Tensor, y: Tensor) -> Tensor:
    return (y_hat - 2 * y).abs().mean()


@exercise("04.12c")
def judge_net(answer: Any) -> None:
    """The mean loss over all samples, in eval mode, without a graph, and no trace left."""
    g = torch.Generator().manual_seed(0)
    for sizes, training, loss_fn in [
        ([4, 4, 2], True, _squared),
        ([5, 2], False, _lopsided),
        ([3], True, _lopsided),
        ([2, 6, 2], False, _squared),
    ]:
        net = _Watched().train(training)
        batches = [
            (torch.randn(n, 2, generator=g) * 3, torch.randn(n, generator=g) + 2) for n in sizes
        ]
        twin = _Watched().eval()
        with torch.no_grad():
            losses = torch.stack([loss_fn(twin(X), y) for X, y in batches]).double()
        counts = torch.tensor(sizes).double()
        want = (losses * counts).sum().item() / sum(sizes)
        buffers = [buffer.clone() for buffer in net.buffers()]
        told = f"a batch sizes' list of {sizes}, a net in {'train' if training else 'eval'} mode"
        with given(told):
            got = call(answer, net, batches, loss_fn)
            if not net.calls:
                raise Wrong("the network was not called")
            if any(outer or inner for outer, inner, _ in net.calls):
                raise Wrong("the network was called in train mode; call net.eval() first")
            if any(graph for *_, graph in net.calls):
                raise Wrong("a graph was recorded; call the network within torch.no_grad()")
            pairs = zip(buffers, net.buffers(), strict=True)
            if not all(torch.equal(old, new) for old, new in pairs):
                raise Wrong("the network's buffers have changed")
            if torch.is_grad_enabled() is False:
                raise Wrong("gradients are off afterwards; use `with torch.no_grad():`")
            if isinstance(got, Tensor):
                raise Wrong("return a Python float; .item() takes it out of a tensor")
            expect_equal(
                expect_type(got, float),
                want,
                usual=[
                    (losses.mean().item(), "this is the mean of the means; weigh each by its size"),
                    ((losses * counts).sum().item(), "this is a sum; divide by the samples"),
                    (
                        (losses * counts).sum().item() / len(sizes),
                        "divide by the number of samples, not of batches",
                    ),
                    (losses[-1].item(), "this is the last batch's loss; take all batches"),
                    (losses.sum().item(), "these are means: weigh each by its size, then divide"),
                ],
                why="each batch's loss counts as often as it has samples",
            )
            modes = {part.training for part in net.modules()}
            if modes != {training}:
                mode = "train" if training else "eval"
                raise Wrong(f"the network came in {mode} mode; put that back: net.train(mode)")
