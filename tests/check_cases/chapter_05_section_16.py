"""Answers to the exercises of 05/16, a classifier at work."""

import torch
from torch import nn

from check_cases import NOT_NEGATIVE, Cases

ROUNDING = "a deviation is 0 but for rounding, or far above"


def take_scale(X, rows):
    part = X[rows] / 255
    mean = part.mean(dim=(0, 2, 3), keepdim=True)
    std = part.std(dim=(0, 2, 3), keepdim=True)
    return mean, torch.where(std < 1e-6, 1.0, std)


def on_bytes(X, rows):
    part = X[rows].double()
    std = part.std((0, 2, 3), keepdim=True)
    std[std < 1e-6] = 255
    return [part.mean((0, 2, 3), keepdim=True) / 255, std / 255]


def channel_by_channel(X, rows):
    part = X[rows].transpose(0, 1).flatten(1) / 255
    std = part.std(dim=1, correction=0)
    std = torch.tensor([1.0 if s < 1e-6 else s for s in std.tolist()])
    return part.mean(dim=1).reshape(1, -1, 1, 1), std.reshape(1, -1, 1, 1)


def of_all(X, rows):
    return take_scale(X, torch.arange(len(X)))


def not_divided(X, rows):
    return tuple(255 * one for one in take_scale(X, rows))


def zero_stays(X, rows):
    part = X[rows] / 255
    return part.mean((0, 2, 3), keepdim=True), part.std((0, 2, 3), keepdim=True)


def exactly_zero(X, rows):
    mean, std = zero_stays(X, rows)
    std[std == 0] = 1
    return mean, std


def clamped(X, rows):
    mean, std = zero_stays(X, rows)
    return mean, std.clamp(min=1)


def one_for_all(X, rows):
    part = X[rows] / 255
    return part.mean(), part.std()


def of_each_pixel(X, rows):
    part = X[rows] / 255
    return part.mean(dim=0, keepdim=True), part.std(dim=0, keepdim=True)


class Reader(nn.Module):
    def __init__(self, net, mean, std):
        super().__init__()
        self.net = net
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)

    def forward(self, X):
        return self.net((X / 255 - self.mean) / self.std)


class WithBuffer(nn.Module):
    def __init__(self, net, mean, std):
        super().__init__()
        self.mean, self.std = nn.Buffer(mean), nn.Buffer(std)
        self.layers = nn.ModuleList([net])

    def forward(self, X):
        X = X.float().div(255).sub(self.mean).div(self.std)
        return self.layers[0](X)


class Plain(Reader):
    def __init__(self, net, mean, std):
        nn.Module.__init__(self)
        self.net, self.mean, self.std = net, mean, std


class Learned(Reader):
    def __init__(self, net, mean, std):
        nn.Module.__init__(self)
        self.net, self.mean, self.std = net, nn.Parameter(mean), nn.Parameter(std)


class NotKept(Reader):
    def __init__(self, net, mean, std):
        nn.Module.__init__(self)
        self.net = net
        self.register_buffer("mean", mean, persistent=False)
        self.register_buffer("std", std, persistent=False)


class Hidden(Reader):
    def __init__(self, net, mean, std):
        super().__init__(nn.Identity(), mean, std)
        self.hidden = [net]

    def forward(self, X):
        return self.hidden[0]((X / 255 - self.mean) / self.std)


class Remembers(Reader):
    def __init__(self, net, mean, std):
        super().__init__(net, mean, std)
        self.scale = [mean.clone(), std.clone()]

    def forward(self, X):
        return self.net((X / 255 - self.scale[0]) / self.scale[1])


class Bytes(Reader):
    def forward(self, X):
        return self.net((X - self.mean) / self.std)


class NotScaled(Reader):
    def forward(self, X):
        return self.net(X / 255)


class Swapped(Reader):
    def forward(self, X):
        return self.net((X / 255 - self.std) / self.mean)


class WithoutNet(Reader):
    def forward(self, X):
        return (X / 255 - self.mean) / self.std


class WithoutForward(nn.Module):
    def __init__(self, net, mean, std):
        super().__init__()


CASES = {
    "05.16a": Cases(
        solution=take_scale,
        also_right=[on_bytes, channel_by_channel],
        wrong=[
            (of_all, "take those at `rows`"),
            (not_divided, "divide by 255"),
            (zero_stays, "a deviation of 0 becomes 1"),
            (exactly_zero, "`== 0` misses it"),
            (clamped, "leave the others"),
            (one_for_all, "a scale of its own"),
            (of_each_pixel, "dimensions 0, 2, 3"),
            (lambda X, rows: [one.flatten() for one in take_scale(X, rows)], "keepdim=True"),
            (lambda X, rows: take_scale(X, rows)[::-1], "first the mean"),
            (lambda X, rows: take_scale(X, rows)[0], "return 2 values"),
            (lambda X, rows: X[rows].mean(dim=(0, 2, 3)), "infer"),
        ],
        equivalent={
            **{
                f"{name} = part.{name}(dim={dims}, keepdim=True)": "these are the same dimensions"
                for name in ["mean", "std"]
                for dims in ["(2, 0, 3)", "(0, 3, 2)"]
            },
            "return (abs(mean), torch.where(std < 1e-06, 1.0, std))": NOT_NEGATIVE,
            "return (mean, abs(torch.where(std < 1e-06, 1.0, std)))": NOT_NEGATIVE,
            "return (mean, torch.where(std <= 1e-06, 1.0, std))": ROUNDING,
        },
    ),
    "05.16b": Cases(
        solution=Reader,
        also_right=[WithBuffer],
        wrong=[
            (Plain, "a plain attribute is not saved"),
            (Learned, "training would change it"),
            (NotKept, "persistent=False leaves it out"),
            (Hidden, "keep the module as an attribute"),
            (Remembers, "after load_state_dict"),
            (Bytes, "divide by 255"),
            (NotScaled, "subtract the mean, and divide"),
            (Swapped, "swapped"),
            (WithoutNet, "return what `net` gives"),
            (WithoutForward, "no `forward` yet"),
            (lambda net, mean, std: net, "a class that derives from nn.Module"),
        ],
        equivalent={},
    ),
}
