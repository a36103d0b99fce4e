"""Answers to the exercises of 06/09, variance through depth."""

import math

import torch
from torch import nn

from check_cases import NOT_NEGATIVE, WHOLE, Cases

ENOUGH = "any draw of this size is right within 1 percent"


def fans(shape):
    places = math.prod(shape[2:])
    return shape[1] * places, shape[0] * places


def by_loop(shape):
    outputs, inputs, *sizes = shape
    for length in sizes:
        outputs, inputs = outputs * length, inputs * length
    return [inputs, outputs][0], outputs


def by_a_tensor(shape):
    """An empty tensor has shape enough: numbers in one output's slice, and in one input's."""
    weight = torch.empty(1, *shape[1:]), torch.empty(shape[0], 1, *shape[2:])
    return weight[0].numel(), weight[1].numel()


def by_division(shape):
    numbers = math.prod(shape)
    return numbers // shape[0], numbers // shape[1]


def by_the_library(shape):
    return nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))


def turned(shape):
    return fans(shape)[::-1]


def no_filter(shape):
    return shape[1], shape[0]


def one_filter(shape):
    return math.prod(shape[1:]), shape[0]


def squares_only(shape):
    places = shape[2] ** 2 if len(shape) > 2 else 1
    return shape[1] * places, shape[0] * places


def two_sizes(shape):
    places = shape[2] * shape[3] if len(shape) > 2 else 1
    return shape[1] * places, shape[0] * places


def added(shape):
    places = sum(shape[2:]) or 1
    return shape[1] * places, shape[0] * places


def fan_in_only(shape):
    return math.prod(shape[1:])


def gain_of(activation):
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(200_000, generator=generator)
    return 1 / math.sqrt(activation(z).square().mean().item())


def by_integral(activation):
    z = torch.linspace(-8, 8, 100_001)
    density = torch.exp(-(z**2) / 2)
    left = (activation(z) ** 2 * density).sum() / density.sum()
    return float(left**-0.5)


def by_quantiles(activation):
    shares = (torch.arange(200_000, dtype=torch.float64) + 0.5) / 200_000
    z = torch.special.ndtri(shares)
    return activation(z).pow(2).mean().rsqrt().item()


def root_forgotten(activation):
    return gain_of(activation) ** 2


def what_is_left(activation):
    return 1 / gain_of(activation)


def mean_square(activation):
    return gain_of(activation) ** -2


def spread(activation):
    generator = torch.Generator().manual_seed(0)
    return 1 / activation(torch.randn(1_000_000, generator=generator)).std().item()


def even_draws(activation):
    generator = torch.Generator().manual_seed(0)
    z = torch.rand(1_000_000, generator=generator)
    return 1 / math.sqrt(activation(z).square().mean().item())


def absolute(activation):
    generator = torch.Generator().manual_seed(0)
    return 1 / activation(torch.randn(1_000_000, generator=generator)).abs().mean().item()


def global_stream(activation):
    return 1 / math.sqrt(activation(torch.randn(1_000_000)).square().mean().item())


def few_draws(activation):
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(100, generator=generator)
    return 1 / math.sqrt(activation(z).square().mean().item())


def as_tensor(activation):
    return torch.tensor(gain_of(activation))


def from_the_table(activation):
    return nn.init.calculate_gain(activation.__name__)


CASES = {
    "06.9a": Cases(
        solution=fans,
        also_right=[by_loop, by_a_tensor, by_division],
        wrong=[
            (turned, "fan-in comes first"),
            (by_the_library, "count them yourself"),
            (no_filter, "the filter's size is a factor of both"),
            (one_filter, "the fan-out has the filter's size as a factor"),
            (squares_only, "count what flows into one output"),
            (two_sizes, "count what flows into one output"),
            (added, "multiply the sizes"),
            (fan_in_only, "return 2 values"),
        ],
        equivalent={
            "return (abs(shape[1] * places), shape[0] * places)": NOT_NEGATIVE,
            "return (int(shape[1] * places), shape[0] * places)": WHOLE,
            "return (shape[1] * places, abs(shape[0] * places))": NOT_NEGATIVE,
            "return (shape[1] * places, int(shape[0] * places))": WHOLE,
            "return (abs(math.prod(sizes[1:])), sizes[0] * math.prod(sizes[2:]))": NOT_NEGATIVE,
            "return (int(math.prod(sizes[1:])), sizes[0] * math.prod(sizes[2:]))": WHOLE,
            "return (math.prod(sizes[1:]), abs(sizes[0] * math.prod(sizes[2:])))": NOT_NEGATIVE,
            "return (math.prod(sizes[1:]), int(sizes[0] * math.prod(sizes[2:])))": WHOLE,
        },
    ),
    "06.9b": Cases(
        solution=gain_of,
        also_right=[by_integral, by_quantiles],
        wrong=[
            (root_forgotten, "take the root of the mean square"),
            (what_is_left, "the gain is one over it"),
            (mean_square, "the gain is one over its root"),
            (spread, "`std()` subtracts the mean"),
            (even_draws, "draw normal numbers"),
            (absolute, "do not take absolute values"),
            (global_stream, "you drew from the global stream"),
            (few_draws, "expected 1.414 within 1 percent"),
            (as_tensor, "return a Python float"),
            (from_the_table, "that is the library's gain for tanh"),
        ],
        equivalent={
            "generator = torch.Generator().manual_seed(1)": ENOUGH,
            "generator = torch.Generator().manual_seed(-1)": ENOUGH,
            "z = torch.randn(200001, generator=generator)": ENOUGH,
            "z = torch.randn(199999, generator=generator)": ENOUGH,
            "return abs(1 / math.sqrt(activation(z).square().mean().item()))": NOT_NEGATIVE,
            "return 1 / math.sqrt(activation(z).square().mean())": "math.sqrt makes a float of it",
        },
    ),
}
