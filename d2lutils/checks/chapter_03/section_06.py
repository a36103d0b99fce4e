"""Checks of 03/06, text."""

from typing import Any

import torch
from torch.nn.functional import one_hot

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_tensor,
    expect_type,
    given,
)
from d2lutils.checks.watching import Operations


def _broken(text: str) -> str:
    """UTF-8 read as Windows-1252."""
    return text.encode("utf-8").decode("cp1252")


@exercise("03.6b")
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


@exercise("03.6c")
def bag_of_words(answer: Any) -> None:
    """How often each id occurs."""
    cases: list[tuple[list[int], int]] = [
        ([2, 0, 2, 2, 5, 1, 0], 7),
        ([4], 5),
        ([1, 1, 1], 3),
        ([0] * 12, 1),
        ([], 4),
        (list(range(50)) * 2, 60),
        ([3] * 3001 + [1], 5),  # more than a byte and than float16 count
    ]
    for numbers, size in cases:
        ids = torch.tensor(numbers, dtype=torch.int64)
        with given(ids=ids, size=size):
            seen = Operations()
            got = expect_tensor(call(answer, ids, size, inside=seen))
            rows = one_hot(ids, size)
            want = rows.sum(dim=0)
            used = int(ids.max()) + 1 if numbers else 0
            if got.shape == rows.shape != want.shape:
                raise Wrong("these are the one-hot rows; return how often each id occurs")
            if tuple(got.shape) == (used,) and used < size:
                raise Wrong("words that do not occur at the vocabulary's end need their 0 too")
            expect_equal(
                got,
                want,
                usual=[
                    (
                        want.clamp(max=1),
                        "a repeated word counts once; `bag[ids] += 1` adds only once to each row",
                    ),
                    (want.float(), "counts are int64"),
                ],
                why="place i says how many of the ids are i",
            )
            if seen.largest >= len(ids) * size > 1000:
                raise Wrong(
                    f"the counts are right, but a tensor of {seen.largest} numbers was built on "
                    "the way, as many as the one-hot matrix has; count without it"
                )
