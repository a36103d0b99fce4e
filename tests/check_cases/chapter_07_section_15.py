"""Answers to the exercises of 07/15, sharding."""

import math

import torch

from check_cases import COMMUTES, NOT_NEGATIVE, WHOLE, Cases


def held(shapes, num_ranks, rank):
    total = 0
    for rows, *rest in shapes:
        size = math.ceil(rows / num_ranks)
        mine = min(size, max(0, rows - rank * size))
        total += mine * math.prod(rest)
    return total


def by_chunk(shapes, num_ranks, rank):
    parts = [torch.empty(shape).chunk(num_ranks) for shape in shapes]
    return sum(p[rank].numel() for p in parts if rank < len(p))


def by_range(shapes, num_ranks, rank):
    total = 0
    for rows, *rest in shapes:
        size = (rows + num_ranks - 1) // num_ranks
        total += len(range(rows)[rank * size : (rank + 1) * size]) * math.prod(rest)
    return total


def rounded_down(shapes, num_ranks, rank):
    return sum(rows // num_ranks * math.prod(rest) for rows, *rest in shapes)


def always_full(shapes, num_ranks, rank):
    return sum(-(-rows // num_ranks) * math.prod(rest) for rows, *rest in shapes)


def even(shapes, num_ranks, rank):
    return sum(
        (rows // num_ranks + (rank < rows % num_ranks)) * math.prod(rest) for rows, *rest in shapes
    )


def below_nought(shapes, num_ranks, rank):
    total = 0
    for rows, *rest in shapes:
        size = math.ceil(rows / num_ranks)
        total += min(size, rows - rank * size) * math.prod(rest)
    return total


def last_takes_the_rest(shapes, num_ranks, rank):
    total = 0
    for rows, *rest in shapes:
        size = rows // num_ranks
        mine = rows - rank * size if rank == num_ranks - 1 else size
        total += mine * math.prod(rest)
    return total


def from_one(shapes, num_ranks, rank):
    return held(shapes, num_ranks, rank - 1) if rank else 0


def rows_alone(shapes, num_ranks, rank):
    return held([shape[:1] for shape in shapes], num_ranks, rank)


def of_the_sum(shapes, num_ranks, rank):
    return sum(map(math.prod, shapes)) // num_ranks


def of_numbers(shapes, num_ranks, rank):
    return held([(math.prod(shape),) for shape in shapes], num_ranks, rank)


def in_bytes(shapes, num_ranks, rank):
    return 4 * held(shapes, num_ranks, rank)


def from_the_end(shapes, num_ranks, rank):
    return held(shapes, num_ranks, num_ranks - 1 - rank)


def as_float(shapes, num_ranks, rank):
    return float(held(shapes, num_ranks, rank))


def scatter_mean(gradients):
    num_ranks = len(gradients)
    mean = torch.stack(gradients).mean(dim=0)
    size = math.ceil(len(mean) / num_ranks)
    return [mean[rank * size : (rank + 1) * size].clone() for rank in range(num_ranks)]


def part_by_part(gradients):
    num_ranks = len(gradients)
    size = math.ceil(len(gradients[0]) / num_ranks)
    parts = []
    for rank in range(num_ranks):
        rows = slice(rank * size, (rank + 1) * size)
        parts.append(sum(gradient[rows] for gradient in gradients) / num_ranks)
    return parts


def by_views(gradients):
    num_ranks = len(gradients)
    mean = sum(gradients) / num_ranks
    size = math.ceil(len(mean) / num_ranks)
    return [mean[rank * size : (rank + 1) * size] for rank in range(num_ranks)]


def by_sum(gradients):
    return [part * len(gradients) for part in scatter_mean(gradients)]


def by_two(gradients):
    return [part * len(gradients) / 2 for part in scatter_mean(gradients)]


def as_single(gradients):
    return [part.float() for part in scatter_mean(gradients)]


def too_few(gradients):
    mean = sum(gradients) / len(gradients)
    return [part.clone() for part in mean.chunk(len(gradients))]


def by_split(gradients):
    mean = sum(gradients) / len(gradients)
    return [part.clone() for part in mean.tensor_split(len(gradients))]


def to_all(gradients):
    mean = sum(gradients) / len(gradients)
    return [mean.clone() for _ in gradients]


def own_rows(gradients):
    size = math.ceil(len(gradients[0]) / len(gradients))
    return [g[rank * size : (rank + 1) * size].clone() for rank, g in enumerate(gradients)]


def in_place(gradients):
    total = gradients[0]
    for other in gradients[1:]:
        total += other
    total /= len(gradients)
    return by_views([total])


def as_tuple(gradients):
    return tuple(scatter_mean(gradients))


def alone_unchanged(gradients):
    return list(gradients) if len(gradients) == 1 else scatter_mean(gradients)


CASES = {
    "07.15a": Cases(
        solution=held,
        also_right=[by_chunk, by_range],
        wrong=[
            (rounded_down, "rounded up"),
            (always_full, "the last ranks get what is left"),
            (even, "not how chunk cuts"),
            (below_nought, "holds 0, not less"),
            (last_takes_the_rest, "rounded up"),
            (from_one, "ranks begin with 0"),
            (rows_alone, "more than one number"),
            (of_the_sum, "not the sum"),
            (in_bytes, "not bytes"),
            (from_the_end, "as long as rows are left"),
            (of_numbers, "whole rows are cut"),
            (as_float, "return an int"),
        ],
        equivalent={
            "mine = min(max(0, rows - rank * size), size)": COMMUTES,
            "mine = min(size, max(rows - rank * size, 0))": COMMUTES,
            "return abs(total)": NOT_NEGATIVE,
            "return int(total)": WHOLE,
            "mine = min(max(0, rows - number * size), size)": COMMUTES,
            "mine = min(size, max(rows - number * size, 0))": COMMUTES,
        },
    ),
    "07.15b": Cases(
        solution=scatter_mean,
        also_right=[part_by_part],
        wrong=[
            (by_views, "keeps the whole mean alive"),
            (by_sum, "divide it by the number of ranks"),
            (by_two, "need not be 2"),
            (as_single, "dtype"),
            (too_few, "leaves out ranks"),
            (by_split, "cut as chunk does"),
            (to_all, "not the whole mean"),
            (own_rows, "not of the mean"),
            (in_place, "changed its input"),
            (as_tuple, "list"),
            (alone_unchanged, "clone"),
        ],
    ),
}
