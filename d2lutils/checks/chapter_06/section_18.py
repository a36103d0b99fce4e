"""Checks of 06/18, checkpoints that survive."""

import functools
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_type, given
from d2lutils.checks.folders import temporary_folder
from d2lutils.checks.showing import kind
from d2lutils.checks.stubs import is_stub


@exercise("06.18a")
def to_remove(answer: Any) -> None:
    """All but the `keep` newest epochs and the best one, in rising order."""
    for losses, keep, want in [
        ([0.9, 0.5, 0.7, 0.8, 0.6], 2, [1, 3]),
        ([0.9, 0.8, 0.7, 0.6], 2, [1, 2]),
        ([0.4, 0.5, 0.6, 0.7], 1, [2, 3]),
        ([0.9, 0.3, 0.8, 0.3, 0.7, 0.6], 2, [1, 3, 4]),
        ([0.9, 0.5, 0.3, 0.3, 0.7], 1, [1, 2, 4]),
        ([0.9, 0.8, 0.7], 0, [1, 2]),
        ([0.2, 0.3, 0.1], 3, []),
        ([0.2, 0.3], 5, []),
        ([0.5], 1, []),
        ([-1.0, -2.0, 3.0, 4.0], 1, [1, 3]),
    ]:
        with given(losses=losses, keep=keep):
            got = expect_type(call(answer, list(losses), keep), list)
            best = losses.index(min(losses)) + 1
            numbers = [number for number in got if isinstance(number, int)]
            if 0 in numbers:
                raise Wrong("the first epoch is number 1, not 0")
            if best in numbers:
                raise Wrong(f"epoch {best} has the lowest loss (of equal ones the first): it stays")
            why = "the newest epochs stay, and the best one; it may be among the newest"
            expect_equal(got, want, why=why)


def _archive(path: Path, content: bytes = b"a checkpoint") -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("first", b"another entry")
        archive.writestr("data", content)


def _flip(path: Path) -> None:
    """Change a bit of an archive's second entry, so that its checksum does not agree."""
    data = bytearray(path.read_bytes())
    data[data.find(b"a checkpoint")] ^= 1
    path.write_bytes(data)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def _spoil(path: Path) -> None:
    """Change how the list of contents says that an entry is packed: zipfile knows no such way."""
    data = bytearray(path.read_bytes())
    data[data.find(b"PK\x01\x02") + 10] = 77
    path.write_bytes(data)


def _fill(folder: Path, whole: list[int], damaged: dict[int, Callable[[Path], None]]) -> None:
    """Write a checkpoint for each epoch named, and damage those that are to be damaged."""
    for number in [*whole, *damaged]:
        _archive(folder / f"epoch_{number}.pt")
    for number, damage in damaged.items():
        damage(folder / f"epoch_{number}.pt")


@exercise("06.18b")
def newest_whole(answer: Any) -> None:
    """The path with the highest number whose archive opens and whose checksums agree."""
    cases: list[tuple[str, list[int], dict[int, Callable[[Path], None]], int | None]] = [
        ("three whole files", [1, 2, 3], {}, 3),
        ("epochs 9 and 10", [8, 9, 10], {}, 10),
        ("the newest one cut off", [1, 2, 9], {10: _cut}, 9),
        ("the newest one with a flipped bit", [2, 3], {11: _flip}, 3),
        ("the three newest ones damaged in three ways", [4], {5: _flip, 6: _cut, 7: _spoil}, 4),
        ("nothing whole", [], {1: _flip, 2: _cut}, None),
        ("an empty folder", [], {}, None),
    ]
    for told, whole, damaged, want in cases:
        with temporary_folder() as folder, given(told):
            _fill(folder, whole, damaged)
            if whole:
                _archive(folder / "last.pt")
                (folder / "epoch_notes.txt").write_text("not a checkpoint")
            before = {path.name: path.read_bytes() for path in folder.iterdir()}
            # `call` takes None for a forgotten return; here it may be right.
            boxed = call(_boxed(answer), folder)
            _judge(boxed[0], folder, want)
            if before != {path.name: path.read_bytes() for path in folder.iterdir()}:
                raise Wrong("the folder has changed; look at the files only")


def _boxed(answer: Any) -> Any:
    """Return a function that puts what the answer returns into a tuple; a stub stays as it is."""
    if not callable(answer) or is_stub(answer):
        return answer

    @functools.wraps(answer)
    def ask(folder: Path) -> Any:
        got = answer(folder)
        return got if got is ... else (got,)

    return ask


def _judge(got: Any, folder: Path, want: int | None) -> None:
    if want is None:
        if got is not None:
            raise Wrong(f"no file is whole: return None, not {kind(got)}")
        return
    if got is None:
        raise Wrong(f"epoch_{want}.pt is whole; you returned None")
    path = Path(expect_type(got, Path))
    if path != folder / f"epoch_{want}.pt":
        raise Wrong(f"the newest whole file is epoch_{want}.pt, not {path.name}")
