"""Checks of 06/02, residual blocks."""

import copy
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

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
from d2lutils.checks.classes import module_class
from d2lutils.checks.refusals import refusal_of
from d2lutils.checks.showing import kind


class _Counted(nn.Module):
    """A module that counts its calls."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner, self.calls = inner, 0

    def forward(self, X: Tensor) -> Any:
        self.calls += 1
        return self.inner(X)


class _Turned(nn.Module):
    """Return one row, which broadcasting would stretch over the batch."""

    def forward(self, X: Tensor) -> Tensor:
        return X.mean(dim=0, keepdim=True)


@exercise("06.2a")
def skip(answer: Any) -> None:
    """The input plus f of it, by a projection where the sizes differ; other shapes are refused."""
    cls = module_class(answer)
    for n, num_in, num_out in [(4, 3, 3), (5, 3, 2), (1, 2, 5), (0, 4, 4), (3, 4, 1), (2, 1, 1)]:
        f = _Counted(nn.Sequential(nn.Linear(num_in, 6), nn.Tanh(), nn.Linear(6, num_out)))
        with given(f"a batch of shape {(n, num_in)}", num_in=num_in, num_out=num_out):
            module = expect_type(call(cls, f, num_in, num_out), nn.Module)
            weight = _expect_parameters(module, f, num_in, num_out)
            X = torch.randn(n, num_in)
            f.calls = 0
            got = expect_tensor(call(module, X))
            if f.calls != 1:
                raise Wrong(f"`f` is called {f.calls} times; once is enough")
            short = X if weight is None else X @ weight.T
            usual: list[tuple[object, str]] = [
                (f(X), "the input is not added"),
                (short, "what `f` returns is not added"),
                (short * f(X), "add the two; do not multiply them"),
                (short - f(X), "add what `f` returns"),
            ]
            expect_equal(got, short + f(X), usual=usual, why="return the input plus f of it")
            _expect_gradient(module, X, weight)
    faulty: list[tuple[str, nn.Module, int, int]] = [
        ("f returns a column of shape (n, 1)", nn.Linear(3, 1), 3, 3),
        ("f returns a column of shape (n, 1)", nn.Linear(3, 1), 3, 2),
        ("f returns one row", _Turned(), 3, 3),
        ("f returns shape (n, 4)", nn.Linear(3, 4), 3, 3),
        ("f returns shape (n, 1, 3)", nn.Unflatten(1, (1, 3)), 3, 3),
    ]
    for told, module, num_in, num_out in faulty:
        with given(told, num_in=num_in, num_out=num_out):
            _expect_refusal(call(answer, module, num_in, num_out), torch.randn(5, num_in))


def _expect_parameters(module: nn.Module, f: nn.Module, num_in: int, num_out: int) -> Tensor | None:
    """Return the weight of the projection; None where the sizes are equal, as there is none."""
    if f not in list(module.modules()):
        raise Wrong("the block does not hold `f` as a module; assign it in `__init__`")
    theirs = {id(p) for p in f.parameters()}
    added = [p for p in module.parameters() if id(p) not in theirs]
    if num_in == num_out and added:
        raise Wrong("the sizes are equal, and the block has parameters besides those of `f`")
    shapes = [tuple(p.shape) for p in added]
    if num_in != num_out and shapes != [(num_out, num_in)]:
        if shapes == [(num_out, num_in), (num_out,)]:
            raise Wrong("the projection has a bias; leave it out")
        raise Wrong(
            f"besides `f`, the block has parameters of shapes {shapes}; wanted one weight, "
            f"of shape {(num_out, num_in)}"
        )
    return added[0] if added else None


def _expect_gradient(module: nn.Module, X: Tensor, weight: Tensor | None) -> None:
    """Both ways have to hand the gradient back to the input."""
    module.zero_grad()
    leaf = X.clone().requires_grad_()
    hidden = leaf * 1.0  # no leaf, so that only autograd's count tells of a change in place
    result: Any = call(module, hidden)
    result.sum().backward()
    if weight is not None and weight.grad is None:
        raise Wrong("no gradient reaches the projection")
    if leaf.grad is None:
        raise Wrong("no gradient reaches the input")
    again = X.clone().requires_grad_()
    inner: Any = next(part for part in module.modules() if isinstance(part, _Counted))
    short = again if weight is None else again @ weight.T
    (short + inner(again)).sum().backward()
    why = "the gradient of the input is cut off somewhere; both ways should hand it back"
    expect_equal(leaf.grad, again.grad, why=why)


def _expect_refusal(module: Any, X: Tensor) -> None:
    error, result = refusal_of(lambda: module(X), "a ValueError is wanted; your block")
    if error is not None:
        return
    shape = tuple(result.shape) if isinstance(result, Tensor) else kind(result)
    raise Wrong(f"the shapes differ, and no ValueError is raised; returned was {shape}")


def _sum_of(added: nn.Module, X: Tensor, got: Tensor) -> Tensor:
    """Return x + f(x), whichever of its two layers the block holds first."""
    matrices, biases = ([p for p in added.parameters() if p.dim() == d] for d in (2, 1))
    sums = []
    for (w, v), (b, c) in [(matrices, biases), (matrices[::-1], biases[::-1])]:
        sums.append(X + linear(torch.relu(linear(X, w, b)), v, c))
    backwards = torch.allclose(sums[1], got, rtol=1e-4, atol=1e-5)
    return sums[backwards]


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.f = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))

    def forward(self, X: Tensor) -> Any:
        return X + self.f(X)


@exercise("06.2b")
def grow(answer: Any) -> None:
    """One more residual block, which changes no answer at first, and of which all can learn."""
    for blocks, width, outputs, at in [(2, 8, 3, 1), (2, 8, 3, 0), (0, 6, 6, 1), (3, 9, 2, 3)]:
        net = nn.Sequential(*[_Residual(width) for _ in range(blocks)], nn.Linear(width, outputs))
        X = torch.randn(40, width)
        before, modules = copy.deepcopy(net.state_dict()), list(net.modules())
        with given(f"a network of {blocks} blocks and a last layer", at=at, width=width):
            got = expect_type(call(answer, net, at, width), nn.Sequential)
            state = net.state_dict()
            changed = any(not torch.equal(state[key], before[key]) for key in before)
            if list(net.modules()) != modules or changed:
                raise Wrong("`net` has changed; work on a copy")
            if len(got) != len(net) + 1:
                raise Wrong(f"the new network has {len(got)} modules; expected {len(net) + 1}")
            if any(same_storage(p, q) for p in net.parameters() for q in got.parameters()):
                raise Wrong("both networks share parameters; training one would change the other")
            added = got[at]
            rest = [part for i, part in enumerate(got) if i != at]
            for place, (old, new) in enumerate(zip(net, rest, strict=True)):
                if old.state_dict().keys() != new.state_dict().keys():
                    raise Wrong(f"the new block should stand at {at}; it does not")
                if any(
                    not torch.equal(new.state_dict()[k], v) for k, v in old.state_dict().items()
                ):
                    raise Wrong(f"what stood at {place} in `net` has other numbers now")
            shapes = sorted(tuple(p.shape) for p in added.parameters())
            if shapes != sorted([(width, width), (width,)] * 2):
                raise Wrong(f"wanted two layers of width {width}; the new block has {shapes}")
            why = "the new network should answer like `net` at first: f(x) has to be 0"
            expect_equal(call(got, X), net(X), why=why)
            _expect_learning(got, added, X)
            after = expect_tensor(call(added, X))
            why = "after some steps, the block is not x + f(x)"
            expect_equal(after, _sum_of(added, X, after), why=why)


def _expect_learning(net: nn.Module, added: nn.Module, X: Tensor) -> None:
    """Every parameter of the new block has to move within a few steps."""
    before = {name: p.detach().clone() for name, p in added.named_parameters()}
    optimizer = torch.optim.SGD([p for p in net.parameters() if p.requires_grad], lr=0.1)
    for _ in range(4):
        optimizer.zero_grad()
        (net(X) - torch.sin(X.sum(dim=1, keepdim=True))).square().mean().backward()
        optimizer.step()
    for name, p in added.named_parameters():
        if torch.equal(p, before[name]):
            zero = "; where all of f starts at 0, nothing moves" if not before[name].any() else ""
            raise Wrong(f"`{name}` of the new block has not moved in four steps{zero}")
