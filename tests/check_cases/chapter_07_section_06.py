"""Answers to the exercises of 07/06, graphs with guards."""

import torch
from torch import nn

from check_cases import Cases


def predict(sizes):
    own, symbol, made = set(), False, []
    for size in sizes:
        fits = size in own or (symbol and size >= 2)
        made.append(0 if fits else 1)
        if not fits and size >= 2 and own:
            symbol = True
        elif not fits:
            own.add(size)
    return made


def by_compiling(sizes):
    graphs = []

    def backend(graph_module, example_inputs):
        graphs.append(graph_module)
        return graph_module.forward

    torch.compiler.reset()
    compiled = torch.compile(lambda X: X - X.sum(dim=0) / len(X), backend=backend)
    made = []
    for size in sizes:
        before = len(graphs)
        compiled(torch.ones(size, 3))
        made.append(len(graphs) - before)
    torch.compiler.reset()
    return made


def by_names(sizes):
    graphs, made = [], []
    for size in sizes:
        name = "symbol" if size > 1 and graphs and size != graphs[0] else size
        made.append(int(name not in graphs))
        if name not in graphs:
            graphs.append(name)
    return made


def each_size(sizes):
    return [int(size not in sizes[:call]) for call, size in enumerate(sizes)]


def only_the_last(sizes):
    return [int(call == 0 or size != sizes[call - 1]) for call, size in enumerate(sizes)]


def _with(sizes, alone, early=False):
    own, symbol, made = set(), False, []
    for size in sizes:
        fits = size in own or (symbol and size not in alone)
        made.append(0 if fits else 1)
        if not fits and size not in alone and (own or early):
            symbol = True
        elif not fits:
            own.add(size)
    return made


def symbol_for_all(sizes):
    return _with(sizes, [])


def symbol_for_zero(sizes):
    return _with(sizes, [1])


def symbol_for_one(sizes):
    return _with(sizes, [0])


def symbol_at_once(sizes):
    return _with(sizes, [0, 1], early=True)


def symbol_late(sizes):
    large, made = set(), []
    for call, size in enumerate(sizes):
        if size < 2:
            made.append(int(size not in sizes[:call]))
        else:
            made.append(int(len(large) < 2 and size not in large))
            large.add(size)
    return made


def only_larger(sizes):
    own, least, made = set(), None, []
    for size in sizes:
        fits = size in own or (least is not None and size >= least)
        made.append(0 if fits else 1)
        if not fits and size >= 2 and own and least is None:
            least = size
        elif not fits:
            own.add(size)
    return made


def found(sizes):
    return [1 - count for count in predict(sizes)]


def a_sum(sizes):
    return sum(predict(sizes))


def a_tensor(sizes):
    return torch.tensor(predict(sizes))


class Warmup(nn.Module):
    def __init__(self, steps):
        super().__init__()
        self.steps = steps
        self.register_buffer("t", torch.tensor(0))

    def forward(self, X):
        self.t += 1
        return X * (self.t / self.steps).clamp(max=1)


class Rebinding(Warmup):
    def forward(self, X):
        self.t = self.t + 1
        return X * torch.minimum(self.t / self.steps, torch.ones(()))


class ByWhere(Warmup):
    def forward(self, X):
        self.t.add_(1)
        return torch.where(self.t < self.steps, X * self.t / self.steps, X)


class FloatBuffer(Warmup):
    def __init__(self, steps):
        super().__init__(steps)
        self.t = torch.zeros(1)


class CountsInInt(Warmup):
    def __init__(self, steps):
        super().__init__(steps)
        del self.t
        self.t = 0

    def forward(self, X):
        self.t += 1
        return X * min(1, self.t / self.steps)


class IntAndBuffer(Warmup):
    def __init__(self, steps):
        super().__init__(steps)
        self.calls = None

    def forward(self, X):
        if self.calls is None:
            self.calls = int(self.t)
        self.calls += 1
        self.t += 1
        return X * min(1, self.calls / self.steps)


class PlainTensor(Warmup):
    def __init__(self, steps):
        super().__init__(steps)
        del self.t
        self.t = torch.tensor(0)


class NotSaved(Warmup):
    def __init__(self, steps):
        super().__init__(steps)
        del self.t
        self.register_buffer("t", torch.tensor(0), persistent=False)


class Learned(Warmup):
    def __init__(self, steps):
        super().__init__(steps)
        del self.t
        self.t = nn.Parameter(torch.zeros(()))

    def forward(self, X):
        with torch.no_grad():
            self.t += 1
        return X * (self.t / self.steps).clamp(max=1)


class TakesItem(Warmup):
    def forward(self, X):
        self.t += 1
        return X * min(1, self.t.item() / self.steps)


class Asks(Warmup):
    def forward(self, X):
        self.t += 1
        if self.t < self.steps:
            return X * self.t / self.steps
        return X


class FromZero(Warmup):
    def forward(self, X):
        factor = (self.t / self.steps).clamp(max=1)
        self.t += 1
        return X * factor


class Unlimited(Warmup):
    def forward(self, X):
        self.t += 1
        return X * (self.t / self.steps)


class AtLeastOne(Warmup):
    def forward(self, X):
        self.t += 1
        return X * (self.t / self.steps).clamp(min=1)


class Inverted(Warmup):
    def forward(self, X):
        self.t += 1
        return X * (self.steps / self.t).clamp(max=1)


class NeverCounts(Warmup):
    def forward(self, X):
        return X * ((self.t + 1) / self.steps).clamp(max=1)


class Unchanged(Warmup):
    def forward(self, X):
        return X


class Short(Warmup):
    def __init__(self, steps):
        super().__init__(steps)
        self.t = torch.tensor(0, dtype=torch.uint8)


class WrongOnceCompiled(Warmup):
    def forward(self, X):
        if torch.compiler.is_compiling():
            return X * 1
        return super().forward(X)


class ByTable(Warmup):
    def __init__(self, steps):
        super().__init__(steps)
        self.register_buffer("factors", torch.arange(1, steps + 1) / steps)

    def forward(self, X):
        factor = self.factors[self.t.clamp(max=self.steps - 1)]
        self.t += 1
        return X * factor


class ExtraState(nn.Module):
    def __init__(self, steps):
        super().__init__()
        self.steps = steps
        self.t = torch.tensor(0)

    def get_extra_state(self):
        return self.t

    def set_extra_state(self, state):
        self.t = state.clone()

    def forward(self, X):
        self.t = self.t + 1
        return X * (self.t / self.steps).clamp(max=1)


class CountsDown(nn.Module):
    def __init__(self, steps):
        super().__init__()
        self.steps = steps
        self.register_buffer("left", torch.tensor(steps))

    def forward(self, X):
        self.left.sub_(1).clamp_(min=0)
        return X * (1 - self.left / self.steps)


class InPlace(Warmup):
    def forward(self, X):
        self.t += 1
        return X.mul_((self.t / self.steps).clamp(max=1))


_SHARED = torch.tensor(0)


class OneForAll(Warmup):
    def __init__(self, steps):
        super().__init__(steps)
        _SHARED.zero_()
        self.t = _SHARED


CASES = {
    "07.6a": Cases(
        solution=predict,
        also_right=[by_compiling, by_names],
        wrong=[
            (each_size, "each new size"),
            (only_the_last, "found again"),
            (symbol_for_all, "does not stand for 0 or 1"),
            (symbol_for_zero, "does not stand for 0 or 1; they"),
            (symbol_for_one, "does not stand for 0 or 1"),
            (symbol_at_once, "no symbol yet"),
            (symbol_late, "after a 0 or a 1"),
            (only_larger, "smaller sizes too"),
            (found, "a call that makes a graph"),
            (a_sum, "not the sum"),
            (a_tensor, "makes a graph if"),
        ],
    ),
    "07.6b": Cases(
        solution=Warmup,
        also_right=[Rebinding, ByWhere, FloatBuffer, ExtraState, CountsDown],
        wrong=[
            (CountsInInt, "`state_dict()` is empty"),
            (IntAndBuffer, "count in a buffer"),
            (PlainTensor, "`state_dict()` is empty"),
            (NotSaved, "`state_dict()` is empty"),
            (Learned, "is a parameter"),
            (TakesItem, "cut the graph"),
            (Asks, "cut the graph"),
            (FromZero, "the first call is number 1"),
            (Unlimited, "1 at most"),
            (AtLeastOne, "the smaller one of 1"),
            (Inverted, "the smaller one"),
            (NeverCounts, "has to grow"),
            (Unchanged, "below 1"),
            (InPlace, "changed its input"),
            (OneForAll, "call 2"),
            (Short, "wraps around"),
            (WrongOnceCompiled, "compiled call 1: "),
            (ByTable, "a tensor as an index"),
        ],
    ),
}
