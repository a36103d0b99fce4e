"""`d2l.data.chord` and the reader of WAV files."""

import io
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from d2lutils.data.files import contents, path
from d2lutils.errors import BookError


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
    """Read an uncompressed WAV file of whole numbers (1 to 64 bits) or floats (32 or 64).

    Whole numbers are divided by the largest magnitude of their type, those of 8 bits, which have
    no sign, after 128 was taken off; floats are kept as they are, beyond [-1, 1] too. Numbers of,
    say, 12 bits in 16 fill the upper bits, as the format prescribes.
    Explained in 03/07. Raises BookError where the file is missing, empty, no WAV, compressed or
    cut short.
    """
    from scipy.io import wavfile  # type: ignore[import-untyped]

    data = contents(file)
    if data[:4] not in (b"RIFF", b"RIFX", b"RF64") or data[8:12] != b"WAVE":
        raise BookError(f"{file} is no WAV file: it starts with {data[:12]!r}.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of chunks that hold no sound
            warnings.filterwarnings("error", "Reached EOF")
            rate, values = wavfile.read(io.BytesIO(data))
    except Exception as error:  # whatever a broken header leads to
        raise BookError(
            f"{file} cannot be read ({error}); expected an uncompressed WAV file that is not "
            "cut short."
        ) from None
    if values.dtype.kind == "u":
        values = values / 128.0 - 1
    elif values.dtype.kind == "i":
        values = values / -float(np.iinfo(values.dtype).min)
    samples = np.atleast_2d(values.T).astype(np.float32, order="C")
    return Sound(torch.from_numpy(samples), rate)
