"""Remembers what has passed here, and with which bytes; tests/unproven.py has pytest use it.

A notebook's proof holds for its own bytes and for all that its cells can meet: d2lutils, data, the
plugin, Python, the installed versions, the device and the threads. Of the exercises' checks only
its own count, and those that it names.

The proof of a package's test holds for every file outside chapters/ and, of chapters/, for what the
test has read; one that starts processes and speaks of chapters/ has read all of it. A module whose
tests copy the book or start processes may name in CHAPTERS_READ what they hang on.

Each proof is a file in .cache/proven, which is replaced as a whole. Only what ran to its end and
passed is written, and only where the bytes are still those of the start.
"""

import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[1]
FOLDER = Path(".cache", "proven")
KEPT = 2000  # proofs; the oldest go first
CHAPTERS = "chapters/"
LISTING = "chapters/"  # stands for the names of all its files
# What a notebook's cells meet, wherever the notebook lies.
GROUND = ("d2lutils/", "data/", "tests/ipython/")
GROUND_FILES = {"tests/notebook_plugin.py", "tests/comparison.py", "conftest.py"}
SECTION = re.compile(r"d2lutils/checks/chapter_(\d\d)/section_(\d\d)\.py")
EXERCISE = re.compile(rb"(?<![\w.])(\d\d)\.(\d\d?)[a-z](?!\w)")
VARIABLES = re.compile(r"D2L_|OMP_|MKL_|OPENBLAS_|KMP_|TORCH|PYTORCH|CUDA|NVIDIA_|PYTHON(?!PATH)")
OPTIONS = ("nbval", "nbval_lax", "nbval_sanitize_with", "nbval_cell_timeout", "nbval_current_env")

Reads = dict[str, str]  # the files in chapters/ that a test has read, and their hashes


def digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def files(root: Path) -> list[str]:
    """The files of a checkout, new ones among them, without what git ignores."""
    command = [
        "git",
        "-C",
        str(root),
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    try:
        listed = subprocess.run(command, capture_output=True, check=True).stdout.decode()
        return sorted({name for name in listed.split("\0") if name})
    except (OSError, subprocess.CalledProcessError):
        return sorted(_walked(root))


def _walked(root: Path) -> Iterator[str]:
    for folder, inside, names in os.walk(root):
        inside[:] = [name for name in inside if not name.startswith((".", "__"))]
        yield from (Path(folder, name).relative_to(root).as_posix() for name in names)


def hashes(root: Path) -> dict[str, str]:
    found = {}
    for name in files(root):
        path = root / name
        if path.is_file():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def surroundings(config: pytest.Config) -> str:
    """Python, the installed versions, the machine, the device and the threads, the options."""
    packages = set()
    for folder in map(Path, sys.path):
        if folder.is_dir():
            packages |= {
                f.name for f in folder.iterdir() if f.suffix in (".dist-info", ".egg-info")
            }
    variables = {key: value for key, value in os.environ.items() if VARIABLES.match(key)}
    options = [str(config.getoption(name, None)) for name in OPTIONS]
    settings = [config.getini("nb_rtol"), config.getini("addopts"), *options]
    machine = [sys.version, platform.platform(), platform.node()]
    return digest(sorted(packages), variables, settings, machine)


@dataclass
class State:
    """The bytes on which proofs stand, as they are at one moment."""

    root: Path
    around: str
    found: dict[str, str]
    ours: dict[str, str]

    @classmethod
    def now(cls, config: pytest.Config) -> "State":
        root = config.rootpath
        found = hashes(root)
        ours = found if root == HERE else hashes(HERE)
        return cls(root, surroundings(config), found, ours)

    def notebook(self, name: str) -> str:
        """What a notebook's proof stands on, as one hash."""
        path = self.root / name
        content = path.read_bytes() if path.is_file() else b""
        named = {(int(a), int(b)) for a, b in EXERCISE.findall(content)}
        folder, own = (re.match(r"\d\d", part) for part in (path.parent.name, path.name))
        named.add((int(folder[0]), int(own[0])) if folder and own else (0, 0))
        ground = []
        for other, value in self.ours.items():
            section = SECTION.fullmatch(other)
            if section and (int(section[1]), int(section[2])) not in named:
                continue
            if other.startswith(GROUND) or other in GROUND_FILES:
                ground.append((other, value))
        return digest("notebook", name, hashlib.sha256(content).hexdigest(), ground, self.around)

    def tests(self, name: str) -> str:
        """What the proofs of a test file's tests stand on, chapters/ aside."""
        outside = [pair for pair in self.found.items() if not pair[0].startswith(CHAPTERS)]
        return digest("tests", name, outside, self.around)

    def reads(self, names: Collection[str]) -> Reads:
        """The hashes of files in chapters/; of the names of all of them, too, where one is read."""
        chosen = {name: self.found.get(name, "") for name in names if name != LISTING}
        inside = [name for name in self.found if name.startswith(CHAPTERS)]
        return {**chosen, LISTING: digest(inside)} if names else {}

    def key(self, name: str) -> str | None:
        """The name of a file's proof; None for a file that holds no tests."""
        if name.endswith(".ipynb"):
            return self.notebook(name)
        return self.tests(name) if Path(name).match("test_*.py") else None


# --- the store -----------------------------------------------------------------------------------


@dataclass
class Proof:
    """What has passed of one file.

    tests: their names, and what they have read in chapters/; a notebook's tests are its cells.
    of: how many tests the file holds; 0 where only some of them were asked for.
    """

    path: str
    tests: dict[str, Reads]
    of: int = 0


def read_proof(folder: Path, key: str) -> Proof | None:
    try:
        return Proof(**json.loads((folder / f"{key}.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_proof(folder: Path, key: str, proof: Proof) -> None:
    """Write all of a proof or nothing; where nothing can be written, nothing is remembered."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(vars(proof), file)
        os.replace(name, folder / f"{key}.json")
    except OSError:
        pass


def forget_old_ones(folder: Path) -> None:
    try:
        every = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in every[:-KEPT]:
            path.unlink()
    except OSError:
        pass


def proven(state: State, folder: Path) -> tuple[dict[str, list[str]], list[str]]:
    """The tests that are proven for these bytes, by file; the files that hold no others."""
    tests: dict[str, list[str]] = {}
    whole = []
    for name in state.found:
        key = state.key(name)
        proof = read_proof(folder, key) if key else None
        if proof:
            tests[name] = [t for t, reads in proof.tests.items() if state.reads(reads) == reads]
            if proof.of and len(tests[name]) >= proof.of:
                whole.append(name)
    return tests, whole


def record(before: State, after: State, folder: Path, passed: dict[str, Proof]) -> None:
    """Write what has passed, but nothing of files whose bytes have changed meanwhile."""
    for name, proof in passed.items():
        key = before.key(name)
        if key is None or key != after.key(name):
            continue
        steady = {test: reads for test, reads in proof.tests.items() if after.reads(reads) == reads}
        if name.endswith(".ipynb"):
            if len(steady) < proof.of or not proof.of:
                continue  # the cells of a notebook prove something together only
        elif old := read_proof(folder, key):
            steady = {**old.tests, **steady}
            proof.of = proof.of or old.of
        write_proof(folder, key, Proof(name, steady, proof.of))
    forget_old_ones(folder)
