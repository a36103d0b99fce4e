"""What DICOM slices say: their numbers and pixels, and how they lie, as an upright box or not."""

from math import atan2, degrees
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from pydicom import Dataset
from pydicom.pixels.processing import apply_modality_lut

from d2lutils.errors import BookError, one_line
from d2lutils.installing import install_line

_TOLERANCE = 0.1  # of a voxel: how far a slice may lie from its place
# What slices agree in besides their spacing and orientation, and what all have or none.
_EQUAL = ("Rows", "Columns", "FrameOfReferenceUID", "RescaleType", "Units")
_ALL_OR_NONE = ("RescaleSlope", "RescaleIntercept", "ModalityLUTSequence")
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
    return BookError(f"{file} is cut short or damaged ({one_line(error)}). Copy it again.")


def stacked(
    folder: Path, slices: dict[str, Dataset]
) -> tuple[list[str], tuple[float, float, float]]:
    """Return the slices' names along their normal, and the spacing along D, H and W in mm.

    Raises BookError unless they are alike and lie evenly, straight above each other, each once.
    """
    shared = _shared(folder, slices)
    down, across = shared["PixelSpacing"]
    normal = np.cross(*np.reshape(shared["ImageOrientationPatient"], (2, 3)))
    places = {
        name: numbers(folder / name, slice_, "ImagePositionPatient", 3)
        for name, slice_ in slices.items()
    }
    names = sorted(places, key=lambda name: float(places[name] @ normal))
    first = names[0]
    if len(names) == 1:  # nothing but its thickness tells how deep a voxel is
        (depth,) = numbers(folder / first, slices[first], "SliceThickness", 1, above=0).tolist()
        return names, (depth, down, across)
    offsets = np.array([places[name] - places[first] for name in names])
    heights = offsets @ normal
    depth = _step(folder, names, heights)
    sideways = np.linalg.norm(offsets - np.outer(heights, normal), axis=1)
    worst = int(sideways.argmax())
    if sideways[worst] > _TOLERANCE * min(down, across):
        tilt = degrees(atan2(sideways[worst], heights[worst]))
        raise BookError(
            f"{folder}: {first} and {names[worst]} lie shifted sideways by "
            f"{sideways[worst]:.3g} mm ({tilt:.2g}° off their normal); expected an upright stack. "
            "Of a tilted gantry, dcm2niix writes an upright one."
        )
    return names, (depth, down, across)


def _shared(folder: Path, slices: dict[str, Dataset]) -> dict[str, Any]:
    """Return what the slices share, by keyword; BookError where they differ."""
    facts = {name: _facts(folder / name, slice_) for name, slice_ in slices.items()}
    first, *others = facts
    for name in others:
        for keyword, value in facts[name].items():
            expected = facts[first][keyword]
            rounded = 0 if isinstance(value, str) else 1e-4 * float(np.abs(expected).max())
            if value != expected and not (rounded and np.allclose(value, expected, 0, rounded)):
                raise BookError(
                    f"{folder}: {keyword} is {value} in {name} but {expected} in {first}; "
                    "expected slices of one size, spacing, orientation and unit."
                )
    return facts[first]


def _facts(file: Path, slice_: Dataset) -> dict[str, Any]:
    """Return what a slice should share with the others, by keyword."""
    spacing = numbers(file, slice_, "PixelSpacing", 2, above=0)
    axes = numbers(file, slice_, "ImageOrientationPatient", 6).reshape(2, 3)
    if not np.allclose(axes @ axes.T, np.eye(2), atol=1e-3):
        told = "are not at right angles or not of length 1"
        raise BookError(f"{file}: the directions in ImageOrientationPatient {told}.")
    facts = {keyword: one_line(slice_.get(keyword, "missing")) for keyword in _EQUAL}
    facts |= {keyword: "there" if keyword in slice_ else "missing" for keyword in _ALL_OR_NONE}
    orientation = axes.ravel().tolist()
    return facts | {"PixelSpacing": spacing.tolist(), "ImageOrientationPatient": orientation}


def _step(folder: Path, names: list[str], heights: Numbers) -> float:
    """Return the distance from slice to slice in mm; BookError where it is not always the same."""
    gaps, step = np.diff(heights), float(heights[-1]) / (len(names) - 1)
    usual, least = float(np.median(gaps)), int(gaps.argmin())
    if gaps[least] <= max(1e-6, 0.01 * usual):
        raise BookError(
            f"{folder}: {names[least]} and {names[least + 1]} lie at one position: they are copies,"
            " two scans or two times of one. Move the others to a folder of their own."
        )
    odd = int(np.abs(gaps - usual).argmax())
    away = float(np.abs(heights - step * np.arange(len(names))).max())
    if abs(gaps[odd] - usual) > _TOLERANCE * usual or away > _TOLERANCE * step:
        raise BookError(
            f"{folder}: {names[odd]} and {names[odd + 1]} lie {gaps[odd]:.4g} mm apart, other "
            f"neighbours {usual:.4g} mm: a slice is missing, or these are two scans."
        )
    return step
