"""Answers to the exercises of 03/06, words."""

from collections import Counter

import numpy as np
import torch
from torch.nn.functional import one_hot

from check_cases import NOT_NEGATIVE, Cases


def unknown_share(old, new, size):
    known = {word for word, _ in Counter(old).most_common(size)}
    return sum(token not in known for token in new) / len(new)


def by_sorting(old, new, size):
    counts = Counter(old)
    known = sorted(counts, key=counts.get, reverse=True)[:size]
    return 1 - len([token for token in new if token in known]) / len(new)


def by_ids(old, new, size):
    ids = {word: i for i, (word, _) in enumerate(Counter(old).most_common(), start=1)}
    found = torch.tensor([ids.get(token, 0) for token in new])
    return ((found == 0) | (found > size)).double().mean().item()


def over_types(old, new, size):
    return unknown_share(old, list(dict.fromkeys(new)), size)


def with_a_place_for_the_unknown(old, new, size):
    kept = ["<unk>", *[word for word, _ in Counter(old).most_common()]][:size]
    return sum(token not in kept for token in new) / len(new)


def folded(old, new, size):
    return unknown_share([w.casefold() for w in old], [w.casefold() for w in new], size)


def alphabetical_where_equal(old, new, size):
    return unknown_share(sorted(old), new, size)


def last_first_where_equal(old, new, size):
    return unknown_share(old[::-1], new, size)


def all_that_are_as_frequent(old, new, size):
    counts = Counter(old)
    least = min((count for _, count in counts.most_common(size)), default=1)
    return sum(counts[token] < (least if size else len(old) + 1) for token in new) / len(new)


def found_within_words(old, new, size):
    known = " ".join(word for word, _ in Counter(old).most_common(size))
    return sum(token not in known for token in new) / len(new)


def bag(ids, size):
    return torch.zeros(size, dtype=torch.int64).scatter_add_(0, ids, torch.ones_like(ids))


def looped(ids, size):
    counts = torch.zeros(size, dtype=torch.int64)
    for i in ids:
        counts[i] += 1
    return counts


def by_addition(ids, size):
    return torch.zeros(size, dtype=torch.int64).index_put_((ids,), torch.tensor(1), accumulate=True)


def counted_in_bytes(ids, size):
    ones = torch.ones(len(ids), dtype=torch.uint8)
    return torch.zeros(size, dtype=torch.uint8).index_add_(0, ids, ones).long()


def counted_in_float16(ids, size):
    return torch.zeros(size).half().scatter_add_(0, ids, torch.ones(len(ids)).half()).long()


def by_comparing(ids, size):
    return (ids[:, None] == torch.arange(size)).sum(0)


def in_two_halves(ids, size):
    half = len(ids) // 2
    return one_hot(ids[:half], size).sum(0) + one_hot(ids[half:], size).sum(0)


def one_hot_in_numpy(ids, size):
    return torch.from_numpy(np.eye(size, dtype=np.int64)[ids.numpy()].sum(axis=0))


def compared_in_numpy(ids, size):
    return torch.from_numpy((ids.numpy()[:, None] == np.arange(size)).sum(axis=0))


def rows_in_lists(ids, size):
    rows = [[int(i == place) for place in range(size)] for i in ids.tolist()]
    counts = [sum(row[place] for row in rows) for place in range(size)]
    return torch.tensor(counts, dtype=torch.int64)


def counted_by_python(ids, size):
    counts = Counter(ids.tolist())
    return torch.tensor([counts[i] for i in range(size)])


def id_after_id(ids, size):
    return torch.stack([(ids == i).sum() for i in range(size)])


def by_differences(ids, size):
    return torch.searchsorted(ids.sort().values, torch.arange(size + 1)).diff()


def indexed_addition(ids, size):
    counts = torch.zeros(size, dtype=torch.int64)
    counts[ids] += 1
    return counts


CASES = {
    "03.6b": Cases(
        solution=unknown_share,
        also_right=[by_sorting, by_ids],
        wrong=[
            (lambda old, new, size: 1 - unknown_share(old, new, size), "share of the known"),
            (lambda old, new, size: 100 * unknown_share(old, new, size), "per cent"),
            (
                lambda old, new, size: round(unknown_share(old, new, size) * len(new)),
                "their number",
            ),
            (lambda old, new, size: round(unknown_share(old, new, size), 2), "the tokens of `new`"),
            (lambda old, new, size: torch.tensor(unknown_share(old, new, size)), "a Python number"),
            (lambda old, new, size: str(unknown_share(old, new, size)), "expected"),
            (lambda old, new, size: unknown_share(new, new, size), "this one comes from `new`"),
            (lambda old, new, size: unknown_share(old + new, new, size), "has not seen `new`"),
            (lambda old, new, size: unknown_share(old, old, size), "the tokens of `new`"),
            (lambda old, new, size: unknown_share(old, new, None), "most frequent words only"),
            (lambda old, new, size: unknown_share(old, new, size + 1), "a word more"),
            (lambda old, new, size: unknown_share(old, new, max(size - 1, 0)), "a word less"),
            (
                lambda old, new, size: unknown_share(old, new, size) * len(new) / len(old),
                "not `old`",
            ),
            (
                lambda old, new, size: unknown_share(list(dict.fromkeys(old)), new, size),
                "come first",
            ),
            (over_types, "as often as it comes"),
            (with_a_place_for_the_unknown, "a word less"),
            (folded, "the tokens of `new`"),
            (alphabetical_where_equal, "equally frequent"),
            (last_first_where_equal, "equally frequent"),
            (all_that_are_as_frequent, "most frequent words only"),
            (found_within_words, "the tokens of `new`"),
            (lambda old, new, size: Counter(old)[new[0]] / 0, "raised ZeroDivisionError"),
        ],
        equivalent={
            "return abs(sum((token not in known for token in new)) / len(new))": NOT_NEGATIVE,
        },
    ),
    "03.6c": Cases(
        solution=bag,
        also_right=[
            lambda ids, size: torch.bincount(ids, minlength=size),
            looped,
            by_addition,
            counted_by_python,
            id_after_id,
            by_differences,
        ],
        wrong=[
            (indexed_addition, "adds only once"),
            (lambda ids, size: one_hot(ids, size).sum(0), "the one-hot matrix has"),
            (in_two_halves, "the one-hot matrix has"),
            (one_hot_in_numpy, "lists or arrays"),
            (compared_in_numpy, "lists or arrays"),
            (rows_in_lists, "lists or arrays"),
            (by_comparing, "the one-hot matrix has"),
            (lambda ids, size: torch.eye(size).long()[ids].sum(0), "the one-hot matrix has"),
            (lambda ids, size: bag(ids.unique(), size), "a repeated word counts once"),
            (lambda ids, size: ids.unique(return_counts=True)[1], "how many of the ids are i"),
            (lambda ids, size: bag(ids, size + 1), "expected shape"),
            (counted_in_bytes, "how many of the ids are i"),
            (counted_in_float16, "how many of the ids are i"),
            (lambda ids, size: bag(ids[ids > 0], size), "how many of the ids are i"),
            (lambda ids, size: bag(ids, size) / max(len(ids), 1), "expected dtype torch.int64"),
            (lambda ids, size: bag(ids, size).flip(0), "how many of the ids are i"),
            (lambda ids, size: torch.bincount(ids), "need their 0 too"),
            (lambda ids, size: one_hot(ids, size), "these are the one-hot rows"),
            (lambda ids, size: bag(ids, size).float(), "int64"),
            (lambda ids, size: bag(ids, size).tolist(), "expected a tensor, got a list"),
        ],
        equivalent={
            "return abs(torch.zeros(size, dtype=torch.int64)"
            ".scatter_add_(0, ids, torch.ones_like(ids)))": NOT_NEGATIVE,
            "return torch.zeros(size, dtype=torch.int64)"
            ".scatter_add_(-1, ids, torch.ones_like(ids))": "the last dimension is the first",
            "return abs(torch.bincount(which, minlength=length))": NOT_NEGATIVE,
        },
    ),
}
