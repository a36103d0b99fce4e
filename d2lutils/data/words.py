"""`d2l.data.story` and the reader of text files."""

from pathlib import Path

from d2lutils.data.files import contents, path
from d2lutils.errors import BookError


def story() -> str:
    """Return a story written for the book: some 3,000 English words with dialogue, one string.

    Explained in 03/03. Raises BookError where its file is missing or damaged.
    """
    return read_text(path("words/story.txt"))


def read_text(file: str | Path) -> str:
    r"""Return the text of a UTF-8 file; line ends become `\n`, a byte-order mark is left out.

    Explained in 03/03. Raises BookError where the file is missing, empty or not UTF-8: with the
    first wrong byte, its offset and line, and the likely encoding.
    """
    data = contents(file)
    again = 'read it with Path(…).read_text("{}"), write it as "utf-8".'
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        raise BookError(
            f"{file} is not UTF-8: it has zero bytes or the mark of UTF-16. "
            f"If it is text, {again.format('utf-16')}"
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        byte, line = data[error.start], data.count(b"\n", 0, error.start) + 1
        seen = bytes([byte]).decode("cp1252", "replace")  # Latin-1 with more letters and quotes
        raise BookError(
            f"{file} is not UTF-8: byte 0x{byte:02X} at offset {error.start}, line {line}. "
            f"In Windows-1252 (Latin-1) it is {seen!r}; if that fits, {again.format('cp1252')}"
        ) from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
