"""The doctor's look at the machine: devices, threads, Jupyter's kernel, and the data on it."""

import os
import re
import shutil
import sys
from collections.abc import Iterator

from d2lutils.data import files
from d2lutils.data import larger as larger_sets
from d2lutils.doctor.findings import Finding
from d2lutils.downloading.places import SET_HOME, data_folder, home_is_known
from d2lutils.errors import BookError
from d2lutils.installing import install_line, shell_line


def device() -> Finding:
    """Judge the device that the book would compute on."""
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
