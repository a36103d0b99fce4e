"""Answers to the exercises of 02/11, loading safely."""

import hashlib
import json
import mmap
import os
import pickle
import pickletools
from pathlib import Path
from struct import unpack

import torch
from safetensors import safe_open
from safetensors.torch import load_file

from check_cases import Cases


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


def in_blocks(path, size=2**16):
    whole = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(size):
            whole.update(block)
    return whole.hexdigest()


def by_the_library(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def by_iter(path):
    whole = hashlib.sha256()
    with Path(path).open("rb") as file:
        for block in iter(lambda: file.read(1000), b""):
            whole.update(block)
    return whole.hexdigest()


def mapped(path):
    if not os.path.getsize(path):
        return hashlib.sha256().hexdigest()
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        return hashlib.sha256(whole).hexdigest()


def line_after_line(path):
    whole = hashlib.sha256()
    with open(path, encoding="latin-1") as file:
        for line in file:
            whole.update(line.encode("latin-1"))
    return whole.hexdigest()


def line_after_line_of_bytes(path):
    whole = hashlib.sha256()
    with open(path, "rb") as file:
        for line in file:
            whole.update(line)
    return whole.hexdigest()


def lines_stripped(path):
    whole = hashlib.sha256()
    with open(path, "rb") as file:
        for line in file:
            whole.update(line.strip())
    return whole.hexdigest()


def last_block(path):
    with open(path, "rb") as file:
        block = b""
        while more := file.read(2**16):
            block = more
    return hashlib.sha256(block).hexdigest()


def stops_at_a_short_block(path):
    whole = hashlib.sha256()
    with open(path, "rb") as file:
        block = file.read(2**16)
        while len(block) == 2**16:
            whole.update(block)
            block = file.read(2**16)
    return whole.hexdigest()


def hash_of_hashes(path):
    whole = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(2**16):
            whole.update(hashlib.sha256(block).digest())
    return whole.hexdigest()


def named(raw):
    names, memo, stack = set(), {}, []
    for step, arg, _ in pickletools.genops(raw):
        if step.name == "GLOBAL":
            names.add(arg)
        elif step.name == "STACK_GLOBAL":
            names.add(" ".join(stack[-2:]))
        if step.name == "MEMOIZE":
            memo[len(memo)] = stack[-1]
        elif "GET" in step.name:
            stack.append(memo.get(arg))
        else:
            stack.append(arg)
    return names


class Recorder(pickle.Unpickler):
    """Puts an object that does nothing in the place of what is named."""

    def find_class(self, module, name):
        self.names.add(f"{module} {name}")
        return lambda *arguments: None


def recorded(raw):
    import io

    reader = Recorder(io.BytesIO(raw), fix_imports=False)
    reader.names = set()
    reader.load()
    return reader.names


def only_global(raw):
    return {arg for step, arg, _ in pickletools.genops(raw) if step.name == "GLOBAL"}


def last_two_texts(raw):
    names, texts = set(), []
    for step, arg, _ in pickletools.genops(raw):
        if "UNICODE" in step.name:
            texts.append(arg)
        if step.name == "GLOBAL":
            names.add(arg)
        if step.name == "STACK_GLOBAL":
            names.add(" ".join(texts[-2:]))
    return names


def short_gets(raw):
    names, memo, stack = set(), {}, []
    for step, arg, _ in pickletools.genops(raw):
        if step.name == "GLOBAL":
            names.add(arg)
        elif step.name == "STACK_GLOBAL":
            names.add(" ".join(map(str, stack[-2:])))
        if step.name == "MEMOIZE":
            memo[len(memo)] = stack[-1]
        elif step.name == "BINGET":
            stack.append(memo.get(arg))
        else:
            stack.append(arg)
    return names


def memo_of_texts(raw):
    names, memo, stack = set(), [], []
    for step, arg, _ in pickletools.genops(raw):
        if step.name == "GLOBAL":
            names.add(arg)
        elif step.name == "STACK_GLOBAL":
            names.add(" ".join(map(str, stack[-2:])))
        elif "UNICODE" in step.name:
            stack.append(arg)
            memo.append(arg)
        elif "GET" in step.name and arg < len(memo):
            stack.append(memo[arg])
    return names


def runs_it(raw):
    pickle.loads(raw)
    return named(raw)


ANY_BLOCK = "a block may have any size that fits into memory"

CASES = {
    "02.11a": Cases(
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
    "02.11b": Cases(
        solution=in_blocks,
        also_right=[by_the_library, by_iter, mapped, lambda path: in_blocks(path, 10**6)],
        wrong=[
            (lambda path: hashlib.sha256(path.read_bytes()).hexdigest(), "read the whole file"),
            (lambda path: hashlib.md5(path.read_bytes()).hexdigest(), "this is the MD5"),
            (lambda path: hashlib.sha1(path.read_bytes()).hexdigest(), "this is the SHA-1"),
            (lambda path: bytes.fromhex(in_blocks(path)), "these are bytes"),
            (lambda path: hashlib.sha256(path.read_bytes()), "return the text"),
            (lambda path: in_blocks(path).upper(), "small letters"),
            (lambda path: hashlib.sha256().hexdigest(), "SHA-256 of no bytes"),
            (lambda path: hashlib.sha256(open(path, "rb").read(2**16)).hexdigest(), "read on"),  # noqa: SIM115
            (last_block, "the last block; `update` one object"),
            (stops_at_a_short_block, "SHA-256 of no bytes"),
            (hash_of_hashes, "every byte counts"),
            (line_after_line, "every byte counts"),
            (line_after_line_of_bytes, "reads large parts at once"),
            (lambda path: in_blocks(path, 2_500_000), "reads large parts at once"),
            (lines_stripped, "every byte counts"),
            (lambda path: hashlib.sha256(str(path).encode()).hexdigest(), "every byte counts"),
            (lambda path: int(in_blocks(path), 16), "got an int"),
            (lambda path: in_blocks(path)[:32], "every byte counts"),
            (lambda path: path.write_bytes(b"") or hashlib.sha256(b"abc").hexdigest(), "changed"),
        ],
        equivalent={
            "def in_blocks(path, size=2 ** 17):": ANY_BLOCK,
            "def in_blocks(path, size=2 ** 15):": ANY_BLOCK,
            "while (block := file.read(100001)):": ANY_BLOCK,
            "while (block := file.read(99999)):": ANY_BLOCK,
        },
    ),
    "02.11c": Cases(
        solution=named,
        also_right=[recorded],
        wrong=[
            (only_global, "is missing"),
            (last_two_texts, "is missing"),
            (short_gets, "is missing"),
            (memo_of_texts, "is missing"),
            (runs_it, "ran the pickle"),
            (lambda raw: sorted(named(raw)), "return a set"),
            (lambda raw: {tuple(name.split()) for name in named(raw)}, "one text"),
            (lambda raw: {name.replace(" ", ".") for name in named(raw)}, "is missing"),
            (lambda raw: named(raw) | {"os system"}, "no such name is in the pickle"),
            (lambda raw: {name.split()[0] for name in named(raw)}, "is missing"),
            (lambda raw: {n.replace("__builtin__", "builtins") for n in named(raw)}, "missing"),
            (lambda raw: named(raw) - {"_codecs encode"}, "is missing"),
            (lambda raw: len(named(raw)), "expected a set"),
        ],
    ),
}
