"""Answers to the exercises of 04/01, learn two numbers from readings."""

import numpy as np
import torch

from check_cases import Cases


def central_slope(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def bent_gradient(x, y, a, w, b):
    error = a * x**2 + w * x + b - y
    return (2 * error * x**2).mean(), (2 * error * x).mean(), (2 * error).mean()


def by_autograd(x, y, a, w, b):
    leaves = [torch.tensor(float(value), requires_grad=True) for value in (a, w, b)]
    y_hat = leaves[0] * x**2 + leaves[1] * x + leaves[2]
    return torch.autograd.grad(((y_hat - y) ** 2).mean(), leaves)


def without_the_bend(x, y, a, w, b):
    return bent_gradient(x, y, 0, w, b)


def bent_by(grows):
    def answer(x, y, a, w, b):
        error = a * x**2 + w * x + b - y
        return (2 * error * grows(x, a)).mean(), (2 * error * x).mean(), (2 * error).mean()

    return answer


def times(factor):
    return lambda *inputs: [part * factor for part in bent_gradient(*inputs)]


def summed(x, y, a, w, b):
    return times(len(x))(x, y, a, w, b)


def of_squares(x, y, a, w, b):
    square = (a * x**2 + w * x + b - y) ** 2
    return (square * x**2).mean(), (square * x).mean(), square.mean()


def not_averaged(x, y, a, w, b):
    error = a * x**2 + w * x + b - y
    return 2 * error * x**2, 2 * error * x, 2 * error


def means_apart(x, y, a, w, b):
    error = a * x**2 + w * x + b - y
    doubled = 2 * error.mean()
    return doubled * (x**2).mean(), doubled * x.mean(), doubled


CASES = {
    "04.1a": Cases(
        solution=central_slope,
        also_right=[lambda f, x, h: 0.5 * (f(x + h) / h - f(x - h) / h)],
        wrong=[
            (lambda f, x, h: (f(x + h) - f(x)) / h, "go to x - h as well"),
            (lambda f, x, h: (f(x) - f(x - h)) / h, "go to x + h as well"),
            (lambda f, x, h: (f(x + h) - f(x - h)) / h, "2 * h apart"),
            (lambda f, x, h: (f(x - h) - f(x + h)) / (2 * h), "sign is turned round"),
            (lambda f, x, h: f(x + h) - f(x - h), "this is the change"),
            (lambda f, x, h: (f(x + h) - f(x - h)) / 2 * h, "put 2 * h in brackets"),
            (lambda f, x, h: torch.tensor(central_slope(f, x, h)), "no tensor"),
            (lambda f, x, h: str(central_slope(f, x, h)), "expected a number"),
            (lambda f, x, h: central_slope(f, x, 1e-4), "distance of the two points"),
            (lambda f, x, h: central_slope(f, x, 2 * h), "distance of the two points"),
            (lambda f, x, h: round(central_slope(f, x, h), 2), "distance of the two points"),
            (lambda f, x, h: f(x), "distance of the two points"),
        ],
    ),
    "04.1b": Cases(
        solution=bent_gradient,
        also_right=[
            by_autograd,
            lambda *inputs: [part.item() for part in bent_gradient(*inputs)],
            lambda *inputs: [np.float32(part.item()) for part in bent_gradient(*inputs)],
        ],
        wrong=[
            (times(0.5), "a factor of 2 is missing"),
            (times(-1), "the error is y_hat minus y"),
            (summed, "take the mean"),
            (lambda *inputs: bent_gradient(*inputs)[::-1], "return a, w, b"),
            (without_the_bend, "a * x**2 is missing in y_hat"),
            (bent_by(lambda x, a: 2 * x), "y_hat grows by x²"),
            (bent_by(lambda x, a: x), "y_hat grows by x²"),
            (bent_by(lambda x, a: 2 * a * x), "the slope with respect to x"),
            (of_squares, "the slope of e² is 2e"),
            (not_averaged, "it is one number, the mean"),
            (means_apart, "each slope is the mean of 2e"),
            (lambda *inputs: bent_gradient(*inputs)[:2], "return 3 values"),
            (lambda *inputs: torch.stack(bent_gradient(*inputs)), "return 3 values"),
            (lambda *inputs: [str(part) for part in bent_gradient(*inputs)], "should be a number"),
            (lambda *inputs: [part.long() for part in bent_gradient(*inputs)], "each slope is"),
            (lambda *inputs: [abs(part) for part in bent_gradient(*inputs)], "each slope is"),
        ],
    ),
}
