"""Answers to the exercises of 01/04, batteries included."""

from itertools import combinations, pairwise
from math import prod

import numpy as np
import torch

from check_cases import NOT_NEGATIVE, SAME_LENGTH, WHOLE, Cases


def count(sizes):
    return sum(n * m + m for n, m in pairwise(sizes))


def step(parameters, gradients, lr):
    return [p - lr * g for p, g in zip(parameters, gradients, strict=True)]


def by_layers(sizes):
    layers = [torch.nn.Linear(n, m) for n, m in pairwise(sizes)]
    return sum(parameter.numel() for layer in layers for parameter in layer.parameters())


def by_the_library(parameters, gradients, lr):
    fresh = [p.clone().requires_grad_() for p in parameters]
    for p, g in zip(fresh, gradients, strict=True):
        p.grad = g.clone()
    torch.optim.SGD(fresh, lr=lr).step()
    return [p.detach() for p in fresh]


def first_layer_only(sizes):
    return sizes[0] * sizes[1] + sizes[1]


def in_place(parameters, gradients, lr):
    for p, g in zip(parameters, gradients, strict=True):
        p -= lr * g
    return parameters


def first_layer_alone(parameters, gradients, lr):
    return step(parameters[:2], gradients[:2], lr)


def changes_the_gradients(parameters, gradients, lr):
    new = []
    for p, g in zip(parameters, gradients, strict=True):
        g *= lr
        new.append(p - g)
    return new


CASES = {
    "01.4a": Cases(
        solution=count,
        also_right=[by_layers, lambda sizes: int(np.dot(np.array(sizes[:-1]) + 1, sizes[1:]))],
        wrong=[
            (lambda sizes: sum((n + 1) * m for n, m in set(pairwise(sizes))), "for each pair"),
            (
                lambda sizes: sum((n + 1) * m for n, m in dict(pairwise(sizes)).items()),
                "for each pair",
            ),
            (
                lambda sizes: sum((sizes[sizes.index(m) - 1] + 1) * m for m in sizes[1:]),
                "for each pair",
            ),
            (lambda sizes: sum(n * m for n, m in pairwise(sizes)), "biases are missing"),
            (lambda sizes: count(sizes) - sum(sizes[1:]) + sum(sizes[:-1]), "number it gives"),
            (lambda sizes: count(sizes) + sizes[0], "no biases of its own"),
            (lambda sizes: sizes[0] * sizes[-1] + sizes[-1], "every layer"),
            (first_layer_only, "n · m + m for each pair"),
            (lambda sizes: prod(sizes), "n · m + m for each pair"),
            (lambda sizes: sum(n * m for n, m in combinations(sizes, 2)), "n · m + m for each"),
            (lambda sizes: sum(n * m + 1 for n, m in pairwise(sizes)), "n · m + m for each pair"),
            (lambda sizes: float(count(sizes)), "a number (int)"),
            (lambda sizes: count(sizes[::-1]), "number it gives"),
        ],
        equivalent={
            "return abs(sum((n * m + m for n, m in pairwise(sizes))))": NOT_NEGATIVE,
            "return int(sum((n * m + m for n, m in pairwise(sizes))))": WHOLE,
            "return abs(sum((n * m + m for n, m in zip(widths, widths[1:]))))": NOT_NEGATIVE,
            "return int(sum((n * m + m for n, m in zip(widths, widths[1:]))))": WHOLE,
        },
    ),
    "01.4b": Cases(
        solution=step,
        also_right=[
            by_the_library,
            lambda ps, gs, lr: [torch.add(p, g, alpha=-lr) for p, g in zip(ps, gs, strict=True)],
        ],
        wrong=[
            (lambda ps, gs, lr: step(ps, [g / g.norm() for g in gs], lr), "learning rate times"),
            (lambda ps, gs, lr: step(ps, [g.clamp(-5, 5) for g in gs], lr), "learning rate times"),
            (lambda ps, gs, lr: step(ps, [g.mean() for g in gs], lr), "learning rate times"),
            (lambda ps, gs, lr: step(ps, gs, -lr), "walks up"),
            (lambda ps, gs, lr: step(ps, gs, 1), "learning rate is missing"),
            (lambda ps, gs, lr: [-lr * g for g in gs], "the step alone"),
            (in_place, "changed"),
            (changes_the_gradients, "changed"),
            (first_layer_alone, "expected ["),
            (lambda ps, gs, lr: step(ps, [g.sign() for g in gs], lr), "learning rate times"),
            (lambda ps, gs, lr: step(ps, gs, lr)[:1], "expected ["),
            (lambda ps, gs, lr: step(ps, gs[::-1], lr), "For parameters"),
            (lambda ps, gs, lr: tuple(step(ps, gs, lr)), "expected a list, got a tuple"),
            (lambda ps, gs, lr: step(ps, ps, lr), "the gradient is missing"),
            (
                lambda ps, gs, lr: [p * (1 - lr * g) for p, g in zip(ps, gs, strict=True)],
                "learning rate times",
            ),
            (lambda ps, gs, lr: step(ps, gs, lr**2), "learning rate times"),
        ],
        equivalent={
            "return [p - lr * g for p, g in zip(parameters, gradients)]": SAME_LENGTH,
            "return [p - lr * g for p, g in zip(parameters, gradients, strict=False)]": SAME_LENGTH,
        },
    ),
}
