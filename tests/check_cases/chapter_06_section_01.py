"""Answers to the exercises of 06/01, networks made of blocks."""

import copy
import itertools
from collections import OrderedDict

from torch import nn

from check_cases import Cases


def new_head(net, num_outputs):
    new = copy.deepcopy(net)
    new[-1] = nn.Linear(net[-1].in_features, num_outputs)
    return new


def by_names(net, num_outputs):
    parts = OrderedDict((name, copy.deepcopy(part)) for name, part in net.named_children())
    name = next(reversed(parts))
    parts[name] = nn.Linear(net[-1].weight.shape[1], num_outputs)
    return nn.Sequential(parts)


def by_deleting(net, num_outputs):
    new = copy.deepcopy(net)
    *_, (last, head) = new.named_children()
    del new[-1]
    new.add_module(last, nn.Linear(head.in_features, num_outputs))
    return new


def by_unpacking(net, num_outputs):
    return nn.Sequential(*copy.deepcopy(net[:-1]), nn.Linear(net[-1].in_features, num_outputs))


def shared_slice(net, num_outputs):
    return nn.Sequential(*net[:-1], nn.Linear(net[-1].in_features, num_outputs))


def in_net(net, num_outputs):
    net[-1] = nn.Linear(net[-1].in_features, num_outputs)
    return net


def nested(net, num_outputs):
    body = copy.deepcopy(net[:-1])
    return nn.Sequential(body, nn.Linear(net[-1].in_features, num_outputs))


def one_more(net, num_outputs):
    new = copy.deepcopy(net)
    new.append(nn.Linear(net[-1].out_features, num_outputs))
    return new


def from_outputs(net, num_outputs):
    new = copy.deepcopy(net)
    new[-1] = nn.Linear(net[-1].out_features, num_outputs)
    return new


def frozen(net, num_outputs):
    new = copy.deepcopy(net).requires_grad_(False)
    new[-1] = nn.Linear(net[-1].in_features, num_outputs)
    return new


def restarted(net, num_outputs):
    new = new_head(net, num_outputs)
    for part in new.modules():
        if hasattr(part, "reset_parameters"):
            part.reset_parameters()
    return new


def copied_head(net, num_outputs):
    new = copy.deepcopy(net)
    if net[-1].out_features != num_outputs:
        new[-1] = nn.Linear(net[-1].in_features, num_outputs)
    return new


def same_parameters(net, num_outputs):
    new = new_head(net, num_outputs)
    for old, layer in zip(net[:-1].modules(), new[:-1].modules(), strict=True):
        if isinstance(layer, nn.Linear):
            layer.weight = old.weight
    return new


def renamed_size(net, num_outputs):
    new = copy.deepcopy(net)
    new[-1].out_features = num_outputs
    new[-1].reset_parameters()
    return new


BENDS = {"relu": nn.ReLU, "tanh": nn.Tanh}


def block(num_in, num_out, bend):
    return nn.Sequential(nn.Linear(num_in, num_out), nn.BatchNorm1d(num_out), bend())


def build_stages(config):
    last, stages = config["inputs"], []
    for width in config["widths"]:
        widths = [last] + [width] * config["depth"]
        pairs = itertools.pairwise(widths)
        stages.append(nn.Sequential(*[block(a, b, BENDS[config["bend"]]) for a, b in pairs]))
        last = width
    head = nn.Linear(last, config["classes"])
    return nn.Sequential(OrderedDict(stages=nn.Sequential(*stages), head=head))


def by_add_module(config):
    net, stages, last = nn.Sequential(), nn.Sequential(), config["inputs"]
    bend = nn.ReLU() if config["bend"] == "relu" else nn.Tanh()  # one bend for all holds nothing
    for width in config["widths"]:
        stage = nn.Sequential()
        for at in range(config["depth"]):
            linear = nn.Linear(width if at else last, width)
            stage.append(nn.Sequential(linear, nn.BatchNorm1d(width), bend))
        stages.append(stage)
        last = width
    net.add_module("stages", stages)
    net.add_module("head", nn.Linear(last, config["classes"]))
    return net


def _stages(config, make_stage):
    """Build as the solution does, each stage by another function."""
    pairs = zip([config["inputs"], *config["widths"]], config["widths"], strict=False)
    stages = [make_stage(a, b, config["depth"], BENDS[config["bend"]]) for a, b in pairs]
    head = nn.Linear(config["widths"][-1], config["classes"])
    return nn.Sequential(OrderedDict(stages=nn.Sequential(*stages), head=head))


def repeated(config):
    def stage(a, b, depth, bend):
        return nn.Sequential(block(a, b, bend), *[block(b, b, bend)] * (depth - 1))

    return _stages(config, stage)


def copies(config):
    def stage(a, b, depth, bend):
        one = block(b, b, bend)
        others = [copy.deepcopy(one) for _ in range(depth - 1)]
        return nn.Sequential(block(a, b, bend), *others)

    return _stages(config, stage)


def never_narrowed(config):
    return _stages(
        config, lambda a, b, depth, bend: nn.Sequential(*[block(a, b, bend) for _ in range(depth)])
    )


def one_too_many(config):
    def stage(a, b, depth, bend):
        return nn.Sequential(block(a, b, bend), *[block(b, b, bend) for _ in range(depth)])

    return _stages(config, stage)


def flat(config):
    net = build_stages(config)
    blocks = [one for stage in net.stages for one in stage]
    return nn.Sequential(OrderedDict(stages=nn.Sequential(*blocks), head=net.head))


def without_names(config):
    return nn.Sequential(*build_stages(config))


def always_relu(config):
    return build_stages({**config, "bend": "relu"})


def bend_first(config):
    net = build_stages(config)
    for stage in net.stages:
        for one in stage:
            one[1], one[2] = one[2], one[1]
    return net


def no_norm(config):
    net = build_stages(config)
    for stage in net.stages:
        for one in stage:
            del one[1]
    return net


def in_lists(config):
    net = build_stages(config)
    net.stages = nn.ModuleList(net.stages)
    return net


def head_from_the_inputs(config):
    net = build_stages(config)
    net.head = nn.Linear(config["inputs"], config["classes"])
    return net


KEPT = {}


def kept(config):
    return KEPT.setdefault(str(config), build_stages(config))


CASES = {
    "06.1a": Cases(
        solution=new_head,
        also_right=[by_names, by_deleting, by_unpacking],
        wrong=[
            (shared_slice, "is the same object in both networks; a slice copies none"),
            (in_net, "`net` has other modules now; change a copy"),
            (nested, "it has 2 modules; `net` has 3"),
            (one_more, "it has 4 modules; `net` has 3"),
            (from_outputs, "the head is Linear(3, 7); it should be Linear(4, 7)"),
            (frozen, "here a parameter requires no gradient"),
            (restarted, "has other numbers than in `net`; copy them too"),
            (copied_head, "the head has the numbers of the old one"),
            (renamed_size, "the head's weight is (3, 4); make a new nn.Linear"),
            (same_parameters, "is in both networks; training one would change the other"),
            (lambda net, num_outputs: net, "this is `net` itself"),
            (lambda net, num_outputs: copy.deepcopy(net), "it should be Linear(4, 7)"),
            (lambda net, num_outputs: list(new_head(net, num_outputs)), "expected a Sequential"),
        ],
    ),
    "06.1b": Cases(
        solution=build_stages,
        also_right=[by_add_module],
        wrong=[
            (repeated, "`stages.0.1` and `stages.0.2` are one module"),
            (copies, "two linear layers start with equal numbers"),
            (never_narrowed, "`stages.0.1.0` is Linear(64, 32); it should be Linear(32, 32)"),
            (one_too_many, "`stages.0` has 3 parts; it should have 2"),
            (flat, "`stages` has 4 parts; it should have 2"),
            (without_names, "OrderedDict gives names"),
            (always_relu, "`stages.0.0.2` is a ReLU; it should be a Tanh"),
            (bend_first, "`stages.0.0.1` is a ReLU; it should be a BatchNorm1d"),
            (no_norm, "`stages.0.0` has 2 parts; it should have 3"),
            (in_lists, "`stages` is a ModuleList; it should be a Sequential"),
            (head_from_the_inputs, "`head` is Linear(64, 10); it should be Linear(16, 10)"),
            (kept, "two calls return modules in common"),
            (lambda config: config, "expected a Sequential, got a dict"),
        ],
    ),
}
