"""A function of two numbers seen from above, and the paths that lead down it."""

from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from math import ceil, floor, isfinite, log10
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from torch import Tensor

from d2lutils.errors import BookError
from d2lutils.plot.inputs import dense
from d2lutils.plot.styling import COLOURS, GREY, WHITE, write

_POINTS = 120  # a side of the grid; even, so that levels seldom fall on a point of it
_LOOKS = list(zip(("-o", "--s", "-.^", ":D", "-v"), (4, 0, 6, 2, 3), strict=True))
_HEIGHTS = LinearSegmentedColormap.from_list("heights", [WHITE, "#9DB4C4"])
_DIGITS = ([1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7], [1, 2, 3, 4, 5, 6, 7, 8, 9])
_BESIDE: Any = {"loc": "upper left", "bbox_to_anchor": (1, 1), "frameon": False}
_MARK: Any = {"markersize": 9, "markeredgecolor": "black", "linestyle": ""}


def surface(
    f: Callable[[Tensor, Tensor], Any],
    x: Sequence[float],
    y: Sequence[float],
    *,
    paths: Mapping[str, Any] | None = None,
    names: Sequence[str] = ("x", "y"),
    minimum: Any = None,
    levels: int | Sequence[float] = 10,
    log: bool = False,
    title: str | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw the heights of `f` over a rectangle by colour and contour lines; return the axes.

    A height that is `nan` or infinite leaves a hole. Built by hand in 04/07.

    Args:
        f: takes two tensors of shape (n, n), the positions of a grid's points, and returns the
            height of each point, shape (n, n).
        x: the lowest and the highest number on the horizontal axis; `y`: on the vertical axis.
        paths: for each path its name and its points, shape (n, 2): a tensor or a list of pairs.
            A circle marks its start, a square its end, a cross each place where it leaves.
        names: what the two axes show, and maybe the heights.
        minimum: a point that gets a star.
        levels: the heights of the contour lines, or about how many there should be.
        log: whether the levels rise by a factor, as for a valley with steep sides.

    Raises BookError on other shapes, heights that are alike or not finite, a path outside.
    """
    low, high = zip(_bounds(x, "x"), _bounds(y, "y"), strict=True)
    across, up = (torch.linspace(*ends, _POINTS) for ends in zip(low, high, strict=True))
    z = _heights(f(*torch.meshgrid(across, up, indexing="xy")), log)
    steps = _levels(levels, float(z.min()), float(z.max()), log)
    ways = {str(name): _points(path, f"path {name!r}") for name, path in (paths or {}).items()}
    star = None if minimum is None else _points([minimum], "minimum")
    for name, points in ways.items():
        if not _within(points, low, high).any():
            raise BookError(f"path {name!r} is nowhere within the rectangle: draw a larger one")

    axes = plt.subplots()[1] if axes is None else axes
    bar = _fill(axes, across, up, z, steps, log)
    bar.set_label(names[2] if len(names) > 2 else "height", parse_math=False)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    axes.grid(False)
    entries: list[tuple[str, Any]] = []
    marks: dict[str, Line2D] = {}
    for (name, points), (look, number) in zip(ways.items(), cycle(_LOOKS), strict=False):
        colour = COLOURS[number]
        inside = np.pad(_within(points, low, high), 1)
        near = inside[:-2] | inside[1:-1] | inside[2:]  # further points would draw lines across
        shown = np.where(near[:, None], points, np.nan).T
        some: Any = {"markersize": 4, "markevery": max(1, len(points) // 25), "linewidth": 1.6}
        (line,) = axes.plot(*shown, look, color=colour, **some)
        entries.append((name, line))
        ends = points[:1], points[-1:], _exits(points, low, high)
        for what, marker, spots in zip(("start", "end", "leaves"), "osX", ends, strict=True):
            if _within(spots, low, high).any():
                axes.plot(*spots.T, marker, color=colour, clip_on=False, **_MARK)
                marks[what] = Line2D([], [], marker=marker, color=WHITE, **_MARK)
    if star is not None:
        (marks["minimum"],) = axes.plot(*star.T, "*", color="#F0E442", **_MARK | {"markersize": 15})
    write(axes, names[0], names[1], title, [*entries, *marks.items()], handlelength=1.7, **_BESIDE)
    return axes


def _fill(axes: Axes, across: Tensor, up: Tensor, z: Any, steps: Any, log: bool) -> Any:
    """Fill the axes between contour lines, and return the bar that tells the colours' heights."""
    beyond = z.min() < steps[0] or z.max() > steps[-1]
    filled = axes.contourf(
        across,
        up,
        z,
        steps,
        norm=LogNorm(steps[0], steps[-1]) if log else None,
        cmap=_HEIGHTS,
        extend="both" if beyond else "neither",
    )
    axes.contour(across, up, z, steps[1:-1], colors=GREY, linewidths=0.6, linestyles="solid")
    tens = [step for step in steps if log and f"{step:e}".startswith("1.000000")]
    ticks = tens if len(tens) > 2 and len(steps) > 10 else steps[:: 1 + len(steps) // 11]
    plain = FuncFormatter(lambda height, _: f"{height:,.10g}")
    return axes.figure.colorbar(filled, ax=axes, format=plain, ticks=ticks)


def _bounds(bounds: Any, name: str) -> tuple[float, float]:
    pair = dense(bounds, name).flatten().tolist()
    if len(pair) != 2 or not all(map(isfinite, pair)) or pair[0] >= pair[1]:
        raise BookError(f"surface needs {name}=(low, high) with low < high, not {bounds!r:.40}")
    return pair[0], pair[1]


def _heights(values: Any, log: bool) -> Any:
    heights = dense([] if values is None else values, "what f returns")
    if heights.shape != (_POINTS, _POINTS):
        found = "None" if values is None else f"{tuple(heights.shape)}; sum over data by .sum(-1)"
        raise BookError(f"f has to return heights of shape {(_POINTS, _POINTS)}, not {found}")
    z = np.ma.masked_invalid(heights.double().numpy())
    if z.count() == 0 or z.min() == z.max():
        found = "no finite height" if z.count() == 0 else f"the height {z.min():.4g} everywhere"
        raise BookError(f"f returns {found} in this rectangle: there is nothing to draw")
    if log and z.min() < 0:
        raise BookError(f"log=True needs heights of 0 or more, and f returns {z.min():.4g}")
    return z.clip(z.max() / 1e6) if log else z


def _levels(levels: Any, low: float, high: float, log: bool) -> Any:
    if isinstance(levels, int) and levels > 1:
        each = levels / log10(high / low) if log else 10  # within a factor of ten
        if each >= 10:
            steps: Any = MaxNLocator(levels, min_n_ticks=2).tick_values(low, high)
            return steps[steps > 0] if log else steps
        digits = next(some for some in _DIGITS if len(some) >= min(each, 9) - 0.5)
        tens = 10.0 ** np.arange(floor(log10(low)) - 1, ceil(log10(high)) + 2)
        steps = np.multiply.outer(tens, digits).flatten()
        return steps[(steps <= low).sum() - 1 : (steps < high).sum() + 1]
    steps = np.unique(dense(levels, "levels").double().numpy())
    if len(steps) < 2 or (log and steps[0] <= 0):
        raise BookError(f"surface needs two levels or more{', above 0' * log}, not {levels!r:.40}")
    return steps


def _points(path: Any, what: str) -> Any:
    if isinstance(path, Sequence):
        path = [dense(point, what) for point in path]
    points = dense(path, what).double().numpy()
    if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
        raise BookError(f"{what} needs points of shape (n, 2), one or more, not {points.shape}")
    return points


def _within(points: Any, low: Any, high: Any) -> Any:
    return ((points >= low) & (points <= high)).all(axis=1)


def _exits(points: Any, low: Any, high: Any) -> Any:
    """Where a path crosses the rectangle's border outwards."""
    within = _within(points, low, high)
    leaving = np.flatnonzero(within[:-1] & ~within[1:])
    start = points[leaving]
    step = np.nan_to_num(points[leaving + 1] - start, posinf=1e30, neginf=-1e30)
    room = np.where(step > 0, high, low) - start
    share = np.divide(room, step, out=np.ones_like(step), where=step != 0).min(axis=1)
    return start + np.minimum(share, 1)[:, None] * step
