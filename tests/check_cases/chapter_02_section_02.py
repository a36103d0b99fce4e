"""Answers to the exercises of 02/02, first operations on whole tensors."""

import torch

from check_cases import NOT_NEGATIVE, Cases


def far(points):
    apart = points - points[0]
    return (apart**2).sum(dim=1) ** 0.5


def point_by_point(points):
    out = torch.zeros(len(points), dtype=points.dtype)
    for i in range(len(points)):
        out[i] = ((points[i] - points[0]) ** 2).sum() ** 0.5
    return out


def helped(points):
    return point_by_point(points)


def unrolled(points):
    rows = list(map(lambda one: ((one - points[0]) ** 2).sum() ** 0.5, points))  # noqa: C417
    return torch.stack(rows)


def in_place(points):
    points -= points[0].clone()
    return (points**2).sum(dim=1) ** 0.5


def two_coordinates(points):
    x, y = points[:, 0], points[:, 1]
    return ((x - x[0]) ** 2 + (y - y[0]) ** 2) ** 0.5


def first_two(points):
    return far(points[:, :2])


def paid(baskets, prices, fees):
    return baskets @ prices + fees


def shop_by_shop(baskets, prices, fees):
    table = torch.zeros(len(baskets), len(fees), dtype=prices.dtype)
    for j in range(len(fees)):
        table[:, j] = baskets @ prices[:, j] + fees[j]
    return table


def by_three_loops(baskets, prices, fees):
    rows = [
        [sum(a * p for a, p in zip(basket, shop, strict=True)) for shop in prices.t().tolist()]
        for basket in baskets.tolist()
    ]
    return torch.tensor(rows, dtype=prices.dtype) + fees


def shopper_by_shopper(baskets, prices, fees):
    return torch.stack([basket @ prices + fees for basket in baskets])


def all_products(baskets, prices, fees):
    return (baskets[:, :, None] * prices).sum(dim=1) + fees


def fees_as_a_good(baskets, prices, fees):
    ones = torch.ones(len(baskets), 1, dtype=baskets.dtype)
    return torch.cat([baskets, ones], dim=1) @ torch.cat([prices, fees[None]])


SQUARED = "the square does not see the sign of a difference"

CASES = {
    "02.2b": Cases(
        solution=far,
        also_right=[
            lambda points: (points - points[0]).square().sum(-1).sqrt(),
            lambda points: torch.linalg.vector_norm(points - points[0], dim=1),
            lambda points: torch.dist(points[0], points[0]) + (points[0] - points).norm(dim=1),
            lambda points: ((points - points[:1]) ** 2 @ torch.ones_like(points[0])) ** 0.5,
        ],
        wrong=[
            (lambda points: ((points - points[0]) ** 2).sum(dim=1), "take the root"),
            (lambda points: ((points - points[0]) ** 2).sum(dim=0) ** 0.5, "`sum(dim=0)` adds up"),
            (lambda points: ((points - points[0]) ** 2).sum() ** 0.5, "name the dimension"),
            (lambda points: ((points - points[0]) ** 2).mean(dim=1) ** 0.5, "are averaged"),
            (lambda points: ((points - points[0]) ** 2).sum(dim=1) ** 1 / 2, "is half of"),
            (lambda points: (points**2 - points[0] ** 2).sum(dim=1) ** 0.5, "subtract first"),
            (lambda points: far(points).squeeze(), "a table with one point"),
            (lambda points: points - points[0], "these are the differences"),
            (lambda points: (points - points[0]).abs(), "add up before the root"),
            (lambda points: (points - points[0]).abs().sum(dim=1), "before you take the root"),
            (
                lambda points: ((points - points[0]).sum(dim=1) ** 2) ** 0.5,
                "square each difference first",
            ),
            (lambda points: (points - points[0]).sum(dim=1), "cancel"),
            (lambda points: (points**2).sum(dim=1) ** 0.5, "the distance from 0"),
            (lambda points: ((points - points[-1]) ** 2).sum(dim=1) ** 0.5, "from the last point"),
            (
                lambda points: torch.cat(
                    [torch.zeros(1), (points[1:] - points[:-1]).norm(dim=1).float()]
                ).to(points.dtype),
                "from the point before",
            ),
            (lambda points: far(points)[1:], "the first point is missing"),
            (lambda points: far(points)[:, None], "one dimension too many"),
            (two_coordinates, "raised IndexError"),
            (first_two, "more than two coordinates"),
            (lambda points: far(points).float(), "expected dtype"),
            (lambda points: far(points).round(), "expected"),
            (lambda points: far(points).tolist(), "expected a tensor, got a list"),
            (lambda points: print(far(points)), "is a `return` missing?"),
            (in_place, "your function changed its input"),
            (point_by_point, "this loops"),
            (helped, "this loops"),
            (unrolled, "this loops"),
        ],
        equivalent={
            "apart = points[0] - points": SQUARED,
            "return abs((apart ** 2).sum(dim=1) ** 0.5)": NOT_NEGATIVE,
        },
    ),
    "02.2c": Cases(
        solution=paid,
        also_right=[
            fees_as_a_good,
            lambda baskets, prices, fees: torch.matmul(baskets, prices) + fees,
            lambda baskets, prices, fees: torch.addmm(fees, baskets, prices),
            lambda baskets, prices, fees: torch.einsum("nk,km->nm", baskets, prices).add(fees),
        ],
        wrong=[
            (lambda baskets, prices, fees: baskets @ prices, "the fees are missing"),
            (lambda baskets, prices, fees: baskets @ prices - fees, "are subtracted"),
            (lambda baskets, prices, fees: baskets * prices + fees, "raised RuntimeError"),
            (lambda baskets, prices, fees: prices @ baskets + fees, "raised RuntimeError"),
            (lambda baskets, prices, fees: baskets @ (prices + fees), "not for each good"),
            (lambda baskets, prices, fees: baskets @ prices + fees.sum(), "not the sum of all"),
            (lambda baskets, prices, fees: baskets @ prices + fees[0], "not that of the first"),
            (lambda baskets, prices, fees: baskets @ prices * fees, "are multiplied by the fees"),
            (lambda baskets, prices, fees: baskets @ prices * (1 + fees), "not a share"),
            (lambda baskets, prices, fees: paid(baskets, prices, fees).t(), "are exchanged"),
            (lambda baskets, prices, fees: paid(baskets, prices, fees).sum(1), "keep the shops"),
            (lambda baskets, prices, fees: paid(baskets, prices, fees).sum(0), "keep the shoppers"),
            (
                lambda baskets, prices, fees: baskets @ prices + fees * baskets.sum(1)[:, None],
                "not for each good",
            ),
            (
                lambda baskets, prices, fees: (
                    baskets * prices + fees
                    if baskets.shape == prices.shape
                    else paid(baskets, prices, fees)
                ),
                "multiplies element by element",
            ),
            (
                lambda baskets, prices, fees: (
                    prices @ baskets + fees
                    if baskets.shape == prices.shape
                    else paid(baskets, prices, fees)
                ),
                "baskets first",
            ),
            (
                lambda baskets, prices, fees: (
                    baskets @ prices + fees[:, None]
                    if len(baskets) == len(fees)
                    else paid(baskets, prices, fees)
                ),
                "stand in a column",
            ),
            (lambda baskets, prices, fees: paid(baskets, prices, fees).round(), "element [i, j]"),
            (lambda baskets, prices, fees: paid(baskets, prices, fees).float(), "expected dtype"),
            (lambda baskets, prices, fees: paid(baskets, prices, fees).abs(), "element [i, j] is"),
            (lambda baskets, prices, fees: paid(baskets, prices, fees).tolist(), "got a list"),
            (shop_by_shop, "this loops"),
            (by_three_loops, "this loops"),
            (shopper_by_shopper, "this loops"),
            (all_products, "make a table of their own"),
        ],
    ),
}
