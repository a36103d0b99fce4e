"""Networks with Linear layers of several kinds, and their bytes in int8 (07/22)."""

from collections.abc import Callable

import torch
from torch import Tensor, nn


class Scaled(nn.Linear):
    """A Linear of the reader's own kind, with one more number."""

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__(columns, rows)
        self.gain = nn.Parameter(torch.ones(3))


def nets() -> list[tuple[str, nn.Module]]:
    """Return networks, each under its source."""
    return [
        (
            "net = nn.Sequential(nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8)), "
            "nn.Linear(8, 3, bias=False))",
            nn.Sequential(
                nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8)), nn.Linear(8, 3, bias=False)
            ),
        ),
        ("net = nn.Linear(7, 3)", nn.Linear(7, 3)),
        ("net = nn.Linear(5, 4, bias=False)", nn.Linear(5, 4, bias=False)),
        ("net = nn.Linear(2, 6)", nn.Linear(2, 6)),
        ("net = nn.ReLU()", nn.ReLU()),
        (
            "net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(16, 5))",
            nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(16, 5)),
        ),
        (
            "net = nn.Sequential(nn.Embedding(9, 4), nn.Linear(4, 4), nn.LayerNorm(4))",
            nn.Sequential(nn.Embedding(9, 4), nn.Linear(4, 4), nn.LayerNorm(4)),
        ),
        (
            "net: a Linear, and a subclass of nn.Linear with a parameter of its own",
            nn.Sequential(nn.Linear(5, 6), Scaled(6, 2)),
        ),
    ]


def count_bytes(
    net: nn.Module,
    weight: int = 1,
    row: Callable[[Tensor], int] = lambda w: 5 * len(w),
    rest: Callable[[Tensor], int] = lambda p: 4 * p.numel(),
    kinds: tuple[type, ...] = (nn.Linear, Scaled),
) -> int:
    """Return the bytes if a weight, a row and all other parameters take as much as that."""
    linears = [m for m in net.modules() if isinstance(m, nn.Linear) and type(m) in kinds]
    weights = [layer.weight for layer in linears]
    others = [p for p in net.parameters() if not any(p is w for w in weights)]
    return sum(weight * w.numel() + row(w) for w in weights) + sum(map(rest, others))
