"""How a rebuild differs from what is bundled: by value, not by byte, for encoders change."""

import csv
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path

import numpy as np

from . import Entry

TOLERANCE = 1e-6  # relative, of a number in a table
APART = 1e-3  # of a weight, relative to the largest in its tensor


def differences(entry: Entry, old: Path, new: Path) -> list[str]:
    """Compare an entry below the folder `old` with its rebuild below `new`.

    Returns:
        What differs, a clause each; empty where all is equal.
    """
    before, after = old / entry.path, new / entry.path
    if not before.is_dir():
        return COMPARE[entry.kind](before, after)
    names = [{file.name for file in folder.iterdir()} for folder in (before, after)]
    found = [f"{name} is in one of both" for name in sorted(names[0] ^ names[1])]
    for name in sorted(names[0] & names[1]):
        clauses = COMPARE[entry.kind](before / name, after / name)
        found += [f"{name}: {clause}" for clause in clauses]
    return found


def tables(old: Path, new: Path) -> list[str]:
    """Compare two CSV files cell by cell, numbers with a tolerance."""
    with (
        old.open(encoding="utf-8", newline="") as one,
        new.open(encoding="utf-8", newline="") as other,
    ):
        rows = zip_longest(csv.reader(one), csv.reader(other))
        for number, (before, after) in enumerate(rows, 1):
            if before is None or after is None:
                return [f"line {number} is in one of both"]
            if len(before) != len(after) or not all(map(_same_cell, before, after)):
                return [f"line {number}: {before} became {after}"]
    return []


def _same_cell(old: str, new: str) -> bool:
    if old == new:
        return True
    try:
        return bool(np.isclose(float(old), float(new), rtol=TOLERANCE, atol=0))
    except ValueError:
        return False


def arrays(old: Path, new: Path) -> list[str]:
    """Compare the arrays in two .npz files: names, types, values."""
    with np.load(old) as before, np.load(new) as after:
        if set(before) != set(after):
            return [f"arrays {sorted(before)} became {sorted(after)}"]
        return [name for name in before if not _same_array(before[name], after[name])]


def _same_array(old: np.ndarray, new: np.ndarray) -> bool:
    return old.dtype == new.dtype and np.array_equal(old, new)


def weights(old: Path, new: Path) -> list[str]:
    """Compare two .safetensors files: names, types, shapes, and values within rounding."""
    from safetensors.numpy import load_file

    before, after = load_file(old), load_file(new)
    if set(before) != set(after):
        return [f"tensors {sorted(before)} became {sorted(after)}"]
    return [name for name in sorted(before) if not _near(before[name], after[name])]


def _near(old: np.ndarray, new: np.ndarray) -> bool:
    if old.dtype != new.dtype or old.shape != new.shape:
        return False
    return bool(np.allclose(old, new, rtol=0, atol=APART * np.abs(old).max(initial=0)))


def pictures(old: Path, new: Path) -> list[str]:
    """Compare two pictures: mode, orientation and pixels; a JPEG's within its rounding."""
    from PIL import Image
    from PIL.ExifTags import Base

    with Image.open(old) as before, Image.open(new) as after:
        images = (before, after)
        about = [(one.mode, one.size, one.getexif().get(Base.Orientation)) for one in images]
        if about[0] != about[1]:
            return [f"{about[0]} became {about[1]}"]
        apart = np.abs(np.asarray(before, int) - np.asarray(after, int))
    # Two JPEG encoders and decoders may round otherwise: a few steps at a pixel, none on average.
    far, mean = (16, 0.5) if old.suffix == ".jpg" else (0, 0.0)
    return [] if apart.max() <= far and apart.mean() <= mean else ["the pixels differ"]


def slices(old: Path, new: Path) -> list[str]:
    """Compare two DICOM slices: every element, and the pixels within one step of rounding."""
    from pydicom import dcmread

    before, after = dcmread(old), dcmread(new)
    pixels = [image.pixel_array.astype(int) for image in (before, after)]
    for image in (before, after):
        del image.PixelData
    found = [] if before == after else ["its elements differ"]
    if np.abs(pixels[0] - pixels[1]).max() > 1:
        found.append("its pixels differ")
    return found


def exact(old: Path, new: Path) -> list[str]:
    """Compare two files byte by byte."""
    return [] if old.read_bytes() == new.read_bytes() else ["the bytes differ"]


COMPARE: dict[str, Callable[[Path, Path], list[str]]] = {
    "table": tables,
    "array": arrays,
    "picture": pictures,
    "dicom": slices,
    "text": exact,
    "bytes": exact,
    "weights": weights,
}
