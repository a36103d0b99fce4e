"""What is in a checkpoint's file, or one line that says why it is not to be trusted."""

import hashlib
import os
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

import torch

from d2lutils.errors import BookError, one_line

MARK, FORMAT = "d2l.checkpoint", 1
_NAMES = {MARK, "kinds", "shapes", "states", "values", "random"}
_ZIP = b"PK\x03\x04"
_DIGITS = 64  # of a SHA-256


def seal(file: BinaryIO) -> None:
    """Append the SHA-256 of all bytes, as the comment of the archive that torch.save wrote.

    The archive's own checksums cover what is in it, not its lists of contents; and torch.load does
    not compare them.
    """
    file.seek(-2, os.SEEK_END)
    file.write(_DIGITS.to_bytes(2, "little"))  # the comment's length
    digest = _digest(file, file.tell())
    file.write(digest)


def _digest(file: BinaryIO, length: int) -> bytes:
    """Return the SHA-256 of a file's first bytes in hexadecimal digits."""
    found = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(min(length - file.tell(), 2**20)):
        found.update(chunk)
    return found.hexdigest().encode()


def _seal_is_whole(file: BinaryIO) -> bool:
    length = max(file.seek(0, os.SEEK_END) - _DIGITS, 0)
    digest = _digest(file, length)
    return file.read() == digest


def read(file: Path) -> dict[str, Any]:
    """Return what a checkpoint holds, its checksum compared; raise BookError with the reason."""
    content = None
    try:
        with file.open("rb") as opened:
            start = opened.read(4)
            if start != _ZIP:
                kind = "is empty" if not start else "is of another kind"
                raise BookError(f"{file} {kind}: give a file that d2l.save_checkpoint wrote.")
            if _seal_is_whole(opened):
                opened.seek(0)
                content = torch.load(opened, map_location="cpu", weights_only=True)
            elif not _is_plain_archive(opened):
                told = "is cut off or damaged, and not loaded: take another checkpoint."
                raise BookError(f"{file} {told}")
    except FileNotFoundError:
        raise BookError(f"There is no checkpoint {file}.") from None
    except OSError as error:
        raise BookError(f"{file} cannot be read: {error.strerror or error}.") from None
    except BookError:
        raise
    except Exception as error:
        if "weights_only" in str(error).lower().replace(" ", "_"):
            told = "holds more than tensors and plain data, and could run code"
            raise BookError(f"{file} {told}: it is not loaded.") from None
        raise BookError(f"{file} cannot be read: {one_line(error, 80)}") from None
    if not isinstance(content, dict) or not content.keys() >= _NAMES:
        told = "is no checkpoint of d2l.save_checkpoint"
        raise BookError(f"{file} {told}: read it by torch.load(path, weights_only=True).")
    if repr(content[MARK]) != repr(FORMAT):
        told = (
            f"has format {one_line(content[MARK], 20)}, and this version of d2lutils reads {FORMAT}"
        )
        raise BookError(f"{file} {told}: take the version that wrote it.")
    return content


def _is_plain_archive(file: BinaryIO) -> bool:
    """Return whether this is a whole archive without a comment, as torch.save writes one."""
    try:
        with zipfile.ZipFile(file) as archive:
            return not archive.comment and archive.testzip() is None
    except Exception:  # zipfile raises many kinds at damaged files
        return False
