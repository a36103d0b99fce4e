"""Checks of 08/23, self-attention and what it may see."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.expecting import expect_type
from d2lutils.checks.showing import kind
from d2lutils.checks.watching import Operations


def _normal(*shape: int, generator: torch.Generator) -> Tensor:
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@exercise("08.23a")
def masked_attention(answer: Any) -> None:
    """Scaled dot-product attention where each query may look at some keys, or at none."""
    g = torch.Generator().manual_seed(0)
    for lead, L, S, d, e, name in [
        ((2,), 3, 3, 4, 2, "a triangle"),
        ((), 3, 4, 2, 3, "a row without a key"),
        ((2, 3), 2, 5, 3, 3, "random"),
        ((), 1, 1, 1, 1, "a row without a key"),
        ((3,), 4, 4, 4, 4, "all true"),
    ]:
        Q = _normal(*lead, L, d, generator=g)
        K = _normal(*lead, S, d, generator=g)
        V = _normal(*lead, S, e, generator=g)
        allowed = {
            "a triangle": torch.ones(L, S, dtype=torch.bool).tril(),
            "a row without a key": torch.ones(L, S, dtype=torch.bool).tril(-1),
            "random": torch.rand(L, S, generator=g) > 0.4,
            "all true": torch.ones(L, S, dtype=torch.bool),
        }[name]
        told = f"Q of shape {tuple(Q.shape)}, K of {tuple(K.shape)}, V of {tuple(V.shape)}"
        with given(f"{told}, allowed: {name}"):
            watched = Operations()
            got = expect_tensor(call(answer, Q, K, V, allowed, inside=watched))
            if any("attention" in called for called in watched.names):
                raise Wrong("this calls the library's attention; write it by hand")
            if got.isnan().any():
                if allowed.any(dim=-1).all():
                    raise Wrong("there is nan: 0 times inf is nan; `masked_fill` replaces")
                raise Wrong("a query that may look at no key gets nan; write zeros there")
            expect_equal(
                got,
                _masked(Q, K, V, allowed),
                usual=_usual(Q, K, V, allowed),
                why="mask the scores, take the softmax over the keys, then weigh V",
            )


def _masked(Q: Tensor, K: Tensor, V: Tensor, allowed: Tensor, size: float | None = None) -> Tensor:
    scores = Q @ K.mT / (Q.shape[-1] ** 0.5 if size is None else size)
    weights = scores.masked_fill(~allowed, -torch.inf).softmax(dim=-1)
    return weights.masked_fill(~allowed, 0.0) @ V


def _usual(Q: Tensor, K: Tensor, V: Tensor, allowed: Tensor) -> list[tuple[object, str]]:
    scores = Q @ K.mT / Q.shape[-1] ** 0.5
    weights = scores.softmax(dim=-1)
    large = scores.masked_fill(~allowed, -1e9).softmax(dim=-1) @ V
    zero = scores.masked_fill(~allowed, 0.0).softmax(dim=-1) @ V
    over_queries = scores.masked_fill(~allowed, -torch.inf).softmax(dim=-2).nan_to_num(0.0) @ V
    found: list[tuple[object, str]] = [
        (_masked(Q, K, V, ~allowed), "true means *may look*: the mask is turned round"),
        (_masked(Q, K, V, allowed, 1.0), "divide the scores by the root of d"),
        (_masked(Q, K, V, allowed, float(Q.shape[-1])), "divide by the root of d, not by d"),
        (
            _masked(Q, K, V, allowed, Q.shape[-1] ** -0.5),
            "divide by the root of d, do not multiply",
        ),
        (over_queries, "take the softmax over the keys: the last axis"),
        (zero, "a score of 0 still has a weight; use minus infinity"),
        (large, "a query that may look at no key gets zeros, not a mean of all values"),
    ]
    if allowed.shape[0] == allowed.shape[1]:
        found.append((_masked(Q, K, V, allowed.T), "a row of the mask belongs to a query"))
    if not allowed.all():
        found.append((weights @ V, "the mask is not used"))
        found.append((weights.masked_fill(~allowed, 0.0) @ V, "mask before the softmax"))
    return found


def _causal(mask: Tensor, *, late: bool = False) -> Callable[[Tensor], Tensor]:
    """A layer of self-attention on the numbers as they are, under a mask."""

    def layer(X: Tensor) -> Tensor:
        scores = X @ X.mT
        if late:
            return (scores.softmax(dim=-1) * mask) @ X
        return scores.masked_fill(~mask, -torch.inf).softmax(dim=-1) @ X

    return layer


def _layers(L: int) -> dict[str, tuple[Callable[[Tensor], Tensor], list[int]]]:
    square = torch.ones(L, L, dtype=torch.bool)
    one = square.tril()
    if L > 3:
        one[1, 3] = True  # one step looks two steps ahead, and no other looks ahead
    return {
        "a causal attention": (_causal(square.tril()), []),
        "attention without a mask": (_causal(square), list(range(L - 1))),
        "a triangle one step too wide": (_causal(square.tril(1)), list(range(L - 1))),
        "a mask after the softmax": (_causal(square.tril(), late=True), list(range(L - 1))),
        "a mask with one hole": (_causal(one), [1] if L > 3 else []),
        "steps on their own": (lambda X: X * 2, []),
        "the last step given to the first": (_first_sees_last, [0] if L > 1 else []),
        "sums from the end of one column": (_sum_from_the_end, list(range(L - 1))),
    }


def _first_sees_last(X: Tensor) -> Tensor:
    return torch.cat([X[:1] + X[-1:], X[1:]])


def _sum_from_the_end(X: Tensor) -> Tensor:
    return torch.cat([X[:, :1].flip(0).cumsum(dim=0).flip(0), X[:, 1:]], dim=1)


@exercise("08.23b")
def leaky_steps(answer: Any) -> None:
    """The steps whose output depends on later ones, of layers with and without a leak."""
    g = torch.Generator().manual_seed(0)
    for L, d in [(5, 3), (1, 2), (4, 1)]:
        for name, (layer, want) in _layers(L).items():
            X = _normal(L, d, generator=g)
            with given(f"{name}, X of shape {(L, d)}"), torch.random.fork_rng(devices=[]):
                torch.manual_seed(0)
                got = call(answer, layer, X)
                steps = [_step(step) for step in expect_type(got, list)]
                _judge(steps, want, L)


def _step(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong(f"the list should hold whole numbers, the steps; it holds {kind(value)}")
    return value


def _judge(steps: list[int], want: list[int], L: int) -> None:
    if steps == want:
        return
    if sorted(set(steps)) == want:
        raise Wrong(f"each step once, in rising order: {want}; got {steps}")
    missed = [step for step in want if step not in steps]
    more = [step for step in steps if step not in want]
    if more == [L - 1]:
        raise Wrong(f"no step comes after the last, {L - 1}, so it cannot leak")
    if more:
        raise Wrong(f"step {more[0]} does not depend on any later step; got {steps}")
    if missed:
        raise Wrong(f"step {missed[0]} depends on a later step and is missing; got {steps}")
