"""Answers to the exercises of 06/02, residual blocks."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

from check_cases import COMMUTES, Cases


class Skip(nn.Module):
    def __init__(self, f, num_in, num_out):
        super().__init__()
        self.f = f
        self.short = nn.Identity()
        if num_in != num_out:
            self.short = nn.Linear(num_in, num_out, bias=False)

    def forward(self, x):
        change, kept = self.f(x), self.short(x)
        if change.shape != kept.shape:
            raise ValueError(f"{change.shape} cannot be added to {kept.shape}")
        return kept + change


class ByParameter(nn.Module):
    def __init__(self, f, num_in, num_out):
        super().__init__()
        self.f = f
        self.weight = None
        if num_in != num_out:
            self.weight = nn.Parameter(torch.randn(num_out, num_in) * 0.1)

    def forward(self, x):
        out = self.f(x)
        if self.weight is not None:
            x = F.linear(x, self.weight)
        if out.size() != x.size():
            raise ValueError("shapes differ")
        out = out + x
        return out


class IntoTheOutput(Skip):
    def forward(self, x):
        out = self.f(x)
        short = self.short(x)
        if out.shape != short.shape:
            raise ValueError
        out += short
        return out


class Always(Skip):
    def __init__(self, f, num_in, num_out):
        super().__init__(f, num_in, num_out)
        self.short = nn.Linear(num_in, num_out, bias=False)


class WithBias(Skip):
    def __init__(self, f, num_in, num_out):
        super().__init__(f, num_in, num_out)
        if num_in != num_out:
            self.short = nn.Linear(num_in, num_out)


class Never(Skip):
    def __init__(self, f, num_in, num_out):
        super().__init__(f, num_in, num_out)
        self.short = nn.Identity()


class InPlace(Skip):
    def forward(self, x):
        change = self.f(x)
        if change.shape != self.short(x).shape:
            raise ValueError
        if isinstance(self.short, nn.Identity):
            x += change
            return x
        return self.short(x) + change


class Broadcasts(Skip):
    def forward(self, x):
        return self.short(x) + self.f(x)


class Asserts(Skip):
    def forward(self, x):
        change = self.f(x)
        assert change.shape == self.short(x).shape
        return self.short(x) + change


class Twice(Skip):
    def forward(self, x):
        if self.f(x).shape != self.short(x).shape:
            raise ValueError
        return self.short(x) + self.f(x)


class Forgets(Skip):
    def forward(self, x):
        super().forward(x)
        return self.f.inner(x)


class LastSizeOnly(Skip):
    def forward(self, x):
        change = self.f(x)
        if change.shape[-1] != self.short(x).shape[-1]:
            raise ValueError
        return self.short(x) + change


class Detached(Skip):
    def forward(self, x):
        return super().forward(x.detach()) + 0 * x


class PlainList(Skip):
    def __init__(self, f, num_in, num_out):
        super().__init__(nn.Identity(), num_in, num_out)
        self.parts = [f]

    def forward(self, x):
        return self.short(x) + self.parts[0](x)


class Multiplies(Skip):
    def forward(self, x):
        change, kept = self.f(x), self.short(x)
        if change.shape != kept.shape:
            raise ValueError
        return kept * change


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))

    def forward(self, x):
        return x + self.f(x)


class Functional(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.a, self.b = nn.Linear(width, width), nn.Linear(width, width)
        with torch.no_grad():
            self.b.weight.fill_(0)
            self.b.bias.fill_(0)

    def forward(self, x):
        return self.b(F.relu(self.a(x))) + x


def _added(width, *zeros):
    block = Residual(width)
    for at in zeros:
        nn.init.zeros_(block.f[at].weight)
        nn.init.zeros_(block.f[at].bias)
    return block


class LastFirst(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.last, self.first = nn.Linear(width, width), nn.Linear(width, width)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, x):
        return x + self.last(self.first(x).relu())


class ByNumbers(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.w, self.b = nn.Parameter(torch.randn(width, width)), nn.Parameter(torch.zeros(width))
        self.v, self.c = nn.Parameter(torch.zeros(width, width)), nn.Parameter(torch.zeros(width))

    def forward(self, x):
        return x + F.linear(F.linear(x, self.w, self.b).relu(), self.v, self.c)


def grow(net, at, width):
    new = copy.deepcopy(net)
    new.insert(at, _added(width, 2))
    return new


def by_list(net, at, width):
    parts = [copy.deepcopy(part) for part in net]
    return nn.Sequential(*parts[:at], Functional(width), *parts[at:])


def last_first(net, at, width):
    new = copy.deepcopy(net)
    new.insert(at, LastFirst(width))
    return new


def by_numbers(net, at, width):
    new = copy.deepcopy(net)
    new.insert(at, ByNumbers(width))
    return new


def in_net(net, at, width):
    net.insert(at, _added(width, 2))
    return net


def shared(net, at, width):
    parts = list(net)
    parts.insert(at, _added(width, 2))
    return nn.Sequential(*parts)


def all_zero(net, at, width):
    new = copy.deepcopy(net)
    new.insert(at, _added(width, 0, 2))
    return new


def first_zero(net, at, width):
    new = copy.deepcopy(net)
    new.insert(at, _added(width, 0))
    return new


def weight_only(net, at, width):
    new = copy.deepcopy(net)
    block = Residual(width)
    nn.init.zeros_(block.f[2].weight)
    new.insert(at, block)
    return new


def not_zeroed(net, at, width):
    new = copy.deepcopy(net)
    new.insert(at, Residual(width))
    return new


def at_the_end(net, at, width):
    new = copy.deepcopy(net)
    new.append(_added(width, 2))
    return new


def replaces(net, at, width):
    new = copy.deepcopy(net)
    new[min(at, len(net) - 1)] = _added(width, 2)
    return new


def frozen(net, at, width):
    new = copy.deepcopy(net)
    new.insert(at, _added(width, 2).requires_grad_(False))
    return new


def an_identity(net, at, width):
    new = copy.deepcopy(net)
    new.insert(at, nn.Identity())
    return new


class Bent(Residual):
    def forward(self, x):
        return x + torch.tanh(self.f(x))


def bent(net, at, width):
    new = grow(net, at, width)
    block = Bent(width)
    block.load_state_dict(new[at].state_dict())
    new[at] = block
    return new


CASES = {
    "06.2a": Cases(
        solution=Skip,
        also_right=[ByParameter, IntoTheOutput],
        wrong=[
            (Always, "the block has parameters besides those of `f`"),
            (WithBias, "the projection has a bias"),
            (Never, "wanted one weight, of shape (2, 3)"),
            (InPlace, "changed its input"),
            (Broadcasts, "no ValueError is raised; returned was (5, 3)"),
            (LastSizeOnly, "for f returns one row"),
            (Asserts, "a ValueError is wanted; your block raised AssertionError"),
            (Twice, "`f` is called 2 times"),
            (Forgets, "the input is not added"),
            (Detached, "the gradient of the input is cut off"),
            (PlainList, "does not hold `f` as a module"),
            (Multiplies, "do not multiply them"),
            (Skip(nn.Linear(2, 2), 2, 2), "hand over the class itself"),
            (grow, "a class that derives from nn.Module"),
        ],
        equivalent={
            "change, kept = (self.short(x), self.f(x))": COMMUTES,
            "change, kept = (self.short(rows), self.inner(rows))": COMMUTES,
        },
    ),
    "06.2b": Cases(
        solution=grow,
        also_right=[by_list, last_first, by_numbers],
        wrong=[
            (in_net, "`net` has changed; work on a copy"),
            (shared, "both networks share parameters"),
            (all_zero, "where all of f starts at 0, nothing moves"),
            (first_zero, "f(x) has to be 0"),
            (weight_only, "f(x) has to be 0"),
            (not_zeroed, "f(x) has to be 0"),
            (at_the_end, "the new block should stand at 1"),
            (replaces, "the new network has 3 modules; expected 4"),
            (frozen, "has not moved in four steps"),
            (an_identity, "wanted two layers of width 8; the new block has []"),
            (bent, "the block is not x + f(x)"),
            (lambda net, at, width: list(grow(net, at, width)), "expected a Sequential"),
        ],
    ),
}
