"""The notebooks' wall time under pytest against what their cells, kernels and imports need.

    python benchmarks/suite.py [folder or notebook]...

ratio = wall / ((cells in one warm process + kernel start and imports of each notebook) / cores)
"""

import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import nbformat
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from jupyter_client.manager import start_new_kernel
from nbformat import NotebookNode
from ratios import verdict

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.notebook_plugin import cores  # noqa: E402
from tools.fresh import of_the_book  # noqa: E402

LIMIT = 1.5


def code_cells(path: Path) -> list[NotebookNode]:
    notebook = nbformat.read(path, as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def wall(paths: list[Path]) -> float:
    """The seconds that pytest takes for the notebooks, its own start included."""
    start = perf_counter()
    ran = subprocess.run([sys.executable, "-m", "pytest", "-q", *map(str, paths)], cwd=ROOT)
    if ran.returncode:
        sys.exit("The notebooks fail under pytest: mend them, then measure.")
    return perf_counter() - start


def start_and_imports(path: Path) -> float:
    """The seconds until a fresh kernel has run the notebook's first code cell, its imports."""
    start = perf_counter()
    manager, client = start_new_kernel(
        kernel_name="python3", cwd=str(path.parent), stderr=subprocess.DEVNULL
    )
    reply = client.execute_interactive(code_cells(path)[0].source, output_hook=lambda _: None)
    needed = perf_counter() - start
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    if reply["content"]["status"] != "ok":
        sys.exit(f"{path}: its first code cell fails.")
    return needed


def run_cells(shell: InteractiveShell, path: Path, only: slice = slice(None)) -> float:
    """The seconds that the notebook's cells take in this process, figures drawn as in a lab."""
    shell.reset(new_session=True)
    os.chdir(path.parent)
    cells = code_cells(path)[only]
    start = perf_counter()
    for cell in cells:
        with capture_output():
            result = shell.run_cell(cell.source, store_history=False)
        if not result.success and "raises-exception" not in cell.metadata.get("tags", []):
            sys.exit(f"{path}: fails in a warm process: {cell.source.splitlines()[0]}")
    return perf_counter() - start


def main(arguments: list[str]) -> int:
    os.environ.setdefault("D2L_DEVICE", "cpu")
    os.environ["TQDM_DISABLE"] = "1"
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # as in a kernel
    chosen = [Path(argument).resolve() for argument in arguments] or [ROOT / "chapters"]
    found = [of_the_book(path) if path.is_dir() else [path] for path in chosen]
    paths = [path for group in found for path in group]
    if not paths:
        sys.exit("There is no notebook to measure.")

    shell = InteractiveShell.instance()
    for path in paths:  # warm: what the notebooks import is loaded
        run_cells(shell, path, slice(1))
    pure = sum(run_cells(shell, path) for path in paths)
    starts = [start_and_imports(path) for path in paths]
    taken = wall(paths)

    needed = (pure + sum(starts)) / cores()
    print(f"{len(paths)} notebooks, {cores()} cores")
    print(f"cells in one warm process    {pure:7.1f} s")
    print(
        f"kernel start and imports     {sum(starts):7.1f} s   {sum(starts) / len(paths):.2f} each"
    )
    print(f"needed on these cores        {needed:7.1f} s")
    print(f"wall time under pytest       {taken:7.1f} s")
    return verdict(taken / needed, LIMIT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
