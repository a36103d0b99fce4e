"""The doctor's findings: on packages, devices, threads, data and Jupyter's kernel, a line each."""

import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from importlib import import_module, metadata
from importlib.metadata import PackageMetadata
from io import StringIO
from pathlib import Path

from d2lutils.data import files
from d2lutils.data import larger as larger_sets
from d2lutils.downloading.places import SET_HOME, data_folder, home_is_known
from d2lutils.errors import BookError, one_line
from d2lutils.installing import install_line, release, shell_line


@dataclass(frozen=True)
class Finding:
    """What was found; without a remedy, all is well. A hint is well, too, and could be better."""

    what: str
    remedy: str = ""
    hint: str = ""

    def __str__(self) -> str:
        if self.remedy:
            return f"WRONG  {self.what}. {self.remedy}"
        return f"HINT   {self.what}. {self.hint}" if self.hint else f"OK     {self.what}"


def packages(about: PackageMetadata) -> Iterator[Finding]:
    """Judge Python, d2lutils and each package that its metadata name."""
    bound = about["Requires-Python"]
    new = sys.version_info >= release(bound.lstrip(">="))
    remedy = "" if new else f"The book needs Python {bound}: set a newer one up."
    yield Finding(f"Python {platform.python_version()} at {sys.executable}", remedy)
    yield Finding(f"d2lutils {about['Version']} in {Path(__file__).parents[1]}")
    needs = [need for need in about.get_all("Requires-Dist", []) if ";" not in need]
    names = {_module(need): need.partition(">=")[0] for need in needs}
    for need in needs:
        yield _package(need, names)


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
    if release(version) >= release(bound):
        return Finding(f"{name} {version}")
    line = install_line("--upgrade", need, *(["torchvision"] if name == "torch" else []))
    return Finding(f"{name} {version} is older than {bound}", f"Type: {line}")


def _broken(need: str, error: Exception, modules: dict[str, str]) -> Finding:
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


def device() -> Finding:
    asked = os.environ.get("D2L_DEVICE", "").strip()
    try:
        from d2lutils import devices

        names = ", ".join(map(str, devices.available_devices()))
        chosen = f"D2L_DEVICE={asked}" if asked else "D2L_DEVICE is not set"
        return Finding(f"device {devices.device()} of {names}; {chosen}")
    except BookError as error:
        return Finding(str(error).rstrip("."), "Set another, or unset D2L_DEVICE.")
    except Exception as error:
        return Finding(f"the devices are unknown ({type(error).__name__})", "Mend torch first.")


def threads() -> Finding:
    """Judge whether notebooks that compute at once would keep each other from the processors."""
    passive = os.environ.get("OMP_WAIT_POLICY", "").upper() == "PASSIVE"
    if passive or os.environ.get("OMP_NUM_THREADS") == "1" or os.cpu_count() == 1:
        return Finding("threads of several notebooks that compute at once share the cores")
    told = "threads of two notebooks that compute at once can slow each other 40 times, for they "
    return Finding(f"{told}wait busily", hint="Set OMP_WAIT_POLICY=PASSIVE before Python starts.")


def kernel() -> Finding:
    """Judge whether the notebooks' kernel, `python3`, is the Python that runs now."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager

        spec = KernelSpecManager().get_kernel_spec("python3")
    except Exception as error:
        line = f"Type: {install_line('--upgrade', '--force-reinstall', 'ipykernel')}"
        what = f"there is no Jupyter kernel python3 ({type(error).__name__})"
        return Finding(what, line if home_is_known() else SET_HOME)
    python = spec.argv[0]
    # Jupyter starts a bare name with the Python that it runs on itself; links are not followed,
    # for every environment's Python may be a link to the same file.
    bare = re.fullmatch(r"python(3(\.\d+)?)?", python)
    if bare or _folder(python) == _folder(sys.executable):
        return Finding(f"kernel python3 is this Python ({spec.resource_dir or 'built in'})")
    own = _folder(spec.resource_dir).startswith(os.path.normcase(sys.prefix))
    place = "--sys-prefix" if own else "--user"
    line = shell_line(sys.executable, "-m", "ipykernel", "install", place, "--name", "python3")
    what = f"kernel python3 is another Python ({python}, {spec.resource_dir})"
    return Finding(what, f"Type: {line}")


def _folder(path: str) -> str:
    return os.path.normcase(os.path.dirname(os.path.abspath(path)))


def bundled() -> Iterator[Finding]:
    """Judge the bundled data by their hashes, and name the first few that are damaged."""
    size, faults, names = 0, [], []
    try:
        names = list(files.registry())
    except BookError as error:
        faults.append(str(error))
    for name in names:
        try:
            files.check(name)
            size += (files.ROOT / name).stat().st_size
        except BookError as error:
            faults.append(str(error))
    for line in faults[:3]:
        what, _, remedy = line.rpartition(". ")
        yield Finding(what, remedy)
    if faults[3:]:
        what = f"{len(faults) - 3} more of the bundled data are missing or damaged"
        yield Finding(what, files.remedy(""))
    if not faults:
        yield Finding(f"bundled data: {len(names)} files, {size / 1e6:.1f} MB in {files.ROOT}")


def larger() -> Finding:
    """Judge the folder for larger data sets: whether those that are not here could come."""
    other = "Set D2L_DATA to a folder elsewhere."
    try:
        folder = data_folder()
        sets = [name for name in larger_sets.LARGER if larger_sets.here(name)]
        there = next(parent for parent in (folder, *folder.parents) if os.path.exists(parent))
        free = shutil.disk_usage(there).free / 1e9
    except (BookError, OSError) as error:  # D2L_DATA is odd, no HOME, no platformdirs
        cause, _, remedy = str(error).partition(". ")
        return Finding(f"the folder for larger data is unknown ({cause})", remedy or other)
    what = f"larger data in {folder}: {', '.join(sets) or 'none yet'}; {free:.1f} GB free"
    if len(sets) < len(larger_sets.LARGER):  # each lies there packed and unpacked
        if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
            return Finding(f"{what}, but nothing can be written there", other)
        if free < 0.6:
            return Finding(f"{what}, but the sets need 0.6 GB", other)
    return Finding(what)
