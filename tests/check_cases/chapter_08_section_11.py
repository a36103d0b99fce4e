"""Answers to the exercises of 08/11, an autoencoder."""

import torch
import torch.nn.functional as F
from torch import nn

from check_cases import NOT_NEGATIVE, Cases

SQUARED = "a square has no sign"
BOTH = "the rows of noisy and of new are changed alike, and the map makes up for it"


def strangers(net, X, m):
    with torch.no_grad():
        missed = (net(X) - X).square().mean(dim=1)
    return missed.argsort(descending=True)[:m]


def by_topk(net, X, m):
    errors = F.mse_loss(net(X), X, reduction="none").sum(dim=-1)
    return errors.topk(min(m, len(X))).indices


def by_distance(net, X, m):
    return (-torch.linalg.vector_norm(net(X).detach() - X, dim=1)).sort().indices[:m]


def by_sorting(net, X, m):
    errors = [F.mse_loss(net(x), x).item() for x in X]
    places = sorted(range(len(X)), key=lambda i: -errors[i])
    return torch.tensor(places[:m], dtype=torch.int64)


def ordered_by(values, m):
    return values.argsort(descending=True)[:m]


def topk_alone(net, X, m):
    return (net(X) - X).square().mean(dim=1).topk(m).indices


def one_error(net, X, m):
    return F.mse_loss(net(X), X)


def best_first(net, X, m):
    return (net(X) - X).square().mean(dim=1).argsort()[:m]


def errors_of(net, X, m):
    return (net(X) - X).square().mean(dim=1).sort(descending=True).values[:m]


def over_pictures(net, X, m):
    return (net(X) - X).square().mean(dim=0).argsort(descending=True)[:m]


def with_ones(rows):
    return torch.cat([rows, torch.ones(len(rows), 1)], dim=1)


def cleaned(noisy, clean, new):
    found = torch.linalg.lstsq(with_ones(noisy), clean).solution
    return with_ones(new) @ found


def by_centring(noisy, clean, new):
    start, end = noisy.mean(0), clean.mean(0)
    weight = torch.linalg.lstsq(noisy - start, clean - end).solution
    return end + (new - start) @ weight


def by_normal_equations(noisy, clean, new):
    A = F.pad(noisy, (0, 1), value=1.0)
    W = torch.linalg.solve(A.mT @ A, A.mT @ clean)
    return F.linear(new, W[:-1].T, W[-1])


def by_pinv(noisy, clean, new):
    ones = torch.ones_like(noisy[:, :1])
    W = torch.linalg.pinv(torch.hstack([ones, noisy])) @ clean
    return W[0] + new @ W[1:]


def without_bias(noisy, clean, new):
    return new @ torch.linalg.lstsq(noisy, clean).solution


def ones_forgotten_in_new(noisy, clean, new):
    return new @ torch.linalg.lstsq(with_ones(noisy), clean).solution


def means_not_returned(noisy, clean, new):
    start, end = noisy.mean(0), clean.mean(0)
    return (new - start) @ torch.linalg.lstsq(noisy - start, clean - end).solution


def own_mean(noisy, clean, new):
    start, end = noisy.mean(0), clean.mean(0)
    weight = torch.linalg.lstsq(noisy - start, clean - end).solution
    return (new - new.mean(0)) @ weight + end


def the_map(noisy, clean, new):
    return torch.linalg.lstsq(with_ones(noisy), clean).solution


def trained(noisy, clean, new):
    layer = nn.Linear(noisy.shape[1], clean.shape[1]).double()
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.01)
    for _ in range(5):
        optimizer.zero_grad()
        F.mse_loss(layer(noisy), clean).backward()
        optimizer.step()
    return layer(new)


CASES = {
    "08.11a": Cases(
        solution=strangers,
        also_right=[by_topk, by_distance, by_sorting],
        wrong=[
            (best_first, "the worst come first"),
            (one_error, "take one for each"),
            (errors_of, "errors; return the places"),
            (over_pictures, "mean over the pictures"),
            (topk_alone, "your function raised"),
            (lambda net, X, m: strangers(net, X, len(X)), "the first m places"),
            (lambda net, X, m: strangers(net, X, m).flip(0), "worst come first"),
            (lambda net, X, m: strangers(net, X, m).sort().values, "not sort the places"),
            (lambda net, X, m: ordered_by((net(X) - X).mean(1), m), "both signs cancel"),
            (
                lambda net, X, m: ordered_by((net(X) - X).abs().mean(1), m),
                "before you take their mean",
            ),
            (lambda net, X, m: ordered_by((net(X) - X).abs().amax(1), m), "the worst pixel"),
            (lambda net, X, m: ordered_by(X.square().mean(1), m), "the pictures alone"),
            (lambda net, X, m: (net(X) - X).square().mean(1) > 1, "this is a mask"),
            (lambda net, X, m: strangers(net, X, m).tolist(), "expected a tensor"),
        ],
        equivalent={
            "missed = (X - net(X)).square().mean(dim=1)": SQUARED,
            "return abs(missed.argsort(descending=True)[:m])": NOT_NEGATIVE,
        },
    ),
    "08.11b": Cases(
        solution=cleaned,
        also_right=[by_centring, by_normal_equations, by_pinv],
        wrong=[
            (without_bias, "map has a bias"),
            (ones_forgotten_in_new, "your function raised"),
            (means_not_returned, "the mean of clean at the end"),
            (own_mean, "not the mean of new"),
            (the_map, "apply it to new"),
            (trained, "by lstsq"),
            (lambda noisy, clean, new: cleaned(clean, noisy, new), "map noisy to clean"),
            (lambda noisy, clean, new: cleaned(noisy, clean, noisy), "clean those of new"),
            (lambda noisy, clean, new: cleaned(noisy, clean, new).float(), "the dtype of new"),
            (lambda noisy, clean, new: new, "weight and bias to noisy"),
        ],
        equivalent={
            "return -torch.cat([rows, torch.ones(len(rows), 1)], dim=1)": BOTH,
            "return torch.cat([torch.ones(len(rows), 1), rows], dim=1)": BOTH,
            "return torch.cat([rows, torch.ones(len(rows), 2)], dim=1)": BOTH,
        },
    ),
}
