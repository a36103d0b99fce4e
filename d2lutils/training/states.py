"""What is kept of a network, and of a loss that is a Module, to be put back."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, NamedTuple

from torch import Tensor, nn

from d2lutils.errors import one_line


class Kept(NamedTuple):
    """The epoch that a training may go back to, the loss that judged it, and the weights then."""

    epoch: int
    loss: float
    states: list[tuple[nn.Module, dict[str, Any]]]


def copies(modules: list[nn.Module]) -> list[tuple[nn.Module, dict[str, Any]]]:
    """Return what put_back takes; a deep copy would take ten times as long."""
    states = [(module, module.state_dict()) for module in modules]
    for _, state in states:
        for name, value in state.items():
            state[name] = value.clone() if isinstance(value, Tensor) else deepcopy(value)
    return states


def put_back(states: list[tuple[Any, dict[str, Any]]]) -> None:
    """Load states; tell of those that no longer fit, so that no history is lost for them."""
    for part, state in states:
        try:
            part.load_state_dict(state)  # takes what fits before it complains
        except Exception as error:
            told = f"fit: not all of {type(part).__name__} could be put back: "
            print(told + one_line(error, 160))


def finite(modules: list[nn.Module]) -> bool:
    """Return whether all that was to be learned is neither nan nor infinite."""
    learned = (p for module in modules for p in module.parameters() if p.requires_grad)
    return all(bool(p.isfinite().all()) for p in learned)


@contextmanager
def modes_kept(modules: list[nn.Module]) -> Iterator[None]:
    """Give each part back the mode that it has now."""
    modes = {part: part.training for module in modules for part in module.modules()}
    try:
        yield
    finally:
        for part, training in modes.items():
            part.training = training
