"""Answers to the exercises of 01/02, eager and deferred."""

import operator

import torch

from check_cases import NOT_NEGATIVE, WHOLE, Cases
from tests.mutating.programs import definitions


class Later:
    """A number that is computed when its placeholders have values."""

    def __init__(self, compute):
        self.compute = compute

    def then(self, operation, other):
        def compute(known):
            number = other.compute(known) if hasattr(other, "compute") else other
            return operation(self.compute(known), number)

        return Later(compute)

    def __add__(self, other):
        return self.then(operator.add, other)

    def __mul__(self, other):
        return self.then(operator.mul, other)

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


def waits_with_the_plan(formula, count):
    return lambda *values: formula(*placeholders(count)) and capture(formula, count)(*values)


def given_tensors(formula, count):
    result = formula(*[torch.tensor(1.0)] * count)
    return lambda *values: result.item()


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


ENGINE = definitions("01.2b", "Node placeholder steps")


def planned(formula, count):
    return formula(*[ENGINE["placeholder"](f"x{number}") for number in range(count)])


def count_operators(formula, count):
    nodes = ENGINE["steps"](planned(formula, count))
    return len([node for node in nodes if node.kind == "operator"])


def with_compute(formula, count):
    return sum(node.compute is not None for node in ENGINE["steps"](planned(formula, count)))


def all_nodes(formula, count):
    return len(ENGINE["steps"](planned(formula, count)))


def without_placeholders(formula, count):
    return all_nodes(formula, count) - count


def brackets(formula, count):
    return str(planned(formula, count)).count("(")


def walks_the_tree(formula, count):
    def walk(node):
        return (node.kind == "operator") + sum(walk(before) for before in node.inputs)

    return walk(planned(formula, count))


def different_texts(formula, count):
    nodes = ENGINE["steps"](planned(formula, count))
    return len({str(node) for node in nodes if node.kind == "operator"})


def three_labels(formula, count):
    nodes = ENGINE["steps"](planned(formula, count))
    return sum(node.label in ("add", "mul", "pow") for node in nodes)


def those_with_inputs(formula, count):
    waiting, seen = [planned(formula, count)], set()
    while waiting:
        node = waiting.pop()
        if node not in seen and node.inputs:
            seen.add(node)
            waiting += node.inputs
    return len(seen)


def different_labels(formula, count):
    nodes = ENGINE["steps"](planned(formula, count))
    return len({node.label for node in nodes if node.kind == "operator"})


def the_nodes(formula, count):
    return [node for node in ENGINE["steps"](planned(formula, count)) if node.kind == "operator"]


def with_numbers(formula, count):
    return len(ENGINE["steps"](formula(*range(1, count + 1))))


CASES = {
    "01.2a": Cases(
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
            (remembers_its_first_result, "the result of the run before"),
            (waits_with_the_plan, "before you return"),
            (given_tensors, "called with numbers"),
            (wants_a_list, "raised TypeError"),
            (two_inputs_only, "raised TypeError"),
            (tries_numbers_first, "give it placeholders"),
        ],
    ),
    "01.2b": Cases(
        solution=count_operators,
        also_right=[with_compute, those_with_inputs],
        wrong=[
            (all_nodes, "placeholders and constants do not count"),
            (without_placeholders, "count the nodes of kind operator"),
            (brackets, "a node that is read twice is one node"),
            (walks_the_tree, "a node that is read twice is one node"),
            (different_texts, "two nodes may print alike"),
            (three_labels, "count the nodes of kind operator"),
            (different_labels, "count the nodes of kind operator"),
            (the_nodes, "return an int"),
            (with_numbers, "raised AttributeError"),
        ],
        equivalent={
            "return abs(len([node for node in nodes if node.kind == 'operator']))": NOT_NEGATIVE,
            "return int(len([node for node in nodes if node.kind == 'operator']))": WHOLE,
            "return abs(sum((node.kind == 'operator' for node in plan)))": NOT_NEGATIVE,
            "return int(sum((node.kind == 'operator' for node in plan)))": WHOLE,
        },
    ),
}
