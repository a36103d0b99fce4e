"""Answers to the exercises of 07/12, gradient accumulation."""

from itertools import islice

import torch
import torch.nn.functional as F

from check_cases import NOT_NEGATIVE, WHOLE, Cases

NO_LESS = "no label is less than −100"


def weights_of(labels):
    counts = torch.tensor([(part != -100).sum() for part in labels])
    return counts / counts.sum()


def by_concatenating(labels):
    total = torch.cat([part.flatten() for part in labels]).ne(-100).sum()
    return torch.stack([part.ne(-100).sum() / total for part in labels])


def equal(labels):
    return torch.full((len(labels),), 1 / len(labels))


def counts_alone(labels):
    return torch.tensor([float((part != -100).sum()) for part in labels])


def by_rows(labels):
    counts = torch.tensor([len(part) for part in labels])
    return counts / counts.sum()


def by_places(labels):
    counts = torch.tensor([part.numel() for part in labels])
    return counts / counts.sum()


def over_places(labels):
    counts = torch.tensor([(part != -100).sum() for part in labels])
    return counts / sum(part.numel() for part in labels)


def over_parts(labels):
    counts = torch.tensor([(part != -100).sum() for part in labels])
    return counts / len(labels)


def positive(labels):
    counts = torch.tensor([(part > 0).sum() for part in labels])
    return counts / counts.sum()


def a_list(labels):
    return weights_of(labels).tolist()


def train_on(net, optimizer, stream, k):
    parts, steps = iter(stream), 0
    while group := list(islice(parts, k)):
        total = sum((y != -100).sum() for X, y in group)
        optimizer.zero_grad()
        for X, y in group:
            loss = F.cross_entropy(net(X), y, reduction="sum")
            (loss / total).backward()
        optimizer.step()
        steps += 1
    return steps


def divides_gradients(net, optimizer, stream, k):
    steps = total = waiting = 0

    def step():
        for p in net.parameters():
            p.grad /= total
        optimizer.step()
        optimizer.zero_grad()

    optimizer.zero_grad()
    for X, y in stream:
        F.cross_entropy(net(X), y, reduction="sum").backward()
        total, waiting = total + (y != -100).sum(), waiting + 1
        if waiting == k:
            step()
            steps, total, waiting = steps + 1, 0, 0
    if waiting:
        step()
        steps += 1
    return steps


def in_groups(weigh, clear="before", leftover=True):
    """Return an answer that weighs a part's mean loss by weigh(counts of the group, place, k)."""

    def answer(net, optimizer, stream, k):
        parts, steps = iter(stream), 0
        while group := list(islice(parts, k)):
            if len(group) < k and not leftover:
                break
            counts = [int((y != -100).sum()) for _, y in group]
            if clear == "before":
                optimizer.zero_grad()
            for i, (X, y) in enumerate(group):
                (weigh(counts, i, k) * F.cross_entropy(net(X), y)).backward()
                if clear == "each":
                    optimizer.zero_grad()
            optimizer.step()
            steps += 1
            if clear == "after":
                optimizer.zero_grad()
        return steps

    return answer


def share(counts, i, k):
    return counts[i] / sum(counts)


def usual_loop(net, optimizer, stream, k):
    steps = 0
    for i, (X, y) in enumerate(stream):
        (F.cross_entropy(net(X), y) / k).backward()
        if (i + 1) % k == 0:
            optimizer.step()
            optimizer.zero_grad()
            steps += 1
    return steps


def one_step_more(net, optimizer, stream, k):
    steps = train_on(net, optimizer, stream, k)
    optimizer.step()
    return steps + 1


def each_part(net, optimizer, stream, k):
    return train_on(net, optimizer, stream, 1)


def sums(net, optimizer, stream, k):
    parts, steps = iter(stream), 0
    while group := list(islice(parts, k)):
        optimizer.zero_grad()
        for X, y in group:
            F.cross_entropy(net(X), y, reduction="sum").backward()
        optimizer.step()
        steps += 1
    return steps


def by_len(net, optimizer, stream, k):
    parts, steps = iter(stream), 0
    while group := list(islice(parts, k)):
        total = sum(len(y) for X, y in group)
        optimizer.zero_grad()
        for X, y in group:
            (F.cross_entropy(net(X), y, reduction="sum") / total).backward()
        optimizer.step()
        steps += 1
    return steps


def one_way_back(net, optimizer, stream, k):
    parts, steps = iter(stream), 0
    while group := list(islice(parts, k)):
        total = sum((y != -100).sum() for X, y in group)
        optimizer.zero_grad()
        losses = [F.cross_entropy(net(X), y, reduction="sum") for X, y in group]
        (sum(losses) / total).backward()
        optimizer.step()
        steps += 1
    return steps


def one_batch(net, optimizer, stream, k):
    parts, steps = iter(stream), 0
    while group := list(islice(parts, k)):
        X, y = (torch.cat(tensors) for tensors in zip(*group, strict=True))
        optimizer.zero_grad()
        F.cross_entropy(net(X), y).backward()
        optimizer.step()
        steps += 1
    return steps


def skips_padding(net, optimizer, stream, k):
    parts, steps = iter(stream), 0
    while group := list(islice(parts, k)):
        weights = weights_of([y for X, y in group])
        optimizer.zero_grad()
        for (X, y), weight in zip(group, weights, strict=True):
            loss = F.cross_entropy(net(X), y)
            if weight > 0:
                (weight * loss).backward()
        optimizer.step()
        steps += 1
    return steps


def with_grad(net, optimizer, stream, k):
    parts, steps, parameters = iter(stream), 0, list(net.parameters())
    while group := list(islice(parts, k)):
        total = sum((y != -100).sum() for X, y in group)
        sums = [torch.zeros_like(p) for p in parameters]
        for X, y in group:
            loss = F.cross_entropy(net(X), y, reduction="sum") / total
            for added, grad in zip(sums, torch.autograd.grad(loss, parameters), strict=True):
                added += grad
        for p, grad in zip(parameters, sums, strict=True):
            p.grad = grad
        optimizer.step()
        steps += 1
    return steps


def number_of_parts(net, optimizer, stream, k):
    parts = list(stream)
    train_on(net, optimizer, parts, k)
    return len(parts)


def returns_nothing(net, optimizer, stream, k):
    train_on(net, optimizer, stream, k)


def asks_the_length(net, optimizer, stream, k):
    return train_on(net, optimizer, stream, k) if len(stream) else 0


CASES = {
    "07.12a": Cases(
        solution=weights_of,
        also_right=[by_concatenating],
        wrong=[
            (equal, "mean of means"),
            (counts_alone, "these are counts"),
            (by_rows, "rows differ in length"),
            (by_places, "padding counts in these shares"),
            (over_places, "padding counts in the divisor"),
            (over_parts, "not of the parts"),
            (positive, "not −100"),
            (a_list, "expected a tensor"),
            (lambda labels: weights_of(labels).double(), "float32"),
        ],
        equivalent={
            "counts = torch.tensor([(part > -100).sum() for part in labels])": NO_LESS,
            "return abs(counts / counts.sum())": NOT_NEGATIVE,
        },
    ),
    "07.12b": Cases(
        solution=train_on,
        also_right=[divides_gradients, in_groups(share), skips_padding, with_grad],
        wrong=[
            (in_groups(lambda counts, i, k: 1 / len(counts)), "mean of means"),
            (in_groups(lambda counts, i, k: 1 / k), "divided by k"),
            (in_groups(lambda counts, i, k: 1), "were added"),
            (in_groups(share, leftover=False), "that are left"),
            (in_groups(share, clear="after"), "before the first part"),
            (in_groups(share, clear="never"), "before each step"),
            (in_groups(share, clear="each"), "whole groups"),
            (usual_loop, "parts that are left make none"),
            (one_step_more, "whole groups"),
            (each_part, "whole groups"),
            (sums, "were not divided"),
            (by_len, "padding was counted"),
            (one_way_back, "graphs are held at once"),
            (one_batch, "by itself"),
            (number_of_parts, "number of the optimiser's steps"),
            (returns_nothing, "return an int"),
            (asks_the_length, "has no len"),
        ],
        equivalent={
            "total = sum(((y > -100).sum() for X, y in group))": NO_LESS,
            "return abs(steps)": NOT_NEGATIVE,
            "return int(steps)": WHOLE,
            "total = sum(((y_part > -100).sum() for _, y_part in group))": NO_LESS,
            "return abs(num_steps)": NOT_NEGATIVE,
            "return int(num_steps)": WHOLE,
        },
    ),
}
