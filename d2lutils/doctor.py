"""`python -m d2lutils doctor`: what is right with an installation, and what to type for the rest.

It needs nothing but the standard library, for any package may be missing or broken.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from importlib import import_module, metadata
from io import StringIO
from pathlib import Path

from d2lutils.data import files, larger
from d2lutils.downloading.places import data_folder
from d2lutils.errors import BookError
from d2lutils.installing import install_line, release, shell_line


@dataclass(frozen=True)
class Finding:
    """One line of the report; without a remedy, all is well."""

    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"WRONG  {self.what}. {self.remedy}" if self.remedy else f"OK     {self.what}"


def report() -> int:
    """Print a line for each thing that the book needs; return 1 if one is wrong, else 0."""
    wrong = 0
    for finding in _findings():
        print(finding, flush=True)
        wrong += bool(finding.remedy)
    print(f"\n{wrong} to mend." if wrong else "\nAll is well.")
    return 1 if wrong else 0


def _findings() -> Iterator[Finding]:
    try:
        about = metadata.metadata("d2lutils")
    except metadata.PackageNotFoundError:
        root = str(Path(__file__).resolve().parents[1])
        yield Finding("d2lutils is not installed", f"Type: {install_line('--editable', root)}")
        return
    yield _python(about["Requires-Python"])
    yield Finding(f"d2lutils {about['Version']} in {Path(__file__).parent}")
    needs = [need for need in about.get_all("Requires-Dist", []) if ";" not in need]
    names = {_module(need): need.partition(">=")[0] for need in needs}
    for need in needs:
        yield _package(need, names)
    yield _device()
    yield from _bundled()
    yield _larger()
    yield _kernel()


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
    cause = " ".join(str(error).split())
    # A torchvision that was built for another torch fails like this: only the pair mends it.
    pair = ("torch", "torchvision") if name in ("torch", "torchvision") else (name,)
    line = install_line("--upgrade", "--force-reinstall", *pair)
    return Finding(f"{name} does not load ({type(error).__name__}: {cause:.200})", f"Type: {line}")


def _missing(error: BaseException | None) -> str | None:
    """Return the module that an import lacked; pandas wraps the error that names it."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError):
            return error.name
        error = error.__cause__
    return None


def _device() -> Finding:
    asked = os.environ.get("D2L_DEVICE", "")
    try:
        from d2lutils.devices import available_devices, device

        names = ", ".join(map(str, available_devices()))
        chosen = f"D2L_DEVICE={asked}" if asked else "D2L_DEVICE is not set"
        return Finding(f"device {device()} of {names}; {chosen}")
    except BookError as error:
        return Finding(str(error).rstrip("."), "Set another, or unset D2L_DEVICE.")
    except Exception as error:
        return Finding(f"the devices are unknown ({type(error).__name__})", "Mend torch first.")


def _bundled() -> Iterator[Finding]:
    """Judge the bundled data by their hashes, and name the first few that are damaged."""
    wrong, size = [], 0
    try:
        for name in (known := files.registry()):
            try:
                files.check(name)
                size += (files.ROOT / name).stat().st_size
            except BookError as error:
                wrong.append(str(error))
    except BookError as error:
        wrong.append(str(error))
    for line in wrong[:3]:
        what, _, remedy = line.rpartition(". ")
        yield Finding(what, remedy)
    if wrong[3:]:
        what = f"{len(wrong) - 3} more of the bundled data are missing or damaged"
        yield Finding(what, files.remedy(""))
    if not wrong:
        yield Finding(f"bundled data: {len(known)} files, {size / 1e6:.1f} MB in {files.ROOT}")


def _larger() -> Finding:
    """Judge the folder for larger data sets: whether those that are not here could come."""
    other = "Set D2L_DATA to a folder elsewhere."
    try:
        folder = data_folder()
        sets = [name for name in larger.LARGER if larger.here(name)]
    except Exception as error:  # D2L_DATA is odd, or platformdirs, which is needed without it
        return Finding(f"the folder for larger data is unknown ({str(error).rstrip('.')})", other)
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(there).free / 1e9
    what = f"larger data in {folder}: {', '.join(sets) or 'none yet'}; {free:.1f} GB free"
    if len(sets) < len(larger.LARGER):  # each lies there packed and unpacked
        if not there.is_dir() or not os.access(there, os.W_OK):
            return Finding(f"{what}, but nothing can be written there", other)
        if free < 0.6:
            return Finding(f"{what}, but the sets need 0.6 GB", other)
    return Finding(what)


def _kernel() -> Finding:
    """Judge whether the notebooks' kernel, `python3`, is the Python that runs now."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager

        spec = KernelSpecManager().get_kernel_spec("python3")
    except Exception as error:
        return Finding(
            f"there is no Jupyter kernel python3 ({type(error).__name__})",
            f"Type: {install_line('--upgrade', '--force-reinstall', 'ipykernel')}",
        )
    python = spec.argv[0]
    # Jupyter starts a bare name with the Python that it runs on itself; links are not followed,
    # for every environment's Python may be a link to the same file.
    bare = re.fullmatch(r"python(3(\.\d+)?)?", python)
    if bare or _folder(python) == _folder(sys.executable):
        return Finding(f"kernel python3 is this Python ({spec.resource_dir or 'built in'})")
    own = _folder(spec.resource_dir).startswith(os.path.normcase(sys.prefix))
    place = "--sys-prefix" if own else "--user"
    line = shell_line(sys.executable, "-m", "ipykernel", "install", place, "--name", "python3")
    return Finding(
        f"kernel python3 is another Python ({python}, {spec.resource_dir})", f"Type: {line}"
    )


def _folder(path: str) -> str:
    return os.path.normcase(os.path.dirname(os.path.abspath(path)))
