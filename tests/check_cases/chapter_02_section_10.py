"""Answers to the exercises of 02/10, saving tensors."""

import json
from pathlib import Path
from struct import unpack

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from check_cases import Cases


def save_clone(x, path):
    torch.save(x.clone(), path)


def header(path):
    with open(path, "rb") as file:
        (length,) = unpack("<Q", file.read(8))
        return json.loads(file.read(length))


def shapes(path):
    return {
        name: tuple(entry["shape"])
        for name, entry in header(path).items()
        if name != "__metadata__"
    }


def length_forgotten(path):
    return json.loads(Path(path).read_bytes()[8:])


def length_from_two_bytes(path):
    with open(path, "rb") as file:
        (length,) = unpack("<H6x", file.read(8))
        entries = json.loads(file.read(length))
    entries.pop("__metadata__", None)
    return {name: tuple(entry["shape"]) for name, entry in entries.items()}


def as_much_as_was_enough(path):
    with open(path, "rb") as file:
        raw = file.read(100_000)
    (length,) = unpack("<Q", raw[:8])
    entries = json.loads(raw[8 : 8 + length])
    entries.pop("__metadata__", None)
    return {name: tuple(entry["shape"]) for name, entry in entries.items()}


def every_entry_with_a_shape(path):
    return {name: tuple(e["shape"]) for name, e in header(path).items() if "shape" in e}


def header_in_ascii(path):
    with open(path, "rb") as file:
        (length,) = unpack("<Q", file.read(8))
        entries = json.loads(file.read(length).decode("ascii"))
    entries.pop("__metadata__", None)
    return {name: tuple(entry["shape"]) for name, entry in entries.items()}


def length_from_three_bytes(path):
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8)[:3], "little")
        entries = json.loads(file.read(length))
    entries.pop("__metadata__", None)
    return {name: tuple(entry["shape"]) for name, entry in entries.items()}


def without_the_notes(path):
    with Path(path).open("rb") as raw:
        length = int.from_bytes(raw.read(8), "little")
        entries = json.loads(raw.read(length).decode())
    found = {}
    for name in entries:
        if name != "__metadata__":
            found[name] = tuple(int(size) for size in entries[name]["shape"])
    return found


def reads_it_all(path):
    raw = Path(path).read_bytes()
    (length,) = unpack("<Q", raw[:8])
    entries = json.loads(raw[8 : 8 + length])
    entries.pop("__metadata__", None)
    return {name: tuple(entry["shape"]) for name, entry in entries.items()}


def without_underscores(path):
    return {name: shape for name, shape in shapes(path).items() if not name.startswith("__")}


def opened_by_the_library(path):
    with safe_open(path, "pt") as file:
        return {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118


def bits(x):
    return x.view(torch.int16).numpy()


def strides_forgotten(x):
    storage = bits(x.as_strided((x.untyped_storage().nbytes() // 2,), (1,), 0))
    return storage[x.storage_offset() :][: x.numel()].reshape(x.shape)


def upper_half_of_a_float32(array):
    upper = np.ascontiguousarray(array).view(np.uint16).astype(np.uint32) << 16
    return torch.from_numpy(upper.view(np.float32)).bfloat16()


def tensor_of(array):
    return torch.from_numpy(array).view(torch.bfloat16)


CASES = {
    "02.10a": Cases(
        solution=save_clone,
        also_right=[
            lambda x, path: torch.save(x.clone().contiguous(), path),
            lambda x, path: torch.save(x.detach().clone(), str(path)),
            lambda x, path: torch.save(x.reshape(-1).clone().view(x.shape), path),
        ],
        wrong=[
            (lambda x, path: torch.save(x, path), "a view is saved with its whole storage"),
            (lambda x, path: torch.save(x.contiguous(), path), "`contiguous` copies nothing"),
            (lambda x, path: torch.save({"x": x.clone()}, path), "expected a tensor, got a dict"),
            (lambda x, path: torch.save(x.numpy(), path), "`torch.load` cannot read your file"),
            (lambda x, path: torch.save(x.clone(), path.with_name("y.pt")), "no file at `path`"),
            (lambda x, path: torch.save(x.clone().half(), path), "expected dtype"),
            (lambda x, path: torch.save(x + 0, path), "expected dtype torch.bool"),
            (lambda x, path: torch.save(x.int().to(x.dtype), path), "as they are, in its dtype"),
            (lambda x, path: torch.save(x.half().to(x.dtype), path), "as they are, in its dtype"),
            (
                lambda x, path: torch.save(x.clone().float().to(x.dtype), path),
                "as they are, in its dtype",
            ),
            (lambda x, path: torch.save(x.clone().flatten(), path), "expected shape"),
            (lambda x, path: torch.save(x.zero_().clone(), path), "changed `x`"),
            (lambda x, path: torch.save(x.clone().abs(), path), "is not `x`"),
            (lambda x, path: torch.save(x.tolist(), path), "expected a tensor, got a list"),
            (
                lambda x, path: torch.save(
                    torch.cat([x.flatten(), x.flatten()])[: x.numel()], path
                ),
                "the file holds",
            ),
            (lambda x, path: np.save(path, x.float().numpy()), "no file at `path`"),
            (lambda x, path: torch.save(x.unsqueeze(0).clone(), path), "expected shape"),
            (lambda x, path: path.touch(), "cannot read your file"),
            (
                lambda x, path: torch.save(x.clone(), "x.pt" * 0 or path) if x.ndim == 1 else None,
                "there is no file",
            ),
        ],
    ),
    "02.10b": Cases(
        solution=shapes,
        also_right=[
            lambda path: {n: torch.Size(s) for n, s in shapes(path).items()},
            without_the_notes,
        ],
        wrong=[
            (
                lambda path: {n: tuple(e["shape"]) for n, e in header(path).items()},
                'For a file with an entry "__metadata__": your function raised KeyError',
            ),
            (
                lambda path: {n: tuple(e.get("shape", ())) for n, e in header(path).items()},
                "is no tensor: leave it out",
            ),
            (
                lambda path: {n: list(shape) for n, shape in shapes(path).items()},
                "each should be a tuple",
            ),
            (
                lambda path: {n: tuple(t.shape) for n, t in load_file(path).items()},
                "For a file that ends after its header: your function raised SafetensorError",
            ),
            (opened_by_the_library, "For a file that ends after its header"),
            (lambda path: {n: len(shape) for n, shape in shapes(path).items()}, "dimensions"),
            (length_forgotten, "your function raised"),
            (length_from_two_bytes, "For a header of over 16 MB: your function raised"),
            (length_from_three_bytes, "For a header of over 16 MB: your function raised"),
            (every_entry_with_a_shape, "is no tensor: leave it out"),
            (header_in_ascii, "no such letters"),
            (lambda path: list(shapes(path).values()), "expected a dict, got a list"),
            (as_much_as_was_enough, "For a header of over 16 MB: your function raised"),
            (reads_it_all, "it read the numbers as well"),
            (lambda path: shapes(path) if Path(path).read_bytes() else {}, "the numbers as well"),
            (lambda path: dict(sorted(shapes(path).items())[:2]), "expected {"),
            (without_underscores, "expected {"),
            (lambda path: {n: shape for n, shape in shapes(path).items() if shape}, "expected {"),
            (
                lambda path: {n: e["dtype"] for n, e in header(path).items() if n[0] != "_"},
                "expected",
            ),
            (
                lambda path: {n: shape[::-1] for n, shape in shapes(path).items()},
                "what is asked for",
            ),
            (lambda path: list(shapes(path)), "expected a dict, got a list"),
        ],
    ),
    "02.10c": Cases(
        solution=(bits, tensor_of),
        also_right=[
            (
                lambda x: x.view(torch.uint16).numpy(),
                lambda array: torch.from_numpy(array).view(torch.bfloat16),
            ),
            (lambda x: x.view(torch.float16).numpy(), tensor_of),
            (lambda x: bits(x).view("V2"), lambda array: tensor_of(array.view(np.int16))),
            (lambda x: bits(x).astype(">i2"), lambda array: tensor_of(array.astype("<i2"))),
        ],
        wrong=[
            ((lambda x: x.float().numpy(), lambda a: torch.from_numpy(a).bfloat16()), "4 bytes"),
            ((lambda x: x.half().numpy(), lambda a: torch.from_numpy(a).bfloat16()), "exponent"),
            ((lambda x: x.to(torch.int16).numpy(), tensor_of), "`to_array`: the bits"),
            ((bits, lambda a: torch.from_numpy(a).bfloat16()), "`to_tensor`: the bits"),
            ((bits, torch.from_numpy), "expected dtype torch.bfloat16, got torch.int16"),
            ((lambda x: x.numpy(), tensor_of), "raised TypeError"),
            ((lambda x: x.view(torch.int16), tensor_of), "got a tensor"),
            ((lambda x: bits(x).flatten(), tensor_of), "`to_array`: expected shape"),
            (bits, "hand in both functions"),
            ((strides_forgotten, tensor_of), "`to_array`: the bits"),
            ((lambda x: bits(x.contiguous()).reshape(x.shape[::-1]), tensor_of), "expected shape"),
            ((bits, lambda a: tensor_of(a.reshape(-1))), "`to_tensor`: expected shape"),
            ((bits, lambda a: tensor_of(a.copy()).nan_to_num()), "`to_tensor`: the bits"),
            ((bits, lambda a: tensor_of(a).abs()), "`to_tensor`: the bits"),
            ((bits, upper_half_of_a_float32), "the bits of some nan have changed"),
            ((bits, lambda a: torch.from_numpy(a).view(torch.float16)), "got torch.float16"),
            ((lambda x: bits(x).astype(np.int32), tensor_of), "4 bytes an element"),
            ((lambda x: bits(x).view(np.uint8), tensor_of), "expected shape"),
            ((bits, tensor_of(np.zeros(2, np.int16))), "passed by its name"),
            ((bits, lambda a: tensor_of(np.negative(a, out=a))), "changed the array"),
        ],
    ),
}
