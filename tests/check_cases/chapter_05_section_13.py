"""Answers to the exercises of 05/13, convolution."""

import torch
import torch.nn.functional as F

from check_cases import Cases


def by_einsum(X, weight, bias):
    height, width = weight.shape[2:]
    patches = X.unfold(2, height, 1).unfold(3, width, 1)
    sums = torch.einsum("ncyxij,ocij->noyx", patches, weight)
    return sums + bias[:, None, None]


def by_columns(X, weight, bias):
    out, _, height, width = weight.shape
    rows, columns = X.shape[2] - height + 1, X.shape[3] - width + 1
    patches = X.unfold(2, height, 1).unfold(3, width, 1)
    table = patches.permute(0, 2, 3, 1, 4, 5).reshape(len(X), rows * columns, weight[0].numel())
    found = F.linear(table, weight.flatten(1), bias)
    return found.transpose(1, 2).reshape(len(X), out, rows, columns)


def by_rest(X, weight, bias):
    out, _, height, width = weight.shape
    patches = X.unfold(2, height, 1).unfold(3, width, 1)
    rows, columns = patches.shape[2:4]
    table = patches.permute(0, 2, 3, 1, 4, 5).reshape(len(X), rows * columns, -1)
    found = table @ weight.reshape(out, -1).T + bias
    return found.transpose(1, 2).reshape(len(X), out, rows, columns)


def by_sums(X, weight, bias):
    patches = X.unfold(2, weight.shape[2], 1).unfold(3, weight.shape[3], 1)
    products = patches[:, None] * weight[None, :, :, None, None]
    return products.sum(dim=(2, 5, 6)) + bias.view(1, -1, 1, 1)


def by_loops(X, weight, bias):
    height, width = weight.shape[2:]
    rows, columns = X.shape[2] - height + 1, X.shape[3] - width + 1
    out = torch.zeros(len(X), len(weight), rows, columns)
    for i in range(rows):
        for j in range(columns):
            patch = X[:, None, :, i : i + height, j : j + width]
            out[:, :, i, j] = (patch * weight).sum(dim=(2, 3, 4)) + bias
    return out


def square_only(X, weight, bias):
    k = weight.shape[2]
    patches = X.unfold(2, k, 1).unfold(3, k, 1)
    return torch.einsum("ncyxij,ocij->noyx", patches, weight) + bias[:, None, None]


def unsummed(X, weight, bias):
    patches = X.unfold(2, weight.shape[2], 1).unfold(3, weight.shape[3], 1)
    return patches * weight[0, 0]


def by_groups(X, kernels):
    return F.conv2d(X, kernels[:, None], groups=len(kernels))


def by_stacked_loop(X, kernels):
    return torch.cat([F.conv2d(X[:, [c]], k[None, None]) for c, k in enumerate(kernels)], dim=1)


def depthwise_by_patches(X, kernels):
    patches = X.unfold(2, kernels.shape[1], 1).unfold(3, kernels.shape[2], 1)
    return torch.einsum("ncyxij,cij->ncyx", patches, kernels)


def by_diagonal(X, kernels):
    weight = torch.eye(len(kernels))[:, :, None, None] * kernels
    return F.conv2d(X, weight)


CASES = {
    "05.13a": Cases(
        solution=by_einsum,
        also_right=[
            by_columns,
            by_rest,
            by_sums,
            lambda X, weight, bias: by_einsum(X.mT, weight.mT, bias).mT,
        ],
        wrong=[
            (lambda X, weight, bias: by_einsum(X, weight, 0 * bias), "the bias is missing"),
            (lambda X, weight, bias: by_einsum(X, weight, -bias), "add the bias"),
            (lambda X, weight, bias: by_einsum(X, weight.flip(2, 3), bias), "is flipped"),
            (lambda X, weight, bias: by_einsum(X, weight, 0 * bias) + bias, "its own bias"),
            (F.conv2d, "without the library's convolution"),
            (
                lambda X, weight, bias: F.conv2d(X, weight, bias, padding="same"),
                "take whole patches only",
            ),
            (by_loops, "without a loop"),
            (square_only, "raised"),
            (unsummed, "the patches are still there"),
            (lambda X, weight, bias: by_einsum(X, weight, bias).abs(), "multiply the patch"),
            (lambda X, weight, bias: [], "expected a tensor"),
        ],
    ),
    "05.13b": Cases(
        solution=by_groups,
        also_right=[by_diagonal],
        wrong=[
            (lambda X, kernels: F.conv2d(X, kernels[None]), "the channels are added up"),
            (lambda X, kernels: F.conv2d(X, kernels[:, None]), "raised"),
            (lambda X, kernels: by_groups(X, kernels.flip(1, 2)), "is flipped"),
            (
                lambda X, kernels: F.conv2d(X, kernels.expand(len(kernels), -1, -1, -1)),
                "all filters see all channels",
            ),
            (
                lambda X, kernels: F.conv2d(
                    X,
                    kernels.repeat_interleave(len(kernels), dim=0)[:, None],
                    groups=len(kernels),
                ),
                "its own channel only",
            ),
            (by_stacked_loop, "without a loop"),
            (depthwise_by_patches, "by `F.conv2d`"),
            (lambda X, kernels: by_groups(X, kernels).transpose(0, 1), "N comes first"),
            (lambda X, kernels: by_groups(X, kernels.flip(0)), "channel c"),
        ],
    ),
}
