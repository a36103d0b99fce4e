"""Answers to the exercises of 05/12, normalisation without a batch."""

import torch
from torch.nn import functional as F

from check_cases import Cases

WIDENED = "a product with a float32 tensor is float32"


def by_groups(X, num_groups):
    rows = X.reshape(len(X), num_groups, -1)
    mean = rows.mean(dim=2, keepdim=True)
    variance = rows.var(dim=2, correction=0, keepdim=True)
    return ((rows - mean) / torch.sqrt(variance + 1e-5)).reshape(X.shape)


def group_after_group(X, num_groups):
    done = []
    for part in X.chunk(num_groups, dim=1):
        axes = tuple(range(1, X.dim()))
        centred = part - part.mean(dim=axes, keepdim=True)
        done.append(centred * (centred.square().mean(dim=axes, keepdim=True) + 1e-5).rsqrt())
    return torch.cat(done, dim=1)


def unflattened(X, num_groups):
    groups = X.unflatten(1, (num_groups, -1))
    axes = tuple(range(2, groups.dim()))
    variance, mean = torch.var_mean(groups, dim=axes, correction=0, keepdim=True)
    return ((groups - mean) / (variance + 1e-5) ** 0.5).flatten(1, 2)


def by_length(X, num_groups):
    rows = X.reshape(len(X) * num_groups, -1)
    centred = rows - rows.mean(dim=1, keepdim=True)
    length = torch.linalg.vector_norm(centred, dim=1, keepdim=True)
    return (centred / torch.sqrt(length**2 / rows.shape[1] + 1e-5)).reshape(X.shape)


def in_single(X, num_groups):
    return by_groups(X.float(), num_groups).to(X.dtype)


def groups_of_that_size(X, num_groups):
    return by_groups(X, X.shape[1] // num_groups)


def by_variance(X, num_groups):
    rows = X.reshape(len(X), num_groups, -1)
    variance, mean = torch.var_mean(rows, dim=2, correction=0, keepdim=True)
    return ((rows - mean) / (variance + 1e-5)).reshape(X.shape)


def woven(X, num_groups):
    done = torch.empty_like(X)
    for i in range(num_groups):
        done[:, i::num_groups] = by_groups(X[:, i::num_groups], 1)
    return done


def per_channel(X, num_groups):
    return by_groups(X, X.shape[1])


def over_samples(X, num_groups):
    groups = X.unflatten(1, (num_groups, -1))
    axes = (0, *range(2, groups.dim()))
    variance, mean = torch.var_mean(groups, dim=axes, correction=0, keepdim=True)
    return ((groups - mean) / (variance + 1e-5).sqrt()).flatten(1, 2)


def with_n_minus_1(X, num_groups):
    rows = X.reshape(len(X), num_groups, -1)
    correction = int(rows.shape[2] > 1)
    variance, mean = torch.var_mean(rows, dim=2, correction=correction, keepdim=True)
    return ((rows - mean) / torch.sqrt(variance + 1e-5)).reshape(X.shape)


def with_eps(X, num_groups, inside=0.0, outside=0.0):
    rows = X.reshape(len(X), num_groups, -1)
    variance, mean = torch.var_mean(rows, dim=2, correction=0, keepdim=True)
    return ((rows - mean) / (torch.sqrt(variance + inside) + outside)).reshape(X.shape)


def as_view(X, num_groups):
    rows = X.view(len(X), num_groups, -1)
    return by_groups(rows, num_groups).view(X.shape)


def pictures_only(X, num_groups):
    N, C, H, W = X.shape
    return by_groups(X.reshape(N, C, H, W), num_groups)


def rms_norm(X, weight, eps):
    wide = X.float()
    mean_square = wide.square().mean(dim=-1, keepdim=True)
    return (wide / torch.sqrt(mean_square + eps) * weight.float()).to(X.dtype)


def in_double(X, weight, eps):
    wide = X.double()
    scale = torch.rsqrt((wide * wide).sum(dim=-1, keepdim=True) / X.shape[-1] + eps)
    return (wide * scale * weight).to(X.dtype)


def by_length_of_rows(X, weight, eps):
    wide = X.float()
    root = torch.linalg.vector_norm(wide, dim=-1, keepdim=True) / X.shape[-1] ** 0.5
    return (wide / torch.sqrt(root**2 + eps) * weight.float()).to(X.dtype)


def rounded_before_weight(X, weight, eps):
    scale = torch.rsqrt(X.float().pow(2).mean(-1, keepdim=True) + eps)
    return (X.float() * scale).type_as(X) * weight


def in_its_dtype(X, weight, eps):
    return X / torch.sqrt(X.square().mean(dim=-1, keepdim=True) + eps) * weight


def rms(X, weight, eps, dim=-1, outside=0.0):
    wide = X.float()
    root = torch.sqrt(wide.square().mean(dim=dim, keepdim=True) + eps) + outside
    return (wide / root * weight.float()).to(X.dtype)


def layer(X, weight, eps):
    wide = X.float()
    variance, mean = torch.var_mean(wide, dim=-1, correction=0, keepdim=True)
    return ((wide - mean) / torch.sqrt(variance + eps) * weight.float()).to(X.dtype)


def by_deviation(X, weight, eps):
    wide = X.float()
    variance = wide.var(dim=-1, correction=0, keepdim=True)
    return (wide / torch.sqrt(variance + eps) * weight.float()).to(X.dtype)


CASES = {
    "05.12a": Cases(
        solution=by_groups,
        also_right=[group_after_group, unflattened, by_length, in_single],
        wrong=[
            (lambda X, num_groups: F.group_norm(X, num_groups), "the library's group_norm"),
            (
                lambda X, num_groups: F.layer_norm(
                    X.reshape(len(X), num_groups, -1), (X[0].numel() // num_groups,)
                ).reshape(X.shape),
                "the library's layer_norm",
            ),
            (woven, "neighbouring channels"),
            (groups_of_that_size, "not groups of that size"),
            (by_variance, "the root of the variance"),
            (per_channel, "each channel its own mean"),
            (over_samples, "over the samples too"),
            (with_n_minus_1, "divide by n"),
            (with_eps, "`eps` is missing"),
            (lambda X, num_groups: with_eps(X, num_groups, outside=1e-5), "before the root"),
            (lambda X, num_groups: by_groups(X, 1), "this is layer normalisation"),
            (as_view, "your function raised"),
            (pictures_only, "your function raised"),
            (
                lambda X, num_groups: by_groups(X.unflatten(1, (num_groups, -1)), num_groups),
                "expected shape",
            ),
            (lambda X, num_groups: by_groups(X, num_groups).float(), "dtype"),
        ],
        equivalent={
            "rows = X.reshape(num_groups, len(X), -1)": "the rows are the same, in the same order",
        },
    ),
    "05.12b": Cases(
        solution=rms_norm,
        also_right=[in_double, by_length_of_rows, rounded_before_weight],
        wrong=[
            (lambda X, weight, eps: F.rms_norm(X, X.shape[-1:], weight, eps), "library's rms_norm"),
            (in_its_dtype, "compute in float32"),
            (layer, "subtract no mean"),
            (by_deviation, "not the variance"),
            (lambda X, weight, eps: rms(X, torch.ones(()), eps), "`weight` is missing"),
            (lambda X, weight, eps: rms(X, weight, 0.0), "`eps` is missing"),
            (lambda X, weight, eps: rms(X, weight, 1e-5), "that the call hands over"),
            (lambda X, weight, eps: rms(X, weight, 0.0, outside=eps), "before the root"),
            (
                lambda X, weight, eps: rms(X, weight, eps, dim=tuple(range(X.dim()))),
                "over the last axis alone",
            ),
            (lambda X, weight, eps: rms(X.float(), weight.float(), eps), "the dtype of X"),
            (
                lambda X, weight, eps: rms(X, weight * X.shape[-1] ** -0.5, eps / X.shape[-1]),
                "not their sum",
            ),
        ],
        equivalent={
            "return (wide / torch.sqrt(mean_square + eps) * weight).to(X.dtype)": WIDENED,
            "return (scaled * factors).to(values.dtype)": WIDENED,
        },
    ),
}
