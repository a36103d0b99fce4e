"""Checks of 06/12, tests of layers."""

import copy
import io
from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import (
    NotDone,
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_tensor,
    expect_type,
    given,
)
from d2lutils.checks.classes import module_class
from d2lutils.checks.explaining import explain, is_interrupt
from d2lutils.checks.refusals import refusal_of
from d2lutils.checks.showing import kind
from d2lutils.checks.stubs import is_stub, is_unfinished


class _Plain(nn.Module):
    def forward(self, X: Tensor) -> Tensor:
        return 2 * X


class _Starts(nn.Sequential):
    """Draws when it is made, as most layers do."""

    def __init__(self) -> None:
        super().__init__(nn.Linear(6, 3))


class _Drops(nn.Module):
    """Draws in train mode only, by a layer within."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Dropout(0.5))

    def forward(self, X: Tensor) -> Tensor:
        result: Tensor = self.inner(X)
        return result


class _Wastes(nn.Module):
    """Draws one number and does not use it."""

    def forward(self, X: Tensor) -> Tensor:
        torch.rand(1)
        return 2 * X


class _EvalOnly(nn.Module):
    def forward(self, X: Tensor) -> Tensor:
        return X if self.training else X + 0 * torch.rand(1)


class _Seeds(nn.Module):
    """Sets the stream back, so that it gives the same output each time."""

    def forward(self, X: Tensor) -> Tensor:
        torch.manual_seed(20_711)
        return X + torch.rand(1)


_QUIET = [
    (_Plain, "a layer that draws nothing"),
    (_Starts, "a layer that draws in `__init__` alone"),
    (_Drops, "a layer with nn.Dropout inside, which draws in train mode alone"),
]
_LOUD = [
    (_Wastes, "a layer that draws a number and does not use it"),
    (_EvalOnly, "a layer that draws in eval mode alone"),
    (_Seeds, "a layer that seeds PyTorch anew"),
]


@exercise("06.12a")
def quiet(answer: Any) -> None:
    """A test that raises where a layer in eval mode moves the stream of random numbers."""
    if not callable(answer):
        raise Wrong(f"hand over the test by its name, without brackets; it is {kind(answer)}")
    if is_stub(answer):
        raise NotDone
    for Layer, told in _QUIET:
        with given(told):
            if (error := _raised(answer, Layer)) is not None:
                text = str(error).strip()
                raise Wrong(f"your test raises an AssertionError{f': {text}' * bool(text)}")
    for Layer, told in _LOUD:
        with given(told):
            if _raised(answer, Layer) is None:
                raise Wrong("your test lets it pass; it should raise an AssertionError")


def _raised(answer: Any, Layer: type[nn.Module]) -> AssertionError | None:
    """Put the reader's test to a layer; return the AssertionError that it raised."""
    try:
        got = answer(Layer)
    except AssertionError as error:
        return error
    except BaseException as error:
        if is_interrupt(error):
            raise
        if is_unfinished(error, answer):
            raise NotDone from error
        raise Wrong(f"your function raised {explain(error)}") from error
    if got is ...:
        raise NotDone
    if got is not None:
        raise Wrong("a test returns nothing; it raises an AssertionError, by `assert`")
    return None


@exercise("06.12b")
def to_celsius(answer: Any) -> None:
    """A layer whose unit, a text, travels in the state."""
    cls = module_class(answer)
    X = torch.tensor([[-40.0, 32.0, 50.0], [212.0, 0.0, 98.6]])
    wants = {"C": X, "F": (X - 32) / 1.8}
    for unit, want in wants.items():
        with given(unit=unit):
            layer = expect_type(call(cls, unit), nn.Module)
            _expect_unit(layer, unit)
            _expect_converts(layer, X, want)
    for unit in ("K", "", "f", "CF"):
        with given(unit=unit):
            _expect_refused(lambda unit=unit: cls(unit), unit, "`__init__`")
    for saved, made in [("F", "C"), ("C", "F"), ("F", "F")]:
        with given(f"a layer made with {made!r} that loads the state of one made with {saved!r}"):
            _expect_loads(cls, saved, made, X, wants[saved])


def _expect_unit(layer: Any, unit: str) -> None:
    if getattr(layer, "unit", None) != unit:
        raise Wrong(f"the attribute `unit` should be {unit!r}")


def _expect_converts(layer: nn.Module, X: Tensor, want: Tensor) -> None:
    usual = [(X / 1.8 - 32, "subtract 32 first"), ((X - 32) * 1.8, "divide by 1.8")]
    usual += [(1.8 * X + 32, "this turns °C into °F")]
    expect_equal(call(layer, X), want, usual=usual, why="(X − 32) / 1.8 for F, X for C")
    expect_tensor(call(layer, X.double()), dtype=torch.float64)


def _expect_loads(cls: Any, saved: str, made: str, X: Tensor, want: Tensor) -> None:
    state = cls(saved).state_dict()
    if "_extra_state" not in state:
        raise Wrong("`state_dict()` has no `_extra_state`; define `get_extra_state`")
    if more := [name for name in state if name != "_extra_state"]:
        raise Wrong(f"the state also holds `{more[0]}`; the unit is all that is to be saved")
    extra = state["_extra_state"]
    parts = extra.values() if isinstance(extra, dict) else [extra]
    if not all(isinstance(part, str) for part in parts):
        raise Wrong(f"the extra state is {extra!r}; it should be a text, or a dict of texts")
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    layer = cls(made)
    try:
        layer.load_state_dict(torch.load(file, weights_only=True))
    except Exception as error:
        raise Wrong(f"loading raised {explain(error)}") from error
    _expect_unit(layer, saved)
    _expect_converts(layer, X, want)
    _expect_unit(copy.deepcopy(layer), saved)
    strange = cls(made)

    def load() -> None:
        strange.set_extra_state(_replaced(extra, saved))

    _expect_refused(load, "K", "`set_extra_state`")


def _replaced(extra: Any, unit: str) -> Any:
    """The same state with the unit K in place of the one that it holds; JSON is a text, too."""
    if isinstance(extra, dict):
        return {key: _replaced(text, unit) for key, text in extra.items()}
    return "K" if extra == unit else extra.replace(f'"{unit}"', '"K"')


def _expect_refused(load: Any, unit: str, told: str) -> None:
    error, _ = refusal_of(load, f"{told} should raise a ValueError; it")
    if error is not None:
        if unit not in str(error):
            raise Wrong(f"the message of the ValueError should hold {unit!r}") from error
    else:
        raise Wrong(f"{told} takes the unit {unit!r}; raise a ValueError")
