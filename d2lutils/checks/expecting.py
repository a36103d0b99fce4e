"""What a check says about an answer: helpers that compare, and name what is wrong."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar

import numpy as np
import torch

from d2lutils.checks.differences import difference
from d2lutils.checks.explaining import explain, is_interrupt
from d2lutils.checks.showing import is_table, kind, short, special_form
from d2lutils.checks.stubs import is_unfinished

T = TypeVar("T")
_UNWATCHED = nullcontext()


class Wrong(Exception):
    """The answer is wrong; the message is a sentence that says in which way."""


class NotDone(Exception):
    """The answer is still the stub."""


@contextmanager
def given(*sources: str, **inputs: object) -> Iterator[None]:
    """Name the inputs that are tried in the message of any Wrong raised inside.

    Args:
        sources: inputs as source code, where their values say too little: `x = y[::2]`.
        inputs: inputs by value, each under the name that the stub gives it.
    """
    # Named now: the answer may change them.
    named = [*sources, *(f"{name} = {short(value)}" for name, value in inputs.items())]
    try:
        yield
    except Wrong as wrong:
        raise Wrong(f"for {', '.join(named)}: {wrong}") from wrong


def call(
    answer: Callable[..., Any],
    *inputs: Any,
    in_place: bool = False,
    inside: AbstractContextManager[object] = _UNWATCHED,
) -> Any:
    """Call the reader's function and return its result.

    Args:
        answer: the reader's function.
        inputs: its arguments, passed as they are, so that a check may ask for their storage.
        in_place: the exercise asks to change the inputs; then None may be returned.
        inside: what watches the function, and it alone, while it runs.

    Returns:
        What the function returned.

    Raises:
        Wrong: it is no function, raised an error, returned None, or changed an input.
        NotDone: it is the untouched stub, or returned `...`.
    """
    if not callable(answer):
        raise Wrong(
            f"the answer should be a function, passed by its name without brackets; "
            f"it is {kind(answer)}"
        )
    before = _copied(inputs)
    try:
        with inside:
            result = answer(*inputs)
    except Wrong:  # a watcher's, of what the task forbids
        raise
    except BaseException as error:
        if is_interrupt(error):
            raise
        if is_unfinished(error, answer):
            raise NotDone from error
        raise Wrong(f"your function raised {explain(error)}") from error
    if result is ...:
        raise NotDone
    if not in_place:
        if result is None:
            raise Wrong("your function returned None; is a `return` missing?")
        if difference(inputs, before):
            raise Wrong("your function changed its input; leave the input as it was")
    return result


def _copied(value: Any) -> Any:
    """Copy what a function may change in place; other objects stand for themselves."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, np.ndarray) or is_table(value):
        return value.copy()
    if type(value) is set:
        return set(value)
    if isinstance(value, dict):
        return {key: _copied(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        parts = [_copied(part) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    return value


def expect_type(got: object, wanted: type[T]) -> T:
    """Return the value if it has the type; raise Wrong if not."""
    if not isinstance(got, wanted):
        raise Wrong(f"expected {kind(wanted)}, got {kind(got)}")
    return got


def expect_int(got: object) -> int:
    """Return the value if it is an int, and no bool; raise Wrong if not."""
    if type(got) is not int:
        raise Wrong(f"return an int, not {kind(got)}")
    return got


def expect_parts(got: object, *names: str) -> tuple[Any, ...]:
    """Return the parts of a tuple or list, one for each name; raise Wrong if it is another."""
    wanted = f"return {len(names)} values, {', '.join(names[:-1])} and {names[-1]}"
    if not isinstance(got, tuple | list):
        raise Wrong(f"{wanted}; got {kind(got)}")
    if len(got) != len(names):
        raise Wrong(f"{wanted}; these are {len(got)}")
    return tuple(got)


def expect_tensor(
    got: object,
    shape: Sequence[int] | None = None,
    dtype: torch.dtype | None = None,
    on_meta: bool = False,
) -> torch.Tensor:
    """Return the value if it is a tensor of that shape and dtype; raise Wrong if not.

    A tensor on meta, which holds no numbers, is let through where `on_meta` says so.
    """
    tensor = expect_type(got, torch.Tensor)
    if special := special_form(tensor):
        raise Wrong(f"expected an ordinary tensor, got {special}")
    if tensor.is_meta and not on_meta:
        raise Wrong("expected numbers, got a tensor on meta, which holds none")
    if shape is not None and tuple(tensor.shape) != tuple(shape):
        raise Wrong(f"expected shape {tuple(shape)}, got {tuple(tensor.shape)}")
    if dtype is not None and tensor.dtype != dtype:
        raise Wrong(f"expected dtype {dtype}, got {tensor.dtype}")
    return tensor


def expect_equal(
    got: object,
    want: object,
    *,
    usual: Sequence[tuple[object, str]] = (),
    why: str = "",
) -> None:
    """Raise Wrong unless the value equals the one wanted, in type, shape, dtype and numbers.

    Args:
        got: the reader's value: a number, text, tensor, array, or list, tuple or dict of them.
        want: the right value. Floats agree within rtol 1e-5, other values exactly.
        usual: what the usual mistakes give, each with the sentence that names the mistake.
        why: the hint where no usual mistake is recognised.
    """
    found = difference(got, want)
    if found is None:
        return
    hints = [reason for wrong, reason in usual if difference(got, wrong) is None]
    only_brackets = {type(got), type(want)} == {list, tuple}  # what is inside may be right
    hint = hints[0] if hints else "" if only_brackets else why
    raise Wrong(f"{found}. {hint[:1].upper()}{hint[1:]}" if hint else found)


def same_storage(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Return whether two tensors look at the same memory."""
    return a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()


def expect_shares(
    got: torch.Tensor, base: torch.Tensor, why: str = "you copied; the storage differs"
) -> None:
    """Raise Wrong unless the tensor shares the storage of the base."""
    if not same_storage(got, base):
        raise Wrong(why)


def expect_copies(
    got: torch.Tensor, base: torch.Tensor, why: str = "you returned a view; it shares the storage"
) -> None:
    """Raise Wrong where the tensor shares the storage of the base."""
    if same_storage(got, base):
        raise Wrong(why)
