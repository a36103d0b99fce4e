"""Answers to the exercises of 07/16, sharded checkpoints."""

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
        if first + len(rows) > num_rows:
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
        also_right=[by_places],
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
