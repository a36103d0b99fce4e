"""Answers to the exercises of 08/25, a small language model."""

import torch
import torch.nn.functional as F

from check_cases import COMMUTES, NOT_NEGATIVE, Cases


def questions(ids, L, stride):
    starts = torch.arange(0, max(len(ids) - L, 0), stride)
    places = starts[:, None] + torch.arange(L)
    return ids[places], ids[places + 1]


def by_unfold(ids, L, stride):
    if len(ids) <= L:
        return ids.new_zeros(0, L), ids.new_zeros(0, L)
    windows = ids.unfold(0, L + 1, stride)
    return windows[:, :-1], windows[:, 1:]


def by_loop(ids, L, stride):
    X, Y = [], []
    start = 0
    while start + L + 1 <= len(ids):
        X.append(ids[start : start + L])
        Y.append(ids[start + 1 : start + L + 1])
        start += stride
    if not X:
        return ids.new_zeros(0, L), ids.new_zeros(0, L)
    return torch.stack(X), torch.stack(Y)


def no_shift(ids, L, stride):
    X, _ = questions(ids, L, stride)
    return X, X


def swapped(ids, L, stride):
    return questions(ids, L, stride)[::-1]


def side_by_side(ids, L, stride):
    return questions(ids, L, L)


def last_target_only(ids, L, stride):
    X, Y = questions(ids, L, stride)
    return X, Y[:, -1]


def one_missing(ids, L, stride):
    X, Y = questions(ids, L, stride)
    return X[:-1], Y[:-1]


def inputs_too_long(ids, L, stride):
    windows = ids.unfold(0, L + 1, stride)
    return windows, windows[:, 1:]


def too_short_raises(ids, L, stride):
    windows = ids.unfold(0, L + 1, stride)
    return windows[:, :-1], windows[:, 1:]


def batch_perplexity(scores, Y):
    loss = F.cross_entropy(scores.flatten(0, 1), Y.flatten(), ignore_index=-1)
    return loss.exp()


def by_mask(scores, Y):
    real = Y >= 0
    logs = scores.log_softmax(dim=2)[real]
    return (-logs.gather(1, Y[real][:, None]).mean()).exp()


def not_exponential(scores, Y):
    return F.cross_entropy(scores.mT, Y, ignore_index=-1)


def power_of_two(scores, Y):
    return 2 ** F.cross_entropy(scores.mT, Y, ignore_index=-1)


def mean_of_rows(scores, Y):
    rows = [F.cross_entropy(scores[i], Y[i], ignore_index=-1) for i in range(len(Y))]
    return torch.stack(rows).nanmean().exp()


def rows_perplexities(scores, Y):
    rows = [F.cross_entropy(scores[i], Y[i], ignore_index=-1) for i in range(len(Y))]
    return torch.stack(rows).exp().nanmean()


def padding_as_zero(scores, Y):
    return F.cross_entropy(scores.mT, Y.clamp(min=0)).exp()


def padding_in_mean(scores, Y):
    return F.cross_entropy(scores.mT, Y, ignore_index=-1, reduction="none").mean().exp()


def exponential_first(scores, Y):
    loss = F.cross_entropy(scores.mT, Y, ignore_index=-1, reduction="none")
    return loss[Y >= 0].exp().mean()


def of_the_sum(scores, Y):
    return F.cross_entropy(scores.mT, Y, ignore_index=-1, reduction="sum").exp()


def softmax_then_log(scores, Y):
    real = Y >= 0
    shares = scores.exp() / scores.exp().sum(dim=2, keepdim=True)
    return (-shares[real].gather(1, Y[real][:, None]).log().mean()).exp()


def softmax_of_torch(scores, Y):
    real = Y >= 0
    right = scores.softmax(dim=2)[real].gather(1, Y[real][:, None])
    return (-right.log().mean()).exp()


def clamped(scores, Y):
    logs = scores.softmax(dim=2).clamp(min=1e-9).log()
    return F.nll_loss(logs.mT, Y, ignore_index=-1).exp()


def no_window_is_flat(ids, L, stride):
    return questions(ids, L, stride) if len(ids) > L else (ids[:0], ids[:0])


CASES = {
    "08.25a": Cases(
        solution=questions,
        also_right=[by_unfold, by_loop],
        wrong=[
            (no_shift, "these are the inputs"),
            (swapped, "inputs come first"),
            (side_by_side, "begins at stride"),
            (last_target_only, "asks L questions"),
            (one_missing, "missing at the end"),
            (inputs_too_long, "not L + 1"),
            (too_short_raises, "your function raised"),
            (no_window_is_flat, "n may be 0"),
            (lambda ids, L, stride: questions(ids, L, 1), "begins at stride"),
            (lambda ids, L, stride: questions(ids, L, stride)[0], "return 2 values"),
            (
                lambda ids, L, stride: [part.float() for part in questions(ids, L, stride)],
                "int64",
            ),
        ],
        equivalent={
            "starts = torch.arange(0, max(0, len(ids) - L), stride)": COMMUTES,
            "return (abs(ids[places]), ids[places + 1])": NOT_NEGATIVE,
            "return (ids[places], abs(ids[places + 1]))": NOT_NEGATIVE,
        },
    ),
    "08.25b": Cases(
        solution=batch_perplexity,
        also_right=[by_mask],
        wrong=[
            (not_exponential, "this is the mean loss"),
            (power_of_two, "not a power of 2"),
            (mean_of_rows, "count each target"),
            (rows_perplexities, "count each target"),
            (padding_as_zero, "as id 0"),
            (padding_in_mean, "counted in the mean"),
            (exponential_first, "first, then exp"),
            (of_the_sum, "exp of the sum"),
            (softmax_then_log, "nan"),
            (softmax_of_torch, "inf"),
            (clamped, "the mean loss over all targets"),
            (lambda scores, Y: batch_perplexity(scores, Y).item(), "Tensor"),
            (lambda scores, Y: 1 / batch_perplexity(scores, Y), "1 or more"),
        ],
        equivalent={"return abs(loss.exp())": NOT_NEGATIVE},
    ),
}
