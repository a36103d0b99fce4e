"""Lines over a common horizontal axis."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure

from d2lutils.errors import BookError

_DASHES = ("-", "--", "-.", ":")


def lines(
    x: torch.Tensor | Sequence[float],
    series: Mapping[str, torch.Tensor | Sequence[float]],
    *,
    xlabel: str,
    ylabel: str,
    title: str | None = None,
    log: str = "",
) -> Figure:
    """Draw one or more named lines, told apart by colour and by dashes.

    Args:
        x: the horizontal positions, shape (n,).
        series: for each line its name and its heights, shape (n,).
        xlabel: what the horizontal axis shows, with its unit.
        ylabel: what the vertical axis shows, with its unit.
        title: the figure's title; without it none.
        log: the axes that are logarithmic: `""`, `"x"`, `"y"` or `"xy"`.

    Returns:
        The figure.

    Raises:
        BookError: a line of another length than `x`.
    """
    across = _numbers(x)
    figure, axes = plt.subplots()
    for number, (name, heights) in enumerate(series.items()):
        up = _numbers(heights)
        if len(up) != len(across):
            raise BookError(f"line {name!r} has {len(up)} values for {len(across)} positions in x")
        axes.plot(across, up, _DASHES[number % len(_DASHES)], label=name)
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if "x" in log:
        axes.set_xscale("log")
    if "y" in log:
        axes.set_yscale("log")
    if title:
        axes.set_title(title)
    if len(series) > 1:
        axes.legend(frameon=False)
    return figure


def _numbers(values: torch.Tensor | Sequence[float]) -> list[float]:
    tensor = torch.as_tensor(values).detach()
    if tensor.ndim != 1:
        raise BookError(f"a line needs values of shape (n,), not {tuple(tensor.shape)}")
    numbers: list[float] = tensor.tolist()
    return numbers
