"""Open JupyterLab at the book's first page: the program behind `make lab`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.fresh import of_the_book  # noqa: E402


def first_page() -> str:
    """The page that opens: the book's first notebook, or the folder of chapters."""
    notebooks = of_the_book(ROOT / "chapters")
    shown = notebooks[0] if notebooks else ROOT / "chapters"
    return shown.relative_to(ROOT).as_posix()


def command(arguments: list[str]) -> list[str]:
    """JupyterLab on this Python; an option that the reader gives takes the place of ours."""
    ours = {
        "ServerApp.root_dir": ROOT,
        "LabApp.default_url": f"/lab/tree/{quote(first_page())}",
        # The layout of another project's lab would ask for files that the book lacks.
        "LabApp.workspaces_dir": Path(sys.prefix) / "share/jupyter/lab/workspaces",
    }
    given = {argument.partition("=")[0] for argument in arguments}
    options = [f"--{name}={value}" for name, value in ours.items() if f"--{name}" not in given]
    return [sys.executable, "-m", "jupyterlab", *options, *arguments]


if __name__ == "__main__":
    line = command(sys.argv[1:])
    # Else the threads of two notebooks that compute at once slow each other many times (02/13).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.execv(line[0], line)
