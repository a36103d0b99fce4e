"""What a builder is: a module of this package with `ENTRIES`, a list of `Entry`.

`data/build.py` takes every module named in `MODULES`. A builder imports only the standard library,
NumPy and this package at its top; upstream packages are imported inside its functions, so that the
tests can read `ENTRIES` where no upstream package is installed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

MODULES = ("tables", "pictures", "volumes", "phantom", "words", "sound", "weights")

# How a rebuild is compared with the bundled file:
# table: cells of a CSV file · array: arrays of an .npz file · picture: decoded pixels, mode and
# EXIF orientation · dicom: Hounsfield values and geometry · text: characters · bytes: each byte ·
# weights: tensors of a .safetensors file, with a tolerance for another processor's rounding
Kind = Literal["table", "array", "picture", "dicom", "text", "bytes", "weights"]


@dataclass(frozen=True)
class Entry:
    """One bundled thing: a file, or a folder of files that are read together.

    `path` is relative to data/: "tables/wine.csv", or a folder, "volumes/ct". `make` gets an empty
    folder that stands for data/, and writes `path` below it (`place` makes the parents); the same
    call twice gives equal values. It is None where the file was written by hand and is its own
    source: then only its hash is checked. The other fields are cells of data/README.md: plain
    Markdown in one line, no "|". `source` names a package with its exact version
    ("scikit-learn 1.9.1, `load_wine`; UCI …"), or "this project".
    """

    path: str
    kind: Kind
    what: str
    source: str
    licence: str
    units: str
    make: Callable[[Path], None] | None


def place(folder: Path, path: str) -> Path:
    """The file `path` below `folder`, its parents made."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    return target
