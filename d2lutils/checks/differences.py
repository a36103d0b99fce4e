"""The first difference between two values, in words that fit on one line."""

from math import isfinite
from numbers import Complex, Integral, Number
from typing import Any

import numpy as np
import torch

_LONGEST = 90  # characters of a value in a message


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
        if value.numel() > 12 or value.is_meta or value.layout != torch.strided:
            return f"a tensor of shape {tuple(value.shape)}"
        return f"tensor({_cut(_digits(value.detach()))})"
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


def _digits(tensor: torch.Tensor) -> str:
    if tensor.ndim:
        return f"[{', '.join(map(_digits, tensor))}]"
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


def is_table(value: object) -> bool:
    """Return whether a value is one of pandas's, which is not imported for the question."""
    return type(value).__module__.split(".")[0] == "pandas" and hasattr(value, "equals")


def cause(error: BaseException) -> str:
    """Return the type and the message of an error on one line."""
    message = " ".join(str(error).split())
    return f"{type(error).__name__}: {message:.200}" if message else type(error).__name__


def difference(got: object, want: object) -> str | None:
    """Return how a value differs from the one wanted, or None where they are equal.

    Args:
        got: the value to judge.
        want: the right value: numbers, text, tensors, arrays, or lists, tuples, dicts of them.
            Floats agree within rtol 1e-5, other values exactly; a tensor may be on any device,
            and of one wanted on `meta`, which holds no numbers, only shape and dtype are compared.

    Returns:
        A clause such as `expected shape (2, 3), got (3, 2)`.
    """
    if isinstance(want, torch.Tensor):
        return _tensors(got, want)
    if isinstance(want, np.ndarray):
        if not isinstance(got, np.ndarray):
            return f"expected a NumPy array, got {kind(got)}"
        return _tensors(_as_tensor(got), _as_tensor(want))
    if isinstance(want, tuple | list | dict):
        return _containers(got, want)
    if isinstance(want, Number | np.bool_):
        return _numbers(got, want)
    if is_table(want):
        same = type(got) is type(want) and want.equals(got)  # type: ignore[attr-defined]
        return None if same else "the tables differ"
    if type(got) is not type(want):
        return f"expected {kind(want)}, got {kind(got)}"
    return None if got == want else f"expected {short(want)}, got {short(got)}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _tensors(got: object, want: torch.Tensor) -> str | None:
    if not isinstance(got, torch.Tensor):
        return f"expected a tensor, got {kind(got)}"
    if got.shape != want.shape:
        return f"expected shape {tuple(want.shape)}, got {tuple(got.shape)}"
    if got.dtype != want.dtype:
        return f"expected dtype {want.dtype}, got {got.dtype}"
    if got.layout != want.layout:
        return f"expected a tensor of the layout {want.layout}, got {got.layout}"
    if want.is_meta:
        return None
    if got.is_meta:
        return "expected numbers, got a tensor on meta, which holds none"
    got, want = got.detach().cpu(), want.detach().cpu()
    if want.is_floating_point() or want.is_complex():
        right = torch.isclose(got, want, equal_nan=True)
    else:
        right = got == want
    if right.all():
        return None
    if want.numel() <= 12:
        return f"expected {short(want)}, got {short(got)}"
    place = tuple((~right).nonzero()[0].tolist())
    return f"element {list(place)} should be {_digits(want[place])}, and is {_digits(got[place])}"


def _as_tensor(array: np.ndarray[Any, Any]) -> torch.Tensor:
    """Copy an array into the order and byte order that tensors know."""
    native = array.astype(array.dtype.newbyteorder("="), order="C")
    return torch.from_numpy(native)


def _containers(
    got: object, want: tuple[object, ...] | list[object] | dict[object, object]
) -> str | None:
    base = next(cls for cls in (tuple, list, dict) if isinstance(want, cls))
    if not isinstance(got, base):
        return f"expected {kind(base)}, got {kind(got)}"
    mine, right = _entries(got), _entries(want)
    if mine.keys() != right.keys():
        return f"expected {short(want)}, got {short(got)}"
    for key, entry in right.items():
        found = difference(mine[key], entry)
        if found:
            whole = f"expected {short(want)}, got {short(got)}"
            return whole if len(whole) < _LONGEST else f"at [{key!r}]: {found}"
    return None


def _entries(container: object) -> dict[object, object]:
    if isinstance(container, dict):
        return container
    assert isinstance(container, tuple | list)
    return dict(enumerate(container))


def _numbers(got: Any, want: Any) -> str | None:
    # NumPy's scalars are registered as numbers; bool is an Integral, and no answer to "how many?".
    if isinstance(want, bool | np.bool_):
        if not isinstance(got, bool | np.bool_):
            return f"expected True or False, got {kind(got)}"
        equal = bool(got) == bool(want)
    else:
        wanted = Integral if isinstance(want, Integral) else Complex
        if not isinstance(got, wanted) or isinstance(got, bool):
            hint = "; `.item()` gives its number" if isinstance(got, torch.Tensor) else ""
            return f"expected a number ({type(want).__name__}), got {kind(got)}{hint}"
        close = np.isclose(complex(got), complex(want), equal_nan=True)
        equal = got == want if wanted is Integral else bool(close)
    return None if equal else f"expected {short(want)}, got {short(got)}"
