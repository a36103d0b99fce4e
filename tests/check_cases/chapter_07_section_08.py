"""Answers to the exercises of 07/08, loss scaling."""

import math

import torch
from torch import nn

from check_cases import Cases

POSITIVE = "a scale is positive"
HIGH = "any start above the largest scale will do"


def largest_scale(gradients):
    scale = 2.0**200
    while not all((g.double() * scale).half().isfinite().all() for g in gradients):
        scale /= 2
    return scale


def by_logarithm(gradients):
    largest = max(g.abs().max().item() for g in gradients if g.numel())
    power = math.floor(math.log2(65519.999 / largest))
    return 2.0**power


def upwards(gradients):
    scale = 2.0**-150
    while all((g.double() * 2 * scale).half().isfinite().all() for g in gradients):
        scale *= 2
    return scale


def up_from_one(gradients):
    scale = 1.0
    while all((g.double() * 2 * scale).half().isfinite().all() for g in gradients):
        scale *= 2
    return scale


def any_power(gradients):
    return 65504 / max(g.abs().max().item() for g in gradients if g.numel())


def one_too_high(gradients):
    return 2 * largest_scale(gradients)


def one_too_low(gradients):
    return largest_scale(gradients) / 2


def without_sign(gradients):
    largest = max(g.max().item() for g in gradients if g.numel())
    return 2.0 ** math.floor(math.log2(65504 / max(largest, 1e-30)))


def by_65504(gradients):
    largest = max(g.abs().max().item() for g in gradients if g.numel())
    return 2.0 ** math.floor(math.log2(65504 / largest))


def by_65520(gradients):
    largest = max(g.abs().max().item() for g in gradients if g.numel())
    return 2.0 ** math.floor(math.log2(65520 / largest))


def number_by_number(gradients):
    scale = 2.0**200
    while any((x.double() * scale).half().isinf().any() for g in gradients for x in g):
        scale /= 2
    return scale


def first_alone(gradients):
    return largest_scale(gradients[:1])


def exponent(gradients):
    return round(math.log2(largest_scale(gradients)))


def clipped_step(net, optimizer, loss, scale, max_norm):
    (loss * scale).backward()
    grads = [p.grad for p in net.parameters()]
    if not all(g.isfinite().all() for g in grads):
        return scale / 2
    for g in grads:
        g /= scale
    nn.utils.clip_grad_norm_(net.parameters(), max_norm)
    optimizer.step()
    return scale


def by_scaler(net, optimizer, loss, scale, max_norm):
    scaler = torch.amp.GradScaler("cpu", init_scale=scale)
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(net.parameters(), max_norm)
    scaler.step(optimizer)
    scaler.update()
    return scaler.get_scale()


def by_length(net, optimizer, loss, scale, max_norm):
    (loss * scale).backward()
    for p in net.parameters():
        p.grad = p.grad / scale
    length = nn.utils.clip_grad_norm_(net.parameters(), max_norm)
    if length.isfinite():
        optimizer.step()
        return scale
    return 0.5 * scale


def clipped_first(net, optimizer, loss, scale, max_norm):
    (loss * scale).backward()
    if not all(p.grad.isfinite().all() for p in net.parameters()):
        return scale / 2
    nn.utils.clip_grad_norm_(net.parameters(), max_norm)
    for p in net.parameters():
        p.grad /= scale
    optimizer.step()
    return scale


def never_divided(net, optimizer, loss, scale, max_norm):
    (loss * scale).backward()
    if not all(p.grad.isfinite().all() for p in net.parameters()):
        return scale / 2
    nn.utils.clip_grad_norm_(net.parameters(), max_norm)
    optimizer.step()
    return scale


def never_clipped(net, optimizer, loss, scale, max_norm):
    (loss * scale).backward()
    if not all(p.grad.isfinite().all() for p in net.parameters()):
        return scale / 2
    for p in net.parameters():
        p.grad /= scale
    optimizer.step()
    return scale


def never_scaled(net, optimizer, loss, scale, max_norm):
    loss.backward()
    if not all(p.grad.isfinite().all() for p in net.parameters()):
        return scale / 2
    for p in net.parameters():
        p.grad /= scale
    nn.utils.clip_grad_norm_(net.parameters(), max_norm)
    optimizer.step()
    return scale


def scale_forgotten(net, optimizer, loss, scale, max_norm):
    loss.backward()
    if not all(p.grad.isfinite().all() for p in net.parameters()):
        return scale / 2
    nn.utils.clip_grad_norm_(net.parameters(), max_norm)
    optimizer.step()
    return scale


def by_scaled_limit(net, optimizer, loss, scale, max_norm):
    loss.backward(torch.tensor(scale))
    length = nn.utils.clip_grad_norm_(net.parameters(), scale * max_norm)
    if not length.isfinite():
        return scale / 2
    for p in net.parameters():
        p.grad /= scale
    optimizer.step()
    return scale


def looks_at_three(net, optimizer, loss, scale, max_norm):
    (loss * scale).backward()
    first, _, *others = net.parameters()
    if not all(p.grad.isfinite().all() for p in (first, *others)):
        return scale / 2
    for p in net.parameters():
        p.grad /= scale
    nn.utils.clip_grad_norm_(net.parameters(), max_norm)
    optimizer.step()
    return scale


def never_skips(net, optimizer, loss, scale, max_norm):
    (loss * scale).backward()
    for p in net.parameters():
        p.grad /= scale
    nn.utils.clip_grad_norm_(net.parameters(), max_norm)
    optimizer.step()
    return scale


def looks_for_inf(net, optimizer, loss, scale, max_norm):
    (loss * scale).backward()
    if any(p.grad.isinf().any() for p in net.parameters()):
        return scale / 2
    for p in net.parameters():
        p.grad /= scale
    nn.utils.clip_grad_norm_(net.parameters(), max_norm)
    optimizer.step()
    return scale


def looks_for_65504(net, optimizer, loss, scale, max_norm):
    (loss * scale).backward()
    for p in net.parameters():
        p.grad /= scale
    if not all(p.grad.abs().max() < 65504 for p in net.parameters()):
        return scale / 2
    nn.utils.clip_grad_norm_(net.parameters(), max_norm)
    optimizer.step()
    return scale


def looks_at_the_first(net, optimizer, loss, scale, max_norm):
    (loss * scale).backward()
    if not net[0].weight.grad.isfinite().all():
        return scale / 2
    for p in net.parameters():
        p.grad /= scale
    nn.utils.clip_grad_norm_(net.parameters(), max_norm)
    optimizer.step()
    return scale


def looks_at_the_loss(net, optimizer, loss, scale, max_norm):
    (loss * scale).backward()
    if not (loss * scale).isfinite():
        return scale / 2
    for p in net.parameters():
        p.grad /= scale
    nn.utils.clip_grad_norm_(net.parameters(), max_norm)
    optimizer.step()
    return scale


def steps_and_halves(net, optimizer, loss, scale, max_norm):
    finite = clipped_step(net, optimizer, loss, scale, max_norm) == scale
    if not finite:
        optimizer.step()
    return scale if finite else scale / 2


def grows(net, optimizer, loss, scale, max_norm):
    after = clipped_step(net, optimizer, loss, scale, max_norm)
    return 2 * scale if after == scale else after


def each_alone(net, optimizer, loss, scale, max_norm):
    (loss * scale).backward()
    if not all(p.grad.isfinite().all() for p in net.parameters()):
        return scale / 2
    for p in net.parameters():
        p.grad /= scale
        nn.utils.clip_grad_norm_(p, max_norm)
    optimizer.step()
    return scale


def tells(net, optimizer, loss, scale, max_norm):
    return clipped_step(net, optimizer, loss, scale, max_norm) == scale


CASES = {
    "07.8a": Cases(
        solution=largest_scale,
        also_right=[by_logarithm, upwards],
        wrong=[
            (up_from_one, "infinite in float16"),
            (any_power, "no power of two"),
            (one_too_high, "infinite in float16"),
            (one_too_low, "not the largest"),
            (without_sign, "infinite in float16"),
            (by_65504, "not the largest"),
            (by_65520, "infinite in float16"),
            (number_by_number, "0-d"),
            (first_alone, "infinite in float16"),
            (exponent, "power of two"),
        ],
        equivalent={
            "scale = 2.0 ** 201": HIGH,
            "scale = 2.0 ** 199": HIGH,
            "return abs(scale)": POSITIVE,
        },
    ),
    "07.8b": Cases(
        solution=clipped_step,
        also_right=[by_scaler, by_length, by_scaled_limit],
        wrong=[
            (clipped_first, "clip then"),
            (never_divided, "Divide the gradients"),
            (never_clipped, "Clip the gradients"),
            (never_scaled, "multiply the loss"),
            (scale_forgotten, "multiply the loss"),
            (looks_at_three, "skip it"),
            (never_skips, "skip it"),
            (looks_for_inf, "skip it"),
            (looks_for_65504, "called 0 times"),
            (looks_at_the_first, "skip it"),
            (looks_at_the_loss, "skip it"),
            (steps_and_halves, "skip it"),
            (grows, "as it was"),
            (each_alone, "all together"),
            (tells, "return the scale"),
        ],
        equivalent={
            "return abs(scale / 2)": POSITIVE,
            "return abs(scale)": POSITIVE,
            "return abs(factor / 2)": POSITIVE,
            "return abs(factor)": POSITIVE,
        },
    ),
}
