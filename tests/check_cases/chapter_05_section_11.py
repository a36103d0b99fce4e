"""Answers to the exercises of 05/11, batch normalisation."""

import copy

import torch
from torch import nn

from check_cases import NOT_NEGATIVE, Cases


def batch_norm(H, gamma, beta, mean, var, training):
    centre, width = mean, var
    if training:
        centre, width = H.mean(dim=0), H.var(dim=0, correction=0)
        mean = 0.9 * mean + 0.1 * centre
        var = 0.9 * var + 0.1 * H.var(dim=0)
    return gamma * (H - centre) / torch.sqrt(width + 1e-5) + beta, mean, var


def by_sums(H, gamma, beta, mean, var, training):
    n = len(H)
    if not training:
        return (H - mean) * (var + 1e-5) ** -0.5 * gamma + beta, mean.clone(), var.clone()
    centre = H.sum(dim=0) / n
    squares = ((H - centre) ** 2).sum(dim=0)
    output = (H - centre).div((squares / n + 1e-5).sqrt()).mul(gamma).add(beta)
    return [output, mean.lerp(centre, 0.1), var.lerp(squares / (n - 1), 0.1)]


def column_by_column(H, gamma, beta, mean, var, training):
    done = [
        batch_norm(H[:, i : i + 1], *(p[i : i + 1] for p in (gamma, beta, mean, var)), training)
        for i in range(H.shape[1])
    ]
    return tuple(torch.cat(parts, dim=-1) for parts in zip(*done, strict=True))


def by_library(H, gamma, beta, mean, var, training):
    mean, var = mean.clone(), var.clone()
    output = nn.functional.batch_norm(H, mean, var, gamma, beta, training)
    return output, mean, var


def in_place(H, gamma, beta, mean, var, training):
    done = batch_norm(H, gamma, beta, mean, var, training)
    mean.copy_(done[1])
    var.copy_(done[2])
    return done


def with_n_minus_1(H, gamma, beta, mean, var, training):
    width = H.var(dim=0) if training else var
    _, new_mean, new_var = batch_norm(H, gamma, beta, mean, var, training)
    centre = H.mean(dim=0) if training else mean
    return gamma * (H - centre) / torch.sqrt(width + 1e-5) + beta, new_mean, new_var


def with_averages(H, gamma, beta, mean, var, training):
    _, mean, var = batch_norm(H, gamma, beta, mean, var, training)
    return gamma * (H - mean) / torch.sqrt(var + 1e-5) + beta, mean, var


def optimiser_momentum(H, gamma, beta, mean, var, training):
    output, new_mean, new_var = batch_norm(H, gamma, beta, mean, var, training)
    if training:
        new_mean = 0.1 * mean + 0.9 * H.mean(dim=0)
        new_var = 0.1 * var + 0.9 * H.var(dim=0)
    return output, new_mean, new_var


def biased_average(H, gamma, beta, mean, var, training):
    output, new_mean, new_var = batch_norm(H, gamma, beta, mean, var, training)
    if training:
        new_var = 0.9 * var + 0.1 * H.var(dim=0, correction=0)
    return output, new_mean, new_var


def always_moves(H, gamma, beta, mean, var, training):
    output, _, new_var = batch_norm(H, gamma, beta, mean, var, training)
    return output, 0.9 * mean + 0.1 * H.mean(dim=0), new_var


def eps_outside(H, gamma, beta, mean, var, training):
    _, new_mean, new_var = batch_norm(H, gamma, beta, mean, var, training)
    centre = H.mean(dim=0) if training else mean
    width = H.var(dim=0, correction=0) if training else var
    return gamma * (H - centre) / (width.sqrt() + 1e-5) + beta, new_mean, new_var


def always_by_batch(H, gamma, beta, mean, var, training):
    output = batch_norm(H, gamma, beta, mean, var, True)[0]
    return output, *batch_norm(H, gamma, beta, mean, var, training)[1:]


def over_rows(H, gamma, beta, mean, var, training):
    if not training:
        return batch_norm(H, gamma, beta, mean, var, training)
    centre = H.mean(dim=1, keepdim=True)
    width = H.var(dim=1, correction=0, keepdim=True)
    output = gamma * (H - centre) / torch.sqrt(width + 1e-5) + beta
    return output, *batch_norm(H, gamma, beta, mean, var, training)[1:]


def fold(linear, bn):
    factor = bn.weight / torch.sqrt(bn.running_var + bn.eps)
    bias = 0 if linear.bias is None else linear.bias
    return factor[:, None] * linear.weight, factor * (bias - bn.running_mean) + bn.bias


def by_asking(linear, bn):
    twin = copy.deepcopy(bn).eval()
    nothing = torch.zeros(1, linear.in_features, dtype=linear.weight.dtype)
    shift = twin(linear(nothing))
    units = torch.eye(linear.in_features, dtype=linear.weight.dtype)
    return (twin(linear(units)) - shift).T, shift[0]


def by_diag(linear, bn):
    factor = (bn.running_var + bn.eps).rsqrt() * bn.weight
    shift = bn.bias - factor * bn.running_mean
    if linear.bias is not None:
        shift = shift + factor * linear.bias
    return [torch.diag(factor) @ linear.weight, shift]


def folded(linear, bn, factor=None, bias=None, mean=None):
    factor = bn.weight / torch.sqrt(bn.running_var + bn.eps) if factor is None else factor
    bias = (0 if linear.bias is None else linear.bias) if bias is None else bias
    mean = bn.running_mean if mean is None else mean
    return factor[:, None] * linear.weight, factor * (bias - mean) + bn.bias


def wrong_axis(linear, bn):
    factor = bn.weight / torch.sqrt(bn.running_var + bn.eps)
    square = linear.in_features == linear.out_features
    return (linear.weight * factor if square else fold(linear, bn)[0]), fold(linear, bn)[1]


def old_bias(linear, bn):
    factor = bn.weight / torch.sqrt(bn.running_var + bn.eps)
    bias = 0 if linear.bias is None else linear.bias
    return fold(linear, bn)[0], bias - factor * bn.running_mean + bn.bias


def switches_mode(linear, bn):
    bn.eval()
    return fold(linear, bn)


def in_train_mode(linear, bn):
    bn.train()
    units = torch.eye(linear.in_features, dtype=linear.weight.dtype)
    bn(linear(torch.cat([units, units])))
    return fold(linear, bn)


CASES = {
    "05.11a": Cases(
        solution=batch_norm,
        also_right=[by_sums, column_by_column],
        wrong=[
            (by_library, "the library's batch normalisation"),
            (in_place, "your function changed its input"),
            (with_n_minus_1, "divide by n"),
            (with_averages, "in train mode the output does not use the running averages"),
            (optimiser_momentum, "weighs the new value"),
            (biased_average, "with n - 1"),
            (always_moves, "stay as they are"),
            (eps_outside, "add `eps` before the root"),
            (always_by_batch, "in eval mode use the running averages"),
            (over_rows, "column by column"),
            (lambda *given: batch_norm(*given)[0], "return 3 values"),
            (lambda *given: [part.tolist() for part in batch_norm(*given)], "expected a tensor"),
            (lambda *given: batch_norm(*given[:5], False), "in train mode use the batch's own"),
            (
                lambda H, gamma, beta, *rest: batch_norm(H, gamma, 0 * beta, *rest),
                "`beta` is missing",
            ),
            (
                lambda H, gamma, beta, *rest: batch_norm(H, gamma / gamma, beta, *rest),
                "`gamma` is missing",
            ),
        ],
        equivalent={
            "return (gamma * (H - centre) / torch.sqrt(width + 1e-05) + beta, mean, abs(var))": (
                NOT_NEGATIVE
            ),
            "return (scale * scaled + shift, old_mean, abs(old_var))": NOT_NEGATIVE,
        },
    ),
    "05.11b": Cases(
        solution=fold,
        also_right=[by_asking, by_diag],
        wrong=[
            (wrong_axis, "a row, not a column"),
            (old_bias, "the linear layer's bias is multiplied as well"),
            (switches_mode, "your function changed `linear` or `bn`"),
            (in_train_mode, "your function changed `linear` or `bn`"),
            (
                lambda linear, bn: folded(linear, bn, bn.weight / bn.running_var.sqrt()),
                "`eps` is missing",
            ),
            (
                lambda linear, bn: folded(
                    linear, bn, bn.weight / torch.sqrt(bn.running_var + 1e-5)
                ),
                "take `eps` from",
            ),
            (
                lambda linear, bn: folded(linear, bn, bn.weight / (bn.running_var + bn.eps)),
                "the root of the variance",
            ),
            (lambda linear, bn: folded(linear, bn, bias=torch.zeros(())), "bias is missing"),
            (
                lambda linear, bn: folded(linear, bn, mean=torch.zeros(())),
                "the running mean is missing",
            ),
            (
                lambda linear, bn: folded(linear, bn, bias=linear.bias + 0),
                "unsupported operand",
            ),
            (lambda linear, bn: (fold(linear, bn)[0].T, fold(linear, bn)[1]), "shape"),
            (lambda linear, bn: fold(linear, bn)[0], "return 2 values"),
            (lambda linear, bn: (linear.weight, fold(linear, bn)[1]), "the weight changes too"),
        ],
    ),
}
