"""Answers to the exercises of 08/27, a key-value cache."""

import torch
import torch.nn.functional as F
from torch.nn.attention.bias import causal_lower_right

from check_cases import NOT_NEGATIVE, WHOLE, Cases


def attend_with_cache(Q, K, V, K_kept, V_kept):
    K = torch.cat([K_kept, K], dim=2)
    V = torch.cat([V_kept, V], dim=2)
    scores = Q @ K.mT / Q.shape[3] ** 0.5
    allowed = torch.ones(Q.shape[2], K.shape[2], dtype=torch.bool).tril(K_kept.shape[2])
    scores = scores.masked_fill(~allowed, -torch.inf)
    return scores.softmax(dim=3) @ V, K, V


def by_library(Q, K, V, K_kept, V_kept):
    K = torch.cat([K_kept, K], dim=2)
    V = torch.cat([V_kept, V], dim=2)
    mask = causal_lower_right(Q.shape[2], K.shape[2])
    return F.scaled_dot_product_attention(Q, K, V, attn_mask=mask), K, V


def letter_by_letter(Q, K, V, K_kept, V_kept):
    found = []
    for i in range(Q.shape[2]):
        K_kept = torch.cat([K_kept, K[:, :, i : i + 1]], dim=2)
        V_kept = torch.cat([V_kept, V[:, :, i : i + 1]], dim=2)
        found.append(F.scaled_dot_product_attention(Q[:, :, i : i + 1], K_kept, V_kept))
    return torch.cat(found, dim=2), K_kept, V_kept


def wrong_mask(diagonal, size=None):
    def answer(Q, K, V, K_kept, V_kept):
        K = torch.cat([K_kept, K], dim=2)
        V = torch.cat([V_kept, V], dim=2)
        scores = Q @ K.mT / (size(Q) if size else Q.shape[3] ** 0.5)
        allowed = torch.ones(scores.shape[2:], dtype=torch.bool)
        allowed = allowed.tril(diagonal(K_kept.shape[2]))
        return scores.masked_fill(~allowed, -torch.inf).softmax(dim=3) @ V, K, V

    return answer


def is_causal(Q, K, V, K_kept, V_kept):
    K = torch.cat([K_kept, K], dim=2)
    V = torch.cat([V_kept, V], dim=2)
    return F.scaled_dot_product_attention(Q, K, V, is_causal=True), K, V


def masked_late(Q, K, V, K_kept, V_kept):
    K = torch.cat([K_kept, K], dim=2)
    V = torch.cat([V_kept, V], dim=2)
    weights = (Q @ K.mT / Q.shape[3] ** 0.5).softmax(dim=3)
    return weights.tril(K_kept.shape[2]) @ V, K, V


def new_alone(Q, K, V, K_kept, V_kept):
    found = F.scaled_dot_product_attention(Q, K, V, is_causal=True)
    return found, torch.cat([K_kept, K], dim=2), torch.cat([V_kept, V], dim=2)


def new_first(Q, K, V, K_kept, V_kept):
    return attend_with_cache(Q, K_kept, V_kept, K, V)


def turned_inside(Q, K, V, K_kept, V_kept):
    _, keys, values = attend_with_cache(Q, K, V, K_kept, V_kept)
    turned_K, turned_V = torch.cat([K, K_kept], dim=2), torch.cat([V, V_kept], dim=2)
    mask = causal_lower_right(Q.shape[2], keys.shape[2])
    found = F.scaled_dot_product_attention(Q, turned_K, turned_V, attn_mask=mask)
    return found, keys, values


def keeps_new_only(Q, K, V, K_kept, V_kept):
    return attend_with_cache(Q, K, V, K_kept, V_kept)[0], K, V


def keeps_old_only(Q, K, V, K_kept, V_kept):
    return attend_with_cache(Q, K, V, K_kept, V_kept)[0], K_kept, V_kept


def along_heads(Q, K, V, K_kept, V_kept):
    return Q, torch.cat([K_kept, K], dim=1), torch.cat([V_kept, V], dim=1)


def swapped(Q, K, V, K_kept, V_kept):
    found, keys, values = attend_with_cache(Q, K, V, K_kept, V_kept)
    return found, values, keys


def tokens_that_fit(free, num_texts, num_blocks, num_heads, num_kept, d, dtype):
    token = 2 * num_blocks * num_kept * (d // num_heads) * dtype.itemsize
    return free // (num_texts * token)


def step_by_step(free, num_texts, num_blocks, num_heads, num_kept, d, dtype):
    for share in [num_texts, 2, num_blocks, num_kept, d // num_heads, dtype.itemsize]:
        free //= share
    return free


def all_heads(free, num_texts, num_blocks, num_heads, num_kept, d, dtype):
    return tokens_that_fit(free, num_texts, num_blocks, num_heads, num_heads, d, dtype)


def size_of_a_group(free, num_texts, num_blocks, num_heads, num_kept, d, dtype):
    group = num_heads // num_kept
    return tokens_that_fit(free, num_texts, num_blocks, num_heads, group, d, dtype)


def keys_alone(free, num_texts, num_blocks, num_heads, num_kept, d, dtype):
    return tokens_that_fit(2 * free, num_texts, num_blocks, num_heads, num_kept, d, dtype)


def one_text(free, num_texts, num_blocks, num_heads, num_kept, d, dtype):
    return tokens_that_fit(free, 1, num_blocks, num_heads, num_kept, d, dtype)


def one_block(free, num_texts, num_blocks, num_heads, num_kept, d, dtype):
    return tokens_that_fit(free, num_texts, 1, num_heads, num_kept, d, dtype)


def in_numbers(free, num_texts, num_blocks, num_heads, num_kept, d, dtype):
    return tokens_that_fit(free, num_texts, num_blocks, num_heads, num_kept, d, torch.int8)


def wide_heads(free, num_texts, num_blocks, num_heads, num_kept, d, dtype):
    return tokens_that_fit(free, num_texts, num_blocks, 1, num_kept, d, dtype)


def in_all(*inputs):
    return tokens_that_fit(*inputs) * inputs[1]


def rounded_up(*inputs):
    return -tokens_that_fit(-inputs[0], *inputs[1:])


def by_float(free, num_texts, num_blocks, num_heads, num_kept, d, dtype):
    token = 2 * num_blocks * num_kept * (d // num_heads) * dtype.itemsize
    return int(free / (num_texts * token))


# What the notebook's own solution returns.
_FITTING = "room // (2 * rows * blocks * kept * (wide // heads) * kind.itemsize)"

CASES = {
    "08.27a": Cases(
        solution=attend_with_cache,
        also_right=[by_library, letter_by_letter],
        wrong=[
            (is_causal, "upper left corner"),
            (wrong_mask(lambda P: 0), "upper left corner"),
            (wrong_mask(lambda P: 99), "each other's future"),
            (wrong_mask(lambda P: P + 1), "one place too wide"),
            (wrong_mask(lambda P: P - 1), "look at itself"),
            (wrong_mask(lambda P: P, lambda Q: 1), "divide the scores by the root of d"),
            (wrong_mask(lambda P: P, lambda Q: Q.shape[3]), "not by d"),
            (masked_late, "before the softmax"),
            (new_alone, "look at the new letters alone"),
            (new_first, "the kept keys come first"),
            (turned_inside, "the kept keys come first, before the new"),
            (keeps_new_only, "these are the new keys alone"),
            (keeps_old_only, "these are the kept keys alone"),
            (along_heads, "your function raised"),
            (swapped, "first what was found"),
            (lambda *inputs: attend_with_cache(*inputs)[0], "return 3 values"),
        ],
    ),
    "08.27b": Cases(
        solution=tokens_that_fit,
        also_right=[step_by_step],
        wrong=[
            (all_heads, "not all"),
            (size_of_a_group, "how many heads share one"),
            (keys_alone, "keys and values are kept"),
            (one_text, "divide by num_texts"),
            (one_block, "each block has a cache"),
            (in_numbers, "itemsize"),
            (wide_heads, "not d"),
            (in_all, "for each text"),
            (rounded_up, "round down"),
            (by_float, "use //"),
            (lambda *inputs: float(tokens_that_fit(*inputs)), "int"),
        ],
        equivalent={
            "return abs(free // (num_texts * token))": NOT_NEGATIVE,
            "return int(free // (num_texts * token))": WHOLE,
            f"return abs({_FITTING})": NOT_NEGATIVE,
            f"return int({_FITTING})": WHOLE,
        },
    ),
}
