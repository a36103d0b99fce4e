"""What `import d2lutils` costs beside `import torch`: fresh processes in turn, medians, ratios.

python benchmarks/imports.py [rounds]
"""

import subprocess
import sys
from statistics import median

from ratios import in_turn, ratio, verdict

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
    times = in_turn(CASES, lambda name: seconds(CASES[name]), rounds)
    base = "import torch"
    for name in CASES:
        taken = median(turn[name] for turn in times)
        print(f"{name:34} {taken:6.3f} s   {ratio(times, name, base):5.3f} of {base}")
    return verdict(ratio(times, "import torch, then d2lutils", base), LIMIT)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 9))
