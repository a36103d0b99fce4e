"""Checks of 07/12, gradient accumulation."""

import copy
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.differences import difference
from d2lutils.checks.expecting import expect_int
from d2lutils.checks.networks import drawn

Part = tuple[Tensor, Tensor]
Passes = list[tuple[int, int]]


@exercise("07.12a")
def weights_of(answer: Any) -> None:
    """Each part's share of the labels that are not padding."""
    for lengths in [
        [[2, 5], [1, 1, 3]],
        [[4]],
        [[1], [7, 2]],
        [[3, 3], [], [0, 2], [0, 0]],
        [[0], [6], [1, 5, 0]],
        [[2, 2], [2, 2], [4]],
    ]:
        labels = [_padded(part) for part in lengths]
        asked = torch.tensor([float(sum(part)) for part in lengths])
        rows = torch.tensor([float(len(part)) for part in lengths])
        places = torch.tensor([float(part.numel()) for part in labels])
        equal = torch.full((len(lengths),), 1 / len(lengths))
        shown = ", ".join(_shown(part) for part in labels)
        with given(f"labels = [{shown}]"):
            found = expect_tensor(call(answer, labels))
            expect_equal(
                found,
                asked / asked.sum(),
                usual=[
                    (equal, "this is the mean of means; weigh each part by its labels"),
                    (asked, "these are counts; divide by the count of all parts"),
                    (asked / len(lengths), "divide by the count of all labels, not of the parts"),
                    (asked / rows.sum(), "divide by the number of labels, not of rows"),
                    (rows / rows.sum(), "these are the rows' shares; rows differ in length"),
                    (places / places.sum(), "padding counts in these shares; leave out −100"),
                    (asked / places.sum(), "padding counts in the divisor; leave out −100"),
                    (asked / places, "divide by the count of all parts, not of one"),
                    (asked / asked.max(), "divide by the count of all parts"),
                    ((asked / asked.sum()).double(), "return float32"),
                ],
                why="count the labels that are not −100, and divide by the count of all parts",
            )


def _padded(lengths: list[int]) -> Tensor:
    """Return labels of rows of these lengths, classes from 0 to 2, and padding behind them."""
    labels = torch.full((len(lengths), max(lengths, default=3) or 2), -100)
    for row, length in zip(labels, lengths, strict=True):
        row[:length] = torch.arange(length) % 3
    return labels


def _shown(labels: Tensor) -> str:
    return f"tensor({labels.tolist()})" if len(labels) else "torch.empty((0, 3), dtype=torch.int64)"


def _batch(lengths: list[int], generator: torch.Generator) -> Part:
    """Return inputs and labels; a length is the number of labels, and one more row is padding."""
    n = sum(lengths) + 1
    X = torch.randn(n, 3, generator=generator, dtype=torch.float64)
    y = torch.randint(4, (n,), generator=generator)
    y[-1] = -100
    return X, y


def _train(
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    parts: list[Part],
    k: int,
    how: str = "count",
    leftover: bool = True,
    clear: bool = True,
    cleared_after: bool = False,
) -> int:
    """Train as the task asks, or with a usual mistake; return the number of steps."""
    groups = [parts[i : i + k] for i in range(0, len(parts), k)]
    if not leftover and groups and len(groups[-1]) < k:
        groups.pop()
    for group in groups:
        counts = [int((y != -100).sum()) for _, y in group]
        if clear:
            optimizer.zero_grad()
        for (X, y), divisor in zip(group, _divisors(how, counts, k), strict=True):
            torch.autograd.backward(F.cross_entropy(net(X), y, reduction="sum") / divisor)
        optimizer.step()
        if cleared_after:
            optimizer.zero_grad()
    return len(groups)


def _divisors(how: str, counts: list[int], k: int) -> list[int]:
    """Return by what the sum of each part is divided: by count, or by a usual mistake."""
    num, ones = len(counts), [max(n, 1) for n in counts]
    return {
        "count": [sum(counts)] * num,
        "means": [n * num for n in ones],
        "means over k": [n * k for n in ones],
        "means added": ones,
        "sums": [1] * num,
        "sums over parts": [num] * num,
        "sums over rows": [sum(counts) + num] * num,
    }[how]


@exercise("07.12b")
def train_on(answer: Any) -> None:
    """A step after each k parts, and one for those left; weights by count of labels."""
    generator = torch.Generator().manual_seed(10)
    weighed = "each label counts the same in a step: divide its sum by the count of all k parts"
    usual: list[tuple[str, dict[str, Any]]] = [
        ("the parts that are left make a step as well", {"leftover": False}),
        ("clear the gradients before the first part", {"clear": False, "cleared_after": True}),
        ("clear the gradients before each step", {"clear": False}),
        (f"this is the mean of means; {weighed}", {"how": "means"}),
        (f"these means were divided by k; {weighed}", {"how": "means over k"}),
        (f"the means of the parts were added; {weighed}", {"how": "means added"}),
        ("the sums were not divided by the count of all labels", {"how": "sums"}),
        ("divide the sums by the count of labels, not of parts", {"how": "sums over parts"}),
        (
            "gradients from before the call count in the first step, parts that are left make "
            "none, and the means are divided by k",
            {"clear": False, "cleared_after": True, "leftover": False, "how": "means over k"},
        ),
        ("padding was counted; leave out −100", {"how": "sums over rows"}),
    ]
    for counts, k in [
        ([4, 1, 2, 7, 3], 2),
        ([3, 5, 0, 2], 2),
        ([2, 6, 1], 5),
        ([1, 3], 1),
        ([4], 1),
        ([], 3),
        ([0, 2, 9, 1, 1, 6, 5], 3),
    ]:
        parts = [_batch([n], generator) for n in counts]
        layers = [nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 4)]
        start = drawn(nn.Sequential(*layers).double(), generator)
        for parameter in start.parameters():
            parameter.grad = torch.full_like(parameter, 0.25)
        right, steps = _run(start, parts, k, _train)
        told = f"parts with {', '.join(map(str, counts)) or 'no'} labels beside padding"
        with given(f"stream: {told}", "an optimiser with momentum", k=k):
            passes = [(0, 0)]
            found, said = _run(start, parts, k, partial(call, answer, in_place=True), passes)
            said = expect_int(said)
            if difference(found, right):
                for why, mistake in usual:
                    if not difference(found, _run(start, parts, k, _train, **mistake)[0]):
                        raise Wrong(f"the parameters are not the right ones at the end; {why}")
                raise Wrong(
                    "these steps are not those of whole groups; compare with one large batch"
                )
            if max(passes)[0] > max(counts, default=0) + 1:
                raise Wrong("several parts went through at once; send each one by itself")
            if max(waiting for _, waiting in passes) > 2:  # two: one without labels may stay
                raise Wrong("several graphs are held at once; go back from a part before the next")
            expect_equal(said, steps, why="return the number of the optimiser's steps")


def _note(net: nn.Module, passes: Passes) -> None:
    """Note of each pass its rows, and how many passes have not gone back by then."""
    waiting: list[Tensor] = []

    def note(_: nn.Module, inputs: Any, output: Tensor) -> None:
        if output.requires_grad:
            waiting.append(output)
            output.register_hook(lambda _: waiting.clear())  # type: ignore[no-untyped-call]
            passes.append((len(output), len(waiting)))

    net.register_forward_hook(note)


def _run(
    start: nn.Module, parts: list[Part], k: int, train: Any, seen: Passes | None = None, **how: Any
) -> tuple[Tensor, Any]:
    """Train a copy of the network; return its parameters at the end, and what was returned."""
    net = copy.deepcopy(start)
    for mine, theirs in zip(net.parameters(), start.parameters(), strict=True):
        mine.grad = None if theirs.grad is None else theirs.grad.clone()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.5)
    stream: Any = parts
    if seen is not None:
        _note(net, seen)
        stream = ((X.clone(), y.clone()) for X, y in parts)
    returned = train(net, optimizer, stream, k, **how)
    return torch.cat([p.detach().flatten() for p in net.parameters()]), returned
