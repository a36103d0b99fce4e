"""`d2l.device`: the device that the book computes on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from d2lutils.errors import BookError, one_line


def device() -> torch.device:
    """Return the device to compute on: the accelerator that PyTorch finds, else the CPU.

    Accelerators are NVIDIA's and AMD's (`cuda`), Apple's (`mps`), Intel's (`xpu`), and whatever
    else `torch.accelerator` knows. The environment variable `D2L_DEVICE` (`cpu`, `cuda`,
    `cuda:1`, `mps`, `xpu` …) decides otherwise. The device is named as its tensors report it,
    `cuda:0` for `cuda`, so that `X.to(d2l.device()).device == d2l.device()`.

    Built by hand in 02/12. Raises BookError where `D2L_DEVICE` names no device, or one that is
    not available here.
    """
    available = available_devices()
    asked = " ".join(os.environ.get("D2L_DEVICE", "").split()).lower()
    if not asked:
        return available[0]
    for found in available:
        if asked in (found.type, f"{found.type}:{found.index or 0}"):  # of several, the first
            return found
    try:
        torch.device(asked)  # says nothing of the number: 256 is taken for 0
        reason = "is not available here"
    except RuntimeError:
        reason = "is no device"
    names = ", ".join(map(str, available))
    raise BookError(f"D2L_DEVICE={asked:.50} {reason}; set it to one of: {names}.")


def available_devices() -> list[torch.device]:
    """Return the devices of this machine, the one to prefer first and the CPU last."""
    cpu = torch.device("cpu")
    accelerator = torch.accelerator.current_accelerator()  # that this PyTorch was built for
    if accelerator is None or not torch.accelerator.is_available():
        return [cpu]
    count = max(1, torch.accelerator.device_count())
    return [*(torch.device(accelerator.type, index) for index in range(count)), cpu]


@contextmanager
def moving_to(device: object) -> Iterator[None]:
    """Turn what PyTorch says of a `device` that a reader passed into one line."""
    try:
        yield
    except (RuntimeError, TypeError, AssertionError) as error:  # the last: no CUDA in PyTorch
        told = f"device={one_line(repr(device), 50)}: {one_line(error)}"
        raise BookError(f"{told}… Pass d2l.device() or None.") from None
