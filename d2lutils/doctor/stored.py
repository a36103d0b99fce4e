"""The doctor's look at the data: those that come with the book, and the folder for larger ones."""

import os
import shutil
from collections.abc import Iterator

from d2lutils.data import files
from d2lutils.data import larger as larger_sets
from d2lutils.doctor.findings import Finding
from d2lutils.downloading.places import data_folder
from d2lutils.errors import BookError


def bundled() -> Iterator[Finding]:
    """Judge the bundled data by their hashes, and name the first few that are damaged."""
    size, faults, names = 0, [], []
    try:
        names = list(files.registry())
    except BookError as error:
        faults.append(str(error))
    for name in names:
        try:
            files.check(name)
            size += (files.ROOT / name).stat().st_size
        except BookError as error:
            faults.append(str(error))
    for line in faults[:3]:
        what, _, remedy = line.rpartition(". ")
        yield Finding(what, remedy)
    if faults[3:]:
        what = f"{len(faults) - 3} more of the bundled data are missing or damaged"
        yield Finding(what, files.remedy(""))
    if not faults:
        yield Finding(f"bundled data: {len(names)} files, {size / 1e6:.1f} MB in {files.ROOT}")


def larger() -> Finding:
    """Judge the folder for larger data sets: whether those that are not here could come."""
    other = "Set D2L_DATA to a folder elsewhere."
    try:
        folder = data_folder()
        sets = [name for name in larger_sets.LARGER if larger_sets.here(name)]
        there = next(parent for parent in (folder, *folder.parents) if os.path.exists(parent))
        free = shutil.disk_usage(there).free / 1e9
    except (BookError, OSError) as error:  # D2L_DATA is odd, no HOME, no platformdirs
        cause, _, remedy = str(error).partition(". ")
        return Finding(f"the folder for larger data is unknown ({cause})", remedy or other)
    what = f"larger data in {folder}: {', '.join(sets) or 'none yet'}; {free:.1f} GB free"
    if len(sets) < len(larger_sets.LARGER):  # each lies there packed and unpacked
        if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
            return Finding(f"{what}, but nothing can be written there", other)
        if free < 0.6:
            return Finding(f"{what}, but the sets need 0.6 GB", other)
    return Finding(what)
