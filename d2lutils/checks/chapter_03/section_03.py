"""Checks of 03/03, judging a rule."""

from typing import Any

import torch

from d2lutils.checks import call, exercise, expect_equal, given


@exercise("03.3a")
def precision_recall(answer: Any) -> None:
    """Precision and recall, 1.0 where there is nothing to divide by."""
    cases = [
        ([1, 1, 0, 0, 1], [1, 0, 1, 1, 1]),
        ([0, 0, 0], [1, 0, 1]),
        ([1, 0], [0, 0]),
        ([0, 1, 0, 0], [1, 1, 1, 1]),
        ([], []),
    ]
    for picked, right in cases:
        said, truth = torch.tensor(picked).bool(), torch.tensor(right).bool()
        hits = int((said & truth).sum())
        sizes = (int(said.sum()), int(truth.sum()))
        precision, recall = (hits / size if size else 1.0 for size in sizes)
        accuracy = float((said == truth).float().mean())
        with given(said=said, truth=truth):
            got = call(answer, said, truth)
            expect_equal(
                tuple(got) if isinstance(got, list) else got,
                (precision, recall),
                usual=[
                    ((recall, precision), "precision comes first"),
                    ((torch.tensor(precision), torch.tensor(recall)), "give Python numbers"),
                    (accuracy, "this is the accuracy; give precision and recall"),
                    *(((precision if sizes[0] else empty, recall if sizes[1] else empty),
                       "where there is nothing to divide by, 1.0 is asked for")
                      for empty in (0.0, float("nan"))),
                ],
                why="divide the hits by what was picked, and by what is true",
            )  # fmt: skip


@exercise("03.3b")
def confusion(answer: Any) -> None:
    """The four cases as a matrix: a row a truth, a column an answer."""
    cases = [
        ([1, 1, 1, 0, 0, 1, 0], [1, 0, 0, 1, 1, 0, 1]),
        ([1, 1, 0, 0, 0, 0, 1, 0, 0, 1], [1, 1, 1, 1, 1, 0, 0, 0, 0, 1]),
        ([0, 0, 0], [0, 0, 0]),
        ([0, 0], [1, 0]),
        ([1], [1]),
        ([1], [0]),
        ([], []),
        ([1] * 300, [1] * 300),  # no eight bits hold this
    ]
    for picked, right in cases:
        said, truth = torch.tensor(picked).bool(), torch.tensor(right).bool()
        want = torch.tensor(
            [[int((~truth & ~said).sum()), int((~truth & said).sum())],
             [int((truth & ~said).sum()), int((truth & said).sum())]]
        )  # fmt: skip
        short = (2 * truth.long() + said.long()).bincount()
        with given(said=said, truth=truth):
            expect_equal(
                call(answer, said, truth),
                want,
                usual=[
                    (want.T, "a row is a truth, a column an answer: these are swapped"),
                    (want.flip(0, 1), "row 0 and column 0 are for false"),
                    (want.view(4), "give it the shape (2, 2)"),
                    (short, "without `minlength`, the last cases are lost where they are empty"),
                    (want.tolist(), "give a tensor"),
                    (want.float(), "counts are whole numbers: make it int64"),
                    (want / max(1, len(said)), "give counts, not shares"),
                ],
                why="count the birds of each case",
            )


@exercise("03.3c")
def highest_threshold(answer: Any) -> None:
    """The highest candidate with at least that recall; minus infinity where there is none."""
    mass = [3200.0, 3100.0, 4300.0, 3800.0, 5200.0, 4500.0, 3100.0, 3400.0]
    male = [0, 0, 1, 0, 1, 1, 0, 1]
    in_steps = [3600.0, 4800.0, 4200.0, 3400.0, 5200.0, 4400.0, 3700.0, 4000.0]
    cases: list[tuple[list[float], list[int], list[float], float]] = [
        (mass, male, in_steps, 0.5),  # each usual mistake finds another one
        (mass, male, [4500.0, 4200.0, 4300.0, 4250.0], 0.5),  # 4,500 is not above 4,500
        (mass, male, [3300.0, 4400.0, 4250.0], 0.6),  # 0.6 of 4 males are more than 2
        (mass, male, [3300.0, 3399.5, 3500.0], 1.0),
        (mass, male, [5200.0, 5000.0, 5100.0], 0.25),
        (mass, male, [3500.0, 4800.0, 4000.0], 1.0),  # none
        (mass, male, [4500.0, 6000.0, 5300.0], 0.0),
        ([-2.0, 3.0, -5.5], [1, 0, 1], [-3.0, -6.0, 1.0, -5.75], 1.0),
        ([-2.0, 3.0, -5.5, 9.0], [1, 0, 1, 0], [-2.5, -6.0, 4.0], 0.5),
        ([4.0], [1], [3.5], 1.0),
        ([4.0], [1], [4.0], 0.5),
        ([4.0, 5.0], [1, 1], [], 0.5),
    ]
    for grams, is_male, options, least in cases:
        weights, truth = torch.tensor(grams), torch.tensor(is_male).bool()
        candidates = torch.tensor(options, dtype=torch.float32)

        def best(
            reached: torch.Tensor,
            above: float = least,
            strict: bool = False,
            options: list[float] = options,
        ) -> list[float]:
            pairs = zip(options, reached.tolist(), strict=True)
            return [option for option, part in pairs if (part > above if strict else part >= above)]

        recall = (weights[truth] > candidates[:, None]).double().mean(dim=1)
        with_equal = (weights[truth] >= candidates[:, None]).double().mean(dim=1)
        share = (weights > candidates[:, None]).double().mean(dim=1)
        hits = (weights[truth] > candidates[:, None]).sum(dim=1)
        precision = hits / (weights > candidates[:, None]).sum(dim=1)
        rounded_down = int(least * int(truth.sum()))
        none = float("-inf")
        want = max(best(recall), default=none)
        with given(mass=weights, male=truth, candidates=candidates, least=least):
            got = call(answer, weights, truth, candidates, least)
            expect_equal(
                got,
                want,
                usual=[
                    (torch.tensor(want), "give a Python number"),
                    (options.index(want) if want in options else None,
                     "give the candidate, not its place"),
                    (max(best(with_equal), default=none),
                     "a bird as heavy as the threshold is not above it"),
                    (max(best(recall, strict=True), default=none),
                     "at least: a recall equal to `least` is enough"),
                    (min(best(recall), default=none), "this is the lowest one that will do"),
                    (next(iter(best(recall)), none), "the candidates are in any order"),
                    (next(reversed(best(recall)), none), "the candidates are in any order"),
                    (max(best(hits, rounded_down), default=none), "a recall below `least` is too "
                     "low: do not round the number of hits down"),
                    (max(best(share), default=none), "recall is a share of the males, not of all "
                     "birds"),
                    (max(best(precision), default=none), "this is precision; recall is a share of "
                     "the males"),
                    (max(options, default=none), "this is the highest candidate; ask for its "
                     "recall"),
                ],
                why="compute the recall of each candidate, and take the highest with enough",
            )  # fmt: skip
