"""Checks of 04/04, gradients in depth."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given

F64 = torch.float64
Function = Callable[[Tensor], Tensor]


def _mixed(x: Tensor) -> Tensor:
    return torch.stack([x[0] * x[1], x[1] ** 3, x[0] - 2 * x[1]])


def _pairs(x: Tensor) -> Tensor:
    return x[:-1] * x[1:]


WEIGHED: list[tuple[str, Function, list[float], list[float]]] = [
    ("torch.outer(x, x)[0]", lambda x: torch.outer(x, x)[0], [1.0, 4.0, -2.0], [-1.0, 0.5, 3.0]),
    (
        "torch.stack([x[0] * x[1], x[1] ** 3, x[0] - 2 * x[1]])",
        _mixed,
        [2.0, -1.5],
        [0.5, -1.0, 3.0],
    ),
    ("torch.exp(x)", torch.exp, [0.5, -1.0, 0.0], [1.0, -2.0, 0.25]),
    ("x[:-1] * x[1:]", _pairs, [3.0, -1.0, 0.5], [2.0, -0.5]),
    ("x.sum(dim=0, keepdim=True) ** 2", lambda x: x.sum(0, keepdim=True) ** 2, [1.5], [-3.0]),
]


@exercise("04.4a")
def weighted_rows(answer: Any) -> None:
    """The rows of a Jacobian, weighted and added, by one walk back."""
    for source, f, numbers, amounts in WEIGHED:
        x = torch.tensor(numbers, dtype=F64)
        weights = torch.tensor(amounts, dtype=F64)
        calls: list[Tensor] = []

        def watched(x: Tensor, f: Function = f, calls: list[Tensor] = calls) -> Tensor:
            calls.append(x)
            return f(x)

        table = torch.func.jacrev(f)(x)
        want = weights @ table
        usual = [(table.sum(dim=0), "these are the rows without weights; hand the weights over")]
        if table.shape[0] == table.shape[1]:
            usual += [(table @ weights, "these are the columns, weighted; the rows are asked for")]
        with given(f"f(x) = {source}", x=x, weights=weights):
            got = expect_tensor(call(answer, watched, x, weights))
            if not calls:
                raise Wrong("f was not called: walk back from its result")
            if len(calls) > 1:
                raise Wrong(f"f was called {len(calls)} times: one walk gives all")
            _expect_untouched(x)
            if got.shape == table.shape != want.shape:
                raise Wrong("this has the Jacobian's shape; the answer has that of x")
            expect_equal(got, want, usual=usual, why="weights @ Jacobian has an element for each x")


CURVES: list[tuple[str, Function, Function, Function]] = [
    (
        "torch.sin(2 * x)",
        lambda x: (2 * x).sin(),
        lambda x: 2 * (2 * x).cos(),
        lambda x: -4 * (2 * x).sin(),
    ),
    ("x**4 - x", lambda x: x**4 - x, lambda x: 4 * x**3 - 1, lambda x: 12 * x**2),
    ("torch.exp(-x)", lambda x: (-x).exp(), lambda x: -(-x).exp(), lambda x: (-x).exp()),
]
PLACES = [[0.5, -1.0, 2.0], [1.5], [[0.25, 3.0], [-2.0, 0.0]]]


@exercise("04.4b")
def second_derivative(answer: Any) -> None:
    """The second derivative of a function at each element of a tensor."""
    for source, f, slope, bend in CURVES:
        for numbers in PLACES:
            x = torch.tensor(numbers, dtype=F64)
            with given(f"f(x) = {source}", x=x):
                got = expect_tensor(call(answer, f, x))
                _expect_untouched(x)
                usual = [
                    (slope(x), "this is the first derivative; take the derivative of that"),
                    (slope(x) ** 2, "this is the slope squared, not the slope of the slope"),
                ]
                if got.requires_grad:
                    raise Wrong("the result has a graph behind it; leave it without one")
                expect_equal(got, bend(x), usual=usual, why="it has one number for each of x")


def _expect_untouched(x: Tensor) -> None:
    if x.requires_grad or x.grad is not None:
        raise Wrong("your function marked x itself; make a copy of it and mark that")
