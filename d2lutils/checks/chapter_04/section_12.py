"""Checks of 04/12, the training loop."""

from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_type, given


class _Calls(list[tuple[bool, bool, bool]]):
    """How a network was called; a deep copy of the network adds to the same list."""

    def __deepcopy__(self, _: Any) -> "_Calls":
        return self


class _Watched(nn.Module):
    """A network whose output shows its mode, and which remembers how it was called."""

    def __init__(self) -> None:
        super().__init__()
        linear = nn.Linear(2, 1)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor([[2.0, -1.0]]))
            linear.bias.fill_(0.5)
        self.inner = nn.Sequential(linear, nn.BatchNorm1d(1))
        self.calls = _Calls()

    def forward(self, X: Tensor) -> Tensor:
        self.calls.append((self.training, self.inner[1].training, torch.is_grad_enabled()))
        y_hat: Tensor = self.inner(X).squeeze(1)
        return y_hat


def _squared(y_hat: Tensor, y: Tensor) -> Tensor:
    return (y_hat - y).square().mean()


def _lopsided(y_hat: Tensor, y: Tensor) -> Tensor:
    return (y_hat - 2 * y).abs().mean()


@exercise("04.12a")
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
        told = f"batches of sizes {sizes}, a net in {'train' if training else 'eval'} mode"
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
            if not torch.is_grad_enabled():
                torch.set_grad_enabled(True)
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


class _Counted(nn.Module):
    """A network that remembers the sizes of the batches that it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(2, 1)
        with torch.no_grad():
            self.linear.weight.copy_(torch.tensor([[2.0, -1.0]]))
            self.linear.bias.fill_(0.5)
        self.sizes: list[int] = []

    def forward(self, X: Tensor) -> Tensor:
        self.sizes.append(len(X))
        y_hat: Tensor = self.linear(X).squeeze(1)
        return y_hat


class _Counting(torch.optim.SGD):
    """Plain descent that counts its steps."""

    steps = 0

    def step(self, closure: Any = None) -> Any:
        """Count and step."""
        self.steps += 1
        return super().step(closure)


@exercise("04.12b")
def gather(answer: Any) -> None:
    """One step with the gradient of the mean over all samples, one part at a time."""
    g = torch.Generator().manual_seed(0)
    for sizes, lr, old, loss_fn in [
        ([4, 1], 0.5, 0.0, _squared),
        ([2, 5, 3], 0.25, 3.0, _lopsided),
        ([3], 0.125, -1.0, _squared),
        ([1, 1, 6, 2], 0.5, 2.0, _squared),
    ]:
        parts = [
            (torch.randn(n, 2, generator=g) * 3, torch.randn(n, generator=g) + 2) for n in sizes
        ]
        start = _flat(_Counted())
        share = [n / sum(sizes) for n in sizes]
        slopes = [_slope(loss_fn, X, y) for X, y in parts]
        mean = sum((s * w for s, w in zip(slopes, share, strict=True)), torch.zeros(3))
        net = _Counted()
        optimizer = _Counting(net.parameters(), lr=lr)
        for p in net.parameters():
            p.grad = torch.full_like(p, old)
        told = f"parts of {sizes} samples, lr={lr} and old gradients of {old}"
        with given(told):
            call(answer, net, parts, loss_fn, optimizer, in_place=True)
            if net.sizes != sizes:
                raise Wrong(f"net was called on {net.sizes} samples; call it once on each part")
            if optimizer.steps != 1:
                raise Wrong(f"the optimizer made {optimizer.steps} steps; make one, at the end")
            several = len(sizes) > 1
            plain = sum(slopes, torch.zeros(3))
            expect_equal(
                _flat(net),
                start - lr * mean,
                usual=[
                    *(
                        [
                            (start - lr * plain, "this adds up means; weigh each by its share"),
                            (start - lr * plain / len(sizes), "weigh each part by its size"),
                            (
                                start - lr * mean * sum(sizes),
                                "this is the gradient of the sum; divide by the samples",
                            ),
                            (
                                start - lr * slopes[-1] * share[-1],
                                "the last part alone counts; clear once, before the first part",
                            ),
                            (start - lr * slopes[-1], "the last part alone counts; clear once"),
                        ]
                        if several
                        else []
                    ),
                    (start - lr * (mean + old), "old gradients count; clear them at the start"),
                    (start - lr * (plain + old), "clear old gradients, and weigh each part"),
                ],
                why="the gradient is that of the mean over all samples of all parts",
            )


def _flat(net: nn.Module) -> Tensor:
    return torch.cat([p.detach().flatten() for p in net.parameters()])


def _slope(loss_fn: Any, X: Tensor, y: Tensor) -> Tensor:
    net = _Counted()
    loss_fn(net(X), y).backward()
    return torch.cat([p.grad.flatten() for p in net.parameters() if p.grad is not None])
