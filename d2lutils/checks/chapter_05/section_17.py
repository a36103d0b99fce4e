"""Checks of 05/17, a page of your own."""

from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given


@exercise("05.17a")
def answer_or_pass(answer: Any) -> None:
    """The class of the highest score where its probability is above a threshold, else -1."""
    for rows, threshold in [
        ([[3.0, 0.0, -1.0], [0.5, 1.0, 0.5], [-4.0, -9.0, -8.0], [20.0, 20.5, 19.0]], 0.8),
        ([[3.0, 0.0, -1.0], [0.5, 1.0, 0.5], [-4.0, -9.0, -8.0], [20.0, 20.5, 19.0]], 0.4),
        ([[0.25, 0.5], [0.125, -4.0]], 0.9),
        ([[7.0, 1.0], [1.0, 2.0]], 0.0),
        ([[-2.0, -2.0], [9.0, 1.0]], 0.5),
    ]:
        _judge(answer, torch.tensor(rows), threshold)
    _judge(answer, torch.empty(0, 4), 0.5)


def _judge(answer: Any, scores: Tensor, threshold: float) -> None:
    p = scores.softmax(dim=1)
    sure, said = p.max(dim=1) if len(p) else (p.sum(dim=1), p.sum(dim=1).long())
    high = scores.amax(dim=1) if len(p) else sure
    want = torch.where(sure > threshold, said, -1)
    across, column = scores.softmax(dim=0).max(dim=1) if len(p) else (sure, said)
    with given(scores=scores, threshold=threshold):
        got = expect_tensor(call(answer, scores, threshold))
        expect_equal(
            got,
            want,
            usual=[
                (torch.where(sure >= threshold, said, -1), "at the threshold it passes"),
                (torch.where(high > threshold, said, -1), "scores are no probabilities: softmax"),
                (torch.where(high.sigmoid() > threshold, said, -1), "take softmax, not sigmoid"),
                (torch.where(across > threshold, column, -1), "softmax over the classes: dim=1"),
                (said, "pass where the probability is not above the threshold: -1"),
                (torch.where(sure > threshold, -1, said), "pass where it is not sure"),
                (torch.where(sure > threshold, said, 0), "0 is a class; a pass is -1"),
                (said[sure > threshold], "keep the places of those that pass: put -1 there"),
                (sure > threshold, "this is a mask; return the classes, and -1"),
                (want.float(), "classes are whole numbers, int64"),
                (want[:, None], "the shape is (n,): without keepdim"),
            ],
            why="the class of the highest score, or -1 where it is not sure enough",
        )


@exercise("05.17b")
def find_any_ink(answer: Any) -> None:
    """Ink from 0 to 1, dark on light or light on dark."""
    dark = torch.full((5, 6), 200.0)
    dark[1, 1:4], dark[2, 2], dark[4, 5] = 40.0, 90.0, 230.0
    board = torch.full((4, 7), 60.0)
    board[0, 2:5], board[2, 2], board[3, 3], board[3, 0] = 250.0, 155.0, 220.0, 10.0
    tie = torch.full((3, 5), 100.0)
    tie[0, 0], tie[1, 2], tie[2, 4] = 50.0, 150.0, 125.0
    low = torch.full((3, 4), 0.75)
    low[1, 1], low[2, 3] = 0.25, 0.5
    for name, page in {
        "dark ink": dark,
        "chalk": board,
        "dark ink as bytes": dark.byte(),
        "chalk as bytes": board.byte(),
        "light and dark as far": tie,
        "dark ink from 0 to 1": low,
        "all pixels alike": torch.full((3, 3), 128.0),
        "all bytes alike": torch.zeros(2, 4, dtype=torch.uint8),
        "one pixel": torch.tensor([[7.0]]),
    }.items():
        away = page.float() - page.float().median()
        light = bool(away.max() > -away.min())
        side = away if light else -away
        most = float(side.max())
        want = side.clamp(min=0) / most if most > 0 else torch.zeros_like(side)
        with given(f"page: {name}, {page.dtype}"):
            got = expect_tensor(call(answer, page))
            if got.is_floating_point() and got.isnan().any() and most == 0:
                raise Wrong("nan: where no pixel differs there is no ink; do not divide by 0")
            usual: list[tuple[object, str]] = [(want.double(), "the ink is float32")]
            if most > 0:
                other = (-side).clamp(min=0)
                usual += [
                    (side.clamp(min=0), "divide by the largest, so that ink reaches 1"),
                    (other / other.max(), "ink is on the side that is further from the median"),
                    (away.abs() / most, "ink is on one side of the ground; the other side is 0"),
                    (side / most, "ink is on one side of the ground; the other side is 0"),
                    (1 - want, "ink is 1, and the ground 0"),
                    (want > 0, "ink is a number from 0 to 1, not True or False"),
                    (want * 255, "ink runs from 0 to 1"),
                ]
            told = "bytes wrap around below 0: make floats of them before you subtract"
            expect_equal(got, want, usual=usual, why=told if page.dtype == torch.uint8 else "")
