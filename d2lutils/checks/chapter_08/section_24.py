"""Checks of 08/24, several heads."""

from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.watching import Operations, loops

_LOOP = "this has a loop; with an axis for the heads, one product serves them all"


def _normal(*shape: int, generator: torch.Generator) -> Tensor:
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def _cut(T: Tensor, h: int) -> Tensor:
    N, L, d = T.shape
    return T.view(N, L, h, d // h).transpose(1, 2)


def _wrong_cut(T: Tensor, h: int) -> Tensor:
    N, L, d = T.shape
    return T.reshape(N, h, L, d // h)


def _in_turns(T: Tensor, h: int) -> Tensor:
    N, L, d = T.shape
    return T.view(N, L, d // h, h).permute(0, 3, 1, 2)


def _join(found: Tensor) -> Tensor:
    return found.transpose(1, 2).flatten(2)


def _attend(Q: Tensor, K: Tensor, V: Tensor, size: float | None = None, axis: int = -1) -> Tensor:
    scores = Q @ K.mT / (Q.shape[-1] ** 0.5 if size is None else size)
    return scores.softmax(dim=axis) @ V


@exercise("08.24a")
def several_heads(answer: Any) -> None:
    """Attention of h heads, cut and joined along the right axes."""
    g = torch.Generator().manual_seed(0)
    for N, L, S, d, e, h in [
        (2, 3, 4, 6, 4, 2),
        (1, 1, 1, 1, 1, 1),
        (3, 4, 4, 4, 4, 4),
        (2, 5, 3, 4, 8, 1),
        (2, 4, 6, 8, 12, 4),
        (1, 2, 3, 4, 2, 2),
    ]:
        # Not contiguous, as a view of another tensor may be.
        Q = _normal(L, N, d, generator=g).transpose(0, 1)
        K = _normal(N, d, S, generator=g).mT
        V = _normal(N, S, e, generator=g)
        shapes = f"Q of shape {(N, L, d)}, K of {(N, S, d)}, V of {(N, S, e)}, h = {h}"
        with given(shapes):
            watched = Operations()
            got = expect_tensor(call(answer, Q, K, V, h, inside=watched))
            if any("attention" in name for name in watched.names):
                raise Wrong("this calls the library's attention; write it by hand")
            if sum("softmax" in name for name in watched.names) > 1:
                raise Wrong(_LOOP)
            expect_equal(
                got,
                _join(_attend(_cut(Q, h), _cut(K, h), _cut(V, h))),
                usual=_usual(Q, K, V, h),
                why="cut Q, K and V into heads, attend in each, and join the answers",
            )
    if loops(answer):
        raise Wrong(_LOOP)


def _usual(Q: Tensor, K: Tensor, V: Tensor, h: int) -> list[tuple[object, str]]:
    heads = _cut(Q, h), _cut(K, h), _cut(V, h)
    found = _attend(*heads)
    mixed = _attend(_wrong_cut(Q, h), _wrong_cut(K, h), _wrong_cut(V, h))
    turns = _attend(_in_turns(Q, h), _in_turns(K, h), _in_turns(V, h))
    steps_mixed = "a reshape cuts across the steps: first h rows in each step, then transpose"
    in_turns = "head 0 works with the *first* d/h numbers; here the heads take them in turns"
    size = heads[0].shape[-1] ** 0.5
    return [
        (_attend(Q, K, V), "this is one head; cut the numbers of each step into h parts"),
        (_join(mixed), steps_mixed),
        (mixed.reshape(*Q.shape[:2], -1), steps_mixed),
        (
            found.reshape(*Q.shape[:2], V.shape[2]),
            "the heads are joined across the steps: transpose before you flatten",
        ),
        (found, "join the heads: return the shape (N, L, e)"),
        (found.transpose(1, 2), "join the heads: return the shape (N, L, e)"),
        (found.mean(dim=1), "lay the heads end to end; this is their mean"),
        (_join(_attend(*heads, size=Q.shape[2] ** 0.5)), "divide by the root of d/h, not of d"),
        (_join(_attend(*heads, size=1.0)), "divide the scores by the root of d/h"),
        (_join(_attend(*heads, size=size**2)), "divide by the root of d/h, not by d/h"),
        (_join(_attend(*heads, axis=-2)), "take the softmax over the keys: the last axis"),
        (_join(_attend(*heads, axis=1)), "take the softmax over the keys, not over the heads"),
        (_join(turns), in_turns),
        (turns.permute(0, 2, 3, 1).flatten(2), in_turns),
    ]


@exercise("08.24b")
def contributions(answer: Any) -> None:
    """The terms, one for each head, whose sum is the layer's output."""
    g = torch.Generator().manual_seed(0)
    for N, h, L, e, k in [(2, 2, 3, 4, 5), (1, 1, 1, 1, 1), (2, 3, 3, 2, 6), (3, 4, 2, 1, 4)]:
        found = _normal(N, L, h, e, generator=g).transpose(1, 2)
        weight = _normal(k, h * e, generator=g)
        with given(f"found of shape {(N, h, L, e)}, weight of {(k, h * e)}"):
            got = expect_tensor(call(answer, found, weight))
            output = _join(found) @ weight.T
            want = found @ weight.view(k, h, e).transpose(0, 1).mT
            turns = found @ weight.view(k, e, h).permute(2, 1, 0)
            usual = [
                (output, "this is the whole output; keep the heads apart"),
                (
                    (output / h)[:, None].expand(N, h, L, k),
                    "the heads do not contribute equally; each meets its own columns",
                ),
                (want.transpose(1, 2), "return (N, h, L, k): the heads before the steps"),
                (turns, "head i meets e columns side by side, from i * e on, not each h-th"),
            ]
            if k == h * e:
                rows = found @ weight.view(h, e, k)
                usual.append((rows, "a head meets columns of weight; these are its rows"))
            expect_equal(
                got, want, usual=usual, why="head i meets the columns from i * e to (i + 1) * e"
            )
