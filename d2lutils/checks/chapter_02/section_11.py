"""Checks of 02/11, loading safely."""

import pickle
from collections import Counter, OrderedDict
from datetime import date
from fractions import Fraction
from hashlib import md5, sha1, sha256
from struct import unpack
from typing import Any

import torch
from safetensors.torch import save_file

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_type, given
from d2lutils.checks.folders import temporary_folder
from d2lutils.checks.watching import memory


@exercise("02.11a")
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


@exercise("02.11b")
def fingerprint(answer: Any) -> None:
    """The SHA-256 of a file, read in blocks."""
    text = bytes(range(256)) * 31
    for words, content in [
        ("a file with the three bytes b'abc'", b"abc"),
        ("an empty file", b""),
        ("a file of 7,936 bytes, some of them line ends", text),
        ("a file of 65,536 zeros", bytes(65_536)),
        ("a file of 1,048,577 bytes", text * 132 + bytes(1025)),
        ("a file of 9,600,001 bytes", bytes(1_600_000) + bytes(range(250)) * 32_000 + b"\n"),
    ]:
        with given(words), temporary_folder() as folder:
            path = folder / "weights.bin"
            path.write_bytes(content)
            with memory() as peak:
                got = call(answer, path)
                taken = peak()
            _judge_digest(got, content)
            if path.read_bytes() != content:
                raise Wrong("your function changed the file")
            if taken > 3_000_000:
                whole = taken > len(content) > 3_000_000
                raise Wrong(
                    f"your function took {taken / 1e6:.1f} MB of memory, so it "
                    + ("read the whole file at once; " if whole else "reads large parts at once; ")
                    + "`file.read(n)` reads n bytes at most: take blocks of 100,000 or fewer"
                )


def _judge_digest(got: Any, content: bytes) -> None:
    if isinstance(got, bytes):
        raise Wrong("these are bytes; `hexdigest` gives the text")
    if got is not None and hasattr(got, "hexdigest"):
        raise Wrong("return the text: `hexdigest()`")
    found = expect_type(got, str)
    want = sha256(content).hexdigest()
    usual = [
        (md5(content).hexdigest(), "this is the MD5"),
        (sha1(content).hexdigest(), "this is the SHA-1"),
        (want.upper(), "write it in small letters, as `hexdigest` does"),
    ]
    if content:
        usual.append((sha256(b"").hexdigest(), "this is the SHA-256 of no bytes: none was added"))
    for block in [2**power for power in range(6, 22)]:
        if len(content) > block:
            first = sha256(content[:block]).hexdigest()
            last = sha256(content[(len(content) - 1) // block * block :]).hexdigest()
            usual.append((first, f"this is the SHA-256 of the first {block} bytes; read on"))
            usual.append((last, "this is the SHA-256 of the last block; `update` one object"))
    expect_equal(found, want, usual=usual, why="every byte counts, and nothing is added")


class _Tripwire:
    ran = False

    def __reduce__(self) -> tuple[Any, ...]:
        return _trip, ("the pickle ran",)


def _trip(text: str) -> str:
    _Tripwire.ran = True
    return text


@exercise("02.11c")
def names_of(answer: Any) -> None:
    """The names that a pickle would import, under protocols 2 and 4."""
    here = __name__
    many = [f"word {place}" for place in range(300)]
    for words, content, names in [
        ("[1, 'date', [2.5]]", [1, "date", [2.5]], set()),
        ("print", print, {"print"}),
        ("[date, 'words', Fraction]", [date, "words", Fraction],
         {"datetime date", "fractions Fraction"}),
        ("[OrderedDict, Counter, OrderedDict]", [OrderedDict, Counter, OrderedDict],
         {"collections OrderedDict", "collections Counter"}),
        ("[*300 words, Counter, date, OrderedDict]", [*many, Counter, date, OrderedDict],
         {"collections OrderedDict", "collections Counter", "datetime date"}),
        ("{'key': date(2026, 1, 2)}", {"key": date(2026, 1, 2)}, {"datetime date"}),
        ("an object whose loading would be noticed", [Counter, _Tripwire()],
         {"collections Counter", f"{here} _trip"}),
    ]:  # fmt: skip
        for protocol in (2, 4):
            with given(f"raw = pickle.dumps({words}, protocol={protocol})"):
                raw = pickle.dumps(content, protocol=protocol)
                builtin = "__builtin__" if protocol == 2 else "builtins"
                want = {f"{builtin} print"} if names == {"print"} else set(names)
                if protocol == 2 and "date(" in words:
                    want.add("_codecs encode")  # protocol 2 has no instruction for bytes
                _Tripwire.ran = False
                got = call(answer, raw)
                if _Tripwire.ran:
                    raise Wrong("your function ran the pickle; `pickletools.genops` does not")
                _judge_names(got, want)


def _judge_names(got: Any, want: set[str]) -> None:
    if isinstance(got, list | tuple) and set(map(str, got)) == want:
        raise Wrong(f"the names are right, but this is a {type(got).__name__}; return a set")
    found = expect_type(got, set)
    if any(isinstance(name, tuple) for name in found):
        raise Wrong("each name should be one text, module and name with a space between")
    if missing := sorted(want - found):
        raise Wrong(f"{missing[0]!r} is missing; expected {sorted(want)}, got {_listed(found)}")
    if found != want:
        raise Wrong(f"no such name is in the pickle: {_listed(found - want)[0]}")


def _listed(names: set[Any]) -> list[str]:
    return sorted(map(str, names))
