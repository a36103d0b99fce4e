"""Checks of 01/03, eager and deferred."""

import sys
from collections.abc import Callable
from math import cos, sin
from types import FrameType
from typing import Any

from d2lutils.checks import Wrong, call, exercise, expect_equal, given

FORMULAS: list[tuple[str, Callable[..., Any], list[tuple[float, ...]]]] = [
    ("a * b - c / a", lambda a, b, c: a * b - c / a, [(2.0, 5.0, 3.0), (4.0, 0.5, 1.0)]),
    ("(a**2 + b**2) ** 0.5", lambda a, b: (a**2 + b**2) ** 0.5, [(3.0, 4.0), (6.0, 8.0)]),
    ("1 - a * a", lambda a: 1 - a * a, [(0.5,), (3.0,), (0.0,)]),
    ("a - 2 * b", lambda a, b: a - 2 * b, [(-3.0, 1.5), (0.1, -700.25)]),
    ("c + b * b", lambda a, b, c: c + b * b, [(1.0, 2.0, 4.0), (5.0, -3.0, 0.5)]),
]


@exercise("01.3a")
def captures_a_formula(answer: Any) -> None:
    """A formula turned into a plan by one call with placeholders, then run without it."""
    for source, formula, trials in FORMULAS:
        calls: list[tuple[Any, ...]] = []

        def watched(
            *inputs: Any,
            log: list[tuple[Any, ...]] = calls,
            formula: Callable[..., Any] = formula,
        ) -> Any:
            log.append(inputs)
            return formula(*inputs)

        with given(f"formula = {source}", count=len(trials[0])):
            run = call(answer, watched, len(trials[0]))
            if not calls:
                raise Wrong("the formula was not called: call it once, with placeholders")
            if any(isinstance(part, int | float) for part in calls[0]):
                raise Wrong("the formula was called with numbers: give it placeholders")
            if len(calls) > 1:
                raise Wrong(f"the formula was called {len(calls)} times: once gives the plan")
            if not callable(run):
                raise Wrong("return what `function` makes of the plan and its placeholders")
            for values in trials:
                backwards = formula(*reversed(values))
                expect_equal(
                    call(run, *values),
                    formula(*values),
                    usual=[(backwards, "the inputs arrive in reverse order")],
                    why="the inputs of `function` are the placeholders, in order",
                )
            if len(calls) > 1:
                raise Wrong("the formula ran again with the numbers: run the plan, not the formula")


@exercise("01.3b")
def sine_and_two_derivatives(answer: Any) -> None:
    """Values of sin(x * x) and of its first and second derivative, all three from plans."""
    if not isinstance(answer, tuple | list) or len(answer) != 3:
        raise Wrong("hand in three functions as a tuple: `(f, df, ddf)`")
    for x in [1.5, 0.5, -2.0, 0.0]:
        s, c = sin(x * x), cos(x * x)
        sign = "the slope of the cosine is minus the sine"
        wanted = [
            ("f", s, [(sin(x) ** 2, "take the sine of x * x, not the square of sin(x)")]),
            ("df", 2 * x * c, [(c, CHAIN), (-2 * x * c, "the slope of the sine is the cosine")]),
            (
                "ddf",
                2 * c - 4 * x * x * s,
                [
                    (2 * c + 4 * x * x * s, sign),
                    (-2 * x * s, CHAIN),
                    (2 * c - 2 * x * s, CHAIN),
                    (2 * c, "a rule must build nodes; made of numbers, it has no slope itself"),
                    (2 * x * c, "this is the first derivative: differentiate that once more"),
                ],
            ),
        ]
        for part, (name, want, usual) in zip(answer, wanted, strict=True):
            with given(f"{name} at x = {x}"):
                got = call(part, x)
                if isinstance(got, list) and len(got) == 1:
                    raise Wrong("it returns a list: unpack it, `[dy] = gradients(y, [x])`")
                expect_equal(got, want, usual=usual, why="the rules of sin and cos need each other")
    for part, name in zip(answer, ("f", "df", "ddf"), strict=True):
        nodes, notebook = _watched(part)
        if not nodes:
            raise Wrong(
                f"`{name}` gives the right numbers, but runs no plan: make it with `function`, "
                "from a node, and the slopes with `gradients`"
            )
        if name == "ddf":
            _judge_rules(nodes, notebook)


CHAIN = "a rule multiplies by `g`, the slope of what comes after (the chain rule)"


def _watched(part: Any) -> tuple[list[Any], dict[str, Any]]:
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


def _judge_rules(nodes: list[Any], notebook: dict[str, Any]) -> None:
    """Differentiate 3 * op(x * x) once and twice: there the slope of what comes after is no 1."""
    names = "function", "gradients", "placeholder"
    if not set(names) <= notebook.keys():
        raise Wrong("the check tries your rules with `function`, `gradients` and `placeholder`")
    function, gradients, placeholder = (notebook[name] for name in names)
    operators = {node.operator for node in nodes if node.kind == "operator"}
    for name, compute, slope in [("sin", sin, cos), ("cos", cos, lambda a: -sin(a))]:
        ours = [operator for operator in operators if _computes(operator, compute)]
        if not ours:
            raise Wrong(f"the plan of `ddf` has no operator for {name}: its rule needs it")
        x = placeholder("x")
        scaled = ours[0](x * x) * 3.0
        with given(f"y = {name}(x * x) * 3 at x = 1.5"):
            (first,) = gradients(scaled, [x])
            run = function([first], [x])
            (got,) = call(run, 1.5)
            want = 3 * 2 * 1.5 * slope(2.25)
            expect_equal(got, want, usual=[(want / 3, CHAIN)], why=f"look at the rule of {name}")


def _computes(operator: Any, wanted: Callable[[float], float]) -> bool:
    """Return whether an operator of a plan takes one number and computes this function of it."""
    try:
        return all(abs(operator.compute(at) - wanted(at)) < 1e-9 for at in (0.3, -1.1))
    except (TypeError, ValueError):
        return False
