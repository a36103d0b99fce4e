"""Answers to the exercises of 01/03, a graph engine."""

from math import cos, sin
from operator import lt
from types import FunctionType

from check_cases import COMMUTES, Cases
from tests.mutating.programs import definitions


def taught(sine_rule, cosine_rule):
    """Return f, df, ddf of the notebook's engine with two new operators and these rules."""
    engine = definitions("01.3a", "Operator RULES placeholder gradients function")
    sine, cosine = engine["Operator"]("sin", sin), engine["Operator"]("cos", cos)
    engine["RULES"][sine] = lambda g, y, a: sine_rule(g, sine(a), cosine(a))
    engine["RULES"][cosine] = lambda g, y, a: cosine_rule(g, sine(a), cosine(a))
    u = engine["placeholder"]("u")
    wave = sine(u * u)
    (slope,) = engine["gradients"](wave, [u])
    (bend,) = engine["gradients"](slope, [u])
    return tuple(engine["function"](node, inputs=[u]) for node in (wave, slope, bend))


def sine_rule(g, s, c):
    return (g * c,)


def cosine_rule(g, s, c):
    return (g * s * -1,)


def without_rules():
    """The slopes are worked out on paper, and planned."""
    engine = definitions("01.3a", "Operator placeholder gradients function")
    sine, cosine = engine["Operator"]("sin", sin), engine["Operator"]("cos", cos)
    u = engine["placeholder"]("u")
    wave, slope = sine(u * u), 2 * u * cosine(u * u)
    bend = 2 * cosine(u * u) - 4 * u * u * sine(u * u)
    return tuple(engine["function"](node, inputs=[u]) for node in (wave, slope, bend))


def nudged(f):
    return lambda x: (f(x + 1e-6) - f(x - 1e-6)) / 2e-6


def with_a_nudged_slope():
    f, _, ddf = taught(sine_rule, cosine_rule)
    return f, nudged(f), ddf


def wrapped():
    f, df, ddf = taught(sine_rule, cosine_rule)
    return [lambda x: f(x), lambda x: df(x), lambda x: ddf(x)]


def f(x):
    return sin(x * x)


def df(x):
    return 2 * x * cos(x * x)


def ddf(x):
    return 2 * cos(x * x) - 4 * x * x * sin(x * x)


ENGINE = definitions("01.3b", "Node Operator add mul sub div constant placeholder steps")
add, mul = ENGINE["add"], ENGINE["mul"]
placeholder, steps = ENGINE["placeholder"], ENGINE["steps"]


def at_home(answer):
    """Return the same function as if the notebook had defined it."""
    return FunctionType(answer.__code__, answer.__globals__ | ENGINE)


def simplify(output):
    new, neutral = {}, {add: 0, mul: 1}
    for node in steps(output):
        parts = [new[before] for before in node.inputs]
        values = [part.value for part in parts]
        if node.kind != "operator":
            new[node] = node
        elif node.operator in neutral and neutral[node.operator] in values:
            new[node] = parts[1 - values.index(neutral[node.operator])]
        else:
            new[node] = node.operator(*parts)
    return new[output]


def remembering(output):
    made = {}

    def simple(node):
        if node not in made:
            parts = [simple(before) for before in node.inputs]
            values = [part.value for part in parts]
            made[node] = node
            if {add: 0, mul: 1}.get(node.operator, "none") in values:
                made[node] = parts[1 - values.index({add: 0, mul: 1}[node.operator])]
            elif parts:
                made[node] = node.operator(*parts)
        return made[node]

    return simple(output)


def anew_for_each_reader(output):
    def simple(node):
        parts = [simple(before) for before in node.inputs]
        values = [part.value for part in parts]
        if {add: 0, mul: 1}.get(node.operator, "none") in values:
            return parts[1 - values.index({add: 0, mul: 1}[node.operator])]
        return node.operator(*parts) if parts else node

    return simple(output)


def only_on_the_right(output):
    new = {}
    for node in steps(output):
        parts = [new[before] for before in node.inputs]
        new[node] = node
        if parts and {add: 0, mul: 1}.get(node.operator, "none") == parts[1].value:
            new[node] = parts[0]
        elif parts:
            new[node] = node.operator(*parts)
    return new[output]


def only_products(output):
    new = {}
    for node in steps(output):
        parts = [new[before] for before in node.inputs]
        values = [part.value for part in parts]
        new[node] = node
        if node.operator is mul and 1 in values:
            new[node] = parts[1 - values.index(1)]
        elif parts:
            new[node] = node.operator(*parts)
    return new[output]


def ones_of_sums_too(output):
    new = {}
    for node in steps(output):
        parts = [new[before] for before in node.inputs]
        values = [part.value for part in parts]
        new[node] = node
        if node.operator in (add, mul) and (1 in values or 0 in values):
            new[node] = parts[0] if values[0] is None else parts[1]
        elif parts:
            new[node] = node.operator(*parts)
    return new[output]


def ones_of_differences_too(output):
    new = {}
    for node in steps(output):
        parts = [new[before] for before in node.inputs]
        values = [part.value for part in parts]
        new[node] = node
        if node.operator is not add and 1 in values:
            new[node] = parts[1 - values.index(1)]
        elif node.operator is add and 0 in values:
            new[node] = parts[1 - values.index(0)]
        elif parts:
            new[node] = node.operator(*parts)
    return new[output]


def changed(output, drop):
    """Return the simplified plan, where `drop` may say what else stands for an operator."""
    new = {}
    for node in steps(output):
        parts = [new[before] for before in node.inputs]
        values = [part.value for part in parts]
        new[node] = node
        if parts:
            new[node] = drop(node.operator, parts, values)
            if new[node] is None and {add: 0, mul: 1}.get(node.operator, "none") in values:
                new[node] = parts[1 - values.index({add: 0, mul: 1}[node.operator])]
            new[node] = new[node] or node.operator(*parts)
    return new[output]


def differences_with_zero(output):
    def drop(operator, parts, values):
        return parts[1 - values.index(0)] if operator is ENGINE["sub"] and 0 in values else None

    return changed(output, drop)


def quotients_by_one(output):
    def drop(operator, parts, values):
        return parts[0] if operator is ENGINE["div"] and values[1] == 1 else None

    return changed(output, drop)


def products_with_zero(output):
    def drop(operator, parts, values):
        return ENGINE["constant"](0) if operator is mul and 0 in values else None

    return changed(output, drop)


def folds_constants(output):
    def drop(operator, parts, values):
        return None if None in values else ENGINE["constant"](operator.compute(*values))

    return changed(output, drop)


def without_the_sign(output):
    def drop(operator, parts, values):
        return parts[0] if operator is mul and values[1] == -1 else None

    return changed(output, drop)


def beside_a_constant_it_stays(output):
    def drop(operator, parts, values):
        return None if None in values else operator(*parts)

    return changed(output, drop)


def one_node_for_equal_constants(output):
    constants, new = {}, {}
    for node in steps(output):
        parts = tuple(new[before] for before in node.inputs)
        values = [part.value for part in parts]
        new[node] = node if parts == node.inputs else node.operator(*parts)
        if node.kind == "constant":
            new[node] = constants.setdefault(node.value, node)
        elif {add: 0, mul: 1}.get(node.operator, "none") in values:
            new[node] = parts[1 - values.index({add: 0, mul: 1}[node.operator])]
    return new[output]


def asks_the_old_inputs(output):
    new = {}
    for node in steps(output):
        values = [before.value for before in node.inputs]
        new[node] = node
        if {add: 0, mul: 1}.get(node.operator, "none") in values:
            new[node] = node.inputs[1 - values.index({add: 0, mul: 1}[node.operator])]
        elif node.inputs:
            new[node] = node.operator(*[new[before] for before in node.inputs])
    return new[output]


def in_place(output):
    new = {}
    for node in steps(output):
        node.inputs = tuple(new[before] for before in node.inputs)
        values = [part.value for part in node.inputs]
        new[node] = node
        if {add: 0, mul: 1}.get(node.operator, "none") in values:
            new[node] = node.inputs[1 - values.index({add: 0, mul: 1}[node.operator])]
    return new[output]


def the_list(output):
    return steps(output)


def unchanged(output):
    return output


def another_placeholder(output):
    return placeholder("x")


def size(less, choose, x):
    return choose(less(x, 0.0), x * -1, x)


def choosing(choose_rule, less_rule, size, test_rule=float, make="constant"):
    """Return f, df of the notebook's engine with less, choose and these rules.

    `make` names what makes a node of a rule's number; `test_rule` returns what the test receives.
    """
    engine = definitions("01.3d", "Operator RULES constant function gradients placeholder")
    less, choose = engine["Operator"]("less", lt), engine["Operator"]("choose", pick)
    made = engine.get(make, float)
    engine["RULES"][less] = lambda g, y, a, b: tuple(map(made, less_rule()))
    engine["RULES"][choose] = lambda g, y, test, yes, no: (
        engine["constant"](test_rule()),
        *choose_rule(g, lambda a, b: choose(test, a, b)),
    )
    x = engine["placeholder"]("x")
    product = size(less, choose, x) * x
    (slope,) = engine["gradients"](product, [x])
    return tuple(engine["function"](node, inputs=[x]) for node in (product, slope))


def pick(test, yes, no):
    return yes if test else no


def choose_rule(g, choose):
    return choose(g, 0.0), choose(0.0, g)


def less_rule():
    return 0.0, 0.0


def multiplied(g, choose):
    return g * choose(1.0, 0.0), g * choose(0.0, 1.0)


def branches_swapped(g, choose):
    return choose(0.0, g), choose(g, 0.0)


def both_branches(g, choose):
    return g, g


def without_g(g, choose):
    return choose(1.0, 0.0), choose(0.0, 1.0)


def while_planning(g, choose):
    return (g, 0 * g) if choose(1.0, 0.0) else (0 * g, g)


def size_of_the_other_sign(less, choose, x):
    return choose(less(x, 0.0), x, x * -1)


RIGHT = choosing(choose_rule, less_rule, size)


def in_a_list():
    f, df = RIGHT
    return f, lambda x: [df(x)]


def without_a_choice():
    """sqrt(x * x) * x has the same derivative."""
    engine = definitions("01.3d", "function gradients placeholder")
    x = engine["placeholder"]("x")
    y = (x * x + 1e-30) ** 0.5 * x
    (slope,) = engine["gradients"](y, [x])
    return tuple(engine["function"](node, inputs=[x]) for node in (y, slope))


HOME = "the names of the engine and of this module are the same functions"
OTHER = "of two parts, the one before is the other one"
CASES = {
    "01.3a": Cases(
        solution=taught(sine_rule, cosine_rule),
        also_right=[wrapped(), taught(sine_rule, lambda g, s, c: (0 - g * s,))],
        wrong=[
            ((f, df), "three functions"),
            ((f, lambda x: cos(x * x), ddf), "the chain rule"),
            ((f, lambda x: [df(x)], ddf), "unpack it"),
            ((lambda x: sin(x) ** 2, df, ddf), "not the square"),
            ((f, df, lambda x: 2 * cos(x * x) + 4 * x * x * sin(x * x)), "minus the sine"),
            ((f, df, lambda x: 2 * cos(x * x)), "must build nodes"),
            ((lambda x: sin(2 * x), df, ddf), "need each other"),
            ((f, lambda x: 2 * x * cos(x), ddf), "need each other"),
            ((f, df, lambda x: -4 * x * x * sin(x * x)), "need each other"),
            ((f, df, df), "differentiate that once more"),
            ((f, f(1.0), ddf), "passed by its name"),
            ((f, df, ddf), "`f` gives the right numbers, but runs no plan"),
            ((*taught(sine_rule, cosine_rule)[:2], ddf), "`ddf` gives the right numbers, but"),
            ((taught(sine_rule, cosine_rule)[0], df, ddf), "`df` gives the right numbers, but"),
            (with_a_nudged_slope(), "the plan of `df` has no operator for cos"),
            (without_rules(), "`RULES` has no rule for an operator"),
            (taught(lambda g, s, c: (c,), cosine_rule), "For y = sin(x * x) * 3"),
            (taught(lambda g, s, c: (c,), cosine_rule), "a rule multiplies by `g`"),
            (taught(sine_rule, lambda g, s, c: (s * -1,)), "a rule multiplies by `g`"),
            (taught(sine_rule, lambda g, s, c: (g * s,)), "minus the sine"),
            (taught(lambda g, s, c: (g * s,), cosine_rule), "df at x"),
            (taught(lambda g, s, c: (g * g * c,), cosine_rule), "look at the rule of sin"),
        ],
        equivalent={
            "engine['RULES'][cosine] = lambda g, y, a: cosine_rule(sine(a), g, cosine(a))": (
                "the rule multiplies the two: " + COMMUTES
            ),
        },
    ),
    "01.3b": Cases(
        solution=at_home(simplify),
        also_right=[at_home(remembering), at_home(one_node_for_equal_constants)],
        wrong=[
            (at_home(unchanged), "operators in your plan: 1, and 0 would do"),
            (at_home(differences_with_zero), "operators in your plan: 0, and 1 should stay"),
            (at_home(quotients_by_one), "leave out products with 1 and sums with 0"),
            (at_home(products_with_zero), "operators in your plan: 0, and 2 should stay"),
            (at_home(folds_constants), "operators in your plan: 1, and 2 should stay"),
            (at_home(without_the_sign), "must compute the same"),
            (at_home(beside_a_constant_it_stays), "the other input may be a constant"),
            (at_home(only_on_the_right), "the constant may stand on either side"),
            (at_home(only_products), "for output = x + 0"),
            (at_home(ones_of_sums_too), "must compute the same"),
            (at_home(ones_of_differences_too), "must compute the same"),
            (at_home(asks_the_old_inputs), "simplify the inputs first"),
            (at_home(anew_for_each_reader), "must become one new node"),
            (at_home(in_place), "make a new node"),
            (at_home(the_list), "return a node"),
            (at_home(another_placeholder), "keep the placeholders"),
            (len, "define it in this notebook"),
        ],
        equivalent={
            "dropped: add, mul = (ENGINE['add'], ENGINE['mul'])": HOME,
            "add, mul = (ENGINE['mul'], ENGINE['add'])": HOME,
            "dropped: placeholder, steps = (ENGINE['placeholder'], ENGINE['steps'])": HOME,
            "placeholder, steps = (ENGINE['steps'], ENGINE['placeholder'])": HOME,
            "return FunctionType(answer.__code__, ENGINE | answer.__globals__)": HOME,
            "new[node] = parts[values.index(neutral[node.operator]) - 1]": OTHER,
            "new[node] = parts[values.index(1) - 1]": OTHER,
            "new[node] = parts[values.index(0) - 1]": OTHER,
        },
    ),
    "01.3d": Cases(
        solution=choosing(choose_rule, less_rule, size),
        also_right=[choosing(multiplied, less_rule, size)],
        wrong=[
            (choosing(branches_swapped, less_rule, size), "branches are swapped"),
            (choosing(while_planning, less_rule, size), "chose while the plan was written"),
            (choosing(choose_rule, less_rule, size, lambda: 1.0), "`test` receives 0"),
            (choosing(choose_rule, less_rule, size, make="float"), "a rule returns nodes"),
            (choosing(both_branches, less_rule, size), "the one not chosen receives 0"),
            (choosing(without_g, less_rule, size), "chain rule"),
            (choosing(choose_rule, lambda: (1.0, 0.0), size), "the rules of choose and less"),
            (choosing(choose_rule, lambda: (0.0, 1.0), size), "slope 0 by both of its inputs"),
            (choosing(choose_rule, less_rule, size_of_the_other_sign), "f at x = -2.0"),
            (RIGHT[0], "two functions as a tuple"),
            (in_a_list(), "unpack it"),
            ((RIGHT[0], RIGHT[0]), "this is y itself"),
            ((lambda x: x * x, RIGHT[1]), "y is negative"),
            ((lambda x: abs(x) * x, lambda x: 2 * abs(x)), "runs no plan"),
            (without_a_choice(), "chooses between two inputs"),
        ],
        equivalent={
            "return choose(less(x, 0.0), x / -1, x)": "divided by -1 or times -1",
        },
    ),
}
