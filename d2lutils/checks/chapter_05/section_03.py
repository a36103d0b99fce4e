"""Checks of 05/03, the nn module."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import torch
from torch import nn

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, expect_type, given
from d2lutils.checks.watching import Operations

_SIZES = [[3, 5, 2], [4, 1], [1, 8, 4, 1], [2, 2, 2, 2], [6, 1, 1], [1, 3, 7, 5, 4]]


@exercise("05.3a")
def linear(answer: Any) -> None:
    """What a linear layer computes, by hand."""
    g = torch.Generator().manual_seed(0)
    for shape, out, has_bias in [
        ((4, 3), 2, True),
        ((3, 3), 3, True),
        ((5,), 2, True),
        ((2, 4, 3), 5, True),
        ((3, 3), 3, False),
        ((4, 1), 1, True),
        ((0, 2), 3, True),
        ((1, 2, 1, 3), 2, False),
    ]:
        X = torch.randn(shape, generator=g)
        weight = torch.randn(out, shape[-1], generator=g)
        bias = torch.randn(out, generator=g) if has_bias else None
        product = torch.einsum("...i,oi->...o", X, weight)
        want = product if bias is None else product + bias
        shapes = f"X of shape {shape}, weight of shape {tuple(weight.shape)}"
        with given(f"{shapes}, bias {'of shape ' + str((out,)) if has_bias else 'None'}"):
            watched = Operations()
            got = expect_tensor(call(answer, X, weight, bias, inside=watched))
            if "linear" in watched.names:
                raise Wrong("this is the library's layer; compute it by a matrix product")
            usual = [
                (product, "the bias is missing"),
                (want - 2 * (want - product), "the bias is subtracted; add it"),
            ]
            if weight.shape[0] == weight.shape[1]:
                turned = X @ weight
                turned = turned if bias is None else turned + bias
                usual.append((turned, "a neuron is a row of `weight`; turn it round, `weight.T`"))
            if bias is not None and X.ndim == 2 and len(X) == out:
                usual.append(
                    (product + bias[:, None], "a bias belongs to a neuron, which is a column here")
                )
            expect_equal(
                got,
                want,
                usual=usual,
                why="each row of `X` meets each row of `weight`; then the bias is added",
            )


@exercise("05.3b")
def build(answer: Any) -> None:
    """A chain of linear layers from its sizes."""
    for sizes in _SIZES:
        with given(sizes=sizes):
            net = expect_type(call(answer, list(sizes)), nn.Sequential)
            layers = list(_flat(net))
            _expect_kinds(layers, len(sizes) - 1)
            linears = [layer for layer in layers if isinstance(layer, nn.Linear)]
            pairs = list(pairwise(sizes))
            got = [(layer.in_features, layer.out_features) for layer in linears]
            for at, (pair, right) in enumerate(zip(got, pairs, strict=True)):
                if pair != right:
                    raise Wrong(f"linear layer {at} is Linear{pair}; it should be Linear{right}")
            if len({id(layer) for layer in linears}) < len(linears):
                raise Wrong("a linear layer stands in it twice; make a new one for each place")
            if any(layer.bias is None for layer in linears):
                raise Wrong("a linear layer has no bias")
            numbers = sum(p.numel() for p in net.parameters() if p.requires_grad)
            if numbers != _count(sizes):
                raise Wrong(f"{_count(sizes)} numbers are to be learned; here {numbers} are")


def _flat(net: nn.Sequential) -> Iterator[nn.Module]:
    """Yield the layers of a chain, those of a chain inside it too, a shared one each time."""
    for layer in net:
        if isinstance(layer, nn.Sequential):
            yield from _flat(layer)
        elif not isinstance(layer, nn.Identity):
            yield layer


def _expect_kinds(layers: list[nn.Module], linears: int) -> None:
    """Raise Wrong unless linear layers and ReLUs take turns, a linear one first and last."""
    for layer in layers:
        if not isinstance(layer, nn.Linear | nn.ReLU):
            raise Wrong(f"it holds a layer {type(layer).__name__}; the task names Linear and ReLU")
    found = [layer for layer in layers if isinstance(layer, nn.Linear)]
    if len(found) != linears:
        make = "1 linear layer" if linears == 1 else f"{linears} linear layers"
        raise Wrong(f"{linears + 1} sizes make {make}; found: {len(found)}")
    if isinstance(layers[-1], nn.ReLU):
        raise Wrong("a ReLU stands after the last linear layer; its outputs could not be negative")
    if isinstance(layers[0], nn.ReLU):
        raise Wrong("a ReLU stands before the first linear layer; it would bend the inputs")
    for before, after in pairwise(layers):
        if isinstance(before, nn.Linear) and isinstance(after, nn.Linear):
            raise Wrong("two linear layers meet without a ReLU between them; they are one then")
        if isinstance(before, nn.ReLU) and isinstance(after, nn.ReLU):
            raise Wrong("two ReLUs stand side by side; one is enough")


def _count(sizes: list[int]) -> int:
    return sum((coming + 1) * going for coming, going in pairwise(sizes))
