"""What is in a checkpoint's file, or one line that says why it is not to be trusted."""

import zipfile
from pathlib import Path
from typing import Any

import torch

from d2lutils.errors import BookError, one_line

MARK, FORMAT = "d2l.checkpoint", 1
_NAMES = {MARK, "kinds", "states", "values", "random"}
_ZIP = b"PK\x03\x04"


def read(file: Path) -> dict[str, Any]:
    """Return what a checkpoint holds, its checksums compared; raise BookError with the reason."""
    try:
        with file.open("rb") as opened:
            start = opened.read(4)
            if start != _ZIP:
                kind = "is empty" if not start else "is of another kind"
                raise BookError(f"{file} {kind}: give a file that d2l.save_checkpoint wrote.")
            with zipfile.ZipFile(opened) as archive:
                damaged = archive.testzip()
            content = None
            if damaged is None:
                opened.seek(0)
                content = torch.load(opened, map_location="cpu", weights_only=True)
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
        damaged = one_line(error, 80)
    if damaged is not None:
        told = "is cut off or damaged, and not loaded"
        raise BookError(f"{file} {told} ({damaged}): take another checkpoint.")
    if not isinstance(content, dict) or not content.keys() >= _NAMES:
        told = "is no checkpoint of d2l.save_checkpoint"
        raise BookError(f"{file} {told}: read it by torch.load(path, weights_only=True).")
    if repr(content[MARK]) != repr(FORMAT):
        told = (
            f"has format {one_line(content[MARK], 20)}, and this version of d2lutils reads {FORMAT}"
        )
        raise BookError(f"{file} {told}: take the version that wrote it.")
    return content
