"""`d2l.fit`: the training loop, written once."""

import math
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext, suppress
from copy import deepcopy
from os import PathLike
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau
from tqdm import tqdm  # type: ignore[import-untyped]

from d2lutils.errors import BookError
from d2lutils.training import arguments
from d2lutils.training.batches import length, place, split
from d2lutils.training.history import History, Means, NotFiniteError
from d2lutils.training.mistakes import CheckedLoss, explain
from d2lutils.training.resuming import Run
from d2lutils.training.states import Kept, copies, finite, modes_kept, put_back


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
    checkpoint: str | PathLike[str] | None = None,
    progress: bool = True,
) -> History:
    """Train a network for some epochs, and return what each of them gave.

    The history's lists are `train_loss`, `val_loss`, then `train_…` and `val_…` for each metric,
    and `lr`, the rate at the epoch's first step. Losses and metrics are means of the batches'
    values, each weighted by its number of samples; what is no mean over samples, such as F1 or a
    loss with class weights or `ignore_index`, differs a little from its value on all samples. Those
    of `train` are taken while the network learns. Ctrl-C ends the training and keeps the history.
    So does a loss that is nan or infinite: the weights are put back that were the last at an
    epoch's end to give a finite loss. The optimizer's state is that of its last step in each case.

    Built by hand in 04/12.

    Args:
        net: any Module. It learns in train mode and is judged in eval mode. A part in eval mode
            within a network in train mode, such as a frozen BatchNorm, stays in eval mode. At the
            end each part has the mode that it had.
        train: the batches, gone through once an epoch: a DataLoader, `d2l.loader`, a list. A batch
            is `(X, y)`; or `(X1, X2, …, y)`, passed as `net(X1, X2, …)`; or a dict with the target
            under `y`, `label`, `labels`, `target` or `targets`: one other entry is passed as
            `net(X)`, several by their names. The first dimension of X counts the samples.
        loss: returns the mean over a batch, `loss(y_hat, y)`, as a tensor of one element. A loss
            that is a Module is treated as the network is, but stays in eval mode where it is.
        optimizer: built from the network's parameters, as `SGD(net.parameters(), lr=0.1)` is.
        num_epochs: how often to go through `train`, 1 or more.
        val: batches to judge the network by after each epoch, under `no_grad`: a network that takes
            derivatives itself calls `torch.enable_grad`.
        metrics: functions by name; each returns the mean over a batch, `accuracy(y_hat, y)`.
        scheduler: steps after each batch where it is, or holds, a OneCycleLR or CyclicLR. All
            others step after each epoch: give `T_max` or a LambdaLR's function in epochs.
            ReduceLROnPlateau looks at `val_loss`, without `val` at `train_loss`.
        patience: ends the training after so many epochs without a lower `val_loss`. However it
            ends, unless by an error, the network then gets the `state_dict` of its best epoch.
        device: where to move the network; None leaves it. Batches are moved to the network.
        checkpoint: a folder. After each epoch the state of all that the training needs is written
            there as `last.pt`, and as `best.pt` where the loss that judges was the lowest so far.
            A call that finds them goes on after their last epoch, with the same losses as if
            nothing had happened, in a process of its own too; `num_epochs` counts all epochs. Built
            by hand in 06/18. Workers that persist keep random states of their own, which are lost.
        progress: show a bar on stderr while the training lasts, once it has taken a second.

    Raises BookError on an argument that is not as described and on the usual mistakes. In the first
    epoch this leaves the states of `net`, `optimizer` and `scheduler` as they were.
    """
    data = {"train": train} if val is None else {"train": train, "val": val}
    metrics = {} if metrics is None else metrics
    arguments.check(net, loss, optimizer, scheduler, num_epochs, data, metrics, patience)
    where = place(net, optimizer, device)
    losses = {name: CheckedLoss(loss, net, learns=name == "train") for name in data}
    modules = [net, loss] if isinstance(loss, nn.Module) else [net]
    frozen = [part for part in net.modules() if net.training and not part.training]
    of_loss = set(modules[-1].modules()) - set(net.modules())
    frozen += [part for part in of_loss if not part.training]
    run = None if checkpoint is None else Run(checkpoint, modules, optimizer, scheduler, data)
    before = kept = Kept(0, math.inf, copies(modules))
    others: list[Any] = [optimizer] if scheduler is None else [optimizer, scheduler]
    at_start = [*kept.states, *((other, deepcopy(other.state_dict())) for other in others)]
    by_batch = scheduler if arguments.counts_batches(scheduler) else None
    rows: list[dict[str, float]] = []
    columns = [f"{name}_{measure}" for name in data for measure in ["loss", *metrics]] + ["lr"]
    stopped, epoch = None, 1
    total = num_epochs * sum(map(length, data.values()))
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
                value = losses[name](y_hat, y)
            except Exception as error:
                with suppress(RuntimeError):  # the loss of a batch before may have been nan
                    means.count()
                explain(error, net, [*X, *named.values()], losses[name], y_hat, y)
                raise
            if name == "train":
                optimizer.zero_grad()
                value.backward()
                optimizer.step()
                if by_batch is not None:
                    by_batch.step()
            torch.clear_autocast_cache()  # else autocast goes on with the weights before the step
            means.add(size, value, y_hat, y)
            bar.update()
        return means.result()

    try:
        with bar, modes_kept(modules), run.alone() if run else nullcontext():
            if run is not None and (found := run.begin(columns, num_epochs)):
                rows, kept = found
                before = kept
                bar.update(len(rows) * total // num_epochs)
            for epoch in range(len(rows) + 1, num_epochs + 1):
                if patience is not None and len(rows) - kept.epoch >= patience:
                    break
                bar.set_description(f"epoch {epoch} of {num_epochs}", refresh=False)
                lr = float(optimizer.param_groups[0]["lr"])
                for module in modules:
                    module.train()
                for part in frozen:
                    part.training = False  # of its parts some may be in train mode
                row = go_through("train")
                if val is not None:
                    for module in modules:
                        module.eval()
                    with torch.no_grad():  # training cannot use what inference_mode makes
                        row |= go_through("val")
                judged = row["train_loss" if val is None else "val_loss"]
                if isinstance(scheduler, ReduceLROnPlateau):
                    scheduler.step(judged)
                elif scheduler is not None and by_batch is None:
                    scheduler.step()
                if patience is None or judged < kept.loss:
                    before, kept = kept, Kept(epoch, judged, copies(modules))
                rows.append(row | {"lr": lr})
                if run is not None:
                    run.write(rows, kept)
                at_start.clear()
            if patience is not None and len(rows) - kept.epoch >= patience:
                stopped = f"val_loss was not lower for {patience} epochs"
            if val is None and not finite(modules):
                raise NotFiniteError("a weight is not finite after the last batch")
    except KeyboardInterrupt:
        stopped = f"interrupted in epoch {epoch}"
        print(f"fit stops: {stopped}. The history holds the {len(rows)} whole epochs before.")
    except NotFiniteError as error:
        stopped = f"{error} of epoch {epoch}"
        if val is None and not error.trusted:  # no loss was finite with those of the last epoch
            kept = before
        put_back(kept.states)
        print(
            f"fit stops: {stopped}. The weights are again those after {kept.epoch} epochs. Lower "
            "the learning rate and build a new optimizer, or look for nan in the data."
        )
    except BookError:
        put_back(at_start)
        raise
    if patience is not None and rows:
        put_back(kept.states)
    names = [f"{name}_{measure}" for measure in ["loss", *metrics] for name in data]
    history = History({name: [row[name] for row in rows] for name in [*names, "lr"]})
    history.stopped = stopped
    return history
