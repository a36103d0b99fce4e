"""Answers to the exercises of 02/10, saving tensors."""

from collections import OrderedDict
from functools import partial

import h5py
import numpy as np
import torch

from check_cases import Cases


def save_clone(x, path):
    torch.save(x.clone(), path)


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


def one_part(weights, start):
    return {n.removeprefix(start): x for n, x in weights.items() if n.startswith(start)}


def by_a_loop(state, prefix):
    found = {}
    for name in state:
        if name[: len(prefix)] == prefix:
            found[name[len(prefix) :]] = state[name]
    return found


def cut_off(state, prefix):
    return dict((n[len(prefix) :], x) for n, x in state.items() if n.find(prefix) == 0)  # noqa: C402


def in_place(state, prefix):
    for name in list(state):
        tensor = state.pop(name)
        if name.startswith(prefix):
            state[name.removeprefix(prefix)] = tensor
    return dict(state)


def a_chunk_a_column(x, path):
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=x.numpy(), chunks=(len(x), 1))


def left_open(x, path, kept=[]):  # noqa: B006
    kept[:] = [h5py.File(path, "w")]  # while somebody holds it, it is not closed
    kept[0].create_dataset("x", data=x.numpy(), chunks=(len(x), 1))


def in_a_group(x, path):
    with h5py.File(path, "w") as file:
        file.create_group("x")["x"] = x.numpy()


def laid_out(x, path, chunks, name="x", **settings):
    with h5py.File(path, "w") as file:
        file.create_dataset(name, data=x.numpy(), chunks=chunks(x), **settings)


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
        solution=one_part,
        also_right=[by_a_loop, lambda s, p: OrderedDict(one_part(s, p)), cut_off],
        wrong=[
            (lambda s, p: {n.removeprefix(p): x for n, x in s.items()}, "leave out the names"),
            (lambda s, p: {n: x for n, x in s.items() if n.startswith(p)}, "take `prefix` away"),
            (
                lambda s, p: {n.lstrip(p): x for n, x in s.items() if n.startswith(p)},
                "`lstrip` takes away any of these characters",
            ),
            (
                lambda s, p: {n.replace(p, ""): x for n, x in s.items() if n.startswith(p)},
                "`replace` takes `prefix` away in the middle",
            ),
            (
                lambda s, p: {n.removeprefix(p): x for n, x in s.items() if p in n},
                "these should be the names",
            ),
            (
                lambda s, p: {n.split(".", 1)[1]: x for n, x in s.items() if n.startswith(p)},
                "these should be the names",
            ),
            (
                lambda s, p: {
                    n.removeprefix(p): x.clone() for n, x in s.items() if n[: len(p)] == p
                },
                "do not copy",
            ),
            (in_place, "changed its input"),
            (lambda s, p: [n for n in s if n.startswith(p)], "expected a dict, got a list"),
            (lambda s, p: one_part(s, p) if p else s, "this is `state` itself"),
            (lambda s, p: one_part(s, p) if p else {}, "these should be the names"),
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
    "02.10d": Cases(
        solution=a_chunk_a_column,
        also_right=[
            partial(laid_out, chunks=lambda x: (len(x), 1), compression="gzip"),
            partial(laid_out, chunks=lambda x: (len(x), min(2, x.shape[1]))),
        ],
        wrong=[
            (partial(laid_out, chunks=lambda x: None), "reads, for its numbers lie apart"),
            (partial(laid_out, chunks=lambda x: True), "make a chunk narrower"),
            (partial(laid_out, chunks=lambda x: (1, x.shape[1])), "reads, for its numbers"),
            (partial(laid_out, chunks=lambda x: (50, 1)), "reads, for its numbers lie apart"),
            (partial(laid_out, chunks=lambda x: tuple(x.shape)), "make a chunk narrower"),
            (partial(laid_out, chunks=lambda x: (len(x) // 4, 1)), "make fewer and higher chunks"),
            (partial(laid_out, chunks=lambda x: (1000, 10)), "make a chunk narrower"),
            (partial(laid_out, chunks=lambda x: (5000, 1)), "your function raised ValueError"),
            (partial(laid_out, chunks=lambda x: (len(x), 1), name="table"), "no dataset"),
            (lambda x, path: laid_out(x.t(), path, lambda x: (1, len(x.t()))), "expected shape"),
            (lambda x, path: laid_out(x.float(), path, lambda x: (len(x), 1)), "expected dtype"),
            (lambda x, path: laid_out(x.flip(0), path, lambda x: (len(x), 1)), "the numbers of"),
            (lambda x, path: laid_out(x.zero_(), path, lambda x: (len(x), 1)), "changed `x`"),
            (lambda x, path: np.save(path, x.numpy()), "there is no file at `path`"),
            (lambda x, path: torch.save(x, path), "is no HDF5 file"),
            (left_open, "the file is not complete: close it"),
            (in_a_group, '"x" is a group'),
        ],
        equivalent={
            "file.create_dataset('x', data=x, chunks=(len(x), 1))": "h5py takes a tensor too",
        },
    ),
}
