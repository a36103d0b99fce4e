"""Checks of 07/22, int8 by the library."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import call, exercise, expect_equal, given
from d2lutils.checks.expecting import Wrong, expect_int


class _Scaled(nn.Linear):
    """A Linear of the reader's own kind, with one more number."""

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__(columns, rows)
        self.gain = nn.Parameter(torch.ones(3))


def _nets() -> list[tuple[str, nn.Module]]:
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
            nn.Sequential(nn.Linear(5, 6), _Scaled(6, 2)),
        ),
    ]


def _count(
    net: nn.Module,
    weight: int = 1,
    row: Callable[[Tensor], int] = lambda w: 5 * len(w),
    rest: Callable[[Tensor], int] = lambda p: 4 * p.numel(),
    kinds: tuple[type, ...] = (nn.Linear, _Scaled),
) -> int:
    """Return the bytes if a weight, a row and all other parameters take as much as that."""
    linears = [m for m in net.modules() if isinstance(m, nn.Linear) and type(m) in kinds]
    weights = [layer.weight for layer in linears]
    others = [p for p in net.parameters() if not any(p is w for w in weights)]
    return sum(weight * w.numel() + row(w) for w in weights) + sum(map(rest, others))


@exercise("07.22a")
def bytes_after(answer: Any) -> None:
    """Four bytes for each parameter, but for the weights of Linear layers."""
    for source, net in _nets():
        with given(source):
            before = list(net.parameters())
            got = expect_int(call(answer, net))
            after = list(net.parameters())
            if [id(p) for p in after] != [id(p) for p in before]:
                raise Wrong("your function changed the network; count, or change a copy of it")
            layers = [m for m in net.children() if isinstance(m, nn.Linear)]
            usual: list[tuple[object, str]] = [
                (
                    _count(net, 4, lambda w: 0),
                    "these are the bytes before; Linear weights take one",
                ),
                (_count(net, row=lambda w: 0), "each row takes five more, scale and zero point"),
                (_count(net, row=lambda w: 4 * len(w)), "a row's zero point takes one byte more"),
                (_count(net, row=lambda w: len(w)), "a row's scale takes four bytes more"),
                (_count(net, row=lambda w: 5), "each row has a scale, not each layer"),
                (_count(net, row=lambda w: 5 * w.shape[1]), "these are columns; rows have scales"),
                (_count(net, row=lambda w: 9 * len(w)), "a row takes five bytes more, not nine"),
                (_count(net, rest=lambda p: 0), "the other parameters are there, too"),
                (
                    _count(net, rest=lambda p: p.numel()),
                    "only the weights of Linear layers take one byte; the rest stays float32",
                ),
                (
                    _count(
                        net, rest=lambda p: p.numel() + 5 * len(p) if p.dim() > 1 else 4 * len(p)
                    ),
                    "only Linear layers are changed; a convolution or an embedding stays float32",
                ),
                (
                    4 * sum(p.numel() for p in net.parameters())
                    + sum(5 * len(m.weight) - 3 * m.weight.numel() for m in layers),
                    "look into modules within modules: net.modules() has them all, net itself too",
                ),
                (
                    _count(net) + 4 * sum(b.numel() for b in net.buffers()),
                    "count parameters, and no buffers",
                ),
                (
                    _count(net) + sum(b.nbytes for b in net.buffers()),
                    "count parameters, and no buffers",
                ),
                (
                    _count(net, kinds=(nn.Linear,)),
                    "a subclass of nn.Linear is a Linear, too: ask with isinstance",
                ),
                (
                    _count(net) - 4 * sum(m.gain.numel() for m in layers if isinstance(m, _Scaled)),
                    "a subclass of nn.Linear may have more parameters; they stay float32",
                ),
            ]
            why = "count 4 for each number, then correct for each Linear"
            expect_equal(got, _count(net), usual=usual, why=why)


def _clipped(
    q_x: Tensor,
    q_w: Tensor,
    shift: int = 128,
    back: int = 128,
    low: int = -32768,
    high: int = 32767,
) -> int:
    """Return the sum as the exercise asks for it, or with one of its steps changed."""
    products = (q_x.int() + shift) * q_w.int()
    pairs = products.reshape(-1, 2).sum(dim=1).clamp(low, high)
    return int(pairs.sum() - back * q_w.int().sum())


def _in_floats(q_x: Tensor, q_w: Tensor) -> int:
    """Return the sum as float32 makes it."""
    products = (q_x.float() + 128) * q_w.float()
    pairs = products.reshape(-1, 2).sum(dim=1).clamp(-32768, 32767)
    return int(pairs.sum() - 128 * q_w.float().sum())


def _pairs() -> list[tuple[Tensor, Tensor]]:
    """Return inputs and weights: none, small ones, such as are cut above, below and both."""
    generator = torch.Generator().manual_seed(19)
    drawn = [
        (
            torch.randint(-128, 128, (n,), generator=generator).to(torch.int8),
            torch.randint(-128, 128, (n,), generator=generator).to(torch.int8),
        )
        for n in (0, 2, 6, 40)
    ]
    same = [(torch.full((n,), a), torch.full((n,), b)) for n, a, b in _SAME]
    ordered = [
        (
            torch.tensor([-128, -128, 127, 127, 127, 90]),
            torch.tensor([-128, -128, 127, 100, 90, 110]),
        ),
        (torch.tensor([-128, -128]), torch.tensor([-128, -128])),
        (torch.tensor([127, 120, -128, -3, 100, 127]), torch.tensor([127, -128, -128, 5, 127, 90])),
        (torch.tensor([127, 127, 127, 127]), torch.tensor([127, 127, -128, -128])),
        (torch.tensor([1, 2, -3, 4]), torch.tensor([5, -6, 7, 8])),
    ]
    return [
        *((a.to(torch.int8), b.to(torch.int8)) for a, b in ordered),
        *((a.to(torch.int8), b.to(torch.int8)) for a, b in same),
        *drawn,
    ]


_SAME = [
    (512, 127, 127),
    (4, 127, -128),
    (4, 63, 63),
    (2, -128, 127),
    (600, 127, -127),
    (2050, 127, 127),  # 1,025 pairs of 32,767: an odd sum, too long for a float32
]


@exercise("07.22b")
def clipped_sum(answer: Any) -> None:
    """Neighbours in pairs, shifted, cut, summed, and shifted back."""
    for q_x, q_w in _pairs():
        with given(q_x=q_x, q_w=q_w):
            got = expect_int(call(answer, q_x, q_w))
            want = _clipped(q_x, q_w)
            products = (q_x.int() + 128) * q_w.int()
            halves = products.reshape(2, -1).sum(dim=0).clamp(-32768, 32767)
            wrapped = (q_x + 128) * q_w
            usual: list[tuple[object, str]] = [
                (
                    int((q_x.int() * q_w.int()).sum()),
                    "this is the right sum; cut the sums of two neighbours",
                ),
                (_clipped(q_x, q_w, back=0), "take off 128 times the sum of q_w at last"),
                (_clipped(q_x, q_w, back=-128), "take the 128 off; do not add it once more"),
                (_clipped(q_x, q_w, shift=0, back=0), "add 128 to each number of q_x first"),
                (_clipped(q_x, q_w, low=-32767), "the least sum of 16 bits is -32,768"),
                (_clipped(q_x, q_w, high=32768), "the largest sum of 16 bits is 32,767"),
                (
                    int(halves.sum() - 128 * q_w.int().sum()),
                    "neighbours are the first and the second, the third and the fourth",
                ),
                (
                    int(products.sum().clamp(-32768, 32767) - 128 * q_w.int().sum()),
                    "cut each pair's sum, not the sum of all",
                ),
                (
                    int(wrapped.reshape(-1, 2).sum(dim=1).sum() - 128 * q_w.int().sum()),
                    "int8 wraps around: cast to int32 before you add and multiply",
                ),
                (
                    _clipped(q_x, q_w, back=0) - int((q_w * 128).sum()),
                    "int8 wraps around: cast q_w to int32 before you take 128 times its sum",
                ),
                (_in_floats(q_x, q_w), "float32 has too few digits; compute in int32"),
            ]
            why = "shift, multiply, add neighbours, cut, add all, take the shift off"
            expect_equal(got, want, usual=usual, why=why)
