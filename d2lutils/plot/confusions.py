"""How often each class was answered by each, as a matrix."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Patch
from torch import Tensor

from d2lutils.errors import BookError
from d2lutils.plot.inputs import dense
from d2lutils.plot.styling import COLOURS, write

MAX_CLASSES = 40
_RIGHT, _WRONG = COLOURS[5], COLOURS[1]  # light enough for black numbers
_SIZE = 13  # of all text, in points
_HIGH = 4.5  # inches for ten classes: so much text can be read from the last row
_BESIDE: Any = {"loc": "upper left", "bbox_to_anchor": (1, 1), "frameon": False}


def confusion_matrix(
    truth: Any,
    answers: Any = None,
    *,
    names: Sequence[object] | None = None,
    title: str | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw how often each class was answered by each; return the axes.

    A row is a true class, a column an answer. Each cell holds its count; off the diagonal a cell of
    0 stays empty. The colour is the share of the row. Right answers have a colour of their own, and
    the mistakes a scale of their own, up to the largest of them. Built by hand in 05/15.

    Args:
        truth: counts, shape (K, K), row = truth, column = answer; or the true class of each sample,
            shape (n,), from 0 to K−1: a tensor of any real dtype and device, an array, a list.
        answers: with true classes, the answered class of each sample, shape (n,).
        names: a name for each of the K classes; by default their numbers.

    Raises BookError on other shapes, what is no whole number from 0 on, no sample, fewer than two
    classes or more than 40.
    """
    labels = None if names is None else _names(names)
    counts = _counts(truth, answers, None if labels is None else len(labels))
    k = len(counts)
    labels = [str(number) for number in range(k)] if labels is None else labels
    if len(labels) != k:
        raise BookError(f"confusion_matrix needs one name a class: {k}, not {len(labels)}")
    shares = counts / counts.sum(dim=1, keepdim=True).clamp(min=1)
    mistakes = shares.clone().fill_diagonal_(0)
    largest = mistakes.max().item()
    turned = max(map(len, labels)) * k > 45  # names that are too long to stand side by side
    if axes is None:
        size = 7.5, max(_HIGH, 0.45 * k) + (0.6 if turned else 0)
        axes = plt.subplots(figsize=size)[1]
    depth = mistakes / (largest or 1) + shares.diag().diag()
    full = torch.tensor([to_rgb(_RIGHT), to_rgb(_WRONG)], dtype=torch.float64)
    tints = full[(~torch.eye(k, dtype=torch.bool)).long()]
    axes.imshow((1 - depth[:, :, None] * (1 - tints)).numpy(), aspect="auto")
    for row, column in (counts + torch.eye(k)).nonzero().tolist():
        place: Any = {"ha": "center", "va": "center", "size": _SIZE}
        axes.text(column, row, f"{int(counts[row, column])}", **place)
    turn: Any = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if turned else {}
    axes.set_xticks(range(k), labels, size=_SIZE, parse_math=False, **turn)
    axes.set_yticks(range(k), labels, size=_SIZE, parse_math=False)
    axes.set_xticks([at - 0.5 for at in range(1, k)], minor=True)
    axes.set_yticks([at - 0.5 for at in range(1, k)], minor=True)
    axes.grid(False)
    axes.grid(which="minor", color="#DDDDDD", linewidth=1)
    axes.tick_params(which="both", length=0)
    key: list[tuple[str, Any]] = [("right", Patch(color=_RIGHT))]
    if largest:
        percent = float(f"{100 * largest:.2g}")
        key.append((f"wrong, up to\n{percent:g} % of a row", Patch(color=_WRONG)))
    write(axes, "answer", "truth", title, key, fontsize=_SIZE, handlelength=1, **_BESIDE)
    for text in (axes.xaxis.label, axes.yaxis.label, axes.title):
        text.set_fontsize(_SIZE)
    return axes


def _counts(truth: Any, answers: Any, k: int | None) -> Tensor:
    """The matrix of counts, float64 K×K."""
    if answers is None:
        counts = _whole(truth, "the matrix")
        if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
            shape = tuple(counts.shape)
            cure = ": give the answers, too" if counts.ndim == 1 else ""
            raise BookError(f"confusion_matrix draws counts of shape (K, K), not {shape}{cure}")
        _check_classes(len(counts))
    else:
        y, y_hat = _whole(truth, "truth"), dense(answers, "answers")
        if y_hat.ndim == 2 and y_hat.shape[1] > 1 and y.ndim == 1:
            raise BookError("answers are classes, not scores: argmax(dim=1) gives the highest one")
        if y.ndim != 1 or y_hat.shape != y.shape:
            shapes = f"{tuple(y.shape)} and {tuple(y_hat.shape)}"
            raise BookError(f"truth and answers need one shape, (n,), not {shapes}")
        y_hat = _whole(y_hat, "answers")
        highest = int(max(y.max().item(), y_hat.max().item())) if len(y) else 0
        if k is not None and highest >= k:
            raise BookError(f"there are {k} names, and a class {highest}: they count from 0")
        k = highest + 1 if k is None else k
        k = max(k, 2)
        _check_classes(k)
        counts = torch.bincount(k * y.long() + y_hat.long(), minlength=k * k).reshape(k, k)
    if counts.sum() == 0:
        raise BookError("confusion_matrix has no sample to count")
    return counts.double()


def _whole(values: Any, what: str) -> Tensor:
    """Numbers as float64, each a whole number from 0 on."""
    numbers = dense(values, what).double()
    odd = numbers[~((numbers >= 0) & (numbers == numbers.floor()) & numbers.isfinite())]
    if len(odd):
        raise BookError(f"{what} holds {odd[0]:.4g}: it takes whole numbers from 0 on")
    return numbers


def _check_classes(k: int) -> None:
    if not 2 <= k <= MAX_CLASSES:
        raise BookError(f"confusion_matrix draws 2 to {MAX_CLASSES} classes, not {k}")


def _names(names: Any) -> list[str]:
    parts = names.tolist() if hasattr(names, "tolist") else names
    if isinstance(parts, str) or not isinstance(parts, Sequence):
        raise BookError(f"names takes a list of names, one a class, not {parts!r:.60}")
    return [str(part) for part in parts]
