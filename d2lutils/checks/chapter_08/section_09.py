"""Checks of 08/09, forecasting a record."""

from collections.abc import Callable
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


@exercise("08.9a")
def hold_out(answer: Any) -> None:
    """The windows inside a block, and those that share no week with it."""
    for length, size, a, b in [
        (20, 3, 8, 14),
        (12, 5, 4, 6),
        (9, 1, 3, 5),
        (10, 4, 0, 6),
        (10, 4, 5, 10),
        (6, 6, 0, 6),
        (6, 6, 2, 3),
        (7, 2, 0, 7),
        (15, 4, 3, 7),
    ]:
        with given(length=length, size=size, a=a, b=b):
            found = expect_parts(call(answer, length, size, a, b), "inside", "outside")
            begin = torch.arange(length - size + 1)
            inside = (begin >= a) & (begin + size <= b)
            touching = (begin + size > a) & (begin < b)
            parts = {"inside": inside, "outside": ~touching}
            swapped = [begin[~touching], begin[inside]]
            for got, right, (name, chosen) in zip(found, swapped, parts.items(), strict=True):
                got = expect_tensor(got)
                if got.dtype == torch.bool:
                    raise Wrong(f"`{name}` is a mask; return the places where it is True")
                want = begin[chosen]
                with given(f"the windows {name}"):
                    usual = [
                        (right, "the two are swapped: those inside the block come first"),
                        *_usual(name, begin, size, a, b, inside),
                    ]
                    expect_equal(got, want, usual=usual)


def _usual(
    name: str, begin: Tensor, size: int, a: int, b: int, inside: Tensor
) -> list[tuple[Tensor, str]]:
    end = begin + size
    if name == "inside":
        return [
            (
                begin[(begin >= a) & (begin < b)],
                "you asked where a window begins; its last week counts as well",
            ),
            (begin[(begin >= a) & (end < b)], "week b - 1 belongs to the block"),
            (begin[(begin >= a) & (end <= b + 1)], "week b is no longer in the block"),
            (begin[(begin > a) & (end <= b)], "week a belongs to the block"),
            (begin[(end > a) & (begin < b)], "these touch the block; all their weeks lie inside"),
        ]
    return [
        (begin[~inside], "a window that crosses the border shares weeks with the block"),
        (
            begin[(begin < a) | (begin >= b)],
            "a window that begins before the block may reach into it",
        ),
        (begin[end <= a], "the windows after the block are missing"),
        (begin[(end <= a) | (begin > b)], "week b is no longer in the block"),
        (begin[(end < a) | (begin >= b)], "a window may end with week a - 1"),
        (begin[(end <= a + 1) | (begin >= b)], "a window that ends with week a shares that week"),
        (
            torch.cat([begin[begin >= b], begin[end <= a]]),
            "the windows before the block come first",
        ),
    ]


@exercise("08.9b")
def step_by_step(answer: Any) -> None:
    """Forecasts that are fed back, one week at a time."""
    generator = torch.Generator().manual_seed(0)
    for N, P, horizon, dtype in [
        (3, 4, 3, torch.float32),
        (2, 3, 7, torch.float64),
        (1, 1, 4, torch.float32),
        (4, 5, 0, torch.float32),
        (2, 6, 1, torch.float64),
        (0, 3, 2, torch.float32),
    ]:
        X = torch.randn(N, P, generator=generator, dtype=dtype)
        weights = torch.randn(P, generator=generator, dtype=dtype)
        step = _stepper(weights)
        with given(f"X of shape {(N, P)} and dtype {dtype}, horizon = {horizon}"):
            got = expect_tensor(call(answer, step, X, horizon))
            _expect_forecasts(got, weights, X, horizon)


def _stepper(weights: Tensor) -> Callable[[Tensor], Tensor]:
    """Return a weighted sum of the last weeks that refuses windows of another size."""

    def step(windows: Tensor) -> Tensor:
        if not isinstance(windows, Tensor) or windows.ndim != 2:
            shape = tuple(windows.shape) if isinstance(windows, Tensor) else type(windows).__name__
            raise Wrong(f"`step` takes windows of shape (N, P), and got {shape}")
        if windows.shape[1] != len(weights):
            raise Wrong(
                f"`step` takes the last {len(weights)} values of each row; it got "
                f"{windows.shape[1]}"
            )
        return windows @ weights + 0.5

    return step


def _expect_forecasts(got: Tensor, weights: Tensor, X: Tensor, horizon: int) -> None:
    longer = X
    for _ in range(horizon):
        value = longer[:, -len(weights) :] @ weights + 0.5
        longer = torch.cat([longer, value[:, None]], dim=1)
    want = longer[:, len(weights) :]
    first = (X @ weights + 0.5)[:, None]
    usual: list[tuple[object, str]] = [
        (longer, "this begins with X; return the forecasts alone"),
        (longer[:, -len(weights) :], "these are the last windows; return the forecasts alone"),
        (first.expand(-1, horizon), "each week is the first one again; feed the forecast back"),
        (want.flip(1), "the first week comes first"),
        (want.T, "the shape is (N, horizon): a row for each row of X"),
        (want[:, -1:], "this is the last week; return all of them"),
        (torch.cat([X[:, -1:], want[:, :-1]], dim=1), "this begins with the last known week"),
        (want[:, -1] if horizon else first[:, 0], "this is one week; return all of them"),
    ]
    alike = got.shape == want.shape and got.dtype == want.dtype
    why = "the newest value stands at the end of the window" if alike else ""
    expect_equal(got, want, usual=usual, why=why)
