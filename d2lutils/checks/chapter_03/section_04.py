"""Checks of 03/04, time series."""

from typing import Any

import torch

from d2lutils.checks import call, exercise, expect_equal, expect_parts, expect_tensor, given


@exercise("03.4a")
def scale_by_past(answer: Any) -> None:
    """Judge standardising by statistics of the rows before a cut."""
    rows = torch.arange(12.0)
    rising = torch.stack([rows**2, 50 - 3 * rows + (rows % 3)], dim=1)
    for x, cut in [(rising, 5), (rising[:, :1], 2), (rising.double() * -3e-9, 9), (rising[:3], 3)]:
        with given(x=x, cut=cut):
            got = call(answer, x.clone(), cut)
            past, one = x[:cut], x[:cut].flatten()
            mean, std = past.mean(dim=0), past.std(dim=0)
            usual = [
                ((x - x.mean(0)) / x.std(0), "mean and deviation come from all rows, the future's"),
                ((x - x.mean()) / x.std(), "mean and deviation come from all rows and channels"),
                ((x - mean) / x.std(0), "the deviation comes from all rows; take it before `cut`"),
                ((x - x.mean(0)) / std, "the mean comes from all rows; take it before `cut`"),
                ((past - mean) / std, "scale all rows, not only those before `cut`"),
                ((x - one.mean()) / one.std(), "each channel has its own mean and deviation"),
                ((x - past.amin(0)) / (past.amax(0) - past.amin(0)), "that is min-max"),
                ((x - mean) / past.std(dim=0, correction=0), "divide by n - 1, as `std` does"),
                (x - mean, "the division by the deviation is missing"),
                ((x - mean) / (std + 1e-8), "no channel is constant: add nothing to its deviation"),
                (_by_rows(x, cut + 1), "the row at `cut` belongs to the future"),
                (
                    _each_by_itself(x, cut),
                    "the rows from `cut` on have their own mean and "
                    "deviation; use those of the rows before",
                ),
            ]
            if x.shape[1] == 1:  # with one channel there is no telling these apart
                usual.pop(5)
            why = "subtract each channel's mean, divide by its deviation, both of x[:cut]"
            expect_equal(got, (x - mean) / std, usual=usual, why=why)


def _by_rows(x: torch.Tensor, rows: int) -> torch.Tensor:
    return (x - x[:rows].mean(dim=0)) / x[:rows].std(dim=0)


def _each_by_itself(x: torch.Tensor, cut: int) -> torch.Tensor | None:
    if len(x) - cut < 2:
        return None
    return torch.cat([_by_rows(x[:cut], cut), _by_rows(x[cut:], len(x) - cut)])


@exercise("03.4b")
def windows_and_targets(answer: Any) -> None:
    """Judge windows as N×C×L and the values that come some days after them."""
    days = torch.arange(10.0)
    x = torch.stack([(days * 7 % 10) * 0.7 - 2, 100 + days, -days], dim=1)
    for days, size, ahead in [(x, 4, 3), (x, 3, 1), (x[:, :1], 2, 2), (x[:5].double(), 4, 1)]:
        with given(x=days, size=size, ahead=ahead):
            windows, targets = expect_parts(call(answer, days, size, ahead), "windows", "targets")
            _judge_windows(expect_tensor(windows), days, size, ahead)
            _judge_targets(expect_tensor(targets), days, size, ahead)


def _judge_windows(got: torch.Tensor, x: torch.Tensor, size: int, ahead: int) -> None:
    every = x.unfold(0, size, 1)
    want = every[: len(x) - size - ahead + 1]
    usual = [
        (want.transpose(1, 2), "windows are N×L×C; swap the last two dimensions"),
        (every, "the last windows have no target; leave them out"),
        (every[:-1], "the last windows have no target; with `ahead` days that is `ahead` windows"),
        (want[:-1], "one window is missing: there are len(x) - size - ahead + 1"),
        (every[ahead:], "the first windows are gone; those at the end have no target"),
    ]
    expect_equal(got, want, usual=usual, why="windows[i] holds days i to i + size - 1")


def _judge_targets(got: torch.Tensor, x: torch.Tensor, size: int, ahead: int) -> None:
    want = x[size + ahead - 1 :, 0]
    count = len(want)
    usual = [
        (x[size + ahead - 1 :], "targets are of channel 0 only"),
        (want[:, None], "targets have shape (N,), not (N, 1)"),
        (x[size:, 0], "targets are the day after the window; `ahead` is forgotten"),
        (x[size : size + count, 0], "targets are the day after the window; `ahead` is forgotten"),
        (x[size + ahead :, 0], "targets come one day too late: 1 is the day after the window"),
        (x[ahead : ahead + count, 0], "count `ahead` from the window's last day, not its first"),
        (x[size + ahead - 2 :, 0][:count], "targets come one day too early: 1 is the day after"),
    ]
    expect_equal(got, want, usual=usual, why="targets[i] is day i + size + ahead - 1, channel 0")
