"""Checks of 02/09, random numbers."""

from itertools import pairwise
from typing import Any

import torch

from d2lutils.checks import Wrong, call, exercise, expect_parts, expect_tensor, given
from d2lutils.checks.chapter_02.streams import batch_orders, global_states, judge_stream


@exercise("02.9a")
def shuffled(answer: Any) -> None:
    """Rows and labels in one random order that depends on the seed alone."""
    y = torch.arange(-7, 13, dtype=torch.int32)
    X = torch.stack([y, -y], dim=1).double() / 7
    orders = []
    for seed in (0, 1, 2, 1_002, 65_538):
        with given("X of shape (20, 2)", "y of shape (20,)", seed=seed):
            before = global_states()
            order = _order(call(answer, X.clone(), y.clone(), seed), X, y)
            if global_states() != before:
                raise Wrong(
                    "a global generator was moved, and draws elsewhere change with it; "
                    "use a `torch.Generator()` of your own"
                )
            torch.rand(3)
            if _order(call(answer, X.clone(), y.clone(), seed), X, y) != order:
                raise Wrong("the same seed gave two orders; draw from a generator seeded with it")
            if _order(call(answer, -X, -y, seed), -X, -y) != order:
                raise Wrong("the order depends on what is in `X` and `y`; only the seed may count")
            if order == sorted(order):
                raise Wrong("the rows are in their old order")
            steps = {(after - before) % len(y) for before, after in pairwise(order)}
            if len(steps) < 5:  # of 19 steps in a random order nearly all differ
                raise Wrong("neighbours stay neighbours: draw an order, and do not roll or turn it")
            orders.append(order)
    if orders[0] == orders[1]:
        raise Wrong("seeds 0 and 1 gave the same order; seed the generator with `seed`")
    if len(set(map(tuple, orders))) < len(orders):
        raise Wrong("two seeds gave the same order; seed the generator with the whole of `seed`")
    with given("X of shape (3, 2)", "y of shape (3,)", "100 seeds"):
        few, labels = X[:3], y[:3]
        seen = {tuple(_order(call(answer, few, labels, s), few, labels)) for s in range(100)}
        if len(seen) < 6:
            raise Wrong(f"only {len(seen)} of the 6 orders of 3 rows came; each must be possible")
    with given("X of shape (1, 2)", "y of shape (1,)"):
        _order(call(answer, X[:1], y[:1], 3), X[:1], y[:1])
    with given("X of whole numbers", "y of fractions"):
        _order(call(answer, X.long(), y / 8, 3), X.long(), y / 8)


def _order(got: object, X: torch.Tensor, y: torch.Tensor) -> list[int]:
    """Return where the labels came from, after judging that rows and labels fit."""
    first, second = expect_parts(got, "X", "y")
    rows, labels = expect_tensor(first), expect_tensor(second)
    if rows.shape == y.shape and labels.shape == X.shape:
        raise Wrong("return X first, then y")
    expect_tensor(rows, X.shape, X.dtype)
    expect_tensor(labels, y.shape, y.dtype)
    place = {label: at for at, label in enumerate(y.tolist())}
    order = [place.get(label, -1) for label in labels.tolist()]
    known = {tuple(row) for row in X.tolist()}
    if sorted(order) != list(range(len(y))) or {tuple(row) for row in rows.tolist()} != known:
        raise Wrong("some rows or labels are missing, others twice; `randperm` draws each once")
    if not torch.equal(rows, X[order]):
        raise Wrong("rows and labels no longer belong together; use one order for both")
    return order


@exercise("02.9b")
def batches(answer: Any) -> None:
    """Batches of rows, in an order that no other draw changes."""
    X = torch.stack([torch.arange(12), -torch.arange(12)], dim=1) - 3
    firsts = []
    for rows, size, num_epochs, seed in [
        (X, 5, 3, 0),
        (X, 4, 2, 1),
        (X, 20, 2, 2),
        (X[:, :1] / 8, 1, 2, 1_002),
        (X[:1], 1, 2, 0),
    ]:
        with given(f"X of shape {tuple(rows.shape)}", size=size, num_epochs=num_epochs, seed=seed):
            before = global_states()
            orders = batch_orders(answer, rows, size, num_epochs, seed, draw=False)
            moved = global_states() != before
            if batch_orders(answer, rows, size, num_epochs, seed, draw=True) != orders:
                raise Wrong(
                    "draws elsewhere, between two batches, changed the order; "
                    "draw from a `torch.Generator()` of your own"
                )
            if moved:
                raise Wrong(
                    "a global generator was moved, and draws elsewhere change with it; "
                    "use a `torch.Generator()` of your own"
                )
            if len(rows) > 1:
                if sorted(orders[0]) in orders:
                    raise Wrong("in one of the epochs the rows are in their old order")
                if len(set(map(tuple, orders))) < len(orders):
                    raise Wrong(
                        "two epochs have the same order; make and seed the generator once, "
                        "before the first epoch"
                    )
                firsts.append(orders[0])
    if len(set(map(tuple, firsts))) < len(firsts):
        raise Wrong("two seeds gave the same order; seed the generator with `seed`")
    with given("X of shape (3, 2)", "200 epochs", size=2):
        seen = set(map(tuple, batch_orders(answer, X[:3], 2, 200, 5, draw=False)))
        if len(seen) < 6:
            raise Wrong(f"only {len(seen)} of the 6 orders of 3 rows came; each must be possible")


@exercise("02.9c")
def go_on(answer: Any) -> None:
    """The next normal numbers of a stream from a state, and the state after them."""
    for seed, draws, counts in [(0, 0, (5, 20)), (3, 2, (1, 5)), (7, 3, (20, 4)), (1, 1, (16, 0))]:
        own = torch.Generator().manual_seed(seed)
        torch.randn(draws, generator=own)
        state = own.get_state()
        for count in counts:
            told = f"seed {seed}, after {draws} draws" if count == counts[0] else "its new state"
            with given(told, count=count):
                before = global_states()
                found = call(answer, state.clone(), count)
                if global_states() != before:
                    raise Wrong("a global generator was moved; set the state of one of your own")
                numbers, after = expect_parts(found, "the numbers", "the state after them")
                state = judge_stream(numbers, after, state, count, seed)
