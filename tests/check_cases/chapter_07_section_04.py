"""Answers to the exercises of 07/04, torch.compile."""

import math
from itertools import count

import torch

from check_cases import NOT_NEGATIVE, SAME_LENGTH, WHOLE, Cases


def calls_until_it_pays(first, plain, compiled):
    if compiled >= plain:
        return None
    return (first - compiled) // (plain - compiled) + 1


def by_counting(first, plain, compiled):
    if compiled >= plain:
        return None
    n = 1
    while first + (n - 1) * compiled >= n * plain:
        n += 1
    return n


def counts_on_and_on(first, plain, compiled):
    n = 1
    while first + (n - 1) * compiled >= n * plain:
        n += 1
    return n


def looks_on_and_on(first, plain, compiled):
    return next(n for n in count(1) if first + (n - 1) * compiled < n * plain)


def counts_to_a_million(first, plain, compiled):
    for n in range(1, 1_000_000):
        if compiled < plain and first + (n - 1) * compiled < n * plain:
            return n
    return None


def counts_too_late(first, plain, compiled):
    for n in range(1, 1_000_000):
        if first + (n - 1) * compiled < n * plain:
            return n
    return None


def rounded_up(first, plain, compiled):
    if compiled >= plain:
        return None
    return -((first - compiled) // (compiled - plain))


def by_ceil(first, plain, compiled):
    if compiled >= plain:
        return None
    return math.ceil((first - compiled) / (plain - compiled))


def all_later_calls(first, plain, compiled):
    if compiled >= plain:
        return None
    return first // (plain - compiled) + 1


def later_calls_free(first, plain, compiled):
    if compiled >= plain:
        return None
    return first // plain + 1


def without_the_first(first, plain, compiled):
    if compiled >= plain:
        return None
    return (first - compiled) // (plain - compiled)


def always_a_number(first, plain, compiled):
    if compiled == plain:
        return None
    return (first - compiled) // (plain - compiled) + 1


def strictly(first, plain, compiled):
    if compiled > plain:
        return None
    return (first - compiled) // max(plain - compiled, 1) + 1


def never(first, plain, compiled):
    if compiled < plain:
        return None if first > 1000 * (plain - compiled) else first // (plain - compiled)
    return None


def as_float(first, plain, compiled):
    if compiled >= plain:
        return None
    return float((first - compiled) // (plain - compiled) + 1)


def by_division(first, plain, compiled):
    if compiled >= plain:
        return None
    return int((first - compiled) / (plain - compiled)) + 1


def all_in_blocks(gm, example_inputs):
    def run(*inputs):
        length = max(len(tensor) for tensor in inputs if tensor.ndim)
        parts = []
        for start in range(0, length, 200_000):
            block = slice(start, start + 200_000)
            parts.append(gm(*[tensor[block] if tensor.ndim else tensor for tensor in inputs]))
        return tuple(torch.cat(results) for results in zip(*parts, strict=True))

    return run


def by_split(gm, example_inputs):
    def run(*inputs):
        count = max(-(-tensor.numel() // 200_000) for tensor in inputs)
        pieces = [t.split(200_000) if t.ndim else [t] * count for t in inputs]
        results = [gm.forward(*cut) for cut in zip(*pieces, strict=True)]
        return tuple(torch.cat(kind) for kind in zip(*results, strict=True))

    return run


def in_place_of_all(gm, example_inputs):
    def run(*inputs):
        length = max(tensor.numel() for tensor in inputs)
        outs = None
        for start in range(0, length, 100_000):
            block = slice(start, start + 100_000)
            found = gm(*[tensor[block] if tensor.ndim else tensor for tensor in inputs])
            outs = outs or tuple(torch.empty(length, dtype=part.dtype) for part in found)
            for out, part in zip(outs, found, strict=True):
                out[block] = part
        return outs

    return run


def asks_the_examples(gm, example_inputs):
    dtypes = [
        part.dtype
        for part in gm(*[tensor[:1] if tensor.ndim else tensor for tensor in example_inputs])
    ]

    def run(*inputs):
        length = max(tensor.numel() for tensor in inputs)
        outs = [torch.empty(length, dtype=dtype) for dtype in dtypes]
        for start in range(0, length, 200_000):
            block = slice(start, start + 200_000)
            found = gm(*[tensor[block] if tensor.ndim else tensor for tensor in inputs])
            for out, part in zip(outs, found, strict=True):
                out[block] = part
        return tuple(outs)

    return run


def keeps_the_parts(gm, example_inputs):
    parts = []

    def run(*inputs):
        length = max(tensor.numel() for tensor in inputs)
        for start in range(0, length, 200_000):
            block = slice(start, start + 200_000)
            parts.append(gm(*[tensor[block] if tensor.ndim else tensor for tensor in inputs]))
        return tuple(torch.cat(results) for results in zip(*parts, strict=True))

    return run


def keeps_the_memory(gm, example_inputs):
    length = max(tensor.numel() for tensor in example_inputs)
    outs = [torch.empty(length, dtype=part.dtype) for part in gm(*example_inputs)]

    def run(*inputs):
        for start in range(0, length, 200_000):
            block = slice(start, start + 200_000)
            found = gm(*[tensor[block] if tensor.ndim else tensor for tensor in inputs])
            for out, part in zip(outs, found, strict=True):
                out[block] = part
        return tuple(outs)

    return run


def as_long_as_the_last(gm, example_inputs):
    def run(*inputs):
        parts = []
        for start in range(0, len(inputs[-1]), 200_000):
            block = slice(start, start + 200_000)
            parts.append(gm(*[tensor[block] if tensor.ndim else tensor for tensor in inputs]))
        return tuple(torch.cat(results) for results in zip(*parts, strict=True))

    return run


def expands(gm, example_inputs):
    def run(*inputs):
        length = max(tensor.numel() for tensor in inputs)
        pieces = zip(*[tensor.expand(length).split(200_000) for tensor in inputs], strict=True)
        return tuple(map(torch.cat, zip(*[gm(*cut) for cut in pieces], strict=True)))

    return run


def three_pieces(gm, example_inputs):
    def run(*inputs):
        pieces = [t.chunk(3) if t.ndim else [t] * 3 for t in inputs]
        results = [gm(*cut) for cut in zip(*pieces, strict=False)]
        return tuple(torch.cat(kind) for kind in zip(*results, strict=True))

    return run


def one_input(gm, example_inputs):
    def run(x):
        return (torch.cat([gm(block)[0] for block in x.split(200_000)]),)

    return run


def cuts_all(gm, example_inputs):
    def run(*inputs):
        pieces = zip(*[tensor.split(200_000) for tensor in inputs], strict=True)
        return tuple(map(torch.cat, zip(*[gm(*cut) for cut in pieces], strict=True)))

    return run


def like_the_first(gm, example_inputs):
    def run(*inputs):
        vectors = [tensor for tensor in inputs if tensor.ndim]
        outs = None
        for start in range(0, len(vectors[0]), 200_000):
            block = slice(start, start + 200_000)
            found = gm(*[tensor[block] if tensor.ndim else tensor for tensor in inputs])
            outs = outs or [torch.empty_like(vectors[0]) for part in found]
            for out, part in zip(outs, found, strict=True):
                out[block] = part
        return tuple(outs)

    return run


def first_result(gm, example_inputs):
    run_all = all_in_blocks(gm, example_inputs)
    return lambda *inputs: run_all(*inputs)[:1]


def no_tuple(gm, example_inputs):
    run_all = all_in_blocks(gm, example_inputs)
    return lambda *inputs: run_all(*inputs)[0]


def a_list(gm, example_inputs):
    run_all = all_in_blocks(gm, example_inputs)
    return lambda *inputs: list(run_all(*inputs))


def uncut(gm, example_inputs):
    return gm


def of_examples(gm, example_inputs):
    run_all = all_in_blocks(gm, example_inputs)
    return lambda *inputs: run_all(*example_inputs)


def last_block(gm, example_inputs):
    def run(*inputs):
        length = max(tensor.numel() for tensor in inputs)
        for start in range(0, length, 200_000):
            block = slice(start, start + 200_000)
            found = gm(*[tensor[block] if tensor.ndim else tensor for tensor in inputs])
        return found

    return run


def whole_blocks(gm, example_inputs):
    def run(*inputs):
        length = max(tensor.numel() for tensor in inputs)
        parts = []
        for start in range(0, length - 199_999, 200_000):
            block = slice(start, start + 200_000)
            parts.append(gm(*[tensor[block] if tensor.ndim else tensor for tensor in inputs]))
        return tuple(torch.cat(results) for results in zip(*parts, strict=True))

    return run


def runs_at_once(gm, example_inputs):
    return all_in_blocks(gm, example_inputs)(*example_inputs)


def a_name(gm, example_inputs):
    return "inductor"


VECTORS = "an input has one dimension or none"
JOINED = "return tuple((torch.cat(results) for results in zip(*parts)))"

CASES = {
    "07.4a": Cases(
        solution=calls_until_it_pays,
        also_right=[by_counting],
        wrong=[
            (rounded_up, "less time, not as much"),
            (by_ceil, "less time, not as much"),
            (all_later_calls, "n - 1 calls follow"),
            (later_calls_free, "take time, too"),
            (without_the_first, "n counts all calls"),
            (always_a_number, "never pays"),
            (strictly, "never pays"),
            (never, "it pays at some number"),
            (as_float, "return an int"),
            (by_division, "too few digits"),
            (counts_on_and_on, "goes on and on"),
            (looks_on_and_on, "goes on and on"),
            (counts_to_a_million, "it pays at some number"),
            (counts_too_late, "it pays at some number"),
        ],
        equivalent={
            "return abs((first - compiled) // (plain - compiled) + 1)": NOT_NEGATIVE,
            "return int((first - compiled) // (plain - compiled) + 1)": WHOLE,
        },
    ),
    "07.4b": Cases(
        solution=all_in_blocks,
        also_right=[by_split, in_place_of_all, asks_the_examples],
        wrong=[
            (one_input, "takes 1 positional argument"),
            (cuts_all, "1-dimensional"),
            (like_the_first, "dtype"),
            (first_result, "your tuple has 1"),
            (no_tuple, "a tuple of all results"),
            (a_list, "a tuple of all results"),
            (uncut, "200,000 at most"),
            (of_examples, "not the examples"),
            (last_block, "the last block alone"),
            (whole_blocks, "expected shape"),
            (runs_at_once, "ran the graph itself"),
            (a_name, "a backend returns a function"),
            (keeps_the_parts, "begin each call with no results"),
            (keeps_the_memory, "wrote over these results"),
            (as_long_as_the_last, "0-d tensor"),
            (expands, "a tensor of no dimension as it is"),
            (three_pieces, "200,000 at most"),
        ],
        equivalent={
            "length = min((len(tensor) for tensor in inputs if tensor.ndim))": SAME_LENGTH,
            "length = min((len(t) for t in inputs if t.ndim == 1))": SAME_LENGTH,
            "length = max((len(t) for t in inputs if t.ndim >= 1))": VECTORS,
            JOINED: SAME_LENGTH,
            JOINED.replace("parts)", "parts, strict=False)"): SAME_LENGTH,
        },
    ),
}
