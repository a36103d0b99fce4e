"""Checks of 08/13, mode collapse."""

from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.networks import drawn


@exercise("08.13a")
def shares(answer: Any) -> None:
    """Each centre's share of the points, and the share of those near none."""
    table: list[tuple[list[list[float]], list[list[float]], float]] = [
        ([[0.5, 0.0], [2.5, 0.25], [2.0, -0.5], [9.0, 9.0]], [[0.0, 0.0], [2.0, 0.0]], 1.0),
        ([[1.0, 0.0], [0.0, 1.25], [-3.0, 0.0]], [[0.0, 0.0], [-3.0, 0.0], [9.0, 9.0]], 1.0),
        ([[0.5, 0.0], [0.75, 0.0], [3.0, 0.0]], [[2.0, 0.0], [0.0, 0.0]], 5.0),
        ([[1.0, 2.0, -2.0]], [[0.0, 0.0, 0.0]], 2.75),
        ([[0.5, 0.5], [0.0, 1.0]], [[0.0, 0.0], [9.0, 9.0]], 0.9),
        ([[3.0, 4.0], [0.0, 6.0], [-2.0, 0.0]], [[0.0, 0.0], [50.0, 0.0]], 5.5),
        ([[0.25], [-0.5], [0.5], [4.0], [0.0]], [[4.0], [0.0]], 0.5),
    ]
    for points, centres, radius in table:
        made, places = torch.tensor(points), torch.tensor(centres)
        with given(points=made, centres=places, radius=radius):
            got = expect_tensor(call(answer, made, places, radius))
            if tuple(got.shape) == (len(places),):
                raise Wrong("the last number is missing: the share that belongs to no centre")
            expect_tensor(got, shape=(len(places) + 1,))
            if not got.is_floating_point():
                raise Wrong("return shares, not counts; divide by the number of points")
            gap = torch.cdist(made, places)
            home = torch.where(gap.amin(dim=1) <= radius, gap.argmin(dim=1), len(places))
            strict = torch.where(gap.amin(dim=1) < radius, gap.argmin(dim=1), len(places))
            counted = torch.stack([(home == k).sum() for k in range(len(places) + 1)])
            within = torch.stack([(strict == k).sum() for k in range(len(places) + 1)])
            square = torch.where(gap.amin(dim=1) <= radius**0.5, gap.argmin(dim=1), len(places))
            squared = torch.stack([(square == k).sum() for k in range(len(places) + 1)])
            near = (gap <= radius).sum(dim=0)
            far = (gap > radius).all(dim=1).sum()[None]
            n = len(made)
            expect_equal(
                got.to(torch.float32),
                counted / n,
                usual=[
                    (counted.float(), "these are counts; divide by the number of points"),
                    (torch.cat([near, far]) / n, "a point belongs to its nearest centre alone"),
                    (within / n, "a point at the distance `radius` belongs to its centre"),
                    (squared / n, "compare the distance with `radius`, not its square"),
                    (counted.roll(1) / n, "the share of points without a centre comes last"),
                    (
                        counted / max(int(counted[:-1].sum()), 1),
                        "divide by all points, those without a centre too",
                    ),
                    (
                        torch.cat([torch.bincount(gap.argmin(1), minlength=len(places)), far]) / n,
                        "a point beyond `radius` belongs to no centre",
                    ),
                ],
                why="count the points of each centre, then those of none, and divide by n",
            )


@exercise("08.13b")
def between(answer: Any) -> None:
    """The mean squared slope at points between real and made ones, with a graph."""
    for n, d, seed in [(4, 2, 0), (1, 3, 1), (3, 1, 2)]:
        g = torch.Generator().manual_seed(seed)
        detective = drawn(nn.Sequential(nn.Linear(d, 5), nn.Tanh(), nn.Linear(5, 1)), g)
        real, made = torch.randn(n, d, generator=g), torch.randn(n, d, generator=g)
        t = 0.1 + 0.3 * torch.rand(n, 1, generator=g)
        carried = [made.clone(), real.clone(), t.clone()]
        carried[seed].requires_grad_()  # each of them asks for gradients once
        asked = [x.requires_grad for x in carried]
        with given(f"a detective, real and made of shape ({n}, {d})", t=t):
            got = expect_tensor(
                call(answer, detective, carried[1], carried[0], carried[2]), shape=()
            )
            slopes = _slopes(detective, t * real + (1 - t) * made)
            squares = slopes.square().sum(dim=1)
            swapped = _slopes(detective, t * made + (1 - t) * real).square().sum(dim=1)
            expect_equal(
                got.detach(),
                squares.mean().detach(),
                usual=[
                    (squares.sum().detach(), "take the mean over the points, not the sum"),
                    (slopes.square().mean().detach(), "add the squares of a point's slope up"),
                    (squares.sqrt().mean().detach(), "take the squared length of the slope"),
                    (
                        (squares.sqrt() - 1).square().mean().detach(),
                        "this asks for the length 1; we ask for the length 0",
                    ),
                    (
                        squares.mean().detach() / n**2,
                        "take the slopes of the scores' sum; those of their mean are too short",
                    ),
                    (swapped.mean().detach(), "`t` multiplies real, and `1 - t` made"),
                    (
                        _slopes(detective, real).square().sum(dim=1).mean().detach(),
                        "this is R1 at the real points; take the points between",
                    ),
                ],
                why="take the mean squared length of the slopes at the points between",
            )
            if [x.requires_grad for x in carried] != asked:
                raise Wrong("requires_grad of real, made or t has changed; ask on a new tensor")
            weights: list[Tensor] = list(detective.parameters())
            if any(x.grad is not None for x in (*weights, *carried)):
                raise Wrong("gradients were left behind; `torch.autograd.grad` leaves none")
            _reaches(got, squares.mean(), weights, carried[seed], ["made", "real", "t"][seed])


def _slopes(detective: nn.Module, points: Tensor) -> Tensor:
    """The slopes of the scores at the points, with a graph."""
    points = points.detach().requires_grad_()
    return torch.autograd.grad(detective(points).sum(), points, create_graph=True)[0]


def _reaches(got: Tensor, want: Tensor, weights: list[Tensor], source: Tensor, name: str) -> None:
    """Raise Wrong unless the penalty can train the detective, and it alone."""
    if not got.requires_grad:
        raise Wrong("the penalty has no graph, so it trains nothing; say `create_graph=True`")
    slopes = torch.autograd.grad(got, weights, allow_unused=True, retain_graph=True)
    wanted = torch.autograd.grad(want, weights, allow_unused=True)
    for a, b in zip(slopes, wanted, strict=True):
        full = torch.zeros(1) if b is None else b
        if not torch.allclose(torch.zeros_like(full) if a is None else a, full, atol=1e-5):
            raise Wrong("`backward` does not bring the right gradients to the detective")
    if torch.autograd.grad(got, source, allow_unused=True)[0] is not None:
        raise Wrong(f"the penalty flows back to {name}; detach the points between")
