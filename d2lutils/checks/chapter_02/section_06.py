"""Checks of 02/06, the tensor API."""

import random
from typing import Any

import numpy as np
import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, expect_type, given


@exercise("02.6a")
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


@exercise("02.6b")
def scores(answer: Any) -> None:
    """The dot products of every query with every key, example by example."""
    for b, q, k, d in [(2, 3, 4, 5), (1, 2, 2, 3), (3, 1, 2, 2), (2, 2, 2, 2)]:
        queries = torch.arange(float(b * q * d)).reshape(b, q, d)
        keys = torch.arange(float(b * k * d)).flip(0).reshape(b, k, d)
        pairs = torch.einsum("aqd,bkd->abqk", queries, keys)
        want = torch.stack([pairs[example, example] for example in range(b)])
        with given(f"Q of shape {(b, q, d)}", f"K of shape {(b, k, d)}"):
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
                    (want / d**0.5, "these are divided by the root of d"),
                    (want.softmax(-1), "these are weights after a softmax"),
                ],
                why="element [b, q, k] is the sum over d of Q[b, q, d] * K[b, k, d]",
            )


@exercise("02.6c")
def shuffled(answer: Any) -> None:
    """Rows and labels in one random order that depends on the seed alone."""
    y = torch.arange(100, 120)
    X = torch.stack([y, -y], dim=1)
    orders = []
    for seed in (0, 1):
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
            orders.append(order)
    if orders[0] == sorted(orders[0]):
        raise Wrong("the rows are in their old order")
    if orders[0] == orders[1]:
        raise Wrong("seeds 0 and 1 gave the same order; seed the generator with `seed`")


def _order(got: object, X: torch.Tensor, y: torch.Tensor) -> list[int]:
    """Return where the labels came from, after judging that rows and labels fit."""
    parts = expect_type(got, tuple)
    if len(parts) != 2:
        raise Wrong(f"return two tensors, X and y; these are {len(parts)}")
    rows, labels = expect_tensor(parts[0]), expect_tensor(parts[1])
    if rows.shape == y.shape and labels.shape == X.shape:
        raise Wrong("return X first, then y")
    expect_tensor(rows, X.shape, X.dtype)
    expect_tensor(labels, y.shape, y.dtype)
    if not torch.equal(labels.sort().values, y) or not torch.equal(rows[:, 0].sort().values, y):
        raise Wrong("some rows or labels are missing, others twice; `randperm` draws each once")
    if not torch.equal(rows, torch.stack([labels, -labels], dim=1)):
        raise Wrong("rows and labels no longer belong together; use one order for both")
    order: list[int] = (labels - y[0]).tolist()
    return order


def _global_states() -> tuple[object, ...]:
    """Return the states of the global generators of Python, NumPy and PyTorch."""
    kind, keys, *rest = np.random.get_state(legacy=True)
    state = bytes(torch.get_rng_state().numpy())
    return random.getstate(), kind, bytes(np.asarray(keys)), rest, state
