"""Answers to the exercises of 08/04, looking into a trained network."""

import torch

from check_cases import COMMUTES, NOT_NEGATIVE, WHOLE, Cases

SQUARED = "a square has no sign"


def seen_by(place, n, steps):
    sizes = [n]
    for k, s, p in steps[:-1]:
        sizes.append((sizes[-1] + 2 * p - k) // s + 1)
    first = last = place
    for size, (k, s, p) in zip(reversed(sizes), reversed(steps), strict=False):
        first = max(first * s - p, 0)
        last = min(last * s - p + k - 1, size - 1)
    return first, last


def by_sets(place, n, steps):
    line = [{i} for i in range(n)]
    for k, s, p in steps:
        padded = [set()] * p + line + [set()] * p
        starts = range(0, len(padded) - k + 1, s)
        line = [set().union(*padded[start : start + k]) for start in starts]
    return min(line[place]), max(line[place])


def by_gradient(place, n, steps):
    line = torch.rand(n, requires_grad=True)
    out = line[None, None]
    for k, s, p in steps:
        out = torch.nn.functional.conv1d(out, torch.rand(1, 1, k) + 1, stride=s, padding=p)
    out[0, 0, place].backward()
    seen = line.grad.nonzero().flatten().tolist()
    return [seen[0], seen[-1]]


def clipped_at_the_end(place, n, steps):
    first, last = never_clipped(place, n, steps)
    return max(first, 0), min(last, n - 1)


def never_clipped(place, n, steps):
    first = last = place
    for k, s, p in steps[::-1]:
        first = first * s - p
        last = last * s - p + k - 1
    return first, last


def without_padding(place, n, steps):
    return never_clipped(place, n, [(k, s, 0) for k, s, p in steps])


def by_jump(place, n, steps):
    field, jump = 1, 1
    for k, s, _p in steps:
        field += (k - 1) * jump
        jump *= s
    return place * jump, place * jump + field - 1


def how_many(place, n, steps):
    first, last = seen_by(place, n, steps)
    return first, last - first + 1


def end_excluded(place, n, steps):
    first, last = seen_by(place, n, steps)
    return first, last + 1


def walked_forward(place, n, steps):
    return clipped_at_the_end(place, n, steps[::-1])


def between(features, labels):
    middle = features.mean(dim=0)
    total, apart = (features - middle).square().sum(), 0
    for kind in labels.unique():
        group = features[labels == kind]
        apart = apart + len(group) * (group.mean(dim=0) - middle).square().sum()
    return apart / total


def by_replacing(features, labels):
    replaced = torch.empty_like(features)
    for kind in labels.unique():
        mask = labels == kind
        replaced[mask] = features[mask].mean(dim=0)
    return replaced.var(dim=0).sum() / features.var(dim=0).sum()


def as_one_minus(features, labels):
    _, place, counts = labels.unique(return_inverse=True, return_counts=True)
    sums = torch.zeros(len(counts), features.shape[1], dtype=features.dtype)
    means = sums.index_add(0, place, features) / counts[:, None]
    within = (features - means[place]).square().sum()
    return 1 - within / (features - features.mean(0)).square().sum()


def each_class_once(features, labels):
    middle = features.mean(dim=0)
    means = torch.stack([features[labels == kind].mean(0) for kind in labels.unique()])
    return (means - middle).square().sum() / (features - middle).square().sum()


def mean_of_means(features, labels):
    means = {int(kind): features[labels == kind].mean(0) for kind in labels.unique()}
    middle = torch.stack(list(means.values())).mean(0)
    replaced = torch.stack([means[int(kind)] for kind in labels])
    return (replaced - middle).square().sum() / (features - features.mean(0)).square().sum()


def within(features, labels):
    return 1 - between(features, labels)


def over_within(features, labels):
    share = between(features, labels)
    return share / (1 - share)


def from_zero(features, labels):
    means = torch.stack([features[labels == kind].mean(0) for kind in labels])
    return means.square().sum() / features.square().sum()


def not_squared(features, labels):
    middle = features.mean(0)
    means = torch.stack([features[labels == kind].mean(0) for kind in labels])
    return (means - middle).norm(dim=1).sum() / (features - middle).norm(dim=1).sum()


def by_columns(features, labels):
    means = torch.stack([features[labels == kind].mean(0) for kind in labels])
    return means.var(dim=0) / features.var(dim=0)


def counted_from_zero(features, labels):
    middle = features.mean(dim=0)
    apart = 0
    for kind in range(int(labels.max()) + 1):
        group = features[labels == kind]
        if len(group):
            apart = apart + len(group) * (group.mean(dim=0) - middle).square().sum()
    return apart / (features - middle).square().sum()


CASES = {
    "08.4a": Cases(
        solution=seen_by,
        also_right=[by_sets, by_gradient],
        wrong=[
            (clipped_at_the_end, "in each layer"),
            (never_clipped, "between 0 and n - 1"),
            (without_padding, "the padding moves all places"),
            (by_jump, "the padding moves all places"),
            (how_many, "return the last pixel"),
            (end_excluded, "a pixel that is still seen"),
            (walked_forward, "from the last layer back"),
            (lambda place, n, steps: seen_by(place, n, steps)[::-1], "comes first"),
            (lambda place, n, steps: torch.tensor(seen_by(place, n, steps)), "return 2 values"),
            (
                lambda place, n, steps: tuple(torch.tensor(seen_by(place, n, steps))),
                "whole numbers of Python",
            ),
        ],
        equivalent={
            "for size, (k, s, p) in zip(reversed(sizes), reversed(steps)):": "not strict anyway",
            "first = max(0, first * s - p)": COMMUTES,
            "last = min(size - 1, last * s - p + k - 1)": COMMUTES,
            "return (abs(first), last)": NOT_NEGATIVE,
            "return (int(first), last)": WHOLE,
            "return (first, abs(last))": NOT_NEGATIVE,
            "return (first, int(last))": WHOLE,
            "low = max(0, low * stride - padding)": COMMUTES,
            "high = min(lengths[i] - 1, high * stride - padding + kernel - 1)": COMMUTES,
            "return (abs(low), high)": NOT_NEGATIVE,
            "return (int(low), high)": WHOLE,
            "return (low, abs(high))": NOT_NEGATIVE,
            "return (low, int(high))": WHOLE,
        },
    ),
    "08.4b": Cases(
        solution=between,
        also_right=[by_replacing, as_one_minus],
        wrong=[
            (each_class_once, "as often as it has rows"),
            (mean_of_means, "from the mean of all rows"),
            (within, "between is the rest"),
            (over_within, "not by the one within"),
            (from_zero, "not from 0"),
            (not_squared, "square the distances"),
            (by_columns, "return one number"),
            (counted_from_zero, "replace each row by its class's mean"),
            (lambda features, labels: between(features, labels).sqrt(), "take no root"),
            (lambda features, labels: between(features, labels).item(), "expected a tensor"),
            (lambda features, labels: between(features, labels)[None], "without dimensions"),
            (lambda features, labels: between(features.double(), labels), "keep the dtype"),
        ],
        equivalent={
            "total, apart = ((middle - features).square().sum(), 0)": SQUARED,
            "apart = apart + len(group) * (middle - group.mean(dim=0)).square().sum()": SQUARED,
            "return abs(apart / total)": NOT_NEGATIVE,
            "total, apart = ((middle - rows).square().sum(), 0)": SQUARED,
            "distance = (middle - group.mean(dim=0)).square().sum()": SQUARED,
        },
    ),
}
