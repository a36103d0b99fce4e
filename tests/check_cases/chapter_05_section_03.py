"""Answers to the exercises of 05/03, the nn module."""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn

from check_cases import Cases


def linear(X, weight, bias):
    product = X @ weight.T
    return product if bias is None else product + bias


def by_einsum(X, weight, bias):
    product = torch.einsum("...i,oi->...o", X, weight)
    if bias is None:
        return product
    return product + bias


def by_sums(X, weight, bias):
    if bias is None:
        bias = torch.zeros(len(weight))
    return (X[..., None, :] * weight).sum(dim=-1) + bias


def by_swapping(X, weight, bias):
    product = torch.matmul(X, weight.transpose(0, 1))
    return product + (0 if bias is None else bias)


def not_turned_where_it_fits(X, weight, bias):
    if weight.shape[0] == weight.shape[1]:
        weight = weight.T
    return linear(X, weight, bias)


def bias_by_rows(X, weight, bias):
    if bias is not None and X.ndim == 2 and len(X) == len(weight):
        return X @ weight.T + bias[:, None]
    return linear(X, weight, bias)


def build(sizes):
    layers = []
    for coming, going in pairwise(sizes):
        if layers:
            layers.append(nn.ReLU())
        layers.append(nn.Linear(coming, going))
    return nn.Sequential(*layers)


def by_adding(sizes):
    net = nn.Sequential()
    for at in range(len(sizes) - 1):
        net.add_module(f"linear{at}", nn.Linear(sizes[at], sizes[at + 1]))
        if at < len(sizes) - 2:
            net.add_module(f"bend{at}", nn.ReLU(inplace=True))
    return net


def one_bend_for_all(sizes):
    bend = nn.ReLU()
    layers = [nn.Linear(sizes[0], sizes[1])]
    for at in range(1, len(sizes) - 1):
        layers += [bend, nn.Linear(sizes[at], sizes[at + 1])]
    return nn.Sequential(*layers)


def in_blocks(sizes):
    blocks = [
        nn.Sequential(nn.Linear(sizes[at], sizes[at + 1]), nn.ReLU())
        for at in range(len(sizes) - 2)
    ]
    return nn.Sequential(*blocks, nn.Linear(sizes[-2], sizes[-1]))


def bend_last(sizes):
    return build(sizes).append(nn.ReLU())


def bend_first(sizes):
    return nn.Sequential(nn.ReLU(), *build(sizes))


def without_bends(sizes):
    return nn.Sequential(*[layer for layer in build(sizes) if isinstance(layer, nn.Linear)])


def two_bends(sizes):
    layers = []
    for layer in build(sizes):
        layers += [layer, nn.ReLU()] if isinstance(layer, nn.ReLU) else [layer]
    return nn.Sequential(*layers)


def turned_round(sizes):
    layers = [
        nn.Linear(layer.out_features, layer.in_features) if isinstance(layer, nn.Linear) else layer
        for layer in build(sizes)
    ]
    return nn.Sequential(*layers)


def one_layer_again(sizes):
    known = {}
    layers = [
        known.setdefault(layer.weight.shape, layer) if isinstance(layer, nn.Linear) else layer
        for layer in build(sizes)
    ]
    return nn.Sequential(*layers)


def without_biases(sizes):
    layers = [
        nn.Linear(layer.in_features, layer.out_features, bias=False)
        if isinstance(layer, nn.Linear)
        else layer
        for layer in build(sizes)
    ]
    return nn.Sequential(*layers)


def frozen(sizes):
    return build(sizes).requires_grad_(False)


def other_bend(sizes):
    layers = [nn.Tanh() if isinstance(layer, nn.ReLU) else layer for layer in build(sizes)]
    return nn.Sequential(*layers)


CASES = {
    "05.3a": Cases(
        solution=linear,
        also_right=[by_einsum, by_sums, by_swapping],
        wrong=[
            (lambda X, weight, bias: X @ weight.T, "the bias is missing"),
            (lambda X, weight, bias: X @ weight + bias, "your function raised RuntimeError"),
            (not_turned_where_it_fits, "a neuron is a row of `weight`"),
            (bias_by_rows, "a bias belongs to a neuron"),
            (lambda X, weight, bias: X @ weight.T + bias, "your function raised TypeError"),
            (
                lambda X, weight, bias: X @ weight.T - (0 if bias is None else bias),
                "the bias is subtracted",
            ),
            (F.linear, "this is the library's layer"),
            (lambda X, weight, bias: torch.relu(linear(X, weight, bias)), "each row of `X` meets"),
            (lambda X, weight, bias: linear(X, weight, bias).T, "expected shape"),
        ],
    ),
    "05.3b": Cases(
        solution=build,
        also_right=[by_adding, one_bend_for_all, in_blocks],
        wrong=[
            (bend_last, "a ReLU stands after the last linear layer"),
            (bend_first, "a ReLU stands before the first linear layer"),
            (without_bends, "without a ReLU between them"),
            (two_bends, "two ReLUs stand side by side"),
            (turned_round, "linear layer 0 is Linear(5, 3); it should be Linear(3, 5)"),
            (one_layer_again, "a linear layer stands in it twice"),
            (without_biases, "a linear layer has no bias"),
            (frozen, "are to be learned; here 0 are"),
            (other_bend, "it holds a layer Tanh"),
            (lambda sizes: build(sizes[:2]), "3 sizes make 2 linear layers"),
            (lambda sizes: build([3, 5, 2]), "2 sizes make 1 linear layer; found: 2"),
            (lambda sizes: list(build(sizes)), "expected a Sequential, got a list"),
            (lambda sizes: nn.Sequential(), "3 sizes make 2 linear layers"),
        ],
    ),
}
