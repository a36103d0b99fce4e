"""Checks of 03/09, images."""

from typing import Any

import numpy as np
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


@exercise("03.9a")
def picture(answer: Any) -> None:
    """An array of bytes, H×W or H×W×C, as float32 C×H×W from 0 to 1."""
    random = np.random.default_rng(0)
    for shape in [(2, 4, 3), (4, 2), (3, 5, 4), (2, 2, 1), (5, 3), (1, 1), (3, 3, 2), (2, 4)]:
        pixels = random.integers(0, 256, shape).astype(np.uint8)
        pixels.flat[0] = 255
        given_shape = "pixels of shape " + "×".join(map(str, shape))
        with given(given_shape):
            got = expect_tensor(call(answer, pixels.copy()))
            _judge_picture(got, torch.from_numpy(np.atleast_3d(pixels)))
    dark = random.integers(0, 2, (3, 4)).astype(np.uint8)
    with given("pixels of shape 3×4, none above 1"):
        _judge_picture(expect_tensor(call(answer, dark.copy())), torch.from_numpy(dark[..., None]))
    wide = random.integers(0, 256, (2, 6, 3)).astype(np.uint8)
    with given("every second column of pixels of shape 2×6×3"):
        got = expect_tensor(call(answer, wide[:, ::2]))
        _judge_picture(got, torch.from_numpy(wide[:, ::2].copy()))


def _judge_picture(got: torch.Tensor, hwc: torch.Tensor) -> None:
    height, width, channels = hwc.shape
    want = hwc.permute(2, 0, 1) / 255
    if got.ndim == 2:
        raise Wrong("grey needs a first dimension for its one channel: C×H×W with C = 1")
    if got.ndim == 4:
        raise Wrong("this is a batch; one picture is C×H×W")
    shapes: dict[tuple[int, ...], str] = {
        (height, width, channels): "this is still H×W×C: put the channels first",
        (channels, width, height): "H and W are swapped: the order is `permute(2, 0, 1)`",
        (height, channels, width): "the dimensions are in the wrong order: `permute(2, 0, 1)`",
    }
    if got.shape != want.shape and tuple(got.shape) in shapes:
        raise Wrong(shapes[tuple(got.shape)])
    if got.dtype == torch.float64:
        raise Wrong("expected float32, got float64: convert where the data enter")
    if got.dtype == torch.uint8:
        raise Wrong("these are still bytes; return float32")
    expect_equal(
        got,
        want,
        usual=[
            (want * 255, "the values run to 255: divide by 255"),
            (want * 255 / 256, "you divided by 256; the brightest byte is 255"),
            (
                hwc.reshape(want.shape) / 255,
                "`reshape` or `view` mixes the colours: it keeps the reading order; use `permute`",
            ),
            (
                hwc.permute(2, 1, 0).reshape(want.shape) / 255,
                "the picture lies on its side: the order is `permute(2, 0, 1)`",
            ),
        ],
        why="element [c, h, w] is pixels[h, w, c] / 255",
    )


@exercise("03.9b")
def stand_up(answer: Any) -> None:
    """A stored picture C×H×W and its EXIF orientation, 1 to 8, as the upright picture."""
    _judge_standing(answer, "torch.arange(12).view(2, 2, 3)", torch.arange(12).view(2, 2, 3))
    x = (5 - torch.arange(24).view(2, 4, 3)) / 4
    _judge_standing(answer, "(5 - torch.arange(24).view(2, 4, 3)) / 4", x)
    _judge_standing(answer, "torch.arange(3).view(1, 1, 3)", torch.arange(3).view(1, 1, 3))


def _judge_standing(answer: Any, source: str, x: torch.Tensor) -> None:
    channels, height, width = x.shape
    for orientation in [6, 1, 2, 3, 4, 5, 7, 8]:
        want = upright(x, orientation)
        with given(f"x = {source}", orientation=orientation):
            got = expect_tensor(call(answer, x.clone(), orientation))
            if orientation >= 5 and tuple(got.shape) == (channels, height, width):
                raise Wrong("from orientation 5 on H and W are swapped")
            if orientation < 5 and tuple(got.shape) == (channels, width, height):
                raise Wrong("only from orientation 5 on H and W are swapped")
            if tuple(got.shape) == (width, height, channels):
                raise Wrong("the channels have moved: swap dimensions 1 and 2")
            usual = [
                (want.flip(1, 2), "this is upside down: both rows and columns run backwards"),
                (want.flip(2), "left and right are mirrored"),
                (want.flip(1), "top and bottom are mirrored"),
                (want.flip(0), "the channels are swapped; leave dimension 0 alone"),
            ]
            expect_equal(got, want, usual=usual, why="swap first, then mirror what runs backwards")


def upright(x: torch.Tensor, orientation: int) -> torch.Tensor:
    """Return the picture as its EXIF orientation says it should be seen."""
    if orientation >= 5:
        x = x.transpose(1, 2)
    if orientation in (2, 3, 6, 7):
        x = x.flip(2)
    return x.flip(1) if orientation in (3, 4, 7, 8) else x


@exercise("03.9c")
def statistics(answer: Any) -> None:
    """Mean and deviation of each channel over all pixels of byte pictures of several sizes."""
    random = np.random.default_rng(1)
    sets = [
        [(3, 4, 5), (3, 2, 2), (3, 1, 7)],
        [(1, 2, 3), (1, 6, 1)],
        [(3, 3, 2)],
        [(4, 1, 1), (4, 5, 2)],
        [(2, 1, 1)],
        [(3, 40, 50), (3, 10, 10)],
    ]
    for shapes in sets:
        pictures = []
        for number, shape in enumerate(shapes):
            low, high = (100, 256) if number else (0, 180)  # one picture is lighter than the next
            pictures.append(torch.from_numpy(random.integers(low, high, shape).astype(np.uint8)))
        with given(f"pictures of the shapes {', '.join(map(str, shapes))}"):
            _judge_statistics(call(answer, pictures), pictures)
    wide = torch.from_numpy(random.integers(0, 256, (5, 8, 3)).astype(np.uint8)).permute(2, 0, 1)
    with given("pictures = [x.permute(2, 0, 1)] with x of shape (5, 8, 3)"):
        _judge_statistics(call(answer, [wide]), [wide])
    dark = torch.tensor([[[0, 1, 1], [1, 0, 1]]], dtype=torch.uint8)
    with given(pictures=[dark]):
        _judge_statistics(call(answer, [dark]), [dark])


def _judge_statistics(result: object, pictures: list[torch.Tensor]) -> None:
    rows = torch.cat([x.flatten(1) for x in pictures], dim=1).double() / 255
    each = [x.flatten(1).double() / 255 for x in pictures]
    mean, std = rows.mean(dim=1), rows.std(dim=1, correction=0)
    got = expect_parts(result, "the means", "the deviations")
    got_mean, got_std = (expect_tensor(part) for part in got)
    for part, name in [(got_mean, "means"), (got_std, "deviations")]:
        if part.shape != mean.shape and part.ndim == 0:
            raise Wrong(f"one number for each channel: {len(mean)} {name}, and you returned one")
        if not part.is_floating_point():
            raise Wrong(f"the {name} are no whole numbers: return floats")
        if part.dtype in (torch.float16, torch.bfloat16):
            raise Wrong(f"the {name} are {part.dtype}, which has too few digits: return float32")
    bytes_ = torch.cat([x.flatten(1) for x in pictures], dim=1)
    wrapped = (bytes_**2).double().mean(dim=1) / 255**2 - mean**2
    n = rows.shape[1]
    sample = std * (n / (n - 1)) ** 0.5 if n > 1 else std * torch.nan
    shares = torch.tensor([x.shape[1] for x in each], dtype=torch.float64) / n
    own_means = torch.stack([x.mean(dim=1) for x in each])
    own_stds = torch.stack([x.std(dim=1, correction=0) for x in each])
    expect_equal(
        got_mean.double(),
        mean,
        usual=[
            (mean * 255, "the scale is from 0 to 1: divide by 255"),
            (mean * 255 / 256, "you divided by 256; the brightest byte is 255"),
            (
                own_means.mean(dim=0),
                "you averaged over pictures; a large one has more pixels, so average over pixels",
            ),
            (each[0].mean(dim=1), "only the first picture counts"),
            (each[-1].mean(dim=1), "only the last picture counts"),
            (std, "the means come first, then the deviations"),
        ],
        why="the mean of a channel is the sum over all its pixels, divided by their number",
    )
    expect_equal(
        got_std.double(),
        std,
        usual=[
            (std * 255, "the scale is from 0 to 1: divide the deviations by 255, too"),
            (std**2, "this is the square of the deviation: take its root"),
            (sample, "divide by n, not by n - 1: `correction=0`"),
            (wrapped.clamp(min=0).sqrt(), "bytes wrap around when squared: make floats first"),
            (wrapped.sqrt(), "bytes wrap around when squared: make floats first"),
            (
                own_stds.mean(dim=0),
                "you averaged the pictures' own deviations, which miss how the pictures differ",
            ),
            ((own_stds**2).mean(dim=0).sqrt(), "this misses how the pictures differ"),
            (shares @ own_stds, "a weighted mean of deviations misses how the pictures differ"),
            ((shares @ own_stds**2).sqrt(), "this misses how the pictures differ"),
        ],
        why="the deviation is the root of the mean squared distance from the channel's mean",
    )
