"""Answers to the exercises of 07/16, sharded checkpoints."""

from itertools import pairwise

import torch

from check_cases import COMMUTES, NOT_NEGATIVE, WHOLE, Cases

NO_ROWS = "where there are no rows, one tensor without rows is as good as another"


def rows_of(rank, num_ranks, num_rows):
    size = -(-num_rows // num_ranks)
    first = min(rank * size, num_rows)
    return first, min(first + size, num_rows)


def sources(rank, num_readers, num_writers, num_rows):
    first, end = rows_of(rank, num_readers, num_rows)
    found = []
    for writer in range(num_writers):
        begin, stop = rows_of(writer, num_writers, num_rows)
        if max(first, begin) < min(end, stop):
            start = max(first, begin)
            found.append((writer, start - begin, min(end, stop) - start))
    return found


def by_sets(rank, num_readers, num_writers, num_rows):
    mine = set(range(*rows_of(rank, num_readers, num_rows)))
    found = []
    for writer in range(num_writers):
        begin, stop = rows_of(writer, num_writers, num_rows)
        both = sorted(mine & set(range(begin, stop)))
        if both:
            found.append((writer, both[0] - begin, len(both)))
    return found


def in_whole(rank, num_readers, num_writers, num_rows):
    size = -(-num_rows // num_writers)
    parts = sources(rank, num_readers, num_writers, num_rows)
    return [(writer, start + writer * size, count) for writer, start, count in parts]


def with_ends(rank, num_readers, num_writers, num_rows):
    parts = sources(rank, num_readers, num_writers, num_rows)
    return [(writer, start, start + count) for writer, start, count in parts]


def swapped(rank, num_readers, num_writers, num_rows):
    return sources(rank, num_writers, num_readers, num_rows)


def from_one(rank, num_readers, num_writers, num_rows):
    return sources(rank - 1, num_readers, num_writers, num_rows) if rank else []


def with_empty(rank, num_readers, num_writers, num_rows):
    first, end = rows_of(rank, num_readers, num_rows)
    found = []
    for writer in range(num_writers):
        begin, stop = rows_of(writer, num_writers, num_rows)
        start = max(first, begin)
        found.append((writer, start - begin, max(0, min(end, stop) - start)))
    return found


def rounded_down(rank, num_readers, num_writers, num_rows):
    read, write = num_rows // num_readers, num_rows // num_writers
    mine = range(rank * read, (rank + 1) * read)
    found = []
    for writer in range(num_writers):
        both = [row for row in mine if writer * write <= row < (writer + 1) * write]
        if both:
            found.append((writer, both[0] - writer * write, len(both)))
    return found


def as_tuple(rank, num_readers, num_writers, num_rows):
    return tuple(sources(rank, num_readers, num_writers, num_rows))


def assemble(pieces, num_rows):
    filled = [piece for piece in pieces if len(piece[1])]
    filled.sort(key=lambda piece: piece[0])
    expected = 0
    for first, rows in filled:
        if first != expected:
            raise ValueError("a row is missing or comes twice")
        expected += len(rows)
    if expected != num_rows:
        raise ValueError("not the right number of rows")
    return torch.cat([rows for _, rows in filled] or [pieces[0][1]])


def by_places(pieces, num_rows):
    like = pieces[0][1]
    whole = like.new_empty(num_rows, *like.shape[1:])
    seen = [0] * num_rows
    for first, rows in pieces:
        for i, row in enumerate(rows):
            if first + i >= num_rows or seen[first + i]:
                raise ValueError("beyond the end, or twice")
            whole[first + i] = row
            seen[first + i] = 1
    if not all(seen):
        raise ValueError("missing")
    return whole


def by_row_numbers(pieces, num_rows):
    numbers = torch.cat([first + torch.arange(len(rows)) for first, rows in pieces])
    if sorted(numbers.tolist()) != list(range(num_rows)):
        raise ValueError("missing, twice, or beyond the end")
    return torch.cat([rows for _, rows in pieces])[numbers.argsort()]


def as_given(pieces, num_rows):
    return torch.cat([rows for _, rows in pieces])


def unchecked(pieces, num_rows):
    return torch.cat([rows for _, rows in sorted(pieces, key=lambda piece: piece[0])])


def counted(pieces, num_rows):
    if sum(len(rows) for _, rows in pieces) != num_rows:
        raise ValueError("not the right number of rows")
    return unchecked(pieces, num_rows)


def written_over(pieces, num_rows):
    like = pieces[0][1]
    whole = like.new_zeros(num_rows, *like.shape[1:])
    seen = torch.zeros(num_rows, dtype=torch.bool)
    for first, rows in pieces:
        if len(rows) and first + len(rows) > num_rows:
            raise ValueError("beyond the end")
        whole[first : first + len(rows)] = rows
        seen[first : first + len(rows)] = True
    if not seen.all():
        raise ValueError("missing")
    return whole


def cut_at_end(pieces, num_rows):
    return assemble(pieces, sum(len(rows) for _, rows in pieces))[:num_rows].clone()


def as_single(pieces, num_rows):
    return assemble(pieces, num_rows).float()


def by_key_error(pieces, num_rows):
    try:
        return assemble(pieces, num_rows)
    except ValueError as error:
        raise KeyError("row") from error


def shared(pieces, num_rows):
    return pieces[0][1] if len(pieces) == 1 else assemble(pieces, num_rows)


def sorts_in_place(pieces, num_rows):
    pieces.sort(key=lambda piece: (piece[0], len(piece[1])))
    return assemble(pieces, num_rows)


def by_ends(pieces, num_rows):
    filled = [(first, rows) for first, rows in pieces if len(rows)] or pieces[:1]
    ends = [first + len(rows) for first, rows in filled]
    if min(first for first, _ in filled) != 0 or max(ends) != num_rows:
        raise ValueError("the first or the last row is missing")
    return counted(filled, num_rows)


def by_neighbours(pieces, num_rows):
    filled = [piece for piece in pieces if len(piece[1])]
    filled.sort(key=lambda piece: piece[0])
    for (first, rows), (following, _) in pairwise(filled):
        if first + len(rows) != following:
            raise ValueError("missing or twice")
    return counted(filled or pieces[:1], num_rows)


def by_overlaps(pieces, num_rows):
    filled = [piece for piece in pieces if len(piece[1])]
    filled.sort(key=lambda piece: piece[0])
    for (first, rows), (following, _) in pairwise(filled):
        if first + len(rows) > following:
            raise ValueError("twice")
    return counted(filled or pieces[:1], num_rows)


def by_zeros(pieces, num_rows):
    like = pieces[0][1]
    whole = like.new_zeros(num_rows, *like.shape[1:])
    if sum(len(rows) for _, rows in pieces) != num_rows:
        raise ValueError("missing or twice")
    for first, rows in pieces:
        if len(rows) == 0:
            continue
        if first + len(rows) > num_rows or whole[first : first + len(rows)].any():
            raise ValueError("beyond the end, or twice")
        whole[first : first + len(rows)] = rows
    return whole


def with_empty_pieces(pieces, num_rows):
    expected = 0
    for first, rows in sorted(pieces, key=lambda piece: (piece[0], len(piece[1]))):
        if first != expected:
            raise ValueError("missing or twice")
        expected += len(rows)
    return assemble(pieces, num_rows)


def empty_beyond(pieces, num_rows):
    if any(first + len(rows) > num_rows for first, rows in pieces):
        raise ValueError("beyond the end")
    return assemble(pieces, num_rows)


def none_at_once(pieces, num_rows):
    return pieces[0][1][:0].clone() if num_rows == 0 else assemble(pieces, num_rows)


def by_numpy(pieces, num_rows):
    return torch.from_numpy(assemble(pieces, num_rows).numpy().copy())


CASES = {
    "07.16a": Cases(
        solution=sources,
        also_right=[by_sets],
        wrong=[
            (in_whole, "within the writer's part"),
            (with_ends, "how many rows"),
            (swapped, "the reader is asked for"),
            (from_one, "ranks begin with 0"),
            (with_empty, "needs no rows"),
            (rounded_down, "rounded up"),
            (as_tuple, "list"),
        ],
        equivalent={
            "first = min(num_rows, rank * size)": COMMUTES,
            "return (abs(first), min(first + size, num_rows))": NOT_NEGATIVE,
            "return (int(first), min(first + size, num_rows))": WHOLE,
            "return (first, abs(min(first + size, num_rows)))": NOT_NEGATIVE,
            "return (first, int(min(first + size, num_rows)))": WHOLE,
            "return (first, min(num_rows, first + size))": COMMUTES,
            "if max(begin, first) < min(end, stop):": COMMUTES,
            "if max(first, begin) < min(stop, end):": COMMUTES,
            "start = max(begin, first)": COMMUTES,
            "found.append((writer, start - begin, min(stop, end) - start))": COMMUTES,
            "end = min(rows, first + read_size)": COMMUTES,
            "stop = min(begin + write_size, end)": COMMUTES,
        },
    ),
    "07.16b": Cases(
        solution=assemble,
        also_right=[by_places, by_row_numbers],
        wrong=[
            (as_given, "any order"),
            (unchecked, "should raise a ValueError"),
            (counted, "comes twice"),
            (written_over, "comes twice"),
            (cut_at_end, "should raise a ValueError"),
            (as_single, "dtype"),
            (by_key_error, "should raise a ValueError"),
            (shared, "clone"),
            (sorts_in_place, "changed its input"),
            (by_ends, "row 3 comes twice and row 6 is missing"),
            (by_neighbours, "row 0 is missing and row 8 lies behind the end"),
            (by_overlaps, "row 2 is missing and row 4 lies behind the end"),
            (by_zeros, "rows 1 and 2 come twice"),
            (with_empty_pieces, "counts for nothing"),
            (empty_beyond, "counts for nothing"),
            (none_at_once, "the only row lies behind the end"),
            (by_numpy, "NumPy has no bfloat16"),
        ],
        equivalent={
            "filled.sort(key=lambda piece: abs(piece[0]))": NOT_NEGATIVE,
            "filled.sort(key=lambda piece: int(piece[0]))": WHOLE,
            "return torch.cat([rows for _, rows in filled] or [pieces[-1][1]])": NO_ROWS,
            "filled.sort(key=lambda part: abs(part[0]))": NOT_NEGATIVE,
            "filled.sort(key=lambda part: int(part[0]))": WHOLE,
            "if total <= 0:": NOT_NEGATIVE,
            "return abs(parts[0][1].clone())": NO_ROWS,
            "return -parts[0][1].clone()": NO_ROWS,
            "return parts[0][1]": NO_ROWS,
            "return parts[-1][1].clone()": NO_ROWS,
        },
    ),
}
