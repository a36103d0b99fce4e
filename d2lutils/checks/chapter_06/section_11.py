"""Checks of 06/11, layers of one's own."""

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_tensor,
    expect_type,
    given,
)
from d2lutils.checks.classes import module_class
from d2lutils.checks.refusals import refusal_of
from d2lutils.checks.watching import Operations, loops


def _numbers(*shape: int) -> Tensor:
    """Numbers of both signs, no two alike."""
    many = torch.Size(shape).numel()
    return (torch.arange(many) * 0.75 - 1.25 - 0.4 * many).reshape(shape)


def _expect_parameters(module: nn.Module, *names: str) -> None:
    """The module holds these parameters, and nothing else."""
    parameters, buffers = dict(module.named_parameters()), dict(module.named_buffers())
    for name in names:
        if name not in parameters:
            plain = "is a plain attribute" if hasattr(module, name) else "is missing"
            there = "is a buffer" if name in buffers else plain
            raise Wrong(f"`{name}` {there}; it should be a parameter")
    if more := [name for name in [*parameters, *buffers] if name not in names]:
        raise Wrong(f"the layer also holds `{more[0]}`, which the task does not ask for")


@exercise("06.11a")
def scale(answer: Any) -> None:
    """A factor for each column, in the form of the library's layers."""
    cls = module_class(answer)
    for width, shape in [(3, (4, 3)), (3, (3,)), (2, (5, 3, 2)), (1, (4, 1)), (3, (0, 3))]:
        with given(f"a layer for {width} columns", f"X of shape {shape}"):
            layer = expect_type(call(cls, width), nn.Module)
            _expect_parameters(layer, "weight")
            _expect_weight(layer, width)
            _expect_scaled(layer, _numbers(*shape))
            _expect_reset(layer, width)
    for width, shape in [(3, (4, 1)), (3, (4, 5)), (1, (4, 3)), (4, (4, 2)), (2, (2, 5, 0))]:
        with given(f"a layer for {width} columns", f"X of shape {shape}"):
            _expect_refused(call(cls, width), width, _numbers(*shape))
    for dtype in (torch.float64, torch.bfloat16):
        with given(f"device='meta', dtype={dtype}"):
            made = call(partial(cls, device="meta", dtype=dtype), 3)
            _expect_parameters(made, "weight")
            ghost = made.weight
            if ghost.device.type != "meta" or ghost.dtype != dtype:
                raise Wrong(f"the weight is on {ghost.device}, of type {ghost.dtype}")
    if (text := cls(7).extra_repr()) != "7":
        raise Wrong(f"in brackets, a layer for 7 columns prints {text!r}; `extra_repr` returns '7'")


def _expect_weight(layer: nn.Module, width: int) -> None:
    weight = expect_tensor(layer.weight)
    if tuple(weight.shape) != (width,):
        raise Wrong(f"`weight` has the shape {tuple(weight.shape)}; one factor a column")
    expect_equal(weight.detach(), torch.ones(width), why="the factors start at 1")


def _expect_scaled(layer: nn.Module, X: Tensor) -> None:
    """With other factors, the output is X times these, and the gradient reaches them."""
    weight = expect_tensor(layer.weight)
    factors = torch.linspace(-1.5, 2, len(weight))
    expect_equal(call(layer, X), X, why="with factors of 1, the output is X")
    with torch.no_grad():
        weight.copy_(factors)
    out = expect_tensor(call(layer, X))
    usual = [(X, "`forward` does not see a new `weight`")]
    expect_equal(out.detach(), X * factors, usual=usual, why="the last dimension times `weight`")
    if not out.requires_grad:
        raise Wrong("no gradient flows to `weight`; compute with the parameter itself")
    (grad,) = torch.autograd.grad(out.sum(), weight)
    expect_equal(grad, X.reshape(-1, len(weight)).sum(0), why="the gradient for out.sum()")


def _expect_reset(layer: Any, width: int) -> None:
    weight = layer.weight
    if not callable(getattr(layer, "reset_parameters", None)):
        raise Wrong("the layer has no `reset_parameters`")
    layer.reset_parameters()
    if layer.weight is not weight:
        raise Wrong("`reset_parameters` made a new parameter, which no optimiser knows; fill it")
    expect_equal(weight.detach(), torch.ones(width), why="after a reset the factors are 1 again")


def _expect_refused(layer: nn.Module, width: int, X: Tensor) -> None:
    columns = X.shape[-1]
    error, _ = refusal_of(lambda: layer(X), "expected a ValueError of yours; it")
    if error is not None:
        if not all(str(size) in str(error) for size in (width, columns)):
            raise Wrong(f"the message should hold both sizes; it says {str(error)!r}") from error
    else:
        raise Wrong(f"X has {columns} columns, and the layer let it pass; raise a ValueError")


@exercise("06.11b")
def bilinear(answer: Any) -> None:
    """All products of two inputs, weighted and summed, without the library's bilinear."""
    cls = module_class(answer)
    if issubclass(cls, nn.Bilinear):
        raise Wrong("the class derives from nn.Bilinear; write the layer by hand")
    if loops(cls.forward):
        raise Wrong("there is a loop in `forward`; einsum walks along all its letters at once")
    for sizes, before in [
        ((3, 4, 2), (5,)),
        ((4, 2, 3), ()),
        ((1, 3, 1), (2, 3)),
        ((2, 2, 2), (2,)),
        ((3, 1, 4), (0,)),
        ((2, 5, 3), (1, 2, 1)),
    ]:
        a, b = _numbers(*before, sizes[0]), _numbers(*before, sizes[1]).flip(-1) - 0.3
        with given(f"the sizes {sizes}", a=a, b=b):
            layer = expect_type(call(cls, *sizes), nn.Module)
            _expect_parameters(layer, "weight", "bias")
            for name, shape in (("weight", (sizes[2], *sizes[:2])), ("bias", (sizes[2],))):
                if (there := tuple(getattr(layer, name).shape)) != shape:
                    raise Wrong(f"`{name}` has the shape {there}; it should be {shape}")
            _expect_products(layer, a, b)
    _expect_drawn(cls)


def _expect_products(layer: Any, a: Tensor, b: Tensor) -> None:
    with torch.no_grad():
        for p in layer.parameters():
            p.copy_(_numbers(*p.shape) / p.numel())
    weight, bias = layer.weight.detach(), layer.bias.detach()
    watch = Operations()
    out = expect_tensor(call(layer, a, b, inside=watch))
    if "bilinear" in watch.names:
        raise Wrong("that is the library's own bilinear; write it by einsum")
    products = torch.einsum("...i,kij,...j->...k", a, weight, b)
    usual = [(products, "the bias is missing"), (products + weight.sum(), "add `bias`")]
    if a.shape[-1] == b.shape[-1]:
        swapped = torch.einsum("...j,kij,...i->...k", a, weight, b)
        usual.append((swapped + bias, "`a` belongs to the first of the weight's input sizes"))
    expect_equal(out.detach(), products + bias, usual=usual, why="sum over i and j, not over k")
    grads = torch.autograd.grad(out.sum(), (layer.weight, layer.bias), allow_unused=True)
    for name, grad in zip(("weight", "bias"), grads, strict=True):
        if grad is None:
            raise Wrong(f"no gradient flows to `{name}`; compute with the parameter itself")


def _expect_drawn(cls: Any) -> None:
    """Numbers between the bounds, of both signs, near the bounds too, and others when redrawn."""
    for sizes, bound in [((4, 50, 300), 0.5), ((25, 3, 300), 0.2), ((1, 40, 200), 1.0)]:
        layer = cls(*sizes)
        with given(f"the sizes {sizes}"):
            if not callable(getattr(layer, "reset_parameters", None)):
                raise Wrong("the layer has no `reset_parameters`")
            for told in ("new", "after reset_parameters()"):
                for name in ("weight", "bias"):
                    p = getattr(layer, name)
                    low, high = p.min().item(), p.max().item()
                    near = low < -0.8 * bound and high > 0.8 * bound
                    if not near or max(high, -low) > bound + 1e-6:
                        raise Wrong(
                            f"{told}, `{name}` lies between {low:.2f} and {high:.2f}; "
                            f"draw evenly between -{bound} and {bound}"
                        )
                weight, before = layer.weight, layer.weight.detach().clone()
                layer.reset_parameters()
                if layer.weight is not weight:
                    raise Wrong("`reset_parameters` made a new parameter; fill the one there is")
                if torch.equal(before, weight):
                    raise Wrong("`reset_parameters` draws no new numbers")
