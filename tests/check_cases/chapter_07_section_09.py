"""Answers to the exercises of 07/09, faster training."""

from math import prod

import numpy as np
import torch

from check_cases import Cases

POSITIVE = "a time is positive"


def whole_gain(times, factors):
    after = sum(t / factors.get(part, 1) for part, t in times.items())
    return sum(times.values()) / after


def by_shares(times, factors):
    whole = sum(times.values())
    shares = {part: t / whole for part, t in times.items()}
    return 1 / sum(p / factors[part] if part in factors else p for part, p in shares.items())


def by_saving(times, factors):
    whole = sum(times.values())
    saved = sum(times[part] * (1 - 1 / factor) for part, factor in factors.items())
    return whole / (whole - saved)


def in_float32(times, factors):
    before = np.array(list(times.values()), dtype=np.float32)
    after = before / np.array([factors.get(part, 1) for part in times], dtype=np.float32)
    return before.sum() / after.sum()


def turned_round(times, factors):
    return 1 / whole_gain(times, factors)


def multiplied(times, factors):
    return prod(whole_gain(times, {part: factor}) for part, factor in factors.items())


def product_of_factors(times, factors):
    return prod(factors.values())


def forgets_others(times, factors):
    named = sum(times[part] / factor for part, factor in factors.items())
    return sum(times.values()) / named


def named_alone(times, factors):
    named = sum(times[part] / factor for part, factor in factors.items())
    return sum(times[part] for part in factors) / named


def new_time(times, factors):
    return sum(t / factors.get(part, 1) for part, t in times.items())


def share_saved(times, factors):
    return 1 - 1 / whole_gain(times, factors)


def missing_key(times, factors):
    return sum(times.values()) / sum(t / factors[part] for part, t in times.items())


def multiplies_times(times, factors):
    after = sum(t * factors.get(part, 1) for part, t in times.items())
    return sum(times.values()) / after


def momentum_step(weights, gradients, velocities, lr, momentum):
    torch._foreach_mul_(velocities, momentum)
    torch._foreach_add_(velocities, gradients)
    torch._foreach_add_(weights, velocities, alpha=-lr)


def by_fused(weights, gradients, velocities, lr, momentum):
    torch._fused_sgd_(
        weights,
        gradients,
        velocities,
        lr=lr,
        momentum=momentum,
        weight_decay=0.0,
        dampening=0.0,
        nesterov=False,
        maximize=False,
        is_first_step=False,
    )


def by_products(weights, gradients, velocities, lr, momentum):
    new = torch._foreach_add(torch._foreach_mul(velocities, momentum), gradients)
    torch._foreach_copy_(velocities, new)
    torch._foreach_sub_(weights, torch._foreach_mul(new, lr))


def by_loop(weights, gradients, velocities, lr, momentum):
    for w, g, v in zip(weights, gradients, velocities, strict=True):
        v.mul_(momentum).add_(g)
        w.sub_(lr * v)


def uphill(weights, gradients, velocities, lr, momentum):
    torch._foreach_mul_(velocities, momentum)
    torch._foreach_add_(velocities, gradients)
    torch._foreach_add_(weights, velocities, alpha=lr)


def no_rate(weights, gradients, velocities, lr, momentum):
    torch._foreach_mul_(velocities, momentum)
    torch._foreach_add_(velocities, gradients)
    torch._foreach_sub_(weights, velocities)


def by_gradient(weights, gradients, velocities, lr, momentum):
    torch._foreach_mul_(velocities, momentum)
    torch._foreach_add_(velocities, gradients)
    torch._foreach_add_(weights, gradients, alpha=-lr)


def weights_first(weights, gradients, velocities, lr, momentum):
    torch._foreach_add_(weights, velocities, alpha=-lr)
    torch._foreach_mul_(velocities, momentum)
    torch._foreach_add_(velocities, gradients)


def multiplied_last(weights, gradients, velocities, lr, momentum):
    torch._foreach_add_(velocities, gradients)
    torch._foreach_mul_(velocities, momentum)
    torch._foreach_add_(weights, velocities, alpha=-lr)


def no_momentum(weights, gradients, velocities, lr, momentum):
    torch._foreach_add_(velocities, gradients)
    torch._foreach_add_(weights, velocities, alpha=-lr)


def an_average(weights, gradients, velocities, lr, momentum):
    torch._foreach_lerp_(velocities, gradients, 1 - momentum)
    torch._foreach_add_(weights, velocities, alpha=-lr)


def scales_gradients(weights, gradients, velocities, lr, momentum):
    torch._foreach_mul_(velocities, momentum)
    torch._foreach_add_(velocities, gradients)
    torch._foreach_mul_(gradients, lr)
    torch._foreach_add_(weights, velocities, alpha=-lr)


def not_in_place(weights, gradients, velocities, lr, momentum):
    velocities = torch._foreach_mul(velocities, momentum)
    velocities = torch._foreach_add(velocities, gradients)
    weights = torch._foreach_add(weights, velocities, alpha=-lr)


def into_the_lists(weights, gradients, velocities, lr, momentum):
    velocities[:] = torch._foreach_add(torch._foreach_mul(velocities, momentum), gradients)
    weights[:] = torch._foreach_add(weights, velocities, alpha=-lr)


def lists_joined(weights, gradients, velocities, lr, momentum):
    torch._foreach_mul_(velocities, momentum)
    velocities += gradients
    torch._foreach_add_(weights, velocities[: len(weights)], alpha=-lr)


def rate_in_velocity(weights, gradients, velocities, lr, momentum):
    torch._foreach_mul_(velocities, momentum)
    torch._foreach_add_(velocities, gradients, alpha=lr)
    torch._foreach_sub_(weights, velocities)


def downhill_velocity(weights, gradients, velocities, lr, momentum):
    torch._foreach_mul_(velocities, momentum)
    torch._foreach_sub_(velocities, gradients, alpha=lr)
    torch._foreach_add_(weights, velocities)


def velocity_scaled(weights, gradients, velocities, lr, momentum):
    torch._foreach_mul_(velocities, momentum)
    torch._foreach_add_(velocities, gradients)
    torch._foreach_mul_(velocities, lr)
    torch._foreach_sub_(weights, velocities)


def nesterov(weights, gradients, velocities, lr, momentum):
    torch._foreach_mul_(velocities, momentum)
    torch._foreach_add_(velocities, gradients)
    torch._foreach_add_(weights, gradients, alpha=-lr)
    torch._foreach_add_(weights, velocities, alpha=-lr * momentum)


CASES = {
    "07.9a": Cases(
        solution=whole_gain,
        also_right=[by_shares, by_saving, in_float32],
        wrong=[
            (turned_round, "turn it round"),
            (multiplied, "milliseconds add up"),
            (product_of_factors, "for its part alone"),
            (forgets_others, "as before"),
            (named_alone, "take time, too"),
            (new_time, "this is the new time"),
            (share_saved, "the share saved"),
            (missing_key, "KeyError"),
            (multiplies_times, "each divided by its factor"),
        ],
        equivalent={
            "return abs(sum(times.values()) / after)": POSITIVE,
            "return abs(sum(before.values()) / sum(after))": POSITIVE,
        },
    ),
    "07.9b": Cases(
        solution=momentum_step,
        also_right=[by_fused, by_products],
        wrong=[
            (by_loop, "took"),
            (uphill, "alpha is -lr"),
            (no_rate, "velocity by lr"),
            (by_gradient, "not the gradient"),
            (weights_first, "new velocity"),
            (multiplied_last, "multiply by the momentum first"),
            (no_momentum, "momentum first"),
            (an_average, "whole gradient"),
            (scales_gradients, "leave the gradients"),
            (not_in_place, "in place"),
            (into_the_lists, "change the tensors that are there"),
            (lists_joined, "joins two lists"),
            (rate_in_velocity, "out of the velocity"),
            (downhill_velocity, "out of the velocity"),
            (velocity_scaled, "out of the velocity"),
            (nesterov, "lr times the new velocity"),
        ],
    ),
}
