"""The HTTP side of `d2l.download`: a file's bytes, over as many connections as it takes."""

import shutil
import time

import requests
from requests import Response, Session
from tqdm import tqdm  # type: ignore[import-untyped]
from urllib3.exceptions import HTTPError, InvalidHeader, ReadTimeoutError
from urllib3.util.retry import Retry

from d2lutils.downloading import refusals
from d2lutils.downloading.parts import Part
from d2lutils.errors import BookError

TRIES = 5  # in a row that bring less than ENOUGH
ENOUGH = 2**20  # bytes
CONNECT_SECONDS = 10.0
STALL_SECONDS = 30.0  # without a byte
BACK_OFF_SECONDS = 0.5  # half the wait before the third try; each later one is twice as long
LONGEST_WAIT_SECONDS = 60.0


class _TryAgainError(Exception):
    """What another try may cure, and how many seconds the server asks to wait before it."""

    def __init__(self, what: str, wait: float | None = None) -> None:
        super().__init__(what)
        self.wait = wait


def fetch(url: str, part: Part, name: str) -> None:
    """Bring the right bytes into the part, or raise BookError.

    A broken transfer leaves in the part what came, for the next one; wrong bytes are removed.
    """
    if part.digest() == part.sha256:
        return
    failures, largest, started_anew = 0, part.size, False
    with Session() as session:
        while True:
            resumed = part.size > 0
            problem, answer = None, ""
            try:
                answer = _transfer(session, url, part, name)
            except _TryAgainError as error:
                problem = error
            found = part.digest()  # after a problem too: a server may announce too many bytes
            if found == part.sha256:
                return
            if problem:
                if part.size >= largest + ENOUGH:
                    failures, largest = 0, part.size
                failures += 1
                _wait(url, problem, failures)
                continue
            part.drop()
            if started_anew or not resumed:
                raise BookError(
                    f"{refusals.shown(url)} sent {answer}: SHA-256 {part.sha256} was expected, "
                    f"{found} came. It was removed. Check the address, or look for a newer "
                    "edition of the book."
                )
            started_anew = True  # the bytes of before may have been of another version


def _wait(url: str, problem: _TryAgainError, failures: int) -> None:
    """Sleep before the next try, or raise BookError where there is none."""
    if failures == TRIES:
        raise BookError(
            f"{refusals.shown(url)}: {problem}, {TRIES} times in a row. Run this again later: it "
            "goes on with what has come."
        )
    back_off = BACK_OFF_SECONDS * 2 ** (failures - 1) if failures > 1 else 0
    wait = min(back_off, LONGEST_WAIT_SECONDS) if problem.wait is None else problem.wait
    if wait > LONGEST_WAIT_SECONDS:
        raise BookError(f"{refusals.shown(url)}: {problem}. Run this again in {wait:.0f} seconds.")
    time.sleep(wait)


def _transfer(session: Session, url: str, part: Part, name: str) -> str:
    """Ask once for what is missing and write it; return in words what kind of answer it was."""
    headers = {"Accept-Encoding": "identity"}  # the SHA-256 is that of the file as it is
    if part.size:
        headers["Range"] = f"bytes={part.size}-"
        if part.version:
            headers["If-Range"] = part.version
    with _ask(session, url, headers) as response:
        tag = response.headers.get("ETag", "W/")  # a weak one tells too little for If-Range
        version = response.headers.get("Last-Modified", "") if tag.startswith("W/") else tag
        if response.status_code == 200:  # also from a server that knows no Range, or a new version
            part.start(version)
        elif (
            response.status_code != 206
            or (version and part.version not in ("", version))
            or not response.headers.get("Content-Range", "").startswith(f"bytes {part.size}-")
        ):
            part.drop()
            raise _TryAgainError("the server does not send the rest of the file")
        _write(response, part, name)
    page = response.headers.get("Content-Type", "").startswith("text/html")
    return "a web page, perhaps a login" if page else "another file"


def _write(response: Response, part: Part, name: str) -> None:
    """Add the body of an answer to the part, as far as it comes."""
    start, length = part.size, response.headers.get("Content-Length", "")
    total = start + int(length) if length.isdecimal() else None
    free = shutil.disk_usage(part.path.parent).free
    if total and total - start > free:
        raise BookError(
            f"{name} needs {total - start:,} bytes more, and {part.path.parent} has {free:,}. "
            "Make room, or set D2L_DATA to another folder."
        )
    bar = tqdm(
        desc=name, total=total, initial=start, unit="B", unit_scale=True, delay=1, leave=False
    )
    with part.path.open("ab") as file, bar:
        try:
            for chunk in response.raw.stream(2**16, decode_content=False):
                file.write(chunk)
                bar.update(len(chunk))
        except ReadTimeoutError:
            raise _TryAgainError(f"nothing came for {STALL_SECONDS:g} seconds") from None
        except HTTPError:
            raise _TryAgainError("the connection broke off") from None


def _ask(session: Session, url: str, headers: dict[str, str]) -> Response:
    """Return an answer that may bring bytes; raise _TryAgainError or BookError for any other."""
    timeout = (CONNECT_SECONDS, STALL_SECONDS)
    try:
        response = session.get(url, headers=headers, stream=True, timeout=timeout)
    except requests.Timeout:
        raise _TryAgainError(f"{refusals.answering(url)} does not answer") from None
    except requests.TooManyRedirects:
        raise BookError(f"{refusals.shown(url)} leads in a circle. Check the address.") from None
    except (OSError, HTTPError, ValueError) as error:  # requests' own are among the first
        if isinstance(error, requests.ConnectionError) and not refusals.is_lasting(error):
            raise _TryAgainError("the connection broke off") from None
        raise refusals.of_error(error, url) from None
    status = response.status_code
    if status == 200 or ("Range" in headers and status in (206, 416)):
        return response
    response.close()
    if status != 429 and status < 500:
        raise refusals.of_status(status, url)
    try:
        wait = Retry().get_retry_after(response.raw)  # seconds, or a date
    except InvalidHeader:
        wait = None
    raise _TryAgainError(f"{refusals.answering(url)} answers {status}", wait)
