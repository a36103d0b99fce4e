"""Answers to the exercises of 06/08, initial values."""

import torch
from torch import nn

from check_cases import Cases

SHIFTED = "the same number more in each bias leaves the softmax as it was"


@torch.no_grad()
def two_sided_(tensor, low, high, generator):
    tensor.uniform_(low, high, generator=generator)
    flip = torch.rand(tensor.shape, generator=generator) < 0.5
    tensor[flip] *= -1
    return tensor


def by_sign(tensor, low, high, generator):
    with torch.no_grad():
        signs = torch.randint(0, 2, tensor.shape, generator=generator) * 2 - 1
        sizes = low + (high - low) * torch.rand(tensor.shape, generator=generator)
        return tensor.copy_(signs * sizes)


def by_shift(tensor, low, high, generator):
    """One draw from -1 to 1 gives both, the sign and the size."""
    nn.init.uniform_(tensor, -1.0, 1.0, generator=generator)
    with torch.no_grad():
        tensor.copy_(torch.where(tensor < 0, -1.0, 1.0) * (low + (high - low) * tensor.abs()))
    return tensor


def one_sided(tensor, low, high, generator):
    return nn.init.uniform_(tensor, low, high, generator=generator)


@torch.no_grad()
def with_zeros(tensor, low, high, generator):
    tensor.uniform_(-high, high, generator=generator)
    tensor *= tensor.abs() >= low
    return tensor


def recorded(tensor, low, high, generator):
    tensor.uniform_(low, high, generator=generator)
    return tensor


@torch.no_grad()
def rebound(tensor, low, high, generator):
    tensor = tensor.uniform_(low, high, generator=generator)
    return tensor * (2 * (torch.rand(tensor.shape, generator=generator) < 0.5) - 1)


@torch.no_grad()
def global_signs(tensor, low, high, generator):
    tensor.uniform_(low, high, generator=generator)
    tensor[torch.rand(tensor.shape) < 0.5] *= -1
    return tensor


@torch.no_grad()
def one_sign(tensor, low, high, generator):
    tensor.uniform_(low, high, generator=generator)
    return tensor.mul_(1 if torch.rand(1, generator=generator) < 0.5 else -1)


@torch.no_grad()
def every_second(tensor, low, high, generator):
    tensor.uniform_(low, high, generator=generator)
    signs = torch.ones(tensor.numel())
    signs[::2] = -1
    return tensor.mul_(signs.reshape(tensor.shape))


@torch.no_grad()
def clamped(tensor, low, high, generator):
    tensor.uniform_(-high, high, generator=generator)
    return tensor.copy_(torch.sign(tensor) * tensor.abs().clamp(min=low))


@torch.no_grad()
def seeded(tensor, low, high, generator):
    return two_sided_(tensor, low, high, generator.manual_seed(0))


@torch.no_grad()
def by_data(tensor, low, high, generator):
    two_sided_(tensor.data, low, high, generator)
    return tensor


def silent(tensor, low, high, generator):
    two_sided_(tensor, low, high, generator)


@torch.no_grad()
def frozen(tensor, low, high, generator):
    return two_sided_(tensor.requires_grad_(False), low, high, generator)


@torch.no_grad()
def start_at_shares_(layer, y):
    counts = y.bincount(minlength=layer.out_features) + 1
    nn.init.zeros_(layer.weight)
    layer.bias.copy_((counts / counts.sum()).log())
    return layer


def log_counts(layer, y):
    """The logarithms of the counts differ from those of the shares by one number for all."""
    for k in range(layer.out_features):
        layer.bias.data[k] = torch.log1p((y == k).sum())
    layer.weight.data.zero_()
    return layer


def by_softmax(layer, y):
    shares = (nn.functional.one_hot(y, layer.out_features).sum(0) + 1).double()
    nn.init.constant_(layer.weight, 0.0)
    with torch.no_grad():
        layer.bias[:] = torch.log_softmax(shares.log(), dim=0)
    return layer


@torch.no_grad()
def bias_only(layer, y):
    weight = layer.weight.clone()
    start_at_shares_(layer, y).weight.copy_(weight)
    return layer


@torch.no_grad()
def not_counted(layer, y):
    nn.init.zeros_(layer.weight)
    layer.bias.copy_((y.bincount(minlength=layer.out_features) / len(y)).log())
    return layer


@torch.no_grad()
def no_logarithm(layer, y):
    counts = y.bincount(minlength=layer.out_features) + 1
    nn.init.zeros_(layer.weight)
    layer.bias.copy_(counts / counts.sum())
    return layer


@torch.no_grad()
def logits(layer, y):
    counts = y.bincount(minlength=layer.out_features) + 1
    nn.init.zeros_(layer.weight)
    layer.bias.copy_(torch.logit(counts / counts.sum()))
    return layer


@torch.no_grad()
def no_minlength(layer, y):
    counts = y.bincount() + 1
    nn.init.zeros_(layer.weight)
    layer.bias.copy_((counts / counts.sum()).log())
    return layer


@torch.no_grad()
def share_plus_small(layer, y):
    shares = y.bincount(minlength=layer.out_features) / max(len(y), 1) + 1e-6
    nn.init.zeros_(layer.weight)
    layer.bias.copy_(shares.log())
    return layer


@torch.no_grad()
def two_more(layer, y):
    counts = y.bincount(minlength=layer.out_features) + 2
    nn.init.zeros_(layer.weight)
    layer.bias.copy_((counts / counts.sum()).log())
    return layer


@torch.no_grad()
def all_zero(layer, y):
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def replaced(layer, y):
    counts = y.bincount(minlength=layer.out_features) + 1
    layer.weight = nn.Parameter(torch.zeros_like(layer.weight))
    layer.bias = nn.Parameter((counts / counts.sum()).log())
    return layer


def without_no_grad(layer, y):
    counts = y.bincount(minlength=layer.out_features) + 1
    layer.weight.zero_()
    layer.bias.copy_((counts / counts.sum()).log())
    return layer


def bias_returned(layer, y):
    return start_at_shares_(layer, y).bias


CASES = {
    "06.8a": Cases(
        solution=two_sided_,
        also_right=[by_sign, by_shift],
        wrong=[
            (one_sided, "a share of 0.00 is negative"),
            (with_zeros, "the least absolute value is 0, and low is 0.5"),
            (recorded, "a share of 0.00 is negative"),
            (rebound, "return the tensor itself, filled in place"),
            (global_signs, "you drew from the global stream"),
            (one_sign, "it should be about one half"),
            (every_second, "the signs follow an order"),
            (clamped, "the absolute values do not lie evenly"),
            (seeded, "do not seed the generator"),
            (by_data, "fill the tensor itself, not its `.data`"),
            (silent, "return the tensor that it filled"),
            (frozen, "requires_grad of the tensor has changed"),
        ],
        equivalent={
            "flip = torch.rand(tensor.shape, generator=generator) > 0.5": "half of them, too",
            "flip = torch.rand(tensor.shape, generator=generator) <= 0.5": "half of them, too",
            "tensor[flip] /= -1": "dividing by -1 turns the sign as well",
        },
    ),
    "06.8b": Cases(
        solution=start_at_shares_,
        also_right=[log_counts, by_softmax],
        wrong=[
            (bias_only, "the scores change with the input"),
            (not_counted, "add 1 to the count of each class"),
            (no_logarithm, "softmax expects logarithms"),
            (logits, "here it is log"),
            (no_minlength, "your function raised RuntimeError"),
            (share_plus_small, "add 1 to the count of each class"),
            (two_more, "these are the softmax's shares of the classes"),
            (all_zero, "the bias says nothing yet"),
            (replaced, "which no optimiser would know"),
            (without_no_grad, "a leaf Variable that requires grad"),
            (bias_returned, "return the layer itself"),
        ],
        equivalent={
            "layer.bias.copy_((counts * counts.sum()).log())": SHIFTED,
            "shares = counts * counts.sum()": SHIFTED,
        },
    ),
}
