"""Tensors as pictures in a grid."""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import torch
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from d2lutils.errors import BookError
from d2lutils.plot.inputs import dense
from d2lutils.plot.styling import COLOURS

MAX_IMAGES = 64
_BROKEN = COLOURS[4]  # the colour of a pixel that is no number


def images(
    batch: Any,
    titles: Sequence[object] | None = None,
    *,
    columns: int = 8,
    title: str | None = None,
) -> Figure:
    """Return a figure of a batch of pictures, left to right, top to bottom.

    All pictures share one scale from dark to light: 0 to 255 for uint8; 0 to 1 for other numbers
    within that range; else the batch's smallest to its largest finite value. Pixels that are `nan`
    or infinite are orange.

    Args:
        batch: N×H×W or N×1×H×W (grey), or N×3×H×W (red, green, blue): a tensor of any real dtype
            and device, an array, or a list of them; at most 64 pictures.
        titles: a caption for each picture; `$` is a dollar.
        columns: how many pictures stand in one row, 1 or more.

    Raises BookError on another shape, too many pictures, not one caption a picture, no numbers.
    """
    pixels = _pixels(dense(batch, "the batch"))
    captions = None if titles is None else _captions(titles, len(pixels))
    if not isinstance(columns, int) or isinstance(columns, bool) or columns < 1:
        raise BookError(f"images takes columns=1 or more, a whole number, not {columns!r:.40}")
    columns = min(columns, len(pixels))
    rows = -(-len(pixels) // columns)
    side = min(1.5, 9.2 / columns)
    tall = side * pixels.shape[1] / pixels.shape[2] + (0.3 if captions else 0.05)
    size = columns * side, rows * tall + (0.4 if title else 0)
    figure, grid = plt.subplots(rows, columns, squeeze=False, figsize=size)
    grey = mpl.colormaps["gray"].with_extremes(bad=_BROKEN)
    for axes in grid.flat:
        axes.axis("off")
    for number, (axes, picture) in enumerate(zip(grid.flat, pixels, strict=False)):
        axes.imshow(picture.numpy(), cmap=grey, vmin=0, vmax=1, interpolation="nearest")
        if captions:
            axes.set_title(captions[number], size=10, parse_math=False)
    if title:
        figure.suptitle(title, parse_math=False)
    return figure


def _pixels(batch: torch.Tensor) -> torch.Tensor:
    """The batch as N×H×W or N×H×W×3 float64 between 0 and 1; grey pixels may be nan."""
    grey = batch.ndim == 3 or (batch.ndim == 4 and batch.shape[1] == 1)
    if not grey and not (batch.ndim == 4 and batch.shape[1] == 3):
        cure = "unsqueeze(0) makes a batch of one picture"
        if batch.ndim == 4 and batch.shape[-1] in (1, 3):
            cure = "permute(0, 3, 1, 2) moves the channels forward"
        shape = tuple(batch.shape)
        raise BookError(f"images draws N×H×W, N×1×H×W or N×3×H×W, not {shape}; {cure}")
    if not 1 <= len(batch) <= MAX_IMAGES:
        raise BookError(f"images draws 1 to {MAX_IMAGES} pictures, not {len(batch)}")
    if not batch.numel():
        raise BookError(f"images draws pictures that have pixels, not {tuple(batch.shape)}")
    low, high = (0.0, 255.0) if batch.dtype == torch.uint8 else (0.0, 1.0)
    numbers = batch.double()
    finite = numbers[numbers.isfinite()]
    if len(finite) and (finite.min() < low or finite.max() > high):
        low, high = finite.min().item(), finite.max().item()
    half = high / 2 - low / 2  # so that float64's whole range has a width
    values = (numbers / 2 - low / 2) / (half or 1.0)  # a plain batch is dark
    values[~numbers.isfinite()] = torch.nan
    if grey:
        return values.reshape(len(values), *values.shape[-2:])
    values = values.movedim(1, -1)
    return values.where(values.isfinite().all(-1, keepdim=True), torch.tensor(to_rgb(_BROKEN)))


def _captions(titles: Sequence[object], count: int) -> list[str]:
    """One text a picture; a tensor or an array gives its numbers."""
    parts = titles.tolist() if hasattr(titles, "tolist") else titles
    found = len(parts) if hasattr(parts, "__len__") else type(parts).__name__
    found = "one text for all" if isinstance(parts, str) else found
    if found != count:
        raise BookError(f"images needs one caption a picture: {count}, not {found}")
    return [str(part.item() if isinstance(part, torch.Tensor) else part) for part in parts]
