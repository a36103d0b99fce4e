"""Answers to the exercises of 04/05, an autograd engine."""

from math import exp, tanh

import torch

from check_cases import NOT_NEGATIVE, Cases

EQUAL_ABOVE = "equal inputs are dealt with above"


def sigmoid_slope(a, y):
    return y * (1 - y)


def shares(a, b):
    if a == b:
        return 0.5, 0.5
    return float(a > b), float(b > a)


def near_is_equal(a, b):
    return (0.5, 0.5) if abs(a - b) < 0.2 else shares(a, b)


def by_torch(a, b):
    leaves = torch.tensor([a, b], requires_grad=True)
    torch.maximum(leaves[0], leaves[1]).backward()
    return tuple(leaves.grad.tolist())


CASES = {
    "04.5a": Cases(
        solution=sigmoid_slope,
        also_right=[
            lambda a, y: y - y * y,
            lambda a, y: exp(-a) / (1 + exp(-a)) ** 2,
            lambda a, y: (1 - tanh(a / 2) ** 2) / 4,
        ],
        wrong=[
            (lambda a, y: 1 - y * y, "this is the slope of tanh"),
            (lambda a, y: a * (1 - a), "y is the result, a the input"),
            (lambda a, y: y * (y - 1), "rises everywhere"),
            (lambda a, y: y, "this is the result"),
            (lambda a, y: 1 - y, "take the derivative"),
            (lambda a, y: exp(-a) / (1 + exp(-a)), "take the derivative"),
            (lambda y: y * (1 - y), "your function raised"),
        ],
        equivalent={"return abs(y * (1 - y))": NOT_NEGATIVE},
    ),
    "04.5b": Cases(
        solution=shares,
        also_right=[by_torch],
        wrong=[
            (lambda a, b: (float(a > b), float(b >= a)), "equal inputs get a half"),
            (lambda a, b: (float(a >= b), float(b >= a)), "equal inputs get a half"),
            (lambda a, b: (float(a > b), float(b > a)), "equal inputs get a half"),
            (near_is_equal, "the larger takes the whole slope"),
            (lambda a, b: shares(b, a), "are swapped"),
            (lambda a, b: (1.0, 1.0), "the smaller input has the slope 0"),
            (lambda a, b: (0.5, 0.5), "the larger takes the whole slope"),
            (lambda a, b: (0.0, 0.0), "the larger input has the slope 1"),
            (max, "this is the larger number"),
        ],
        equivalent={
            "return (abs(float(a > b)), float(b > a))": NOT_NEGATIVE,
            "return (float(a > b), abs(float(b > a)))": NOT_NEGATIVE,
            "return (int(float(a > b)), float(b > a))": "1 is the same slope as 1.0",
            "return (float(a > b), int(float(b > a)))": "1 is the same slope as 1.0",
            "return (float(a >= b), float(b >= a))": EQUAL_ABOVE,
            "return (0.5, 0.5) if a == b else (float(a >= b), float(b >= a))": EQUAL_ABOVE,
        },
    ),
}
