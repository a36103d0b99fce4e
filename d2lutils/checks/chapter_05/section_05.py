"""Checks of 05/05, classification losses."""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.watching import Operations, function_of, nested

_LOSSES = {
    "cross_entropy", "log_softmax", "logsumexp", "nll_loss", "log_softmax_int", "logaddexp",
    "binary_cross_entropy_with_logits", "cross_entropy_loss", "LogSoftmax", "softplus",
    "special_log_softmax", "special_logsumexp", "logcumsumexp",
}  # fmt: skip


@exercise("05.5a")
def row_costs(answer: Any) -> None:
    """Cross-entropy of each row, from scores, where the naive formula overflows too."""
    for rows, right in [
        ([[3.0, -0.5, 0.25], [0.0, 1.0, -2.0]], [2, 1]),
        ([[0.5, 0.5], [-1.5, 2.0], [4.0, 4.5]], [1, 0, 1]),
        ([[-3.0, 2.0, 0.5, 1.0]], [0]),
        ([[2.5], [-4.0]], [0, 0]),
        ([[1000.0, 1001.0], [0.25, 0.0]], [0, 1]),
        ([[-1000.0, -1001.0, -999.5], [-1002.0, -1000.0, -1000.5]], [1, 1]),
        ([[1000.0, 1001.0], [-1000.0, -1001.0], [0.25, 0.0]], [0, 1, 0]),
        ([[0.0, 720.0, 1.0]], [0]),  # exp(720) is inf, and exp(-720) is not 0
        ([[0.0, 1500.0, 0.0], [1000.0, -1000.0, 3.0]], [0, 1]),
    ]:
        # In float64, for 1000 + 0.3 - 1001 is right too, and has three digits in float32.
        scores, y = torch.tensor(rows, dtype=torch.float64), torch.tensor(right)
        want = F.cross_entropy(scores, y, reduction="none")
        naive = -scores.softmax(dim=1).log()[torch.arange(len(y)), y]
        raw = scores.exp().sum(dim=1).log() - scores[torch.arange(len(y)), y]
        top = scores.max()
        whole = (scores - top).exp().sum(dim=1).log() + top - scores[torch.arange(len(y)), y]
        lowered = (scores - scores.gather(1, y[:, None])).exp().sum(dim=1).log()
        with given(scores=scores, y=y):
            watched = Operations()
            got = expect_tensor(call(answer, scores, y, inside=watched))
            if used := sorted(_LOSSES & set(watched.names)):
                raise Wrong(f"this calls {used[0]}; write it with exp, sum and log")
            if got.shape == (len(y), 1) or got.shape == (len(y), len(y)) != want.shape:
                raise Wrong(
                    f"expected shape {tuple(want.shape)}, got {tuple(got.shape)}; "
                    "one of the two terms is a column: give both the shape (n,)"
                )
            if got.dtype == torch.float32:
                got = got.double()  # filled into new float32 tensors: right as well
            stopped = (got > 0) & (got < 500) if got.shape == want.shape else want < 0
            if bool((want > 700).all()) and bool(stopped.all()):
                raise Wrong(
                    f"costs {want.tolist()} have become {got.tolist()}: a small number added to "
                    "p, or a clamp, hides how wrong a score is; take the logarithm on paper first"
                )
            expect_equal(
                got,
                want,
                usual=[
                    (want.mean(), "this is the mean; return what each row costs"),
                    (want.sum(), "this is the sum; return what each row costs"),
                    (-want, "the sign is wrong: minus the logarithm of a probability is positive"),
                    (torch.exp(-want), "these are probabilities; take minus their logarithm"),
                    (naive, "the softmax has rounded to 0, and its logarithm is -inf: put the "
                            "softmax into the logarithm on paper first"),
                    (lowered, "exp is inf here: lower each row by its highest score, not by that "
                              "of the right class"),
                    (raw, "exp is inf or 0 here: lower each row by its highest score first"),
                    (whole, "you lower all rows by one number; lower each by its own highest"),
                    (_own(scores), "this lowers each row, but the score of the right class has to "
                                   "be the one of `y`, not the highest"),
                ],
                why="the log-sum-exp of a row, minus the score of its right class",
            )  # fmt: skip


def _own(scores: Tensor) -> Tensor:
    """Return what each row costs if its highest score were the one of the right class."""
    return scores.logsumexp(dim=1) - scores.amax(dim=1)


_AUTOGRAD = {
    "autograd", "backward", "grad", "requires_grad", "requires_grad_", "vjp", "jvp", "jacrev",
    "jacfwd",
}  # fmt: skip


def _names(answer: Any) -> set[str]:
    """Return the names of all that a function of the reader's refers to."""
    function = function_of(answer)
    codes = nested(function.__code__) if function else ()
    return {name for code in codes for name in code.co_names}


@exercise("05.5b")
def brier_slopes(answer: Any) -> None:
    """Slope of the mean squared error of a probability with respect to each score."""
    for numbers, truth in [
        ([0.5, -1.5, 2.0], [1.0, 0.0, 0.0]),
        ([-0.25], [1.0]),
        ([1.0, -3.0, 0.75, -0.5], [0.0, 1.0, 1.0, 0.0]),
        ([0.0, 0.0], [1.0, 0.0]),
        ([-2.0, 20.0, -100.0, 100.0, 1.25], [1.0, 0.0, 1.0, 0.0, 1.0]),
        ([0.5, -0.5], [0.25, 0.5]),
    ]:
        scores, y = torch.tensor(numbers), torch.tensor(truth)
        p = scores.sigmoid()
        want = 2 * (p - y) * p * (1 - p) / len(y)
        q = scores.exp() / (1 + scores.exp())
        with given(scores=scores, y=y):
            got = expect_tensor(call(answer, scores, y))
            if used := sorted(_AUTOGRAD & _names(answer)):
                raise Wrong(f"this uses {used[0]}; find the slope on paper, without autograd")
            expect_equal(
                got,
                want,
                usual=[
                    (want * len(y), "this is the slope of the sum; the loss is a mean over n"),
                    (want / 2, "the slope of a square has a factor of 2"),
                    (want * len(y) / 2, "the square gives a factor of 2, the mean a factor 1 / n"),
                    (-want, "the sign is wrong: the slope of (p - y)² has (p - y), not (y - p)"),
                    ((p - y) / len(y), "this is the slope of cross-entropy; here a square is "
                                       "differentiated, and the sigmoid's slope stays"),
                    (2 * (p - y) / len(y), "this is the slope with respect to p; multiply by that "
                                           "of the sigmoid, p (1 - p)"),
                    (p * (1 - p) / len(y), "this is the sigmoid's slope alone; the square has one"),
                    (2 * (scores - y) / len(y), "this compares scores with the truth; the loss "
                                                "compares probabilities"),
                    ((p - y) ** 2, "these are the costs; their slopes are asked for"),
                    (((p - y) ** 2).mean(), "this is the loss; its slopes are asked for"),
                    (want.sum(), "this adds the slopes up; return one for each score"),
                    (want.mean(), "this is the mean of the slopes; return one for each score"),
                    (2 * (p - y) * scores * (1 - scores) / len(y), "the sigmoid's slope p (1 - p) "
                     "takes the probability, not the score"),
                    (2 * (q - y) * q * (1 - q) / len(y), "exp is inf here, and inf / inf is nan: "
                                                         "use torch.sigmoid"),
                ],
                why="the square's slope times the sigmoid's, divided by n",
            )  # fmt: skip
