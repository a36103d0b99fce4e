"""Answers to the exercises of 08/26, ways to draw the next letter."""

import math

import torch

from check_cases import NOT_NEGATIVE, Cases


def tempered(scores, T):
    below = scores - scores.amax(dim=1, keepdim=True)
    if T == 0:
        best = (below == 0).to(scores.dtype)
        return best / best.sum(dim=1, keepdim=True)
    return (below / T).softmax(dim=1)


def by_filling(scores, T):
    best = scores.amax(dim=1, keepdim=True)
    if T == 0:
        return scores.masked_fill(scores < best, -math.inf).sub(best).softmax(dim=1)
    powers = ((scores - best) / T).exp()
    return powers / powers.sum(dim=1, keepdim=True)


def zero_forgotten(scores, T):
    return ((scores - scores.amax(dim=1, keepdim=True)) / T).softmax(dim=1)


def overflows(scores, T):
    return (scores / T).softmax(dim=1) if T else tempered(scores, 0)


def clamped(scores, T):
    return ((scores - scores.amax(dim=1, keepdim=True)) / max(T, 1e-8)).softmax(dim=1)


def one_of_them(scores, T):
    if T == 0:
        return torch.zeros_like(scores).scatter(1, scores.argmax(dim=1, keepdim=True), 1)
    return tempered(scores, T)


def not_shared(scores, T):
    if T == 0:
        return (scores == scores.amax(dim=1, keepdim=True)).to(scores.dtype)
    return tempered(scores, T)


def in_float32(scores, T):
    return tempered(scores.float(), T).to(scores.dtype)


def small_is_zero(scores, T):
    return tempered(scores, T if T > 1e-12 else 0)


def in_float64(scores, T):
    if T == 0:
        return tempered(scores, 0)
    return (scores.double() / T).softmax(dim=1).to(scores.dtype)


def multiplied(scores, T):
    return (scores * T).softmax(dim=1)


def chances_divided(scores, T):
    return scores.softmax(dim=1) / T


def down_the_columns(scores, T):
    return tempered(scores.T, T).T


def largest_of_all(scores, T):
    below = scores - scores.max() if scores.numel() else scores
    if T == 0:
        best = (below == 0).to(scores.dtype)
        return best / best.sum(dim=1, keepdim=True)
    return (below / T).softmax(dim=1)


def nucleus(chances, p):
    if p == 1:
        return chances
    ordered, ids = chances.sort(dim=1, descending=True, stable=True)
    keep = ordered.cumsum(dim=1) - ordered < p
    keep[:, 0] = True
    kept = torch.zeros_like(chances).scatter(1, ids, ordered * keep)
    return kept / kept.sum(dim=1, keepdim=True)


def by_loop(chances, p):
    kept = torch.zeros_like(chances)
    for row, new in zip(chances, kept, strict=True):
        total = 0.0
        for i in sorted(range(len(row)), key=lambda i: -row[i].item()):
            new[i] = row[i]
            total += row[i].item()
            if total >= p and p < 1:
                break
    return kept / kept.sum(dim=1, keepdim=True)


def none_at_zero(chances, p):
    if p == 1:
        return chances
    ordered, ids = chances.sort(dim=1, descending=True, stable=True)
    kept = ordered * (ordered.cumsum(dim=1) - ordered < p)
    kept = torch.zeros_like(chances).scatter(1, ids, kept)
    return kept / kept.sum(dim=1, keepdim=True)


def at_most_p(chances, p):
    ordered, ids = chances.sort(dim=1, descending=True, stable=True)
    kept = ordered * (ordered.cumsum(dim=1) <= p)
    kept = torch.zeros_like(chances).scatter(1, ids, kept)
    return kept / kept.sum(dim=1, keepdim=True)


def at_most_p_one_kept(chances, p):
    ordered, ids = chances.sort(dim=1, descending=True, stable=True)
    keep = ordered.cumsum(dim=1) <= p
    keep[:, 0] = True
    kept = torch.zeros_like(chances).scatter(1, ids, ordered * keep)
    return kept / kept.sum(dim=1, keepdim=True)


def one_too_many(chances, p):
    if p == 1:
        return chances
    ordered, ids = chances.sort(dim=1, descending=True, stable=True)
    keep = ordered.cumsum(dim=1) - ordered <= p
    kept = torch.zeros_like(chances).scatter(1, ids, ordered * keep)
    return kept / kept.sum(dim=1, keepdim=True)


def one_forgotten(chances, p):
    ordered, ids = chances.sort(dim=1, descending=True, stable=True)
    keep = ordered.cumsum(dim=1) - ordered < p
    keep[:, 0] = True
    kept = torch.zeros_like(chances).scatter(1, ids, ordered * keep)
    return kept / kept.sum(dim=1, keepdim=True)


def left_sorted(chances, p):
    if p == 1:
        return chances
    ordered = chances.sort(dim=1, descending=True, stable=True).values
    keep = ordered.cumsum(dim=1) - ordered < p
    keep[:, 0] = True
    kept = ordered * keep
    return kept / kept.sum(dim=1, keepdim=True)


def not_scaled(chances, p):
    if p == 1:
        return chances
    ordered, ids = chances.sort(dim=1, descending=True, stable=True)
    keep = ordered.cumsum(dim=1) - ordered < p
    keep[:, 0] = True
    return torch.zeros_like(chances).scatter(1, ids, ordered * keep)


def softmax_again(chances, p):
    kept = nucleus(chances, p)
    return chances.masked_fill(kept == 0, -math.inf).softmax(dim=1)


def not_sorted(chances, p):
    if p == 1:
        return chances
    keep = chances.cumsum(dim=1) - chances < p
    keep[:, 0] = True
    kept = chances * keep
    return kept / kept.sum(dim=1, keepdim=True)


def upper_first(chances, p):
    return nucleus(chances.flip(1), p).flip(1)


def some_order(chances, p):
    return nucleus(chances.roll(1, dims=1), p).roll(-1, dims=1)


CASES = {
    "08.26a": Cases(
        solution=tempered,
        also_right=[by_filling, in_float64],
        wrong=[
            (zero_forgotten, "T = 0 needs a way of its own"),
            (overflows, "move the largest score"),
            (clamped, "softmax of scores / T"),
            (small_is_zero, "share the chance equally"),
            (in_float32, "softmax of scores / T"),
            (one_of_them, "share the chance equally"),
            (not_shared, "the shares sum to 1"),
            (multiplied, "do not multiply"),
            (chances_divided, "divide the scores, not the chances"),
            (down_the_columns, "softmax along dim=1"),
            (largest_of_all, "in each row"),
            (lambda scores, T: tempered(scores, 1), "at T = 1"),
            (lambda scores, T: scores / T, "these are scores"),
            (lambda scores, T: tempered(scores, T).log(), "these are logarithms"),
            (lambda scores, T: tempered(scores, T).float(), "float64"),
        ],
        equivalent={
            "return abs(best / best.sum(dim=1, keepdim=True))": NOT_NEGATIVE,
            "return abs((below / T).softmax(dim=1))": NOT_NEGATIVE,
        },
    ),
    "08.26b": Cases(
        solution=nucleus,
        also_right=[by_loop],
        wrong=[
            (none_at_zero, "the likeliest stays"),
            (at_most_p, "makes the sum reach p"),
            (at_most_p_one_kept, "makes the sum reach p"),
            (one_too_many, "reached p before"),
            (one_forgotten, "with p = 1 nothing changes"),
            (left_sorted, "back at the place of its id"),
            (not_scaled, "divide the kept ones"),
            (softmax_again, "chances already"),
            (not_sorted, "sort first"),
            (upper_first, "the lower id is first"),
            (some_order, "stand at other ids"),
            (lambda chances, p: chances.clone(), "nothing is cut"),
            (lambda chances, p: nucleus(chances, p).double(), "float32"),
        ],
        equivalent={
            "if p >= 1:": "p is at most 1, as the task says",
            "return abs(chances)": NOT_NEGATIVE,
            "ordered, ids = chances.sort(descending=True, stable=True)": "dim is the last one",
            "return abs(kept / kept.sum(dim=1, keepdim=True))": NOT_NEGATIVE,
        },
    ),
}
