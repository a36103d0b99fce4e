"""Answers to the exercises of 06/17, checkpoints."""

import random
from itertools import islice

import numpy as np
import torch

from check_cases import Cases


def bookmark():
    python, numpy, torch_state = random.getstate(), np.random.get_state(), torch.get_rng_state()

    def go_back():
        random.setstate(python)
        np.random.set_state(numpy)
        torch.set_rng_state(torch_state)

    return go_back


class AsAClass:
    def __init__(self):
        self.python, self.numpy = random.getstate(), np.random.get_state(legacy=False)
        self.torch = torch.random.get_rng_state()

    def __call__(self):
        random.setstate(self.python)
        np.random.set_state(self.numpy)
        torch.random.set_rng_state(self.torch)


def without(*left_out):
    def answer():
        go_back = bookmark()

        def restore():
            kept = {"python": random.getstate(), "numpy": np.random.get_state()}
            kept["torch"] = torch.get_rng_state()
            go_back()
            if "python" in left_out:
                random.setstate(kept["python"])
            if "numpy" in left_out:
                np.random.set_state(kept["numpy"])
            if "torch" in left_out:
                torch.set_rng_state(kept["torch"])

        return restore

    return answer


def by_seed():
    seed = torch.initial_seed()

    def go_back():
        torch.manual_seed(seed)
        random.seed(seed % 2**32)
        np.random.seed(seed % 2**32)

    return go_back


def keys_only():
    go_back, (name, keys, position, *_) = bookmark(), np.random.get_state()

    def restore():
        go_back()
        np.random.set_state((name, keys, position))

    return restore


KEPT = {}


def in_one_place():
    KEPT["states"] = random.getstate(), np.random.get_state(), torch.get_rng_state()

    def go_back():
        python, numpy, torch_state = KEPT["states"]
        random.setstate(python)
        np.random.set_state(numpy)
        torch.set_rng_state(torch_state)

    return go_back


def draws_itself():
    go_back = bookmark()
    torch.rand(1)
    return go_back


def only_once():
    states = [bookmark()]

    def go_back():
        states.pop()()

    return go_back


def remaining(loader, state, done):
    loader.generator.set_state(state)
    return list(islice(loader, done, None))


def by_slice(loader, state, done):
    loader.generator.set_state(state)
    return list(loader)[done:]


def by_counting(loader, state, done):
    loader.generator.set_state(state)
    return [batch for number, batch in enumerate(loader) if number >= done]


def state_forgotten(loader, state, done):
    return list(islice(loader, done, None))


def first_ones(loader, state, done):
    loader.generator.set_state(state)
    return list(islice(loader, done))


def one_more(loader, state, done):
    loader.generator.set_state(state)
    return list(loader)[done + 1 :]


def from_the_end(loader, state, done):
    loader.generator.set_state(state)
    return list(loader)[-(len(loader) - done) :]


def as_iterator(loader, state, done):
    loader.generator.set_state(state)
    return islice(loader, done, None)


def global_state(loader, state, done):
    torch.set_rng_state(state)
    return list(islice(loader, done, None))


def put_back_afterwards(loader, state, done):
    rest = remaining(loader, state, done)
    loader.generator.set_state(state)
    return rest


def nothing_left_nothing_drawn(loader, state, done):
    return [] if done == len(loader) else remaining(loader, state, done)


CASES = {
    "06.17a": Cases(
        solution=bookmark,
        wrong=[
            (without("python"), "Python's numbers are others"),
            (without("numpy"), "NumPy's numbers are others"),
            (without("torch"), "PyTorch's numbers are others"),
            (by_seed, "numbers are others"),
            (keys_only, "NumPy's normal numbers are others"),
            (in_one_place, "with two functions from two calls"),
            (draws_itself, "`remember` itself changes the streams"),
            (only_once, "the function that you returned raised"),
            (lambda: (random.getstate(), 1), "should return a function, not tuple"),
        ],
        also_right=[AsAClass],
    ),
    "06.17b": Cases(
        solution=remaining,
        wrong=[
            (state_forgotten, "put the state into loader.generator"),
            (first_ones, "batches are left, not"),
            (one_more, "batches are left, not"),
            (from_the_end, "0 batches are left, not 6"),
            (as_iterator, "expected a list"),
            (global_state, "put the state into loader.generator"),
            (put_back_afterwards, "the next epoch gets a wrong order"),
            (nothing_left_nothing_drawn, "the next epoch gets a wrong order"),
        ],
        also_right=[by_slice, by_counting],
    ),
}
