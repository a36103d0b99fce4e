"""The folder for larger data, which the package never writes to unasked."""

import os
from pathlib import Path

from d2lutils.errors import BookError
from d2lutils.installing import load


def data_folder() -> Path:
    """Return the folder for larger data: `D2L_DATA` where it is set, else the user's caches."""
    asked = os.environ.get("D2L_DATA", "").strip()
    if asked:
        return at_home(asked, "D2L_DATA").absolute()
    caches: Path = load("platformdirs", "The folder for larger data").user_cache_path("d2l")
    return caches


def at_home(folder: str | os.PathLike[str], name: str) -> Path:
    """Return a folder with `~` replaced; `name` is what the reader calls it."""
    try:
        return Path(folder).expanduser()
    except RuntimeError:
        told = f"{name}={os.fspath(folder)}: nobody's home folder is known by that name"
        raise BookError(f"{told}. Give a path that starts without ~.") from None
