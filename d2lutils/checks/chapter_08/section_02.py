"""Checks of 08/02, borders that are drawn while they move."""

from typing import Any

import torch
from torch import nn

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.networks import drawn


@exercise("08.2a")
def moved(answer: Any) -> None:
    """The shares of near and of far points at which two networks name different classes."""
    for n, m, classes, reach, seed in [
        (60, 4, 2, 1.0, 0),
        (41, 3, 3, 1.5, 1),
        (9, 5, 3, 0.2, 2),
        (7, 1, 4, 8.0, 3),
        (30, 30, 3, 1.0, 4),
        (0, 2, 2, 1.0, 5),
        (1, 1, 3, 0.0, 6),
        (4, 2, 2, 0.25, 7),
    ]:
        g = torch.Generator().manual_seed(seed)
        before, after = drawn(nn.Linear(2, classes), g), drawn(nn.Linear(2, classes), g)
        X = torch.randn(m, 2, generator=g)
        points = X[torch.arange(n) % m] + reach * torch.randn(n, 2, generator=g)
        if reach == 0.25:  # on the edges of both zones, where both networks name class 0
            X = torch.tensor([[0.0, 0.0], [9.0, 0.0]])
            points = torch.tensor([[0.25, 0.0], [0.0, 0.125], [1.0, 0.0], [0.0, 3.0]])
            with torch.no_grad():
                before.weight.copy_(torch.tensor([[0.0, 0.0], [0.0, 1.0]]))
                before.bias.copy_(torch.tensor([0.0625, 0.0]))
                after.weight.zero_()
                after.bias.copy_(torch.tensor([1.0, 0.0]))
        distances = torch.cdist(points, X)
        gap = distances.amin(dim=1)
        first, last = before(points), after(points)
        other = first.argmax(dim=1) != last.argmax(dim=1)
        near, far = gap < 0.25, gap > 1
        want = _shares(other, near, far)
        wide = distances.amax(dim=1)
        middle = (points - X.mean(dim=0)).norm(dim=1)
        second = (first[:, 1] > first[:, 0]) != (last[:, 1] > last[:, 0])
        half = (first.softmax(1)[:, 1] > 0.5) != (last.softmax(1)[:, 1] > 0.5)
        signs = (first[:, 1] > 0) != (last[:, 1] > 0)
        count = max(n, 1)
        counts = torch.stack([(other & near).sum(), (other & far).sum()])
        if classes == 2 or n < 2:
            second = half = signs = other
        with given("before, after = two Linear layers", points=points, X=X):
            got = expect_tensor(call(answer, before, after, points, X))
            expect_equal(
                got,
                want,
                usual=[
                    (want.flip(0), "the share of near points comes first"),
                    (1 - want, "this is where they name the same class; count where they differ"),
                    (counts / count, "divide by the number of near, or of far, points"),
                    (counts, "this is a count; divide by the number of near, or of far, points"),
                    (counts.float(), "this is a count; divide by the number in the zone"),
                    (
                        _shares(first[:, 0] != last[:, 0], near, far),
                        "this compares scores; compare the classes that have the highest",
                    ),
                    (
                        (first - last).abs().mean(dim=1)[near].mean().reshape(1),
                        "compare classes, not scores",
                    ),
                    (_shares(other, wide < 0.25, wide > 1), "take the nearest row of X"),
                    (_shares(other, middle < 0.25, middle > 1), "take the nearest row of X"),
                    (_shares(second, near, far), "there may be more than two classes: argmax"),
                    (_shares(half, near, far), "there may be more than two classes: argmax"),
                    (_shares(signs, near, far), "name the class with the highest score: argmax"),
                    (_shares(other, near, ~near), "far is above 1, not all that is not near"),
                    (_shares(other, gap <= 0.25, far), "near is below 0.25, and not 0.25 itself"),
                    (_shares(other, near, gap >= 1), "far is above 1, and not 1 itself"),
                    (_shares(other, gap**2 < 0.25, gap**2 > 1), "do not square the distance"),
                    (want.double(), "return float32"),
                    (want[:1], "return two shares, of near and of far points"),
                    (other, "this is a mask over the points; take its share in each zone"),
                    (_mean(other, near, far), "a share of no points is 0, not nan"),
                ],
                why="take the nearest row of X for the zones, and argmax for the classes",
            )


@exercise("08.2b")
def name_or_refuse(answer: Any) -> None:
    """The class that a network names, or -1 where the data are too far."""
    for n, seen_n, val_n, classes, seed in [
        (40, 12, 30, 2, 26),
        (33, 7, 9, 3, 1),
        (25, 3, 1, 4, 2),
        (20, 30, 40, 3, 3),
        (0, 5, 4, 2, 4),
        (1, 4, 21, 3, 5),
    ]:
        g = torch.Generator().manual_seed(seed)
        net = drawn(nn.Linear(2, classes), g)
        # Whole numbers, so that equal distances are equal in float32, too.
        seen = torch.randint(-3, 4, (seen_n, 2), generator=g).float()
        val = torch.randint(-6, 7, (val_n, 2), generator=g).float()
        X = torch.randint(-9, 10, (n, 2), generator=g).float()
        X[: n // 4] = val.repeat(n, 1)[: n // 4]
        gap, limit = _third(X, seen), _third(val, seen).quantile(0.95)
        said = net(X).detach()
        named = said.argmax(dim=1)

        def limited(distance: torch.Tensor, most: torch.Tensor, named: Any = named) -> torch.Tensor:
            return torch.where(distance > most, -1, named)

        def by(place: int, X: Any = X, val: Any = val, seen: Any = seen) -> torch.Tensor:
            distances = [torch.cdist(rows, seen).sort(dim=1).values[:, place] for rows in (X, val)]
            return limited(distances[0], distances[1].quantile(0.95))

        want = limited(gap, limit)
        mean, mean_val = (
            torch.cdist(rows, seen).sort(dim=1).values[:, :3].mean(dim=1) for rows in (X, val)
        )
        own = _third(seen, seen).quantile(0.95)
        sure, sure_val = (net(rows).softmax(1).amax(1).detach() for rows in (X, val))
        with given("net = a Linear layer", seen=seen, val=val, X=X):
            got = expect_tensor(call(answer, net, seen, val, X))
            if got.dtype == torch.bool:
                raise Wrong("this is a mask; return a class for each row of X, or -1")
            expect_equal(
                got,
                want,
                usual=[
                    (named, "refuse the rows whose distance is above the limit: -1 for them"),
                    (
                        torch.where(gap >= limit, -1, named),
                        "a distance equal to the limit is known",
                    ),
                    (torch.where(gap > limit, named, -1), "this refuses the near rows"),
                    (by(0), "this goes by the nearest of seen; take the third nearest"),
                    (by(1), "this goes by the second nearest of seen; take the third nearest"),
                    (by(min(3, seen_n - 1)), "this goes by the fourth nearest; take the third"),
                    (by(-1), "take the third nearest of seen, not the farthest"),
                    (limited(mean, mean_val.quantile(0.95)), "take the third, not a mean of three"),
                    (limited(gap, _third(val, seen).quantile(0.9)), "take the 0.95 quantile"),
                    (limited(gap, own), "the limit comes from val, not from seen"),
                    (
                        limited(gap, _third(X, seen).quantile(0.95)) if n else named,
                        "the limit comes from val, not from X",
                    ),
                    (limited(gap, _third(val, seen).quantile(0.05)), "take the 0.95 quantile"),
                    (limited(gap, _third(val, seen).amax()), "take the 0.95 quantile"),
                    (limited(gap, _third(val, seen).mean()), "take the 0.95 quantile"),
                    (
                        torch.where(sure < sure_val.quantile(0.05), -1, named),
                        "this goes by confidence; go by the distance to seen",
                    ),
                    (want.float(), "return int64"),
                    (want.int(), "return int64"),
                    (want[:, None], "return one dimension, a number for each row of X"),
                ],
                why="refuse where the third nearest of seen is farther than 0.95 of val have it",
            )


def _shares(other: torch.Tensor, near: torch.Tensor, far: torch.Tensor) -> torch.Tensor:
    """The share of true in both zones, 0 where a zone is empty."""
    return _mean(other, near, far).nan_to_num()


def _mean(other: torch.Tensor, near: torch.Tensor, far: torch.Tensor) -> torch.Tensor:
    """The share of true in both zones, nan where a zone is empty."""
    return torch.stack([other[zone].float().mean() for zone in (near, far)])


def _third(rows: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
    """How far the third nearest of seen is from each row."""
    return torch.cdist(rows, seen).sort(dim=1).values[:, 2]
