"""`d2l.save_checkpoint` and `d2l.load_checkpoint`."""

import re
from collections.abc import Mapping
from copy import deepcopy
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from d2lutils.checkpoints.random_states import get_random_states, set_random_states
from d2lutils.checkpoints.reading import FORMAT, MARK, read, seal
from d2lutils.checkpoints.writing import file_system_error, refusals, whole_file
from d2lutils.downloading.places import at_home
from d2lutils.errors import BookError, one_line


def save_checkpoint(path: str | PathLike[str], /, **parts: Any) -> Path:
    """Write what a training needs to go on into one file, and return its path.

    The file is whole or not there: it takes the place of an older one in a single step, when all of
    it is on disk. A process that is killed, or a disk that is full, leaves the older file as it
    was. The states of all random numbers are saved too: Python's, NumPy's, torch's and those of the
    GPUs in use. Folders that are missing are made.

    Built by hand in 06/18.

    Args:
        path: the file, by custom with the ending `.pt`.
        parts: what to save, by name, such as `net=net, optimizer=optimizer, epoch=3`. Of an object
            with a `state_dict`, and of a `torch.Generator`, its state is saved; of all else the
            value itself: numbers, text, tensors; lists, tuples and dicts of them.

    Raises BookError where a part holds another kind of value, which a safe reader would refuse,
    and where the file cannot be written. Nothing is changed then.
    """
    file = at_home(path, "path")
    if not parts:
        raise BookError("save_checkpoint takes what to save by name: net=net, optimizer=optimizer.")
    states = {name: _state(part) for name, part in parts.items() if _has_state(name, part)}
    values = {name: part for name, part in parts.items() if name not in states}
    content = {
        MARK: FORMAT,
        "kinds": {name: type(parts[name]).__name__ for name in states},
        "shapes": {name: _shapes(parts[name]) for name in states},
        "states": states,
        "values": values,
        "random": get_random_states(),
    }
    with refusals(file), whole_file(file) as written:
        try:
            torch.save(content, written)
            seal(written)
            written.seek(0)
            torch.load(written, map_location="meta", weights_only=True)
        except Exception as error:
            if file_system_error(error):
                raise
            raise BookError(_foreign(states | values, error)) from None
    return file


def load_checkpoint(
    path: str | PathLike[str], /, *, random_states: bool = True, **parts: Any
) -> dict[str, Any]:
    """Put the states in a checkpoint back into the objects given, and return its other values.

    Either every part takes its state or, where one does not fit, all stay as they were. The file's
    checksum is compared first, and nothing in it is run.

    Built by hand in 06/18.

    Args:
        path: a file that `d2l.save_checkpoint` wrote.
        random_states: also put back the states of Python's, NumPy's, torch's and the GPUs' random
            numbers, so that a training goes on as it would have. False leaves them as they are.
        parts: the objects that get their state back, by the names that they were saved under:
            `net=net, optimizer=optimizer`. Those that are left out of the call are passed over.

    Returns what was saved and is no state, by name, such as `{"epoch": 3}`; tensors are on the CPU.

    Raises BookError where the file is missing, cut off, damaged, of another kind, or written by a
    newer version; and where a part was not saved, or is not of the shape or kind that was saved.
    """
    file = at_home(path, "path")
    return put_back(read(file), file, parts, random_states=random_states)


def put_back(
    content: dict[str, Any], file: Path, parts: Mapping[str, Any], *, random_states: bool
) -> dict[str, Any]:
    """Do what load_checkpoint does with what was read from a file, which messages name."""
    states = content["states"]
    for name, part in parts.items():
        if not _has_state(name, part):
            told = f"{name} takes an object to fill, not {one_line(repr(part), 40)}"
            raise BookError(f"{told}. Values such as an epoch are in what load_checkpoint returns.")
        if name not in states:
            raise BookError(f"{file.name} holds no state of {name}: it has {', '.join(states)}.")
        kind = content["kinds"][name]
        if isinstance(part, Optimizer | LRScheduler) and type(part).__name__ != kind:
            told = f"{name} was saved as {kind}, and is {type(part).__name__}"
            raise BookError(f"{told}: build one of the kind that was saved.")
        if isinstance(part, Optimizer) and _shapes(part) != content["shapes"][name]:
            told = f"{name} has parameters of other shapes than {file.name} was saved with"
            raise BookError(f"{told}: build it from a network like the one that was saved.")
    before = {name: deepcopy(_state(part)) for name, part in parts.items()}
    for name, part in parts.items():
        try:
            _fill(part, states[name])
        except Exception as error:
            for changed, state in before.items():
                _fill(parts[changed], state)
            told = f"{file.name} does not fit {name}, and nothing was changed"
            raise BookError(f"{told}: {one_line(error, 300)}") from None
    if random_states:
        set_random_states(content["random"])
    values: dict[str, Any] = content["values"]
    return values


def _has_state(name: str, part: Any) -> bool:
    if isinstance(part, type):
        raise BookError(f"{name} is the class {part.__name__}: pass an object made of it.")
    methods = hasattr(part, "state_dict") and hasattr(part, "load_state_dict")
    return methods or isinstance(part, Generator)


def _state(part: Any) -> Any:
    return part.get_state() if isinstance(part, Generator) else part.state_dict()


def _shapes(part: Any) -> list[list[list[int]]]:
    """Return the shapes of an optimizer's parameters, which its state leaves out."""
    groups = part.param_groups if isinstance(part, Optimizer) else []
    return [[list(parameter.shape) for parameter in group["params"]] for group in groups]


def _fill(part: Any, state: Any) -> None:
    if isinstance(part, Generator):
        part.set_state(state)
        return
    if isinstance(part, nn.Module):
        for name, mine in part.state_dict().items():
            saved = state.get(name, mine)
            both = isinstance(mine, Tensor) and isinstance(saved, Tensor)
            if both and mine.dtype != saved.dtype:  # which load_state_dict would convert
                raise TypeError(f"{name} was saved as {saved.dtype} and is {mine.dtype}.")
    part.load_state_dict(state)


def _foreign(parts: Mapping[str, Any], error: Exception) -> str:
    """Return which part a safe reader refuses, and why."""
    for name, part in parts.items():
        with BytesIO() as file:
            try:
                torch.save(part, file)
                file.seek(0)
                torch.load(file, weights_only=True)
            except Exception as refusal:
                found = re.search(r"GLOBAL (\S+)", str(refusal))
                kind = found[1] if found else type(part).__name__
                if kind.endswith("UninitializedParameter"):
                    return f"{name} has lazy layers that have seen no data: call it once before."
                return (
                    f"{name} holds {kind}, which torch.load refuses with weights_only=True: save "
                    "numbers, text, tensors; or lists, tuples and dicts of them."
                )
    return f"The checkpoint cannot be read back: {one_line(error)}"
