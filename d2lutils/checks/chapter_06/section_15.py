"""Checks of 06/15, weights that others made."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from safetensors.torch import save_file

from d2lutils.checks import (
    NotDone,
    Wrong,
    call,
    difference,
    exercise,
    expect_equal,
    expect_parts,
    expect_type,
    given,
)
from d2lutils.checks.explaining import is_interrupt
from d2lutils.checks.folders import temporary_folder
from d2lutils.checks.showing import cause
from d2lutils.checks.stubs import is_unfinished
from d2lutils.checks.watching import function_of


@exercise("06.15a")
def look_before_loading(answer: Any) -> None:
    """The settings and the count of numbers, from a file of safetensors."""
    net = {"0.weight": torch.ones(3, 2), "0.bias": torch.zeros(3), "step": torch.tensor(7)}
    wide = {"w": torch.zeros(2, 5, 1, 3, dtype=torch.bfloat16), "none": torch.zeros(4, 0)}
    nested = {"sizes": [64, [32, 10]], "body": {"act": "relu", "3": None}, "sign": "ä“"}
    for told, tensors, notes, settings in [
        ("a file with settings and a scalar among its tensors", net, {}, {"num_hiddens": 32}),
        ("a file with nested settings and an empty tensor", wide, {"by": "me"}, nested),
        ("a file without metadata", net, None, {}),
        ('metadata without the key "settings"', wide, {"format": "pt", "3": "4"}, {}),
        ("a file with no tensors", {}, {}, {"rate": 0.1, "bias": True}),
    ]:
        text = {"settings": json.dumps(settings)} if settings else {}
        with given(told), temporary_folder() as folder:
            path = folder / "net.safetensors"
            save_file(tensors, path, metadata=None if notes is None else notes | text)
            got, count = expect_parts(call(answer, path), "the settings", "the count")
            _judge_peek(got, count, settings, tensors)


def _judge_peek(got: Any, count: Any, settings: Any, tensors: dict[str, torch.Tensor]) -> None:
    if isinstance(got, str):
        raise Wrong("this is the text; `json.loads` makes the settings of it")
    expect_equal(expect_type(got, dict), settings, why='take what stands under the key "settings"')
    if isinstance(count, torch.Tensor):
        raise Wrong("the count should be an int, as `int(...)` or `numel()` give it")
    sizes = [tensor.numel() for tensor in tensors.values()]
    usual = [
        (len(sizes), "this is how many tensors there are; count their numbers"),
        (sum(size for tensor, size in zip(tensors.values(), sizes, strict=True) if tensor.ndim),
         "a tensor of no dimensions holds one number"),
        (sum(sum(tensor.shape) for tensor in tensors.values()),
         "multiply the sizes of a tensor, do not add them"),
    ]  # fmt: skip
    expect_equal(count, sum(sizes), usual=usual, why="add up the products of the shapes")


@exercise("06.15b")
def open_if_listed(answer: Any) -> None:
    """Loads a file whose name and hash stand in a list, and no other, before anything is read."""
    weights = {"0.weight": torch.tensor([[1.5, -2.0]]), "0.bias": torch.ones(1)}
    with temporary_folder() as folder:
        path, long = folder / "net.pt", folder / "my net.pt"
        torch.save(weights, path)
        torch.save({"w": torch.zeros(3)}, long)
        right, other = (sha256(file.read_bytes()).hexdigest() for file in (path, long))
        zeros = 64 * "0"
        for told, file, sums, listed in [
            ("a list with the file alone", path, f"{right}  net.pt", True),
            ("a list of two files", path, f"{other}  my net.pt\n{right}  net.pt\n", True),
            ("a name with a space", long, f"{right}  net.pt\n{other}  my net.pt\n", True),
            ("a wrong hash", path, f"{zeros}  net.pt\n", False),
            ("an empty list", path, "", False),
            ("the hash under another name", path, f"{right}  old.pt\n{zeros}  net.pt\n", False),
            ("a list with a longer name only", path, f"{right}  net.pt.old\n", False),
            ("a list with a name that ends alike", path, f"{right}  my net.pt\n", False),
            ("a list with one hash more before it", path, f"{zeros}{right}  net.pt\n", False),
        ]:
            with given(told):
                _judge_listed(answer, file, sums, listed)
        raw = bytearray(path.read_bytes())
        raw[raw.find(weights["0.weight"].numpy().tobytes()) + 3] ^= 128
        path.write_bytes(raw)
        with given("a file with one flipped bit"):
            _judge_listed(answer, path, f"{right}  net.pt\n", False)


def _judge_listed(answer: Any, path: Path, sums: str, listed: bool) -> None:
    loads: list[dict[str, Any]] = []
    load = torch.load

    def watched(*inputs: Any, **options: Any) -> Any:
        loads.append(options | dict(zip(["f", "map_location"], inputs, strict=False)))
        return load(*inputs, **options)

    with _load_replaced(answer, watched):
        if listed:
            got = call(answer, path, sums)
        else:
            _expect_refusal(answer, path, sums, loads)
            return
    if not loads:
        raise Wrong("return what `torch.load` makes of the file")
    if any(options.get("weights_only") is False for options in loads):
        raise Wrong(
            "`weights_only=False` lets the file run code; a right hash does not change that"
        )
    if not any(_to_cpu(options.get("map_location")) for options in loads):
        raise Wrong("a file from a GPU would fail where there is none: say `map_location`")
    if difference(got, load(path)):
        raise Wrong("return what `torch.load` makes of the file, as it is")


@contextmanager
def _load_replaced(answer: Any, watched: Any) -> Iterator[None]:
    """Inside a `with`, put a function in the place of `torch.load`, and of its own names for it."""
    load, function = torch.load, function_of(answer)
    home = function.__globals__ if function else {}
    names = [name for name, value in home.items() if value is load]
    with patch("torch.load", watched), patch("torch.serialization.load", watched):
        home.update(dict.fromkeys(names, watched))
        try:
            yield
        finally:
            home.update(dict.fromkeys(names, load))


def _to_cpu(place: Any) -> bool:
    """Whether this `map_location`, a name, a device or a function, sends a GPU's tensors here."""
    if callable(place):
        sent = place(torch.zeros(1).untyped_storage(), "cuda:0")
        return isinstance(sent, torch.UntypedStorage) and sent.device.type == "cpu"
    return str(place) == "cpu"


def _expect_refusal(answer: Any, path: Path, sums: str, loads: list[dict[str, Any]]) -> None:
    try:
        got = answer(path, sums)
    except ValueError:
        if loads:
            raise Wrong("the file was loaded before it was refused; compare first") from None
        return
    except BaseException as error:
        if is_interrupt(error):
            raise
        if is_unfinished(error, answer):
            raise NotDone from error
        raise Wrong(f"expected a ValueError, your function raised {cause(error)}") from error
    if got is ...:
        raise NotDone
    raise Wrong("this file is not the one that is listed, and no ValueError came")
