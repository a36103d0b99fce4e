"""Answers to the exercises of 00, start here."""

import torch
from torch.nn.functional import normalize

from check_cases import NOT_NEGATIVE, WHOLE, Cases
from d2lutils import data

X, y = data.mnist("train")
X_test, y_test = data.mnist("test")


def nearest(known, digits):
    apart = torch.cdist(X_test.flatten(1).double(), known.flatten(1).double())
    return digits[apart.argmin(dim=1)]


def without_the_last(count):
    return (nearest(X[: count - 1], y[: count - 1]) == y_test).sum().item()


def by_manhattan(count):
    apart = torch.cdist(X_test.flatten(1).double(), X[:count].flatten(1).double(), p=1)
    return (y[:count][apart.argmin(dim=1)] == y_test).sum().item()


def farthest(count):
    apart = torch.cdist(X_test.flatten(1).double(), X[:count].flatten(1).double())
    return (y[:count][apart.argmax(dim=1)] == y_test).sum().item()


def places_for_digits(count):
    apart = torch.cdist(X_test.flatten(1).double(), X[:count].flatten(1).double())
    return (apart.argmin(dim=1) == y_test).sum().item()


def by_angle(count):
    known, asked = X[:count].flatten(1).double(), X_test.flatten(1).double()
    likeness = normalize(asked) @ normalize(known).T
    return (y[:count][likeness.argmax(dim=1)] == y_test).sum().item()


def three_nearest(count):
    apart = torch.cdist(X_test.flatten(1).double(), X[:count].flatten(1).double())
    near = apart.topk(min(3, count), largest=False).indices
    return (y[:count][near].mode(dim=1).values == y_test).sum().item()


def drawn_by_chance(count):
    order = torch.randperm(len(X))[:count]
    return (nearest(X[order], y[order]) == y_test).sum().item()


def asked_of_known_digits(count):
    apart = torch.cdist(X[:1000].flatten(1).double(), X[:count].flatten(1).double())
    return (y[:count][apart.argmin(dim=1)] == y[:1000]).sum().item()


def picture_by_picture(count):
    known, hits = X[:count].double(), 0
    for asked, digit in zip(X_test.double(), y_test.tolist(), strict=True):
        nearest_place = ((known - asked) ** 2).flatten(1).sum(dim=1).argmin()
        hits += y[nearest_place].item() == digit
    return hits


def first_tests_only(count):
    return (nearest(X[:count], y[:count]) == y_test)[:count].sum().item()


def first_tests_by_all(count):
    return (nearest(X, y) == y_test)[:count].sum().item()


def in_single_precision(count):
    apart = torch.cdist(X_test.flatten(1).float(), X[:count].flatten(1).float())
    return (y[:count][apart.argmin(dim=1)] == y_test).sum().item()


def num_correct(count):
    return (nearest(X[:count], y[:count]) == y_test).sum().item()


LOOKED_UP = "the positions found are below `count`: what follows is not looked up"

CASES = {
    "00.0a": Cases(
        solution=lambda y_hat, y: (y_hat != y).sum().item(),
        also_right=[
            lambda y_hat, y: len(y) - int((y_hat == y).sum()),
            lambda y_hat, y: torch.count_nonzero(y_hat - y).item(),
            lambda y_hat, y: sum(a != b for a, b in zip(y_hat.tolist(), y.tolist(), strict=True)),
        ],
        wrong=[
            (lambda y_hat, y: (y_hat == y).sum().item(), "ones that agree"),
            (lambda y_hat, y: (y_hat != y).sum(), "`.item()`"),
            (lambda y_hat, y: (y_hat != y).float().mean().item(), "a number (int)"),
            (lambda y_hat, y: (y_hat - y).abs().sum().item(), "count, not subtract"),
            (lambda y_hat, y: (y_hat > y).sum().item(), "count where they differ"),
            (lambda y_hat, y: len(y) - torch.isin(y_hat, y).sum().item(), "where they differ"),
            (lambda y_hat, y: (y_hat != y).unique().sum().item(), "where they differ"),
            (
                lambda y_hat, y: (y_hat.sort().values != y.sort().values).sum().item(),
                "where they differ",
            ),
            (lambda y_hat, y: len({*y_hat.tolist()} - {*y.tolist()}), "count where they differ"),
            (lambda y_hat, y: (y_hat != y).any().item(), "a number (int), got a bool"),
            (lambda y_hat, y: (y_hat - y).sum().item(), "count where they differ"),
            (lambda y_hat, y: (y_hat != y).nonzero().max().item() + 1, "where they differ"),
            (lambda y_hat, y: (y_hat != y).float().sum().item(), "got a float"),
            (lambda y_hat, y: (y_hat != y).sum(dtype=torch.uint8).item(), "where they differ"),
        ],
        equivalent={
            "__answer__ = lambda y_hat, y: abs((y_hat != y).sum().item())": NOT_NEGATIVE,
            "__answer__ = lambda y_hat, y: int((y_hat != y).sum().item())": WHOLE,
            "return abs((predicted != true).sum().item())": NOT_NEGATIVE,
            "return int((predicted != true).sum().item())": WHOLE,
        },
    ),
    "00.0c": Cases(
        solution=num_correct,
        also_right=[picture_by_picture, in_single_precision],
        wrong=[
            (lambda count: 1000 - num_correct(count), "these are the mistakes"),
            (lambda count: num_correct(count) / 1000, "a number (int)"),
            (lambda count: torch.tensor(num_correct(count)), "`.item()`"),
            (lambda count: (nearest(X[-count:], y[-count:]) == y_test).sum().item(), "the last"),
            (lambda count: num_correct(4000), "all 4,000"),
            (without_the_last, "find the nearest of"),
            (by_manhattan, "find the nearest of"),
            (farthest, "find the nearest of"),
            (by_angle, "find the nearest of"),
            (three_nearest, "find the nearest of"),
            (drawn_by_chance, "find the nearest of"),
            (asked_of_known_digits, "find the nearest of"),
            (places_for_digits, "look its digit up in `y`"),
            (first_tests_only, "ask all 1,000 test digits"),
            (first_tests_by_all, "ask all 1,000 test digits"),
            (
                lambda count: (nearest(X[1 : count + 1], y[1 : count + 1]) == y_test).sum().item(),
                "the first picture is missing",
            ),
        ],
        equivalent={
            "return abs(digits[apart.argmin(dim=1)])": "digits are never negative",
            "return abs((nearest(X[:count], y[:count]) == y_test).sum().item())": NOT_NEGATIVE,
            "return int((nearest(X[:count], y[:count]) == y_test).sum().item())": WHOLE,
            "return (nearest(X[:count], y[:count + 1]) == y_test).sum().item()": LOOKED_UP,
            "return abs((y[:count][apart.argmin(dim=1)] == y_test).sum().item())": NOT_NEGATIVE,
            "return int((y[:count][apart.argmin(dim=1)] == y_test).sum().item())": WHOLE,
            "return (y[:count + 1][apart.argmin(dim=1)] == y_test).sum().item()": LOOKED_UP,
        },
    ),
}
