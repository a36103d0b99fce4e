"""Answers to the exercises of 08/06, painted pictures."""

import torch
import torch.nn.functional as F

from check_cases import COMMUTES, Cases

ONE = "grad returns one slope, so the last is the first"


def climb(score, start, steps, lr, low, high):
    place = start.clone()
    for _ in range(steps):
        place.requires_grad_()
        slope = torch.autograd.grad(score(place).sum(), place)[0]
        place = (place.detach() + lr * slope).clamp(low, high)
    return place


def by_func(score, start, steps, lr, low, high):
    slopes = torch.func.grad(lambda inputs: score(inputs).sum())
    place = start
    for _ in range(steps):
        place = (place + lr * slopes(place)).detach().clip(low, high)
    return place


def by_optimizer(score, start, steps, lr, low, high):
    place = start.clone().requires_grad_()
    optimizer = torch.optim.SGD([place], lr=lr, maximize=True)
    for _ in range(steps):
        (place.grad,) = torch.autograd.grad(score(place).sum(), place)
        optimizer.step()
        with torch.no_grad():
            place.clamp_(low, high)
    return place.detach()


def by_backward(score, start, steps, lr, low, high):
    place = start.clone().requires_grad_()
    for _ in range(steps):
        place.grad = None
        score(place).sum().backward()
        with torch.no_grad():
            place += lr * place.grad
            place.clamp_(low, high)
    return place.detach()


def held_at_end(score, start, steps, lr, low, high):
    far = climb(score, start, steps, lr, -torch.inf, torch.inf)
    return far.clamp(low, high) if steps else far


def held_before(score, start, steps, lr, low, high):
    return climb(score, start.clamp(low, high), steps, lr, low, high)


def in_place(score, start, steps, lr, low, high):
    start[:] = climb(score, start, steps, lr, low, high)
    return start


def start_tracked(score, start, steps, lr, low, high):
    place = start
    for _ in range(steps):
        place.requires_grad_()
        slope = torch.autograd.grad(score(place).sum(), place)[0]
        place = (place.detach() + lr * slope).clamp(low, high)
    return place


def asks_for_more(score, start, steps, lr, low, high):
    return climb(score, start, steps, lr, low, high).requires_grad_()


def mean_of_scores(score, start, steps, lr, low, high):
    return climb(score, start, steps, lr / len(start), low, high)


def by_sign(score, start, steps, lr, low, high):
    place = start.clone()
    for _ in range(steps):
        place.requires_grad_()
        slope = torch.autograd.grad(score(place).sum(), place)[0]
        place = (place.detach() + lr * slope.sign()).clamp(low, high)
    return place


def scaled(score, start, steps, lr, low, high):
    place = start.clone()
    for _ in range(steps):
        place.requires_grad_()
        slope = torch.autograd.grad(score(place).sum(), place)[0]
        slope = slope / slope.abs().amax(dim=1, keepdim=True)
        place = (place.detach() + lr * slope).clamp(low, high)
    return place


def not_tracked(score, start, steps, lr, low, high):
    place = start.clone()
    for _ in range(steps):
        slope = torch.autograd.grad(score(place).sum(), place)[0]
        place = (place + lr * slope).clamp(low, high)
    return place


def moved(X, down, right):
    H, W = X.shape[2:]
    framed = F.pad(X, (W, W, H, H))
    top = H - max(-H, min(down, H))
    left = W - max(-W, min(right, W))
    return framed[:, :, top : top + H, left : left + W]


def by_slices(X, down, right):
    H, W = X.shape[2:]
    result = torch.zeros_like(X)
    if abs(down) < H and abs(right) < W:
        kept = X[:, :, max(-down, 0) : H - max(down, 0), max(-right, 0) : W - max(right, 0)]
        result[:, :, max(down, 0) : H + min(down, 0), max(right, 0) : W + min(right, 0)] = kept
    return result


def by_mask(X, down, right):
    H, W = X.shape[2:]
    i = torch.arange(H)[:, None] - down
    j = torch.arange(W) - right
    inside = (i >= 0) & (i < H) & (j >= 0) & (j < W)
    return X.roll((down, right), dims=(2, 3)) * inside


def never_up(X, down, right):
    return moved(X, max(down, 0), max(right, 0))


def not_far(X, down, right):
    return F.pad(X, (right, -right, down, -down))


def by_loop(X, down, right):
    H, W = X.shape[2:]
    result = torch.zeros_like(X)
    for i in range(H):
        for j in range(W):
            if 0 <= i - down < H and 0 <= j - right < W:
                result[:, :, i, j] = X[:, :, i - down, j - right]
    return result


def cut_off(X, down, right):
    return moved(X.detach(), down, right)


def into_itself(X, down, right):
    X[:] = moved(X, down, right)
    return X


CASES = {
    "08.6a": Cases(
        solution=climb,
        also_right=[by_func, by_optimizer],
        wrong=[
            (by_backward, "now have a .grad"),
            (held_at_end, "not at the end alone"),
            (held_before, "taken at start itself"),
            (in_place, "changed its input"),
            (start_tracked, "begin with a clone"),
            (asks_for_more, "still asks for gradients"),
            (mean_of_scores, "take their sum"),
            (by_sign, "this takes its sign"),
            (scaled, "do not scale it"),
            (not_tracked, "your function raised"),
            (lambda s, x, n, lr, a, b: climb(s, x, n, -lr, a, b), "goes downhill"),
            (lambda s, x, n, lr, a, b: climb(s, x, n, lr, -9.0, 9.0), "between low and high"),
            (lambda s, x, n, lr, a, b: climb(s, x, n + 1, lr, a, b), "one step too many"),
            (lambda s, x, n, lr, a, b: climb(s, x, n - 1, lr, a, b), "a step is missing"),
            (lambda s, x, n, lr, a, b: climb(s, x, n, lr, a, b).float(), "dtype of start"),
            (lambda s, x, n, lr, a, b: x.clone(), "nothing has moved"),
        ],
        equivalent={
            "slope = torch.autograd.grad(score(place).sum(), place)[-1]": ONE,
            "slope = torch.autograd.grad(total, place)[-1]": ONE,
        },
    ),
    "08.6b": Cases(
        solution=moved,
        also_right=[by_slices, by_mask],
        wrong=[
            (lambda X, down, right: X.roll((down, right), dims=(2, 3)), "must not come back"),
            (lambda X, down, right: moved(X, right, down), "exchanged"),
            (lambda X, down, right: moved(X, -down, -right), "up and left"),
            (lambda X, down, right: moved(X, down, -right), "columns move to the wrong side"),
            (lambda X, down, right: moved(X, -down, right), "rows move to the wrong side"),
            (lambda X, down, right: moved(X, down, right).float(), "dtype of X"),
            (lambda X, down, right: X, "nothing has moved"),
            (never_up, "move up and left"),
            (not_far, "your function raised"),
            (by_loop, "has a loop"),
            (cut_off, "no slopes flow back"),
            (into_itself, "changed its input"),
        ],
        equivalent={
            "top = H - max(min(down, H), -H)": COMMUTES,
            "top = H - max(-H, min(H, down))": COMMUTES,
            "left = W - max(min(right, W), -W)": COMMUTES,
            "left = W - max(-W, min(W, right))": COMMUTES,
        },
    ),
}
