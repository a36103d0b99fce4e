"""Checks of 08/27, a key-value cache."""

from typing import Any

import torch
from torch import Tensor

from d2lutils.checks import call, exercise, expect_equal, expect_parts, expect_tensor, given
from d2lutils.checks.expecting import expect_type


def _attend(Q: Tensor, K: Tensor, V: Tensor, diagonal: int, size: float | None = None) -> Tensor:
    """Attention by hand; a query sees the keys up to `diagonal` places after its own row."""
    scores = Q @ K.mT / (Q.shape[3] ** 0.5 if size is None else size)
    allowed = torch.ones(scores.shape[2:], dtype=torch.bool).tril(diagonal)
    return scores.masked_fill(~allowed, -torch.inf).softmax(dim=3) @ V


@exercise("08.27a")
def attend_with_cache(answer: Any) -> None:
    """The new queries look at kept keys and new ones, none of them at what comes later."""
    g = torch.Generator().manual_seed(27)
    for N, H, L, P, d in [
        (1, 2, 1, 4, 4),
        (2, 3, 4, 5, 6),
        (2, 2, 3, 0, 4),
        (1, 1, 1, 0, 1),
        (3, 4, 5, 2, 2),
        (1, 2, 1, 1, 3),
    ]:

        def normal(length: int, shape: tuple[int, int, int] = (N, H, d)) -> Tensor:
            # Not contiguous, as the heads of a projection are.
            N, H, d = shape
            drawn = torch.randn(N, length, H, d, generator=g, dtype=torch.float64)
            return drawn.transpose(1, 2)

        Q, K, V = normal(L), normal(L), normal(L)
        K_kept, V_kept = normal(P), normal(P)
        shapes = f"Q, K and V of shape {(N, H, L, d)}, K_kept and V_kept of {(N, H, P, d)}"
        with given(shapes):
            parts = call(answer, Q, K, V, K_kept, V_kept)
            found, keys, values = expect_parts(parts, "what was found", "the keys", "the values")
            all_K, all_V = torch.cat([K_kept, K], dim=2), torch.cat([V_kept, V], dim=2)
            for name, got, want, new, old, other in [
                ("keys", keys, all_K, K, K_kept, all_V),
                ("values", values, all_V, V, V_kept, all_K),
            ]:
                expect_equal(
                    expect_tensor(got),
                    want,
                    usual=[
                        (new, f"these are the new {name} alone; the kept ones stand before them"),
                        (old, f"these are the kept {name} alone; put the new ones behind them"),
                        (torch.cat([new, old], dim=2), f"the kept {name} come first"),
                        (other, "first what was found, then the keys, then the values"),
                    ],
                    why=f"the kept {name} come first, then the new ones, along dimension 2",
                )
            turned_K, turned_V = torch.cat([K, K_kept], dim=2), torch.cat([V, V_kept], dim=2)
            expect_equal(
                expect_tensor(found),
                _attend(Q, all_K, all_V, P),
                usual=[
                    (
                        _attend(Q, all_K, all_V, 0),
                        "the mask starts from the upper left corner; the last query sees all keys",
                    ),
                    (
                        _attend(Q, all_K, all_V, P + L),
                        "the new letters see each other's future; set the mask",
                    ),
                    (_attend(Q, all_K, all_V, P + 1), "the mask is one place too wide"),
                    (_attend(Q, all_K, all_V, P - 1), "a letter may look at itself, too"),
                    (
                        _attend(Q, K, V, 0),
                        "these look at the new letters alone; the kept ones are keys as well",
                    ),
                    (
                        _attend(Q, turned_K, turned_V, P),
                        "the kept keys come first, before the new ones",
                    ),
                    (
                        (Q @ all_K.mT / d**0.5).softmax(dim=3).tril(P) @ all_V,
                        "mask the scores before the softmax, with minus infinity",
                    ),
                    (_attend(Q, all_K, all_V, P, 1.0), "divide the scores by the root of d"),
                    (_attend(Q, all_K, all_V, P, d), "divide by the root of d, not by d"),
                ],
                why="new letter i may look at all P kept letters, and at the new ones up to itself",
            )


@exercise("08.27b")
def tokens_that_fit(answer: Any) -> None:
    """The memory over what one token takes in all texts, rounded down."""
    for free, texts, blocks, heads, kept, d, dtype in [
        (10_003_000, 3, 5, 6, 2, 96, torch.float32),
        (8_000_000_000, 1, 30, 32, 32, 4096, torch.float16),
        (5_119, 1, 1, 8, 2, 160, torch.float64),
        (1_000_003, 7, 5, 6, 3, 30, torch.int8),
        (16_000_000_000, 4, 80, 64, 8, 8192, torch.bfloat16),
        (63, 1, 1, 1, 1, 16, torch.float16),
        (64, 1, 1, 1, 1, 16, torch.float16),
        (0, 2, 3, 4, 1, 8, torch.float32),
        (2**60 + 2**30 - 1, 1, 1, 1, 1, 1, torch.int8),
    ]:
        with given(
            free=free,
            num_texts=texts,
            num_blocks=blocks,
            num_heads=heads,
            num_kept=kept,
            d=d,
            dtype=dtype,
        ):
            got = expect_type(call(answer, free, texts, blocks, heads, kept, d, dtype), int)
            token = texts * blocks * 2 * kept * (d // heads) * dtype.itemsize
            expect_equal(
                got,
                free // token,
                usual=[
                    (free * kept // (token * heads), "only num_kept heads are kept, not all"),
                    (
                        free // (token // kept * (heads // kept)),
                        "this is how many heads share one; num_kept heads are kept",
                    ),
                    (free * 2 // token, "keys and values are kept: two numbers in place of one"),
                    (free * texts // token, "the texts share the memory; divide by num_texts"),
                    (free * blocks // token, "each block has a cache of its own"),
                    (free * dtype.itemsize // token, "a number takes dtype.itemsize bytes"),
                    (free // (token * heads), "a head has d / num_heads numbers, not d"),
                    (free // token * texts, "return how many tokens fit for each text"),
                    (int(free / token), "a float does not hold such a large number; use //"),
                    (-(-free // token), "round down: a part of a token cannot be kept"),
                ],
                why="divide free by the bytes that one token takes in all texts, and round down",
            )
