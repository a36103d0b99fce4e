"""Checks of 08/26, ways to draw the next letter."""

import math
from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import call, exercise, expect_equal, expect_tensor, given


@exercise("08.26a")
def tempered(answer: Any) -> None:
    """Softmax of the scores divided by T; at T = 0 the largest ones share the chance."""
    g = torch.Generator().manual_seed(26)
    some = torch.randn(3, 5, generator=g, dtype=torch.float64) * 3
    single = torch.randn(2, 1, generator=g, dtype=torch.float64)
    tied = torch.tensor([[2.0, -1.0, 2.0, 0.5], [-3.0, -4.0, -3.5, -5.0]])
    banned = torch.tensor([[0.5, -math.inf, 1.5], [-math.inf, -2.0, -math.inf]])
    huge = torch.tensor([[10000.0, 9999.5, -10000.0], [-9000.0, -9000.0, -9001.0]])
    close = torch.tensor([[0.0, 2e-9, 1e-9, -1.0]], dtype=torch.float64)
    for scores, T in [
        (some, 0.5),
        (some, 1),
        (some, 4.0),
        (some[1:2].float(), 0.25),
        (some, 1e6),
        (single, 2.0),
        (tied, 0),
        (tied, 0.0),
        (some[:1], 0),
        (-tied, 1e-3),
        (banned, 0.5),
        (banned, 0),
        (huge, 1.0),
        (huge, 0.5),
        (huge, 1e-36),
        (huge, 0),
        (close, 0),
        (close, 1e-9),
        (close * 1e-27, 1e-36),
        (close + 1, 1e-9),
        (some.T, 0.75),
        (some[:0], 2.0),
    ]:
        with given(scores=scores, T=T):
            got = expect_tensor(call(answer, scores, T))
            want = _cooled(scores, T)
            by_row = (scores / T).softmax(dim=0) if T else _cooled(scores.T, T).T
            largest = scores.argmax(dim=1, keepdim=True)
            first = torch.zeros_like(scores).scatter(1, largest, 1)
            usual: list[tuple[object, str]] = [
                (_cooled(scores, 1), "these are the chances at T = 1; divide the scores by T"),
                (first, "the largest scores share the chance equally"),
                ((scores == scores.amax(dim=1, keepdim=True)).to(want), "the shares sum to 1"),
                (want.log(), "these are logarithms; return chances"),
                (by_row, "each row has its own chances: softmax along dim=1"),
            ]
            if T:
                usual += [
                    ((scores * T).softmax(dim=1), "divide the scores by T, do not multiply"),
                    (scores / T, "these are scores; softmax makes chances of them"),
                    (scores.softmax(dim=1) / T, "divide the scores, not the chances"),
                    ((scores.softmax(dim=1) / T).softmax(dim=1), "one softmax, after the division"),
                ]
            why = "softmax of scores / T in each row"
            if got.isnan().any():
                usual, why = [], "move the largest score of each row to 0 before you divide by T"
                if T == 0:
                    why = "0 / 0 is nan; T = 0 needs a way of its own, in each row"
            expect_equal(got, want, usual=usual, why=why)


def _cooled(scores: Tensor, T: float) -> Tensor:
    """Return the chances at a temperature; at 0, equal shares for the largest scores."""
    below = scores - scores.amax(dim=1, keepdim=True)
    if T == 0:
        best = (below == 0).to(scores.dtype)
        return best / best.sum(dim=1, keepdim=True)
    return (below / T).softmax(dim=1)


@exercise("08.26b")
def nucleus(answer: Any) -> None:
    """The likeliest ids whose chances together reach p, divided by their sum."""
    a = torch.tensor([[0.125, 0.5, 0.0625, 0.25, 0.0625], [0.0625, 0.0625, 0.0, 0.75, 0.125]])
    equal = torch.full((2, 8), 0.125)
    many = torch.full((1, 64), 1 / 64)
    tiny = torch.tensor([[1e-9, 0.25, 0.75, 2e-9], [1.0, 0.0, 1e-12, 1e-30]])
    g = torch.Generator().manual_seed(27)
    some = (torch.randn(4, 6, generator=g, dtype=torch.float64) * 2).softmax(dim=1)
    tall = (torch.randn(2, 3, generator=g, dtype=torch.float64)).softmax(dim=1)
    for chances, p in [
        (a, 0.75),
        (a, 0.8),
        (a, 0.5),
        (a, 0.3),
        (a, 0),
        (a, 0.0),
        (a, 1),
        (a, 0.99),
        (equal, 0.25),
        (equal, 0.3),
        (equal, 0.0),
        (many, 0.5),
        (tiny, 1.0),
        (tiny, 0.9),
        (some, 0.9),
        (some, 0.6),
        (tall, 0.7),
        (some[:, :1] / some[:, :1], 0.4),
        (some[:0], 0.5),
        (a[:1].T.expand(5, 2).T.double(), 0.6),
    ]:
        with given(chances=chances, p=p):
            got = expect_tensor(call(answer, chances, p))
            want = _kept(chances, p)
            again = chances.masked_fill(want == 0, -math.inf).softmax(dim=1)
            usual: list[tuple[object, str]] = [
                (_kept(chances, p, scaled=False), "divide the kept ones by their sum"),
                (_kept(chances, p, most=True), "keep the id that makes the sum reach p as well"),
                (_kept(chances, p, equal_too=True), "the sum has reached p before: stop there"),
                (_kept(chances, p, in_place=False), "put each chance back at the place of its id"),
                (_kept(chances, p, lower_first=False), "of equal chances, the lower id is first"),
                (_kept(chances, p, in_order=True), "sort first: keep the likeliest ids"),
                (again, "they are chances already"),
                (chances, "nothing is cut; keep ids until their chances together reach p"),
            ]
            why = "keep an id while the sum of the likelier ones, without its own, is below p"
            if got.isnan().any():
                usual, why = [], "no id is kept in a row; the likeliest stays in any case"
            elif p == 1:
                why = "with p = 1 nothing changes; a sum in float32 may reach 1 too early"
            elif got.shape == want.shape and (_sizes(got) == _sizes(want)).all():
                why = "these chances stand at other ids: of equal chances, the lower id is first"
            expect_equal(got, want, usual=usual, why=why)
            expect_equal(got > 0, want > 0, why=f"compare which chances are above 0: {why}")


def _sizes(chances: Tensor) -> Tensor:
    """Return the chances of each row, in sorted order."""
    return chances.sort(dim=1).values


def _kept(
    chances: Tensor,
    p: float,
    *,
    scaled: bool = True,
    most: bool = False,
    equal_too: bool = False,
    in_place: bool = True,
    lower_first: bool = True,
    in_order: bool = False,
) -> Tensor:
    """Return the nucleus of each row; each option is a usual mistake."""
    if p == 1:
        return chances
    order = chances.argsort(dim=1, descending=True, stable=True)
    if not lower_first:
        order = chances.flip(1).argsort(dim=1, descending=True, stable=True)
        order = chances.shape[1] - 1 - order
    if in_order:
        order = torch.arange(chances.shape[1]).expand(chances.shape)
    ordered = chances.gather(1, order)
    sums = ordered.cumsum(dim=1)
    before = sums - ordered
    keep = sums <= p if most else before <= p if equal_too else before < p
    keep[:, :1] |= not most
    kept = ordered * keep
    if in_place:
        kept = torch.zeros_like(kept).scatter(1, order, kept)
    return kept / kept.sum(dim=1, keepdim=True) if scaled else kept
