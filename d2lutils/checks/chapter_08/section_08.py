"""Checks of 08/08, the LSTM and the GRU."""

from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.watching import Operations

_CELLS = ["GRUCell", "GRU", "gru_cell", "gru", "_VF.gru_cell"]


def _forget_biases(lstm: nn.LSTM) -> list[tuple[str, Tensor, Tensor]]:
    """Return for each layer and direction its ending and the two biases of the forget gate."""
    H, found = lstm.hidden_size, []
    for name, bias in lstm.named_parameters():
        if name.startswith("bias_ih"):
            other = lstm.get_parameter(name.replace("ih", "hh"))
            found.append((name[len("bias_ih_") :], bias[H : 2 * H], other[H : 2 * H]))
    return found


def _block(lstm: nn.LSTM, before: dict[str, Tensor], name: str) -> int | None:
    """Return which of the four blocks of a bias has changed, where it is one alone."""
    now, old = lstm.get_parameter(name).detach().chunk(4), before[name].chunk(4)
    changed = [k for k in range(4) if not torch.equal(now[k], old[k])]
    return changed[0] if len(changed) == 1 else None


@exercise("08.8a")
def open_forget_gates(answer: Any) -> None:
    """The two biases of each forget gate add up to the value; nothing else moves."""
    generator = torch.Generator().manual_seed(0)
    for code, value in [
        ("nn.LSTM(3, 4)", 1.0),
        ("nn.LSTM(2, 3, num_layers=2)", 2.5),
        ("nn.LSTM(3, 2, batch_first=True, bidirectional=True)", -1.5),
        ("nn.LSTM(1, 1)", 0.0),
        ("nn.LSTM(4, 5, num_layers=3, bidirectional=True)", 3),
    ]:
        lstm = eval(code, {"nn": nn})
        with torch.no_grad():
            for parameter in lstm.parameters():
                parameter.copy_(torch.rand(parameter.shape, generator=generator) - 0.5)
        before = {name: p.detach().clone() for name, p in lstm.named_parameters()}
        objects = dict(lstm.named_parameters())
        with given(f"lstm = {code}, value = {value}"):
            call(answer, lstm, value, in_place=True)
            _expect_same_objects(lstm, objects)
            _expect_opened(lstm, before, float(value))


def _expect_same_objects(lstm: nn.LSTM, objects: dict[str, nn.Parameter]) -> None:
    now = dict(lstm.named_parameters())
    for name, parameter in objects.items():
        if now.get(name) is not parameter:
            raise Wrong(f"{name} is another object now; an optimiser still holds the old one")
        if not parameter.requires_grad or not parameter.is_leaf:
            raise Wrong(f"{name} can no longer be trained; write into it under torch.no_grad()")
    if set(now) != set(objects):
        raise Wrong("the LSTM has other parameters than before; write into those that it has")


def _expect_opened(lstm: nn.LSTM, before: dict[str, Tensor], value: float) -> None:
    names = ["input gate", "forget gate", "candidates", "output gate"]
    for ending, ih, hh in _forget_biases(lstm):
        total = (ih + hh).detach()
        want = torch.full_like(total, value)
        if torch.allclose(total, want, atol=1e-5):
            continue
        old_ih = before[f"bias_ih_{ending}"].chunk(4)[1]
        old_hh = before[f"bias_hh_{ending}"].chunk(4)[1]
        hit = _block(lstm, before, f"bias_ih_{ending}")
        if hit not in (None, 1):
            raise Wrong(f"you filled the block of the {names[hit]}; the order is i, f, g, o")
        usual = [
            (old_ih + old_hh, f"they are not set: those of bias_…_{ending}"),
            (2 * want, "both biases have the value, and they are added; their sum shall have it"),
            (want + old_hh, "bias_hh is added as well; mind what it holds"),
            (want + old_ih, "bias_ih is added as well; mind what it holds"),
            (want + old_ih + old_hh, "the value was added to what was there; the sum shall be it"),
        ]
        for wrong, hint in usual:
            if torch.allclose(total, wrong, atol=1e-5):
                raise Wrong(hint)
        why = f"that is bias_ih + bias_hh of the forget gate, for _{ending}"
        expect_equal(total, want, why=why)
    H = lstm.hidden_size
    for name, parameter in lstm.named_parameters():
        now, old = parameter.detach().clone(), before[name].clone()
        if name.startswith("bias"):
            now[H : 2 * H] = old[H : 2 * H] = 0
        if not torch.equal(now, old):
            more = "other blocks of " if name.startswith("bias") else ""
            raise Wrong(f"{more}{name} changed as well; set the block of the forget gate alone")


def _blocks(cell: nn.GRUCell, x: Tensor, h: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    inner = x @ cell.weight_ih.T + cell.bias_ih
    outer = h @ cell.weight_hh.T + cell.bias_hh
    return list(inner.chunk(3, dim=1)), list(outer.chunk(3, dim=1))


def _usual(cell: nn.GRUCell, x: Tensor, h: Tensor) -> list[tuple[Tensor, str]]:
    """Return what the usual mistakes give, each with its name."""
    (ir, iz, inn), (hr, hz, hn) = _blocks(cell, x, h)
    H = cell.hidden_size
    r, z = (ir + hr).sigmoid(), (iz + hz).sigmoid()
    n = (inn + r * hn).tanh()
    before = (r * h) @ cell.weight_hh[2 * H :].T + cell.bias_hh[2 * H :]
    inside = r * (h @ cell.weight_hh[2 * H :].T) + cell.bias_hh[2 * H :]
    other = (inn + z * hn).tanh()
    plain = (inn + hn).tanh()
    rows, states = (x @ cell.weight_ih.T).chunk(3, dim=1), (h @ cell.weight_hh.T).chunk(3, dim=1)
    r0, z0 = ((rows[k] + states[k]).sigmoid() for k in range(2))
    bare = (rows[2] + r0 * states[2]).tanh()
    return [
        (z * n + (1 - z) * h, "z is the share that is kept, and 1 − z that of the new; swap them"),
        ((1 - r) * other + r * h, "the blocks come in the order r, z, n; you took z first"),
        ((1 - z) * plain + z * h, "r is missing: it multiplies the state's part of n"),
        ((1 - z) * (inn + before).tanh() + z * h, "r multiplies W h + b, not the state before it"),
        ((1 - z) * (inn + inside).tanh() + z * h, "r multiplies the bias b_hn as well"),
        ((1 - z) * (r * (inn + hn)).tanh() + z * h, "r multiplies the state's part of n alone"),
        ((1 - z) * (inn + r * hn) + z * h, "the tanh of n is missing"),
        (n, "this is n; mix it with the old state by z"),
        (z * h, "this is the part that is kept; add (1 − z) n"),
        (
            (1 - z0) * bare + z0 * h,
            "the biases are missing; each sum has bias_ih and bias_hh",
        ),
    ]


@exercise("08.8b")
def gru_step(answer: Any) -> None:
    """One step of a GRU equals that of the library's cell, with its graph."""
    generator = torch.Generator().manual_seed(0)
    for N, C, H in [(2, 3, 4), (1, 1, 1), (5, 2, 3), (0, 2, 2), (3, 4, 2)]:
        cell = nn.GRUCell(C, H)
        with torch.no_grad():
            for parameter in cell.parameters():
                parameter.copy_(3 * torch.rand(parameter.shape, generator=generator) - 1.5)
        x = torch.randn(C, N, generator=generator).T.requires_grad_()
        h = (2 * torch.rand(N, H, generator=generator) - 1).requires_grad_()
        seen: list[str] = []
        hook = cell.register_forward_pre_hook(lambda *_, seen=seen: seen.append("cell"))
        operations = Operations()
        with given(f"a cell of {C} inputs and {H} hidden numbers, x of shape {(N, C)}"):
            try:
                got = call(answer, cell, x, h, inside=operations)
            finally:
                hook.remove()
            if seen or set(_CELLS) & set(operations.names):
                raise Wrong("the library's GRU made the step; write it with its four parameters")
            got = expect_tensor(got)
            expect_equal(got, cell(x, h), usual=_usual(cell, x, h), why="follow the four formulas")
            if N and not _learns(got, cell, x, h):
                raise Wrong("no slope reaches all of the cell, x and h; keep the graph")


def _learns(got: Tensor, cell: nn.GRUCell, x: Tensor, h: Tensor) -> bool:
    if not got.requires_grad:
        return False
    sources = [*cell.parameters(), x, h]
    found = torch.autograd.grad(got.square().sum(), sources, allow_unused=True)
    wanted = torch.autograd.grad(cell(x, h).square().sum(), sources)
    return all(
        slope is not None and torch.allclose(slope, right, atol=1e-4)
        for slope, right in zip(found, wanted, strict=True)
    )
