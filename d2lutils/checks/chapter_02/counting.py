"""How many functions of PyTorch an answer calls: for the checks that forbid a loop."""

from typing import Any

from d2lutils.checks import call
from d2lutils.checks.watching import Operations


def operations(answer: Any, *inputs: object) -> int:
    """Return how many functions of PyTorch are called for these inputs."""
    seen = Operations()
    call(answer, *inputs, inside=seen)
    return len(seen.names)
