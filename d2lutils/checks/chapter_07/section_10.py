"""Checks of 07/10, where the memory of a training goes."""

import weakref
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from d2lutils.checks import Wrong, call, exercise, expect_equal, given
from d2lutils.checks.expecting import expect_int

Step = Callable[[], None]


@exercise("07.10a")
def kept_bytes(answer: Any) -> None:
    """Four bytes for each number that goes into a Linear layer which is trained."""
    for widths, batch_size, frozen in [
        ([784, 256, 10], 64, 0),
        ([784, 256, 10], 64, 1),
        ([784, 256, 10], 64, 2),
        ([5, 7, 3, 2, 11], 3, 2),
        ([5, 7, 3, 2, 11], 1, 3),
        ([9, 4], 6, 0),
        ([9, 4], 6, 1),
    ]:
        with given(widths=widths, batch_size=batch_size, frozen=frozen):
            found = expect_int(call(answer, widths, batch_size, frozen))
            bytes_of, trained = 4 * batch_size, widths[frozen:-1]
            parameters = sum(4 * (n + 1) * m for n, m in pairwise(widths))
            expect_equal(
                found,
                bytes_of * sum(trained),
                usual=[
                    (bytes_of * sum(widths[:-1]), "a frozen layer keeps no input"),
                    (bytes_of * sum(widths[frozen:]), "nobody keeps the output of the last layer"),
                    (bytes_of * sum(widths), "nobody keeps the output of the last layer"),
                    (
                        bytes_of * sum(widths[frozen + 1 : -1]),
                        "the first layer that is trained keeps its input too",
                    ),
                    (
                        bytes_of * sum(widths[: -1 - frozen]),
                        "the *first* layers are frozen, and the last ones are trained",
                    ),
                    (
                        bytes_of * (sum(trained) + sum(trained[1:])),
                        "a ReLU's output is the next layer's input: one tensor, counted once",
                    ),
                    (batch_size * sum(trained), "a float32 has four bytes"),
                    (2 * bytes_of * sum(trained), "a float32 has four bytes"),
                    (4 * sum(trained), "each row of the batch has numbers of its own"),
                    (bytes_of * sum(trained) + parameters, "leave out the parameters"),
                ],
                why="which layers are trained, and what do they keep?",
            )


class Meter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Inside a `with`, holds on weakly to the storages of all results."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.live: Any = weakref.WeakSet()
        self.last = 0

    def total(self) -> int:
        return sum(storage.nbytes() for storage in self.live)

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        results = result if isinstance(result, tuple | list) else [result]
        self.live.update(x.untyped_storage() for x in results if isinstance(x, Tensor))
        self.last = self.total()
        return result


def _trainer(after: Callable[[Tensor, Tensor], None], *, backward: bool = True) -> Step:
    """Return a step of Adam; `after` is given the scores and the loss."""
    net = nn.Sequential(nn.Linear(6, 9), nn.ReLU(), nn.Linear(9, 4))
    optimizer = torch.optim.Adam(net.parameters())
    X, y = torch.ones(5, 6), torch.tensor([0, 1, 2, 3, 0])

    def step() -> None:
        optimizer.zero_grad()
        scores = net(X)
        loss = F.cross_entropy(scores, y)
        if backward:
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        after(scores, loss)

    return step


def _nothing(scores: Tensor, loss: Tensor) -> None:
    pass


def _clean() -> Step:
    return _trainer(_nothing)


def _graphs() -> Step:
    losses: list[Tensor] = []
    return _trainer(lambda scores, loss: losses.append(loss), backward=False)


def _walked() -> Step:
    losses: list[Tensor] = []
    return _trainer(lambda scores, loss: losses.append(loss))


def _numbers() -> Step:
    losses: list[float] = []
    return _trainer(lambda scores, loss: losses.append(loss.item()))


def _views() -> Step:
    """One score is kept, and with it the storage of all twenty."""
    first: list[Tensor] = []
    return _trainer(lambda scores, loss: first.append(scores.detach()[0, :1]))


def _gives_back() -> Step:
    """The first two calls keep copies of the scores, and the third lets all of them go."""
    kept: list[Tensor] = []

    def after(scores: Tensor, loss: Tensor) -> None:
        kept.append(scores.detach().repeat([1, 3, 2][len(kept)], 1))
        if len(kept) == 3:
            kept.clear()

    return _trainer(after)


def _grows() -> Step:
    """The second call keeps less than the third."""
    kept: list[Tensor] = []
    return _trainer(lambda scores, loss: kept.append(scores.detach().repeat(len(kept) + 1, 1)))


@exercise("07.10b")
def leak(answer: Any) -> None:
    """What is alive after the third call, less what was after the second."""
    for told, make in [
        ("a step that leaves nothing behind", _clean),
        ("losses on a list, after backward", _walked),
        ("losses on a list, without backward", _graphs),
        ("loss.item() on a list", _numbers),
        ("one score of each call on a list, as a view", _views),
        ("scores on a list, which the third call clears", _gives_back),
        ("more on a list with each call", _grows),
    ]:
        totals, ends, train, meter = [0], [0], make(), Meter()
        with meter:
            for _ in range(3):
                train()
                totals.append(meter.total())
                ends.append(meter.last)
        want = totals[3] - totals[2]
        runs: list[int] = []
        step = make()

        def counted(step: Step = step, runs: list[int] = runs) -> None:
            runs.append(1)
            step()

        with given(f"step: {told}"):
            found = call(answer, counted)
            if len(runs) != 3:
                raise Wrong(f"step was called {len(runs)} times; call it three times")
            expect_int(found)
            expect_equal(
                found,
                want,
                usual=[
                    (ends[3] - ends[2], "the curve ends within the call; add up after the call"),
                    (totals[3], "this is all that is alive; subtract what was before the call"),
                    (totals[3] - totals[1], "these are two calls; take the third alone"),
                    (totals[2] - totals[1], "this is the second call; add up after the third"),
                    (totals[3] - totals[0], "compare the third call with the second"),
                    (abs(want), "where there is less than before, the number is negative"),
                    (max(want, 0), "where there is less than before, the number is negative"),
                    (-want, "after the third call, less after the second, and not the other way"),
                    (want // 4, "count bytes, not numbers"),
                ],
                why="the bytes alive after the third call, less those after the second; "
                "a meter that starts later does not see what the first call made",
            )
