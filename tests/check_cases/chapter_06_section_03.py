"""Answers to the exercises of 06/03, branches."""

import torch
import torch.nn.functional as F
from torch import nn

from check_cases import NOT_NEGATIVE, Cases

ONE_OR_MORE = "`place` counts from 1"
BY_RULE = "softmax takes dimension 1 of a table where none is named"


class Both(nn.Module):
    def __init__(self, num_columns, num_outputs):
        super().__init__()
        self.picture = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
        )
        self.row = nn.Sequential(nn.Linear(num_columns, 4), nn.ReLU())
        self.last = nn.Linear(12, num_outputs)

    def known(self, seen, rows):
        return seen.new_zeros(len(seen), 4) if rows is None else self.row(rows)

    def forward(self, pictures, rows=None):
        seen = self.picture(pictures)
        return self.last(torch.cat([seen, self.known(seen, rows)], dim=1))


class ByFunctions(nn.Module):
    def __init__(self, num_columns, num_outputs):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding="same")
        self.row = nn.Linear(num_columns, 4)
        self.last = nn.Linear(12, num_outputs)

    def forward(self, pictures, rows=None):
        seen = F.relu(self.conv(pictures)).mean(dim=(2, 3))
        if rows is not None:
            seen = torch.hstack([seen, F.relu(self.row(rows))])
        else:
            seen = F.pad(seen, (0, 4))
        return self.last(seen)


class Like(Both):
    def known(self, seen, rows):
        if rows is None:
            return torch.zeros(len(seen), 4, device=seen.device, dtype=seen.dtype)
        return self.row(rows)


class RowsFirst(Both):
    def forward(self, pictures, rows=None):
        seen = self.picture(pictures)
        return self.last(torch.cat([self.known(seen, rows), seen], dim=1))


class OnTheCpu(Both):
    def known(self, seen, rows):
        return torch.zeros(len(seen), 4) if rows is None else self.row(rows)


class NoDtype(Both):
    def known(self, seen, rows):
        if rows is None:
            return torch.zeros(len(seen), 4, device=seen.device)
        return self.row(rows)


class ZerosIn(Both):
    def known(self, seen, rows):
        if rows is None:
            rows = seen.new_zeros(len(seen), self.row[0].in_features)
        return self.row(rows)


class TimesZero(Both):
    def known(self, seen, rows):
        if rows is None:
            return 0 * self.row(seen.new_zeros(len(seen), self.row[0].in_features))
        return self.row(rows)


class NeedsRows(Both):
    def forward(self, pictures, rows):
        return super().forward(pictures, rows)


class PlainRow(Both):
    def __init__(self, num_columns, num_outputs):
        super().__init__(num_columns, num_outputs)
        self.row = nn.Linear(num_columns, 4)


class NoRelu(Both):
    def __init__(self, num_columns, num_outputs):
        super().__init__(num_columns, num_outputs)
        del self.picture[1]


class Largest(Both):
    def __init__(self, num_columns, num_outputs):
        super().__init__(num_columns, num_outputs)
        self.picture[2] = nn.AdaptiveMaxPool2d(1)


class NoPadding(Both):
    def __init__(self, num_columns, num_outputs):
        super().__init__(num_columns, num_outputs)
        self.picture[0] = nn.Conv2d(1, 8, 3)


class OneLayer(nn.Module):
    def __init__(self, num_columns, num_outputs):
        super().__init__()
        self.picture = Both(num_columns, num_outputs).picture
        self.last = nn.Linear(8 + num_columns, num_outputs)

    def forward(self, pictures, rows=None):
        return self.last(torch.cat([self.picture(pictures), rows], dim=1))


class Lazy(Both):
    def __init__(self, num_columns, num_outputs):
        super().__init__(num_columns, num_outputs)
        self.last = nn.LazyLinear(num_outputs)


class Detached(Both):
    def forward(self, pictures, rows=None):
        seen = self.picture(pictures).detach()
        return self.last(torch.cat([seen, self.known(seen, rows)], dim=1))


def early(looks, X, sure):
    left = torch.arange(len(X))
    for place, look in enumerate(looks, start=1):
        found = look(X[left])
        if place == 1:
            scores, used = found.clone(), torch.ones_like(left)
        scores[left] = found
        used[left] = place
        left = left[F.softmax(found, dim=1).amax(dim=1) < sure]
        if len(left) == 0:
            break
    return scores, used


def by_mask(looks, X, sure):
    scores = looks[0](X)
    used = torch.ones(len(X), dtype=torch.int64)
    for place in range(1, len(looks)):
        unsure = scores.softmax(dim=1).max(dim=1).values < sure
        unsure &= used == place
        if not unsure.any():
            break
        used[unsure] = place + 1
        scores = scores.masked_scatter(unsure[:, None], looks[place](X[unsure]))
    return scores, used


def by_lists(looks, X, sure):
    rows, open_rows = [None] * len(X), list(range(len(X)))
    used = [0] * len(X)
    for place, look in enumerate(looks):
        if not open_rows:
            break
        unsure = []
        for i, row in zip(open_rows, look(X[open_rows]), strict=True):
            rows[i], used[i] = row, place + 1
            if row.softmax(dim=0).max() < sure:
                unsure.append(i)
        open_rows = unsure
    return torch.stack(rows), torch.tensor(used)


def everything(looks, X, sure):
    scores = torch.stack([look(X) for look in looks])
    enough = scores.softmax(dim=2).amax(dim=2) >= sure
    enough[-1] = True
    first = enough.int().argmax(dim=0)
    return scores[first, torch.arange(len(X))], first + 1


def one_by_one(looks, X, sure):
    rows, used = [], []
    for i in range(len(X)):
        place = 0
        for look in looks:
            scores, place = look(X[i : i + 1]), place + 1
            if scores.softmax(dim=1).max() >= sure:
                break
        rows.append(scores[0])
        used.append(place)
    return torch.stack(rows), torch.tensor(used)


def whole_batch(looks, X, sure):
    place = 0
    for look in looks:
        scores, place = look(X), place + 1
        if scores.softmax(dim=1).max() >= sure:
            break
    return scores, torch.full((len(X),), place)


def no_stop(looks, X, sure):
    left = torch.arange(len(X))
    scores, used = looks[0](X), torch.ones_like(left)
    for place, look in enumerate(looks[1:], start=2):
        left = left[scores[left].softmax(dim=1).amax(dim=1) < sure]
        scores[left] = look(X[left])
        used[left] = place
    return scores, used


def from_zero(looks, X, sure):
    scores, used = early(looks, X, sure)
    return scores, used - 1


def strictly(looks, X, sure):
    return early(looks, X, sure + 1e-6)


def probabilities(looks, X, sure):
    scores, used = early(looks, X, sure)
    return scores.softmax(dim=1), used


def in_another_order(looks, X, sure):
    scores, used = early(looks, X, sure)
    order = used.argsort(stable=True)
    return scores[order], used[order]


def scores_only(looks, X, sure):
    return early(looks, X, sure)[0]


def by_score(looks, X, sure):
    left = torch.arange(len(X))
    scores, used = looks[0](X), torch.ones_like(left)
    for place, look in enumerate(looks[1:], start=2):
        left = left[scores[left].amax(dim=1) < sure]
        if len(left) == 0:
            break
        scores[left] = look(X[left])
        used[left] = place
    return scores, used


CASES = {
    "06.3a": Cases(
        solution=Both,
        also_right=[ByFunctions, Like],
        wrong=[
            (RowsFirst, "join the pictures first"),
            (OnTheCpu, "have the input's device and dtype"),
            (NoDtype, "moved to bfloat16, without rows"),
            (ZerosIn, "the branch of the rows ran on zeros"),
            (TimesZero, "so it did run"),
            (NeedsRows, "missing 1 required positional argument"),
            (PlainRow, "a ReLU is missing in the branch of the rows"),
            (NoRelu, "a ReLU is missing in the branch of the pictures"),
            (Largest, "pool by the average"),
            (NoPadding, "the convolution has a padding of 1"),
            (OneLayer, "the rows go through a layer of their own"),
            (Detached, "no gradient reaches the parameter of shape (8, 1, 3, 3)"),
            (Lazy, "it has lazy layers"),
            (Both(3, 2), "hand over the class itself"),
            (early, "a class that derives from nn.Module"),
        ],
        equivalent={
            "return abs(seen.new_zeros(len(seen), 4) if rows is None else self.row(rows))": (
                NOT_NEGATIVE
            ),
        },
    ),
    "06.3b": Cases(
        solution=early,
        also_right=[by_mask, by_lists],
        wrong=[
            (everything, "of 9 inputs;"),
            (one_by_one, "look 1 is called 9 times"),
            (whole_batch, "inputs are unsure"),
            (no_stop, "is called with an empty batch"),
            (from_zero, "`used` counts from 1"),
            (strictly, "for len(looks) = 2"),
            (probabilities, "return the scores, not the probabilities"),
            (in_another_order, "at its own row"),
            (scores_only, "return 2 values, scores and used"),
            (by_score, "look 2"),
        ],
        equivalent={
            "if place <= 1:": ONE_OR_MORE,
            "left = left[F.softmax(found).amax(dim=1) < sure]": BY_RULE,
            "highest = F.softmax(scores).amax(dim=1)": BY_RULE,
            "return (scores, abs(used))": NOT_NEGATIVE,
            "return (final, abs(used))": NOT_NEGATIVE,
        },
    ),
}
