"""Answers to the exercises of 03/08, batches of text."""

import torch
from torch.nn.utils.rnn import pad_sequence

from check_cases import NOT_NEGATIVE, Cases


def pad_left(rows, pad):
    width = max(map(len, rows))
    ids = torch.tensor([[pad] * (width - len(row)) + row for row in rows])
    mask = [[False] * (width - len(row)) + [True] * len(row) for row in rows]
    return ids, torch.tensor(mask)


def pad_with_the_library(rows, pad):
    rows = [torch.tensor(row, dtype=torch.int64) for row in rows]
    lengths = torch.tensor([len(row) for row in rows])
    ids = pad_sequence(rows, batch_first=True, padding_value=pad, padding_side="left")
    return ids, torch.arange(ids.shape[1]) >= ids.shape[1] - lengths[:, None]


def three_at_most(rows, pad):
    width = max(map(len, rows))
    return torch.tensor([([pad] * 3 + row)[-width:] for row in rows]), pad_left(rows, pad)[1]


def from_minus_the_length(rows, pad):
    _, mask = pad_left(rows, pad)
    ids = torch.full(mask.shape, pad)
    for into, row in zip(ids, rows, strict=True):
        into[-len(row) :] = torch.tensor(row or [0])
    return ids, mask


def flipped_twice(rows, pad):
    backwards = [torch.tensor(row[::-1], dtype=torch.int64) for row in rows]
    ids = pad_sequence(backwards, batch_first=True, padding_value=pad)
    real = torch.arange(ids.shape[1]) < torch.tensor([len(row) for row in rows])[:, None]
    return ids.flip(1), real.flip(1)


def pad_right(rows, pad):
    width = max(map(len, rows))
    ids = torch.tensor([row + [pad] * (width - len(row)) for row in rows])
    return ids, pad_left(rows, pad)[1]


def mask_of_the_right(rows, pad):
    ids, mask = pad_left(rows, pad)
    return ids, mask.flip(1)


def mask_from_ids(rows, pad):
    ids, _ = pad_left(rows, pad)
    return ids, ids != pad


def mean(x, mask):
    total = torch.where(mask.unsqueeze(2), x, 0.0).sum(dim=1)
    return total / mask.sum(dim=1).clamp(min=1).unsqueeze(1)


def mean_row_by_row(x, mask):
    rows = zip(x, mask, strict=True)
    return torch.stack([v[m].sum(dim=0) / max(int(m.sum()), 1) for v, m in rows])


def no_clamp(x, mask):
    return x.masked_fill(~mask[:, :, None], 0).sum(dim=1) / mask.sum(dim=1, keepdim=True)


def multiplied(x, mask):
    return (x * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1)


def one_more(x, mask):
    total = x.masked_fill(~mask[:, :, None], 0).sum(dim=1)
    return total / (mask.sum(dim=1, keepdim=True) + 1)


def by_zero_vectors(x, mask):
    return x.masked_fill(~mask[:, :, None], torch.nan).nanmean(dim=1)


def first_ones(x, mask):
    counts = mask.sum(dim=1).tolist()
    return torch.stack([v[:n].sum(dim=0) / max(n, 1) for v, n in zip(x, counts, strict=True)])


def through_a_view(x, mask):
    tokens = x.view(-1, x.shape[2]).masked_fill(~mask.view(-1, 1), 0).view(x.shape)
    return tokens.sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1)


def by_product(x, mask):
    real = torch.where(mask[..., None], x, 0)
    return torch.einsum("rtv->rv", real) / mask.sum(dim=1).clamp(min=1)[:, None]


def divided_by_length(x, mask):
    return x.masked_fill(~mask[:, :, None], 0).sum(dim=1) / x.shape[1]


def without_signs(rows, pad):
    ids, mask = pad_left(rows, pad)
    return ids.abs(), mask


def reversed_rows(rows, pad):
    ids, mask = pad_left([row[::-1] for row in rows], pad)
    return ids, mask


def one_too_wide(rows, pad):
    return [torch.nn.functional.pad(part, (1, 0)) for part in pad_left(rows, pad)]


def sum_of_all(x, mask):
    return x.sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1)


def softmax(scores, mask):
    hidden = scores.masked_fill(~mask, -torch.inf)
    return hidden.softmax(dim=1).masked_fill(~mask, 0)


def softmax_of_each_row(scores, mask):
    out = torch.zeros_like(scores)
    for into, row, real in zip(out, scores, mask, strict=True):
        into[real] = row[real].softmax(dim=0)
    return out


def very_low(scores, mask):
    low = torch.finfo(scores.dtype).min
    return torch.where(mask, scores, low).softmax(dim=1).masked_fill(~mask, 0)


def no_cure(scores, mask):
    return scores.masked_fill(~mask, -torch.inf).softmax(dim=1)


def multiplied_before(scores, mask):
    return (scores * mask).softmax(dim=1)


def multiplied_after(scores, mask):
    return scores.softmax(dim=1) * mask


def zero_scores(scores, mask):
    return scores.masked_fill(~mask, 0).softmax(dim=1).masked_fill(~mask, 0)


def added_infinity(scores, mask):
    hidden = scores + torch.where(mask, 0.0, -torch.inf)
    return hidden.softmax(dim=1).masked_fill(~mask, 0)


def powers_by_hand(scores, mask):
    powers = scores.masked_fill(~mask, -torch.inf).exp()
    return powers / powers.sum(dim=1, keepdim=True).clamp(min=1e-9)


def uniform_where_empty(scores, mask):
    weights = no_cure(scores, mask)
    return torch.where(weights.isnan(), 1 / scores.shape[1], weights)


def filled_with(fill):
    def weigh(scores, mask):
        return scores.masked_fill(~mask, fill).softmax(dim=1).masked_fill(~mask, 0)

    return weigh


def filled_and_scaled(scores, mask):
    weights = scores.masked_fill(~mask, 0).softmax(dim=1).masked_fill(~mask, 0)
    return weights / weights.sum(dim=1, keepdim=True).clamp(min=1e-9)


def clamped_powers(scores, mask):
    powers = scores.clamp(max=80).exp().masked_fill(~mask, 0)
    return powers / powers.sum(dim=1, keepdim=True).clamp(min=1e-9)


def powers_in_float64(scores, mask):
    powers = scores.double().masked_fill(~mask, -torch.inf).exp()
    return (powers / powers.sum(dim=1, keepdim=True).clamp(min=1e-300)).to(scores.dtype)


def from_the_greatest(scores, mask):
    hidden = scores.masked_fill(~mask, -torch.inf)
    powers = (hidden - hidden.amax(dim=1, keepdim=True)).exp().masked_fill(~mask, 0)
    return powers / powers.sum(dim=1, keepdim=True).clamp(min=1)


def by_logarithms(scores, mask):
    hidden = scores.masked_fill(~mask, -torch.inf)
    return (hidden - hidden.logsumexp(dim=1, keepdim=True)).exp().masked_fill(~mask, 0)


CASES = {
    "03.8b": Cases(
        solution=pad_left,
        also_right=[pad_with_the_library, flipped_twice],
        wrong=[
            (pad_right, "padded on the right"),
            (mask_of_the_right, "mask of padding on the right"),
            (mask_from_ids, "from the lengths"),
            (lambda rows, pad: pad_left(rows, 0), "fill with `pad`"),
            (lambda rows, pad: pad_left(rows, pad)[0], "ids and mask; got a tensor"),
            (lambda rows, pad: (pad_left(rows, pad)[0], ~pad_left(rows, pad)[1]), "wrong way"),
            (lambda rows, pad: (pad_left(rows, pad)[0].T, pad_left(rows, pad)[1]), "each row"),
            (three_at_most, "expected sequence of length"),
            (
                lambda rows, pad: (pad_left(rows, pad)[0].int().long(), pad_left(rows, pad)[1]),
                "row i ends",
            ),
            (from_minus_the_length, "row i ends"),
            (reversed_rows, "row i ends with the ids of list i"),
            (
                lambda rows, pad: pad_left([row for row in rows if row], pad),
                "expected shape (3, 2)",
            ),
            (lambda rows, pad: (pad_left(rows, pad)[0].float(), pad_left(rows, pad)[1]), "dtype"),
            (lambda rows, pad: (pad_left(rows, pad)[0], pad_left(rows, pad)[1].long()), "the mask"),
            (lambda rows, pad: pad_left(rows, pad)[::-1], "the ids: expected dtype torch.int64"),
            (without_signs, "row i ends with the ids of list i"),
            (one_too_wide, "expected shape"),
        ],
        equivalent={
            "out[i, start:] = torch.tensor(row)": "whole numbers make int64, and no number fits",
        },
    ),
    "03.8c": Cases(
        solution=mean,
        also_right=[mean_row_by_row, by_product],
        wrong=[
            (lambda x, mask: x.mean(dim=1), "mean over all positions"),
            (lambda x, mask: mean(x, mask)[:, None], "shape"),
            (no_clamp, "0 / 0 is nan"),
            (lambda x, mask: mean(x, mask) * mask.sum(1, True) / mask.sum(1), "a column, N×1"),
            (lambda x, mask: mean(x, ~mask), "you keep padding"),
            (multiplied, "nan * 0 is nan"),
            (sum_of_all, "numbers from padding"),
            (lambda x, mask: x[mask].mean(dim=0).expand(len(x), -1), "one mean over the whole"),
            (lambda x, mask: mean(x, mask) * mask.sum(1, keepdim=True), "this is the sum"),
            (lambda x, mask: mean(x.nan_to_num(), mask), "nan or inf is no gap"),
            (lambda x, mask: mean(x, mask).abs(), "sum the vectors of real tokens"),
            (lambda x, mask: mean(x, mask).floor(), "sum the vectors of real tokens"),
            (lambda x, mask: mean(x, mask).float(), "expected dtype torch.float64"),
            (lambda x, mask: no_clamp(x, mask).nan_to_num(0), "`clamp` the count instead"),
            (one_more, "adding 1 to the count"),
            (by_zero_vectors, "0 / 0 is nan"),
            (lambda x, mask: by_zero_vectors(x, mask).nan_to_num(0.0), "sum the vectors"),
            (first_ones, "sum the vectors of real tokens"),
            (through_a_view, "is not contiguous"),
            (divided_by_length, "mean over all positions"),
        ],
    ),
    "03.8d": Cases(
        solution=softmax,
        also_right=[softmax_of_each_row, very_low, from_the_greatest, by_logarithms],
        wrong=[
            (no_cure, "0 / 0 is nan"),
            (lambda scores, mask: scores.softmax(dim=1), "a score of 0 is no weight"),
            (multiplied_before, "its score must be -inf"),
            (multiplied_after, "no longer add up to 1"),
            (zero_scores, "padding takes weight away"),
            (added_infinity, "fill padding before the softmax"),
            (filled_with(-30.0), "fill with -inf"),
            (filled_with(-1000.0), "fill with -inf"),
            (filled_and_scaled, "fill with -inf"),
            (clamped_powers, "and 0 elsewhere"),
            (powers_in_float64, "take no power of large scores"),
            (powers_by_hand, "take no power of large scores"),
            (uniform_where_empty, "and 0 elsewhere"),
            (lambda scores, mask: softmax(scores, ~mask), "you keep padding"),
            (lambda scores, mask: softmax(scores.T, mask.T).T, "over each row, dim=1"),
            (lambda scores, mask: softmax(scores, mask).float(), "expected dtype torch.float64"),
            (lambda scores, mask: softmax(scores, mask)[mask], "expected shape"),
            (lambda scores, mask: softmax(scores.nan_to_num(), mask).nan_to_num(1.0) * 2, "real"),
        ],
        equivalent={
            "return abs(hidden.softmax(dim=1).masked_fill(~mask, 0))": NOT_NEGATIVE,
            "return abs(hidden.softmax(dim=1).masked_fill(~real, 0.0))": NOT_NEGATIVE,
        },
    ),
}
