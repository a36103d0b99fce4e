"""Checks of 07/05, graph breaks."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, given
from d2lutils.checks.expecting import expect_int, expect_tensor
from d2lutils.checks.graphs import counted


def _whole(x: Tensor) -> Tensor:
    return torch.relu(x) * 2


def _asks(x: Tensor) -> Tensor:
    if x.sum() > 0:
        x = x * 2
    return x - 1


def _asks_twice(x: Tensor) -> Tensor:
    x = _asks(x).square()
    return x + 1 if x.max() > 1 else x - 3


def _one_after_the_other(x: Tensor) -> Tensor:
    return _asks(_asks(x))


def _asks_at_the_end(x: Tensor) -> Tensor:
    x = x * 3
    if x.isnan().any():
        raise ValueError("not a number")
    return x


def _asks_in_a_loop(x: Tensor) -> Tensor:
    for _ in range(3):
        x = x * 0.5
        if x.isnan().any():
            raise ValueError("not a number")
    return x


# Each with the graphs that are made and that run in a first call.
FUNCTIONS: list[tuple[str, Callable[[Tensor], Tensor], int, int]] = [
    ("a function that calls another one twice, which is cut once", _one_after_the_other, 2, 4),
    ("a function without a cut", _whole, 1, 1),
    ("a function with a cut before its end", _asks_at_the_end, 1, 1),
    ("a function with a cut in a loop", _asks_in_a_loop, 0, 0),
    ("a function with several cuts", _asks_twice, 4, 4),
]


@exercise("07.5a")
def pieces(answer: Any) -> None:
    """How many graphs run in one call."""
    X = torch.arange(6.0).reshape(2, 3) / 4
    for told, f, made, ran in FUNCTIONS:
        with given(f"f: {told}"):
            usual: list[tuple[object, str]] = [
                (made, "this is how many were made; count each run of a graph"),
                (made + ran, "count the runs only, not what was made"),
                (2 * ran, "call the compiled function once"),
                (made - 1, "count the graphs, not the cuts"),
                (0, "no run was counted; is the compiled function called?"),
            ]
            expect_equal(_counted(answer, f, X), ran, usual=usual, why="count what ran in a call")
    torch.compiler.reset()
    for _ in range(8):  # the default limit of compilations; each backend is another object
        torch.compile(_whole, backend=lambda graph_module, example_inputs: graph_module.forward)(X)
    with given("f: a function that was compiled eight times before"):
        expect_equal(_counted(answer, _whole, X), 1, why="forget what was compiled: reset first")


def _counted(answer: Any, f: Callable[..., Any], X: Tensor) -> int:
    return expect_int(call(answer, f, X))


@exercise("07.5b")
def one_graph(answer: Any) -> None:
    """A gradient longer than `limit` is scaled to it, without a question to Python."""
    generator = torch.Generator().manual_seed(5)
    for shape, limit in [((5,), 2.5), ((3, 4), 0.5), ((1,), 3.0)]:
        drawn = torch.randn(shape, generator=generator)
        unit = drawn / drawn.norm()
        lengths = [3 * limit, limit / 4, 1.1 * limit, 0.9 * limit]
        gradients = [unit * length for length in lengths] + [torch.zeros(shape)]
        if len(shape) > 1:
            gradients = [g.T for g in gradients]  # not contiguous
        told = f"{len(gradients)} gradients of shape {tuple(gradients[0].shape)}"
        for g in gradients:
            with given(g=g, limit=limit):
                _right(answer, g, limit)
        with given(f"limit = {limit}", told):
            _in_one_graph(answer, gradients, limit)


def _right(answer: Any, g: Tensor, limit: float) -> None:
    """Compare a result to that of the function that asks."""
    found = expect_tensor(call(answer, g, limit), g.shape)
    norm = g.norm()
    factor = limit / norm
    want = g * factor if norm > limit else g
    stays = "a gradient that is not longer than `limit` stays as it is, all zeros too"
    usual: list[tuple[object, str]] = [
        (g, "its length is above `limit`: scale it by limit / norm"),
        (g * factor, stays),
        (g.clamp(-limit, limit), "`limit` is for the length; scale all numbers by one factor"),
        (g / norm, "scale it to the length `limit`, not to 1"),
        (g * factor.clamp(max=1), stays),
    ]
    expect_equal(found, want, usual=usual, why="multiply all numbers by limit / norm, 1 at most")


def _in_one_graph(answer: Any, gradients: list[Tensor], limit: float) -> None:
    """Raise Wrong unless one graph was made, and ran in each call."""
    from torch._dynamo.exc import TorchDynamoException  # takes seconds to import

    calls = [(g, limit) for g in gradients]
    try:
        counted(answer, *calls, fullgraph=True)
    except TorchDynamoException as error:
        first = "".join(str(error).strip().splitlines()[:1])
        raise Wrong(
            f"fullgraph=True raised {type(error).__name__}: {first}. "
            "An `if` on a tensor, `print`, `float` and the like cut the graph; "
            "torch.where, clamp and the like stay in it"
        ) from error
    made, ran, _ = counted(answer, *calls)
    if made != 1 or ran != len(calls):
        raise Wrong(
            f"{made} graphs were made and {ran} ran in {len(calls)} calls, where one should be "
            "made, and run in each. Keep the length in a tensor: `.item()` takes it out"
        )
