"""What the layers of a network put out for a batch, layer below layer."""

from collections.abc import Iterable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.parameter import is_lazy

from d2lutils.errors import BookError, one_line
from d2lutils.plot.inputs import dense
from d2lutils.plot.styling import COLOURS, TINTS, write

MAX_ROWS = 16
_BINS = 60
_TALL = 0.85  # of a row's height, for the tallest bin and for a share of 1
_SIZE = 13.0  # of letters: they stay readable in the tallest figure
_Outputs = list[tuple[str, Tensor]]


def activations(
    net: nn.Module,
    X: Any,
    layers: str | Iterable[str] | type[nn.Module] | None = None,
    *,
    limits: Sequence[float] | None = None,
    title: str | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw what each layer puts out for a batch, a histogram in a row for each; return the axes.

    Rows stand in the order in which the layers ran, on one horizontal axis. Each is as high as its
    tallest bin. Zeros are left out of it: the height of an orange stick is their share, which
    stands beside the row, with the spread (standard deviation) of all numbers that are finite.

    `net(X)` runs once, without a graph, in the mode that the network is in. Its buffers and the
    random generators are as before afterwards, and no hook is left. Built by hand in 05/08.

    Args:
        net: a network that has seen data, if it has lazy layers.
        X: what the network takes, on its device.
        layers: their names, as `named_modules` has them; or a class, `nn.ReLU`, for each layer of
            it; by default each layer that has no layers inside. At most 16 calls of layers.
        limits: the ends of the horizontal axis; by default all but the outermost 0.5 % of the
            numbers on each side of each layer lie within. What lies outside is not drawn.

    Raises BookError on an unknown layer, one that did not run, too many, or an output that is no
    tensor of real numbers.
    """
    chosen = _chosen(net, layers)
    rows = _gather(net, X, chosen)
    if not 1 <= len(rows) <= MAX_ROWS:
        ran = f"activations draws 1 to {MAX_ROWS} outputs of layers, not {len(rows)}"
        raise BookError(f"{ran}: choose with layers=[{', '.join(map(repr, list(chosen)[:3]))}]")
    outputs = [(name, output.double().flatten().numpy()) for name, output in rows]
    edges = _edges([values for _, values in outputs], limits)
    lines = axes is not None and len(rows) < 8  # beside a narrow picture, words in two lines
    if axes is None:
        axes = plt.subplots(figsize=(9, min(1 + 0.55 * len(rows), 4.5)))[1]
    beside: Any = {"size": _SIZE, "va": "center", "transform": axes.get_yaxis_transform()}
    middles = [0.4 - row for row in range(len(rows))]
    for middle, (_, values) in zip(middles, outputs, strict=True):
        base = middle - 0.4
        counts = np.histogram(values[(values != 0) & np.isfinite(values)], edges)[0]
        heights = base + counts / max(1, counts.max()) * _TALL
        axes.stairs(heights, edges, baseline=base, fill=True, color=COLOURS[5])
        if share := (values == 0).mean():
            top = base + share * _TALL
            axes.plot([0, 0], [base, top], color=COLOURS[1], linewidth=5, solid_capstyle="butt")
        ink = COLOURS[6 if np.isfinite(values).all() else 4]
        words = _words(values)
        axes.text(1.02, middle, words.replace(", ", ",\n" if lines else ", "), color=ink, **beside)
    any_zeros = any((values == 0).any() for _, values in outputs)
    write(axes, "output; orange: share of zeros" if any_zeros else "output", "", title, [])
    axes.set(xlim=(edges[0], edges[-1]), ylim=(1 - len(rows) - 0.05, 1))
    axes.set_yticks(middles, [name for name, _ in outputs], size=_SIZE, parse_math=False)
    axes.tick_params(axis="x", labelsize=_SIZE)
    axes.xaxis.label.set(size=_SIZE)
    axes.tick_params(axis="y", length=0)
    axes.grid(False, axis="y")
    axes.hlines([float(-row) for row in range(len(rows))], *edges[[0, -1]], color=TINTS[6], lw=1)
    return axes


def _chosen(net: Any, layers: Any) -> dict[str, nn.Module]:
    """Return the layers to look at by name."""
    if not isinstance(net, nn.Module):
        told = one_line(repr(net), 40)
        raise BookError(f"activations looks into a network, an nn.Module, not {told}")
    if any(map(is_lazy, [*net.parameters(), *net.buffers()])):
        raise BookError("net has lazy layers that have seen no data: call net(X) once before")
    known: dict[str, nn.Module] = dict(net.named_modules())
    if layers is None:
        return {name: part for name, part in known.items() if not list(part.children())}
    if isinstance(layers, type):
        return {name: part for name, part in known.items() if isinstance(part, layers)}
    chosen = {}
    for name in [layers] if isinstance(layers, str) else layers:
        try:
            chosen[name] = net.get_submodule(name)
        except (AttributeError, TypeError):
            named = ", ".join(name for name in known if name) or "none inside"
            told = f"net has no layer {one_line(repr(name), 40)}; its layers: {named}"
            raise BookError(one_line(told, 300)) from None
    return chosen


def _gather(net: nn.Module, X: Any, chosen: dict[str, nn.Module]) -> _Outputs:
    """Run the network once; return each output of the chosen layers by the layer's name."""
    outputs: _Outputs = []
    calls = dict.fromkeys(chosen, 0)

    def keep(name: str, layer: nn.Module, output: Any) -> None:
        calls[name] += 1
        label = f"{name} {type(layer).__name__}".strip()
        label += f" (call {calls[name]})" if calls[name] > 1 else ""
        if not isinstance(output, Tensor):
            told = f"{label} puts out a {type(output).__name__}, not a tensor"
            raise BookError(f"{told}: choose other layers, layers=[…]")
        if not output.numel():
            raise BookError(f"{label} puts out no numbers: its output has {tuple(output.shape)}")
        # A copy: the next layer may change the output in place.
        outputs.append((label, dense(output, f"the output of {label}").clone()))

    def hook(name: str) -> Any:
        return lambda layer, _, output: keep(name, layer, output)

    cuda: Any = torch.cuda
    devices = range(cuda.device_count()) if cuda.is_initialized() else ()
    buffers = {name: buffer.clone() for name, buffer in net.named_buffers()}
    handles = []
    try:
        for name, layer in chosen.items():
            handles.append(layer.register_forward_hook(hook(name)))
        with torch.no_grad(), torch.random.fork_rng(devices):
            functional_call(net, buffers, (X,))
    finally:
        for handle in handles:
            handle.remove()
    silent = [name for name, count in calls.items() if not count]
    if not outputs and silent:
        raise BookError(f"net(X) did not call {', '.join(map(repr, silent)):.80}: nothing to draw")
    return outputs


def _edges(outputs: list[Any], limits: Any) -> Any:
    """Return the edges of all rows' bins."""
    if limits is None:
        ends = [0.0]
        for values in outputs:
            shown = values[(values != 0) & np.isfinite(values)]
            ends += np.quantile(shown, [0.005, 0.995]).tolist() if len(shown) else []
        low, high = min(ends), max(ends)
        margin = 0.04 * (high - low) or 1.0
        pair = [low - margin, high + margin]
    else:
        pair = dense(limits, "limits").flatten().tolist()
    if len(pair) == 2 and -1e300 < pair[0] < pair[1] < 1e300:
        edges = np.linspace(pair[0], pair[1], _BINS + 1)
        if (edges[1:] > edges[:-1]).all():
            return edges
    raise BookError(f"activations needs limits=(low, high) with low < high, not {pair!r:.50}")


def _words(values: Any) -> str:
    """Tell the share of zeros, the spread, and what is no number."""
    zeros, finite = float((values == 0).mean()), values[np.isfinite(values)]
    told = f"zeros {zeros:.2f}" if 0.01 <= zeros <= 0.99 else "zeros <0.01"
    told = {0.0: "no zeros", 1.0: "all zeros"}.get(zeros, "zeros >0.99" if zeros > 0.99 else told)
    if not len(finite):
        return "all nan or inf"
    spread = float(finite.std())
    told += f", spread {spread:.1f}" if 10 <= spread < 1000 else f", spread {spread:#.2g}"
    lost = 1 - len(finite) / len(values)
    return f"{told}, nan or inf {max(0.01, lost):.2f}" if lost else told
