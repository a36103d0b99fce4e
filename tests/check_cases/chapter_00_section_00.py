"""Answers to the exercises of 00, start here."""

import torch

from check_cases import Cases
from d2lutils import data

X, y = data.mnist("train")
X_test, y_test = data.mnist("test")


def nearest(known, digits):
    apart = torch.cdist(X_test.flatten(1).double(), known.flatten(1).double())
    return digits[apart.argmin(dim=1)]


def num_correct(count):
    return (nearest(X[:count], y[:count]) == y_test).sum().item()


CASES = {
    "00.0a": Cases(
        solution=lambda y_hat, y: (y_hat != y).sum().item(),
        also_right=[
            lambda y_hat, y: len(y) - int((y_hat == y).sum()),
            lambda y_hat, y: sum(a != b for a, b in zip(y_hat.tolist(), y.tolist(), strict=True)),
        ],
        wrong=[
            (lambda y_hat, y: (y_hat == y).sum().item(), "ones that agree"),
            (lambda y_hat, y: (y_hat != y).sum(), "`.item()`"),
            (lambda y_hat, y: (y_hat != y).float().mean().item(), "a number (int)"),
            (lambda y_hat, y: (y_hat - y).abs().sum().item(), "count, not subtract"),
        ],
    ),
    "00.0c": Cases(
        solution=num_correct,
        wrong=[
            (lambda count: 1000 - num_correct(count), "these are the mistakes"),
            (lambda count: num_correct(count) / 1000, "a number (int)"),
            (lambda count: torch.tensor(num_correct(count)), "`.item()`"),
            (lambda count: (nearest(X[-count:], y[-count:]) == y_test).sum().item(), "the last"),
            (lambda count: num_correct(4000), "all 4,000"),
        ],
    ),
}
