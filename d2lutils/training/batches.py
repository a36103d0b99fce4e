"""Batches as loaders give them, and the device where they meet the network."""

from collections.abc import Mapping
from itertools import chain
from operator import length_hint
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from d2lutils.devices import moving_to
from d2lutils.errors import BookError

TARGETS = {"y", "label", "labels", "target", "targets"}
_SEQUENCES = (tuple, list)


def length(batches: Any, unknown: int = 0) -> int:
    """Return how many batches there are, where that is known."""
    try:
        return length_hint(batches, unknown)
    except NotImplementedError:
        return unknown


def place(net: nn.Module, optimizer: Optimizer, device: torch.device | str | None) -> torch.device:
    """Return the device to train on, after moving the network where the reader named one."""
    devices = [tensor.device for tensor in chain(net.parameters(), net.buffers())]
    if device is None:
        return devices[0]
    with moving_to(device):
        number = torch.zeros(1, device=device)
        number.item()  # there is none on meta
    wanted = number.device
    if any(found != wanted for found in devices):
        if optimizer.state or torch.__future__.get_overwrite_module_params_on_conversion():
            raise BookError(
                f"optimizer was built for a network on {devices[0]}: move the network first, "
                f"net.to({str(wanted)!r}), then build its optimizer, then call fit."
            )
        net.to(wanted)
    return wanted


def split(batch: Any, where: torch.device) -> tuple[list[Any], dict[str, Any], Any, int]:
    """Return a batch's inputs, those that go by name, its target, and its number of samples."""
    X, named = [], {}
    if isinstance(batch, _SEQUENCES) and len(batch) > 1:
        *X, y = [moved(value, where) for value in batch]
    elif isinstance(batch, Mapping):
        named = {name: moved(value, where) for name, value in batch.items()}
        targets = TARGETS & named.keys()
        if len(targets) != 1 or len(named) < 2:
            told = ", ".join(map(repr, named))
            raise BookError(f"A batch is a dict of {told:.80}: give inputs, and the target as 'y'.")
        y = named.pop(*targets)
        if len(named) == 1:
            X = [named.popitem()[1]]
    else:
        kind = type(batch).__name__
        raise BookError(f"A batch is a {kind}, not a pair (X, y): d2l.loader((X, y)) makes pairs.")
    for value in (*X, *named.values(), y):
        if isinstance(value, Tensor) and value.dim():
            return X, named, y, len(value)
    return X, named, y, 1


def moved(value: Any, where: torch.device) -> Any:
    """Return a part of a batch on the device; what holds no tensors as it is."""
    if isinstance(value, Tensor):
        if value.device == where:
            return value
        # A GPU copies from pinned memory while the CPU goes on.
        return value.to(where, non_blocking=where.type == "cuda")
    if hasattr(value, "to"):
        return value.to(where)
    if isinstance(value, Mapping):
        return {name: moved(part, where) for name, part in value.items()}
    if isinstance(value, _SEQUENCES):
        parts = [moved(part, where) for part in value]
        return value._make(parts) if hasattr(value, "_make") else type(value)(parts)
    return value
