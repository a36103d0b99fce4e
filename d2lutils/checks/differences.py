"""The first difference between two values, in words that fit on one line."""

from numbers import Complex, Integral, Number
from typing import Any

import numpy as np
import torch

from d2lutils.checks.showing import LONGEST, digits, is_table, kind, short, special_form


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


def _tensors(got: object, want: torch.Tensor) -> str | None:
    if not isinstance(got, torch.Tensor):
        return f"expected a tensor, got {kind(got)}"
    if special := special_form(got):
        return f"expected an ordinary tensor, got {special}"
    if got.shape != want.shape:
        return f"expected shape {tuple(want.shape)}, got {tuple(got.shape)}"
    if got.dtype != want.dtype:
        return f"expected dtype {want.dtype}, got {got.dtype}"
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
    return f"element {list(place)} should be {digits(want[place])}, and is {digits(got[place])}"


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
            only_numbers = found == f"expected {short(entry)}, got {short(mine[key])}"
            return whole if only_numbers and len(whole) < LONGEST else f"at [{key!r}]: {found}"
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
        equal = got == want if wanted is Integral else _close(got, want)
    return None if equal else f"expected {short(want)}, got {short(got)}"


def _close(got: Any, want: Any) -> bool:
    try:
        return bool(np.isclose(complex(got), complex(want), equal_nan=True))
    except OverflowError:  # a whole number beyond the range of floats
        return bool(got == want)
