"""`d2l.data.story` and the reader of text files."""

from pathlib import Path

from d2lutils.data.encodings import advice, decodes, is_disguised
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
    if is_disguised(data) or not decodes(data, "utf-8"):
        raise BookError(f"{file} {advice(data)}")
    text = data.decode("utf-8").lstrip("\ufeff")
    if not text:
        raise BookError(f"{file} is empty but for its mark of UTF-8.")
    return text.replace("\r\n", "\n").replace("\r", "\n")
