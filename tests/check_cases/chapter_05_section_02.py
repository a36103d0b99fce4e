"""Answers to the exercises of 05/02, activations."""

import torch

from check_cases import NOT_NEGATIVE, Cases


def elu(z):
    falling = torch.exp(z.clamp(max=0.0)) - 1
    return torch.where(z > 0, z, falling)


def elu_by_library(z):
    return torch.nn.functional.elu(z)


def elu_as_a_sum(z):
    return torch.relu(z) + torch.expm1(-torch.relu(-z))


def elu_by_two_wheres(z):
    safe = torch.where(z > 0, torch.zeros_like(z), z)
    return torch.where(z > 0, z, torch.exp(safe) - 1)


def dead_units(X, W, b):
    alive = (X @ W + b > 0).any(dim=0)
    return (~alive).nonzero().flatten()


def dead_by_largest(X, W, b):
    answers = torch.relu(X @ W + b)
    return torch.where(answers.amax(dim=0) == 0)[0]


def dead_in_a_loop(X, W, b):
    found = []
    for k in range(W.shape[1]):
        if all(float(row @ W[:, k] + b[k]) <= 0 for row in X):
            found.append(k)
    return torch.tensor(found, dtype=torch.int64)


CASES = {
    "05.2a": Cases(
        solution=elu,
        also_right=[elu_by_library, elu_as_a_sum, elu_by_two_wheres],
        wrong=[
            (lambda z: torch.where(z > 0, z, torch.exp(z) - 1), "the gradient is nan"),
            (lambda z: torch.where(z > 0, z, torch.exp(z)), "the 1 is not subtracted"),
            (torch.relu, "this is ReLU"),
            (lambda z: torch.exp(z) - 1, "a positive z stays"),
            (lambda z: torch.where(z > 0, z, 1 - torch.exp(z)), "is negative"),
            (torch.nn.functional.leaky_relu, "this is leaky ReLU"),
            (lambda z: elu(z.detach()), "no graph behind it"),
            (lambda z: elu(z).double(), "expected dtype"),
            (lambda z: elu(z).sum(), "expected shape"),
            (lambda z: elu(z.detach()) + 0 * z, "the slope is 1"),
        ],
        equivalent={
            "falling = torch.exp(z.clamp(max=1.0)) - 1": "e^1 does not overflow either",
            "return torch.where(z >= 0, z, falling)": "at 0 both branches give 0",
        },
    ),
    "05.2b": Cases(
        solution=dead_units,
        also_right=[dead_by_largest, dead_in_a_loop],
        wrong=[
            (lambda X, W, b: (X @ W + b <= 0).all(dim=0), "this is a mask"),
            (lambda X, W, b: (X @ W + b <= 0).all(dim=0).nonzero(), "flatten the result"),
            (lambda X, W, b: (X @ W + b > 0).any(dim=0).nonzero().flatten(), "these units are"),
            (lambda X, W, b: (X @ W + b < 0).all(dim=0).nonzero().flatten(), "exactly 0"),
            (lambda X, W, b: (X @ W + b <= 0).any(dim=0).nonzero().flatten(), "not enough"),
            (lambda X, W, b: (X @ W + b <= 0).all(dim=1).nonzero().flatten(), "of rows"),
            (lambda X, W, b: (X @ W <= 0).all(dim=0).nonzero().flatten(), "biases are missing"),
            (lambda X, W, b: ((X @ W + b).mean(dim=0) <= 0).nonzero().flatten(), "the mean"),
            (lambda X, W, b: dead_units(X, W, b).tolist(), "expected a tensor"),
            (lambda X, W, b: dead_units(X, W, b).int(), "expected dtype"),
        ],
        equivalent={
            "return abs((~alive).nonzero().flatten())": NOT_NEGATIVE,
        },
    ),
}
