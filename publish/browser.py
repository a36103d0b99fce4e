"""The browser that prints the book, and that tests look through: Chromium or Chrome."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from publish.npm import PublishError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
QUIET = (
    "--no-sandbox",  # root, as in continuous integration, has none
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser without a window.

    Raises:
        PublishError: this machine has none, or none that Playwright can drive.
    """
    executable = executable_path()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=executable, args=list(QUIET))
        yield browser
        browser.close()


def executable_path() -> str:
    """The browser's path.

    Raises:
        PublishError: as for `browsing`.
    """
    if lacking := driver_problem():
        raise PublishError(lacking)
    if found := find_browser():
        return found
    line = f"{shlex.quote(sys.executable)} -m playwright install chromium"
    told = f"no Chromium or Chrome here: type {line} (Debian: sudo apt install chromium)"
    raise PublishError(told)


def driver_problem() -> str:
    """Why the program through which Playwright drives a browser does not start; empty if it does.

    It is a Node.js that lacks a library on a bare Debian.
    """
    asked = [sys.executable, "-m", "playwright", "--version"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    cause = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    line = ": type sudo apt-get install libatomic1" if "libatomic" in cause else ""
    return f"Playwright's driver does not start ({cause}){line}"


def find_browser() -> str | None:
    """A Chromium or Chrome, the machine's own or Playwright's."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    with sync_playwright() as play:
        return next(filter(os.path.exists, (*ELSEWHERE, play.chromium.executable_path)), None)
