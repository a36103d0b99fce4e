"""Unpacks an archive into a folder of its own, and nothing outside of that folder."""

import gzip
import re
import shutil
import stat
import tarfile
import zipfile
from pathlib import Path

from d2lutils.errors import BookError, one_line

MOST_BYTES = 2**30  # that any archive may unpack to, and a large one
MOST_TIMES = 100  # times its own size
CHUNK = 2**20
_MARK = ".unpacked-from-sha256"  # in the folder, so that both are there at once
_SUFFIX = re.compile(r"\.(tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz)|zip|gz)$", re.IGNORECASE)
_OUTWARD = re.compile(r"(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:")


def folder_of(archive: Path) -> Path:
    """Return the folder that an archive goes into: its path without `.zip`, `.tar.gz` and so on."""
    name = _SUFFIX.sub("", archive.name)
    return archive.with_name(name if name not in ("", archive.name) else f"{archive.name}-unpacked")


def is_unpacked(archive: Path, sha256: str) -> bool:
    """Whether the archive with this SHA-256 lies unpacked in its folder."""
    return _mark(folder_of(archive)) == (sha256, archive.name)


def unpack_archive(archive: Path, sha256: str) -> None:
    """Unpack an archive into its folder, marked with its SHA-256; it appears whole or not at all.

    An archive of the same name and another SHA-256 is replaced. Raises BookError where it is no
    archive, broken or unsafe, or where the folder is not from here.
    """
    folder = folder_of(archive)
    if folder.exists() and _mark(folder)[1:] != (archive.name,):
        raise BookError(
            f"{folder} is there already and did not come from this archive. Move it away, or "
            "give another name= or folder=."
        )
    fresh, old = (archive.with_name(f".{archive.name}.{kind}") for kind in ("fresh", "old"))
    try:
        for left in (fresh, old):  # by a run that was cut off
            shutil.rmtree(left, ignore_errors=True)
        fresh.mkdir()
        _unpack(archive, fresh, folder.name)
        mark = fresh / _MARK
        mark.unlink(missing_ok=True)  # one of the archive's own, a link perhaps
        mark.write_text(f"{sha256}  {archive.name}", "utf-8")
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
    except BookError:
        raise
    except Exception as error:  # the readers of damaged archives raise many kinds
        if isinstance(error, OSError) and error.errno:
            raise  # the file system's
        cause = one_line(error, 200) or type(error).__name__
        raise BookError(
            f"{archive} cannot be unpacked: {cause}. It has the SHA-256 that was asked for, so "
            "look for another archive, or unpack it by hand."
        ) from None
    finally:
        for left in (fresh, old):
            shutil.rmtree(left, ignore_errors=True)


def _mark(folder: Path) -> tuple[str, ...]:
    """Return the SHA-256 and the name of the archive that a folder is from, if it is from one."""
    mark = folder / _MARK
    return tuple(mark.read_text("utf-8").split("  ", 1)) if mark.is_file() else ()


def _unpack(archive: Path, folder: Path, name: str) -> None:
    guard = _Guard(archive)
    if _is_tar(archive):  # asked first: a tar with a zip at its end looks like a zip
        with tarfile.open(archive, errorlevel=2) as tar:  # 2: so that nothing is left out silently
            tar.extractall(folder, filter=guard.admit_member)
    elif zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as packed:
            for member in packed.infolist():
                kind = stat.S_IFMT(member.external_attr >> 16)
                special = kind not in (0, stat.S_IFREG, stat.S_IFDIR)
                guard.admit(member.filename, member.file_size, special=special)
            packed.extractall(folder)
    elif _is_gzip(archive):
        with gzip.open(archive) as packed_file, (folder / name).open("wb") as plain:
            while chunk := packed_file.read(CHUNK):
                guard.admit(name, len(chunk))
                plain.write(chunk)
    else:
        raise BookError(
            f"{archive} is no archive that d2l.download unpacks (zip, tar, tar.gz, tar.bz2, "
            "tar.xz, gz); leave out unpack=True."
        )


def _is_tar(archive: Path) -> bool:
    """Whether a tar with anything in it is here; to tarfile, a gz of zeros is an empty one."""
    try:
        with tarfile.open(archive) as tar:
            return tar.next() is not None
    except (tarfile.TarError, EOFError):
        return False


def _is_gzip(archive: Path) -> bool:
    with archive.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


class _Guard:
    """Refuses what would leave the folder, and what would fill the disk."""

    def __init__(self, archive: Path) -> None:
        self.archive = archive
        self.left = max(MOST_BYTES, MOST_TIMES * archive.stat().st_size)

    def admit(self, path: str, size: int, link: str = "", *, special: bool = False) -> None:
        """Raise BookError unless a path stays in the folder and its bytes are not too many."""
        self.left -= size
        reasons = {
            "leads out of its folder": _OUTWARD.search(path) or _OUTWARD.search(link),
            "is a link or a device": special,
            "makes it larger than an archive of its size may become": self.left < 0,
        }
        for why in (why for why, holds in reasons.items() if holds):
            raise BookError(
                f"{self.archive} is not safe to unpack: {path!r:.100} {why}. Nothing was "
                "unpacked; look at it by hand, or look for another archive."
            )

    def admit_member(self, member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
        """Admit a tar's member, as a filter of tarfile."""
        # Older Pythons' data_filter can be led astray by chains of links that go up ("..").
        # Without any that does, none can leave the folder.
        linked = member.issym() or member.islnk()
        special = not (linked or member.isreg() or member.isdir())
        self.admit(member.name, member.size, member.linkname if linked else "", special=special)
        return tarfile.data_filter(member, folder)
