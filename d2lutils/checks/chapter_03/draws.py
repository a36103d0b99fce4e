"""Watches from which generator an answer draws its order."""

from typing import Any

import torch
from torch.overrides import TorchFunctionMode


class Draws(TorchFunctionMode):
    """Inside a `with`, notes how long an order `randperm` drew, and from which generator."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[tuple[int, torch.Generator | None]] = []

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func is torch.randperm and args:
            self.made.append((int(args[0]), (kwargs or {}).get("generator")))
        return func(*args, **(kwargs or {}))
