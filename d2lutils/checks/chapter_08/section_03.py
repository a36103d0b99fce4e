"""Checks of 08/03, calibration."""

from typing import Any

import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given


@exercise("08.3a")
def ece_by_count(answer: Any) -> None:
    """The expected calibration error over groups of equal counts."""
    for n, num_bins, seed in [
        (10, 3, 215),
        (7, 7, 1),
        (12, 1, 2),
        (4, 9, 3),
        (1, 1, 4),
        (23, 5, 5),
    ]:
        g = torch.Generator().manual_seed(seed)
        sure = (torch.randperm(80, generator=g)[:n] + 20.5) / 101
        right = torch.rand(n, generator=g) < 0.6
        order = sure.argsort()
        gaps = sure - right.float()
        parts = [part for part in gaps[order].tensor_split(num_bins) if len(part)]
        want = _mean_gap(parts)
        unsorted = [part for part in gaps.tensor_split(num_bins) if len(part)]
        size = -(-n // num_bins)
        chunks = [gaps[order][i : i + size] for i in range(0, n, size)]
        bins = (sure * num_bins).long().clamp(max=num_bins - 1)
        width = [gaps[bins == b] for b in range(num_bins)]
        downwards = [part for part in gaps[order].flip(0).tensor_split(num_bins) if len(part)]
        half = (sure[order] - right.float()).tensor_split(num_bins)
        means = torch.stack([part.mean().abs() for part in parts])
        signed = torch.stack([part.sum() for part in parts])
        with given(sure=sure, right=right, num_bins=num_bins):
            got = expect_tensor(call(answer, sure, right, num_bins))
            if got.isnan().any():
                raise Wrong("an empty group has no mean; let it add nothing")
            if got.dtype == torch.float64:
                got = got.float()  # a sum of another precision is right as well
            expect_equal(
                got,
                want,
                usual=[
                    (_mean_gap(unsorted), "sort the claims first, and right in the same order"),
                    (_mean_gap(list(half)), "put right into the order of the sorted claims, too"),
                    (
                        _mean_gap(chunks),
                        "cut as tensor_split does: sizes differ by 1",
                    ),
                    (_mean_gap(downwards), "sort the lowest claim first"),
                    (_mean_gap(width), "these bins have equal widths; cut by count"),
                    (means.mean(), "weigh each group's gap by its share of the digits"),
                    (means.sum(), "weigh each group's gap by its share of the digits"),
                    (means.sum() / num_bins, "weigh each group's gap by its share of the digits"),
                    (want * n, "divide by the number of digits"),
                    (want * n / num_bins, "divide by the number of digits, not of groups"),
                    (gaps.abs().mean(), "take the gap of a group's sums, not of single digits"),
                    (signed.sum().abs() / n, "take each group's gap without its sign, then add"),
                    (signed.sum() / n, "take each group's gap without its sign, then add"),
                    (signed.square().sum() / n, "take each gap without its sign; do not square it"),
                    (means.max(), "this is the largest gap; take the weighted mean of all"),
                ],
                why="sort both by the claims, cut by tensor_split, add up |sum of claims - number "
                "right|, and divide by n",
            )


@exercise("08.3b")
def cool_probabilities(answer: Any) -> None:
    """Probabilities as a temperature would have made them."""
    rows = [[0.7, 0.2, 0.1], [0.05, 0.0, 0.95], [0.4, 0.25, 0.35], [0.0, 1.0, 0.0]]
    some = torch.tensor(rows, dtype=torch.float64)
    two = torch.tensor([[0.999999, 0.000001], [0.3, 0.7]], dtype=torch.float64)
    ten = torch.linspace(0.95, 1.05, 10, dtype=torch.float64)[None] / 10
    nothing = "add nothing to p, and do not clamp it: a score of minus infinity does no harm"
    odd = [(some, 400.0), (some.float(), 2.0), (ten, 0.002), (some, 1.0), (some[:0], 2.0)]
    for p, T in [(some, 2.0), (some, 0.5), (two, 3.5), *odd]:
        tiny = [1e-6, 1e-8, 1e-12, 1e-30, torch.finfo(p.dtype).tiny]
        added = [((p + least).log() / T).softmax(dim=1) for least in tiny]
        clamped = [(p.clamp(min=least).log() / T).softmax(dim=1) for least in tiny]
        want = (p.log() / T).softmax(dim=1)
        power = p ** (1 / T)
        with given(p=p, T=T):
            got = expect_tensor(call(answer, p, T))
            if got.isnan().any():
                raise Wrong(
                    "nan came out: small powers become 0, or 0 met infinity; "
                    "divide the logarithms by T, and let softmax work"
                )
            expect_equal(
                got,
                want,
                usual=[
                    ((p / T).softmax(dim=1), "take the logarithm before you divide by T"),
                    ((p.log() * T).softmax(dim=1), "divide by T; this multiplies"),
                    (p / T, "the rows have to add up to 1: take the softmax of log(p) / T"),
                    (p.log() / T, "these are scores; take their softmax"),
                    (power, "these rows do not add up to 1; divide by their sums"),
                    ((p.log() / T).softmax(dim=0), "the classes are dimension 1"),
                    (power / power.sum(dim=0), "the classes are dimension 1"),
                    (p, "this is p as it was; divide its logarithm by T"),
                    (want.float(), "keep the dtype of p"),
                    (want.double(), "keep the dtype of p"),
                    *[(probabilities, nothing) for probabilities in added + clamped],
                ],
                why="take the softmax of log(p) / T",
            )


def _mean_gap(parts: list[torch.Tensor]) -> torch.Tensor:
    """The sizes of the groups' sums, added up, for each digit."""
    return torch.stack([part.sum().abs() for part in parts]).sum() / sum(map(len, parts))
