"""What epochs of `d2l.fit` cost beside the same loop by hand: in turn, ratios.

python benchmarks/fit.py [rounds]
"""

import sys
from itertools import pairwise
from time import perf_counter
from typing import Any

import torch
from ratios import in_turn, ratio, verdict
from torch import nn

import d2lutils as d2l

LIMIT = 1.02
LOSS = nn.CrossEntropyLoss()
Losses = dict[str, list[float]]


def by_hand(net: nn.Module, train: Any, val: Any, optimizer: Any, num_epochs: int) -> Losses:
    """The loop as a reader of chapter 4 writes it."""
    history: Losses = {"train_loss": [], "val_loss": []}
    device = next(net.parameters()).device
    for _ in range(num_epochs):
        net.train()
        total = count = 0
        for X, y in train:
            X, y = X.to(device), y.to(device)
            loss = LOSS(net(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
            count += len(y)
        history["train_loss"].append(total / count)
        net.eval()
        total = count = 0
        with torch.no_grad():
            for X, y in val:
                X, y = X.to(device), y.to(device)
                total += LOSS(net(X), y).item() * len(y)
                count += len(y)
        history["val_loss"].append(total / count)
    return history


def by_fit(net: nn.Module, train: Any, val: Any, optimizer: Any, num_epochs: int) -> Losses:
    """The same by d2l.fit, its bar included."""
    return d2l.fit(net, train, loss=LOSS, optimizer=optimizer, num_epochs=num_epochs, val=val)


SIDES = {"by hand": by_hand, "d2l.fit": by_fit}
CASES = {  # the data, the layers' widths, and how many epochs a run has
    "digits": (d2l.data.digits, (64, 32, 10), 10),
    "mnist": (d2l.data.mnist, (784, 512, 256, 10), 2),
}


def run(case: str, side: str) -> tuple[float, Losses]:
    """Train a new network, the same each time; return the seconds that it took and its losses."""
    data, widths, num_epochs = CASES[case]
    d2l.seed(0)
    pairs = [nn.Sequential(nn.Linear(*pair), nn.ReLU()) for pair in pairwise(widths)]
    net = nn.Sequential(nn.Flatten(), *pairs[:-1], pairs[-1][0]).to(d2l.device())
    train, val = (
        d2l.loader((X.float() / X.max(), y), 64, shuffle=split == "train", device=d2l.device())
        for split, (X, y) in {split: data(split) for split in ("train", "test")}.items()
    )
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    start = perf_counter()
    history = SIDES[side](net, train, val, optimizer, num_epochs)
    return perf_counter() - start, {name: history[name] for name in ("train_loss", "val_loss")}


def main(rounds: int) -> int:
    missed = 0
    for case in CASES:
        losses = [run(case, side)[1] for side in SIDES]  # warm, too
        if losses[0] != losses[1]:
            sys.exit(f"{case}: the losses differ, so there is nothing to compare.")
        times = in_turn(SIDES, lambda side, case=case: run(case, side)[0], rounds)
        print(f"{case:8} {min(turn['by hand'] for turn in times):6.3f} s by hand,", end=" ")
        missed |= verdict(ratio(times, "d2l.fit", "by hand"), LIMIT)
    return missed


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 25))
