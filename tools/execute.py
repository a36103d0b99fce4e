"""Execute notebooks and save their outputs: `make execute NOTEBOOK=…`, or `ALL=1`, or `FRESH=1`.

    python tools/execute.py chapters/….ipynb                 one notebook
    python tools/execute.py chapters/02_tensors              those of a folder
    python tools/execute.py --all                            every notebook of the book
    python tools/execute.py --fresh chapters/….ipynb         replace every output

A saved output stays where the tests find the new one equal or do not compare it, so that git
shows what has really changed. A notebook in which a cell fails is left as it was.
"""

import argparse
import asyncio
import copy
import os
import subprocess
import sys
import tomllib
from difflib import get_close_matches
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from jupyter_client.manager import AsyncKernelManager  # noqa: E402
from nbclient import NotebookClient  # noqa: E402
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError  # noqa: E402
from nbformat import NotebookNode  # noqa: E402
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager  # noqa: E402
from nbval.plugin import coalesce_streams  # noqa: E402

from tests.comparison import (  # noqa: E402
    FIGURE,
    RTOL,
    Rules,
    cell_differences,
    output_differences,
    rules_for,
    tags,
)
from tests.notebook_plugin import cores, figure_profile, settings, without_ports  # noqa: E402
from tools import clean  # noqa: E402
from tools.fresh import of_the_book  # noqa: E402

TIMEOUT = 600  # seconds for a cell


class Failure(Exception):
    """Why a notebook was not saved, in one line."""


def notebooks(paths: list[Path]) -> list[Path]:
    """The notebooks among the paths and in the folders; a Failure where a path is neither."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += of_the_book(path)
        elif path.is_file():
            found.append(path)
        else:
            raise Failure(f"{path}: there is no such notebook or folder{_near(path)}")
    if not found:
        raise Failure(f"{paths[0]}: there is no notebook in this folder")
    return list(dict.fromkeys(found))


def _near(path: Path) -> str:
    """Notebooks and chapters of the book whose path or name is like this one."""
    chapters = ROOT / "chapters"
    every = [*of_the_book(chapters), *(part for part in chapters.iterdir() if part.is_dir())]
    known = {known.relative_to(ROOT).as_posix(): known for known in every}
    names = {known.stem: name for name, known in known.items()}
    alike = get_close_matches(path.as_posix(), known, cutoff=0.8)
    alike += [names[stem] for stem in get_close_matches(path.stem, names, cutoff=0.7)]
    return f". Near it: {', '.join(dict.fromkeys(alike[:3]))}" if alike else ""


async def run(notebook: NotebookNode, folder: Path, environment: dict[str, str]) -> None:
    """Run the notebook's cells in a new kernel, their outputs taken in; a Failure names a cell."""
    manager = AsyncKernelManager(
        kernel_name=CURRENT_ENV_KERNEL_NAME, kernel_spec_manager=NbvalKernelspecManager()
    )
    without_ports(manager, environment)
    client = NotebookClient(notebook, km=manager, timeout=TIMEOUT, record_timing=False)
    try:
        await client.async_start_new_kernel(
            cwd=str(folder), env={**os.environ, **environment}, stderr=subprocess.DEVNULL
        )
        await client.async_start_new_kernel_client()
        count = 0
        code = [place for place in enumerate(notebook.cells) if place[1].cell_type == "code"]
        for number, (index, cell) in enumerate(code):  # numbered as the tests number them
            cell.execution_count, cell.outputs = None, []
            if cell.source.strip():
                count += 1
                await _run_cell(client, number, index, cell)
                cell.execution_count = count
    finally:
        if client.kc:
            client.kc.stop_channels()
        if manager.has_kernel:
            await manager.shutdown_kernel(now=True)


async def _run_cell(client: NotebookClient, number: int, index: int, cell: NotebookNode) -> None:
    try:
        await client.async_execute_cell(cell, index)
    except CellExecutionError as error:
        message = error.evalue.strip().partition("\n")[0]
        raise Failure(f"Cell {number} raises {error.ename}: {message}") from None
    except DeadKernelError:
        if await client.km.is_alive():  # nbclient's word for Ctrl-C, too
            raise asyncio.CancelledError from None
        raise Failure(f"Cell {number} ended the kernel.") from None
    except CellTimeoutError:
        raise Failure(f"Cell {number} runs for more than {TIMEOUT} s.") from None
    # As the tests do it. nbclient's own needs minutes for a line of a million characters.
    cell.outputs = coalesce_streams(cell.outputs)
    # Compared with itself: what is asked of every cell, whatever it has saved.
    if complaints := cell_differences(cell, cell.outputs, Rules(), compared=False):
        raise Failure(f"Cell {number}: {' '.join(line.strip() for line in complaints)}")


def keep_equal(saved: NotebookNode, new: NotebookNode, rtol: float) -> int:
    """Put saved outputs back where they are as good as the new; return how many cells are new."""
    changed = 0
    for before, after in zip(saved.cells, new.cells, strict=True):
        if after.cell_type == "code":
            if _is_kept(before, after, rules_for(before, saved.metadata, rtol)):
                after.outputs = before.outputs
            else:
                changed += 1
    return changed


def _is_kept(before: NotebookNode, after: NotebookNode, rules: Rules) -> bool:
    if before.execution_count is None:
        return not after.outputs
    if _known(before) != _known(after):
        return False  # the saved figures were described by an older tests/ipython/figure_data.py
    if "nbval-ignore-output" in tags(before):
        return True
    moved = before.execution_count != after.execution_count
    if moved and any(output.output_type == "error" for output in after.outputs):
        return False  # its traceback names the cell by number
    if [sorted(o.get("data", {})) for o in before.outputs] != [
        sorted(o.get("data", {})) for o in after.outputs
    ]:
        return False  # a reader's own run lacks the data of figures
    return not output_differences(before.outputs, after.outputs, rules)


def _known(cell: NotebookNode) -> list[list[str]]:
    """What is known of each of its figures."""
    shown = [output.get("data", {}) for output in cell.outputs]
    return [sorted(data[FIGURE]) for data in shown if FIGURE in data]


async def execute(path: Path, fresh: bool, environment: dict[str, str]) -> str:
    """Execute one notebook and save it; return what was done, in one line."""
    start = perf_counter()
    before = path.read_bytes() if path.exists() else b""
    saved = clean.normalise(clean.read(path))
    new = copy.deepcopy(saved)
    await run(new, path.resolve().parent, environment)
    new = clean.normalise(new)
    changed = sum(cell.cell_type == "code" for cell in new.cells)
    if not fresh:
        changed = keep_equal(saved, new, default_rtol())
    new = clean.normalise(new)  # the kept results take the cells' numbers
    took = f"{perf_counter() - start:.1f} s"
    if clean.dumps(new).encode() == before:
        return f"{path}: {took}, unchanged"
    if path.read_bytes() != before:
        raise Failure("was edited while it was executed: save it, then execute again.")
    clean.write(new, path)
    return f"{path}: {took}, saved; outputs of {changed} cells replaced"


def default_rtol() -> float:
    """The tolerance that pyproject.toml gives the tests."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return float(settings["tool"]["pytest"]["ini_options"].get("nb_rtol", RTOL))


async def execute_all(paths: list[Path], fresh: bool) -> int:
    """Execute notebooks beside each other, one a core; return how many failed."""
    workers = min(cores(), len(paths))
    turns = asyncio.Semaphore(workers)
    failed = 0

    async def one(path: Path) -> None:
        nonlocal failed
        async with turns:
            try:
                print(await execute(path, fresh, environment), flush=True)
            except (Failure, ValueError, OSError) as problem:
                failed += 1
                reason = str(problem).removeprefix(f"{path}: ")
                print(f"{path}: NOT SAVED. {reason}", file=sys.stderr, flush=True)

    with figure_profile() as profile:
        environment = {**settings(workers), **profile}
        async with asyncio.TaskGroup() as group:
            for path in paths:
                group.create_task(one(path))
    return failed


def main(arguments: list[str] | None = None) -> int:
    """Execute the notebooks that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", type=Path, metavar="notebook or folder")
    parser.add_argument("--fresh", action="store_true", help="replace every saved output")
    parser.add_argument("--all", action="store_true", help="execute every notebook of the book")
    options = parser.parse_args(arguments)
    try:
        if bool(options.paths) == options.all:
            raise Failure("Say which: make execute NOTEBOOK=chapters/….ipynb, or ALL=1 for all.")
        paths = notebooks(options.paths or [ROOT / "chapters"])
    except Failure as problem:
        print(problem, file=sys.stderr)
        return 1
    which = "all saved outputs" if options.fresh else "saved outputs that differ"
    many = "1 notebook" if len(paths) == 1 else f"{len(paths)} notebooks"
    print(f"Executing {many}; {which} are overwritten.", flush=True)
    try:
        return 1 if asyncio.run(execute_all(paths, options.fresh)) else 0
    except KeyboardInterrupt:
        print("Stopped: what is not listed above is as it was.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
