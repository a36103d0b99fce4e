"""Checks of 05/11, batch normalisation."""

from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_parts,
    expect_tensor,
    given,
)
from d2lutils.checks.watching import Operations


@exercise("05.11a")
def batch_norm(answer: Any) -> None:
    """Batch normalisation in both modes, with the running averages afterwards."""
    g = torch.Generator().manual_seed(0)
    for n, columns, training in [
        (4, 3, True),
        (3, 2, False),
        (2, 4, True),
        (1, 3, False),
        (7, 1, True),
        (5, 5, False),
        (5, 5, True),
    ]:
        H = torch.randn(n, columns, generator=g, dtype=torch.float64) * 2 + 1
        H[:, 0] = 0.25 + 0.001 * torch.arange(n)  # so little spread that eps counts
        gamma, beta, mean = torch.randn(3, columns, generator=g, dtype=torch.float64)
        var = torch.rand(columns, generator=g, dtype=torch.float64) + 0.5
        var[0] = 2e-5
        told = f"{n} rows, {columns} columns, training={training}"
        with given(told):
            watched = Operations()
            got = call(answer, H, gamma, beta, mean, var, training, inside=watched)
            if any("batch_norm" in name for name in watched.names):
                raise Wrong("this calls the library's batch normalisation; write it by hand")
            parts = expect_parts(got, "the output", "the running mean", "the running variance")
            output, new_mean, new_var = (expect_tensor(part) for part in parts)
            _output(output, H, gamma, beta, mean, var, training)
            _averages(new_mean, new_var, H, mean, var, training)


def _output(
    got: Tensor, H: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, var: Tensor, training: bool
) -> None:
    def scaled(centre: Tensor, width: Tensor, eps: float = 1e-5) -> Tensor:
        return gamma * (H - centre) / torch.sqrt(width + eps) + beta

    now_mean, now_var = H.mean(dim=0), H.var(dim=0, correction=0)
    mine, other = ((now_mean, now_var), (mean, var))[:: 1 if training else -1]
    want = scaled(*mine)
    wrong = "in train mode use the batch's own mean and variance"
    usual = [
        (scaled(*other), wrong if training else "in eval mode use the running averages"),
        (scaled(*mine, eps=0.0), "`eps` is missing"),
        (gamma * (H - mine[0]) / (mine[1].sqrt() + 1e-5) + beta, "add `eps` before the root"),
        (gamma * (H - mine[0]) / (mine[1] + 1e-5) + beta, "divide by the root of the variance"),
        ((want - beta) / gamma, "`gamma` and `beta` are missing"),
        (want - beta, "`beta` is missing"),
        ((want - beta) / gamma + beta, "`gamma` is missing"),
        (gamma * ((want - beta) / gamma + beta), "multiply by `gamma` first, then add `beta`"),
    ]
    if training:
        moved = 0.9 * mean + 0.1 * now_mean, 0.9 * var + 0.1 * H.var(dim=0)
        usual += [
            (scaled(now_mean, H.var(dim=0)), "for the output divide by n: `correction=0`"),
            (scaled(*moved), "in train mode the output does not use the running averages"),
        ]
    expect_equal(
        got,
        want,
        usual=usual,
        why="the output is gamma * (H - mean) / sqrt(variance + eps) + beta, column by column",
    )


def _averages(
    new_mean: Tensor, new_var: Tensor, H: Tensor, mean: Tensor, var: Tensor, training: bool
) -> None:
    now_mean = H.mean(dim=0)
    if not training:
        for got, old in [(new_mean, mean), (new_var, var)]:
            expect_equal(got, old, why="in eval mode the running averages stay as they are")
        return
    now_var = H.var(dim=0)
    low = H.var(dim=0, correction=0)
    expect_equal(
        new_mean,
        0.9 * mean + 0.1 * now_mean,
        usual=[
            (0.1 * mean + 0.9 * now_mean, "PyTorch's momentum, 0.1, weighs the new value"),
            (mean, "in train mode the running mean moves"),
            (now_mean, "this is the batch's mean; the running mean moves a tenth of the way"),
        ],
        why="the running mean is 0.9 of the old one and 0.1 of the batch's",
    )
    expect_equal(
        new_var,
        0.9 * var + 0.1 * now_var,
        usual=[
            (0.9 * var + 0.1 * low, "the running variance takes the batch's with n - 1"),
            (0.1 * var + 0.9 * now_var, "PyTorch's momentum, 0.1, weighs the new value"),
            (var, "in train mode the running variance moves"),
            (now_var, "this is the batch's variance; the running one moves a tenth of the way"),
            (0.9 * var + 0.1 * H.std(dim=0), "average the variance, not the deviation"),
        ],
        why="the running variance is 0.9 of the old one and 0.1 of the batch's",
    )


@exercise("05.11b")
def fold(answer: Any) -> None:
    """Weight and bias of the one linear layer that does what two layers do in eval mode."""
    g = torch.Generator().manual_seed(0)
    for inputs, outputs, bias, eps, training in [
        (3, 2, True, 1e-5, False),
        (3, 3, True, 1e-5, True),
        (2, 4, False, 1e-5, False),
        (1, 1, True, 0.25, False),
        (4, 4, False, 0.5, True),
    ]:
        linear = nn.Linear(inputs, outputs, bias=bias).double()
        bn = nn.BatchNorm1d(outputs, eps=eps).double()
        with torch.no_grad():
            for part in [*linear.parameters(), *bn.parameters(), bn.running_mean]:
                assert part is not None
                part.copy_(torch.randn(part.shape, generator=g, dtype=torch.float64) * 2)
            assert bn.running_var is not None
            bn.running_var.copy_(torch.rand(outputs, generator=g, dtype=torch.float64) * 0.02)
        bn.train(training)
        before = [value.clone() for value in (*linear.state_dict().values(), *_state(bn))]
        told = f"nn.Linear({inputs}, {outputs}, bias={bias}), eps={eps}"
        told += f", bn in {'train' if training else 'eval'} mode"
        with given(told):
            got = call(answer, linear, bn)
            after = [*linear.state_dict().values(), *_state(bn)]
            if bn.training != training or not all(
                torch.equal(old, new) for old, new in zip(before, after, strict=True)
            ):
                raise Wrong("your function changed `linear` or `bn`; leave them as they were")
            weight, shift = (
                expect_tensor(part).detach() for part in expect_parts(got, "the weight", "the bias")
            )
            _folded(weight, shift, linear, bn)


def _state(bn: nn.BatchNorm1d) -> list[Tensor]:
    return list(bn.state_dict().values())


def _folded(weight: Tensor, shift: Tensor, linear: nn.Linear, bn: nn.BatchNorm1d) -> None:
    W = linear.weight.detach()
    gamma, beta = bn.weight.detach(), bn.bias.detach()
    mean, var = bn.running_mean, bn.running_var
    assert mean is not None
    assert var is not None
    b = torch.zeros_like(mean) if linear.bias is None else linear.bias.detach()
    root = torch.sqrt(var + bn.eps)
    factor = gamma / root
    expect_equal(
        weight,
        factor[:, None] * W,
        usual=[
            (W * factor if W.shape[0] == W.shape[1] else None, "a row, not a column, is a neuron"),
            (factor[:, None] * W.T if W.shape[0] == W.shape[1] else None, "do not transpose"),
            ((factor[:, None] * W).T, "the weight has shape (outputs, inputs)"),
            (gamma[:, None] * W / var.sqrt()[:, None], "`eps` is missing"),
            (gamma[:, None] * W / torch.sqrt(var + 1e-5)[:, None], "take `eps` from `bn.eps`"),
            (gamma[:, None] * W / (var + bn.eps)[:, None], "divide by the root of the variance"),
            (W / root[:, None], "`bn.weight` is missing"),
            (W, "the weight changes too"),
        ],
        why="each row of the weight is multiplied by gamma / sqrt(variance + eps) of its column",
    )
    expect_equal(
        shift,
        factor * (b - mean) + beta,
        usual=[
            (b - factor * mean + beta, "the linear layer's bias is multiplied as well"),
            (factor * b + beta, "the running mean is missing"),
            (factor * b - mean + beta, "the running mean is multiplied as well"),
            (factor * (b + mean) + beta, "the running mean is subtracted"),
            (factor * (b - mean), "`bn.bias` is missing"),
            (beta - factor * mean, "the linear layer's bias is missing"),
        ],
        why="the bias is factor * (linear's bias - running mean) + beta",
    )
