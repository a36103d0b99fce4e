"""The bundled volumes, and the reader of a folder of DICOM slices."""

import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from d2lutils.data.files import path


class Volume(NamedTuple):
    """A box of voxels: `values`, float32 D×H×W, and `spacing`, millimetres along D, H and W."""

    values: torch.Tensor
    spacing: tuple[float, float, float]


def brain() -> Volume:
    """Return the average brain of 152 people by magnetic resonance (MNI152).

    Values are float32 D×H×W without a unit, from 0 (black) to 1. D runs upwards, H from front to
    back, W from the right side to the left; the spacing is in millimetres.
    Explained in 03/12. Raises BookError where its file is missing or damaged.
    """
    with np.load(path("volumes/brain.npz")) as arrays:
        values, (depth, height, width) = arrays["values"], arrays["spacing_mm"].tolist()
    return Volume(torch.from_numpy(values).float() / 255, (depth, height, width))


def ct() -> Volume:
    """Return a computed tomography of an invented body.

    Values are float32 D×H×W in Hounsfield units, from about -1000 (air) to 1100 (bone). D runs
    upwards, H from front to back, W from the right side to the left; the spacing is in millimetres.
    Explained in 03/11. Raises BookError where one of its files is missing or damaged.
    """
    return read_dicom(path("volumes/ct"))


def read_dicom(folder: str | Path, *, series: str | None = None) -> Volume:
    """Read a folder of DICOM slices (CT, MR, PET) as one volume, sorted by position.

    Each file holds one grey slice. Together they are an upright box: of one size, spacing and
    orientation, no slice further than a tenth of a voxel from its place.

    Args:
        folder: its path. Folders in it, hidden files, files of other kinds by their names (text,
            tables, pictures) and DICOM files that are no images (reports, a DICOMDIR) are left.
        series: the SeriesInstanceUID to read where the folder holds several.

    Returns:
        Values, float32 D×H×W, in the unit that the slices' own slope and intercept, or table,
        lead to: of a CT, Hounsfield units. What a scanner writes outside the scanned circle
        (PixelPaddingValue) is a value like the others. D runs along the slices' normal, H down
        their columns, W along their rows. The spacing is in millimetres; a single slice is as
        deep as its SliceThickness says.

    Explained in 03/11. Raises BookError where the folder holds no such slices of one series, one
    is missing, there twice, cut short, compressed in a way that needs another package or no grey
    slice (colours, several frames, a localizer, a dose), or they are no upright box (a tilted
    gantry).
    """
    from d2lutils.data.series import chosen_series, images
    from d2lutils.data.slices import pixels, stacked

    folder = Path(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's, of values that are not needed here
        slices = chosen_series(folder, images(folder), series)
        names, spacing = stacked(folder, slices)
        values = np.stack([pixels(folder / name, slices[name]) for name in names])
    return Volume(torch.from_numpy(values), spacing)
