"""Answers to the exercises of 04/04, gradients through programs."""

import torch

from check_cases import Cases


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


def by_two_tangents(f, x):
    ones = torch.ones_like(x)

    def slope(x):
        return torch.func.jvp(f, (x,), (ones,))[1]

    return torch.func.jvp(slope, (x,), (ones,))[1]


def flattened(f, x):
    bend = torch.func.vmap(torch.func.grad(torch.func.grad(f)))
    return bend(x.flatten()).reshape(x.shape)


def of_a_vector(f, x):
    return torch.func.grad(torch.func.grad(f))(x)


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


def each(loss_of_one, w, X, y):
    slope = torch.func.grad(loss_of_one)
    return torch.func.vmap(slope, in_dims=(None, 0, 0))(w, X, y)


def by_jacrev(loss_of_one, w, X, y):
    losses = torch.func.vmap(loss_of_one, in_dims=(None, 0, 0))
    return torch.func.jacrev(losses)(w, X, y)


def by_copies(loss_of_one, w, X, y):
    copies = torch.stack([w] * len(X)).requires_grad_()
    losses = torch.func.vmap(loss_of_one)(copies, X, y)
    return torch.autograd.grad(losses.sum(), copies)[0]


def in_a_loop(loss_of_one, w, X, y):
    slope = torch.func.grad(loss_of_one)
    return torch.stack([slope(w, X[i], y[i]) for i in range(len(X))])


def of_the_mean(loss_of_one, w, X, y):
    losses = torch.func.vmap(loss_of_one, in_dims=(None, 0, 0))
    return torch.func.grad(lambda w: losses(w, X, y).mean())(w)


def of_the_sum(loss_of_one, w, X, y):
    losses = torch.func.vmap(loss_of_one, in_dims=(None, 0, 0))
    return torch.func.grad(lambda w: losses(w, X, y).sum())(w)


def of_the_losses_mean(loss_of_one, w, X, y):
    losses = torch.func.vmap(loss_of_one, in_dims=(None, 0, 0))
    return torch.func.jacrev(lambda w: losses(w, X, y) / len(X))(w)


def maps_w_too(loss_of_one, w, X, y):
    return torch.func.vmap(torch.func.grad(loss_of_one))(w, X, y)


def losses_only(loss_of_one, w, X, y):
    return torch.func.vmap(loss_of_one, in_dims=(None, 0, 0))(w, X, y)


def marks_w(loss_of_one, w, X, y):
    losses = torch.func.vmap(loss_of_one, in_dims=(None, 0, 0))
    w.requires_grad_()
    rows = [torch.autograd.grad(one, w, retain_graph=True)[0] for one in losses(w, X, y)]
    return torch.stack(rows)


def meets(times, heights):
    low = int((heights <= 0).nonzero()[0])
    above, below = heights[low - 1], heights[low]
    fraction = above / (above - below)
    return times[low - 1] + fraction * (times[low] - times[low - 1])


def meets_in_a_loop(times, heights):
    for i in range(1, len(heights)):
        if heights[i] <= 0:
            share = heights[i - 1] / (heights[i - 1] - heights[i])
            return torch.lerp(times[i - 1], times[i], share)


def meets_strictly(times, heights):
    if not (heights < 0).any():
        return times[-1] - heights[-1]
    low = int((heights < 0).int().argmax())
    steepness = (heights[low] - heights[low - 1]) / (times[low] - times[low - 1])
    return times[low - 1] - heights[low - 1] / steepness


def last_two(times, heights):
    fraction = heights[-2] / (heights[-2] - heights[-1])
    return times[-2] + fraction * (times[-1] - times[-2])


def turned_round(times, heights):
    low = int((heights <= 0).nonzero()[0])
    fraction = heights[low] / (heights[low] - heights[low - 1])
    return times[low - 1] + fraction * (times[low] - times[low - 1])


def first_point(times, heights):
    return times[int((heights <= 0).nonzero()[0])]


def as_a_number(times, heights):
    return torch.tensor(meets(times, heights).item(), dtype=times.dtype)


def constant_fraction(times, heights):
    return meets(times, heights.detach())


def constant_times(times, heights):
    return meets(times.detach(), heights)


CASES = {
    "04.4a": Cases(
        solution=curvature,
        also_right=[by_func, by_two_tangents, flattened],
        wrong=[
            (first_only, "this is the first derivative"),
            (lambda f, x: first_only(f, x) ** 2, "the slope squared"),
            (with_a_graph, "has a graph behind it"),
            (forgets_create_graph, "your function raised"),
            (of_a_vector, "let the function `sum`"),
            (lambda f, x: torch.func.hessian(lambda x: f(x).sum())(x), "expected shape"),
            (twice_backward, "one number for each of x"),
            (marks_its_input, "x itself requires a gradient"),
            (lambda f, x: curvature(f, x).sum(), "expected shape"),
        ],
    ),
    "04.4b": Cases(
        solution=each,
        also_right=[by_jacrev, by_copies],
        wrong=[
            (in_a_loop, "vmap calls it once"),
            (of_the_mean, "gradient of the mean"),
            (of_the_sum, "gradient of the sum"),
            (of_the_losses_mean, "divided by the number of samples"),
            (maps_w_too, "your function raised"),
            (losses_only, "for each sample"),
            (marks_w, "w itself requires a gradient"),
            (lambda f, w, X, y: torch.zeros(len(X), *w.shape), "was not called"),
        ],
    ),
    "04.4d": Cases(
        solution=meets,
        also_right=[meets_in_a_loop, meets_strictly],
        wrong=[
            (last_two, "these are the last two points"),
            (turned_round, "counted from the lower point"),
            (first_point, "the first point that is not above"),
            (as_a_number, "no graph leads back"),
            (constant_fraction, "not its gradient for heights"),
            (constant_times, "not its gradient for times"),
            (lambda times, heights: meets(times, heights).item(), "expected"),
        ],
    ),
}
