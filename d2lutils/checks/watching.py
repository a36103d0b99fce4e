"""What an answer does while it runs: its tensor operations, its loops, the memory it takes."""

import dis
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from inspect import unwrap
from types import CodeType, FunctionType
from typing import Any

import torch
from torch.overrides import TorchFunctionMode


class Operations(TorchFunctionMode):
    """Inside a `with`, notes the name of each function and method of PyTorch that is called.

    `largest` is the number of elements of the largest tensor that came back.
    """

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.largest = 0

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        self.names.append(func.__name__)
        result = func(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor):
            self.largest = max(self.largest, result.numel())
        return result


def function_of(answer: object) -> FunctionType | None:
    """Return the Python function behind an answer that can be called; None where there is none."""
    while isinstance(answer, partial):
        answer = answer.func
    answer = unwrap(answer) if callable(answer) else answer
    answer = getattr(answer, "__func__", answer)
    if not isinstance(answer, FunctionType):
        answer = vars(type(answer)).get("__call__")
    return answer if isinstance(answer, FunctionType) else None


def loops(answer: Callable[..., Any]) -> bool:
    """Return whether a function, one inside it, or one of the reader's that it calls has a loop.

    A comprehension is one as well, and so are `map`, `filter`, `reduce` and what `itertools` has.
    """
    seen: set[CodeType] = set()
    waiting: list[object] = [answer]
    while waiting:
        function = function_of(waiting.pop())
        if function is None or function.__code__ in seen:
            continue
        home = function.__globals__
        for code in nested(function.__code__):
            seen.add(code)
            steps = list(dis.get_instructions(code))
            if any("FOR_ITER" in step.opname or "BACKWARD" in step.opname for step in steps):
                return True
            names = {step.argval for step in steps if step.opname == "LOAD_GLOBAL"}
            if names & {"map", "filter", "reduce", "accumulate", "itertools"}:
                return True
            called = [home.get(name) for name in names]
            waiting += [one for one in called if getattr(one, "__globals__", None) is home]
    return False


def nested(code: CodeType) -> Iterator[CodeType]:
    """Yield a code object and those of the functions and comprehensions inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from nested(constant)


@contextmanager
def memory() -> Iterator[Callable[[], int]]:
    """Inside the `with`, the function given tells how many bytes Python took at most."""
    running = tracemalloc.is_tracing()
    if not running:
        tracemalloc.start()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    try:
        yield lambda: tracemalloc.get_traced_memory()[1] - before
    finally:
        if not running:
            tracemalloc.stop()
