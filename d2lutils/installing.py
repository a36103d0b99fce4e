"""Versions, and the line to type where one is missing, too old or broken. Needs no package."""

import re
import shlex
import subprocess
import sys
from importlib.util import find_spec

# The oldest PyTorch that the book runs with; a test holds it to pyproject.toml's bound.
OLDEST_TORCH = "2.11"


def release(version: str) -> tuple[int, ...]:
    """Return the numbers that a version starts with: (2, 15, 0) for `2.15.0+cu132`."""
    numbers = re.match(r"\d+(\.\d+)*", version)
    return tuple(map(int, numbers[0].split("."))) if numbers else ()


def install_line(*requirements: str) -> str:
    """Return the command that installs packages for the Python that runs now.

    Args:
        requirements: packages and options as pip spells them: `torch>=2.11`, `--upgrade`.

    Returns:
        A line to type in a terminal, with pip where this Python has it and uv where not.
    """
    if find_spec("pip"):
        return shell_line(sys.executable, "-m", "pip", "install", *requirements)
    return shell_line("uv", "pip", "install", "--python", sys.executable, *requirements)


def shell_line(*words: str) -> str:
    """Return a command as this machine's shell reads it, quoted where it has to be."""
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)
