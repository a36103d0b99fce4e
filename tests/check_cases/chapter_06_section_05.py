"""Answers to the exercises of 06/05, reaching parameters."""

import copy

import torch
from torch import nn

from check_cases import Cases


def for_negatives(layer):
    new = copy.deepcopy(layer).requires_grad_(True)
    with torch.no_grad():
        new.weight.neg_()
        new.bias.add_(layer.weight.sum(dim=1))
    return new


def filled(weight, bias, **options):
    """A new layer that holds these numbers."""
    new = nn.Linear(weight.shape[1], weight.shape[0], dtype=weight.dtype, **options)
    with torch.no_grad():
        new.weight.copy_(weight)
        new.bias.copy_(bias)
    return new


def by_loading(layer):
    new = nn.Linear(layer.in_features, layer.out_features, dtype=layer.weight.dtype)
    numbers = {"weight": -layer.weight, "bias": layer.weight.sum(1) + layer.bias}
    new.load_state_dict(numbers)
    return new


def by_parameters(layer):
    new = nn.Linear(layer.in_features, layer.out_features)
    new.weight = nn.Parameter(-layer.weight.detach())
    new.bias = nn.Parameter(layer(torch.ones(1, layer.in_features, dtype=layer.bias.dtype))[0])
    return new


def in_place(layer):
    with torch.no_grad():
        layer.bias.add_(layer.weight.sum(dim=1))
        layer.weight.neg_()
    return layer


def spoils_the_old(layer):
    new = copy.deepcopy(layer).requires_grad_(True)
    in_place(layer)
    new.load_state_dict(layer.state_dict())
    return new


def shares_the_bias(layer):
    new = filled(-layer.weight, layer.bias)
    new.bias = layer.bias
    with torch.no_grad():
        new.weight.neg_()
    return new


def stays_frozen(layer):
    new = copy.deepcopy(layer)
    with torch.no_grad():
        new.weight.neg_()
        new.bias.add_(layer.weight.sum(dim=1))
    return new


def frees_the_old(layer):
    layer.requires_grad_(True)
    return for_negatives(layer)


def a_function(layer):
    return lambda X: layer(1 - X)


def in_float32(layer):
    return for_negatives(layer).float()


def forgotten(net, optimizer):
    known = {id(p) for group in optimizer.param_groups for p in group["params"]}
    return [name for name, p in net.named_parameters() if p.requires_grad and id(p) not in known]


def by_identity(net, optimizer):
    found = []
    for name, p in net.named_parameters():
        held = any(p is q for group in optimizer.param_groups for q in group["params"])
        if p.requires_grad and not held:
            found.append(name)
    return found


def by_a_set(net, optimizer):
    held = set()
    for group in optimizer.param_groups:
        held.update(group["params"])
    return [name for name, p in net.named_parameters() if p.requires_grad and p not in held]


def by_numbers(net, optimizer):
    held = [p for group in optimizer.param_groups for p in group["params"]]
    return [
        name
        for name, p in net.named_parameters()
        if p.requires_grad and not any(torch.equal(p, q) for q in held)
    ]


def by_memory(net, optimizer):
    held = {p.data_ptr() for group in optimizer.param_groups for p in group["params"]}
    return [
        path for path, p in net.named_parameters() if p.requires_grad and p.data_ptr() not in held
    ]


def first_group(net, optimizer):
    known = {id(p) for p in optimizer.param_groups[0]["params"]}
    return [name for name, p in net.named_parameters() if p.requires_grad and id(p) not in known]


def frozen_too(net, optimizer):
    known = {id(p) for group in optimizer.param_groups for p in group["params"]}
    return [name for name, p in net.named_parameters() if id(p) not in known]


def those_without_slopes(net, optimizer):
    return [name for name, p in net.named_parameters() if p.requires_grad and p.grad is None]


def compared_in_a_list(net, optimizer):
    held = [p for group in optimizer.param_groups for p in group["params"]]
    return [name for name, p in net.named_parameters() if p.requires_grad and p not in held]


CASES = {
    "06.5a": Cases(
        solution=for_negatives,
        also_right=[by_loading, by_parameters],
        wrong=[
            (lambda layer: filled(layer.weight, layer.bias), "still the old ones"),
            (lambda layer: filled(-layer.weight, layer.bias), "the bias is still the old one"),
            (lambda layer: filled(-layer.weight, -layer.bias), "both have the other sign"),
            (lambda layer: filled(-layer.weight, layer.weight.sum(1)), "old bias is missing"),
            (
                lambda layer: filled(-layer.weight, layer.bias - layer.weight.sum(1)),
                "is to be added to the bias",
            ),
            (
                lambda layer: filled(-layer.weight, layer.bias + layer.weight.sum()),
                "of its own neuron",
            ),
            (in_place, "the old layer itself"),
            (spoils_the_old, "the old layer has other numbers"),
            (shares_the_bias, "still the old one"),
            (stays_frozen, "cannot be trained"),
            (frees_the_old, "requires_grad has changed"),
            (a_function, "return a new nn.Linear, not"),
            (in_float32, "expected dtype torch.float64"),
        ],
    ),
    "06.5b": Cases(
        solution=forgotten,
        also_right=[by_identity, by_a_set],
        wrong=[
            (by_numbers, "compared by id"),
            (first_group, "compared by id"),
            (by_memory, "expected ['head.weight', 'head.bias'], got []"),
            (frozen_too, "frozen on purpose"),
            (those_without_slopes, "compared by id"),
            (compared_in_a_list, "raised"),
            (lambda net, optimizer: forgotten(net, optimizer)[::-1], "keep the order"),
            (lambda net, optimizer: len(forgotten(net, optimizer)), "return a list of paths"),
            (lambda net, optimizer: set(forgotten(net, optimizer)), "return a list of paths"),
        ],
    ),
}
