"""What `import d2lutils` costs beside `import torch`: fresh processes in turn, medians, ratios.

python benchmarks/imports.py [rounds]
"""

import subprocess
import sys
from statistics import median

LIMIT = 1.05
CASES = {
    "import torch": "import torch",
    "import torch, then d2lutils": "import torch\nimport d2lutils as d2l",
    "import d2lutils": "import d2lutils as d2l",
    "import d2lutils, then d2l.device": "import d2lutils as d2l\nd2l.device",
}
TIMED = """
from time import perf_counter
start = perf_counter()
{}
print(perf_counter() - start)
"""


def seconds(code: str) -> float:
    """The time that the code takes in a process of its own, the interpreter's start left out."""
    command = [sys.executable, "-c", TIMED.format(code)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(rounds: int) -> int:
    for code in CASES.values():  # once for the disk
        seconds(code)
    turns = [list(CASES), list(reversed(CASES))]  # no case always goes first
    times = [{name: seconds(CASES[name]) for name in turns[k % 2]} for k in range(rounds)]
    base = "import torch"
    for name in CASES:
        ratio = median(turn[name] / turn[base] for turn in times)
        print(f"{name:34} {median(turn[name] for turn in times):6.3f} s   {ratio:5.3f} of {base}")
    ratio = median(turn["import torch, then d2lutils"] / turn[base] for turn in times)
    print(f"ratio {ratio:.3f}, at most {LIMIT} wanted: {'kept' if ratio <= LIMIT else 'MISSED'}")
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 9))
