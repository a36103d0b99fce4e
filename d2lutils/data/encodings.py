"""What to do with a file that is not UTF-8: advice that was tried on its bytes."""

import codecs
import re
from unicodedata import category

_AGAIN = 'read it with Path(…).read_text("{}"), write it as "utf-8".'
_OTHERS = {  # files that are no text, by their first bytes
    b"PK\x03\x04": 'a ZIP archive, as .xlsx is. From Excel, save it as "CSV UTF-8"',
    b"\xd0\xcf\x11\xe0": 'an old Excel or Word file. Save it as "CSV UTF-8" or as text',
    b"\x1f\x8b": "compressed by gzip. Unpack it first",
    b"%PDF": "a PDF. Save it as text",
    b"\x89PNG": "a PNG picture. d2l.data.read_image reads it",
    b"\xff\xd8\xff": "a JPEG picture. d2l.data.read_image reads it",
    b"\x93NUMPY": "a NumPy array. np.load reads it",
    b"PAR1": "a Parquet table. pd.read_parquet reads it",
}
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
_UNMARKED = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_CONTROL = re.compile(rb"[\x01-\x07\x0e-\x19\x1c-\x1f\x7f]")  # none of them is used in texts


def is_disguised(data: bytes) -> bool:
    """Return whether bytes that may pass for UTF-8 are another encoding's, or no text at all."""
    return b"\0" in data or b"\x1b$" in data  # the latter starts Japanese in ISO-2022


def advice(data: bytes) -> str:
    """Return what bytes are that are not UTF-8, and what to do; to be read after a file's name."""
    for start, kind in _OTHERS.items():
        if data.startswith(start):
            return f"is no text but {kind}."
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            fits = decodes(data, encoding)
            then = _AGAIN.format(encoding) if fits else "it is cut short or damaged, get it again."
            return f"is not UTF-8, it starts with the mark of {encoding.upper()}: {then}"
    if b"\0" in data:
        return _about_zero_bytes(data)
    if b"\x1b$" in data:
        return f"is ISO-2022, not UTF-8: if it is Japanese, {_AGAIN.format('iso2022_jp')}"
    return _about_a_byte(data)


def decodes(data: bytes, encoding: str) -> bool:
    """Return whether an encoding reads all bytes."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _about_zero_bytes(data: bytes) -> str:
    texts = {name: data.decode(name) for name in _UNMARKED if decodes(data, name)}
    likely = {name: text for name, text in texts.items() if all(map(_is_used, text))}
    # In the wrong order of bytes, letters of one script are scattered over many.
    name = min(likely, key=lambda name: len({ord(c) >> 8 for c in likely[name]}), default="")
    if name:
        return (
            f"looks like {name[:6].upper()} without its mark, starting with {likely[name][:12]!r}; "
            f"if that fits, {_AGAIN.format(name)}"
        )
    return (
        f"has a zero byte at offset {data.index(0)}: it is no text, or was damaged or cut short. "
        "Get it again as UTF-8."
    )


def _is_used(letter: str) -> bool:
    """Return whether texts have such a letter: it is assigned, and controls lines at most."""
    return letter.isspace() or category(letter) not in ("Cc", "Cn", "Co")


def _about_a_byte(data: bytes) -> str:
    letters = data.decode("utf-8", "surrogateescape")  # each wrong byte becomes a surrogate
    wrong = re.findall("[\ud800-\udfff]", letters)
    at = len(letters.partition(wrong[0])[0].encode())
    told = f"is not UTF-8: byte 0x{data[at]:02X} at offset {at}, line {data.count(10, 0, at) + 1}"
    right = len(letters) - sum(map(str.isascii, letters)) - len(wrong)
    if right >= len(wrong):
        return (
            f"{told}. It mixes encodings or was damaged (letters beyond ASCII that are UTF-8: "
            f"{right}; bytes that are not: {len(wrong)}). Get it again, or mend what "
            'Path(…).read_text("utf-8", errors="replace") shows as \ufffd.'
        )
    if control := _CONTROL.search(data):
        return (
            f"{told}; and 0x{data[control.start()]:02X} at offset {control.start()} is of no text. "
            "It is no text, or was damaged: get it again as UTF-8."
        )
    if decodes(data, "cp1252"):
        seen = data[at : at + 1].decode("cp1252")  # Latin-1 with more letters and quotes
        again = _AGAIN.format("cp1252")
        return f"{told}. In Windows-1252 (Latin-1) it is {seen!r}; if that fits, {again}"
    return (
        f"{told}. It is not Windows-1252 either. Ask who wrote it for the encoding; "
        'read it with Path(…).read_text(encoding), write it as "utf-8".'
    )
