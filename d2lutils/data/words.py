"""`d2l.data.story` and the reader of text files, with advice that was tried on a file's bytes."""

import codecs
import re
from pathlib import Path
from unicodedata import category

from d2lutils.data.files import contents, path
from d2lutils.errors import BookError

_AGAIN = 'read it with Path(…).read_text("{}"), write it as "utf-8".'
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
_UNMARKED = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
# How ZIP (.xlsx too), old Office files, gzip, PDF, PNG, JPEG and Parquet start; control bytes.
_NO_TEXT = re.compile(
    rb"\A(?:PK\x03\x04|\xd0\xcf\x11\xe0|\x1f\x8b|%PDF|\x89PNG|\xff\xd8\xff|PAR1)"
    rb"|[\0-\x07\x0e-\x19\x1c-\x1f\x7f]"
)


def story() -> str:
    """Return a story written for the book: some 3,000 English words with dialogue, one string.

    Explained in 03/05. Raises BookError where its file is missing or damaged.
    """
    return read_text(path("words/story.txt"))


def read_text(file: str | Path) -> str:
    r"""Return the text of a UTF-8 file; line ends become `\n`, a byte-order mark is left out.

    Explained in 03/05. Raises BookError where the file is missing, empty or not UTF-8: with the
    first wrong byte, its offset and line, and the likely encoding.
    """
    data = contents(file)
    # Bytes that may pass for UTF-8: another encoding's, or no text; ESC $ starts ISO-2022.
    if b"\0" in data or b"\x1b$" in data or not _decodes(data, "utf-8"):
        raise BookError(f"{file} {_advice(data)}")
    text = data.decode("utf-8").lstrip("\ufeff")
    if not text:
        raise BookError(f"{file} is empty but for its mark of UTF-8.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _advice(data: bytes) -> str:
    """Return what bytes are that are not UTF-8, and what to do; to be read after a file's name."""
    found = _NO_TEXT.search(data)
    wide = "" if found and len(found[0]) > 1 else _wide(data)
    if wide:
        told = f"looks like {wide[:6].upper()}, starting with {data.decode(wide)[:12]!r}"
        return f"{told}; if that fits, {_AGAIN.format(wide)}"
    if found:
        return (
            f"is no text, or was damaged or cut short: it has {found[0]!r} at offset "
            f'{found.start()}. Get it again, or save it as UTF-8 (in Excel: "CSV UTF-8").'
        )
    if b"\x1b$" in data:
        return f"is ISO-2022, not UTF-8: if it is Japanese, {_AGAIN.format('iso2022_jp')}"
    return _about_a_byte(data)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _wide(data: bytes) -> str:
    """Return the UTF-16 or UTF-32 that the bytes are, or nothing."""
    marked = [name for mark, name in _MARKS.items() if data.startswith(mark)][:1]
    names = marked or (_UNMARKED if b"\0" in data else [])
    texts = {name: data.decode(name) for name in names if _decodes(data, name)}
    likely = {name: text for name, text in texts.items() if marked or all(map(_is_used, text))}
    # In the wrong order of bytes, letters of one script are scattered over many.
    return min(likely, key=lambda name: len({ord(c) >> 8 for c in likely[name]}), default="")


def _is_used(letter: str) -> bool:
    """Return whether texts have such a letter: it is assigned, and controls lines at most."""
    return letter.isspace() or category(letter) not in ("Cc", "Cn", "Co")


def _about_a_byte(data: bytes) -> str:
    letters = data.decode("utf-8", "surrogateescape")  # each wrong byte becomes a surrogate
    wrong = re.findall("[\ud800-\udfff]", letters)
    at = len(letters.partition(wrong[0])[0].encode())
    told = f"is not UTF-8: byte 0x{data[at]:02X} at offset {at}, line {data.count(10, 0, at) + 1}"
    right = len(letters) - sum(map(str.isascii, letters)) - len(wrong)
    then = "It is not Windows-1252 either. Ask who wrote it for the encoding; "
    then += 'read it with Path(…).read_text(encoding), write it as "utf-8".'
    if _decodes(data, "cp1252"):
        seen = data[at : at + 1].decode("cp1252")
        latin = " (Latin-1)" if data[at] > 0x9F else ""  # which has control characters below
        then = f"In Windows-1252{latin} it is {seen!r}; if that fits, {_AGAIN.format('cp1252')}"
    if right >= len(wrong):
        then = f"It mixes encodings or was damaged (letters beyond ASCII that are UTF-8: {right}; "
        then += f"bytes that are not: {len(wrong)}). Get it again, or mend what Path(…).read_text"
        then += '("utf-8", errors="replace") shows as \ufffd.'
    return f"{told}. {then}"
