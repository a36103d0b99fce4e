"""Answers to the exercises of 01/03, batteries included."""

from itertools import pairwise

from check_cases import Cases


def count(sizes):
    return sum(n * m + m for n, m in pairwise(sizes))


def step(parameters, gradients, lr):
    return [p - lr * g for p, g in zip(parameters, gradients, strict=True)]


def in_place(parameters, gradients, lr):
    for p, g in zip(parameters, gradients, strict=True):
        p -= lr * g
    return parameters


CASES = {
    "01.3a": Cases(
        solution=count,
        wrong=[
            (lambda sizes: sum(n * m for n, m in pairwise(sizes)), "biases are missing"),
            (lambda sizes: count(sizes) - sum(sizes[1:]) + sum(sizes[:-1]), "number it gives"),
            (lambda sizes: count(sizes) + sizes[0], "no biases of its own"),
            (lambda sizes: sizes[0] * sizes[-1] + sizes[-1], "every layer"),
        ],
    ),
    "01.3b": Cases(
        solution=step,
        wrong=[
            (lambda ps, gs, lr: step(ps, gs, -lr), "walks up"),
            (lambda ps, gs, lr: step(ps, gs, 1), "learning rate is missing"),
            (lambda ps, gs, lr: [-lr * g for g in gs], "the step alone"),
            (in_place, "changed"),
        ],
    ),
}
