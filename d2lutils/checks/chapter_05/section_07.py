"""Checks of 05/07, modules of one's own."""

import copy
from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_tensor,
    expect_type,
    given,
)
from d2lutils.checks.classes import module_class
from d2lutils.checks.showing import kind


def _standards(X: Tensor) -> tuple[Tensor, Tensor]:
    std = X.std(dim=0, correction=0)
    return X.mean(dim=0), torch.where(std == 0, torch.ones_like(std), std)


@exercise("05.7a")
def standardise(answer: Any) -> None:
    """Two buffers, saved, moved and not learned; a column without spread is divided by 1."""
    cls = module_class(answer)
    for rows, others in [
        ([[1.0, -2.0], [4.0, 2.0], [7.0, 3.0]], [[2.0, 0.5]]),
        ([[0.5, 3.0, -1.0], [-1.5, 3.0, 2.0]], [[0.0, 5.0, 1.0], [2.0, -3.0, 4.0]]),
        ([[2.0, -5.0]], [[3.0, 1.0], [2.0, -5.0]]),
        ([[0.001], [0.003]], [[0.002], [1.0]]),
        ([[1.0, 2.0], [3.0, 6.0], [5.0, 9.0], [0.0, 0.5]], []),
    ]:
        X = torch.tensor(rows)
        other = torch.tensor(others).reshape(-1, X.shape[1])
        mean, std = _standards(X)
        unbiased = X.std(dim=0) if len(X) > 1 else std
        with given(X=X):
            module = expect_type(call(cls, X), nn.Module)
            _expect_books(module)
            for name, want in (("mean", mean), ("std", std)):
                got = expect_tensor(getattr(module, name))
                if got.shape != want.shape:
                    raise Wrong(f"`{name}` has the shape {tuple(got.shape)}; one number a column")
                usual = [
                    (unbiased, "this deviation divides by n − 1; `correction=0` divides by n"),
                    (X.std(dim=0, correction=0), "where a column has no spread, `std` is to be 1"),
                ]
                hint = f"`{name}` is that of each column of X"
                expect_equal(got, want, usual=usual if name == "std" else [], why=hint)
            with given(f"forward of {others}"):
                got = expect_tensor(call(module, other))
                usual = [(other - mean, "divide by the deviation"), (other / std, "subtract mean")]
                usual += [(_again(other), "take mean and deviation of X, not of the new table")]
                why = "subtract the mean of X and divide by its deviation"
                expect_equal(got, (other - mean) / std, usual=usual, why=why)
            _expect_travels(cls, module, X, other)


def _again(other: Tensor) -> Tensor:
    mean, std = _standards(other) if len(other) else (other, other)
    return (other - mean) / std


def _expect_books(module: nn.Module) -> None:
    """Both tensors have to be buffers that are saved."""
    for name in ("mean", "std"):
        if name in dict(module.named_parameters()):
            raise Wrong(f"`{name}` is a parameter, which is there to be learned: use a buffer")
        if name not in dict(module.named_buffers()):
            there = "is a plain attribute" if hasattr(module, name) else "is missing"
            raise Wrong(f'`{name}` {there}; register_buffer("{name}", …) has it moved and saved')
        if name not in module.state_dict():
            raise Wrong(f"`{name}` is not saved; leave out persistent=False")
    if list(module.parameters()):
        raise Wrong("the module has parameters; nothing in it is to be learned")
    if set(module.state_dict()) != {"mean", "std"}:
        raise Wrong(f"the file would hold {', '.join(module.state_dict())}; only mean and std")


def _expect_travels(cls: type[nn.Module], module: nn.Module, X: Tensor, other: Tensor) -> None:
    """What is saved makes another module answer alike, and what is moved works there."""
    second: Any = cls(3 * X + 1)
    second.load_state_dict(module.state_dict())
    why = "after load_state_dict, a module built from another table should answer like this one"
    expect_equal(call(second, other), module(other), why=why)
    double = copy.deepcopy(module).double()
    with given("the module after .double()"):
        expect_tensor(call(double, other.double()), dtype=torch.float64)
    moved = copy.deepcopy(module).to("meta")
    with given("the module after .to('meta')"):
        call(moved, other.to("meta"))


class _Plain(nn.Module):
    """Registered and forgotten attributes of each kind, in a fixed order."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(2, 1)
        self.layers: Any = [nn.Linear(1, 1), nn.Tanh()]
        self.kept = nn.ModuleList([nn.Tanh()])
        self.rate, self.name, self.nothing = 0.5, "plain", None
        self._mask: Any = torch.ones(2, 2)
        self.weight = nn.Parameter(torch.ones(3))
        self.scaled: Any = nn.Parameter(torch.ones(3)) * 0.1
        self.register_buffer("mean", torch.zeros(1))
        self.register_buffer("table", torch.zeros(1), persistent=False)
        self.by_name: Any = {"in": nn.Linear(1, 1)}
        self.pair: Any = (3, torch.zeros(()))
        self.numbers, self.sizes, self.empty = [1.0, 2.0], {"a": 4}, [()]
        self.keys: Any = {torch.zeros(1): 3}  # a tensor as a key is not held as a value
        self.bias = None


class _Mixed(nn.Module):
    """The first part of a list says nothing of the others; an empty tensor counts."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: Any = [3, "x", nn.Tanh()]
        self.hidden: Any = torch.empty(0)
        self.inner = _Plain()
        self.other: Any = {"n": 2, "X": torch.ones(1)}
        self.deep: Any = [[torch.ones(1)]]
        self.last: Any = [nn.Parameter(torch.ones(1))]


def _late() -> nn.Module:
    """A module that got its attributes after it was made, the same name twice."""
    module = nn.Sequential(nn.Linear(1, 1))
    module.b = torch.ones(1)
    module.a = (nn.ReLU(),)  # type: ignore[assignment]
    module.b = torch.zeros(2)
    return module


@exercise("05.7b")
def strays(answer: Any) -> None:
    """The names of attributes that hold tensors or modules and stand in no book."""
    plain = ["layers", "_mask", "scaled", "by_name", "pair"]
    for told, module, want in [
        ("a module with nothing", nn.Module(), []),
        ("a Linear", nn.Linear(2, 3), []),
        ("a module with attributes of many kinds", _Plain(), plain),
        ("a module with mixed lists", _Mixed(), ["steps", "hidden", "other", "last"]),
        ("a module that got attributes b, a, then b again", _late(), ["b", "a"]),
    ]:
        before = dict(vars(module))
        with given(told):
            got = call(answer, module)
            if isinstance(got, tuple):
                got = list(got)
            names = expect_type(got, list)
            if vars(module).keys() != before.keys():
                raise Wrong("your function changed the module")
            if not all(isinstance(name, str) for name in names):
                raise Wrong("return names, which are strings")
            if too_many := [name for name in names if name not in want]:
                raise Wrong(f"`{too_many[0]}` is no stray: {_why_not(module, too_many[0])}")
            if missing := [name for name in want if name not in names]:
                raise Wrong(f"`{missing[0]}` is missing: it holds {_held(module, missing[0])}")
            why = "take the names in the order of vars(module), each once"
            expect_equal(names, want, why=why)


def _why_not(module: nn.Module, name: str) -> str:
    if name in vars(nn.Module()):
        return "an empty module has it as well"
    books = (module._parameters, module._buffers, module._modules)
    if any(name in book for book in books):
        return "it stands in a book"
    if name == "deep":
        return "its tensor is not directly inside"
    return "it holds no tensor and no module as a value"


def _held(module: nn.Module, name: str) -> str:
    value = getattr(module, name)
    inside = "" if isinstance(value, Tensor | nn.Module) else f"{kind(value)} with "
    return f"{inside}a tensor or a module"
