"""Answers to the exercises of 06/06, tied weights."""

import copy

import torch
from torch import nn

from check_cases import Cases


def tie(net, source, target):
    given, taken = net.get_parameter(source), net.get_parameter(target)
    if given.shape != taken.shape:
        raise ValueError("the shapes differ")
    owner, _, name = target.rpartition(".")
    setattr(net.get_submodule(owner), name, given)
    return net


def by_the_books(net, source, target):
    *way, name = target.split(".")
    holder = net
    for step in way:
        holder = getattr(holder, step)
    p = net.get_parameter(source)
    if holder._parameters[name].shape != p.shape:
        raise ValueError
    holder.register_parameter(name, p)
    return net


def owner_of(net, path):
    owner, _, name = path.rpartition(".")
    return net.get_submodule(owner), name


def same_shape(net, source, target):
    if net.get_parameter(source).shape != net.get_parameter(target).shape:
        raise ValueError


def copies_numbers(net, source, target):
    same_shape(net, source, target)
    with torch.no_grad():
        net.get_parameter(target).copy_(net.get_parameter(source))
    return net


def half_tie(net, source, target):
    same_shape(net, source, target)
    setattr(*owner_of(net, target), nn.Parameter(net.get_parameter(source)))
    return net


def by_data(net, source, target):
    same_shape(net, source, target)
    net.get_parameter(target).data = net.get_parameter(source).data
    return net


def wrong_way(net, source, target):
    return tie(net, target, source)


def whole_layer(net, source, target):
    same_shape(net, source, target)
    giver = net.get_submodule(source.rpartition(".")[0])
    holder = target.rpartition(".")[0]
    if not holder or giver is net:
        return tie(net, source, target)
    setattr(*owner_of(net, holder), giver)
    return net


def on_a_copy(net, source, target):
    return tie(copy.deepcopy(net), source, target)


def takes_any_shape(net, source, target):
    setattr(*owner_of(net, target), net.get_parameter(source))
    return net


def looks_too_late(net, source, target):
    old = net.get_parameter(target)
    takes_any_shape(net, source, target)
    if old.shape != net.get_parameter(source).shape:
        raise ValueError
    return net


def asserts(net, source, target):
    assert net.get_parameter(source).shape == net.get_parameter(target).shape
    return tie(net, source, target)


def by_number_of_elements(net, source, target):
    if net.get_parameter(source).numel() != net.get_parameter(target).numel():
        raise ValueError
    return takes_any_shape(net, source, target)


def lists_each_once(net, source, target):
    listed = dict(net.named_parameters())
    if listed[source].shape != listed[target].shape:
        raise ValueError
    setattr(*owner_of(net, target), listed[source])
    return net


def at_all_places(net, source, target):
    same_shape(net, source, target)
    given, taken = net.get_parameter(source), net.get_parameter(target)
    for module in net.modules():
        for name, p in list(module.named_parameters(recurse=False)):
            if p is taken:
                setattr(module, name, given)
    return net


def without_return(net, source, target):
    tie(net, source, target)


def dotted_name(net, source, target):
    same_shape(net, source, target)
    setattr(net, target, net.get_parameter(source))
    return net


def frees_it(net, source, target):
    tie(net, source, target)
    return net.requires_grad_(True)


def ties(net):
    found = {}
    for path, p in net.named_parameters(remove_duplicate=False):
        found.setdefault(id(p), []).append(path)
    return [paths for paths in found.values() if len(paths) > 1]


def by_pairs(net):
    listed = list(net.named_parameters(remove_duplicate=False))
    groups = []
    for p in net.parameters():
        paths = [other for other, q in listed if q is p]
        if len(paths) > 1:
            groups.append(paths)
    return groups


def by_object(net):
    found = {}
    for path, p in net.named_parameters(remove_duplicate=False):
        found[p] = [*found.get(p, []), path]
    return [paths for paths in found.values() if paths[1:]]


def grouped(net, key, **options):
    found = {}
    for path, p in net.named_parameters(**options):
        found.setdefault(key(p), []).append(path)
    return [paths for paths in found.values() if len(paths) > 1]


def with_singles(net):
    found = {}
    for path, p in net.named_parameters(remove_duplicate=False):
        found.setdefault(id(p), []).append(path)
    return list(found.values())


def buffers_too(net):
    found = {}
    for path, t in net.state_dict(keep_vars=True).items():
        found.setdefault(id(t), []).append(path)
    return [paths for paths in found.values() if len(paths) > 1]


CASES = {
    "06.6a": Cases(
        solution=tie,
        also_right=[by_the_books],
        wrong=[
            (copies_numbers, "the numbers were copied"),
            (half_tie, "this is a half tie"),
            (by_data, "this is a half tie"),
            (wrong_way, "the other way round"),
            (whole_layer, "leads to another parameter now"),
            (on_a_copy, "return the same `net`"),
            (takes_any_shape, "raise a ValueError"),
            (looks_too_late, "the network has changed; look first"),
            (asserts, "raise a ValueError; this raised"),
            (by_number_of_elements, "raise a ValueError"),
            (lists_each_once, "head.weight is tied to encoder.weight"),
            (at_all_places, "only 'head.weight' is to change"),
            (without_return, "returned None"),
            (dotted_name, "raised"),
            (frees_it, "requires_grad of a parameter"),
        ],
    ),
    "06.6b": Cases(
        solution=ties,
        also_right=[by_pairs, by_object],
        wrong=[
            (lambda net: grouped(net, id), "gather paths by the id"),
            (
                lambda net: grouped(
                    net, lambda p: p.untyped_storage().data_ptr(), remove_duplicate=False
                ),
                "gather paths by the id",
            ),
            (
                lambda net: grouped(
                    net, lambda p: tuple(p.flatten().tolist()), remove_duplicate=False
                ),
                "gather paths by the id",
            ),
            (with_singles, "so it is no tie"),
            (buffers_too, "no buffers"),
            (lambda net: [path for group in ties(net) for path in group], "a list of lists"),
            (lambda net: ties(net)[::-1], "keep the order"),
            (lambda net: [group[::-1] for group in ties(net)], "keep the order"),
            (lambda net: len(ties(net)), "expected a list of lists"),
            (lambda net: dict(enumerate(ties(net))), "expected a list of lists"),
        ],
    ),
}
