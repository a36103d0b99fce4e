"""`d2l.data.chord` and the reader of WAV files.

It looks where the samples lie by the sizes that stand in a file. Libraries forgive a wrong size:
they leave samples out, or hear other bytes as sound.
"""

import io
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import torch

from d2lutils.data.files import contents, path
from d2lutils.errors import BookError

# The other codecs of WAV fill up their last block: they would add samples that nobody recorded.
_SUBTYPES = {"PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"}
_NAME = re.compile(rb"(?=([A-Za-z][ -~]{3}))")
_SEARCHED = 2**20  # bytes at the samples' end: more than notes take
_UNKNOWN = 0xFFFFFFFF  # RF64 and BW64 give the size elsewhere, in eight bytes


class Sound(NamedTuple):
    """A recording: `samples`, float32 channels×samples in [-1, 1], and `rate` in hertz."""

    samples: torch.Tensor
    rate: int


def chord() -> Sound:
    """Return two seconds made for the book (2 channels, 16 kHz); `data/README.md` says of what.

    Explained in 03/13. Raises BookError where its file is missing or damaged.
    """
    return read_wav(path("sounds/chord.wav"))


def read_wav(file: str | Path) -> Sound:
    """Read a WAV file of whole numbers (8 to 32 bits), floats (32 or 64), µ-law or A-law.

    Whole numbers are divided by the largest magnitude of their type, those of 8 bits, which have
    no sign, after 128 was taken off; floats are kept as they are, beyond [-1, 1] too. Numbers of,
    say, 12 bits in 16 fill the upper bits, as the format prescribes.
    Explained in 03/13. Raises BookError where the file is missing, empty, no WAV, compressed
    otherwise, cut short or of two minds about where its samples end.
    """
    data = contents(file)
    if data[:4] not in (b"RIFF", b"RIFX", b"RF64", b"BW64") or data[8:12] != b"WAVE":
        raise BookError(
            f"{file} is no WAV file: it starts with {data[:12]!r}. "
            "If it is FLAC, OGG, MP3 or AIFF, soundfile.read reads it."
        )
    try:
        size, instant = samples_of(data)
        import soundfile  # type: ignore[import-untyped]

        known = b"RF64" + data[4:] if data[:4] == b"BW64" else data  # the same with a newer name
        with soundfile.SoundFile(io.BytesIO(known)) as sound:
            if sound.subtype not in _SUBTYPES:
                raise ValueError(f"it is compressed: {sound.subtype_info}")
            if sound.frames * instant != size:
                told = f"{size:,} bytes are not {sound.frames:,} instants of {instant} bytes"
                raise ValueError(told)
            double = sound.subtype == "DOUBLE"
            values = sound.read(dtype="float64" if double else "float32", always_2d=True)
        with np.errstate(over="raise"):
            samples = values.T.astype(np.float32, order="C")
    except (ArithmeticError, OSError, RuntimeError, ValueError) as error:
        raise BookError(
            f"{file} cannot be read ({getattr(error, 'error_string', error)}); expected a whole "
            "WAV file of PCM, floats, A-law or µ-law. Copy it again, or write it again as PCM of "
            "16 bits."
        ) from None
    return Sound(torch.from_numpy(samples), sound.samplerate)


def samples_of(data: bytes) -> tuple[int, int]:
    """Return how many bytes the samples and an instant take; ValueError says why it is not sure."""
    order: Literal["big", "little"] = "big" if data[:4] == b"RIFX" else "little"
    whole, long = int.from_bytes(data[4:8], order), _UNKNOWN
    if data[:4] in (b"RF64", b"BW64"):
        whole, long = (int.from_bytes(data[at : at + 8], "little") for at in (20, 28))
    chunks = partial(_chunks, data, order=order, long=long)
    found = list(chunks(12, len(data)))
    if [name for name, *_ in found if name in (b"fmt ", b"data")] != [b"fmt ", b"data"]:
        names = [name.decode() for name, *_ in found]
        raise ValueError(f"its chunks are {names}, expected one 'fmt ' before one 'data'")
    places = {name: (start, size) for name, start, size in found}
    start, size = places[b"data"]
    if start + size > 8 + whole:
        raise ValueError(f"it should end at byte {8 + whole}, its samples at {start + size}")
    if not size:
        raise ValueError("it has no samples")
    for notes in _NAME.finditer(data, max(start, start + size - _SEARCHED), start + size):
        try:
            list(chunks(notes.start(), len(data)))
        except ValueError:
            continue  # samples that look like a name
        raise ValueError(f"its data chunk swallows a chunk {notes[1].decode()!r}")
    instant = places[b"fmt "][0] + 12
    return size, int.from_bytes(data[instant : instant + 2], order)


def _chunks(
    data: bytes, at: int, stop: int, *, order: Literal["big", "little"], long: int
) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, start and size of the chunks from `at` on; ValueError unless all is chunks."""
    while at + 1 < stop:
        if data[at : at + 3] == b"TAG" and stop - at == 128:
            return  # notes of MP3 players, which are no chunk
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], order)
        if stop - at < 8 or not (name.isascii() and name.decode().isprintable()):
            raise ValueError(f"at byte {at}, where a chunk should start, there is none")
        size = long if name == b"data" and size == _UNKNOWN else size
        if at + 8 + size > stop:
            raise ValueError(
                f"its chunk {name.decode()!r} says {size:,} bytes, where {stop - at - 8:,} are left"
            )
        yield name, at + 8, size
        at += 8 + size + size % 2
