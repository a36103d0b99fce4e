"""The folder for larger data, which the package never writes to unasked."""

import os
from pathlib import Path


def data_folder() -> Path:
    """Return the folder for larger data: `D2L_DATA` where it is set, else the user's caches."""
    asked = os.environ.get("D2L_DATA", "").strip()
    if asked:
        return Path(asked).expanduser().absolute()
    from platformdirs import user_cache_path

    return user_cache_path("d2l")
