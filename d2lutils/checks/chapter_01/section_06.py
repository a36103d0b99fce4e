"""Checks of 01/06, hardware."""

from typing import Any

from d2lutils.checks import call, exercise, expect_equal, given

_KEPT = {"sgd": 0, "momentum": 1, "adam": 2}


@exercise("01.6a")
def training_memory(answer: Any) -> None:
    """Gigabytes for parameters, gradients and the optimiser's numbers."""
    for parameters, optimiser in [
        (1_001_000, "momentum"),
        (7_000_000_000, "adam"),
        (25_000_000, "sgd"),
        (3_000_000_000, "adam"),
        (275, "momentum"),  # of the network of 01/04
    ]:
        kept = _KEPT[optimiser]
        numbers = parameters * (2 + kept)
        with given(parameters=parameters, optimiser=optimiser):
            expect_equal(
                call(answer, parameters, optimiser),
                4 * numbers / 1e9,
                usual=[
                    (4 * numbers / 2**30, "a GB here is 1e9 bytes, not 2**30"),
                    (float(4 * numbers), "these are bytes; divide by 1e9"),
                    (4 * numbers / 1e6, "these are MB; a GB has 1e9 bytes"),
                    (numbers / 1e9, "count the bytes; a float32 has 4"),
                    (2 * numbers / 1e9, "a float32 has 4 bytes, not 2"),
                    (8 * numbers / 1e9, "a float32 has 4 bytes, not 8"),
                    (
                        4 * parameters * (1 + kept) / 1e9,
                        f"{2 + kept} numbers are kept for each parameter, not {1 + kept}: itself, "
                        "its gradient, and what the optimiser keeps",
                    ),
                    (
                        4 * parameters / 1e9,
                        "this is one number a parameter; the parameter, its gradient "
                        "and what the optimiser keeps all count",
                    ),
                    (16 * parameters / 1e9, "only Adam takes 16 bytes a parameter"),
                ],
                why="4 bytes for the parameter, 4 for its gradient, 4 for each number kept",
            )


@exercise("01.6b")
def floor_of_a_product(answer: Any) -> None:
    """The least time of an n×n product from a chip's peak and bandwidth."""
    for n, peak, bandwidth in [
        (100, 80e9, 1e9),
        (10_000, 70e9, 1e9),
        (150_000, 1e15, 1e9),
        (10, 1e9, 50e6),
        (2000, 1e9, 50e6),
        (10, 70e12, 1e9),
    ]:
        computing = 2 * n**3 / peak
        moving = 12 * n**2 / bandwidth
        with given(n=n, peak=peak, bandwidth=bandwidth):
            expect_equal(
                call(answer, n, peak, bandwidth),
                max(computing, moving),
                usual=[
                    (computing + moving, "both happen at the same time; do not add them"),
                    (
                        computing,
                        "the bytes take longer here, three matrices of 4 * n**2 bytes each; the "
                        "slower of the two decides",
                    ),
                    (
                        moving,
                        "the operations take longer here, 2 * n**3 of them; the slower of the two "
                        "decides",
                    ),
                    (max(computing, moving / 4), "a float32 has 4 bytes"),
                    (
                        max(computing, moving / 3),
                        "three matrices cross: two are read, one is written",
                    ),
                    (
                        max(computing, moving * 2 / 3),
                        "the result is written too: three matrices cross",
                    ),
                    (max(computing / 2, moving), "count additions too: 2 n**3 operations"),
                ],
                why="take the larger of operations / peak and bytes / bandwidth",
            )


@exercise("01.6c")
def smallest_card(answer: Any) -> None:
    """The card with the least memory on which a training fits."""
    cards = {"tower": 48.0, "tiny": 8.0, "rack": 80.0, "desk": 24.0}
    turned = dict(reversed(list(cards.items())))
    for parameters, activations, offered in [
        (3_200_000_000, 1.0, cards),  # neither 12 bytes nor 8 are enough
        (10_000_000, 24.1, cards),  # 24.26 GB: a round number is too small
        (4_000_000_000, 10.0, cards),
        (1_000_000_000, 2.0, cards),
        (1_000_000_000, 10.0, turned),
        (25_000_000, 1.0, cards),
        (4_400_000_000, 10.0, cards),
        (7_000_000_000, 1.0, turned),
        (1_000_000_000, 70.0, cards),
        (1_000_000_000, 8.0, cards),  # exactly as much as the desk card has
        (1_000_000_000, 7.9, turned),
        (500_000_000, 0.5, cards),
        (500_000_000, 0.4, {"tower": 48.0, "tiny": 8.5}),
        (500_000_000, 1.0, {"lone": 24.0}),
        (500_000_000, 1.0, {}),
    ]:
        need = 16 * parameters / 1e9 + activations
        with given(parameters=parameters, activations=activations, cards=offered):
            expect_equal(
                call(answer, parameters, activations, dict(offered)),
                _pick(need, offered),
                usual=[
                    (
                        _pick(16 * parameters / 2**30 + activations, offered),
                        "a GB here is 1e9 bytes, not 2**30",
                    ),
                    (_pick(float(int(need)), offered), "do not round: each part of a GB counts"),
                    (
                        max(offered, key=offered.__getitem__, default=None),
                        "a smaller card is large enough",
                    ),
                    (
                        _pick(need, offered, exactly=False),
                        "a training fits on a card that has exactly as much: compare with `>=`",
                    ),
                    (
                        _pick(16 * parameters / 1e9, offered),
                        "the activations come on top of the 16 bytes a parameter",
                    ),
                    (
                        _pick(4 * parameters / 1e9 + activations, offered),
                        "a training takes 16 bytes a parameter: it is kept, its gradient, and "
                        "two numbers of Adam's",
                    ),
                    (
                        _first(need, offered),
                        "this is the first card that is large enough, not the smallest",
                    ),
                ],
                why="it needs 16 bytes a parameter and the activations, in GB of 1e9 bytes",
            )


def _pick(need: float, cards: dict[str, float], *, exactly: bool = True) -> str:
    enough = [n for n, memory in cards.items() if memory > need or (exactly and memory == need)]
    return min(enough, key=cards.__getitem__, default="several cards")


def _first(need: float, cards: dict[str, float]) -> str:
    return next((name for name, memory in cards.items() if memory >= need), "several cards")
