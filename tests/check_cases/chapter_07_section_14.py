"""Answers to the exercises of 07/14, workers that die."""

import os
import re
import signal
import subprocess
import time

from check_cases import NOT_NEGATIVE, WHOLE, Cases


def end(processes, grace):
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline:
        if None not in [process.poll() for process in processes]:
            break
        time.sleep(0.02)
    for process in processes:
        process.kill()
    return [process.wait() for process in processes]


def by_wait(processes, grace):
    deadline = time.time() + grace
    for process in processes:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGTERM)
    codes = []
    for process in processes:
        try:
            code = process.wait(timeout=max(0, deadline - time.time()))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            code = process.wait()
        codes.append(code)
    return codes


class StoodStill:
    """A right answer on a machine that stands still, once, until a process has lost its grace."""

    def __init__(self):
        self.stood = False

    def __call__(self, processes, grace):
        if len(processes) == 5 and not self.stood:
            self.stood = True
            return end(processes, 0.25 * grace)
        return end(processes, grace)


def one_after_another(processes, grace):
    deadline = time.monotonic() + grace
    codes = []
    for process in processes:
        process.terminate()
        try:
            codes.append(process.wait(timeout=max(0, deadline - time.monotonic())))
        except subprocess.TimeoutExpired:
            process.kill()
            codes.append(process.wait())
    return codes


def grace_for_each(processes, grace):
    for process in processes:
        process.terminate()
    codes = []
    for process in processes:
        try:
            codes.append(process.wait(timeout=grace))
        except subprocess.TimeoutExpired:
            process.kill()
            codes.append(process.wait())
    return codes


def never_kills(processes, grace):
    for process in processes:
        process.terminate()
    return [process.wait() for process in processes]


def kills_at_once(processes, grace):
    for process in processes:
        process.kill()
    return [process.wait() for process in processes]


def no_grace(processes, grace):
    for process in processes:
        process.terminate()
        process.kill()
    return [process.wait() for process in processes]


def short_grace(processes, grace):
    return end(processes, 0.6 * grace)


def sleeps_all_of_it(processes, grace):
    for process in processes:
        process.terminate()
    time.sleep(grace)
    for process in processes:
        process.kill()
    return [process.wait() for process in processes]


def does_not_wait(processes, grace):
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline and None in [p.poll() for p in processes]:
        time.sleep(0.02)
    for process in processes:
        process.kill()
    return [process.returncode for process in processes]


def asks_the_first(processes, grace):
    for process in processes[:1]:
        process.terminate()
    return [process.poll() for process in processes]


def returns_nothing(processes, grace):
    end(processes, grace)


def returns_tuple(processes, grace):
    return tuple(end(processes, grace))


def only_those_that_ran(processes, grace):
    running = [process for process in processes if process.poll() is None]
    return end(running, grace)


def positive(processes, grace):
    return [abs(code) for code in end(processes, grace)]


def as_text(processes, grace):
    return [str(code) for code in end(processes, grace)]


def newest_step(folder, size):
    ranks = {}
    for path in folder.iterdir():
        match = re.fullmatch(r"step_(\d+)_rank_(\d+)\.pt", path.name)
        if match:
            ranks.setdefault(int(match[1]), set()).add(int(match[2]))
    whole = [step for step, have in ranks.items() if have >= set(range(size))]
    return max(whole, default=0)


def by_names(folder, size):
    steps = {int(path.name.split("_")[1]) for path in folder.glob("step_*_rank_0.pt")}
    for step in sorted(steps, reverse=True):
        if all((folder / f"step_{step}_rank_{rank}.pt").exists() for rank in range(size)):
            return step
    return 0


def of_rank_0(folder, size):
    steps = [int(path.name.split("_")[1]) for path in folder.glob("step_*_rank_0.pt")]
    return max(steps, default=0)


def of_any_rank(folder, size):
    steps = [int(path.name.split("_")[1]) for path in folder.glob("step_*_rank_*.pt")]
    return max(steps, default=0)


def partial_too(folder, size):
    steps = {int(path.name.split("_")[1]) for path in folder.glob("step_*_rank_0.pt")}
    for step in sorted(steps, reverse=True):
        if all(list(folder.glob(f"step_{step}_rank_{rank}.pt*")) for rank in range(size)):
            return step
    return 0


def as_words(folder, size):
    steps = {path.name.split("_")[1] for path in folder.glob("step_*_rank_0.pt")}
    for step in sorted(steps, reverse=True):
        if all((folder / f"step_{step}_rank_{rank}.pt").exists() for rank in range(size)):
            return int(step)
    return 0


def counted(folder, size):
    steps = [int(path.name.split("_")[1]) for path in folder.glob("step_*_rank_*.pt")]
    return max((step for step in steps if steps.count(step) >= size), default=0)


def counted_exactly(folder, size):
    steps = [int(path.name.split("_")[1]) for path in folder.glob("step_*_rank_*.pt")]
    return max((step for step in steps if steps.count(step) == size), default=0)


def step_as_text(folder, size):
    return str(newest_step(folder, size))


def removes(folder, size):
    step = newest_step(folder, size)
    for path in folder.iterdir():
        if not path.name.startswith(f"step_{step}_"):
            path.unlink()
    return step


def none_for_nothing(folder, size):
    return newest_step(folder, size) or None


CASES = {
    "07.14a": Cases(
        solution=end,
        also_right=[by_wait, StoodStill()],
        wrong=[
            (one_after_another, "processes["),
            (grace_for_each, "not for each"),
            (never_kills, "after it, send SIGKILL"),
            (kills_at_once, "send SIGTERM first"),
            (no_grace, "SIGTERM"),
            (short_grace, "give all of grace"),
            (sleeps_all_of_it, "do not wait on"),
            (does_not_wait, "wait() after SIGKILL"),
            (asks_the_first, "send SIGTERM to all"),
            (returns_nothing, "return the list"),
            (returns_tuple, "list"),
            (only_those_that_ran, "there are 2 processes"),
            (positive, "send SIGTERM first"),
            (as_text, "an int"),
        ],
        equivalent={
            "while time.monotonic() <= deadline:": "the clock never shows just this moment",
            "time.sleep(1.02)": "it may look less often: grace is long past anyway",
        },
    ),
    "07.14b": Cases(
        solution=newest_step,
        also_right=[by_names],
        wrong=[
            (of_rank_0, "rank 1 has no file of step 80"),
            (of_any_rank, "rank 1 has no file of step 80"),
            (partial_too, "half written"),
            (as_words, "as numbers"),
            (counted, "rank 1 has no file of step 80"),
            (counted_exactly, "rank 1 has no file of step 80"),
            (step_as_text, "int"),
            (removes, "the folder has changed"),
            (none_for_nothing, "None"),
        ],
        equivalent={
            "return abs(max(whole, default=0))": NOT_NEGATIVE,
            "return int(max(whole, default=0))": WHOLE,
        },
    ),
}
