"""What a training gave, epoch by epoch, and the means that stand in it."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from d2lutils.errors import BookError, one_line

NO_BATCH = "gives no batch: it is empty, used up, or left out the last one by drop_last=True."


class History(dict[str, list[float]]):
    """A dict of lists, one number for each whole epoch: `pandas.DataFrame(history)` is a table.

    `stopped` says why the training ended before its last epoch; it is None where it did not.
    """

    stopped: str | None = None

    @property
    def best_epoch(self) -> int | None:
        """The epoch, counted from 1, with the lowest `val_loss`; `train_loss` without one."""
        losses = self.get("val_loss") or self.get("train_loss")
        return losses.index(min(losses)) + 1 if losses else None

    def __repr__(self) -> str:
        told = f"History of {len(self.get('train_loss', []))} epochs"
        if best := self.best_epoch:
            found = ", ".join(f"{name} {values[best - 1]:.4g}" for name, values in self.items())
            told += f"; best epoch {best}: {found}"
        return f"<{told}; stopped: {self.stopped}>" if self.stopped else f"<{told}>"


class NotFiniteError(Exception):
    """A loss is nan or infinite; the message says in which batch.

    The weights before its epoch are to be trusted where a batch of that epoch gave a finite loss.
    """

    def __init__(self, told: str, *, trusted: bool = False) -> None:
        super().__init__(told)
        self.trusted = trusted


class Means:
    """The means over the batches of an epoch: each counts as much as it has samples."""

    together = 50  # to ask a GPU for a number is to wait for it: this many batches ask at a time

    def __init__(self, data: str, metrics: Mapping[str, Callable[..., Any]]) -> None:
        self.data, self.metrics = data, metrics.values()
        self.names = [f"{data}_{measure}" for measure in ["loss", *metrics]]
        self.totals, self.samples, self.batches = [0.0] * len(self.names), 0.0, 0
        self.waiting: list[tuple[Any, ...]] = []

    def add(self, size: int, loss: Tensor, y_hat: Any, y: Any) -> None:
        """Add a batch's loss and metrics, to be counted when enough of them wait."""
        found = []
        if self.metrics:
            y_hat = y_hat.detach() if isinstance(y_hat, Tensor) else y_hat
            with torch.no_grad():
                found = [metric(y_hat, y) for metric in self.metrics]
            found = [n.detach() if isinstance(n, Tensor) else n for n in found]
        self.waiting.append((size, loss.detach(), *found))
        if len(self.waiting) == self.together:
            self.count()

    def count(self) -> None:
        """Count what waits; raise NotFiniteError at the first loss that is not finite."""
        columns = map(_numbers, ["", *self.names], zip(*self.waiting, strict=True))
        for size, *numbers in zip(*columns, strict=True):
            self.batches += 1
            if not math.isfinite(numbers[0]):
                told = f"{self.names[0]} is {numbers[0]} in batch {self.batches}"
                raise NotFiniteError(told, trusted=self.batches > 1)
            self.totals = [t + n * size for t, n in zip(self.totals, numbers, strict=True)]
            self.samples += size
        self.waiting.clear()

    def result(self) -> dict[str, float]:
        """Return the mean of each measure by its name; raise BookError where no batch came."""
        self.count()
        if not self.samples:
            raise BookError(f"{self.data} {NO_BATCH}")
        return {n: t / self.samples for n, t in zip(self.names, self.totals, strict=True)}


def _numbers(name: str, values: Any) -> list[float]:
    """Return a measure's numbers; those of several tensors leave their device in one step."""
    try:
        if all(isinstance(value, Tensor) for value in values):
            values = torch.stack([value.reshape(()) for value in values]).tolist()
        return [float(value) for value in values]
    except (TypeError, ValueError, RuntimeError, IndexError):
        told = one_line(repr(values[0]), 40)
        raise BookError(f"{name} gets {told} from metrics: return one number, a mean.") from None
