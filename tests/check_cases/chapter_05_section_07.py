"""Answers to the exercises of 05/07, modules of one's own."""

import torch
from torch import nn

from check_cases import COMMUTES, NOT_NEGATIVE, Cases


class Standardise(nn.Module):
    def __init__(self, X):
        super().__init__()
        std = X.std(dim=0, correction=0)
        self.register_buffer("mean", X.mean(dim=0))
        self.register_buffer("std", torch.where(std > 0, std, 1.0))

    def forward(self, X):
        return (X - self.mean) / self.std


class ByNnBuffer(nn.Module):
    def __init__(self, X):
        super().__init__()
        self.mean = nn.Buffer(X.sum(0) / len(X))
        spread = ((X - self.mean) ** 2).mean(0).sqrt()
        self.std = nn.Buffer(spread.masked_fill(spread == 0, 1))

    def forward(self, X):
        return (X - self.mean) * (1 / self.std)


class Plain(Standardise):
    def __init__(self, X):
        super().__init__(X)
        mean, std = self.mean, self.std
        del self.mean, self.std
        self.mean, self.std = mean, std


class Learned(nn.Module):
    def __init__(self, X):
        super().__init__()
        self.mean = nn.Parameter(X.mean(dim=0))
        self.std = nn.Parameter(X.std(dim=0, correction=0))

    def forward(self, X):
        return (X - self.mean) / self.std


class NotSaved(Standardise):
    def __init__(self, X):
        super().__init__(X)
        self.register_buffer("mean", self.mean, persistent=False)


class Unbiased(Standardise):
    def __init__(self, X):
        super().__init__(X)
        self.std = X.std(dim=0) if len(X) > 1 else torch.ones(X.shape[1])


class WithoutOnes(Standardise):
    def __init__(self, X):
        super().__init__(X)
        self.std = X.std(dim=0, correction=0)


class KeptRow(Standardise):
    def __init__(self, X):
        super().__init__(X)
        self.mean = X.mean(dim=0, keepdim=True)


class OfTheNewTable(Standardise):
    def forward(self, X):
        std = X.std(dim=0, correction=0)
        return (X - X.mean(dim=0)) / torch.where(std > 0, std, 1.0)


class MeanOnly(Standardise):
    def forward(self, X):
        return X - self.mean


class Frozen(Standardise):
    def __init__(self, X):
        super().__init__(X)
        self.shift = X.mean(dim=0)

    def forward(self, X):
        return (X - self.shift) / self.std


class NoSuper(nn.Module):
    def __init__(self, X):
        self.register_buffer("mean", X.mean(dim=0))

    def forward(self, X):
        return X - self.mean


class NoForward(nn.Module):
    def __init__(self, X):
        super().__init__()
        self.register_buffer("mean", X.mean(dim=0))


class KeepsTable(Standardise):
    def __init__(self, X):
        super().__init__(X)
        self.register_buffer("X", X)


KINDS = (torch.Tensor, nn.Module)


def strays(module):
    usual = vars(nn.Module())
    found = []
    for name, value in vars(module).items():
        if isinstance(value, dict):
            value = list(value.values())
        if not isinstance(value, (list, tuple)):
            value = [value]
        if name not in usual and any(isinstance(part, KINDS) for part in value):
            found.append(name)
    return found


def by_difference(module):
    names = [name for name in vars(module) if name not in vars(nn.Module())]

    def holds(value):
        if isinstance(value, KINDS):
            return True
        if isinstance(value, dict):
            return any(isinstance(v, KINDS) for v in value.values())
        return isinstance(value, list | tuple) and any(isinstance(v, KINDS) for v in value)

    return [name for name in names if holds(vars(module)[name])]


def direct_only(module):
    return [name for name, value in vars(module).items() if isinstance(value, KINDS)]


def no_underscore(module):
    return [name for name in strays(module) if not name.startswith("_")]


def with_books(module):
    found = []
    for name, value in vars(module).items():
        inside = value.values() if isinstance(value, dict) else [value]
        if any(isinstance(part, KINDS) for part in inside):
            found.append(name)
    return found


def first_part(module):
    found = []
    for name, value in vars(module).items():
        if name in vars(nn.Module()):
            continue
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list | tuple) and value:
            value = value[0]
        if isinstance(value, KINDS):
            found.append(name)
    return found


def no_dicts(module):
    return [name for name in strays(module) if not isinstance(getattr(module, name), dict)]


def any_list(module):
    usual = vars(nn.Module())
    kinds = (*KINDS, list, tuple, dict)
    return [n for n, v in vars(module).items() if n not in usual and isinstance(v, kinds)]


CASES = {
    "05.7a": Cases(
        solution=Standardise,
        also_right=[ByNnBuffer],
        wrong=[
            (Plain, "is a plain attribute"),
            (Learned, "is a parameter, which is there to be learned"),
            (NotSaved, "is not saved; leave out persistent=False"),
            (Unbiased, "divides by n − 1"),
            (WithoutOnes, "where a column has no spread"),
            (KeptRow, "one number a column"),
            (OfTheNewTable, "not of the new table"),
            (MeanOnly, "divide by the deviation"),
            (Frozen, "should answer like this one"),
            (NoSuper, "raised AttributeError"),
            (NoForward, "no `forward` yet"),
            (KeepsTable, "only mean and std"),
            (Standardise(torch.ones(2, 2)), "hand over the class itself"),
            (strays, "a class that derives from nn.Module"),
        ],
        equivalent={"spread[spread <= 0] = 1.0": NOT_NEGATIVE},
    ),
    "05.7b": Cases(
        solution=strays,
        also_right=[by_difference, lambda module: tuple(strays(module))],
        wrong=[
            (direct_only, "`layers` is missing: it holds a list with"),
            (no_underscore, "`_mask` is missing: it holds a tensor or a module"),
            (with_books, "`_parameters` is no stray: an empty module has it as well"),
            (first_part, "`pair` is missing"),
            (no_dicts, "`by_name` is missing: it holds a dict with"),
            (any_list, "`numbers` is no stray: it holds no tensor"),
            (lambda module: sorted(strays(module)), "in the order of vars(module)"),
            (lambda module: set(strays(module)), "expected a list"),
            (lambda module: [n for n, _ in module.named_parameters()], "it stands in a book"),
        ],
        equivalent={
            "KINDS = (nn.Module, torch.Tensor)": COMMUTES,
            "kinds = (nn.Module, torch.Tensor)": COMMUTES,
            "if not isinstance(value, (tuple, list)):": COMMUTES,
        },
    ),
}
