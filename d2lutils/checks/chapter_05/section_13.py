"""Checks of 05/13, convolution."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.watching import Operations, loops


def _draw(*shape: int) -> Tensor:
    """Numbers of both signs, whole halves, so that any order of adding gives the same sum."""
    draw = torch.Generator().manual_seed(sum(shape))
    return torch.randint(-8, 9, shape, generator=draw) / 2.0


def _refuse_loops(answer: Any) -> None:
    if loops(answer):
        raise Wrong("the numbers are right; now without a loop")


@exercise("05.13a")
def convolve(answer: Any) -> None:
    """A convolution with bias, of any kernel, without a loop."""
    for n, channels, rows, columns, out, height, width in [
        (2, 3, 6, 7, 5, 3, 3),
        (1, 1, 5, 5, 1, 3, 3),
        (2, 2, 6, 8, 3, 2, 4),
        (3, 2, 4, 5, 2, 4, 5),
        (1, 3, 5, 6, 5, 1, 1),
        (2, 1, 7, 4, 4, 4, 1),
    ]:
        X = _draw(n, channels, rows, columns)
        weight, bias = _draw(out, channels, height, width), _draw(out)
        want = F.conv2d(X, weight, bias)
        usual = [
            (F.conv2d(X, weight), "the bias is missing"),
            (F.conv2d(X, weight.flip(2, 3), bias), "the kernel is flipped; leave it as it is"),
            (
                F.conv2d(X, weight.flip(2, 3)) + bias[:, None, None],
                "the kernel is flipped; leave it as it is",
            ),
            (F.conv2d(X, weight, -bias), "add the bias, do not subtract it"),
        ]
        if want.shape[-1] == out:
            hint = "each map gets its own bias: bias[:, None, None], not one for each column"
            usual.append((F.conv2d(X, weight) + bias, hint))
        with given(
            f"X of shape {tuple(X.shape)}",
            f"weight of shape {tuple(weight.shape)}",
        ):
            seen = Operations()
            got = expect_tensor(call(answer, X, weight, bias, inside=seen))
            if got.dim() == 6:
                raise Wrong("the patches are still there: add up over them, and over channels")
            if got.shape != want.shape and got.shape == (*want.shape[:2], rows, columns):
                raise Wrong("the map is as large as the picture: take whole patches only")
            hint = "multiply the patch at each place by a filter; add up channels, rows and columns"
            expect_equal(got, want, usual=usual, why=hint)
            if any("conv" in name or name == "correlate" for name in seen.names):
                raise Wrong("the numbers are right; now without the library's convolution")
            _refuse_loops(answer)


@exercise("05.13b")
def depthwise(answer: Any) -> None:
    """A kernel for each channel, by groups."""
    for n, channels, rows, columns, height, width in [
        (2, 3, 5, 6, 3, 3),
        (1, 4, 6, 5, 2, 3),
        (2, 1, 4, 4, 3, 3),
        (3, 2, 4, 7, 1, 5),
        (1, 5, 3, 3, 3, 3),
    ]:
        X, kernels = _draw(n, channels, rows, columns), _draw(channels, height, width)
        single = [F.conv2d(X[:, [c]], kernels[c][None, None]) for c in range(channels)]
        want = torch.cat(single, dim=1)
        flipped = F.conv2d(X, kernels.flip(1, 2)[:, None], groups=channels)
        usual = [
            (want.sum(dim=1, keepdim=True), "the channels are added up; keep them apart"),
            (want.sum(dim=1), "the channels are added up; keep them apart"),
            (F.conv2d(X, kernels.expand(channels, -1, -1, -1)), "all filters see all channels"),
            (flipped, "the kernel is flipped; leave it as it is"),
            (want.transpose(0, 1), "N comes first, then the channels"),
        ]
        with given(f"X of shape {tuple(X.shape)}", f"kernels of shape {tuple(kernels.shape)}"):
            seen = Operations()
            got = expect_tensor(call(answer, X, kernels, inside=seen))
            if channels > 1 and got.shape[1:2] == (channels * channels,):
                raise Wrong("each kernel walks over its own channel only")
            expect_equal(got, want, usual=usual, why="map c comes from channel c and kernel c")
            if not any("conv" in name for name in seen.names):
                raise Wrong("the numbers are right; now by `F.conv2d` and its `groups`")
            _refuse_loops(answer)
