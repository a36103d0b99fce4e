"""Checks of 07/03, the profiler."""

from collections.abc import Callable
from typing import Any

import torch
from torch.profiler import record_function

from d2lutils.checks import Wrong, call, exercise, expect_equal, given
from d2lutils.checks.expecting import expect_int, expect_type

Box = tuple[str, float, float]

# Lists of boxes with the self times of their names.
BOXES: list[tuple[str, list[Box], dict[str, float]]] = [
    ("one box", [("a", 2.0, 5.0)], {"a": 3.0}),
    ("a box in a box", [("a", 0.0, 8.0), ("b", 2.0, 5.0)], {"a": 5.0, "b": 3.0}),
    (
        "three boxes in each other",
        [("a", 0.0, 16.0), ("b", 1.0, 9.0), ("c", 2.0, 6.0)],
        {"a": 8.0, "b": 4.0, "c": 4.0},
    ),
    (
        "two boxes of one name",
        [("a", 1.0, 2.5), ("b", 3.0, 4.0), ("a", 6.0, 10.0)],
        {"a": 5.5, "b": 1.0},
    ),
    (
        "boxes that touch",
        [("a", 0.0, 3.0), ("b", 3.0, 7.0), ("c", 7.0, 7.5), ("a", 7.5, 8.5)],
        {"a": 4.0, "b": 4.0, "c": 0.5},
    ),
    (
        "boxes that begin or end together, inner ones first",
        [("c", 0.0, 1.0), ("b", 0.0, 4.0), ("a", 0.0, 9.0), ("d", 6.0, 9.0), ("e", 8.0, 9.0)],
        {"a": 2.0, "b": 3.0, "c": 1.0, "d": 2.0, "e": 1.0},
    ),
    (
        "a name inside of itself",
        [("a", 0.0, 10.0), ("a", 1.0, 7.0), ("b", 2.0, 4.0), ("a", 8.0, 9.0)],
        {"a": 8.0, "b": 2.0},
    ),
    (
        "boxes in no order, before and after time 0",
        [
            ("d", 4.0, 4.25),
            ("root", -8.0, 8.0),
            ("c", -3.0, -1.0),
            ("b", -4.0, 1.0),
            ("b", 3.0, 6.0),
            ("d", -2.5, -1.5),
            ("late", 9.0, 9.5),
        ],
        {"root": 8.0, "b": 5.75, "c": 1.0, "d": 1.25, "late": 0.5},
    ),
    (
        "boxes that end within one second",
        [("b", 0.0, 0.25), ("a", 0.0, 0.75)],
        {"a": 0.5, "b": 0.25},
    ),
    ("no box", [], {}),
]


def _totals(boxes: list[Box]) -> dict[str, float]:
    totals: dict[str, float] = {}
    for name, start, end in boxes:
        totals[name] = totals.get(name, 0.0) + end - start
    return totals


def _less_all_inside(boxes: list[Box]) -> dict[str, float]:
    """Each box less *all* boxes inside, also those that lie deeper."""
    found = _totals(boxes)
    for outer in boxes:
        for inner in boxes:
            if inner is not outer and outer[1] <= inner[1] and inner[2] <= outer[2]:
                found[outer[0]] -= inner[2] - inner[1]
    return found


@exercise("07.3a")
def self_times(answer: Any) -> None:
    """The length of each box, less that of the boxes right inside."""
    for told, boxes, want in BOXES:
        with given(f"{told}: {boxes}"):
            got = expect_type(call(answer, list(boxes)), dict)
            if set(got) != set(want):
                raise Wrong(f"the names in your dictionary are {sorted(got)}, not {sorted(want)}")
            for name, seconds in want.items():
                usual: list[tuple[object, str]] = [
                    (_totals(boxes)[name], "this is its total; take off the boxes inside"),
                    (
                        _less_all_inside(boxes)[name],
                        "take off only the boxes right inside; a box that lies deeper has been "
                        "taken off from the box around it",
                    ),
                ]
                usual += [
                    (end - start, "a name may have several boxes: add their self times")
                    for other, start, end in boxes
                    if other == name
                ]
                with given(f"the self time of {name!r}"):
                    expect_equal(got[name], seconds, usual=usual, why="each moment counts once")


def _twice_relu() -> None:
    x = torch.ones(3)
    torch.relu(torch.relu(x))


def _adds() -> None:
    x = torch.ones(2)
    x = x + 1
    x.add_(2)
    x = x + 3
    torch.addmm(torch.ones(2), torch.ones(2, 2), torch.ones(2, 2))


def _shapes() -> None:
    for size in (2, 2, 1, 3, 4):
        torch.ones(size).exp()


def _named() -> None:
    for _ in range(4):
        with record_function("mine"):
            torch.ones(1).exp()


def _nothing() -> None:
    pass


# Functions, with an operation and how often they call it.
CALLS: list[tuple[str, Callable[[], None], str, int]] = [
    ("relu of relu", _twice_relu, "aten::relu", 2),
    ("two sums, one in place, and an addmm", _adds, "aten::add", 2),
    ("two sums, one in place, and an addmm", _adds, "aten::add_", 1),
    ("exp of five tensors, of four shapes", _shapes, "aten::exp", 5),
    ("four blocks with record_function", _named, "mine", 4),
    ("four blocks with record_function", _named, "aten::exp", 4),
    ("relu of relu", _twice_relu, "aten::exp", 0),
    ("exp of five tensors, of four shapes", _shapes, "aten::ex", 0),
    ("exp of five tensors, of four shapes", _shapes, "exp", 0),
    ("a function that does nothing", _nothing, "aten::add", 0),
]


@exercise("07.3b")
def count_calls(answer: Any) -> None:
    """How often one call of `f` calls an operation."""
    for told, f, name, want in CALLS:
        ran = [0]

        def watched(f: Callable[[], None] = f, ran: list[int] = ran) -> None:
            ran[0] += 1
            f()

        with given(f"f: {told}", name=name):
            got = call(answer, watched, name)
            if ran[0] != 1:
                raise Wrong(f"`f` was called {ran[0]} times, where once is asked")
            usual: list[tuple[object, str]] = [
                (
                    0,
                    "it was called; ask `key_averages()` after the block of `with` has ended, "
                    "and count the calls inside of other calls, too",
                ),
                (1, "a row stands for many calls: `count` says for how many"),
                (4, "operations whose names only begin or end like it do not count"),
                (2, "add the rows of all shapes, and only of this very name"),
            ]
            expect_equal(
                expect_int(got), want, usual=usual, why="take the row whose `key` is the name"
            )
