"""`python -m d2lutils doctor`: what is right with an installation, and what to type for the rest.

It needs nothing but the standard library, for any package may be missing or broken.
"""

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from d2lutils.doctor import findings
from d2lutils.doctor.findings import Finding
from d2lutils.downloading.places import SET_HOME, home_is_known
from d2lutils.installing import install_line


def report() -> int:
    """Print a line for each thing that the book needs; return 1 if one is wrong, else 0."""
    wrong = 0
    for finding in _findings():
        print(finding, flush=True)
        wrong += bool(finding.remedy)
    print(f"\n{wrong} to mend." if wrong else "\nAll is well.")
    return min(wrong, 1)


def _findings() -> Iterator[Finding]:
    try:
        about = metadata.metadata("d2lutils")
    except metadata.PackageNotFoundError:
        root = str(Path(__file__).resolve().parents[2])
        yield Finding("d2lutils is not installed", f"Type: {install_line('--editable', root)}")
        return
    yield from findings.packages(about)
    if not home_is_known():  # Jupyter keeps its settings there
        yield Finding("home folder of this user is not known", SET_HOME)
    yield findings.device()
    yield findings.threads()
    yield from findings.bundled()
    yield findings.larger()
    yield findings.kernel()
