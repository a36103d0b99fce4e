"""Answers to the exercises of 07/07, mixed precision."""

import torch
from torch import nn

from check_cases import SAME_LENGTH, Cases

POSITIVE = "a scale is positive"


@torch.no_grad()
def step_masters(net, masters, lr):
    for p, master in zip(net.parameters(), masters, strict=True):
        if p.grad is not None:
            master -= lr * p.grad.float()
            p.copy_(master)


def by_data(net, masters, lr):
    for p, master in zip(net.parameters(), masters, strict=True):
        if p.grad is None:
            continue
        master.sub_(p.grad.to(torch.float32), alpha=lr)
        p.data = master.to(torch.bfloat16)


def by_optimizer(net, masters, lr):
    for p, master in zip(net.parameters(), masters, strict=True):
        master.grad = None if p.grad is None else p.grad.float()
    torch.optim.SGD(masters, lr=lr).step()
    with torch.no_grad():
        for p, master in zip(net.parameters(), masters, strict=True):
            if p.grad is not None:
                p.copy_(master)


@torch.no_grad()
def rate_in_half(net, masters, lr):
    for p, master in zip(net.parameters(), masters, strict=True):
        if p.grad is not None:
            master -= lr * p.grad
            p.copy_(master)


@torch.no_grad()
def added_in_half(net, masters, lr):
    for p, master in zip(net.parameters(), masters, strict=True):
        if p.grad is not None:
            p -= lr * p.grad
            master.copy_(p)


@torch.no_grad()
def never_written(net, masters, lr):
    for p, master in zip(net.parameters(), masters, strict=True):
        if p.grad is not None:
            master -= lr * p.grad.float()


@torch.no_grad()
def both_moved(net, masters, lr):
    for p, master in zip(net.parameters(), masters, strict=True):
        if p.grad is not None:
            master -= lr * p.grad.float()
            p -= lr * p.grad


@torch.no_grad()
def new_masters(net, masters, lr):
    for i, p in enumerate(net.parameters()):
        if p.grad is not None:
            masters[i] = masters[i] - lr * p.grad.float()
            p.copy_(masters[i])


@torch.no_grad()
def new_memory(net, masters, lr):
    for p, master in zip(net.parameters(), masters, strict=True):
        if p.grad is not None:
            master.data = master - lr * p.grad.float()
            p.copy_(master)


@torch.no_grad()
def into_float32(net, masters, lr):
    for p, master in zip(net.parameters(), masters, strict=True):
        if p.grad is not None:
            master -= lr * p.grad.float()
            p.data = master.clone()


@torch.no_grad()
def upwards(net, masters, lr):
    for p, master in zip(net.parameters(), masters, strict=True):
        if p.grad is not None:
            master += lr * p.grad.float()
            p.copy_(master)


@torch.no_grad()
def clears(net, masters, lr):
    step_masters(net, masters, lr)
    net.zero_grad()


@torch.no_grad()
def none_forgotten(net, masters, lr):
    for p, master in zip(net.parameters(), masters, strict=True):
        master -= lr * p.grad.float()
        p.copy_(master)


def without_no_grad(net, masters, lr):
    for p, master in zip(net.parameters(), masters, strict=True):
        if p.grad is not None:
            master -= lr * p.grad.float()
            p.copy_(master)


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
    "07.7a": Cases(
        solution=step_masters,
        also_right=[by_data, by_optimizer],
        wrong=[
            (rate_in_half, "lost digits"),
            (added_in_half, "lost digits"),
            (never_written, "copy_ each master"),
            (both_moved, "not its master"),
            (new_masters, "in place"),
            (new_memory, "new memory"),
            (into_float32, "leave `net` in bfloat16"),
            (upwards, "subtract lr"),
            (clears, "gradient of parameter 0"),
            (none_forgotten, "NoneType"),
            (without_no_grad, "leaf"),
        ],
        equivalent={
            "for p, master in zip(net.parameters(), masters):": SAME_LENGTH,
            "for p, master in zip(net.parameters(), masters, strict=False):": SAME_LENGTH,
        },
    ),
    "07.7b": Cases(
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
