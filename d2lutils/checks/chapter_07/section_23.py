"""Checks of 07/23, a service that refuses nonsense."""

import json
from collections.abc import Iterator
from math import inf, nan
from typing import Any

from d2lutils.checks import Wrong, call, exercise, given
from d2lutils.checks.showing import kind, short

_RULES = {
    "list": "pixels is no list",
    "length": "there are not 64 values",
    "number": "a value is no int and no float",
    "range": "a value is not between 0 and 1",
    None: "all four rules are kept; 0 and 1 are allowed, and an int is a number",
}


@exercise("07.23a")
def validate(answer: Any) -> None:
    """None for 64 numbers between 0 and 1, else the first rule that is broken."""
    for source, pixels, want in _values():
        with given(f"pixels = {source}"):
            got = call(lambda value: (answer(value),), pixels)[0]
            if got is ...:  # the untouched stub
                call(answer, pixels)
            if got is not None and not isinstance(got, str):
                raise Wrong(f"expected None or a text, got {kind(got)}")
            if got != want:
                hint = _usual(pixels, got, want) or _RULES[want]
                raise Wrong(f"expected {want!r}, got {short(got)}. {hint[:1].upper()}{hint[1:]}")


def _usual(pixels: Any, got: object, want: str | None) -> str:
    """Name the usual mistake that gives `got`; nothing where there is none."""
    if want == "list" and hasattr(pixels, "__len__"):
        return "a text, a dict and a tuple have a length, too; ask for a list"
    if want == "number":
        if any(isinstance(p, bool) for p in pixels):
            return "True is an instance of int in Python; ask for the type itself"
        if got == "range":
            return "all values are numbers is asked first"
    if want == "range" and any(p != p for p in pixels):
        return "comparisons with NaN are false; ask whether 0 <= p <= 1"
    return ""


def _values() -> Iterator[tuple[str, Any, str | None]]:
    """Yield values as source code, and the rule that each breaks."""
    grey = [0.5, 0, 1, 0.25, 1.0, -0.0, 1e-300, 0.75] * 8

    def picture(value: Any, place: int = 37) -> list[Any]:
        return [*grey[:place], value, *grey[place + 1 :]]

    yield "64 numbers between 0 and 1", grey, None
    yield "[0] * 64", [0] * 64, None
    for place in (0, 63):
        yield f"64 numbers, one of them {grey[place]}", picture(1, place), None
    others: list[Any] = [None, True, 64, 0.5, nan, "", {}, ()]
    for value in others:
        yield short(value), value, "list"
    yield "'0' * 64", "0" * 64, "list"
    yield "a tuple of 64 numbers", tuple(grey), "list"
    yield "a dict with 64 keys", dict.fromkeys(range(64), 0.5), "list"
    for n in (0, 1, 63, 65, 100):
        yield f"[0.5] * {n}", [0.5] * n, "length"
    yield "8 rows of 8 numbers", [grey[:8] for _ in range(8)], "length"
    yield "['0.5'] * 63", ["0.5"] * 63, "length"
    for place in (0, 37, 63):
        strange: list[Any] = ["0.5", "", None, [0.5], {}, True, False, 1j]
        for value in strange:
            yield f"64 values, one of them {short(value)}", picture(value, place), "number"
        for value in (-1, 2, 255, -1e-9, 1.0000001, nan, inf, -inf):
            yield f"64 values, one of them {short(value)}", picture(value, place), "range"
        for name, value in {"10**400": 10**400, "-10**400": -(10**400)}.items():
            yield f"64 values, one of them {name}", picture(value, place), "range"
    for place in range(64):
        yield f"64 values, that at place {place} is None", picture(None, place), "number"
        yield f"64 values, that at place {place} is 1.5", picture(1.5, place), "range"
    mixed = picture(255, 0)
    mixed[63] = "1"
    yield "64 values, the first 255, the last '1'", mixed, "number"


@exercise("07.23b")
def status(answer: Any) -> None:
    """The first status that fits a length and a body."""
    good = json.dumps({"pixels": [0.5, 1]}).encode()
    for length, body, want, hint in [
        ("25", good, 200, ""),
        ("25", b'  {"pixels": null}', 200, "what the pixels are is not asked here"),
        ("25", b'{"pixels": ["NaN"]}', 200, 'the text "NaN" is JSON'),
        ("25", b'{"pixels": 1.5, "pixels": 10e400}', 200, "1e400 is JSON, and read as infinity"),
        ("0", good, 200, "the length may be 0"),
        ("10000", good, 200, "10,000 is not over 10,000"),
        ("007", good, 200, "these are digits from 0 to 9"),
        (None, good, 411, ""),
        (None, b"hello", 411, "the length comes before the body"),
        ("", good, 400, "no digit is too few"),
        ("-1", good, 400, "a minus is no digit"),
        ("+5", good, 400, "a plus is no digit"),
        (" 5", good, 400, "a space is no digit"),
        ("5\n", good, 400, "a line end is no digit; in a pattern, $ matches before it"),
        ("1_0", good, 400, "int() takes 1_0 as 10; look at each character"),
        ("1e3", good, 400, "e is no digit"),
        ("5.0", good, 400, "a point is no digit"),
        ("abc", good, 400, ""),
        ("\u0663", good, 400, "isdigit takes digits of other scripts, too"),
        ("10001", good, 413, ""),
        ("99999", b"hello", 413, "the length comes before the body"),
        ("9" * 20, good, 413, ""),
        ("25", b"hello", 400, ""),
        ("25", b"", 400, "no byte is no JSON"),
        ("25", b"\xff\xfe\xfd", 400, "bytes that are no text are not JSON"),
        ("25", b"{'pixels': [1]}", 400, "JSON has double quotation marks"),
        ("25", b'{"pixels": [NaN]}', 400, "json.loads takes NaN; parse_constant refuses it"),
        ("25", b'{"pixels": Infinity}', 400, "json.loads takes Infinity, which is not JSON"),
        ("25", b'{"pixels": -Infinity}', 400, "json.loads takes -Infinity, which is not JSON"),
        ("25", b"NaN", 400, "NaN is not JSON"),
        ("25", b"[" * 100_000, 400, "so many brackets raise a RecursionError"),
        ("25", b"{}", 422, ""),
        ("25", b'{"pixels": 1, "ink": 0}', 422, "pixels is the only key"),
        ("25", b'{"Pixels": 1}', 422, "the key is pixels"),
        ("25", b'["pixels"]', 422, "a list is no dict"),
        ("25", b'"pixels"', 422, "a text is no dict"),
        ("25", b"null", 422, "null is JSON, and no dict"),
        ("25", b"0", 422, "a number is JSON, and no dict"),
    ]:
        with given(length=length, body=body):
            got = call(answer, length, body)
            if type(got) is not int:
                raise Wrong(f"expected an int, got {kind(got)}")
            if got != want:
                told = f". {hint[:1].upper()}{hint[1:]}" if hint else ""
                raise Wrong(f"expected {want}, got {got}{told}")
