"""Answers to the exercises of 08/23, self-attention and what it may see."""

import torch
from torch.nn import functional as F

from check_cases import Cases


def masked(Q, K, V, allowed):
    scores = Q @ K.mT / Q.shape[-1] ** 0.5
    scores = scores.masked_fill(~allowed, -torch.inf)
    weights = scores.softmax(dim=-1).masked_fill(~allowed, 0)
    return weights @ V


def by_powers(Q, K, V, allowed):
    powers = torch.exp(Q @ K.transpose(-1, -2) / Q.shape[-1] ** 0.5) * allowed
    total = powers.sum(dim=-1, keepdim=True)
    return torch.where(total > 0, powers / total.clamp(min=1e-300), 0.0) @ V


def by_where(Q, K, V, allowed):
    scores = torch.where(allowed, Q @ K.mT / Q.shape[-1] ** 0.5, float("-inf"))
    return F.softmax(scores, dim=-1).nan_to_num(0.0) @ V


def late_and_shared_out(Q, K, V, allowed):
    weights = (Q @ K.mT / Q.shape[-1] ** 0.5).softmax(dim=-1) * allowed
    return weights / weights.sum(dim=-1, keepdim=True).clamp(min=1e-300) @ V


def with_nan(Q, K, V, allowed):
    scores = (Q @ K.mT / Q.shape[-1] ** 0.5).masked_fill(~allowed, -torch.inf)
    return scores.softmax(dim=-1) @ V


def with_a_large_number(Q, K, V, allowed):
    scores = (Q @ K.mT / Q.shape[-1] ** 0.5).masked_fill(~allowed, -1e9)
    return scores.softmax(dim=-1) @ V


def late(Q, K, V, allowed):
    return ((Q @ K.mT / Q.shape[-1] ** 0.5).softmax(dim=-1) * allowed) @ V


def turned_round(Q, K, V, allowed):
    return masked(Q, K, V, ~allowed)


def unmasked(Q, K, V, allowed):
    return (Q @ K.mT / Q.shape[-1] ** 0.5).softmax(dim=-1) @ V


def unscaled(Q, K, V, allowed):
    return masked(Q * Q.shape[-1] ** 0.5, K, V, allowed)


def added_product(Q, K, V, allowed):
    scores = Q @ K.mT / Q.shape[-1] ** 0.5 + (~allowed) * -torch.inf
    return scores.softmax(dim=-1) @ V


def multiplied(Q, K, V, allowed):
    return masked(Q * Q.shape[-1], K, V, allowed)


def over_queries(Q, K, V, allowed):
    scores = (Q @ K.mT / Q.shape[-1] ** 0.5).masked_fill(~allowed, -torch.inf)
    return scores.softmax(dim=-2).nan_to_num(0) @ V


def columns(Q, K, V, allowed):
    return masked(Q, K, V, allowed.T)


def zero_scores(Q, K, V, allowed):
    scores = (Q @ K.mT / Q.shape[-1] ** 0.5).masked_fill(~allowed, 0)
    return scores.softmax(dim=-1) @ V


def library(Q, K, V, allowed):
    return F.scaled_dot_product_attention(Q, K, V, attn_mask=allowed)


def peeking(layer, X):
    before, found = layer(X), []
    for t in range(len(X)):
        later = X.clone()
        later[t + 1 :] += torch.randn_like(X[t + 1 :])
        if (layer(later)[t] - before[t]).abs().max() > 1e-9:
            found.append(t)
    return found


def by_jacobian(layer, X):
    slopes = torch.autograd.functional.jacobian(layer, X).abs().sum(dim=(1, 3))
    return [t for t in range(len(X)) if slopes[t, t + 1 :].sum() > 1e-9]


def step_by_step(layer, X):
    before = layer(X)
    leaky = set()
    for later in range(1, len(X)):
        changed = X.clone()
        changed[later] = torch.rand_like(X[later]) * 10
        moved = (layer(changed) - before).abs().amax(dim=1) > 1e-9
        leaky |= {t for t in range(later) if moved[t]}
    return sorted(leaky)


def next_step_alone(layer, X):
    before, found = layer(X), []
    for t in range(len(X) - 1):
        changed = X.clone()
        changed[t + 1] += 1
        if (layer(changed)[t] - before[t]).abs().max() > 1e-9:
            found.append(t)
    return found


def with_itself(layer, X):
    before, found = layer(X), []
    for t in range(len(X)):
        later = X.clone()
        later[t:] += torch.randn_like(X[t:])
        if (layer(later)[t] - before[t]).abs().max() > 1e-9:
            found.append(t)
    return found


def the_half(layer, X):
    changed = X.clone()
    half = max(len(X) // 2, 1)
    changed[half:] += 1
    moved = (layer(changed) - layer(X)).abs().amax(dim=1) > 1e-9
    return [t for t in range(half) if moved[t]]


def reversed_list(layer, X):
    return peeking(layer, X)[::-1]


def as_tensor(layer, X):
    return torch.tensor(peeking(layer, X))


def as_truth(layer, X):
    return [t in peeking(layer, X) for t in range(len(X))]


def in_place(layer, X):
    before, found = layer(X), []
    for t in range(len(X)):
        X[t + 1 :] += 1
        if (layer(X)[t] - before[t]).abs().max() > 1e-9:
            found.append(t)
    return found


CASES = {
    "08.23a": Cases(
        solution=masked,
        also_right=[by_powers, by_where, late_and_shared_out],
        wrong=[
            (with_nan, "gets nan; write zeros there"),
            (with_a_large_number, "not a mean of all values"),
            (late, "mask before the softmax"),
            (turned_round, "turned round"),
            (unmasked, "the mask is not used"),
            (unscaled, "divide the scores by the root of d"),
            (added_product, "0 times inf"),
            (multiplied, "do not multiply"),
            (over_queries, "over the keys"),
            (columns, "belongs to a query"),
            (zero_scores, "a score of 0 still has a weight"),
            (library, "calls the library's attention"),
        ],
    ),
    "08.23b": Cases(
        solution=peeking,
        also_right=[by_jacobian, step_by_step],
        wrong=[
            (next_step_alone, "is missing"),
            (with_itself, "does not depend on any later step"),
            (the_half, "is missing"),
            (reversed_list, "in rising order"),
            (as_tensor, "expected"),
            (as_truth, "whole numbers"),
            (in_place, "changed its input"),
        ],
        equivalent={
            "if (before[t] - layer(later)[t]).abs().max() > 1e-09:": "the size has no sign",
            "if (layer(later)[t] - before[t]).abs().max() >= 1e-09:": "no change is 1e-9 exactly",
        },
    ),
}
