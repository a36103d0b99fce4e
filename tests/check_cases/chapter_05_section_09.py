"""Answers to the exercises of 05/09, overfitting."""

import torch
import torch.nn.functional as F

from check_cases import NOT_NEGATIVE, Cases


def suspects(scores, y, k):
    each = F.cross_entropy(scores, y, reduction="none")
    return each.topk(k).indices


def by_log_softmax(scores, y, k):
    log_p = scores.log_softmax(dim=1).gather(1, y[:, None]).squeeze(1)
    return log_p.argsort()[:k]


def by_python(scores, y, k):
    losses = [
        F.cross_entropy(row[None], label[None]).item() for row, label in zip(scores, y, strict=True)
    ]
    order = sorted(range(len(y)), key=lambda i: losses[i], reverse=True)
    return torch.tensor(order[:k], dtype=torch.int64)


def by_naive_probability(scores, y, k):
    p = scores.softmax(dim=1)[torch.arange(len(y)), y]
    return (-p.log()).topk(k).indices


def by_smallest_probability(scores, y, k):
    return scores.softmax(1)[range(len(y)), y].argsort()[:k]


def by_naive_sort(scores, y, k):
    p = scores.softmax(dim=1)[torch.arange(len(y)), y]
    return (-p.log()).argsort(descending=True)[:k]


def by_exponentials(scores, y, k):
    positive = scores.exp()
    p = positive[torch.arange(len(y)), y] / positive.sum(dim=1)
    return (-p.log()).argsort(descending=True)[:k]


def least_confident(scores, y, k):
    return scores.softmax(dim=1).amax(dim=1).argsort()[:k]


def own_scores(scores, y, k):
    return scores[torch.arange(len(y)), y].argsort()[:k]


def softmax_twice(scores, y, k):
    return F.cross_entropy(scores.softmax(dim=1), y, reduction="none").topk(k).indices


def marked(scores, y, k):
    mark = torch.zeros(len(y), dtype=torch.bool)
    mark[suspects(scores, y, k)] = True
    return mark


def folds(n, k):
    parts = torch.arange(n).tensor_split(k)
    pairs = []
    for i in range(k):
        pairs.append((torch.cat(parts[:i] + parts[i + 1 :]), parts[i]))
    return pairs


def by_borders(n, k):
    size, rest = divmod(n, k)
    rows, start, pairs = torch.arange(n), 0, []
    for i in range(k):
        stop = start + size + (1 if i < rest else 0)
        held = (rows >= start) & (rows < stop)
        pairs.append((rows[~held], rows[held]))
        start = stop
    return pairs


def by_lists(n, k):
    size, rest = divmod(n, k)
    pairs, start = [], 0
    for i in range(k):
        stop = start + size + (i < rest)
        held = list(range(start, stop))
        learn = [row for row in range(n) if row not in held]
        pairs.append([torch.tensor(learn), torch.tensor(held)])
        start = stop
    return pairs


def swapped(n, k):
    return [(held, learn) for learn, held in folds(n, k)]


def leaking(n, k):
    return [(torch.arange(n), held) for _, held in folds(n, k)]


def only_before(n, k):
    return [(torch.arange(int(held[0])), held) for _, held in folds(n, k)]


def every_kth(n, k):
    rows = torch.arange(n)
    return [(rows[rows % k != i], rows[rows % k == i]) for i in range(k)]


def by_chunk(n, k):
    rows = torch.arange(n)
    parts = rows.chunk(k)
    return [(rows[~torch.isin(rows, part)], part) for part in parts]


def rest_to_the_last(n, k):
    rows, size = torch.arange(n), n // k
    pairs = []
    for i in range(k):
        held = rows[i * size : (i + 1) * size if i < k - 1 else n]
        pairs.append((rows[~torch.isin(rows, held)], held))
    return pairs


def longer_ones_last(n, k):
    sizes = [len(held) for _, held in folds(n, k)][::-1]
    rows = torch.arange(n)
    return [(rows[~torch.isin(rows, part)], part) for part in rows.split(sizes)]


def without_the_rest(n, k):
    rows, size = torch.arange(n), n // k
    parts = [rows[i * size : (i + 1) * size] for i in range(k)]
    return [(rows[~torch.isin(rows, part)], part) for part in parts]


def masks(n, k):
    rows = torch.arange(n)
    return [(torch.isin(rows, learn), torch.isin(rows, held)) for learn, held in folds(n, k)]


CASES = {
    "05.9a": Cases(
        solution=suspects,
        also_right=[by_log_softmax, by_python],
        wrong=[
            (by_naive_probability, "a probability has become 0"),
            (by_smallest_probability, "a probability has become 0"),
            (by_naive_sort, "a probability has become 0"),
            (by_exponentials, "has become infinite"),
            (least_confident, "least confidence"),
            (own_scores, "own score alone"),
            (softmax_twice, "softmax twice"),
            (marked, "this is a mask"),
            (lambda scores, y, k: suspects(scores, y, k).flip(0), "stands first"),
            (lambda scores, y, k: suspects(scores, y, k).sort().values, "not by position"),
            (
                lambda scores, y, k: (
                    (-F.cross_entropy(scores, y, reduction="none")).topk(k).indices
                ),
                "the lowest losses",
            ),
            (
                lambda scores, y, k: F.cross_entropy(scores, y, reduction="none").topk(k).values,
                "these are no positions",
            ),
            (lambda scores, y, k: suspects(scores, y, k).tolist(), "expected a tensor"),
            (lambda scores, y, k: suspects(scores, y, k + 1), "expected shape"),
            (lambda scores, y, k: suspects(scores, y, len(y)), "expected shape"),
            (lambda scores, y, k: F.cross_entropy(scores, y).topk(k).indices, "raised"),
        ],
        equivalent={"return abs(each.topk(k).indices)": NOT_NEGATIVE},
    ),
    "05.9b": Cases(
        solution=folds,
        also_right=[by_borders, by_lists],
        wrong=[
            (swapped, "first come the rows to learn from"),
            (leaking, "that is a leak"),
            (only_before, "after the held-out part are missing"),
            (every_kth, "every k-th row"),
            (by_chunk, "the first are longer"),
            (rest_to_the_last, "the first are longer"),
            (without_the_rest, "the first are longer"),
            (longer_ones_last, "the first are longer"),
            (masks, "these are masks"),
            (lambda n, k: folds(n, k)[0], "expected a list"),
            (lambda n, k: folds(n, k)[:-1], "one for each part held out"),
            (lambda n, k: [held for _, held in folds(n, k)], "return 2 values"),
            (
                lambda n, k: [(learn.tolist(), held.tolist()) for learn, held in folds(n, k)],
                "expected a tensor",
            ),
            (lambda n, k: folds(n, k)[::-1], "part 0 holds out the rows [0, 1]"),
            (lambda n, k: [(held, held) for _, held in folds(n, k)], "all rows but the held-out"),
            (lambda n, k: [(a.flip(0), b) for a, b in folds(n, k)], "in rising order"),
        ],
    ),
}
