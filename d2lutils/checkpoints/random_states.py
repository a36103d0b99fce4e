"""Where the streams of random numbers stand: Python's, NumPy's, torch's and the GPUs'."""

import random
from typing import Any

import numpy as np
import torch


def get_random_states() -> dict[str, Any]:
    """Return the states as tensors and plain data, which torch.load takes with weights_only."""
    name, keys, *rest = np.random.get_state()
    states = {
        "python": random.getstate(),
        "numpy": (name, torch.from_numpy(np.asarray(keys, np.int64)), *rest),
        "torch": torch.get_rng_state(),
    }
    module = _of_accelerator()
    if module is not None:
        every = getattr(module, "get_rng_state_all", lambda: [module.get_rng_state()])
        states["accelerator"] = every()
    return states


def set_random_states(states: dict[str, Any]) -> None:
    """Put every stream back to where it stood; those of GPUs that this machine lacks are left."""
    name, keys, *rest = states["numpy"]
    np.random.set_state((name, keys.numpy().astype(np.uint32), *rest))
    random.setstate(states["python"])
    torch.set_rng_state(states["torch"])
    module = _of_accelerator()
    if module is not None:
        for index, state in enumerate(states.get("accelerator", [])):
            if hasattr(module, "get_rng_state_all") and index < torch.accelerator.device_count():
                module.set_rng_state(state, index)
            elif index == 0:
                module.set_rng_state(state)  # MPS has one


def _of_accelerator() -> Any:
    """Return torch.cuda, torch.xpu or torch.mps where it is in use, else None."""
    accelerator = torch.accelerator.current_accelerator(check_available=True)
    if accelerator is None:
        return None
    module = torch.get_device_module(accelerator)
    return module if getattr(module, "is_initialized", lambda: True)() else None
