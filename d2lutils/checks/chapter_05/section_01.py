"""Checks of 05/01, neurons."""

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_parts,
    expect_tensor,
    given,
)


@exercise("05.1b")
def through(answer: Any) -> None:
    """The network that passes through points that are not evenly spaced."""
    for xs, ys in [
        ([0.5, 1.5, 2.5, 3.5], [7.25, 9.5, 9.0, 14.0]),
        ([0.0, 2.0, 3.0, 7.0], [1.5, 5.0, 4.0, -3.0]),
        ([-3.0, -2.5, 0.25, 4.0, 4.5], [2.0, -1.0, 6.5, 6.5, 8.0]),
        ([-1.0, 3.0], [4.25, -2.0]),
        ([2.0, 2.5, 10.0], [-5.0, -5.0, -5.0]),
    ]:
        x = torch.tensor(xs, dtype=torch.float64)
        y = torch.tensor(ys, dtype=torch.float64)
        with given(x=x, y=y):
            w, b, v, c = _parameters(call(answer, x, y))
            _compare(_network(x, w, b, v, c), y, _hints(x, y))
            share = torch.tensor([[0.25], [0.5], [0.875]], dtype=torch.float64)
            between = (x[:-1] + share * x.diff()).flatten()
            straight = (y[:-1] + share * y.diff()).flatten()
            if not _close(_network(between, w, b, v, c), straight):
                raise Wrong(
                    "the curve passes through the points, and is not straight in between; let it "
                    "bend at the points alone"
                )


def _network(x: Tensor, w: Tensor, b: Tensor, v: Tensor, c: Tensor) -> Tensor:
    return torch.relu(x[:, None] * w + b) @ v + c


def _parameters(got: Any) -> list[Tensor]:
    *vectors, c = expect_parts(got, "w", "b", "v", "c")
    tensors = [expect_tensor(part) for part in vectors]
    if len({tuple(part.shape) for part in tensors}) > 1 or tensors[0].dim() != 1:
        shapes = ", ".join(str(tuple(part.shape)) for part in tensors)
        raise Wrong(f"w, b and v have one shape (k,); these have the shapes {shapes}")
    number = c if isinstance(c, Tensor) else torch.tensor(c) if isinstance(c, int | float) else None
    if number is None or number.numel() != 1:
        raise Wrong("c is one number")
    return [part.detach().double() for part in (*tensors, number.reshape(()))]


def _close(got: Tensor, want: Tensor) -> bool:
    return torch.allclose(got, want, rtol=1e-5, atol=1e-4)


def _hints(x: Tensor, y: Tensor) -> list[tuple[Tensor, str]]:
    """Return what the usual mistakes give at the points, and what they are."""
    ones, b = torch.ones(len(x) - 1, dtype=x.dtype), -x[:-1]
    rises, slopes = y.diff(), y.diff() / x.diff()
    v = torch.cat([slopes[:1], slopes.diff()])
    uneven = torch.cat([rises[:1], rises.diff()])
    zero = torch.zeros((), dtype=x.dtype)
    return [
        (_network(x, ones, b, uneven, y[0]), "a slope is the rise divided by its step in x"),
        (_network(x, ones, b, slopes, y[0]), "v holds the changes of the slope, not the slopes"),
        (_network(x, ones, b, v, zero), "c is missing: the curve starts at the first y"),
        (_network(x, ones, -b, v, y[0]), "to bend at x, a neuron of weight 1 has the bias -x"),
        (_network(x, ones, -x[1:], v, y[0]), "each neuron bends at the dot before, not after"),
        (_network(x, ones, b, v, y[-1]), "c is the first y"),
    ]


def _compare(got: Tensor, want: Tensor, hints: list[tuple[Tensor, str]]) -> None:
    if _close(got, want):
        return
    found = [reason for wrong, reason in hints if _close(got, wrong)]
    hint = found[0] if found else "at each point, the slope changes to that of the next piece"
    rounded = [round(value, 2) for value in got.tolist()]
    raise Wrong(f"at the points the network gives {rounded}. {hint[0].upper()}{hint[1:]}")


@exercise("05.1c")
def collapse(answer: Any) -> None:
    """One layer that does what several without a bend do."""
    for sizes in [(2, 2, 2), (2, 3), (2, 3, 2), (1, 4, 1), (3, 2, 4, 1), (1, 1, 1, 1)]:
        g = torch.Generator().manual_seed(sum(sizes))
        layers = []
        for width, following in pairwise(sizes):
            W = torch.randint(-4, 5, (width, following), generator=g).double() + 0.5
            b = torch.randint(-4, 5, (following,), generator=g).double() - 0.25
            layers.append((W, b))
        want_W, want_b = layers[0]
        for W, b in layers[1:]:
            want_W, want_b = want_W @ W, want_b @ W + b
        last = layers[-1][1]
        with given(f"layers of the sizes {sizes}"):
            W, b = expect_parts(call(answer, layers), "W", "b")
            usual = [
                (want_W.T, "W has the shape (in, out)"),
                (layers[0][0], "this is the first layer alone"),
                (layers[-1][0], "this is the last layer alone"),
            ]
            if len(set(sizes)) == 1:
                backwards = layers[-1][0]
                for other, _ in reversed(layers[:-1]):
                    backwards = backwards @ other
                usual.append((backwards, "the first layer's matrix stands on the left"))
            expect_equal(
                expect_tensor(W), want_W, usual=usual, why="multiply the matrices in their order"
            )
            usual = [
                (torch.zeros_like(want_b), "the biases are missing"),
                (last, "the earlier biases go through the later layers as well"),
                (want_b - last, "the last bias is missing"),
            ]
            if len(set(sizes[1:])) == 1:
                added = torch.stack([bias for _, bias in layers]).sum(dim=0)
                usual.append((added, "an earlier bias is multiplied by the later matrices"))
            expect_equal(
                expect_tensor(b), want_b, usual=usual, why="follow an input of zeros through"
            )
