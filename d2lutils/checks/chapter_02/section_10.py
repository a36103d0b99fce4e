"""Checks of 02/10, saving tensors."""

from functools import partial
from pathlib import Path
from struct import unpack
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file

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
from d2lutils.checks.folders import temporary_folder
from d2lutils.checks.watching import memory


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
def shapes_in(answer: Any) -> None:
    """The shapes of a safetensors file's tensors, from its header alone."""
    points = {"points": torch.zeros(3, 2), "labels": torch.zeros(3, dtype=torch.int64)}
    weights = {"weight": torch.zeros(2, 3, 5), "bias": torch.zeros(5), "scale": torch.tensor(2.0)}
    weights |= {"Größe": torch.zeros(1, 4), "__empty": torch.zeros(0, 2)}
    for words, tensors, notes, cut in [
        ("a file with two tensors", points, None, False),
        ('a file with an entry "__metadata__"', points, {"unit": "cm"}, False),
        ("a file with three tensors, one of them a scalar", weights, None, False),
        ("a file that ends after its header", weights, {"epoch": "3", "shape": "cut"}, True),
        ("a header of over 16 MB", points, {"history": 17_000_000 * "x"}, False),
    ]:
        with given(words), temporary_folder() as folder:
            path = folder / "x.safetensors"
            save_file(tensors, path, metadata=notes)
            if cut:
                raw = path.read_bytes()
                path.write_bytes(raw[: 8 + unpack("<Q", raw[:8])[0]])
            _judge_shapes(call(answer, path), tensors)
    with given("a file with 8 MB of numbers"), temporary_folder() as folder:
        tensors = {"long": torch.zeros(2, 1_000_000)}
        save_file(tensors, folder / "x.safetensors")
        with memory() as peak:
            got = call(answer, folder / "x.safetensors")
            taken = peak()
        _judge_shapes(got, tensors)
        if taken > 1_000_000:
            raise Wrong(
                f"your function took {taken / 1e6:.0f} MB of memory, so it read the numbers as "
                "well; `file.read(n)` reads n bytes and no more"
            )


def _judge_shapes(got: Any, tensors: dict[str, torch.Tensor]) -> None:
    found = expect_type(got, dict)
    if "__metadata__" in found:
        raise Wrong('"__metadata__" is no tensor: leave it out')
    want = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    found = {
        name: tuple(shape) if isinstance(shape, torch.Size) else shape
        for name, shape in found.items()
    }
    listed = all(isinstance(shape, list) for shape in found.values())
    if listed and {name: tuple(shape) for name, shape in found.items()} == want:
        raise Wrong("the shapes are right, but each should be a tuple: `tuple(...)` makes one")
    expect_equal(
        found,
        want,
        usual=[
            ({name: len(shape) for name, shape in want.items()}, "this is the number of dimensions")
        ],
        why='an entry\'s "shape" is what is asked for',
    )


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
