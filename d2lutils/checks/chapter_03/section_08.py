"""Checks of 03/08, batches of text."""

from typing import Any

import torch

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_parts,
    expect_tensor,
    given,
)


@exercise("03.8b")
def pad_left(answer: Any) -> None:
    """Ids padded on the left, and the mask of real tokens."""
    cases = [
        ([[5, 6, 7], [8]], 0),
        ([[5, 0, 7, 0], [0, 8], [9]], 0),
        ([[3], [], [4, 1]], 9),
        ([[2, 2, 2]], 1),
        ([[7], [8, -1, 6], [5, 4]], -1),
        ([[1, 2, 3, 4, 2**40 + 1, 6], [7]], 3),  # no float32 and no int32 holds that id
    ]
    for rows, pad in cases:
        with given(rows=rows, pad=pad):
            got = expect_parts(call(answer, rows, pad), "ids", "mask")
            ids, mask = _padded(rows, pad, left=True)
            right_ids, right_mask = _padded(rows, pad, left=False)
            with given("the ids"):
                expect_equal(
                    expect_tensor(got[0]),
                    ids,
                    usual=[
                        (right_ids, "this is padded on the right"),
                        (ids.T, "put one list in each row"),
                        (ids.flip(1), "the tokens are in reverse order"),
                        (_padded(rows, 0, left=True)[0], "fill with `pad`, not with 0"),
                    ],
                    why="row i ends with the ids of list i and starts with padding",
                )
            with given("the mask"):
                expect_equal(
                    expect_tensor(got[1]),
                    mask,
                    usual=[
                        (~mask, "it is the wrong way round: real tokens are true"),
                        (right_mask, "this is the mask of padding on the right"),
                        (ids != pad, "a real id may equal `pad`; make the mask from the lengths"),
                    ],
                    why="true stands for real tokens, as many at the end of a row as its list has",
                )


def _padded(rows: list[list[int]], pad: int, *, left: bool) -> tuple[torch.Tensor, torch.Tensor]:
    width = max(len(row) for row in rows)
    ids = torch.full((len(rows), width), pad)
    mask = torch.zeros(len(rows), width, dtype=torch.bool)
    for i, row in enumerate(rows):
        part = slice(width - len(row), width) if left else slice(0, len(row))
        ids[i, part] = torch.tensor(row, dtype=torch.int64)
        mask[i, part] = True
    return ids, mask


@exercise("03.8c")
def masked_mean(answer: Any) -> None:
    """The mean vector of the real tokens of each row."""
    mask = torch.tensor([[True, True, True, True], [True, False, False, False]])
    x = torch.tensor([[[-0.5, 2], [3, 4], [5, 6], [7, 12]], [[4, -8], [0, 0], [0, 0], [0, 0]]])
    x = x.mT.contiguous().mT
    _judge_mean(answer, x, mask, "x with zeros in padding, not contiguous")
    x = torch.tensor([[[2.0], [4], [90]], [[80], [6], [8]]])
    mask = torch.tensor([[True, True, False], [False, True, True]])
    _judge_mean(answer, x, mask, "x with other numbers in padding")
    empty = torch.tensor([[True, False, True], [False, False, False]])
    _judge_mean(answer, x, empty, "a row without a real token")
    x = x.masked_fill(~mask[:, :, None], torch.nan)
    _judge_mean(answer, x, mask, "x with nan in padding")
    _judge_mean(answer, x.masked_fill(x.isnan(), -torch.inf), mask, "x with -inf in padding")
    x = torch.tensor([[[-0.1, 1.0, 7.5]], [[2.0, -3.0, 0.3]]], dtype=torch.float64)
    _judge_mean(answer, x, torch.tensor([[True], [False]]), "x of shape (2, 1, 3), float64")
    x = torch.tensor([[[1.0, 1.0], [torch.nan, torch.inf], [3.0, 3.0]]])
    _judge_mean(answer, x, torch.tensor([[True, True, False]]), "nan and inf in a real token")


def _judge_mean(answer: Any, x: torch.Tensor, mask: torch.Tensor, case: str) -> None:
    real = mask[:, :, None]
    count = mask.sum(dim=1, keepdim=True)
    total = x.masked_fill(~real, 0).sum(dim=1)
    want = _mean(x, mask)
    with given(case):
        got = expect_tensor(call(answer, x.clone(), mask.clone()))
        left = bool(got.isnan().any()) and not want.isnan().any()
        if left and not (count > 0).all():
            raise Wrong("0 / 0 is nan; divide by 1 at least (`clamp`)")
        if left:
            raise Wrong("nan * 0 is nan; replace what stands in padding (`masked_fill`)")
        across = total / count[:, 0] if len(x) == x.shape[2] else want + 1
        expect_equal(
            got,
            want,
            usual=[
                (across, "N×D is divided by N counts along D; make the counts a column, N×1"),
                (x.mean(dim=1), "this is the mean over all positions, padding too"),
                (total / x.shape[1], "you divide by L; divide by the number of real tokens"),
                (x.sum(dim=1) / count.clamp(min=1), "numbers from padding are in the sum"),
                (total, "this is the sum; divide by the number of real tokens"),
                (x[mask].mean(dim=0).expand(want.shape), "this is one mean over the whole batch"),
                (x.masked_fill(real, 0).sum(dim=1) / count.clamp(min=1), "you keep padding: ~mask"),
                (
                    _mean(x.nan_to_num(), mask),
                    "a real token's nan or inf is no gap: it spreads into the mean",
                ),
                (want.nan_to_num(), "a real token's nan stays; `clamp` the count instead"),
                (total / (count + 1), "adding 1 to the count changes every mean; use `clamp`"),
            ],
            why="sum the vectors of real tokens, divide by how many they are",
        )


def _mean(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    total = x.masked_fill(~mask[:, :, None], 0).sum(dim=1)
    return total / mask.sum(dim=1, keepdim=True).clamp(min=1)


@exercise("03.8d")
def masked_softmax(answer: Any) -> None:
    """Weights of the real tokens of each row, which add up to 1; no weight for the others."""
    scores = torch.tensor([[0.5, -2, 3, 0], [1, 4, -1, 2]])
    mask = torch.tensor([[True, True, False, False], [True, True, True, True]])
    _judge_softmax(answer, scores, mask, "padding after the tokens")
    mask = torch.tensor([[False, True, False, True], [False, False, False, True]])
    _judge_softmax(answer, scores - 3, mask, "padding before and between tokens")
    _judge_softmax(answer, scores * 250, mask, "scores up to 1000")
    high = torch.tensor([[1000.0, 998, 999, -3], [997, 1000, 0, 999]])
    some = torch.tensor([[True, True, False, False], [True, True, False, True]])
    _judge_softmax(answer, high.double(), some, "real scores near 1000")
    low = torch.tensor([[-999.0, -1000, 0, 5], [-998, -1000, 3, -997]])
    _judge_softmax(answer, low.double(), some, "real scores near -1000")
    empty = torch.tensor([[True, False, True, True], [False] * 4])
    _judge_softmax(answer, scores, empty, "a row without a real token")
    strange = scores.masked_fill(~mask, torch.nan)
    _judge_softmax(answer, strange, mask, "scores with nan in padding")
    _judge_softmax(answer, scores.masked_fill(~empty, torch.inf), empty, "inf in padding")
    one = torch.tensor([[-0.3], [7.0]], dtype=torch.float64)
    _judge_softmax(answer, one, torch.tensor([[True], [False]]), "shape (2, 1), float64")


def _judge_softmax(answer: Any, scores: torch.Tensor, mask: torch.Tensor, case: str) -> None:
    want = _weights(scores, mask, -torch.inf, dim=1)
    with given(case):
        got = expect_tensor(call(answer, scores.clone(), mask.clone()))
        if got.isnan().any():
            if not mask.any(dim=1).all():
                raise Wrong("0 / 0 is nan; write zeros where the mask is false, after the softmax")
            raise Wrong("nan; fill padding before the softmax, and take no power of large scores")
        plain = scores.softmax(dim=1)
        expect_equal(
            got,
            want,
            usual=[
                (plain, "padding has weight: a score of 0 is no weight of 0"),
                ((scores * mask).softmax(dim=1), "padding has weight: its score must be -inf"),
                (_weights(scores, mask, 0.0, dim=1), "padding takes weight away: fill with -inf"),
                (_weights(scores, mask, -1e3, dim=1), "padding takes weight away: fill with -inf"),
                (plain * mask, "a row's weights no longer add up to 1; mask before the softmax"),
                (_weights(scores, mask, -torch.inf, dim=0), "the softmax is over each row, dim=1"),
                (_weights(scores, ~mask, -torch.inf, dim=1), "you keep padding: ~mask"),
            ],
            why="the softmax of a row's real scores, and 0 elsewhere",
        )


def _weights(scores: torch.Tensor, mask: torch.Tensor, fill: float, dim: int) -> torch.Tensor:
    return scores.masked_fill(~mask, fill).softmax(dim=dim).masked_fill(~mask, 0)
