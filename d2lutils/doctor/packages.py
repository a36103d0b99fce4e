"""The doctor's look at Python and at the packages that the book needs."""

import sys
from collections.abc import Iterator
from contextlib import redirect_stderr
from importlib import import_module, metadata
from importlib.metadata import PackageMetadata
from io import StringIO
from pathlib import Path

from d2lutils.doctor.findings import Finding
from d2lutils.downloading.places import SET_HOME, home_is_known
from d2lutils.errors import one_line
from d2lutils.installing import install_line, release


def findings(about: PackageMetadata) -> Iterator[Finding]:
    """Judge Python, d2lutils and each package that its metadata name."""
    yield _python(about["Requires-Python"])
    yield Finding(f"d2lutils {about['Version']} in {Path(__file__).parents[1]}")
    needs = [need for need in about.get_all("Requires-Dist", []) if ";" not in need]
    names = {_module(need): need.partition(">=")[0] for need in needs}
    for need in needs:
        yield _package(need, names)


def _python(bound: str) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    what = f"Python {version} at {sys.executable}"
    if release(version) >= release(bound.lstrip(">=")):
        return Finding(what)
    return Finding(what, f"The book needs Python {bound}: set it up with a newer one.")


def _module(need: str) -> str:
    """Return the name under which a dependency is imported."""
    name = need.partition(">=")[0]
    return {"pillow": "PIL"}.get(name, name.replace("-", "_"))


def _package(need: str, modules: dict[str, str]) -> Finding:
    """Judge a dependency as pyproject.toml spells it: `torch>=2.11`; `modules` has every name."""
    name, _, bound = need.partition(">=")
    try:
        with redirect_stderr(StringIO()):  # whatever a half-broken package has to say
            module = import_module(_module(need))
    except Exception as error:
        return _broken(need, error, modules)
    version = getattr(module, "__version__", None) or metadata.version(name)
    what = f"{name} {version}"
    if release(version) < release(bound):
        with_torch = ("torchvision",) if name == "torch" else ()
        line = install_line("--upgrade", need, *with_torch)
        return Finding(f"{what} is older than {bound}", f"Type: {line}")
    return Finding(what)


def _broken(need: str, error: Exception, modules: dict[str, str]) -> Finding:
    """Say what to type for a package that does not load."""
    name = need.partition(">=")[0]
    missing = _missing(error)
    if missing == _module(need):
        return Finding(f"{name} is not installed", f"Type: {install_line(need)}")
    if missing in modules:  # a line of its own says what to type
        other = modules[missing]
        return Finding(f"{name} cannot load without {other}", f"Mend {other} first.")
    # A torchvision that was built for another torch fails like this: only the pair mends it.
    pair = ("torch", "torchvision") if name in ("torch", "torchvision") else (name,)
    remedy = f"Type: {install_line('--upgrade', '--force-reinstall', *pair)}"
    if not home_is_known() and "home directory" in str(error):
        remedy = SET_HOME
    cause = f"{type(error).__name__}: {one_line(error, 200)}"
    return Finding(f"{name} does not load ({cause})", remedy)


def _missing(error: BaseException | None) -> str | None:
    """Return the module that an import lacked; pandas wraps the error that names it."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError):
            return error.name
        error = error.__cause__
    return None
