"""Tensors as boxes over the storage that they read, with the offset and strides as arrows."""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from d2lutils.errors import BookError
from d2lutils.plot.layout import Drawn, by_storage, refuse_what_cannot_be_drawn, storage_values
from d2lutils.plot.styling import COLOURS, GREY, TINTS

_NOTE = 2.5  # width kept for each note on the offset and the strides
_EDGES = 1.2  # width kept for the word beside the storage
_LETTER = 0.18  # width of a caption's letter in the text's full size
_HOPS = 1.75  # height kept for the stride arrows between a storage and a tensor


def memory(
    *tensors: torch.Tensor, names: Sequence[str] | None = None, title: str | None = None
) -> Figure:
    """Draw tensors as boxes over their storage, with offset and strides as arrows.

    The storage is the row of boxes with its positions below. Each tensor is a grid: the small
    number in a corner of a box is the position in the storage that the element is read from. Boxes
    of one row of the first tensor share a colour everywhere; a grey box is read by no tensor.
    Tensors that share a storage stand over and under the same row, others have their own; two rows
    stand side by side.

    Built by hand in 02/02.

    Args:
        tensors: one to four tensors of any dtype and device, 0 to 3 dimensions, whose storages
            hold at most 40 elements; at most two share one storage.
        names: a label for each tensor; without it `tensor`.
        title: the figure's title; without it none.

    Returns:
        The figure.

    Raises:
        BookError: no tensor, too many, one that is too large, that has no numbers in memory or
            other ones than it shows, or two that read one storage as different dtypes.
    """
    labels = ["tensor"] * len(tensors) if names is None else _labels(names)
    refuse_what_cannot_be_drawn(tensors, labels)
    rows = [_Row(group) for group in by_storage(tensors, labels)]
    columns = 2 if len(rows) == 2 else 1  # two storages side by side: a screen is wide
    heights = [max(row.height for row in rows)] if columns == 2 else [row.height for row in rows]
    widest = [max(row.width for row in rows)] if columns == 1 else [row.width for row in rows]
    widths = [width + _EDGES for width in widest]
    scale = min(0.56, 9.2 / sum(widths))
    figure, grid = plt.subplots(
        len(heights),
        columns,
        squeeze=False,
        figsize=(sum(widths) * scale, sum(heights) * scale + (0.45 if title else 0.1)),
        width_ratios=widths,
        height_ratios=heights,
    )
    for number, (row, axes) in enumerate(zip(rows, grid.flat, strict=True)):
        width, height = widths[number % columns], heights[number // columns]
        row.draw(axes, height, font=21 * scale)
        for text in axes.texts:
            text.set_in_layout(False)  # the limits have room for it: boxes need not shrink
        axes.set(xlim=(-0.6, width - 0.6), ylim=(0, height), aspect="equal")
        axes.axis("off")
    if title:
        figure.suptitle(title, size=mpl.rcParams["axes.titlesize"], parse_math=False)
    return figure


def _labels(names: Sequence[str]) -> list[str]:
    if isinstance(names, str):
        raise BookError(f"memory takes a list of names, [{names!r}], not one text")
    return [str(name) for name in names]


class _Row:
    """A storage and the one or two tensors that read it."""

    def __init__(self, drawn: list[Drawn]) -> None:
        self.drawn = drawn
        self.values = storage_values(drawn[0].tensor)
        captions = max(len(d.caption) for d in drawn) * _LETTER * 0.8
        notes = _NOTE * (1 + max(d.tensor.ndim for d in drawn)) - 0.7
        self.width = max(len(self.values), captions, notes, *(d.columns for d in drawn))
        self.above = drawn[0].rows + _HOPS + 0.8
        self.below = drawn[1].rows + _HOPS + 0.75 if len(drawn) > 1 else 0.0
        self.height = self.above + 1.6 + self.below

    def draw(self, axes: Axes, top: float, font: float) -> None:
        colours = self._colours()
        base = top - self.above - 1
        for position, value in enumerate(self.values):
            _box(axes, position, base, value, colours.get(position, "#F0F0F0"), font)
            note: Any = {"ha": "center", "va": "top", "size": font * 0.9, "color": GREY}
            axes.text(position + 0.5, base - 0.1, str(position), **note)
        self._tensor(axes, self.drawn[0], base + 1, 1, colours, font)
        if len(self.drawn) > 1:
            self._tensor(axes, self.drawn[1], base - 0.55, -1, colours, font)
        axes.text(
            -0.15, base + 0.5, "storage", rotation=90, ha="right", va="center", size=font * 0.9
        )

    def _colours(self) -> dict[int, str]:
        colours: dict[int, str] = {}
        for drawn in self.drawn:
            for index, position in drawn.positions():
                line = index[-2] if len(index) > 1 else 0
                line += index[0] * drawn.rows if len(index) > 2 else 0
                colours.setdefault(position, TINTS[line % len(TINTS)])
        return colours

    def _tensor(
        self,
        axes: Axes,
        drawn: Drawn,
        edge: float,
        side: int,
        colours: dict[int, str],
        font: float,
    ) -> None:
        """Draw one tensor on the upper (side 1) or lower (side -1) side of the storage's edge."""
        near = edge + side * _HOPS
        top = near + drawn.rows if side > 0 else near
        for index, position in drawn.positions():
            column, line = drawn.cell(index)
            box_base = top - line - 1
            _box(axes, column, box_base, self.values[position], colours[position], font)
            note: Any = {"ha": "right", "va": "bottom", "size": font * 0.72, "color": GREY}
            axes.text(column + 0.94, box_base + 0.05, str(position), **note)
        caption = top + 0.15 if side > 0 else near - drawn.rows - 0.55
        size = min(max(font, 11), font * self.width / len(drawn.caption) / _LETTER)
        axes.text(0, caption, drawn.caption, size=size, family="monospace", parse_math=False)
        _hops(axes, drawn.tensor, edge, side, font)


def _hops(axes: Axes, tensor: torch.Tensor, edge: float, side: int, font: float) -> None:
    """Draw the offset as an arrow to the first element, each stride as an arc from it."""
    offset = int(tensor.storage_offset())
    notes = [(f"offset = {offset}", "black")]
    start = offset + 0.5
    straight: Any = {
        "arrowstyle": "-|>",
        "color": "black",
        "linewidth": 1.6,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    axes.annotate("", (start, edge), (start, edge + side * 0.75), arrowprops=straight)
    for dim, (size, stride) in enumerate(zip(tensor.shape, tensor.stride(), strict=True)):
        colour = COLOURS[(0, 4, 2)[dim]]
        notes.append((f"stride[{dim}] = {stride}", colour))
        if size > 1 and stride > 0:
            arc = FancyArrowPatch(
                (start, edge),
                (start + stride, edge),
                arrowstyle="-|>",
                mutation_scale=12,
                connectionstyle=f"arc3,rad={-side * min(0.75, 1.9 / stride)}",
                color=colour,
                linewidth=1.8,
                shrinkA=0,
                shrinkB=0,
            )
            axes.add_patch(arc)
    place = edge + side * (_HOPS - 0.4)
    for number, (note, colour) in enumerate(notes):
        left = number * _NOTE - (0.4 if number else 0)
        axes.text(left, place, note, color=colour, size=font * 0.92, va="center", weight="bold")


def _box(axes: Axes, left: float, base: float, value: str, colour: str, font: float) -> None:
    axes.add_patch(Rectangle((left, base), 1, 1, facecolor=colour, edgecolor="black", linewidth=1))
    small = min(1.2, 4.3 / len(value))
    axes.text(left + 0.5, base + 0.52, value, ha="center", va="center", size=font * small)
