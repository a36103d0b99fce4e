"""Tensors as boxes over the storage that they read, with the offset and strides as arrows."""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from d2lutils.errors import BookError
from d2lutils.plot.layout import Drawn, by_storage, refuse_what_cannot_be_drawn, storage_values
from d2lutils.plot.styling import COLOURS, GREY, TINTS, box

# In boxes, whose side is one:
_NOTE = 2.5  # width kept for each note on the offset and the strides
_EDGE = 0.7  # width left of the storage, for the word beside it
_GAP = 1.2  # between the storage and the tensors
_LETTER = 0.2  # width of a caption's letter
_CAPTION = 0.65  # height of a caption
_HOPS = 1.65  # height of the stride arrows and their notes, on one side of a storage
_POSITIONS = 0.55  # height of the positions below a storage
_FONT = 23  # in points, where a box is an inch wide
_SMALL = 0.92  # of that, what notes and positions have


def memory(
    *tensors: torch.Tensor,
    names: Sequence[str] | None = None,
    title: str | None = None,
    strides: bool = True,
) -> Figure:
    """Return a figure of tensors as boxes beside their storage, offset and strides as arrows.

    The storage is the row of boxes with its positions below. Each tensor is a grid beside it: the
    small number in a corner of a box is the position in the storage that the element is read from.
    Boxes of one row of the first tensor share a colour everywhere; a grey box is read by no tensor.
    Of two tensors that share a storage the first has its arrows above the storage, the second
    below; tensors that share none have storages of their own, one under the other.

    Args:
        tensors: one to four tensors of any dtype and device, 0 to 3 dimensions, whose storages
            hold at most 40 elements; at most two share one storage.
        names: a label for each tensor; without it `tensor`.
        strides: False leaves offset and strides out, for a reader who has not met them.

    Built by hand in 02/03. Raises BookError on no tensor, too many, one that is too large, that has
    no numbers in memory or other ones than it shows, or two of different dtypes over one storage.
    """
    if isinstance(names, str):
        raise BookError(f"memory takes a list of names, [{names!r}], not one text")
    labels = ["tensor"] * len(tensors) if names is None else [str(name) for name in names]
    refuse_what_cannot_be_drawn(tensors, labels)
    shown = [Drawn(tensor, label, strides) for tensor, label in zip(tensors, labels, strict=True)]
    rows = [_Row(group) for group in by_storage(shown)]
    width = max(row.width for row in rows)
    heights = [row.height for row in rows]
    scale = min(0.56, 9.2 / width)
    size = width * scale, sum(heights) * scale + (0.45 if title else 0.1)
    figure, grid = plt.subplots(len(rows), squeeze=False, figsize=size, height_ratios=heights)
    for row, axes in zip(rows, grid.flat, strict=True):
        row.draw(axes, font=_FONT * scale)
        for text in axes.texts:
            text.set_in_layout(False)  # the limits have room for it: boxes need not shrink
        for patch in axes.patches:
            patch.set_clip_on(False)  # a box at the limits keeps the whole of its line
        axes.set(xlim=(-_EDGE, width - _EDGE), ylim=(0, row.height), aspect="equal", anchor="W")
        axes.axis("off")
    if title:
        figure.suptitle(title, size=mpl.rcParams["axes.titlesize"], parse_math=False)
    return figure


class _Row:
    """A storage and, right of it, the one or two tensors that read it."""

    def __init__(self, drawn: list[Drawn]) -> None:
        self.drawn, strides = drawn, drawn[0].strides
        self.values = storage_values(drawn[0].tensor)
        notes = _NOTE * (1 + max(d.tensor.ndim for d in drawn)) - 0.7 if strides else 0
        self.hops = _HOPS if strides else 0.0
        self.left = max(len(self.values), notes) + _GAP
        grids = max(max(d.columns, len(d.caption) * _LETTER) for d in drawn)
        self.width = _EDGE + self.left + grids + (0 if strides else 0.05)  # the last edge
        self.below = _POSITIONS + (self.hops if len(drawn) > 1 else 0.0)
        self.grids = sum(d.rows + _CAPTION for d in drawn) + 0.4 * (len(drawn) - 1)
        self.height = max(self.hops + 1 + self.below, self.grids) + 0.2

    def draw(self, axes: Axes, font: float) -> None:
        colours = self._colours()
        base = (self.height - (self.hops + 1 + self.below)) / 2 + self.below
        for position, value in enumerate(self.values):
            look: Any = {"facecolor": colours.get(position, "#F0F0F0"), "middle": 0.52}
            box(axes, position, base, value, size=_fitting(value, font), **look)
            note: Any = {"ha": "center", "va": "top", "size": font * _SMALL, "color": GREY}
            axes.text(position + 0.5, base - 0.1, str(position), **note)
        word: Any = {"rotation": 90, "ha": "right", "va": "center", "size": font * _SMALL}
        axes.text(-0.15, base + 0.5, "storage", **word)
        top = (self.height + self.grids) / 2
        sides = [(base + 1, 1), (base - _POSITIONS, -1)]
        for drawn, (edge, side) in zip(self.drawn, sides, strict=False):
            if drawn.strides:
                _hops(axes, drawn.tensor, edge, side, font)
            self._grid(axes, drawn, top, colours, font)
            top -= drawn.rows + _CAPTION + 0.4

    def _colours(self) -> dict[int, str]:
        colours: dict[int, str] = {}
        for drawn in self.drawn:
            for index, position in drawn.positions():
                *_, matrix, line, _ = (0, 0, 0, *index)
                tint = TINTS[(matrix * drawn.rows + line) % len(TINTS)]
                colours.setdefault(position, tint)
        return colours

    def _grid(
        self, axes: Axes, drawn: Drawn, top: float, colours: dict[int, str], font: float
    ) -> None:
        """Draw a tensor's caption at this height, and its elements below."""
        look: Any = {"family": "monospace", "va": "top", "parse_math": False}
        axes.text(self.left, top, drawn.caption, size=font, **look)
        for index, position in drawn.positions():
            column, line = drawn.cell(index)
            left, base = self.left + column, top - _CAPTION - line - 1
            value, tint = self.values[position], colours[position]
            box(axes, left, base, value, size=_fitting(value, font), middle=0.6, facecolor=tint)
            note: Any = {"ha": "right", "va": "baseline", "size": font * _SMALL, "color": GREY}
            axes.text(left + 0.95, base + 0.06, str(position), **note)


def _hops(axes: Axes, tensor: torch.Tensor, edge: float, side: int, font: float) -> None:
    """Draw the offset as an arrow to the first element, each stride as an arc from it."""
    offset = int(tensor.storage_offset())
    notes = [(f"offset = {offset}", "black")]
    start = offset + 0.5
    arrow: Any = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0}
    straight: Any = {"arrowprops": {"color": "black", "linewidth": 1.6, **arrow}}
    axes.annotate("", (start, edge), (start, edge + side * 0.75), **straight)
    for dim, (size, stride) in enumerate(zip(tensor.shape, tensor.stride(), strict=True)):
        colour = COLOURS[(0, 4, 2)[dim]]
        notes.append((f"stride[{dim}] = {stride}", colour))
        if size > 1 and stride > 0:
            arc = {"connectionstyle": f"arc3,rad={-side * min(0.75, 1.9 / stride)}", **arrow}
            look: Any = {"color": colour, "linewidth": 1.8, "mutation_scale": 12, **arc}
            axes.add_patch(FancyArrowPatch((start, edge), (start + stride, edge), **look))
    place = edge + side * (_HOPS - 0.3)
    for number, (note, colour) in enumerate(notes):
        left = number * _NOTE - (0.4 if number else 0)
        axes.text(left, place, note, color=colour, size=font * _SMALL, va="center", weight="bold")


def _fitting(value: str, font: float) -> float:
    return font * min(1.2, 4.3 / len(value))
