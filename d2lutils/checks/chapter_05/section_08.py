"""Checks of 05/08, modes and hooks."""

from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_type, given
from d2lutils.checks.showing import kind

_Shapes = dict[str, tuple[int, ...]]


class _Net(nn.Module):
    """A network that remembers how often it ran, and in which modes."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[list[bool]] = []

    def forward(self, X: Tensor) -> Tensor:
        self.runs.append([part.training for part in self.modules()])
        return self.compute(X)

    def compute(self, X: Tensor) -> Tensor:
        return X


class _Crossed(_Net):
    """Runs its layers in another order than that in which they were made, and leaves one out."""

    def __init__(self) -> None:
        super().__init__()
        self.last = nn.Linear(3, 1)
        self.spare = nn.Linear(3, 3)
        self.body = nn.Sequential(nn.Linear(4, 3), nn.Tanh())

    def compute(self, X: Tensor) -> Tensor:
        result: Tensor = self.last(self.body(X))
        return result


class _Twice(_Net):
    """One layer runs at both ends, with outputs of two shapes."""

    def __init__(self) -> None:
        super().__init__()
        self.act = nn.Tanh()
        self.inner = nn.Linear(2, 5)

    def compute(self, X: Tensor) -> Tensor:
        result: Tensor = self.act(self.inner(self.act(X)))
        return result


class _BoomError(Exception):
    """What a failing network raises."""


class _Failing(_Net):
    """Raises after its first layers have run."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Linear(2, 2), nn.ReLU())

    def compute(self, X: Tensor) -> Tensor:
        self.first(X)
        raise _BoomError("the network's own error")


def _hooks(net: nn.Module) -> int:
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(part, kind)) for part in net.modules() for kind in kinds)


def _asked(answer: Any, net: nn.Module, X: Tensor) -> Any:
    """Call the answer; raise Wrong where it ran the network more than once, or left a trace."""
    modes, before = [part.training for part in net.modules()], _hooks(net)
    got = call(answer, net, X)
    if _hooks(net) > before:
        raise Wrong("hooks are left on the network; remove them by their handles")
    if _hooks(net) < before:
        raise Wrong("a hook that was there before is gone; remove your own only")
    if modes != [part.training for part in net.modules()]:
        raise Wrong("the network's mode has changed")
    runs = getattr(net, "runs", [modes])
    if len(runs) != 1:
        raise Wrong(f"the network ran {len(runs)} times; call net(X) once")
    if any(p.grad is not None for p in net.parameters()):
        raise Wrong("the parameters have gradients now; nothing is to be learned here")
    return got


def _expect_removed(answer: Any) -> None:
    """Where the network raises, its error comes through, and no hook stays."""
    net, X = _Failing(), torch.ones(3, 2)
    with given("a network that raises an error of its own"):
        try:
            answer(net, X)
        except _BoomError:
            pass
        except Exception as error:
            raise Wrong(f"the network's error should come through, not {kind(error)}") from error
        else:
            raise Wrong("the network's error should come through; do not catch it")
        if _hooks(net):
            raise Wrong("hooks are left after an error; remove them in a `finally`")


def _plain() -> tuple[nn.Module, Tensor, _Shapes]:
    net = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Sequential(nn.Linear(3, 2), nn.Dropout()))
    net[1].register_forward_hook(lambda layer, inputs, output: None)
    want: _Shapes = {"0": (5, 3), "1": (5, 3), "2.0": (5, 2), "2.1": (5, 2)}
    return net.eval(), torch.ones(5, 4), want


@exercise("05.8a")
def shapes(answer: Any) -> None:
    """Names and shapes of the layers' outputs, in the order in which they ran; no trace left."""
    crossed: _Shapes = {"body.0": (2, 3), "body.1": (2, 3), "last": (2, 1)}
    cases: list[tuple[str, nn.Module, Tensor, _Shapes]] = [
        ("a Sequential in a Sequential, in eval mode", *_plain()),
        ("another order, and one that rests", _Crossed(), _ones(2, 4), crossed),
        ("one layer that runs twice", _Twice(), _ones(1, 2), {"act": (1, 5), "inner": (1, 5)}),
        ("a picture", nn.Conv2d(1, 2, 3), _ones(1, 1, 4, 4), {"": (1, 2, 2, 2)}),
    ]
    for told, net, X, want in cases:
        with given(told, X=X):
            found = expect_type(_asked(answer, net, X), dict)
            if odd := [name for name, shape in found.items() if not isinstance(shape, tuple)]:
                raise Wrong(f"the shape of {odd[0]!r} should be a tuple, not {kind(found[odd[0]])}")
            got = {name: tuple(shape) for name, shape in found.items()}
            names = dict(net.named_modules())
            if strange := [name for name in got if name not in names]:
                raise Wrong(f"{strange[0]!r} is no name in named_modules()")
            if holders := [name for name in got if list(names[name].children())]:
                raise Wrong(f"{holders[0]!r} has layers inside; list those instead")
            if idle := [name for name in got if name not in want]:
                raise Wrong(f"{idle[0]!r} did not run")
            if missing := [name for name in want if name not in got]:
                late = "; does each hook see the loop's last `name`? Bind it: `name=name`"
                raise Wrong(f"{missing[0]!r} is missing{late if len(got) == 1 else ''}")
            why = "that is the shape of the output, not of the input; the last one counts"
            expect_equal(got, want, why=why)
            if list(got) != list(want):
                raise Wrong(f"the layers first ran in the order {list(want)}")
    _expect_removed(answer)


def _ones(*shape: int) -> Tensor:
    return torch.ones(shape)


def _linear(rows: list[list[float]], bias: list[float]) -> nn.Linear:
    """A linear layer with these weights, a row for each unit."""
    layer = nn.Linear(len(rows[0]), len(rows))
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(rows))
        layer.bias.copy_(torch.tensor(bias))
    return layer


class _Units(_Net):
    """Two layers of units; the second ReLU was made before the first."""

    def __init__(self) -> None:
        super().__init__()
        self.second = nn.Sequential(_linear([[-1.0, -1.0, -1.0]] * 3 + [[1.0] * 3], [0.0] * 4))
        self.late, self.early = nn.ReLU(), nn.ReLU(inplace=True)
        self.first = _linear([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]], [0.0, 0.0, -5.0])

    def compute(self, X: Tensor) -> Tensor:
        result: Tensor = self.late(self.second(self.early(self.first(X))))
        return result


@exercise("05.8b")
def dead_units(answer: Any) -> None:
    """For each ReLU that ran, how many columns of its output are zeros alone."""
    rows = torch.tensor([[1.0, -1.0], [2.0, 0.0], [-1.0, -3.0], [0.5, -2.0], [3.0, -0.5]])
    mixed = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    single = nn.Sequential(nn.ReLU())
    single[0].register_forward_hook(lambda layer, inputs, output: None)
    for told, net, X, want in [
        ("units that are 0 for some rows", _Units(), rows, [2, 3]),
        ("a batch in which other units are alive", _Units().eval(), mixed, [1, 3]),
        ("one row", _Units(), torch.tensor([[-1.0, -1.0]]), [3, 4]),
        ("a ReLU alone", single, torch.tensor([[0.0, 1e-30, -1.0, 0.5]]), [2]),
        ("no ReLU", nn.Sequential(nn.Linear(2, 2), nn.Tanh()), rows, []),
    ]:
        with given(told, X=X):
            got = expect_type(_asked(answer, net, X), list)
            if any(not isinstance(count, int) or isinstance(count, bool) for count in got):
                raise Wrong("return a list of whole numbers; .item() makes one of a tensor")
            why = "a unit is a column of the output, and dead if all of its rows are 0"
            if sorted(got) == sorted(want):
                why = "the counts stand in the order in which the ReLUs ran"
            expect_equal(got, want, why=why)
    _expect_removed(answer)
