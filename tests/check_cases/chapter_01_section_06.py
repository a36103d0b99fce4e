"""Answers to the exercises of 01/06, hardware."""

import math

from check_cases import COMMUTES, NOT_NEGATIVE, Cases

KEPT = {"sgd": 0, "momentum": 1, "adam": 2}


def gigabytes(parameters, optimiser):
    return parameters * 4 * (2 + KEPT[optimiser]) / 1e9


def computing(n, peak):
    return 2 * n**3 / peak


def moving(n, bandwidth):
    return 12 * n**2 / bandwidth


def seconds(n, peak, bandwidth):
    return max(computing(n, peak), moving(n, bandwidth))


def choose(need, cards):
    enough = [name for name in cards if cards[name] >= need]
    return min(enough, key=cards.get, default="several cards")


def card(parameters, activations, cards):
    return choose(16 * parameters / 1e9 + activations, cards)


def by_cases(parameters, optimiser):
    if optimiser == "sgd":
        return parameters * 8 / 1e9
    return parameters * (12 if optimiser == "momentum" else 16) / 1e9


def by_intensity(n, peak, bandwidth):
    slow_bytes = (2 * n**3) / (12 * n**2) < peak / bandwidth
    return moving(n, bandwidth) if slow_bytes else computing(n, peak)


def from_small_to_large(parameters, activations, cards):
    for name, memory in sorted(cards.items(), key=lambda pair: pair[1]):
        if memory >= 16 * parameters / 1e9 + activations:
            return name
    return "several cards"


def by_loop(parameters, activations, cards):
    found = "several cards"
    for name in cards:
        fits = cards[name] - activations >= 16 * parameters / 1e9
        if fits and (found not in cards or cards[name] < cards[found]):
            found = name
    return found


def first_card(parameters, activations, cards):
    for name, memory in cards.items():
        if memory >= 16 * parameters / 1e9 + activations:
            return name
    return "several cards"


def strictly_smaller(parameters, activations, cards):
    need = 16 * parameters / 1e9 + activations
    enough = [name for name in cards if cards[name] > need]
    return min(enough, key=cards.get, default="several cards")


def by_name(parameters, activations, cards):
    need = 16 * parameters / 1e9 + activations
    return min((name for name in cards if cards[name] >= need), default="several cards")


def memory_of_the_card(parameters, activations, cards):
    return cards.get(card(parameters, activations, cards), "several cards")


def name_or_nothing(parameters, activations, cards):
    name = card(parameters, activations, cards)
    return None if name == "several cards" else name


def without_a_default(parameters, activations, cards):
    need = 16 * parameters / 1e9 + activations
    return min((name for name in cards if cards[name] >= need), key=cards.get)


def deletes_the_small(parameters, activations, cards):
    for name in list(cards):
        if cards[name] < 16 * parameters / 1e9 + activations:
            del cards[name]
    return min(cards, key=cards.get, default="several cards")


CASES = {
    "01.6a": Cases(
        solution=gigabytes,
        also_right=[by_cases, lambda p, o: sum([4, 4, 4 * KEPT[o]]) * p / 10**9],
        wrong=[
            (lambda p, o: gigabytes(p, o) * 1e9, "divide by 1e9"),
            (lambda p, o: gigabytes(p, o) * 1e9 / 2**30, "not 2**30"),
            (lambda p, o: 16 * p / 1e9, "only Adam"),
            (lambda p, o: 4 * p * (1 + KEPT[o]) / 1e9, "numbers are kept for each parameter"),
            (lambda p, o: p * (2 + KEPT[o]) / 1e9, "a float32 has 4"),
            (lambda p, o: print(gigabytes(p, o)), "is a `return` missing?"),
            (lambda p, o: gigabytes(p, o if o == "sgd" else "adam"), "only Adam"),
            (lambda p, o: gigabytes(p, o) // 1, "4 bytes for the parameter"),
            (lambda p, o: round(gigabytes(p, o), 1), "4 bytes for the parameter"),
            (lambda p, o: round(gigabytes(p, o), 6), "4 bytes for the parameter"),
            (lambda p, o: gigabytes(p, o) / 4 * 4.5, "4 bytes for the parameter"),
            (
                lambda p, o: gigabytes(p, "momentum" if o == "adam" else o),
                "numbers are kept for each parameter",
            ),
            (lambda p, o: gigabytes(p, o.upper()), "the dictionary has no such key"),
            (lambda p, o: f"{gigabytes(p, o)} GB", "expected a number"),
            (lambda p, o: 8 * p / 1e9, "numbers are kept for each parameter"),
            (lambda p, o: 4 * p / 1e9, "this is one number a parameter"),
        ],
        equivalent={
            "return abs(parameters * 4 * (2 + KEPT[optimiser]) / 1000000000.0)": NOT_NEGATIVE,
            "return abs(how_many * numbers * 4 / 1000000000.0)": NOT_NEGATIVE,
        },
    ),
    "01.6b": Cases(
        solution=seconds,
        also_right=[by_intensity, lambda n, p, b: sorted([3 * n * n * 4 / b, 2 * n**3 / p])[1]],
        wrong=[
            (lambda n, p, b: computing(n, p) + moving(n, b), "do not add them"),
            (lambda n, p, b: min(computing(n, p), moving(n, b)), "the slower of the two"),
            (lambda n, p, b: computing(n, p), "the bytes take longer"),
            (lambda n, p, b: max(computing(n, p), moving(n, b) / 4), "has 4 bytes"),
            (lambda n, p, b: max(computing(n, p), moving(n, b) * 2 / 3), "written too"),
            (lambda n, p, b: max(computing(n, p) / 2, moving(n, b)), "count additions too"),
            (lambda n, p, b: max(computing(n, p), 12 * n / b), "three matrices of 4 * n**2"),
            (lambda n, p, b: max(2 * n**2 / p, moving(n, b)), "2 * n**3 of them"),
            (lambda n, p, b: moving(n, b), "the operations take longer"),
            (lambda n, p, b: max(computing(n, b), moving(n, p)), "the larger of"),
            (lambda n, p, b: max(1 / computing(n, p), 1 / moving(n, b)), "the larger of"),
            (lambda n, p, b: (computing(n, p) + moving(n, b)) / 2, "the larger of"),
            (lambda n, p, b: int(seconds(n, p, b)), "the larger of"),
            (lambda n, p, b: round(seconds(n, p, b), 6), "the larger of"),
            (lambda n, p, b: computing(n, p) if n >= 1000 else moving(n, b), "longer here"),
            (lambda n, p, b: (computing(n, p) * moving(n, b)) ** 0.5, "the larger of"),
            (lambda n, p, b: max(computing(n, p), moving(n, b) / 3), "three matrices cross"),
            (lambda n, p, b: (computing(n, p), moving(n, b)), "expected a number"),
        ],
        equivalent={
            "return abs(2 * n ** 3 / peak)": NOT_NEGATIVE,
            "return abs(12 * n ** 2 / bandwidth)": NOT_NEGATIVE,
            "return abs(max(computing(n, peak), moving(n, bandwidth)))": NOT_NEGATIVE,
            "return max(moving(n, bandwidth), computing(n, peak))": COMMUTES,
            "return abs(max(2 * n ** 3 / operations_rate, 12 * n ** 2 / bytes_rate))": NOT_NEGATIVE,
            "return max(12 * n ** 2 / bytes_rate, 2 * n ** 3 / operations_rate)": COMMUTES,
        },
    ),
    "01.6c": Cases(
        solution=card,
        also_right=[from_small_to_large, by_loop],
        wrong=[
            (lambda p, a, c: choose(16 * p / 1e9, c), "the activations come on top"),
            (lambda p, a, c: choose(4 * p / 1e9 + a, c), "two numbers of Adam's"),
            (lambda p, a, c: choose(8 * p / 1e9 + a, c), "it needs 16 bytes a parameter"),
            (lambda p, a, c: choose(12 * p / 1e9 + a, c), "it needs 16 bytes a parameter"),
            (lambda p, a, c: choose(max(16 * p / 1e9, a), c), "come on top"),
            (lambda p, a, c: choose(int(16 * p / 1e9 + a), c), "do not round"),
            (lambda p, a, c: choose(round(16 * p / 1e9 + a), c), "do not round"),
            (without_a_default, "found nothing to choose from"),
            (deletes_the_small, "changed its input"),
            (lambda p, a, c: choose(16 * p / 2**30 + a, c), "not 2**30"),
            (first_card, "the first card that is large enough"),
            (lambda p, a, c: max(c, key=c.get), "a smaller card"),
            (name_or_nothing, "is a `return` missing?"),
            (strictly_smaller, "compare with `>=`"),
            (lambda p, a, c: card(p, math.ceil(a), c), "a smaller card is large enough"),
            (lambda p, a, c: card(p, a, {k: int(c[k]) for k in c}), "a smaller card is large"),
            (lambda p, a, c: card(p, 2 * a, c), "a smaller card is large enough"),
            (by_name, "a smaller card is large enough"),
            (memory_of_the_card, "expected a str, got a float"),
            (lambda p, a, c: min(c, key=c.get), "it needs 16 bytes a parameter"),
            (lambda p, a, c: [card(p, a, c)], "expected a str, got a list"),
        ],
    ),
}
