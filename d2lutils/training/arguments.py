"""What fit is called with: refused in one line where no training can begin."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from types import FunctionType
from typing import Any

from torch import nn
from torch.nn.parameter import is_lazy
from torch.optim import LBFGS, Optimizer
from torch.optim.lr_scheduler import CyclicLR, LRScheduler, OneCycleLR
from torch.utils.data import Dataset, IterableDataset

from d2lutils.errors import BookError, check_count, one_line
from d2lutils.training.batches import length
from d2lutils.training.history import NO_BATCH


def check(
    net: Any,
    loss: Any,
    optimizer: Any,
    scheduler: Any,
    num_epochs: Any,
    data: Mapping[str, Any],
    metrics: Any,
    patience: Any,
) -> None:
    """Raise BookError at an argument of fit with which no training can begin."""
    objects: dict[str, tuple[Any, Any, str]] = {
        "net": (net, nn.Module, "torch.nn.Linear(4, 1)"),
        "loss": (loss, Callable, "torch.nn.MSELoss()"),
        "optimizer": (optimizer, Optimizer, "torch.optim.SGD(net.parameters(), lr=0.1)"),
        "scheduler": (scheduler, LRScheduler | None, "StepLR(optimizer, step_size=10)"),
    }
    for name, (value, kind, example) in objects.items():
        if isinstance(value, type) or not isinstance(value, kind):
            told = one_line(repr(value), 60)
            raise BookError(f"{name} takes an object such as {example}, not {told}.")
    check_count("num_epochs", num_epochs)
    if patience is not None:
        check_count("patience", patience)
        if "val" not in data:
            raise BookError("patience looks at the loss on val: pass val, or leave patience out.")
    named = isinstance(metrics, Mapping) and "loss" not in metrics
    if not named or not all(map(callable, metrics.values())):
        raise BookError('metrics takes functions by name, {"error": error}, but none named "loss".')
    for name, batches in data.items():
        _check_batches(name, batches, num_epochs)
    if getattr(loss, "reduction", "mean") == "sum":
        raise BookError('loss gives sums, and history holds means: take reduction="mean".')
    _check_optimizer(net, loss, optimizer)
    _check_scheduler(scheduler, optimizer, num_epochs * length(data["train"]))


def _check_batches(name: str, batches: Any, num_epochs: int) -> None:
    kind = type(batches).__name__
    single = isinstance(batches, Dataset) and not isinstance(batches, IterableDataset)
    if single or not isinstance(batches, Iterable):
        remedy = "torch.utils.data.DataLoader(…, batch_size=64)" if single else "d2l.loader((X, y))"
        raise BookError(f"{name} takes batches, not {kind}: pass {remedy}.")
    if length(batches, 1) == 0:
        raise BookError(f"{name} {NO_BATCH}")
    restarts = isinstance(type(batches).__iter__, FunctionType)  # it may, where written in Python
    if num_epochs > 1 and isinstance(batches, Iterator) and not restarts:
        told = f"{name} is a {kind}, which is used up after one epoch"
        raise BookError(f"{told}: pass list({name}), or a loader.")


def _check_optimizer(net: nn.Module, loss: Any, optimizer: Optimizer) -> None:
    if isinstance(optimizer, LBFGS):
        raise BookError(
            "LBFGS asks for the loss several times a step, and fit gives it once: take SGD."
        )
    mine = {p: name for name, p in net.named_parameters()}
    if any(is_lazy(tensor) for tensor in chain(mine, net.buffers())):
        raise BookError("net has lazy layers that have seen no data: call net(X) once before fit.")
    if isinstance(loss, nn.Module):
        mine = {p: f"loss.{name}" for name, p in loss.named_parameters()} | mine
    held = {p for group in optimizer.param_groups for p in group["params"]}
    left_out = [name for p, name in mine.items() if p.requires_grad and p not in held]
    if not held & mine.keys() or (left_out and held - mine.keys()):
        raise BookError(
            "optimizer holds parameters that are not the network's: it was built for another one, "
            "or before this one was changed or moved. Build it again from net.parameters()."
        )
    if left_out:
        told = f"{len(left_out)} parameters that require a gradient, such as {left_out[0]}"
        print(f"fit: the optimizer leaves out {told}: they stay as they are.")


def counts_batches(scheduler: Any) -> bool:
    """Return whether a scheduler, or one that it is made of, was made to step after each batch."""
    parts = getattr(scheduler, "_schedulers", ())
    return isinstance(scheduler, OneCycleLR | CyclicLR) or any(map(counts_batches, parts))


def _check_scheduler(scheduler: Any, optimizer: Optimizer, steps: int) -> None:
    if getattr(scheduler, "optimizer", optimizer) is not optimizer:
        raise BookError("scheduler sets the rate of another optimizer: build it from this one.")
    if getattr(scheduler, "mode", "min") == "max":
        raise BookError('scheduler looks at a loss, which is to fall: take mode="min", not "max".')
    if isinstance(scheduler, OneCycleLR) and steps > scheduler.total_steps - scheduler.last_epoch:
        left = scheduler.total_steps - scheduler.last_epoch
        told = f"scheduler has {left} steps left, and the epochs have {steps} batches"
        raise BookError(f"{told}: build it with total_steps={steps}.")
