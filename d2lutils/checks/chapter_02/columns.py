"""What it costs to read a column of an HDF5 file: for the check of 02.10d."""

import io
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import numpy as np

from d2lutils.checks import Wrong


class _CountingFile(io.FileIO):
    bytes_read = 0
    reads = 0

    def readinto(self, buffer: Any) -> int:
        number = super().readinto(buffer) or 0
        self.bytes_read += number
        self.reads += 1
        return number


def judge_layout(want: np.ndarray[Any, Any], path: Path) -> None:
    """Refuse a file from which a column of the dataset "x" costs too much, or is not `want`'s."""
    if not path.exists():
        raise Wrong('there is no file at `path`: open it with `h5py.File(path, "w")`')
    if not h5py.is_hdf5(path):
        raise Wrong("the file is no HDF5 file, or it is not closed: use `with h5py.File(…)`")
    with _CountingFile(path) as raw, _opened(raw) as file:
        dataset = file.get("x")
        if not isinstance(dataset, h5py.Dataset):
            group = ', and "x" is a group' if "x" in file else ""
            raise Wrong(f'there is no dataset "x"; the file holds {list(file)}{group}')
        if dataset.shape != want.shape:
            raise Wrong(f"expected shape {want.shape}, got {dataset.shape}")
        if dataset.dtype != want.dtype:
            raise Wrong(f"expected dtype {want.dtype}, got {dataset.dtype}")
        size, chunks = want.shape[0] * want.itemsize, dataset.chunks
        for place in sorted({0, want.shape[1] // 2, want.shape[1] - 1}):
            raw.bytes_read = raw.reads = 0
            column = dataset[:, place]
            if not np.array_equal(column, want[:, place]):
                raise Wrong(f"column {place} does not hold the numbers of `x`")
            if raw.reads > 20:
                raise Wrong(
                    f"column {place} took {raw.reads} reads, for its numbers lie apart: "
                    f"`chunks` is {chunks}; make a chunk as high as the table"
                )
            if raw.bytes_read > 4 * size:
                narrow = chunks is not None and chunks[1] == 1
                hint = "fewer and higher chunks" if narrow else "a chunk narrower"
                raise Wrong(
                    f"column {place} has {size} bytes, and {raw.bytes_read} were read: "
                    f"`chunks` is {chunks}; make {hint}"
                )


def _opened(raw: _CountingFile) -> Any:
    try:
        return h5py.File(raw)
    except OSError as error:
        raise Wrong("the file is not complete: close it, or use `with h5py.File(…)`") from error
