"""Answers to the exercises of 07/10, where the memory of a training goes."""

import gc
from itertools import pairwise

import torch
from torch import nn
from torch.autograd.graph import saved_tensors_hooks

from check_cases import NOT_NEGATIVE, WHOLE, Cases
from d2lutils.checks.chapter_07.section_10 import Meter


def kept_bytes(widths, batch_size, frozen):
    return 4 * batch_size * sum(widths[frozen:-1])


def by_loop(widths, batch_size, frozen):
    total = 0
    for place, width in enumerate(widths[:-1]):
        if place >= frozen:
            total += 4 * width
    return batch_size * total


def measured(widths, batch_size, frozen):
    """What PyTorch keeps, in a network that is built."""
    layers = []
    for place, (n, m) in enumerate(pairwise(widths)):
        layers += [nn.Linear(n, m).requires_grad_(place >= frozen), nn.ReLU()]
    net = nn.Sequential(*layers[:-1])
    seen = {p.untyped_storage() for p in net.parameters()}
    sizes = []

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage not in seen:
            seen.add(storage)
            sizes.append(storage.nbytes())
        return tensor.detach()

    with saved_tensors_hooks(pack, lambda saved: saved):
        net(torch.ones(batch_size, widths[0]))
    return sum(sizes)


def counted_twice(widths, batch_size, frozen):
    inputs = widths[frozen:-1]
    return 4 * batch_size * (sum(inputs) + sum(inputs[1:]))


def with_parameters(widths, batch_size, frozen):
    own = sum(4 * (n + 1) * m for n, m in pairwise(widths))
    return own + kept_bytes(widths, batch_size, frozen)


def leak(step):
    meter, totals = Meter(), []
    with meter:
        for _ in range(3):
            step()
            totals.append(sum(storage.nbytes() for storage in meter.live))
    return totals[2] - totals[1]


def from_totals(formula, calls=3):
    """An answer that makes its number of the totals: 0, then that after each call."""

    def answer(step):
        meter, totals = Meter(), [0]
        with meter:
            for _ in range(calls):
                step()
                totals.append(meter.total())
        return formula(totals)

    return answer


def one_call_at_a_time(step):
    with Meter() as meter:
        step()
        step()
        before = meter.total()
        step()
        return meter.total() - before


def by_curve(step):
    meter, ends = Meter(), []
    with meter:
        for _ in range(3):
            step()
            ends.append(meter.last)
    return ends[2] - ends[1]


def by_fresh_meters(step):
    ends = []
    for _ in range(3):
        with Meter() as meter:
            step()
        ends.append(meter.last)
    return ends[2] - ends[1]


def by_python(step):
    """Python sees tensors that have a name, and not those that a graph keeps."""

    def total():
        gc.collect()
        tensors = [x for x in gc.get_objects() if type(x) is torch.Tensor]
        return sum({x.untyped_storage().data_ptr(): x.nbytes for x in tensors}.values())

    step()
    step()
    before = total()
    step()
    return total() - before


def starts_late(step):
    step()
    step()
    with Meter() as meter:
        step()
        return meter.total()


def by_peaks(step):
    """The peak within a call, before anything of it is kept."""
    peaks = []

    class Watching(Meter):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            result = super().__torch_dispatch__(func, types, args, kwargs)
            peaks[-1] = max(peaks[-1], self.last)
            return result

    meter = Watching()
    with meter:
        for _ in range(3):
            peaks.append(0)
            step()
    return peaks[2] - peaks[1]


def starts_after_one(step):
    step()
    with Meter() as meter:
        step()
        before = meter.total()
        step()
        return meter.total() - before


CASES = {
    "07.10a": Cases(
        solution=kept_bytes,
        also_right=[by_loop, measured],
        wrong=[
            (lambda widths, n, frozen: 4 * n * sum(widths[:-1]), "keeps no input"),
            (lambda widths, n, frozen: 4 * n * sum(widths[frozen:]), "output of the last layer"),
            (lambda widths, n, frozen: 4 * n * sum(widths), "output of the last layer"),
            (lambda widths, n, frozen: 4 * n * sum(widths[frozen + 1 : -1]), "its input too"),
            (lambda widths, n, frozen: 4 * n * sum(widths[: -1 - frozen]), "layers are frozen"),
            (lambda widths, n, frozen: n * sum(widths[frozen:-1]), "four bytes"),
            (lambda widths, n, frozen: 4 * sum(widths[frozen:-1]), "row of the batch"),
            (lambda widths, n, frozen: float(kept_bytes(widths, n, frozen)), "an int"),
            (counted_twice, "one tensor, counted once"),
            (with_parameters, "leave out the parameters"),
        ],
        equivalent={
            "return abs(4 * batch_size * sum(widths[frozen:-1]))": NOT_NEGATIVE,
            "return int(4 * batch_size * sum(widths[frozen:-1]))": WHOLE,
        },
    ),
    "07.10b": Cases(
        solution=leak,
        also_right=[one_call_at_a_time],
        wrong=[
            (by_curve, "ends within the call"),
            (by_fresh_meters, ""),
            (by_python, ""),
            (starts_late, ""),
            (starts_after_one, "starts later"),
            (by_peaks, "add up after the third"),
            (from_totals(lambda t: t[3]), "all that is alive"),
            (from_totals(lambda t: t[3] - t[1]), "these are two calls"),
            (from_totals(lambda t: t[2] - t[1]), "this is the second call"),
            (from_totals(lambda t: t[2] - t[3]), "not the other way"),
            (from_totals(lambda t: abs(t[3] - t[2])), "negative"),
            (from_totals(lambda t: max(t[3] - t[2], 0)), "negative"),
            (from_totals(lambda t: (t[3] - t[2]) // 4), "count bytes"),
            (from_totals(lambda t: (t[3] - t[2]) / 1), "an int"),
            (from_totals(lambda t: t[4] - t[3], calls=4), "three times"),
            (from_totals(lambda t: t[2] - t[1], calls=2), "three times"),
        ],
        equivalent={"return int(totals[2] - totals[1])": WHOLE},
    ),
}
