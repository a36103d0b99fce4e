"""Answers to the exercises of 03/04, time series."""

import torch

from check_cases import Cases


def by_past(x, cut):
    return (x - x[:cut].mean(dim=0)) / x[:cut].std(dim=0)


def at_once(x, cut):
    deviation, mean = torch.std_mean(x[:cut], dim=0, keepdim=True)
    return x.sub(mean).div(deviation)


def by_all(x, cut):
    return (x - x.mean(dim=0)) / x.std(dim=0)


def by_each_row(x, cut):
    return (x - x[:cut].mean()) / x[:cut].std(0)


def each_by_itself(x, cut):
    rest = x[cut:]
    return torch.cat([past_only(x, cut), (rest - rest.mean(dim=0)) / rest.std(dim=0)])


def by_the_future(x, cut):
    return (x - x[cut:].mean(dim=0)) / x[cut:].std(dim=0)


def past_only(x, cut):
    return by_past(x, cut)[:cut]


def pair(x, size, ahead):
    targets = x[size + ahead - 1 :, 0]
    return x.unfold(0, size, 1)[: len(targets)], targets


def pair_by_loop(x, size, ahead):
    starts = range(len(x) - size - ahead + 1)
    windows = torch.stack([x[i : i + size].T for i in starts])
    return windows, torch.stack([x[i + size + ahead - 1, 0] for i in starts])


def reshaped(x, size, ahead):
    windows = pair(x, size, ahead)[0]
    return windows.transpose(1, 2).reshape(windows.shape)


def with_windows(change):
    return lambda x, size, ahead: (change(x, size, ahead), pair(x, size, ahead)[1])


def with_targets(change):
    return lambda x, size, ahead: (pair(x, size, ahead)[0], change(x, size, ahead))


CASES = {
    "03.4a": Cases(
        solution=by_past,
        also_right=[lambda x, cut: torch.stack([by_past(c, cut) for c in x.T], dim=1), at_once],
        wrong=[
            (by_all, "from all rows, the future's"),
            (lambda x, cut: (x - x.mean()) / x.std(), "all rows and channels"),
            (past_only, "scale all rows"),
            (lambda x, cut: (x - x[:cut].mean(0)) / x.std(0), "deviation comes from all rows"),
            (lambda x, cut: (x - x.mean(0)) / x[:cut].std(0), "mean comes from all rows"),
            (lambda x, cut: (x - x[:cut].mean()) / x[:cut].std(), "each channel has its own"),
            (lambda x, cut: by_past(x, cut + 1), "belongs to the future"),
            (lambda x, cut: x - x[:cut].mean(0), "division by the deviation is missing"),
            (lambda x, cut: x.sub_(x[:cut].mean(0)).div_(x[:cut].std(0)), "changed"),
            (by_each_row, "both of x[:cut]"),
            (each_by_itself, "use those of the rows before"),
            (by_the_future, "both of x[:cut]"),
            (
                lambda x, cut: (x - x[:cut].mean(0)) / (x[:cut].std(0) + 1e-8),
                "add nothing to its deviation",
            ),
            (lambda x, cut: (x - x[:cut].mean(0)) / x[:cut].std(0).clamp(min=1), "is missing"),
            (lambda x, cut: by_past(x.float(), cut), "expected dtype torch.float64"),
            (lambda x, cut: by_past(x, cut - 1), "both of x[:cut]"),
            (
                lambda x, cut: (x - x[:cut].mean(0)) / x[:cut].std(0, correction=0),
                "divide by n - 1",
            ),
            (lambda x, cut: (x - x[:cut].mean(0)) / x[:cut].var(0), "both of x[:cut]"),
            (lambda x, cut: (x - x[:cut].amin(0)) / (x[:cut].amax(0) - x[:cut].amin(0)), "min-max"),
            (lambda x, cut: by_past(x, cut).abs(), "both of x[:cut]"),
            (lambda x, cut: (x - x[:cut].median(0).values) / x[:cut].std(0), "both of x[:cut]"),
        ],
    ),
    "03.4b": Cases(
        solution=pair,
        also_right=[pair_by_loop, lambda *given: list(pair(*given))],
        wrong=[
            (with_windows(lambda *a: pair(*a)[0].transpose(1, 2)), "N×L×C"),
            (with_windows(lambda x, size, ahead: x.unfold(0, size, 1)), "have no target"),
            (with_windows(lambda x, size, ahead: x.unfold(0, size, 1)[:-1]), "`ahead` windows"),
            (with_windows(lambda *a: pair(*a)[0][:-1]), "one window is missing"),
            (with_targets(lambda x, size, ahead: x[size:, 0]), "`ahead` is forgotten"),
            (with_targets(lambda x, size, ahead: x[size + ahead :, 0]), "one day too late"),
            (with_targets(lambda x, size, ahead: x[size + ahead - 1 :]), "channel 0 only"),
            (with_targets(lambda *a: pair(*a)[1][:, None]), "not (N, 1)"),
            (lambda *a: pair(*a)[0], "windows and targets; got a tensor"),
            (lambda *a: (*pair(*a), a), "these are 3"),
            (lambda *a: pair(*a)[::-1], "expected shape"),
            (with_targets(lambda x, size, ahead: x[size + ahead - 1 :, -1]), "For x"),
            (with_targets(lambda *a: pair(*a)[1].flip(0)), "targets[i] is day"),
            (with_targets(lambda *a: pair(*a)[1].abs()), "targets[i] is day"),
            (with_windows(lambda x, size, ahead: x.unfold(0, size, size)), "windows[i] holds"),
            (with_windows(lambda *a: pair(*a)[0].flip(2)), "windows[i] holds days"),
            (with_windows(lambda *a: pair(*a)[0].float()), "expected dtype torch.float64"),
            (with_targets(lambda *a: torch.tensor(pair(*a)[1].tolist())), "expected dtype"),
            (with_windows(reshaped), "windows[i] holds days"),
            (
                with_windows(lambda x, size, ahead: x.unfold(0, size, 1)[ahead:]),
                "first windows are gone",
            ),
        ],
    ),
}
