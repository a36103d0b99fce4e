"""Checks of 05/09, overfitting."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_parts,
    expect_tensor,
    expect_type,
    given,
)


@exercise("05.9a")
def suspects(answer: Any) -> None:
    """Positions of the samples with the highest cross-entropy, the highest first."""
    g = torch.Generator().manual_seed(0)
    for n, classes, k, scale in [
        (9, 3, 4, 1.0),
        (6, 10, 6, 2.0),
        (12, 4, 6, 300.0),
        (5, 2, 0, 1.0),
        (1, 3, 1, 1.0),
        (40, 5, 10, 3.0),
    ]:
        scores = scale * torch.randn(n, classes, generator=g) + 2 * torch.randn(n, 1, generator=g)
        y = torch.randint(classes, (n,), generator=g)
        each = F.cross_entropy(scores, y, reduction="none")
        want = each.argsort(descending=True)[:k]
        own = scores[torch.arange(n), y]
        naive = -scores.softmax(dim=1)[torch.arange(n), y].log()
        positive = scores.exp()
        broken = -(positive[torch.arange(n), y] / positive.sum(dim=1)).log()
        rounded = "a probability has become 0 by rounding; compute the loss from the scores"
        overflow = "`exp` of a score has become infinite; `F.cross_entropy` avoids that"
        with given(f"scores about {scale:g} in size", scores=scores, y=y, k=k):
            got = expect_tensor(call(answer, scores, y, k))
            if got.dtype == torch.bool:
                raise Wrong("this is a mask; return the positions at which it is true")
            if got.is_floating_point() and got.shape == want.shape:
                raise Wrong("these are no positions; return where the highest losses stand")
            expect_equal(
                got,
                want,
                usual=[
                    (want.flip(0), "the sample with the highest loss stands first"),
                    (want.sort().values, "sort by loss, the highest first, not by position"),
                    (each.argsort()[:k], "these have the lowest losses"),
                    (
                        own.argsort()[:k],
                        "this looks at the own score alone; the loss sees the others as well",
                    ),
                    *((order, rounded) for order in _orders(naive, k)),
                    *((order, overflow) for order in _orders(broken, k)),
                    (
                        scores.softmax(dim=1).amax(dim=1).argsort()[:k],
                        "these are the samples with the least confidence; look at the label's",
                    ),
                    (
                        _losses_of_probabilities(scores, y).argsort(descending=True)[:k],
                        "`cross_entropy` takes scores; this is softmax twice",
                    ),
                ],
                why="take the cross-entropy of each sample and sort, the highest first",
            )


def _orders(losses: Tensor, k: int) -> list[Tensor]:
    """Return the first k positions by losses among which some are equal, or nan."""
    falling = losses.argsort(descending=True, stable=True)[:k]
    return [falling, losses.topk(k).indices, (-losses).argsort()[:k], (-losses).exp().argsort()[:k]]


@exercise("05.9b")
def folds(answer: Any) -> None:
    """Pairs of rows to learn from and rows held out, each row held out once."""
    for n, k in [(6, 3), (7, 3), (2, 2), (5, 5), (11, 4), (8, 2)]:
        parts = torch.arange(n).tensor_split(k)
        with given(n=n, k=k):
            got = list(expect_type(call(answer, n, k), list))
            if len(got) != k:
                raise Wrong(f"return {k} pairs, one for each part held out; these are {len(got)}")
            pairs = [
                expect_parts(pair, "the rows to learn from", "the rows held out") for pair in got
            ]
            for pair in pairs:
                for rows in pair:
                    if expect_tensor(rows).dtype == torch.bool:
                        raise Wrong("these are masks; return the positions at which they are true")
            for i, pair in enumerate(pairs):
                with given(f"pair {i} of {k}"):
                    _judge_pair(i, pair, parts)


def _judge_pair(i: int, pair: tuple[Any, ...], parts: tuple[Tensor, ...]) -> None:
    n, k = sum(map(len, parts)), len(parts)
    held = parts[i]
    others = torch.cat([part for j, part in enumerate(parts) if j != i])
    usual: list[tuple[object, str]] = [
        (others, "first come the rows to learn from, then those held out"),
        (torch.arange(n)[i::k], "cut the rows in order; these are every k-th row"),
        (held.flip(0), "the rows stand in rising order"),
    ]
    for size in (n // k, -(-n // k)):
        cut = torch.arange(n)[i * size : (i + 1) * size]
        usual.append((cut, "the sizes differ by one at most, and the first are longer"))
    why = f"part {i} holds out the rows {held.tolist()}"
    with given("the rows held out"):
        expect_equal(pair[1], held, usual=usual, why=why)
    expect_equal(
        pair[0],
        others,
        usual=[
            (torch.arange(n), "the rows held out are also learned from: that is a leak"),
            (torch.arange(int(held[0])), "the rows after the held-out part are missing"),
            (torch.arange(int(held[-1]) + 1, n), "the rows before the held-out part are missing"),
            (held, "learn from all rows but the held-out ones"),
            (others.flip(0), "the rows stand in rising order"),
            (others.sort().values.roll(-int(held[0])), "the rows stand in rising order"),
        ],
        why="learn from all rows that are not held out, in rising order",
    )


def _losses_of_probabilities(scores: Tensor, y: Tensor) -> Tensor:
    return F.cross_entropy(scores.softmax(dim=1), y, reduction="none")
