"""Answers to the exercises of 04/13, static graphs."""

import torch
import torch.nn.functional as F

from check_cases import COMMUTES, NOT_NEGATIVE, Cases

FIRST_KIND = "no kind of node sorts before 'assignment'"


def steps(node):
    """All nodes that a node needs, inputs first."""
    found = {}

    def visit(at):
        if at not in found:
            for before in at.inputs:
                visit(before)
            found[at] = None

    visit(node)
    return list(found)


def assignments(output):
    return sorted({node.label for node in steps(output) if node.kind == "assignment"})


def without_the_output(output):
    return sorted({node.label for node in steps(output)[:-1] if node.kind == "assignment"})


def one_step_back(output):
    return sorted({node.label for node in output.inputs if node.kind == "assignment"})


def two_steps_back(output):
    near = [output, *output.inputs]
    return sorted({node.label for node in near if node.kind == "assignment"})


def each_as_often_as_it_occurs(output):
    return sorted(node.label for node in steps(output) if node.kind == "assignment")


def in_the_order_of_the_plan(output):
    return list(dict.fromkeys(n.label for n in steps(output) if n.kind == "assignment"))


def by_the_label(output):
    return sorted({node.label for node in steps(output) if node.label.startswith("assign")})


def read_variables(output):
    return sorted({node.label for node in steps(output) if node.kind == "variable"})


def names_of_variables(output):
    return [label.removeprefix("assign ") for label in assignments(output)]


def nodes_themselves(output):
    return [node for node in steps(output) if node.kind == "assignment"]


def without_nested(output):
    if output.kind == "assignment":
        return [output.label]
    return sorted({label for before in output.inputs for label in without_nested(before)})


def recursive(output):
    own = {output.label} if output.kind == "assignment" else set()
    return sorted(own.union(*(recursive(before) for before in output.inputs)))


def by_operator(output):
    labels = {node.operator.label for node in steps(output) if node.kind == "assignment"}
    return sorted(label for label in labels if label.startswith("assign "))


def slopes_of(features, digits, W1, b1, W2, b2):
    hidden = torch.relu(features @ W1 + b1)
    scores = hidden @ W2 + b2
    truth = F.one_hot(digits, scores.shape[1])
    gap = (scores.softmax(dim=1) - truth) / len(digits)
    back = gap @ W2.T * (hidden > 0)
    loss = F.cross_entropy(scores, digits)
    return loss, [features.T @ back, back.sum(dim=0), hidden.T @ gap, gap.sum(dim=0)]


def momentum(features, digits, first, lr, beta, num_epochs):
    weights = list(first)
    speeds = [torch.zeros_like(value) for value in first]
    losses = []
    for _ in range(num_epochs):
        loss, slopes = slopes_of(features, digits, *weights)
        losses.append(loss.item())
        for k, slope in enumerate(slopes):
            speeds[k] = beta * speeds[k] + slope
            weights[k] = weights[k] - lr * speeds[k]
    return losses


def by_optim(features, digits, first, lr, beta, num_epochs):
    weights = [value.clone().requires_grad_() for value in first]
    optimizer = torch.optim.SGD(weights, lr=lr, momentum=beta)
    losses = []
    for _ in range(num_epochs):
        W1, b1, W2, b2 = weights
        loss = F.cross_entropy(torch.relu(features @ W1 + b1) @ W2 + b2, digits)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def by_autograd(features, digits, first, lr, beta, num_epochs):
    weights = [value.clone().requires_grad_() for value in first]
    speeds = [torch.zeros_like(value) for value in first]
    losses = []
    for _ in range(num_epochs):
        W1, b1, W2, b2 = weights
        loss = F.cross_entropy(torch.relu(features @ W1 + b1) @ W2 + b2, digits)
        losses.append(loss.item())
        slopes = torch.autograd.grad(loss, weights)
        for k, slope in enumerate(slopes):
            speeds[k] = beta * speeds[k] + slope
            weights[k] = (weights[k] - lr * speeds[k]).detach().requires_grad_()
    return losses


def by_hand(features, digits, first, lr, beta, num_epochs, walk):
    weights = list(first)
    speeds = [torch.zeros_like(value) for value in first]
    losses = []
    for _ in range(num_epochs):
        loss, slopes = slopes_of(features, digits, *weights)
        losses.append(loss.item())
        for k, slope in enumerate(slopes):
            speeds[k], step = walk(speeds[k], slope, lr, beta)
            weights[k] = weights[k] - step
    return losses


def rate_inside(*inputs):
    def walk(speed, slope, lr, beta):
        new = beta * speed + lr * slope
        return new, new

    return by_hand(*inputs, walk)


def old_velocity(*inputs):
    return by_hand(*inputs, lambda v, g, lr, beta: (beta * v + g, lr * v))


def without_biases(*inputs):
    return by_hand(
        *inputs, lambda v, g, lr, beta: (v, 0 * g) if g.dim() == 1 else walk(v, g, lr, beta)
    )


def walk(speed, slope, lr, beta):
    new = beta * speed + slope
    return new, lr * new


def never_kept(*inputs):
    return by_hand(*inputs, lambda v, g, lr, beta: (v, lr * (beta * v + g)))


def beta_on_the_slope(*inputs):
    return by_hand(*inputs, lambda v, g, lr, beta: (v + beta * g, lr * (v + beta * g)))


def dampened(*inputs):
    def walk(speed, slope, lr, beta):
        new = beta * speed + (1 - beta) * slope
        return new, lr * new

    return by_hand(*inputs, walk)


def nesterov(*inputs):
    def walk(speed, slope, lr, beta):
        new = beta * speed + slope
        return new, lr * (slope + beta * new)

    return by_hand(*inputs, walk)


def uphill(*inputs):
    return by_hand(*inputs, lambda v, g, lr, beta: (beta * v + g, -lr * (beta * v + g)))


def never_run(features, digits, first, lr, beta, num_epochs):
    return momentum(features, digits, first, 0.0, beta, num_epochs)


def after_the_step(features, digits, first, lr, beta, num_epochs):
    return momentum(features, digits, first, lr, beta, num_epochs + 1)[1:]


def one_more(features, digits, first, lr, beta, num_epochs):
    return momentum(features, digits, first, lr, beta, num_epochs + 1)


def as_tensors(*inputs):
    return [torch.tensor(loss) for loss in momentum(*inputs)]


def fixed_beta(features, digits, first, lr, beta, num_epochs):
    return momentum(features, digits, first, lr, 0.9, num_epochs)


def last_layer_only(features, digits, first, lr, beta, num_epochs):
    W1, b1, *weights = first
    speeds = [torch.zeros_like(value) for value in weights]
    losses = []
    for _ in range(num_epochs):
        loss, slopes = slopes_of(features, digits, W1, b1, *weights)
        losses.append(loss.item())
        for k, slope in enumerate(slopes[2:]):
            speeds[k] = beta * speeds[k] + slope
            weights[k] = weights[k] - lr * speeds[k]
    return losses


def changes_the_first_values(features, digits, first, lr, beta, num_epochs):
    losses = momentum(features, digits, first, lr, beta, num_epochs)
    for value in first:
        value.zero_()
    return losses


CASES = {
    "04.13a": Cases(
        solution=assignments,
        also_right=[recursive, by_operator],
        wrong=[
            (without_the_output, "the output itself may be an assignment"),
            (one_step_back, "the output itself may be an assignment"),
            (two_steps_back, "look at all steps"),
            (each_as_often_as_it_occurs, "each label once"),
            (in_the_order_of_the_plan, "sort the labels"),
            (by_the_label, "the `kind` tells an assignment"),
            (read_variables, "these are variables that are read"),
            (names_of_variables, "not of the variable"),
            (nodes_themselves, "return their labels"),
            (lambda output: set(assignments(output)), "expected a list, got a set"),
            (lambda output: len(assignments(output)), "expected a list, got an int"),
            (lambda output: [], "the output itself may be an assignment"),
            (without_nested, "look at all steps"),
        ],
        equivalent={
            "return sorted({node.label for node in steps(output) if node.kind <= 'assignment'})": (
                FIRST_KIND
            ),
            "return sorted({s.label for s in steps(node) if s.kind <= 'assignment'})": FIRST_KIND,
        },
    ),
    "04.13c": Cases(
        solution=momentum,
        also_right=[rate_inside],
        wrong=[
            (by_optim, "no autograd"),
            (by_autograd, "no autograd"),
            (never_run, "ask for the assignments too"),
            (after_the_step, "before the step, not after it"),
            (one_more, "one loss more than there are epochs"),
            (never_kept, "without momentum"),
            (old_velocity, "the weight takes the new velocity"),
            (without_biases, "the biases are left as they were"),
            (dampened, "multiplied by 1 - beta"),
            (nesterov, "Nesterov's momentum"),
            (uphill, "walk uphill"),
            (as_tensors, "return floats"),
            (fixed_beta, "each epoch: v = beta * v + slope"),
            (beta_on_the_slope, "each epoch: v = beta * v + slope"),
            (last_layer_only, "each epoch: v = beta * v + slope"),
            (changes_the_first_values, "changed its input"),
            (lambda *inputs: momentum(*inputs)[-1:], "expected"),
            (lambda *inputs: tuple(momentum(*inputs)), "expected a list, got a tuple"),
        ],
        equivalent={
            "updates += [assign(node, node - lr * new), assign(speed, new)]": (
                "all values are read before one is written: " + COMMUTES
            ),
            "return (abs(loss), [features.T @ back, back.sum(dim=0), hidden.T @ gap, "
            "gap.sum(dim=0)])": NOT_NEGATIVE,
        },
    ),
}
