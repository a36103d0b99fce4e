"""Checks of 01/05, frameworks."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, given
from d2lutils.checks.expecting import expect_type

Row = tuple[str, int, int | None]
SYSTEMS: list[Row] = [
    ("Rho", 2004, 2009),
    ("Nu", 2009, None),
    ("Mu", 2009, 2011),
    ("Tau", 2001, None),
    ("Xi", 2003, 2003),
    ("Pi", 2012, 2019),
    ("Eta", 2003, 2012),
]


def _table(rows: list[Row]) -> pd.DataFrame:
    whole = [(*row, "eager") for row in rows]
    return pd.DataFrame(whole, columns=["name", "first", "last", "style"])


def _working(rows: list[Row], year: int) -> list[Row]:
    return [r for r in rows if r[1] <= year and (r[2] is None or r[2] >= year)]


def _names(rows: list[Row], key: Callable[[Row], Any] = lambda row: (row[1], row[0])) -> list[str]:
    return [row[0] for row in sorted(rows, key=key)]


@exercise("01.5a")
def systems_at_work(answer: Any) -> None:
    """The names of the systems at work in a year, the oldest first."""
    ended = [row for row in SYSTEMS if row[2] is not None]
    for rows, year in [
        (SYSTEMS, 2009),
        (SYSTEMS, 2003),
        (SYSTEMS[::-1], 2012),
        (SYSTEMS, 2040),
        (ended, 2011),
        (SYSTEMS, 2000),
    ]:
        right = _working(rows, year)
        without_end = [row for row in right if row[2] is not None]
        early = [row for row in right if row[1] < year]
        late = [row for row in right if row[2] is None or row[2] > year]
        begun = [row for row in rows if row[1] <= year]
        not_over = [row for row in rows if row[2] is None or row[2] >= year]
        usual = [
            (_names(without_end), "a system whose `last` is missing goes on: ask `isna()`"),
            (_names(early), "the first year counts: compare with `<=`"),
            (_names(late), "the last year counts: compare with `>=`"),
            (_names(begun), "some of these have ended before the year: look at `last`"),
            (_names(not_over), "some of these have not begun yet: look at `first`"),
            ([row[0] for row in right], "the oldest comes first: sort by `first`"),
            (_names(right, lambda row: row[0]), "sort by `first`, and then by `name`"),
            (_names(right, lambda row: row[1]), "sort by `name` where `first` is equal"),
            (_names(right, lambda row: (-row[1], row[0])), "the oldest comes first"),
        ]
        with given(f"year = {year} and a table of {len(rows)} systems"):
            got = expect_type(call(answer, _table(rows), year), list)
            expect_equal(
                got, _names(right), usual=usual, why="both years count, and so does the order"
            )


SLOPES: list[tuple[str, Callable[..., Any]]] = [
    ("2 * (w * x - y) * x", lambda w, x, y: 2 * (w * x - y) * x),
    ("w * 3 - y", lambda w, x, y: w * 3 - y),
    ("x * y - w", lambda w, x, y: x * y - w),
]
NUMBERS = [(0.0, 2.0, 6.0, 0.1), (1.5, -3.0, 0.25, 0.01), (-2.0, 0.5, 7.0, 4.0)]
INPUTS = ["w", "x", "y", "lr"]


def _plan(answer: Any, slope: Callable[..., Any]) -> tuple[torch.fx.GraphModule, list[Any]]:
    """Return the answer's plan and what it has called `slope` with, call by call."""
    calls: list[Any] = []

    def watched(w: Any, x: Any, y: Any) -> Any:
        calls.append((w, x, y))
        return slope(w, x, y)

    plan = call(answer, watched)
    if isinstance(plan, torch.fx.Graph):
        raise Wrong("this is the graph: return the `GraphModule` that makes it callable")
    if not isinstance(plan, torch.fx.GraphModule):
        raise Wrong("return a plan, the `GraphModule` of a graph of `torch.fx`")
    return plan, calls


@exercise("01.5b")
def step_as_a_plan(answer: Any) -> None:
    """One step of learning as a plan of torch.fx, with a placeholder for each number."""
    for source, slope in SLOPES:
        with given(f"slope = {source}"):
            plan, calls = _plan(answer, slope)
            if len(calls) != 1:
                raise Wrong(f"`slope` was called {len(calls)} times: one call writes the plan")
            if any(isinstance(part, int | float | torch.Tensor) for part in calls[0]):
                raise Wrong("`slope` was called with a number, which is frozen: give it stand-ins")
            names = [node.name for node in plan.graph.nodes if node.op == "placeholder"]
            if names != INPUTS:
                raise Wrong(f"the placeholders are {names}; they should be {INPUTS}")
            outputs = [node.args[0] for node in plan.graph.nodes if node.op == "output"]
            if not outputs:
                raise Wrong("the plan has no output: give its last node to `graph.output`")
            if not all(isinstance(output, torch.fx.Node) for output in outputs):
                raise Wrong("give `graph.output` one node: the `.node` of your stand-in")
            for w, x, y, lr in NUMBERS:
                s = slope(w, x, y)
                usual = [
                    (w + lr * s, "this walks up; go against the slope"),
                    (w - s, "the learning rate is missing"),
                    (w - 0.1 * s, "the learning rate is frozen: use its placeholder"),
                    (-lr * s, "this is the step alone; start from `w`"),
                    (s, "this is the slope alone"),
                ]
                why = "one step is w - lr * slope(w, x, y)"
                with given(w=w, x=x, y=y, lr=lr):
                    expect_equal(call(plan, w, x, y, lr), w - lr * s, usual=usual, why=why)
            if len(calls) != 1:
                raise Wrong("running the plan has called `slope` again")
