"""The numbers that a dtype can hold, as ticks on number lines."""

import math
from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure

from d2lutils.errors import BookError
from d2lutils.plot.inputs import dense
from d2lutils.plot.styling import COLOURS

MAX_TICKS = 2000


def numberline(
    formats: Mapping[str, Any], low: float, high: float, title: str | None = None
) -> Figure:
    """Return a figure of the numbers that formats hold between two bounds, a line a format.

    Args:
        formats: for each line its name and the numbers that the format holds, shape (n,): a tensor
            of any real dtype and device, an array or a list; those outside the bounds, and what is
            no number (`nan`), are left out.
        low: the lower bound, included, a finite number.
        high: the upper bound, included, a finite number.

    Explained in 02/04. Raises BookError on bounds in the wrong order or infinite, no format, what
    is no number, or more than 2,000 numbers to draw on one line.
    """
    if not -math.inf < low < high < math.inf:
        raise BookError(f"numberline needs two finite bounds, low < high, not {low} and {high}")
    if not formats:
        raise BookError("numberline draws one format at least: formats is empty")
    ticks = {str(name): _between(numbers, low, high, name) for name, numbers in formats.items()}

    figure, axes = plt.subplots(figsize=(8.4, 0.75 * len(formats) + 1.0))
    for place, values in enumerate(ticks.values()):
        height, colour = len(formats) - place, COLOURS[place % len(COLOURS)]
        axes.hlines(height, low, high, color="#BBBBBB", linewidth=1)
        axes.vlines(
            values.numpy(), height - 0.28, height + 0.28, color=colour, linewidth=1.3, clip_on=False
        )
    axes.set_yticks(range(len(ticks), 0, -1), list(ticks), parse_math=False)
    axes.set(xlim=(low, high), ylim=(0.4, len(formats) + 0.6), xlabel="value")
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_title(title or "", parse_math=False)
    return figure


def _between(numbers: Any, low: float, high: float, name: object) -> torch.Tensor:
    """The different numbers between the bounds, as float64."""
    values = dense(numbers, f"{name!r}").double()
    values = values[(values >= low) & (values <= high)]
    values = torch.from_numpy(np.unique(values.numpy()))
    if len(values) > MAX_TICKS:
        raise BookError(f"{name} holds {len(values)} numbers there: choose narrower bounds")
    return values
