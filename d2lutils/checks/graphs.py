"""How many graphs `torch.compile` makes of an answer, and how many run; with no C++ compiler."""

from collections.abc import Callable
from typing import Any

import torch


def counted(
    f: Callable[..., Any], *calls: tuple[Any, ...], **options: Any
) -> tuple[int, int, list[Any]]:
    """Call a function, compiled by a backend that counts, as in 07/05.

    Args:
        f: the function or module.
        calls: the positional inputs of each call.
        options: more arguments for `torch.compile`.

    Returns:
        How many graphs were made, how many ran, and the result of each call.
    """
    made, ran = [0], [0]

    def backend(graph_module: Any, example_inputs: Any) -> Callable[..., Any]:
        made[0] += 1

        def run(*inputs: Any) -> Any:
            ran[0] += 1
            return graph_module.forward(*inputs)

        return run

    torch.compiler.reset()
    compiled = torch.compile(f, backend=backend, **options)
    results = [compiled(*inputs) for inputs in calls]
    torch.compiler.reset()
    return made[0], ran[0], results
