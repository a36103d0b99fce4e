"""Checks of 03/07, tokens."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from d2lutils.checks import Wrong, call, exercise, expect_type, given
from d2lutils.checks.expecting import expect_int

PLAIN = [*range(33, 127), *range(161, 173), *range(174, 256)]
OTHERS = sorted(set(range(256)) - set(PLAIN))
BYTE_OF = {chr(byte): byte for byte in PLAIN}
BYTE_OF |= {chr(256 + n): byte for n, byte in enumerate(OTHERS)}
SIGN_OF = {byte: sign for sign, byte in BYTE_OF.items()}


@exercise("03.7b")
def decode_cut(answer: Any) -> None:
    """The text of pieces whose last character may be cut, or whose bytes may be none of UTF-8."""
    sea, fish = "Zürich €".encode(), "🐟!".encode()
    cases = [
        ("two words", [b"the", b" sea"]),
        ("a character cut at the end", [sea[:1], sea[1:2]]),
        ("characters whose bytes lie in two pieces", [sea[:2], sea[2:9], sea[9:], fish[:3]]),
        ("an emoji in four pieces", [fish[:1], fish[1:2], fish[2:3], fish[3:]]),
        ("a cut character in the middle", [b"a", fish[:2], b"b"]),
        ("a byte that starts no character", [b"\x80", b"ok"]),
        ("no pieces", []),
        ("bytes that are no printed characters", [b"\n\0", b"\xad\x7f "]),
    ]
    for case, parts in cases:
        pieces = ["".join(SIGN_OF[byte] for byte in part) for part in parts]
        with given(case):
            got = expect_type(call(answer, pieces, dict(BYTE_OF)), str)
            _judge_text(got, pieces, parts)
    turned = {sign: 255 - byte for sign, byte in BYTE_OF.items()}
    pieces = [SIGN_OF[255 - byte] for byte in b"Hi\xff"]
    with given("another `byte_of`"):
        data = bytes(turned[sign] for sign in "".join(pieces))
        if call(answer, pieces, turned) != data.decode("utf-8", errors="replace"):
            raise Wrong("look the signs up in the dictionary that was given")


def _judge_text(got: str, pieces: list[str], parts: list[bytes]) -> None:
    data = b"".join(parts)
    want = data.decode("utf-8", errors="replace")
    usual = [
        (data.decode("latin-1"), "each byte has become a character; decode them as UTF-8"),
        ("".join(pieces), "these are the signs; look up the byte of each"),
        (
            "".join(part.decode("utf-8", errors="replace") for part in parts),
            "a character may lie in two pieces: join the pieces before you decode",
        ),
        (data.decode("utf-8", errors="ignore"), "the loss is hidden; put U+FFFD where bytes fail"),
        (
            data.decode("utf-8", errors="backslashreplace"),
            "put U+FFFD, no escapes, where bytes fail",
        ),
        (" ".join(pieces), "put nothing between the pieces"),
        (want.strip(), "spaces and line ends belong to the text"),
        (want.rstrip("\ufffd"), "a character that is cut at the end shows as U+FFFD"),
    ]
    if got == want:
        return
    for value, told in usual:
        if got == value:
            raise Wrong(told)
    raise Wrong(f"expected {want!r}, got {got!r:.80}")


@exercise("03.7c")
def tokens_saved(answer: Any) -> None:
    """How many tokens fewer a text has after one more merge."""
    cases: list[tuple[dict[str, str], dict[str, int], tuple[str, str]]] = [
        ({"sea": "s e a", "seat": "s e a t"}, {"sea": 3, "seat": 2}, ("e", "a")),
        (
            {"sea": "s ea", "tea": "t ea", "eat": "ea t"},
            {"sea": 1, "tea": 2, "eat": 4},
            ("s", "ea"),
        ),
        ({"aaa": "a a a"}, {"aaa": 1}, ("a", "a")),
        ({"aaaaa": "a a a a a", "baab": "b a a b"}, {"aaaaa": 2, "baab": 3}, ("a", "a")),
        ({"nana": "n a n a", "an": "a n"}, {"nana": 5, "an": 7}, ("n", "a")),
        ({"tide": "t ide"}, {"tide": 9}, ("i", "de")),
        ({"a": "a", "abc": "ab c"}, {"a": 4, "abc": 6}, ("a", "b")),
        # Other pieces that make the same letters: none is the pair.
        ({"sea": "se a"}, {"sea": 3}, ("s", "ea")),
        ({"seat": "s eat", "asea": "as ea"}, {"seat": 2, "asea": 1}, ("s", "ea")),
        ({}, {}, ("x", "y")),
        ({"haha": "ha ha", "hahaha": "ha ha ha"}, {"haha": 2, "hahaha": 10}, ("ha", "ha")),
    ]
    for spaced, counts, pair in cases:
        words = {word: pieces.split() for word, pieces in spaced.items()}
        with given(words=words, counts=counts, pair=pair):
            _judge_saved(expect_int(call(answer, words, counts, pair)), words, counts, pair)


def _judge_saved(
    got: int, words: dict[str, list[str]], counts: dict[str, int], pair: tuple[str, str]
) -> None:
    def total(measure: Callable[[list[str]], int], *, weighted: bool = True) -> int:
        return sum((counts[w] if weighted else 1) * measure(p) for w, p in words.items())

    def neighbours(pieces: list[str]) -> int:
        return sum(two == pair for two in pairwise(pieces))

    def spaced(pieces: list[str]) -> int:
        return " ".join(pieces).count(" ".join(pair))

    def letters(pieces: list[str]) -> int:
        return "".join(pieces).count("".join(pair))

    want = total(lambda pieces: _merged(pieces, pair))
    before = total(len)
    usual = [
        (total(neighbours), "pairs may overlap: in a a a, only one of two can be merged"),
        (
            total(lambda p: _merged(p, pair), weighted=False),
            "each word counts as often as it occurs",
        ),
        (before - want, "this is how many tokens are left; how many are saved?"),
        (-want, "a saving is positive: the tokens before, minus those after"),
        (total(lambda p: _merged(p, pair[::-1])), "this is the pair in reverse order"),
        (total(lambda p: _merged(p, pair) > 0), "a word may hold the pair more than once"),
        (total(spaced), "compare whole pieces, not the letters of a joined text"),
        (total(letters), "compare whole pieces, not the letters of a joined text"),
        (2 * want, "each merge makes one piece of two: it saves one"),
    ]
    if got == want:
        return
    for value, told in usual:
        if got == value:
            raise Wrong(told)
    raise Wrong(f"expected {want}, got {got}")


def _merged(pieces: list[str], pair: tuple[str, str]) -> int:
    """How many places are merged, from left to right."""
    place = found = 0
    while place < len(pieces) - 1:
        here = (pieces[place], pieces[place + 1]) == pair
        found += here
        place += 1 + here
    return found
