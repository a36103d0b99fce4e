"""How the slices of a series lie: as an upright box, or what is wrong with it."""

from math import atan2, degrees
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset

from d2lutils.data.slices import Numbers, numbers
from d2lutils.errors import BookError, one_line

_TOLERANCE = 0.1  # of a voxel: how far a slice may lie from its place
# What slices agree in besides their spacing and orientation, and what all have or none.
_EQUAL = ("Rows", "Columns", "FrameOfReferenceUID", "RescaleType", "Units")
_ALL_OR_NONE = ("RescaleSlope", "RescaleIntercept", "ModalityLUTSequence")


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
    if len(names) == 1:  # nothing but its thickness tells how deep a voxel is
        (only,) = names
        (depth,) = numbers(folder / only, slices[only], "SliceThickness", 1, above=0).tolist()
        return names, (depth, down, across)
    offsets = np.array([places[name] - places[names[0]] for name in names])
    heights = offsets @ normal
    depth = _step(folder, names, slices, heights)
    sideways = np.linalg.norm(offsets - np.outer(heights, normal), axis=1)
    worst = int(sideways.argmax())
    if sideways[worst] > _TOLERANCE * min(down, across):
        tilt = degrees(atan2(sideways[worst], heights[worst]))
        raise BookError(
            f"{folder}: {names[0]} and {names[worst]} lie shifted sideways by "
            f"{sideways[worst]:.3g} mm ({tilt:.2g}° off their normal); expected an upright stack. "
            "Of a tilted gantry, dcm2niix writes an upright one."
        )
    return names, (depth, down, across)


def _shared(folder: Path, slices: dict[str, Dataset]) -> dict[str, Any]:
    """Return what the slices share, by keyword; BookError where they differ."""
    facts = {name: _facts(folder / name, slice_) for name, slice_ in slices.items()}
    first = next(iter(facts))
    for name, own in facts.items():
        for keyword, value in own.items():
            expected = facts[first][keyword]
            if value != expected and not _close(value, expected):
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
    return facts | {
        "PixelSpacing": spacing.tolist(),
        "ImageOrientationPatient": axes.ravel().tolist(),
    }


def _close(value: Any, expected: Any) -> bool:
    """Tell whether two lists of numbers differ by no more than they were rounded."""
    if isinstance(value, str):
        return False
    return np.allclose(value, expected, rtol=0, atol=1e-4 * float(np.abs(expected).max()))


def _step(folder: Path, names: list[str], slices: dict[str, Dataset], heights: Numbers) -> float:
    """Return the distance from slice to slice in mm; BookError where it is not always the same."""
    gaps, step = np.diff(heights), float(heights[-1]) / (len(names) - 1)
    usual, least = float(np.median(gaps)), int(gaps.argmin())
    if gaps[least] <= max(1e-6, 0.01 * usual):
        pair = names[least], names[least + 1]
        copies = len({slices[name].get("SOPInstanceUID") for name in pair}) == 1
        told = "they are copies" if copies else "they are two scans, or two times of one"
        raise BookError(
            f"{folder}: {pair[0]} and {pair[1]} lie at one position: {told}. "
            "Expected each slice once; move the others to a folder of their own."
        )
    odd = int(np.abs(gaps - usual).argmax())
    away = float(np.abs(heights - step * np.arange(len(names))).max())
    if abs(gaps[odd] - usual) > _TOLERANCE * usual or away > _TOLERANCE * step:
        raise BookError(
            f"{folder}: {names[odd]} and {names[odd + 1]} lie {gaps[odd]:.4g} mm apart, other "
            f"neighbours {usual:.4g} mm: a slice is missing, or these are two scans."
        )
    return step
