"""Answers to the exercises of 05/01, neurons."""

import torch

from check_cases import NOT_NEGATIVE, Cases


def through(x, y):
    slopes = y.diff() / x.diff()
    changes = torch.cat([slopes[:1], slopes.diff()])
    return torch.ones(len(x) - 1), -x[:-1], changes, y[0]


def through_in_a_loop(x, y):
    v, before = [], 0.0
    for k in range(len(x) - 1):
        slope = (y[k + 1] - y[k]) / (x[k + 1] - x[k])
        v.append(slope - before)
        before = slope
    return [torch.ones(len(v)), -x[:-1], torch.stack(v), y[0].item()]


def through_from_the_right(x, y):
    slopes = (y.diff() / x.diff()).flip(0)
    changes = torch.cat([slopes[:1], slopes.diff()])
    return -torch.ones(len(x) - 1), x[1:].flip(0), -changes, y[-1:]


def parts(**other):
    """Return a wrong answer: right but for some of its parts."""

    def answer(x, y):
        w, b, v, c = through(x, y)
        right = {"w": w, "b": b, "v": v, "c": c}
        wrong = {name: make(x, y) for name, make in other.items()}
        return tuple((right | wrong).values())

    return answer


def changes_of_rises(x, y):
    rises = y.diff()
    return torch.cat([rises[:1], rises.diff()])


def not_straight(x, y):
    """Pass through the points, with a tent on the first piece."""
    w, b, v, c = through(x, y)
    tent = torch.tensor([1.0, -2.0, 1.0], dtype=x.dtype)
    places = torch.stack([x[0], (x[0] + x[1]) / 2, x[1]])
    ones = torch.ones(3)
    return torch.cat([w, ones]), torch.cat([b, -places]), torch.cat([v, tent]), c


def collapse(layers):
    W, b = layers[0]
    for weight, bias in layers[1:]:
        W = W @ weight
        b = b @ weight + bias
    return W, b


def collapse_by_asking(layers):
    def chain(h):
        for W, b in layers:
            h = h @ W + b
        return h

    width = len(layers[0][0])
    b = chain(torch.zeros(1, width, dtype=torch.float64))[0]
    return [chain(torch.eye(width, dtype=torch.float64)) - b, b]


def biases_added(layers):
    W, b = layers[0]
    for weight, bias in layers[1:]:
        W = W @ weight
        b = b + bias if b.shape == bias.shape else bias
    return W, b


def backwards(layers):
    W = layers[-1][0]
    for weight, _ in reversed(layers[:-1]):
        W = W @ weight if W.shape[1] == weight.shape[0] else weight @ W
    return W, collapse(layers)[1]


CASES = {
    "05.1b": Cases(
        solution=through,
        also_right=[through_in_a_loop, through_from_the_right],
        wrong=[
            (parts(v=changes_of_rises), "the rise divided by its step"),
            (parts(v=lambda x, y: y.diff() / x.diff()), "not the slopes"),
            (parts(c=lambda x, y: 0.0), "c is missing"),
            (parts(c=lambda x, y: y[-1]), "the first y"),
            (parts(b=lambda x, y: x[:-1]), "has the bias -x"),
            (parts(b=lambda x, y: -x[1:]), "at the dot before"),
            (parts(b=lambda x, y: -x), "have one shape (k,)"),
            (parts(c=lambda x, y: y), "c is one number"),
            (parts(v=lambda x, y: [1.0]), "expected a tensor"),
            (lambda x, y: through(x, y)[:3], "return 4 values"),
            (not_straight, "not straight in between"),
            (lambda x, y: through(x, 2 * y), "changes to that of the next piece"),
        ],
        equivalent={
            "return (abs(torch.ones(len(x) - 1)), -x[:-1], changes, y[0])": NOT_NEGATIVE,
            "return (abs(torch.ones_like(turns)), -xs[:-1], turns, ys[0])": NOT_NEGATIVE,
        },
    ),
    "05.1c": Cases(
        solution=collapse,
        also_right=[collapse_by_asking],
        wrong=[
            (lambda layers: layers[0], "the first layer alone"),
            (lambda layers: (collapse(layers)[0], layers[-1][1]), "go through the later layers"),
            (
                lambda layers: (collapse(layers)[0], collapse(layers)[1] - layers[-1][1]),
                "the last bias is missing",
            ),
            (lambda layers: (collapse(layers)[0].T, collapse(layers)[1]), "shape (in, out)"),
            (biases_added, "multiplied by the later matrices"),
            (backwards, "stands on the left"),
            (lambda layers: collapse(layers)[0], "return 2 values"),
            (lambda layers: (collapse(layers)[0], collapse(layers)[1] * 0), "biases are missing"),
        ],
    ),
}
