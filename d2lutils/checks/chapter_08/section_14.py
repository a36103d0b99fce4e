"""Checks of 08/14, learning from a late score."""

from typing import Any

import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.watching import loops


@exercise("08.14a")
def returns(answer: Any) -> None:
    """The return of each step of one walk."""
    for numbers, gamma, dtype in [
        ([0.0, 0.0, 1.0], 0.5, torch.float32),
        ([1.0, -2.0, 0.5, 0.0, 4.0], 0.9, torch.float32),
        ([-1.5, 3.0, -0.25, 2.0], 0.3, torch.float64),
        ([2.0, -1.0, 3.0], 1.0, torch.float32),
        ([2.0, -1.0, 3.0], 0.0, torch.float32),
        ([-0.75], 0.9, torch.float32),
        ([], 0.9, torch.float32),
    ]:
        rewards = torch.tensor(numbers, dtype=dtype)
        with given(rewards=rewards, gamma=gamma):
            got = expect_tensor(call(answer, rewards, gamma))
            want = _returns(rewards, gamma)
            powers = gamma ** torch.arange(len(rewards), dtype=dtype)
            forward = _returns(rewards.flip(0), gamma)
            expect_equal(
                got,
                want,
                usual=[
                    (forward.flip(0), "this adds what came before; a return adds what follows"),
                    (forward, "this adds what came before; a return adds what follows"),
                    (want.flip(0), "the order is reversed; the first return belongs to step 0"),
                    (_returns(rewards, 1.0), "multiply by gamma what follows"),
                    (
                        want - rewards,
                        "a step's own reward belongs to its return",
                    ),
                    (gamma * want, "a step's own reward counts in full; discount what follows"),
                    (
                        (powers * rewards).flip(0).cumsum(0).flip(0),
                        "the discount counts from the step itself, not from the start of the walk",
                    ),
                    (want[:1].sum(), "this is the return of step 0; return one for each step"),
                    (want[:1], "this is the return of step 0; return one for each step"),
                    (want[:, None], "return one dimension, (L,)"),
                    (powers * rewards, "add up what follows"),
                    (
                        rewards + gamma * torch.cat([rewards[1:], rewards[:0], rewards[:1] * 0]),
                        "add the next step's return, not its reward alone",
                    ),
                ],
                why="go from the last step to the first: reward + gamma * the return after it",
            )


@exercise("08.14b")
def targets(answer: Any) -> None:
    """The targets of Q-learning for a batch of steps, ends included."""
    for n, actions, gamma, dtype, seed in [
        (6, 4, 0.9, torch.float32, 0),
        (4, 4, 0.5, torch.float32, 1),
        (5, 1, 0.9, torch.float64, 2),
        (1, 3, 0.99, torch.float32, 3),
        (0, 2, 0.9, torch.float32, 4),
        (3, 5, 1.0, torch.float32, 5),
    ]:
        g = torch.Generator().manual_seed(seed)
        rewards = torch.randn(n, generator=g, dtype=dtype)
        values = torch.randn(n, actions, generator=g, dtype=dtype) - 0.5
        ended = torch.arange(n) % 3 == 1
        with given(rewards=rewards, Q_after=values, terminated=ended, gamma=gamma):
            got = expect_tensor(call(answer, rewards, values, ended, gamma))
            expect_equal(
                got,
                _targets(rewards, values.amax(dim=1), ended, gamma),
                usual=_usual(rewards, values, ended, gamma),
                why="reward + gamma * the best of each row, and the reward alone at an end",
            )
    if loops(answer):
        raise Wrong("the numbers are right, but there is a loop; use amax over a dimension")


def _usual(
    rewards: torch.Tensor, values: torch.Tensor, ended: torch.Tensor, gamma: float
) -> list[tuple[object, str]]:
    """What usual mistakes give, each with its hint."""
    best, never = values.amax(dim=1), torch.zeros_like(ended)
    want = _targets(rewards, best, ended, gamma)
    column = rewards + gamma * (best * ~ended)[:, None]
    blind = rewards + gamma * best[:, None]
    end = "nothing follows an end; there the target is the reward alone"
    square = "this has N×N numbers: (N, 1) and (N,) were broadcast; take amax without keepdim"
    usual: list[tuple[object, str]] = [
        (_targets(rewards, best, never, gamma), end),
        (_targets(rewards, best, ~ended, gamma), "the ends are swapped with the other steps"),
        (want * ~ended, "at an end the reward stays; leave out only what follows"),
        (column, square),
        (column.T, square),
        (blind, square),
        (want[:, None], "return one dimension, (N,)"),
        (_targets(rewards, best, ended, 1.0), "multiply by gamma what follows"),
        (gamma * (rewards + best * ~ended), "the reward is not discounted, only what follows"),
        (gamma * best * ~ended, "add the reward"),
        (
            _targets(rewards, values.mean(dim=1), ended, gamma),
            "take the best action of each row, not the mean",
        ),
        (
            _targets(rewards, values.argmax(dim=1).to(rewards), ended, gamma),
            "argmax gives the place of the best number; take the number",
        ),
        (_targets(rewards, values.abs().amax(dim=1), ended, gamma), "do not drop the signs"),
        (
            _targets(rewards, best.clamp(min=0), ended, gamma),
            "the best number of a row may be below 0; set ends to 0 after the maximum",
        ),
    ]
    if len(rewards):
        overall = _targets(rewards, values.amax().expand(len(rewards)), ended, gamma)
        usual.append((overall, "this is the best of all rows; take the best of each"))
    if values.shape[0] == values.shape[1]:
        wrong = _targets(rewards, values.amax(dim=0), ended, gamma)
        usual.append((wrong, "this is the best of each column; a row belongs to a step"))
    return usual


def _targets(
    rewards: torch.Tensor, ahead: torch.Tensor, ended: torch.Tensor, gamma: float
) -> torch.Tensor:
    """The reward and the discounted value ahead, left out at the ends."""
    return rewards + gamma * torch.where(ended, torch.zeros_like(ahead), ahead)


def _returns(rewards: torch.Tensor, gamma: float) -> torch.Tensor:
    """The return of each step, added up from the last."""
    result = torch.zeros_like(rewards)
    ahead = torch.zeros((), dtype=rewards.dtype)
    for step in reversed(range(len(rewards))):
        ahead = rewards[step] + gamma * ahead
        result[step] = ahead
    return result
