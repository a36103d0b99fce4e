"""Lines over a common horizontal axis."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure

from d2lutils.errors import BookError
from d2lutils.plot.inputs import dense
from d2lutils.plot.styling import write

_DASHES = ("-", "--", "-.", ":")


def lines(
    x: Any,
    series: Mapping[str, Any],
    *,
    xlabel: str,
    ylabel: str,
    title: str | None = None,
    log: str = "",
) -> Figure:
    """Return a figure of one or more named lines, told apart by colour and by dashes.

    A value that is `nan` or infinite leaves a gap. Names and labels stand as they are written: `$`
    is a dollar.

    Args:
        x: the horizontal positions, shape (n,): a tensor of any real dtype and device, an array, a
            column of a table, a list of numbers; or dates.
        series: for each line its name and its heights, shape (n,), likewise numbers; a DataFrame
            gives one line a column.
        xlabel: what the horizontal axis shows, with its unit.
        ylabel: what the vertical axis shows, with its unit.
        log: the axes that are logarithmic: `""`, `"x"`, `"y"` or `"xy"`.

    Raises BookError on a line of another length than `x`, no line, what is no number, a value of 0
    or less on a logarithmic axis, or an unknown `log`.
    """
    if log not in ("", "x", "y", "xy", "yx"):
        raise BookError(f'lines takes log="x", "y", "xy" or "", not {log!r:.40}')
    if not hasattr(series, "items"):
        raise BookError('lines takes a dict, {"name": heights}, not ' + type(series).__name__)
    across = _dates(x)
    across = numbers(x, "x", "x" in log) if across is None else across
    heights = {}
    for name, values in series.items():
        heights[str(name)] = up = numbers(values, f"line {str(name)!r}", "y" in log)
        if len(up) != len(across):
            raise BookError(f"line {name!r} has {len(up)} values for {len(across)} positions in x")
    if not heights:
        raise BookError("lines draws one line at least: series is empty")

    figure, axes = plt.subplots()
    for number, (name, up) in enumerate(heights.items()):
        axes.plot(across, up, _DASHES[number % len(_DASHES)], label=name)
    for axis in log:
        axes.set(**{f"{axis}scale": "log"})
    entries = list(zip(heights, axes.lines, strict=True)) if len(heights) > 1 else []
    write(axes, xlabel, ylabel, title, entries, frameon=False)
    return figure


def numbers(values: Any, what: str, log: bool) -> list[float]:
    """Return one curve's heights; `what` is how a message names them."""
    tensor = dense(values, what)
    if tensor.ndim != 1:
        raise BookError(f"{what} needs values of shape (n,), not {tuple(tensor.shape)}")
    if log and (count := int((tensor <= 0).sum())):
        raise BookError(
            f"{what} has {count} of {len(tensor)} values at 0 or below, which a logarithmic axis "
            "cannot show: leave them out, or draw on a linear axis"
        )
    listed: list[float] = tensor.tolist()
    return listed


def _dates(x: Any) -> Any:
    """Return dates as NumPy has them, those with a time zone in UTC; of anything else None."""
    if getattr(getattr(x, "dtype", None), "kind", "") != "M":
        listed = hasattr(x, "__len__") and not isinstance(x, torch.Tensor) and len(x) > 0
        if not listed or not all(hasattr(day, "isoformat") for day in x):
            return None
    if hasattr(x, "to_numpy"):
        return x.to_numpy(dtype="datetime64[ns]")
    return np.asarray(x, dtype="datetime64[us]")
