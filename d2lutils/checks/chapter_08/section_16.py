"""Checks of 08/16, features drawn in a plane."""

from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, expect_type, given


def _shares(A: Tensor, k: int) -> dict[str, Tensor]:
    """The share of the variance along k directions, and what the usual mistakes make of it."""
    spread = torch.linalg.svdvals(A - A.mean(dim=0)).square()
    raw = torch.linalg.svdvals(A).square()
    rows = torch.linalg.svdvals(A - A.mean(dim=1, keepdim=True)).square()
    scaled = torch.linalg.svdvals(A - A.mean()).square()
    columns = A.var(dim=0)
    return {
        "right": spread[:k].sum() / spread.sum(),
        "raw": raw[:k].sum() / raw.sum(),
        "rows": rows[:k].sum() / rows.sum(),
        "one mean": scaled[:k].sum() / scaled.sum(),
        "lengths": spread.sqrt()[:k].sum() / spread.sqrt().sum(),
        "columns": columns[:k].sum() / columns.sum(),
        "rest": spread[k:].sum() / spread.sum(),
        "sum": spread[:k].sum() / (len(A) - 1),
        "squares": spread[:k].sum(),
        "one": spread[k - 1 : k].sum() / spread.sum(),
        "each": spread[:k] / spread.sum(),
        "steps": spread.cumsum(dim=0)[:k] / spread.sum(),
        "last": spread.flip(0)[:k].sum() / spread.sum(),
    }


@exercise("08.16a")
def share(answer: Any) -> None:
    """The share of the variance that the first k directions hold."""
    for n, d, k, dtype in [
        (7, 5, 2, torch.float32),
        (5, 3, 1, torch.float64),
        (9, 5, 3, torch.float32),
        (4, 6, 2, torch.float64),
        (3, 5, 4, torch.float32),
        (2, 1, 1, torch.float32),
        (6, 3, 9, torch.float64),
        (6, 3, 0, torch.float32),
    ]:
        g = torch.Generator().manual_seed(10 * n + d)
        # Column by column, each wider than the one before it, and none around 0.
        A = torch.randn(d, n, generator=g, dtype=dtype).T
        A = A * torch.arange(1, d + 1) + torch.arange(d) + 1.5
        by = _shares(A, k)
        middle = "subtract the mean of each column first; PCA measures from the mean"
        with given(A=A, k=k):
            got = expect_tensor(call(answer, A, k))
            expect_equal(
                got,
                by["right"],
                usual=[
                    (by["raw"], middle),
                    (by["rows"], "this subtracts the mean of each row; take that of each column"),
                    (by["one mean"], "this subtracts one mean from all; take that of each column"),
                    (by["lengths"], "a variance is a square: square the singular values"),
                    (by["columns"], "these are columns of A; turn the cloud along the directions"),
                    (by["rest"], "this is what the other directions hold"),
                    (by["last"], "this takes the last directions; the first vary most"),
                    (by["sum"], "divide by the whole variance"),
                    (by["squares"], "divide by the whole variance"),
                    (by["one"], "this is direction k alone; add up the first k"),
                    (by["each"], "this is a share for each direction; add them up"),
                    (by["steps"], "this is the share after each direction; return the last one"),
                    (by["right"] * 100, "this is in per cent; return a share of 1"),
                    (by["right"][None], "return a tensor without dimensions"),
                    (by["right"].float(), "keep the dtype of A"),
                    (by["right"].double(), "keep the dtype of A"),
                ],
                why="variance along the first k directions, over that along all of them",
            )


def _nearest(points: Tensor, k: int, largest: bool = False) -> list[set[int]]:
    """For each point the places of the k others that are nearest, or farthest."""
    found = []
    for i, point in enumerate(points):
        distance = (points - point).square().sum(dim=1).tolist()
        others = [j for j in range(len(points)) if j != i]
        others.sort(key=lambda j: distance[j], reverse=largest)
        found.append(set(others[:k]))
    return found


def _common(one: list[set[int]], two: list[set[int]], k: int) -> float:
    return sum(len(a & b) for a, b in zip(one, two, strict=True)) / (k * len(one))


def _including(near: list[set[int]]) -> list[set[int]]:
    """The same places, each point's own among them."""
    return [places | {i} for i, places in enumerate(near)]


@exercise("08.16b")
def kept(answer: Any) -> None:
    """The share of neighbours in the plane that are neighbours in the cloud."""
    for n, d, k, seed in [
        (23, 4, 5, 2),
        (9, 4, 3, 2),
        (8, 5, 1, 1),
        (12, 3, 5, 2),
        (10, 6, 2, 3),
        (5, 3, 4, 4),
        (2, 3, 1, 5),
        (7, 1, 3, 6),
    ]:
        g = torch.Generator().manual_seed(seed)
        A = torch.randn(d, n, generator=g).T * 2 - 3
        flat = A[:, :2] + 0.7 * torch.randn(n, 2, generator=g) + torch.tensor([5.0, -1.0])
        cloud, plane = _nearest(A, k), _nearest(flat, k)
        want = _common(cloud, plane, k)
        with_self = [
            _common(_including(_nearest(A, size)), _including(_nearest(flat, size)), k)
            for size in (k - 1, k)
        ]
        union = [len(a & b) / len(a | b) for a, b in zip(cloud, plane, strict=True)]
        whole = sum(a == b for a, b in zip(cloud, plane, strict=True)) / n
        myself = "a point is not its own neighbour; take it out before you count"
        with given(A=A, flat=flat, k=k):
            got = call(answer, A, flat, k)
            if isinstance(got, Tensor) and got.numel() == 1:
                raise Wrong("return a Python float; `item()` takes it out of a tensor")
            expect_equal(
                expect_type(got, float),
                want,
                usual=[
                    (with_self[0], myself),
                    (with_self[1], myself),
                    (with_self[1] * k / (k + 1), myself),
                    (want * k, "this is a number of neighbours; divide by k"),
                    (want * k * n, "this counts all; divide by n and by k"),
                    (want * n, "divide by the number of points as well"),
                    (sum(union) / n, "divide by k, not by the size of the union"),
                    (whole, "some of the neighbours may be kept; count them one by one"),
                    (
                        _common(_nearest(A, k, True), _nearest(flat, k, True), k),
                        "these are the farthest; take the nearest",
                    ),
                    (1 - want, "this is the share that is lost"),
                    (
                        _common(cloud, _nearest(A[:, :2], k), k),
                        "these are neighbours by the first columns of A; use flat",
                    ),
                    (1.0, "this compares a thing with itself; compare flat with A"),
                ],
                why="of the k nearest others in flat, count those among the k nearest in A",
            )
