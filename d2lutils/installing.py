"""Versions, and the line to type where one is missing, too old or broken. Needs no package."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

from d2lutils.errors import BookError

# The oldest PyTorch that the book runs with; a test holds it to pyproject.toml's bound.
OLDEST_TORCH = "2.11"

# The compiler is in the build tools' workload for C++; without it, they come without one.
VISUAL_CPP = (
    "winget install Microsoft.VisualStudio.2022.BuildTools --override "
    '"--passive --wait --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended"'
)


def release(version: str) -> tuple[int, ...]:
    """Return the numbers that a version starts with: (2, 15, 0) for `2.15.0+cu132`."""
    numbers = re.match(r"\d+(\.\d+)*", version)
    return tuple(map(int, numbers[0].split("."))) if numbers else ()


def install_line(*requirements: str) -> str:
    """Return the line to type that installs packages for the Python that runs now.

    `requirements` are packages and options as pip spells them: `torch>=2.11`, `--upgrade`.
    """
    if PathFinder.find_spec("pip"):  # importlib.util's would make setuptools disable its hook
        return shell_line(sys.executable, "-m", "pip", "install", *requirements)
    return shell_line("uv", "pip", "install", "--python", sys.executable, *requirements)


def compiler_line() -> str:
    """Return the line to type that installs a C++ compiler on this system.

    On a CPU, `torch.compile` needs one, and PyTorch brings none along (07/04).
    """
    lines = {"darwin": "xcode-select --install", "win32": VISUAL_CPP}
    return lines.get(sys.platform, "sudo apt install g++")


def shell_line(*words: str) -> str:
    """Return a command as this machine's shell reads it, quoted where it has to be."""
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def load(module: str, wanted: str) -> ModuleType:
    """Import a module, `d2lutils.plot.boxes`, for what the reader asked for, `d2l.plot.memory`.

    Raises BookError where a package that the module imports is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "d2lutils"):
            raise
        raise BookError(
            f"{wanted} needs {package}, which is not installed here. Type: {install_line(package)}"
        ) from None


def late(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package, `d2lutils.plot`, whose names load on first use.

    `homes` are the modules below it that hold each name (PEP 562).
    """

    def look_up(name: str) -> Any:
        if name in homes:
            wanted = f"{package.replace('d2lutils', 'd2l', 1)}.{name}"
            return getattr(load(f"{package}.{homes[name]}", wanted), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return look_up
