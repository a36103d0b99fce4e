"""Answers to the exercises of 06/15, weights that others made."""

import json
import math
from hashlib import sha256
from struct import unpack

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import load

from check_cases import NOT_NEGATIVE, WHOLE, Cases


def peek(path):
    with safe_open(path, framework="pt") as file:
        notes = file.metadata() or {}
        sizes = [file.get_slice(key).get_shape() for key in file.keys()]  # noqa: SIM118
    return json.loads(notes.get("settings", "{}")), sum(math.prod(size) for size in sizes)


def by_hand(path):
    with open(path, "rb") as file:
        (length,) = unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    notes = header.pop("__metadata__", {})
    count = 0
    for entry in header.values():
        count += math.prod(entry["shape"])
    return [json.loads(notes["settings"]) if "settings" in notes else {}, count]


def by_loading(path):
    with safe_open(path, "pt") as file:
        settings = json.loads((file.metadata() or {}).get("settings", "{}"))
    return settings, sum(tensor.numel() for tensor in load_file(path).values())


def no_metadata_forgotten(path):
    with safe_open(path, framework="pt") as file:
        notes = file.metadata()
        return json.loads(notes.get("settings", "{}")), peek(path)[1]


def no_key_forgotten(path):
    with safe_open(path, framework="pt") as file:
        notes = file.metadata()
        return json.loads(notes["settings"]) if notes else {}, peek(path)[1]


def all_metadata(path):
    with safe_open(path, framework="pt") as file:
        return file.metadata() or {}, peek(path)[1]


def the_text(path):
    with safe_open(path, framework="pt") as file:
        return (file.metadata() or {}).get("settings", {}), peek(path)[1]


def tensors_counted(path):
    with safe_open(path, framework="pt") as file:
        return peek(path)[0], len(list(file.keys()))


def sizes_added(path):
    with safe_open(path, framework="pt") as file:
        sizes = [file.get_slice(key).get_shape() for key in file.keys()]  # noqa: SIM118
    return peek(path)[0], sum(sum(size) for size in sizes)


def scalars_forgotten(path):
    with safe_open(path, framework="pt") as file:
        sizes = [file.get_slice(key).get_shape() for key in file.keys()]  # noqa: SIM118
    return peek(path)[0], sum(math.prod(size) for size in sizes if size)


def bytes_counted(path):
    tensors = load_file(path).values()
    return peek(path)[0], sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def load_listed(path, sums):
    digest = sha256(path.read_bytes()).hexdigest()
    if f"{digest}  {path.name}" not in sums.splitlines():
        raise ValueError(f"{path.name} is not the file that is listed")
    return torch.load(path, map_location="cpu")


def by_a_dict(path, sums):
    known = {}
    for line in sums.splitlines():
        digest, name = line.split("  ", 1)
        known[name] = digest
    with open(path, "rb") as file:
        found = sha256(file.read()).hexdigest()
    if known.get(path.name) != found:
        raise ValueError("not listed")
    return torch.load(path, map_location=torch.device("cpu"), weights_only=True)


def with_the_place_alone(path, sums):
    found = sha256(path.read_bytes()).hexdigest()
    for line in sums.splitlines():
        if line == f"{found}  {path.name}":
            return torch.load(path, "cpu")
    raise ValueError(f"{path.name}: {found}")


def with_a_place_function(path, sums):
    if f"{sha256(path.read_bytes()).hexdigest()}  {path.name}" in sums.splitlines():
        return torch.load(path, map_location=lambda storage, place: storage)
    raise ValueError


def with_load_by_its_own_name(path, sums):
    if f"{sha256(path.read_bytes()).hexdigest()}  {path.name}" in sums.splitlines():
        return load(path, map_location="cpu")
    raise ValueError


def by_its_module(path, sums):
    if f"{sha256(path.read_bytes()).hexdigest()}  {path.name}" in sums.splitlines():
        return torch.serialization.load(path, map_location="cpu")
    raise ValueError


def loads_first_by_its_own_name(path, sums):
    weights = load(path, map_location="cpu")
    load_listed(path, sums)
    return weights


def with_no_place_from_a_function(path, sums):
    if f"{sha256(path.read_bytes()).hexdigest()}  {path.name}" in sums.splitlines():
        return torch.load(path, map_location=lambda storage, place: None)
    raise ValueError


def anywhere_in_the_text(path, sums):
    if sha256(path.read_bytes()).hexdigest() not in sums:
        raise ValueError
    return torch.load(path, map_location="cpu")


def line_anywhere(path, sums):
    if f"{sha256(path.read_bytes()).hexdigest()}  {path.name}" not in sums:
        raise ValueError
    return torch.load(path, map_location="cpu")


def split_at_spaces(path, sums):
    known = {line.split()[1]: line.split()[0] for line in sums.splitlines()}
    if known.get(path.name) != sha256(path.read_bytes()).hexdigest():
        raise ValueError
    return torch.load(path, map_location="cpu")


def missing_name_raises_key_error(path, sums):
    known = {name: digest for digest, name in (line.split("  ") for line in sums.splitlines())}
    if known[path.name] != sha256(path.read_bytes()).hexdigest():
        raise ValueError
    return torch.load(path, map_location="cpu")


def loads_first(path, sums):
    weights = torch.load(path, map_location="cpu")
    load_listed(path, sums)
    return weights


def trusts_the_hash(path, sums):
    load_listed(path, sums)
    return torch.load(path, map_location="cpu", weights_only=False)


def stays_on_its_device(path, sums):
    if f"{sha256(path.read_bytes()).hexdigest()}  {path.name}" not in sums.splitlines():
        raise ValueError
    return torch.load(path)


def asserts(path, sums):
    assert f"{sha256(path.read_bytes()).hexdigest()}  {path.name}" in sums.splitlines()
    return torch.load(path, map_location="cpu")


def returns_none(path, sums):
    if f"{sha256(path.read_bytes()).hexdigest()}  {path.name}" in sums.splitlines():
        return torch.load(path, map_location="cpu")
    return None


def names_only(path, sums):
    return list(load_listed(path, sums))


def reads_no_list(path, sums):
    return torch.load(path, map_location="cpu")


CASES = {
    "06.15a": Cases(
        solution=peek,
        also_right=[by_hand, by_loading],
        equivalent={
            f"return (json.loads(notes.get('settings', '{{}}')), {change})": why
            for change, why in {
                "abs(sum((math.prod(size) for size in sizes)))": NOT_NEGATIVE,
                "int(sum((math.prod(size) for size in sizes)))": WHOLE,
                "abs(count)": NOT_NEGATIVE,
                "int(count)": WHOLE,
            }.items()
        },
        wrong=[
            (no_metadata_forgotten, "for a file without metadata: your function raised Attribute"),
            (
                no_key_forgotten,
                'metadata without the key "settings": your function raised KeyError',
            ),
            (all_metadata, 'what stands under the key "settings"'),
            (the_text, "`json.loads` makes the settings of it"),
            (tensors_counted, "how many tensors there are"),
            (sizes_added, "multiply the sizes"),
            (scalars_forgotten, "a tensor of no dimensions holds one number"),
            (bytes_counted, "add up the products of the shapes"),
            (lambda path: peek(path)[0], "return 2 values"),
            (lambda path: (peek(path)[0], torch.tensor(peek(path)[1])), "should be an int"),
            (lambda path: (peek(path)[0], float(peek(path)[1])), "expected a number (int)"),
            (lambda path: peek(path) and None, "returned None"),
        ],
    ),
    "06.15b": Cases(
        solution=load_listed,
        also_right=[
            by_a_dict,
            with_the_place_alone,
            with_a_place_function,
            with_load_by_its_own_name,
            by_its_module,
        ],
        wrong=[
            (anywhere_in_the_text, "the hash under another name"),
            (line_anywhere, "a list with a longer name only"),
            (split_at_spaces, "for a name with a space: your function raised ValueError"),
            (missing_name_raises_key_error, "expected a ValueError, your function raised KeyError"),
            (loads_first, "loaded before it was refused"),
            (loads_first_by_its_own_name, "loaded before it was refused"),
            (trusts_the_hash, "`weights_only=False` lets the file run code"),
            (stays_on_its_device, "a file from a GPU would fail"),
            (with_no_place_from_a_function, "a file from a GPU would fail"),
            (asserts, "your function raised AssertionError"),
            (returns_none, "no ValueError came"),
            (names_only, "as it is"),
            (reads_no_list, "no ValueError came"),
        ],
    ),
}
