"""Checks of 06/19, GPUs."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_type, given
from d2lutils.checks.explaining import explain, is_interrupt
from d2lutils.checks.showing import kind

_META = torch.device("meta")


def _devices(value: Any, path: str = "batch") -> dict[str, str]:
    """Return where each tensor of a batch lies, by the way to it."""
    if isinstance(value, Tensor):
        return {path: value.device.type}
    parts: Any = ()
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list | tuple):
        parts = enumerate(value)
    found: dict[str, str] = {}
    for name, part in parts:
        found |= _devices(part, f"{path}[{name!r}]")
    return found


def _expect_alike(got: Any, want: Any, device: torch.device, path: str = "batch") -> None:
    """Raise Wrong where a batch is not built like the one given."""
    if isinstance(want, Tensor):
        if not isinstance(got, Tensor):
            raise Wrong(f"{path} should be a tensor, not {kind(got)}")
        if got.device != device:
            raise Wrong(f"{path} is still on {got.device.type}; `to` returns another tensor")
        if (got.shape, got.dtype) != (want.shape, want.dtype):
            raise Wrong(f"{path} should have shape {tuple(want.shape)} and dtype {want.dtype}")
        if device.type == "cpu" and not torch.equal(got, want):
            raise Wrong(f"{path} has other numbers now")
        return
    if type(got) is not type(want):
        raise Wrong(f"{path} should be {kind(want)}, as in the batch given, not {kind(got)}")
    if isinstance(want, dict):
        expect_equal(list(got), list(want), why=f"the names in {path} stay")
        for name, part in want.items():
            _expect_alike(got[name], part, device, f"{path}[{name!r}]")
    elif isinstance(want, list | tuple):
        if len(got) != len(want):
            raise Wrong(f"{path} should have {len(want)} parts, not {len(got)}")
        for index, part in enumerate(want):
            _expect_alike(got[index], part, device, f"{path}[{index}]")
    elif got != want:
        raise Wrong(f"{path} holds no tensor and should stay as it is")


@exercise("06.19a")
def move(answer: Any) -> None:
    """Tensors at any depth are moved; what holds them is built alike; the rest stays."""
    one, other = torch.arange(-3.0, 3.0).reshape(2, 3), torch.tensor([-1, 2])
    for told, batch in [
        ("a tensor", one),
        ("a pair", (one, other)),
        ("a list", [one, other]),
        ("a dict", {"X": one, "y": other}),
        ("a dict of pairs in a list", [{"X": (one, [other]), "name": "a"}, 3, None]),
        ("a dict in a dict", {"in": {"deep": {"deeper": one}}, "n": 2.5}),
        ("text alone", "no tensor"),
        ("an empty tuple", ()),
    ]:
        with given(told):
            before = _devices(batch)
            for device in (_META, torch.device("cpu")):
                _expect_alike(call(answer, batch, device), batch, device)
            if _devices(batch) != before:
                raise Wrong("your function changed the batch that was given; build another one")


class _OddError(RuntimeError):
    """Another error than that of a full memory, of the kind that a wrong shape raises."""


def _device(limit: int, tried: list[int], odd: int | None = None) -> Callable[[int], None]:
    """Return an attempt that fails above a limit; `odd` rows raise another error."""

    def attempt(n: int) -> None:
        tried.append(n)
        if n == odd:
            raise _OddError("another error")
        if n > limit or len(tried) > 40:
            raise torch.OutOfMemoryError("out of memory")

    return attempt


def _asked(answer: Any, attempt: Callable[[int], None], start: int) -> BaseException | None:
    """Return the error that an answer lets through."""
    try:
        answer(attempt, start)
    except BaseException as error:
        if is_interrupt(error):
            raise
        return error
    return None


@exercise("06.19b")
def largest_batch(answer: Any) -> None:
    """The first of start, start // 2, … that passes; the error at one row; other errors at once."""
    for limit, start, want, order in [
        (100, 64, 64, [64]),
        (100, 1000, 62, [1000, 500, 250, 125, 62]),
        (1, 9, 1, [9, 4, 2, 1]),
        (8, 8, 8, [8]),
        (7, 8, 4, [8, 4]),
        (5, 1, 1, [1]),
    ]:
        tried: list[int] = []
        with given(f"a device that takes {limit} rows", start=start):
            got = expect_type(call(answer, _device(limit, tried), start), int)
            if tried and tried != order:
                raise Wrong(f"try {order} rows, one after the other; you tried {tried[:12]}")
            expect_equal(got, want, why="return the number of rows that passed")
            if not tried:
                raise Wrong("call attempt(n) to see whether n rows pass")
    with given("a device that takes no row", start=4):
        tried = []
        error = _asked(answer, _device(0, tried), 4)
        if not isinstance(error, torch.OutOfMemoryError):
            told = "nothing was raised" if error is None else f"it raised {explain(error)}"
            raise Wrong(f"at one row, torch.OutOfMemoryError should come through; {told}")
        if tried != [4, 2, 1]:
            raise Wrong(f"try [4, 2, 1] rows, then let the error through; you tried {tried[:12]}")
    with given("an attempt that raises another error", start=8):
        tried = []
        error = _asked(answer, _device(2, tried, odd=4), 8)
        if not isinstance(error, _OddError) or tried != [8, 4]:
            raise Wrong("another error should come through at once; catch one kind only")
