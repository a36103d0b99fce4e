"""Checks of 02/10, saving tensors."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from d2lutils.checks import (
    Wrong,
    call,
    difference,
    exercise,
    expect_equal,
    expect_tensor,
    expect_type,
    given,
)
from d2lutils.checks.chapter_02.columns import judge_layout
from d2lutils.checks.folders import temporary_folder


@exercise("02.10a")
def save_small(answer: Any) -> None:
    """A file of torch.save with the numbers of a view and no others."""
    whole = torch.arange(12.0).reshape(3, 4) * 1234.567
    for source, x in [
        ("y[2]", whole[2]),
        ("y[:, 1]", whole[:, 1]),
        ("y.t()", whole.t()),
        ("y[1:, :2].bfloat16()", whole[1:, :2].bfloat16()),
        ("y[1, 2] * 10", (whole * 10)[1, 2]),
        ("y[:, :0]", whole[:, :0]),
        ("(y.double() * -1e6).long()[1:]", (whole.double() * -1e6).long()[1:]),
        ("(y > 5000)[1]", (whole > 5000)[1]),
    ]:
        y = "y = torch.arange(12.).reshape(3, 4) * 1234.567"
        with given(f"x = {source} where {y}"), temporary_folder() as folder:
            _judge_file(answer, x, folder / "x.pt")


def _judge_file(answer: Any, x: torch.Tensor, path: Path) -> None:
    before, stride = x.clone(), x.stride()
    call(answer, x, path, in_place=True)
    if difference(x, before) or x.stride() != stride:
        raise Wrong("your function changed `x`; leave it as it was")
    if not path.exists():
        raise Wrong("there is no file at `path`: call `torch.save` with the tensor and `path`")
    try:
        got = torch.load(path)
    except Exception as error:
        raise Wrong(
            f"`torch.load` cannot read your file ({type(error).__name__}): "
            "save a tensor with `torch.save`"
        ) from error
    tensor = expect_tensor(got)
    why = "the loaded tensor is not `x`: save its numbers as they are, in its dtype"
    expect_equal(tensor, before, why=why)
    stored, needed = tensor.untyped_storage().nbytes(), x.numel() * x.element_size()
    if stored > needed:
        raise Wrong(
            f"the file holds {stored} bytes of numbers and `x` has {needed}: a view is saved with "
            "its whole storage, and `contiguous` copies nothing where the view is contiguous"
        )


@exercise("02.10b")
def part_of(answer: Any) -> None:
    """The entries of a state_dict whose names begin with a prefix, without it."""
    names = ["body.0.weight", "body.bias", "head.weight", "head.body.bias", "bodybuilder.bias",
             "body.body.scale", "body.dye.shade", "Body.weight"]  # fmt: skip
    state = {name: torch.arange(3.0) - place for place, name in enumerate(names)}
    for prefix in ["body.", "head.", "body.0.", "tail.", ""]:
        with given(f"state with the names {names}", prefix=prefix):
            found = expect_type(call(answer, state, prefix), dict)
            if found is state:
                raise Wrong("this is `state` itself; make a new dictionary")
            _judge_part(found, state, prefix)


def _judge_part(
    found: dict[str, torch.Tensor], state: dict[str, torch.Tensor], prefix: str
) -> None:
    chosen = [name for name in state if name.startswith(prefix)]
    want = {name[len(prefix) :]: state[name] for name in chosen}
    if set(found) != set(want):
        for names, hint in [
            (chosen, "take `prefix` away from the names"),
            (
                [name.removeprefix(prefix) for name in state],
                "leave out the names that do not begin with `prefix`",
            ),
            (
                [name.replace(prefix, "") for name in chosen],
                "`replace` takes `prefix` away in the middle of a name as well",
            ),
            (
                [name.lstrip(prefix) for name in chosen],
                "`lstrip` takes away any of these characters, in any order; use `removeprefix`",
            ),
        ]:
            if set(found) == set(names):
                raise Wrong(hint)
    expect_equal(sorted(found), sorted(want), why="these should be the names")
    for name, tensor in want.items():
        if found[name] is not tensor:
            raise Wrong(f"under {name!r} is another tensor than in `state`; do not copy")


@exercise("02.10c")
def bfloat16_through_numpy(answer: Any) -> None:
    """Two functions that carry bfloat16 through NumPy bit by bit."""
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        raise Wrong("hand in both functions: `(to_array, to_tensor)`")
    special = [-1.5, -0.0, 3e38, 1e-40, float("inf"), float("nan")]
    for source, x in [
        ("[-1.5, -0.0, 3e38, 1e-40, inf, nan]", torch.tensor(special)),
        ("[[1.0, 2.0], [3.0, 4.0]]", torch.tensor([[1.0, 2.0], [3.0, 4.0]])),
    ]:
        with given(f"x = torch.tensor({source}).bfloat16()"):
            _judge_trip(answer[0], answer[1], x.bfloat16())
    with given("x = torch.arange(-(2**15), 2**15, dtype=torch.int16).view(torch.bfloat16)"):
        every = torch.arange(-(2**15), 2**15, dtype=torch.int16)
        _judge_trip(answer[0], answer[1], every.view(torch.bfloat16))
    y = torch.arange(12).reshape(3, 4).bfloat16()
    for part, x in [(".t()", y.t()), ("[:, ::2]", y[:, ::2]), ("[1:, 1]", y[1:, 1]),
                    ("[2, 3:]", y[2, 3:]), ("[:0]", y[:0])]:  # fmt: skip
        with given(f"x = torch.arange(12).reshape(3, 4).bfloat16(){part}"):
            _judge_trip(answer[0], answer[1], x)


def _judge_trip(to_array: Any, to_tensor: Any, x: torch.Tensor) -> None:
    array = expect_type(call(to_array, x), np.ndarray)
    if array.shape != x.shape:
        raise Wrong(f"`to_array`: expected shape {tuple(x.shape)}, got {array.shape}")
    if array.itemsize != 2:
        raise Wrong(f"`to_array`: {array.itemsize} bytes an element; two hold all the bits")
    bits = x.contiguous().view(torch.int16)
    if not np.array_equal(_bits(array), bits.numpy()):
        if array.dtype == np.float16:
            raise Wrong("`to_array`: float16 has fewer exponent bits, so 3e38 becomes infinite")
        raise Wrong("`to_array`: the bits have changed; `to` converts values, `view` keeps bits")
    back = call(partial(to_tensor, array) if callable(to_tensor) else to_tensor)
    if not np.array_equal(_bits(array), bits.numpy()):
        raise Wrong("`to_tensor` changed the array; leave it as it was")
    tensor = expect_type(back, torch.Tensor)
    if tensor.dtype != torch.bfloat16:
        raise Wrong(f"`to_tensor`: expected dtype torch.bfloat16, got {tensor.dtype}")
    if tensor.shape != x.shape:
        raise Wrong(f"`to_tensor`: expected shape {tuple(x.shape)}, got {tuple(tensor.shape)}")
    same = tensor.cpu().contiguous().view(torch.int16) == bits
    if not same[~x.isnan()].all():
        raise Wrong("`to_tensor`: the bits have changed; `to` converts values, `view` keeps bits")
    if not same.all():
        raise Wrong(
            "`to_tensor`: the bits of some nan have changed, for there are many; use `view`"
        )


def _bits(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the two bytes of each element as an int16, whichever byte the array has first."""
    return array.astype(array.dtype.newbyteorder("=")).view(np.int16)


@exercise("02.10d")
def write_for_columns(answer: Any) -> None:
    """A table laid out in HDF5 so that a column costs little."""
    for rows, columns, dtype in [
        (5000, 60, torch.float32),
        (1000, 9, torch.float64),
        (1000, 1500, torch.float32),
        (1201, 1, torch.int64),
    ]:
        numbers = torch.arange(rows * columns, dtype=torch.float64).reshape(columns, rows)
        x = (numbers - 1000.75).to(dtype)
        table = x.t() if columns == 9 else x.reshape(rows, columns)
        with given(f"x of shape ({rows}, {columns}) and {dtype}"), temporary_folder() as folder:
            before = table.clone()
            call(answer, table, folder / "x.h5", in_place=True)
            if difference(table, before):
                raise Wrong("your function changed `x`; leave it as it was")
            judge_layout(before.numpy(), folder / "x.h5")
