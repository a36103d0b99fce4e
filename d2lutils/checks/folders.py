"""A folder for the files of a check."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give an empty folder, which is removed afterwards."""
    # Windows keeps a file while a tensor that is mapped from it lives.
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        yield Path(name)
