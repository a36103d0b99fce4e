"""A graph of live objects in columns from left to right, kinds told apart by colour and shape."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Patch, Polygon
from matplotlib.path import Path

from d2lutils.errors import BookError
from d2lutils.plot.layers import Edges, Point, columns_and_paths, heights, network
from d2lutils.plot.styling import GREY, TINTS

# In inches: heights of a box, of a row, of a further line; widths of a gap, of a letter.
_BOX, _ROW, _LINE, _GAP, _LETTER = 0.36, 0.56, 0.2, 0.44, 0.1
_WIDE = 12  # what a slide shows; a wider graph is pressed together
_TEXT: Any = {"va": "center_baseline", "size": 11, "parse_math": False}

Names = Mapping[Any, str] | Callable[[Any], str]


def graph(
    edges: Edges,
    labels: Names = str,
    *,
    outputs: Iterable[Hashable] = (),
    kinds: Names | None = None,
    order: Sequence[str] = (),
    title: str | None = None,
) -> Figure:
    """Return a figure of a directed graph without cycles; arrows lead from left to right.

    An edge that is given twice is drawn twice. Explained in 01/02.

    Args:
        edges: pairs (from, to) of hashable objects; or a function that returns, for a node, the
            nodes with an arrow to it.
        labels: the text of each node, one line or several, as a mapping or a function.
        outputs: the nodes that a function starts from; with pairs, nodes that may have no edge.
        kinds: the kind of each node, as a mapping or a function; a key explains the colours.
        order: kinds in the order of their colours, so that several figures agree.

    Raises BookError on nothing to draw, more than 40 nodes, a cycle, or a node without label or
    kind.
    """
    net = network(edges, outputs)
    columns, paths = columns_and_paths(net)
    text = _named(net, labels, "label")
    lines = {node: text[node].count("\n") for node in net}  # after the first
    room = {p: _ROW + _LINE * lines.get(p, 0) for column in columns for p in column}
    y = heights(columns, paths, room)
    kind = _named(net, kinds, "kind") if kinds else {}
    names = list(dict.fromkeys([*order, *kind.values()]))
    key = [name for name in names if name in kind.values()]
    half = {node: _half(text[node]) for node in net}
    x, reach, right = _across(columns, half, _GAP)
    if right + _GAP > _WIDE:
        half = {node: _half(text[node], pressed=True) for node in net}
        x, reach, right = _across(columns, half, 0.35 * _GAP)

    wide = max(right, 0.13 * len(title or ""), sum(0.6 + _LETTER * len(name) for name in key))
    left, high = (right - wide) / 2, max(y[p] + room[p] / 2 for p in y) + 0.02
    low = min(y[p] - room[p] / 2 for p in y) - (0.52 if key else 0.02)
    tall = high - low + (0.4 if title else 0)
    figure, axes = plt.subplots(figsize=(wide + 0.4, tall), layout="none")
    figure.subplots_adjust(0, 0, 1, (high - low) / tall)
    axes.set(xlim=(left - 0.2, left + wide + 0.2), ylim=(low, high))
    axes.set_title(title or "", parse_math=False)
    axes.axis("off")
    arrivals: dict[Point, list[list[Point]]] = {}
    for path in sorted(paths, key=lambda path: -y[path[-2]]):
        arrivals.setdefault(path[-1], []).append(path)
    for node, into in arrivals.items():
        for port, path in enumerate(into):
            level = y[node] + 0.06 * (len(into) - 1) - 0.12 * port
            spots = [(x[p], y[p], reach[p]) for p in path[:-1]] + [(x[node], level, reach[node])]
            start, end = x[path[0]] + half[path[0]], x[node] - half[node]
            axes.add_patch(_arrow(start, spots, end))
    for node in net:
        high = _BOX + _LINE * lines[node]
        corner = (x[node] - half[node], y[node] - high / 2)
        number = names.index(kind[node]) if kind else 0
        axes.add_patch(_box(corner, 2 * half[node], high, number))
        axes.text(x[node], y[node], text[node], **_TEXT, ha="center")
    for name in key:
        axes.add_patch(_box((left, low + 0.1), 0.28, 0.22, names.index(name)))
        axes.text(left + 0.38, low + 0.21, name, **_TEXT)
        left += 0.6 + _LETTER * len(name)
    return figure


def _named(nodes: Iterable[Any], names: Names, what: str) -> dict[Hashable, str]:
    named: dict[Hashable, str] = {}
    for node in nodes:
        if not callable(names) and node not in names:
            raise BookError(f"graph finds no {what} for the node {node!r:.40}")
        named[node] = str(names(node) if callable(names) else names[node])
    return named


def _across(
    columns: list[list[Point]], half: dict[Hashable, float], gap: float
) -> tuple[dict[Point, float], dict[Point, float], float]:
    """Return each point's x, half the width of its column, and where the last column ends."""
    x: dict[Point, float] = {}
    reach: dict[Point, float] = {}
    right = -gap
    for column in columns:
        most = max(half.get(point, 0) for point in column)
        x.update(dict.fromkeys(column, right + gap + most))
        reach.update(dict.fromkeys(column, most))
        right += gap + 2 * most
    return x, reach, right


def _half(text: str, pressed: bool = False) -> float:
    """Half the width of a box."""
    narrow = 0.5 * pressed  # of a letter's width
    lengths = [len(line) - narrow * sum(map(line.count, "(),.il ")) for line in text.split("\n")]
    return _LETTER * max(lengths) / 2 + (0.09 if pressed else 0.13)


def _box(corner: tuple[float, float], wide: float, high: float, number: int) -> Patch:
    """A rectangle, a pill or an octagon."""
    look: Any = {"facecolor": TINTS[number % len(TINTS)], "edgecolor": "black"}
    if number % 3 == 1:
        pill = f"round,pad=0,rounding_size={min(high, _BOX) / 2}"
        return FancyBboxPatch(corner, wide, high, boxstyle=pill, **look)
    cut = 0.3 * min(high, _BOX) if number % 3 else 0
    (x, y), right, top = corner, corner[0] + wide, corner[1] + high
    left_side = [(x + cut, y), (x, y + cut), (x, top - cut), (x + cut, top)]
    right_side = [(right - cut, top), (right, top - cut), (right, y + cut), (right - cut, y)]
    return Polygon([*left_side, *right_side], **look)


def _arrow(start: float, spots: list[tuple[float, float, float]], end: float) -> FancyArrowPatch:
    """An arrow that runs level through each column and bends between columns."""
    line, codes = [(start, spots[0][1])], [Path.MOVETO]
    for (x0, y0, reach0), (x1, y1, reach1) in pairwise(spots):
        leave, arrive = x0 + reach0, x1 - reach1 if (x1, y1, reach1) != spots[-1] else end
        bend = (leave + arrive) / 2
        line += [(leave, y0), (bend, y0), (bend, y1), (arrive, y1)]
        codes += [Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
    look: Any = {"arrowstyle": "-|>", "mutation_scale": 12, "color": GREY, "linewidth": 1.4}
    return FancyArrowPatch(path=Path(line, codes), shrinkA=0, shrinkB=0, **look)
