"""Answers to the exercises of 07/17, ways to divide a network."""

import torch

from check_cases import COMMUTES, NOT_NEGATIVE, SAME_LENGTH, Cases

FIRST = "chunk cuts along the first dimension where none is named"


def pieces(A, a, B, p):
    return zip(A.chunk(p, dim=1), a.chunk(p), B.chunk(p, dim=0), strict=True)


def cut_block(X, A, a, B, c, num_devices):
    parts = [torch.relu(X @ A_k + a_k) @ B_k for A_k, a_k, B_k in pieces(A, a, B, num_devices)]
    parts[0] = parts[0] + c
    return parts


def shared_c(X, A, a, B, c, p):
    return [torch.relu(X @ A_k + a_k) @ B_k + c / p for A_k, a_k, B_k in pieces(A, a, B, p)]


def c_last(X, A, a, B, c, p):
    parts = [(X @ A_k + a_k).clamp(min=0) @ B_k for A_k, a_k, B_k in pieces(A, a, B, p)]
    return [*parts[:-1], parts[-1] + c]


def by_addmm(X, A, a, B, c, p):
    outs = []
    for k in range(p):
        own = slice(k * len(a) // p, (k + 1) * len(a) // p)
        hidden = torch.addmm(a[own], X, A[:, own]).relu()
        outs.append(hidden.mm(B[own]))
    outs[-1] += c
    return outs


def without_autograd(*inputs):
    with torch.no_grad():
        return cut_block(*inputs)


def column_by_column(X, A, a, B, c, p):
    width = len(a) // p
    outs = []
    for k in range(p):
        out = c / p
        for j in range(k * width, (k + 1) * width):
            out = out + torch.outer(torch.relu(X @ A[:, j] + a[j]), B[j])
        outs.append(out)
    return outs


def c_by_all(X, A, a, B, c, p):
    return [torch.relu(X @ A_k + a_k) @ B_k + c for A_k, a_k, B_k in pieces(A, a, B, p)]


def without_c(X, A, a, B, c, p):
    return [torch.relu(X @ A_k + a_k) @ B_k for A_k, a_k, B_k in pieces(A, a, B, p)]


def without_a(X, A, a, B, c, p):
    parts = [torch.relu(X @ A_k) @ B_k for A_k, _, B_k in pieces(A, a, B, p)]
    return [parts[0] + c, *parts[1:]]


def without_relu(X, A, a, B, c, p):
    parts = [(X @ A_k + a_k) @ B_k for A_k, a_k, B_k in pieces(A, a, B, p)]
    return [parts[0] + c, *parts[1:]]


def whole_a(X, A, a, B, c, p):
    return [torch.relu(X @ A_k + a) @ B_k + c / p for A_k, _, B_k in pieces(A, a, B, p)]


def rows_of_a(X, A, a, B, c, p):
    return [torch.relu(X @ A_k + a) @ B + c / p for A_k in A.chunk(p, dim=0)]


def by_batch(X, A, a, B, c, p):
    return [torch.relu(x @ A + a) @ B + c for x in X.chunk(p)]


def all_on_one(X, A, a, B, c, p):
    whole = torch.relu(X @ A + a) @ B + c
    return [whole] + [torch.zeros_like(whole)] * (p - 1)


def reversed_without_autograd(*inputs):
    with torch.no_grad():
        return cut_block(*inputs)[::-1]


def all_on_one_from_data(X, A, a, B, c, p):
    parts = cut_block(X, A.data, a.data, B.data, c, p)
    return [sum(parts)] + [torch.zeros_like(parts[0])] * (p - 1)


def running_sums(X, A, a, B, c, p):
    total = torch.zeros(len(X), len(c), dtype=X.dtype)
    outs = []
    for A_k, a_k, B_k in pieces(A, a, B, p):
        total = total + torch.relu(X @ A_k + a_k) @ B_k
        outs.append(total)
    return outs


def divided_a(X, A, a, B, c, p):
    return [torch.relu(X @ A_k + a_k / p) @ B_k + c / p for A_k, a_k, B_k in pieces(A, a, B, p)]


def a_after_relu(X, A, a, B, c, p):
    return [(torch.relu(X @ A_k) + a_k) @ B_k + c / p for A_k, a_k, B_k in pieces(A, a, B, p)]


def relu_after_b(X, A, a, B, c, p):
    return [torch.relu((X @ A_k + a_k) @ B_k) + c / p for A_k, a_k, B_k in pieces(A, a, B, p)]


def whole_then_cut(X, A, a, B, c, p):
    hidden = torch.relu(X @ A + a)
    return [h @ B_k + c / p for h, B_k in zip(hidden.chunk(p, 1), B.chunk(p), strict=True)]


def time_of(times, num_parts):
    return sum(times) + (num_parts - 1) * max(times)


def by_schedule(times, num_parts):
    done = [0.0] * num_parts
    for time in times:
        free = 0.0
        for part in range(num_parts):
            free = max(free, done[part]) + time
            done[part] = free
    return done[-1]


def in_equal_units(times, num_parts):
    free_at = [0] * len(times)
    for _ in range(num_parts):
        arrives = 0
        for device in range(len(times)):
            start = max(arrives, free_at[device])
            arrives = free_at[device] = start + 1
    return free_at[-1]


CASES = {
    "07.17a": Cases(
        solution=cut_block,
        also_right=[shared_c, c_last, by_addmm, without_autograd, column_by_column],
        wrong=[
            (c_by_all, "added once"),
            (without_c, "c is missing"),
            (without_a, "a is missing"),
            (without_relu, "the ReLU is missing"),
            (whole_a, "size"),
            (rows_of_a, "cannot be multiplied"),
            (by_batch, "these are 3"),
            (all_on_one, "lies on another device"),
            (all_on_one_from_data, "lies on another device"),
            (reversed_without_autograd, "lies on another device"),
            (running_sums, "lies on another device"),
            (divided_a, "undivided"),
            (a_after_relu, "before the ReLU"),
            (relu_after_b, "before B"),
            (whole_then_cut, "own part of A"),
            (lambda *inputs: list(torch.stack(cut_block(*inputs))), "tensors apart"),
            (lambda *inputs: sum(cut_block(*inputs)), "list"),
            (lambda *inputs: [sum(cut_block(*inputs))], "these are 1"),
            (lambda *inputs: tuple(cut_block(*inputs)), "list"),
            (lambda *inputs: cut_block(*inputs)[::-1], "lies on another device"),
            (lambda *inputs: [part.relu() for part in cut_block(*inputs)], "cut a like"),
        ],
        equivalent={
            "return zip(A.chunk(p, dim=1), a.chunk(p), B.chunk(p, dim=0))": SAME_LENGTH,
            "return zip(A.chunk(p, dim=1), a.chunk(p), B.chunk(p), strict=True)": FIRST,
            "return zip(A.chunk(p, dim=1), a.chunk(p), B.chunk(p, dim=0), strict=False)": (
                SAME_LENGTH
            ),
            "for left, bias, right in zip(A.chunk(p, dim=1), a.chunk(p), B.chunk(p)):": FIRST,
        },
    ),
    "07.17b": Cases(
        solution=time_of,
        also_right=[by_schedule],
        wrong=[
            (lambda times, m: m * sum(times), "while others still work"),
            (lambda times, m: (m + len(times) - 1) * max(times), "only the slowest"),
            (lambda times, m: m * max(times), "has to reach the last"),
            (lambda times, m: sum(times) + m * max(times), "counted twice"),
            (lambda times, m: sum(times) + (m - 1) * times[0], "further on"),
            (lambda times, m: sum(times) + (m - 1) * times[-1], "before the last"),
            (lambda times, m: sum(times), "of one part"),
            (in_equal_units, "times[k]"),
            (lambda times, m: time_of(times, m) - times[-1], "not when it ends"),
            (lambda times, m: sum(times) + (m - 1) * sum(times) / len(times), "is free"),
        ],
        equivalent={
            "return abs(sum(times) + (num_parts - 1) * max(times))": NOT_NEGATIVE,
            "return abs(free_at[-1])": NOT_NEGATIVE,
            "free_at = [-1] * len(times)": "a part arrives at 0 at the earliest",
            "arrives = -1": "a device is free at 0 at the earliest",
            "arrives = max(free_at[device], arrives) + time": COMMUTES,
        },
    ),
}
