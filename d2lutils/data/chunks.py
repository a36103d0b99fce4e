"""Where the samples of a WAV file lie, by the sizes that stand in it.

Libraries forgive a wrong size: they leave samples out, or hear other bytes as sound.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Literal

_NAME = re.compile(rb"(?=([A-Za-z][ -~]{3}))")
_SEARCHED = 2**20  # bytes at the samples' end: more than notes take
_UNKNOWN = 0xFFFFFFFF  # RF64 and BW64 give the size elsewhere, in eight bytes


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
