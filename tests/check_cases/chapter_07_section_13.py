"""Answers to the exercises of 07/13, data parallel training."""

from types import SimpleNamespace

import torch
import torch.distributed as dist
from torch.utils.data import DistributedSampler

from check_cases import Cases

DEFAULT = "the default generator draws the same from the same seed"


def shuffled(n, epoch):
    g = torch.Generator().manual_seed(epoch)
    return torch.randperm(n, generator=g).tolist()


def share(n, size, rank, epoch):
    g = torch.Generator().manual_seed(epoch)
    order = torch.randperm(n, generator=g).tolist()
    order += order[: -n % size]
    return order[rank::size]


def by_remainder(n, size, rank, epoch):
    order = shuffled(n, epoch)
    k = 0
    while len(order) % size:
        order.append(order[k])
        k += 1
    return [sample for i, sample in enumerate(order) if i % size == rank]


def by_default_generator(n, size, rank, epoch):
    torch.manual_seed(epoch)
    order = torch.randperm(n)
    return torch.cat([order, order[: -n % size]])[rank::size].tolist()


def by_sampler(n, size, rank, epoch):
    sampler = DistributedSampler(range(n), size, rank)
    sampler.set_epoch(epoch)
    return list(sampler)


def by_borrowed_iter(n, size, rank, epoch):
    each = -(-n // size)
    told = {"dataset": range(n), "num_replicas": size, "rank": rank, "epoch": epoch}
    more = {"shuffle": True, "seed": 0, "drop_last": False}
    lengths = {"num_samples": each, "total_size": each * size}
    return list(DistributedSampler.__iter__(SimpleNamespace(**told, **more, **lengths)))


def not_filled(n, size, rank, epoch):
    return shuffled(n, epoch)[rank::size]


def last_left_out(n, size, rank, epoch):
    return shuffled(n, epoch)[: n - n % size][rank::size]


def filled_with_last(n, size, rank, epoch):
    order = shuffled(n, epoch)
    return (order + order[n - -n % size :])[rank::size]


def filled_always(n, size, rank, epoch):
    order = shuffled(n, epoch)
    return (order + order[: size - n % size])[rank::size]


def filled_in_order(n, size, rank, epoch):
    return (shuffled(n, epoch) + list(range(-n % size)))[rank::size]


def filled_with_first(n, size, rank, epoch):
    order = shuffled(n, epoch)
    while len(order) % size:
        order.append(order[0])
    return order[rank::size]


def in_blocks(n, size, rank, epoch):
    order = shuffled(n, epoch)
    order += order[: -n % size]
    each = len(order) // size
    return order[rank * each : (rank + 1) * each]


def all_of_them(n, size, rank, epoch):
    order = shuffled(n, epoch)
    return order + order[: -n % size]


def without_epoch(n, size, rank, epoch):
    return share(n, size, rank, 0)


def seeded_by_rank(n, size, rank, epoch):
    return share(n, size, rank, epoch + rank)


def not_shuffled(n, size, rank, epoch):
    order = list(range(n))
    return (order + order[: -n % size])[rank::size]


def as_tensor(n, size, rank, epoch):
    return torch.tensor(share(n, size, rank, epoch))


def of_tensors(n, size, rank, epoch):
    return list(torch.tensor(share(n, size, rank, epoch)))


def average_at_once(parameters, all_reduce, size):
    long = torch.cat([p.grad.flatten() for p in parameters])
    all_reduce(long)
    long /= size
    start = 0
    for p in parameters:
        p.grad = long[start : start + p.numel()].view(p.shape)
        start += p.numel()


def divided_first(parameters, all_reduce, size):
    long = torch.cat([p.grad.reshape(-1) / size for p in reversed(parameters)])
    all_reduce(long)
    pieces = long.split([p.numel() for p in reversed(parameters)])
    for p, piece in zip(reversed(parameters), pieces, strict=True):
        p.grad.copy_(piece.reshape(p.shape))


def one_each(parameters, all_reduce, size):
    for p in parameters:
        all_reduce(p.grad)
        p.grad /= size


def by_dist(parameters, all_reduce, size):
    long = torch.cat([p.grad.flatten() for p in parameters])
    dist.all_reduce(long)
    long /= size


def divided_twice(parameters, all_reduce, size):
    for p in parameters:
        p.grad /= size
    average_at_once(parameters, all_reduce, size)


def not_called(parameters, all_reduce, size):
    for p in parameters:
        p.grad /= size


def not_copied_back(parameters, all_reduce, size):
    long = torch.cat([p.grad.flatten() for p in parameters])
    all_reduce(long)
    long /= size


def own_divided(parameters, all_reduce, size):
    long = torch.cat([p.grad.flatten() for p in parameters])
    all_reduce(long)
    for p in parameters:
        p.grad /= size


def the_sum(parameters, all_reduce, size):
    average_at_once(parameters, all_reduce, 1)


def by_parameters(parameters, all_reduce, size):
    average_at_once(parameters, all_reduce, len(parameters))


def result_used(parameters, all_reduce, size):
    long = all_reduce(torch.cat([p.grad.flatten() for p in parameters]))
    long /= size


def a_list(parameters, all_reduce, size):
    all_reduce([p.grad for p in parameters])


def the_first_only(parameters, all_reduce, size):
    average_at_once(parameters[:1], all_reduce, size)


def weights_too(parameters, all_reduce, size):
    average_at_once(parameters, all_reduce, size)
    with torch.no_grad():
        for p in parameters:
            p -= 0.1 * p.grad


def same_start(parameters, all_reduce, size):
    long = torch.cat([p.grad.flatten() for p in parameters])
    all_reduce(long)
    for p in parameters:
        p.grad.copy_((long / size)[: p.numel()].view(p.shape))


def cleared(parameters, all_reduce, size):
    average_at_once(parameters, all_reduce, size)
    for p in parameters:
        p.grad = None


CASES = {
    "07.13a": Cases(
        solution=share,
        also_right=[by_remainder, by_default_generator],
        wrong=[
            (by_sampler, "deal without one"),
            (by_borrowed_iter, "deal without one"),
            (not_filled, "has to be filled up"),
            (last_left_out, "has to be filled up"),
            (filled_with_last, "the first of the order"),
            (filled_always, "nothing has to be filled up"),
            (filled_in_order, "not samples 0, 1"),
            (filled_with_first, "not one of them again"),
            (in_blocks, "deal in turn"),
            (all_of_them, "this is the order of all"),
            (without_epoch, "seed with the epoch"),
            (seeded_by_rank, "seeded with the epoch"),
            (not_shuffled, "shuffle by torch.randperm"),
            (as_tensor, "not a tensor"),
            (of_tensors, "it holds a tensor"),
            (lambda *given: sorted(share(*given)), "in the order of the shuffle"),
        ],
        equivalent={
            "g = torch.manual_seed(epoch)": DEFAULT,
            "generator = torch.manual_seed(round)": DEFAULT,
        },
    ),
    "07.13b": Cases(
        solution=average_at_once,
        also_right=[divided_first],
        wrong=[
            (one_each, "called 3 times"),
            (not_called, "was not called"),
            (by_dist, "not dist.all_reduce"),
            (divided_twice, "divided by size twice"),
            (not_copied_back, "copy the averages back"),
            (own_divided, "use that"),
            (the_sum, "divide it by size"),
            (by_parameters, "the number of processes"),
            (result_used, "None"),
            (a_list, "all_reduce takes one tensor"),
            (the_first_only, "all gradients together have"),
            (weights_too, "change their .grad"),
            (same_start, "its own numbers"),
            (cleared, "grad is None"),
        ],
    ),
}
