"""Answers to the exercises of 08/18, low-rank updates."""

import torch
from torch import nn

from check_cases import Cases

FIRST_ONES = "the first columns and rows are the same"


class Plus(nn.Module):
    def __init__(self, shape, rank):
        super().__init__()
        numbers = shape[1:].numel()
        self.A = nn.Parameter(torch.randn(rank, numbers))
        self.B = nn.Parameter(torch.zeros(shape[0], rank))

    def forward(self, weight):
        return weight + (self.B @ self.A).view(weight.shape)


class ByEinsum(nn.Module):
    def __init__(self, shape, rank):
        super().__init__()
        self.shape = shape
        example = torch.empty(shape).flatten(1)
        self.A = nn.Parameter(torch.rand(rank, example.shape[1]) - 0.5)
        self.B = nn.Parameter(torch.zeros(len(example), rank))

    def forward(self, weight):
        update = torch.einsum("ir,rj->ij", self.B, self.A)
        return update.reshape(self.shape) + weight


class BothZero(Plus):
    def __init__(self, shape, rank):
        super().__init__(shape, rank)
        nn.init.zeros_(self.A)


class BothRandom(Plus):
    def __init__(self, shape, rank):
        super().__init__(shape, rank)
        nn.init.normal_(self.B)


class AlikeRows(Plus):
    def __init__(self, shape, rank):
        super().__init__(shape, rank)
        nn.init.ones_(self.A)


class NotDrawn(Plus):
    def __init__(self, shape, rank):
        super().__init__(shape, rank)
        nn.init.eye_(self.A)


class OtherZero(Plus):
    def __init__(self, shape, rank):
        super().__init__(shape, rank)
        nn.init.normal_(self.B)
        nn.init.zeros_(self.A)


class UpdateAlone(Plus):
    def forward(self, weight):
        return (self.B @ self.A).view(weight.shape)


class Subtracted(Plus):
    def forward(self, weight):
        return weight - (self.B @ self.A).view(weight.shape)


class Transposed(Plus):
    def forward(self, weight):
        return weight + (self.B @ self.A).T.reshape(weight.shape)


class Divided(Plus):
    def forward(self, weight):
        rank = len(self.A)
        return weight + (self.B @ self.A).view(weight.shape) / rank


class Detached(Plus):
    def forward(self, weight):
        return weight + (self.B @ self.A).detach().view(weight.shape)


class NoView(Plus):
    def forward(self, weight):
        return weight + self.B @ self.A


class LastDimension(nn.Module):
    def __init__(self, shape, rank):
        super().__init__()
        self.A = nn.Parameter(torch.randn(rank, shape[-1]))
        self.B = nn.Parameter(torch.zeros(shape[0], rank))

    def forward(self, weight):
        return weight + self.B @ self.A


class Plain(nn.Module):
    def __init__(self, shape, rank):
        super().__init__()
        self.A = torch.randn(rank, shape[1:].numel())
        self.B = torch.zeros(shape[0], rank)

    def forward(self, weight):
        return weight + (self.B @ self.A).view(weight.shape)


class Frozen(Plus):
    def __init__(self, shape, rank):
        super().__init__(shape, rank)
        self.A.requires_grad_(False)


class Extra(Plus):
    def __init__(self, shape, rank):
        super().__init__(shape, rank)
        self.alpha = nn.Parameter(torch.ones(1))


def two_factors(old, new, rank):
    U, S, Vh = torch.linalg.svd(new - old, full_matrices=False)
    return U[:, :rank] * S[:rank], Vh[:rank]


def shared(old, new, rank):
    U, S, Vh = torch.linalg.svd(new - old, full_matrices=False)
    root = S[:rank].sqrt()
    return U[:, :rank] * root, root[:, None] * Vh[:rank]


def by_eigenvectors(old, new, rank):
    update = new - old
    U = torch.linalg.eigh(update @ update.T).eigenvectors.flip(1)[:, :rank]
    return U, U.T @ update


def swapped(old, new, rank):
    return two_factors(old, new, rank)[::-1]


def of_new(old, new, rank):
    return two_factors(torch.zeros_like(old), new, rank)


def turned(old, new, rank):
    return two_factors(new, old, rank)


def unscaled(old, new, rank):
    U, _, Vh = torch.linalg.svd(new - old, full_matrices=False)
    return U[:, :rank], Vh[:rank]


def twice(old, new, rank):
    U, S, Vh = torch.linalg.svd(new - old, full_matrices=False)
    return U[:, :rank] * S[:rank], S[:rank, None] * Vh[:rank]


def smallest(old, new, rank):
    U, S, Vh = torch.linalg.svd(new - old, full_matrices=False)
    return U[:, -rank:] * S[-rank:], Vh[-rank:]


def rows_of_U(old, new, rank):
    U, S, Vh = torch.linalg.svd(new - old)
    return U[:rank].T * S[:rank], Vh[:rank]


def random_ones(old, new, rank):
    update = new - old
    g = torch.Generator().manual_seed(0)
    B = torch.randn(len(old), rank, generator=g, dtype=old.dtype)
    return B, torch.linalg.lstsq(B, update).solution


def the_product(old, new, rank):
    B, A = two_factors(old, new, rank)
    return B @ A


CASES = {
    "08.18a": Cases(
        solution=Plus,
        also_right=[ByEinsum],
        wrong=[
            (BothZero, "both zero"),
            (BothRandom, "B should be zero"),
            (OtherZero, "B should be zero"),
            (AlikeRows, "rows of A are alike"),
            (NotDrawn, "the same in each new rule"),
            (UpdateAlone, "return the weight as it is"),
            (Subtracted, "subtracted"),
            (Transposed, "in other places"),
            (Divided, "no factor"),
            (Detached, "no slope reaches A"),
            (NoView, "your function raised"),
            (LastDimension, "A should have the shape"),
            (Plain, "there are: none"),
            (Frozen, "is frozen"),
            (Extra, "alpha"),
            (Plus(torch.Size((2, 3)), 1), "without brackets"),
        ],
        equivalent={
            f"self.A = nn.Parameter({A})": "A is random, of whatever size"
            for A in [
                "inputs ** 0.5 / torch.randn(r, inputs)",
                "torch.randn(r, inputs) * inputs ** 0.5",
                "torch.randn(r, inputs) // inputs ** 0.5",
                "torch.randn(r, inputs) / 0.5 ** inputs",
                "torch.randn(r, inputs) / (inputs * 0.5)",
                "torch.randn(r, inputs) / inputs ** 1.5",
                "torch.randn(r, inputs) / inputs ** -0.5",
            ]
        },
    ),
    "08.18b": Cases(
        solution=two_factors,
        also_right=[shared, by_eigenvectors],
        wrong=[
            (swapped, "B comes first"),
            (of_new, "this is the cut of new"),
            (turned, "this is old - new"),
            (unscaled, "singular values are missing"),
            (twice, "in both factors"),
            (smallest, "the smallest products"),
            (rows_of_U, "[0, 0] should be"),
            (random_ones, "first products"),
            (the_product, "return 2 values"),
        ],
        equivalent={
            "U, S, Vh = torch.linalg.svd(new - old)": FIRST_ONES,
            "U, S, Vh = torch.linalg.svd(new - old, full_matrices=True)": FIRST_ONES,
        },
    ),
}
