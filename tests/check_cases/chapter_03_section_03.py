"""Answers to the exercises of 03/03, text."""

import torch
from torch.nn.functional import one_hot

from check_cases import Cases


def repair(text):
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def only_encoding_errors_caught(text):
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeEncodeError:
        return text


def once_more(text):
    try:
        return text.encode("utf-8").decode("cp1252")
    except UnicodeError:
        return text


def letters_dropped(text):
    return text.encode("cp1252", "ignore").decode("ascii", "ignore")


def undecodable_dropped(text):
    return text.encode("cp1252", "ignore").decode("utf-8", "ignore")


def bag(ids, size):
    return torch.zeros(size, dtype=torch.int64).scatter_add_(0, ids, torch.ones_like(ids))


def looped(ids, size):
    counts = torch.zeros(size, dtype=torch.int64)
    for i in ids:
        counts[i] += 1
    return counts


def indexed_addition(ids, size):
    counts = torch.zeros(size, dtype=torch.int64)
    counts[ids] += 1
    return counts


CASES = {
    "03.3b": Cases(
        solution=repair,
        wrong=[
            (lambda text: text, "still broken"),
            (once_more, "broke it once more"),
            (lambda text: text.encode("cp1252").decode("utf-8"), "raised UnicodeDecodeError"),
            (only_encoding_errors_caught, "raised UnicodeDecodeError"),
            (letters_dropped, "outside ASCII are lost"),
            (undecodable_dropped, "no UTF-8, so the text was never broken"),
            (lambda text: text.encode("cp1252"), "expected a str"),
        ],
    ),
    "03.3c": Cases(
        solution=bag,
        also_right=[
            lambda ids, size: torch.bincount(ids, minlength=size),
            lambda ids, size: one_hot(ids, size).sum(0),
            looped,
        ],
        wrong=[
            (indexed_addition, "adds only once"),
            (lambda ids, size: torch.bincount(ids), "need their 0 too"),
            (lambda ids, size: one_hot(ids, size), "these are the one-hot rows"),
            (lambda ids, size: bag(ids, size).float(), "int64"),
            (lambda ids, size: bag(ids, size).tolist(), "expected a tensor, got a list"),
        ],
    ),
}
