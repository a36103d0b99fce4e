"""Checks of 03/05, text."""

from typing import Any

from d2lutils.checks import call, exercise, expect_equal, expect_type, given


def _broken(text: str) -> str:
    """UTF-8 read as Windows-1252."""
    return text.encode("utf-8").decode("cp1252")


@exercise("03.5b")
def repair(answer: Any) -> None:
    """Mojibake undone; sound text as it was."""
    for want in [
        "Café crème, 5 €",
        "Réunion",
        "Türkiye – Ελλάδα",
        "  É\r\n",
        "Ελλάδα",
        "Cafe\u0300 …",  # an accent of its own, as NFD has it
        "naïve 😀",
        "CafÃ©",  # broken twice: one reading is undone, not two
    ]:
        text = _broken(want)
        with given(text=text):
            got = expect_type(call(answer, text), str)
            if got != want:
                _say_what_went_wrong(got, text, want)
    for sound, why in [
        ("Café", "these bytes are no UTF-8, so the text was never broken"),
        ("Ελλάδα", "it has letters that Windows-1252 lacks, so it was never broken"),
        ("plain", "text of the first 128 code points is the same in both encodings"),
        ("", "an empty text is never broken"),
        ("Ã©\nstands for é", "one letter that is no UTF-8 says that the whole text is sound"),
        ("Cafe\u0301 Ελλάδα\n", "a sound text stays as it is, letter by letter"),
        ("CafÃ© Ελλάδα", "letters that Windows-1252 lacks say that the whole text is sound"),
        ("Ã\x81vila", "Python's Windows-1252 never gives \\x81, so this was read in another way"),
    ]:
        with given(text=sound):
            expect_equal(call(answer, sound), sound, why=why)


def _say_what_went_wrong(got: str, text: str, want: str) -> None:
    expect_equal(
        got,
        want,
        usual=[
            (text, "it is still broken"),
            (_repaired(want), "one step back is asked for; this goes back as far as it can"),
            (_broken_again(text), "you broke it once more: encode as cp1252, decode as utf-8"),
            (
                text.encode("cp1252").decode("ascii", "ignore"),
                "the letters outside ASCII are lost; decode as utf-8",
            ),
        ],
        why="take the way back: `encode` as it was wrongly read, `decode` as it was written",
    )


def _repaired(text: str) -> str | None:
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None


def _broken_again(text: str) -> str | None:
    try:
        return _broken(text)
    except UnicodeError:
        return None


@exercise("03.5c")
def fit(answer: Any) -> None:
    """The longest beginning of a text that fits into so many bytes."""
    for text, size in [
        ("né€a", 6),
        ("Café crème", 5),
        ("Café crème", 4),  # half of é
        ("5 €", 4),
        ("5 €", 3),
        ("€", 1),
        ("\U0001d538b", 3),
        ("\U0001d538b", 4),
        ("a€b", 2),  # b would fit, but is no beginning with a
        ("  Ελλάδα \n", 12),
        ("ne\u0301e", 3),  # cut between code points, in no other spelling
        ("ne\u0301e", 4),
        ("a\ufffdé", 5),
        ("a\ufffdé\ufffd", 8),
        ("plain", 3),
        ("plain", 5),
        ("plain", 99),
        ("é", 0),
        ("", 7),
        ("भारत " * 300, 1000),
    ]:
        with given(text=text, size=size):
            got = call(answer, text, size)
            if isinstance(got, bytes):
                expect_type(got, str)
            expect_equal(got, _beginning(text, size), usual=_usual(text, size), why=_why(got, size))


def _beginning(text: str, size: int) -> str:
    while len(text.encode("utf-8")) > size:
        text = text[:-1]
    return text


def _usual(text: str, size: int) -> list[tuple[object, str]]:
    data = text.encode("utf-8")[:size]
    torn = data.decode("utf-8", "replace")
    return [
        (text[:size], "`text[:size]` counts code points; the field counts bytes"),
        (torn, "\ufffd stands for a character that was torn; leave it out"),
        (data.decode("cp1252", "replace"), "the bytes are UTF-8; cp1252 makes mojibake of them"),
        (_greedy(text, size), "stop at the first character that does not fit"),
        (_beginning(text, size - 1) if size else "", "a text of exactly `size` bytes fits"),
    ]


def _greedy(text: str, size: int) -> str:
    kept = ""
    for character in text:
        if len((kept + character).encode("utf-8")) <= size:
            kept += character
    return kept


def _why(got: object, size: int) -> str:
    length = len(got.encode("utf-8", "replace")) if isinstance(got, str) else 0
    if length > size:
        return f"it takes {length} bytes, and {size} are there"
    return "it is the longest beginning of the text, unchanged, that fits"
