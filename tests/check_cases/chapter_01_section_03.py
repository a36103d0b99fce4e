"""Answers to the exercises of 01/03, eager and deferred."""

import operator
from math import cos, sin

from check_cases import COMMUTES, Cases
from tests.mutating.programs import definitions


class Later:
    """A number that is computed when its placeholders have values."""

    def __init__(self, compute):
        self.compute = compute

    def then(self, operation, other, swap=False):
        def compute(known):
            parts = (
                self.compute(known),
                other.compute(known) if hasattr(other, "compute") else other,
            )
            return operation(*(reversed(parts) if swap else parts))

        return Later(compute)

    def __add__(self, other):
        return self.then(operator.add, other)

    def __sub__(self, other):
        return self.then(operator.sub, other)

    def __rsub__(self, other):
        return self.then(operator.sub, other, swap=True)

    def __mul__(self, other):
        return self.then(operator.mul, other)

    def __rmul__(self, other):
        return self.then(operator.mul, other, swap=True)

    def __truediv__(self, other):
        return self.then(operator.truediv, other)

    def __pow__(self, other):
        return self.then(operator.pow, other)


def placeholders(count):
    return [Later(lambda known, number=number: known[number]) for number in range(count)]


def capture(formula, count):
    plan = formula(*placeholders(count))
    return lambda *values: plan.compute(values)


def backwards(formula, count):
    plan = formula(*placeholders(count))
    return lambda *values: plan.compute(values[::-1])


def captured_and_called_again(formula, count):
    formula(*placeholders(count))
    return lambda *values: formula(*values)


def captured_twice(formula, count):
    formula(*placeholders(count))
    return capture(formula, count)


def only_the_last_inputs(formula, count):
    plan = formula(*placeholders(count))
    return lambda *values: plan.compute(values[-1:] * count)


def remembers_its_first_result(formula, count):
    plan, known = formula(*placeholders(count)), []

    def run(*values):
        known.append(plan.compute(values))
        return known[0]

    return run


def one_placeholder_for_all(formula, count):
    plan = formula(*placeholders(1) * count)
    return lambda *values: plan.compute(values)


def zero_is_missing(formula, count):
    plan = formula(*placeholders(count))
    return lambda *values: plan.compute([value or 1.0 for value in values])


def rounded(formula, count):
    run = capture(formula, count)
    return lambda *values: round(run(*values), 1)


class Planned:
    """A plan that can be called."""

    def __init__(self, formula, count):
        self.plan = formula(*placeholders(count))

    def __call__(self, *values):
        return self.plan.compute(dict(enumerate(values)))


def wants_a_list(formula, count):
    plan = formula(*placeholders(count))
    return lambda values: plan.compute(values)


def two_inputs_only(formula, count):
    plan = formula(*placeholders(2))
    return lambda a, b: plan.compute((a, b))


def tries_numbers_first(formula, count):
    formula(*[1.0] * count)
    return capture(formula, count)


def taught(sine_rule, cosine_rule):
    """Return f, df, ddf of the notebook's engine with two new operators and these rules."""
    engine = definitions("01.3b", "Operator RULES placeholder gradients function")
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


def wrapped():
    f, df, ddf = taught(sine_rule, cosine_rule)
    return [lambda x: f(x), lambda x: df(x), lambda x: ddf(x)]


def f(x):
    return sin(x * x)


def df(x):
    return 2 * x * cos(x * x)


def ddf(x):
    return 2 * cos(x * x) - 4 * x * x * sin(x * x)


CASES = {
    "01.3a": Cases(
        solution=capture,
        also_right=[Planned],
        wrong=[
            (one_placeholder_for_all, "in order"),
            (zero_is_missing, "in order"),
            (rounded, "in order"),
            (lambda formula, count: formula, "not called: call it once, with placeholders"),
            (lambda formula, count: formula(*range(1, count + 1)), "give it placeholders"),
            (captured_and_called_again, "run the plan, not the formula"),
            (captured_twice, "called 2 times"),
            (backwards, "reverse order"),
            (lambda formula, count: formula(*placeholders(count)), "what `function` makes"),
            (only_the_last_inputs, "in order"),
            (remembers_its_first_result, "in order"),
            (wants_a_list, "raised TypeError"),
            (two_inputs_only, "raised TypeError"),
            (tries_numbers_first, "give it placeholders"),
        ],
        equivalent={
            "return self.then(operator.mul, other)": COMMUTES,
            "return self.then(operator.mul, other, swap=False)": COMMUTES,
        },
    ),
    "01.3b": Cases(
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
}
