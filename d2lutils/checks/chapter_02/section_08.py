"""Checks of 02/08, the tensor API."""

from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from d2lutils.checks import (
    Wrong,
    call,
    difference,
    exercise,
    expect_equal,
    expect_tensor,
    given,
    same_storage,
)


@exercise("02.8c")
def shares(answer: Any) -> None:
    """The elements divided by their sums along one dimension."""
    square = torch.tensor([[2.0, 4.0, 6.0], [1.0, 1.0, 1.0], [5.0, 0.0, 5.0]])
    box = torch.arange(1.0, 25.0).reshape(2, 3, 4)
    cases = [
        ("[[2, 4, 6], [1, 1, 1], [5, 0, 5]]", square, 1),
        ("[[2, 4, 6], [1, 1, 1], [5, 0, 5]]", square, 0),
        ("a tensor of shape (2, 3, 4)", box, 1),
        ("a tensor of shape (2, 3, 4)", box, -1),
        ("a transposed tensor of shape (4, 3, 2)", box.transpose(0, 2), 1),
        ("[200, 100], uint8", torch.tensor([200, 100], dtype=torch.uint8), 0),
        ("[1, 3]", torch.tensor([1.0, 3.0]), 0),
        ("[[1, 4], [3, 4]], integers", torch.tensor([[1, 4], [3, 4]]), 0),
        ("[[-0.1, 0.4], [0.3, -0.9]]", torch.tensor([[-0.1, 0.4], [0.3, -0.9]]), -2),
        ("[-0.2, 0.5], float64", torch.tensor([-0.2, 0.5], dtype=torch.float64), 0),
        ("[[-7.0]]", torch.tensor([[-7.0]]), 1),
        ("[1e-50, 3e-50], float64", torch.tensor([1e-50, 3e-50], dtype=torch.float64), 0),
    ]
    for named, x, dim in cases:
        sums = x.sum(dim, keepdim=True)
        others = [other for other in range(x.ndim) if other != dim % x.ndim]
        with given(f"x = {named}", dim=dim):
            expect_equal(
                call(answer, x.clone(), dim),
                x / sums,
                usual=[
                    (_divided(x, x.sum(dim)), "the sums stand along another dimension: `keepdim`"),
                    (
                        _divided(x, x.sum(dim).unsqueeze(-1)),
                        "`[:, None]` puts the sums along the last dimension whatever `dim` is",
                    ),
                    (
                        (x / sums).to(x.dtype),
                        "a tensor of integers cannot hold shares; `/` makes one of floats",
                    ),
                    (
                        x / x.abs().sum(dim, keepdim=True),
                        "the sums are of the elements, not of their absolute values",
                    ),
                    (torch.zeros_like(x), "sums may be tiny, and none is 0: add nothing to them"),
                    (x / sums.float(), "the sums need the dtype of `x`; float32 has less room"),
                    (
                        x / x.sum(dim, keepdim=True, dtype=x.dtype),
                        "a sum in a small integer dtype wraps around; leave `dtype=` out",
                    ),
                    (x / x.sum(), "this divides by the sum of all elements, not along `dim`"),
                    (sums, "these are the sums; divide `x` by them"),
                    (x.sum(dim), "these are the sums; divide `x` by them"),
                    (
                        x / x.double().mean(dim, keepdim=True).to(torch.get_default_dtype()),
                        "this divides by the mean; divide by the sum",
                    ),
                    *((x / x.sum(n, keepdim=True), f"these are shares along {n}") for n in others),
                    *((_divided(x, x.sum(n)), f"this sums along {n}, not `dim`") for n in others),
                ],
                why="divide each element by the sum of its own line along `dim`",
            )


def _divided(x: torch.Tensor, sums: torch.Tensor) -> torch.Tensor | None:
    """Return the quotient, or None where the shapes do not broadcast."""
    try:
        return x / sums
    except RuntimeError:
        return None


@exercise("02.8d")
def add_up(answer: Any) -> None:
    """The sum of a list of tensors, in memory that is there already."""
    ramp = torch.arange(6.0).reshape(2, 3) * 0.7 - 1.1
    for parts, old in [
        ([torch.tensor([1, -2]), torch.tensor([3, 4])], torch.tensor([9, 9])),
        ([ramp, ramp.flip(0), ramp**2, -ramp], torch.full((2, 3), 5.5)),
        ([ramp.double()], torch.full((3, 2), -3.0, dtype=torch.float64).T),
        ([], torch.tensor([7.0, 8.0])),
        ([torch.tensor(2.5), torch.tensor(-0.7), torch.tensor(4.2)], torch.tensor(1.0)),
        ([torch.tensor([5, 6], dtype=torch.int16)] * 3, torch.tensor([1, 2], dtype=torch.int16)),
        ([torch.tensor([1.5, 2.0]), torch.tensor([0.1, -4.0])], torch.tensor([torch.nan, 1.0])),
    ]:
        want = torch.zeros_like(old)
        for part in parts:
            want = want + part
        with given(tensors=parts, total=old):
            _judge_total(answer, parts, old, want)


def _judge_total(answer: Any, parts: list[Any], old: torch.Tensor, want: torch.Tensor) -> None:
    """Judge what an answer does to the list, to the total, and to memory."""
    total, kept, seen = old.clone(), [part.clone() for part in parts], _Results()
    place = total.data_ptr()
    tensors = list(parts)
    got = call(answer, tensors, total, in_place=True, inside=seen)
    if [id(one) for one in tensors] != [id(one) for one in parts]:
        raise Wrong("the list itself has changed; it should hold what it held before")
    if difference(parts, kept):
        raise Wrong("a tensor in the list has changed; only `total` may")
    if difference(total, want) and difference(total, old) is None:
        raise Wrong("`total` still holds what it held before; write into it: `out=total`")
    expect_equal(
        total,
        want,
        usual=[
            (want + old, "what `total` held before is still in it; fill it with 0 first"),
            (want * old.isfinite() + old * 0, "nan times 0 is nan; `zero_` fills with 0"),
            (parts[-1] if parts else None, "only the last tensor is left in `total`; add it"),
        ],
        why="after the call `total` holds the sum of all tensors in the list",
    )
    if total.data_ptr() != place:
        raise Wrong("`total` has got other memory; write into the memory that it had")
    for name, result in seen.found:
        if result.numel() and not any(same_storage(result, one) for one in [total, *parts]):
            raise Wrong(f"the sum is right, but `{name}` made a new tensor on the way")
    if got is None:
        raise Wrong("the sum is right, but your function returned None; return `total`")
    if not same_storage(expect_tensor(got, old.shape), total):
        raise Wrong("the sum is right, but you returned another tensor; return `total`")


class _Results(TorchFunctionMode):
    """Inside a `with`, keeps each tensor that a function or method of PyTorch gives back."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, torch.Tensor]] = []

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        for each in result if isinstance(result, list | tuple) else [result]:
            if isinstance(each, torch.Tensor):
                self.found.append((func.__name__, each))
        return result


_ALL_EXAMPLES = "each query met the keys of all examples; give both one letter `b`"


@exercise("02.8e")
def scores(answer: Any) -> None:
    """The dot products of every query with every key, example by example."""
    half, whole, double = torch.bfloat16, torch.float32, torch.float64
    for b, q, k, d, dtype in [
        (2, 3, 4, 5, whole),
        (1, 2, 2, 3, whole),
        (3, 1, 2, 2, double),
        (2, 2, 2, 2, whole),
        (2, 3, 1, 1, half),
    ]:
        queries = (torch.arange(float(b * q * d)) * 0.3 - 1.75).reshape(b, q, d).to(dtype)
        keys = (2.9 - torch.arange(float(b * k * d)) * 0.7).flip(0).reshape(b, k, d).to(dtype)
        pairs = torch.einsum("aqd,bkd->abqk", queries, keys)
        want = torch.stack([pairs[example, example] for example in range(b)])
        with given(f"Q of shape {(b, q, d)}", f"K of shape {(b, k, d)}, both {dtype}"):
            expect_equal(
                call(answer, queries, keys),
                want,
                usual=[
                    (want.transpose(1, 2), "queries and keys are swapped: each row is one query"),
                    (want.sum(0), "the examples are summed; keep `b` on the right of ->"),
                    *((each, _ALL_EXAMPLES) for each in (pairs, pairs.transpose(1, 2))),
                    (
                        torch.einsum("bqd,bkd->bqkd", queries, keys),
                        "the products are not summed; leave `d` out on the right of ->",
                    ),
                    (
                        torch.einsum("bqd,bke->bqk", queries, keys),
                        "Q and K need the same letter for d, to walk along it in step",
                    ),
                    (want.float(), "the scores keep the dtype of `Q` and `K`"),
                    (want / d**0.5, "these are divided by the root of d"),
                    (want.softmax(-1), "these are weights after a softmax"),
                ],
                why="element [b, q, k] is the sum over d of Q[b, q, d] * K[b, k, d]",
            )
