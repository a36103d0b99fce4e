"""Answers to the exercises of 07/07, mixed precision."""

import torch

from check_cases import NOT_NEGATIVE, SAME_LENGTH, WHOLE, Cases


def stuck(weights, step):
    return (weights + step == weights).sum().item()


def by_difference(weights, step):
    return weights.numel() - int(torch.count_nonzero((weights + step) - weights))


def in_float32(weights, step):
    return (weights.float() + step == weights.float()).sum().item()


def moving(weights, step):
    return (weights + step != weights).sum().item()


def by_eps(weights, step):
    gap = torch.finfo(weights.dtype).eps * weights.abs()
    return (abs(step) < gap / 2).sum().item()


def share(weights, step):
    return (weights + step == weights).float().mean().item()


def as_tensor(weights, step):
    return weights + step == weights


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


CASES = {
    "07.7a": Cases(
        solution=stuck,
        also_right=[by_difference],
        wrong=[
            (in_float32, "more digits"),
            (moving, "count those that stay"),
            (by_eps, "itself plus the step"),
            (share, "int"),
            (as_tensor, "int"),
        ],
        equivalent={
            "return abs((weights + step == weights).sum().item())": NOT_NEGATIVE,
            "return int((weights + step == weights).sum().item())": WHOLE,
        },
    ),
    "07.7b": Cases(
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
}
