"""Answers to the exercises of 06/07, parametrized weights."""

import copy

import torch
from torch import nn
from torch.nn.utils import parametrize

from check_cases import Cases


class Between(nn.Module):
    def __init__(self, low, high):
        super().__init__()
        self.low, self.high = low, high

    def forward(self, free):
        return self.low + (self.high - self.low) * torch.sigmoid(free)

    def right_inverse(self, weight):
        share = (weight - self.low) / (self.high - self.low)
        return torch.logit(share, eps=0.001)


class ByTanh(nn.Module):
    def __init__(self, low, high):
        super().__init__()
        self.middle, self.half = (low + high) / 2, (high - low) / 2

    def forward(self, free):
        return self.middle + self.half * torch.tanh(free / 2)

    def right_inverse(self, weight):
        centred = ((weight - self.middle) / self.half).clamp(-0.998, 0.998)
        return torch.log1p(centred) - torch.log1p(-centred)


class WithBuffers(nn.Module):
    def __init__(self, low, high):
        super().__init__()
        self.register_buffer("low", torch.tensor(low, dtype=torch.float64))
        self.register_buffer("high", torch.tensor(high, dtype=torch.float64))

    def forward(self, free):
        return torch.lerp(self.low.to(free), self.high.to(free), 1 / (1 + torch.exp(-free)))

    def right_inverse(self, weight):
        share = (weight - self.low) / (self.high - self.low)
        share = torch.minimum(torch.maximum(share, 0 * share + 0.001), 0 * share + 0.999)
        return torch.log(share / (1 - share)).to(weight.dtype)


class Clamps(Between):
    def forward(self, free):
        return free.clamp(self.low, self.high)

    def right_inverse(self, weight):
        margin = 0.001 * (self.high - self.low)
        return weight.clamp(self.low + margin, self.high - margin)


class FromZero(Between):
    def forward(self, free):
        return self.high * torch.sigmoid(free)


class WithoutWidth(Between):
    def forward(self, free):
        return self.low + torch.sigmoid(free)


class Falling(Between):
    def forward(self, free):
        return self.low + (self.high - self.low) * torch.sigmoid(-free)


class NoWayBack(nn.Module):
    def __init__(self, low, high):
        super().__init__()
        self.low, self.high = low, high

    forward = Between.forward


class NoLimit(Between):
    def right_inverse(self, weight):
        return torch.logit((weight - self.low) / (self.high - self.low))


class MarginOfWeight(Between):
    def right_inverse(self, weight):
        weight = weight.clamp(self.low + 0.001, self.high - 0.001)
        return torch.logit((weight - self.low) / (self.high - self.low))


class OnlyUpwards(Between):
    def right_inverse(self, weight):
        share = (weight - self.low) / (self.high - self.low)
        return torch.logit(share.clamp(min=0.001))


class ReturnsTheWeight(Between):
    def right_inverse(self, weight):
        return weight


class ForgetsTheLow(Between):
    def right_inverse(self, weight):
        return torch.logit(weight / (self.high - self.low), eps=0.001)


class CutsOff(Between):
    def forward(self, free):
        return super().forward(free.detach())


class InPlace(Between):
    def forward(self, free):
        with torch.no_grad():
            return free.sigmoid_().mul_(self.high - self.low).add_(self.low)


class Doubles(Between):
    def right_inverse(self, weight):
        return super().right_inverse(weight.double())


class ReturnsNothing(Between):
    def right_inverse(self, weight):
        super().right_inverse(weight)


class Raises(Between):
    def right_inverse(self, weight):
        raise ValueError("the weight is not within the bounds")


class HalfTheWay(Between):
    def forward(self, free):
        return self.low + (self.high - self.low) * (0.5 + torch.sigmoid(free) / 4)


def take_off(net):
    for module in list(net.modules()):
        if parametrize.is_parametrized(module):
            for name in list(module.parametrizations):
                parametrize.remove_parametrizations(module, name)
    return net


def by_recursion(net):
    names = list(getattr(net, "parametrizations", []))
    for name in names:
        parametrize.remove_parametrizations(net, name, leave_parametrized=True)
    for child in net.children():
        by_recursion(child)
    return net


def by_paths(net):
    paths = [path for path, m in net.named_modules() if parametrize.is_parametrized(m)]
    for path in paths:
        module = net.get_submodule(path)
        while parametrize.is_parametrized(module):
            parametrize.remove_parametrizations(module, next(iter(module.parametrizations)))
    return net


def keeps_free_numbers(net):
    for module in list(net.modules()):
        for name in list(getattr(module, "parametrizations", [])):
            parametrize.remove_parametrizations(module, name, leave_parametrized=False)
    return net


def weights_alone(net):
    for module in list(net.modules()):
        if parametrize.is_parametrized(module, "weight"):
            parametrize.remove_parametrizations(module, "weight")
    return net


def children_alone(net):
    for module in [net, *net.children()]:
        for name in list(getattr(module, "parametrizations", [])):
            parametrize.remove_parametrizations(module, name)
    return net


def not_itself(net):
    for module in list(net.modules())[1:]:
        for name in list(getattr(module, "parametrizations", [])):
            parametrize.remove_parametrizations(module, name)
    return net


def linear_layers(net):
    for module in list(net.modules()):
        if isinstance(module, nn.Linear):
            for name in list(getattr(module, "parametrizations", [])):
                parametrize.remove_parametrizations(module, name)
    return net


def while_walking(net):
    for module in net.modules():
        if parametrize.is_parametrized(module):
            for name in module.parametrizations:
                parametrize.remove_parametrizations(module, name)
    return net


def asks_no_module(net):
    for module in list(net.modules()):
        parametrize.remove_parametrizations(module, "weight")
    return net


def on_a_copy(net):
    return take_off(copy.deepcopy(net))


def without_return(net):
    take_off(net)


def in_eval_mode(net):
    return take_off(net.eval())


def in_train_mode(net):
    return take_off(net.train())


CASES = {
    "06.7a": Cases(
        solution=Between,
        also_right=[ByTanh, WithBuffers],
        wrong=[
            (Clamps, "gives one weight for different free numbers"),
            (FromZero, "leaves the bounds"),
            (WithoutWidth, "leaves the bounds"),
            (Falling, "gives a smaller weight"),
            (NoWayBack, "has no method `right_inverse`"),
            (NoLimit, "no finite number"),
            (MarginOfWeight, "it should be"),
            (OnlyUpwards, "no finite number"),
            (ReturnsTheWeight, "it should be"),
            (ForgetsTheLow, "it should be"),
            (CutsOff, "no slope reaches"),
            (InPlace, "changed its input"),
            (Doubles, "expected dtype"),
            (ReturnsNothing, "returned None"),
            (Raises, "raised ValueError"),
            (HalfTheWay, "it should be"),
            (Between(0.0, 1.0), "without brackets"),
        ],
    ),
    "06.7b": Cases(
        solution=take_off,
        also_right=[by_recursion, by_paths],
        wrong=[
            (keeps_free_numbers, "outputs of the free numbers"),
            (weights_alone, "still has a rule, on bias"),
            (children_alone, "still has a rule"),
            (not_itself, "net itself still has a rule"),
            (linear_layers, "still has a rule, on scale, mask"),
            (while_walking, "raised"),
            (asks_no_module, "raised"),
            (on_a_copy, "return the same `net`"),
            (without_return, "returned None"),
            (in_eval_mode, "the mode"),
            (in_train_mode, "has changed"),
            (lambda net: 3, "return the same `net`"),
        ],
    ),
}
