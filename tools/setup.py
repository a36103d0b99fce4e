"""Set up the book's environment in .venv, once: the program behind `make lab` and `make test`.

Uses uv where there is one, venv and pip where there is none. A set-up that is complete is left
alone, without touching the network. Needs only the standard library.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(".venv")  # every path below is relative to ROOT, the working directory
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "d2l-setup.json"
LOG = VENV / "d2l-setup.log"
CONSTRAINTS = Path("constraints.txt")
LAB_SETTINGS = Path("tools/lab_settings.json")

AGAIN = "then type the same command again"
PROGRESS = re.compile(
    r"\s*(Resolved|Downloading .*[MG]i?B\)|Prepared|Installed|Bytecode|Installing coll)"
)
DISK_FULL = (
    f"The disk is full: the book needs about 7 GB (2 GB with TORCH=cpu); make room, {AGAIN}."
)
# What the installers print when something outside the book is wrong, and what to do about it.
CAUSES = (
    (r"no space left|os error 28|errno 28|disk quota|not enough space", DISK_FULL),
    (
        r"permission denied|read-only file system|operation not permitted|os error (13|30)\b",
        "Cannot write where the set-up must: {last}",
    ),
    (
        r"unexpected argument '--torch-backend'",
        f"This uv is too old for TORCH=: update it (uv self update), {AGAIN}.",
    ),
    (
        r"certificate.verify.failed|peer certificate|unknownissuer|self.signed certificate",
        "The network's certificate is not trusted, as behind a firewall that reads along: set "
        f"SSL_CERT_FILE (uv) and PIP_CERT (pip) to its bundle, {AGAIN}.",
    ),
    (
        r"dns error|lookup address|name resolution|getaddrinfo|network is unreachable|timed out"
        r"|new connection|max retries|connect error|connection refused|error sending request"
        r"|failed to fetch",
        f"No network: the set-up fetches packages, this once. Connect, {AGAIN}.",
    ),
)


class Failure(Exception):
    """What is wrong and what to do about it, in one line."""


@dataclass(frozen=True)
class Recipe:
    """All that decides what .venv holds."""

    known_good: bool
    torch: str | None  # uv's name of a torch backend; None: what the package index offers
    checkout: str  # the editable install points there
    sources: str  # hash of the files that name the packages


def hash_sources(known_good: bool) -> str:
    """Hash what the installers read; the tools' settings in pyproject.toml do not count."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    relevant = [
        project.get("build-system"),
        project["project"],
        project.get("tool", {}).get("hatch"),
    ]
    digest = hashlib.sha256(json.dumps(relevant, sort_keys=True).encode())
    for path in (LAB_SETTINGS, CONSTRAINTS) if known_good else (LAB_SETTINGS,):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def read_stamp() -> dict[str, object] | None:
    """The stamp of the last set-up that ended or began in .venv, or None."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {}  # half written: the set-up was interrupted
    return stamp if isinstance(stamp, dict) else {}


def choose_recipe(known_good: bool | None, torch: str | None, stamp: dict[str, object]) -> Recipe:
    """What was asked for; what was not asked for stays as it was chosen before."""
    good = bool(stamp.get("known_good")) if known_good is None else known_good
    before = stamp.get("torch")
    backend = torch or (before if isinstance(before, str) else None)
    return Recipe(good, backend, str(ROOT), hash_sources(good))


def find_uv() -> str | None:
    """uv, if it runs (a version manager's shim may stand for a uv that is not there)."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    try:
        works = subprocess.run([uv, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        works = False
    return uv if works else None


def plan(recipe: Recipe, uv: str | None, fresh: bool) -> list[list[str]]:
    """The commands that make .venv (`fresh`) and install the book into it."""
    # The base interpreter: `python3` may be .venv's own, where that is activated.
    base = getattr(sys, "_base_executable", None) or sys.executable
    python = str(PYTHON)
    options = ["--constraint", str(CONSTRAINTS)] if recipe.known_good else []
    if uv:
        make = [[uv, "venv", "--python", base, "--allow-existing", str(VENV)]] if fresh else []
        # Compiled now, or every kernel compiles torch again where Python may not write bytecode.
        install = [uv, "pip", "install", "--python", python, "--compile-bytecode", *options]
        if recipe.torch:
            install += ["--torch-backend", recipe.torch]
        return [*make, [*install, "--editable", ".[dev,performance,publish]"]]
    if recipe.torch:
        raise Failure(f"TORCH={recipe.torch} needs uv: install it (pip install uv), {AGAIN}.")
    make = []
    if fresh:
        if find_spec("venv") is None or find_spec("ensurepip") is None:
            raise Failure(
                "This Python has no venv module: install it (Debian, Ubuntu: sudo apt install "
                f"python3-venv) or install uv, {AGAIN}."
            )
        make = [[base, "-m", "venv", str(VENV)]]
    elif not any(VENV.glob("lib*/python*/site-packages/pip")) and os.name != "nt":
        make = [[python, "-m", "ensurepip"]]  # made by uv, which has gone since
    install = [python, "-m", "pip", "install", "--no-input", "--compile", *options]
    return [*make, [*install, "--editable", ".[dev,performance,publish]"]]


def run(command: list[str]) -> None:
    """Run one step, showing its progress; raise the line that names the cause if it fails."""
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_NO_PROGRESS": "1"}
    environment.pop("VIRTUAL_ENV", None)  # another environment that happens to be active
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    lines: deque[str] = deque(maxlen=5000)
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line.rstrip())
        if PROGRESS.match(line):
            print("  " + line.strip()[:76], flush=True)
    if process.wait() == 0:
        return
    text = "\n".join(lines)
    with contextlib.suppress(OSError):
        LOG.write_text(f"{shlex.join(command)}\n{text}\n", encoding="utf-8")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "no message")
    for pattern, advice in CAUSES:
        if re.search(pattern, text, re.IGNORECASE):
            raise Failure(advice.format(last=last))
    raise Failure(f"{Path(command[0]).name} failed: {last} (all of it: {LOG})")


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Wait while another set-up runs in this checkout; the lock ends with its process."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up runs in this folder: waiting for its end.", flush=True)
            fcntl.flock(folder, fcntl.LOCK_EX)
        except OSError:
            pass  # a file system without locks
        yield
    finally:
        os.close(folder)


def write_stamp(recipe: Recipe, complete: bool) -> None:
    """Replace the stamp in one step, so that it is whole or absent."""
    draft = STAMP.with_suffix(".tmp")
    draft.write_text(json.dumps({**asdict(recipe), "complete": complete}), encoding="utf-8")
    draft.replace(STAMP)


def empty(folder: Path) -> None:
    """Remove what is in the folder (which may be a link to another disk)."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def is_complete() -> bool:
    """Whether `make lab` would leave .venv as it is."""
    stamp = read_stamp() or {}
    recipe = choose_recipe(None, None, stamp)
    return PYTHON.exists() and stamp == {**asdict(recipe), "complete": True}


def set_up(known_good: bool | None, torch: str | None, only_print: bool = False) -> None:
    """Bring .venv to what the options and pyproject.toml ask for."""
    stamp = read_stamp()
    known = stamp or {}
    recipe = choose_recipe(known_good, torch, known)
    there = PYTHON.exists()
    if there and known == {**asdict(recipe), "complete": True} and not only_print:
        return
    interrupted = stamp is not None and not known.get("complete")
    if there and recipe.torch != known.get("torch") and stamp is None:
        raise Failure(f"{VENV} is not of make's making: remove it to have TORCH={recipe.torch}.")
    fresh = not there or interrupted or recipe.torch != known.get("torch")
    commands = plan(recipe, find_uv(), fresh)
    if only_print:
        print("\n".join(shlex.join(command) for command in commands))
        return
    free = shutil.disk_usage(ROOT).free / 1e9
    print(f"Setting up {VENV}, some minutes the first time ({free:.0f} GB free).", flush=True)
    try:
        VENV.mkdir(exist_ok=True)
        if fresh:
            empty(VENV)
        write_stamp(recipe, complete=False)
        for command in commands:
            run(command)
        write_stamp(recipe, complete=True)
    except Failure:
        if stamp is not None and not fresh:
            # The installers change nothing when they fail: what was complete still is.
            STAMP.write_text(json.dumps(stamp), encoding="utf-8")
        raise
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise Failure(DISK_FULL) from None
        raise Failure(
            f"Cannot write {error.filename or VENV} ({error.strerror}): give yourself the right "
            f"to, or move the book to a folder of your own, {AGAIN}."
        ) from None


def main() -> int:
    """Read the options; print one line and return 1 where the set-up fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--known-good",
        action=argparse.BooleanOptionalAction,
        help="the newest versions that the tests have passed with",
    )
    parser.add_argument("--torch", help="uv's name of a torch backend, such as cpu")
    parser.add_argument("--print", action="store_true", help="only print the commands")
    options = parser.parse_args()
    os.chdir(ROOT)
    try:
        with only_one():
            set_up(options.known_good, options.torch, options.print)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command starts the set-up anew.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
