"""Checks of 08/18, low-rank updates."""

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_parts, expect_tensor, given
from d2lutils.checks.classes import module_class
from d2lutils.checks.networks import drawn


@exercise("08.18a")
def plus(answer: Any) -> None:
    """A rule that adds B @ A, in the weight's shape, and starts with the weight itself."""
    cls = module_class(answer)
    g = torch.Generator().manual_seed(18)
    for shape, rank in [
        ((3, 4), 2),
        ((4, 3, 2, 5), 1),
        ((2, 1, 3), 3),
        ((1, 6), 1),
        ((6, 1), 2),
        ((5, 5), 7),
    ]:
        with given(f"Plus({shape}, {rank})"):
            rule = call(cls, torch.Size(shape), rank)
            A, B = _factors(rule, shape, rank)
            if torch.equal(A, call(cls, torch.Size(shape), rank).A):
                raise Wrong("A is the same in each new rule; draw it at random")
            weight = torch.randn(shape, generator=g)
            start = expect_tensor(call(rule, weight), shape, torch.float32)
            if not torch.equal(start, weight):
                raise Wrong("at the start, forward should return the weight as it is")
            drawn(rule, g)
            A, B = A.detach(), B.detach()
            got = expect_tensor(call(rule, weight), shape, torch.float32)
            change = B @ A
            usual = [
                (change.view(shape), "this is the update alone; add the weight"),
                (weight, "the update is missing"),
                (weight - change.view(shape), "the update is subtracted; add it"),
                (
                    weight + (A.T @ B.T).reshape(shape),
                    "this is the transpose of B @ A, in other places",
                ),
                (weight + change.view(shape) / rank, "no factor: the weight plus B @ A"),
            ]
            expect_equal(got, weight + change.view(shape), usual=usual, why="weight plus B @ A")
            _expect_slopes(rule, weight)
    _expect_on_a_layer(cls, g)


def _factors(rule: Any, shape: tuple[int, ...], rank: int) -> tuple[Tensor, Tensor]:
    """Return A and B of a new rule; raise Wrong unless they start as the task says."""
    if not isinstance(rule, nn.Module):
        raise Wrong("the rule is no module")
    found = dict(rule.named_parameters())
    if set(found) != {"A", "B"}:
        names = ", ".join(found) or "none"
        raise Wrong(f"the parameters should be A and B; there are: {names}")
    A, B = found["A"], found["B"]
    numbers = torch.Size(shape[1:]).numel()
    for name, factor, want in [("A", A, (rank, numbers)), ("B", B, (shape[0], rank))]:
        if tuple(factor.shape) != want:
            raise Wrong(f"{name} should have the shape {want}, and has {tuple(factor.shape)}")
        if not factor.requires_grad:
            raise Wrong(f"{name} is to learn, and is frozen")
    if bool((B != 0).any()):
        raise Wrong("B should be zero at the start, so that the weight is as it was")
    if bool((A == 0).all()):
        raise Wrong("A and B are both zero: no slope would reach either of them")
    if rank > 1 and numbers > 1 and torch.equal(A, A[:1].expand_as(A)):
        raise Wrong("all rows of A are alike, and would stay so; draw them at random")
    return A, B


def _expect_slopes(rule: Any, weight: Tensor) -> None:
    free = weight.clone().requires_grad_()
    rule.zero_grad()
    result = call(rule, free)
    if not result.requires_grad:
        raise Wrong("no slope reaches A and B; forward cuts them off")
    result.square().sum().backward()
    for name, factor in [("A", rule.A), ("B", rule.B), ("the weight", free)]:
        if factor.grad is None or bool((factor.grad == 0).all()):
            raise Wrong(f"no slope reaches {name}; forward cuts it off")


def _expect_on_a_layer(cls: Any, g: torch.Generator) -> None:
    """On a convolution: the same answers at first, and afterwards those of the sum."""
    with given("a rule on nn.Conv2d(3, 4, kernel_size=2)"):
        layer = drawn(nn.Conv2d(3, 4, kernel_size=2), g)
        X = torch.randn(2, 3, 5, 5, generator=g)
        before = layer(X)
        rule = call(cls, layer.weight.shape, 2)
        put_on = partial(parametrize.register_parametrization, layer, "weight")
        call(put_on, rule, in_place=True)
        expect_equal(layer(X), before, why="before training, the layer answers as it did")


@exercise("08.18b")
def two_factors(answer: Any) -> None:
    """B and A of a rank, whose product is the nearest to new - old."""
    g = torch.Generator().manual_seed(8)
    for m, n, rank, dtype in [
        (5, 7, 2, torch.float64),
        (6, 4, 3, torch.float64),
        (4, 4, 4, torch.float64),
        (1, 5, 1, torch.float64),
        (6, 1, 1, torch.float64),
        (3, 8, 1, torch.float32),
    ]:
        old = torch.randn(m, n, generator=g, dtype=torch.float64)
        U = torch.linalg.qr(torch.randn(m, m, generator=g, dtype=torch.float64)).Q
        V = torch.linalg.qr(torch.randn(n, n, generator=g, dtype=torch.float64)).Q
        k = min(m, n)
        S = 6 * 0.6 ** torch.arange(k, dtype=torch.float64)
        parts = S[:, None, None] * U.T[:k, :, None] * V.T[:k, None, :]
        new = old + parts.sum(dim=0)
        best = parts[:rank].sum(dim=0)
        with given(f"old, new of shape ({m}, {n})", rank=rank, dtype=dtype):
            pair = call(answer, old.to(dtype), new.to(dtype), rank)
            B, A = expect_parts(pair, "B", "A")
            shapes = [tuple(part.shape) for part in (B, A) if isinstance(part, Tensor)]
            if m != n and shapes == [(rank, n), (m, rank)]:
                raise Wrong("B comes first, then A")
            B = expect_tensor(B, (m, rank), dtype).detach().double()
            A = expect_tensor(A, (rank, n), dtype).detach().double()
            scaled = (parts / S[:, None, None])[:rank].sum(dim=0)
            squared = (parts * S[:, None, None])[:rank].sum(dim=0)
            full = torch.linalg.svd(new, full_matrices=False)
            of_new = (full.U[:, :rank] * full.S[:rank]) @ full.Vh[:rank]
            usual = [
                (-best, "this is old - new; the update is new - old"),
                (parts[-rank:].sum(dim=0), "these are the smallest products; take the largest"),
                (scaled, "the singular values are missing"),
                (squared, "the singular values are in both factors; multiply by them once"),
                (of_new, "this is the cut of new; cut the difference"),
            ]
            close = torch.linalg.matrix_norm(B @ A - best) < 1e-5
            expect_equal(
                best if close else B @ A,
                best,
                usual=usual,
                why="the first products of the SVD of new - old",
            )
