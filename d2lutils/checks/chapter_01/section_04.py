"""Checks of 01/04, batteries included."""

from itertools import pairwise
from typing import Any

import torch

from d2lutils.checks import call, exercise, expect_equal, given


@exercise("01.4a")
def count_parameters(answer: Any) -> None:
    """The parameters of a chain of linear layers."""
    for sizes in [[13, 16, 3], [4, 2], [784, 256, 64, 10], [4, 8, 8, 8, 3], [5], [1, 1]]:
        layers = list(pairwise(sizes))
        weights, biases = sum(n * m for n, m in layers), sum(sizes[1:])
        with given(sizes=sizes):
            expect_equal(
                call(answer, sizes),
                weights + biases,
                usual=[
                    (weights, "the biases are missing: one for each number that a layer gives"),
                    (weights + sum(sizes[:-1]), "a layer has a bias for each number it gives"),
                    (weights + sum(sizes), "the input has no biases of its own"),
                    (sizes[0] * sizes[-1] + sizes[-1], "count every layer of the chain"),
                ],
                why="add n · m + m for each pair of neighbours",
            )


@exercise("01.4b")
def sgd_step(answer: Any) -> None:
    """The parameters after one step of gradient descent."""
    cases: list[tuple[list[Any], list[Any], float]] = [
        ([[1.0, -2.0], [[3.0], [0.5]]], [[0.5, 4.0], [[-1.0], [2.0]]], 0.1),
        ([[2.0]], [[8.0]], 0.25),
        ([[-1.5, 0.0], [2.0]], [[3.0, -0.5], [0.0]], 2.0),
        ([[0.5, 7.0], [1.0, -4.0]], [[-20.0, 1.0], [0.25, 6.0]], 0.5),
        (
            [[[1.0, -3.0], [0.5, 2.0]], [0.25, -1.0], [[4.0, 1.5]], [-2.0]],
            [[[2.0, 0.5], [-1.0, 3.0]], [1.5, 2.5], [[-0.5, 4.0]], [5.0]],
            0.2,
        ),
    ]
    for values, slopes, lr in cases:
        parameters = [torch.tensor(value) for value in values]
        gradients = [torch.tensor(slope) for slope in slopes]
        pairs = list(zip(parameters, gradients, strict=True))
        want = [p - lr * g for p, g in pairs]
        with given(parameters=parameters, gradients=gradients, lr=lr):
            expect_equal(
                call(answer, list(parameters), list(gradients), lr),
                want,
                usual=[
                    ([p + lr * g for p, g in pairs], "this walks up; go against the gradient"),
                    ([p - g for p, g in pairs], "the learning rate is missing"),
                    ([-lr * g for _, g in pairs], "this is the step alone; add the parameter"),
                    ([p - lr * p for p, _ in pairs], "the gradient is missing"),
                ],
                why="subtract the learning rate times the gradient from each parameter",
            )
