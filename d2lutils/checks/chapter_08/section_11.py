"""Checks of 08/11, an autoencoder."""

from typing import Any

import torch
from torch import nn

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.networks import drawn


@exercise("08.11a")
def strangers(answer: Any) -> None:
    """The places of the pictures that a network paints worst."""
    for n, d, m, seed in [(6, 4, 3, 7), (7, 3, 7, 1), (5, 4, 9, 2), (1, 3, 1, 3), (6, 4, 0, 4)]:
        g = torch.Generator().manual_seed(seed)
        net = drawn(nn.Sequential(nn.Linear(d, d), nn.Tanh()), g)
        with torch.no_grad():
            X = torch.randn(n, d, generator=g) * torch.tensor([0.5, 2.0]).repeat(n)[:n, None]
            missed = net(X) - X
        errors = missed.square().mean(dim=1)
        order = errors.argsort(descending=True)
        by = {
            "absolute": missed.abs().mean(dim=1),
            "signed": missed.mean(dim=1),
            "size": missed.mean(dim=1).abs(),
            "largest": missed.abs().amax(dim=1),
            "ink": X.square().mean(dim=1),
            "relative": errors / X.square().mean(dim=1),
        }
        columns = missed.square().mean(dim=0).argsort(descending=True)[:m]
        wrong = {name: values.argsort(descending=True)[:m] for name, values in by.items()}
        with given("net = a Linear and a Tanh", X=X, m=m):
            got = expect_tensor(call(answer, net, X, m))
            if got.dtype == torch.bool:
                raise Wrong("this is a mask; return the places at which it is true")
            expect_equal(
                got,
                order[:m],
                usual=[
                    (order, "return the first m places"),
                    (order.flip(0)[:m], "these are painted best; the worst come first"),
                    (order[:m].flip(0), "the worst come first"),
                    (wrong["absolute"], "square the differences before you take their mean"),
                    (wrong["signed"], "differences of both signs cancel; square them first"),
                    (wrong["size"], "differences of both signs cancel; square them first"),
                    (wrong["largest"], "this goes by the worst pixel; take the mean over pixels"),
                    (wrong["ink"], "this goes by the pictures alone; compare them with net(X)"),
                    (wrong["relative"], "do not divide a picture's error by its ink"),
                    (columns, "this takes the mean over the pictures; take it over the pixels"),
                    (order[:m].sort().values, "the worst come first; do not sort the places"),
                    (errors[order[:m]], "these are errors; return the places"),
                    (errors.double()[order[:m]], "these are errors; return the places"),
                    (errors, "these are errors; return the places of the largest ones"),
                    (errors.mean(), "this is one error for all pictures; take one for each"),
                    (order[:m, None], "return one dimension, (m,)"),
                ],
                why="take each picture's mean squared difference, and the places of the largest",
            )


@exercise("08.11b")
def cleaned(answer: Any) -> None:
    """The least-squares linear map with a bias, applied to new rows."""
    for n, d, m, seed in [(12, 3, 4, 0), (9, 2, 9, 1), (6, 1, 1, 2), (20, 5, 1, 3)]:
        g = torch.Generator().manual_seed(seed)
        clean = torch.randn(n, d, generator=g, dtype=torch.float64) - 0.5
        noisy = clean + 0.5 * torch.randn(n, d, generator=g, dtype=torch.float64)
        new = 2 * torch.randn(m, d, generator=g, dtype=torch.float64)
        want = _with_ones(new) @ _map(_with_ones(noisy), clean)
        middle, target = noisy.mean(dim=0), clean.mean(dim=0)
        turned = _map(noisy - middle, clean - target)
        back = _map(_with_ones(clean), noisy)
        bias = "the map has a bias: join a column of ones to the rows, in noisy and in new"
        with given(noisy=noisy, clean=clean, new=new):
            expect_equal(
                expect_tensor(call(answer, noisy, clean, new)),
                want,
                usual=[
                    (new @ _map(noisy, clean), bias),
                    (new @ _map(_with_ones(noisy), clean)[:d], bias),
                    (new @ turned, "add the bias: the mean of clean, for a row that is the mean"),
                    (new @ turned + target, "subtract the mean of noisy from new first"),
                    (
                        (new - new.mean(dim=0)) @ turned + target,
                        "subtract the mean of noisy from new, not the mean of new",
                    ),
                    ((new - middle) @ turned, "add the mean of clean at the end"),
                    ((new - middle) @ turned + middle, "add the mean of clean, not of noisy"),
                    (_with_ones(new) @ back, "this maps clean to noisy; map noisy to clean"),
                    (new @ _map(clean, noisy), "this maps clean to noisy; map noisy to clean"),
                    (
                        _with_ones(noisy) @ _map(_with_ones(noisy), clean),
                        "these are the rows of noisy, cleaned; clean those of new",
                    ),
                    (_map(_with_ones(noisy), clean), "this is the map; apply it to new"),
                    (_map(noisy, clean), "this is a map without a bias; add one, apply it to new"),
                    (want.float(), "keep the dtype of new"),
                    (want.clamp(0, 1), "return what the map gives; do not clamp it"),
                ],
                why="fit weight and bias to noisy and clean by lstsq, then apply them to new",
            )


def _with_ones(rows: torch.Tensor) -> torch.Tensor:
    """The rows, each with a 1 behind its last number."""
    return torch.cat([rows, torch.ones(len(rows), 1, dtype=rows.dtype)], dim=1)


def _map(rows: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The matrix that takes rows to targets with the least squared error."""
    solution: torch.Tensor = torch.linalg.lstsq(rows, targets).solution
    return solution
