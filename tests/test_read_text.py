"""`read_text`: what it returns, and what it says of a file that is not UTF-8."""

import codecs
import random
import re

import pytest

from d2lutils.data import read_text
from tests.refusing import refusal

pytestmark = pytest.mark.filterwarnings("error")

TEXTS = ["abc", "a\nb\n", "Café, 5 €\n", "Привет, мир\n", "日本語\nテキスト\n", "中文\n" * 3,
         "שלום לך\n", "hi \U0001f469\u200d\U0001f469 \U0001f4a9\n"]  # fmt: skip


def advised(said):
    """Return the encoding that a message tells to read a file with."""
    return re.search(r'read it with Path\(…\)\.read_text\("([\w-]+)"\), write it as', said)[1]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("\ufeffa\r\nb\rc\n", "a\nb\nc\n"),
        ("\ufeff\ufeffa", "a"),
        ("a\ufeff", "a\ufeff"),
        (" \r\n", " \n"),
        ("a\x0bb\x85c\u2028d\x1b[0m\x07\x1a", "a\x0bb\x85c\u2028d\x1b[0m\x07\x1a"),
    ],
)
def test_line_ends_and_mark(put, data, text):
    assert read_text(put(data)) == text


@pytest.mark.parametrize("text", TEXTS)
def test_utf_8_is_returned(put, text):
    assert read_text(put(text)) == text
    assert read_text(put(text.replace("\n", "\r\n"))) == text


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("width", [16, 32])
@pytest.mark.parametrize("marked", [True, False])
def test_utf_16_and_32_are_told_by_an_encoding_that_reads_them(put, text, order, width, marked):
    data = text.encode(f"utf-{width}-{order}")
    if marked:
        data = getattr(codecs, f"BOM_UTF{width}_{order.upper()}") + data
    said = refusal(read_text, put(data))
    assert f"UTF-{width}" in said
    assert data.decode(advised(said)) == text
    assert f"starting with {text[:12]!r}; if that fits" in said
    cut = refusal(read_text, put(data[:-1]))
    assert "cut short" in cut
    assert "get it again" in cut.lower()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"one\ntwo caf\xe9", "byte 0xE9 at offset 11, line 2. In Windows-1252 (Latin-1) it is"),
        (b"caf\xe9", "it is 'é'; if that fits, read it with Path(…).read_text(\"cp1252\")"),
        ("“a”".encode("cp1252"), "In Windows-1252 it is '“'"),
        (b"Gr\x9f", "In Windows-1252 it is 'Ÿ'"),
        (b"a\xa0b", "In Windows-1252 (Latin-1) it is '\\xa0'"),
        ("é".encode()[:1], "at offset 0, line 1"),
        (b"ab\0cd", "is no text, or was damaged or cut short: it has b'\\x00' at offset 2."),
        (bytes(100), "is no text, or was damaged or cut short: it has b'\\x00' at offset 0."),
        (b"\xef\xbb\xbf", "is empty but for its mark of UTF-8."),
        (b"", "is empty."),
        ("é ü\n".encode() + b"\xe9", "at offset 6, line 2. It mixes encodings or was damaged (let"),
        (b"caf\xe9 " + "é".encode(), "that are UTF-8: 1; bytes that are not: 1). Get it again"),
        ("ééé".encode()[:-1], "0xC3 at offset 4, line 1. It mixes encodings or was damaged"),
        (b"caf\xe9 \x01", "was damaged or cut short: it has b'\\x01' at offset 5. Get it"),
        (b"caf\xe9 \x81", "It is not Windows-1252 either. Ask who wrote it for the encoding"),
        ("これは、本".encode("shift_jis"), "It is not Windows-1252 either. Ask who wrote it"),
        ("日本語".encode("iso2022_jp"), 'if it is Japanese, read it with Path(…).read_text("iso'),
        (b"PK\3\4\x14\0\6\0", 'Get it again, or save it as UTF-8 (in Excel: "CSV UTF-8").'),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "is no text, or was damaged or cut short: it has"),
        (b"\x1f\x8b\x08\0", "it has b'\\x1f\\x8b' at offset 0."),
        (b"\x89PNG\r\n\x1a\n\0", "it has b'\\x89PNG' at offset 0."),
        (b"%PDF-1.7\n%\xe2\xe3", "is no text, or was damaged or cut short: it has b'%PDF'"),
        (b"PAR1\x15\0", "it has b'PAR1' at offset 0."),
        (b"\xed\xa0\x80", "byte 0xED at offset 0"),
        (b"\xc0\x80", "byte 0xC0 at offset 0"),
    ],
)  # fmt: skip
def test_not_utf_8(put, data, message):
    assert message in refusal(read_text, put(data))


def test_any_bytes_are_read_as_utf_8_or_refused(put):
    draw = random.Random(0)
    for length in [*range(1, 40)] * 10:
        pool = draw.choice([range(256), range(1, 256), b"ab \n\xc3\xa9\xe9", b"\0a\xff\xfe"])
        data = bytes(draw.choice(pool) for _ in range(length))
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text or "\x1b$" in text:
            refusal(read_text, put(data))
        else:
            assert read_text(put(data)) == text.replace("\r\n", "\n").replace("\r", "\n")
