"""Checks of 02/02, first operations on whole tensors."""

from typing import Any

import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.chapter_02.counting import operations
from d2lutils.checks.watching import Operations, loops


@exercise("02.2b")
def distances(answer: Any) -> None:
    """The distance of each point from the first one."""
    line = torch.tensor([[0.5], [-2.0], [7.25], [0.5]])
    square = torch.tensor([[1.0, 2.0], [4.0, -2.0]])
    spatial = torch.tensor([[2.0, -1.0, 0.5], [0.0, 0.3, 9.0], [-4.0, 2.0, 1.0], [2.0, 1.0, 0.0]])
    for points in [
        torch.tensor([[4.0, 1.0], [5.0, 3.0], [1.0, 2.0]]),
        torch.tensor([[0.0, 0.0], [3.0, 4.0], [-6.0, 8.0], [1.0, 1.0]]),
        square,
        line,
        spatial,
        spatial.double().t().contiguous().t() / 3 + 1000,
        spatial[:1],
        spatial.repeat(1, 2)[:, 1:],
    ]:
        gaps = points - points[0]
        with given(points=points):
            got = expect_tensor(call(answer, points))
            expect_equal(got, _root(gaps.square().sum(1)), usual=_usual_distances(points, gaps))
    few, many = (operations(answer, torch.ones(count, 3)) for count in (2, 20))
    if few != many or loops(answer):
        raise Wrong("the distances are right, but this loops; subtract `points[0]` from all rows")


def _root(squares: torch.Tensor) -> torch.Tensor:
    return squares**0.5


def _usual_distances(points: torch.Tensor, gaps: torch.Tensor) -> list[tuple[object, str]]:
    squares = gaps.square()
    far = _root(squares.sum(1))
    steps = torch.cat([far[:1], _root((points[1:] - points[:-1]).square().sum(1))])
    return [
        (squares.sum(1), "these are the squares of the distances; take the root"),
        (
            _root(squares.sum(0)),
            "one number for each coordinate: `sum(dim=0)` adds up the points; let the coordinates "
            "disappear, `sum(dim=1)`",
        ),
        (
            far.squeeze() if len(far) == 1 else None,
            "a table with one point has a distance, too: [0.]",
        ),
        (_root(squares.sum()), "one number for all points; name the dimension, `sum(dim=1)`"),
        (squares.sum(1) / 2, "`x ** 1 / 2` is half of `x ** 1`; the root is `x ** 0.5`"),
        (
            _root((points.square() - points[0].square()).sum(1)),
            "these are differences of squares; subtract first, then square",
        ),
        (_root(squares.mean(1)), "the squares are averaged; add them up"),
        (gaps, "these are the differences; square them, add up each row, take the root"),
        (gaps.abs(), "a root of each square is the difference again; add up before the root"),
        (gaps.abs().sum(1), "add up the squares before you take the root, not after"),
        (gaps.sum(1).abs(), "square each difference first, then add up"),
        (gaps.sum(1), "differences of either sign cancel; square them before you add up"),
        (_root(points.square().sum(1)), "this is the distance from 0; subtract the first point"),
        (
            _root((points - points[-1]).square().sum(1)),
            "this is the distance from the last point; `points[0]` is the first",
        ),
        (steps, "this is the distance from the point before; subtract the first point"),
        (far[1:], "the first point is missing; its distance is 0"),
        (far[:, None], "one dimension too many: return a number for each point, shape (n,)"),
        (_root(squares[:, :2].sum(1)), "a point may have more than two coordinates; add up all"),
        (
            _root(((points[:, :1] - points[0]) ** 2).sum(1)),
            "subtract each coordinate of the first point from the same coordinate",
        ),
    ]


@exercise("02.2c")
def totals(answer: Any) -> None:
    """What each shopper pays in each shop, delivery included."""
    for n, k, m in [(3, 4, 2), (2, 2, 2), (3, 3, 3), (1, 4, 3), (2, 1, 3), (3, 2, 1), (0, 2, 3)]:
        baskets = (torch.arange(n * k).reshape(n, k) % 5 - 0.5) * 1.5
        prices = ((torch.arange(k * m) * 3).reshape(k, m) % 7 + 1) * 1.25
        fees = torch.arange(m) * -1.5 + 4
        if n == 0:  # a loop has nothing to put together here; say first that it is one
            _expect_one_product(answer)
        if n == 3:  # a transpose in memory, of other numbers
            prices = prices.double().flip(0).t().contiguous().t()
            baskets, fees = baskets.double() / 3, fees.double().flip(0)
        with given(baskets=baskets, prices=prices, fees=fees):
            got = expect_tensor(call(answer, baskets, prices, fees))
            expect_equal(
                got,
                baskets @ prices + fees,
                usual=_usual_totals(baskets, prices, fees),
                why="element [i, j] is row i of `baskets` times column j of `prices`, added up, "
                "and `fees[j]`",
            )


def _expect_one_product(answer: Any) -> None:
    few, many = (_watched(answer, count) for count in (2, 9))
    if few.names != many.names or loops(answer):
        raise Wrong("the totals are right, but this loops; `baskets @ prices` is one product")
    if many.largest >= 9 * 8 * 7:
        raise Wrong(
            "the totals are right, but the single products make a table of their own, "
            f"{many.largest} numbers; `baskets @ prices` adds them up at once"
        )


def _usual_totals(
    baskets: torch.Tensor, prices: torch.Tensor, fees: torch.Tensor
) -> list[tuple[object, str]]:
    bills = baskets @ prices
    found: list[tuple[object, str]] = [
        (bills, "the fees are missing; add them"),
        (bills - fees, "the fees are subtracted; a shopper pays them, too"),
        (bills + fees.sum(), "each shop takes its own fee, not the sum of all"),
        (bills + fees[:1], "each shop takes its own fee, not that of the first"),
        (bills * (1 + fees), "the fee is an amount to add, not a share of the bill"),
        (bills * fees, "the bills are multiplied by the fees; add the fees"),
        ((bills + fees).t(), "rows and columns are exchanged: a row for each shopper"),
        ((bills + fees).sum(1), "one number for each shopper; keep the shops apart"),
        ((bills + fees).sum(0), "one number for each shop; keep the shoppers apart"),
        ((bills + fees).amin(1) if bills.numel() else None, "keep all the shops, not the cheapest"),
        (bills + fees * baskets.sum(1, keepdim=True), "the fee is for a basket, not for each good"),
    ]
    if baskets.shape == prices.shape:
        found.append((baskets * prices + fees, "`*` multiplies element by element; use `@`"))
        found.append((prices @ baskets + fees, "`@` takes rows of the left table: baskets first"))
    if bills.shape[0] == bills.shape[1]:
        found.append((bills + fees[:, None], "the fees stand in a column; each belongs to a shop"))
    return found


def _watched(answer: Any, shoppers: int) -> Operations:
    """Return which functions of PyTorch are called for so many shoppers, eight goods, seven shops.

    A loop over goods or shops is found in the code, one over shoppers here as well.
    """
    seen = Operations()
    call(answer, torch.ones(shoppers, 8), torch.ones(8, 7), torch.ones(7), inside=seen)
    return seen
