"""What the benchmarks share: measuring in turn, and the verdict on a ratio."""

from collections.abc import Callable, Iterable
from statistics import median

Times = list[dict[str, float]]  # a round an entry: the seconds of each side


def in_turn(names: Iterable[str], seconds: Callable[[str], float], rounds: int) -> Times:
    """Time every side once a round, forwards and backwards in turn: none always goes first."""
    turns = [list(names)]
    turns.append(turns[0][::-1])
    return [{name: seconds(name) for name in turns[k % 2]} for k in range(rounds)]


def ratio(times: Times, name: str, base: str) -> float:
    """The median over the rounds of one side's time to another's."""
    return median(turn[name] / turn[base] for turn in times)


def verdict(found: float, limit: float) -> int:
    """Print whether a ratio keeps its limit; return the program's exit code."""
    kept = found <= limit
    print(f"ratio {found:.3f}, at most {limit} wanted: {'kept' if kept else 'MISSED'}")
    return 0 if kept else 1
