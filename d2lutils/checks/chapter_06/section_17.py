"""Checks of 06/17, checkpoints."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from d2lutils.checkpoints.random_states import get_random_states, set_random_states
from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_type, given
from d2lutils.checks.explaining import explain
from d2lutils.loading import loader

_DRAWS: dict[str, Callable[[], float]] = {
    "Python's": random.random,
    "NumPy's": np.random.rand,
    "NumPy's normal": np.random.standard_normal,  # it keeps a second one for the next call
    "PyTorch's": lambda: float(torch.rand(())),
}


@contextmanager
def _streams_kept() -> Iterator[None]:
    """Leave the reader's streams of random numbers as they are."""
    states = get_random_states()
    try:
        yield
    finally:
        set_random_states(states)


def _go_back(function: Any) -> None:
    try:
        function()
    except Exception as error:
        raise Wrong(f"the function that you returned raised {explain(error)}") from error


def _expect_same(want: dict[str, list[float]], told: str) -> None:
    got = {name: [draw(), draw()] for name, draw in _DRAWS.items()}
    if other := [name for name in want if got[name] != want[name]]:
        raise Wrong(f"{told} {other[0]} numbers are others than after the call of `remember`")


@exercise("06.17a")
def remember(answer: Any) -> None:
    """The function returned puts three streams back, as often as it is called, and draws none."""
    with _streams_kept():
        torch.manual_seed(5), random.seed(6), np.random.seed(7)
        np.random.standard_normal()
        before = get_random_states()
        go_back = call(answer)
        if not callable(go_back):
            raise Wrong(f"`remember` should return a function, not {type(go_back).__name__}")
        now = {name: [draw(), draw()] for name, draw in _DRAWS.items()}
        set_random_states(before)
        want = {name: [draw(), draw()] for name, draw in _DRAWS.items()}
        if now != want:
            raise Wrong("`remember` itself changes the streams; it is to look at them only")
        torch.manual_seed(8), random.seed(9), np.random.seed(10)
        _go_back(go_back)
        _expect_same(want, "after the function that you returned was called,")
        _go_back(go_back)
        _expect_same(want, "after a second call of it,")
        set_random_states(before)
        [draw() for draw in _DRAWS.values()]
        later = call(answer)
        want_later = {name: [draw(), draw()] for name, draw in _DRAWS.items()}
        _go_back(go_back)
        _expect_same(want, "with two functions from two calls, the first one is called, and")
        _go_back(later)
        _expect_same(want_later, "with two functions from two calls, the second one is called, and")


@exercise("06.17b")
def rest_of_epoch(answer: Any) -> None:
    """The batches after the first `done` of the epoch that begins at the state."""
    X = torch.arange(22.0)
    with _streams_kept():
        for shuffle in (True, False):
            for done in (0, 2, 5, 6):
                batches = loader((X, -X), 4, shuffle=shuffle, generator=torch.Generator())
                assert batches.generator is not None
                batches.generator.manual_seed(3)
                list(batches)  # the epoch in question is not the first
                state = batches.generator.get_state()
                want = list(batches)[done:]
                end = batches.generator.get_state()
                list(batches)  # the generator has gone on since then
                kept = state.clone()
                with given(f"a loader of 6 batches, shuffle={shuffle}", done=done):
                    got = expect_type(call(answer, batches, state, done), list)
                    if len(got) != len(want):
                        raise Wrong(f"{len(want)} batches are left, not {len(got)}")
                    why = "put the state into loader.generator before the epoch is begun again"
                    expect_equal([list(pair) for pair in got], want, why=why)
                    if not torch.equal(state, kept):
                        raise Wrong("your function changed `state`; leave it as it was")
                    if not torch.equal(batches.generator.get_state(), end):
                        told = "loader.generator does not stand where the whole epoch leaves it"
                        raise Wrong(f"afterwards, {told}: the next epoch gets a wrong order")
