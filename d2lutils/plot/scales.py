"""The numbers that a dtype can hold, as ticks on number lines."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure

from d2lutils.errors import BookError
from d2lutils.plot.styling import COLOURS

MAX_TICKS = 2000


def numberline(
    formats: Mapping[str, torch.Tensor], low: float, high: float, title: str | None = None
) -> Figure:
    """Draw which numbers each format holds between two bounds, a line a format, a tick a number.

    Explained in 02/04.

    Args:
        formats: for each line its name and the numbers that the format holds, shape (n,), any real
            dtype; those outside the bounds are left out.
        low: the lower bound, included.
        high: the upper bound, included.
        title: the figure's title; without it none.

    Returns:
        The figure.

    Raises:
        BookError: bounds in the wrong order, or more than 2,000 numbers to draw on one line.
    """
    if not low < high:
        raise BookError(f"numberline needs low < high, not {low} and {high}")
    figure, axes = plt.subplots(figsize=(8.4, 0.75 * len(formats) + 1.0))
    for place, (name, numbers) in enumerate(formats.items()):
        values = numbers.detach().double().cpu()
        values = torch.unique(values[(values >= low) & (values <= high)])
        if len(values) > MAX_TICKS:
            raise BookError(f"{name} holds {len(values)} numbers there: choose narrower bounds")
        height, colour = len(formats) - place, COLOURS[place % len(COLOURS)]
        axes.hlines(height, low, high, color="#BBBBBB", linewidth=1)
        axes.vlines(
            values.numpy(), height - 0.28, height + 0.28, color=colour, linewidth=1.3, clip_on=False
        )
    axes.set_yticks(range(len(formats), 0, -1), list(formats))
    axes.set(xlim=(low, high), ylim=(0.4, len(formats) + 0.6), xlabel="value")
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    if title:
        axes.set_title(title)
    return figure
