"""Checks of 02/07, NumPy and friends."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_parts, expect_tensor, given


@exercise("02.7b")
def take_in(answer: Any) -> None:
    """A float32 tensor of its own from any numeric array."""
    for source, make in _arrays():
        array = make()
        writeable = array.flags.writeable
        with given(f"array = {source}"):
            with _no_warning():
                got = expect_tensor(call(answer, array))
            if array.flags.writeable != writeable:
                raise Wrong("the array is no longer read-only; leave it so, and copy")
            want = torch.from_numpy(np.array(array, dtype=np.float32))
            expect_equal(
                got,
                want,
                usual=[
                    (want.double(), "NumPy's floats are float64; ask for float32"),
                    (want.flip(0), "the copy of a backwards array keeps its order: flip nothing"),
                    (want.to(torch.int64), "this keeps the array's own dtype; ask for float32"),
                    (want.nan_to_num(), "nan and infinity are float32 numbers too; leave them"),
                    (
                        want.view(-1) if want.ndim == 0 else None,
                        "`ascontiguousarray` makes one dimension at least; here are none",
                    ),
                ],
                why="every element should stay what and where it is",
            )
            if np.shares_memory(array, got.detach().cpu().numpy()):
                raise Wrong("the tensor shares memory with `array`: where no dtype changes, copy")


def _arrays() -> list[tuple[str, Callable[[], np.ndarray[Any, Any]]]]:
    def read_only() -> np.ndarray[Any, Any]:
        array = np.array([15, 25], np.float32)
        array.flags.writeable = False
        return array

    def of(numbers: object, dtype: str) -> Callable[[], np.ndarray[Any, Any]]:
        return partial(np.array, numbers, dtype)

    return [
        ("np.array([[0.5, 1], [2, 3]])", of([[0.5, 1], [2, 3]], "float64")),
        ("np.array([[1, 2]], np.float32)", of([[1, 2]], "float32")),
        ("np.array([1.5, 2.5])[::-1]", lambda: np.array([1.5, 2.5])[::-1]),
        (
            "np.arange(6, dtype=np.float32).reshape(2, 3).T[::-1]",
            lambda: np.arange(6, dtype=np.float32).reshape(2, 3).T[::-1],
        ),
        ("np.array([15, 25], np.float32), read-only", read_only),
        ("np.array([0, 65535], np.uint16)", of([0, 65535], "uint16")),
        ("np.array([1.5, 300], '>f8')", of([1.5, 300], ">f8")),
        ("np.array([True, False])", of([True, False], "bool")),
        ("np.arange(-2, 2.5, 0.3)[::3]", lambda: np.arange(-2, 2.5, 0.3)[::3]),
        ("np.array([-7, 9])", of([-7, 9], "int64")),
        ("np.array([1.5, nan, -inf])", of([1.5, np.nan, -np.inf], "float64")),
        ("np.array(2.5)", of(2.5, "float64")),
        ("np.zeros(0, np.float32)", of([], "float32")),
        ("np.broadcast_to(np.float32(0.1), 3)", lambda: np.broadcast_to(np.float32(0.1), 3)),
    ]


@contextmanager
def _no_warning() -> Iterator[None]:
    """Raise Wrong at any warning; PyTorch warns of a read-only array only once unasked."""
    always = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
    finally:
        torch.set_warn_always(always)
    if any("not writable" in str(warning.message) for warning in caught):
        raise Wrong("PyTorch warns that the array is read-only; copy before the tensor is made")
    if caught:
        raise Wrong(f"there should be no warning; this one came: {caught[0].message!s:.80}")


@exercise("02.7c")
def values_and_mask(answer: Any) -> None:
    """The numbers of a table with 0 in the gaps, and where they are known."""
    cases = [
        ("float64 with a gap", ["wind"], 4),
        ("Int64 and boolean with gaps", ["buses", "open"], 4),
        ("float64, Int64, bool", ["temp", "buses", "holiday"], 4),
        ("float32 without gaps", ["depth"], 4),
        ("one row", ["temp", "depth", "buses"], 1),
        ("float64 with infinity and a gap, bool", ["peak", "holiday"], 4),
    ]
    for columns, names, rows in cases:
        frame = _table().iloc[:rows]
        with given(f"names = {names} ({columns})"):
            result = expect_parts(call(answer, frame, list(names)), "values", "mask")
            _judge_values_and_mask(result, frame, names)
            _overwrite(result)
            if not frame.equals(_table().iloc[:rows]):
                raise Wrong("who writes into your tensors changes the table: ask for a copy")


INFINITY = "infinity is a known value, and no gap; leave it"


def _judge_values_and_mask(
    result: tuple[object, ...], frame: pd.DataFrame, names: list[str]
) -> None:
    values, mask = (expect_tensor(part) for part in result)
    rows, shape = range(len(frame)), (len(frame), len(names))
    known = torch.tensor([[not pd.isna(frame[name].iloc[row]) for name in names] for row in rows])
    known = known.bool().reshape(shape)
    numbers = [
        [
            float(frame[name].iloc[row]) if known[row, column] else 0.0
            for column, name in enumerate(names)
        ]
        for row in rows
    ]
    want = torch.tensor(numbers).reshape(shape)
    if mask.dtype == torch.float32 and values.dtype == torch.bool:
        raise Wrong("return the values first, then the mask")
    expect_equal(
        values,
        want,
        usual=[
            (want.masked_fill(~known, torch.nan), "the gaps still hold NaN; put 0 there"),
            (want.double(), "the values should be float32"),
            (want.masked_fill(want.isinf(), 0.0), INFINITY),
            (want.nan_to_num(), INFINITY),
            (want.T, "keep one row of the table in one row of the tensor"),
            (want.flatten(), "keep two dimensions also where there is one column"),
        ],
        why="take the columns in the order of `names`",
    )
    expect_equal(
        mask,
        known,
        usual=[
            (~known, "the mask is turned around: True should stand where a value is known"),
            (known.float(), "the mask should be of bools"),
            (known & ~want.isinf(), INFINITY),
            (want != 0, "this asks which values are not 0, but a known value may be 0"),
            (torch.ones_like(known), "the gaps were filled before the mask was taken"),
        ],
        why="the mask says where a value is known",
    )


def _overwrite(tensors: tuple[object, ...]) -> None:
    for tensor in tensors:
        expect_tensor(tensor).detach().fill_(1)


def _table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "wind": [3.0, np.nan, 0.0, 2.0],
            "temp": [-21.5, 14.137, 18.5, 9.0],
            "buses": pd.array([12, None, 0, 11], dtype="Int64"),
            "open": pd.array([True, None, False, True], dtype="boolean"),
            "holiday": [False, False, True, False],
            "depth": np.array([1, 2, 3, 4], np.float32),
            "sky": ["sun", "rain", "sun", "fog"],
            "peak": [np.inf, -2.5, np.nan, -np.inf],
        },
        index=[3, 4, 4, 8],  # as after a filter, and rows that were put together
    )
