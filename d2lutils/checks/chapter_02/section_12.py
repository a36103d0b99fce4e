"""Checks of 02/12, tensors on the GPU; the device `meta` stands in for a GPU."""

import re
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_tensor, given
from d2lutils.checks.showing import kind

META = torch.device("meta")
SECOND = torch.device("cuda", 1)


class _SecondGPU(TorchFunctionMode):
    """Inside a `with`, tensors on meta say that they are on the second GPU.

    Notes which functions were given which GPU.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, torch.device]] = []

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        name, of = func.__name__, getattr(func, "__self__", None)
        if of is torch.Tensor.device:
            device = func(*args)
            return SECOND if device == META else device
        if of is torch.Tensor.is_cuda:
            return True if args[0].is_meta else func(*args)
        if name == "get_device" and args[0].is_meta:
            return SECOND.index
        if name == "cuda":
            self.asked.append((name, torch.device("cuda", *args[1:])))
            return args[0].to(META)
        args = [self._on_meta(name, part) for part in args]
        kwargs = {key: self._on_meta(name, part) for key, part in (kwargs or {}).items()}
        return func(*args, **kwargs)

    def _on_meta(self, name: str, part: Any) -> Any:
        if isinstance(part, str) and re.fullmatch(r"cuda(:\d)?", part):
            part = torch.device(part)
        if not isinstance(part, torch.device) or part.type != "cuda":
            return part
        self.asked.append((name, part))
        return META


@exercise("02.12a")
def column_numbers(answer: Any) -> None:
    """The column numbers of a matrix, on the matrix's device."""
    for lines, columns in [(2, 3), (4, 1), (1, 12), (2, 0)]:
        x = torch.zeros(lines, columns)
        with given(x=x):
            got = expect_tensor(call(answer, x))
            want = torch.arange(columns)
            usual = [
                (torch.arange(lines), "these are the row numbers; columns are `x.shape[1]`"),
                (want + 1, "the numbers start at 0"),
                (want.float(), "the numbers must be int64"),
                (want.expand(lines, columns), "one row of numbers is enough: shape (columns,)"),
            ]
            expect_equal(got, want, usual=usual, why="columns are numbered 0, 1, … in int64")
    for source, x in [
        ("torch.zeros(2, 300, dtype=torch.uint8)", torch.zeros(2, 300, dtype=torch.uint8)),
        ("torch.zeros(0, 3)", torch.zeros(0, 3)),
    ]:
        with given(f"x = {source}"):
            got, want = call(answer, x), torch.arange(x.shape[1])
            expect_equal(got, want, why="a number must not pass through the dtype of `x`")
    with given("x = torch.zeros(2, 3, device='meta')"):
        answered = call(answer, torch.zeros(2, 3, device=META))
        got = expect_tensor(answered, shape=(3,), dtype=torch.int64, on_meta=True)
        if got.device != META:
            raise Wrong(f"the result is on {got.device}, `x` on meta; hand on `device=x.device`")
    with given("x on the device cuda:1, the second GPU"):
        x = torch.zeros(2, 3, device=META)
        gpu = _SecondGPU()
        got = expect_tensor(call(answer, x, inside=gpu), on_meta=True)
        _judge_device(gpu)
        if not got.is_meta:
            raise Wrong(f"the result is on {got.device}; hand on `device=x.device`")


def _judge_device(gpu: _SecondGPU) -> None:
    for name, device in gpu.asked:
        if device != SECOND:
            raise Wrong(
                f"`{name}` was given the device {device}, which is the current GPU, often the "
                "first; the number must come along, so hand on the device whole"
            )


@exercise("02.12b")
def move(answer: Any) -> None:
    """Every tensor of a nest of containers moved to a device."""
    for batch in [torch.ones(2), {"x": torch.ones(2), "n": 3}, _nest(), [], {"none": ()}]:
        with given(batch=batch):
            _judge(batch, call(answer, batch, META), "the result")
    for batch in [torch.ones(2), [torch.ones(2)], (torch.ones(2),), _nest()]:
        with given(batch=batch, device="cpu"):
            _judge_same(batch, call(answer, batch, torch.device("cpu")), "the result")
    with given("batch = a nest of tensors on the CPU", device="cuda:1"):
        gpu = _SecondGPU()
        got = call(answer, batch, SECOND, inside=gpu)
        _judge(batch, got, "the result")
        _judge_device(gpu)
        for name, _ in gpu.asked:
            if name not in ("to", "as_tensor", "asarray", "cuda"):
                raise Wrong(f"`{name}` makes a new tensor without the numbers; `to` takes them")
    tracked = torch.ones(2, requires_grad=True)
    with given("batch = torch.ones(2, requires_grad=True)"):
        if not expect_tensor(call(answer, tracked, META), on_meta=True).requires_grad:
            raise Wrong("the tensor has lost its `requires_grad`; `to` alone keeps it")
    with given("batch = nn.Parameter(torch.ones(2))"):
        got = call(answer, nn.Parameter(torch.ones(2)), META)
        if expect_tensor(got, on_meta=True).device != META:
            raise Wrong(f"it stayed on {got.device}; a parameter is a tensor, so use `isinstance`")
    with given("batch = a tensor on cuda:1", device="cuda:0"):
        gpu = _SecondGPU()
        call(answer, torch.ones(2, device=META), torch.device("cuda", 0), inside=gpu)
        if not gpu.asked:
            raise Wrong("it stayed on cuda:1; two devices of one type may be two cards")


def _nest() -> dict[Any, Any]:
    pair = (torch.zeros(1), "name")
    inner: Any = torch.ones(1)
    for _ in range(9):
        inner = [inner]
    deep: list[Any] = [
        torch.ones(3, 2).t(),
        torch.arange(3),
        None,
        {"deep": torch.ones(1), "rate": 0.1},
        ([True], {}),
        inner,
        np.ones(2),
        _Moving(),
    ]
    return {"pair": pair, "list": deep, 7: object(), "count": 3, "a": 0}


class _Moving:
    """Something that can be moved and is no tensor, as a network is."""

    def to(self, *_: Any, **__: Any) -> None:
        raise Wrong("only tensors are moved; whatever else has a method `to` stays as it is")


def _judge(was: Any, got: Any, place: str) -> None:
    """Compare what was given and what came back, part by part."""
    if type(was) is not type(got):
        raise Wrong(f"{place} was {kind(was)} and has become {kind(got)}")
    if isinstance(was, torch.Tensor):
        if got.device != META:
            raise Wrong(f"{place} is a tensor that stayed on {got.device}")
        if (got.shape, got.dtype) != (was.shape, was.dtype):
            raise Wrong(f"{place} has another shape or dtype than before")
        return
    for before, after, where in _parts(was, got, place):
        _judge(before, after, where)


def _judge_same(was: Any, got: Any, place: str) -> None:
    """Judge that tensors which are there already came back themselves, in a nest of its own."""
    if isinstance(was, torch.Tensor) and got is not was:
        raise Wrong(
            f"{place} is a copy; a tensor that is there already must not be copied, `to` sees to it"
        )
    for before, after, where in _parts(was, got, place):
        _judge_same(before, after, where)


def _parts(was: Any, got: Any, place: str) -> list[tuple[Any, Any, str]]:
    """Return the parts of two containers side by side, and where they are."""
    if isinstance(was, dict):
        if not isinstance(got, dict) or was.keys() != got.keys():
            raise Wrong(f"{place} should be a dict with the keys {list(was)}")
        if list(was) != list(got):
            raise Wrong(f"{place} has its keys in another order, {list(got)}")
        return [(was[key], got[key], f"{place}[{key!r}]") for key in was]
    if isinstance(was, list | tuple):
        if type(got) is not type(was) or len(was) != len(got):
            raise Wrong(f"{place} should be {kind(was)} of {len(was)} items")
        pairs = enumerate(zip(was, got, strict=True))
        return [(before, after, f"{place}[{at}]") for at, (before, after) in pairs]
    if got is not was and not isinstance(was, torch.Tensor):
        raise Wrong(f"{place} was {was!r:.60} and has become {got!r:.60}; leave it as it is")
    return []
