"""Answers to the exercises of 08/17, transfer learning."""

import torch

from check_cases import NOT_NEGATIVE, WHOLE, Cases


def freeze_but(net, names):
    learning = set()
    for name in names:
        within = [path for path, _ in net.named_parameters() if path.startswith(name + ".")]
        if not within:
            raise ValueError(f"no parameter lies within {name!r}")
        learning.update(within)
    for path, parameter in net.named_parameters():
        parameter.requires_grad_(path in learning)
    return sum(p.numel() for p in net.parameters() if p.requires_grad)


def by_submodules(net, names):
    net.requires_grad_(False)
    parts = dict(net.named_modules())
    for name in names:
        if name not in parts or not list(parts[name].parameters()):
            raise ValueError(name)
        parts[name].requires_grad_(True)
    return sum(p.numel() for p in net.parameters() if p.requires_grad)


def without_point(net, names):
    for path, parameter in net.named_parameters():
        parameter.requires_grad_(any(path.startswith(name) for name in names))
    return sum(p.numel() for p in net.parameters() if p.requires_grad)


def never_thawed(net, names):
    for path, parameter in net.named_parameters():
        if not any(path.startswith(name + ".") for name in names):
            parameter.requires_grad_(False)
    return sum(p.numel() for p in net.parameters() if p.requires_grad)


def attribute(net, names):
    for name, part in net.named_children():
        part.requires_grad = name in names
    return sum(p.numel() for p in net.parameters() if p.requires_grad)


def silent(net, names):
    net.requires_grad_(False)
    for path, parameter in net.named_parameters():
        parameter.requires_grad_(any(path.startswith(name + ".") for name in names))
    return sum(p.numel() for p in net.parameters() if p.requires_grad)


def key_error(net, names):
    net.requires_grad_(False)
    parts = dict(net.named_modules())
    for name in names:
        parts[name].requires_grad_(True)
    return sum(p.numel() for p in net.parameters() if p.requires_grad)


def tensors(net, names):
    by_submodules(net, names)
    return sum(1 for p in net.parameters() if p.requires_grad)


def frozen_ones(net, names):
    by_submodules(net, names)
    return sum(p.numel() for p in net.parameters() if not p.requires_grad)


def everything(net, names):
    by_submodules(net, names)
    return sum(p.numel() for p in net.parameters())


def a_tensor(net, names):
    return torch.tensor(by_submodules(net, names))


def with_eval(net, names):
    net.eval()
    return by_submodules(net, names)


def nothing_returned(net, names):
    by_submodules(net, names)


def wiped(net, names):
    left = by_submodules(net, names)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
    return left


def features_of(part, X, size):
    modes = {module: module.training for module in part.modules()}
    part.eval()
    with torch.no_grad():
        found = [part(rows) for rows in X.split(size)]
    for module, mode in modes.items():
        module.training = mode
    return torch.cat(found)


@torch.inference_mode()
def by_slices(part, X, size):
    modes = [module.training for module in part.modules()]
    part.eval()
    found = torch.cat([part(X[k : k + size]) for k in range(0, len(X), size)])
    for module, mode in zip(part.modules(), modes, strict=True):
        module.training = mode
    return found


def no_eval(part, X, size):
    with torch.no_grad():
        return torch.cat([part(rows) for rows in X.split(size)])


def left_in_eval(part, X, size):
    part.eval()
    with torch.no_grad():
        return torch.cat([part(rows) for rows in X.split(size)])


def always_train(part, X, size):
    found = left_in_eval(part, X, size)
    part.train()
    return found


def top_mode(part, X, size):
    mode = part.training
    found = left_in_eval(part, X, size)
    part.train(mode)
    return found


def with_graph(part, X, size):
    modes = {module: module.training for module in part.modules()}
    part.eval()
    found = torch.cat([part(rows) for rows in X.split(size)])
    for module, mode in modes.items():
        module.training = mode
    return found.detach()


def at_once(part, X, size):
    return features_of(part, X, len(X))


def one_by_one(part, X, size):
    return features_of(part, X, 1)


def whole_batches(part, X, size):
    return features_of(part, X[: len(X) // size * size], size) if len(X) >= size else X[:0, :2]


def last_alone(part, X, size):
    return features_of(part, X, size)[-1:]


def backwards(part, X, size):
    return features_of(part, X, size).flip(0)


def frozen(part, X, size):
    part.requires_grad_(False)
    return features_of(part, X, size)


def switched_off(part, X, size):
    torch.set_grad_enabled(False)
    return features_of(part, X, size)


CASES = {
    "08.17a": Cases(
        solution=freeze_but,
        also_right=[by_submodules],
        wrong=[
            (without_point, "its path begins alike"),
            (never_thawed, "some were frozen before"),
            (attribute, "freeze it by requires_grad_"),
            (silent, "raise a ValueError"),
            (key_error, "KeyError"),
            (tensors, "these are the tensors"),
            (frozen_ones, "these are the frozen ones"),
            (everything, "this counts all"),
            (a_tensor, "expected an int"),
            (with_eval, "changed its mode"),
            (nothing_returned, "returned None"),
            (wiped, "changed its numbers"),
        ],
        equivalent={
            "return abs(sum((p.numel() for p in net.parameters() if p.requires_grad)))": (
                NOT_NEGATIVE
            ),
            "return int(sum((p.numel() for p in net.parameters() if p.requires_grad)))": WHOLE,
        },
    ),
    "08.17b": Cases(
        solution=features_of,
        also_right=[by_slices],
        wrong=[
            (no_eval, "in train mode"),
            (left_in_eval, "all modules are in eval mode"),
            (always_train, "modes have changed"),
            (top_mode, "put each module's own mode back"),
            (with_graph, "a graph was recorded"),
            (at_once, "a batch had 7 rows"),
            (one_by_one, "fill the batches"),
            (whole_batches, "the last rows are missing"),
            (last_alone, "join the batches"),
            (backwards, "in another order"),
            (frozen, "requires_grad has changed"),
            (switched_off, "gradients are off"),
        ],
    ),
}
