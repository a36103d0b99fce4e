"""Checks of 07/13, data parallel training."""

from typing import Any
from unittest.mock import patch

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.utils.data import DistributedSampler, TensorDataset

from d2lutils.checks import Wrong, call, exercise, expect_equal, given
from d2lutils.checks.expecting import expect_type
from d2lutils.checks.networks import drawn
from d2lutils.checks.showing import kind

SHUFFLES = "shuffle by torch.randperm(n, generator=g), with g seeded with the epoch"


def _dealt(n: int, size: int, rank: int, epoch: int) -> list[int]:
    data = TensorDataset(torch.arange(n))
    sampler: DistributedSampler[Any] = DistributedSampler(data, num_replicas=size, rank=rank)
    sampler.set_epoch(epoch)
    return list(sampler)


def _refused(*args: object, **kwargs: object) -> None:
    raise Wrong("your function uses a DistributedSampler; deal without one")


def _not_here(*args: object, **kwargs: object) -> None:
    raise Wrong("call the all_reduce that your function is given, not dist.all_reduce")


@exercise("07.13a")
def share(answer: Any) -> None:
    """The samples that a DistributedSampler deals to one process in one epoch."""
    for n, size, rank, epoch in [
        (9, 4, 3, 4),
        (7, 2, 1, 3),
        (7, 2, 0, 0),
        (8, 2, 1, 1),
        (1, 1, 0, 2),
        (5, 1, 0, 2),
        (9, 4, 1, 5),
        (10, 4, 3, 5),
        (11, 4, 0, 1),
        (6, 4, 2, 7),
        (4, 4, 2, 1),
    ]:
        with given(n=n, size=size, rank=rank, epoch=epoch):
            with patch.multiple(DistributedSampler, __init__=_refused, __iter__=_refused):
                got = call(answer, n, size, rank, epoch)
            if isinstance(got, Tensor):
                raise Wrong("return a list of ints, not a tensor; tolist() makes one of it")
            found = expect_type(got, list)
            if odd := [sample for sample in found if type(sample) is not int]:
                raise Wrong(f"the list should hold ints; it holds {kind(odd[0])}")
            want = _dealt(n, size, rank, epoch)
            generator = torch.Generator().manual_seed(epoch)
            order = torch.randperm(n, generator=generator).tolist()
            missing = -n % size
            full = order + order[:missing]
            in_block = len(full) // size
            fill = f"{missing} of {n} samples come again, the first of the order"
            usual: list[tuple[object, str]] = [
                (_dealt(n, size, rank, 0), "this is the order of epoch 0; seed with the epoch"),
                (order[rank::size], f"the order has to be filled up: {fill}"),
                ((order + order[n - missing :])[rank::size], fill),
                ((order + list(range(missing)))[rank::size], f"{fill}, not samples 0, 1, …"),
                ((order + [order[0]] * missing)[rank::size], f"{fill}, not one of them again"),
                (
                    full[rank * in_block :][:in_block],
                    "deal in turn: positions rank, rank + size, rank + 2 * size and so on",
                ),
                (
                    (order + order[: size - n % size])[rank::size],
                    f"{n} is a multiple of {size}, so nothing has to be filled up",
                ),
                (full, "this is the order of all; take the samples of this rank"),
                (list(range(n))[rank::size], SHUFFLES),
                (sorted(want), "keep the samples in the order of the shuffle"),
            ]
            expect_equal(found, want, usual=usual, why=SHUFFLES)


class _Net(nn.Module):
    """Parameters of several shapes: none, one number, and a gradient that is not contiguous."""

    def __init__(self, *shapes: tuple[int, ...]) -> None:
        super().__init__()
        self.all = nn.ParameterList(torch.empty(shape) for shape in shapes)


@exercise("07.13b")
def average_at_once(answer: Any) -> None:
    """All gradients averaged by one all_reduce, each back in its place and shape."""
    cases: list[tuple[int, float, list[tuple[int, ...]]]] = [
        (2, 5.0, [(2, 3), (2,), (3, 2)]),
        (3, -1.5, [(4,), (), (1, 3, 2), (5, 1)]),
        (4, 7.0, [(3,)]),
        (1, 1.0, [(2, 2), (1,)]),
    ]
    for size, times, shapes in cases:
        told = f"gradients of the shapes {', '.join(map(str, shapes))}"
        with given(told, f"size = {size}"):
            _average(answer, size, times, shapes)


def _average(answer: Any, size: int, times: float, shapes: list[tuple[int, ...]]) -> None:
    """Let the other processes have such gradients that all together are `times` the reader's."""
    generator = torch.Generator().manual_seed(11)
    parameters = list(drawn(_Net(*shapes), generator).parameters())
    for p in parameters:
        grad = torch.randn(p.shape[::-1], generator=generator)
        p.grad = grad.permute(tuple(reversed(range(grad.ndim))))  # a view where ndim > 1
    before = [p.detach().clone() for p in parameters]
    own = [p.grad.clone() for p in parameters if p.grad is not None]
    total = sum(p.numel() for p in parameters)
    sent: list[int] = []

    def all_reduce(tensor: object) -> None:
        if not isinstance(tensor, Tensor):
            raise Wrong(f"all_reduce takes one tensor, and it got {kind(tensor)}")
        sent.append(tensor.numel())
        with torch.no_grad():
            tensor.mul_(times)

    with patch.object(dist, "all_reduce", _not_here, create=True):
        call(answer, parameters, all_reduce, size, in_place=True)
    if not sent:
        raise Wrong("all_reduce was not called; hand it one tensor with all gradients")
    if len(sent) > 1:
        raise Wrong(f"all_reduce was called {len(sent)} times; call it once, on one long tensor")
    if sent[0] != total:
        raise Wrong(f"all_reduce got {sent[0]} numbers; all gradients together have {total}")
    for k, (p, old, grad) in enumerate(zip(parameters, before, own, strict=True)):
        if not torch.equal(p, old):
            raise Wrong("the parameters have changed; change their .grad, and nothing else")
        if p.grad is None:
            raise Wrong(f"parameters[{k}].grad is None; it should hold the average")
        usual: list[tuple[object, str]] = [
            (grad, "it is the gradient of before; torch.cat copies, so copy the averages back"),
            (grad / size, "the sum stands in the tensor that you gave to all_reduce; use that"),
            (grad * times, "it is the sum; divide it by size"),
            (grad * times / size / size, "it is divided by size twice; once is enough"),
            (grad * times / len(parameters), "divide by the number of processes, size"),
        ]
        why = f"parameters[{k}].grad should hold the average of its own numbers, in its own shape"
        expect_equal(p.grad, grad * times / size, usual=usual, why=why)
