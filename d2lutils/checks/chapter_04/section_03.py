"""Checks of 04/03, gradients in depth."""

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


@exercise("04.3a")
def weighted_rows(answer: Any) -> None:
    """The rows of a Jacobian, weighted and added, by one walk back."""
    for source, f, numbers, amounts in WEIGHED:
        x = torch.tensor(numbers, dtype=F64)
        weights = torch.tensor(amounts, dtype=F64)
        calls: list[Tensor] = []
        walks: list[bool] = []

        def watched(
            x: Tensor,
            f: Function = f,
            calls: list[Tensor] = calls,
            walks: list[bool] = walks,
        ) -> Tensor:
            calls.append(x)
            outputs = f(x)
            if outputs.requires_grad:
                outputs.register_hook(  # type: ignore[no-untyped-call]
                    lambda slopes: walks.append(_is_one_walk(slopes))
                )
            return outputs

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
            if len(walks) > 1 or False in walks:
                raise Wrong("this walks back once for each output; one walk with the weights does")


TABLES: list[tuple[str, Function, list[float]]] = [
    ("torch.stack([x[0] * x[1], x[1] ** 3, x[0] - 2 * x[1]])", _mixed, [2.0, -1.5]),
    ("torch.outer(x, x)[0]", lambda x: torch.outer(x, x)[0], [1.0, 4.0, -2.0]),
    ("x[:-1] * x[1:]", _pairs, [3.0, -1.0, 0.5]),
    ("torch.exp(x)", torch.exp, [0.5]),
]


@exercise("04.3b")
def rows_of_a_graph(answer: Any) -> None:
    """A Jacobian from outputs that are there, by walks that keep their graph."""
    for source, f, numbers in TABLES:
        x = torch.tensor(numbers, dtype=F64, requires_grad=True)
        x.grad = torch.full_like(x, 7.0)
        outputs = f(x)
        want = torch.func.jacrev(f)(x.detach())
        usual = [(want.sum(dim=0), "this is one row; the table has a row for each output")]
        if want.shape[0] > 1:
            usual.append((want.T.clone(), "rows and columns are exchanged; a row is one output's"))
        with given(f"outputs = {source}", x=x.detach()):
            got = expect_tensor(call(answer, outputs, x))
            if x.grad is None or not bool((x.grad == 7.0).all()):
                raise Wrong("x.grad has changed; torch.autograd.grad leaves it as it was")
            try:
                torch.autograd.grad(outputs, x, torch.ones_like(outputs))
            except RuntimeError as error:
                raise Wrong("the last walk freed the graph; let each walk keep it") from error
            expect_equal(got.detach(), want, usual=usual, why="a row an output, a column an input")


def _expect_untouched(x: Tensor) -> None:
    if x.requires_grad or x.grad is not None:
        raise Wrong("x itself requires a gradient now; ask that of a copy, x.clone()")


def _is_one_walk(slopes: Tensor) -> bool:
    """Return False within `vmap`, which walks back for all rows of a Jacobian together."""
    try:
        slopes.sum().item()
    except RuntimeError:
        return False
    return True
