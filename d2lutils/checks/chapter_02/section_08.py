"""Checks of 02/08, tensors on the GPU; the device `meta` stands in for a GPU."""

from typing import Any

import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.differences import kind

META = torch.device("meta")


@exercise("02.8a")
def column_numbers(answer: Any) -> None:
    """The column numbers of a matrix, on the matrix's device."""
    for lines, columns in [(2, 3), (4, 1), (1, 5)]:
        x = torch.zeros(lines, columns)
        with given(x=x):
            got = expect_tensor(call(answer, x))
            want = torch.arange(columns)
            usual = [
                (torch.arange(lines), "these are the row numbers; columns are `x.shape[1]`"),
                (want + 1, "the numbers start at 0"),
                (want.float(), "the numbers must be int64"),
                (want.expand(lines, columns), "one row of numbers is enough: shape (columns,)"),
            ]
            expect_equal(got, want, usual=usual)
    with given("x = torch.zeros(2, 3, device='meta')"):
        answered = call(answer, torch.zeros(2, 3, device=META))
        got = expect_tensor(answered, shape=(3,), dtype=torch.int64)
        if got.device != META:
            raise Wrong(f"the result is on {got.device}, `x` on meta; hand on `device=x.device`")


@exercise("02.8b")
def move(answer: Any) -> None:
    """Every tensor of a nest of containers moved to a device."""
    for batch in [torch.ones(2), {"x": torch.ones(2), "n": 3}, _nest()]:
        with given(batch=batch):
            _judge(batch, call(answer, batch, META), "the result")
    ready = torch.ones(2)
    with given("batch = [tensor on the CPU]", device="cpu"):
        got = call(answer, [ready], torch.device("cpu"))
        if not isinstance(got, list) or len(got) != 1 or got[0] is not ready:
            raise Wrong("a tensor that is there already must not be copied; `to` sees to that")


def _nest() -> dict[str, Any]:
    pair = (torch.zeros(1), "name")
    return {"pair": pair, "list": [torch.ones(2, 2), None, {"deep": torch.ones(1)}], "rate": 0.1}


def _judge(was: Any, got: Any, place: str) -> None:
    """Compare what was given and what came back, part by part."""
    if type(was) is not type(got):
        raise Wrong(f"{place} was {kind(was)} and has become {kind(got)}")
    if isinstance(was, torch.Tensor):
        if got.device != META:
            raise Wrong(f"{place} is a tensor that stayed on {got.device}")
        if (got.shape, got.dtype) != (was.shape, was.dtype):
            raise Wrong(f"{place} has another shape or dtype than before")
    elif isinstance(was, dict):
        if was.keys() != got.keys():
            raise Wrong(f"{place} has the keys {list(got)}, not {list(was)}")
        for key in was:
            _judge(was[key], got[key], f"{place}[{key!r}]")
    elif isinstance(was, (list, tuple)):
        if len(was) != len(got):
            raise Wrong(f"{place} has {len(got)} items, not {len(was)}")
        for number, (before, after) in enumerate(zip(was, got, strict=True)):
            _judge(before, after, f"{place}[{number}]")
    elif was != got:
        raise Wrong(f"{place} was {was!r} and has become {got!r}")
