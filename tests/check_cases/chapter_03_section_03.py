"""Answers to the exercises of 03/03, judging a rule."""

import math

import torch

from check_cases import COMMUTES, NOT_NEGATIVE, Cases


def precision_recall(said, truth):
    hits = (said & truth).sum().item()
    return tuple(hits / n if n else 1.0 for n in (said.sum().item(), truth.sum().item()))


def zeros(said, truth):
    hits = (said & truth).sum().item()
    return tuple(hits / n if n else 0.0 for n in (said.sum().item(), truth.sum().item()))


def share_said(said, truth):
    return said.float().mean().item(), truth.float().mean().item()


def specificity(said, truth):
    return precision_recall(said, truth)[0], precision_recall(~said, ~truth)[1]


def accuracy_for_recall(said, truth):
    return precision_recall(said, truth)[0], (said == truth).double().mean().item()


def always_one_where_nothing_is_there(said, truth):
    return precision_recall(said, truth) if truth.any() else (1.0, 1.0)


def counted(said, truth):
    hits = alarms = missed = 0
    for one, other in zip(said.tolist(), truth.tolist(), strict=True):
        hits += one and other
        alarms += one and not other
        missed += other and not one
    precision = hits / (hits + alarms) if hits + alarms else 1.0
    return precision, hits / (hits + missed) if hits + missed else 1.0


def f1(said, truth):
    precision, recall = precision_recall(said, truth)
    return 2 * precision * recall / max(precision + recall, 1e-9)


def no_care_for_zero(said, truth):
    hits = (said & truth).sum().item()
    return hits / said.sum().item(), hits / truth.sum().item()


def nan_for_nothing(said, truth):
    hits = (said & truth).sum()
    return (hits / said.sum()).item(), (hits / truth.sum()).item()


def always_one_where_nothing_is_said(said, truth):
    return precision_recall(said, truth) if said.any() else (1.0, 1.0)


def confusion(said, truth):
    return (2 * truth + said).bincount(minlength=4).view(2, 2)


def cell_by_cell(said, truth):
    cells = [(truth == t) & (said == s) for t in (False, True) for s in (False, True)]
    return torch.stack([cell.sum() for cell in cells]).view(2, 2)


def one_by_one(said, truth):
    table = torch.zeros(2, 2, dtype=torch.int64)
    for answer, right in zip(said.tolist(), truth.tolist(), strict=True):
        table[int(right), int(answer)] += 1
    return table


def without_minlength(said, truth):
    counts = (2 * truth.long() + said.long()).bincount()
    return counts.view(2, 2) if len(counts) == 4 else counts


def as_bytes(said, truth):
    table = torch.zeros(2, 2, dtype=torch.uint8)
    for answer, right in zip(said.tolist(), truth.tolist(), strict=True):
        table[int(right), int(answer)] += 1
    return table.long()


def highest_threshold(mass, male, candidates, least):
    recall = (mass[male] > candidates[:, None]).sum(dim=1) / male.sum()
    good = candidates[recall >= least]
    return good.max().item() if len(good) else float("-inf")


def in_a_loop(mass, male, candidates, least):
    best = float("-inf")
    for option in candidates.tolist():
        hits = ((mass > option) & male).sum().item()
        if hits / male.sum().item() >= least:
            best = max(best, option)
    return best


def first_good(mass, male, candidates, least):
    for option in candidates.tolist():
        if ((mass > option) & male).sum() / male.sum() >= least:
            return option
    return float("-inf")


def last_good(mass, male, candidates, least):
    return first_good(mass, male, candidates.flip(0), least)


def lowest_good(mass, male, candidates, least):
    return first_good(mass, male, candidates.sort().values, least)


def not_above(mass, male, candidates, least):
    recall = (mass[male] >= candidates[:, None]).sum(dim=1) / male.sum()
    good = candidates[recall >= least]
    return good.max().item() if len(good) else float("-inf")


def more_than_least(mass, male, candidates, least):
    recall = (mass[male] > candidates[:, None]).sum(dim=1) / male.sum()
    good = candidates[recall > least]
    return good.max().item() if len(good) else float("-inf")


def share_of_all(mass, male, candidates, least):
    share = (mass > candidates[:, None]).float().mean(dim=1)
    good = candidates[share >= least]
    return good.max().item() if len(good) else float("-inf")


def by_precision(mass, male, candidates, least):
    said = mass > candidates[:, None]
    good = candidates[(said & male).sum(dim=1) / said.sum(dim=1) >= least]
    return good.max().item() if len(good) else float("-inf")


def hits_of_all(mass, male, candidates, least):
    hits = ((mass > candidates[:, None]) & male).float().mean(dim=1)
    good = candidates[hits >= least]
    return good.max().item() if len(good) else float("-inf")


def hits_rounded_down(mass, male, candidates, least):
    enough = int(least * male.sum().item())
    good = candidates[(mass[male] > candidates[:, None]).sum(dim=1) >= enough]
    return good.max().item() if len(good) else float("-inf")


def hits_rounded(mass, male, candidates, least):
    enough = round(least * male.sum().item())
    good = candidates[(mass[male] > candidates[:, None]).sum(dim=1) >= enough]
    return good.max().item() if len(good) else float("-inf")


def hits_rounded_up(mass, male, candidates, least):
    enough = math.ceil(least * male.sum().item())
    good = candidates[(mass[male] > candidates[:, None]).sum(dim=1) >= enough]
    return good.max().item() if len(good) else float("-inf")


def none_forgotten(mass, male, candidates, least):
    recall = (mass[male] > candidates[:, None]).sum(dim=1) / male.sum()
    return candidates[recall >= least].max().item()


def lowest_if_none(mass, male, candidates, least):
    found = highest_threshold(mass, male, candidates, least)
    return found if found > float("-inf") else candidates.min().item()


def zero_if_none(mass, male, candidates, least):
    found = highest_threshold(mass, male, candidates, least)
    return found if found > float("-inf") else 0.0


def its_place(mass, male, candidates, least):
    recall = (mass[male] > candidates[:, None]).sum(dim=1) / male.sum()
    return candidates.masked_fill(recall < least, float("-inf")).argmax().item()


CASES = {
    "03.3a": Cases(
        solution=precision_recall,
        wrong=[
            (lambda said, truth: precision_recall(said, truth)[::-1], "precision comes first"),
            (zeros, "1.0 is asked for"),
            (lambda said, truth: (said == truth).float().mean().item(), "tuple"),
            (lambda s, t: tuple(map(torch.tensor, precision_recall(s, t))), "Python numbers"),
            (share_said, "divide the hits by"),
            (f1, "tuple"),
            (specificity, "divide the hits by"),
            (accuracy_for_recall, "divide the hits by"),
            (always_one_where_nothing_is_there, "divide the hits by"),
            (
                lambda said, truth: tuple(round(part, 1) for part in precision_recall(said, truth)),
                "divide the hits by",
            ),
            (no_care_for_zero, "the fraction bar is 0"),
            (nan_for_nothing, "1.0 is asked for"),
            (lambda said, truth: precision_recall(~said, ~truth), "divide the hits by"),
            (lambda said, truth: precision_recall(said, truth)[0], "expected a tuple, got a float"),
            (always_one_where_nothing_is_said, "divide the hits by"),
        ],
        also_right=[lambda said, truth: list(precision_recall(said, truth)), counted],
        equivalent={
            "hits = (truth & said).sum().item()": COMMUTES,
            "hits = (right & picked).sum().item()": COMMUTES,
        },
    ),
    "03.3b": Cases(
        solution=confusion,
        also_right=[cell_by_cell, one_by_one],
        wrong=[
            (lambda said, truth: confusion(truth, said), "these are swapped"),
            (lambda said, truth: confusion(~said, ~truth), "are for false"),
            (lambda said, truth: confusion(said, truth).view(4), "shape (2, 2)"),
            (without_minlength, "without `minlength`"),
            (lambda said, truth: confusion(said, truth).tolist(), "give a tensor"),
            (lambda said, truth: confusion(said, truth).float(), "whole numbers"),
            (lambda said, truth: confusion(said, truth) / max(1, len(said)), "not shares"),
            (lambda said, truth: confusion(~said, truth), "count the birds"),
            (as_bytes, "count the birds"),
            (lambda said, truth: confusion(said, truth) / len(said), "not shares"),
            (lambda said, truth: confusion(said, truth).int(), "dtype"),
        ],
        equivalent={
            "return abs((2 * truth + said).bincount(minlength=4).view(2, 2))": NOT_NEGATIVE,
        },
    ),
    "03.3c": Cases(
        solution=highest_threshold,
        also_right=[in_a_loop, hits_rounded_up],
        wrong=[
            (hits_rounded_down, "do not round"),
            (hits_rounded, "do not round"),
            (first_good, "in any order"),
            (last_good, "in any order"),
            (lowest_good, "the lowest one"),
            (not_above, "not above it"),
            (more_than_least, "is enough"),
            (share_of_all, "not of all birds"),
            (hits_of_all, "compute the recall"),
            (by_precision, "this is precision"),
            (none_forgotten, "raised "),
            (lowest_if_none, "compute the recall"),
            (zero_if_none, "compute the recall"),
            (its_place, "not its place"),
            (lambda mass, male, candidates, least: candidates.max().item(), "ask for its recall"),
            (lambda *given: torch.tensor(highest_threshold(*given)), "a Python number"),
        ],
    ),
}
