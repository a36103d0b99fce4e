"""The graph behind a tensor: what autograd walks back along, drawn as the data flowed."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from matplotlib.figure import Figure
from torch import Tensor

from d2lutils.errors import BookError
from d2lutils.plot.graphs import graph
from d2lutils.plot.layers import MAX_NODES
from d2lutils.plot.layout import written

_LEAF = "AccumulateGrad"  # the node that adds up a leaf's gradient
Named = Mapping[tuple[Any, int], tuple[str, Tensor]]


def computation_graph(
    output: Tensor | Sequence[Tensor],
    names: Mapping[str, Tensor] | None = None,
    *,
    saved: bool = False,
    gradients: bool = False,
    title: str | None = None,
) -> Figure:
    """Return a figure of the graph behind a tensor, read from `grad_fn`.

    Arrows lead as the data flowed, from leaves that require a gradient. Explained in 04/02.

    Args:
        output: a tensor that was computed, or a list of several.
        names: the reader's names for leaves, and for results on the way, `{"w": w}`.
        saved: also write what each operator keeps for the way back; data gets a box if named.
        gradients: also write `.grad` of each leaf, and of a named result that retains it.

    Raises BookError on a tensor with no graph behind it, more than 40 nodes, or `saved` after
    `backward()` has freed what was kept.
    """
    outputs: list[Any] = list(output) if isinstance(output, list | tuple) else [output]
    named = _by_place(outputs, names)
    edges, kinds = _walk(outputs)
    if (count := len(kinds) + len(outputs)) > MAX_NODES:
        part = "a smaller part, such as one layer, one step of a loop, one term of a sum"
        raise BookError(f"{MAX_NODES} nodes can be read, and this graph has {count}: draw {part}")
    inner = {place: named[place] for place in named.keys() - set(map(_place, outputs))}
    labels = {node: _lines(node, inner, gradients) for node in kinds}
    if saved:
        _add_saved(edges, kinds, labels, named)
    for at, tensor in enumerate(outputs):
        name, _ = named.get(_place(tensor), ("result", tensor))
        kinds[at], labels[at] = "result", _box(name, tensor, gradients)
    texts = {node: "\n".join(lines) for node, lines in labels.items()}
    order = ("leaf", "operator", "result", "kept data")
    return graph(edges, texts, kinds=kinds, order=order, title=title)


def _walk(outputs: Sequence[Tensor]) -> tuple[list[Any], dict[Any, str]]:
    """Return the edges to some tensors, by number, and behind them; the kind of each node."""
    edges: list[Any] = [(tensor.grad_fn, at) for at, tensor in enumerate(outputs)]
    kinds: dict[Any, str] = dict.fromkeys([node for node, _ in edges], "operator")
    waiting = list(kinds)
    for node in waiting:  # grows on the way
        for parent, _ in node.next_functions:
            if parent is None:
                continue
            edges.append((parent, node))
            if parent not in kinds:
                kinds[parent] = "leaf" if type(parent).__name__ == _LEAF else "operator"
                waiting.append(parent)
    return edges, kinds


def _add_saved(edges: list[Any], kinds: dict[Any, str], labels: Any, named: Named) -> None:
    """Write below each operator what it keeps, and draw named data that it keeps as boxes."""
    for node in list(kinds):
        for what, tensor in _kept(node):
            place: Any = None if tensor is None else _place(tensor)
            if place in named:
                name, tensor = named[place]
                labels[node].append(f"keeps {name}")
                if not tensor.requires_grad:
                    edges.append((place, node))
                    kinds[place], labels[place] = "kept data", _box(name, tensor)
            elif place and place[0] in kinds:  # a result on the way: another box has its shape
                labels[node].append(f"keeps {what}")
            else:
                labels[node].append(f"keeps {_in_a_line(what, tensor)}")


def _by_place(outputs: Sequence[Any], names: Any) -> Named:
    """Raise BookError on what has no graph; return the names by the place in the graph."""
    for tensor in outputs or [None]:
        if not isinstance(tensor, Tensor):
            kind = type(tensor).__name__ if outputs else "an empty list"
            raise BookError(f"computation_graph draws what is behind a tensor, not {kind}")
        if tensor.grad_fn is None:
            why = "none of its inputs has requires_grad=True, or no_grad() or detach() cut them off"
            why = "it is a leaf: draw that of what it is used for" if tensor.requires_grad else why
            raise BookError(f"this tensor has no graph behind it: {why}")
    pairs: Any = dict(names or {}).items() if isinstance(names, Mapping | None) else [(None, names)]
    if not all(isinstance(name, str) and isinstance(tensor, Tensor) for name, tensor in pairs):
        raise BookError('names is a dict from the name of each tensor to the tensor, {"w": w}')
    return {_place(tensor): (name, tensor) for name, tensor in pairs}


def _place(tensor: Tensor) -> tuple[Any, int]:
    """Which result of which operator a tensor is; a leaf is itself."""
    return (tensor.grad_fn, tensor.output_nr if tensor.grad_fn else id(tensor))


def _lines(node: Any, named: Named, gradients: bool) -> list[str]:
    if type(node).__name__ == _LEAF:
        name, leaf = named.get(_place(node.variable), ("leaf", node.variable))
        return _box(name, leaf, gradients)
    lines = [re.sub(r"Backward\d*$", "", type(node).__name__)]
    others: Counter[tuple[int, ...]] = Counter()
    for number, made in enumerate(node._input_metadata):
        if (node, number) in named:
            lines += _box(*named[node, number], gradients)
        else:
            others[tuple(made.shape)] += 1
    return lines + [f"{n} × {shape}" if n > 1 else str(shape) for shape, n in others.items()]


def _box(name: str, tensor: Tensor, gradient: bool = False) -> list[str]:
    lines = [name, _in_a_line("", tensor).strip()] if tensor.ndim else [_in_a_line(name, tensor)]
    if gradient and (tensor.is_leaf or tensor.retains_grad):
        lines.append(_in_a_line("no grad" if tensor.grad is None else "grad", tensor.grad))
    return lines


def _in_a_line(name: str, tensor: Tensor | None) -> str:
    """A tensor's name with its shape, and its value where it is one number."""
    shape = "" if tensor is None else f" {tuple(tensor.shape)}".removesuffix(" ()")
    if tensor is not None and tensor.numel() == 1:
        with suppress(RuntimeError):  # on the meta device, or inside of torch.func
            return f"{name}{shape} = {written(tensor.item())}"
    return f"{name}{shape}"


def _kept(node: Any) -> Iterator[tuple[str, Tensor | None]]:
    """What an operator calls each tensor that it keeps, and the tensor: None, where it changed."""
    own = ["saved_tensors"] if hasattr(node, "_raw_saved_tensors") else []  # of a reader's function
    attributes = own + [name for name in dir(node) if name.startswith("_saved_")]
    for attribute in sorted(attributes, key=lambda name: (name != "_saved_self", name)):
        what = attribute.removeprefix("_saved_").replace("saved_tensors", "tensor")
        try:
            kept = getattr(node, attribute)
        except RuntimeError as error:
            if "inplace" not in str(error):
                cure = "draw the graph before it, or call backward(retain_graph=True)"
                raise BookError(f"backward() freed what the operators kept: {cure}") from None
            yield f"{what}, changed since", None
            continue
        several = kept if isinstance(kept, list | tuple) else [kept]
        yield from ((what, tensor) for tensor in several if isinstance(tensor, Tensor))
