"""Answers to the exercises of 08/13, mode collapse."""

import torch

from check_cases import NOT_NEGATIVE, Cases


def shares(points, centres, radius):
    gap, home = torch.cdist(points, centres).min(dim=1)
    home[gap > radius] = len(centres)
    return torch.bincount(home, minlength=len(centres) + 1) / len(points)


def by_loop(points, centres, radius):
    counts = [0] * (len(centres) + 1)
    for point in points:
        gaps = [(point - centre).norm().item() for centre in centres]
        best = min(range(len(gaps)), key=gaps.__getitem__)
        counts[best if gaps[best] <= radius else -1] += 1
    return torch.tensor(counts) / len(points)


def each_near(points, centres, radius):
    near = torch.cdist(points, centres) <= radius
    return torch.cat([near.float().mean(dim=0), 1 - near.any(dim=1).float().mean()[None]])


def below(points, centres, radius):
    gap, home = torch.cdist(points, centres).min(dim=1)
    home[gap >= radius] = len(centres)
    return torch.bincount(home, minlength=len(centres) + 1) / len(points)


def of_the_near(points, centres, radius):
    found = shares(points, centres, radius) * len(points)
    return found / found[:-1].sum().clamp(min=1)


def no_limit(points, centres, radius):
    gap, home = torch.cdist(points, centres).min(dim=1)
    found = torch.bincount(home, minlength=len(centres)) / len(points)
    return torch.cat([found, (gap > radius).float().mean()[None]])


def squared(points, centres, radius):
    return shares(points, centres, radius**0.5)


def city_blocks(points, centres, radius):
    gap, home = torch.cdist(points, centres, p=1).min(dim=1)
    home[gap > radius] = len(centres)
    return torch.bincount(home, minlength=len(centres) + 1) / len(points)


def penalty(detective, points, graph=True):
    slope = torch.autograd.grad(detective(points).sum(), points, create_graph=graph)[0]
    return slope.square().sum(dim=1)


def middle(real, made, t):
    return (t * real + (1 - t) * made).detach().requires_grad_()


def between(detective, real, made, t):
    points = (t * real + (1 - t) * made).detach().requires_grad_()
    scores = detective(points).sum()
    slopes = torch.autograd.grad(scores, points, create_graph=True)[0]
    return slopes.square().sum(dim=1).mean()


def by_lerp(detective, real, made, t):
    points = made.lerp(real, t).detach().requires_grad_()
    scores = detective(points)
    slopes = torch.autograd.grad(scores, points, torch.ones_like(scores), create_graph=True)[0]
    return slopes.norm(dim=1).square().mean()


def attached(detective, real, made, t):
    points = t * real.clone().requires_grad_() + (1 - t) * made
    return penalty(detective, points).mean()


def from_real(detective, real, made, t):
    points = t * real + (1 - t) * made.detach()
    return penalty(detective, points if points.requires_grad else points.requires_grad_()).mean()


def of_mean(detective, real, made, t):
    points = middle(real, made, t)
    slope = torch.autograd.grad(detective(points).mean(), points, create_graph=True)[0]
    return slope.square().sum(dim=1).mean()


def by_backward(detective, real, made, t):
    detective(middle(real, made, t)).sum().backward()
    return between(detective, real, made, t)


def marks_real(detective, real, made, t):
    real.requires_grad_()
    return between(detective, real, made, t)


CASES = {
    "08.13a": Cases(
        solution=shares,
        also_right=[by_loop],
        wrong=[
            (lambda p, c, r: shares(p, c, r) * len(p), "these are counts"),
            (lambda p, c, r: (shares(p, c, r) * len(p)).long(), "shares, not counts"),
            (lambda p, c, r: shares(p, c, r)[:-1], "the last number is missing"),
            (lambda p, c, r: shares(p, c, r).roll(1), "comes last"),
            (each_near, "its nearest centre alone"),
            (below, "at the distance `radius`"),
            (of_the_near, "divide by all points"),
            (no_limit, "beyond `radius`"),
            (squared, "not its square"),
            (city_blocks, "count the points of each centre"),
        ],
        equivalent={
            "return abs(torch.bincount(home, minlength=len(centres) + 1) / len(points))": (
                NOT_NEGATIVE
            ),
        },
    ),
    "08.13b": Cases(
        solution=between,
        also_right=[by_lerp],
        wrong=[
            (
                lambda f, r, m, t: penalty(f, middle(r, m, t), graph=False).mean(),
                "say `create_graph=True`",
            ),
            (lambda f, r, m, t: penalty(f, middle(r, m, t)).sum(), "not the sum"),
            (lambda f, r, m, t: penalty(f, middle(r, m, t)).sqrt().mean(), "the squared length"),
            (
                lambda f, r, m, t: (penalty(f, middle(r, m, t)).sqrt() - 1).square().mean(),
                "for the length 1",
            ),
            (lambda f, r, m, t: between(f, m, r, t), "`t` multiplies real"),
            (lambda f, r, m, t: between(f, r, r, t), "at the real points"),
            (of_mean, "the scores' sum"),
            (attached, "flows back to made"),
            (from_real, "flows back to real"),
            (by_backward, "gradients were left behind"),
            (marks_real, "requires_grad of real"),
        ],
        equivalent={
            "slopes = torch.autograd.grad(scores, points, create_graph=True)[-1]": (
                "the tuple has one entry"
            ),
            "return abs(slopes.square().sum(dim=1).mean())": NOT_NEGATIVE,
        },
    ),
}
