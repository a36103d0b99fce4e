"""`d2l.fit`: the training loop, written once."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import deepcopy
from operator import length_hint
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import CyclicLR, LRScheduler, OneCycleLR, ReduceLROnPlateau
from tqdm import tqdm  # type: ignore[import-untyped]

from d2lutils.errors import BookError
from d2lutils.training import arguments
from d2lutils.training.batches import place, split
from d2lutils.training.history import History, Means, NotFiniteError
from d2lutils.training.mistakes import CheckedLoss, explain

EACH_BATCH = (OneCycleLR, CyclicLR)  # made to step after each batch; others step each epoch


def fit(
    net: nn.Module,
    train: Iterable[Any],
    *,
    loss: Callable[..., Tensor],
    optimizer: Optimizer,
    num_epochs: int,
    val: Iterable[Any] | None = None,
    metrics: Mapping[str, Callable[..., Any]] | None = None,
    scheduler: LRScheduler | None = None,
    patience: int | None = None,
    device: torch.device | str | None = None,
    progress: bool = True,
) -> History:
    """Train a network for some epochs, and return what each of them gave.

    The history's lists are `train_loss`, `val_loss`, then `train_…` and `val_…` for each metric,
    and `lr`, the rate at the epoch's first step. Losses and metrics are means over all samples;
    those of `train` are taken while the network learns. Ctrl-C ends the training and keeps the
    history. So does a loss that is nan or infinite: the last whole epoch's weights are put back.

    Built by hand in 04/12.

    Args:
        net: any Module. It learns in train mode and is judged in eval mode. A part in eval mode
            within a network in train mode, such as a frozen BatchNorm, stays in eval mode. At the
            end each part has the mode that it had.
        train: the batches, gone through once an epoch: a DataLoader, `d2l.loader`, a list. A batch
            is `(X, y)`; or `(X1, X2, …, y)`, passed as `net(X1, X2, …)`; or a dict with the target
            under `y`, `label`, `labels`, `target` or `targets`: one other entry is passed as
            `net(X)`, several by their names. The first dimension of X counts the samples.
        loss: returns the mean over a batch, `loss(y_hat, y)`, as a tensor of one element.
        optimizer: built from the network's parameters, as `SGD(net.parameters(), lr=0.1)` is.
        num_epochs: how often to go through `train`, 1 or more.
        val: batches to judge the network by after each epoch, without a graph.
        metrics: functions by name; each returns the mean over a batch, `accuracy(y_hat, y)`.
        scheduler: steps after each batch where it is a OneCycleLR or CyclicLR, else after each
            epoch; ReduceLROnPlateau looks at `val_loss`, without `val` at `train_loss`.
        patience: ends the training after so many epochs without a lower `val_loss`. However it
            ends, the network then gets the weights and buffers of its best epoch.
        device: where to move the network; None leaves it. Batches are moved to the network.
        progress: show a bar on stderr while the training lasts, once it has taken a second.

    Raises BookError on an argument that is not as described and on the usual mistakes. In the first
    epoch this leaves the states of `net`, `optimizer` and `scheduler` as they were.
    """
    data = {"train": train} if val is None else {"train": train, "val": val}
    metrics = {} if metrics is None else metrics
    arguments.check(net, loss, optimizer, scheduler, num_epochs, data, metrics, patience)
    where = place(net, optimizer, device)
    checked_loss = CheckedLoss(loss, net)
    frozen = [part for part in net.modules() if net.training and not part.training]
    kept = _Kept(0, math.inf, _copy(net))
    others: list[Any] = [optimizer] if scheduler is None else [optimizer, scheduler]
    at_start = [(net, kept.state), *((other, deepcopy(other.state_dict())) for other in others)]
    rows: list[dict[str, float]] = []
    stopped = None
    total = num_epochs * sum(map(length_hint, data.values()))
    quiet = {} if progress else {"disable": True}  # else the environment decides
    bar = tqdm(total=total or None, delay=1, leave=False, **quiet)

    def go_through(name: str) -> dict[str, float]:
        """Go through batches once, and learn from those of train; return the means."""
        means = Means(name, metrics)
        for batch in data[name]:
            X, named, y, size = split(batch, where)
            y_hat = None
            try:
                y_hat = net(*X, **named)
                value = checked_loss(y_hat, y)
                if name == "train":
                    optimizer.zero_grad()
                    value.backward()
                    optimizer.step()
            except Exception as error:
                with suppress(RuntimeError):  # the loss of a batch before may have been nan
                    means.count()
                explain(error, net, [*X, *named.values()], checked_loss, y_hat, y)
                raise
            if name == "train" and isinstance(scheduler, EACH_BATCH):
                scheduler.step()
            means.add(size, value, y_hat, y)
            bar.update()
        return means.result()

    try:
        with bar, _modes_kept(net):
            for epoch in range(1, num_epochs + 1):
                bar.set_description(f"epoch {epoch} of {num_epochs}", refresh=False)
                lr = float(optimizer.param_groups[0]["lr"])
                net.train()
                for part in frozen:
                    part.eval()
                row = go_through("train")
                if val is not None:
                    net.eval()
                    with torch.no_grad():  # training cannot use what inference_mode makes
                        row |= go_through("val")
                judged = row["train_loss" if val is None else "val_loss"]
                if isinstance(scheduler, ReduceLROnPlateau):
                    scheduler.step(judged)
                elif scheduler is not None and not isinstance(scheduler, EACH_BATCH):
                    scheduler.step()
                if patience is None or judged < kept.loss:
                    kept = _Kept(epoch, judged, _copy(net))
                rows.append(row | {"lr": lr})
                if patience is not None and epoch - kept.epoch >= patience:
                    stopped = f"val_loss was not lower for {patience} epochs"
                    break
    except KeyboardInterrupt:
        stopped = f"interrupted in epoch {epoch}"
        print(f"fit stops: {stopped}. The history holds the {len(rows)} whole epochs before.")
    except NotFiniteError as error:
        stopped = f"{error} of epoch {epoch}"
        net.load_state_dict(kept.state)
        print(
            f"fit stops: {stopped}. The weights are again those after {kept.epoch} epochs. Lower "
            "the learning rate and build a new optimizer, or look for nan in the data."
        )
    except BookError:
        if not rows:
            for part, state in at_start:
                part.load_state_dict(state)
        raise
    if patience is not None and rows:
        net.load_state_dict(kept.state)
    names = [f"{name}_{measure}" for measure in ["loss", *metrics] for name in data]
    history = History({name: [row[name] for row in rows] for name in [*names, "lr"]})
    history.stopped = stopped
    return history


class _Kept(NamedTuple):
    """The epoch that a network may go back to, the loss that judged it, and its weights then."""

    epoch: int
    loss: float
    state: dict[str, Any]


def _copy(net: nn.Module) -> dict[str, Any]:
    """Return what net.load_state_dict puts back; a deep copy would take ten times as long."""
    state = net.state_dict()
    for name, value in state.items():
        state[name] = value.clone() if isinstance(value, Tensor) else deepcopy(value)
    return state


@contextmanager
def _modes_kept(net: nn.Module) -> Iterator[None]:
    """Give each part of a network back the mode that it has now."""
    modes = {part: part.training for part in net.modules()}
    try:
        yield
    finally:
        for part, training in modes.items():
            part.training = training
