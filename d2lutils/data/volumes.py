"""The bundled volumes, and the reader of a folder of DICOM slices."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import torch

from d2lutils.data.files import path
from d2lutils.errors import BookError
from d2lutils.installing import install_line

if TYPE_CHECKING:
    from pydicom import Dataset

Numbers: TypeAlias = "np.ndarray[Any, np.dtype[np.floating[Any]]]"
# What the slices of a stack agree in, with how many numbers each.
_SHARED = {"Rows": 1, "Columns": 1, "PixelSpacing": 2, "ImageOrientationPatient": 6}


class Volume(NamedTuple):
    """A box of voxels: `values`, float32 D×H×W, and `spacing`, millimetres along D, H and W."""

    values: torch.Tensor
    spacing: tuple[float, float, float]


def brain() -> Volume:
    """Return the average brain of 152 people by magnetic resonance (MNI152), from 0 to 1.

    D runs upwards, H from front to back, W from the right side to the left.
    Explained in 03/06. Raises BookError where its file is missing or damaged.
    """
    with np.load(path("volumes/brain.npz")) as arrays:
        values, (depth, height, width) = arrays["values"], arrays["spacing_mm"].tolist()
    return Volume(torch.from_numpy(values).float() / 255, (depth, height, width))


def ct() -> Volume:
    """Return a computed tomography of an invented body in Hounsfield units (air: -1000).

    D runs upwards, H from front to back, W from the right side to the left.
    Explained in 03/06. Raises BookError where one of its files is missing or damaged.
    """
    return read_dicom(path("volumes/ct"))


def read_dicom(folder: str | Path, *, series: str | None = None) -> Volume:
    """Read a folder of DICOM slices (CT, MR, PET) as one volume, sorted by position.

    Args:
        folder: its path; folders in it, and files that are no DICOM images, are left unread.
        series: the SeriesInstanceUID to read where the folder holds several.

    Returns:
        Values in the unit that the slices' slope and intercept lead to (of a CT, Hounsfield
        units). D runs along the slices' normal, H down their columns, W along their rows.

    Explained in 03/06. Raises BookError where there is no such folder, no DICOM image in it or
    more than one series; where a file is cut short or compressed in a way that needs another
    package; where a slice between others is missing or there twice; and where slices differ in
    size, spacing or orientation.
    """
    folder = Path(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's, of values that are not needed here
        slices = _series(folder, _images(folder), series)
        names, (depth, height, width) = _sorted(folder, slices)
        values = np.stack([_values(folder / name, slices[name]) for name in names])
    return Volume(torch.from_numpy(values), (depth, height, width))


def _images(folder: Path) -> "dict[str, Dataset]":
    """Return the DICOM images in a folder by the names of their files."""
    from pydicom import dcmread
    from pydicom.errors import InvalidDicomError

    if not folder.is_dir():
        raise BookError(f"There is no folder {folder}; expected one with DICOM files.")
    found: dict[str, Dataset] = {}
    files = sorted(file for file in folder.iterdir() if file.is_file())
    for file in files:
        try:
            slice_ = dcmread(file)
            kind = slice_.file_meta.get("MediaStorageSOPClassUID") or slice_.get("SOPClassUID")
            image = "TransferSyntaxUID" not in slice_.file_meta  # cut off before it could tell
            image = image or (kind is not None and kind.name.endswith("Image Storage"))
        except InvalidDicomError:
            if file.suffix.lower() != ".dcm":
                continue
            told = f"{file} has no DICOM header: it is cut short, or of another kind."
            raise BookError(told) from None
        except Exception as error:  # whatever a damaged file leads to
            raise _unreadable(file, error) from None
        if "PixelData" in slice_:
            found[file.name] = slice_
        elif image:
            raise BookError(f"{file} has no pixels: it is cut short. Copy it again.")
    if not found:
        told = f"{len(files)} other files; folders in it are not searched"
        raise BookError(f"{folder} holds no DICOM images ({told}).")
    return found


def _series(folder: Path, slices: "dict[str, Dataset]", wanted: str | None) -> "dict[str, Dataset]":
    """Return the slices of the wanted series, or of the only one."""
    groups: dict[str, dict[str, Dataset]] = {}
    for name, slice_ in slices.items():
        groups.setdefault(str(slice_.get("SeriesInstanceUID", "")), {})[name] = slice_
    if wanted in groups or (wanted is None and len(groups) == 1):
        return groups[wanted] if wanted else slices
    largest = sorted(groups, key=lambda uid: -len(groups[uid]))[:4]
    told = ", ".join(f"{uid} ({len(groups[uid])} files)" for uid in largest)
    told += ", …" if len(groups) > len(largest) else ""
    count = f"not {wanted} but" if wanted else f"{len(groups)} series:"
    raise BookError(f'{folder} holds {count} {told}. Give read_dicom series="…", one of these.')


def _geometry(folder: Path, slices: "dict[str, Dataset]") -> dict[str, Numbers]:
    """Return how the slices lie: what all agree in by its keyword, and each one's place."""
    first = next(iter(slices))
    found: dict[str, Numbers] = {}
    for name, slice_ in slices.items():
        for keyword, count in _SHARED.items():
            value = _numbers(folder / name, slice_, keyword, count)
            if not np.allclose(value, found.setdefault(keyword, value), atol=1e-3):
                told = f"{value.tolist()} in {name} but {found[keyword].tolist()} in {first}"
                raise BookError(
                    f"{folder}: {keyword} is {told}; "
                    "expected slices of one size, spacing and orientation."
                )
        found[name] = _numbers(folder / name, slice_, "ImagePositionPatient", 3)
    return found


def _numbers(file: Path, slice_: "Dataset", keyword: str, count: int) -> Numbers:
    try:
        value = np.array(slice_[keyword].value, float).reshape(count)
    except (KeyError, TypeError, ValueError):
        value = np.array(np.nan)
    if not np.isfinite(value).all():
        told = f"{file} has no usable {keyword}"
        raise BookError(f"{told}; expected slices of a CT, MR or PET series.")
    return value


def _sorted(folder: Path, slices: "dict[str, Dataset]") -> tuple[list[str], list[float]]:
    """Return the slices' names along their normal, and the spacing along D, H and W."""
    layout = _geometry(folder, slices)
    normal = np.cross(*layout["ImageOrientationPatient"].reshape(2, 3))
    names = sorted(slices, key=lambda name: float(layout[name] @ normal))
    steps = np.diff([layout[name] for name in names], axis=0)
    gaps = steps @ normal
    if len(names) == 1:  # nothing but its thickness tells how deep a voxel is
        gaps = _numbers(folder / names[0], slices[names[0]], "SliceThickness", 1)
    usual = float(np.median(gaps))
    for before, after, gap, step in zip(names, names[1:], gaps, steps, strict=False):
        between = f"{folder}: {before} and {after} lie"
        if gap < 0.01:
            raise BookError(f"{between} at one position; expected each slice once.")
        if abs(gap - usual) > 0.1 * usual:
            raise BookError(
                f"{between} {gap:.4g} mm apart, other neighbours {usual:.4g} mm: "
                "a slice is missing, or these are two scans."
            )
        if np.linalg.norm(step - gap * normal) > 0.1 * usual:
            raise BookError(f"{between} shifted sideways; expected an upright stack.")
    return names, [usual, *layout["PixelSpacing"].tolist()]


def _values(file: Path, slice_: "Dataset") -> Numbers:
    """Return one slice's pixels, rescaled."""
    try:
        values = slice_.pixel_array.astype(np.float32)
    except Exception as error:  # each decoder fails in its own way
        if "missing dependencies" not in str(error):
            raise _unreadable(file, error) from None
        line = install_line("pylibjpeg", "pylibjpeg-libjpeg", "pylibjpeg-openjpeg")
        told = f"is compressed ({slice_.file_meta.TransferSyntaxUID.name}): it needs a decoder"
        raise BookError(f"{file} {told}. Type: {line}") from None
    if values.ndim != 2:
        raise BookError(f"{file} holds pixels of shape {values.shape}; expected one grey slice.")
    if "RescaleSlope" in slice_:
        values *= np.float32(_numbers(file, slice_, "RescaleSlope", 1))
        values += np.float32(_numbers(file, slice_, "RescaleIntercept", 1))
    return values


def _unreadable(file: Path, error: Exception) -> BookError:
    cause = " ".join(str(error).split())
    return BookError(f"{file} is cut short or damaged ({cause:.120}). Copy it again.")
