"""Answers to the exercises of 04/07, momentum."""

import torch

from check_cases import NOT_NEGATIVE, Cases


def rates_for(curvatures):
    smallest, largest = curvatures.min().item(), curvatures.max().item()
    return 2 / largest, 2 / (smallest + largest)


def as_tensors(curvatures):
    return 2 / curvatures.max(), 2 / (curvatures.min() + curvatures.max())


def sgd_step(w, gradient, velocity, lr, momentum, dampening, nesterov):
    if velocity is None:
        velocity = gradient.clone()
    else:
        velocity = momentum * velocity + (1 - dampening) * gradient
    direction = gradient + momentum * velocity if nesterov else velocity
    return w - lr * direction, velocity


def by_torch(w, gradient, velocity, lr, momentum, dampening, nesterov):
    p = w.clone().requires_grad_()
    p.grad = gradient.clone()
    options = {"momentum": momentum, "dampening": dampening, "nesterov": nesterov}
    optimizer = torch.optim.SGD([p], lr, **options)
    if velocity is not None:
        optimizer.state[p]["momentum_buffer"] = velocity.clone()
    optimizer.step()
    return p.detach(), optimizer.state[p]["momentum_buffer"]


def always_dampened(w, gradient, velocity, *rest):
    old = torch.zeros_like(w) if velocity is None else velocity
    return sgd_step(w, gradient, old, *rest)


def never_dampened(w, gradient, velocity, lr, momentum, dampening, nesterov):
    return sgd_step(w, gradient, velocity, lr, momentum, 0.0, nesterov)


def textbook(w, gradient, velocity, lr, momentum, dampening, nesterov):
    old = torch.zeros_like(w) if velocity is None else velocity
    new = momentum * old - lr * gradient
    return w + new, new


def in_place(w, gradient, velocity, lr, momentum, dampening, nesterov):
    moved, new = sgd_step(w, gradient, velocity, lr, momentum, dampening, nesterov)
    w.copy_(moved)
    return w, new


def never_looks_ahead(w, gradient, velocity, lr, momentum, dampening, nesterov):
    return sgd_step(w, gradient, velocity, lr, momentum, dampening, False)


def always_looks_ahead(w, gradient, velocity, lr, momentum, dampening, nesterov):
    return sgd_step(w, gradient, velocity, lr, momentum, dampening, True)


def uphill(w, gradient, velocity, lr, *rest):
    return sgd_step(w, gradient, velocity, -lr, *rest)


def returns_the_direction(w, gradient, velocity, lr, *rest):
    moved, _ = sgd_step(w, gradient, velocity, lr, *rest)
    return moved, (w - moved) / lr


def takes_all_of_the_velocity(w, gradient, velocity, lr, momentum, dampening, nesterov):
    moved, new = sgd_step(w, gradient, velocity, lr, momentum, dampening, nesterov)
    return (w - lr * (gradient + new) if nesterov else moved), new


def without_rate(w, gradient, velocity, lr, *rest):
    _, new = sgd_step(w, gradient, velocity, lr, *rest)
    return sgd_step(w, gradient, velocity, 1.0, *rest)[0], new


def plain(w, gradient, velocity, lr, *rest):
    return w - lr * gradient, sgd_step(w, gradient, velocity, lr, *rest)[1]


def keeps_all(w, gradient, velocity, lr, momentum, dampening, nesterov):
    if velocity is None:
        return sgd_step(w, gradient, velocity, lr, momentum, dampening, nesterov)
    new = velocity + (1 - dampening) * gradient
    return w - lr * new, new


def keeps_the_gradient(w, gradient, velocity, *rest):
    moved, new = sgd_step(w, gradient, velocity, *rest)
    return moved, gradient if velocity is None else new


TENSOR = "a tensor of one number is a number as well"

CASES = {
    "04.7a": Cases(
        solution=rates_for,
        also_right=[as_tensors, lambda cs: [*rates_for(cs)]],
        wrong=[
            (lambda cs: rates_for(cs)[0], "return 2 values"),
            (lambda cs: rates_for(cs)[::-1], "this is the fastest rate"),
            (lambda cs: (2 / cs.min(), rates_for(cs)[1]), "not the gentlest"),
            (lambda cs: (1 / cs.max(), rates_for(cs)[1]), "the factor is 0"),
            (lambda cs: (2 / cs[0], rates_for(cs)[1]), "not at the first alone"),
            (lambda cs: (2 / cs[-1], rates_for(cs)[1]), "not at the last alone"),
            (lambda cs: (2 / cs, rates_for(cs)[1]), "return two numbers"),
            (lambda cs: (2 / cs.max(), 1 / (cs.min() + cs.max())), "set them equal"),
            (lambda cs: (2 / cs.max(), 1 / cs.max()), "factor 0, the gentlest has not"),
            (lambda cs: (2 / cs.max(), 2 / cs.sum()), "only the smallest and the largest"),
            (lambda cs: (2 / cs.max(), 2 / (cs[0] + cs[-1])), "are not sorted"),
            (lambda cs: (2 / cs.max(), 2 / cs.max()), "at the fastest rate"),
            (lambda cs: (2 / cs.max(), 2 / (cs.mean() * 2)), "at the fastest rate"),
            (lambda cs: (2 // cs.max(), rates_for(cs)[1]), "the limit is 2 / (largest"),
        ],
        equivalent={
            "smallest, largest = (curvatures.min(), curvatures.max().item())": TENSOR,
            "smallest, largest = (curvatures.min().item(), curvatures.max())": TENSOR,
            "smallest = bends.min()": TENSOR,
            "largest = bends.max()": TENSOR,
            "return (abs(2 / largest), 2 / (smallest + largest))": NOT_NEGATIVE,
            "return (2 / largest, abs(2 / (smallest + largest)))": NOT_NEGATIVE,
        },
    ),
    "04.7b": Cases(
        solution=sgd_step,
        also_right=[by_torch],
        wrong=[
            (lambda *given: sgd_step(*given)[0], "return 2 values"),
            (always_dampened, "the first velocity is the gradient itself"),
            (never_dampened, "dampening is missing"),
            (textbook, "belongs into the step"),
            (in_place, "changed its input"),
            (never_looks_ahead, "`nesterov` is true"),
            (always_looks_ahead, "`nesterov` is false"),
            (uphill, "step against the direction"),
            (returns_the_direction, "velocity"),
            (takes_all_of_the_velocity, "takes the share `momentum`"),
            (without_rate, "lr times the direction"),
            (plain, "not along the gradient"),
            (keeps_all, "only the share `momentum`"),
            (keeps_the_gradient, "copy it"),
            (lambda *given: sgd_step(*given)[::-1], "the velocity is momentum"),
        ],
    ),
}
