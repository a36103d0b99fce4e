"""Tensors as pictures in a grid."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure

from d2lutils.errors import BookError

MAX_IMAGES = 64


def images(
    batch: torch.Tensor,
    titles: Sequence[object] | None = None,
    *,
    columns: int = 8,
    title: str | None = None,
) -> Figure:
    """Draw a batch of pictures, left to right, top to bottom.

    All pictures share one scale from dark to light: 0 to 255 for uint8; 0 to 1 for floats within
    that range; else the batch's smallest to its largest value.

    Args:
        batch: N×H×W or N×1×H×W (grey), or N×3×H×W (red, green, blue), any real dtype and device;
            at most 64 pictures.
        titles: a caption for each picture.
        columns: how many pictures stand in one row.
        title: the figure's title; without it none.

    Returns:
        The figure.

    Raises:
        BookError: another shape, too many pictures, or not one caption a picture.
    """
    pixels = _channels_last(batch)
    if titles is not None and len(titles) != len(pixels):
        raise BookError(f"images needs one caption a picture: {len(pixels)}, not {len(titles)}")
    columns = min(columns, len(pixels))
    rows = -(-len(pixels) // columns)
    side = min(1.5, 9.2 / columns)
    tall = side * pixels.shape[1] / pixels.shape[2] + (0.3 if titles is not None else 0.05)
    figure, grid = plt.subplots(
        rows, columns, squeeze=False, figsize=(columns * side, rows * tall + (0.4 if title else 0))
    )
    for axes in grid.flat:
        axes.axis("off")
    for number, (axes, picture) in enumerate(zip(grid.flat, pixels, strict=False)):
        axes.imshow(picture.numpy(), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        if titles is not None:
            axes.set_title(str(titles[number]), size=10)
    if title:
        figure.suptitle(title)
    return figure


def _channels_last(batch: torch.Tensor) -> torch.Tensor:
    """The batch as N×H×W or N×H×W×3 floats between 0 and 1 on the CPU."""
    grey = batch.ndim == 3 or (batch.ndim == 4 and batch.shape[1] == 1)
    if not grey and not (batch.ndim == 4 and batch.shape[1] == 3):
        raise BookError(
            f"images draws N×H×W, N×1×H×W or N×3×H×W, not {tuple(batch.shape)}; "
            "unsqueeze(0) makes a batch of one picture"
        )
    if not 1 <= len(batch) <= MAX_IMAGES:
        raise BookError(f"images draws 1 to {MAX_IMAGES} pictures, not {len(batch)}")
    values = batch.detach().cpu()
    low, high = (0.0, 255.0) if values.dtype == torch.uint8 else (0.0, 1.0)
    values = values.float()
    if values.min() < low or values.max() > high:
        low, high = float(values.min()), float(values.max())
    values = (values - low) / (high - low or 1.0)  # a plain batch is dark
    return values.reshape(len(values), *values.shape[-2:]) if grey else values.movedim(1, -1)
