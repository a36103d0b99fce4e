"""Answers to the exercises of 03/06, volumes."""

import math

import torch

from check_cases import Cases


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


CASES = {
    "03.6a": Cases(
        solution=litres,
        wrong=[
            (voxels, "this counts voxels"),
            (lambda *x: litres(*x) * 1e6, "cubic millimetres"),
            (lambda *x: litres(*x) * 1e3, "millilitres"),
            (lambda *x: litres(*x) / 1e3, "a litre has a million"),
            (limits_left_out, "both limits are included"),
            (area, "the distance between slices is missing"),
            (lambda volume, low, high: litres(volume, low, 1e9), "upper limit"),
            (lambda volume, low, high: litres(volume, -1e9, high), "lower limit"),
        ],
    ),
    "03.6b": Cases(
        solution=missing,
        wrong=[
            (below_the_gaps, "below the gaps"),
            (the_gaps, "these are the gaps"),
            (one_a_gap, "several slices"),
            (not_sorted, "sort them first"),
            (lambda heights: missing(heights).flip(0), "from low to high"),
            (lambda heights: missing(heights).tolist(), "expected a tensor, got a list"),
        ],
    ),
}
