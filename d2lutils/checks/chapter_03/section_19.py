"""Checks of 03/19, holding data back."""

from hashlib import sha256
from itertools import pairwise
from typing import Any

import torch

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_parts,
    expect_tensor,
    expect_type,
    given,
)
from d2lutils.checks.chapter_03.draws import Draws


@exercise("03.19a")
def group_split(answer: Any) -> None:
    """Row numbers of training and test, whole groups each."""
    for groups, count, seed in [
        (torch.tensor([7, 7, 2, 9, 2, 9, 4, 4, 7, 2]), 2, 0),
        (torch.tensor([7, 7, 2, 9, 2, 9, 4, 4, 7, 2]), 1, 1),
        (torch.tensor([3, 1, 3, 1, 5, 5, 8]), 2, 2),
        (torch.arange(12) // 3, 3, 3),
        (torch.tensor([-5, 6, -5, 6, 0]), 1, 4),
        (torch.tensor([3, 3, 8]), 2, 5),
        (torch.tensor([4, 9]), 1, 6),
    ]:
        with given(groups=groups, count=count):
            _judge(answer, groups, count, seed)
    groups = torch.arange(30)
    with given("groups = torch.arange(30)", count=10):
        before = torch.get_rng_state()
        first, again, other = (_test_rows(answer, groups, _seeded(seed)) for seed in (0, 0, 1))
        if not torch.equal(torch.get_rng_state(), before):
            raise Wrong("the global generator was moved; hand `generator` to `randperm`")
        if first != again:
            raise Wrong("two equal generators give two splits; hand `generator` to `randperm`")
        if first == other:
            raise Wrong("every generator gives the same split; draw the groups with `randperm`")
        generator = _seeded(0)
        if _test_rows(answer, groups, generator) == _test_rows(answer, groups, generator):
            raise Wrong("the generator stands still: draw from it, and do not seed it anew")
        if any(len({b - a for a, b in pairwise(rows)}) < 3 for rows in (first, other)):
            raise Wrong("these groups are neighbours; draw each by chance, with `randperm`")
        _judge(answer, groups, 10, 0)  # among so many, a draw with repeats shows
        draws = Draws()
        call(answer, groups % 12, 5, generator, inside=draws)
        if (12, generator) not in draws.made:
            raise Wrong(
                "draw with `torch.randperm(n, generator=generator)`, where n is the number of "
                "different groups: then each has the same chance"
            )


def _test_rows(answer: Any, groups: torch.Tensor, generator: torch.Generator) -> list[int]:
    rows: list[int] = _pair(call(answer, groups, 10, generator))[1].tolist()
    return rows


def _judge(answer: Any, groups: torch.Tensor, count: int, seed: int) -> None:
    train, test = _pair(call(answer, groups, count, _seeded(seed)))
    for name, rows in [("training", train), ("test", test)]:
        if rows.dtype == torch.bool:
            raise Wrong("these are masks; return row numbers, which `torch.where(mask)[0]` gives")
        if rows.ndim != 1:
            shape = tuple(rows.shape)
            raise Wrong(f"the {name} rows have the shape {shape}, expected one dimension")
    given_rows, whole = [*train.tolist(), *test.tolist()], list(range(len(groups)))
    if any(row not in whole for row in given_rows):
        raise Wrong("there are numbers that are no rows; return row numbers, not groups")
    if sorted(given_rows) != whole:
        raise Wrong("each row belongs into exactly one part")
    both = sorted(set(groups[train].tolist()) & set(groups[test].tolist()))
    if both:
        raise Wrong(f"group {both[0]} is in both parts; draw groups, not rows")
    found = len(set(groups[test].tolist()))
    if found != count:
        swapped = len(set(groups[train].tolist())) == count
        hint = "; the two parts are swapped" if swapped else ""
        if not swapped and found < count:
            hint = "; `randperm(len(names))` draws positions in names = groups.unique(), not names"
        raise Wrong(f"the test rows are of {found} groups, expected {count}{hint}")
    if train.tolist() != sorted(train.tolist()) or test.tolist() != sorted(test.tolist()):
        raise Wrong("return the row numbers in rising order")


def _pair(got: Any) -> tuple[torch.Tensor, torch.Tensor]:
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        raise Wrong("expected two tensors, the training rows and the test rows")
    return expect_tensor(got[0]), expect_tensor(got[1])


def _seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@exercise("03.19b")
def seen_before(answer: Any) -> None:
    """A mask of the test rows that stand in the training table as well."""
    wide = torch.tensor([[1.0, 2, 3], [4, 5, 6], [-7, 0, 2.5], [4, 5, 7]])
    big = torch.tensor([[2**24], [2**24 + 2]])
    for told, train, test in [
        ("three rows against two", wide[:3], wide[[1, 3]]),
        ("a row that is equal in two columns of three", wide[:2], wide[3:]),
        ("a row whose numbers stand in different rows", wide, torch.tensor([[1.0, 5, 2.5]])),
        ("a row with the same numbers in another order", wide, wide[:1].flip(1)),
        ("a row that stands twice in test, and not in train", wide[:2], wide[[2, 2, 0]]),
        ("a row that stands twice in train", wide[[0, 0, 1]], wide),
        ("a row that is nearly equal", wide, wide + torch.tensor([[1e-6], [0], [0], [0]])),
        ("one column", torch.tensor([[3], [-1]]), torch.tensor([[1], [-1], [3], [0]])),
        ("numbers that float32 cannot tell apart", big, big + 1),
        ("more test rows than training rows", wide[2:3], wide.repeat(3, 1)),
        ("columns that were rows", wide[:3].T, torch.tensor([[2.0, 5, 0], [1, 2, 3]])),
        ("no training rows", wide[:0], wide),
        ("no test rows", wide, wide[:0]),
    ]:
        old = [tuple(row) for row in train.tolist()]
        want = torch.tensor([tuple(row) in old for row in test.tolist()], dtype=torch.bool)
        equal = test[:, None] == train
        usual = [
            (equal.any(dim=1).all(dim=1), "all columns have to be equal in one and the same row"),
            (equal.any(dim=2).any(dim=1), "a row was seen only if all of its columns are equal"),
            (~want, "this marks the rows that were not seen"),
        ]
        with given(told):
            got = expect_tensor(call(answer, train, test))
            if got.dtype != torch.bool:
                raise Wrong(f"return a mask, of dtype torch.bool; this is {got.dtype}")
            if got.shape == (len(train),) != want.shape:
                raise Wrong("this mask has an entry for each training row; mark the test rows")
            expect_equal(got, want, usual=usual, why="compare whole rows of test with train")


NAMES = [f"bird {bird}/photo {photo}" for photo in range(3) for bird in range(30)]
NAMES += ["bird 7", "Zoé 8/1", "Zoé 8/2", "bird 7/1/cut", "nest/a/b", "", "/x", "bird 3/photo 0"]


@exercise("03.19c")
def split_by_hash(answer: Any) -> None:
    """Names for training and names for the test, whole groups, by SHA-256."""
    edge = _remainder("bird 4")
    for told, names, percent in [
        ("three photos of each of thirty birds, and some odd names", NAMES, 20),
        ("the same names in another order", NAMES[::-1], 35),
        (f"bird 4, whose remainder is {edge}", ["bird 4/photo 9", "bird 5/photo 1"], edge),
        (f"bird 4, whose remainder is {edge}", ["bird 4/photo 9"], edge + 1),
        ("percent = 0", NAMES[:9], 0),
        ("percent = 100", NAMES[:9], 100),
        ("no names", [], 20),
    ]:
        with given(told, percent=percent):
            got = expect_parts(call(answer, list(names), percent), "train", "test")
            train, test = (expect_type(part, list) for part in got)
            if sorted([*train, *test], key=str) != sorted(names):
                raise Wrong("each name belongs into exactly one list, as often as it stands there")
            inside = [_remainder(name.split("/")[0]) < percent for name in names]
            want = tuple(
                [n for n, chosen in zip(names, inside, strict=True) if chosen == side]
                for side in (False, True)
            )
            if (train, test) == want:
                continue
            if (test, train) == want:
                raise Wrong("the two lists are swapped: first the names for training")
            if sorted(train) == sorted(want[0]):
                raise Wrong("keep the order of `names`")
            _name_the_mistake(set(test), set(want[1]), names, percent)


def _name_the_mistake(test: set[str], want: set[str], names: list[str], percent: int) -> None:
    if test == {name for name in names if _remainder(name.split("/")[0]) <= percent}:
        raise Wrong("the remainder is to be below `percent`, not equal to it")
    if test == {name for name in names if _remainder(name) < percent}:
        raise Wrong('hash the group, what stands before the first "/", not the whole name')
    if test == {name for name in names if _remainder(name.rsplit("/", 1)[0]) < percent}:
        raise Wrong('the group ends at the first "/", not at the last')
    groups = {name.split("/")[0] for name in test}
    torn = sorted(groups & {name.split("/")[0] for name in names if name not in test})
    if torn:
        raise Wrong(f"group {torn[0]!r} is in both lists; hash the group, and nothing else")
    for name in names:
        if (name in test) != (name in want):
            group = name.split("/")[0]
            raise Wrong(
                f"the remainder of {group!r} is {_remainder(group)}: SHA-256, the first eight "
                f"hexadecimal digits as a number of base 16, % 100; so {name!r} belongs to the "
                f"{'test' if name in want else 'training names'}"
            )
    raise Wrong("a name that stands twice is in both lists")


def _remainder(group: str) -> int:
    return int(sha256(group.encode()).hexdigest()[:8], 16) % 100
