"""A file that appears under its name whole, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, EFBIG, ENOSPC
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from d2lutils.errors import BookError

PATIENCE = 60.0  # seconds that a writer waits for another one of the same file


@contextmanager
def alone(lock: Path, told: str, patience: float) -> Iterator[None]:
    """Let one process at a time in; raise BookError with `told` where another one stays there.

    The system opens the lock when its process ends, however that happens.
    """
    try:
        with FileLock(lock, timeout=patience):
            yield
    except Timeout:
        raise BookError(told) from None


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into one line."""
    try:
        yield
    except (OSError, RuntimeError, NotImplementedError) as error:
        if isinstance(error, BookError):
            raise
        cause = file_system_error(error)
        if cause is None:
            raise
        full = getattr(cause, "errno", 0) in (ENOSPC, EDQUOT, EFBIG)
        remedy = "Make room there" if full else "Name a file that you can write to"
        told = getattr(cause, "strerror", "") or cause
        kept = " The file that was there before is whole." if os.path.isfile(path) else ""
        raise BookError(f"{path} is not written: {told}. {remedy}.{kept}") from None


def file_system_error(error: BaseException | None) -> BaseException | None:
    """Return what the system said; torch.save raises an error of its own on top of it."""
    while error is not None:
        if isinstance(error, OSError | NotImplementedError):  # the latter: no locks on this disk
            return error
        error = error.__cause__ or error.__context__
    return None


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to, which takes the place of `path` in one step when all is on disk.

    Whatever happens before that step, `path` is what it was. What a killed writer left is written
    over by the next one.
    """
    path = Path(os.path.realpath(path))  # a link stays a link
    if os.path.exists(path) and not path.is_file():
        raise FileExistsError(None, "there is a folder or a device of that name")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    lock = path.with_name(f".{path.name}.lock")
    lock.touch()  # FileLock would wait where it cannot
    told = f"Another process has been writing {path} for {PATIENCE:.0f} seconds: wait, or end it."
    with alone(lock, told, PATIENCE):
        try:
            with partial.open("w+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())  # else the new name could be on disk before the bytes are
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        _sync(path.parent)


def _sync(folder: Path) -> None:
    """Have the folder itself on disk, where the system can do so: its names are its data."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
