"""Answers to the exercises of 08/24, several heads."""

import torch
from torch.nn import functional as F

from check_cases import COMMUTES, Cases


def cut(T, h):
    N, L, d = T.shape
    return T.view(N, L, h, d // h).transpose(1, 2)


def join(found):
    return found.transpose(1, 2).flatten(2)


def attend(Q, K, V):
    return (Q @ K.mT / Q.shape[-1] ** 0.5).softmax(dim=-1) @ V


def several_heads(Q, K, V, h):
    def deal(T):
        return T.unflatten(2, (h, -1)).transpose(1, 2)

    scores = deal(Q) @ deal(K).mT
    weights = (scores / deal(Q).shape[3] ** 0.5).softmax(dim=3)
    return (weights @ deal(V)).transpose(1, 2).flatten(2)


def by_view(Q, K, V, h):
    return join(attend(cut(Q, h), cut(K, h), cut(V, h)))


def by_einsum(Q, K, V, h):
    parts = Q.unflatten(2, (h, -1)), K.unflatten(2, (h, -1)), V.unflatten(2, (h, -1))
    scores = torch.einsum("nlhd,nshd->nhls", parts[0], parts[1])
    weights = F.softmax(scores * (Q.shape[2] // h) ** -0.5, dim=-1)
    return torch.einsum("nhls,nshe->nlhe", weights, parts[2]).flatten(2)


def reshaped(T, h):
    N, L, d = T.shape
    return T.reshape(N, h, L, d // h)


def cut_by_reshape(Q, K, V, h):
    return join(attend(reshaped(Q, h), reshaped(K, h), reshaped(V, h)))


def cut_and_joined_by_reshape(Q, K, V, h):
    found = attend(reshaped(Q, h), reshaped(K, h), reshaped(V, h))
    return found.reshape(Q.shape[0], Q.shape[1], V.shape[2])


def joined_by_reshape(Q, K, V, h):
    return attend(cut(Q, h), cut(K, h), cut(V, h)).reshape(*Q.shape[:2], V.shape[2])


def not_joined(Q, K, V, h):
    return attend(cut(Q, h), cut(K, h), cut(V, h))


def averaged(Q, K, V, h):
    return attend(cut(Q, h), cut(K, h), cut(V, h)).mean(dim=1)


def one_head(Q, K, V, h):
    return attend(Q, K, V)


def wide_scale(Q, K, V, h):
    return by_view(Q / h**0.5, K, V, h)


def unscaled(Q, K, V, h):
    return by_view(Q * (Q.shape[2] // h) ** 0.5, K, V, h)


def over_queries(Q, K, V, h):
    scores = cut(Q, h) @ cut(K, h).mT / (Q.shape[2] // h) ** 0.5
    return join(scores.softmax(dim=2) @ cut(V, h))


def over_heads(Q, K, V, h):
    scores = cut(Q, h) @ cut(K, h).mT / (Q.shape[2] // h) ** 0.5
    return join(scores.softmax(dim=1) @ cut(V, h))


def in_turns(Q, K, V, h):
    def deal(T):
        return T.unflatten(2, (-1, h)).permute(0, 3, 1, 2)

    return join(attend(deal(Q), deal(K), deal(V)))


def by_loop(Q, K, V, h):
    parts = zip(Q.chunk(h, dim=2), K.chunk(h, dim=2), V.chunk(h, dim=2), strict=True)
    return torch.cat([attend(*part) for part in parts], dim=2)


def by_calling_itself(Q, K, V, h):
    d, e = Q.shape[2] // h, V.shape[2] // h
    first = attend(Q[..., :d], K[..., :d], V[..., :e])
    if h == 1:
        return first
    others = by_calling_itself(Q[..., d:], K[..., d:], V[..., e:], h - 1)
    return torch.cat([first, others], dim=2)


def by_minus_one(Q, K, V, h):
    def deal(T):
        return T.reshape(*T.shape[:2], h, -1).transpose(1, 2)

    return join(attend(deal(Q), deal(K), deal(V)))


def by_library(Q, K, V, h):
    return join(F.scaled_dot_product_attention(cut(Q, h), cut(K, h), cut(V, h)))


def contributions(found, weight):
    h, e = found.shape[1], found.shape[3]
    columns = weight.unflatten(1, (h, e)).transpose(0, 1)
    return found @ columns.mT


def column_by_column(found, weight):
    e = found.shape[3]
    terms = []
    for i in range(found.shape[1]):
        terms.append(found[:, i] @ weight[:, i * e : (i + 1) * e].T)
    return torch.stack(terms, dim=1)


def others_switched_off(found, weight):
    terms = []
    for i in range(found.shape[1]):
        alone = torch.zeros_like(found)
        alone[:, i] = found[:, i]
        terms.append(join(alone) @ weight.T)
    return torch.stack(terms, dim=1)


def equal_parts(found, weight):
    N, h, L, _ = found.shape
    whole = join(found) @ weight.T / h
    return whole[:, None].expand(N, h, L, len(weight))


def by_rows(found, weight):
    return found @ weight.unflatten(0, (found.shape[1], found.shape[3]))


def rows_where_square(found, weight):
    if weight.shape[0] == weight.shape[1]:
        return by_rows(found, weight)
    return contributions(found, weight)


def each_hth(found, weight):
    h = found.shape[1]
    return torch.stack([found[:, i] @ weight[:, i::h].T for i in range(h)], dim=1)


def stacked_behind(found, weight):
    return contributions(found, weight).transpose(1, 2)


CASES = {
    "08.24a": Cases(
        solution=several_heads,
        also_right=[by_view, by_einsum, by_minus_one],
        wrong=[
            (cut_by_reshape, "cuts across the steps"),
            (cut_and_joined_by_reshape, "cuts across the steps"),
            (joined_by_reshape, "joined across the steps"),
            (not_joined, "join the heads"),
            (averaged, "this is their mean"),
            (one_head, "this is one head"),
            (wide_scale, "not of d"),
            (unscaled, "divide the scores"),
            (over_queries, "over the keys"),
            (over_heads, "not over the heads"),
            (in_turns, "in turns"),
            (by_loop, "has a loop"),
            (by_calling_itself, "has a loop"),
            (by_library, "calls the library's attention"),
        ],
        equivalent={
            "return T.unflatten(2, (h, -1)).transpose(2, 1)": COMMUTES,
            "return (weights @ deal(V)).transpose(2, 1).flatten(2)": COMMUTES,
        },
    ),
    "08.24b": Cases(
        solution=contributions,
        also_right=[column_by_column, others_switched_off],
        wrong=[
            (lambda found, weight: join(found) @ weight.T, "this is the whole output"),
            (equal_parts, "do not contribute equally"),
            (rows_where_square, "these are its rows"),
            (each_hth, "not each h-th"),
            (stacked_behind, "the heads before the steps"),
        ],
        equivalent={
            "columns = weight.unflatten(1, (h, e)).transpose(1, 0)": COMMUTES,
        },
    ),
}
