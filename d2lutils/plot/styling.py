"""How every figure of the book looks: sizes, colours that colour-blind readers can tell apart."""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

# Okabe and Ito's palette (https://jfly.uni-koeln.de/color/) without its yellow, too pale on white.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#000000")
TINTS = ("#BBDCEF", "#F8E0A8", "#B5E0D2", "#EED3E2", "#F5C9AC", "#DDF0FB", "#D0D0D0")
GREY = "#6B6B6B"
WHITE = "#FFFFFF"

_SETTINGS: Any = {
    "figure.figsize": (7.5, 4.0),
    "figure.dpi": 120,
    "figure.facecolor": WHITE,
    "figure.constrained_layout.use": True,
    "savefig.facecolor": WHITE,
    "axes.facecolor": WHITE,
    "axes.prop_cycle": cycler(color=COLOURS),
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": "#DDDDDD",
    "font.size": 12,
    "axes.titlesize": 13,
    "lines.linewidth": 2,
    "image.cmap": "viridis",
}


def box(
    axes: Axes, left: float, base: float, text: str, *, size: float, width: float = 1,
    height: float = 1, middle: float = 0.5, ink: str = "black", **look: Any,
) -> None:  # fmt: skip
    """Draw a box with a text in its middle, or at another height above its base."""
    axes.add_patch(Rectangle((left, base), width, height, **{"edgecolor": "black", **look}))
    place: Any = {"x": left + width / 2, "y": base + middle, "ha": "center", "va": "center"}
    axes.text(s=text, size=size, color=ink, zorder=3, **place)


def write(
    axes: Axes,
    xlabel: str,
    ylabel: str,
    title: str | None,
    entries: Sequence[tuple[str, Any]],
    **look: Any,
) -> None:
    """Give axes their texts as they stand, `$` is a dollar, and a legend of lines by name."""
    axes.set_xlabel(xlabel, parse_math=False)
    axes.set_ylabel(ylabel, parse_math=False)
    axes.set_title(title or "", parse_math=False)
    if entries:
        # Written afterwards: matplotlib would leave out names that start with "_".
        legend = axes.legend([line for _, line in entries], map(str, range(len(entries))), **look)
        for text, (name, _) in zip(legend.get_texts(), entries, strict=True):
            text.set(text=name, parse_math=False)


def style() -> None:
    """Give matplotlib the book's style for the rest of the session.

    White background (black text stays readable in a dark theme), a fixed figure size in inches,
    and in Jupyter no cropping to the drawn part, so that a picture has the same size on every
    machine.
    """
    mpl.rcParams.update(_SETTINGS)
    try:  # stop Jupyter's inline backend from cropping
        from IPython.core.getipython import get_ipython
        from matplotlib_inline.config import InlineBackend
    except ImportError:  # plain Python: nothing crops
        return
    kwargs: Any = {"bbox_inches": None}
    if (shell := get_ipython()) is not None:
        InlineBackend.instance(parent=shell).print_figure_kwargs = kwargs
