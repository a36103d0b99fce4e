"""The folder for larger data, which the package never writes to unasked."""

import os
import re
from pathlib import Path

from d2lutils.errors import BookError
from d2lutils.installing import load

SET_HOME = "Set HOME to a folder that you can write to."


def data_folder() -> Path:
    """Return the folder for larger data: `D2L_DATA` where it is set, else the user's caches.

    Raises BookError where that names no folder.
    """
    asked = os.environ.get("D2L_DATA", "").strip()
    if asked:
        try:
            return at_home(asked, "D2L_DATA").absolute()
        except FileNotFoundError:
            told = "starts from the working folder, which was deleted. Give one that starts with /."
            raise BookError(f"D2L_DATA={asked} {told}") from None
    platformdirs = load("platformdirs", "The folder for larger data")
    try:
        caches: Path = platformdirs.user_cache_path("d2l")
    except RuntimeError:  # its older versions return one that starts with ~
        caches = Path("~")
    if not caches.is_absolute():
        raise BookError(
            "Larger data go into the home folder, and this user has none. Set HOME or D2L_DATA to "
            "a folder that you can write to."
        )
    return caches


def at_home(folder: str | os.PathLike[str], name: str) -> Path:
    """Return a folder with `~` replaced; `name` is what the reader calls it.

    Raises BookError where it is no path, is in nobody's home, or would break a line in two.
    """
    try:
        path = Path(folder).expanduser()
    except TypeError:
        told = f"{name}={folder!r:.100} is no path; give it as text or as a pathlib.Path."
        raise BookError(told) from None
    except RuntimeError:
        told = f"{name}={os.fspath(folder)}: nobody's home folder is known by that name"
        raise BookError(f"{told}. Give a path that starts without ~.") from None
    if re.search(r"[\x00-\x1f\x7f]", str(path)):
        told = f"{name}={str(folder)!r:.200} has a line break or another control character"
        raise BookError(f"{told}. Give another path.")
    return path


def home_is_known() -> bool:
    """Whether this user has a home folder, by HOME or by the machine's list of users."""
    return os.path.isabs(os.path.expanduser("~"))
