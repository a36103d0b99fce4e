"""Checks of 03/17, getting data."""

from hashlib import md5, sha256
from itertools import pairwise
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given


@exercise("03.17a")
def unsound(answer: Any) -> None:
    """The names of published files that are missing or have another hash."""
    files = {"wine": b"1,2", "co2": b"315", "story": b"\xffOnce\r\n", "own": b"mine", "empty": b""}
    digests = {name: sha256(data).hexdigest() for name, data in files.items() if name != "own"}
    other = sha256(b"another").hexdigest()
    capitals = {name: digest.upper() for name, digest in digests.items()}
    cases: list[tuple[str, dict[str, str], list[str]]] = [
        (
            "wine and co2 differ, chord is missing",
            dict.fromkeys(["wine", "co2", "chord"], other),
            [],
        ),
        ("every file is sound", {}, []),
        ("hashes in capital letters, co2 differs", capitals | {"co2": other}, ["capitals"]),
        ("only chord is missing", {"chord": other}, []),
        (
            "the hashes of wine and co2 are exchanged",
            {"wine": digests["co2"], "co2": digests["wine"]},
            [],
        ),
        (
            "one digit in the middle of wine's hash differs",
            {"wine": digests["wine"][:32] + other[32] + digests["wine"][33:]},
            [],
        ),
        ("chord is missing, its hash is that of no bytes", {"chord": sha256(b"").hexdigest()}, []),
        ("the file empty has no bytes, and another hash", {"empty": other}, []),
    ]
    for told, changed, note in cases:
        published = {**digests, **changed}
        missing = sorted(name for name in published if name not in files)
        sound = {name for name in digests if digests[name] == published[name].lower()}
        differ = [name for name in published if name in files and name not in sound]
        want = sorted([*missing, *differ])
        usual = [
            ([*missing, *differ], "sort the names"),
            ([*differ, *missing], "sort the names"),
            (sorted(differ), "a published file that is missing counts as well"),
            (missing, "a file with another hash counts as well"),
            (sorted(set(digests) - set(want)), "these are the sound ones"),
            (sorted({*want, "empty"}), "a file of no bytes is no missing file; it has a hash too"),
            (sorted({*want, "own"}), "`own` was not published; it does not matter"),
            (sorted(published), "every file is called unsound; hash the bytes with `sha256`"),
        ]
        if note:
            usual[:0] = [(sorted(published), "capital and small hexadecimal digits mean the same")]
        with given(told):
            got = call(answer, dict(files), published)
            if isinstance(got, (set, tuple)):
                raise Wrong(f"expected a list, got a {type(got).__name__}; `sorted` gives one")
            why = "hash the bytes with SHA-256 and compare with the published digits"
            expect_equal(got, want, usual=usual, why=why)
    with given("published holds an MD5 in place of a SHA-256"):
        got = call(answer, {"wine": b"1,2"}, {"wine": md5(b"1,2").hexdigest()})
        expect_equal(got, ["wine"], why="the hash is SHA-256, not MD5")


@exercise("03.17b")
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
        draws = _Draws()
        call(answer, groups % 12, 5, generator, inside=draws)
        if (12, generator) not in draws.made:
            raise Wrong(
                "draw with `torch.randperm(n, generator=generator)`, where n is the number of "
                "different groups: then each has the same chance"
            )


class _Draws(TorchFunctionMode):
    """Inside a `with`, notes how long an order `randperm` drew, and from which generator."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[tuple[int, torch.Generator | None]] = []

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func is torch.randperm and args:
            self.made.append((int(args[0]), (kwargs or {}).get("generator")))
        return func(*args, **(kwargs or {}))


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
