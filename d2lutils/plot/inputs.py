"""What the pictures take for numbers: tensors, arrays, columns of tables, lists; all else is
refused in one line."""

from collections.abc import Sequence
from numbers import Number
from typing import Any

import numpy as np
import torch
from torch import Tensor

from d2lutils.errors import BookError


def dense(values: Any, what: str) -> Tensor:
    """Return numbers as a tensor on the CPU, without their graph; nothing is rounded on the way.

    `values` are a tensor of any real dtype and device, an array or a column of a table, a list of
    numbers or of tensors of one shape; `what` is how a message names them: `line 'loss'`. Raises
    BookError where they are no real numbers, or PyTorch cannot read them one by one.
    """
    if isinstance(values, Sequence) and any(isinstance(part, Tensor) for part in values):
        parts = [dense(part, f"{what}[{place}]") for place, part in enumerate(values)]
        if len({part.shape for part in parts}) > 1:
            raise BookError(f"{what} is a list of tensors of different shapes: draw them apart")
        return torch.stack(parts)
    tensor = values if isinstance(values, Tensor) else _from_array(values, what)
    refuse_unreadable(tensor, what)
    if tensor.is_complex():
        raise BookError(f"{what} holds complex numbers: draw .real, .imag or .abs() of it")
    return tensor.detach().cpu().resolve_neg()


def refuse_unreadable(tensor: Tensor, what: str) -> None:
    """Raise BookError where a tensor's numbers cannot be read one by one."""
    cures = {
        "on the meta device and has no numbers": (tensor.is_meta, "make it on the CPU"),
        "nested": (tensor.is_nested, "draw its parts, one after another"),
        "sparse": (tensor.layout != torch.strided, "to_dense() makes one that can be drawn"),
        "quantized": (tensor.is_quantized, "dequantize() makes one that can be drawn"),
    }
    for problem, (holds, cure) in cures.items():
        if holds:
            raise BookError(f"{what} is {problem}: {cure}")
    try:
        tensor.detach().flatten()[:1].tolist()
    except RuntimeError:  # packed bits have no numbers of their own
        raise BookError(f"{what} is of {tensor.dtype}, whose numbers cannot be read") from None


def _from_array(values: Any, what: str) -> Tensor:
    try:
        array = np.asarray(values)
    except ValueError:  # a list of lists of different lengths
        raise BookError(f"{what} has rows of different lengths") from None
    if array.dtype.kind in "O" or array.dtype.itemsize > 8:  # gaps, decimals, long doubles
        try:
            array = array.astype(complex if array.dtype.kind == "c" else float)
        except (TypeError, ValueError, OverflowError):
            raise BookError(f"{what} holds what is no number: {_odd(array)}") from None
    if array.dtype.kind not in "biufc":
        raise BookError(f"{what} holds what is no number: {_odd(array)}")
    return torch.from_numpy(array.astype(array.dtype.newbyteorder("="), order="C"))


def _odd(array: Any) -> str:
    """Return the first part that is no number, as the reader sees it."""
    odd = (part for part in array.ravel().tolist() if not isinstance(part, Number | None))
    return f"{next(odd, f'an array of {array.dtype}')!r:.40}"
