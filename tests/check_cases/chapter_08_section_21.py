"""Answers to the exercises of 08/21, trees."""

import sys

import torch

from check_cases import NOT_NEGATIVE, WHOLE, Cases


def deep_value(tree):
    waiting, known = [tree], []
    while waiting:
        item = waiting.pop()
        if isinstance(item, int):
            known.append(item)
        elif isinstance(item, tuple):
            sign, left, right = item
            waiting += [sign, right, left]
        else:
            b, a = known.pop(), known.pop()
            known.append({"+": a + b, "-": a - b, "*": a * b}[item] % 5)
    return known[0]


def backwards(tree):
    order, waiting = [], [tree]
    while waiting:
        item = waiting.pop()
        order.append(item)
        if isinstance(item, tuple):
            waiting += item[1:]
    known = []
    for item in reversed(order):
        if isinstance(item, tuple):
            right, left = known.pop(0), known.pop(0)
            known.insert(0, apply(item[0], left, right))
        else:
            known.insert(0, item)
    return known[0]


def apply(sign, a, b):
    return {"+": a + b, "-": a - b, "*": a * b}[sign] % 5


def recursive(tree):
    if isinstance(tree, int):
        return tree
    return apply(tree[0], recursive(tree[1]), recursive(tree[2]))


def with_limit(tree):
    sys.setrecursionlimit(100_000)
    return deep_value(tree)


def with_limit_put_back(tree):
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    try:
        return recursive(tree)
    finally:
        sys.setrecursionlimit(limit)


def without_modulo(tree):
    if isinstance(tree, int):
        return tree
    a, b = without_modulo(tree[1]), without_modulo(tree[2])
    return {"+": a + b, "-": a - b, "*": a * b}[tree[0]]


def swapped(tree):
    waiting, known = [tree], []
    while waiting:
        item = waiting.pop()
        if isinstance(item, int):
            known.append(item)
        elif isinstance(item, tuple):
            waiting += [item[0], item[2], item[1]]
        else:
            a, b = known.pop(), known.pop()
            known.append(apply(item, a, b))
    return known[0]


def left_only(tree):
    pending = []
    while isinstance(tree, tuple):
        pending.append((tree[0], recursive(tree[2])))
        tree = tree[1]
    for sign, right in reversed(pending):
        tree = apply(sign, tree, right)
    return tree


def tree_vector(tree, E, W, b):
    if isinstance(tree, int):
        return E[tree]
    s = torch.zeros_like(b)
    for item in tree:
        s = s + tree_vector(item, E, W, b)
    return torch.tanh(W @ s + b)


def stacked(tree, E, W, b):
    if isinstance(tree, int):
        return E[tree]
    vectors = [b.new_zeros(b.shape), *(stacked(item, E, W, b) for item in tree)]
    return (torch.stack(vectors).sum(dim=0) @ W.T + b).tanh()


def mean(tree, E, W, b):
    if isinstance(tree, int):
        return E[tree]
    if not tree:
        return b.tanh()
    s = torch.stack([mean(item, E, W, b) for item in tree]).mean(dim=0)
    return torch.tanh(W @ s + b)


def stack_alone(tree, E, W, b):
    if isinstance(tree, int):
        return E[tree]
    return torch.tanh(W @ torch.stack([stack_alone(item, E, W, b) for item in tree]).sum(0) + b)


def no_tanh(tree, E, W, b):
    if isinstance(tree, int):
        return E[tree]
    return W @ sum((no_tanh(item, E, W, b) for item in tree), torch.zeros_like(b)) + b


def leaf_too(tree, E, W, b):
    if isinstance(tree, int):
        return torch.tanh(W @ E[tree] + b)
    s = sum((leaf_too(item, E, W, b) for item in tree), torch.zeros_like(b))
    return torch.tanh(W @ s + b)


def nothing_is_zero(tree, E, W, b):
    if isinstance(tree, int):
        return E[tree]
    if not tree:
        return torch.zeros_like(b)
    s = sum((nothing_is_zero(item, E, W, b) for item in tree), torch.zeros_like(b))
    return torch.tanh(W @ s + b)


def two_children(tree, E, W, b):
    if isinstance(tree, int):
        return E[tree]
    s = sum((two_children(item, E, W, b) for item in tree[:2]), torch.zeros_like(b))
    return torch.tanh(W @ s + b)


def files_only(tree, E, W, b):
    if isinstance(tree, int):
        return E[tree]
    s = sum((E[item] for item in tree if isinstance(item, int)), torch.zeros_like(b))
    return torch.tanh(W @ s + b)


def turned(tree, E, W, b):
    return tree_vector(tree, E, W.T, b)


@torch.no_grad()
def without_gradient(tree, E, W, b):
    return tree_vector(tree, E, W, b)


def detached(tree, E, W, b):
    return tree_vector(tree, E.detach(), W, b)


def pops(tree, E, W, b):
    if isinstance(tree, int):
        return E[tree]
    s = torch.zeros_like(b)
    while tree:
        s = s + pops(tree.pop(), E, W, b)
    return torch.tanh(W @ s + b)


CASES = {
    "08.21a": Cases(
        solution=deep_value,
        also_right=[backwards],
        wrong=[
            (recursive, "no function calls itself"),
            (with_limit, "leave it"),
            (with_limit_put_back, "leave it"),
            (without_modulo, "return it modulo 5"),
            (swapped, "changed places"),
            (left_only, "what waits in a list"),
            (lambda tree: float(deep_value(tree)), "an int"),
            (lambda tree: torch.tensor(deep_value(tree)), "not a tensor"),
        ],
        equivalent={
            "return abs(known[0])": NOT_NEGATIVE,
            "return int(known[0])": WHOLE,
            "return known[-1]": "a single value is left",
        },
    ),
    "08.21b": Cases(
        solution=tree_vector,
        also_right=[stacked],
        wrong=[
            (mean, "take their sum"),
            (stack_alone, "your function raised"),
            (no_tanh, "tanh is missing"),
            (leaf_too, "an int is E[i]"),
            (nothing_is_zero, "its vector is tanh(b)"),
            (two_children, "a list may have more"),
            (files_only, "inside the list are left out"),
            (turned, "W stands the wrong way"),
            (lambda tree, E, W, b: tree_vector(tree, E, W, 0 * b), "is missing"),
            (lambda tree, E, W, b: tree_vector(tree, E, W, b)[None], "the shape (h,)"),
            (lambda tree, E, W, b: tree_vector(tree, E, W, b).float(), "E's dtype"),
            (without_gradient, "no gradient reaches E"),
            (detached, "no gradient reaches E"),
            (pops, "changed its input"),
        ],
    ),
}
