"""Checks of 05/19, one network six ways."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_parts, expect_type, given

SIZES = [(3, 5, 2), (4, 4, 4), (1, 2, 3), (2, 1, 1)]  # 4, 4, 4: a forgotten transpose fits


def _arrays() -> Iterator[tuple[str, list[Any]]]:
    """Yield the arrays of networks of several sizes, in both types."""
    for number, (inputs, hiddens, outputs) in enumerate(SIZES):
        draw = np.random.default_rng(number)
        dtype = np.float32 if number % 2 else np.float64
        shapes = [(inputs, hiddens), (hiddens,), (hiddens, outputs), (outputs,)]
        told = f"{inputs} inputs, {hiddens} hidden numbers, {outputs} outputs, {dtype.__name__}"
        yield told, [draw.normal(size=shape).astype(dtype) for shape in shapes]


def _scores(X: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
    return np.maximum(X @ W1 + b1, 0) @ W2 + b2


@exercise("05.19a")
def carry(answer: Any) -> None:
    """A network of modules that computes what arrays of weights do."""
    for told, arrays in _arrays():
        W1, b1, W2, b2 = arrays
        with given(told):
            net = expect_type(call(answer, *arrays), nn.Sequential)
            kinds = [type(layer).__name__ for layer in net]
            if kinds != ["Linear", "ReLU", "Linear"]:
                raise Wrong(f"expected Linear, ReLU and Linear, got {', '.join(kinds)}")
            X = np.random.default_rng(9).normal(size=(6, len(W1))).astype(W1.dtype)
            wanted = torch.tensor(W1).dtype
            for parameter in net.parameters():
                if parameter.dtype != wanted:
                    raise Wrong(f"the arrays are {W1.dtype}, and the network {parameter.dtype}")
                if not parameter.requires_grad:
                    raise Wrong("a parameter requires no gradient, so it cannot be trained")
            weights = [*net.parameters()]
            if len(weights) != 4:
                raise Wrong("the two layers have a weight and a bias each")
            if weights[0].shape != W1.T.shape:
                raise Wrong(
                    f"the first layer's weight has shape {tuple(weights[0].shape)}, and W1 "
                    f"{W1.shape}: a Linear has a row for each output"
                )
            got = _run(net, X)
            usual = [(_scores(X, W1, 0 * b1, W2, 0 * b2), "the biases are missing")]
            if W1.shape == W2.shape == W1.T.shape:
                turned = _scores(X, W1.T, b1, W2.T, b2)
                usual.append((turned, "transpose the weights: rows are outputs"))
            why = "the scores are those of np.maximum(X @ W1 + b1, 0) @ W2 + b2"
            expect_equal(got, _scores(X, *arrays), usual=usual, why=why)
            before = [array.copy() for array in arrays]
            with torch.no_grad():
                for parameter in net.parameters():
                    parameter.add_(1)
            if any((array != old).any() for array, old in zip(arrays, before, strict=True)):
                raise Wrong("training the network changes your arrays: copy them (torch.tensor)")


def _run(net: nn.Sequential, X: Any) -> Any:
    try:
        return net(torch.tensor(X)).detach().numpy()
    except RuntimeError as error:
        raise Wrong(f"the network cannot take {X.shape[1]} inputs: {error}") from error


@exercise("05.19b")
def carry_back(answer: Any) -> None:
    """The arrays of weights of a network of modules."""
    for told, arrays in _arrays():
        inputs, hiddens = arrays[0].shape
        net = nn.Sequential(
            nn.Linear(inputs, hiddens), nn.ReLU(), nn.Linear(hiddens, len(arrays[3]))
        ).to(torch.tensor(arrays[0]).dtype)
        with torch.no_grad():
            for parameter, array in zip(net.parameters(), arrays, strict=True):
                parameter.copy_(torch.tensor(array.T))
        with given(told):
            got = expect_parts(call(answer, net), "W1", "b1", "W2", "b2")
            for name, part, array in zip(("W1", "b1", "W2", "b2"), got, arrays, strict=True):
                found = expect_type(part, np.ndarray)
                usual = [(array.T, "transpose the weights: a row for each input")]
                try:
                    expect_equal(found, array, usual=usual, why=f"{name} differs from the layer's")
                except Wrong as wrong:
                    raise Wrong(f"{name}: {wrong}") from None
            with torch.no_grad():
                for parameter in net.parameters():
                    parameter.zero_()
            if any((part != array).any() for part, array in zip(got, arrays, strict=True)):
                raise Wrong("the arrays share the network's memory: copy them")
            if any(parameter.requires_grad is False for parameter in net.parameters()):
                raise Wrong("the network's parameters require no gradient any more: detach first")
