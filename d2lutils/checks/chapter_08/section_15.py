"""Checks of 08/15, deep Q-learning on a cart and pole."""

from typing import Any

import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.watching import loops


@exercise("08.15a")
def double_target(answer: Any) -> None:
    """Targets whose action one network chooses and another judges."""
    for n, actions, gamma, dtype, seed in [
        (6, 4, 0.9, torch.float32, 0),
        (4, 4, 0.5, torch.float32, 1),
        (5, 2, 0.99, torch.float64, 2),
        (3, 1, 0.9, torch.float32, 3),
        (1, 3, 0.75, torch.float32, 4),
        (0, 2, 0.9, torch.float32, 5),
        (7, 5, 1.0, torch.float32, 6),
    ]:
        g = torch.Generator().manual_seed(seed)
        reward = torch.randn(n, generator=g, dtype=dtype)
        net = torch.randn(n, actions, generator=g, dtype=dtype)
        slow = torch.randn(n, actions, generator=g, dtype=dtype) - 0.5
        fell = torch.arange(n) % 3 == 1
        with given(reward=reward, q_net=net, q_slow=slow, fell=fell, gamma=gamma):
            got = expect_tensor(call(answer, reward, net, slow, fell, gamma))
            expect_equal(
                got,
                _target(reward, _worth(net, slow), fell, gamma),
                usual=_usual(reward, net, slow, fell, gamma),
                why="take the place of the best number of q_net, and the number of q_slow there",
            )
    if loops(answer):
        raise Wrong("the numbers are right, but there is a loop; argmax and gather take all rows")


def _worth(choosing: torch.Tensor, judging: torch.Tensor) -> torch.Tensor:
    """The judge's number of the action that the other chooses, for each row."""
    return judging[torch.arange(len(judging)), choosing.argmax(dim=1)]


def _target(
    reward: torch.Tensor, worth: torch.Tensor, fell: torch.Tensor, gamma: float
) -> torch.Tensor:
    """The reward, and the discounted worth where no fall ended the episode."""
    return reward + gamma * torch.where(fell, torch.zeros_like(worth), worth)


def _usual(
    reward: torch.Tensor, net: torch.Tensor, slow: torch.Tensor, fell: torch.Tensor, gamma: float
) -> list[tuple[object, str]]:
    """What usual mistakes give, each with its hint."""
    worth = _worth(net, slow)
    want = _target(reward, worth, fell, gamma)
    square = "this has N×N numbers: (N, 1) and (N,) were broadcast; gather, then [:, 0]"
    column = reward + gamma * (worth * ~fell)[:, None]
    half = reward + gamma * worth[:, None] * ~fell
    blind = reward + gamma * worth[:, None]
    place = net.argmax(dim=1).to(net.dtype)
    never = torch.zeros_like(fell)
    return [
        (column, square),
        (half, square),
        (blind, square),
        (want[:, None], "return one dimension, (N,)"),
        (
            _target(reward, _worth(slow, net), fell, gamma),
            "the two networks are swapped: q_net chooses, q_slow judges",
        ),
        (
            _target(reward, slow.amax(dim=1), fell, gamma),
            "this is the largest number of q_slow; let q_net choose the action",
        ),
        (
            _target(reward, net.amax(dim=1), fell, gamma),
            "this is the largest number of q_net; q_slow says what the action is worth",
        ),
        (_target(reward, place, fell, gamma), "argmax gives a place; take q_slow's number there"),
        (
            _target(reward, worth, never, gamma),
            "nothing follows a fall; there the target is the reward alone",
        ),
        (_target(reward, worth, ~fell, gamma), "the falls are swapped with the other steps"),
        (want * ~fell, "at a fall the reward stays; leave out only what follows"),
        (_target(reward, worth, fell, 1.0), "multiply by gamma what follows"),
        (gamma * (reward + worth * ~fell), "the reward is not discounted, only what follows"),
        (gamma * worth * ~fell, "add the reward"),
        (
            torch.where(fell, -torch.ones_like(worth), gamma * worth),
            "take the rewards that are given; they may be others than -1 and 0",
        ),
    ]


@exercise("08.15b")
def store(answer: Any) -> None:
    """Rows stored in a memory of fixed size, over the oldest."""
    for size, width, sizes in [
        (5, 2, [3, 2, 1, 4, 5, 3]),
        (4, 3, [3, 3, 3]),
        (7, 1, [5, 4, 0, 6]),
        (3, 2, [0, 3, 3, 2]),
        (1, 2, [1, 1, 0, 1]),
    ]:
        memory = torch.full((size, width), -1.0)
        count, number = 0, 0
        for n in sizes:
            rows = number + torch.arange(n * width, dtype=torch.float32).reshape(n, width)
            number += n * width
            _try(answer, memory, count, rows)
            count += n
    if loops(answer):
        raise Wrong("the rows are right, but there is a loop; index with a tensor of places")


def _try(answer: Any, memory: torch.Tensor, count: int, rows: torch.Tensor) -> None:
    """One call; memory then holds the rows, whoever stored them."""
    size, n = len(memory), len(rows)
    want = _placed(memory, rows, count)
    kept, given_rows = memory.clone(), rows.clone()
    with given(memory=memory, count=count, rows=rows):
        got = call(answer, memory, count, rows, in_place=True)
        if not torch.equal(rows, given_rows):
            raise Wrong("your function changed rows; change only memory")
        if n and torch.equal(memory, kept):
            beyond = "place count lies beyond the memory; after the last place comes place 0"
            into = "write into it: memory[places] = rows"
            raise Wrong(f"memory is as it was; {beyond if count >= size else into}")
        start = count % size
        forgotten = kept.clone()
        fits = min(n, size - start)
        forgotten[start : start + fits] = rows[:fits]
        shifted = kept.clone()
        shifted[:n] = rows
        expect_equal(
            memory,
            want,
            usual=[
                (forgotten, "rows beyond the last place are lost; go on at place 0"),
                (shifted, "these went to the first places; go on at place count"),
                (
                    _placed(kept, rows.flip(0), count),
                    "the first of the rows goes to the first place",
                ),
                (_placed(kept, rows, count + 1), "start at place count, not one later"),
            ],
            why="row i goes to the place count + i, and after the last place comes place 0",
        )
        if got is None:
            raise Wrong("your function returned None; return the new count")
        if isinstance(got, bool) or not isinstance(got, int):
            raise Wrong(f"return the new count, an int; this is a {type(got).__name__}")
        if got == count + n:
            return
        if got == (count + n) % size:
            raise Wrong("the count goes on growing beyond size; only the places start again")
        if got == min(count + n, size):
            raise Wrong("the count goes on growing beyond size; it says where to store next")
        raise Wrong(f"the new count is count and the number of rows, {count + n}; this is {got}")


def _placed(memory: torch.Tensor, rows: torch.Tensor, start: int) -> torch.Tensor:
    """A copy of the memory with rows written round from a place."""
    copy = memory.clone()
    copy[torch.arange(start, start + len(rows)) % len(memory)] = rows
    return copy
