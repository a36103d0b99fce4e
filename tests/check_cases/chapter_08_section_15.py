"""Answers to the exercises of 08/15, deep Q-learning on a cart and pole."""

import torch

from check_cases import Cases


def double_target(reward, q_net, q_slow, fell, gamma):
    action = q_net.argmax(dim=1, keepdim=True)
    ahead = q_slow.gather(1, action)[:, 0]
    return reward + gamma * torch.where(fell, 0.0, ahead)


def by_rows(reward, q_net, q_slow, fell, gamma):
    ahead = q_slow[torch.arange(len(q_slow)), q_net.max(dim=1).indices]
    return reward + gamma * ahead * ~fell


def by_filling(reward, q_net, q_slow, fell, gamma):
    ahead = q_slow.take_along_dim(q_net.argmax(1)[:, None], 1).squeeze(1)
    return torch.add(reward, ahead.masked_fill(fell, 0), alpha=gamma)


def by_loop(reward, q_net, q_slow, fell, gamma):
    found = reward.clone()
    for i in range(len(reward)):
        if not fell[i]:
            found[i] += gamma * q_slow[i, q_net[i].argmax()]
    return found


def square(reward, q_net, q_slow, fell, gamma):
    ahead = q_slow.gather(1, q_net.argmax(dim=1)[:, None])
    return reward + gamma * ahead * ~fell


def square_other(reward, q_net, q_slow, fell, gamma):
    ahead = q_slow.gather(1, q_net.argmax(dim=1)[:, None])
    return reward + gamma * ahead * ~fell[:, None]


def square_blind(reward, q_net, q_slow, fell, gamma):
    return reward + gamma * q_slow.gather(1, q_net.argmax(dim=1)[:, None])


def one_dimension(reward, q_net, q_slow, fell, gamma):
    return reward + gamma * q_slow.gather(1, q_net.argmax(dim=1))


def reward_gone(reward, q_net, q_slow, fell, gamma):
    return double_target(reward, q_net, q_slow, fell, gamma) * ~fell


def section_alone(reward, q_net, q_slow, fell, gamma):
    ahead = q_slow.gather(1, q_net.argmax(dim=1)[:, None])[:, 0]
    return torch.where(fell, -1.0, gamma * ahead)


def store(memory, count, rows):
    places = torch.arange(count, count + len(rows)) % len(memory)
    memory[places] = rows
    return count + len(rows)


def by_parts(memory, count, rows):
    start = count % len(memory)
    fits = min(len(rows), len(memory) - start)
    memory[start : start + fits] = rows[:fits]
    memory[: len(rows) - fits] = rows[fits:]
    return count + len(rows)


def by_copy(memory, count, rows):
    memory.index_copy_(0, torch.arange(count, count + len(rows)).remainder(len(memory)), rows)
    return len(rows) + count


def stored_by_loop(memory, count, rows):
    for i, row in enumerate(rows):
        memory[(count + i) % len(memory)] = row
    return count + len(rows)


def lost(memory, count, rows):
    start = count % len(memory)
    fits = min(len(rows), len(memory) - start)
    memory[start : start + fits] = rows[:fits]
    return count + len(rows)


def no_remainder(memory, count, rows):
    memory[count : count + len(rows)] = rows
    return count + len(rows)


def always_first(memory, count, rows):
    memory[: len(rows)] = rows
    return count + len(rows)


def turned(memory, count, rows):
    return store(memory, count, rows.flip(0))


def one_later(memory, count, rows):
    store(memory, count + 1, rows)
    return count + len(rows)


def elsewhere(memory, count, rows):
    return store(memory.clone(), count, rows)


def count_wraps(memory, count, rows):
    return store(memory, count, rows) % len(memory)


def count_stops(memory, count, rows):
    return min(store(memory, count, rows), len(memory))


def no_count(memory, count, rows):
    store(memory, count, rows)


def old_count(memory, count, rows):
    store(memory, count, rows)
    return count


def count_of_places(memory, count, rows):
    return torch.tensor(store(memory, count, rows))


def spoiled(memory, count, rows):
    count = store(memory, count, rows)
    rows.zero_()
    return count


CASES = {
    "08.15a": Cases(
        solution=double_target,
        also_right=[by_rows, by_filling],
        wrong=[
            (by_loop, "there is a loop"),
            (square, "were broadcast"),
            (square_other, "were broadcast"),
            (square_blind, "were broadcast"),
            (one_dimension, "same number of dimensions"),
            (reward_gone, "reward stays"),
            (section_alone, "rewards that are given"),
            (lambda r, q, s, fell, gamma: double_target(r, s, q, fell, gamma), "are swapped"),
            (lambda r, q, s, fell, gamma: double_target(r, s, s, fell, gamma), "let q_net"),
            (lambda r, q, s, fell, gamma: double_target(r, q, q, fell, gamma), "q_slow says"),
            (lambda r, q, s, fell, gamma: double_target(r, q, s, ~fell, gamma), "falls are"),
            (lambda r, q, s, fell, gamma: double_target(r, q, s, fell, 1.0), "by gamma"),
            (
                lambda r, q, s, fell, gamma: double_target(r, q, s, fell & False, gamma),
                "nothing follows a fall",
            ),
            (
                lambda r, q, s, fell, gamma: double_target(r, q, s, fell, gamma)[:, None],
                "one dimension",
            ),
            (lambda r, q, s, fell, gamma: r + gamma * q.argmax(1) * ~fell, "gives a place"),
            (lambda r, q, s, fell, gamma: double_target(0 * r, q, s, fell, gamma), "add the"),
        ],
        equivalent={
            "ahead = q_slow.gather(1, action)[:, -1]": "a single column is also the last",
            "worth = judging.gather(1, place)[:, -1]": "a single column is also the last",
        },
    ),
    "08.15b": Cases(
        solution=store,
        also_right=[by_parts, by_copy],
        wrong=[
            (stored_by_loop, "there is a loop"),
            (lost, "beyond the last place are lost"),
            (no_remainder, "lies beyond the memory"),
            (always_first, "the first places"),
            (turned, "the first of the rows"),
            (one_later, "not one later"),
            (elsewhere, "memory is as it was"),
            (count_wraps, "goes on growing"),
            (count_stops, "goes on growing"),
            (no_count, "return the new count"),
            (old_count, "the new count is count and"),
            (count_of_places, "an int"),
            (spoiled, "changed rows"),
        ],
        equivalent={
            "return abs(count + len(rows))": "counts are never negative",
            "return int(count + len(rows))": "a count is an int already",
        },
    ),
}
