"""Checks of 03/06, words."""

from collections import Counter
from typing import Any

import torch
from torch.nn.functional import one_hot

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_tensor,
    given,
)
from d2lutils.checks.watching import Operations, memory


@exercise("03.6b")
def unknown_share(answer: Any) -> None:
    """The share of a text's tokens that are not among the most frequent of another."""
    old = ["cat", "tide", "boat", *["sea"] * 4, "cat", "cat", "tide", "sea", "sea"]
    new = ["tide", "tide", "boat", "cat", "boat", "net", "sea", "boat", "boat"]
    for before, after, size in [
        (old, new, 2),  # each of the usual mistakes gives another number here
        (old, new, 1),
        (old, new, 3),
        (old, new, 4),
        (old, new, 50),
        (old, new, 0),
        (["b", "a", "a"], ["a"], 1),
        (["b", "a", "a"], ["b"], 1),
        (["b", "a", "a"], ["A", "a", "c", "c"], 2),
        ([], ["a", "b"], 3),
        (["<unk>", "a", "a"], ["<unk>", "a", "<unk>"], 1),
        (list("aabbbc" * 40), list("abcd" * 7 + "d"), 2),
        (list("tidesboarunc"), list("tidesb" * 3 + "oarx"), 6),  # all are equally frequent
        (["lighthouse", "lighthouse", "cat"], ["light", "house", "lighthouse", "cat", "net"], 1),
    ]:
        with given(old=before, new=after, size=size):
            got = call(answer, before, after, size)
            if isinstance(got, torch.Tensor):
                raise Wrong("return a Python number: `.item()`")
            want = _share(before, after, size)
            expect_equal(
                got,
                want,
                usual=_usual(before, after, size),
                why="count the tokens of `new` that the `size` most frequent words of `old` "
                "lack, and divide by the number of tokens of `new`",
            )


def _share(old: list[str], new: list[str], size: int) -> float:
    known = {word for word, _ in Counter(old).most_common(size)}
    return sum(token not in known for token in new) / len(new)


def _usual(old: list[str], new: list[str], size: int) -> list[tuple[object, str]]:
    want = _share(old, new, size)
    first = list(dict.fromkeys(old))
    return [
        (1 - want, "this is the share of the known tokens"),
        (round(want * len(new)), "this is their number; divide by the number of tokens of `new`"),
        (100 * want, "a share lies between 0 and 1; this is in per cent"),
        (want * len(new) / max(len(old), 1), "divide by the number of tokens of `new`, not `old`"),
        (
            _share(old, list(dict.fromkeys(new)), size),
            "each token of `new` counts, as often as it comes",
        ),
        (
            _share(new, new, size),
            "the vocabulary comes from `old` alone; this one comes from `new`",
        ),
        (
            _share(old + new, new, size),
            "the vocabulary comes from `old` alone, and has not seen `new`",
        ),
        (
            _share(old, new, size - 1) if size else want,
            "this vocabulary has a word less than `size`",
        ),
        (_share(old, new, size + 1), "this vocabulary has a word more than `size`"),
        (_share(old, new, len(old)), "keep the `size` most frequent words only"),
        (_share(first, new, size), "keep the most frequent words, not those that come first"),
        *(
            (
                _share(order, new, size),
                "of equally frequent words the one goes first that comes first in `old`",
            )
            for order in [sorted(old), sorted(old, reverse=True), old[::-1]]
        ),
    ]


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
        (list(range(0, 500, 2)) * 2, 500),  # last: what is loaded once takes no memory here
    ]
    for numbers, size in cases:
        ids = torch.tensor(numbers, dtype=torch.int64)
        with given(ids=ids, size=size):
            seen = Operations()
            with memory() as taken:
                got = expect_tensor(call(answer, ids, size, inside=seen))
                taken_at_most = taken()
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
            if seen.largest > 10 * max(len(ids), size):
                raise Wrong(
                    f"the counts are right, but a tensor of {seen.largest:,} numbers was built on "
                    f"the way, and the one-hot matrix has {rows.numel():,}; count without it"
                )
            if taken_at_most >= rows.numel() > 100_000:
                raise Wrong(
                    f"the counts are right, but lists or arrays of {taken_at_most:,} bytes were "
                    f"built on the way, and the one-hot matrix has {rows.numel():,} numbers; "
                    "count without it"
                )
