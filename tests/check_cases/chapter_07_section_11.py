"""Answers to the exercises of 07/11, recomputation."""

import copy
import math
from contextlib import ExitStack, contextmanager, suppress

import torch
from torch import nn

from check_cases import NOT_NEGATIVE, SAME_LENGTH, WHOLE, Cases

BEYOND = "k = n + 1 has more starts than k = n, and no smaller segment"
PEAK = "k * one_start + (depth + k - 1) // k * one_block"
BY_MIN = f"min(range(1, depth + 1), key=lambda k: {PEAK})"


def best_number(n, start, kept):
    best, least = 1, start + n * kept
    for k in range(2, n + 1):
        peak = k * start + math.ceil(n / k) * kept
        if peak < least:
            best, least = k, peak
    return best


def by_min(n, start, kept):
    return min(range(1, n + 1), key=lambda k: k * start - (-n // k) * kept)


def the_root(n, start, kept):
    return round(math.sqrt(n * kept / start))


def near_the_root(n, start, kept):
    root = math.sqrt(n * kept / start)
    ks = [k for k in range(1, n + 1) if abs(k - root) < 5]
    return min(ks or [n], key=lambda k: k * start - (-n // k) * kept)


def from_nought(n, start, kept):
    peaks = [k * start - (-n // k) * kept for k in range(1, n + 1)]
    return peaks.index(min(peaks))


def rounded_down(n, start, kept):
    return min(range(1, n + 1), key=lambda k: k * start + n // k * kept)


def not_rounded(n, start, kept):
    return min(range(1, n + 1), key=lambda k: k * start + n / k * kept)


def divisors(n, start, kept):
    ks = [k for k in range(1, n + 1) if n % k == 0]
    return min(ks, key=lambda k: k * start + n // k * kept)


def the_largest(n, start, kept):
    return min(range(n, 0, -1), key=lambda k: k * start - (-n // k) * kept)


def the_peak(n, start, kept):
    return min(k * start - (-n // k) * kept for k in range(1, n + 1))


def swapped(n, start, kept):
    return best_number(n, kept, start)


@contextmanager
def unmoved(net):
    before = [buffer.clone() for buffer in net.buffers()]
    try:
        yield
    finally:
        for buffer, old in zip(net.buffers(), before, strict=True):
            buffer.copy_(old)


class Unmoved:
    def __init__(self, net):
        self.net = net

    def __enter__(self):
        self.before = {name: b.clone() for name, b in self.net.named_buffers()}

    def __exit__(self, *error):
        for name, buffer in self.net.named_buffers():
            buffer.data = self.before[name]
        return False


def copied_too_early(net):
    stack = ExitStack()
    for buffer in net.buffers():
        stack.callback(buffer.copy_, buffer.clone())
    return stack


@contextmanager
def without_clone(net):
    before = list(net.buffers())
    try:
        yield
    finally:
        for buffer, old in zip(net.buffers(), before, strict=True):
            buffer.copy_(old)


@contextmanager
def without_finally(net):
    before = [buffer.clone() for buffer in net.buffers()]
    yield
    for buffer, old in zip(net.buffers(), before, strict=True):
        buffer.copy_(old)


@contextmanager
def swallows(net):
    before = [buffer.clone() for buffer in net.buffers()]
    with suppress(Exception):
        yield
    for buffer, old in zip(net.buffers(), before, strict=True):
        buffer.copy_(old)


@contextmanager
def by_state_dict(net):
    before = copy.deepcopy(net.state_dict())
    try:
        yield
    finally:
        net.load_state_dict(before)


@contextmanager
def by_momentum(net):
    layers = [layer for layer in net.modules() if isinstance(layer, nn.BatchNorm1d)]
    old = [layer.momentum for layer in layers]
    for layer in layers:
        layer.momentum = 0.0
    try:
        yield
    finally:
        for layer, momentum in zip(layers, old, strict=True):
            layer.momentum = momentum


@contextmanager
def all_zero(net):
    for buffer in net.buffers():
        buffer.zero_()
    yield


@contextmanager
def one_layer(net):
    layer = next((layer for layer in net if isinstance(layer, nn.BatchNorm1d)), None)
    before = [buffer.clone() for buffer in layer.buffers()] if layer else []
    try:
        yield
    finally:
        for buffer, old in zip(layer.buffers() if layer else [], before, strict=True):
            buffer.copy_(old)


@contextmanager
def in_eval_mode(net):
    before = [buffer.clone() for buffer in net.buffers()]
    net.eval()
    try:
        yield
    finally:
        net.train()
        for buffer, old in zip(net.buffers(), before, strict=True):
            buffer.copy_(old)


def without_decorator(net):
    before = [buffer.clone() for buffer in net.buffers()]
    yield
    for buffer, old in zip(net.buffers(), before, strict=True):
        buffer.copy_(old)


@contextmanager
def parameters_too(net):
    before = [t.detach().clone() for t in [*net.parameters(), *net.buffers()]]
    try:
        yield
    finally:
        with torch.no_grad():
            for t, old in zip([*net.parameters(), *net.buffers()], before, strict=True):
                t.copy_(old)


CASES = {
    "07.11a": Cases(
        solution=best_number,
        also_right=[by_min],
        wrong=[
            (the_root, "rounded up"),
            (near_the_root, "try all k from 1 to n"),
            (from_nought, "k begins with 1"),
            (rounded_down, "rounded up"),
            (not_rounded, "rounded up"),
            (divisors, "need not divide n"),
            (the_largest, "return the smallest"),
            (the_peak, "this is the least peak"),
            (swapped, "each start has"),
            (lambda n, start, kept: float(best_number(n, start, kept)), "return an int"),
            (lambda n, start, kept: -(-n // best_number(n, start, kept)), "not of blocks in one"),
        ],
        equivalent={
            "for k in range(1, n + 1):": "k = 1 is the first best already",
            "for k in range(2, n + 2):": BEYOND,
            "return abs(best)": NOT_NEGATIVE,
            "return int(best)": WHOLE,
            f"return abs({BY_MIN})": NOT_NEGATIVE,
            f"return int({BY_MIN})": WHOLE,
            f"return {BY_MIN.replace('depth + 1)', 'depth + 2)')}": BEYOND,
            f"return {BY_MIN.replace(PEAK, f'abs({PEAK})')}": NOT_NEGATIVE,
            f"return {BY_MIN.replace(PEAK, f'int({PEAK})')}": WHOLE,
        },
    ),
    "07.11b": Cases(
        solution=unmoved,
        also_right=[Unmoved, parameters_too],
        wrong=[
            (without_clone, "clone()"),
            (copied_too_early, "when the `with` begins, not when"),
            (without_finally, "in `finally`"),
            (swallows, "did not pass on"),
            (by_state_dict, "is not what it was"),
            (by_momentum, "is not what it was"),
            (all_zero, "when the `with` begins"),
            (one_layer, "is not what it was"),
            (in_eval_mode, "CheckpointEr"),
            (without_decorator, "@contextmanager"),
        ],
        equivalent={
            "for buffer, old in zip(net.buffers(), before):": SAME_LENGTH,
            "for buffer, old in zip(net.buffers(), before, strict=False):": SAME_LENGTH,
        },
    ),
}
