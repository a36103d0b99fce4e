"""Answers to the exercises of 04/12, the training loop."""

import torch

from check_cases import NOT_NEGATIVE, Cases

BOTH = "both sums change their sign, and their ratio does not"


def judge_net(net, batches, loss_fn):
    mode = net.training
    net.eval()
    total, samples = 0.0, 0
    with torch.no_grad():
        for X, y in batches:
            total += loss_fn(net(X), y).item() * len(y)
            samples += len(y)
    net.train(mode)
    return total / samples


@torch.no_grad()
def at_once(net, batches, loss_fn):
    mode = net.training
    net.eval()
    X = torch.cat([X for X, _ in batches])
    y = torch.cat([y for _, y in batches])
    value = loss_fn(net(X), y).item()
    net.train(mode)
    return value


def in_train_mode(net, batches, loss_fn):
    with torch.no_grad():
        return sum(loss_fn(net(X), y).item() * len(y) for X, y in batches) / sum(
            len(y) for _, y in batches
        )


def with_a_graph(net, batches, loss_fn):
    mode = net.training
    net.eval()
    total = sum(loss_fn(net(X), y).item() * len(y) for X, y in batches)
    net.train(mode)
    return total / sum(len(y) for _, y in batches)


def means(net, batches, loss_fn):
    mode = net.training
    net.eval()
    with torch.no_grad():
        found = [loss_fn(net(X), y).item() for X, y in batches]
    net.train(mode)
    return found


def left_in_eval(net, batches, loss_fn):
    value = judge_net(net, batches, loss_fn)
    net.eval()
    return value


def left_in_train(net, batches, loss_fn):
    value = judge_net(net, batches, loss_fn)
    net.train()
    return value


def gather(net, parts, loss_fn, optimizer):
    samples = sum(len(y) for X, y in parts)
    optimizer.zero_grad()
    for X, y in parts:
        loss = loss_fn(net(X), y)
        (loss * len(y) / samples).backward()
    optimizer.step()


def divide_afterwards(net, parts, loss_fn, optimizer):
    optimizer.zero_grad()
    for X, y in parts:
        (loss_fn(net(X), y) * len(y)).backward()
    for p in net.parameters():
        p.grad /= sum(len(y) for X, y in parts)
    optimizer.step()


def without_shares(net, parts, loss_fn, optimizer):
    optimizer.zero_grad()
    for X, y in parts:
        loss_fn(net(X), y).backward()
    optimizer.step()


def each_alike(net, parts, loss_fn, optimizer):
    optimizer.zero_grad()
    for X, y in parts:
        (loss_fn(net(X), y) / len(parts)).backward()
    optimizer.step()


def sum_of_all(net, parts, loss_fn, optimizer):
    optimizer.zero_grad()
    for X, y in parts:
        (loss_fn(net(X), y) * len(y)).backward()
    optimizer.step()


def never_cleared(net, parts, loss_fn, optimizer):
    samples = sum(len(y) for X, y in parts)
    for X, y in parts:
        (loss_fn(net(X), y) * len(y) / samples).backward()
    optimizer.step()


def cleared_each_time(net, parts, loss_fn, optimizer):
    samples = sum(len(y) for X, y in parts)
    for X, y in parts:
        optimizer.zero_grad()
        (loss_fn(net(X), y) * len(y) / samples).backward()
    optimizer.step()


def a_step_a_part(net, parts, loss_fn, optimizer):
    for X, y in parts:
        optimizer.zero_grad()
        loss_fn(net(X), y).backward()
        optimizer.step()


def in_one_piece(net, parts, loss_fn, optimizer):
    optimizer.zero_grad()
    X = torch.cat([X for X, y in parts])
    y = torch.cat([y for X, y in parts])
    loss_fn(net(X), y).backward()
    optimizer.step()


CASES = {
    "04.12a": Cases(
        solution=judge_net,
        also_right=[at_once],
        wrong=[
            (in_train_mode, "called in train mode"),
            (with_a_graph, "a graph was recorded"),
            (lambda *given: sum(means(*given)) / len(means(*given)), "the mean of the means"),
            (lambda *given: sum(means(*given)), "these are means"),
            (lambda *given: means(*given)[-1], "the last batch's loss"),
            (
                lambda net, batches, loss_fn: (
                    judge_net(net, batches, loss_fn) * sum(len(y) for _, y in batches)
                ),
                "this is a sum",
            ),
            (
                lambda net, batches, loss_fn: (
                    judge_net(net, batches, loss_fn)
                    * sum(len(y) for _, y in batches)
                    / len(batches)
                ),
                "not of batches",
            ),
            (lambda *given: torch.tensor(judge_net(*given)), "return a Python float"),
            (left_in_eval, "the network came in train mode"),
            (left_in_train, "the network came in eval mode"),
            (lambda net, batches, loss_fn: 0.5, "the network was not called"),
            (
                lambda net, batches, loss_fn: judge_net(net, batches[:-1] or batches, loss_fn),
                "counts as often as it has samples",
            ),
        ],
        equivalent={
            "total, samples = (0, 0.0)": "a whole number counts as a float in the ratio",
            "total, count = (0, 0.0)": "a whole number counts as a float in the ratio",
            "total -= loss_fn(net(X), y).item() * len(y)": BOTH,
            "total -= value.item() * len(targets)": BOTH,
            "return abs(total / samples)": NOT_NEGATIVE,
            "return abs(total / count)": NOT_NEGATIVE,
        },
    ),
    "04.12b": Cases(
        solution=gather,
        also_right=[divide_afterwards],
        wrong=[
            (without_shares, "this adds up means"),
            (each_alike, "weigh each part by its size"),
            (sum_of_all, "this is the gradient of the sum"),
            (never_cleared, "old gradients count"),
            (cleared_each_time, "the last part alone counts"),
            (a_step_a_part, "make one, at the end"),
            (in_one_piece, "call it once on each part"),
        ],
    ),
}
