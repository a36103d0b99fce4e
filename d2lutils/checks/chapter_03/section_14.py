"""Checks of 03/14, video."""

from typing import Any

import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given

INEXACT = [(6, 7), (22, 11), (30, 11)]  # here a fraction rounded on the way gives another frame


@exercise("03.14b")
def middles(answer: Any) -> None:
    """The frames in the middle of n equal pieces of a film."""
    sizes = [(12, 4), (7, 3), (10, 4), (5, 5), (9, 1), (3, 7), (1, 4), (1, 1), (31, 10)]
    for frames, n in [*sizes, *INEXACT]:
        film = torch.arange(frames * 6, dtype=torch.uint8).view(frames, 1, 2, 3)
        with given(f"film = {frames} frames of 1×2×3", n=n):
            _judge_middles(expect_tensor(call(answer, film, n)), film, n)
    still = torch.randn(3, 8, 2, 2, generator=torch.Generator().manual_seed(3)).transpose(0, 1)
    with given("film = 8 frames of 3×2×2 floats, not contiguous", n=3):
        _judge_middles(expect_tensor(call(answer, still, 3)), still, 3)


def _judge_middles(got: torch.Tensor, film: torch.Tensor, n: int) -> None:
    frames = len(film)
    if got.ndim == 1 and film.ndim == 4:
        raise Wrong("these are numbers of frames; return the frames, n×C×H×W")
    if got.ndim == 4 and len(got) == frames < n:
        raise Wrong("the film has fewer frames than n; some of them come more than once")
    if got.ndim == 4 and len(got) != n:
        raise Wrong(f"return {n} frames; these are {len(got)}")
    ends = [i * (frames - 1) // max(n - 1, 1) for i in range(n)]
    middle = [(2 * i + 1) * frames // (2 * n) for i in range(n)]
    rounded = [min(round((2 * i + 1) * frames / (2 * n)), frames - 1) for i in range(n)]
    near = [
        [int((i + 0.5) / n * frames) for i in range(n)],
        [int((i + 0.5) * (frames / n)) for i in range(n)],
        [int(i * (frames / n) + frames / n / 2) for i in range(n)],
    ]
    usual = [
        (ends, "these frames reach from the first to the last; take the middle of each piece"),
        ([i * frames // n for i in range(n)], "each piece gave its first frame, not its middle"),
        (
            [(i + 1) * frames // n - 1 for i in range(n)],
            "each piece gave its last frame, not its middle",
        ),
        ([i * (frames // n) for i in range(n)], "each piece gave its first frame, not its middle"),
        (rounded, "you rounded; cut off the fraction"),
        (
            [min(i * (frames // n) + frames // n // 2, frames - 1) for i in range(n)],
            "the pieces are T / n long, which need not be a whole number: cut off at the end only",
        ),
        *[
            (places, "a fraction was rounded on the way: stay with whole numbers")
            for places in near
        ],
        (middle[::-1], "these are the right frames, backwards"),
    ]
    expect_equal(
        got,
        film[middle],
        usual=[(film[places], reason) for places, reason in usual],
        why="frame i of the result is frame (2 * i + 1) * T // (2 * n) of the film",
    )


@exercise("03.14c")
def moved_pixels(answer: Any) -> None:
    """A mask of the pixels that differ from the frame before, in any channel, by `least`."""
    generator = torch.Generator().manual_seed(5)
    for shape, least in [
        ((4, 3, 5, 6), 60),
        ((3, 1, 4, 5), 128),
        ((2, 3, 6, 6), 200),
        ((5, 2, 3, 4), 1),
        ((2, 3, 30, 30), 255),
        ((1, 3, 2, 4), 10),
        ((6, 4, 1, 1), 90),
    ]:
        film = torch.randint(0, 256, shape, generator=generator, dtype=torch.uint8)
        if least == 1:
            film = film // 86  # few levels, so that many pixels are still
        if least == 255:
            film = film // 128 * 255
        size = "×".join(map(str, shape))
        with given(f"film = random bytes, {size}", least=least):
            _judge_moved(expect_tensor(call(answer, film, least)), film, least)
    film = torch.randint(0, 256, (3, 4, 5, 2), generator=generator, dtype=torch.uint8)
    with given("film = random bytes, 4×3×5×2, not contiguous", least=50):
        film = film.transpose(0, 1)
        _judge_moved(expect_tensor(call(answer, film, 50)), film, 50)
    with given("film = one channel that goes 200, 200 - 60, 200", least=60):
        film = torch.tensor([200, 140, 200], dtype=torch.uint8).view(3, 1, 1, 1)
        _judge_moved(expect_tensor(call(answer, film, 60)), film, 60)


def _judge_moved(got: torch.Tensor, film: torch.Tensor, least: int) -> None:
    change = film.int().diff(dim=0)
    wrapped = film[1:] - film[:-1]
    want = (change.abs() >= least).any(dim=1)
    if tuple(got.shape) == tuple(change.shape) and got.shape != want.shape:
        raise Wrong("this has a value for each channel; a pixel has moved if any of them has")
    if tuple(got.shape) == (len(film), *want.shape[1:]):
        raise Wrong("the first frame has none before it: T frames have T - 1 differences")
    if got.dtype != torch.bool and got.shape == want.shape:
        raise Wrong(f"return a mask, of dtype torch.bool, not {got.dtype}")
    expect_equal(
        got,
        want,
        usual=[
            (
                (wrapped >= least).any(dim=1),
                "the bytes have wrapped: cast to a signed type before you subtract",
            ),
            (
                (wrapped.int().abs() >= least).any(dim=1),
                "you cast after subtracting, when the bytes had wrapped",
            ),
            (
                (film.to(torch.int8).diff(dim=0).abs() >= least).any(dim=1),
                "int8 holds -128 to 127, and bytes go to 255: take a wider type",
            ),
            ((change >= least).any(dim=1), "a pixel may become darker, too: take `abs`"),
            ((change <= -least).any(dim=1), "a pixel may become brighter, too: take `abs`"),
            ((change.abs() > least).any(dim=1), "`least` itself counts: compare with >="),
            ((change.abs() >= least).all(dim=1), "one channel is enough: `any`, not `all`"),
            (
                change.abs().sum(dim=1) >= least,
                "you added up the channels; one of them must differ by `least`",
            ),
            ((change.sum(dim=1).abs() >= least), "you added up the channels before `abs`"),
            (
                (change.float().abs().mean(dim=1) >= least),
                "you averaged the channels; one of them must differ by `least`",
            ),
            (~want, "true is what has moved, not what is still"),
        ],
        why="true where any channel differs by `least` or more from the frame before",
    )
