"""Answers to the exercises of 04/08, adaptive optimizers."""

import itertools

import torch

from check_cases import NOT_NEGATIVE, Cases


def adagrad_strides(gradients, lr):
    return lr * gradients / ((gradients**2).cumsum(dim=0).sqrt() + 1e-10)


def by_looping(gradients, lr):
    total, found = 0.0, []
    for gradient in gradients:
        total = total + gradient**2
        found.append(lr * gradient / (total**0.5 + 1e-10))
    return torch.stack(found)


def by_accumulating(gradients, lr):
    sums = torch.stack([*itertools.accumulate((gradients**2).unbind())])
    return lr * gradients / (sums.sqrt() + 1e-10)


def with_sum(gradients, lr, sums, eps=1e-10):
    return lr * gradients / (sums.sqrt() + eps)


def adamw_step(w, gradient, mean, square, t, lr, weight_decay):
    mean = 0.9 * mean + 0.1 * gradient
    square = 0.999 * square + 0.001 * gradient**2
    m = mean / (1 - 0.9**t)
    s = square / (1 - 0.999**t)
    return w * (1 - lr * weight_decay) - lr * m / (s.sqrt() + 1e-8), mean, square


def by_torch(w, gradient, mean, square, t, lr, weight_decay):
    p = w.clone().requires_grad_()
    p.grad = gradient.clone()
    optimizer = torch.optim.AdamW([p], lr=lr, weight_decay=weight_decay)
    state = {"step": torch.tensor(t - 1.0), "exp_avg": mean.clone(), "exp_avg_sq": square.clone()}
    optimizer.state[p] = state
    optimizer.step()
    return p.detach(), state["exp_avg"], state["exp_avg_sq"]


def adam_with_l2(w, gradient, mean, square, t, lr, weight_decay):
    return adamw_step(w, gradient + weight_decay * w, mean, square, t, lr, 0.0)


def no_decay(w, gradient, mean, square, t, lr, weight_decay):
    return adamw_step(w, gradient, mean, square, t, lr, 0.0)


def one_step_late(w, gradient, mean, square, t, lr, weight_decay):
    return adamw_step(w, gradient, mean, square, t + 1, lr, weight_decay)


def uncorrected(w, gradient, mean, square, t, lr, weight_decay):
    return adamw_step(w, gradient, mean, square, 10**6, lr, weight_decay)


def returns_corrected(w, gradient, mean, square, t, lr, weight_decay):
    moved, m, s = adamw_step(w, gradient, mean, square, t, lr, weight_decay)
    return moved, m / (1 - 0.9**t), s / (1 - 0.999**t)


def square_corrected(w, gradient, mean, square, t, lr, weight_decay):
    moved, m, s = adamw_step(w, gradient, mean, square, t, lr, weight_decay)
    return moved, m, s / (1 - 0.999**t)


def shrinks_last(w, gradient, mean, square, t, lr, weight_decay):
    moved, m, s = adamw_step(w, gradient, mean, square, t, lr, 0.0)
    return moved * (1 - lr * weight_decay), m, s


def shrinks_without_rate(w, gradient, mean, square, t, lr, weight_decay):
    return adamw_step(w * (1 - weight_decay), gradient, mean, square, t, lr, 0.0)


def uphill(w, gradient, mean, square, t, lr, weight_decay):
    moved, m, s = adamw_step(w, gradient, mean, square, t, lr, weight_decay)
    return 2 * w * (1 - lr * weight_decay) - moved, m, s


def without_rate(w, gradient, mean, square, t, lr, weight_decay):
    small = w * (1 - lr * weight_decay)
    moved, m, s = adamw_step(w, gradient, mean, square, t, lr, weight_decay)
    return small + (moved - small) / lr, m, s


def epsilon_inside(w, gradient, mean, square, t, lr, weight_decay):
    _, m, s = adamw_step(w, gradient, mean, square, t, lr, weight_decay)
    root = (s / (1 - 0.999**t) + 1e-8).sqrt()
    return w * (1 - lr * weight_decay) - lr * m / (1 - 0.9**t) / root, m, s


def without_root(w, gradient, mean, square, t, lr, weight_decay):
    _, m, s = adamw_step(w, gradient, mean, square, t, lr, weight_decay)
    under = s / (1 - 0.999**t) + 1e-8
    return w * (1 - lr * weight_decay) - lr * m / (1 - 0.9**t) / under, m, s


def one_beta(w, gradient, mean, square, t, lr, weight_decay):
    moved, m, _ = adamw_step(w, gradient, mean, square, t, lr, weight_decay)
    return moved, m, 0.9 * square + 0.1 * gradient**2


def other_beta(w, gradient, mean, square, t, lr, weight_decay):
    moved, m, _ = adamw_step(w, gradient, mean, square, t, lr, weight_decay)
    return moved, m, 0.99 * square + 0.01 * gradient**2


def one_step_early(w, gradient, mean, square, t, lr, weight_decay):
    return adamw_step(w, gradient, mean, square, t - 1, lr, weight_decay)


def epsilon_first(w, gradient, mean, square, t, lr, weight_decay):
    _, m, s = adamw_step(w, gradient, mean, square, t, lr, weight_decay)
    root = (s.sqrt() + 1e-8) / (1 - 0.999**t) ** 0.5
    return w * (1 - lr * weight_decay) - lr * m / (1 - 0.9**t) / root, m, s


def sums_up(w, gradient, mean, square, t, lr, weight_decay):
    moved, _, s = adamw_step(w, gradient, mean, square, t, lr, weight_decay)
    return moved, 0.9 * mean + gradient, s


def forgets_to_average(w, gradient, mean, square, t, lr, weight_decay):
    return adamw_step(w, gradient, mean, square, t, lr, weight_decay)[0], mean, square


ONE = "there is one dimension"

CASES = {
    "04.8a": Cases(
        solution=adagrad_strides,
        wrong=[
            (by_looping, "leave out the loop"),
            (lambda gs, lr: adagrad_strides(gs, 1.0), "`lr` is missing"),
            (lambda gs, lr: -adagrad_strides(gs, lr), "what is subtracted"),
            (lambda gs, lr: adagrad_strides(gs, lr).cumsum(0), "the way so far"),
            (lambda gs, lr: adagrad_strides(gs, lr).abs(), "the sign of its gradient"),
            (
                lambda gs, lr: lr * gs / ((gs**2).cumsum(0) + 1e-10),
                "divide by the root of the sum",
            ),
            (lambda gs, lr: with_sum(gs, lr, (gs**2).cumsum(0), 0.0), "0 is divided by 0"),
            (lambda gs, lr: lr * gs / ((gs**2).cumsum(0) + 1e-10).sqrt(), "outside the root"),
            (lambda gs, lr: with_sum(gs, lr, (gs**2).cumsum(0) - gs**2), "newest gradient counts"),
            (lambda gs, lr: with_sum(gs, lr, (gs**2).sum()), "the gradients so far"),
            (lambda gs, lr: with_sum(gs, lr, gs.abs().cumsum(0) ** 2), "not the sizes"),
            (lambda gs, lr: with_sum(gs, lr, gs**2), "add up all squares"),
            (lambda gs, lr: with_sum(gs, lr, (gs**2).cumsum(0), 1e-8), "1e-10, not 1e-8"),
            (by_accumulating, "leave out the loop"),
            (lambda gs, lr: adagrad_strides(gs, lr).tolist(), "expected a tensor"),
        ],
        equivalent={
            "return lr * gradients / ((gradients ** 2).cumsum(dim=-1).sqrt() + 1e-10)": ONE,
        },
    ),
    "04.8b": Cases(
        solution=adamw_step,
        also_right=[by_torch],
        wrong=[
            (lambda *given: adamw_step(*given)[0], "return 3 values"),
            (adam_with_l2, "keeps the decay out of the gradient"),
            (no_decay, "the weight decay is missing"),
            (one_step_late, "t = 1 already"),
            (uncorrected, "correct both averages"),
            (returns_corrected, "the mean before its correction"),
            (square_corrected, "the square before its correction"),
            (shrinks_last, "before the step, not after it"),
            (shrinks_without_rate, "1 - lr * weight_decay"),
            (uphill, "step against the mean"),
            (without_rate, "missing its rate"),
            (epsilon_inside, "outside the root"),
            (without_root, "divide by the root"),
            (one_beta, "the square's beta is 0.999"),
            (other_beta, "the square's beta is 0.999, not 0.99"),
            (one_step_early, "t = 1: use t as it is"),
            (epsilon_first, "add epsilon after the correction"),
            (sums_up, "takes 0.1 of the new gradient"),
            (forgets_to_average, "return the new mean"),
        ],
        equivalent={
            "return (w * (1 - lr * weight_decay) - lr * m / (s.sqrt() + 1e-08), "
            "mean, abs(square))": NOT_NEGATIVE,
            "return (p - rate * fair_m / (fair_s.sqrt() + 1e-08), m, abs(s))": NOT_NEGATIVE,
        },
    ),
}
