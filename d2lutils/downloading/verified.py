"""`d2l.download`: a file from the network, whole and verified, or a line that says what to do."""

import errno
import os
import re
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from filelock import FileLock, Timeout

from d2lutils.downloading.parts import Part, digest
from d2lutils.downloading.places import at_home, data_folder
from d2lutils.downloading.transferring import fetch
from d2lutils.downloading.unpacking import folder_of, is_unpacked, unpack_archive
from d2lutils.errors import BookError


def download(
    url: str,
    *,
    sha256: str,
    folder: str | os.PathLike[str] | None = None,
    name: str | None = None,
    unpack: bool = False,
) -> Path:
    """Return the path of a file from the network, fetched if it is not here and right already.

    A broken transfer goes on where it stopped, in the next run too: what has come lies beside
    the file as `name.part`. Busy servers and dropped connections are tried again. The file
    appears under its name in one step, and only with the right SHA-256. Of two notebooks that
    ask at once, one fetches and the other waits. A progress bar goes to stderr unless the
    environment has `TQDM_DISABLE=1`. Proxies and certificates are those of `HTTPS_PROXY`,
    `HTTP_PROXY`, `NO_PROXY` and `REQUESTS_CA_BUNDLE`, as for other programs.

    An archive (zip; tar, also gz, bz2 or xz; a single gz file) is unpacked into a folder with
    its name, which is complete once it is there and is not verified again. Refused are paths
    and links that lead out of the folder, devices, and contents larger than a gigabyte and a
    hundred times the archive.

    Built by hand in 03/18.

    Args:
        url: the address, http or https.
        sha256: the file's SHA-256, 64 hexadecimal digits.
        folder: where the file goes; the environment variable D2L_DATA where None, else the
            user's folder for caches.
        name: the file's name; that in the address where None.
        unpack: unpack the file and return the folder.

    Raises BookError where an argument is wrong, the file cannot be had, is another one, or cannot
    be written or unpacked here.
    """
    last = _checked_url(url)
    if not isinstance(sha256, str) or not re.fullmatch(r"[0-9a-fA-F]{64}", sha256):
        raise BookError(f"sha256={sha256!r:.80} is no SHA-256; give its 64 hexadecimal digits.")
    expected = sha256.lower()
    name = _checked_name(name, last)
    place = data_folder() if folder is None else at_home(folder, "folder")
    target = place / name
    with _writing(place):
        if unpack and is_unpacked(target, expected):
            return folder_of(target)
        if unpack or not _is_right(target, expected):
            place.mkdir(parents=True, exist_ok=True)
            with _alone(place / f".{name}.lock", name):
                # Looked at again: another notebook may have been at work until now.
                if not _is_right(target, expected):
                    part = Part(place / f"{name}.part", expected)
                    fetch(url, part, name)
                    part.finish(target)
                if unpack and not is_unpacked(target, expected):
                    unpack_archive(target, expected)
    return folder_of(target) if unpack else target


def _checked_url(url: str) -> str:
    """Return the last piece of an address's path, or raise BookError."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except (ValueError, AttributeError, TypeError):  # an odd port; no text at all
        usable = False
    if not usable or not isinstance(url, str) or re.search(r"[\s\x00-\x1f]", url):
        raise BookError(f"url={url!r:.200} is no address; give one as https://host/file.")
    return unquote(parts.path.rpartition("/")[2])


def _checked_name(name: str | None, last: str) -> str:
    """Return the file's name, or raise BookError where it could lie outside the folder."""
    found = last if name is None else name
    if not isinstance(found, str) or re.search(r"\A\.{0,2}\Z|[/\\:\x00-\x1f]", found):
        source = "The address ends in" if name is None else "name is"
        raise BookError(f"{source} {found!r:.100}, which is no file name; give another as name=.")
    return found


def _is_right(file: Path, sha256: str) -> bool:
    if file.is_dir():
        raise BookError(f"{file} is a folder; remove it, or give another name=.")
    return file.exists() and digest(file) == sha256


def _alone(lock: Path, name: str) -> AbstractContextManager[object]:
    """Let one process at a time in, and say so where that takes waiting."""
    try:
        return FileLock(lock).acquire(timeout=0)
    except Timeout:
        print(f"{name}: another notebook is fetching it; waiting.", file=sys.stderr, flush=True)
        return FileLock(lock).acquire()


@contextmanager
def _writing(place: Path) -> Iterator[None]:
    """Turn what the file system refuses into one line."""
    try:
        yield
    except (OSError, NotImplementedError) as error:  # the latter: no locks, on a network's drive
        full = getattr(error, "errno", 0) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        remedy = "make room there" if full else "use a folder that you can write to"
        cause = getattr(error, "strerror", "") or error
        raise BookError(
            f"{place} does not take the file: {cause}. Either {remedy}, or set D2L_DATA (or "
            "folder=) to one on this machine's own disk."
        ) from None
