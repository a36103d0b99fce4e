"""Checks of 07/22, int8 by the library."""

from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import call, exercise, expect_equal, given
from d2lutils.checks.chapter_07.linears import Scaled, count_bytes, nets
from d2lutils.checks.expecting import Wrong, expect_int


@exercise("07.22a")
def bytes_after(answer: Any) -> None:
    """Four bytes for each parameter, but for the weights of Linear layers."""
    for source, net in nets():
        with given(source):
            before = list(net.parameters())
            got = expect_int(call(answer, net))
            after = list(net.parameters())
            if [id(p) for p in after] != [id(p) for p in before]:
                raise Wrong("your function changed the network; count, or change a copy of it")
            layers = [m for m in net.children() if isinstance(m, nn.Linear)]
            usual: list[tuple[object, str]] = [
                (
                    count_bytes(net, 4, lambda w: 0),
                    "these are the bytes before; Linear weights take one",
                ),
                (
                    count_bytes(net, row=lambda w: 0),
                    "each row takes five more, scale and zero point",
                ),
                (
                    count_bytes(net, row=lambda w: 4 * len(w)),
                    "a row's zero point takes one byte more",
                ),
                (count_bytes(net, row=lambda w: len(w)), "a row's scale takes four bytes more"),
                (count_bytes(net, row=lambda w: 5), "each row has a scale, not each layer"),
                (
                    count_bytes(net, row=lambda w: 5 * w.shape[1]),
                    "these are columns; rows have scales",
                ),
                (
                    count_bytes(net, row=lambda w: 9 * len(w)),
                    "a row takes five bytes more, not nine",
                ),
                (count_bytes(net, rest=lambda p: 0), "the other parameters are there, too"),
                (
                    count_bytes(net, rest=lambda p: p.numel()),
                    "only the weights of Linear layers take one byte; the rest stays float32",
                ),
                (
                    count_bytes(
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
                    count_bytes(net) + 4 * sum(b.numel() for b in net.buffers()),
                    "count parameters, and no buffers",
                ),
                (
                    count_bytes(net) + sum(b.nbytes for b in net.buffers()),
                    "count parameters, and no buffers",
                ),
                (
                    count_bytes(net, kinds=(nn.Linear,)),
                    "a subclass of nn.Linear is a Linear, too: ask with isinstance",
                ),
                (
                    count_bytes(net)
                    - 4 * sum(m.gain.numel() for m in layers if isinstance(m, Scaled)),
                    "a subclass of nn.Linear may have more parameters; they stay float32",
                ),
            ]
            why = "count 4 for each number, then correct for each Linear"
            expect_equal(got, count_bytes(net), usual=usual, why=why)


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
