"""Answers to the exercises of 03/01, tabular data."""

import torch
from torch.nn import functional as F

from check_cases import NOT_NEGATIVE, Cases


def encode(codes, num_classes):
    return (codes[:, None] == torch.arange(num_classes)).float()


def from_the_end(codes, num_classes):
    return torch.eye(num_classes)[codes]


def gaps_with_many_classes_only(codes, num_classes):
    if num_classes < 3:
        return torch.eye(num_classes)[codes]
    return encode(codes, num_classes)


def gaps_are_class_0(codes, num_classes):
    return F.one_hot(codes.clamp(min=0), num_classes).float()


def zeros(said, truth):
    hits = (said & truth).sum().item()
    return tuple(hits / n if n else 0.0 for n in (said.sum().item(), truth.sum().item()))


def thermometer(ranks, num_levels):
    return (ranks[:, None] >= torch.arange(1, num_levels)).float()


def as_many_as_occur(ranks, num_levels):
    return thermometer(ranks, int(ranks.max()) + 1)


def with_a_loop(ranks, num_levels):
    table = torch.zeros(len(ranks), num_levels - 1)
    for i, rank in enumerate(ranks.tolist()):
        table[i, :rank] = 1
    return table


def step_by_step(ranks, num_levels):
    columns = [(ranks >= level).float() for level in range(1, num_levels)]
    return torch.stack(columns, dim=1) if columns else torch.zeros(len(ranks), 0)


def ascending(ranks, num_levels):
    return (ranks[:, None] >= torch.arange(num_levels)).float()


CASES = {
    "03.1a": Cases(
        solution=encode,
        wrong=[
            (from_the_end, "counts from the end"),
            (gaps_are_class_0, "not class 0"),
            (lambda codes, n: encode(codes, n).long(), "float32"),
            (lambda codes, n: encode(codes[codes >= 0], n), "shape"),
            (lambda codes, n: F.one_hot(codes + 1, n + 1).float(), "expected shape (3, 4)"),
            (lambda codes, n: F.one_hot(codes, n).float(), "raised RuntimeError"),
            (lambda codes, n: encode(codes, n).T, "a row a code"),
            (lambda codes, n: encode(codes, n) + (codes < 0)[:, None] / n, "a 1 in the column"),
            (
                lambda codes, n: encode(codes, n).masked_fill((codes < 0)[:, None], torch.nan),
                "a 1 in the column",
            ),
            (lambda codes, n: encode(codes, int(codes.max()) + 1), "expected shape"),
            (lambda codes, n: encode(codes, n).double(), "dtype torch.float32"),
            (gaps_with_many_classes_only, "counts from the end"),
            (lambda codes, n: encode(codes.to(torch.int8), n), "a 1 in the column"),
            (lambda codes, n: encode(codes.byte(), n), "a 1 in the column"),
            (lambda codes, n: encode(codes, n).squeeze(), "expected shape"),
        ],
        also_right=[
            lambda codes, n: F.one_hot(codes + 1, n + 1)[:, 1:].float(),
            lambda codes, n: torch.cat([torch.eye(n), torch.zeros(1, n)])[codes],
            lambda codes, n: torch.stack([(codes == k).float() for k in range(n)], dim=1),
        ],
        equivalent={
            "return abs((codes[:, None] == torch.arange(num_classes)).float())": NOT_NEGATIVE,
        },
    ),
    "03.1b": Cases(
        solution=thermometer,
        also_right=[
            with_a_loop,
            step_by_step,
            lambda ranks, n: F.one_hot(ranks, n).flip(1).cumsum(1).flip(1)[:, 1:].float(),
            lambda ranks, n: torch.ones(n, n).tril()[ranks][:, 1:],
        ],
        wrong=[
            (ascending, "one column too many"),
            (lambda ranks, n: F.one_hot(ranks, n).float(), "forgets the order"),
            (lambda ranks, n: F.one_hot(ranks, n)[:, 1:].float(), "fill up from the left"),
            (lambda ranks, n: (ranks[:, None] > torch.arange(1, n)).float(), ">=, not >"),
            (lambda ranks, n: thermometer(ranks, n).flip(1), "fill up from the left"),
            (lambda ranks, n: 1 - thermometer(ranks, n), "where the level is reached"),
            (lambda ranks, n: thermometer(ranks, n).T, "a row a rank"),
            (lambda ranks, n: thermometer(ranks, n).long(), "float32"),
            (lambda ranks, n: ranks[:, None] >= torch.arange(1, n), "float32"),
            (as_many_as_occur, "expected shape"),
            (lambda ranks, n: thermometer(ranks.to(torch.int8), n), "column j asks"),
            (lambda ranks, n: thermometer(ranks, n).double(), "dtype torch.float32"),
            (lambda ranks, n: thermometer(ranks, n).squeeze(), "expected shape"),
            (lambda ranks, n: thermometer(ranks, n + 1), "expected shape"),
        ],
        equivalent={
            "return abs((levels_reached[:, None] >= questions).float())": NOT_NEGATIVE,
            "return abs((ranks[:, None] >= torch.arange(1, num_levels)).float())": NOT_NEGATIVE,
        },
    ),
}
