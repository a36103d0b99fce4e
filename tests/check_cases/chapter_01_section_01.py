"""Answers to the exercises of 01/01, learning representations."""

import torch

from check_cases import Cases


def lean(pictures):
    upper = pictures[:, 0, :4]
    return upper[:, :, 4:].sum(dim=(1, 2)) - upper[:, :, :4].sum(dim=(1, 2))


def whole(pictures):
    return pictures[:, 0, :, 4:].sum(dim=(1, 2)) - pictures[:, 0, :, :4].sum(dim=(1, 2))


def hits(feature, labels):
    return {v: int(((feature > v) == labels.bool()).sum()) for v in feature.tolist()}


def smallest(feature, labels):
    found = hits(feature, labels)
    return min(v for v in found if found[v] == max(found.values()))


def largest(feature, labels):
    found = hits(feature, labels)
    return max(v for v in found if found[v] == max(found.values()))


def at_least(feature, labels):
    found = {v: int(((feature >= v) == labels.bool()).sum()) for v in sorted(feature.tolist())}
    return max(found, key=found.get)


CASES = {
    "01.1a": Cases(
        solution=lean,
        wrong=[
            (lambda pictures: -lean(pictures), "left minus right"),
            (whole, "four upper rows"),
            (lambda pictures: lean(pictures) / 16, "means"),
            (lambda pictures: lean(pictures)[:, None], "one number a picture"),
            (lambda pictures: lean(pictures).sum(), "not over the pictures"),
        ],
    ),
    "01.1b": Cases(
        solution=smallest,
        wrong=[
            (lambda feature, labels: torch.tensor(smallest(feature, labels)), "`.item()`"),
            (lambda feature, labels: feature.mean().item() + 0.01, "not among the values"),
            (largest, "take the smallest"),
            (at_least, "another value"),
            (lambda feature, labels: smallest(feature, 1 - labels), "another value"),
        ],
    ),
}
