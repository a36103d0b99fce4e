"""Answers to the exercises of 02/06, the tensor API."""

import random

import numpy as np
import torch

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


def by_loops(Q, K):
    result = torch.empty(len(Q), Q.shape[1], K.shape[1])
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


def global_seed(X, y, seed):
    torch.manual_seed(seed)
    order = torch.randperm(len(X))
    return X[order], y[order]


def global_numpy_seed(X, y, seed):
    np.random.seed(seed)
    order = torch.from_numpy(np.random.permutation(len(X)))
    return X[order], y[order]


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
    "02.6a": Cases(
        solution=lambda x, dim: x / x.sum(dim, keepdim=True),
        also_right=[lambda x, dim: x / x.sum(dim).unsqueeze(dim)],
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
        ],
    ),
    "02.6b": Cases(
        solution=lambda Q, K: torch.einsum("bqd,bkd->bqk", Q, K),
        also_right=[lambda Q, K: Q @ K.transpose(1, 2), by_loops],
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
        ],
    ),
    "02.6c": Cases(
        solution=own_generator,
        also_right=[own_python_generator, own_numpy_generator],
        wrong=[
            (global_seed, "a global generator was moved"),
            (global_numpy_seed, "a global generator was moved"),
            (two_orders, "no longer belong together"),
            (seed_ignored, "seeds 0 and 1 gave the same order"),
            (seeded_by_chance, "the same seed gave two orders"),
            (with_replacement, "`randperm` draws each once"),
            (lambda X, y, seed: (X, y), "in their old order"),
            (lambda X, y, seed: own_generator(X, y, seed)[0], "expected a tuple"),
            (lambda X, y, seed: own_generator(X, y, seed)[::-1], "X first, then y"),
        ],
    ),
}
