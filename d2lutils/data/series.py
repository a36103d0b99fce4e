"""The DICOM files of a folder: which are images, and of which series."""

from pathlib import Path

from pydicom import Dataset, dcmread
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from d2lutils.data.slices import kind_of, unreadable
from d2lutils.errors import BookError, one_line
from d2lutils.installing import install_line

# Files that lie beside slices and are passed over. Any other that is no DICOM is told: it may be
# a slice that is empty or cut short.
_OTHERS = (
    ".bval", ".bvec", ".csv", ".db", ".gif", ".html", ".ini", ".ipynb", ".jpeg", ".jpg", ".json",
    ".log", ".md", ".nii", ".nii.gz", ".npy", ".npz", ".nrrd", ".pdf", ".png", ".py", ".tif",
    ".tiff", ".tsv", ".txt", ".xlsx", ".xml", ".yaml", ".yml",
)  # fmt: skip
# What is asked of a slice besides its numbers.
_WORDS = (
    "BitsStored", "Columns", "FrameOfReferenceUID", "HighBit", "ImageType", "Modality",
    "ModalityLUTSequence", "NumberOfFrames", "PhotometricInterpretation", "RescaleType", "Rows",
    "SeriesInstanceUID", "Units",
)  # fmt: skip


def images(folder: Path) -> dict[str, Dataset]:
    """Return the DICOM images in a folder by the names of their files.

    Raises BookError where there is none, or a file that may have been one cannot be read.
    """
    if not folder.is_dir():
        told = f"{folder} is a file" if folder.exists() else f"There is no folder {folder}"
        raise BookError(f"{told}; give the folder that holds the DICOM files.")
    files = sorted(entry for entry in folder.iterdir() if not entry.is_dir())
    found = {file.name: image for file in files if (image := _image(file)) is not None}
    if not found:
        told = f"{len(files)} other files; folders in it are not searched"
        raise BookError(f"{folder} holds no DICOM images ({told}). Give the one with the slices.")
    return found


def _image(file: Path) -> Dataset | None:
    """Return a file's image, or None where it is known to be something else."""
    try:
        with file.open("rb") as stream:
            marked = stream.read(132)[128:] == b"DICM"
        if not marked and (file.name.startswith(".") or file.name.lower().endswith(_OTHERS)):
            return None
        image = dcmread(file, force=True)  # old files lack the mark
        header, kind = image.file_meta, kind_of(image)
        whole = "TransferSyntaxUID" in header  # not cut off before it could tell the kind
        if not whole:
            implicit, little = image.original_encoding
            explicit = ExplicitVRLittleEndian if little else ExplicitVRBigEndian
            header.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else explicit
        if "PixelData" in image and (marked or "Rows" in image):
            for keyword in _WORDS:  # pydicom decodes an element when it is first asked for
                image.get(keyword)
            return image
    except Exception as error:  # whatever a damaged file leads to
        if isinstance(error, OSError) and error.strerror:
            raise BookError(f"{file} cannot be read ({error.strerror}).") from None
        raise unreadable(file, error) from None
    if ((whole and kind) or kind.endswith("Storage")) and not kind.endswith("Image Storage"):
        return None  # a report, a plan, the index of a disc, a maker's own
    if marked or kind:
        raise BookError(f"{file} has no pixels: it is cut short. Copy it again.")
    told = "is no DICOM file: it is empty, cut short or of another kind"
    raise BookError(f"{file} {told}. Copy it again, or move it out of the folder.")


def chosen_series(
    folder: Path, slices: dict[str, Dataset], wanted: str | None
) -> dict[str, Dataset]:
    """Return the slices of the wanted series, or of the only one.

    Raises BookError where there are several or not the wanted one, or it holds what is no slice.
    """
    groups: dict[str, dict[str, Dataset]] = {}
    for name, slice_ in slices.items():
        groups.setdefault(one_line(slice_.get("SeriesInstanceUID", "")), {})[name] = slice_
    if wanted is None and len(groups) == 1:
        (wanted,) = groups
    if wanted not in groups:
        largest = sorted(groups, key=lambda uid: -len(groups[uid]))
        told = ", ".join(f"{uid} ({len(groups[uid])} files)" for uid in largest)
        count = f"not {wanted} but" if wanted else f"{len(groups)} series:"
        told = f"{count} {one_line(told, 300)}"
        raise BookError(f'{folder} holds {told}. Give read_dicom series="…", one of these.')
    for name, slice_ in groups[wanted].items():
        _check_slice(folder / name, slice_)
    return groups[wanted]


def _check_slice(file: Path, slice_: Dataset) -> None:
    kind = kind_of(slice_)
    if "Enhanced" in kind:
        raise BookError(
            f"{file} holds a whole series in one file ({kind}); highdicom reads it: highdicom."
            f"imread({file.name!r}).get_volume(). Type: {install_line('highdicom')}"
        )
    frames = one_line(slice_.get("NumberOfFrames") or 1)
    colours = one_line(slice_.get("PhotometricInterpretation", "MONOCHROME"))
    views = slice_.get("ImageType") or []
    scout = "LOCALIZER" in views and slice_.get("Modality") == "CT"
    holds = {
        f"{frames} frames, and read_dicom takes one slice a file": frames != "1",
        f"colours ({colours}), which have no unit": not colours.startswith("MONOCHROME"),
        "a view through the whole body, a localizer or projection": scout
        or "PROJECTION IMAGE" in views,
        "a radiation dose, which is scaled in a way of its own": "DoseGridScaling" in slice_,
    }
    for held in (what for what, does in holds.items() if does):
        told = "Expected grey CT, MR or PET slices; move it elsewhere"
        raise BookError(f"{file} holds {held}. {told}.")
