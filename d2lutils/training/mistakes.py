"""What goes wrong in a batch, told in one line that says what to do."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from d2lutils.errors import BookError, one_line

# What a loss applies to raw outputs itself, and the steps that change no more than a shape.
_APPLIED = {"cross_entropy": "softmax", "binary_cross_entropy_with_logits": "sigmoid"}
_SQUASHING = ("Softmax", "Sigmoid", "LogSigmoid")  # a LogSoftmax is not changed by another one
_SHAPING = ("View", "Squeeze", "Unsqueeze", "Select", "Slice", "Permute", "Transpose", "TBackward")
_COMPARING = {"mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"}


class CheckedLoss(TorchFunctionMode):
    """A loss whose first call is watched: what it asks of PyTorch, and the value that it gives.

    Calls with one number are watched on: shapes that do not go together show in several only.
    """

    def __init__(self, loss: Callable[..., Any], net: nn.Module, *, learns: bool) -> None:
        super().__init__()
        self.loss, self.net, self.learns, self.checked = loss, net, learns, False
        self.called: set[str] = set()
        self.crossed = ""

    def __call__(self, y_hat: Any, y: Any) -> Any:
        """Return the loss; raise BookError where nothing can be learned from the first one."""
        if self.checked:
            return self.loss(y_hat, y)
        self.crossed = _crossed(y_hat, y)
        told_apart = bool(self.crossed) and not self.learns and y_hat.is_floating_point()
        if told_apart:  # by a gradient: what comes of y_hat from what comes of y
            y_hat = y_hat.detach().requires_grad_()
        with self, torch.set_grad_enabled(told_apart or torch.is_grad_enabled()):
            value = self.loss(y_hat, y)
        if not isinstance(value, Tensor):
            told = f"gives {one_line(repr(value), 40)}: return a tensor alone, without .item()"
        elif value.numel() != 1:
            told = f'gives {value.numel()} numbers: use reduction="mean", or return their .mean()'
        elif value.requires_grad or not self.learns:
            self.checked = not isinstance(y_hat, Tensor) or y_hat.numel() > 1
            return value
        elif not torch.is_grad_enabled():
            told = "has no gradient within no_grad or inference_mode: call fit outside of it"
        elif not any(p.requires_grad for p in self.net.parameters()):
            told = "has no gradient, for all parameters are frozen: net.requires_grad_(True)"
        else:
            cut = "loss" if getattr(y_hat, "requires_grad", False) else "net"
            told = f"has no gradient: {cut} cuts it off by detach, no_grad, argmax, item or numpy"
        raise BookError(f"loss {told}.")

    def __torch_function__(self, function: Any, _: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Look at a call of a function of PyTorch within the loss."""
        name, kwargs = getattr(function, "__name__", ""), kwargs or {}
        tensors = [value for value in (*args, *kwargs.values()) if isinstance(value, Tensor)]
        if self.learns and name not in self.called and tensors:
            _warn_of_outputs(name, tensors[0])
        if name == "cross_entropy" and _is_one_output(*tensors[:2]):
            raise BookError(
                "net gives one output a sample, and cross_entropy needs one a class: give it two "
                "outputs, or use BCEWithLogitsLoss."
            )
        self.called.add(name)
        sides = tensors[:2]  # those that both come of y_hat are compared on purpose
        crossed = self.crossed and sum(t.requires_grad for t in sides) == 1 and _crossed(*sides)
        if crossed and name in _COMPARING:  # before it warns
            raise BookError(self.crossed)
        result = function(*args, **kwargs)
        if crossed and result.shape == 2 * tensors[0].shape[:1]:  # n × n
            raise BookError(self.crossed)
        return result


def _warn_of_outputs(name: str, outputs: Tensor) -> None:
    if name == "nll_loss" and (outputs > 0.01).any():
        told = "fit: net gives numbers above 0, but nll_loss takes log-probabilities"
        print(f"{told}: end the net with LogSoftmax, or use CrossEntropyLoss.")
    step: Any = outputs.grad_fn if name in _APPLIED else None
    while step and step.name().startswith(_SHAPING):
        step = step.next_functions[0][0]
    if step and step.name().startswith(_SQUASHING):
        told = f"fit: net ends with {step.name().partition('Backward')[0]}, but {name} applies a"
        print(f"{told} {_APPLIED[name]} to raw outputs itself: leave out the network's.")


def _is_one_output(y_hat: Tensor, y: Any = None, *_: Any) -> bool:
    """Return whether samples, several of them, have no classes to choose from."""
    if y_hat.dim() > 1:
        return y_hat.shape[1] == 1 and len(y_hat) > 1
    return y_hat.numel() > 1 and isinstance(y, Tensor) and y.dim() == 1 and y.is_floating_point()


def _crossed(y_hat: Any = None, y: Any = None, *_: Any) -> str:
    """Return a message where shapes are (n,) and (n, 1), which broadcast to n × n."""
    shapes = [tuple(side.shape) for side in (y_hat, y) if isinstance(side, Tensor)]
    low, high = sorted(shapes, key=len) if len(shapes) == 2 else ((), ())
    if len(low) != 1 or high != (*low, 1) or low == (1,):
        return ""
    told = f"y_hat has shape {shapes[0]} and y {shapes[1]}, so loss compares each with every other"
    return f"{told}: give y.{'reshape(-1, 1)' if shapes[1] == low else 'flatten()'}."


def explain(
    error: Exception, net: nn.Module, X: list[Any], loss: CheckedLoss, y_hat: Any, y: Any
) -> None:
    """Raise BookError where a batch's error, of net or of loss, comes from a known mistake."""
    told, phrase = "", str(error)
    if y_hat is None:
        weight = next(net.parameters())
        types = [x.dtype for x in X if isinstance(x, Tensor) and x.dtype != weight.dtype]
        embeds = any(isinstance(part, nn.Embedding | nn.EmbeddingBag) for part in net.modules())
        if "xpected" in phrase and "device" in phrase:
            told = (
                f"net computes on several devices, and X is on {weight.device}: net.to(device) "
                "moves parameters and buffers; keep other tensors by register_buffer."
            )
        elif isinstance(error, TypeError) and "positional argument" in phrase and len(X) > 1:
            told = (
                f"net is called with {len(X)} inputs, all parts of a batch but the last, which is "
                "y: what loss needs besides belongs into y, as in (X, (y, weights))."
            )
        elif types and not embeds and ("dtype" in phrase or "be the same" in phrase):
            told = f"X is {types[0]} and the network {weight.dtype}: give X.to({weight.dtype})."
    elif isinstance(y_hat, Tensor) and isinstance(y, Tensor):
        told = _explain_loss(error, loss, y_hat, y)
    if told and not isinstance(error, BookError):
        raise BookError(told) from error


def _explain_loss(error: Exception, loss: CheckedLoss, y_hat: Tensor, y: Tensor) -> str:
    own = loss.loss.state_dict().values() if isinstance(loss.loss, nn.Module) else ()
    if len(places := {str(tensor.device) for tensor in (y_hat, y, *own)}) > 1:
        told = f"loss meets tensors on {' and '.join(sorted(places))}"
        return f"{told}: move its own by loss.to(device), the network by net.to(device)."
    if loss.called & {"cross_entropy", "nll_loss"} and y_hat.dim() > 1:
        if y.dim() == y_hat.dim() and (y.shape[1] == 1 or not y.is_floating_point()):
            remedy = "y.squeeze(1).long()" if y.shape[1] == 1 else "y.argmax(1)"
            if y.dim() > 2 and y.shape[1] > 1:
                remedy = "y.argmax(dim), and dimension 1 of y_hat counts the classes"
            return f"y has shape {tuple(y.shape)}; loss takes one class index a sample: {remedy}."
        if y.dim() < y_hat.dim() and y.dtype not in (torch.int64, torch.uint8):
            return f"y is {y.dtype}; loss takes class indices as whole numbers: y.long()."
        if isinstance(error, IndexError):
            y = y[y != getattr(loss.loss, "ignore_index", -100)]
            told, count = f"y has classes from {y.min()} to {y.max()}", y_hat.shape[1]
            return f"{told}, and net has {count} outputs, for the classes 0 to {count - 1}."
    if "type" in str(error) and y.dtype != y_hat.dtype:
        return f"y is {y.dtype} and the network's output {y_hat.dtype}: give y.to({y_hat.dtype})."
    return _crossed(y_hat, y) if "target size" in str(error).lower() else ""
