"""Answers to the exercises of 08/16, features drawn in a plane."""

import torch

from check_cases import NOT_NEGATIVE, Cases

RENAMED = "place i is called -i in both, so equal places stay equal"
BOTH_WAYS = "a neighbour in both is counted once, from whichever side one looks"


def share(A, k):
    centred = A - A.mean(dim=0)
    spread = torch.linalg.svdvals(centred).square()
    return spread[:k].sum() / spread.sum()


def by_turning(A, k):
    centred = A - A.mean(dim=0)
    Vh = torch.linalg.svd(centred, full_matrices=False).Vh
    spread = (centred @ Vh.T).var(dim=0)
    return spread[:k].sum() / spread.sum()


def by_covariance(A, k):
    values = torch.linalg.eigvalsh(torch.atleast_2d(torch.cov(A.T))).flip(0)
    return values[:k].sum() / values.sum()


def not_centred(A, k):
    spread = torch.linalg.svdvals(A).square()
    return spread[:k].sum() / spread.sum()


def rows_centred(A, k):
    return not_centred(A - A.mean(dim=1, keepdim=True), k)


def one_mean(A, k):
    return not_centred(A - A.mean(), k)


def not_squared(A, k):
    spread = torch.linalg.svdvals(A - A.mean(dim=0))
    return spread[:k].sum() / spread.sum()


def columns(A, k):
    spread = A.var(dim=0)
    return spread[:k].sum() / spread.sum()


def smallest_first(A, k):
    values = torch.linalg.eigvalsh(torch.atleast_2d(torch.cov(A.T)))
    return values[:k].sum() / values.sum()


def each(A, k):
    spread = torch.linalg.svdvals(A - A.mean(dim=0)).square()
    return (spread / spread.sum())[:k]


def one_by_one(A, k):
    return each(A, k).cumsum(dim=0)


def not_divided(A, k):
    return torch.linalg.svdvals(A - A.mean(dim=0))[:k].square().sum()


def kept(A, flat, k):
    def nearest(points):
        distance = torch.cdist(points, points).fill_diagonal_(torch.inf)
        return distance.topk(k, largest=False).indices

    same = nearest(flat)[:, :, None] == nearest(A)[:, None, :]
    return same.any(dim=2).double().mean().item()


def by_sets(A, flat, k):
    count = 0
    for i in range(len(A)):
        near = []
        for points in (A, flat):
            order = (points - points[i]).norm(dim=1).argsort().tolist()
            order.remove(i)
            near.append(set(order[:k]))
        count += len(near[0] & near[1])
    return count / (k * len(A))


def by_masks(A, flat, k):
    masks = []
    for points in (A, flat):
        distance = torch.cdist(points, points)
        distance.fill_diagonal_(torch.inf)
        places = distance.argsort(dim=1)[:, :k]
        masks.append(torch.zeros_like(distance, dtype=torch.bool).scatter(1, places, True))
    return ((masks[0] & masks[1]).sum() / (k * len(A))).item()


def _near(points, k, largest=False):
    return torch.cdist(points, points).topk(k, largest=largest).indices


def _same(one, two):
    return (one[:, :, None] == two[:, None, :]).any(dim=2).double()


def itself_too(A, flat, k):
    return _same(_near(flat, k), _near(A, k)).mean().item()


def one_more(A, flat, k):
    return _same(_near(flat, k + 1), _near(A, k + 1)).mean().item()


def farthest(A, flat, k):
    return _same(_near(flat, k, True), _near(A, k, True)).mean().item()


def by_place(A, flat, k):
    return (_near(flat, k + 1)[:, 1:] == _near(A, k + 1)[:, 1:]).double().mean().item()


def with_itself(A, flat, k):
    return _same(_near(A, k), _near(A, k)).mean().item()


def all_or_none(A, flat, k):
    same = _same(_near(flat, k + 1), _near(A, k + 1))
    return same.all(dim=1).double().mean().item()


def of_the_union(A, flat, k):
    same = _same(_near(flat, k + 1)[:, 1:], _near(A, k + 1)[:, 1:]).sum(dim=1)
    return (same / (2 * k - same)).mean().item()


CASES = {
    "08.16a": Cases(
        solution=share,
        also_right=[by_turning, by_covariance],
        wrong=[
            (not_centred, "subtract the mean of each column first"),
            (rows_centred, "the mean of each row"),
            (one_mean, "one mean from all"),
            (not_squared, "a variance is a square"),
            (columns, "these are columns of A"),
            (smallest_first, "the last directions"),
            (each, "a share for each direction"),
            (one_by_one, "the share after each direction"),
            (not_divided, "divide by the whole variance"),
            (lambda A, k: 1 - share(A, k), "the other directions hold"),
            (lambda A, k: share(A, k) - share(A, k - 1), "direction k alone"),
            (lambda A, k: 100 * share(A, k), "in per cent"),
            (lambda A, k: share(A, k)[None], "without dimensions"),
            (lambda A, k: share(A.double(), k), "keep the dtype"),
            (lambda A, k: share(A, k).item(), "expected a tensor"),
        ],
        equivalent={
            "centred = A.mean(dim=0) - A": "all points mirrored at the mean vary as much",
            "return abs(spread[:k].sum() / spread.sum())": NOT_NEGATIVE,
        },
    ),
    "08.16b": Cases(
        solution=kept,
        also_right=[by_sets, by_masks],
        wrong=[
            (itself_too, "not its own neighbour"),
            (one_more, "not its own neighbour"),
            (farthest, "these are the farthest"),
            (by_place, "count those among the k nearest"),
            (with_itself, "with itself"),
            (all_or_none, "one by one"),
            (of_the_union, "not by the size of the union"),
            (lambda A, flat, k: kept(A, A[:, :2], k), "by the first columns of A"),
            (lambda A, flat, k: k * kept(A, flat, k), "divide by k"),
            (lambda A, flat, k: 1 - kept(A, flat, k), "the share that is lost"),
            (lambda A, flat, k: torch.tensor(kept(A, flat, k)), "a Python float"),
        ],
        equivalent={
            "return abs(distance.topk(k, largest=False).indices)": NOT_NEGATIVE,
            "return -distance.topk(k, largest=False).indices": RENAMED,
            "return abs(same.any(dim=2).double().mean().item())": NOT_NEGATIVE,
            "return same.any(dim=1).double().mean().item()": BOTH_WAYS,
            "return abs(distance.topk(count, largest=False).indices)": NOT_NEGATIVE,
            "return -distance.topk(count, largest=False).indices": RENAMED,
            "there, here = (nearest(shadow), nearest(cloud))": BOTH_WAYS,
        },
    ),
}
