"""Answers to the exercises of 08/08, the LSTM and the GRU."""

import torch
from torch import nn

from check_cases import Cases


def open_forget_gates(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, bias in lstm.named_parameters():
            if name.startswith("bias_ih"):
                bias[H : 2 * H] = value
            elif name.startswith("bias_hh"):
                bias[H : 2 * H] = 0


def by_chunks(lstm, value):
    for name, bias in lstm.named_parameters():
        if "bias" in name:
            nn.init.constant_(bias.detach().chunk(4)[1], value / 2)
    return lstm


def by_data(lstm, value):
    for weights in lstm.all_weights:
        ih, hh = weights[2].data.view(4, -1), weights[3].data.view(4, -1)
        hh[1] = value - ih[1]


def both(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, bias in lstm.named_parameters():
            if "bias" in name:
                bias[H : 2 * H] = value


def one_alone(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, bias in lstm.named_parameters():
            if name.startswith("bias_ih"):
                bias[H : 2 * H] = value


def other_alone(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, bias in lstm.named_parameters():
            if name.startswith("bias_hh"):
                bias[H : 2 * H] = value


def added(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, bias in lstm.named_parameters():
            if name.startswith("bias_ih"):
                bias[H : 2 * H] += value


def of_the_input_gate(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, bias in lstm.named_parameters():
            if "bias" in name:
                bias[:H] = value / 2


def of_the_third_block(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for name, bias in lstm.named_parameters():
            if "bias" in name:
                bias[2 * H : 3 * H] = value / 2


def of_all_gates(lstm, value):
    with torch.no_grad():
        for name, bias in lstm.named_parameters():
            if "bias" in name:
                bias.fill_(value / 2)


def of_the_first_layer(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        lstm.bias_ih_l0[H : 2 * H] = value
        lstm.bias_hh_l0[H : 2 * H] = 0


def of_weights_too(lstm, value):
    H = lstm.hidden_size
    with torch.no_grad():
        for parameter in lstm.parameters():
            parameter[H : 2 * H] = value / 2


def as_new_parameters(lstm, value):
    H = lstm.hidden_size
    for name, bias in list(lstm.named_parameters()):
        if "bias" in name:
            filled = bias.detach().clone()
            filled[H : 2 * H] = value / 2
            setattr(lstm, name, nn.Parameter(filled))


def with_a_graph(lstm, value):
    H = lstm.hidden_size
    for name, bias in lstm.named_parameters():
        if "bias" in name:
            bias[H : 2 * H] = value / 2


def gru_step(cell, x, h):
    inner = x @ cell.weight_ih.T + cell.bias_ih
    outer = h @ cell.weight_hh.T + cell.bias_hh
    inner_r, inner_z, inner_n = inner.chunk(3, dim=1)
    outer_r, outer_z, outer_n = outer.chunk(3, dim=1)
    r = torch.sigmoid(inner_r + outer_r)
    z = torch.sigmoid(inner_z + outer_z)
    n = torch.tanh(inner_n + r * outer_n)
    return (1 - z) * n + z * h


def by_slices(cell, x, h):
    H = cell.hidden_size

    def part(k):
        rows = slice(k * H, (k + 1) * H)
        inner = nn.functional.linear(x, cell.weight_ih[rows], cell.bias_ih[rows])
        return inner, nn.functional.linear(h, cell.weight_hh[rows], cell.bias_hh[rows])

    r, z = (sum(part(k)).sigmoid() for k in range(2))
    inner, outer = part(2)
    return torch.lerp((inner + r * outer).tanh(), h, z)


def shares_swapped(cell, x, h):
    (ir, iz, inn), (hr, hz, hn) = _parts(cell, x, h)
    r, z = torch.sigmoid(ir + hr), torch.sigmoid(iz + hz)
    return z * torch.tanh(inn + r * hn) + (1 - z) * h


def blocks_swapped(cell, x, h):
    (iz, ir, inn), (hz, hr, hn) = _parts(cell, x, h)
    r, z = torch.sigmoid(ir + hr), torch.sigmoid(iz + hz)
    return (1 - z) * torch.tanh(inn + r * hn) + z * h


def without_reset(cell, x, h):
    (_, iz, inn), (_, hz, hn) = _parts(cell, x, h)
    z = torch.sigmoid(iz + hz)
    return (1 - z) * torch.tanh(inn + hn) + z * h


def reset_before(cell, x, h):
    (ir, iz, inn), (hr, hz, _) = _parts(cell, x, h)
    r, z = torch.sigmoid(ir + hr), torch.sigmoid(iz + hz)
    H = cell.hidden_size
    hn = (r * h) @ cell.weight_hh[2 * H :].T + cell.bias_hh[2 * H :]
    return (1 - z) * torch.tanh(inn + hn) + z * h


def reset_without_bias(cell, x, h):
    (ir, iz, inn), (hr, hz, _) = _parts(cell, x, h)
    r, z = torch.sigmoid(ir + hr), torch.sigmoid(iz + hz)
    H = cell.hidden_size
    hn = r * (h @ cell.weight_hh[2 * H :].T) + cell.bias_hh[2 * H :]
    return (1 - z) * torch.tanh(inn + hn) + z * h


def reset_of_all(cell, x, h):
    (ir, iz, inn), (hr, hz, hn) = _parts(cell, x, h)
    r, z = torch.sigmoid(ir + hr), torch.sigmoid(iz + hz)
    return (1 - z) * torch.tanh(r * (inn + hn)) + z * h


def without_tanh(cell, x, h):
    (ir, iz, inn), (hr, hz, hn) = _parts(cell, x, h)
    r, z = torch.sigmoid(ir + hr), torch.sigmoid(iz + hz)
    return (1 - z) * (inn + r * hn) + z * h


def candidates(cell, x, h):
    (ir, _, inn), (hr, _, hn) = _parts(cell, x, h)
    return torch.tanh(inn + torch.sigmoid(ir + hr) * hn)


def without_biases(cell, x, h):
    inner_r, inner_z, inner_n = (x @ cell.weight_ih.T).chunk(3, dim=1)
    outer_r, outer_z, outer_n = (h @ cell.weight_hh.T).chunk(3, dim=1)
    r, z = torch.sigmoid(inner_r + outer_r), torch.sigmoid(inner_z + outer_z)
    return (1 - z) * torch.tanh(inner_n + r * outer_n) + z * h


def _parts(cell, x, h):
    inner = x @ cell.weight_ih.T + cell.bias_ih
    outer = h @ cell.weight_hh.T + cell.bias_hh
    return inner.chunk(3, dim=1), outer.chunk(3, dim=1)


CASES = {
    "08.8a": Cases(
        solution=open_forget_gates,
        also_right=[by_chunks, by_data],
        wrong=[
            (both, "both biases have the value"),
            (one_alone, "bias_hh is added as well"),
            (other_alone, "bias_ih is added as well"),
            (added, "the value was added to what was there"),
            (of_the_input_gate, "the block of the input gate"),
            (of_the_third_block, "the block of the candidates"),
            (of_all_gates, "other blocks of bias_ih_l0 changed"),
            (of_the_first_layer, "they are not set"),
            (of_weights_too, "weight_ih_l0 changed as well"),
            (as_new_parameters, "another object"),
            (with_a_graph, "leaf"),
        ],
    ),
    "08.8b": Cases(
        solution=gru_step,
        also_right=[by_slices],
        wrong=[
            (lambda cell, x, h: cell(x, h), "the library's GRU made the step"),
            (shares_swapped, "z is the share that is kept"),
            (blocks_swapped, "you took z first"),
            (without_reset, "r is missing"),
            (reset_before, "not the state before it"),
            (reset_without_bias, "r multiplies the bias"),
            (reset_of_all, "the state's part of n alone"),
            (without_tanh, "the tanh of n is missing"),
            (candidates, "this is n"),
            (without_biases, "the biases are missing"),
            (lambda cell, x, h: gru_step(cell, x, h).detach(), "keep the graph"),
        ],
    ),
}
