"""What one DICOM slice says: its kind, its numbers and its pixels."""

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from pydicom import Dataset
from pydicom.pixels.processing import apply_modality_lut

from d2lutils.errors import BookError, one_line
from d2lutils.installing import install_line

Numbers: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"


def kind_of(image: Dataset) -> str:
    """Return what an image says it is, "CT Image Storage", or nothing."""
    uid = image.file_meta.get("MediaStorageSOPClassUID") or image.get("SOPClassUID")
    return one_line(uid.name) if uid else ""


def numbers(
    file: Path, slice_: Dataset, keyword: str, count: int, *, above: float = -np.inf
) -> Numbers:
    """Return an element's numbers, float64; BookError unless there are `count`, all `above`."""
    try:
        value = np.array(slice_[keyword].value, float).reshape(count)
    except (KeyError, NotImplementedError, TypeError, ValueError):
        value = np.array(np.nan)
    if not (np.isfinite(value) & (value > above)).all():
        told = f"{file} ({kind_of(slice_) or 'of no known kind'}) has no usable {keyword}"
        raise BookError(f"{told}; expected slices of a CT, MR or PET series.")
    return value


def pixels(file: Path, slice_: Dataset) -> Numbers:
    """Return one slice's values, float32 H×W, after its slope and intercept or its table.

    Raises BookError where they are cut short, cannot be decoded, or contradict their header.
    """
    for keyword, usual in {"RescaleSlope": 1, "RescaleIntercept": 0}.items():
        if keyword in slice_:
            numbers(file, slice_, keyword, 1)
        else:
            setattr(slice_, keyword, usual)
    if slice_.RescaleSlope == 0:
        raise BookError(f"{file} has RescaleSlope 0, which leaves nothing of its values.")
    try:
        stored = slice_.pixel_array
        wide = stored.astype(np.int64)  # a table's index would wrap in 16 bits
        values = apply_modality_lut(wide, slice_).astype(np.float32)
    except Exception as error:  # each decoder fails in its own way
        told = f"{file} is compressed ({one_line(slice_.file_meta.TransferSyntaxUID.name)})"
        if isinstance(error, NotImplementedError):
            raise BookError(f"{told}, which pydicom does not decode. Convert it first.") from None
        if "missing dependencies" not in str(error):
            raise unreadable(file, error) from None
        line = install_line("pylibjpeg", "pylibjpeg-libjpeg", "pylibjpeg-openjpeg")
        raise BookError(f"{told}: it needs a decoder. Type: {line}") from None
    if stored.shape != (slice_.Rows, slice_.Columns):
        raise BookError(f"{file} holds pixels of shape {stored.shape}; expected one grey slice.")
    if slice_.get("HighBit", slice_.BitsStored - 1) != slice_.BitsStored - 1:
        told = f"HighBit {slice_.HighBit} with BitsStored {slice_.BitsStored}"
        raise BookError(f"{file} has {told}: where its numbers begin is not told.")
    return values


def unreadable(file: Path, error: Exception) -> BookError:
    """Return what is said of a file that pydicom cannot read."""
    return BookError(f"{file} is cut short or damaged ({one_line(error)}). Copy it again.")
