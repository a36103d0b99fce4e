"""Checks of 04/13, static graphs."""

from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_type, given
from d2lutils.checks.watching import Operations


@dataclass(eq=False)
class Node:
    """What the section's engine knows of a node, as far as its graph is concerned."""

    kind: str
    label: str
    inputs: tuple["Node", ...] = ()
    operator: Any = None
    value: Any = None

    def __repr__(self) -> str:
        return self.label


def _assign(name: str, new: Node) -> Node:
    label = f"assign {name}"
    return Node("assignment", label, (new,), SimpleNamespace(label=label))


def _plans() -> list[tuple[str, Node, list[str]]]:
    """Return plans: what they are, their last node, the labels of their assignments."""
    w, b = Node("variable", "w"), Node("variable", "b")
    loss = Node("operator", "add", (w, b))
    shared = Node("operator", "mul", (loss, loss))
    to_w, to_b = _assign("w", shared), _assign("b", shared)
    nested = _assign("b", Node("operator", "sub", (to_w, loss)))
    chain = w
    for _ in range(12):
        chain = Node("operator", "add", (chain, chain))
    named = Node("operator", "assign w", (w, b))
    return [
        ("output = loss", loss, []),
        ("output = w, a variable", w, []),
        ("output = assign(w, …)", to_w, ["assign w"]),
        (
            "output = group(assign(w, …), assign(b, …))",
            Node("operator", "group", (to_w, to_b)),
            ["assign b", "assign w"],
        ),
        ("output = assign(b, assign(w, …) - loss)", nested, ["assign b", "assign w"]),
        (
            "output = group(assign(w, …), assign(w, …)), two assignments to w",
            Node("operator", "group", (to_w, _assign("w", loss))),
            ["assign w"],
        ),
        (
            "output = add(mul(assign(b, …), assign(b, …)), loss)",
            Node("operator", "add", (Node("operator", "mul", (to_b, to_b)), loss)),
            ["assign b"],
        ),
        (
            "output = group(group(assign(c, …)), loss, assign(a, …), assign(b, …))",
            Node(
                "operator",
                "group",
                (
                    Node("operator", "group", (_assign("c", chain),)),
                    loss,
                    _assign("a", Node("constant", "0", value=0)),
                    to_b,
                ),
            ),
            ["assign a", "assign b", "assign c"],
        ),
        ("output = an operator that is labelled 'assign w'", named, []),
    ]


@exercise("04.13a")
def finds_assignments(answer: Any) -> None:
    """The labels of all assignments that a plan holds."""
    for source, output, want in _plans():
        near = sorted({node.label for node in (output, *output.inputs) if _writes(node)})
        below = sorted({node.label for node in _all(output) - {output} if _writes(node)})
        by_label = sorted({node.label for node in _all(output) if "assign" in node.label})
        held = sorted({node.label for node in _all(output) if node.kind == "variable"})
        ends = [label.removeprefix("assign ") for label in want]
        with given(source):
            got = expect_type(call(answer, output), list)
            if not all(isinstance(part, str) for part in got):
                raise Wrong("these are nodes or else; return their labels, which are strings")
            hints = [
                (below, "the output itself may be an assignment"),
                (near, "an assignment may lie further back: look at all steps"),
                (by_label, "a label may say anything; the `kind` tells an assignment"),
                (held, "these are variables that are read; an assignment writes one"),
                (ends, "return the label of the assignment, not of the variable"),
            ]
            if got != want and sorted(got) == want:
                raise Wrong("sort the labels")
            if got != want and sorted({*got}) == want:
                raise Wrong("each label once")
            expect_equal(got, want, usual=hints, why="look through `steps(output)`")


def _writes(node: Node) -> bool:
    return node.kind == "assignment"


def _all(output: Node) -> set[Node]:
    found: set[Node] = set()
    todo = [output]
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo += node.inputs
    return found


@exercise("04.13c")
def plans_momentum(answer: Any) -> None:
    """The losses of a two-layer network under gradient descent with momentum."""
    for rows, columns, hidden, classes, lr, beta, num_epochs in [
        (6, 3, 4, 3, 0.3, 0.9, 5),
        (5, 2, 3, 2, 0.125, 0.5, 4),
        (1, 4, 2, 5, 1.5, 0.25, 3),
        (7, 1, 1, 2, 0.75, 0.0, 3),
        (4, 3, 2, 3, 0.2, 0.8, 1),
        (4, 2, 5, 4, 0.6, 0.7, 0),
    ]:
        draw = torch.Generator().manual_seed(rows)
        X = torch.rand(rows, columns, generator=draw, dtype=torch.float64)
        y = torch.randint(classes, (rows,), generator=draw)
        shapes = [(columns, hidden), (hidden,), (hidden, classes), (classes,)]
        first = [torch.rand(shape, generator=draw, dtype=torch.float64) - 0.25 for shape in shapes]
        settings: dict[str, Any] = {"lr": lr, "beta": beta, "num_epochs": num_epochs}
        with given(
            f"{rows} pictures of {columns} numbers, {hidden} hidden, {classes} classes",
            **settings,
        ):
            with Operations() as asked:
                got = expect_type(call(answer, X, y, first, lr, beta, num_epochs), list)
            if {"backward", "grad"} & {*asked.names}:
                raise Wrong("let the plan find the slopes: `gradients` of our engine, no autograd")
            if any(isinstance(part, Tensor) for part in got):
                raise Wrong("return floats: `.item()` makes one of a tensor")
            if len(got) == num_epochs + 1:
                raise Wrong("this is one loss more than there are epochs")
            stuck = [*_losses(X, y, first, 0.0, 0.0, min(num_epochs, 1))] * num_epochs
            longer = _losses(X, y, first, lr, beta, num_epochs + 1)
            like = partial(_losses, X, y, first, **settings)
            usual = [
                (stuck, "the loss is the same in each epoch: ask for the assignments too"),
                (longer[1:], "take the loss before the step, not after it"),
                (like(beta=0.0), "this is descent without momentum: keep the velocity"),
                (like(late=True), "the weight takes the new velocity, not the old one"),
                (like(dampening=beta), "the slope is not multiplied by 1 - beta"),
                (like(nesterov=True), "Nesterov's momentum; the weight takes the velocity alone"),
                (like(lr=-lr), "the weights walk uphill: subtract the velocity"),
                (like(biased=False), "the biases are left as they were: they learn too"),
            ]
            hint = "each epoch: v = beta * v + slope, then w = w - lr * v, from the old weights"
            expect_equal(got, longer[:-1], usual=usual, why=hint)


def _losses(
    X: Tensor,
    y: Tensor,
    first: list[Tensor],
    lr: float,
    beta: float,
    num_epochs: int,
    *,
    dampening: float = 0.0,
    late: bool = False,
    nesterov: bool = False,
    biased: bool = True,
) -> list[float]:
    weights = [value.clone().requires_grad_() for value in first]
    speeds = [torch.zeros_like(value) for value in first]
    found = []
    for _ in range(num_epochs):
        W1, b1, W2, b2 = weights
        loss = F.cross_entropy(torch.relu(X @ W1 + b1) @ W2 + b2, y)
        found.append(loss.item())
        slopes = torch.autograd.grad(loss, weights)
        with torch.no_grad():
            for weight, speed, slope in zip(weights, speeds, slopes, strict=True):
                old = speed.clone()
                speed.mul_(beta).add_(slope * (1 - dampening))
                step = old if late else slope + beta * speed if nesterov else speed
                weight -= lr * step * (biased or weight.dim() > 1)
    return found
