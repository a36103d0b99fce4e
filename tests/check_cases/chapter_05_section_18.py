"""Answers to the exercises of 05/18, a network in NumPy."""

import numpy as np
import torch
import torch.nn.functional as F

from check_cases import COMMUTES, NOT_NEGATIVE, Cases


def probabilities(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def pixel_slopes(X, y, W1, b1, W2, b2):
    hidden = np.maximum(X @ W1 + b1, 0)
    gap = probabilities(hidden @ W2 + b2)
    gap[np.arange(len(y)), y] -= 1
    return gap / len(y) @ W2.T * (hidden > 0) @ W1.T


def by_autograd(X, y, *weights):
    X = torch.tensor(X, requires_grad=True)
    W1, b1, W2, b2 = map(torch.tensor, weights)
    F.cross_entropy(torch.relu(X @ W1 + b1) @ W2 + b2, torch.tensor(y)).backward()
    return X.grad.numpy()


def without_mean(X, y, *weights):
    return len(y) * pixel_slopes(X, y, *weights)


def without_mask(X, y, W1, b1, W2, b2):
    gap = probabilities(np.maximum(X @ W1 + b1, 0) @ W2 + b2) - np.eye(len(b2))[y]
    return gap / len(y) @ W2.T @ W1.T


def without_truth(X, y, W1, b1, W2, b2):
    hidden = np.maximum(X @ W1 + b1, 0)
    return probabilities(hidden @ W2 + b2) / len(y) @ W2.T * (hidden > 0) @ W1.T


def slope_of_sums(X, y, W1, b1, W2, b2):
    hidden = np.maximum(X @ W1 + b1, 0)
    gap = probabilities(hidden @ W2 + b2) - np.eye(len(b2))[y]
    return gap / len(y) @ W2.T * (hidden > 0)


def overflowing(X, y, W1, b1, W2, b2):
    hidden = np.maximum(X @ W1 + b1, 0)
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.exp(hidden @ W2 + b2)
        gap = powers / powers.sum(axis=1, keepdims=True) - np.eye(len(b2))[y]
    return gap / len(y) @ W2.T * (hidden > 0) @ W1.T


def slope_of_weights(X, *rest):
    return X.T @ slope_of_sums(X, *rest)


def tanh_slopes(X, y, W1, b1, W2, b2):
    hidden = np.tanh(X @ W1 + b1)
    gap = probabilities(hidden @ W2 + b2)
    gap[np.arange(len(y)), y] -= 1
    gap /= len(y)
    back = gap @ W2.T * (1 - hidden**2)
    return [X.T @ back, back.sum(axis=0), hidden.T @ gap, gap.sum(axis=0)]


def with_bend(bend):
    def slopes(X, y, W1, b1, W2, b2):
        sums = X @ W1 + b1
        hidden = np.tanh(sums)
        gap = (probabilities(hidden @ W2 + b2) - np.eye(len(b2))[y]) / len(y)
        back = gap @ W2.T * bend(sums, hidden)
        return X.T @ back, back.sum(axis=0), hidden.T @ gap, gap.sum(axis=0)

    return slopes


def relu_slopes(X, y, W1, b1, W2, b2):
    hidden = np.maximum(X @ W1 + b1, 0)
    gap = (probabilities(hidden @ W2 + b2) - np.eye(len(b2))[y]) / len(y)
    back = gap @ W2.T * (hidden > 0)
    return X.T @ back, back.sum(axis=0), hidden.T @ gap, gap.sum(axis=0)


def tanh_by_autograd(X, y, *weights):
    params = [torch.tensor(weight, requires_grad=True) for weight in weights]
    W1, b1, W2, b2 = params
    F.cross_entropy(torch.tanh(torch.tensor(X) @ W1 + b1) @ W2 + b2, torch.tensor(y)).backward()
    return [param.grad.numpy() for param in params]


def ten_classes(X, y, W1, b1, W2, b2):
    hidden = np.tanh(X @ W1 + b1)
    gap = (probabilities(hidden @ W2 + b2) - np.eye(10)[y]) / len(y)
    back = gap @ W2.T * (1 - hidden**2)
    return X.T @ back, back.sum(axis=0), hidden.T @ gap, gap.sum(axis=0)


def mean_of_biases(X, y, *rest):
    W1, b1, W2, b2 = tanh_slopes(X, y, *rest)
    return W1, b1 / len(y), W2, b2 / len(y)


def other_order(*inputs):
    W1, b1, W2, b2 = tanh_slopes(*inputs)
    return W1, W2, b1, b2


CASES = {
    "05.18a": Cases(
        solution=pixel_slopes,
        also_right=[by_autograd],
        wrong=[
            (without_mean, "divide by the number of pictures"),
            (lambda *inputs: -pixel_slopes(*inputs), "probabilities minus truth"),
            (without_mask, "the mask is missing"),
            (without_truth, "subtract the truth"),
            (slope_of_sums, "go on to X"),
            (slope_of_weights, "the slope of W1"),
            (overflowing, "subtract the largest score"),
            (lambda *inputs: pixel_slopes(*inputs).T, "a slope a pixel"),
            (lambda *inputs: torch.tensor(pixel_slopes(*inputs)), "got a tensor"),
        ],
        equivalent={
            "return abs(powers / powers.sum(axis=1, keepdims=True))": NOT_NEGATIVE,
            "hidden = np.maximum(0, X @ W1 + b1)": COMMUTES,
        },
    ),
    "05.18b": Cases(
        solution=tanh_slopes,
        also_right=[with_bend(lambda sums, hidden: 1 / np.cosh(sums) ** 2)],
        wrong=[
            (with_bend(lambda sums, hidden: hidden > 0), "the mask of ReLU"),
            (with_bend(lambda sums, hidden: 1 - sums**2), "square the hidden number"),
            (with_bend(lambda sums, hidden: 1 - np.tanh(hidden) ** 2), "taken twice"),
            (with_bend(lambda sums, hidden: 1 - hidden), "1 - hidden**2"),
            (with_bend(lambda sums, hidden: 1), "is missing on the way back"),
            (relu_slopes, "the slopes with ReLU"),
            (tanh_by_autograd, "leave out autograd"),
            (ten_classes, "could not be broadcast"),
            (other_order, "in this order"),
            (mean_of_biases, "take no mean"),
            (lambda X, y, *rest: [len(y) * s for s in tanh_slopes(X, y, *rest)], "is a mean"),
            (lambda *inputs: [-slope for slope in tanh_slopes(*inputs)], "minus truth"),
            (lambda *inputs: tanh_slopes(*inputs)[:2], "return 4 values"),
        ],
        equivalent={
            "return abs(powers / powers.sum(axis=1, keepdims=True))": NOT_NEGATIVE,
        },
    ),
}
