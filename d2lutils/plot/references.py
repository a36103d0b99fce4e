"""A Python list as it lies in memory: references in a row, boxed objects elsewhere."""

from collections.abc import Sequence
from sys import getsizeof
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from d2lutils.errors import BookError
from d2lutils.plot.styling import COLOURS, GREY, TINTS, box

MAX_ITEMS = 10
_SPREAD = 1.9  # distance between two boxed objects


def pointers(items: Sequence[float | int], title: str | None = None) -> Figure:
    """Return a figure of a list of numbers in CPython: a row of references to objects elsewhere.

    Two references to one object point at the same box. Where the objects really lie is up to the
    interpreter; the picture spreads them out in the order in which they are first met.

    Args:
        items: one to ten numbers.

    Explained in 02/01. Raises BookError on nothing to draw, or too much.
    """
    if not 1 <= len(items) <= MAX_ITEMS:
        raise BookError(f"pointers draws 1 to {MAX_ITEMS} numbers, not {len(items)}")
    objects = list({id(item): item for item in items}.values())
    places = {id(thing): place * _SPREAD for place, thing in enumerate(objects)}
    width = max(len(items), len(objects) * _SPREAD)
    start = (width - len(items)) / 2
    figure, axes = plt.subplots(figsize=(min(9.2, 0.62 * (width + 1.5)), 2.9))
    for slot, item in enumerate(items):
        left = start + slot
        axes.add_patch(Rectangle((left, 2.6), 1, 0.8, facecolor=TINTS[0], edgecolor="black"))
        axes.text(left + 0.5, 3.55, f"[{slot}]", ha="center", color=GREY)
        axes.annotate(
            "", (places[id(item)] + 0.8, 0.85), (left + 0.5, 3.0),
            arrowprops={"arrowstyle": "-|>", "color": COLOURS[4], "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        axes.plot([left + 0.5], [3.0], marker="o", markersize=5, color=COLOURS[4])
    for thing in objects:
        left, kind = places[id(thing)], type(thing).__name__
        look: Any = {"width": 1.6, "height": 0.85, "middle": 0.42, "facecolor": TINTS[1]}
        box(axes, left, 0, f"{kind} {thing}", size=10.5, **look)
        axes.text(left + 0.8, -0.4, f"{getsizeof(thing)} bytes", ha="center", size=10.5, color=GREY)
    axes.text(start - 0.15, 3.0, "list", ha="right", va="center")
    axes.set(xlim=(-0.6, width + 0.2), ylim=(-0.6, 4.1))
    axes.axis("off")
    axes.set_title(title or "", parse_math=False)
    return figure
