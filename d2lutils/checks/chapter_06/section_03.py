"""Checks of 06/03, branches."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from d2lutils.checks import (
    Wrong,
    call,
    exercise,
    expect_equal,
    expect_parts,
    expect_tensor,
    expect_type,
    given,
)
from d2lutils.checks.classes import module_class
from d2lutils.checks.explaining import explain, is_interrupt


@exercise("06.3a")
def picture_and_row(answer: Any) -> None:
    """Two branches joined; where no rows are given, zeros of the right kind stand in."""
    cls = module_class(answer)
    sizes = [((4, 1, 8, 8), 3, 2), ((1, 1, 5, 3), 1, 1), ((0, 1, 4, 4), 2, 3), ((3, 1, 1, 1), 5, 7)]
    for shape, num_columns, num_outputs in sizes:
        with given(f"pictures of shape {shape}", num_columns=num_columns, num_outputs=num_outputs):
            module = expect_type(call(cls, num_columns, num_outputs), nn.Module)
            parts = _parts(module, num_columns, num_outputs)
            pictures, rows = torch.randn(shape), torch.randn(shape[0], num_columns)
            _expect_answer(module, parts, pictures, rows)
            _expect_answer(module, parts, pictures, None)
    module = expect_type(call(cls, 3, 2), nn.Module)
    _expect_gradients(module, _parts(module, 3, 2))
    for kind in ["meta", torch.bfloat16, torch.float64]:
        _expect_moves(expect_type(call(cls, 3, 2), nn.Module), kind)


def _parts(module: nn.Module, num_columns: int, num_outputs: int) -> list[Tensor]:
    """Return weight and bias of the convolution, of the rows' layer and of the last one."""
    wanted = [(8, 1, 3, 3), (8,), (4, num_columns), (4,), (num_outputs, 12), (num_outputs,)]
    if any(is_lazy(p) for p in module.parameters()):
        raise Wrong("it has lazy layers, of no size yet; all sizes are known here")
    found = {tuple(p.shape): p for p in module.parameters()}
    shapes = sorted(tuple(p.shape) for p in module.parameters())
    if shapes != sorted(wanted):
        raw = (num_outputs, 8 + num_columns) in found
        hint = "; the rows go through a layer of their own before they are joined" if raw else ""
        raise Wrong(f"its parameters have the shapes {shapes}; wanted {sorted(wanted)}{hint}")
    return [found[shape] for shape in wanted]


def _expect_answer(module: Any, parts: list[Tensor], pictures: Tensor, rows: Any) -> None:
    """Compare with what the layers should make of the pictures and rows."""
    kernel, kernel_bias, weight, bias, last, last_bias = parts
    maps = F.conv2d(pictures, kernel, kernel_bias, padding=1)
    seen = maps.relu().mean(dim=(2, 3))
    linear = None if rows is None else F.linear(rows, weight, bias)
    known = seen.new_zeros(len(seen), 4) if linear is None else linear.relu()

    def joined(*branches: Tensor) -> Tensor:
        return F.linear(torch.cat(branches, dim=1), last, last_bias)

    largest = maps.relu().amax(dim=(2, 3))
    usual = [
        (joined(known, seen), "join the pictures first, and the rows behind them"),
        (joined(maps.mean(dim=(2, 3)), known), "a ReLU is missing in the branch of the pictures"),
        (joined(largest, known), "pool by the average, not by the maximum"),
        (joined(seen, known).relu(), "there is no ReLU after the last layer"),
    ]
    if min(pictures.shape[2:]) > 2:
        unpadded = F.conv2d(pictures, kernel, kernel_bias).relu().mean(dim=(2, 3))
        usual.append((joined(unpadded, known), "the convolution has a padding of 1"))
    if linear is not None:
        usual.append((joined(seen, linear), "a ReLU is missing in the branch of the rows"))
    else:
        told = "the branch of the rows ran on zeros; zeros should stand in for what it returns"
        usual.append((joined(seen, bias.relu().expand(len(seen), 4)), told))
    why = "the scores are not those of both branches, joined along dimension 1"
    inputs = [pictures] if rows is None else [pictures, rows]
    with given("no rows given" if rows is None else "rows given"):
        got = expect_tensor(call(module, *inputs))
        expect_equal(got, joined(seen, known), usual=usual, why=why)


def _expect_gradients(module: nn.Module, parts: list[Tensor]) -> None:
    """All learn where rows are given; without rows, their branch does not run."""
    pictures, rows = torch.randn(6, 1, 4, 4).abs(), torch.randn(6, 3)
    for inputs in [[pictures, rows], [pictures]]:
        module.zero_grad()
        result: Any = call(module, *inputs)
        if not result.requires_grad:
            raise Wrong("the scores have no gradient; do not compute with `.data` or `no_grad`")
        result.sum().backward()
        for place, p in enumerate(parts):
            if len(inputs) == 1 and place in (2, 3):
                if p.grad is not None:
                    raise Wrong("without rows, their layer gets a gradient, so it did run")
            elif p.grad is None:
                raise Wrong(f"no gradient reaches the parameter of shape {tuple(p.shape)}")


def _expect_moves(module: nn.Module, kind: Any) -> None:
    moved, told = module.to(kind), str(kind).removeprefix("torch.")
    pictures, rows = torch.randn(2, 1, 4, 4).to(kind), torch.randn(2, 3).to(kind)
    for inputs, what in [([pictures, rows], "with rows"), ([pictures], "without rows")]:
        with given(f"module and pictures moved to {told}, {what}"):
            try:
                got: Any = moved(*inputs)
            except BaseException as error:
                if is_interrupt(error):
                    raise
                hint = "A constant that `forward` makes should have the input's device and dtype"
                raise Wrong(f"your module raised {explain(error)}. {hint}") from error
            if (got.device.type, got.dtype) != (pictures.device.type, pictures.dtype):
                raise Wrong(f"the scores are {got.dtype} on {got.device.type}")


class _Look(nn.Module):
    """A look that remembers what it was called with."""

    def __init__(self, score: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.score, self.batches = score, list[Tensor]()

    def forward(self, X: Tensor) -> Tensor:
        self.batches.append(X.detach().clone())
        return self.score(X)


def _looks(shape: tuple[int, ...], num_looks: int, num_scores: int) -> list[_Look]:
    """Looks of growing decision: the first gives low scores, the last high ones."""
    flat = int(torch.tensor(shape[1:]).prod())
    layers = [nn.Linear(flat, num_scores, bias=False) for _ in range(num_looks)]
    for place, layer in enumerate(layers):
        nn.init.normal_(layer.weight, std=place + 1)
    return [_Look(nn.Sequential(nn.Flatten(), layer)) for layer in layers]


@exercise("06.3b")
def answer_early(answer: Any) -> None:
    """Each input has the scores of the first look that is sure; looks see the unsure ones only."""
    sizes = [((9, 3), 3, 4, 0.7), ((12, 1, 2, 2), 4, 3, 0.8), ((7, 2), 2, 5, 0.6)]
    sizes += [((5, 2), 3, 10, 0.0), ((4, 3), 3, 2, 1.1), ((6, 3), 1, 4, 0.9), ((1, 4), 3, 3, 0.9)]
    trials = [(torch.randn(s), _looks(s, looks, k), sure) for s, looks, k, sure in sizes]
    tie = torch.tensor([[0.0], [1.0], [0.0]])  # two equal scores have the probability 0.5 each
    equal = [_Look(lambda X: torch.cat([X, -X], dim=1)), _Look(lambda X: torch.cat([X, X], dim=1))]
    trials.append((tie, equal, 0.5))
    for X, looks, sure in trials:
        with given(f"len(looks) = {len(looks)}", X=X, sure=sure):
            _expect_early(answer, X, looks, sure)


def _expect_early(answer: Any, X: Tensor, looks: list[_Look], sure: float) -> None:
    with torch.no_grad():
        all_scores = torch.stack([look.score(X) for look in looks])
    high = F.softmax(all_scores, dim=2).amax(dim=2)
    enough = high >= sure
    enough[-1] = True
    first = enough.int().argmax(dim=0)
    for look in looks:
        look.batches.clear()
    result = call(answer, looks, X, sure)
    scores, used = expect_parts(result, "scores", "used")
    for place, look in enumerate(looks):
        _expect_calls(look.batches, X[first >= place], place + 1, len(X))
    rows = torch.arange(len(X))
    usual = [
        (all_scores[-1], "these are the scores of the last look for all inputs"),
        (all_scores[0], "these are the scores of the first look for all inputs"),
        (all_scores[high.argmax(dim=0), rows], "these are of the surest look, not of the first"),
        (F.softmax(all_scores[first, rows], dim=1), "return the scores, not the probabilities"),
    ]
    why = "an input should have the scores of the first look that is sure, at its own row"
    expect_equal(expect_tensor(scores).detach(), all_scores[first, rows], usual=usual, why=why)
    counted = [(first, "`used` counts from 1"), (first + 2, "`used` is one too high")]
    expect_equal(used, first + 1, usual=counted, why="`used` says which look answered")


def _expect_calls(batches: list[Tensor], wanted: Tensor, place: int, total: int) -> None:
    """A look is called once, with the inputs that are open, or not at all where there are none."""
    if len(batches) > 1:
        raise Wrong(f"look {place} is called {len(batches)} times; once for all of its inputs")
    if not batches:
        if len(wanted):
            raise Wrong(f"look {place} is not called; {len(wanted)} of {total} inputs are unsure")
        return
    got = len(batches[0])
    if got == 0:
        raise Wrong(f"look {place} is called with an empty batch; stop where no input is unsure")
    if got != len(wanted):
        raise Wrong(f"look {place} got {got} of {total} inputs; {len(wanted)} need it")
    same = all((wanted == x).flatten(1).all(dim=1).any() for x in batches[0])
    if batches[0].shape != wanted.shape or not same:
        raise Wrong(f"look {place} got other inputs than those that were unsure before")
