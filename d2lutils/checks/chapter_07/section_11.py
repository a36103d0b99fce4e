"""Checks of 07/11, recomputation."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from d2lutils.checks import Wrong, call, exercise, expect_equal, given
from d2lutils.checks.expecting import expect_int
from d2lutils.checks.networks import drawn
from d2lutils.checks.showing import kind


@exercise("07.11a")
def best_number(answer: Any) -> None:
    """The smallest k for which k starts and the largest segment take the fewest bytes."""
    for n, start, kept in [
        (1, 5, 7),
        (32, 1, 2),
        (32, 256_000, 512_000),
        (18, 1, 2),
        (2, 3, 3),
        (2, 3, 2),
        (6, 1, 1),
        (10, 1, 1),
        (11, 2, 3),
        (13, 1, 4),
        (9, 4, 1),
        (7, 1, 50),
        (8, 50, 1),
        (50, 3, 10),
        (97, 5, 13),
        (19, 1, 10),  # the best is far from the root
        (100, 1, 9),
    ]:
        with given(n=n, start=start, kept=kept):
            found = expect_int(call(answer, n, start, kept))
            ks = range(1, n + 1)
            peaks = {k: k * start + -(-n // k) * kept for k in ks}
            least = min(peaks.values())
            best = [k for k in ks if peaks[k] == least]
            floors = min(ks, key=lambda k: k * start + n // k * kept)
            shares = min(ks, key=lambda k: k * start + n / k * kept)
            divides = min((k for k in ks if n % k == 0), key=lambda k: peaks[k])
            swapped = min(ks, key=lambda k: k * kept + -(-n // k) * start)
            root = round((n * kept / start) ** 0.5)
            rounded = "the largest segment has n / k blocks, rounded up; try all k from 1 to n"
            usual: list[tuple[object, str]] = [
                (least, "this is the least peak; return the k that has it"),
                (best[-1], "several k have the least peak; return the smallest of them"),
                (divides, "k need not divide n: the sizes differ by one block at most"),
                (floors, rounded),
                (shares, rounded),
                (root, rounded),
                (
                    swapped,
                    "each start has `start` bytes and each block `kept`; "
                    "return the number of segments, not of blocks in one",
                ),
                (best[0] - 1, "k begins with 1"),
            ]
            why = "compute k * start + kept * (n / k, rounded up) for each k from 1 to n"
            expect_equal(found, best[0], usual=usual, why=why)


class _Counting(nn.Module):
    """A layer with a buffer of whole numbers, and one that is left out of `state_dict`."""

    calls: Tensor
    last: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("calls", torch.tensor(3))
        self.register_buffer("last", torch.tensor([-1.5, 0.25]), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            self.calls += 1
            self.last += x.mean()
        return x


def _network(*layers: nn.Module) -> nn.Sequential:
    """Return the layers in one network, their parameters drawn and their averages odd."""
    generator = torch.Generator().manual_seed(9)
    net = drawn(nn.Sequential(nn.Linear(3, 4), *layers, nn.Linear(4, 2)), generator)
    with torch.no_grad():
        for buffer in net.buffers():
            buffer.add_(2)
    return net


class _EndedError(Exception):
    """The error by which a check ends a `with`."""


def _within(answer: Any, net: nn.Module, body: Callable[[], object]) -> bool:
    """Run the body within the reader's context manager; return whether its error passed on."""

    def use() -> object:
        manager = answer(net)
        if not hasattr(manager, "__enter__") or not hasattr(manager, "__exit__"):
            raise Wrong(
                f"unmoved(net) returned {kind(manager)}, which no `with` takes; "
                "write @contextmanager above the function"
            )
        try:
            with manager as value:
                if value is ...:  # the stub yields it
                    return value
                body()
        except _EndedError:
            return True
        return False

    return bool(call(use, in_place=True))


@exercise("07.11b")
def unmoved(answer: Any) -> None:
    """Each buffer has its numbers back when the `with` ends, also by an error."""
    if not callable(answer):
        call(answer)
    cases: list[tuple[str, list[nn.Module]]] = [
        ("a network with one nn.BatchNorm1d", [nn.BatchNorm1d(4)]),
        ("a network without buffers", [nn.ReLU()]),
        ("a network with a buffer that state_dict leaves out", [_Counting(), nn.BatchNorm1d(4)]),
    ]
    for told, layers in cases:
        for fails in (False, True):
            with given(f"net: {told}", f"a with that ends with{'' if fails else 'out'} an error"):
                _hold(answer, _network(*layers), fails)
    with given("net: a network with one nn.BatchNorm1d", "a step with checkpoint"):
        _step(answer)


def _hold(answer: Any, net: nn.Module, fails: bool) -> None:
    """Change all buffers within the reader's `with`, and look at them before and after."""
    before = {name: buffer.clone() for name, buffer in net.named_buffers()}

    def changed() -> list[str]:
        return [name for name, b in net.named_buffers() if not torch.equal(b, before[name])]

    def body() -> None:
        if changed():
            raise Wrong("the buffers have changed when the `with` begins; leave them as they are")
        for buffer in net.buffers():
            buffer.mul_(-3).add_(1)
        if fails:
            raise _EndedError

    passed_on = _within(answer, net, body)
    if names := changed():
        raise Wrong(
            f"{names[0]} is not what it was. "
            + (
                "After an error, no line below `yield` runs but those in `finally`"
                if fails
                else "Copy each buffer by clone() before the `yield`, and copy it back after it"
            )
        )
    if fails and not passed_on:
        raise Wrong("the error did not pass on; put the buffers back in `finally`")


def _step(answer: Any) -> None:
    """Compare a step with `context_fn` to a plain one."""
    nets = [_network(nn.BatchNorm1d(4)) for _ in range(2)]
    X = torch.randn(6, 3, generator=torch.Generator().manual_seed(7))
    nets[0](X).square().sum().backward()

    def body() -> None:
        def contexts() -> Any:
            return nullcontext(), answer(nets[1])

        out = checkpoint(nets[1], X, use_reentrant=False, context_fn=contexts)
        out.square().sum().backward()

    call(body, in_place=True)
    for usual, found in zip(nets[0].parameters(), nets[1].parameters(), strict=True):
        if found.grad is None or not torch.equal(usual.grad, found.grad):  # type: ignore[arg-type]
            raise Wrong("the gradients are not those of a plain step; change nothing but buffers")
    for (name, usual_buffer), found_buffer in zip(
        nets[0].named_buffers(), nets[1].buffers(), strict=True
    ):
        if not torch.equal(usual_buffer, found_buffer):
            raise Wrong(
                f"{name} is not that of a plain step. `checkpoint` calls unmoved(net) before the "
                "first run; copy the buffers when the `with` begins, not when unmoved is called"
            )
