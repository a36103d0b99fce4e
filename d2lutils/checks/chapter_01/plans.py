"""Plans of the graph engine of 01/03: formulas to simplify, and what an operator does."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from d2lutils.checks import Wrong, call
from d2lutils.checks.explaining import explain


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


def _constant(like: Any, value: float) -> Any:
    """Return a constant node, or the number itself where the formula computes with numbers."""
    if isinstance(like, float):
        return value
    return type(like)("constant", str(value), value=value)


SHARED = "a node that is read several times must become one new node: note what stands for it"
SIDES = "the constant may stand on either side"
INPUTS = "simplify the inputs first, then the node"
BOTH = "the other input may be a constant, too"

# The text of a formula, the formula, how many operators are left, and why there may be more.
PLANS: list[tuple[str, Callable[[Any], Any], int, str]] = [
    ("x", lambda x: x, 0, ""),
    ("x * 1", lambda x: x * 1, 0, ""),
    ("1.0 * x", lambda x: 1.0 * x, 0, SIDES),
    ("x + 0", lambda x: x + 0, 0, ""),
    ("0.0 + x", lambda x: 0.0 + x, 0, SIDES),
    ("x * 0.5 + 1", lambda x: x * 0.5 + 1, 2, ""),
    ("2 * x", lambda x: 2 * x, 1, ""),
    ("x * -1 - 1.5", lambda x: x * -1 - 1.5, 2, ""),
    ("(x - 1) - 0.25", lambda x: (x - 1) - 0.25, 2, ""),
    ("x - 0", lambda x: x - 0, 1, ""),
    ("x / 1", lambda x: x / 1, 1, ""),
    ("x**1", lambda x: x**1, 1, ""),
    ("x * 0 + 2", lambda x: x * 0 + 2, 2, ""),
    ("(x * 1 + 0) * 1 + 3", lambda x: (x * 1 + 0) * 1 + 3, 1, INPUTS),
    ("0 + x * 1 * 1", lambda x: 0 + x * 1 * 1, 0, INPUTS),
    ("constant(1.0) * 3 * x", lambda x: _constant(x, 1.0) * 3 * x, 1, BOTH),
    ("x ** (constant(3) - 1)", lambda x: x ** (_constant(x, 3) - 1), 2, ""),
    ("s * s + s, where s = (x * 1.0)**3", _shared, 3, SHARED),
    ("1.0 * (1 - s * s) * 3, where s = (x * 3 + 0.5)**2", _like_a_slope, 6, SHARED),
]


def nodes_of(output: Any) -> list[Any]:
    """Return each node that an output needs, once."""
    found = [output]
    for node in found:  # the list grows
        found += [part for part in dict.fromkeys(node.inputs) if part not in found]
    return found


def operators_of(nodes: list[Any]) -> list[Any]:
    """Return the operator of each operator node."""
    return [node.operator for node in nodes if node.kind == "operator"]


def slope_of(gradients: Callable[..., Any], output: Any, x: Any) -> Any:
    """Return the slope that the reader's rules write for a plan."""
    try:
        (slope,) = gradients(output, [x])
    except KeyError as error:
        raise Wrong("`RULES` has no rule for an operator of this plan") from error
    except Exception as error:
        raise Wrong(f"a rule raised {explain(error)}") from error
    if not hasattr(slope, "inputs"):
        raise Wrong("a rule returns nodes: write `constant(0.0)` for a slope of 0")
    return slope


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


def watched(part: Any) -> tuple[list[Any], dict[str, Any]]:
    """Return the nodes of the plan that a function runs, and the names of the plan's notebook."""
    found: dict[int, Any] = {}
    notebook: dict[str, Any] = {}

    def look(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            for value in frame.f_locals.values():
                parts = value if isinstance(value, list | tuple | dict) else [value]
                nodes = [one for one in parts if hasattr(one, "inputs") and hasattr(one, "kind")]
                found.update((id(node), node) for node in nodes)
                if nodes:
                    notebook.update(frame.f_globals)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        call(part, 1.5)
    finally:
        sys.setprofile(before)
    return list(found.values()), notebook
