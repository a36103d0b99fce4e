"""The folder that a training writes its checkpoints to, and goes on from."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from operator import itemgetter
from os import PathLike
from pathlib import Path
from typing import Any

from torch import Generator, Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from d2lutils.checkpoints.files import put_back, save_checkpoint
from d2lutils.checkpoints.reading import read
from d2lutils.checkpoints.writing import alone, refusals
from d2lutils.downloading.places import at_home
from d2lutils.errors import BookError, one_line
from d2lutils.training.batches import length
from d2lutils.training.states import Kept, copies, finite

LAST, BEST = "last.pt", "best.pt"


class Run:
    """A training that writes its state to a folder after each epoch, and goes on from there."""

    def __init__(
        self,
        folder: str | PathLike[str],
        modules: list[nn.Module],
        optimizer: Optimizer,
        scheduler: LRScheduler | None,
        data: Mapping[str, Any],
    ) -> None:
        self.folder = at_home(folder, "checkpoint")
        if self.folder.is_file():
            raise BookError(f"checkpoint takes a folder, and {self.folder} is a file.")
        # A loss that holds nothing may be a function in another process.
        self.modules = [part for part in modules if part is modules[0] or part.state_dict()]
        self.written = False
        others = {"optimizer": optimizer} | ({} if scheduler is None else {"scheduler": scheduler})
        self.parts: dict[str, Any] = dict(zip(["net", "loss"], self.modules, strict=False)) | others
        for name, batches in data.items():
            for index, generator in enumerate(_generators(batches)):
                self.parts[f"{name}_generator_{index}"] = generator
        # What the reader chose, before anything was trained.
        self.settings = {name: _settings(part) for name, part in others.items()}
        for name, batches in data.items():
            size = getattr(batches, "batch_size", None)
            self.settings[name] = {"batches": length(batches, -1), "batch_size": size}

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep a second training out of the folder."""
        lock = self.folder / ".lock"
        with refusals(lock):
            self.folder.mkdir(parents=True, exist_ok=True)
            lock.touch()
        told = f"Another training writes to {self.folder}: give this one a folder of its own."
        with alone(lock, told, patience=0.0):
            yield

    def begin(
        self, columns: list[str], num_epochs: int
    ) -> tuple[list[dict[str, float]], Kept] | None:
        """Return the epochs that the folder holds, one dict each, and what is kept of the best.

        All parts then have the states of the last one's end. Returns None where there are none.
        """
        found = [self.folder / name for name in (LAST, BEST)]
        path = next((path for path in found if path.exists()), None)
        if path is None:
            return None
        content = read(path)
        self._check(path, content["values"], columns, num_epochs)
        values = put_back(content, path, self.parts, random_states=True)
        rows, kept = values["rows"], values["kept"]
        print(f"fit goes on after epoch {len(rows)} of {num_epochs}.")
        if kept is None:
            return rows, Kept(len(rows), rows[-1][_judged(rows)], copies(self.modules))
        states = list(zip(self.modules, kept["states"], strict=True))
        return rows, Kept(kept["epoch"], kept["loss"], states)

    def write(self, rows: list[dict[str, float]], kept: Kept) -> None:
        """Write the state after an epoch; that with the lowest loss also under a name of its own.

        What is not finite is no state to go on from, and is not written. A folder that took files
        and takes no more is no reason to end a training.
        """
        if not finite(self.modules):
            return
        older = None
        if kept.epoch != len(rows):
            states = [state for part, state in kept.states if part in self.modules]
            older = {"epoch": kept.epoch, "loss": kept.loss, "states": states}
        values = {"epoch": len(rows), "rows": rows, "settings": self.settings, "kept": older}
        best = min(rows, key=itemgetter(_judged(rows))) is rows[-1]
        try:
            for name in [BEST, LAST] if best else [LAST]:
                save_checkpoint(self.folder / name, **self.parts, **values)
        except BookError as error:
            if not self.written:
                raise
            print(f"fit goes on without a checkpoint of epoch {len(rows)}: {error}")
        self.written = True

    def _check(self, path: Path, values: dict[str, Any], columns: list[str], epochs: int) -> None:
        """Raise BookError where this training is another one than that in the folder."""
        if "rows" not in values or "settings" not in values:
            raise BookError(f"{path} was not written by fit: give a new folder.")
        remedy = "Build optimizer and scheduler as for the first call, or give a new folder."
        rows, saved = values["rows"], values["settings"]
        for part in self.settings.keys() ^ saved.keys():
            told = "with" if part in saved else "without"
            raise BookError(f"The training in {path} was begun {told} {part}. {remedy}")
        for part, mine in self.settings.items():
            for name in mine | saved[part]:
                was, now = saved[part].get(name), mine.get(name)
                if was != now:
                    told = f"{name} of {part} was {one_line(was, 60)}, and is {one_line(now, 60)}"
                    raise BookError(f"In {path} the {told}. {remedy}")
        if list(rows[-1]) != columns:
            was, now = ", ".join(rows[-1]), ", ".join(columns)
            raise BookError(f"{path} has the columns {was}, and this training {now}: see metrics.")
        if len(rows) > epochs:
            told = f"has {len(rows)} epochs, more than num_epochs={epochs}"
            raise BookError(f"{path} {told}: give num_epochs={len(rows)} or more, or a new folder.")


def _judged(rows: list[dict[str, float]]) -> str:
    return "val_loss" if "val_loss" in rows[-1] else "train_loss"


def _settings(part: Any) -> dict[str, Any]:
    """Return what an optimizer or a scheduler was built with, as plain data."""
    state = part.state_dict()
    if isinstance(part, Optimizer):
        groups = enumerate(state["param_groups"])
        state = {f"{name} (group {i})": v for i, group in groups for name, v in group.items()}
    return {"kind": type(part).__name__} | {name: _plain(value) for name, value in state.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.tolist()
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def _generators(batches: Any) -> list[Generator]:
    """Return the generators that a loader draws its orders from."""
    sampler = getattr(batches, "batch_sampler", None)
    owners = batches, getattr(batches, "sampler", None), sampler, getattr(sampler, "sampler", None)
    found = [getattr(owner, "generator", None) for owner in owners]
    return list({id(g): g for g in found if isinstance(g, Generator)}.values())
