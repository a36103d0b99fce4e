"""Answers to the exercises of 02/08, the tensor API."""

import random

import numpy as np
import torch
import torch.nn.functional as F

from check_cases import Cases


def without_keepdim(x, dim):
    return x / x.sum(dim)


def in_place(x, dim):
    x /= x.sum(dim, keepdim=True)
    return x


def into_empty_like(x, dim):
    parts = torch.empty_like(x)
    for at in range(x.shape[dim]):
        parts.select(dim, at)[...] = x.select(dim, at) / x.sum(dim)
    return parts


def by_loops(Q, K, dtype=None):
    result = torch.empty(len(Q), Q.shape[1], K.shape[1], dtype=dtype or Q.dtype)
    for b in range(len(Q)):
        for q in range(Q.shape[1]):
            for k in range(K.shape[1]):
                result[b, q, k] = Q[b, q].dot(K[b, k])
    return result


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


CASES = {
    "02.8a": Cases(
        solution=lambda x, dim: x / x.sum(dim, keepdim=True),
        also_right=[
            lambda x, dim: x / x.sum(dim).unsqueeze(dim),
            lambda x, dim: x.movedim(dim, 0).div(x.sum(dim)).movedim(0, dim),
        ],
        wrong=[
            (without_keepdim, "stand along another dimension: `keepdim`"),
            (in_place, "changed its input"),
            (into_empty_like, "cannot hold shares"),
            (lambda x, dim: x / x.sum(), "sum of all elements"),
            (lambda x, dim: x.sum(dim, keepdim=True), "these are the sums"),
            (lambda x, dim: x / x.sum(1, keepdim=True), "shares along 1"),
            (lambda x, dim: x / x.sum(0), "shares along 0"),
            (lambda x, dim: x / x.sum(dim)[:, None], "whatever `dim` is"),
            (lambda x, dim: x / x.mean(dim, keepdim=True), "divides by the mean"),
            (lambda x, dim: x.softmax(dim), "sum of its own line along `dim`"),
            (lambda x, dim: print(x / x.sum(dim, keepdim=True)), "is a `return` missing?"),
            (
                lambda x, dim: F.normalize(x.double(), p=1, dim=dim).to(x.dtype),
                "cannot hold shares",
            ),
            (lambda x, dim: F.normalize(x + 0.0, p=1, dim=dim), "not of their absolute values"),
            (lambda x, dim: x / x.sum(dim, keepdim=True).clamp(min=1e-9), "its own line along"),
            (lambda x, dim: x / x.abs().sum(dim, keepdim=True), "not of their absolute values"),
            (lambda x, dim: (x / x.sum(dim, keepdim=True)).abs(), "its own line along"),
            (lambda x, dim: F.normalize(x + 0.0, dim=dim), "its own line along"),
            (lambda x, dim: x / x.amax(dim, keepdim=True), "its own line along"),
            (lambda x, dim: (x / x.sum(dim, keepdim=True)).float(), "expected dtype torch.float64"),
            (lambda x, dim: 100 * x / x.sum(dim, keepdim=True), "its own line along"),
            (lambda x, dim: x / (x.sum(dim, keepdim=True) + 1e-8), "add nothing to them"),
            (
                lambda x, dim: (x / x.sum(dim, keepdim=True)).round(decimals=3),
                "its own line along",
            ),
            (lambda x, dim: x / x.sum(dim, keepdim=True).float(), "need the dtype of `x`"),
        ],
    ),
    "02.8b": Cases(
        solution=lambda Q, K: torch.einsum("bqd,bkd->bqk", Q, K),
        also_right=[
            lambda Q, K: Q @ K.transpose(1, 2),
            by_loops,
            lambda Q, K: torch.stack([q @ k.T for q, k in zip(Q, K, strict=True)]),
        ],
        wrong=[
            (lambda Q, K: Q @ K, "raised RuntimeError"),
            (lambda Q, K: torch.einsum("bqd,bkd->bkq", Q, K), "are swapped"),
            (lambda Q, K: torch.einsum("bqd,bkd->qk", Q, K), "the examples are summed"),
            (lambda Q, K: torch.einsum("aqd,bkd->abqk", Q, K), "one letter `b`"),
            (lambda Q, K: torch.einsum("bqd,bkd->bqkd", Q, K), "not summed"),
            (lambda Q, K: torch.einsum("bqd,bke->bqk", Q, K), "same letter for d"),
            (lambda Q, K: (Q @ K.mT).softmax(-1), "after a softmax"),
            (lambda Q, K: Q @ K.mT / Q.shape[-1] ** 0.5, "divided by the root of d"),
            (lambda Q, K: Q @ K.reshape(len(K), K.shape[2], K.shape[1]), "the sum over d of"),
            (lambda Q, K: (Q @ K.mT).abs(), "the sum over d of"),
            (lambda Q, K: (Q @ K.mT).relu(), "the sum over d of"),
            (lambda Q, K: torch.cdist(Q, K), "the sum over d of"),
            (lambda Q, K: F.cosine_similarity(Q[:, :, None], K[:, None], dim=-1), "the sum over d"),
            (lambda Q, K: (Q[:, :, None] * K[:, None]).mean(-1), "the sum over d"),
            (lambda Q, K: Q[0] @ K[0].T, "expected shape"),
            (lambda Q, K: Q.float() @ K.float().mT, "keep the dtype of `Q` and `K`"),
            (lambda Q, K: by_loops(Q, K, torch.float32), "keep the dtype of `Q` and `K`"),
            (lambda Q, K: torch.stack([Q[0] @ k.T for k in K]), "the sum over d"),
        ],
    ),
    "02.8c": Cases(
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
}
