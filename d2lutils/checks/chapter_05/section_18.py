"""Checks of 05/18, a network in NumPy."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_parts, expect_type, given
from d2lutils.checks.watching import Operations

Array = np.ndarray[Any, np.dtype[np.float64]]
NAMES = ("W1", "b1", "W2", "b2")


def _networks() -> Iterator[tuple[str, list[Any]]]:
    """Yield networks, with pictures and their classes, that differ in their sizes."""
    for number, (rows, columns, hidden, classes) in enumerate(
        [(6, 4, 5, 3), (1, 3, 2, 4), (7, 1, 6, 2), (3, 5, 1, 11)]
    ):
        draw = np.random.default_rng(number)
        X = draw.normal(size=(rows, columns))
        y = draw.integers(classes, size=rows)
        shapes = [(columns, hidden), (hidden,), (hidden, classes), (classes,)]
        told = f"{rows} pictures of {columns} numbers, {hidden} hidden, {classes} classes"
        weights = [draw.normal(size=shape) for shape in shapes]
        if number == 3:  # scores so far apart that exp overflows unless the largest is subtracted
            told, weights[2] = f"{told}, scores in the thousands", 3000 * weights[2]
        yield told, [X, y, *weights]


def _array(got: object) -> Array:
    array = expect_type(got, np.ndarray)
    if array.dtype != np.float64:
        raise Wrong(f"expected an array of float64, as the weights are; got {array.dtype}")
    if np.isnan(array).any():
        raise Wrong("a slope is nan: subtract the largest score of each row before exp")
    return array


def _gap(y: Any, scores: Array, *, truth: bool = True) -> Array:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    gap: Array = p - np.eye(scores.shape[1])[y] if truth else p
    return gap / len(y)


@exercise("05.18a")
def pixel_slopes(answer: Any) -> None:
    """The slope of a two-layer network's loss with respect to its inputs."""
    for told, inputs in _networks():
        X, y, W1, b1, W2, b2 = inputs
        sums = X @ W1 + b1
        scores = np.maximum(sums, 0) @ W2 + b2
        back = _gap(y, scores) @ W2.T
        want = back * (sums > 0) @ W1.T
        usual = [
            (want * len(y), "the loss is a mean: divide by the number of pictures"),
            (-want, "the sign: probabilities minus truth"),
            (back @ W1.T, "ReLU stops the slope where its result is 0: the mask is missing"),
            (_gap(y, scores, truth=False) @ W2.T * (sums > 0) @ W1.T, "subtract the truth"),
            (X.T @ (back * (sums > 0)), "this is the slope of W1; go on to X"),
            (back * (sums > 0), "these are the slopes of the sums X @ W1 + b1; go on to X"),
        ]
        with given(told):
            got = _array(call(answer, *inputs))
            if got.shape != X.shape:
                hints = [reason for wrong, reason in usual if wrong.shape == got.shape]
                expect_equal(got, want, usual=usual, why=hints[0] if hints else "a slope a pixel")
            expect_equal(got, want, usual=usual, why="gap @ W2.T, times the mask, @ W1.T")


@exercise("05.18b")
def tanh_slopes(answer: Any) -> None:
    """The four slopes of a network that bends with tanh."""
    for told, inputs in _networks():
        X, y, W1, b1, W2, b2 = inputs
        sums = X @ W1 + b1
        hidden = np.tanh(sums)
        gap = _gap(y, hidden @ W2 + b2)
        relu = np.maximum(sums, 0)
        bends = [
            (1 - hidden**2, ""),
            (sums > 0, "this is the mask of ReLU; tanh has a slope everywhere"),
            (hidden > 0, "this is the mask of ReLU; tanh has a slope everywhere"),
            (1 - sums**2, "the slope is 1 - tanh(z)**2: square the hidden number, not the sum"),
            (1 - np.tanh(hidden) ** 2, "tanh was taken twice: hidden is tanh(z) already"),
            (1 - hidden, "square the hidden number: 1 - hidden**2"),
            (np.ones_like(sums), "the slope of tanh is missing on the way back"),
        ]
        firsts = [(gap @ W2.T * bend, hint) for bend, hint in bends]
        other = _gap(y, relu @ W2 + b2)
        want = _four(X, firsts[0][0], hidden, gap)
        with Operations() as asked, given(told):
            got = [_array(part) for part in expect_parts(call(answer, *inputs), *NAMES)]
            if {"backward", "grad"} & {*asked.names}:
                raise Wrong("find the slopes by hand, in NumPy: leave out autograd")
            for k, name in enumerate(NAMES):
                usual = [(_four(X, first, hidden, gap)[k], hint) for first, hint in firsts[1:]]
                usual += [
                    (want[k] * len(y), "the loss is a mean: divide by the number of pictures"),
                    (-want[k], "the sign: probabilities minus truth"),
                    (want[k] / len(y), "divided twice: add over the pictures, take no mean"),
                    (
                        _four(X, other @ W2.T * (sums > 0), relu, other)[k],
                        "these are the slopes with ReLU; the hidden numbers are tanh's",
                    ),
                ]
                why = "each slope has the shape of its array: W1, b1, W2, b2, in this order"
                try:
                    expect_equal(got[k], want[k], usual=usual, why=why)
                except Wrong as wrong:
                    raise Wrong(f"the slope of {name}: {wrong}") from None


def _four(X: Array, first: Array, hidden: Array, gap: Array) -> list[Array]:
    return [X.T @ first, first.sum(axis=0), hidden.T @ gap, gap.sum(axis=0)]
