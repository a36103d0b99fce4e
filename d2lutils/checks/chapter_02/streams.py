"""What the checks of 02/09 share: global states, batches, and a stream that goes on."""

import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import torch

from d2lutils.checks import Wrong, call, difference, expect_equal, expect_tensor


def global_states() -> tuple[object, ...]:
    """Return the states of the global generators of Python, NumPy and PyTorch."""
    kind, keys, *rest = np.random.get_state(legacy=True)
    state = bytes(torch.get_rng_state().numpy())
    return random.getstate(), kind, bytes(np.asarray(keys)), rest, state


def batch_orders(
    answer: Any, X: torch.Tensor, size: int, num_epochs: int, seed: int, *, draw: bool
) -> list[list[int]]:
    """Return the order of the rows in each epoch, after judging the batches."""
    sizes = [min(size, len(X) - start) for start in range(0, len(X), size)]
    count = len(sizes) * num_epochs

    def run(X: torch.Tensor, size: int, num_epochs: int, seed: int) -> Any:
        found = answer(X, size, num_epochs, seed)
        if found is None or found is ... or isinstance(found, torch.Tensor):
            return found
        return list(islice(_between_draws(found, draw), count + 1))

    if not callable(answer):
        call(answer)
    found = call(run, X, size, num_epochs, seed)
    if not isinstance(found, list):
        raise Wrong("return a list of batches, or yield them; this is one tensor")
    if found and isinstance(found[0], list | tuple) and len(found) == num_epochs:
        raise Wrong("each epoch has a list of its own; put all batches into one list")
    if any(isinstance(batch, torch.Tensor) and batch.shape[:1] == (0,) for batch in found):
        raise Wrong("a batch has no rows; where `size` divides the rows, no smaller one is left")
    if len(found) == len(sizes) != count:
        raise Wrong(f"these are the batches of one epoch; `num_epochs` is {num_epochs}")
    if len(found) != count:
        told = "more" if len(found) > count else str(len(found))
        raise Wrong(f"expected {count} batches, got {told}; the last of an epoch may be smaller")
    place = {tuple(row): at for at, row in enumerate(X.tolist())}
    numbers = []
    for batch, rows in zip(found, sizes * num_epochs, strict=True):
        expect_tensor(batch, (rows, X.shape[1]), X.dtype)
        numbers += [place.get(tuple(row), -1) for row in batch.tolist()]
    orders = [numbers[at : at + len(X)] for at in range(0, len(numbers), len(X))]
    if any(sorted(order) != list(range(len(X))) for order in orders):
        raise Wrong("in some epoch a row is missing, or comes twice; `randperm` draws each once")
    return orders


def _between_draws(found: Any, draw: bool) -> Iterator[object]:
    """Yield the batches, with draws from the global generators between them if asked."""
    for batch in found:
        if draw:
            torch.rand(3), np.random.rand(), random.random()
        yield batch


def judge_stream(
    numbers: object, after: object, state: torch.Tensor, count: int, seed: int
) -> torch.Tensor:
    """Return the state after the draws, if it and the numbers are right."""

    def own() -> torch.Generator:
        generator = torch.Generator()
        generator.set_state(state)
        return generator

    one, all_at_once = own(), own()
    want = torch.randn(count, generator=all_at_once)
    first = torch.Generator().manual_seed(seed)
    expect_equal(
        numbers,
        want,
        usual=[
            (
                torch.stack([torch.randn((), generator=one) for _ in range(max(count, 1))]),
                "these were drawn one by one; from 16 on `randn` goes another way, draw them "
                "in one call",
            ),
            (torch.randn(count, generator=first), "these are the first of the stream: set_state"),
            (torch.rand(count, generator=own()), "these are from `rand`; draw with `randn`"),
            (torch.randn(16, generator=own())[:count], "draw `count` numbers, and no more"),
            (torch.randn(20, generator=own())[:count], "draw `count` numbers, and no more"),
        ],
        why="give a generator the state with `set_state`, then draw from it in one call",
    )
    right = all_at_once.get_state()
    got = expect_tensor(after, right.shape, right.dtype)
    if count and difference(got, state) is None:
        raise Wrong("this is the state before the draws; `get_state` once more, after them")
    if difference(got, right):
        raise Wrong("the state is not that of the generator after the draws: `get_state`")
    return right
