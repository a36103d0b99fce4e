"""Checks of 05/12, normalisation without a batch."""

from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.watching import Operations


def _unaided(names: list[str]) -> None:
    # The length of a vector, `linalg.vector_norm`, normalises nothing.
    called = [name for name in names if name.endswith("_norm") and "linalg" not in name]
    if called:
        raise Wrong(f"this calls the library's {called[0]}; write it by hand")


def _scaled(X: Tensor, dim: Any, eps: float = 1e-5, correction: int = 0) -> Tensor:
    mean = X.mean(dim=dim, keepdim=True)
    return (X - mean) / torch.sqrt(X.var(dim=dim, correction=correction, keepdim=True) + eps)


@exercise("05.12a")
def by_groups(answer: Any) -> None:
    """Each group of neighbouring channels of each sample, at mean 0 and deviation 1."""
    g = torch.Generator().manual_seed(0)
    for shape, num_groups in [
        ((2, 6, 3, 4), 2),
        ((3, 4, 5), 4),
        ((2, 6), 3),
        ((1, 6, 2, 2), 1),
        ((4, 4, 2, 3), 2),
        ((5, 8), 1),
        ((3, 4), 4),
        ((6, 2, 2, 2), 2),
    ]:
        X = torch.randn(shape, generator=g, dtype=torch.float64) * 3 + 2
        X *= torch.linspace(0.01, 2, shape[1]).reshape(-1, *[1] * (len(shape) - 2))
        if len(shape) == 4:
            X = X.transpose(2, 3).contiguous().transpose(2, 3)  # not contiguous: no view fits
        groups = X.reshape(shape[0], num_groups, shape[1] // num_groups, *shape[2:])
        inside = tuple(range(2, groups.dim()))
        want = _scaled(groups, inside).reshape(shape)
        woven = X.reshape(shape[0], shape[1] // num_groups, num_groups, *shape[2:])
        others = tuple(d for d in range(1, woven.dim()) if d != 2)
        with given(f"X of shape {shape}, num_groups = {num_groups}"):
            watched = Operations()
            got = expect_tensor(call(answer, X, num_groups, inside=watched))
            _unaided(watched.names)
            alike = got.dtype == want.dtype and got.shape == want.shape
            if alike and torch.allclose(got, want, rtol=1e-5, atol=1e-6):
                continue  # float32 inside is right, too
            expect_equal(
                got,
                want,
                usual=[
                    *_usual(X, groups, inside),
                    (_scaled(woven, others).reshape(shape), "a group holds neighbouring channels"),
                    (_sized(X, num_groups), "make `num_groups` groups, not groups of that size"),
                ],
                why="each group of each sample gets its own mean and variance",
            )


def _sized(X: Tensor, size: int) -> Tensor:
    groups = X.reshape(len(X), -1, size, *X.shape[2:])
    return _scaled(groups, tuple(range(2, groups.dim()))).reshape(X.shape)


def _usual(X: Tensor, groups: Tensor, inside: tuple[int, ...]) -> list[tuple[object, str]]:
    shape = X.shape
    dims = tuple(range(1, X.dim()))
    found: list[tuple[object, str]] = [
        (_scaled(groups, inside), "give the result the shape of `X`"),
        (_scaled(groups, inside, eps=0.0).reshape(shape), "`eps` is missing"),
        (_scaled(X, dims), "this is layer normalisation; split the channels into groups"),
        (_scaled(groups, 2).reshape(shape), "average over all axes of a group, the pixels too"),
    ]
    if groups[:1, :1].numel() > 1:
        found += [
            (_scaled(groups, inside, correction=1).reshape(shape), "divide by n: `correction=0`"),
            (
                _scaled(groups, (0, *inside)).reshape(shape),
                "this averages over the samples too; each sample stands for itself",
            ),
        ]
    if X.dim() > 2:
        found.append((_scaled(X, tuple(range(2, X.dim()))), "this gives each channel its own mean"))
    mean = groups.mean(dim=inside, keepdim=True)
    deviation = groups.std(dim=inside, correction=0, keepdim=True)
    outside = (groups - mean) / (deviation + 1e-5)
    found.append((outside.reshape(shape), "add `eps` to the variance, before the root"))
    found.append(((groups - mean).reshape(shape), "divide by the deviation too"))
    variance = deviation.square()
    squared = (groups - mean) / (variance + 1e-5)
    found.append((squared.reshape(shape), "divide by the root of the variance plus `eps`"))
    return found


@exercise("05.12b")
def rms_norm(answer: Any) -> None:
    """The last axis divided by its root mean square, summed up in float32."""
    g = torch.Generator().manual_seed(0)
    half, single = torch.float16, torch.float32
    for shape, dtype, size, eps in [
        ((2, 3), single, 1.0, 1e-5),
        ((4,), single, 0.01, 1e-3),
        ((2, 3, 5), single, 3.0, 0.5),
        ((3, 8), half, 300.0, 1e-5),
        ((2, 4), half, 20000.0, 1e-5),
        ((2, 4), half, 0.0005, 1e-6),
        ((2, 2, 4), torch.bfloat16, 2.0, 1e-5),
        ((3, 1), single, 5.0, 1e-5),
        ((0, 3), single, 1.0, 1e-5),
    ]:
        X = ((torch.rand(shape, generator=g) * 2 - 0.7) * size).to(dtype)
        weight = (torch.randn(shape[-1], generator=g) + 1.5).to(dtype)
        told = f"X of shape {shape}, {dtype}, numbers up to {size * 1.3:g}, eps = {eps}"
        with given(told):
            watched = Operations()
            got = expect_tensor(call(answer, X, weight, eps, inside=watched), shape)
            _unaided(watched.names)
            if got.dtype != dtype:
                raise Wrong(f"expected dtype {dtype}, got {got.dtype}; return the dtype of X")
            _divided(got, X, weight, eps)


def _divided(got: Tensor, X: Tensor, weight: Tensor, eps: float) -> None:
    wide, factors = X.double(), weight.double()
    square = wide.square().mean(dim=-1, keepdim=True)
    want = wide / torch.sqrt(square + eps) * factors
    step = torch.finfo(X.dtype).eps

    def near(other: Tensor) -> bool:
        return torch.allclose(got.double(), other, rtol=max(4 * step, 1e-5), atol=1e-6)

    if near(want):
        return
    centred = wide - wide.mean(dim=-1, keepdim=True)
    width = centred.square().mean(dim=-1, keepdim=True)
    total = wide.square().sum(dim=-1, keepdim=True)
    everything = wide.square().mean()
    for other, reason in [
        (want / factors, "`weight` is missing"),
        (centred / torch.sqrt(width + eps) * factors, "subtract no mean; that is layer norm"),
        (wide / torch.sqrt(width + eps) * factors, "take the mean square, not the variance"),
        (wide / torch.sqrt(square) * factors, "`eps` is missing"),
        (wide / torch.sqrt(square + 1e-5) * factors, "use the `eps` that the call hands over"),
        (wide / (torch.sqrt(square) + eps) * factors, "add `eps` before the root"),
        (wide / (square + eps) * factors, "divide by the root of the mean square"),
        (wide / torch.sqrt(total + eps) * factors, "take the mean of the squares, not their sum"),
        (wide / torch.sqrt(everything + eps) * factors, "average over the last axis alone"),
    ]:
        if near(other):
            raise Wrong(reason)
    if X.dtype == torch.float16 and (not got.isfinite().all() or not got.any()):
        raise Wrong("squares have overflowed in float16; compute in float32: X.float()")
    expect_equal(
        got.double(), want, why="it is X / sqrt(mean square + eps) * weight, computed in float32"
    )
