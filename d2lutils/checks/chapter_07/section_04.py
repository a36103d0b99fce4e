"""Checks of 07/04, torch.compile."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import torch
from torch import Tensor, fx

from d2lutils.checks import Wrong, call, exercise, expect_equal, given
from d2lutils.checks.expecting import expect_int
from d2lutils.checks.showing import kind
from d2lutils.checks.watching import loops

BLOCK = 200_000  # numbers at most
STEPS = 100_000  # lines that a function may run where it never pays


@contextmanager
def _ending() -> Iterator[None]:
    """Refuse a function that counts on and on where there is nothing to find."""
    left = STEPS

    def count(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Wrong("it never pays, and your loop goes on and on; return None before it")
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(before)


@exercise("07.4a")
def calls_until_it_pays(answer: Any) -> None:
    """The smallest n with first + (n - 1) * compiled < n * plain; None where there is none."""
    for first, plain, compiled in [
        (9_000_000, 5000, 1000),
        (9_000_001, 5000, 1000),
        (9_001_000, 5000, 1000),  # both take as long after 2,250 calls
        (9_001_001, 5000, 1000),
        (8_999_999, 5000, 1000),
        (100, 7, 4),
        (7, 5, 1),
        (6, 5, 1),
        (5, 5, 1),
        (5, 4, 0),
        (2_500_000, 3, 2),  # a loop may count so far
        (10**18 + 63, 3, 2),  # more digits than a float has, and no loop counts so far
        (1000, 20, 20),
        (1000, 20, 21),
        (20, 20, 20),
        (3000, 300, 409),
    ]:
        if first > 10**17 and callable(answer) and loops(answer):
            continue
        with given(first=first, plain=plain, compiled=compiled):
            if plain <= compiled:
                found = call(answer, first, plain, compiled, in_place=True, inside=_ending())
                if found is not None:
                    raise Wrong(
                        f"a later call saves nothing, so it never pays; return None, not {found!r}"
                    )
                continue
            found = call(answer, first, plain, compiled, in_place=True)
            if found is None:
                raise Wrong("it pays at some number of calls; yours returned None")
            saved = plain - compiled
            wanted = (first - compiled) // saved + 1
            equal = -(-(first - compiled) // saved)
            usual: list[tuple[object, str]] = [
                (equal, "less time, not as much"),
                (
                    first // saved + 1,
                    "the first call does the work of one call, too; n - 1 calls follow it",
                ),
                (-(-first // saved), "the first call does the work of one call, too"),
                (wanted - 1, "n counts all calls, the first one too"),
                (first // plain + 1, "the later compiled calls take time, too"),
            ]
            if saved == 1:
                rounded = int((first - compiled) / saved) + 1
                usual.append((rounded, "a float has too few digits for this; divide with //"))
            why = "find the smallest n for which first + (n - 1) * compiled < n * plain"
            expect_equal(expect_int(found), wanted, usual=usual, why=why)


_Function = Callable[..., tuple[Tensor, ...]]
_GRAPHS: list[
    tuple[str, str, _Function]
] = [  # "v" is a vector, "k" one of ints, "0" and "d" one number
    ("x.sqrt() - 0.5", "v", lambda x: (x.sqrt() - 0.5,)),
    ("x * z + 1", "vv", lambda x, z: (x * z + 1,)),
    ("z - w, where z has no dimension", "0v", lambda z, w: (z - w,)),
    ("x + z and x * w, where z has no dimension", "v0v", lambda x, z, w: (x + z, x * w)),
    ("x * z, where z is float64 and has no dimension", "vd", lambda x, z: (x * z,)),
    ("x > z", "vv", lambda x, z: (x > z,)),
    ("k / 2 and k, where k is int64", "k", lambda k: (k / 2, k * 1)),
]


@exercise("07.4b")
def all_in_blocks(answer: Any) -> None:
    """The results of the whole graph, from blocks of at most 200,000 numbers."""
    for source, form, function in _GRAPHS:
        for length in (450_000, 800_000, 7, 1):
            with given(f"a graph of {source}", f"{length} numbers"):
                gm = fx.symbolic_trace(function)
                _judge(answer, gm, *[_inputs(form, length, seed) for seed in (4, 5, 6)])


def _inputs(form: str, length: int, seed: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    made = []
    for letter in form:
        shape = () if letter in "0d" else (length,)
        tensor = torch.rand(shape, generator=generator) * 9 + 0.5
        if letter == "k":
            tensor = (tensor * 10).long()
        made.append(tensor.double() if letter == "d" else tensor)
    return made


def _judge(
    answer: Any,
    gm: fx.GraphModule,
    examples: list[Tensor],
    inputs: list[Tensor],
    later: list[Tensor],
) -> None:
    """Run what the answer returns, and look at the tensors with which it calls the graph."""
    lengths: list[int] = []
    dimensions: list[int] = []
    whole = type(gm).forward

    def noting(*args: Tensor) -> Any:
        lengths.append(max(tensor.numel() for tensor in args))
        dimensions[:] = [tensor.ndim for tensor in args]
        return whole(gm, *args)

    gm.forward = noting
    run = call(answer, gm, examples)
    if not callable(run):
        if lengths:
            raise Wrong(
                "a backend returns a function that runs the graph; yours ran the graph itself"
            )
        raise Wrong(f"a backend returns a function; yours returned {kind(run)}")
    lengths.clear()
    found = call(run, *inputs)
    if not lengths:
        raise Wrong("your function did not call gm, the graph")
    if max(lengths) > BLOCK:
        raise Wrong(f"gm was called with {max(lengths):,} numbers; {BLOCK:,} at most")
    if dimensions != [tensor.ndim for tensor in inputs]:
        raise Wrong("pass a vector's block as a vector, and a tensor of no dimension as it is")
    if not isinstance(found, tuple):
        raise Wrong(f"return a tuple of all results; your function returned {kind(found)}")
    wanted = whole(gm, *inputs)
    if len(found) != len(wanted):
        raise Wrong(f"gm returns {len(wanted)} results for a block; your tuple has {len(found)}")
    usual: list[tuple[object, str]] = [
        (whole(gm, *examples), "use the inputs that your function is given, not the examples"),
        (
            tuple(part[(len(part) - 1) // BLOCK * BLOCK :] for part in wanted),
            "this is the last block alone",
        ),
    ]
    why = "call gm with the blocks in their order, and join the results of each kind by torch.cat"
    expect_equal(found, wanted, usual=usual, why=why)
    again = call(run, *later)
    why = "your function is called twice; begin each call with no results"
    expect_equal(again, whole(gm, *later), why=why)
    expect_equal(found, wanted, why="the second call wrote over these results of the first")
