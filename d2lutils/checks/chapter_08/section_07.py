"""Checks of 08/07, recurrent networks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, expect_type, given


def _network(inputs: int, hiddens: int, generator: torch.Generator) -> nn.RNN:
    rnn = nn.RNN(inputs, hiddens, batch_first=True)
    for parameter in rnn.parameters():
        drawn = torch.rand(parameter.shape, generator=generator) - 0.5
        parameter.data.copy_(1.4 * drawn)
    return rnn


def _reach(states: Tensor, X: Tensor) -> Tensor:
    """Return for each step of X whether the states' sum has a slope there."""
    if not states.requires_grad:
        raise Wrong(
            "the states have no graph; keep it inside a piece, and detach what is handed on"
        )
    (slopes,) = torch.autograd.grad(states.sum(), X, retain_graph=True, allow_unused=True)
    if slopes is None:
        return torch.zeros(X.shape[1], dtype=torch.bool)
    return (slopes != 0).any(dim=2).any(dim=0)


@exercise("08.7a")
def read_in_pieces(answer: Any) -> None:
    """All states, equal to those of the whole, with a graph that ends at each cut."""
    generator = torch.Generator().manual_seed(0)
    for N, L, C, H, size in [
        (2, 7, 1, 3, 3),
        (1, 6, 2, 4, 2),
        (3, 5, 2, 2, 1),
        (2, 4, 3, 3, 4),
        (4, 3, 1, 2, 10),
        (1, 1, 2, 2, 1),
        (5, 8, 2, 3, 5),
    ]:
        rnn = _network(C, H, generator)
        X = torch.randn(N, L, C, generator=generator).requires_grad_()
        with given(f"X of shape {(N, L, C)}, size = {size}"):
            with _noting(rnn) as read:
                got = expect_tensor(call(answer, rnn, X, size))
            _expect_states(got, rnn, X, size)
            _expect_cuts(got, X, size)
            if max(read, default=0) > size:
                raise Wrong(f"the network reads {max(read)} steps at once; a piece has {size}")


@contextmanager
def _noting(rnn: nn.RNN) -> Iterator[list[int]]:
    """Inside the `with`, notes how many steps the network reads at each call."""
    read: list[int] = []

    def note(_: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> None:
        X = inputs[0] if inputs else named.get("input")
        if isinstance(X, Tensor) and X.ndim > 1:
            read.append(X.shape[-2])

    hook = rnn.register_forward_pre_hook(note, with_kwargs=True)
    try:
        yield read
    finally:
        hook.remove()


@torch.no_grad()
def _expect_states(got: Tensor, rnn: nn.RNN, X: Tensor, size: int) -> None:
    want, last = rnn(X)
    if got.shape == want.shape and torch.allclose(got, want, atol=1e-5):
        return
    starts = range(0, X.shape[1], size)
    fresh = torch.cat([rnn(X[:, start : start + size])[0] for start in starts], dim=1)
    usual = [
        (fresh, "each piece begins with zeros; hand the state on"),
        (last, "this is the last state; return the states of all steps"),
        (want[:, -1], "this is the last state; return the states of all steps"),
        (want[:, : X.shape[1] // size * size], "the last, shorter piece is missing"),
        (want.transpose(0, 1), "the order is N×L×H"),
    ]
    for wrong, hint in usual:
        if wrong.shape == got.shape and torch.allclose(got, wrong, atol=1e-5):
            raise Wrong(hint)
    expect_equal(got, want, why="the states are those of rnn(X)[0]")


def _expect_cuts(states: Tensor, X: Tensor, size: int) -> None:
    L = X.shape[1]
    for start in range(0, L, size):
        end = min(start + size, L)
        reached = _reach(states[:, end - 1], X)
        if reached[:start].any():
            raise Wrong(
                f"the graph of step {end - 1} leads into the piece before, to step "
                f"{int(reached.nonzero()[0])}; detach the state that is handed on"
            )
        if not reached[start:end].all():
            raise Wrong(f"the graph of step {end - 1} ends inside its own piece, begun at {start}")


def _levels(rain: Tensor, capacity: float, use: float) -> Tensor:
    level, found = torch.zeros(len(rain)), []
    for day in range(rain.shape[1]):
        level = (level + rain[:, day, 0] - use).clamp(0, capacity)
        found.append(level)
    return torch.stack(found, dim=1)


@exercise("08.7b")
def barrel_rnn(answer: Any) -> None:
    """Two ReLU units whose difference is the barrel's level."""
    for capacity, use, days in [
        (50.0, 3.0, [[0.0, 20.0, 40.0, 0.0, 0.0, 5.5], [10.0, 0.0, 0.0, 0.0, 0.0, 70.0]]),
        (10.0, 0.0, [[4.0, 0.5, 7.0, 3.0, 0.0]]),
        (7.5, 1.25, [[2.0, 2.0, 0.25, 0.0, 9.0, 9.0, 0.0], [0.0, 0.0, 8.0, 1.0, 0.5, 3.0, 12.0]]),
        (200, 6, [[100.0, 150.0, 0.0, 3.0, 250.0, 5.0, 0.0]]),
        (5.0, 8.0, [[12.5, 0.0, 20.0]]),
        (20.0, 2.5, [[1.0]]),
    ]:
        rain = torch.tensor(days)[..., None]
        with given(capacity=capacity, use=use):
            rnn = expect_type(call(answer, capacity, use), nn.RNN)
            if (rnn.input_size, rnn.hidden_size, rnn.num_layers) != (1, 2, 1) or rnn.bidirectional:
                raise Wrong("the network has one layer, one input and two hidden numbers")
            if rnn.nonlinearity != "relu":
                raise Wrong('the network is made with nonlinearity="relu"')
            if not rnn.batch_first:
                raise Wrong("the network is made with batch_first=True")
            with torch.no_grad():
                states = expect_tensor(call(rnn, rain)[0], dtype=torch.float32)
            got = states[..., 0] - states[..., 1]
            want = _levels(rain, capacity, use)
            free = _levels(rain, float("inf"), use)
            usual = [
                (free, "nothing runs over; hidden number 1 is what is too much"),
                (-want, "it is number 0 minus number 1, not the other way round"),
                (_levels(rain, capacity, 2 * use), "`use` is taken twice: both biases are added"),
                (_levels(rain, capacity, 0.0), "nothing is taken out"),
                (_levels(rain, capacity, -use), "`use` is added; it is taken away"),
                (states[..., 0], "number 1 stays 0, so nothing runs over"),
            ]
            if torch.allclose(got, want, atol=1e-3):
                continue
            for wrong, hint in usual:
                if torch.allclose(got, wrong, atol=1e-3):
                    raise Wrong(f"for the rain {days[0]}: {hint}")
            row = int((got - want).abs().amax(dim=1).argmax())
            with given(f"the rain {days[row]}"):
                why = "set all six weights and four biases, and look at what each unit sees"
                expect_equal(got[row], want[row], why=why)
