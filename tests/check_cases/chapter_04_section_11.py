"""Answers to the exercises of 04/11, generalization."""

import torch

from check_cases import NOT_NEGATIVE, WHOLE, Cases


def split_by_group(groups, held):
    mark = torch.isin(groups, held)
    return (~mark).nonzero().flatten(), mark.nonzero().flatten()


def by_comparing(groups, held):
    mark = (groups[:, None] == held).any(dim=1)
    rows = torch.arange(len(groups))
    return [rows[~mark], rows[mark]]


def bird_by_bird(groups, held):
    rows = [(groups == bird).nonzero().flatten() for bird in held]
    kept = torch.cat([torch.empty(0, dtype=torch.int64), *rows])
    return split_by_group(groups, held)[0], kept


def first_row_of_each(groups, held):
    rows = [groups.tolist().index(bird) for bird in held.tolist() if bird in groups.tolist()]
    kept = torch.tensor(sorted(rows), dtype=torch.int64)
    mark = torch.ones(len(groups), dtype=torch.bool)
    mark[kept] = False
    return mark.nonzero().flatten(), kept


def held_as_rows(groups, held):
    rows = torch.arange(len(groups))
    mark = torch.isin(rows, held)
    return rows[~mark], rows[mark]


def stop(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        if epoch - best == patience:
            return epoch, best
    return len(losses), best


def by_counting(losses, patience):
    lowest, waited, best, epoch = float("inf"), 0, 0, 0
    while epoch < len(losses) and waited < patience:
        loss = losses[epoch]
        epoch += 1
        waited += 1
        if loss < lowest:
            lowest, waited, best = loss, 0, epoch
    return [epoch, best]


def ties_count(losses, patience):
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss <= losses[best - 1]:
            best = epoch
        if epoch - best == patience:
            return epoch, best
    return len(losses), best


def since_it_last_fell(losses, patience):
    waited, best = 0, 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1]:
            best = epoch
        waited = 0 if epoch == 1 or loss < losses[epoch - 2] else waited + 1
        if waited == patience:
            return epoch, best
    return len(losses), best


def never_starts_anew(losses, patience):
    lowest, waited, best = float("inf"), 0, 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < lowest:
            lowest, best = loss, epoch
        else:
            waited += 1
        if waited == patience:
            return epoch, best
    return len(losses), best


CASES = {
    "04.11a": Cases(
        solution=split_by_group,
        also_right=[by_comparing],
        wrong=[
            (lambda groups, held: split_by_group(groups, held)[::-1], "first come the rows"),
            (
                lambda groups, held: (~torch.isin(groups, held), torch.isin(groups, held)),
                "these are masks",
            ),
            (
                lambda groups, held: [groups[part] for part in split_by_group(groups, held)],
                "these are birds",
            ),
            (
                lambda groups, held: [part.flip(0) for part in split_by_group(groups, held)],
                "rising order",
            ),
            (lambda groups, held: (split_by_group(groups, held)[0], held), "these are the birds"),
            (lambda groups, held: split_by_group(groups, held)[1], "return 2 values"),
            (bird_by_bird, "whose bird is among"),
            (first_row_of_each, "whose bird is not among"),
            (held_as_rows, "whose bird is not among"),
            (
                lambda groups, held: [part.tolist() for part in split_by_group(groups, held)],
                "expected a tensor",
            ),
            (
                lambda groups, held: torch.isin(groups, held).nonzero(),
                "return 2 values",
            ),
            (
                lambda groups, held: (
                    (~torch.isin(groups, held)).nonzero(),
                    torch.isin(groups, held).nonzero(),
                ),
                "expected shape",
            ),
        ],
        equivalent={
            "return (abs((~mark).nonzero().flatten()), mark.nonzero().flatten())": NOT_NEGATIVE,
            "return ((~mark).nonzero().flatten(), abs(mark.nonzero().flatten()))": NOT_NEGATIVE,
        },
    ),
    "04.11b": Cases(
        solution=stop,
        also_right=[by_counting],
        wrong=[
            (lambda losses, patience: stop(losses, patience)[0], "return 2 values"),
            (lambda losses, patience: tuple(n - 1 for n in stop(losses, patience)), "both from 1"),
            (
                lambda losses, patience: (stop(losses, patience)[0], stop(losses, patience)[1] - 1),
                "count the best epoch from 1",
            ),
            (lambda losses, patience: stop(losses, patience)[::-1], "first the number of epochs"),
            (ties_count, "is not below it"),
            (since_it_last_fell, "not since the last one that fell"),
            (never_starts_anew, "it ends"),
            (lambda losses, patience: stop(losses, patience + 1), "one epoch too late"),
            (lambda losses, patience: stop(losses, max(patience - 1, 1)), "one epoch too early"),
            (
                lambda losses, patience: (len(losses), losses.index(min(losses)) + 1),
                "when patience runs out",
            ),
            (
                lambda losses, patience: (
                    stop(losses, patience)[0],
                    losses.index(min(losses)) + 1,
                ),
                "were never seen",
            ),
            (lambda losses, patience: (stop(losses, patience)[0],) * 2, "not the last"),
        ],
        equivalent={
            "if epoch - best >= patience:": "the distance grows by one an epoch",
            "return (abs(epoch), best)": NOT_NEGATIVE,
            "return (int(epoch), best)": WHOLE,
            "return (epoch, abs(best))": NOT_NEGATIVE,
            "return (epoch, int(best))": WHOLE,
            "return (abs(len(losses)), best)": NOT_NEGATIVE,
            "return (int(len(losses)), best)": WHOLE,
            "return (len(losses), abs(best))": NOT_NEGATIVE,
            "return (len(losses), int(best))": WHOLE,
        },
    ),
}
