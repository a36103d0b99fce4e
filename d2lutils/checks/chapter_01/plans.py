"""Plans of the graph engine of 01/03: formulas to simplify, and what an operator does."""

from collections.abc import Callable
from typing import Any

from d2lutils.checks import Wrong


def computes(operator: Any, wanted: Callable[[float], float]) -> bool:
    """Return whether an operator of a plan takes one number and computes this function of it."""
    try:
        return all(abs(operator.compute(at) - wanted(at)) < 1e-9 for at in (0.3, -1.1))
    except (TypeError, ValueError):
        return False


def _shared(x: Any) -> Any:
    s = (x * 1.0) ** 3
    return s * s + s


def _like_a_slope(x: Any) -> Any:
    s = (x * 3 + 0.5) ** 2
    return 1.0 * (1 - s * s) * 3


SHARED = "a node that is read several times must become one new node: note what stands for it"
SIDES = "the constant may stand on either side"
INPUTS = "simplify the inputs first, then the node"

# The text of a formula, the formula, how many nodes are left, and why there may be more.
PLANS: list[tuple[str, Callable[[Any], Any], int, str]] = [
    ("x", lambda x: x, 1, ""),
    ("x * 1", lambda x: x * 1, 1, ""),
    ("1.0 * x", lambda x: 1.0 * x, 1, SIDES),
    ("x + 0", lambda x: x + 0, 1, ""),
    ("0.0 + x", lambda x: 0.0 + x, 1, SIDES),
    ("x * 0.5 + 1", lambda x: x * 0.5 + 1, 5, ""),
    ("2 * x", lambda x: 2 * x, 3, ""),
    ("(x - 1) - 0.25", lambda x: (x - 1) - 0.25, 5, ""),
    ("(x * 1 + 0) * 1 + 3", lambda x: (x * 1 + 0) * 1 + 3, 3, INPUTS),
    ("0 + x * 1 * 1", lambda x: 0 + x * 1 * 1, 1, INPUTS),
    ("s * s + s, where s = (x * 1.0)**3", _shared, 5, SHARED),
    ("1.0 * (1 - s * s) * 3, where s = (x * 3 + 0.5)**2", _like_a_slope, 12, SHARED),
]


def nodes_of(output: Any) -> list[Any]:
    """Return each node that an output needs, once."""
    found = [output]
    for node in found:  # the list grows
        found += [part for part in dict.fromkeys(node.inputs) if part not in found]
    return found


def value_of(node: Any, x: Any, at: float) -> Any:
    """Compute a node of a plan whose one placeholder is x."""
    if node is x:
        return at
    if node.kind == "placeholder":
        raise Wrong("keep the placeholders of `output`: this plan has others")
    if node.kind == "constant":
        return node.value
    return node.operator.compute(*[value_of(part, x, at) for part in node.inputs])


def asks(operator: Any) -> bool:
    """Return whether an operator of a plan says if its first input is less than its second."""
    try:
        return [bool(operator.compute(*pair)) for pair in [(1, 2), (2, 1), (1, 1)]] == [1, 0, 0]
    except TypeError:
        return False


def chooses(operator: Any) -> bool:
    """Return whether an operator of a plan picks one of two inputs, by a third one."""
    try:
        return bool(
            operator.compute(True, 2.0, 5.0) == 2.0 and operator.compute(False, 2.0, 5.0) == 5.0
        )
    except TypeError:
        return False
