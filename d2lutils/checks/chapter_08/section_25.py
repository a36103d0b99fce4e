"""Checks of 08/25, a small language model."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from d2lutils.checks import call, exercise, expect_equal, expect_parts, expect_tensor, given


@exercise("08.25a")
def questions(answer: Any) -> None:
    """All windows that fit: their first L ids, and the same moved by one."""
    for T, L, stride in [
        (20, 4, 3),
        (17, 16, 3),
        (16, 16, 3),
        (0, 2, 1),
        (9, 1, 2),
        (12, 5, 1),
        (23, 3, 7),
        (14, 3, 5),
        (3, 8, 2),
    ]:
        # No two neighbours are equal, and the ids do not rise all the way.
        ids = torch.arange(T) * 7 % 25
        with given(ids=ids, L=L, stride=stride):
            parts = call(answer, ids, L, stride)
            X, Y = expect_parts(parts, "the inputs", "the targets")
            X, Y = expect_tensor(X), expect_tensor(Y)
            starts = torch.arange(0, max(T - L, 0), stride)
            want_X, want_Y = (_cut(ids, starts + shift, L) for shift in (0, 1))
            expect_equal(
                X,
                want_X,
                usual=[
                    (want_Y, "the inputs come first, then the targets"),
                    (want_X[:-1], "a window is missing at the end"),
                    (_cut(ids, torch.arange(0, max(T - L, 0), L), L), "the next begins at stride"),
                    (_cut(ids, torch.arange(max(T - L, 0)), L), "the next begins at stride"),
                    (_cut(ids, starts, L + 1), "an input has L ids, not L + 1"),
                    (want_X.float(), "ids are int64"),
                    (want_X.T, "the windows are the rows"),
                ],
                why="window i holds the ids from i * stride on; it needs L + 1 ids, and n may be 0",
            )
            expect_equal(
                Y,
                want_Y,
                usual=[
                    (want_X, "these are the inputs; a target is the id that comes next"),
                    (_cut(ids, (starts - 1) % max(T, 1), L), "these are the ids before"),
                    (want_Y[:, -1], "a window asks L questions; return the target of each place"),
                    (want_Y[:, -1:], "a window asks L questions; return the target of each place"),
                    (want_Y.float(), "ids are int64"),
                ],
                why="the target at a place is the id that comes next in ids",
            )


def _cut(ids: Tensor, starts: Tensor, L: int) -> Tensor:
    """Return L ids from each start on, those past the end taken from the start."""
    return ids[(starts[:, None] + torch.arange(L)) % max(len(ids), 1)]


@exercise("08.25b")
def batch_perplexity(answer: Any) -> None:
    """The exponential of the mean loss over all targets that are no padding."""
    generator = torch.Generator().manual_seed(25)
    for L, K, lengths, scale, dtype in [
        (5, 4, [5, 2, 0, 3], 1.0, torch.float32),
        (3, 6, [3, 3], 2.0, torch.float64),
        (1, 3, [1], 1.0, torch.float32),
        (4, 1, [4, 1], 1.0, torch.float32),
        (6, 5, [1, 6, 5], 1000.0, torch.float32),
        (4, 7, [0, 4, 1], 1.5, torch.float64),
    ]:
        N = len(lengths)
        scores = torch.randn(N, L, K, generator=generator, dtype=torch.float64)
        Y = torch.randint(K, (N, L), generator=generator)
        if scale > 100:  # the right score is nearly the largest
            best = scores.argmax(dim=2, keepdim=True)
            scores = (scores * scale).clamp(-scale, scale).scatter(2, best, scale)
            Y = scores.topk(2, dim=2).indices[..., 1]
            scores.scatter_(2, Y[..., None], scale - 0.5)
            scores[0, 0, Y[0, 0]] = scale - 110  # its chance is 0 in float32
        scores = scores.to(dtype)
        real = torch.arange(L) < torch.tensor(lengths)[:, None]
        Y = torch.where(real, Y, -1)
        with given(scores=scores, Y=Y):
            got = expect_tensor(call(answer, scores, Y))
            loss = F.cross_entropy(scores.mT, Y, ignore_index=-1, reduction="none")
            mean = loss[real].mean()
            rows = [loss[i, :n].mean() for i, n in enumerate(lengths) if n]
            by_row = torch.stack(rows)
            padded = F.cross_entropy(scores.mT, Y.clamp(min=0))
            last = F.cross_entropy(scores.mT, Y % K)
            usual = [
                (mean, "this is the mean loss; perplexity is its exponential"),
                (2**mean, "the loss is in natural logarithms; take exp of it, not a power of 2"),
                (by_row.mean().exp(), "a row counts as much as another here; count each target"),
                (
                    by_row.exp().mean(),
                    "this is a mean of the rows' perplexities; count each target",
                ),
                (loss[real].exp().mean(), "take the mean of the losses first, then exp"),
                (padded.exp(), "padding is counted as id 0; leave it out"),
                (last.exp(), "padding is counted as the last id; leave it out"),
                ((loss.sum() / (N * L)).exp(), "padding is counted in the mean; leave it out"),
                (loss.sum().exp(), "this is exp of the sum; take the mean over the real targets"),
                ((-mean).exp(), "the sign is turned round: perplexity is 1 or more"),
                (mean.exp()[None], "return a tensor of shape ()"),
            ]
            expect_equal(
                got,
                mean.exp(),
                usual=usual,
                why="the mean loss over all targets that are not -1, then exp",
            )
