"""Write constraints.txt: the versions in this environment, which the suite has just passed with.

Left out is what only one platform has and what torch itself pins to the digit, so that the file
serves Linux, macOS and Windows alike.
"""

import platform
from importlib.metadata import distributions
from pathlib import Path

CONSTRAINTS = Path(__file__).resolve().parent.parent / "constraints.txt"
PINNED_BY_TORCH = ("nvidia-", "cuda-", "triton")
NOT_OURS = ("d2lutils", "pip", "wheel")
HEADER = """\
# The newest versions that the whole suite has passed with (Python {python}): when a fresh install
# breaks, `make lab KNOWN_GOOD=1` takes these. Written by `make known-good`.
"""


def versions() -> dict[str, str]:
    """Name and version of every package of the book, without a build's local suffix (+cpu)."""
    found = {
        package.name.lower().replace("_", "-"): package.version.partition("+")[0]
        for package in distributions()
    }
    return {
        name: found[name]
        for name in sorted(found)
        if not name.startswith(PINNED_BY_TORCH) and name not in NOT_OURS
    }


def text() -> str:
    """The file's content."""
    python = ".".join(platform.python_version_tuple()[:2])
    lines = [f"{name}=={version}" for name, version in versions().items()]
    return HEADER.format(python=python) + "\n".join(lines) + "\n"


if __name__ == "__main__":
    CONSTRAINTS.write_text(text(), encoding="utf-8")
    print(f"{CONSTRAINTS.name}: {len(versions())} versions")
