"""Answers to the exercises of 01/01, learning representations."""

import numpy as np
import torch

from check_cases import COMMUTES, Cases


def lean(pictures):
    upper = pictures[:, 0, :4]
    return upper[:, :, 4:].sum(dim=(1, 2)) - upper[:, :, :4].sum(dim=(1, 2))


def whole(pictures):
    return pictures[:, 0, :, 4:].sum(dim=(1, 2)) - pictures[:, 0, :, :4].sum(dim=(1, 2))


def by_weights(pictures):
    sign = torch.tensor([-1.0] * 4 + [1.0] * 4)
    return (pictures * sign)[:, 0, :4].sum(dim=(1, 2))


def picture_by_picture(pictures):
    found = torch.zeros(len(pictures))
    for at, (picture,) in enumerate(pictures):
        found[at] = picture[:4, 4:].sum() - picture[:4, :4].sum()
    return found


def middle_left_out(pictures):
    upper = pictures[:, 0, :4]
    return upper[:, :, 5:].sum(dim=(1, 2)) - upper[:, :, :3].sum(dim=(1, 2))


def three_rows(pictures):
    upper = pictures[:, 0, :3]
    return upper[:, :, 4:].sum(dim=(1, 2)) - upper[:, :, :4].sum(dim=(1, 2))


def by_columns(pictures):
    left = pictures[:, 0, :, :4]
    return left[:, 4:].sum(dim=(1, 2)) - left[:, :4].sum(dim=(1, 2))


def lower(pictures):
    return whole(pictures) - lean(pictures)


def hits(feature, labels):
    return {v: int(((feature > v) == labels.bool()).sum()) for v in feature.tolist()}


def smallest(feature, labels):
    found = hits(feature, labels)
    return min(v for v in found if found[v] == max(found.values()))


def largest(feature, labels):
    found = hits(feature, labels)
    return max(v for v in found if found[v] == max(found.values()))


def midpoint(feature, labels):
    values = feature.sort().values
    return ((values[1:] + values[:-1]) / 2).mean().item()


def first_found(feature, labels):
    found = hits(feature, labels)
    return max(found, key=found.get)


def most_told(feature, labels):
    return float(max(hits(feature, labels).values()))


def by_f1(feature, labels):
    def score(limit):
        said = feature > limit
        hits = (said & labels.bool()).sum().item()
        return 2 * hits / max(1, said.sum().item() + labels.sum().item())

    return max(sorted(feature.tolist()), key=score)


def classes_weigh_the_same(feature, labels):
    def score(limit):
        said, is_second = feature > limit, labels.bool()
        shares = [said[is_second].float().mean(), (~said[~is_second]).float().mean()]
        return torch.stack(shares).nan_to_num(0.0).sum().item()

    return max(sorted(feature.tolist()), key=score)


def either_side(feature, labels):
    found = hits(feature, labels)
    return min(found, key=lambda v: (-max(found[v], len(labels) - found[v]), v))


def all_at_once(feature, labels):
    limits = feature.sort().values
    told = ((feature > limits[:, None]) == labels.bool()).sum(dim=1)
    return limits[told.argmax()].item()


def at_least(feature, labels):
    found = {v: int(((feature >= v) == labels.bool()).sum()) for v in sorted(feature.tolist())}
    return max(found, key=found.get)


def starts_from_zero(feature, labels):
    best, most = 0, 0
    for limit in feature.sort().values.tolist():
        told = ((feature > limit) == labels.bool()).sum().item()
        if told > most:
            best, most = limit, told
    return best


def labels_stay_behind(feature, labels):
    return smallest(feature.sort().values, labels)


def at_the_first_second_digit(feature, labels):
    return feature[labels == 1].min().item()


LABELS = "the labels are 0.0 and 1.0, which equal False and True"

CASES = {
    "01.1a": Cases(
        solution=lean,
        also_right=[by_weights, picture_by_picture],
        wrong=[
            (lambda pictures: -lean(pictures), "left minus right"),
            (whole, "four upper rows"),
            (lambda pictures: lean(pictures) / 16, "means"),
            (lambda pictures: lean(pictures)[:, None], "one number a picture"),
            (lambda pictures: lean(pictures).sum(), "not over the pictures"),
            (lower, "these are the lower rows"),
            (lambda pictures: lean((pictures > 0.5).float()), "columns 4 to 7 the right ones"),
            (lambda pictures: lean(pictures).squeeze(), "expected shape (1,), got ()"),
            (lambda pictures: lean(pictures.mT), "columns 4 to 7 the right ones"),
            (middle_left_out, "columns 4 to 7 the right ones"),
            (three_rows, "rows 0 to 3 are the upper ones"),
            (by_columns, "rows 0 to 3 are the upper ones"),
            (lambda pictures: lean(pictures).abs(), "columns 4 to 7 the right ones"),
            (lambda pictures: lean(pictures).tolist(), "expected a tensor, got a list"),
            (lambda pictures: lean(pictures[:1]), "expected shape (3,), got (1,)"),
        ],
        equivalent={
            "upper = pictures[:, -1, :4]": "there is one channel: the last is the first",
            "return upper[:, :, 4:].sum(dim=(2, 1)) - upper[:, :, :4].sum(dim=(1, 2))": COMMUTES,
            "return upper[:, :, 4:].sum(dim=(1, 2)) - upper[:, :, :4].sum(dim=(2, 1))": COMMUTES,
        },
    ),
    "01.1b": Cases(
        solution=smallest,
        also_right=[all_at_once],
        wrong=[
            (lambda feature, labels: torch.tensor(smallest(feature, labels)), "`.item()`"),
            (lambda feature, labels: smallest(feature, labels) > 0, "expected a float, got a bool"),
            (lambda feature, labels: np.float32(smallest(feature, labels)), "one of a float32"),
            (starts_from_zero, "0 is not among the values"),
            (labels_stay_behind, "another value"),
            (at_the_first_second_digit, "another value"),
            (lambda feature, labels: feature.mean().item() + 0.01, "not among the values"),
            (largest, "take the smallest"),
            (at_least, "another value"),
            (by_f1, "another value"),
            (classes_weigh_the_same, "another value"),
            (either_side, "another value"),
            (lambda feature, labels: round(smallest(feature, labels), 2), "not among the values"),
            (lambda feature, labels: smallest(feature, 1 - labels), "another value"),
            (midpoint, "not among the values"),
            (first_found, "take the smallest"),
            (most_told, "not among the values"),
            (lambda feature, labels: feature.min().item(), "another value"),
            (lambda feature, labels: feature.median().item(), "another value"),
            (lambda feature, labels: abs(smallest(feature, labels)), "not among the values"),
        ],
        equivalent={
            "return {v: int(((feature > v) == labels).sum()) for v in feature.tolist()}": LABELS,
            "return min((v for v in found if found[v] >= max(found.values())))": (
                "nothing is greater than the greatest"
            ),
            "most = -2": "any number below 0 will do",
            "hits = ((values > limit) == targets.bool()).sum()": (
                "a tensor of one number compares as the number does"
            ),
            "hits = ((values > limit) == targets).sum().item()": LABELS,
        },
    ),
}
