"""Checks of 08/12, a forger and a detective."""

import copy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_type, given
from d2lutils.checks.networks import drawn


@exercise("08.12a")
def forger_step(answer: Any) -> None:
    """One step of the forger that leaves no gradients in the detective."""
    for n, k, d, lr, left, seed in [
        (5, 3, 2, 0.5, False, 0),
        (4, 2, 3, 0.3, True, 1),
        (1, 2, 4, 0.7, True, 2),
    ]:
        g = torch.Generator().manual_seed(seed)
        forger = drawn(nn.Sequential(nn.Linear(k, 4), nn.Tanh(), nn.Linear(4, d)), g)
        detective = drawn(nn.Sequential(nn.Linear(d, 3), nn.Tanh(), nn.Linear(3, 1)), g)
        next(detective.parameters()).requires_grad_(seed != 1)
        if left:  # gradients from before: the forger's do not count, the detective's stay
            for p in [*forger.parameters(), *detective.parameters()]:
                p.grad = torch.randn(p.shape, generator=g) if p.requires_grad else None
        noise = torch.randn(n, k, generator=g)
        costs, after = _steps(forger, detective, noise, lr)
        before = [p.detach().clone() for p in detective.parameters()]
        grads = [None if p.grad is None else p.grad.clone() for p in detective.parameters()]
        asked = [p.requires_grad for p in detective.parameters()]
        old = [p.detach().clone() for p in forger.parameters()]
        old_grads = [None if p.grad is None else p.grad.clone() for p in forger.parameters()]
        optimizer = torch.optim.SGD(forger.parameters(), lr=lr)
        with given(f"a forger, a detective, SGD with lr={lr}", noise=noise):
            got = call(answer, forger, detective, noise, optimizer)
            if isinstance(got, Tensor):
                raise Wrong("return a Python number; `.item()` gives the loss's number")
            expect_equal(
                expect_type(got, float),
                costs["right"],
                usual=[
                    (costs["zeros"], "the forger asks for the label 1"),
                    (
                        -costs["zeros"],
                        "take the cost of the label 1, not minus that of the label 0",
                    ),
                    (costs["sum"], "take the mean over the points, not the sum"),
                    (costs["after"], "this is the loss after the step; return the one before"),
                    (costs["twice"], "the loss takes scores; a sigmoid is one too many"),
                ],
                why="take the binary cross-entropy of the detective's scores and the label 1",
            )
            _moved(forger, old, old_grads, after, lr)
            _untouched(detective, before, grads, asked)


def _moved(
    forger: nn.Module,
    old: list[Tensor],
    old_grads: list[Tensor | None],
    after: dict[str, list[Tensor]],
    lr: float,
) -> None:
    """Raise Wrong unless the forger has made the right step."""
    now = [p.detach() for p in forger.parameters()]

    def near(wanted: list[Tensor]) -> bool:
        return all(torch.allclose(a, b, atol=1e-6) for a, b in zip(now, wanted, strict=True))

    if near(after["right"]):
        return
    left = [torch.zeros_like(a) if b is None else b for a, b in zip(old, old_grads, strict=True)]
    only_left = [a - lr * b for a, b in zip(old, left, strict=True)]
    added = [a - lr * b for a, b in zip(after["right"], left, strict=True)]
    if near(old):
        raise Wrong("the forger has not moved; walk back to it, and step its optimizer")
    if near(only_left):
        raise Wrong("the forger moved by gradients from before alone; walk back to it")
    if near(added):
        raise Wrong("gradients from before were added; clear the forger's before the walk")
    if near(after["zeros"]):
        raise Wrong("this makes the forgeries worse; the forger asks for the label 1")
    raise Wrong("the forger's parameters are wrong; make one step of the optimizer for this loss")


def _untouched(
    detective: nn.Module,
    before: list[Tensor],
    grads: list[Tensor | None],
    asked: list[bool],
) -> None:
    """Raise Wrong unless the detective is as it was."""
    for p, weight, grad, wanted in zip(detective.parameters(), before, grads, asked, strict=True):
        if not torch.equal(p.detach(), weight):
            raise Wrong("the detective's parameters have changed; only the forger steps")
        if p.requires_grad != wanted:
            raise Wrong("the detective's requires_grad has changed; put it back as it was")
        if (p.grad is None) != (grad is None):
            told = "gradients were left in the detective" if grad is None else "they are gone"
            raise Wrong(f"the detective's .grad should be as before, and {told}")
        if grad is not None and p.grad is not None and not torch.equal(p.grad, grad):
            raise Wrong("the detective's .grad has changed; leave it as it was")


def _steps(
    forger: nn.Module, detective: nn.Module, noise: Tensor, lr: float
) -> tuple[dict[str, float], dict[str, list[Tensor]]]:
    """The losses that right and wrong answers give, and the forger's parameters afterwards."""
    costs, after = {}, {}
    for name, label in [("right", 1.0), ("zeros", 0.0)]:
        maker = copy.deepcopy(forger)
        scores = detective(maker(noise))
        goal = torch.full_like(scores, label)
        cost = F.binary_cross_entropy_with_logits(scores, goal)
        weights = list(maker.parameters())
        slopes = torch.autograd.grad(cost, weights)
        after[name] = [(w - lr * s).detach() for w, s in zip(weights, slopes, strict=True)]
        costs[name] = cost.item()
        if name == "right":
            with torch.no_grad():
                costs["sum"] = cost.item() * len(noise)
                costs["twice"] = F.binary_cross_entropy_with_logits(scores.sigmoid(), goal).item()
                for w, new in zip(weights, after[name], strict=True):
                    w.copy_(new)
                moved = detective(maker(noise))
                costs["after"] = F.binary_cross_entropy_with_logits(moved, goal).item()
    return costs, after


@exercise("08.12b")
def follow(answer: Any) -> None:
    """Each parameter of one network moved a part of the way to another's, in place."""
    for decay, seed in [(0.75, 0), (0.99, 1), (0.0, 2), (1.0, 3)]:
        g = torch.Generator().manual_seed(seed)
        average = drawn(nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1)), g)
        net = drawn(copy.deepcopy(average), g)
        theirs = [p.detach().clone() for p in net.parameters()]
        mine = list(average.parameters())
        old = [p.detach().clone() for p in mine]
        pairs = list(zip(old, theirs, strict=True))
        want = [decay * a + (1 - decay) * b for a, b in pairs]
        swapped = [decay * b + (1 - decay) * a for a, b in pairs]
        shrunk = [decay * (a + (1 - decay) * b) for a, b in pairs]
        with given("average and net, each of two Linear and a ReLU", decay=decay):
            result = call(answer, average, net, decay, in_place=True)
            if result is not None:
                raise Wrong("return nothing; change the parameters of average in place")
            now = list(average.parameters())
            if any(a is not b for a, b in zip(now, mine, strict=True)):
                raise Wrong("average has new parameters; change the old ones in place")
            if any(not torch.equal(a, b) for a, b in zip(net.parameters(), theirs, strict=True)):
                raise Wrong("net has changed; leave it as it is")
            shared = zip(now, net.parameters(), strict=True)
            if any(a.data_ptr() == b.data_ptr() for a, b in shared):
                raise Wrong("average and net share their memory; copy the numbers")
            if any(not p.requires_grad or not p.is_leaf for p in now):
                raise Wrong("the parameters of average should stay leaves that ask for gradients")
            expect_equal(
                [p.detach() for p in now],
                want,
                usual=[
                    (swapped, "decay and 1 - decay are swapped"),
                    (old, "average has not changed"),
                    (theirs, "this copies net; keep a part of average"),
                    (shrunk, "multiply average alone by decay"),
                ],
                why="each parameter is decay times itself plus 1 - decay times that of net",
            )
