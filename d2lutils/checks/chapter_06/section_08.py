"""Checks of 06/08, initial values."""

from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import Wrong, call, exercise, expect_equal, given

MANY = 40_000  # draws: a share of them is right within 0.02


@exercise("06.8a")
def two_sided_(answer: Any) -> None:
    """Sizes evenly between two bounds, signs by chance, in place, from the generator."""
    for told, tensor, low, high in [
        ("a tensor of 200 x 200 zeros", torch.zeros(200, 200), 0.5, 1.5),
        ("a parameter", nn.Parameter(torch.ones(MANY)), 0.0, 0.25),
        ("a parameter of float64", nn.Parameter(torch.ones(MANY).double()), 2.0, 3.0),
        ("a tensor that is not contiguous", torch.zeros(2, MANY).T, 1.0, 5.0),
        ("a tensor with low = high", torch.zeros(10, 4000), 0.75, 0.75),
        ("a tensor of size 0", torch.zeros(0, 3), 1.0, 2.0),
    ]:
        with given(told, low=low, high=high):
            _expect_kept(answer, tensor, low, high)
            if tensor.numel():
                _expect_spread(tensor.detach(), low, high)
    _expect_streams(answer)


def _drawn(answer: Any, tensor: Tensor, low: float, high: float, source: torch.Generator) -> None:
    """Call the function, and insist on this very tensor as its result."""
    got = call(answer, tensor, low, high, source, in_place=True)
    if got is None:
        raise Wrong("your function returned None; return the tensor that it filled")
    if got is not tensor:
        raise Wrong("return the tensor itself, filled in place; you returned another one")


def _expect_kept(answer: Any, tensor: Tensor, low: float, high: float) -> None:
    """The tensor stays a leaf as it was, and the global stream is left alone."""
    needs, stream, version = tensor.requires_grad, torch.get_rng_state(), tensor._version
    _drawn(answer, tensor, low, high, torch.Generator().manual_seed(3))
    if tensor.grad_fn is not None:
        raise Wrong("the tensor is no leaf any more; fill it within torch.no_grad()")
    if tensor.requires_grad != needs:
        raise Wrong("requires_grad of the tensor has changed; leave it as it was")
    if tensor.numel() and tensor._version == version:
        raise Wrong("PyTorch has not counted the change: fill the tensor itself, not its `.data`")
    if not torch.equal(stream, torch.get_rng_state()):
        raise Wrong("you drew from the global stream; give `generator` to each draw")


def _expect_spread(filled: Tensor, low: float, high: float) -> None:
    sizes = filled.abs()
    if (sizes < low * (1 - 1e-6)).any():
        raise Wrong(f"the least absolute value is {sizes.min():.3g}, and low is {low}")
    if (sizes > high * (1 + 1e-6)).any():
        raise Wrong(f"the largest absolute value is {sizes.max():.3g}, and high is {high}")
    negative = (filled < 0).double().mean().item()
    if abs(negative - 0.5) > 0.02:
        raise Wrong(f"a share of {negative:.2f} is negative; it should be about one half")
    if low == high:
        return
    for part in (0.25, 0.5, 0.75):
        for name, chosen in (("positive", filled > 0), ("negative", filled < 0)):
            share = (sizes[chosen] < low + part * (high - low)).double().mean().item()
            if abs(share - part) > 0.02:
                raise Wrong(
                    f"of the {name} numbers, a share of {share:.2f} has an absolute value in the "
                    f"lowest {part} of the range: the absolute values do not lie evenly"
                )
    flat = (filled < 0).flatten()
    changes = (flat[1:] != flat[:-1]).double().mean().item()
    if abs(changes - 0.5) > 0.02:
        raise Wrong("the signs follow an order; each sign is a draw of its own")


def _expect_streams(answer: Any) -> None:
    """Same seed, same numbers; the generator moves on, and nobody seeds it anew."""
    with given("two generators of the same seed"):
        one, other = torch.zeros(64), torch.zeros(64)
        source = torch.Generator().manual_seed(5)
        _drawn(answer, one, 1.0, 2.0, source)
        _drawn(answer, other, 1.0, 2.0, torch.Generator().manual_seed(5))
        expect_equal(one, other, why="the same seed should give the same numbers")
    with given("the same generator once more"):
        again = torch.zeros(64)
        _drawn(answer, again, 1.0, 2.0, source)
        if torch.equal(again, one):
            raise Wrong("the numbers are those of the first call; do not seed the generator")


@exercise("06.8b")
def start_at_shares_(answer: Any) -> None:
    """Weights of 0, and a bias whose softmax gives the shares, one more counted of each."""
    for labels, classes in [
        ([0, 2, 2, 1, 2, 2, 0], 3),
        ([1, 1, 1, 0], 4),
        ([0, 0, 0, 0, 0, 1], 2),
        ([], 5),
        ([0, 0], 1),
        ([4] * 999, 6),
    ]:
        torch_state = torch.get_rng_state()
        torch.manual_seed(len(labels))
        layer = nn.Linear(3, classes)
        X = torch.randn(5, 3)
        torch.set_rng_state(torch_state)
        y = torch.tensor(labels, dtype=torch.int64)
        told = f"y = {labels}" if len(labels) < 10 else "y = 999 labels of class 4"
        with given(told, f"layer = nn.Linear(3, {classes})"):
            before, kept = (layer.weight, layer.bias), y.clone()
            got = call(answer, layer, y, in_place=True)
            if got is None:
                raise Wrong("your function returned None; return the layer")
            if got is not layer:
                raise Wrong("return the layer itself; you returned something else")
            expect_equal(y, kept, why="leave the labels as they were")
            _expect_shares(layer, before, X, y)


def _expect_shares(layer: nn.Linear, before: tuple[Any, Any], X: Tensor, y: Tensor) -> None:
    if layer.weight is not before[0] or layer.bias is not before[1]:
        raise Wrong("a parameter was replaced by a new one, which no optimiser would know: fill it")
    if not (layer.weight.requires_grad and layer.bias.requires_grad):
        raise Wrong("a parameter does not require its gradient any more")
    with torch.no_grad():
        scores = layer(X)
    if scores.shape != (len(X), layer.out_features):
        raise Wrong(f"the scores have the shape {tuple(scores.shape)} now")
    if not scores.isfinite().all():
        raise Wrong("a score is not finite: the logarithm of 0 is −∞; count one more of each class")
    if not torch.allclose(scores, scores[:1], rtol=1e-4, atol=1e-5):
        raise Wrong("the scores change with the input; which parameter has to be 0?")
    shares = torch.bincount(y, minlength=layer.out_features).float()
    plain, shares = shares, shares + 1
    shares /= shares.sum()
    k = layer.out_features
    usual = [
        (torch.softmax(shares, dim=0), "the bias holds shares; softmax expects logarithms"),
        (torch.softmax(torch.logit(shares), dim=0), "logit is for one score; here it is log"),
        (torch.full((k,), 1 / k), "all classes have the same share: the bias says nothing yet"),
        (plain / plain.sum(), "add 1 to the count of each class first"),
    ]
    got = torch.softmax(scores[0], dim=0)
    expect_equal(got, shares, usual=usual, why="these are the softmax's shares of the classes")
