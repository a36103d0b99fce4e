"""Answers to the exercises of 06/11, layers of one's own."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from check_cases import Cases


class Scale(nn.Module):
    def __init__(self, num_features, device=None, dtype=None):
        super().__init__()
        self.num_features = num_features
        self.weight = nn.Parameter(torch.empty(num_features, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.ones_(self.weight)

    def forward(self, X):
        if X.shape[-1] != self.num_features:
            raise ValueError(f"expected {self.num_features} columns, got {X.shape[-1]}")
        return X * self.weight

    def extra_repr(self):
        return str(self.num_features)


class ByEinsum(nn.Module):
    def __init__(self, num_features, device=None, dtype=None):
        super().__init__()
        factory_kwargs = {"device": device, "dtype": dtype}
        self.weight = nn.Parameter(torch.ones(num_features, **factory_kwargs))

    @torch.no_grad()
    def reset_parameters(self):
        self.weight.fill_(1)

    def forward(self, X):
        wanted, there = len(self.weight), X.size(-1)
        if wanted != there:
            raise ValueError(f"{there} columns in X of shape {tuple(X.shape)}, not {wanted}")
        return torch.einsum("...i,i->...i", X, self.weight)

    def extra_repr(self):
        return f"{len(self.weight)}"


class ByData(Scale):
    def reset_parameters(self):
        self.weight.data = torch.ones_like(self.weight.data)


class NoGradient(Scale):
    def forward(self, X):
        super().forward(X)
        return X * self.weight.data


class Broadcasts(Scale):
    def forward(self, X):
        return X * self.weight


class OneLess(Scale):
    def forward(self, X):
        if X.shape[-1] not in (1, self.num_features):
            raise ValueError(f"expected {self.num_features} columns, got {X.shape[-1]}")
        return X * self.weight


class Asserts(Scale):
    def forward(self, X):
        assert X.shape[-1] == self.num_features, (X.shape[-1], self.num_features)
        return X * self.weight


class SaysLittle(Scale):
    def forward(self, X):
        if X.shape[-1] != self.num_features:
            raise ValueError("wrong number of columns")
        return X * self.weight


class Random(Scale):
    def reset_parameters(self):
        nn.init.uniform_(self.weight)


class OnlyAtTheStart(Scale):
    def __init__(self, num_features, device=None, dtype=None):
        super().__init__(num_features, device, dtype)
        nn.init.ones_(self.weight)

    def reset_parameters(self):
        torch.ones_like(self.weight)


class NewParameter(Scale):
    def reset_parameters(self):
        self.weight = nn.Parameter(torch.ones_like(self.weight))


class NoFactory(Scale):
    def __init__(self, num_features, device=None, dtype=None):
        super().__init__(num_features)


class MovedOutside(Scale):
    def __init__(self, num_features, device=None, dtype=None):
        nn.Module.__init__(self)
        self.num_features = num_features
        self.weight = nn.Parameter(torch.ones(num_features)).to(device=device, dtype=dtype)


class NoDtype(Scale):
    def __init__(self, num_features, device=None, dtype=None):
        super().__init__(num_features, device)


class NoRepr(Scale):
    def extra_repr(self):
        return f"num_features={self.num_features}"


class Buffer(nn.Module):
    def __init__(self, num_features):
        super().__init__()
        self.register_buffer("weight", torch.ones(num_features))

    def forward(self, X):
        return X * self.weight


class Plain(nn.Module):
    def __init__(self, num_features):
        super().__init__()
        self.weight = torch.ones(num_features, requires_grad=True)

    def forward(self, X):
        return X * self.weight


class Adds(Scale):
    def forward(self, X):
        super().forward(X)
        return X + self.weight - 1


class Column(Scale):
    def __init__(self, num_features, device=None, dtype=None):
        super().__init__(num_features, device, dtype)
        self.weight = nn.Parameter(self.weight.detach()[None])


class WithBias(Scale):
    def __init__(self, num_features, device=None, dtype=None):
        super().__init__(num_features, device, dtype)
        self.bias = nn.Parameter(torch.zeros(num_features))


class NoReset(nn.Module):
    def __init__(self, num_features, device=None, dtype=None):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(num_features))

    def forward(self, X):
        return X * self.weight


class InPlace(Scale):
    def forward(self, X):
        super().forward(X)
        with torch.no_grad():
            X *= self.weight
        return X * self.weight


class Bilinear(nn.Module):
    def __init__(self, in1_features, in2_features, out_features):
        super().__init__()
        weight = torch.empty(out_features, in1_features, in2_features)
        self.weight = nn.Parameter(weight)
        self.bias = nn.Parameter(torch.empty(out_features))
        self.reset_parameters()

    def reset_parameters(self):
        bound = 1 / math.sqrt(self.weight.shape[1])
        nn.init.uniform_(self.weight, -bound, bound)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, a, b):
        return torch.einsum("...i,kij,...j->...k", a, self.weight, b) + self.bias


class ByMatrices(Bilinear):
    @torch.no_grad()
    def reset_parameters(self):
        bound = self.weight.size(1) ** -0.5
        for p in self.parameters():
            p.copy_(torch.rand(p.shape) * 2 * bound - bound)

    def forward(self, a, b):
        rows = (self.weight * a[..., None, :, None]).sum(dim=-2)
        return (rows @ b[..., None])[..., 0] + self.bias


class ByFlat(Bilinear):
    def forward(self, a, b):
        products = (a[..., :, None] * b[..., None, :]).flatten(-2)
        return F.linear(products, self.weight.flatten(1), self.bias)


class ByLibrary(Bilinear):
    def forward(self, a, b):
        return F.bilinear(a, b, self.weight, self.bias)


class Derived(nn.Bilinear):
    def __init__(self, in1_features, in2_features, out_features):
        super().__init__(in1_features, in2_features, out_features)

    def forward(self, a, b):
        return super().forward(a, b)


class ByLoop(Bilinear):
    def forward(self, a, b):
        y = [((a @ W) * b).sum(dim=-1) for W in self.weight]
        return torch.stack(y, dim=-1) + self.bias


class RowsOnly(Bilinear):
    def forward(self, a, b):
        return torch.einsum("ni,kij,nj->nk", a, self.weight, b) + self.bias


class NoBias(Bilinear):
    def forward(self, a, b):
        return torch.einsum("...i,kij,...j->...k", a, self.weight, b)


class WithData(Bilinear):
    def forward(self, a, b):
        return torch.einsum("...i,kij,...j->...k", a, self.weight.data, b) + self.bias


class Swapped(Bilinear):
    def forward(self, a, b):
        if a.shape[-1] != b.shape[-1]:
            return super().forward(a, b)
        return super().forward(b, a)


class Turned(Bilinear):
    def __init__(self, in1_features, in2_features, out_features):
        super().__init__(in1_features, in2_features, out_features)
        self.weight = nn.Parameter(self.weight.detach().permute(1, 2, 0))


class Normal(Bilinear):
    def reset_parameters(self):
        nn.init.normal_(self.weight)
        nn.init.normal_(self.bias)


class BySecond(Bilinear):
    def reset_parameters(self):
        bound = 1 / math.sqrt(self.weight.shape[2])
        nn.init.uniform_(self.weight, -bound, bound)
        nn.init.uniform_(self.bias, -bound, bound)


class ZeroBias(Bilinear):
    def reset_parameters(self):
        super().reset_parameters()
        nn.init.zeros_(self.bias)


class OnlyPositive(Bilinear):
    def reset_parameters(self):
        bound = 1 / math.sqrt(self.weight.shape[1])
        nn.init.uniform_(self.weight, 0, bound)
        nn.init.uniform_(self.bias, 0, bound)


class Seeded(Bilinear):
    def reset_parameters(self):
        g = torch.Generator().manual_seed(0)
        bound = 1 / math.sqrt(self.weight.shape[1])
        nn.init.uniform_(self.weight, -bound, bound, generator=g)
        nn.init.uniform_(self.bias, -bound, bound, generator=g)


CASES = {
    "06.11a": Cases(
        solution=Scale,
        also_right=[ByEinsum, ByData],
        wrong=[
            (NoGradient, "no gradient flows to `weight`"),
            (Broadcasts, "X has 1 columns, and the layer let it pass"),
            (OneLess, "the layer let it pass"),
            (Asserts, "expected a ValueError of yours"),
            (SaysLittle, "should hold both sizes; it says 'wrong number of columns'"),
            (Random, "the factors start at 1"),
            (OnlyAtTheStart, "the factors are 1 again"),
            (NewParameter, "which no optimiser knows"),
            (NoFactory, "the weight is on cpu, of type torch.float32"),
            (MovedOutside, "`weight` is a plain attribute; it should be a parameter"),
            (NoDtype, "the weight is on meta, of type torch.float32"),
            (NoRepr, "a layer for 7 columns prints 'num_features=7'"),
            (Buffer, "`weight` is a buffer; it should be a parameter"),
            (Plain, "`weight` is a plain attribute"),
            (Adds, "the last dimension times `weight`"),
            (Column, "has the shape (1, 3); one factor a column"),
            (WithBias, "also holds `bias`"),
            (NoReset, "no `reset_parameters`"),
            (InPlace, "changed its input"),
            (Scale(3), "hand over the class itself"),
        ],
    ),
    "06.11b": Cases(
        solution=Bilinear,
        also_right=[ByMatrices, ByFlat],
        wrong=[
            (ByLibrary, "the library's own bilinear"),
            (Derived, "derives from nn.Bilinear"),
            (ByLoop, "there is a loop in `forward`"),
            (RowsOnly, "raised RuntimeError: einsum()"),
            (NoBias, "the bias is missing"),
            (WithData, "no gradient flows to `weight`"),
            (Swapped, "the first of the weight's input sizes"),
            (Turned, "`weight` has the shape (3, 4, 2); it should be (2, 3, 4)"),
            (Normal, "draw evenly between -"),
            (BySecond, "draw evenly between"),
            (ZeroBias, "`bias` lies between 0.00 and 0.00"),
            (OnlyPositive, "new, `weight` lies between 0.00"),
            (Seeded, "draws no new numbers"),
            (Bilinear(2, 2, 2), "hand over the class itself"),
        ],
    ),
}
