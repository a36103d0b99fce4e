"""`d2l.data.chord` and the reader of WAV files."""

import io
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from d2lutils.data.chunks import samples_of
from d2lutils.data.files import contents, path
from d2lutils.errors import BookError

# The other codecs of WAV fill up their last block: they would add samples that nobody recorded.
_SUBTYPES = {"PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"}


class Sound(NamedTuple):
    """A recording: `samples`, float32 channels×samples in [-1, 1], and `rate` in hertz."""

    samples: torch.Tensor
    rate: int


def chord() -> Sound:
    """Return two seconds made for the book (2 channels, 16 kHz); `data/README.md` says of what.

    Explained in 03/07. Raises BookError where its file is missing or damaged.
    """
    return read_wav(path("sounds/chord.wav"))


def read_wav(file: str | Path) -> Sound:
    """Read a WAV file of whole numbers (8 to 32 bits), floats (32 or 64), µ-law or A-law.

    Whole numbers are divided by the largest magnitude of their type, those of 8 bits, which have
    no sign, after 128 was taken off; floats are kept as they are, beyond [-1, 1] too. Numbers of,
    say, 12 bits in 16 fill the upper bits, as the format prescribes.
    Explained in 03/07. Raises BookError where the file is missing, empty, no WAV, compressed
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
            "WAV file of PCM or floats. Copy it again, or write it again as PCM of 16 bits."
        ) from None
    return Sound(torch.from_numpy(samples), sound.samplerate)
