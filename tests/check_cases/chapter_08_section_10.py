"""Answers to the exercises of 08/10, convolutions over text."""

import torch
import torch.nn.functional as F

from check_cases import NOT_NEGATIVE, Cases


def max_inside(maps, lengths, k):
    starts = torch.arange(maps.shape[2])
    inside = starts + k <= lengths[:, None]
    kept = maps.masked_fill(~inside[:, None], -torch.inf)
    return kept.amax(dim=2).masked_fill((lengths < k)[:, None], 0)


def by_where(maps, lengths, k):
    ends = torch.arange(k, k + maps.size(-1))
    best = torch.where((ends <= lengths[:, None])[:, None, :], maps, -torch.inf).max(-1).values
    return torch.where(best.isinf(), torch.zeros_like(best), best)


def by_nan_to_num(maps, lengths, k):
    outside = torch.arange(maps.shape[2])[None, None] > (lengths - k)[:, None, None]
    kept = maps.clone()
    kept[outside.expand_as(maps)] = float("-inf")
    return torch.nan_to_num(kept.amax(2), neginf=0.0)


def all_windows(maps, lengths, k):
    return maps.amax(dim=2)


def starts_inside(maps, lengths, k):
    return max_inside(maps, lengths + k - 1, k)


def last_missing(maps, lengths, k):
    return max_inside(maps, lengths - 1, k)


def infinite(maps, lengths, k):
    inside = torch.arange(maps.shape[2]) + k <= lengths[:, None]
    return maps.masked_fill(~inside[:, None], -torch.inf).amax(dim=2)


def times_mask(maps, lengths, k):
    inside = torch.arange(maps.shape[2]) + k <= lengths[:, None]
    return (maps * inside[:, None]).amax(dim=2)


def in_place(maps, lengths, k):
    outside = torch.arange(maps.shape[2]) + k > lengths[:, None]
    maps.masked_fill_(outside[:, None], -torch.inf)
    return maps.amax(dim=2).masked_fill((lengths < k)[:, None], 0)


def by_loop(maps, lengths, k):
    best = torch.zeros(maps.shape[:2], dtype=maps.dtype)
    for i, length in enumerate(lengths.tolist()):
        if length >= k:
            best[i] = maps[i, :, : length - k + 1].amax(dim=1)
    return best


def mask_unsqueezed_wrong(maps, lengths, k):
    inside = torch.arange(maps.shape[2]) + k <= lengths
    return maps.masked_fill(~inside, -torch.inf).amax(dim=2)


def count_piece(ids, piece):
    windows = ids.unfold(1, len(piece), 1)
    return (windows == piece).all(dim=2).sum(dim=1)


def by_convolution(ids, piece):
    num_ids = max(ids.max().item(), piece.max().item()) + 1
    rows = F.one_hot(ids, num_ids).mT.float()
    weight = F.one_hot(piece, num_ids).T[None].float()
    return (F.conv1d(rows, weight)[:, 0] == len(piece)).sum(dim=1)


def by_prod(ids, piece):
    return ids.unfold(1, piece.shape[0], 1).eq(piece).long().prod(-1).sum(-1)


def letters_that_agree(ids, piece):
    return (ids.unfold(1, len(piece), 1) == piece).sum(dim=(1, 2))


def any_letter(ids, piece):
    return (ids.unfold(1, len(piece), 1) == piece).any(dim=2).sum(dim=1)


def whether(ids, piece):
    return (ids.unfold(1, len(piece), 1) == piece).all(dim=2).any(dim=1)


def side_by_side(ids, piece):
    return (ids.unfold(1, len(piece), len(piece)) == piece).all(dim=2).sum(dim=1)


def same_sum(ids, piece):
    return (ids.unfold(1, len(piece), 1).sum(dim=2) == piece.sum()).sum(dim=1)


def piece_by_loop(ids, piece):
    found = torch.zeros(len(ids), dtype=torch.int64)
    for start in range(ids.shape[1] - len(piece) + 1):
        found += (ids[:, start : start + len(piece)] == piece).all(dim=1)
    return found


CASES = {
    "08.10a": Cases(
        solution=max_inside,
        also_right=[by_where, by_nan_to_num],
        wrong=[
            (all_windows, "leave out those outside"),
            (starts_inside, "start inside the word and end outside"),
            (last_missing, "the word's last one"),
            (infinite, "gets 0, not -inf"),
            (times_mask, "no 0 for windows outside"),
            (in_place, "changed its input"),
            (by_loop, "has a loop"),
            (mask_unsqueezed_wrong, "your function raised"),
            (lambda maps, lengths, k: max_inside(maps, lengths, k).relu(), "ReLU"),
            (lambda maps, lengths, k: max_inside(maps, lengths, k).mT, "the shape N×F"),
            (lambda maps, lengths, k: max_inside(maps, lengths + 1, k), "one window too many"),
        ],
    ),
    "08.10b": Cases(
        solution=count_piece,
        also_right=[by_convolution, by_prod],
        wrong=[
            (letters_that_agree, "letters that agree"),
            (any_letter, "one letter that agrees is not enough"),
            (whether, "return how often"),
            (side_by_side, "move on by one letter"),
            (same_sum, "the same sum"),
            (piece_by_loop, "has a loop"),
            (lambda ids, piece: count_piece(ids, piece).float(), "counts are int64"),
            (lambda ids, piece: count_piece(ids, piece).sum(), "one number for each"),
            (lambda ids, piece: count_piece(ids, piece.flip(0)), "turned around"),
            (lambda ids, piece: count_piece(ids, piece).clamp(max=1), "twice counts twice"),
        ],
        equivalent={
            "return abs((windows == piece).all(dim=2).sum(dim=1))": NOT_NEGATIVE,
            "return abs((rows.unfold(1, len(wanted), 1) == wanted).all(dim=2).sum(dim=1))": (
                NOT_NEGATIVE
            ),
        },
    ),
}
