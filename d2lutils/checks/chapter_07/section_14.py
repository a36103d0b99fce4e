"""Checks of 07/14, workers that die."""

import os
import subprocess
import threading
import time
from typing import Any

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_type, given
from d2lutils.checks.chapter_07.processes import started
from d2lutils.checks.folders import temporary_folder
from d2lutils.checks.showing import kind

_SAID = {
    "listens": "ends at SIGTERM",
    "tidies": "ends 0.3 s after SIGTERM, by itself",
    "deaf": "ignores SIGTERM",
}
_CODES = {"listens": -15, "tidies": 0, "deaf": -9}
_PATIENCE = 3.0  # seconds past `grace`, after which an answer waits for ever
_TRIES = 3


class _Late(Wrong):
    """Said of an answer that is late, perhaps only because the machine stood still."""


@exercise("07.14a")
def end(answer: Any) -> None:
    """SIGTERM to all, one grace for all together, SIGKILL to the rest."""
    if os.name == "nt":
        raise Wrong("Windows has no SIGKILL; try this exercise on Linux, macOS or in WSL")
    for kinds, grace, at_most in [
        ([], 1.0, 0.9),
        (["3", "0"], 2.0, 1.8),
        (["listens", "listens"], 4.0, 3.5),
        (["tidies", "listens"], 5.0, 4.5),
        (["deaf", "deaf", "listens", "deaf", "tidies"], 0.8, 2.0),
    ]:
        told = [_SAID.get(name, f"has ended with {name}") for name in kinds]
        named = f"{len(kinds)} processes ({'; '.join(told)})"
        with given(named, grace=grace):
            for tried in range(1, _TRIES + 1):
                try:
                    with started(kinds) as processes:
                        _end(answer, kinds, processes, grace, at_most)
                    break
                except _Late:
                    if tried == _TRIES:
                        raise


def _end(
    answer: Any,
    kinds: list[str],
    processes: list[subprocess.Popen[bytes]],
    grace: float,
    at_most: float,
) -> None:
    late = threading.Event()

    def give_up() -> None:
        late.set()
        for process in processes:
            process.kill()

    guard = threading.Timer(grace + _PATIENCE, give_up)
    guard.start()
    start = time.monotonic()
    try:
        got = call(answer, list(processes), grace, in_place=True)
    finally:
        guard.cancel()
    took = time.monotonic() - start
    if late.is_set():
        raise Wrong("your function waits for more than all of grace; after it, send SIGKILL")
    running = [k for k, process in enumerate(processes) if process.poll() is None]
    if got is None:
        raise Wrong("your function returned None; return the list of exit codes")
    if running and kinds[running[0]] == "listens":
        raise Wrong(f"processes[{running[0]}] still runs; send SIGTERM to all")
    found = expect_type(got, list)
    if len(found) != len(kinds):
        raise Wrong(f"the list has {len(found)} entries; there are {len(kinds)} processes")
    for k, code in enumerate(found):
        if code is None:
            raise Wrong(f"entry {k} is None, so the process has not ended; wait() after SIGKILL")
        if type(code) is not int:
            raise Wrong(f"entry {k} should be an exit code, an int; it is {kind(code)}")
        if (want := _CODES.get(kinds[k])) is None:
            want = int(kinds[k])
        if code == want:
            continue
        if kinds[k] == "tidies":
            raise _Late(
                f"processes[{k}] ends by itself 0.3 s after SIGTERM, and has {code}; "
                "ask all at the start, and give them all of grace"
            )
        if kinds[k] == "listens":
            raise _Late(f"processes[{k}] has {code}; send SIGTERM first, by terminate()")
        raise Wrong(f"processes[{k}] has the exit code {want}; you returned {code}")
    if running:
        raise Wrong(f"processes[{running[0]}] still runs when your function returns")
    if took > at_most:
        slow = "grace is for all together, not for each" if "deaf" in kinds else "do not wait on"
        raise _Late(f"it took {took:.1f} seconds until your function returned; {slow}")
    if "deaf" in kinds and took < 0.95 * grace:
        raise Wrong(f"SIGKILL came after {took:.1f} seconds; give all of grace")


def _files(step: int, *ranks: int) -> list[str]:
    return [f"step_{step}_rank_{rank}.pt" for rank in ranks]


@exercise("07.14b")
def newest_step(answer: Any) -> None:
    """The largest step of which each of the ranks has its file."""
    cases: list[tuple[str, list[str], int, int]] = [
        ("two whole steps", [*_files(40, 0, 1), *_files(80, 0, 1)], 2, 80),
        ("80 is there for rank 0 only", [*_files(40, 0, 1), *_files(80, 0)], 2, 40),
        ("80 is there for rank 1 only", [*_files(40, 0, 1), *_files(80, 1)], 2, 40),
        (
            "80 is half written by rank 1",
            [*_files(40, 0, 1), *_files(80, 0), "step_80_rank_1.pt.partial"],
            2,
            40,
        ),
        ("steps 9, 10 and 100", [*_files(100, 0, 1), *_files(9, 0, 1), *_files(10, 0, 1)], 2, 100),
        ("steps 9 and 10", [*_files(9, 0, 1), *_files(10, 0, 1)], 2, 10),
        ("80 is there for the ranks 0 and 2", [*_files(40, 0, 1), *_files(80, 0, 2)], 2, 40),
        ("80 is there for the ranks 0 and 10", [*_files(40, 0, 1), *_files(80, 0, 10)], 2, 40),
        ("four ranks have 80", [*_files(40, 0, 1), *_files(80, 0, 1, 2, 3)], 2, 80),
        ("80 lacks rank 2", [*_files(40, *range(12)), *_files(80, 0, 1, *range(3, 12))], 12, 40),
        ("80 and 120 lack a rank", [*_files(40, 0, 1), *_files(80, 0), *_files(120, 1)], 2, 40),
        ("one rank", _files(7, 0), 1, 7),
        ("one rank, which has no file", _files(7, 1), 1, 0),
        ("an empty folder", [], 2, 0),
        (
            "other files with 90 in their names",
            [
                *_files(40, 0, 1),
                "notes.txt",
                *(f"step_90_rank_{rank}.txt" for rank in range(2)),
                *(f"old_step_90_rank_{rank}.pt" for rank in range(2)),
                *(f"step_90_rank_{rank}_pt" for rank in range(2)),
            ],
            2,
            40,
        ),
    ]  # fmt: skip
    for told, names, size, want in cases:
        with temporary_folder() as folder, given(told, size=size):
            for name in names:
                (folder / name).touch()
            got = call(answer, folder, size)
            if {path.name for path in folder.iterdir()} != set(names):
                raise Wrong("the folder has changed; look at the names only")
            _judge(got, names, size, want)


def _judge(got: Any, names: list[str], size: int, want: int) -> None:
    got = expect_type(got, int)
    steps = {int(name.split("_")[1]) for name in names if name.startswith("step_")}
    lacking = [
        rank for rank in range(size) if f"step_{got}_rank_{rank}.pt" not in names and got in steps
    ]
    usual: list[tuple[object, str]] = []
    if lacking and f"step_{got}_rank_{lacking[0]}.pt.partial" in names:
        usual = [(got, f"the file of rank {lacking[0]} is half written: its name has .partial")]
    elif lacking:
        usual = [(got, f"rank {lacking[0]} has no file of step {got}")]
    elif got in steps and str(got) > str(want):
        usual = [(got, "compare the steps as numbers: as text, 9 comes after 10")]
    elif got in steps:
        usual = [(got, f"each of the ranks has its file of step {want}, too")]
    why = "take the largest step of which each rank has its file, and 0 if there is none"
    expect_equal(got, want, usual=usual, why=why)
