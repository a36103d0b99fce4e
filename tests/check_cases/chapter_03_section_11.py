"""Answers to the exercises of 03/11, volumes."""

import math

import torch

from check_cases import COMMUTES, NOT_NEGATIVE, Cases


def litres(volume, low, high):
    count = ((volume.values >= low) & (volume.values <= high)).sum().item()
    return count * math.prod(volume.spacing) / 1e6


def voxels(volume, low, high):
    return ((volume.values >= low) & (volume.values <= high)).sum().item()


def limits_left_out(volume, low, high):
    count = ((volume.values > low) & (volume.values < high)).sum().item()
    return count * math.prod(volume.spacing) / 1e6


def area(volume, low, high):
    return litres(volume, low, high) / volume.spacing[0]


def missing(heights):
    heights = heights.sort().values
    step = heights.diff().median()
    found = []
    for low, gap in zip(heights, heights.diff(), strict=False):
        found += [low + step * k for k in range(1, round((gap / step).item()))]
    return torch.tensor(found)


def below_the_gaps(heights):
    heights = heights.sort().values
    gaps = heights.diff()
    return heights[:-1][gaps > 1.5 * gaps.median()]


def the_gaps(heights):
    gaps = heights.sort().values.diff()
    return gaps[gaps > 1.5 * gaps.median()]


def one_a_gap(heights):
    heights = heights.sort().values
    gaps = heights.diff()
    return heights[:-1][gaps > 1.5 * gaps.median()] + gaps.median()


def not_sorted(heights):
    gaps = heights.diff()
    return heights[:-1][gaps > 1.5 * gaps.abs().median()] + gaps.abs().median()


def ladder_of(heights, step):
    count = round(((heights.max() - heights.min()) / step).item()) + 1
    return heights.min() + step * torch.arange(count)


def lacking(heights, step):
    ladder = ladder_of(heights, step)
    return ladder[(ladder[:, None] - heights).abs().amin(dim=1) > step / 2]


def by_equality(heights):
    step = heights.sort().values.diff().median()
    ladder = ladder_of(heights, step)
    return ladder[~torch.isin(ladder, heights)]


def with_the_quotient_cut(heights):
    heights = heights.sort().values
    step = heights.diff().median()
    found = []
    for low, gap in zip(heights, heights.diff(), strict=False):
        found += [low + step * k for k in range(1, int((gap / step).item()))]
    return torch.tensor(found)


def by_steps_added_up(heights):
    there, found = heights.sort().values.tolist(), []
    height, step = there[0], heights.sort().values.diff().median().item()
    while height < there[-1]:
        if height not in there:
            found.append(height)
        height += step
    return torch.tensor(found)


def by_the_first_gap(heights):
    return lacking(heights, heights.sort().values.diff()[0])


def by_the_mean_gap(heights):
    return lacking(heights, heights.sort().values.diff().mean())


def near_in_millimetres(heights):
    ladder = whole_ladder(heights)
    return ladder[(ladder[:, None] - heights).abs().amin(dim=1) > 0.1]


def by_the_largest_gap(heights):
    return lacking(heights, heights.sort().values.diff().max())


def by_numbers_of_rungs(heights):
    step, first = heights.sort().values.diff().median().item(), heights.min().item()
    there = {round((height - first) / step) for height in heights.tolist()}
    lost = [first + step * rung for rung in range(max(there)) if rung not in there]
    return torch.tensor(lost)


def with_whole_values(volume, low, high):
    whole = volume.values.short()
    return ((whole >= low) & (whole <= high)).sum().item() * math.prod(volume.spacing) / 1e6


def by_clamping(volume, low, high):
    kept = volume.values.clamp(low, high) == volume.values
    return int(kept.sum()) * math.prod(volume.spacing) / 1e6


def by_difference(volume, low, high):
    count = int((volume.values <= high).sum()) - int((volume.values < low).sum())
    return math.prod([count, *volume.spacing]) / 1e6


def whole_ladder(heights):
    return ladder_of(heights, heights.sort().values.diff().median())


def without_parentheses(volume, low, high):
    inside = volume.values >= low & volume.values <= high
    return inside.sum().item() * math.prod(volume.spacing) / 1e6


def sum_of_values(volume, low, high):
    inside = (volume.values >= low) & (volume.values <= high)
    return volume.values[inside].sum().item() * math.prod(volume.spacing) / 1e6


def cube_of_the_first_side(volume, low, high):
    return voxels(volume, low, high) * volume.spacing[0] ** 3 / 1e6


HIGHEST = "the highest slice is always there, so the ladder need not reach it"
NEAR = "a slice is at a rung or a whole step away from it"

CASES = {
    "03.11a": Cases(
        solution=litres,
        also_right=[by_clamping, by_difference],
        wrong=[
            (with_whole_values, "both limits are included"),
            (lambda *x: round(litres(*x), 3), "over a million"),
            (lambda volume, low, high: litres(volume, low, high + 1), "over a million"),
            (voxels, "this counts voxels"),
            (lambda *x: litres(*x) * 1e6, "cubic millimetres"),
            (lambda *x: litres(*x) * 1e3, "millilitres"),
            (lambda *x: litres(*x) / 1e3, "a litre has a million"),
            (limits_left_out, "both limits are included"),
            (area, "the distance between slices is missing"),
            (lambda volume, low, high: litres(volume, low, 1e9), "upper limit"),
            (lambda volume, low, high: litres(volume, -1e9, high), "lower limit"),
            (lambda *x: int(litres(*x)), "over a million"),
            (sum_of_values, "over a million"),
            (without_parentheses, "put each comparison in parentheses"),
            (lambda volume, low, high: litres(volume, low, high - 1), "both limits are included"),
            (lambda volume, low, high: litres(volume, int(low), high), "both limits are included"),
            (lambda *x: torch.tensor(litres(*x)), "`.item()` gives its number"),
            (cube_of_the_first_side, "over a million"),
        ],
        equivalent={
            "count = ((volume.values <= high) & (volume.values >= low)).sum().item()": COMMUTES,
            "return abs(count * math.prod(volume.spacing) / 1000000.0)": NOT_NEGATIVE,
            "inside = (scan.values <= most) & (scan.values >= least)": COMMUTES,
            "return abs(inside.sum().item() * deep * high * wide / 1000000.0)": NOT_NEGATIVE,
        },
    ),
    "03.11b": Cases(
        solution=missing,
        also_right=[by_numbers_of_rungs, lambda heights: missing(heights.double()).float()],
        wrong=[
            (near_in_millimetres, "the usual distance is the median"),
            (by_the_largest_gap, "the usual distance is the median"),
            (lambda heights: missing(heights[1:-1]), "the usual distance is the median"),
            (below_the_gaps, "below the gaps"),
            (the_gaps, "these are the gaps"),
            (one_a_gap, "several slices"),
            (not_sorted, "sort them first"),
            (lambda heights: missing(heights).flip(0), "from low to high"),
            (lambda heights: missing(heights).tolist(), "expected a tensor, got a list"),
            (by_equality, "call a slice there if it is near"),
            (by_steps_added_up, "call a slice there if it is near"),
            (with_the_quotient_cut, "round a quotient"),
            (lambda heights: missing(heights.double()), "the dtype of `heights`"),
            (by_the_first_gap, "the first gap need not be"),
            (by_the_mean_gap, "the usual distance is the median"),
            (whole_ladder, "the usual distance is the median"),
            (lambda heights: missing(heights).round(), "the usual distance is the median"),
            (lambda heights: missing(heights)[:1], "For heights"),
            (lambda heights: missing(heights).abs(), "the usual distance is the median"),
            (lambda heights: (missing(heights) - heights.min()) / 2.5, "the usual distance"),
        ],
        equivalent={
            "for low, gap in zip(heights, heights.diff()):": "there is one gap less than heights",
            "count = round(((there[-1] - there[1]) / step).item()) + 1": HIGHEST,
            "count = round(((there[-1] - there[0]) / step).item()) + 0": HIGHEST,
            "nearest = (there - ladder[:, None]).abs().amin(dim=1)": "`abs` follows",
            "return ladder[nearest >= step / 2]": NEAR,
            "return ladder[nearest > step / 3]": NEAR,
        },
    ),
}
