"""Answers to the exercises of 04/03, gradients in depth."""

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


def row_by_row_of_one_graph(f, x, weights):
    leaf = x.clone().requires_grad_()
    rows = [torch.autograd.grad(y, leaf, retain_graph=True)[0] for y in f(leaf)]
    return weights @ torch.stack(rows)


def by_func_grad(f, x, weights):
    return torch.func.grad(lambda x: weights @ f(x))(x)


def by_parameter(f, x, weights):
    leaf = torch.nn.Parameter(x.clone())
    torch.dot(weights, f(leaf)).backward()
    return leaf.grad


def columns(f, x, weights):
    return torch.func.jacrev(f)(x) @ weights


def no_leaf(f, x, weights):
    return torch.autograd.grad(f(x), x, weights)[0]


def no_vector(f, x, weights):
    leaf = x.clone().requires_grad_()
    f(leaf).backward()
    return leaf.grad


def table(outputs, x):
    rows = []
    for output in outputs:
        rows.append(torch.autograd.grad(output, x, retain_graph=True)[0])
    return torch.stack(rows)


def by_weights(outputs, x):
    eye = torch.eye(len(outputs), dtype=outputs.dtype)
    return torch.stack([torch.autograd.grad(outputs, x, row, retain_graph=True)[0] for row in eye])


def batched(outputs, x):
    eye = torch.eye(len(outputs), dtype=outputs.dtype)
    return torch.autograd.grad(outputs, x, eye, retain_graph=True, is_grads_batched=True)[0]


def with_a_graph(outputs, x):
    return torch.stack([torch.autograd.grad(y, x, create_graph=True)[0] for y in outputs])


def frees_each(outputs, x):
    return torch.stack([torch.autograd.grad(output, x)[0] for output in outputs])


def frees_the_last(outputs, x):
    last = len(outputs) - 1
    rows = []
    for at, output in enumerate(outputs):
        rows.append(torch.autograd.grad(output, x, retain_graph=at < last)[0])
    return torch.stack(rows)


def into_grad(outputs, x):
    rows = []
    for output in outputs:
        x.grad = None
        output.backward(retain_graph=True)
        rows.append(x.grad)
    return torch.stack(rows)


def piled_up(outputs, x):
    rows = []
    for output in outputs:
        output.backward(retain_graph=True)
        rows.append(x.grad.clone())
    return torch.stack(rows)


def summed(outputs, x):
    return torch.autograd.grad(outputs.sum(), x, retain_graph=True)[0]


CASES = {
    "04.3a": Cases(
        solution=pull,
        also_right=[by_backward, by_weighted_sum, by_vjp, by_func_grad, by_parameter],
        wrong=[
            (without_weights, "rows without weights"),
            (marks_x, "x itself requires a gradient"),
            (row_by_row, "one walk gives all"),
            (row_by_row_of_one_graph, "once for each output"),
            (lambda f, x, w: w @ torch.func.jacrev(f)(x), "once for each output"),
            (lambda f, x, w: w @ torch.func.jacrev(f, chunk_size=1)(x), "once for each output"),
            (columns, "these are the columns, weighted"),
            (no_leaf, "your function raised"),
            (no_vector, "your function raised"),
            (lambda f, x, w: w @ torch.func.jacrev(f)(x.clone()) * 2, "an element for each x"),
            (lambda f, x, w: torch.func.jacrev(f)(x), "the Jacobian's shape"),
            (lambda f, x, w: torch.ones_like(x), "f was not called"),
        ],
    ),
    "04.3b": Cases(
        solution=table,
        also_right=[by_weights, batched, with_a_graph],
        wrong=[
            (frees_each, "a walk back freed the graph"),
            (frees_the_last, "the last walk freed the graph"),
            (into_grad, "x.grad has changed"),
            (piled_up, "x.grad has changed"),
            (summed, "this is one row"),
            (lambda outputs, x: table(outputs, x).T, "rows and columns are exchanged"),
            (lambda outputs, x: table(outputs, x) * 2, "a row an output"),
        ],
        equivalent={
            "rows.append(torch.autograd.grad(output, x, retain_graph=True)[-1])": "x alone is "
            "asked for, so the tuple holds one gradient: the first is the last",
        },
    ),
}
