"""Checks of 07/20, runtimes other than PyTorch."""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from d2lutils.checks import Wrong, call, exercise, expect_equal, given
from d2lutils.checks.expecting import expect_int
from d2lutils.checks.showing import kind
from d2lutils.checks.watching import Operations

Row = list[Any]


@exercise("07.20a")
def most_bytes(answer: Any) -> None:
    """The most bytes of results that are needed at the same time."""
    for rows, sizes in _lists():
        with given(rows=rows, sizes=sizes):
            found = expect_int(call(answer, rows, sizes))
            names = [row[0] for row in rows]
            taken = [[a for a in row[2] if isinstance(a, str) and a in sizes] for row in rows]
            alone = [
                sum(sizes[a] for a in {*args, name})
                for name, args in zip(names, taken, strict=True)
            ]
            twice = [
                sum(sizes[a] for a in [*args, name])
                for name, args in zip(names, taken, strict=True)
            ]
            let_go = [
                sum(
                    sizes[a] for a in {"input", *names[:i]} & {a for t in taken[i + 1 :] for a in t}
                )
                for i in range(len(rows))
            ]
            late = next(i for i, values in enumerate(taken) if "input" in values)
            expect_equal(
                found,
                max(_needed(rows, sizes)),
                usual=[
                    (max(sizes.values()), "this is the largest value; several are needed at once"),
                    (sum(sizes.values()), "a value is let go after the last row that takes it"),
                    (max(_needed(rows, {**sizes, "input": 0})), '"input" takes memory, too'),
                    (
                        max(kept + sizes[name] for kept, name in zip(let_go, names, strict=True)),
                        "while a row runs, its arguments and its result are all needed",
                    ),
                    (
                        max(
                            now - (i < late) * sizes["input"]
                            for i, now in enumerate(_needed(rows, sizes))
                        ),
                        '"input" is there from the first row on, even if a later one takes it',
                    ),
                    (max(alone), "a value that a later row takes stays in memory until then"),
                    (max(twice), "a value that a row takes twice is in memory once"),
                    (_needed(rows, sizes)[-1], "this is the last row; return the largest number"),
                ],
                why="for each row, add its result and the values that are there and are taken by "
                "this row or a later one",
            )


def _needed(rows: list[Row], sizes: dict[str, int]) -> list[int]:
    """Return the bytes that are needed while each row runs."""
    needed = []
    for i, (name, *_) in enumerate(rows):
        there = {"input", *(row[0] for row in rows[:i])}
        taken = {a for row in rows[i:] for a in row[2] if isinstance(a, str)}
        needed.append(sum(sizes[value] for value in {name} | there & taken))
    return needed


def _lists() -> list[tuple[list[Row], dict[str, int]]]:
    """Return lists of rows, each with the bytes of its values."""
    conv = ["a", "conv2d", ["input", "p_w", "p_b"]]
    relu = ["b", "relu", ["a"]]
    pool = ["c", "max_pool2d", ["b", [2, 2], [2, 2]]]
    square = ["c", "mul", ["b", "b"]]
    return [
        ([conv, relu, pool], {"input": 50, "a": 20, "b": 21, "c": 5}),
        ([conv, relu, pool], {"input": 2, "a": 20, "b": 31, "c": 7}),
        ([conv, relu, pool], {"input": 2, "a": 3, "b": 4, "c": 70}),
        (
            [conv, relu, square, ["d", "add", ["c", "a"]]],
            {"input": 1, "a": 13, "b": 17, "c": 19, "d": 2},
        ),
        ([conv, relu, ["c", "add", ["b", "input"]]], {"input": 11, "a": 20, "b": 23, "c": 9}),
        ([conv, relu, square], {"input": 4, "a": 6, "b": 30, "c": 10}),
        (
            [conv, ["unused", "relu", ["a"]], relu, pool],
            {"input": 2, "a": 10, "unused": 4, "b": 11, "c": 35},
        ),
        (
            [conv, ["unused", "relu", ["a"]], relu, pool],
            {"input": 2, "a": 10, "unused": 60, "b": 11, "c": 35},
        ),
        (
            [conv, relu, pool, ["d", "add", [1.5, "c", "a"]], ["e", "mul", [True, "d", "d"]]],
            {"input": 40, "a": 9, "b": 8, "c": 7, "d": 30, "e": 14},
        ),
        ([conv], {"input": 3, "a": 5}),
        (  # the first row takes weights alone; "input" waits for the third
            [["a", "mul", ["p_w", "p_b"]], ["b", "sum", ["a"]], ["c", "mul", ["input", "b"]]],
            {"input": 30, "a": 50, "b": 1, "c": 31},
        ),
    ]


@exercise("07.20b")
def conv2d_with_steps(answer: Any) -> None:
    """A convolution with steps, padding and perhaps no bias, in NumPy."""
    generator = torch.Generator().manual_seed(17)

    def halves(*shape: int) -> torch.Tensor:
        return torch.randint(-9, 10, shape, generator=generator) / 2

    for X_shape, W_shape, biased, step, padding in [
        ((2, 3, 6, 7), (4, 3, 3, 2), True, [1, 1], [0, 0]),
        ((2, 3, 6, 7), (4, 3, 3, 2), True, [2, 1], [0, 0]),
        ((2, 3, 6, 7), (4, 3, 3, 2), True, [1, 3], [0, 0]),
        ((2, 2, 5, 8), (3, 2, 3, 3), True, [1, 1], [1, 1]),
        ((2, 2, 5, 5), (3, 2, 3, 3), True, [1, 1], [1, 0]),
        ((2, 2, 5, 8), (3, 2, 3, 4), True, [1, 1], [2, 0]),
        ((1, 1, 4, 4), (1, 1, 2, 2), True, [3, 2], [0, 1]),
        ((3, 2, 7, 5), (2, 2, 1, 1), True, [2, 2], [1, 2]),
        ((2, 3, 6, 7), (4, 3, 3, 2), False, [2, 2], [1, 1]),
        ((0, 2, 4, 4), (3, 2, 2, 2), True, [1, 1], [0, 0]),
    ]:
        X, W = halves(*X_shape), halves(*W_shape)
        b = halves(W_shape[0]) if biased else None
        told = f"X of {X_shape}, W of {W_shape}, b = {'an array' if biased else None}"
        with given(told, step=step, padding=padding):
            watch = Operations()
            arrays = [X.numpy(), W.numpy(), None if b is None else b.numpy()]
            got = call(answer, *arrays, step, padding, inside=watch)
            if watch.names:
                raise Wrong(f"{watch.names[0]} is PyTorch's; the runtime has NumPy alone")
            if not isinstance(got, np.ndarray):
                raise Wrong(f"expected a NumPy array, got {kind(got)}")
            if got.dtype != np.float32:
                raise Wrong(f"expected float32, as the arrays are, got {got.dtype}")

            def like(
                *, W: Any = W, b: Any = b, step: Any = step, padding: Any = padding, X: Any = X
            ) -> Any:
                return F.conv2d(X, W, b, step, padding).numpy()

            want = like()
            edges = [padding[1], padding[1], padding[0], padding[0]]
            usual: list[tuple[object, str]] = [
                (like(W=W.flip(2, 3)), "the filter must not be turned round"),
                (like(b=None), "the bias `b` is missing"),
                (like(step=step[::-1]), "the first step goes down, the second across"),
                (like(step=step[0]), "the second step goes across"),
                (like(step=1), "the step is missing"),
                (want.transpose(0, 2, 3, 1), "the channels come before the rows: N, O, H, W"),
            ]
            if any(padding):
                one_side = F.pad(X, [0, 2 * padding[1], 0, 2 * padding[0]])
                ones = F.pad(X, edges, value=1)
                usual += [
                    (like(padding=padding[::-1]), "the first padding is above and below"),
                    (like(padding=padding[0]), "the second padding is left and right"),
                    (like(X=one_side, padding=0), "half of the padding goes above and left"),
                    (like(X=ones, padding=0), "the padding is zeros"),
                ]
                if all(
                    n + p >= k for n, p, k in zip(X_shape[2:], padding, W_shape[2:], strict=True)
                ):
                    few = F.pad(X, [0, padding[1], 0, padding[0]])
                    usual.append((like(X=few, padding=0), "padding goes on both sides"))
                if all(n >= k for n, k in zip(X_shape[2:], W_shape[2:], strict=True)):
                    usual.append((like(padding=0), "the padding is missing"))
            why = "pad with zeros, take every step-th window, and sum its products with the filter"
            expect_equal(got, want, usual=usual, why=why)
