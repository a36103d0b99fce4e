"""Checks of 08/10, convolutions over text."""

from typing import Any

import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.watching import loops


@exercise("08.10a")
def max_inside(answer: Any) -> None:
    """The maximum over the windows that lie inside each word."""
    for N, F, T, k, dtype, seed in [
        (4, 3, 6, 3, torch.float32, 0),
        (6, 2, 5, 2, torch.float64, 1),
        (3, 1, 1, 4, torch.float32, 2),
        (5, 2, 4, 1, torch.float32, 3),
        (1, 3, 7, 3, torch.float32, 4),
        (0, 2, 3, 2, torch.float32, 5),
    ]:
        g = torch.Generator().manual_seed(seed)
        # Most answers are below 0, and the largest ones come late.
        maps = torch.randn(N, F, T, generator=g, dtype=torch.float64) - 2 + 0.5 * torch.arange(T)
        maps = maps.to(dtype)
        most = T + k - 1
        lengths = torch.tensor([most, k, k - 1, 0, max(most - 1, 0), k + 1])[:N].clamp(max=most)
        with given(maps=maps, lengths=lengths, k=k):
            got = expect_tensor(call(answer, maps, lengths, k))
            want = _inside(maps, lengths - k + 1)
            usual = [
                (maps.amax(dim=2), "this takes all windows; leave out those outside the word"),
                (
                    _inside(maps, lengths),
                    "windows that start inside the word and end outside are in; "
                    "window t ends at letter t + k",
                ),
                (_inside(maps, lengths - k), "one window is missing: the word's last one"),
                (_inside(maps, lengths - k + 2), "one window too many: its last letter is outside"),
                (
                    torch.where(want == 0, -torch.inf, want),
                    "a word with fewer than k letters gets 0, not -inf",
                ),
                (
                    _inside(maps, lengths - k + 1, floor=0),
                    "answers may be below 0, and so may the largest: no 0 for windows outside, and "
                    "no ReLU",
                ),
                (
                    want.relu(),
                    "answers may be below 0, and so may the largest; return it without a ReLU",
                ),
                (want.double() if dtype == torch.float32 else want.float(), "keep maps' dtype"),
                (want.mT, "return the shape N×F"),
                (want[..., None], "return two dimensions, N×F"),
            ]
            expect_equal(got, want, usual=usual, why="mask what lies outside, then take the max")
    if loops(answer):
        raise Wrong("this has a loop; mask all words at once, without one")


def _inside(maps: torch.Tensor, windows: torch.Tensor, floor: float | None = None) -> torch.Tensor:
    """The largest of each word's first windows; 0 where it has none, floor for what is outside."""
    inside = torch.arange(maps.shape[2]) < windows[:, None]
    kept = maps.masked_fill(~inside[:, None], -torch.inf if floor is None else floor)
    return kept.amax(dim=2).masked_fill((windows < 1)[:, None], 0)


@exercise("08.10b")
def count_piece(answer: Any) -> None:
    """How many windows of each row are the piece, overlaps counted."""
    for rows, wanted in [
        (
            [[3, 2, 4, 2, 4, 2], [2, 4, 2, 0, 0, 0], [4, 2, 2, 4, 0, 0], [5, 2, 4, 2, 6, 0]],
            [2, 4, 2],
        ),
        ([[5, 5, 5, 5], [5, 5, 6, 0], [6, 5, 0, 0], [7, 8, 9, 0]], [5, 5]),
        ([[2, 3, 2, 0], [4, 4, 4, 2]], [2]),
        ([[2, 3, 4], [4, 3, 2], [2, 3, 3]], [2, 3, 4]),
        ([[1, 4, 1, 5, 1, 4], [3, 2, 1, 5, 0, 0], [2, 3, 1, 4, 0, 0]], [1, 4]),
        ([[6]], [6]),
    ]:
        ids, piece = torch.tensor(rows), torch.tensor(wanted)
        k = len(wanted)
        hits = ids.unfold(1, k, 1) == piece
        want = hits.all(dim=2).sum(dim=1)
        apart = torch.tensor([_apart(row, wanted) for row in rows])
        inside = torch.stack([(ids == letter).any(dim=1) for letter in wanted]).all(dim=0)
        usual = [
            (hits.sum(dim=(1, 2)), "this counts letters that agree; all of a window have to"),
            (hits.any(dim=2).sum(dim=1), "one letter that agrees is not enough; all have to"),
            ((want > 0).long(), "a piece that stands there twice counts twice"),
            (want > 0, "this says whether it stands there; return how often"),
            (inside.long(), "the letters have to stand side by side, in order"),
            (apart, "windows may overlap"),
            (ids.unfold(1, k, k).eq(piece).all(dim=2).sum(dim=1), "move on by one letter"),
            (
                (ids.unfold(1, k, 1).sum(dim=2) == piece.sum()).sum(dim=1),
                "a window with the same sum may hold other ids; compare letter by letter",
            ),
            (
                ids.unfold(1, k, 1).eq(piece.flip(0)).all(dim=2).sum(dim=1),
                "the piece is turned around; compare it from its first letter on",
            ),
            (want.sum(), "this counts over all rows; return one number for each"),
            (want.float(), "counts are int64"),
            (want.int(), "counts are int64"),
            (want[:, None], "return one dimension, (N,)"),
        ]
        with given(ids=ids, piece=piece):
            got = expect_tensor(call(answer, ids, piece))
            expect_equal(got, want, usual=usual, why="count the windows that are equal to piece")
    if loops(answer):
        raise Wrong("this has a loop; compare all windows at once, without one")


def _apart(row: list[int], wanted: list[int]) -> int:
    """How often a list stands in another one, overlaps left out."""
    found = start = 0
    while start + len(wanted) <= len(row):
        hit = row[start : start + len(wanted)] == wanted
        found += hit
        start += len(wanted) if hit else 1
    return found
