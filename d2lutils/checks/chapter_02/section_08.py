"""Checks of 02/08, the tensor API."""

import random
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_parts, expect_tensor, given


@exercise("02.8a")
def shares(answer: Any) -> None:
    """The elements divided by their sums along one dimension."""
    square = torch.tensor([[2.0, 4.0, 6.0], [1.0, 1.0, 1.0], [5.0, 0.0, 5.0]])
    box = torch.arange(1.0, 25.0).reshape(2, 3, 4)
    cases = [
        ("[[2, 4, 6], [1, 1, 1], [5, 0, 5]]", square, 1),
        ("[[2, 4, 6], [1, 1, 1], [5, 0, 5]]", square, 0),
        ("a tensor of shape (2, 3, 4)", box, 1),
        ("a tensor of shape (2, 3, 4)", box, -1),
        ("[1, 3]", torch.tensor([1.0, 3.0]), 0),
        ("[[1, 4], [3, 4]], integers", torch.tensor([[1, 4], [3, 4]]), 0),
        ("[[-0.1, 0.4], [0.3, -0.9]]", torch.tensor([[-0.1, 0.4], [0.3, -0.9]]), -2),
        ("[-0.2, 0.5], float64", torch.tensor([-0.2, 0.5], dtype=torch.float64), 0),
        ("[[-7.0]]", torch.tensor([[-7.0]]), 1),
        ("[1e-50, 3e-50], float64", torch.tensor([1e-50, 3e-50], dtype=torch.float64), 0),
    ]
    for named, x, dim in cases:
        others = [other for other in range(x.ndim) if other != dim % x.ndim]
        with given(f"x = {named}", dim=dim):
            expect_equal(
                call(answer, x.clone(), dim),
                x / x.sum(dim, keepdim=True),
                usual=[
                    (_divided(x, x.sum(dim)), "the sums stand along another dimension: `keepdim`"),
                    (
                        _divided(x, x.sum(dim).unsqueeze(-1)),
                        "`[:, None]` puts the sums along the last dimension whatever `dim` is",
                    ),
                    (
                        (x / x.sum(dim, keepdim=True)).to(x.dtype),
                        "a tensor of integers cannot hold shares; `/` makes one of floats",
                    ),
                    (
                        x / x.abs().sum(dim, keepdim=True),
                        "the sums are of the elements, not of their absolute values",
                    ),
                    (torch.zeros_like(x), "sums may be tiny, and none is 0: add nothing to them"),
                    (
                        x / x.sum(dim, keepdim=True).float(),
                        "the sums need the dtype of `x`; float32 has less room",
                    ),
                    (x / x.sum(), "this divides by the sum of all elements, not along `dim`"),
                    (x.sum(dim, keepdim=True), "these are the sums; divide `x` by them"),
                    (x.sum(dim), "these are the sums; divide `x` by them"),
                    (
                        x / x.double().mean(dim, keepdim=True).to(torch.get_default_dtype()),
                        "this divides by the mean; divide by the sum",
                    ),
                    *(
                        (x / x.sum(other, keepdim=True), f"these are shares along {other}")
                        for other in others
                    ),
                    *(
                        (_divided(x, x.sum(other)), f"this sums along {other}, not `dim`")
                        for other in others
                    ),
                ],
                why="divide each element by the sum of its own line along `dim`",
            )


def _divided(x: torch.Tensor, sums: torch.Tensor) -> torch.Tensor | None:
    """Return the quotient, or None where the shapes do not broadcast."""
    try:
        return x / sums
    except RuntimeError:
        return None


@exercise("02.8b")
def scores(answer: Any) -> None:
    """The dot products of every query with every key, example by example."""
    half, whole, double = torch.bfloat16, torch.float32, torch.float64
    for b, q, k, d, dtype in [
        (2, 3, 4, 5, whole),
        (1, 2, 2, 3, whole),
        (3, 1, 2, 2, double),
        (2, 2, 2, 2, whole),
        (2, 3, 1, 1, half),
    ]:
        queries = (torch.arange(float(b * q * d)) * 0.3 - 1.75).reshape(b, q, d).to(dtype)
        keys = (2.9 - torch.arange(float(b * k * d)) * 0.7).flip(0).reshape(b, k, d).to(dtype)
        pairs = torch.einsum("aqd,bkd->abqk", queries, keys)
        want = torch.stack([pairs[example, example] for example in range(b)])
        with given(f"Q of shape {(b, q, d)}", f"K of shape {(b, k, d)}, both {dtype}"):
            expect_equal(
                call(answer, queries, keys),
                want,
                usual=[
                    (want.transpose(1, 2), "queries and keys are swapped: each row is one query"),
                    (want.sum(0), "the examples are summed; keep `b` on the right of ->"),
                    (pairs, "each query met the keys of all examples; give both one letter `b`"),
                    (
                        pairs.transpose(1, 2),
                        "each query met the keys of all examples; give both one letter `b`",
                    ),
                    (
                        torch.einsum("bqd,bkd->bqkd", queries, keys),
                        "the products are not summed; leave `d` out on the right of ->",
                    ),
                    (
                        torch.einsum("bqd,bke->bqk", queries, keys),
                        "Q and K need the same letter for d, to walk along it in step",
                    ),
                    (want.float(), "the scores keep the dtype of `Q` and `K`"),
                    (want / d**0.5, "these are divided by the root of d"),
                    (want.softmax(-1), "these are weights after a softmax"),
                ],
                why="element [b, q, k] is the sum over d of Q[b, q, d] * K[b, k, d]",
            )


@exercise("02.8c")
def shuffled(answer: Any) -> None:
    """Rows and labels in one random order that depends on the seed alone."""
    y = torch.arange(-7, 13, dtype=torch.int32)
    X = torch.stack([y, -y], dim=1).double() / 7
    orders = []
    for seed in (0, 1, 2, 1_002, 65_538):
        with given("X of shape (20, 2)", "y of shape (20,)", seed=seed):
            before = _global_states()
            order = _order(call(answer, X.clone(), y.clone(), seed), X, y)
            if _global_states() != before:
                raise Wrong(
                    "a global generator was moved, and draws elsewhere change with it; "
                    "use a `torch.Generator()` of your own"
                )
            torch.rand(3)
            if _order(call(answer, X.clone(), y.clone(), seed), X, y) != order:
                raise Wrong("the same seed gave two orders; draw from a generator seeded with it")
            if _order(call(answer, -X, -y, seed), -X, -y) != order:
                raise Wrong("the order depends on what is in `X` and `y`; only the seed may count")
            if order == sorted(order):
                raise Wrong("the rows are in their old order")
            steps = {(after - before) % len(y) for before, after in pairwise(order)}
            if len(steps) < 5:  # of 19 steps in a random order nearly all differ
                raise Wrong("neighbours stay neighbours: draw an order, and do not roll or turn it")
            orders.append(order)
    if orders[0] == orders[1]:
        raise Wrong("seeds 0 and 1 gave the same order; seed the generator with `seed`")
    if len(set(map(tuple, orders))) < len(orders):
        raise Wrong("two seeds gave the same order; seed the generator with the whole of `seed`")
    with given("X of shape (3, 2)", "y of shape (3,)", "100 seeds"):
        few, labels = X[:3], y[:3]
        seen = {tuple(_order(call(answer, few, labels, s), few, labels)) for s in range(100)}
        if len(seen) < 6:
            raise Wrong(f"only {len(seen)} of the 6 orders of 3 rows came; each must be possible")
    with given("X of shape (1, 2)", "y of shape (1,)"):
        _order(call(answer, X[:1], y[:1], 3), X[:1], y[:1])
    with given("X of whole numbers", "y of fractions"):
        _order(call(answer, X.long(), y / 8, 3), X.long(), y / 8)


def _order(got: object, X: torch.Tensor, y: torch.Tensor) -> list[int]:
    """Return where the labels came from, after judging that rows and labels fit."""
    first, second = expect_parts(got, "X", "y")
    rows, labels = expect_tensor(first), expect_tensor(second)
    if rows.shape == y.shape and labels.shape == X.shape:
        raise Wrong("return X first, then y")
    expect_tensor(rows, X.shape, X.dtype)
    expect_tensor(labels, y.shape, y.dtype)
    place = {label: at for at, label in enumerate(y.tolist())}
    order = [place.get(label, -1) for label in labels.tolist()]
    known = {tuple(row) for row in X.tolist()}
    if sorted(order) != list(range(len(y))) or {tuple(row) for row in rows.tolist()} != known:
        raise Wrong("some rows or labels are missing, others twice; `randperm` draws each once")
    if not torch.equal(rows, X[order]):
        raise Wrong("rows and labels no longer belong together; use one order for both")
    return order


def _global_states() -> tuple[object, ...]:
    """Return the states of the global generators of Python, NumPy and PyTorch."""
    kind, keys, *rest = np.random.get_state(legacy=True)
    state = bytes(torch.get_rng_state().numpy())
    return random.getstate(), kind, bytes(np.asarray(keys)), rest, state
