"""`d2l.device`: the device that the book computes on."""

import os
import re

import torch

from d2lutils.errors import BookError


def device() -> torch.device:
    """Return the device to compute on: CUDA where there is one, else Apple's MPS, else the CPU.

    The environment variable `D2L_DEVICE` (`cpu`, `cuda`, `cuda:1`, `mps`) decides otherwise.

    Built by hand in 02/08.

    Returns:
        The device as its tensors report it, `cuda:0` for `cuda`, so that
        `X.to(d2l.device()).device == d2l.device()`.

    Raises:
        BookError: `D2L_DEVICE` names no device, or one that is not available here.
    """
    available = available_devices()
    asked = os.environ.get("D2L_DEVICE", "").strip().lower()
    if not asked:
        return available[0]
    for found in available:
        if asked in (str(found), found.type):  # of several, the first
            return found
    reason = "is not available here" if re.fullmatch(r"cuda(:\d+)?|mps", asked) else "is no device"
    names = ", ".join(map(str, available))
    raise BookError(f"D2L_DEVICE={asked} {reason}; set it to one of: {names}.")


def available_devices() -> list[torch.device]:
    """Return the devices of this machine, the one to prefer first and the CPU last."""
    found = [torch.device("cuda", index) for index in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        found.append(torch.device("mps", 0))
    return [*found, torch.device("cpu")]
