"""Checks of 01/03, a graph engine."""

from math import cos, sin
from typing import Any

from d2lutils.checks import Wrong, call, exercise, expect_equal, given
from d2lutils.checks.chapter_01.plans import (
    PLANS,
    asks,
    chooses,
    computes,
    nodes_of,
    operators_of,
    slope_of,
    value_of,
    watched,
)
from d2lutils.checks.watching import function_of


@exercise("01.3a")
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
    for part, name, needed in zip(answer, ("f", "df", "ddf"), (sin, cos, sin), strict=True):
        nodes, notebook = watched(part)
        if not nodes:
            raise Wrong(
                f"`{name}` gives the right numbers, but runs no plan: make it with `function`, "
                "from a node, and the slopes with `gradients`"
            )
        if not any(computes(one, needed) for one in operators_of(nodes)):
            raise Wrong(
                f"the plan of `{name}` has no operator for {needed.__name__}: make the plan with "
                "`gradients`, from your rules"
            )
        if name == "ddf":
            _judge_rules(nodes, notebook)


CHAIN = "a rule multiplies by `g`, the slope of what comes after (the chain rule)"


def _judge_rules(nodes: list[Any], notebook: dict[str, Any]) -> None:
    """Differentiate 3 * op(x * x): there the slope of what comes after is no 1."""
    names = "function", "gradients", "placeholder"
    if not set(names) <= notebook.keys():
        raise Wrong("the check tries your rules with `function`, `gradients` and `placeholder`")
    function, gradients, placeholder = (notebook[name] for name in names)
    operators = operators_of(nodes)
    for name, compute, slope in [("sin", sin, cos), ("cos", cos, lambda a: -sin(a))]:
        ours = [operator for operator in operators if computes(operator, compute)]
        if not ours:
            raise Wrong(f"the plan of `ddf` has no operator for {name}: its rule needs it")
        x = placeholder("x")
        scaled = ours[0](x * x) * 3.0
        with given(f"y = {name}(x * x) * 3 at x = 1.5"):
            run = function([slope_of(gradients, scaled, x)], [x])
            (got,) = call(run, 1.5)
            want = 3 * 2 * 1.5 * slope(2.25)
            expect_equal(got, want, usual=[(want / 3, CHAIN)], why=f"look at the rule of {name}")


@exercise("01.3b")
def leaves_out_what_changes_nothing(answer: Any) -> None:
    """A plan without `* 1` and `+ 0`, of new nodes, equal in what it computes."""
    node_class = getattr(function_of(answer), "__globals__", {}).get("Node")
    if callable(answer) and node_class is None:
        raise Wrong("define it in this notebook, as a function that takes a node")
    for source, formula, left, why in PLANS:
        x = node_class("placeholder", "x") if node_class else None
        output = formula(x) if node_class else None
        before = [(node, node.inputs) for node in nodes_of(output)] if node_class else []
        with given(f"output = {source}"):
            got = call(answer, output)
            if not hasattr(got, "inputs"):
                raise Wrong("return a node, the last one of the new plan")
            if any(node.inputs != inputs for node, inputs in before):
                raise Wrong("you changed the inputs of a node of `output`: make a new node")
            for at in (2.0, -0.75):
                expect_equal(
                    float(value_of(got, x, at)),
                    float(formula(at)),
                    why="it must compute the same: a 1 counts in a sum, a 0 in a product",
                )
            count = len(operators_of(nodes_of(got)))
            if count > left:
                reason = f": {why}" if why else ""
                raise Wrong(f"operators in your plan: {count}, and {left} would do{reason}")
            if count < left:
                raise Wrong(f"operators in your plan: {count}, and {left} should stay: {STAY}")


STAY = "leave out products with 1 and sums with 0, and nothing else"
SWAPPED = "the branches are swapped: the chosen one receives `g`, the other 0"
TOO_EARLY = (
    "the rule chose while the plan was written, and took a node for true: it should write "
    "a `choose` into the plan, which asks when it runs"
)


@exercise("01.3d")
def slope_of_a_choice(answer: Any) -> None:
    """|x| * x and its derivative 2|x|, both from plans with a choice in them."""
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        raise Wrong("hand in two functions as a tuple: `(f, df)`")
    for x in [-2.0, 3.0, 0.5, -0.25, 0.0]:
        sign = -1.0 if x < 0 else 1.0
        wanted = [
            ("f", abs(x) * x, [(x * x, "for a negative x, y is negative: |x| times x")]),
            (
                "df",
                2 * abs(x),
                [
                    (0.0, SWAPPED if x < 0 else TOO_EARLY),
                    (abs(x), "both branches received `g`: the one not chosen receives 0"),
                    (sign + abs(x), CHAIN),
                    (abs(x) * x, "this is y itself: hand in its derivative"),
                ],
            ),
        ]
        for part, (name, want, usual) in zip(answer, wanted, strict=True):
            with given(f"{name} at x = {x}"):
                got = call(part, x)
                if isinstance(got, list) and len(got) == 1:
                    raise Wrong("it returns a list: unpack it, `[dy] = gradients(y, [x])`")
                expect_equal(
                    float(got), want, usual=usual, why="look at the rules of choose and less"
                )
    for part, name in zip(answer, ("f", "df"), strict=True):
        nodes, notebook = watched(part)
        operators = operators_of(nodes)
        if not operators:
            raise Wrong(
                f"`{name}` gives the right numbers, but runs no plan: make it with `function`, "
                "from a node, and the slope with `gradients`"
            )
        if not any(chooses(one) for one in operators):
            raise Wrong(f"the plan of `{name}` has no operator that chooses between two inputs")
        if name == "df":
            _judge_question(operators, notebook)


def _judge_question(operators: list[Any], notebook: dict[str, Any]) -> None:
    """Differentiate choices by an x that stands in the question, and one that is the test."""
    names = "function", "gradients", "placeholder"
    asking = [operator for operator in operators if asks(operator)]
    if not asking or not set(names) <= notebook.keys():
        return
    function, gradients, placeholder = (notebook[name] for name in names)
    choose = next(operator for operator in operators if chooses(operator))
    x = placeholder("x")
    less = asking[0]
    question = "a question has the slope 0 by both of its inputs"
    for source, output, want, why in [
        ("choose(less(0.5, x), x * x, x)", choose(less(0.5, x), x * x, x), 4.0, question),
        ("choose(less(0.5, x), 2.0, 3.0)", choose(less(0.5, x), 2.0, 3.0), 0.0, question),
        ("choose(x, 2.0, 3.0)", choose(x, 2.0, 3.0), 0.0, "in a choice, `test` receives 0"),
    ]:
        with given(f"y = {source} at x = 2.0"):
            got = call(function(slope_of(gradients, output, x), [x]), 2.0)
            expect_equal(float(got), want, why=why)
