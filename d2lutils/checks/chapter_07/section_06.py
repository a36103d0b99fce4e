"""Checks of 07/06, recompilations."""

from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, expect_type, given
from d2lutils.checks.classes import module_class
from d2lutils.checks.graphs import counted

# The first graph, the symbol's, those of 0 and of 1, in each order; sizes that come again.
SIZES: list[list[int]] = [
    [8, 9, 10, 11, 1, 8],
    [9, 5, 2, 7],
    [8],
    [],
    [5, 5, 5],
    [1, 8, 9, 1],
    [0, 7, 3, 0],
    [1, 0, 2, 0, 1, 3],
    [8, 1, 9, 10, 8],
    [6, 0, 1, 2, 4],
    [2, 3, 1, 0, 2, 5, 1],
    [1, 1, 0, 1],
    [64, 64, 3, 64, 3],
    [9, 5, 2, 1, 0, 0],
]


SHORT = [torch.uint8, torch.int8]


def _graphs(sizes: list[int], own: tuple[int, ...], *, early: bool = False) -> list[int]:
    """Predict the graphs; `own` are the sizes that no symbol serves, `early` has it at once."""
    fixed: set[int] = set()
    symbol, made = False, []
    for size in sizes:
        fits = size in fixed or (symbol and size not in own)
        made.append(int(not fits))
        if not fits and size not in own and (fixed or early):
            symbol = True
        elif not fits:
            fixed.add(size)
    return made


def _late(sizes: list[int]) -> list[int]:
    """Predict as if 0 and 1 did not count as another size: two others are awaited."""
    large = [size for size in sizes if size > 1]
    made = iter(_graphs(large, ()))
    return [next(made) if size > 1 else int(size not in sizes[:i]) for i, size in enumerate(sizes)]


def _upward(sizes: list[int]) -> list[int]:
    """Predict as if the symbol stood for no size below the one that it was made for."""
    fixed: set[int] = set()
    least, made = 0, []
    for size in sizes:
        fits = size in fixed or 0 < least <= size
        made.append(int(not fits))
        if not fits and size > 1 and fixed and not least:
            least = size
        elif not fits:
            fixed.add(size)
    return made


@exercise("07.6a")
def predict(answer: Any) -> None:
    """The first size has its own graph, the second one a symbol; 0 and 1 have their own."""
    for sizes in SIZES:
        want = _graphs(sizes, (0, 1))
        seen = [int(size not in sizes[:i]) for i, size in enumerate(sizes)]
        changed = [int(i == 0 or size != sizes[i - 1]) for i, size in enumerate(sizes)]
        usual: list[tuple[object, str]] = [
            (_late(sizes), "after a 0 or a 1, the next size is another one: it gets the symbol"),
            (seen, "not each new size needs a graph: the one with a symbol serves 2, 3 and so on"),
            (_upward(sizes), "the symbol serves smaller sizes too, from 2 up"),
            (changed, "a graph that was made earlier is found again"),
            (_graphs(sizes, ()), "a symbol does not stand for 0 or 1; they get their own graphs"),
            (_graphs(sizes, (0, 1), early=True), "the graph of the first call has no symbol yet"),
            ([1 - count for count in want], "a 1 stands for a call that makes a graph"),
            (sum(want), "return a list with an entry for each call, not the sum"),
        ]
        with given(sizes=sizes):
            got = expect_type(call(answer, list(sizes)), object)
            why = "a call makes a graph if its size has none, and no symbol serves it"
            expect_equal(got, want, usual=usual, why=why)


@exercise("07.6b")
def warmup(answer: Any) -> None:
    """The factor is min(1, t / steps), and t is counted in a buffer that is saved."""
    cls = module_class(answer)
    X = torch.tensor([[2.0, -3.0, 0.5], [4.0, 1.5, -8.0]])
    for steps in [4, 1, 3, 10, 300]:  # 300 is more than an int8 or uint8 holds
        with given(steps=steps):
            net = expect_type(call(cls, steps), nn.Module)
            for t in range(1, steps + 3):
                with given(f"call {t}"):
                    _right(net, t * X, t, steps)
            _saved(cls, net, X, steps)
    with given("steps = 4, twelve calls of the compiled network"):
        _one_graph(call(cls, 4), X, 4)


def _right(net: nn.Module, X: Tensor, t: int, steps: int) -> None:
    """Call the network for the t-th time, and compare the result."""
    _compare(call(net, X), X, t, steps)


def _compare(result: Any, X: Tensor, t: int, steps: int) -> None:
    """Compare the result of call number t."""
    got = expect_tensor(result, X.shape)
    short = "the counter wraps around, because its dtype holds no such number: use an int64"
    usual: list[tuple[object, str]] = [
        (X * min(1, 1 / steps), "the number of the call has to grow"),
        (X * min(1, (t - 1) / steps), "add 1 before you divide: the first call is number 1"),
        (X * min(1, (t + 1) / steps), "the first call is number 1"),
        (X * (t / steps), "the factor is 1 at most"),
        (X, "in the first calls the factor is below 1: it is the smaller one of 1 and t / steps"),
        *((X * min(1, torch.tensor(t).to(dtype).item() / steps), short) for dtype in SHORT),
    ]
    why = "multiply the batch by min(1, t / steps)"
    expect_equal(got, X * min(1, t / steps), usual=usual, why=why)


def _saved(cls: Any, net: nn.Module, X: Tensor, steps: int) -> None:
    """Raise Wrong unless a loaded network counts on, and a new one starts anew."""
    first: Any = cls(steps)
    _right(first, X, 1, steps)
    if any(parameter.requires_grad for parameter in first.parameters()):
        raise Wrong("the counter is a parameter, which is there to be learned: use a buffer")
    if not first.state_dict():
        raise Wrong(
            "`state_dict()` is empty, so a loaded network would start anew; "
            "register_buffer has the counter saved and moved"
        )
    second: Any = cls(steps)
    try:
        second.load_state_dict(first.state_dict())
    except RuntimeError as error:
        raise Wrong(f"`load_state_dict` raised: {error}") from error
    with given("call 2, made on a network that was loaded after call 1"):
        _right(second, X, 2, steps)
    with given("call 2, made on the first network, after the second one was called"):
        _right(first, X, 2, steps)


def _one_graph(net: nn.Module, X: Tensor, steps: int) -> None:
    """Raise Wrong unless one graph is made in twelve calls, and is right in each."""
    made, ran, results = counted(net, *[(X,)] * 12)
    if made == 1 and ran == 12:
        for t, result in enumerate(results, start=1):
            with given(f"compiled call {t}"):
                _compare(result, X, t, steps)
        return
    told = f"{made} graphs were made and {ran} ran, where one should be made, and run in each call"
    hint = "keep the number of the call in a tensor from the first call to the last"
    if made > 1 and ran < 12:
        hint = "an int in a network is a guard with one value: count in a buffer"
    elif ran != 12:
        hint = (
            "an `if` on a tensor, `item()`, `min` of Python, a tensor as an index and the like "
            "cut the graph: use clamp"
        )
    raise Wrong(f"{told}. {hint[:1].upper()}{hint[1:]}")
