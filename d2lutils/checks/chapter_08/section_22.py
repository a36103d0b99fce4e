"""Checks of 08/22, looking up by similarity."""

from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.watching import Operations


def _normal(*shape: int, generator: torch.Generator) -> Tensor:
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@exercise("08.22a")
def attention(answer: Any) -> None:
    """Scaled dot-product attention of any number of leading axes, at ordinary and large scores."""
    g = torch.Generator().manual_seed(0)
    for lead, L, S, d, e, size in [
        ((), 2, 3, 4, 5, 1.0),
        ((2,), 5, 3, 2, 4, 1.0),
        ((2, 3), 3, 3, 3, 3, 1.0),
        ((), 1, 1, 1, 1, 1.0),
        ((), 3, 4, 9, 2, -24.0),
        ((0,), 2, 2, 2, 2, 1.0),
    ]:
        Q = _normal(*lead, L, d, generator=g) * size
        K = _normal(*lead, d, S, generator=g).mT * abs(size)  # not contiguous
        V = _normal(*lead, S, e, generator=g)
        raw = Q @ K.mT
        scores = raw / d**0.5
        told = f"Q of shape {tuple(Q.shape)}, K of {tuple(K.shape)}, V of {tuple(V.shape)}"
        with given(told + (f", scores up to {scores.abs().max():.0f}" if size != 1 else "")):
            watched = Operations()
            got = expect_tensor(call(answer, Q, K, V, inside=watched))
            if any("attention" in name for name in watched.names):
                raise Wrong("this calls the library's attention; write it by hand")
            if not got.isfinite().all():
                raise Wrong("there is nan or inf: exp overflows; `softmax` bears large scores")
            usual: list[tuple[object, str]] = [
                (raw.softmax(dim=-1) @ V, "divide the scores by the root of d, before the softmax"),
                ((raw / d).softmax(dim=-1) @ V, "divide by the root of d, not by d"),
                ((raw * d**0.5).softmax(dim=-1) @ V, "divide by the root of d, do not multiply"),
                *(
                    ((raw / other**0.5).softmax(dim=-1) @ V, "d is the length of a query")
                    for other in (L, S, e)
                ),
                (scores.softmax(dim=-2) @ V, "take the softmax over the keys: the last axis"),
                (scores @ V, "make weights of the scores: a softmax is missing"),
                (raw.softmax(dim=-1) / d**0.5 @ V, "divide the scores, not the weights"),
                (scores.softmax(dim=-1), "these are the weights; multiply them with V"),
            ]
            want = scores.softmax(dim=-1) @ V
            expect_equal(got, want, usual=usual, why="softmax(Q Kᵀ / √d) V")


def _judged(K: Tensor, V: Tensor, scale: float, fill: float = -torch.inf) -> Tensor:
    itself = torch.eye(len(K), dtype=torch.bool)
    weights = (scale * (K @ K.T)).masked_fill(itself, fill).softmax(dim=1)
    return (weights @ V - V).square().mean()


@exercise("08.22b")
def error_without_self(answer: Any) -> None:
    """The mean squared error of a memory whose entries ask all others."""
    g = torch.Generator().manual_seed(1)
    for n, d, e, scale in [(4, 3, 2, 1.0), (2, 2, 1, 3.0), (6, 4, 5, 0.5), (5, 2, 3, 0.0)]:
        keys = _normal(n, d, generator=g)
        values = _normal(n, e, generator=g) + 1
        if n > 4:
            keys[1], values[1] = keys[0], values[0]  # equal entries may find each other
        scores = scale * (keys @ keys.T)
        itself = torch.eye(n, dtype=torch.bool)
        late = scores.softmax(dim=1).masked_fill(itself, 0.0)
        want = _judged(keys, values, scale)
        apart = scores.masked_fill(itself, -torch.inf).softmax(dim=1) @ values - values
        same = (keys[:, None] == keys).all(dim=2)
        twins = scores.masked_fill(same, -torch.inf).softmax(dim=1) @ values - values
        with given(f"{n} keys of {d} numbers, scale = {scale}"):
            got = expect_tensor(call(answer, keys, values, scale))
            if got.isnan().any():
                raise Wrong("there is nan: 0 times inf is nan; fill the diagonal last")
            expect_equal(
                got,
                want,
                usual=[
                    (_itself(scores, values), "a query finds itself here: mask the diagonal"),
                    ((late @ values - values).square().mean(), "mask before the softmax"),
                    (_judged(keys, values, scale, fill=0.0), "a score of 0 still has a weight"),
                    (_judged(keys, values, 1.0), "multiply the scores by `scale`"),
                    (_judged(keys, values, scale / d**0.5), "multiply by `scale` alone"),
                    (apart.square().sum(dim=1).mean(), "take the mean over all numbers"),
                    (apart.square().mean(dim=1), "return one mean for all entries"),
                    (apart.square().sum(), "take the mean, not the sum"),
                    (apart.abs().mean(), "square the differences"),
                    (
                        torch.zeros_like(want),
                        "each key finds itself alone: the mask is turned round",
                    ),
                    (twins.square().mean(), "an equal entry is another one: it may be found"),
                ],
                why="each key asks all others, and its answer is compared with its own value",
            )


def _itself(scores: Tensor, values: Tensor) -> Tensor:
    return (scores.softmax(dim=1) @ values - values).square().mean()
