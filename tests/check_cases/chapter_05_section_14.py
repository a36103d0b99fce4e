"""Answers to the exercises of 05/14, convolution arithmetic."""

import torch
import torch.nn.functional as F

from check_cases import COMMUTES, Cases


def lengths(m, k, p, s, d):
    shortest = (m - 1) * s + d * (k - 1) + 1 - 2 * p
    return list(range(max(shortest, 1), shortest + s))


def by_trying(m, k, p, s, d):
    tried = range(1, m * s + d * k + 1)
    return [n for n in tried if (n + 2 * p - d * (k - 1) - 1) // s + 1 == m]


def without_clip(m, k, p, s, d):
    shortest = (m - 1) * s + d * (k - 1) + 1 - 2 * p
    return list(range(shortest, shortest + s))


def from_zero(m, k, p, s, d):
    return [n for n in range(200) if (n + 2 * p - d * (k - 1) - 1) // s + 1 == m]


def pool(X, k, s, p):
    framed = F.pad(X, (p, p, p, p), value=-torch.inf)
    return framed.unfold(2, k, s).unfold(3, k, s).amax(dim=(4, 5))


def pool_by_columns(X, k, s, p):
    framed = F.pad(X, (p, p, p, p), value=float(X.min()) - 1)
    n, channels, rows, columns = framed.shape
    patches = F.unfold(framed.flatten(0, 1)[:, None], k, stride=s)
    found = patches.amax(dim=1)
    return found.view(n, channels, (rows - k) // s + 1, (columns - k) // s + 1)


def pool_by_stages(X, k, s, p):
    framed = F.pad(X, [p] * 4, mode="constant", value=-torch.inf)
    tall = framed.unfold(2, k, s).max(dim=-1).values
    return tall.unfold(3, k, s).max(dim=-1).values


def zero_pool(X, k, s, p):
    return F.pad(X, (p, p, p, p)).unfold(2, k, s).unfold(3, k, s).amax(dim=(4, 5))


def low_pool(X, k, s, p):
    framed = F.pad(X, (p, p, p, p), value=-1e9)
    return framed.unfold(2, k, s).unfold(3, k, s).amax(dim=(4, 5))


def loop_pool(X, k, s, p):
    framed = F.pad(X, (p, p, p, p), value=-torch.inf)
    rows = [framed[:, :, i : i + k].amax(2) for i in range(0, framed.shape[2] - k + 1, s)]
    tall = torch.stack(rows, 2)
    return tall.unfold(3, k, s).amax(-1)


CASES = {
    "05.14a": Cases(
        solution=lengths,
        also_right=[by_trying],
        wrong=[
            (without_clip, "at least 1"),
            (from_zero, "at least 1"),
            (lambda m, k, p, s, d: lengths(m, k, p, s, d)[:1], "list them all"),
            (lambda m, k, p, s, d: [n for n in lengths(m, k, p, s, d) if n < 1000], "which n"),
            (lambda m, k, p, s, d: lengths(m, k, p / 2, s, d), "raised"),
            (lambda m, k, p, s, d: by_trying(m, k, p, s, 1), "the dilation is forgotten"),
            (
                lambda m, k, p, s, d: [
                    n for n in range(1, 200) if (n + p - d * (k - 1) - 1) // s + 1 == m
                ],
                "at both ends",
            ),
            (lambda m, k, p, s, d: lengths(m + 1, k, p, s, d), "a place more"),
            (lambda m, k, p, s, d: lengths(m, k, p, s, d)[::-1], "in rising order"),
            (lambda m, k, p, s, d: lengths(m, k, p, 1, d), "which n give m"),
            (lambda m, k, p, s, d: lengths(m, k, p, s, d)[0], "expected a list"),
        ],
        equivalent={
            "return list(range(max(1, shortest), shortest + s))": COMMUTES,
            "return list(range(max(1, shortest), shortest + stride))": COMMUTES,
        },
    ),
    "05.14b": Cases(
        solution=pool,
        also_right=[pool_by_columns, pool_by_stages],
        wrong=[
            (zero_pool, "zeros win"),
            (low_pool, "−∞ alone never wins"),
            (lambda X, k, s, p: pool(X, k, s, 0), "the padding is missing"),
            (lambda X, k, s, p: pool(X, k, k, p), "not k"),
            (lambda X, k, s, p: pool(X, k, 1, p), "patches start s apart"),
            (F.max_pool2d, "without the library's pooling"),
            (loop_pool, "without a loop"),
            (lambda X, k, s, p: X.unfold(2, k, s).unfold(3, k, s), "still there"),
            (lambda X, k, s, p: F.avg_pool2d(X, k, s, p), "the mean of each patch"),
            (lambda X, k, s, p: -pool(-X, k, s, p), "the smallest number"),
            (lambda X, k, s, p: pool(X.abs(), k, s, p), "take the largest"),
        ],
        equivalent={
            "return framed.unfold(2, k, s).unfold(3, k, s).amax(dim=(5, 4))": COMMUTES,
            "return windows.amax(dim=(5, 4))": COMMUTES,
        },
    ),
}
