"""Answers to the exercises of 02/09, random numbers."""

import random

import numpy as np
import torch

from check_cases import Cases


def own_generator(X, y, seed):
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
    return X[order], y[order]


def own_python_generator(X, y, seed):
    order = random.Random(seed).sample(range(len(X)), len(X))
    return X[order], y[order]


def own_numpy_generator(X, y, seed):
    order = torch.from_numpy(np.random.default_rng(seed).permutation(len(X)))
    return X[order], y[order]


def shuffled_in_place(X, y, seed):
    order = list(range(len(X)))
    random.Random(seed).shuffle(order)
    return torch.stack([X[at] for at in order]), torch.stack([y[at] for at in order])


def by_sorting_random_numbers(X, y, seed):
    order = torch.rand(len(X), generator=torch.Generator().manual_seed(seed)).argsort()
    return X[order], y[order]


def through_one_float_table(X, y, seed):
    table = torch.cat([X.float(), y[:, None].float()], dim=1)
    (table,) = own_generator(table, y, seed)[:1]
    return table[:, :-1].to(X.dtype), table[:, -1].to(y.dtype)


def never_in_its_place(X, y, seed):
    dice, order = random.Random(seed), list(range(len(X)))
    for i in range(len(order) - 1, 0, -1):
        j = dice.randrange(i)
        order[i], order[j] = order[j], order[i]
    return X[order], y[order]


def last_stays_last(X, y, seed):
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(X) - 1, generator=generator)
    order = torch.cat([order, torch.tensor([len(X) - 1])])
    return X[order], y[order]


def halves_apart(X, y, seed):
    generator, half = torch.Generator().manual_seed(seed), len(X) // 2
    first = torch.randperm(half, generator=generator)
    order = torch.cat([first, half + torch.randperm(len(X) - half, generator=generator)])
    return X[order], y[order]


def global_seed(X, y, seed):
    torch.manual_seed(seed)
    order = torch.randperm(len(X))
    return X[order], y[order]


def global_numpy_seed(X, y, seed):
    np.random.seed(seed)
    order = torch.from_numpy(np.random.permutation(len(X)))
    return X[order], y[order]


def python_seed(X, y, seed):
    random.seed(seed)
    order = random.sample(range(len(X)), len(X))
    return X[order], y[order]


def sorted_by_label(X, y, seed):
    order = (y * (seed + 3) % 23).argsort()
    return X[order], y[order]


def columns_shuffled(X, y, seed):
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(seed))
    return X[order].flip(1), y[order]


def two_orders(X, y, seed):
    generator = torch.Generator().manual_seed(seed)
    X = X[torch.randperm(len(X), generator=generator)]
    return X, y[torch.randperm(len(y), generator=generator)]


def seed_ignored(X, y, seed):
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(0))
    return X[order], y[order]


def seeded_by_chance(X, y, seed):
    generator = torch.Generator()
    generator.seed()
    order = torch.randperm(len(X), generator=generator)
    return X[order], y[order]


def with_replacement(X, y, seed):
    generator = torch.Generator().manual_seed(seed)
    order = torch.randint(len(X), (len(X),), generator=generator)
    return X[order], y[order]


def of_own_generator(X, size, num_epochs, seed):
    generator = torch.Generator().manual_seed(seed)
    for _ in range(num_epochs):
        order = torch.randperm(len(X), generator=generator)
        for start in range(0, len(X), size):
            yield X[order[start : start + size]]


def split_by_torch(X, size, num_epochs, seed):
    generator = torch.Generator().manual_seed(seed)
    orders = [torch.randperm(len(X), generator=generator) for _ in range(num_epochs)]
    return [X[part] for order in orders for part in order.split(size)]


def by_python(X, size, num_epochs, seed):
    dice, order = random.Random(seed), list(range(len(X)))
    for _ in range(num_epochs):
        dice.shuffle(order)
        for start in range(0, len(X), size):
            yield torch.stack([X[at] for at in order[start : start + size]])


def with_fork(X, size, num_epochs, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        orders = [torch.randperm(len(X)) for _ in range(num_epochs)]
    return [X[part] for order in orders for part in order.split(size)]


def globally_at_first(X, size, num_epochs, seed):
    torch.manual_seed(seed)
    for _ in range(num_epochs):
        yield from X[torch.randperm(len(X))].split(size)


def globally_each_epoch(X, size, num_epochs, seed):
    for epoch in range(num_epochs):
        torch.manual_seed(1000 * seed + epoch)
        yield from X[torch.randperm(len(X))].split(size)


def globally_in_a_list(X, size, num_epochs, seed):
    return [*globally_at_first(X, size, num_epochs, seed)]


def same_each_epoch(X, size, num_epochs, seed):
    for _ in range(num_epochs):
        generator = torch.Generator().manual_seed(seed)
        yield from X[torch.randperm(len(X), generator=generator)].split(size)


def last_dropped(X, size, num_epochs, seed):
    generator = torch.Generator().manual_seed(seed)
    for _ in range(num_epochs):
        order = torch.randperm(len(X), generator=generator)
        for start in range(0, len(X) - size + 1, size):
            yield X[order[start : start + size]]


def drawn_each_batch(X, size, num_epochs, seed):
    generator = torch.Generator().manual_seed(seed)
    for _ in range(num_epochs):
        for start in range(0, len(X), size):
            count = min(size, len(X) - start)
            yield X[torch.randint(len(X), (count,), generator=generator)]


def batches_shuffled(X, size, num_epochs, seed):
    generator = torch.Generator().manual_seed(seed)
    for _ in range(num_epochs):
        parts = X.split(size)
        for at in torch.randperm(len(parts), generator=generator).tolist():
            yield parts[at]


def unseeded(X, size, num_epochs, seed):
    generator = torch.Generator()
    generator.seed()
    for _ in range(num_epochs):
        yield from X[torch.randperm(len(X), generator=generator)].split(size)


def never_ends(X, size, num_epochs, seed):
    generator = torch.Generator().manual_seed(seed)
    while True:
        yield from X[torch.randperm(len(X), generator=generator)].split(size)


def rolled(X, size, num_epochs, seed):
    for epoch in range(num_epochs):
        yield from X.roll(seed + epoch + 1, 0).split(size)


def by_loader(X, size, num_epochs, seed):
    generator = torch.Generator().manual_seed(seed)
    loader = torch.utils.data.DataLoader(X, size, shuffle=True, generator=generator)
    for _ in range(num_epochs):
        yield from loader


def a_list_for_each_epoch(X, size, num_epochs, seed):
    generator = torch.Generator().manual_seed(seed)
    orders = [torch.randperm(len(X), generator=generator) for _ in range(num_epochs)]
    return [list(X[order].split(size)) for order in orders]


def an_empty_batch(X, size, num_epochs, seed):
    generator = torch.Generator().manual_seed(seed)
    for _ in range(num_epochs):
        order = torch.randperm(len(X), generator=generator)
        for at in range(len(X) // size + 1):
            yield X[order[at * size : (at + 1) * size]]


def one_tensor(X, size, num_epochs, seed):
    return torch.cat([*of_own_generator(X, size, num_epochs, seed)])


def from_the_state(state, count):
    generator = torch.Generator()
    generator.set_state(state)
    numbers = torch.randn(count, generator=generator)
    return numbers, generator.get_state()


def in_a_fork(state, count):
    with torch.random.fork_rng():
        torch.set_rng_state(state)
        return torch.randn(count), torch.get_rng_state()


def by_normal_(state, count):
    generator = torch.Generator()
    generator.set_state(state)
    return torch.empty(count).normal_(generator=generator), generator.get_state()


def one_by_one(state, count):
    generator = torch.Generator()
    generator.set_state(state)
    draws = [torch.randn(1, generator=generator) for _ in range(count)]
    return torch.cat(draws) if draws else torch.empty(0), generator.get_state()


def in_the_global(state, count):
    torch.set_rng_state(state)
    return torch.randn(count), torch.get_rng_state()


def state_too_early(state, count):
    generator = torch.Generator()
    generator.set_state(state)
    return torch.randn(count, generator=generator), state


def seed_anew(state, count):
    generator = torch.Generator()
    generator.set_state(state)
    generator.manual_seed(generator.initial_seed())
    return torch.randn(count, generator=generator), generator.get_state()


def uniform(state, count):
    generator = torch.Generator()
    generator.set_state(state)
    return torch.rand(count, generator=generator), generator.get_state()


def twenty_at_least(state, count):
    generator = torch.Generator()
    generator.set_state(state)
    return torch.randn(20, generator=generator)[:count], generator.get_state()


def one_draw_more(state, count):
    generator = torch.Generator()
    generator.set_state(state)
    numbers = torch.randn(count, generator=generator)
    torch.randn(1, generator=generator)
    return numbers, generator.get_state()


def generator_returned(state, count):
    generator = torch.Generator()
    generator.set_state(state)
    return torch.randn(count, generator=generator), generator


def set_state_forgotten(state, count):
    generator = torch.Generator()
    return torch.randn(count, generator=generator), generator.get_state()


def fresh_generator(state, count):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(count, generator=generator), generator.get_state()


CASES = {
    "02.9a": Cases(
        solution=own_generator,
        also_right=[
            own_python_generator,
            own_numpy_generator,
            shuffled_in_place,
            by_sorting_random_numbers,
            lambda X, y, seed: [*own_generator(X, y, seed)],
        ],
        wrong=[
            (global_seed, "a global generator was moved"),
            (global_numpy_seed, "a global generator was moved"),
            (two_orders, "no longer belong together"),
            (seed_ignored, "seeds 0 and 1 gave the same order"),
            (seeded_by_chance, "the same seed gave two orders"),
            (with_replacement, "`randperm` draws each once"),
            (lambda X, y, seed: (X, y), "in their old order"),
            (lambda X, y, seed: own_generator(X, y, seed)[0], "X and y; got a tensor"),
            (lambda X, y, seed: (X.roll(seed + 1, 0), y.roll(seed + 1)), "neighbours stay"),
            (lambda X, y, seed: (X.flip(0), y.flip(0)), "neighbours stay neighbours"),
            (lambda X, y, seed: own_generator(X, y, seed % 2), "two seeds gave the same order"),
            (lambda X, y, seed: own_generator(X, y, seed % 1000), "two seeds gave the same order"),
            (lambda X, y, seed: own_generator(X, y, seed & 255), "two seeds gave the same order"),
            (through_one_float_table, "some rows or labels are missing"),
            (never_in_its_place, "only 2 of the 6 orders"),
            (last_stays_last, "only 2 of the 6 orders"),
            (halves_apart, "only 2 of the 6 orders"),
            (sorted_by_label, "depends on what is in"),
            (lambda X, y, seed: own_generator(X[1:], y[1:], seed), "expected shape (20, 2)"),
            (lambda X, y, seed: [part.abs() for part in own_generator(X, y, seed)], "are missing"),
            (columns_shuffled, "some rows or labels are missing"),
            (python_seed, "a global generator was moved"),
            (lambda X, y, seed: own_generator(X, y, seed)[::-1], "X first, then y"),
        ],
    ),
    "02.9b": Cases(
        solution=of_own_generator,
        also_right=[split_by_torch, by_python, with_fork, by_loader],
        wrong=[
            (globally_at_first, "draws elsewhere, between two batches, changed the order"),
            (globally_each_epoch, "a global generator was moved"),
            (globally_in_a_list, "a global generator was moved"),
            (same_each_epoch, "two epochs have the same order"),
            (last_dropped, "the last of an epoch may be smaller"),
            (drawn_each_batch, "`randperm` draws each once"),
            (batches_shuffled, "expected shape (5, 2)"),
            (unseeded, "changed the order"),
            (never_ends, "got more"),
            (rolled, "of the 6 orders of 3 rows"),
            (one_tensor, "this is one tensor"),
            (lambda X, size, num_epochs, seed: X.split(size) * num_epochs, "in their old order"),
            (lambda X, size, num_epochs, seed: 3, "raised TypeError"),
            (lambda X, size, num_epochs, seed: print(X.split(size)), "is a `return` missing?"),
            (lambda X, size, num_epochs, seed: split_by_torch(X, size, num_epochs, 0), "two seeds"),
            (lambda X, size, num_epochs, seed: split_by_torch(X, size, 1, seed), "one epoch"),
            (lambda X, size, num_epochs, seed: split_by_torch(X, size, 2, seed), "expected 9"),
            (a_list_for_each_epoch, "a list of its own"),
            (an_empty_batch, "a batch has no rows"),
        ],
    ),
    "02.9c": Cases(
        solution=from_the_state,
        also_right=[in_a_fork, by_normal_, lambda state, count: [*from_the_state(state, count)]],
        wrong=[
            (one_by_one, "these were drawn one by one"),
            (in_the_global, "a global generator was moved"),
            (state_too_early, "this is the state before the draws"),
            (seed_anew, "these are the first of the stream"),
            (uniform, "these are from `rand`"),
            (twenty_at_least, "`count` numbers, and no more"),
            (one_draw_more, "is not that of the generator after the draws"),
            (generator_returned, "expected a tensor"),
            (set_state_forgotten, "give a generator the state"),
            (fresh_generator, "these are the first of the stream"),
            (lambda state, count: from_the_state(state, count)[0], "the numbers and the state"),
            (lambda state, count: from_the_state(state, count)[::-1], "expected"),
        ],
        equivalent={
            "return (numbers, abs(generator.get_state()))": "bytes are never negative",
        },
    ),
}
