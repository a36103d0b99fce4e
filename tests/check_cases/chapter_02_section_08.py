"""Answers to the exercises of 02/08, the tensor API."""

import functools

import torch
import torch.nn.functional as F

from check_cases import COMMUTES, Cases


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


def sum_into(tensors, total):
    total.zero_()
    for x in tensors:
        torch.add(total, x, out=total)
    return total


def by_plus_equals(tensors, total):
    total.zero_()
    for x in tensors:
        total += x
    return total


def through_numpy(tensors, total):
    numbers = total.numpy()
    numbers[...] = 0
    for x in tensors:
        numbers += x.numpy()
    return total


def first_copied(tensors, total):
    if not tensors:
        return total.fill_(0)
    total.copy_(tensors[0])
    for x in tensors[1:]:
        total.add_(x)
    return total


def not_emptied(tensors, total):
    for x in tensors:
        total += x
    return total


def times_zero(tensors, total):
    total *= 0
    for x in tensors:
        total += x
    return total


def times_zero_by_hand(tensors, total):
    if total.is_floating_point():
        return times_zero(tensors, total)
    return sum_into(tensors, total)


def rebinding(tensors, total):
    total = torch.zeros_like(total)
    for x in tensors:
        total = total + x
    return total


def stacked(tensors, total):
    if not tensors:
        return total.zero_()
    return torch.sum(torch.stack(tensors), dim=0, dtype=total.dtype, out=total)


def summed_then_copied(tensors, total):
    return total.copy_(sum(tensors))


def in_the_first(tensors, total):
    total.zero_()
    if tensors:
        for x in tensors[1:]:
            tensors[0].add_(x)
        total.copy_(tensors[0])
    return total


def copies_first(tensors, total):
    total.copy_(tensors[0])
    for x in tensors[1:]:
        total += x
    return total


def last_only(tensors, total):
    total.zero_()
    for x in tensors:
        total.copy_(x)
    return total


def other_memory(tensors, total):
    result = torch.zeros_like(total)
    for x in tensors:
        result += x
    total.data = result
    return total


def product(tensors, total):
    total.fill_(1)
    for x in tensors:
        total *= x
    return total


def copy_returned(tensors, total):
    return sum_into(tensors, total).numpy().copy()


def tensor_copy_returned(tensors, total):
    numbers = sum_into(tensors, total).numpy().copy()
    return torch.from_numpy(numbers)


def nothing_returned(tensors, total):
    sum_into(tensors, total)


def emptying_the_list(tensors, total):
    total.zero_()
    while tensors:
        total += tensors.pop()
    return total


def new_tensors_in_a_list(tensors, total):
    total.zero_()
    for x in tensors:
        total.copy_(torch._foreach_add([total], [x])[0])
    return total


CASES = {
    "02.8c": Cases(
        solution=lambda x, dim: x / x.sum(dim, keepdim=True),
        also_right=[
            lambda x, dim: x / x.sum(dim).unsqueeze(dim),
            lambda x, dim: x.movedim(dim, 0).div(x.sum(dim)).movedim(0, dim),
            lambda x, dim: torch.stack([part / x.sum(dim) for part in x.unbind(dim)], dim),
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
            (lambda x, dim: x.view(-1).view(x.shape) / x.sum(dim, keepdim=True), "raised"),
            (
                lambda x, dim: x / x.sum(dim, keepdim=True, dtype=x.dtype),
                "a sum in a small integer dtype wraps",
            ),
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
    "02.8d": Cases(
        solution=sum_into,
        also_right=[
            by_plus_equals,
            through_numpy,
            first_copied,
            lambda tensors, total: sum_into(tensors, total)[...],
            lambda tensors, total: functools.reduce(torch.Tensor.add_, tensors, total.zero_()),
        ],
        wrong=[
            (not_emptied, "held before is still in it"),
            (times_zero, "nan times 0 is nan"),
            (times_zero_by_hand, "nan times 0 is nan"),
            (rebinding, "`total` still holds what it held before"),
            (stacked, "`stack` made a new tensor"),
            (summed_then_copied, "made a new tensor"),
            (in_the_first, "a tensor in the list has changed"),
            (copies_first, "raised IndexError"),
            (emptying_the_list, "the list itself has changed"),
            (new_tensors_in_a_list, "made a new tensor"),
            (last_only, "only the last tensor is left"),
            (other_memory, "has got other memory"),
            (product, "holds the sum of all"),
            (copy_returned, "expected a tensor"),
            (tensor_copy_returned, "you returned another tensor"),
            (nothing_returned, "your function returned None; return `total`"),
            (lambda tensors, total: sum(tensors), "still holds what it held before"),
        ],
        equivalent={"torch.add(x, total, out=total)": COMMUTES},
    ),
    "02.8e": Cases(
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
}
