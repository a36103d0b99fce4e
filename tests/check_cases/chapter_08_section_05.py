"""Answers to the exercises of 08/05, what a network looked at."""

import torch

from check_cases import Cases

ONE = "there is one, so the last is the first"


def occlusion(score, picture, size, fill):
    before = score(picture[None])[0]
    rows = picture.shape[0] - size + 1
    columns = picture.shape[1] - size + 1
    falls = torch.zeros(rows, columns, dtype=picture.dtype)
    for i in range(rows):
        for j in range(columns):
            covered = picture.clone()
            covered[i : i + size, j : j + size] = fill
            falls[i, j] = before - score(covered[None])[0]
    return falls


def in_one_batch(score, picture, size, fill):
    h, w = picture.shape
    places = torch.arange(h * w).reshape(h, w)
    windows = places.unfold(0, size, 1).unfold(1, size, 1)
    shape = windows.shape[:2]
    windows = windows.flatten(2).flatten(0, 1)
    copies = picture.flatten().repeat(len(windows), 1).scatter(1, windows, fill)
    return (score(picture[None]) - score(copies.reshape(-1, h, w))).reshape(shape)


def with_masks(score, picture, size, fill):
    found = []
    for i in range(len(picture) - size + 1):
        for j in range(picture.shape[1] - size + 1):
            mask = torch.zeros_like(picture, dtype=torch.bool)
            mask[i : i + size, j : j + size] = True
            found.append(score(picture[None]) - score(picture.masked_fill(mask, fill)[None]))
    return torch.cat(found).reshape(len(picture) - size + 1, -1)


def no_copy(score, picture, size, fill):
    before = score(picture[None])[0]
    falls = torch.zeros(picture.shape[0] - size + 1, picture.shape[1] - size + 1)
    for i in range(falls.shape[0]):
        for j in range(falls.shape[1]):
            covered = picture
            covered[i : i + size, j : j + size] = fill
            falls[i, j] = before - score(covered[None])[0]
    return falls


def one_copy(score, picture, size, fill):
    return no_copy(score, picture.clone(), size, fill)


def around_each_pixel(score, picture, size, fill):
    falls = torch.zeros_like(picture)
    half = size // 2
    for i in range(falls.shape[0]):
        for j in range(falls.shape[1]):
            covered = picture.clone()
            covered[max(i - half, 0) : i + half + 1, max(j - half, 0) : j + half + 1] = fill
            falls[i, j] = (score(picture[None]) - score(covered[None]))[0]
    return falls


def pixel_alone(score, picture, size, fill):
    return occlusion(score, picture, 1, fill)[: 1 - size or None, : 1 - size or None]


def scores(score, picture, size, fill):
    return score(picture[None])[0] - occlusion(score, picture, size, fill)


def slope_at(score, places):
    places = places.detach().requires_grad_()
    return torch.autograd.grad(score(places).sum(), places)[0]


def integrated(score, x, m):
    middles = (torch.arange(m) + 0.5) / m
    inputs = (middles[:, None] * x).requires_grad_()
    slopes = torch.autograd.grad(score(inputs).sum(), inputs)[0]
    return slopes.mean(dim=0) * x


def by_loop(score, x, m):
    total = torch.zeros_like(x)
    for i in range(m):
        place = ((2 * i + 1) / (2 * m) * x).requires_grad_()
        score(place[None]).backward()
        total += place.grad
    return x * total / m


def at_ends(score, x, m):
    places = torch.arange(1, m + 1) / m
    return slope_at(score, places[:, None] * x).mean(dim=0) * x


def with_linspace(score, x, m):
    return slope_at(score, torch.linspace(0, 1, m)[:, None] * x).mean(dim=0) * x


def not_tracked(score, x, m):
    inputs = ((torch.arange(m) + 0.5) / m)[:, None] * x
    return torch.autograd.grad(score(inputs).sum(), inputs)[0].mean(dim=0) * x


CASES = {
    "08.5a": Cases(
        solution=occlusion,
        also_right=[in_one_batch, with_masks],
        wrong=[
            (no_copy, "changed its input"),
            (one_copy, "a fresh copy each time"),
            (around_each_pixel, "expected shape"),
            (pixel_alone, "size by size"),
            (scores, "scores of the covered pictures"),
            (lambda s, p, size, fill: -occlusion(s, p, size, fill), "these are rises"),
            (lambda s, p, size, fill: occlusion(s, p, size, fill).abs(), "no abs"),
            (lambda s, p, size, fill: occlusion(s, p, size, fill).relu(), "keep falls below 0"),
            (lambda s, p, size, fill: occlusion(s, p, size, 0), "not with 0"),
            (lambda s, p, size, fill: occlusion(s, p, size, fill).T, "swapped"),
            (lambda s, p, size, fill: occlusion(s, p, size, fill).float(), "dtype of `picture`"),
            (lambda s, p, size, fill: occlusion(s, p, size, fill).flatten(), "one row for each"),
            (lambda s, p, size, fill: occlusion(s, p, size, fill).tolist(), "expected a tensor"),
        ],
        equivalent={
            "before = score(picture[None])[-1]": ONE,
            "falls[i, j] = before - score(covered[None])[-1]": ONE,
        },
    ),
    "08.5b": Cases(
        solution=integrated,
        also_right=[by_loop],
        wrong=[
            (at_ends, "not at its end"),
            (with_linspace, "in the middle of each piece"),
            (not_tracked, "your function raised"),
            (lambda s, x, m: slope_at(s, x[None])[0] * x, "slope at x alone"),
            (lambda s, x, m: integrated(s, x, m) / x, "multiply the mean slope by x"),
            (lambda s, x, m: m * integrated(s, x, m), "this is their sum"),
            (lambda s, x, m: integrated(s, x, m).abs(), "no abs"),
            (lambda s, x, m: integrated(s, x, m).sum(), "a number for each place"),
            (lambda s, x, m: integrated(s, x, m + 1), "average the slopes at"),
        ],
        equivalent={
            "slopes = torch.autograd.grad(score(inputs).sum(), inputs)[-1]": ONE,
            "found = torch.autograd.grad(total, inputs)[-1]": ONE,
        },
    ),
}
