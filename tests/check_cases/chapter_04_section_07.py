"""Answers to the exercises of 04/07, momentum."""

import torch

from check_cases import NOT_NEGATIVE, Cases


def rates_for(curvatures):
    smallest, largest = curvatures.min().item(), curvatures.max().item()
    return 2 / largest, 2 / (smallest + largest)


def as_tensors(curvatures):
    return 2 / curvatures.max(), 2 / (curvatures.min() + curvatures.max())


def sgd_step(w, gradient, velocity, lr, momentum, weight_decay, nesterov):
    gradient = gradient + weight_decay * w
    velocity = gradient if velocity is None else momentum * velocity + gradient
    direction = gradient + momentum * velocity if nesterov else velocity
    return w - lr * direction, velocity


def by_torch(w, gradient, velocity, lr, momentum, weight_decay, nesterov):
    p = w.clone().requires_grad_()
    p.grad = gradient.clone()
    options = {"momentum": momentum, "weight_decay": weight_decay, "nesterov": nesterov}
    optimizer = torch.optim.SGD([p], lr, **options)
    if velocity is not None:
        optimizer.state[p]["momentum_buffer"] = velocity.clone()
    optimizer.step()
    return p.detach(), optimizer.state[p]["momentum_buffer"]


def from_zero(w, gradient, velocity, *rest):
    old = torch.zeros_like(w) if velocity is None else velocity
    return sgd_step(w, gradient, old, *rest)


def never_decays(w, gradient, velocity, lr, momentum, weight_decay, nesterov):
    return sgd_step(w, gradient, velocity, lr, momentum, 0.0, nesterov)


def decays_away(w, gradient, velocity, lr, momentum, weight_decay, nesterov):
    return sgd_step(w, gradient, velocity, lr, momentum, -weight_decay, nesterov)


def decays_by_the_rate(w, gradient, velocity, lr, momentum, weight_decay, nesterov):
    return sgd_step(w, gradient, velocity, lr, momentum, lr * weight_decay, nesterov)


def decays_beside(w, gradient, velocity, lr, momentum, weight_decay, nesterov):
    moved, new = sgd_step(w, gradient, velocity, lr, momentum, 0.0, nesterov)
    return moved - lr * weight_decay * w, new


def decays_twice(w, gradient, velocity, lr, momentum, weight_decay, nesterov):
    moved, new = sgd_step(w, gradient, velocity, lr, momentum, weight_decay, nesterov)
    return moved - lr * weight_decay * w, new


def looks_ahead_without_decay(w, gradient, velocity, lr, momentum, weight_decay, nesterov):
    moved, new = sgd_step(w, gradient, velocity, lr, momentum, weight_decay, nesterov)
    return moved + nesterov * lr * weight_decay * w, new


def averages(w, gradient, velocity, lr, momentum, weight_decay, nesterov):
    old = torch.zeros_like(w) if velocity is None else velocity
    new = momentum * old + (1 - momentum) * (gradient + weight_decay * w)
    return w - lr * new, new


def textbook(w, gradient, velocity, lr, momentum, weight_decay, nesterov):
    old = torch.zeros_like(w) if velocity is None else velocity
    new = momentum * old - lr * gradient
    return w + new, new


def in_place(w, gradient, velocity, lr, momentum, weight_decay, nesterov):
    moved, new = sgd_step(w, gradient, velocity, lr, momentum, weight_decay, nesterov)
    w.copy_(moved)
    return w, new


def never_looks_ahead(w, gradient, velocity, lr, momentum, weight_decay, nesterov):
    return sgd_step(w, gradient, velocity, lr, momentum, weight_decay, False)


def always_looks_ahead(w, gradient, velocity, lr, momentum, weight_decay, nesterov):
    return sgd_step(w, gradient, velocity, lr, momentum, weight_decay, True)


def uphill(w, gradient, velocity, lr, *rest):
    return sgd_step(w, gradient, velocity, -lr, *rest)


def returns_the_direction(w, gradient, velocity, lr, *rest):
    moved, _ = sgd_step(w, gradient, velocity, lr, *rest)
    return moved, (w - moved) / lr


def takes_all_of_the_velocity(w, gradient, velocity, lr, momentum, weight_decay, nesterov):
    moved, new = sgd_step(w, gradient, velocity, lr, momentum, weight_decay, nesterov)
    both = gradient + weight_decay * w + new
    return (w - lr * both if nesterov else moved), new


def counts_the_gradient_twice(w, gradient, velocity, lr, momentum, weight_decay, nesterov):
    moved, new = sgd_step(w, gradient, velocity, lr, momentum, weight_decay, nesterov)
    pulled = gradient + weight_decay * w
    return (w - lr * (1 + momentum) * pulled if nesterov else moved), new


def counts_the_velocity_twice(w, gradient, velocity, lr, momentum, weight_decay, nesterov):
    moved, new = sgd_step(w, gradient, velocity, lr, momentum, weight_decay, nesterov)
    return (w - lr * (1 + momentum) * new if nesterov else moved), new


def without_rate(w, gradient, velocity, lr, *rest):
    _, new = sgd_step(w, gradient, velocity, lr, *rest)
    return sgd_step(w, gradient, velocity, 1.0, *rest)[0], new


def plain(w, gradient, velocity, lr, *rest):
    return w - lr * gradient, sgd_step(w, gradient, velocity, lr, *rest)[1]


def keeps_all(w, gradient, velocity, lr, momentum, weight_decay, nesterov):
    if velocity is None:
        return sgd_step(w, gradient, velocity, lr, momentum, weight_decay, nesterov)
    new = velocity + gradient + weight_decay * w
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
            (lambda cs: (2 / cs.sum(), rates_for(cs)[1]), "do not add"),
            (lambda cs: (2 / cs.mean(), rates_for(cs)[1]), "not the mean"),
            (lambda cs: (2 / cs.max(), 2 / cs.mean()), "do not average"),
            (
                lambda cs: (2 / cs.max(), 4 / (cs.min().sqrt() + cs.max().sqrt()) ** 2),
                "Polyak",
            ),
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
        also_right=[by_torch, from_zero],
        wrong=[
            (lambda *given: sgd_step(*given)[0], "return 2 values"),
            (never_decays, "weight decay is missing"),
            (decays_away, "the step subtracts both later"),
            (decays_by_the_rate, "not into the weight decay"),
            (decays_beside, "weight decay is missing"),
            (decays_twice, "has the weight decay in it already"),
            (looks_ahead_without_decay, "the gradient that has its weight decay"),
            (averages, "the gradient counts in full"),
            (textbook, "belongs into the step"),
            (in_place, "changed its input"),
            (never_looks_ahead, "`nesterov` is true"),
            (always_looks_ahead, "`nesterov` is false"),
            (uphill, "step against the direction"),
            (returns_the_direction, "velocity"),
            (takes_all_of_the_velocity, "takes the share `momentum`"),
            (counts_the_gradient_twice, "the velocity is missing"),
            (counts_the_velocity_twice, "direction is gradient + momentum"),
            (without_rate, "lr times the direction"),
            (plain, "not along the gradient"),
            (keeps_all, "only the share `momentum`"),
            (keeps_the_gradient, "copy it"),
            (lambda *given: sgd_step(*given)[::-1], "the velocity is momentum"),
        ],
    ),
}
