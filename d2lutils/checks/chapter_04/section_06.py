"""Checks of 04/06, custom functions."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function, gradgradcheck

from d2lutils.checks import NotDone, Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.showing import kind
from d2lutils.checks.stubs import is_stub

# What PyTorch says of a class, and what it means here.
_RAISED = {
    "incorrect number of gradients": "return None for `strength` too",
    "expected Variable or None": "`g` is missing: multiply by what comes in, which is a tensor",
    "data-dependent control flow": "under vmap no `if` can ask a tensor: use `torch.where`",
}


def _explained(*answer_and_inputs: Any) -> Any:
    """Call the reader's methods; say what an error of PyTorch's means here."""
    try:
        return call(*answer_and_inputs)
    except Wrong as wrong:
        for said, meaning in _RAISED.items():
            if said in str(wrong):
                raise Wrong(meaning) from wrong
        raise


def _function(answer: Any) -> type[Function]:
    """Return the reader's class; raise where it is none, or has no methods yet."""
    if not isinstance(answer, type) or not issubclass(answer, Function):
        raise Wrong(f"the answer should be a class that derives from Function, not {kind(answer)}")
    methods = ("forward", "setup_context", "backward")
    own = [name for name in methods if getattr(answer, name) is not getattr(Function, name)]
    if not own or any(is_stub(getattr(answer, name)) for name in ("forward", "backward")):
        raise NotDone
    for name in ("forward", "backward"):
        if name not in own:
            raise Wrong(f"the class has no `{name}` yet")
    return answer


def _gradient(y: Tensor, x: Tensor, g: Tensor) -> Tensor:
    """Call the reader's backward with g."""

    def backward(g: Tensor) -> Tensor:
        return torch.autograd.grad(y, x, g, materialize_grads=True)[0]

    if not y.requires_grad:
        raise Wrong("the result has no graph behind it; is the class called through `apply`?")
    return expect_tensor(_explained(backward, g))


@exercise("04.6b")
def reverse(answer: Any) -> None:
    """A Function that hands its input on and turns its gradient round."""
    function = _function(answer)
    for numbers, strength, incoming, dtype in [
        ([1.5, -2.0], 0.5, [3.0, -1.0], torch.float32),
        ([0.0], 2, [3.0], torch.float32),
        ([[1.0, 2.0], [3.0, 4.0]], 1.0, [[1.0, 0.0], [0.5, -2.0]], torch.float32),
        ([7.0], 0, [1.0], torch.float32),
        ([], 3.0, [], torch.float32),
        ([2.5, 1.5], -2.0, [1.0, 3.0], torch.float32),
        ([0.1, -0.7], 0.3, [0.9, 1.1], torch.float64),
    ]:
        x = torch.tensor(numbers, dtype=dtype, requires_grad=True)
        g = torch.tensor(incoming, dtype=dtype)
        with given(x=x.detach(), strength=strength):
            y = expect_tensor(call(function.apply, x, strength))
            usual = [
                (-strength * x, "the value stays as it is; only the gradient is turned round"),
                (-x, "the value stays as it is; only the gradient is turned round"),
            ]
            expect_equal(y, x, usual=usual, why="the value is x itself")
            if x._version:
                raise Wrong("forward writes into x; hand it on as it is, or a clone")
            got = _gradient(y, x, g)
        with given(strength=strength, g=g):
            usual = [
                (-abs(strength) * g, "a negative `strength` turns the sign twice, so it stays"),
                (torch.full_like(x, -strength), "`g` is missing: multiply by what comes in"),
                (strength * g, "the sign is not turned round"),
                (-g, "`strength` is missing"),
                (g, "backward hands the gradient on as it is; turn it round"),
                (torch.zeros_like(g), "no gradient reaches x"),
            ]
            usual = usual[strength >= 0 :]
            expect_equal(got, -strength * g, usual=usual, why="the gradient is -strength * g")


@exercise("04.6c")
def length(answer: Any) -> None:
    """The length of a vector, with a gradient at zero."""
    function = _function(answer)
    for numbers, incoming in [
        ([3.0, -4.0], 1.0),
        ([0.6, 0.0, -0.8], 2.0),
        ([-2.5], -3.0),
        ([0.0, 0.0], 2.0),
        ([0.0, 5.0, -12.0], 0.5),
        ([1e-3, 0.0], 1.0),
        ([1e-7, 0.0], 1.0),
    ]:
        x = torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
        g = torch.tensor(incoming, dtype=torch.float64)
        norm = torch.linalg.vector_norm(x.detach())
        with given(x=x.detach()):
            y = expect_tensor(call(function.apply, x), on_meta=False)
            usual = [
                (norm**2, "the root is missing"),
                (x.abs().sum(), "this is the sum of the absolute values"),
                (norm.reshape(1), "the result is one number, of shape ()"),
                (x.abs(), "add up the squares before you take the root"),
            ]
            expect_equal(y, norm, usual=usual, why="the length is the root of the sum of squares")
        with given(x=x.detach(), g=g):
            got = _gradient(y, x, g)
            unit = x.detach() / norm if norm > 0 else torch.zeros_like(x)
            hint = "the gradient is g * x / length, and zeros at the zero vector"
            if got.isnan().any():
                raise Wrong(f"the gradient is nan. 0 / 0 is nan; {hint}")
            usual = [
                (unit, "`g` is missing: multiply by what comes in"),
                (g * x, "divide by the length"),
                (2 * g * x, "this is the gradient of the squared length"),
                (g * x / norm**2, "divide by the length, not by its square"),
            ]
            expect_equal(got, g * unit, usual=usual, why=hint)
    _watched(function)
    _twice(function)
    _batched(function)


def _watched(function: type[Function]) -> None:
    """Overwrite the input between forward and backward: autograd has to notice."""
    x = torch.tensor([3.0, -4.0], requires_grad=True)
    h = x + 0
    y = function.apply(h)
    with torch.no_grad():
        h.zero_()
    try:
        (got,) = torch.autograd.grad(y, x)
    except RuntimeError:
        return
    if not torch.allclose(got, torch.tensor([0.6, -0.8])):
        raise Wrong(
            "x was overwritten between forward and backward, and nothing noticed: keep it with "
            "`save_for_backward`, not on ctx"
        )


def _twice(function: type[Function]) -> None:
    x = torch.tensor([3.0, -4.0, 1.0], dtype=torch.float64, requires_grad=True)
    g = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)

    def agree(x: Tensor, g: Tensor) -> bool:
        return gradgradcheck(function.apply, (x,), (g,), raise_exception=False)

    with given(x=x.detach()):
        if not call(agree, x, g):
            raise Wrong(
                "the second derivative is wrong. Save inputs and outputs only, and compute the "
                "rest in backward"
            )


def _batched(function: type[Function]) -> None:
    rows = torch.tensor([[3.0, -4.0], [0.0, 0.0], [1.0, 0.0]])

    def batched(rows: Tensor) -> Tensor:
        result: Tensor = torch.func.vmap(torch.func.grad(function.apply))(rows)
        return result

    if not getattr(function, "generate_vmap_rule", False) and function.vmap is Function.vmap:
        raise Wrong("it does not run under vmap: is `generate_vmap_rule = True` missing?")
    with given(f"torch.func.vmap over rows = {rows.tolist()}"):
        want = torch.tensor([[0.6, -0.8], [0.0, 0.0], [1.0, 0.0]])
        expect_equal(_explained(batched, rows), want, why="each row has a gradient of its own")
