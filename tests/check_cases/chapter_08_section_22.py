"""Answers to the exercises of 08/22, looking up by similarity."""

import torch
from torch.nn import functional as F

from check_cases import Cases

POSITIVE = "a mean of squares has no sign to lose"
SQUARED = "a square forgets which was taken from which"


def attention(Q, K, V):
    scores = Q @ K.mT / Q.shape[-1] ** 0.5
    return scores.softmax(dim=-1) @ V


def by_einsum(Q, K, V):
    scores = torch.einsum("...ld,...sd->...ls", Q, K) * Q.shape[-1] ** -0.5
    return torch.einsum("...ls,...se->...le", F.softmax(scores, dim=-1), V)


def by_exponentials(Q, K, V):
    scores = torch.matmul(Q / Q.shape[-1] ** 0.5, K.transpose(-2, -1))
    powers = (scores - scores.amax(dim=-1, keepdim=True)).exp()
    return powers @ V / powers.sum(dim=-1, keepdim=True)


def overflowing(Q, K, V):
    powers = (Q @ K.mT / Q.shape[-1] ** 0.5).float().exp()
    return (powers / powers.sum(dim=-1, keepdim=True)).double() @ V


def naive(Q, K, V):
    powers = (Q @ K.mT / Q.shape[-1] ** 0.5).exp()
    return powers / powers.sum(dim=-1, keepdim=True) @ V


def multiplied(Q, K, V):
    return (Q @ K.mT * Q.shape[-1] ** 0.5).softmax(dim=-1) @ V


def by_number_of_keys(Q, K, V):
    return (Q @ K.mT / K.shape[-2] ** 0.5).softmax(dim=-1) @ V


def unscaled(Q, K, V):
    return (Q @ K.mT).softmax(dim=-1) @ V


def by_d(Q, K, V):
    return (Q @ K.mT / Q.shape[-1]).softmax(dim=-1) @ V


def over_queries(Q, K, V):
    return (Q @ K.mT / Q.shape[-1] ** 0.5).softmax(dim=-2) @ V


def no_softmax(Q, K, V):
    return Q @ K.mT / Q.shape[-1] ** 0.5 @ V


def weights_alone(Q, K, V):
    return (Q @ K.mT / Q.shape[-1] ** 0.5).softmax(dim=-1)


def library(Q, K, V):
    return F.scaled_dot_product_attention(Q, K, V)


def nothing(Q, K, V):
    Q @ K.mT


def judged(keys, values, scale):
    scores = scale * (keys @ keys.T)
    scores = scores.masked_fill(torch.eye(len(keys), dtype=torch.bool), -torch.inf)
    return (scores.softmax(dim=1) @ values - values).square().mean()


def one_by_one(keys, values, scale):
    answers = []
    for i in range(len(keys)):
        others = [j for j in range(len(keys)) if j != i]
        weights = (scale * (keys[others] @ keys[i])).softmax(dim=0)
        answers.append(weights @ values[others])
    return F.mse_loss(torch.stack(answers), values)


def by_filled_diagonal(keys, values, scale):
    scores = (keys @ keys.T) * scale
    scores.fill_diagonal_(float("-inf"))
    return torch.mean((F.softmax(scores, dim=-1) @ values - values) ** 2)


def finds_itself(keys, values, scale):
    return ((scale * (keys @ keys.T)).softmax(dim=1) @ values - values).square().mean()


def masked_late(keys, values, scale):
    weights = (scale * (keys @ keys.T)).softmax(dim=1)
    weights = weights.masked_fill(torch.eye(len(keys), dtype=torch.bool), 0)
    return (weights @ values - values).square().mean()


def zero_scores(keys, values, scale):
    scores = (scale * (keys @ keys.T)).fill_diagonal_(0)
    return (scores.softmax(dim=1) @ values - values).square().mean()


def turned_round(keys, values, scale):
    itself = torch.eye(len(keys), dtype=torch.bool)
    scores = (scale * (keys @ keys.T)).masked_fill(~itself, -torch.inf)
    return (scores.softmax(dim=1) @ values - values).square().mean()


def nan_diagonal(keys, values, scale):
    scores = scale * (keys @ keys.T) - torch.inf * torch.eye(len(keys))
    return (scores.softmax(dim=1) @ values - values).square().mean()


def without_twins(keys, values, scale):
    scores = scale * (keys @ keys.T)
    scores[(keys[:, None] == keys).all(dim=2)] = -torch.inf
    return (scores.softmax(dim=1) @ values - values).square().mean()


def no_scale(keys, values, scale):
    return judged(keys, values, 1.0)


def summed(keys, values, scale):
    return judged(keys, values, scale) * values.numel()


def absolute(keys, values, scale):
    scores = (scale * (keys @ keys.T)).fill_diagonal_(-torch.inf)
    return (scores.softmax(dim=1) @ values - values).abs().mean()


CASES = {
    "08.22a": Cases(
        solution=attention,
        also_right=[by_einsum, by_exponentials],
        wrong=[
            (overflowing, "bears large scores"),
            (naive, "bears large scores"),
            (multiplied, "do not multiply"),
            (by_number_of_keys, "the length of a query"),
            (unscaled, "divide the scores by the root of d"),
            (by_d, "not by d"),
            (over_queries, "over the keys"),
            (no_softmax, "a softmax is missing"),
            (weights_alone, "these are the weights"),
            (library, "calls the library's attention"),
            (nothing, "returned None"),
        ],
    ),
    "08.22b": Cases(
        solution=judged,
        also_right=[one_by_one, by_filled_diagonal],
        wrong=[
            (finds_itself, "finds itself"),
            (masked_late, "mask before the softmax"),
            (zero_scores, "still has a weight"),
            (turned_round, "the mask is turned round"),
            (nan_diagonal, "0 times inf"),
            (without_twins, "an equal entry is another one"),
            (no_scale, "multiply the scores by `scale`"),
            (summed, "not the sum"),
            (absolute, "square the differences"),
        ],
        equivalent={
            "return abs((scores.softmax(dim=1) @ values - values).square().mean())": POSITIVE,
            "return (values - scores.softmax(dim=1) @ values).square().mean()": SQUARED,
            "return abs((answers - V).square().mean())": POSITIVE,
            "return (V - answers).square().mean()": SQUARED,
        },
    ),
}
