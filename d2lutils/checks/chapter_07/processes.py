"""Processes that answer SIGTERM in different ways, for the check of 07.14a."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Each says "ready" once it listens for SIGTERM as it should.
_WORKER = """
import os, signal, sys, time
def tidy(number, frame):
    time.sleep(0.3)
    os._exit(0)
if sys.argv[1] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if sys.argv[1] == "tidies":
    signal.signal(signal.SIGTERM, tidy)
print("ready", flush=True)
if sys.argv[1].isdigit():
    os._exit(int(sys.argv[1]))
time.sleep(120)
"""


@contextmanager
def started(kinds: list[str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start a process of each kind, wait until it listens, and end it at the end.

    Args:
        kinds: "listens", "tidies", "deaf", or the exit code of one that has ended.
    """
    command = [sys.executable, "-S", "-E", "-c", _WORKER]
    processes = [subprocess.Popen([*command, name], stdout=subprocess.PIPE) for name in kinds]
    try:
        for name, process in zip(kinds, processes, strict=True):
            assert process.stdout is not None
            process.stdout.readline()
            process.stdout.close()
            if name.isdigit():
                process.wait()
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()
