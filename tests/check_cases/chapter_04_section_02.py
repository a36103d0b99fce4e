"""Answers to the exercises of 04/02, let PyTorch find the gradient."""

import warnings

import torch

from check_cases import Cases


def silently(tensor):
    """Its `.grad`, without the warning that a result on the way has none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tensor.grad


def derivative(f, x):
    leaf = torch.tensor(float(x), requires_grad=True)
    f(leaf).backward()
    return leaf.grad.item()


def by_grad(f, x):
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(f(leaf), leaf)
    return float(slope)


def of_a_whole_number(f, x):
    leaf = torch.tensor(x, requires_grad=True)
    f(leaf).backward()
    return leaf.grad.item()


def twice(f, x):
    leaf = torch.tensor(float(x), requires_grad=True)
    f(leaf).backward()
    f(leaf).backward()
    return leaf.grad.item()


def of_a_result(f, x):
    leaf = torch.tensor(float(x), requires_grad=True) * 1
    f(leaf).backward()
    return silently(leaf).item()


def without_asking(f, x):
    leaf = torch.tensor(float(x))
    f(leaf).backward()
    return leaf.grad.item()


def rounded_down(f, x):
    return derivative(f, int(x))


def as_a_tensor(f, x):
    leaf = torch.tensor(float(x), requires_grad=True)
    f(leaf).backward()
    return leaf.grad


def height(f, x):
    return f(torch.tensor(float(x))).item()


def coarse(f, x):
    step = 0.1
    rise = f(torch.tensor(x + step)) - f(torch.tensor(x - step))
    return rise.item() / (2 * step)


def by_nudges(f, x):
    step, dtype = 1e-5, torch.float64
    rise = f(torch.tensor(x + step, dtype=dtype)) - f(torch.tensor(x - step, dtype=dtype))
    return rise.item() / (2 * step)


def descend(loss_function, start, lr, num_steps):
    w = start.clone().requires_grad_()
    for _ in range(num_steps):
        loss_function(w).backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad = None
    return w.detach()


def by_rebinding(loss_function, start, lr, num_steps):
    w = start.clone()
    for _ in range(num_steps):
        leaf = w.detach().requires_grad_()
        (slope,) = torch.autograd.grad(loss_function(leaf), leaf)
        w = leaf.detach() - lr * slope
    return w


def by_sgd(loss_function, start, lr, num_steps):
    w = start.clone().requires_grad_()
    optimizer = torch.optim.SGD([w], lr=lr)
    for _ in range(num_steps):
        optimizer.zero_grad()
        loss_function(w).backward()
        optimizer.step()
    return w.detach()


def never_cleared(loss_function, start, lr, num_steps):
    w = start.clone().requires_grad_()
    for _ in range(num_steps):
        loss_function(w).backward()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def of_a_lost_leaf(loss_function, start, lr, num_steps):
    w = start.clone().requires_grad_()
    for _ in range(num_steps):
        loss_function(w).backward()
        w = w - lr * silently(w)
    return w.detach()


def noted(loss_function, start, lr, num_steps):
    w = start.clone().requires_grad_()
    for _ in range(num_steps):
        loss_function(w).backward()
        w -= lr * w.grad
        w.grad = None
    return w.detach()


def in_start(loss_function, start, lr, num_steps):
    w = start.detach().requires_grad_()
    for _ in range(num_steps):
        loss_function(w).backward()
        with torch.no_grad():
            w -= lr * w.grad
        w.grad = None
    return w.detach()


def asks_start(loss_function, start, lr, num_steps):
    start.requires_grad_()
    return descend(loss_function, start.detach(), lr, num_steps)


def leaves_a_gradient(loss_function, start, lr, num_steps):
    result = descend(loss_function, start, lr, num_steps)
    start.requires_grad_()
    loss_function(start).backward()
    start.requires_grad_(False)
    return result


def cleared_too_soon(loss_function, start, lr, num_steps):
    w = start.clone().requires_grad_()
    for _ in range(num_steps):
        loss_function(w).backward()
        w.grad.zero_()
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def removed_too_soon(loss_function, start, lr, num_steps):
    w = start.clone().requires_grad_()
    for _ in range(num_steps):
        loss_function(w).backward()
        w.grad = None
        with torch.no_grad():
            w -= lr * w.grad
    return w.detach()


def made_anew(loss_function, start, lr, num_steps):
    w = start.clone().requires_grad_()
    for _ in range(num_steps):
        loss_function(w).backward()
        with torch.no_grad():
            w = w - lr * w.grad
    return w


def still_asks(loss_function, start, lr, num_steps):
    return descend(loss_function, start, lr, num_steps).requires_grad_()


def shares_with_start(loss_function, start, lr, num_steps):
    return descend(loss_function, start, lr, num_steps) if num_steps else start


def with_a_copy_lost(loss_function, start, lr, num_steps):
    w = start.clone().requires_grad_()
    for _ in range(num_steps):
        loss_function(w).backward()
        with torch.no_grad():
            w - lr * w.grad
        w.grad = None
    return w.detach()


def of_the_first_gradient(loss_function, start, lr, num_steps):
    w = start.clone().requires_grad_()
    loss_function(w).backward()
    return (w - num_steps * lr * w.grad).detach()


CASES = {
    "04.2a": Cases(
        solution=derivative,
        also_right=[by_grad],
        wrong=[
            (of_a_whole_number, "your function raised"),
            (twice, "gradients accumulate"),
            (of_a_result, "your function raised"),
            (without_asking, "cut off from the leaf"),
            (as_a_tensor, "return a Python number"),
            (height, "this is f(x)"),
            (rounded_down, "read the leaf's"),
            (coarse, "read the leaf's"),
            (by_nudges, "this is what nudges tell"),
            (lambda f, x: -derivative(f, x), "sign is turned round"),
            (lambda f, x: abs(derivative(f, x)), "sign is turned round"),
            (lambda f, x: round(derivative(f, x)), "read the leaf's"),
        ],
    ),
    "04.2b": Cases(
        solution=descend,
        also_right=[by_rebinding, by_sgd],
        wrong=[
            (never_cleared, "gradients pile up"),
            (of_a_lost_leaf, "your function raised"),
            (noted, "in-place"),
            (in_start, "changed its input"),
            (asks_start, "work on a clone"),
            (leaves_a_gradient, "work on a clone"),
            (cleared_too_soon, "before the gradient is cleared"),
            (removed_too_soon, "once cleared"),
            (made_anew, "a leaf made anew"),
            (still_asks, "return it detached"),
            (shares_with_start, "shares its memory"),
            (with_a_copy_lost, "nothing has moved"),
            (lambda f, w, lr, n: descend(f, w, -lr, n), "this goes uphill"),
            (lambda f, w, lr, n: descend(f, w, lr, n + 1), "one step too many"),
            (lambda f, w, lr, n: descend(f, w, lr, n - 1), "one step too few"),
            (lambda f, w, lr, n: descend(f, w, 1.0, n), "learning rate is missing"),
            (lambda f, w, lr, n: descend(f, w, lr, min(n, 1)), "only one step"),
            (of_the_first_gradient, "at the present place"),
            (lambda f, w, lr, n: descend(f, w, lr, n).tolist(), "expected a tensor"),
            (lambda f, w, lr, n: descend(f, w.flatten(), lr, n), "expected shape"),
        ],
    ),
}
