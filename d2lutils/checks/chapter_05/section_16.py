"""Checks of 05/16, a classifier at work."""

from typing import Any

import torch
from torch import Tensor, nn

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_parts,
    expect_tensor,
    given,
)
from d2lutils.checks.classes import module_class
from d2lutils.checks.networks import drawn
from d2lutils.checks.showing import kind

_EVERY = (0, 2, 3)


@exercise("05.16a")
def take_scale(answer: Any) -> None:
    """Mean and deviation of each channel over some of the pictures; 1 for a deviation of 0."""
    g = torch.Generator().manual_seed(0)
    for shape, chosen, plain in [
        ((5, 3, 4, 6), [0, 2, 3], {}),
        ((4, 1, 7, 7), [3, 1], {}),
        ((6, 2, 3, 5), [5, 2], {}),
        ((3, 3, 5, 4), [0, 2], {0: 0, 2: 255}),
        ((3, 2, 8, 8), [1, 2], {1: 70}),
        ((34, 1, 17, 13), [*range(33)], {0: 200}),
        ((13, 1, 16, 16), [*range(12)], {0: 100}),
    ]:
        X = torch.randint(256, shape, generator=g).byte()
        X[1] = X[1] // 2
        for channel, value in plain.items():
            X[:, channel] = value
        rows = torch.tensor(chosen)
        part = X[rows] / 255
        mean, std = part.mean(_EVERY, keepdim=True), part.std(_EVERY, keepdim=True)
        flat = std < 1e-6
        wanted = [mean, torch.where(flat, 1.0, std)]
        other = [wanted[0], torch.where(flat, 1.0, part.std(_EVERY, correction=0, keepdim=True))]
        whole = X / 255
        of_all = [whole.mean(_EVERY, keepdim=True), whole.std(_EVERY, keepdim=True)]
        of_all[1] = torch.where(flat, 1.0, of_all[1])
        told = f"X of shape {shape}" + "".join(f", channel {c} all {v}" for c, v in plain.items())
        with given(told, rows=rows):
            parts = expect_parts(call(answer, X, rows), "the mean", "the deviation")
            found = [expect_tensor(one) for one in parts]
            for place, name in enumerate(["mean", "deviation"]):
                got = found[place].float() if found[place].is_floating_point() else found[place]
                want = wanted[place]
                if place and got.shape == want.shape and torch.allclose(got, other[1]):
                    continue  # divided by n, not by n - 1: a deviation as well
                bare = [mean, std][place]
                each = part.mean(0, keepdim=True) if not place else part.std(0, keepdim=True)
                one = part.mean() if not place else part.std()
                expect_equal(
                    got,
                    want,
                    usual=[
                        (of_all[place], "these are all pictures; take those at `rows`"),
                        (bare * 255, "as numbers from 0 to 1: divide by 255"),
                        (want * 255, "as numbers from 0 to 1: divide by 255"),
                        (
                            torch.where(bare == 0, 1.0, bare),
                            "rounding gives equal pixels a tiny deviation; `== 0` misses it",
                        ),
                        (bare, "a deviation of 0 becomes 1"),
                        (bare.clamp(min=1), "only a deviation of 0 becomes 1; leave the others"),
                        (
                            torch.where(flat, 1.0, bare * bare),
                            "this is the variance; take its root",
                        ),
                        (want.flatten(), "keep the averaged dimensions: keepdim=True"),
                        (bare.flatten(), "keep the averaged dimensions: keepdim=True"),
                        (each, "average over pictures, rows and columns: dimensions 0, 2, 3"),
                        (one, "each channel has a scale of its own"),
                        (one.expand(want.shape), "each channel has a scale of its own"),
                        (one.reshape(1, 1, 1, 1), "each channel has a scale of its own"),
                        (wanted[1 - place], "first the mean, then the deviation"),
                    ],
                    why=f"the {name} of each channel, over the pictures at `rows`",
                )


def _network(channels: int, seed: int) -> nn.Sequential:
    net = nn.Sequential(nn.Flatten(), nn.Linear(channels * 6, 4), nn.Tanh(), nn.Linear(4, 3))
    return drawn(net, torch.Generator().manual_seed(seed))


def _built(answer: Any, net: nn.Module, mean: Tensor, std: Tensor) -> nn.Module:
    made = call(answer, net, mean.clone(), std.clone())
    if not isinstance(made, nn.Module):
        raise Wrong(f"Reader(…) should give a Module, not {kind(made)}")
    return made


@exercise("05.16b")
def reader(answer: Any) -> None:
    """A Module that takes bytes, and has its scale as buffers."""
    cls = module_class(answer)
    g = torch.Generator().manual_seed(1)
    for n, channels in [(4, 1), (3, 3), (1, 2)]:
        X = torch.randint(256, (n, channels, 2, 3), generator=g).byte()
        mean = torch.rand(1, channels, 1, 1, generator=g) + 0.1
        std = torch.rand(1, channels, 1, 1, generator=g) + 0.2
        net = _network(channels, seed=n)
        with given(f"X of shape {tuple(X.shape)}, mean={mean.flatten()}, std={std.flatten()}"):
            made = _built(cls, net, mean, std)
            _check_state(made, net, mean, std)
            got = expect_tensor(call(made, X))
            scaled = X / 255
            inputs = [
                ((X - mean) / std, "bytes become numbers from 0 to 1 first: divide by 255"),
                (X.float(), "divide by 255, subtract the mean, divide by the deviation"),
                (scaled, "subtract the mean, and divide by the deviation"),
                (scaled - mean, "divide by the deviation, too"),
                (scaled / std - mean, "subtract the mean before you divide by the deviation"),
                ((scaled - std) / mean, "mean and deviation are swapped"),
                ((scaled - mean) * std, "divide by the deviation"),
                ((scaled + mean) / std, "subtract the mean"),
                (scaled * std + mean, "this undoes a scale; subtract the mean, then divide"),
            ]
            right = (scaled - mean) / std
            expect_equal(
                got,
                net(right).detach(),
                usual=[
                    (right, "return what `net` gives for them"),
                    *((net(other).detach(), why) for other, why in inputs),
                ],
                why="net gets (X / 255 - mean) / std",
            )
            again = _built(answer, _network(channels, seed=9), mean + 1, std + 1)
            again.load_state_dict(made.state_dict())
            told = "after load_state_dict it answers otherwise; forward has to use both buffers"
            expect_equal(call(again, X), got.detach(), why=told)


def _check_state(made: nn.Module, net: nn.Module, mean: Tensor, std: Tensor) -> None:
    state, learned = made.state_dict(), dict(made.named_parameters())
    for name, value in {"mean": mean, "std": std}.items():
        if name in learned:
            raise Wrong(f"`{name}` is a parameter, and training would change it: a buffer stays")
        if name not in state:
            own = "a plain attribute is not saved" if hasattr(made, name) else "it is not there"
            if name in dict(made.named_buffers()):
                own = "persistent=False leaves it out"
            raise Wrong(f"`{name}` is not in the state_dict ({own}): use register_buffer")
        expect_equal(state[name], value, why=f"`{name}` is what Reader was given")
    inside = {id(p) for p in made.parameters()}
    if not all(id(p) in inside for p in net.parameters()):
        raise Wrong("the parameters of `net` are not the Reader's: keep the module as an attribute")
