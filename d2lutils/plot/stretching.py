"""Broadcasting as grids that are stretched to a common shape."""

from collections.abc import Callable
from operator import add, mul, sub, truediv
from typing import Any

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from d2lutils.errors import BookError, one_line
from d2lutils.plot.inputs import dense, refuse_unreadable
from d2lutils.plot.layout import written
from d2lutils.plot.styling import GREY, TINTS, WHITE, box

MAX_SIDE = 8
_OPERATORS: dict[str, Callable[..., torch.Tensor]] = {"+": add, "-": sub, "*": mul, "/": truediv}
_GAP = 1.7  # room for the operator between two grids


def broadcasting(a: Any, b: Any, operator: str = "+", title: str | None = None) -> Figure:
    """Return a figure of how two tensors are stretched to a common shape and combined.

    Solid boxes are the elements that exist; pale, dashed boxes are the repeats that broadcasting
    only pretends are there.

    Args:
        a: the left operand, a tensor, an array or a number: 0 to 2 dimensions, sides of 1 to 8.
        b: the right operand, likewise; its shape must broadcast with that of `a`.
        operator: one of `+`, `-`, `*`, `/`.

    Built by hand in 02/05. Raises BookError on an unknown operator, shapes that do not broadcast,
    dtypes that the operator does not take, or a tensor that is too large, is empty or has no
    numbers.
    """
    a, b = _operand(a, "the left operand"), _operand(b, "the right operand")
    result = _combine(a, b, operator)
    if result.ndim > 2 or not all(1 <= side <= MAX_SIDE for side in result.shape):
        raise BookError(
            f"broadcasting draws up to 2 dimensions and sides of 1 to {MAX_SIDE}; "
            f"the result's shape is {tuple(result.shape)}"
        )
    lines, columns = (1, 1, *result.shape)[-2:]
    width, height = 3 * columns + 2 * _GAP, lines + 1.0
    scale = min(0.62, 9.2 / width)
    figure, axes = plt.subplots(figsize=(width * scale, height * scale + (0.5 if title else 0.15)))
    font = 20 * scale
    for place, (tensor, tint) in enumerate(((a, 0), (b, 1), (result, 2))):
        left = place * (columns + _GAP)
        _grid(axes, tensor, (lines, columns), left, TINTS[tint], font)
        caption = f"shape {tuple(tensor.shape)}"
        axes.text(left + columns / 2, lines + 0.3, caption, ha="center", size=font * 0.95)
    for place, sign in enumerate((operator.replace("*", "×").replace("-", "−"), "=")):
        middle = (place + 1) * columns + (place + 0.5) * _GAP
        axes.text(middle, lines / 2, sign, ha="center", va="center", size=font * 1.5)
    axes.set(xlim=(-0.15, width + 0.15), ylim=(-0.15, height), aspect="equal")
    axes.axis("off")
    axes.set_title(title or "", parse_math=False)
    return figure


def _operand(value: Any, what: str) -> torch.Tensor:
    if isinstance(value, torch.Tensor):
        refuse_unreadable(value, what)
        return value.detach().cpu()
    return dense(value, what)


def _combine(a: torch.Tensor, b: torch.Tensor, operator: str) -> torch.Tensor:
    if str(operator) not in _OPERATORS:
        raise BookError(f"broadcasting knows {' '.join(_OPERATORS)}, not {operator!s:.40}")
    try:
        torch.broadcast_shapes(a.shape, b.shape)  # type: ignore[no-untyped-call]
    except RuntimeError:
        raise BookError(
            f"shapes {tuple(a.shape)} and {tuple(b.shape)} do not broadcast: counted from the "
            "right, two sizes must be equal, or one of them 1 or missing"
        ) from None
    try:
        return _OPERATORS[operator](a, b)
    except RuntimeError as error:
        cause = one_line(error, 200)
        raise BookError(f"PyTorch computes no {a.dtype} {operator} {b.dtype}: {cause}") from None


def _grid(
    axes: Axes, tensor: torch.Tensor, shape: tuple[int, int], left: float, tint: str, font: float
) -> None:
    lines, columns = (1, 1, *tensor.shape)[-2:]
    values = tensor.detach().expand(shape).tolist()
    solid: Any = {"facecolor": tint, "linewidth": 1.3, "zorder": 2}
    ghost: Any = {"facecolor": WHITE, "edgecolor": GREY, "linestyle": ":", "ink": GREY}
    for line in range(shape[0]):
        for column in range(shape[1]):
            look = solid if line < lines and column < columns else ghost
            value = written(values[line][column])
            size = font * min(1.1, 4.4 / len(value))
            box(axes, left + column, shape[0] - line - 1, value, size=size, **look)
