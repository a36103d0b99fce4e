"""Answers to the exercises of 08/02, borders that are drawn while they move."""

import torch

from check_cases import NOT_NEGATIVE, Cases

BOTH = "and does not ask for an order"


def moved(before, after, points, X):
    gap = torch.cdist(points, X).amin(dim=1)
    other = before(points).argmax(dim=1) != after(points).argmax(dim=1)
    zones = [gap < 0.25, gap > 1]
    return torch.stack([(other & zone).sum() / zone.sum().clamp(min=1) for zone in zones])


def by_loops(before, after, points, X):
    counts, totals = [0, 0], [0, 0]
    for point in points:
        gap = min((point - row).norm().item() for row in X)
        differs = before(point).argmax().item() != after(point).argmax().item()
        for k, inside in enumerate([gap < 0.25, gap > 1]):
            totals[k] += inside
            counts[k] += inside and differs
    return torch.tensor([c / t if t else 0.0 for c, t in zip(counts, totals, strict=True)])


def by_broadcasting(before, after, points, X):
    gap = (points[:, None] - X).square().sum(dim=2).min(dim=1).values.sqrt()
    with torch.no_grad():
        differs = (before(points).max(1).indices != after(points).max(1).indices).float()
    zones = torch.stack([gap < 0.25, gap > 1]).float()
    return (zones @ differs) / zones.sum(dim=1).clamp(min=1)


def nan_where_empty(before, after, points, X):
    gap = torch.cdist(points, X).amin(dim=1)
    other = (before(points).argmax(dim=1) != after(points).argmax(dim=1)).float()
    return torch.stack([other[gap < 0.25].mean(), other[gap > 1].mean()])


def of_all(before, after, points, X):
    gap = torch.cdist(points, X).amin(dim=1)
    other = before(points).argmax(dim=1) != after(points).argmax(dim=1)
    return torch.stack([(other & z).sum() for z in (gap < 0.25, gap > 1)]) / max(len(points), 1)


def by_scores(before, after, points, X):
    gap = torch.cdist(points, X).amin(dim=1)
    other = before(points)[:, 0] != after(points)[:, 0]
    zones = [gap < 0.25, gap > 1]
    return torch.stack([(other & zone).sum() / zone.sum().clamp(min=1) for zone in zones])


def two_classes(before, after, points, X):
    gap = torch.cdist(points, X).amin(dim=1)
    first, last = before(points), after(points)
    other = (first[:, 1] > first[:, 0]) != (last[:, 1] > last[:, 0])
    zones = [gap < 0.25, gap > 1]
    return torch.stack([(other & zone).sum() / zone.sum().clamp(min=1) for zone in zones])


def farthest(before, after, points, X):
    gap = torch.cdist(points, X).amax(dim=1)
    other = before(points).argmax(dim=1) != after(points).argmax(dim=1)
    zones = [gap < 0.25, gap > 1]
    return torch.stack([(other & zone).sum() / zone.sum().clamp(min=1) for zone in zones])


def near_or_equal(before, after, points, X):
    gap = torch.cdist(points, X).amin(dim=1)
    other = before(points).argmax(dim=1) != after(points).argmax(dim=1)
    zones = [gap <= 0.25, gap > 1]
    return torch.stack([(other & zone).sum() / zone.sum().clamp(min=1) for zone in zones])


def third(rows, seen, k=3):
    return torch.cdist(rows, seen).topk(k, largest=False).values[:, -1]


def name_or_refuse(net, seen, val, X):
    limit = third(val, seen).quantile(0.95)
    return net(X).argmax(dim=1).where(third(X, seen) <= limit, -1)


def in_place(net, seen, val, X):
    limit = torch.quantile(torch.cdist(val, seen).sort().values[:, 2], 0.95)
    names = net(X).argmax(1)
    names[torch.cdist(X, seen).kthvalue(3, dim=1).values > limit] = -1
    return names


def one_by_one(net, seen, val, X):
    def gap(row):
        return sorted((row - other).norm().item() for other in seen)[2]

    limit = torch.tensor([gap(row) for row in val]).quantile(0.95).item()
    names = [net(row).argmax().item() if gap(row) <= limit else -1 for row in X]
    return torch.tensor(names, dtype=torch.int64)


def or_equal(net, seen, val, X):
    limit = third(val, seen).quantile(0.95)
    return net(X).argmax(dim=1).where(third(X, seen) < limit, -1)


def nearest(net, seen, val, X):
    limit = third(val, seen, 1).quantile(0.95)
    return net(X).argmax(dim=1).where(third(X, seen, 1) <= limit, -1)


def from_seen(net, seen, val, X):
    limit = third(seen, seen).quantile(0.95)
    return net(X).argmax(dim=1).where(third(X, seen) <= limit, -1)


def from_new(net, seen, val, X):
    limit = third(X, seen).quantile(0.95) if len(X) else 0
    return net(X).argmax(dim=1).where(third(X, seen) <= limit, -1)


def nine_tenths(net, seen, val, X):
    limit = third(val, seen).quantile(0.9)
    return net(X).argmax(dim=1).where(third(X, seen) <= limit, -1)


def by_confidence(net, seen, val, X):
    limit = net(val).softmax(1).amax(1).quantile(0.05)
    return net(X).argmax(dim=1).where(net(X).softmax(1).amax(1) >= limit, -1)


def low_quantile(net, seen, val, X):
    limit = third(val, seen).quantile(0.05)
    return net(X).argmax(dim=1).where(third(X, seen) <= limit, -1)


CASES = {
    "08.2a": Cases(
        solution=moved,
        also_right=[by_loops, by_broadcasting],
        wrong=[
            (nan_where_empty, "a share of no points is 0"),
            (of_all, "divide by the number of near"),
            (by_scores, "compares scores"),
            (two_classes, "more than two classes"),
            (farthest, "the nearest row of X"),
            (near_or_equal, "not 0.25 itself"),
            (lambda before, after, points, X: moved(before, after, points, X).flip(0), "first"),
            (lambda before, after, points, X: 1 - moved(before, after, points, X), "same class"),
            (
                lambda before, after, points, X: moved(before, after, points, X).double(),
                "float32",
            ),
            (lambda before, after, points, X: moved(before, after, points, X).tolist(), "a tensor"),
        ],
        equivalent={
            "return abs(torch.stack([(other & zone).sum() / zone.sum().clamp(min=1)"
            " for zone in zones]))": NOT_NEGATIVE,
            "return abs(torch.stack(shares))": NOT_NEGATIVE,
            "return torch.stack([(zone & other).sum() / zone.sum().clamp(min=1)"
            " for zone in zones])": BOTH,
            "shares = [(zone & other).sum() / zone.sum().clamp(min=1)"
            " for zone in (gap < 0.25, gap > 1)]": BOTH,
        },
    ),
    "08.2b": Cases(
        solution=name_or_refuse,
        also_right=[in_place, one_by_one],
        wrong=[
            (or_equal, "equal to the limit is known"),
            (nearest, "take the third nearest"),
            (from_seen, "not from seen"),
            (from_new, "not from X"),
            (by_confidence, "goes by confidence"),
            (low_quantile, "the 0.95 quantile"),
            (nine_tenths, "the 0.95 quantile"),
            (lambda net, seen, val, X: net(X).argmax(1), "-1 for them"),
            (lambda net, seen, val, X: name_or_refuse(net, seen, val, X).float(), "int64"),
            (lambda net, seen, val, X: name_or_refuse(net, seen, val, X) == -1, "this is a mask"),
            (lambda net, seen, val, X: name_or_refuse(net, seen, val, X).tolist(), "a tensor"),
        ],
        equivalent={
            "return abs(torch.cdist(rows, seen).topk(k, largest=False)"
            ".values[:, -1])": NOT_NEGATIVE,
            "return abs(sorted_rows[:, 2])": NOT_NEGATIVE,
            "sorted_rows = torch.cdist(rows, learned).sort().values": "the last dimension is 1",
        },
    ),
}
