"""Answers to the exercises of 05/08, modes and hooks."""

import torch
from torch import nn

from check_cases import NOT_NEGATIVE, Cases


def leaves(net):
    return {name: part for name, part in net.named_modules() if not list(part.children())}


def run_with(net, X, hooks):
    """Run the network with a hook on each layer; take the hooks off in any case."""
    handles = [layer.register_forward_hook(hook) for layer, hook in hooks]
    try:
        net(X)
    finally:
        for handle in handles:
            handle.remove()


def shapes(net, X):
    found, handles = {}, []

    def hook_for(name):
        def hook(layer, inputs, output):
            found[name] = tuple(output.shape)

        return hook

    try:
        for name, layer in net.named_modules():
            if not list(layer.children()):
                handles.append(layer.register_forward_hook(hook_for(name)))
        net(X)
    finally:
        for handle in handles:
            handle.remove()
    return found


def by_layer(net, X):
    names = {layer: name for name, layer in net.named_modules()}
    found = {}

    def note(layer, inputs, output):
        found[names[layer]] = output.shape

    run_with(net, X, [(layer, note) for layer in leaves(net).values()])
    return found


def never_removed(net, X):
    found = {}
    for name, layer in leaves(net).items():
        layer.register_forward_hook(
            lambda layer, inputs, output, name=name: found.update({name: tuple(output.shape)})
        )
    net(X)
    return found


def removed_at_the_end(net, X):
    found = {}
    handles = [
        layer.register_forward_hook(
            lambda layer, inputs, output, name=name: found.update({name: tuple(output.shape)})
        )
        for name, layer in leaves(net).items()
    ]
    net(X)
    for handle in handles:
        handle.remove()
    return found


def of_all_modules(net, X):
    names = {layer: name for name, layer in net.named_modules()}
    found = {}

    def note(layer, inputs, output):
        found[names[layer]] = tuple(output.shape)

    run_with(net, X, [(layer, note) for layer in net.modules()])
    return found


def last_name_for_all(net, X):
    found, handles = {}, []
    for name, layer in leaves(net).items():
        handles.append(
            layer.register_forward_hook(
                lambda layer, inputs, output: found.update({name: tuple(output.shape)})  # noqa: B023
            )
        )
    try:
        net(X)
    finally:
        for handle in handles:
            handle.remove()
    return found


def of_inputs(net, X):
    names = {layer: name for name, layer in net.named_modules()}
    found = {}

    def note(layer, inputs, output):
        found[names[layer]] = tuple(inputs[0].shape)

    run_with(net, X, [(layer, note) for layer in leaves(net).values()])
    return found


def as_lists(net, X):
    return {name: list(shape) for name, shape in shapes(net, X).items()}


def in_the_order_of_names(net, X):
    found = shapes(net, X)
    return {name: found[name] for name in leaves(net) if name in found}


def with_silent_ones(net, X):
    found = shapes(net, X)
    return found | {name: () for name in leaves(net) if name not in found}


def runs_twice(net, X):
    net(X)
    return shapes(net, X)


def swallows(net, X):
    try:
        return shapes(net, X)
    except Exception:
        return {}


def clears_all(net, X):
    found = shapes(net, X)
    for layer in net.modules():
        layer._forward_hooks.clear()
    return found


def switches_mode(net, X):
    net.train()
    return shapes(net, X)


def relus(net):
    return [layer for layer in net.modules() if isinstance(layer, nn.ReLU)]


def dead_units(net, X):
    counts = []

    def count(layer, inputs, output):
        counts.append((output == 0).all(dim=0).sum().item())

    run_with(net, X, [(layer, count) for layer in relus(net)])
    return counts


def by_largest(net, X):
    counts = []

    def count(layer, inputs, output):
        counts.append(int((output.max(dim=0).values <= 0).sum()))

    run_with(net, X, [(layer, count) for layer in relus(net)])
    return counts


def counting(found):
    """An answer that puts `found(output)` on its list."""

    def answer(net, X):
        counts = []
        run_with(
            net,
            X,
            [(layer, lambda _, i, output: counts.append(found(output))) for layer in relus(net)],
        )
        return counts

    return answer


def as_they_were_made(net, X):
    found = {}

    def count(layer, inputs, output):
        found[layer] = (output == 0).all(dim=0).sum().item()

    run_with(net, X, [(layer, count) for layer in relus(net)])
    return [found[layer] for layer in relus(net)]


def of_all_layers(net, X):
    counts = []

    def count(layer, inputs, output):
        counts.append((output == 0).all(dim=0).sum().item())

    run_with(net, X, [(layer, count) for layer in leaves(net).values()])
    return counts


def left_behind(net, X):
    counts = []
    for layer in relus(net):
        layer.register_forward_hook(
            lambda _, i, output: counts.append((output == 0).all(dim=0).sum().item())
        )
    net(X)
    return counts


def goes_back(net, X):
    counts = dead_units(net, X)
    for p in net.parameters():
        p.grad = torch.zeros_like(p)
    return counts


CASES = {
    "05.8a": Cases(
        solution=shapes,
        also_right=[by_layer],
        wrong=[
            (never_removed, "hooks are left on the network"),
            (removed_at_the_end, "hooks are left after an error"),
            (of_all_modules, "has layers inside"),
            (last_name_for_all, "'0' is missing; does each hook see the loop's last"),
            (of_inputs, "not of the input"),
            (as_lists, "should be a tuple, not a list"),
            (in_the_order_of_names, "the layers first ran in the order"),
            (with_silent_ones, "'spare' did not run"),
            (runs_twice, "the network ran 2 times"),
            (swallows, "do not catch it"),
            (clears_all, "remove your own only"),
            (switches_mode, "mode has changed"),
            (lambda net, X: list(shapes(net, X)), "expected a dict"),
        ],
    ),
    "05.8b": Cases(
        solution=dead_units,
        also_right=[by_largest],
        wrong=[
            (counting(lambda output: (output == 0).all(dim=1).sum().item()), "a column of the"),
            (counting(lambda output: (output == 0).any(dim=0).sum().item()), "all of its rows"),
            (counting(lambda output: (output == 0).sum().item()), "all of its rows"),
            (counting(lambda output: (output == 0).all(dim=0).sum()), "whole numbers"),
            (as_they_were_made, "in the order in which the ReLUs ran"),
            (of_all_layers, "a column of the output"),
            (left_behind, "hooks are left on the network"),
            (goes_back, "have gradients now"),
            (lambda net, X: sum(dead_units(net, X)), "expected a list"),
        ],
        equivalent={
            "counts.append((output <= 0).all(dim=0).sum().item())": NOT_NEGATIVE,
        },
    ),
}
