"""Which class a network names at each point of a plane, and the points that it should know."""

from collections.abc import Callable, Sequence
from itertools import cycle, islice
from typing import Any

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from torch import Tensor, nn

from d2lutils.errors import BookError
from d2lutils.plot.inputs import dense
from d2lutils.plot.styling import COLOURS, TINTS, write
from d2lutils.training.states import modes_kept

_SIDE = 160  # points on a side of the grid
_BATCH = 4096  # of them go through the network at once
_MARKERS = "os^Dv*Ph"
_HATCHES = ("", "//", "..", "\\\\", "++")
_BESIDE: Any = {"loc": "upper left", "bbox_to_anchor": (1, 1), "frameon": False}


def decision_regions(
    net: Callable[[Tensor], Any],
    X: Any,
    y: Any,
    *,
    classes: Sequence[str] | None = None,
    names: Sequence[str] = ("x1", "x2"),
    threshold: float = 0.0,
    title: str | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw the class that a network names at each point, with the data on top; return the axes.

    A class has a colour, a hatching and a marker of its own; dark lines are the borders. A module
    is asked in evaluation mode and without a graph, on its device and in its dtype; then each of
    its parts is back in its mode. A function gets points of the device and dtype of `X` (float32
    where `X` is no tensor), and networks inside it keep their mode. Built by hand in 05/05.

    Args:
        net: takes points of shape (n, 2), in the units of `X`. Returns scores of shape (n, C), and
            the highest names the class; or one number a point, floats of shape (n,) or (n, 1),
            which name class 1 above `threshold`, else 0; or classes, whole numbers or bools.
        X: the points to draw, shape (n, 2).
        y: their classes, whole numbers from 0, shape (n,).
        classes: what the classes are called.
        names: what the two axes show, with their units.

    Raises BookError on other shapes, no points, a class that is not there, `nan`.
    """
    points = dense(X, "X").double()
    if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
        raise BookError(f"X needs points of shape (n, 2), one or more, not {tuple(points.shape)}")
    if not points.isfinite().all():
        raise BookError("X holds nan or inf: leave those points out, and their classes too")
    labels = _labels(y, len(points))

    margin = 0.06 * (points.amax(dim=0) - points.amin(dim=0))
    margin = torch.where(margin == 0, 1.0, margin)
    low, high = (points.amin(dim=0) - margin).tolist(), (points.amax(dim=0) + margin).tolist()
    across, up = (torch.linspace(*ends, _SIDE).double() for ends in zip(low, high, strict=True))
    grid = torch.stack(torch.meshgrid(across, up, indexing="xy"), dim=-1).flatten(0, 1)
    leads = _leads(_ask(net, grid, X), threshold, labels, classes)
    called = list(map(str, range(len(leads)) if classes is None else classes))

    axes = plt.subplots()[1] if axes is None else axes
    entries: list[tuple[str, Any]] = []
    looks = zip(cycle(COLOURS), cycle(TINTS), cycle(_MARKERS), cycle(_HATCHES), strict=False)
    for k, (colour, tint, marker, hatch) in enumerate(islice(looks, len(leads))):
        height = leads[k].reshape(_SIDE, _SIDE).numpy()
        faint = to_rgba(colour, 0.35)
        if (height > 0).any():
            region = axes.contourf(across, up, height, [0, 4], colors=[tint], hatches=[hatch])
            region.set(edgecolor=faint, linewidth=0)
        if (height > 0).any() and (height < 0).any():
            axes.contour(across, up, height, [0], colors="black", linewidths=1, linestyles="solid")
        mark: Any = {"marker": marker, "color": colour, "linestyle": "", "markeredgecolor": "black"}
        mark |= {"markersize": 8 if marker == "*" else 5.5, "markeredgewidth": 0.5}
        axes.plot(*points[labels == k].T, **mark)
        patch = Patch(facecolor=tint, edgecolor=faint, hatch=hatch * 2, linewidth=0)
        entries.append((called[k], (patch, Line2D([], [], **mark))))
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    axes.grid(False)
    write(axes, names[0], names[1], title, entries, handlelength=2.4, handleheight=1.4, **_BESIDE)
    return axes


def _labels(y: Any, count: int) -> Tensor:
    labels = dense(y, "y")
    if labels.shape != (count,):
        raise BookError(
            f"y needs a class for each point, shape ({count},), not {tuple(labels.shape)}"
        )
    whole = labels.double()
    if not (whole == whole.round().abs()).all():
        odd = whole[whole != whole.round().abs()][0].item()
        raise BookError(f"y needs classes, whole numbers from 0, and holds {odd:g}")
    return labels.long()


def _ask(net: Any, grid: Tensor, X: Any) -> Tensor:
    """Return what the network says of each point, on the CPU."""
    if not callable(net):
        raise BookError(f"decision_regions asks a network or a function, not {type(net).__name__}")
    like = [X] if isinstance(X, Tensor) else []
    if isinstance(net, nn.Module):
        like = [*net.parameters(), *net.buffers()]
        with modes_kept([net]), torch.no_grad():
            net.eval()
            return _in_batches(net, grid, like)
    with torch.no_grad():
        return _in_batches(net, grid, like)


def _in_batches(net: Any, grid: Tensor, like: Sequence[Tensor]) -> Tensor:
    device = like[0].device if like else torch.device("cpu")
    dtypes = [tensor.dtype for tensor in like if tensor.is_floating_point()]
    said = []
    asked = grid.to(dtypes[0] if dtypes else torch.float32).to(device)
    for batch in torch.split(asked, _BATCH):
        outputs = net(batch)
        answer = dense([] if outputs is None else outputs, "what the network returns")
        if answer.ndim not in (1, 2) or len(answer) != len(batch) or answer.shape[1:] == (0,):
            found = "None" if outputs is None else f"shape {tuple(answer.shape)}"
            wanted = f"({len(batch)}, C), ({len(batch)}, 1) or ({len(batch)},)"
            raise BookError(f"for {len(batch)} points the network returns {found}, not {wanted}")
        said.append(answer)
    return torch.cat(said)


def _leads(said: Tensor, threshold: float, labels: Tensor, classes: Any) -> Tensor:
    """Return for each class by how much it leads at each point: above 0 where it is named."""
    if said.isnan().any():
        count = int(said.isnan().reshape(len(said), -1).any(dim=1).sum())
        raise BookError(f"the network returns nan at {count:,} of {len(said):,} points")
    if said.ndim == 2 and said.shape[1] > 1:
        scores = said.double().clamp(-1e300, 1e300)
    elif said.is_floating_point():
        one = said.double().flatten().clamp(-1e300, 1e300) - threshold
        scores = torch.stack([torch.zeros_like(one), one], dim=1)
    else:
        named = said.long().flatten()
        if named.min() < 0:
            raise BookError(f"the network names class {int(named.min())}: classes start at 0")
        count = int(max(named.max(), labels.max())) + 1
        count = max(count, 0 if classes is None else len(classes))
        scores = nn.functional.one_hot(named, count).double()
    count = scores.shape[1]
    if classes is not None and len(classes) != count:
        raise BookError(f"there are {count} classes, and classes has {len(classes)} names")
    if labels.max() >= count:
        raise BookError(f"y holds class {int(labels.max())}; the network knows 0 to {count - 1}")
    best = scores.argmax(dim=1)
    leads = []
    for k in range(count):
        others = torch.cat([scores[:, :k], scores[:, k + 1 :]], dim=1).amax(dim=1)
        # Between -1 and 2, so that a border lies where it should between two points of the grid.
        lead = (scores[:, k] - others).clamp(-1, 2)
        tie = torch.where(best == k, 1e-9, -1e-9)
        leads.append(torch.where(lead.sign() == tie.sign(), lead, tie))
    return torch.stack(leads)
