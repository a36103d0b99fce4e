"""Answers to the exercises of 07/20, runtimes."""

import numpy as np
import torch

from check_cases import COMMUTES, NOT_NEGATIVE, WHOLE, Cases

LARGER = "the input and the first result have more than one byte"
PEAK = (
    "max((sum((bytes_of[v] for v in last if first[v] <= i <= last[v])) for i in range(len(steps))))"
)


def most_bytes(rows, sizes):
    most = 0
    for i, (name, _, _) in enumerate(rows):
        there = {"input"}.union(row[0] for row in rows[:i])
        taken = set()
        for row in rows[i:]:
            taken.update(a for a in row[2] if isinstance(a, str))
        needed = sizes[name] + sum(sizes[value] for value in there & taken)
        most = max(most, needed)
    return most


def by_counting_readers(rows, sizes):
    readers = dict.fromkeys(sizes, 0)
    for _, _, args in rows:
        for value in {a for a in args if isinstance(a, str)} & set(sizes):
            readers[value] += 1
    now = most = sizes["input"]
    for name, _, args in rows:
        now += sizes[name]
        most = max(most, now)
        for value in {a for a in args if isinstance(a, str)} & set(sizes):
            readers[value] -= 1
            if readers[value] == 0:
                now -= sizes[value]
        if readers[name] == 0:
            now -= sizes[name]
    return most


def never_let_go(rows, sizes):
    return sum(sizes.values())


def the_largest(rows, sizes):
    return max(sizes.values())


def one_row_at_a_time(rows, sizes):
    return max(
        sum(sizes.get(a, 0) for a in {a for a in args if isinstance(a, str)}) + sizes[name]
        for name, _, args in rows
    )


def counted_twice(rows, sizes):
    return max(
        sum(sizes.get(a, 0) for a in args if isinstance(a, str)) + sizes[name]
        for name, _, args in rows
    )


def let_go_too_early(rows, sizes):
    most = 0
    for i, (name, _, _) in enumerate(rows):
        there = {"input", *(row[0] for row in rows[:i])}
        taken = {a for row in rows[i + 1 :] for a in row[2] if isinstance(a, str)}
        most = max(most, sizes[name] + sum(sizes[value] for value in there & taken))
    return most


def without_input(rows, sizes):
    return most_bytes(rows, {**sizes, "input": 0})


def input_from_its_first_reader_on(rows, sizes):
    first = {}
    last = {}
    for i, (name, _, args) in enumerate(rows):
        for value in [*args, name]:
            if isinstance(value, str) and value in sizes:
                first.setdefault(value, i)
                last[value] = i
    return max(
        sum(sizes[value] for value in first if first[value] <= i <= last[value])
        for i in range(len(rows))
    )


def windows(X, size):
    return np.lib.stride_tricks.sliding_window_view(X, size, axis=(2, 3))


def conv2d_with_steps(X, W, b, step, padding):
    rows, columns = padding
    X = np.pad(X, [(0, 0), (0, 0), (rows, rows), (columns, columns)])
    places = windows(X, W.shape[2:])[:, :, :: step[0], :: step[1]]
    Z = np.einsum("nchwij,ocij->nohw", places, W)
    if b is not None:
        Z = Z + b[:, None, None]
    return Z


def by_loops(X, W, b, step, padding):
    n, c, h, w = X.shape
    padded = np.zeros((n, c, h + 2 * padding[0], w + 2 * padding[1]), dtype=X.dtype)
    padded[:, :, padding[0] : padding[0] + h, padding[1] : padding[1] + w] = X
    height = (padded.shape[2] - W.shape[2]) // step[0] + 1
    width = (padded.shape[3] - W.shape[3]) // step[1] + 1
    Z = np.zeros((n, len(W), height, width), dtype=X.dtype)
    for i in range(height):
        for j in range(width):
            top, left = i * step[0], j * step[1]
            place = padded[:, :, top : top + W.shape[2], left : left + W.shape[3]]
            Z[:, :, i, j] = np.tensordot(place, W, axes=([1, 2, 3], [1, 2, 3]))
    return Z if b is None else Z + b[:, None, None]


def by_pytorch(X, W, b, step, padding):
    X, W = torch.from_numpy(X), torch.from_numpy(W)
    b = None if b is None else torch.from_numpy(b)
    return torch.nn.functional.conv2d(X, W, b, step, padding).numpy()


def without_bias(X, W, b, step, padding):
    return conv2d_with_steps(X, W, None, step, padding)


def always_a_bias(X, W, b, step, padding):
    return conv2d_with_steps(X, W, None, step, padding) + b[:, None, None]


def without_steps(X, W, b, step, padding):
    return conv2d_with_steps(X, W, b, [1, 1], padding)


def without_padding(X, W, b, step, padding):
    return conv2d_with_steps(X, W, b, step, [0, 0])


def steps_swapped(X, W, b, step, padding):
    return conv2d_with_steps(X, W, b, step[::-1], padding)


def one_step(X, W, b, step, padding):
    return conv2d_with_steps(X, W, b, [step[0]] * 2, padding)


def padding_swapped(X, W, b, step, padding):
    return conv2d_with_steps(X, W, b, step, padding[::-1])


def one_padding(X, W, b, step, padding):
    return conv2d_with_steps(X, W, b, step, [padding[0]] * 2)


def padded_after(X, W, b, step, padding):
    X = np.pad(X, [(0, 0), (0, 0), (0, padding[0]), (0, padding[1])])
    return conv2d_with_steps(X, W, b, step, [0, 0])


def padded_by_its_edge(X, W, b, step, padding):
    edges = [(0, 0), (0, 0), (padding[0], padding[0]), (padding[1], padding[1])]
    return conv2d_with_steps(np.pad(X, edges, mode="edge"), W, b, step, [0, 0])


def in_whole_numbers(X, W, b, step, padding):
    n, c, h, w = X.shape
    padded = np.zeros((n, c, h + 2 * padding[0], w + 2 * padding[1]), dtype=int)
    padded[:, :, padding[0] : padding[0] + h, padding[1] : padding[1] + w] = X
    Z = conv2d_with_steps(padded, W, b, step, [0, 0])
    return Z.astype(np.float32)


def filter_turned(X, W, b, step, padding):
    return conv2d_with_steps(X, W[:, :, ::-1, ::-1], b, step, padding)


def channels_last(X, W, b, step, padding):
    return conv2d_with_steps(X, W, b, step, padding).transpose(0, 2, 3, 1)


def in_float64(X, W, b, step, padding):
    return conv2d_with_steps(X.astype(float), W, b, step, padding)


CASES = {
    "07.20a": Cases(
        solution=most_bytes,
        also_right=[by_counting_readers],
        wrong=[
            (never_let_go, "let go after the last row"),
            (the_largest, "several are needed at once"),
            (one_row_at_a_time, "stays in memory until then"),
            (counted_twice, "in memory once"),
            (let_go_too_early, "its arguments and its result are all needed"),
            (without_input, "takes memory, too"),
            (input_from_its_first_reader_on, "from the first row on"),
            (lambda rows, sizes: float(most_bytes(rows, sizes)), "return an int"),
        ],
        equivalent={
            "most = 1": LARGER,
            "most = -1": LARGER,
            "needed = sizes[name] + sum((sizes[value] for value in taken & there))": COMMUTES,
            "most = max(needed, most)": COMMUTES,
            "return abs(most)": NOT_NEGATIVE,
            "return int(most)": WHOLE,
            "first, last = ({'input': -1}, {})": "no row stands before row 0",
            "for value in [*args, name]:": COMMUTES,
            f"return abs({PEAK})": NOT_NEGATIVE,
            f"return int({PEAK})": WHOLE,
        },
    ),
    "07.20b": Cases(
        solution=conv2d_with_steps,
        also_right=[by_loops],
        wrong=[
            (by_pytorch, "the runtime has NumPy alone"),
            (without_bias, "The bias `b` is missing"),
            (always_a_bias, "None"),
            (without_steps, "The step is missing"),
            (without_padding, "The padding is missing"),
            (steps_swapped, "The first step goes down"),
            (one_step, "The second step goes across"),
            (padding_swapped, "above and below"),
            (one_padding, "left and right"),
            (padded_after, "on both sides"),
            (padded_by_its_edge, "Pad with zeros"),
            (filter_turned, "must not be turned round"),
            (channels_last, "channels come before the rows"),
            (in_float64, "float32"),
            (in_whole_numbers, "Pad with zeros"),
        ],
    ),
}
