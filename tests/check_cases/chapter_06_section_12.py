"""Answers to the exercises of 06/12, tests of layers."""

import json

import torch
from torch import nn

from check_cases import COMMUTES, Cases


def quiet(Layer):
    layer, samples = Layer().eval(), torch.randn(4, 6)
    before = torch.get_rng_state()
    layer(samples)
    assert torch.equal(torch.get_rng_state(), before), "numbers were drawn"


def by_raise(Layer):
    layer = Layer()
    layer.eval()
    before = torch.get_rng_state().tolist()
    layer(torch.ones(4, 6))
    if torch.get_rng_state().tolist() != before:
        raise AssertionError


def by_next_draw(Layer):
    layer = Layer().eval()
    with torch.random.fork_rng(devices=[]):
        expected = torch.rand(3)
    layer(torch.ones(4, 6))
    torch.testing.assert_close(torch.rand(3), expected)


def in_train_mode(Layer):
    layer = Layer()
    before = torch.get_rng_state()
    layer(torch.ones(4, 6))
    assert torch.equal(torch.get_rng_state(), before)


def with_init(Layer):
    before = torch.get_rng_state()
    layer = Layer().eval()
    layer(torch.ones(4, 6))
    assert torch.equal(torch.get_rng_state(), before)


def draws_itself(Layer):
    layer = Layer().eval()
    before = torch.get_rng_state()
    layer(torch.randn(4, 6))
    assert torch.equal(torch.get_rng_state(), before)


def by_outputs(Layer):
    layer, samples = Layer().eval(), torch.ones(4, 6)
    assert torch.equal(layer(samples), layer(samples))


def returns_it(Layer):
    layer = Layer().eval()
    before = torch.get_rng_state()
    layer(torch.ones(4, 6))
    return torch.equal(torch.get_rng_state(), before)


def another_error(Layer):
    try:
        quiet(Layer)
    except AssertionError:
        raise ValueError("the layer draws") from None


def never(Layer):
    layer = Layer().eval()
    layer(torch.ones(4, 6))


def upside_down(Layer):
    layer = Layer().eval()
    before = torch.get_rng_state()
    layer(torch.ones(4, 6))
    assert not torch.equal(torch.get_rng_state(), before)


class ToCelsius(nn.Module):
    def __init__(self, unit):
        super().__init__()
        self.set_extra_state(unit)

    def get_extra_state(self):
        return self.unit

    def set_extra_state(self, state):
        if state not in ("C", "F"):
            raise ValueError(f"the unit {state!r} is neither C nor F")
        self.unit = state

    def forward(self, X):
        if self.unit == "C":
            return X
        return (X - 32) / 1.8


class ByDict(nn.Module):
    def __init__(self, unit):
        super().__init__()
        self.unit = self.look_at(unit)

    def look_at(self, unit):
        if unit in ["F", "C"]:
            return unit
        raise ValueError(f"{unit}?")

    def get_extra_state(self):
        return {"unit": self.unit, "version": "1"}

    def set_extra_state(self, state):
        self.unit = self.look_at(state["unit"])

    def forward(self, X):
        first, by = {"C": (0, 1), "F": (32, 1.8)}[self.unit]
        return (X - first) / by


class ByJson(ByDict):
    def get_extra_state(self):
        return json.dumps({"unit": self.unit})

    def set_extra_state(self, state):
        super().set_extra_state(json.loads(state))


class NotSaved(ToCelsius):
    get_extra_state = nn.Module.get_extra_state


class NotRead(ToCelsius):
    def __init__(self, unit):
        super().__init__(unit)
        self.made = unit

    def set_extra_state(self, state):
        if not hasattr(self, "unit"):
            super().set_extra_state(state)


class AsBuffer(ToCelsius):
    def __init__(self, unit):
        super().__init__(unit)
        self.register_buffer("is_f", torch.tensor(unit == "F"))


class FixedAtTheStart(ToCelsius):
    def __init__(self, unit):
        super().__init__(unit)
        self.first, self.by = (32, 1.8) if unit == "F" else (0, 1)

    def forward(self, X):
        return (X - self.first) / self.by


class NoCheck(ToCelsius):
    def set_extra_state(self, state):
        self.unit = state


class CheckedOnce(ToCelsius):
    def __init__(self, unit):
        super().__init__(unit)

    def set_extra_state(self, state):
        if not hasattr(self, "unit"):
            super().set_extra_state(state)
        self.unit = state


class Within(ToCelsius):
    def set_extra_state(self, state):
        if state not in "CF":
            raise ValueError(f"the unit {state!r} is neither C nor F")
        self.unit = state


class Silent(ToCelsius):
    def set_extra_state(self, state):
        if state not in ("C", "F"):
            raise ValueError("neither C nor F")
        self.unit = state


class Keyed(ToCelsius):
    def set_extra_state(self, state):
        self.unit = {"C": "C", "F": "F"}[state]


class WrongOrder(ToCelsius):
    def forward(self, X):
        return X if self.unit == "C" else X / 1.8 - 32


class ToFahrenheit(ToCelsius):
    def forward(self, X):
        return X if self.unit == "C" else 1.8 * X + 32


class ATensor(ToCelsius):
    def get_extra_state(self):
        return torch.tensor(self.unit == "F")

    def set_extra_state(self, state):
        super().set_extra_state(state if isinstance(state, str) else "CF"[int(state)])


class Hidden(ToCelsius):
    def set_extra_state(self, state):
        super().set_extra_state(state)
        self._unit = self.__dict__.pop("unit")

    def get_extra_state(self):
        return self._unit


ANY_NUMBER = "any number of samples tells whether numbers are drawn"

CASES = {
    "06.12a": Cases(
        solution=quiet,
        also_right=[by_raise, by_next_draw],
        wrong=[
            (in_train_mode, "draws in train mode alone: your test raises an AssertionError"),
            (with_init, "draws in `__init__` alone: your test raises an AssertionError"),
            (draws_itself, "a layer that draws nothing: your test raises an AssertionError"),
            (by_outputs, "does not use it: your test lets it pass"),
            (returns_it, "a test returns nothing"),
            (another_error, "your function raised ValueError"),
            (never, "your test lets it pass"),
            (quiet(nn.Identity), "hand over the test by its name"),
            (upside_down, "draws nothing: your test raises an AssertionError"),
        ],
        equivalent={
            "layer, samples = (Layer().eval(), torch.randn(5, 6))": ANY_NUMBER,
            "layer, samples = (Layer().eval(), torch.randn(3, 6))": ANY_NUMBER,
            "assert torch.equal(before, torch.get_rng_state()), 'numbers were drawn'": COMMUTES,
        },
    ),
    "06.12b": Cases(
        solution=ToCelsius,
        also_right=[ByDict, ByJson],
        wrong=[
            (NotSaved, "has no `_extra_state`"),
            (NotRead, "the attribute `unit` should be 'F'"),
            (AsBuffer, "the state also holds `is_f`"),
            (FixedAtTheStart, "(X − 32) / 1.8 for F"),
            (NoCheck, "`__init__` takes the unit 'K'"),
            (CheckedOnce, "`set_extra_state` takes the unit 'K'"),
            (Within, "`__init__` takes the unit ''"),
            (Silent, "the message of the ValueError should hold 'K'"),
            (Keyed, "should raise a ValueError; it raised KeyError"),
            (WrongOrder, "subtract 32 first"),
            (ToFahrenheit, "this turns °C into °F"),
            (ATensor, "it should be a text, or a dict of texts"),
            (Hidden, "the attribute `unit` should be"),
            (ToCelsius("C"), "hand over the class itself"),
        ],
        equivalent={"if self.unit <= 'C':": "of the two units, C comes first"},
    ),
}
