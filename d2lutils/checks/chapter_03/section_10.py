"""Checks of 03/10, transforms."""

from typing import Any

import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_parts, expect_tensor, given
from d2lutils.checks.watching import loops


@exercise("03.10a")
def shrink(answer: Any) -> None:
    """A picture C×H×W as C×(H/k)×(W/k), each pixel the mean of a block."""
    generator = torch.Generator().manual_seed(0)

    def draw(*shape: int) -> torch.Tensor:
        return torch.rand(shape, generator=generator) * 3 - 1

    tried = [
        # Backwards, so that the four pixels of a block differ from its greatest and its smallest.
        ("torch.arange(48.0).view(1, 6, 8).flip(2)", torch.arange(48.0).view(1, 6, 8).flip(2), 2),
        ("a picture of shape (3, 6, 9)", draw(3, 6, 9), 3),
        ("a picture of shape (2, 4, 12)", draw(2, 4, 12), 4),
        ("a picture of shape (3, 5, 7)", draw(3, 5, 7), 1),
        ("a picture of shape (1, 2, 2)", draw(1, 2, 2), 2),
        (
            "a picture of shape (3, 8, 4), permuted from (8, 4, 3)",
            draw(8, 4, 3).permute(2, 0, 1),
            2,
        ),
        ("a float64 picture of shape (4, 2, 6)", draw(4, 2, 6).double(), 2),
    ]
    for source, x, k in tried:
        with given(f"x = {source}", k=k):
            got = expect_tensor(call(answer, x, k))
            _judge_shrunk(got, x, k)
    if loops(answer):
        raise Wrong("the numbers are right; now without a loop")


def _judge_shrunk(got: torch.Tensor, x: torch.Tensor, k: int) -> None:
    channels, height, width = x.shape
    rows, columns = height // k, width // k
    cut = x.reshape(channels, rows, k, columns, k)
    want = cut.mean(dim=(2, 4))
    if tuple(got.shape) == (1, *want.shape):
        raise Wrong("this is a batch of one; one picture is C×H×W: take `[0]`")
    if got.shape != want.shape and tuple(got.shape) == (channels, k, k):
        raise Wrong("you averaged over the blocks, and not inside them: average over both k")
    mixed = x.reshape(channels, rows, columns, k * k).mean(dim=3)
    apart = x.reshape(channels, k, rows, k, columns)
    expect_equal(
        got,
        want,
        usual=[
            (x[:, ::k, ::k], "this copies one pixel of each block: average the block"),
            (cut.sum(dim=(2, 4)), "this adds up: divide by the number of pixels, k · k"),
            (cut.sum(dim=(2, 4)) / k, "a block has k · k pixels, not k"),
            (mixed, "these pixels follow one another in memory, and are no block"),
            (apart.mean(dim=(1, 3)), "cut H into (H/k, k), not into (k, H/k): a block is k long"),
            (
                cut[:, :, k // 2, :, k // 2],
                "this copies one pixel of each block: average the block",
            ),
            (cut.amax(dim=(2, 4)), "this is the greatest pixel of each block: take the mean"),
            (cut.amin(dim=(2, 4)), "this is the smallest pixel of each block: take the mean"),
        ],
        why="pixel [c, i, j] is x[c, k * i : k * i + k, k * j : k * j + k].mean()",
    )


@exercise("03.10b")
def mirror_both(answer: Any) -> None:
    """A mirrored picture C×H×W and its box XYXY, left smaller than right."""
    tried = [
        ((2, 5, 7), [1, 0, 3, 2]),
        ((3, 4, 6), [0, 1, 1, 3]),
        ((2, 5, 3), [0, 0, 3, 5]),
        ((3, 3, 8), [5, 1, 8, 2]),
        ((1, 1, 1), [0, 0, 1, 1]),
        ((4, 6, 2), [1, 2, 2, 3]),
    ]
    for number, (shape, corners) in enumerate(tried):
        x = torch.arange(torch.Size(shape).numel()).view(shape)
        x = x.float() - 2.5 if number % 2 else x.byte()
        box = torch.tensor(corners)
        with given(f"a picture of shape {shape}", box=box):
            parts = expect_parts(call(answer, x, box), "the picture", "the box")
            picture, found = (expect_tensor(part) for part in parts)
            _judge_mirrored(picture, x)
            _judge_box(found, box, shape)


def _judge_mirrored(got: torch.Tensor, x: torch.Tensor) -> None:
    expect_equal(
        got,
        x.flip(2),
        usual=[
            (x, "the picture has not changed: mirror it"),
            (x.flip(1), "this swaps top and bottom: W is dimension 2"),
            (x.flip(1, 2), "this turns the picture upside down: only W is mirrored"),
            (x.flip(0), "this swaps the channels: W is dimension 2"),
        ],
        why="pixel [c, i, j] is x[c, i, W - 1 - j]",
    )


def _judge_box(got: torch.Tensor, box: torch.Tensor, shape: tuple[int, ...]) -> None:
    _, height, width = shape
    left, top, right, bottom = box.tolist()
    if got.dtype != box.dtype:
        raise Wrong(f"the box holds whole numbers, {box.dtype}; this is {got.dtype}")

    def as_box(*corners: int) -> torch.Tensor:
        return torch.tensor(corners, dtype=box.dtype)

    expect_equal(
        got,
        as_box(width - right, top, width - left, bottom),
        usual=[
            (
                as_box(width - left, top, width - right, bottom),
                "left is greater than right: the old right edge becomes the new left one",
            ),
            (
                as_box(width - 1 - right, top, width - 1 - left, bottom),
                "the box is one column too far left: edges are counted from 0 to W, so W - right",
            ),
            (
                as_box(left, height - bottom, right, height - top),
                "you mirrored the rows; left and right change, top and bottom stay",
            ),
            (
                as_box(height - right, top, height - left, bottom),
                "you subtracted from the height; columns are counted up to W",
            ),
            (
                as_box(width - right, height - bottom, width - left, height - top),
                "top and bottom stay where they are",
            ),
            (as_box(left, top, right, bottom), "the box has stayed behind: move it as well"),
            (
                as_box(width - right, top, right - left, bottom - top),
                "these are width and height (XYWH); return right and bottom",
            ),
        ],
        why="the new left is W - right, the new right W - left",
    )
