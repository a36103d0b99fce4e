"""Answers to the exercises of 05/10, dropout."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

from check_cases import COMMUTES, Cases


def drop(h, u, p):
    return torch.where(u < p, 0.0, h / (1 - p))


def drop_by_index(h, u, p):
    out = torch.zeros_like(h)
    keep = u >= p
    if p < 1:
        out[keep] = h[keep] / (1 - p)
    return out


def drop_by_fill(h, u, p):
    if p == 1:
        return h.new_zeros(h.shape)
    return (h / (1 - p)).masked_fill(u < p, 0)


def drop_by_product(h, u, p):
    return h * (u >= p) / (1 - p)


def drop_product_with_case(h, u, p):
    if p == 1:
        return h * 0
    return h * (u >= p) / (1 - p)


def unscaled(h, u, p):
    return torch.where((u < p) | (p == 1), 0.0, h)


def multiplied(h, u, p):
    return torch.where((u < p) | (p == 1), 0.0, h * (1 - p))


def over_p(h, u, p):
    return torch.where((u < p) | (p == 1), 0.0, h / p if p else h)


def inverted(h, u, p):
    return torch.where(u >= p, 0.0, h / (1 - p) if p < 1 else 0 * h)


def border_dropped(h, u, p):
    if p == 1:
        return torch.zeros_like(h)
    return torch.where(u <= p, 0.0, h / (1 - p))


def own_coins(h, u, p):
    return F.dropout(h, p)


def drop_channels(X, u, p):
    return X * (u >= p)[:, :, None, None] / (1 - p)


def by_view(X, u, p):
    keep = (u >= p).to(X.dtype).view(*u.shape, 1, 1)
    return X * keep / (1 - p)


def by_einsum(X, u, p):
    return torch.einsum("nchw,nc->nchw", X, (u >= p).float() / (1 - p))


def by_loop(X, u, p):
    out = torch.zeros_like(X)
    for n in range(len(X)):
        for c in range(X.shape[1]):
            if u[n, c] >= p:
                out[n, c] = X[n, c] / (1 - p)
    return out


def over_pixels(X, u, p):
    return X * (u >= p) / (1 - p)


def same_for_all(X, u, p):
    return X * (u[:1] >= p)[:, :, None, None] / (1 - p)


def let_vote(net):
    net.eval()
    for part in net.modules():
        if isinstance(part, nn.Dropout | nn.Dropout2d):
            part.train()
    return net


def by_apply(net):
    return net.apply(lambda part: part.train(type(part) in (nn.Dropout, nn.Dropout2d)))


def by_name(net):
    net.eval()
    parts = dict(net.named_modules())
    for name in parts:
        if "Dropout" in repr(parts[name]).split("(")[0]:
            parts[name].train()
    return net


def by_flag(net):
    for part in net.modules():
        part.training = "Dropout" in type(part).__name__
    return net


def all_train(net):
    return net.train()


def all_eval(net):
    return net.eval()


def only_children(net):
    net.eval()
    for part in net.children():
        if isinstance(part, nn.Dropout | nn.Dropout2d):
            part.train()
    return net


def only_plain(net):
    net.eval()
    for part in net.modules():
        if isinstance(part, nn.Dropout):
            part.train()
    return net


def keeps_the_rest(net):
    for part in net.modules():
        if isinstance(part, nn.Dropout | nn.Dropout2d):
            part.train()
    return net


def eval_last(net):
    keeps_the_rest(net)
    return net.eval()


def train_then_batchnorm(net):
    net.train()
    for part in net.modules():
        if isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d):
            part.eval()
    return net


def returns_nothing(net):
    let_vote(net)


CASES = {
    "05.10a": Cases(
        solution=drop,
        also_right=[drop_by_index, drop_by_fill],
        wrong=[
            (drop_by_product, "0 / 0"),
            (drop_product_with_case, "0 · ∞"),
            (unscaled, "so that the mean stays"),
            (multiplied, "this multiplies"),
            (over_p, "not by p"),
            (inverted, "dropped is where u is below p"),
            (border_dropped, "where u equals p"),
            (own_coins, "0 where u < p"),
            (lambda h, u, p: h, "nothing is dropped"),
            (lambda h, u, p: h / (1 - p) if p < 1 else 0 * h, "all is kept"),
            (lambda h, u, p: drop(h, u, p).tolist(), "expected a tensor"),
            (lambda h, u, p: drop(h, u, p).flatten(), "expected shape"),
        ],
    ),
    "05.10b": Cases(
        solution=drop_channels,
        also_right=[by_view, by_einsum],
        wrong=[
            (by_loop, "with a loop"),
            (over_pixels, "your function raised"),
            (same_for_all, "one coin for each picture"),
            (lambda X, u, p: X * (u >= p)[:, :, None, None], "divide what is kept"),
            (
                lambda X, u, p: X * (u < p)[:, :, None, None] / (1 - p),
                "dropped are the channels whose u is below p",
            ),
            (lambda X, u, p: X * (u >= p)[:, :, None, None] * (1 - p), "this multiplies"),
            (
                lambda X, u, p: X * (u >= p)[:, :, None, None] / max(p, 1e-9),
                "not by p",
            ),
            (lambda X, u, p: F.dropout2d(X, p), "one coin for each picture"),
            (lambda X, u, p: drop_channels(X, u, p)[0], "expected shape"),
        ],
    ),
    "05.10c": Cases(
        solution=let_vote,
        also_right=[by_name, by_flag],
        wrong=[
            (by_apply, "is in eval mode"),
            (all_train, "is in train mode"),
            (all_eval, "dropout layers are to be in train mode"),
            (only_children, "walks to any depth"),
            (only_plain, "it is a dropout layer, too"),
            (keeps_the_rest, "is in train mode"),
            (eval_last, "is in eval mode"),
            (train_then_batchnorm, "the network itself"),
            (returns_nothing, "your function returned None"),
            (lambda net: let_vote(copy.deepcopy(net)), "not another one"),
            (lambda net: [let_vote(net)], "expected a Module"),
        ],
        equivalent={
            "if isinstance(part, nn.Dropout2d | nn.Dropout):": COMMUTES,
            "if isinstance(part, (nn.Dropout2d, nn.Dropout)):": COMMUTES,
        },
    ),
}
