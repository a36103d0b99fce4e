"""Checks of 05/10, dropout."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, expect_type, given
from d2lutils.checks.watching import loops


@exercise("05.10a")
def drop(answer: Any) -> None:
    """Dropout with given coins, also where all is dropped."""
    g = torch.Generator().manual_seed(0)
    inf = float("inf")
    for h, p in [
        (torch.randn(8, generator=g), 0.5),
        (3 * torch.randn(4, 5, generator=g) - 1, 0.2),
        (torch.randn(2, 3, 2, generator=g), 0.8),
        (torch.randn(6, generator=g), 0.0),
        (torch.randn(3, generator=g), 1.0),
        (torch.tensor([inf, -2.0, -inf]), 1.0),
        (torch.randn(6, generator=g, dtype=torch.float64), 0.25),
        (torch.empty(0, 4), 0.5),
        (torch.randn(1, generator=g), 0.9),
    ]:
        u = torch.rand(h.shape, generator=g)
        if h.numel() == 6:
            u[0], u[1] = p, 0.0
        low = u < p
        kept = h if p == 1 else h / (1 - p)
        want = torch.zeros_like(h).where(low, kept)
        with given(h=h, u=u, p=p):
            got = expect_tensor(call(answer, h, u, p))
            if got.isnan().any():
                raise Wrong("0 · ∞ and 0 / 0 are nan; treat p = 1 on its own, or choose by `where`")
            expect_equal(
                got,
                want,
                usual=[
                    (torch.zeros_like(h).where(~low, kept), "dropped is where u is below p"),
                    (
                        torch.zeros_like(h).where(low, h),
                        "divide what is kept by 1 − p, so that the mean stays",
                    ),
                    (
                        torch.zeros_like(h).where(low, h * (1 - p)),
                        "divide by 1 − p; this multiplies",
                    ),
                    (
                        torch.zeros_like(h).where(low, h / p) if p else h,
                        "divide by 1 − p, the share that is kept, not by p",
                    ),
                    (
                        torch.zeros_like(h).where(u <= p, kept),
                        "where u equals p, the number is kept",
                    ),
                    (h, "nothing is dropped here"),
                    (kept, "all is kept here"),
                ],
                why="0 where u < p, h / (1 − p) elsewhere",
            )


@exercise("05.10b")
def drop_channels(answer: Any) -> None:
    """Dropout of whole channels, without a loop."""
    g = torch.Generator().manual_seed(0)
    for shape, p in [
        ((2, 3, 2, 4), 0.5),
        ((3, 3, 3, 3), 0.4),
        ((1, 4, 1, 2), 0.2),
        ((4, 1, 2, 2), 0.7),
        ((2, 2, 2, 2), 0.0),
        ((0, 3, 2, 2), 0.5),
    ]:
        X = torch.randn(shape, generator=g) + 2
        u = torch.rand(shape[:2], generator=g)
        u[:1, :1] = p
        kept = (u >= p)[:, :, None, None]
        border = (u > p)[:, :, None, None]
        want = X * kept / (1 - p)
        usual = [
            (X * kept, "divide what is kept by 1 − p"),
            (X * border / (1 - p), "where u equals p, the channel is kept"),
            (X * ~kept / (1 - p), "dropped are the channels whose u is below p"),
            (X * kept * (1 - p), "divide by 1 − p; this multiplies"),
        ]
        if p:
            usual.append((X * kept / p, "divide by 1 − p, the share that is kept, not by p"))
        if shape[0] == shape[2] and shape[1] == shape[3]:
            usual.append(
                (
                    X * (u >= p) / (1 - p),
                    "the coins were laid over H and W; give them two dimensions more, at the end",
                )
            )
        with given(X=X, u=u, p=p):
            got = expect_tensor(call(answer, X, u, p))
            expect_equal(got, want, usual=usual, why="one coin for each picture and each channel")
    if loops(answer):
        raise Wrong("it works with a loop; let the coins broadcast instead")


class _Nested(nn.Module):
    """A network whose dropout lies deep, and is called outside a Sequential as well."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(
            nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Sequential(nn.ReLU(), nn.Dropout2d(0.3))
        )
        self.noise = nn.Dropout(0.5)
        self.last = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))


@exercise("05.10c")
def let_vote(answer: Any) -> None:
    """Dropout in train mode, all other parts in eval mode."""
    nets: dict[str, Callable[[], nn.Module]] = {
        "Linear, BatchNorm1d, Dropout": lambda: nn.Sequential(
            nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5)
        ),
        "Conv2d, Dropout2d": lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.Dropout2d(0.3)),
        "a module with a Dropout2d two levels down": _Nested,
        "a Dropout alone": lambda: nn.Dropout(0.2),
        "no Dropout": lambda: nn.Sequential(nn.Linear(2, 2), nn.ReLU()),
    }
    for name, make in nets.items():
        for mode in (True, False):
            net = make().train(mode)
            before = {key: value.clone() for key, value in net.state_dict().items()}
            where = f"net = {name}, in {'train' if mode else 'eval'} mode"
            with given(where):
                got = expect_type(call(answer, net), nn.Module)
                if got is not net:
                    raise Wrong("return the network that was given, not another one")
                _judge_modes(net)
                after = net.state_dict()
                if any(not torch.equal(after[key], value) for key, value in before.items()):
                    raise Wrong("this changed the network's numbers; only modes are to change")


def _judge_modes(net: nn.Module) -> None:
    parts = dict(net.named_modules())
    dropouts = {key for key, part in parts.items() if isinstance(part, nn.Dropout | nn.Dropout2d)}
    on = {key for key, part in parts.items() if part.training}
    asleep, awake = sorted(dropouts - on), sorted(on - dropouts)
    if awake and not asleep:
        part = parts[awake[0]]
        what = "the network itself" if not awake[0] else f"{awake[0]!r}, a {type(part).__name__},"
        raise Wrong(f"{what} is in train mode; only dropout layers are to be")
    if asleep:
        what = "itself" if not asleep[0] else repr(asleep[0])
        kind = type(parts[asleep[0]]).__name__
        hint = "dropout layers are to be in train mode"
        if "." in asleep[0]:
            hint = "`modules()` walks to any depth"
        elif kind == "Dropout2d":
            hint = "it is a dropout layer, too"
        raise Wrong(f"the {kind} {what} is in eval mode; {hint}")
