"""Answers to the exercises of 03/06, text."""

import unicodedata

import torch
from torch.nn.functional import one_hot

from check_cases import NOT_NEGATIVE, Cases


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


def as_far_as_it_goes(text):
    while repair(text) != text:
        text = repair(text)
    return text


def word_by_word(text):
    return " ".join(repair(word) for word in text.split(" "))


def line_by_line(text):
    return "\n".join(map(repair, text.split("\n")))


def by_its_marks(text):
    return repair(text) if set(text) & set("ÃÂâð") else text


def only_where_there_is_more_than_ascii(text):
    return text if text.isascii() else repair(text)


def by_latin_1(text):
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def by_a_table(text):
    for right in "éèäöüï–€É":
        text = text.replace(once_more(right), right)
    return text


def undecodable_dropped(text):
    return text.encode("cp1252", "ignore").decode("utf-8", "ignore")


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


def indexed_addition(ids, size):
    counts = torch.zeros(size, dtype=torch.int64)
    counts[ids] += 1
    return counts


CASES = {
    "03.6b": Cases(
        solution=repair,
        also_right=[only_where_there_is_more_than_ascii],
        wrong=[
            (lambda text: text, "still broken"),
            (once_more, "broke it once more"),
            (lambda text: text.encode("cp1252").decode("utf-8"), "raised UnicodeDecodeError"),
            (only_encoding_errors_caught, "raised UnicodeDecodeError"),
            (letters_dropped, "outside ASCII are lost"),
            (undecodable_dropped, "no UTF-8, so the text was never broken"),
            (lambda text: text.encode("cp1252"), "expected a str"),
            (lambda text: repair(text).strip(), "take the way back"),
            (lambda text: unicodedata.normalize("NFC", repair(text)), "take the way back"),
            (as_far_as_it_goes, "one step back is asked for"),
            (word_by_word, "the whole text is sound"),
            (line_by_line, "the whole text is sound"),
            (by_its_marks, "still broken"),
            (lambda text: "\n".join(repair(text).splitlines()), "take the way back"),
            (by_latin_1, "it is still broken"),
            (by_a_table, "take the way back"),
            (lambda text: repair(text).lower(), "take the way back"),
            (
                lambda text: text.encode("cp1252", "replace").decode("utf-8", "replace"),
                "never broken",
            ),
            (lambda text: repair(text).encode("ascii", "ignore").decode(), "outside ASCII"),
        ],
    ),
    "03.6c": Cases(
        solution=bag,
        also_right=[
            lambda ids, size: torch.bincount(ids, minlength=size),
            looped,
            by_addition,
        ],
        wrong=[
            (indexed_addition, "adds only once"),
            (lambda ids, size: one_hot(ids, size).sum(0), "as many as the one-hot matrix has"),
            (by_comparing, "as many as the one-hot matrix has"),
            (lambda ids, size: torch.eye(size).long()[ids].sum(0), "as many as the one-hot matrix"),
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
