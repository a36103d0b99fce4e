"""`read_text`: what it returns, and what it says of a file that is not UTF-8."""

import pytest

from d2lutils.data import read_text
from tests.refusing import refusal

pytestmark = pytest.mark.filterwarnings("error")


class TestText:
    def test_line_ends_and_mark(self, put):
        assert read_text(put("\ufeffa\r\nb\rc\n")) == "a\nb\nc\n"

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (
                b"one\ntwo caf\xe9",
                "byte 0xE9 at offset 11, line 2. In Windows-1252 (Latin-1) it is",
            ),
            (b"caf\xe9", "it is 'é'; if that fits, read it with Path(…).read_text(\"cp1252\")"),
            ("“a”".encode("cp1252"), "it is '“'"),
            ("ab".encode("utf-16"), 'read_text("utf-16")'),
            ("ab".encode("utf-16-le"), "zero bytes"),
            ("é".encode()[:1], "at offset 0, line 1"),
        ],
    )
    def test_not_utf_8(self, put, data, message):
        assert message in refusal(read_text, put(data))
