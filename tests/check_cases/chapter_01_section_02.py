"""Answers to the exercises of 01/02, eager and deferred."""

import operator
from math import cos, sin

from check_cases import Cases


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


def f(x):
    return sin(x * x)


def df(x):
    return 2 * x * cos(x * x)


def ddf(x):
    return 2 * cos(x * x) - 4 * x * x * sin(x * x)


CASES = {
    "01.2a": Cases(
        solution=capture,
        wrong=[
            (lambda formula, count: formula, "not called: call it once, with placeholders"),
            (lambda formula, count: formula(*range(1, count + 1)), "give it placeholders"),
            (captured_and_called_again, "run the plan, not the formula"),
            (captured_twice, "called 2 times"),
            (backwards, "reverse order"),
            (lambda formula, count: formula(*placeholders(count)), "what `function` makes"),
        ],
    ),
    "01.2b": Cases(
        solution=(f, df, ddf),
        also_right=[[f, df, ddf]],
        wrong=[
            ((f, df), "three functions"),
            ((f, lambda x: cos(x * x), ddf), "the chain rule"),
            ((f, lambda x: [df(x)], ddf), "unpack it"),
            ((lambda x: sin(x) ** 2, df, ddf), "not the square"),
            ((f, df, lambda x: 2 * cos(x * x) + 4 * x * x * sin(x * x)), "minus the sine"),
            ((f, df, lambda x: 2 * cos(x * x)), "must build nodes"),
            ((f, df, df), "differentiate that once more"),
            ((f, f(1.0), ddf), "passed by its name"),
        ],
    ),
}
