"""Answers to the exercises of 08/07, recurrent networks."""

import torch
from torch import nn

from check_cases import Cases


def read_in_pieces(rnn, X, size):
    h, states = None, []
    for piece in X.split(size, dim=1):
        out, h = rnn(piece, h)
        states.append(out)
        h = h.detach()
    return torch.cat(states, dim=1)


def from_zeros(rnn, X, size):
    h = torch.zeros(1, len(X), rnn.hidden_size)
    states = torch.empty(len(X), 0, rnn.hidden_size)
    for start in range(0, X.shape[1], size):
        out, h = rnn(X[:, start : start + size], h.detach())
        states = torch.cat([states, out], dim=1)
    return states


def step_by_step(rnn, X, size):
    h, states = None, []
    for t in range(X.shape[1]):
        if h is not None and t % size == 0:
            h = h.detach()
        out, h = rnn(X[:, t : t + 1], h)
        states.append(out[:, 0])
    return torch.stack(states, 1)


def with_cell(rnn, X, size):
    h, states = torch.zeros(len(X), rnn.hidden_size), []
    for t in range(X.shape[1]):
        if t % size == 0:
            h = h.detach()
        inner = X[:, t] @ rnn.weight_ih_l0.T + rnn.bias_ih_l0
        h = torch.tanh(inner + h @ rnn.weight_hh_l0.T + rnn.bias_hh_l0)
        states.append(h)
    return torch.stack(states, dim=1)


def with_names(rnn, X, size):
    h, states = None, []
    for start in range(0, X.shape[1], size):
        out, h = rnn(input=X[:, start : start + size], hx=h)
        states.append(out)
        h = h.detach()
    return torch.cat(states, dim=1)


def forgets(rnn, X, size):
    return torch.cat([rnn(piece)[0] for piece in X.split(size, dim=1)], dim=1)


def not_detached(rnn, X, size):
    h, states = None, []
    for piece in X.split(size, dim=1):
        out, h = rnn(piece, h)
        states.append(out)
    return torch.cat(states, dim=1)


def all_detached(rnn, X, size):
    return read_in_pieces(rnn, X, size).detach()


def detached_each_step(rnn, X, size):
    return read_in_pieces(rnn, X, 1)


def without_the_rest(rnn, X, size):
    return read_in_pieces(rnn, X[:, : X.shape[1] // size * size], size)


def cut_along_the_batch(rnn, X, size):
    h, states = None, []
    for piece in X.split(size):
        out, h = rnn(piece, h)
        states.append(out)
        h = h.detach()
    return torch.cat(states)


def last_only(rnn, X, size):
    h = None
    for piece in X.split(size, dim=1):
        _, h = rnn(piece, None if h is None else h.detach())
    return h


def pair(rnn, X, size):
    return read_in_pieces(rnn, X, size), None


def barrel_rnn(capacity, use):
    rnn = nn.RNN(1, 2, nonlinearity="relu", batch_first=True)
    with torch.no_grad():
        rnn.weight_ih_l0.fill_(1.0)
        rnn.weight_hh_l0.copy_(torch.tensor([[1.0, -1.0], [1.0, -1.0]]))
        rnn.bias_ih_l0.copy_(torch.tensor([-use, -use - capacity]))
        rnn.bias_hh_l0.zero_()
    return rnn


def by_loading(capacity, use):
    rnn = nn.RNN(1, 2, nonlinearity="relu", batch_first=True)
    rnn.load_state_dict(
        {
            "weight_ih_l0": torch.ones(2, 1),
            "weight_hh_l0": torch.tensor([[1.0, -1.0]]).repeat(2, 1),
            "bias_ih_l0": torch.full((2,), -float(use)),
            "bias_hh_l0": torch.tensor([0.0, -float(capacity)]),
        }
    )
    return rnn


def other_bias(capacity, use):
    rnn = by_loading(capacity, use)
    rnn.bias_hh_l0 = nn.Parameter(rnn.bias_hh_l0 + rnn.bias_ih_l0)
    rnn.bias_ih_l0 = nn.Parameter(torch.zeros(2))
    return rnn


def changed(name, value):
    def answer(capacity, use):
        rnn = barrel_rnn(capacity, use)
        with torch.no_grad():
            getattr(rnn, name).copy_(torch.tensor(value(capacity, use)))
        return rnn

    return answer


def first_only(capacity, use):
    rnn = barrel_rnn(capacity, use)
    with torch.no_grad():
        for parameter in rnn.parameters():
            parameter[1:] = 0
    return rnn


def biases_left(capacity, use):
    rnn = nn.RNN(1, 2, nonlinearity="relu", batch_first=True)
    with torch.no_grad():
        for own, right in zip(
            rnn.parameters(), barrel_rnn(capacity, use).parameters(), strict=True
        ):
            if right.abs().sum() > 0:
                own.copy_(right)
    return rnn


def tanh(capacity, use):
    rnn = nn.RNN(1, 2, batch_first=True)
    rnn.load_state_dict(barrel_rnn(capacity, use).state_dict())
    return rnn


def steps_first(capacity, use):
    rnn = nn.RNN(1, 2, nonlinearity="relu")
    rnn.load_state_dict(barrel_rnn(capacity, use).state_dict())
    return rnn


CASES = {
    "08.7a": Cases(
        solution=read_in_pieces,
        also_right=[from_zeros, step_by_step, with_cell, with_names],
        wrong=[
            (forgets, "each piece begins with zeros"),
            (not_detached, "leads into the piece before"),
            (lambda rnn, X, size: rnn(X)[0], "leads into the piece before"),
            (all_detached, "the states have no graph"),
            (detached_each_step, "ends inside its own piece"),
            (without_the_rest, "the last, shorter piece is missing"),
            (cut_along_the_batch, "leads into the piece before"),
            (last_only, "return the states of all steps"),
            (pair, "expected a tensor"),
        ],
    ),
    "08.7b": Cases(
        solution=barrel_rnn,
        also_right=[by_loading, other_bias],
        wrong=[
            (changed("bias_ih_l0", lambda c, u: [-u, -c]), "set all six weights"),
            (changed("bias_hh_l0", lambda c, u: [-u, -u]), "`use` is taken twice"),
            (changed("bias_ih_l0", lambda c, u: [u, u - c]), "`use` is added"),
            (changed("bias_ih_l0", lambda c, u: [0.0, -c]), "nothing is taken out"),
            (first_only, "nothing runs over"),
            (changed("weight_ih_l0", lambda c, u: [[1.0], [0.0]]), "set all six"),
            (changed("weight_hh_l0", lambda c, u: [[1.0, 0.0], [1.0, 0.0]]), "set all six"),
            (changed("weight_hh_l0", lambda c, u: [[1.0, 0.0], [0.0, 1.0]]), "set all six"),
            (biases_left, "set all six weights"),
            (tanh, 'nonlinearity="relu"'),
            (steps_first, "batch_first=True"),
            (lambda c, u: nn.RNN(1, 4, nonlinearity="relu", batch_first=True), "two hidden"),
            (lambda c, u: barrel_rnn(c, u)(torch.zeros(1, 1, 1)), "expected a RNN"),
        ],
    ),
}
