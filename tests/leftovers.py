"""What a notebook leaves behind when its kernel has ended: processes, and files of its own.

A port is held by a process, so where no process is left, no port is.
"""

import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

PATIENCE = 5.0  # seconds in which what the kernel has started may end by itself
MARK = "D2L_STARTED_BY"  # a variable that each process inherits
# torch.compile keeps its programs there, by default among the temporary files, for all to use.
COMPILED = "TORCHINDUCTOR_CACHE_DIR"
HEADERS = "torchinductor_"  # ... but for compiled headers, which go here whatever COMPILED says


class Surroundings:
    """A folder for one kernel's temporary files, and the mark of all processes that it starts."""

    def __init__(self) -> None:
        # A program for one instruction set, found by a run with another, gives wrong numbers.
        instructions = os.environ.get("ATEN_CPU_CAPABILITY", "")
        compiled = Path(tempfile.gettempdir(), f"d2l-compiled{instructions}")
        self.folder = Path(tempfile.mkdtemp(prefix="d2l-"))
        self.environment = {
            **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.folder)),
            MARK: self.folder.name,
            COMPILED: os.environ.get(COMPILED, str(compiled)),
            # Each kernel would compile headers anew; PyTorch 2.11 does not know this variable.
            "TORCHINDUCTOR_CPP_CACHE_PRECOMPILE_HEADERS": "0",
        }

    def left(self) -> list[str]:
        """Say what is left once the kernel has ended, and remove it."""
        processes = self._processes()
        end = time.monotonic() + PATIENCE
        while processes and time.monotonic() < end:
            time.sleep(0.1)
            processes = self._processes()
        found = []
        for process in processes:
            with suppress(psutil.NoSuchProcess):  # it has ended after all
                found.append(f"a process: {' '.join(process.cmdline())[:150]}")
                process.kill()
        names = [path.name for path in self.folder.iterdir()]
        found += [f"a temporary file or folder: {n}" for n in names if not n.startswith(HEADERS)]
        shutil.rmtree(self.folder, ignore_errors=True)
        return found

    def _processes(self) -> list[psutil.Process]:
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            marked = process.environ().get(MARK) == self.folder.name
            return marked and process.status() != psutil.STATUS_ZOMBIE
        except (psutil.Error, OSError):
            return False  # it has ended, or it is another user's
