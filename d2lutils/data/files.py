"""Where the bundled files lie and whether they are sound. Needs no package."""

from difflib import get_close_matches
from functools import cache
from pathlib import Path, PurePath
from typing import TypeVar

from d2lutils.downloading.parts import digest
from d2lutils.downloading.places import at_home
from d2lutils.errors import BookError, one_line
from d2lutils.installing import shell_line

T = TypeVar("T")
_PACKAGE = Path(__file__).resolve().parents[1]
_BUNDLED = _PACKAGE / "bundled"  # in a wheel
ROOT = _BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent / "data"


def path(name: str) -> Path:
    """Return the path of a bundled file (`"tables/wine.csv"`) or folder (`"volumes/ct"`), checked.

    Explained in 03/18. Raises BookError where no such name is bundled, or where a file of it is
    missing or damaged (its SHA-256 differs).
    """
    try:
        asked = PurePath(name).as_posix()  # neither a trailing slash matters nor a leading ./
    except TypeError:
        told = f'd2l.data.path takes a name as "tables/wine.csv", not {name!r:.80}.'
        raise BookError(told) from None
    names = [file for file in registry() if file == asked or file.startswith(f"{asked}/")]
    if not names:
        told = f"data/{one_line(name, 200)} is not bundled"
        raise BookError(f"{told}{near(asked, list(registry()))}.")
    for file in names:
        check(file)
    return ROOT / asked


@cache
def registry() -> dict[str, str]:
    """Return the SHA-256 of each bundled file by its path in `data`."""
    file = ROOT / "SHA256SUMS"
    try:
        known = sums(file)
    except (OSError, ValueError):
        known = {}
    if known:
        return known
    told = f"{file}, the list of the bundled data, is missing or damaged"
    raise BookError(f"{told}. {remedy('')}")


def sums(file: Path) -> dict[str, str]:
    """Return the hashes in a file as `sha256sum` writes it, by path; ValueError if it is none."""
    pairs = (line.split(maxsplit=1) for line in file.read_text("utf-8").splitlines())
    return {name.removeprefix("*"): sha256 for sha256, name in pairs}


@cache
def check(name: str) -> None:
    """Raise BookError unless a bundled file is sound; each is read once a process."""
    file, expected = ROOT / name, registry()[name]
    try:
        found = digest(file)
    except OSError as error:
        raise BookError(f"{file} cannot be read ({error.strerror}). {remedy(name)}") from None
    if found != expected:
        raise BookError(f"{file} is damaged: SHA-256 {found}, expected {expected}. {remedy(name)}")


def remedy(name: str) -> str:
    """Return how to get a bundled file or folder back; an empty name is all of them."""
    book = ROOT.parent
    if (book / ".git").exists():
        return f"Type: {shell_line('git', '-C', str(book), 'checkout', '--', f'data/{name}')}"
    again = "Install d2lutils again (pip: --force-reinstall)."
    return again if ROOT == _BUNDLED else "Fetch the book again."


def near(name: str, names: list[str]) -> str:
    """Return ` (did you mean …?)` with the nearest name, or nothing where none is near."""
    found = get_close_matches(name, names, 1)
    return f" (did you mean {found[0]}?)" if found else ""


def chosen(split: str, parts: dict[str, T]) -> T:
    """Return the part of a data set that a reader asked for by name."""
    if not isinstance(split, str) or split not in parts:
        raise BookError(f"There is no split {split!r:.80}; give one of: {', '.join(parts)}.")
    return parts[split]


def contents(file: str | Path) -> bytes:
    """Return a reader's file; raise BookError where there is none, or nothing in it."""
    file = at_home(file, "file")
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        alike = near(file.name, [entry.name for entry in file.parent.glob("*")])
        told = f"There is no file {file}{alike}; the folder here is {Path.cwd()}."
        raise BookError(told) from None
    except OSError as error:
        reason = "it is a folder" if file.is_dir() else error.strerror
        raise BookError(f"{file} cannot be read ({reason}); expected a file.") from None
    if not data:
        raise BookError(f"{file} is empty.")
    return data
