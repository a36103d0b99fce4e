"""Answers to the exercises of 08/14, learning from a late score."""

import torch

from check_cases import Cases


def returns(rewards, gamma):
    result = torch.zeros_like(rewards)
    ahead = 0.0
    for step in reversed(range(len(rewards))):
        ahead = rewards[step] + gamma * ahead
        result[step] = ahead
    return result


def by_list(rewards, gamma):
    found, ahead = [], 0.0
    for reward in reversed(rewards.tolist()):
        ahead = reward + gamma * ahead
        found.insert(0, ahead)
    return torch.tensor(found, dtype=rewards.dtype)


def by_matrix(rewards, gamma):
    step = torch.arange(len(rewards))
    apart = (step - step[:, None]).clamp(min=0).to(rewards.dtype)
    return (gamma**apart).triu() @ rewards


def forward(rewards, gamma):
    result, score = torch.zeros_like(rewards), 0.0
    for step in range(len(rewards)):
        score = rewards[step] + gamma * score
        result[step] = score
    return result


def from_the_start(rewards, gamma):
    powers = gamma ** torch.arange(len(rewards), dtype=rewards.dtype)
    return (powers * rewards).flip(0).cumsum(0).flip(0)


def next_reward_alone(rewards, gamma):
    result = rewards.clone()
    result[:-1] += gamma * rewards[1:]
    return result


def in_place(rewards, gamma):
    for step in reversed(range(len(rewards) - 1)):
        rewards[step] += gamma * rewards[step + 1]
    return rewards


def first_alone(rewards, gamma):
    return sum(gamma**k * reward for k, reward in enumerate(rewards))


def targets(rewards, Q_after, terminated, gamma):
    ahead = Q_after.amax(dim=1)
    ahead = torch.where(terminated, 0.0, ahead)
    return rewards + gamma * ahead


def by_factor(rewards, Q_after, terminated, gamma):
    return rewards + gamma * Q_after.max(dim=1).values * ~terminated


def by_filling(rewards, Q_after, terminated, gamma):
    best = Q_after.max(-1)[0].masked_fill(terminated, 0)
    return torch.add(rewards, best, alpha=gamma)


def by_loop(rewards, Q_after, terminated, gamma):
    found = torch.zeros_like(rewards)
    for i in range(len(rewards)):
        found[i] = rewards[i] + (0 if terminated[i] else gamma * Q_after[i].max())
    return found


def square(rewards, Q_after, terminated, gamma):
    best = Q_after.amax(dim=1, keepdim=True)
    return rewards + gamma * best * ~terminated[:, None]


def square_other(rewards, Q_after, terminated, gamma):
    return rewards + gamma * Q_after.amax(dim=1, keepdim=True)


CASES = {
    "08.14a": Cases(
        solution=returns,
        also_right=[by_list, by_matrix],
        wrong=[
            (forward, "what came before"),
            (from_the_start, "from the step itself"),
            (next_reward_alone, "not its reward alone"),
            (in_place, "changed its input"),
            (first_alone, "one for each step"),
            (lambda rewards, gamma: returns(rewards, gamma).flip(0), "order is reversed"),
            (lambda rewards, gamma: rewards.flip(0).cumsum(0).flip(0), "by gamma what follows"),
            (lambda rewards, gamma: gamma * returns(rewards, gamma), "counts in full"),
            (lambda rewards, gamma: returns(rewards, gamma) - rewards, "own reward belongs"),
            (lambda rewards, gamma: returns(rewards, gamma).tolist(), "expected a tensor"),
            (lambda rewards, gamma: returns(rewards, gamma).sum(), "reward + gamma"),
        ],
    ),
    "08.14b": Cases(
        solution=targets,
        also_right=[by_factor, by_filling],
        wrong=[
            (by_loop, "there is a loop"),
            (square, "were broadcast"),
            (square_other, "were broadcast"),
            (lambda r, Q, ends, gamma: r + gamma * Q.amax(dim=1), "nothing follows an end"),
            (lambda r, Q, ends, gamma: r + gamma * Q.amax(dim=1) * ends, "swapped"),
            (lambda r, Q, ends, gamma: (r + gamma * Q.amax(dim=1)) * ~ends, "reward stays"),
            (lambda r, Q, ends, gamma: r + Q.amax(dim=1) * ~ends, "multiply by gamma"),
            (lambda r, Q, ends, gamma: gamma * (r + Q.amax(1) * ~ends), "not discounted"),
            (lambda r, Q, ends, gamma: r + gamma * Q.mean(1) * ~ends, "not the mean"),
            (lambda r, Q, ends, gamma: r + gamma * Q.argmax(1) * ~ends, "the place of the best"),
            (lambda r, Q, ends, gamma: r + gamma * Q.max() * ~ends, "best of all rows"),
            (lambda r, Q, ends, gamma: gamma * Q.amax(1) * ~ends, "add the reward"),
        ],
    ),
}
