"""Teaches nbval the book's rules: what it compares, which kernel it starts, what it refuses.

nbval collects the notebooks and runs their cells; tests/comparison.py says what differs.
"""

import json
import os
import shutil
import subprocess
import tempfile
import time
from base64 import b64decode
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from jupyter_client.manager import KernelManager
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager, RunningKernel
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError

import d2lutils as d2l
from tests.comparison import RTOL, cell_differences, rules_for
from tests.leftovers import Surroundings

PROFILE = Path(__file__).parent / "ipython"
MISMATCHES = "figure-mismatches"
ALIVE_EVERY = 1.0  # seconds between two looks at whether the kernel lives
SPLITTING = ("load", "worksteal", "loadgroup")
NUMBERS = count()  # of the kernels that this process starts
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


# --- the kernel's surroundings -------------------------------------------------------------------


def cores() -> int:
    """The cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def settings(workers: int) -> dict[str, str]:
    """Variables for notebooks that run beside each other; those that are set already stay."""
    threads = os.environ.get(THREADS[0], str(max(1, cores() // workers)))
    chosen = {
        "D2L_DEVICE": "cpu",
        "TQDM_DISABLE": "1",
        # Threads that wait by spinning take the cores from the notebook beside them.
        "OMP_WAIT_POLICY": "PASSIVE",
        **dict.fromkeys(THREADS, threads),
    }
    return {name: os.environ.get(name, value) for name, value in chosen.items()}


@contextmanager
def figure_profile() -> Iterator[dict[str, str]]:
    """The variables with which a kernel adds the data of figures, for as long as the block runs.

    IPython writes into its folder, so it gets a copy, which is removed afterwards.
    """
    folder = tempfile.mkdtemp(prefix="d2l-ipython-")
    try:
        shutil.copytree(PROFILE, folder, dirs_exist_ok=True)
        yield {"IPYTHONDIR": folder}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def without_ports(manager: KernelManager, environment: dict[str, str]) -> None:
    """Let a kernel talk through files, where the system can: two kernels cannot pick the same.

    Between choosing a free port and using it another kernel may take it, and both wait for ever.
    The files lie beside the profile, whose path is short, as the system asks for.
    """
    if os.name == "posix":
        manager.transport = "ipc"
        manager.connection_file = f"{environment['IPYTHONDIR']}/k{next(NUMBERS)}.json"


class KernelEndedError(Exception):
    """The kernel's process is gone."""


class BookKernel(RunningKernel):  # type: ignore[misc]
    """A kernel of the Python that runs pytest; its end is noticed within a second or two."""

    def __init__(self, folder: Path, startup_timeout: float, environment: dict[str, str]) -> None:
        self.km = KernelManager(
            kernel_name=CURRENT_ENV_KERNEL_NAME, kernel_spec_manager=NbvalKernelspecManager()
        )
        without_ports(self.km, environment)
        self.km.start_kernel(
            stderr=subprocess.DEVNULL, cwd=str(folder), env={**os.environ, **environment}
        )
        self.kc = self.km.client()
        self.kc.start_channels()
        try:
            self.kc.wait_for_ready(timeout=startup_timeout)
        except RuntimeError:
            self.stop()
            raise
        self._ensure_iopub_up()

    def stop(self) -> None:
        """End the kernel as the lab does: it is asked to, so that it removes what is temporary."""
        self.kc.stop_channels()
        self.km.shutdown_kernel()

    def get_message(self, stream: str, timeout: float | None = None) -> Any:
        """The next message; what nbval waits for in one go is waited for in short steps."""
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            left = ALIVE_EVERY if end is None else end - time.monotonic()
            try:
                return super().get_message(stream, timeout=min(ALIVE_EVERY, max(left, 0)))
            except Empty:
                if not self.is_alive():
                    raise KernelEndedError from None
                if left <= 0:
                    raise

    def error_of(self, source: str, timeout: float) -> str | None:
        """Run a cell whose outputs nobody compares; return its error's last line, if it raises."""
        message_id = self.execute_cell_input(source, allow_stdin=False)
        error = None
        while True:
            message = self.get_message("iopub", timeout=timeout)
            if message["parent_header"].get("msg_id") != message_id:
                continue
            content = message["content"]
            if message["msg_type"] == "error":
                error = f"{content['ename']}: {content['evalue']}"
            elif content.get("execution_state") == "idle":
                self.await_reply(message_id, timeout=timeout)
                return error


# --- notebooks and cells as tests ----------------------------------------------------------------


class Notebook(IPyNbFile):  # type: ignore[misc]
    """A notebook: its code cells are tests that share one kernel."""

    def collect(self) -> Iterator["Cell"]:
        """Make nbval's cells the book's."""
        try:
            found = list(super().collect())
        except Exception as error:
            raise self.CollectError(f"{self.path}: is no notebook: {error}") from None
        self.cells: list[Cell] = [
            Cell.from_parent(
                self, name=cell.name, cell_num=cell.cell_num, cell=cell.cell, options=cell.options
            )
            for cell in found
        ]
        self.done = 0  # so many cells have run
        self.ended_in: str | None = None  # the cell that ended the kernel
        yield from self.cells

    def setup(self) -> None:
        """Start the kernel in the notebook's folder."""
        options = self.config.option
        self.surroundings = Surroundings()
        environment = self.config.stash[ENVIRONMENT] | self.surroundings.environment
        timeout = options.nbval_kernel_startup_timeout
        self.kernel = BookKernel(self.path.parent, timeout, environment)
        self.setup_sanitize_files()

    def teardown(self) -> None:
        """End the kernel, and look for what it leaves behind."""
        super().teardown()
        left = self.surroundings.left()
        if left and not self.ended_in:  # a kernel that crashed could remove nothing
            pytest.fail("\n".join([f"{self.path.name} leaves behind:", *left]), pytrace=False)


class Cell(IPyNbCell):  # type: ignore[misc]
    """A code cell: it is run after those before it, and its outputs are compared."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.compared = bool(self.options["check"])
        self.options["check"] = True  # what the book asks of every cell is asked while comparing

    def runtest(self) -> None:
        """Run the cells before, if they have not run, then this one."""
        notebook = self.parent
        if notebook.ended_in:
            pytest.skip(f"{notebook.ended_in} has ended the kernel")
        if self.cell.source.strip() and self.cell.execution_count is None:
            self.raise_cell_error(f"It was saved without execution: {self._advice()}.")
        for cell in notebook.cells[notebook.done : self.cell_num]:
            cell.run_for_a_later_one(self)
        notebook.done = self.cell_num + 1
        try:
            super().runtest()
        except KernelEndedError:
            notebook.ended_in = self.name
            self.raise_cell_error("It ended the kernel (a crash, exit(), or no memory left).")

    def _advice(self) -> str:
        return f'make execute NOTEBOOK="{self.nodeid.partition("::")[0]}"'

    def run_for_a_later_one(self, later: "Cell") -> None:
        """Run this cell because one after it was selected; its outputs are not compared."""
        if self.options["skip"]:
            return
        self.parent.done = self.cell_num + 1
        timeout = self.config.option.nbval_cell_timeout
        try:
            error = self.parent.kernel.error_of(self.cell.source, timeout)
        except KernelEndedError:
            self.parent.ended_in = self.name
            later.raise_cell_error(f"{self.name}, which comes before, ended the kernel.")
        except Empty:
            later.raise_cell_error(f"{self.name}, which comes before, runs over {timeout:g} s.")
        if error and not self.options["check_exception"]:
            later.raise_cell_error(f"{self.name}, which comes before, raises {error}")

    def compare_outputs(self, new: list[Any], saved: list[Any], skip_compare: Any = None) -> bool:
        """Compare by the book's rules; nbval calls it with the new and the saved outputs."""
        rules = rules_for(self.cell, self.parent.nb.metadata, float(self.config.getini("nb_rtol")))
        self.comparison_traceback = cell_differences(self.cell, new, rules, self.compared)
        if self.comparison_traceback:
            self.comparison_traceback += self._write_pictures(new, saved)
        return not self.comparison_traceback

    def _write_pictures(self, new: list[Any], saved: list[Any]) -> list[str]:
        """Keep the saved and the new pictures for people to look at."""
        folder = self.config.rootpath / MISMATCHES
        written = []
        for side, outputs in (("saved", saved), ("new", new)):
            shown = [o["data"]["image/png"] for o in outputs if "image/png" in o.get("data", {})]
            for number, png in enumerate(shown, start=1):
                section = f"{self.path.parent.name}-{self.path.stem}"
                name = f"{section}-cell{self.cell_num}-figure{number}-{side}.png"
                folder.mkdir(exist_ok=True)
                (folder / name).write_bytes(b64decode(png))
                written.append(f"  {MISMATCHES}/{name}")
        return ["Pictures to compare:", *written] if written else []

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        """The notebook and cell, what is wrong, and the code that was run."""
        error = excinfo.value
        if not isinstance(error, NbCellError):
            return str(pytest.Item.repr_failure(self, excinfo, style))
        parts = [f"{self.path.name}, {self.name}: {error}"]
        if error.inner_traceback:
            parts.append(error.inner_traceback.strip("\n"))
        code = "\n".join(f"    {line}" for line in error.source.splitlines())
        return "\n".join([*parts, f"  {self.name} is:", code])


# --- pytest's hooks ------------------------------------------------------------------------------

ENVIRONMENT = pytest.StashKey[dict[str, str]]()


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """The book's options, and those of pytest-xdist's that pyproject.toml uses, where it is off."""
    group = parser.getgroup("notebooks", "the book's notebooks")
    group.addoption(
        "--changed",
        action="store_true",
        help="of the notebooks, run only those that differ from git's copy",
    )
    parser.addini("nb_rtol", "how far floats in notebooks' outputs may differ", default=str(RTOL))
    if pluginmanager.is_blocked("xdist"):
        group._addoption("-n", dest="numprocesses", help="not used: pytest-xdist is off")
        group._addoption("--dist", help="not used: pytest-xdist is off")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse what would split a notebook; prepare the surroundings of the kernels."""
    workers = len(getattr(config.option, "tx", None) or [""])
    if workers > 1 and config.option.dist in SPLITTING and _holds_notebooks(config.args):
        raise pytest.UsageError(
            f"--dist {config.option.dist} would split a notebook over workers, and its cells "
            "share one kernel: use --dist loadfile"
        )
    if not hasattr(config, "workerinput"):
        _require_paths(config)
        _require_device()
    os.environ.update(settings(workers))
    profile = figure_profile()
    config.stash[ENVIRONMENT] = profile.__enter__()
    config.add_cleanup(lambda: profile.__exit__(None, None, None))


def _require_paths(config: pytest.Config) -> None:
    """Refuse a mistyped path: pytest-xdist's workers would keep pytest's own word to themselves."""
    if config.option.pyargs or config.args_source is not pytest.Config.ArgsSource.ARGS:
        return
    for argument in config.args:
        name, _, cell = argument.partition("::")
        path = Path(config.invocation_params.dir, name)
        if not path.exists():
            raise pytest.UsageError(f"file or directory not found: {argument}")
        if cell and path.suffix == ".ipynb":
            _require_cell(path, name, cell)


def _require_cell(path: Path, name: str, cell: str) -> None:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        count = sum(one["cell_type"] == "code" for one in cells)
    except (OSError, ValueError, LookupError, TypeError):
        return  # what is wrong with it is said where it is collected
    if cell not in {f"Cell {number}" for number in range(count)}:
        known = f'"Cell 0" to "Cell {count - 1}"' if count else "none"
        raise pytest.UsageError(f'{name} has no "{cell}": its code cells are {known}')


def _require_device() -> None:
    """Refuse a device that is not here: a notebook that asks for none would pass all the same."""
    if os.environ.get("D2L_DEVICE", "cpu") != "cpu":
        try:
            d2l.device()
        except d2l.BookError as error:
            raise pytest.UsageError(str(error)) from None


def _holds_notebooks(arguments: list[str]) -> bool:
    paths = [Path(argument.partition("::")[0]) for argument in arguments]
    return any(path.suffix == ".ipynb" or any(path.rglob("*.ipynb")) for path in paths)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Where nbval collects a notebook, collect the book's kind."""
    collectors = yield
    found: list[pytest.Collector] = []
    for collector in collectors:
        if not isinstance(collector, IPyNbFile):
            found.append(collector)
        elif not parent.config.option.changed or file_path in _changed(parent.config):
            found.append(Notebook.from_parent(parent, path=file_path))
    return found


CHANGED = pytest.StashKey[set[Path]]()


def _changed(config: pytest.Config) -> set[Path]:
    """The files that differ from git's copy, new ones among them."""
    if CHANGED not in config.stash:
        git = ["git", "-C", str(config.rootpath)]
        try:
            top = subprocess.run([*git, "rev-parse", "--show-toplevel"], **READ).stdout.strip()
            status = [*git, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all"]
            listed = subprocess.run(status, **READ).stdout.split("\0")
        except (OSError, subprocess.CalledProcessError):
            raise pytest.UsageError("--changed asks git, and this is no git checkout") from None
        config.stash[CHANGED] = {Path(top, line[3:]) for line in listed if line}
    return config.stash[CHANGED]


READ: Any = {"capture_output": True, "check": True, "text": True}
