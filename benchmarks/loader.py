"""What an epoch of `d2l.loader` costs beside a loop by hand and a DataLoader: in turn, ratios.

python benchmarks/loader.py [rounds]
"""

import sys
from collections.abc import Callable, Iterable
from time import perf_counter

import torch
from ratios import in_turn, ratio, verdict
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset

import d2lutils as d2l

LIMIT = 1.1
X, y = torch.rand(60_000, 784), torch.randint(10, (60_000,))


def order() -> torch.Generator:
    """A generator in the same state each time, so that every side takes the same batches."""
    return torch.Generator().manual_seed(1)


def by_hand() -> Iterable[tuple[Tensor, Tensor]]:
    return ((X[i], y[i]) for i in torch.randperm(len(X), generator=order()).split(64))


SIDES: dict[str, Callable[[], Iterable[tuple[Tensor, Tensor]]]] = {
    "by hand": by_hand,
    "d2l.loader": lambda: d2l.loader((X, y), 64, shuffle=True, generator=order()),
    "DataLoader": lambda: DataLoader(TensorDataset(X, y), 64, shuffle=True, generator=order()),
}


def seconds(name: str) -> float:
    """The time of an epoch in which each batch is taken and nothing is done with it."""
    start = perf_counter()
    for _ in SIDES[name]():
        pass
    return perf_counter() - start


def sum_of(name: str) -> list[float]:
    """A number for each batch, which shows whether two sides take the same ones."""
    return [(inputs.sum() + labels.sum()).item() for inputs, labels in SIDES[name]()]


def main(rounds: int) -> int:
    sums = [sum_of(name) for name in ("d2l.loader", "DataLoader")]  # warm, too
    if sums[0] != sums[1]:
        sys.exit("The batches differ: there is nothing to compare.")
    times = in_turn(SIDES, seconds, rounds)
    base = "by hand"
    for name in SIDES:
        print(f"{name:12} {ratio(times, name, base):6.2f} of {base}")
    return verdict(ratio(times, "d2l.loader", base), LIMIT)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 9))
