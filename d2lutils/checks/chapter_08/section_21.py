"""Checks of 08/21, trees."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given

SIGNS: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
}


@exercise("08.21a")
def deep_value(answer: Any) -> None:
    """The value modulo 5 of a tree of any height, without a function that calls itself."""
    limit = sys.getrecursionlimit()
    low = min(limit, 1000)  # some tools raise it for all
    sys.setrecursionlimit(low)
    try:
        with patch.object(sys, "setrecursionlimit", wraps=sys.setrecursionlimit) as moved:
            _try_small_and_high(answer)
        if moved.called or sys.getrecursionlimit() != low:
            raise Wrong("this raises Python's limit; leave it, and let no function call itself")
    finally:
        sys.setrecursionlimit(limit)


def _try_small_and_high(answer: Any) -> None:
    product = ("*", 2, ("+", 3, 4))
    small: list[Any] = [
        ("-", 1, 3),
        ("-", ("-", 0, 4), 3),
        ("-", 4, ("-", 2, 4)),
        ("*", ("+", 4, 3), ("-", 1, 3)),
        ("-", product, ("*", product, ("-", 0, 1))),
        ("+", ("*", 3, 4), ("+", 4, product)),
        ("*", ("-", ("+", 1, 1), ("*", 2, 2)), ("-", 3, ("*", 4, 2))),
        ("*", 3, 4),
        0,
        3,
    ]
    for tree in small:
        with given(tree=tree):
            expect_equal(call(answer, tree), _value(tree), usual=_usual(tree))
    for where, on_left in [
        ("on the left", [True]),
        ("on the right", [False]),
        ("left and right", [True, False]),
    ]:
        tree = want = 2
        for i in range(1500):
            sign, digit = "+-*"[i % 7 % 3], 1 + i % 4
            high_left = on_left[i % len(on_left)]
            tree = (sign, tree, digit) if high_left else (sign, digit, tree)
            want = SIGNS[sign](*((want, digit) if high_left else (digit, want))) % 5
        with given(f"a tree of 1,500 signs, the higher side {where}"):
            try:
                got = call(partial(answer, tree))
            except Wrong as wrong:
                if "RecursionError" in str(wrong):
                    raise Wrong(
                        "a RecursionError; keep what waits in a list, so that no function calls "
                        "itself"
                    ) from wrong
                raise
            expect_equal(got, want, why="small trees come out right; this one is higher")


def _value(tree: Any, modulo: Callable[[int], int] = lambda x: x % 5, swap: bool = False) -> int:
    if isinstance(tree, int):
        return tree
    a, b = (_value(side, modulo, swap) for side in tree[1:])
    return modulo(SIGNS[tree[0]](b, a) if swap else SIGNS[tree[0]](a, b))


def _usual(tree: Any) -> Sequence[tuple[object, str]]:
    def truncated(x: int) -> int:
        return abs(x) % 5 if x >= 0 else -(abs(x) % 5)

    return [
        (_value(tree, lambda x: x), "this is the value itself; return it modulo 5"),
        (_value(tree, swap=True), "the sides have changed places: 1 - 3 is not 3 - 1"),
        (_value(tree, truncated), "modulo 5, -2 is 3: use Python's %"),
        (float(_value(tree)), "return an int"),
        (torch.tensor(_value(tree)), "return an int, not a tensor"),
        (tree, "this is the tree itself"),
    ]


@exercise("08.21b")
def tree_vector(answer: Any) -> None:
    """The vector of a tree whose nodes have any number of children."""
    generator = torch.Generator().manual_seed(0)
    deep: Any = 1
    for _ in range(20):
        deep = [deep]
    for tree, h, dtype in [
        ([0, [1, [2, 3, 4]], [], [4]], 3, torch.float64),
        ([3, 1], 2, torch.float32),
        ([2, 2, 2], 3, torch.float64),
        ([[1], [4, 0]], 4, torch.float32),
        ([0], 1, torch.float64),
        (2, 3, torch.float32),
        ([], 2, torch.float64),
        ([[], [[]]], 3, torch.float32),
        (deep, 2, torch.float64),
    ]:
        E, W, b = (
            torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype) * 0.7
            for shape in [(5, h), (h, h), (h,)]
        )
        with given(tree=tree, E=E, W=W, b=b):
            got = expect_tensor(call(answer, tree, E, W, b))
            want = _vector(tree, E, W, b)
            expect_equal(got, want, usual=_usual_vectors(tree, E, W, b))
    E, W, b = (torch.randn(shape, generator=generator) for shape in [(5, 3), (3, 3), (3,)])
    tree = [0, [1, 3], [3]]
    for name, slopes in _slopes(_vector, tree, E, W, b).items():
        with given(tree=tree, E=E, W=W, b=b):
            mine = _slopes(lambda *inputs: expect_tensor(call(answer, *inputs)), tree, E, W, b)
            if mine[name] is None:
                raise Wrong(f"no gradient reaches {name}; compute with the tensors as they are")
            expect_equal(mine[name], slopes, why=f"this is the gradient of {name}")


def _slopes(function: Any, tree: Any, *tensors: Tensor) -> dict[str, Tensor | None]:
    leaves = [tensor.clone().requires_grad_() for tensor in tensors]
    result = function(tree, *leaves)
    if not result.requires_grad:
        return dict.fromkeys("EWb")
    found = torch.autograd.grad(result.sum(), leaves, allow_unused=True)
    return dict(zip("EWb", found, strict=True))


def _vector(tree: Any, E: Tensor, W: Tensor, b: Tensor, kind: str = "") -> Tensor:
    if isinstance(tree, int):
        return torch.tanh(W @ E[tree] + b) if kind == "leaf" else E[tree]
    if kind == "empty" and not tree:
        return torch.zeros_like(b)
    chosen = tree[:2] if kind == "two" else tree
    chosen = [child for child in chosen if kind != "flat" or isinstance(child, int)]
    s = torch.zeros_like(b)
    for child in chosen:
        s = s + _vector(child, E, W, b, kind)
    if kind == "mean" and chosen:
        s = s / len(chosen)
    made = (W.T if kind == "turned" else W) @ s + (0 if kind == "bias" else b)
    return made if kind == "linear" else torch.tanh(made)


def _usual_vectors(tree: Any, E: Tensor, W: Tensor, b: Tensor) -> Sequence[tuple[object, str]]:
    want = _vector(tree, E, W, b)
    kinds = {
        "mean": "this takes the mean of the items' vectors; take their sum",
        "linear": "the tanh is missing",
        "turned": "W stands the wrong way: W @ s",
        "bias": "b is missing",
        "leaf": "the vector of an int is E[i], without tanh and W",
        "empty": "a list without items has s = 0, so its vector is tanh(b)",
        "two": "this takes two items; a list may have more",
        "flat": "lists inside the list are left out; they have vectors, too",
    }
    usual: list[tuple[object, str]] = [
        (_vector(tree, E, W, b, kind), told) for kind, told in kinds.items()
    ]
    usual += [
        (want[None], "return the shape (h,)"),
        (want.float() if want.dtype == torch.float64 else want.double(), "keep E's dtype"),
    ]
    return usual
