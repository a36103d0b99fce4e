"""Values and errors in words that fit on one line."""

from math import isfinite
from typing import Any

import numpy as np
import torch

LONGEST = 90  # characters of a value in a message


def kind(value: object) -> str:
    """Name the type of a value, or a type itself, with its article: `a tuple`."""
    if value is None:
        return "None"
    cls = value if isinstance(value, type) else type(value)
    name = {"Tensor": "tensor", "ndarray": "NumPy array", "function": "function"}.get(
        cls.__name__, cls.__name__
    )
    return f"an {name}" if name[0] in "aeiouAEIOU" else f"a {name}"


def short(value: object) -> str:
    """Show a value on one line: a small tensor by its numbers, a large one by its shape."""
    if isinstance(value, torch.Tensor):
        if special := special_form(value):
            return special
        if value.numel() > 12 or value.is_meta:
            return f"a tensor of shape {tuple(value.shape)}"
        return f"tensor({_cut(digits(value.detach()))})"
    return _cut(_plain(value))


def _plain(value: object) -> str:
    """Write a value as a reader would: 0.1 for the float32 that is nearest to it."""
    if isinstance(value, torch.Tensor):
        return short(value)
    if isinstance(value, np.generic):
        kept = isinstance(value, np.floating) and value.itemsize < 8
        return _number(value.item(), torch.from_numpy(np.array(value)).dtype if kept else None)
    if isinstance(value, float | complex):
        return _number(value)
    if type(value) is list:
        return f"[{', '.join(map(_plain, value))}]"
    if type(value) in (tuple, torch.Size):
        parts = [_plain(part) for part in value]  # type: ignore[attr-defined]
        return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
    if type(value) is dict:
        return f"{{{', '.join(f'{_plain(key)}: {_plain(value[key])}' for key in value)}}}"
    return " ".join(repr(value).split())


def digits(tensor: torch.Tensor) -> str:
    if tensor.ndim:
        return f"[{', '.join(map(digits, tensor))}]"
    return _number(tensor.item(), tensor.dtype)


def _number(number: Any, dtype: torch.dtype | None = None) -> str:
    """Write a number with the fewest digits that give it back in its dtype, at most 12."""
    if isinstance(number, complex):
        real, imaginary = (_number(part, dtype) for part in (number.real, number.imag))
        return f"({real}{'' if imaginary[0] == '-' else '+'}{imaginary}j)"
    if not isinstance(number, float) or not isfinite(number):
        return repr(number)
    part = dtype.to_real() if dtype and dtype.is_complex else dtype or torch.float64
    for digits in range(1, 12):
        shorter = float(f"{number:.{digits}g}")
        if torch.tensor(shorter, dtype=part).item() == number:
            return repr(shorter)
    return repr(float(f"{number:.12g}"))


def special_form(tensor: torch.Tensor) -> str | None:
    """Name the form of a tensor that is no plain block of numbers; None for one that is."""
    if tensor.is_nested:
        return "a nested tensor"
    if tensor.is_quantized:
        return "a quantized tensor"
    return None if tensor.layout == torch.strided else f"one of the layout {tensor.layout}"


def is_table(value: object) -> bool:
    """Return whether a value is one of pandas's, which is not imported for the question."""
    return type(value).__module__.split(".")[0] == "pandas" and hasattr(value, "equals")


def cause(error: BaseException) -> str:
    """Return the type and the message of an error on one line."""
    message = " ".join(str(error).split())
    if len(message) > 200:
        message = f"{message[:200].rsplit(' ', 1)[0]} …"
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
