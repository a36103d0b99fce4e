"""Checks of 06/09, variance through depth."""

import math
from typing import Any
from unittest.mock import patch

import torch
import torch.nn.functional as F

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_parts,
    expect_type,
    given,
)
from d2lutils.checks.showing import kind


@exercise("06.9a")
def fans(answer: Any) -> None:
    """Inputs and outputs, each times the filter's size."""
    for shape in [
        (400, 100),
        (1, 7),
        (32, 16, 5, 5),
        (8, 3, 4, 1, 2),
        (6, 10, 9),
        (5, 1, 3, 2),
        (12, 20, 1),
    ]:
        with given(shape=shape):
            theirs = torch.nn.init._calculate_fan_in_and_fan_out
            with patch("torch.nn.init._calculate_fan_in_and_fan_out", wraps=theirs) as watched:
                got = expect_parts(call(answer, shape), "fan-in", "fan-out")
            if watched.called:
                raise Wrong("`nn.init` counts them for you here; count them yourself")
            places = math.prod(shape[2:])
            want = (shape[1] * places, shape[0] * places)
            rest = math.prod(shape[1:])
            usual = [
                (want[::-1], "fan-in comes first; inputs are the second size of the shape"),
                ((rest, shape[0]), "the fan-out has the filter's size as a factor, too"),
                ((shape[1], shape[0]), "the filter's size is a factor of both"),
                ((shape[1] * sum(shape[2:]), shape[0] * sum(shape[2:])), "multiply the sizes"),
            ]
            expect_equal(got, want, usual=usual, why="count what flows into one output, and out")


def _mean_square(function: Any) -> float:
    """Integrate over the bell curve, in float64, by fine steps."""
    z = torch.linspace(-12, 12, 240_001, dtype=torch.float64)
    density = torch.exp(-z.square() / 2) / math.sqrt(2 * math.pi)
    return float((function(z).square() * density).sum() * (z[1] - z[0]))


@exercise("06.9b")
def gain_of(answer: Any) -> None:
    """One over the root of the mean square that is left, within 1 percent."""
    for told, activation in [
        ("torch.relu", torch.relu),
        ("torch.tanh", torch.tanh),
        ("F.gelu", F.gelu),
        ("torch.sigmoid, whose mean is not 0", torch.sigmoid),
        ("lambda z: 3 * z", lambda z: 3 * z),
        ("lambda z: z - 2", lambda z: z - 2),
        ("F.leaky_relu with a slope of 0.2", lambda z: F.leaky_relu(z, 0.2)),
    ]:
        with given(f"activation = {told}"):
            stream = torch.get_rng_state()
            got = call(answer, activation)
            if not torch.equal(stream, torch.get_rng_state()):
                raise Wrong("you drew from the global stream; use a generator of your own")
            if isinstance(got, torch.Tensor):
                raise Wrong("return a Python float; `.item()` makes one of a tensor")
            if isinstance(got, int | bool):
                raise Wrong(f"return a float, not {kind(got)}")
            _expect_gain(expect_type(got, float), activation)


def _expect_gain(got: float, activation: Any) -> None:
    left = _mean_square(activation)
    z = torch.randn(200_000, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    made = activation(z)
    usual = [
        (5 / 3, "that is the library's gain for tanh; measure what is left instead"),
        (math.sqrt(left), "that is the size that is left; the gain is one over it"),
        (1 / left, "take the root of the mean square"),
        (left, "that is the mean square; the gain is one over its root"),
        (1 / made.std().item(), "`std()` subtracts the mean; the mean square does not"),
        (1 / made.abs().mean().item(), "square, and do not take absolute values"),
        (1 / math.sqrt(_even(activation)), "draw normal numbers, as `randn` does"),
    ]
    want = 1 / math.sqrt(left)
    if abs(got - want) <= 0.01 * want:
        return
    hints = [hint for value, hint in usual if abs(got - value) <= 0.01 * abs(value)]
    if not hints and abs(got - want) <= 0.1 * want:
        hints = ["that is close: take more draws, such as 200,000"]
    hint = hints[0] if hints else "one over the root of the mean square"
    raise Wrong(f"expected {want:.3f} within 1 percent, got {got:.3f}. {hint[0].upper()}{hint[1:]}")


def _even(activation: Any) -> float:
    """The mean square that is left of numbers that lie evenly between 0 and 1."""
    z = torch.linspace(0, 1, 100_001, dtype=torch.float64)
    return float(activation(z).square().mean())
