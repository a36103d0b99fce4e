"""Answers to the exercises of 04/04, gradients in depth."""

import torch

from check_cases import Cases


def pull(f, x, weights):
    leaf = x.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(f(leaf), leaf, grad_outputs=weights)
    return gradient


def by_backward(f, x, weights):
    leaf = x.detach().clone().requires_grad_()
    f(leaf).backward(gradient=weights)
    return leaf.grad


def by_weighted_sum(f, x, weights):
    leaf = x.clone().requires_grad_()
    return torch.autograd.grad((weights * f(leaf)).sum(), leaf)[0]


def by_vjp(f, x, weights):
    _, back = torch.func.vjp(f, x)
    return back(weights)[0]


def without_weights(f, x, weights):
    leaf = x.clone().requires_grad_()
    return torch.autograd.grad(f(leaf).sum(), leaf)[0]


def marks_x(f, x, weights):
    x.requires_grad_()
    return torch.autograd.grad(f(x), x, weights)[0]


def row_by_row(f, x, weights):
    leaf = x.clone().requires_grad_()
    rows = []
    for row in torch.eye(len(weights), dtype=x.dtype):
        rows += torch.autograd.grad(f(leaf), leaf, row)
    return weights @ torch.stack(rows)


def columns(f, x, weights):
    return torch.func.jacrev(f)(x) @ weights


def no_leaf(f, x, weights):
    return torch.autograd.grad(f(x), x, weights)[0]


def no_vector(f, x, weights):
    leaf = x.clone().requires_grad_()
    f(leaf).backward()
    return leaf.grad


def curvature(f, x):
    leaf = x.clone().requires_grad_()
    (first,) = torch.autograd.grad(f(leaf).sum(), leaf, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), leaf)
    return second


def by_func(f, x):
    def total(x):
        return f(x).sum()

    slope = torch.func.grad(total)
    return torch.func.grad(lambda x: slope(x).sum())(x)


def first_only(f, x):
    leaf = x.clone().requires_grad_()
    return torch.autograd.grad(f(leaf).sum(), leaf)[0]


def with_a_graph(f, x):
    leaf = x.clone().requires_grad_()
    (first,) = torch.autograd.grad(f(leaf).sum(), leaf, create_graph=True)
    return torch.autograd.grad(first.sum(), leaf, create_graph=True)[0]


def forgets_create_graph(f, x):
    leaf = x.clone().requires_grad_()
    (first,) = torch.autograd.grad(f(leaf).sum(), leaf)
    return torch.autograd.grad(first.sum(), leaf)[0]


def twice_backward(f, x):
    leaf = x.clone().requires_grad_()
    f(leaf).sum().backward(create_graph=True)
    leaf.grad.sum().backward()
    return leaf.grad.detach()


def marks_its_input(f, x):
    x.requires_grad_()
    (first,) = torch.autograd.grad(f(x).sum(), x, create_graph=True)
    return torch.autograd.grad(first.sum(), x)[0]


CASES = {
    "04.4a": Cases(
        solution=pull,
        also_right=[by_backward, by_weighted_sum, by_vjp],
        wrong=[
            (without_weights, "rows without weights"),
            (marks_x, "marked x itself"),
            (row_by_row, "one walk gives all"),
            (columns, "these are the columns, weighted"),
            (no_leaf, "your function raised"),
            (no_vector, "your function raised"),
            (lambda f, x, w: w @ torch.func.jacrev(f)(x.clone()) * 2, "an element for each x"),
            (lambda f, x, w: torch.func.jacrev(f)(x), "the Jacobian's shape"),
            (lambda f, x, w: torch.ones_like(x), "f was not called"),
        ],
    ),
    "04.4b": Cases(
        solution=curvature,
        also_right=[by_func],
        wrong=[
            (first_only, "this is the first derivative"),
            (lambda f, x: first_only(f, x) ** 2, "the slope squared"),
            (with_a_graph, "has a graph behind it"),
            (forgets_create_graph, "your function raised"),
            (twice_backward, "one number for each of x"),
            (marks_its_input, "marked x itself"),
            (lambda f, x: curvature(f, x).sum(), "expected shape"),
        ],
    ),
}
