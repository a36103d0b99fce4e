"""What a training wrote down, epoch by epoch."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from d2lutils.errors import BookError
from d2lutils.plot.curves import numbers
from d2lutils.plot.styling import GREY, write


def history(
    history: Any,
    *,
    names: Sequence[str] | None = None,
    log: bool = False,
    title: str | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw a training's numbers, one curve a list, against the epoch; return the axes.

    Curves of the training data are dashed, others solid. Where there is a `val_loss`, a dotted
    line marks the epoch in which it is lowest. Explained in 04/12.

    Args:
        history: from names to a number an epoch: what `d2l.fit` returns, a dict, a DataFrame.
        names: what to draw, `["train_accuracy", "val_accuracy"]`; by default all losses.
        log: whether the vertical axis is logarithmic.

    Raises BookError on no epochs, different lengths, no such name, or `log` of 0 or less.
    """
    known = list(map(str, history)) if hasattr(history, "keys") else []
    names = [name for name in known if name.endswith("loss")] if names is None else names
    if isinstance(names, str) or not names or not set(names) <= set(known):
        has = ", ".join(known) or "no lists with names"
        raise BookError(f"history draws a list of names of what it has, not {names!r:.60}: {has}")
    curves = {name: numbers(history[name], f"{name!r}", log) for name in names}
    counts = {name: len(curve) for name, curve in curves.items()}
    if len(set(counts.values())) > 1 or 0 in counts.values():
        raise BookError(f"history draws one number an epoch for each name, not {counts}")
    axes = plt.subplots()[1] if axes is None else axes
    epochs = range(1, 1 + max(counts.values()))
    entries: list[tuple[str, Any]] = []
    for name, curve in curves.items():
        look = "--" if name.startswith("train") else "-"
        (line,) = axes.plot(epochs, curve, look, marker="o" if len(epochs) == 1 else "")
        entries.append((name, line))
    losses = np.array(history["val_loss"] if "val_loss" in known else [], dtype=float)
    if np.isfinite(losses).any():
        best = int(np.where(np.isfinite(losses), losses, np.inf).argmin()) + 1
        line = axes.axvline(best, color=GREY, linestyle=":")
        entries.append((f"lowest val_loss: epoch {best}", line))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_yscale("log" if log else "linear")
    shown = {name.removeprefix("train_").removeprefix("val_") for name in curves}
    ylabel = shown.pop() if len(shown) == 1 else "value"
    write(axes, "epoch", ylabel, title, entries)
    return axes
