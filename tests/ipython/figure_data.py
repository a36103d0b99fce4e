"""Adds to each figure's output what the figure shows, as data that a test can compare.

IPython loads it at a kernel's start, only while notebooks are executed or tested. matplotlib and
numpy are used once a figure is there and have been imported by then.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from IPython.core.formatters import BaseFormatter
from traitlets import Unicode

MIME_TYPE = "application/vnd.d2l.figure+json"
FORM = 2  # of the data; other forms are not comparable with this one
WHOLE = 12  # so many numbers are kept as they are; of more, a summary
SAMPLES = 11
CLOSE_POLYGON = 79
DECORATION = ("Spine", "XAxis", "YAxis", "ZAxis", "ThetaAxis", "RadialAxis")

Data = dict[str, Any]


class FigureData(BaseFormatter):
    """Describes matplotlib's figures, and nothing else."""

    format_type = Unicode(MIME_TYPE)
    _return_type = dict

    def __call__(self, shown: Any) -> Data | None:
        # Overridden, for the inline backend removes Figure from every formatter's registry.
        module = sys.modules.get("matplotlib.figure")
        return describe(shown) if module and isinstance(shown, module.Figure) else None


def register(shell: Any) -> None:
    """Let the shell's displays carry the data of figures."""
    formatter = FigureData(parent=shell.display_formatter)
    shell.display_formatter.formatters[MIME_TYPE] = formatter


def describe(figure: Any) -> Data:
    """What a drawn figure shows."""
    size = figure.get_size_inches() * figure.dpi
    panels = [axes for axes in figure.axes if axes.get_visible()]
    return {
        "form": FORM,
        "size": " × ".join(f"{length:.0f}" for length in size),
        "text": min(map(_height, _texts(figure)), default=None),
        "artists": _in_lines(_beside_axes(figure), figure),
        "axes": [_axes(axes) for axes in panels],
    }


def _height(text: Any) -> float:
    """A text's height in pixels, from the top of its capitals to the foot of its lowest letters."""
    return round(text.get_fontsize() * text.get_figure(root=True).dpi / 72, 1)


def _texts(artist: Any) -> Iterator[Any]:
    """Every text that is seen of an artist, the numbers along its axes too."""
    from matplotlib.axis import Axis
    from matplotlib.table import Cell
    from matplotlib.text import Text

    if not artist.get_visible():
        return
    if isinstance(artist, Text):
        if artist.get_text().strip():
            yield artist
        return
    parts = artist.get_children()
    if isinstance(artist, Axis):
        parts = [artist.label, *artist.get_ticklabels(), *artist.get_ticklabels(minor=True)]
    elif isinstance(artist, Cell):
        parts = [artist.get_text()]
    elif not getattr(artist, "_axis3don", getattr(artist, "axison", True)):
        parts = [part for part in parts if not isinstance(part, Axis)]
    for part in parts:
        yield from _texts(part)


def _in_lines(artists: Iterable[Any], inside: Any) -> list[str]:
    """Each artist as one line of JSON: a notebook's file would give each number a line."""
    return [json.dumps(_artist(artist, inside), separators=(",", ":")) for artist in artists]


def _beside_axes(figure: Any) -> Iterator[Any]:
    """A figure's own titles, legends and shapes, those of its subfigures too."""
    for child in figure.get_children():
        if hasattr(child, "get_xaxis") or child is figure.patch or not _shows(child):
            continue
        if hasattr(child, "subplots"):
            yield from _beside_axes(child)
        else:
            yield child


def _axes(axes: Any) -> Data:
    titles = [axes._left_title, axes.title, axes._right_title]
    directions = "xyz" if hasattr(axes, "get_zlim") else "xy"
    data: Data = {"title": " ".join(filter(None, (title.get_text() for title in titles)))}
    for direction in directions:
        axis = getattr(axes, f"{direction}axis")
        data[direction] = {
            "label": axis.get_label_text(),
            "limits": _rounded(getattr(axes, f"get_{direction}lim")()),
            "scale": axis.get_scale(),
            **_chosen_ticks(axis),
        }
    if axes.name != "rectilinear":
        data["projection"] = axes.name
    if directions == "xyz":
        data["view"] = _rounded([axes.elev, axes.azim])
    if not axes.axison:
        data["frame"] = False
    if axes.get_aspect() != "auto":
        data["aspect"] = _rounded([axes.get_aspect()])
    children = [child for child in axes.get_children() if child not in (*titles, axes.patch)]
    drawn = [c for c in children if _shows(c) and type(c).__name__ not in DECORATION]
    data["artists"] = _in_lines(drawn, axes)
    return data


def _shows(artist: Any) -> bool:
    from matplotlib.text import Text

    empty = isinstance(artist, Text) and not artist.get_text()
    return bool(artist.get_visible()) and not empty


def _chosen_ticks(axis: Any) -> Data:
    """Ticks that the notebook has set; automatic ones differ between versions of matplotlib."""
    locator, formatter = axis.get_major_locator(), axis.get_major_formatter()
    data: Data = {}
    fixed = type(locator).__name__ in ("FixedLocator", "NullLocator", "StrCategoryLocator")
    if fixed:
        data["ticks"] = _numbers(locator())
    named = type(formatter).__name__
    if named in ("FixedFormatter", "StrCategoryFormatter") or (fixed and named == "FuncFormatter"):
        data["tick labels"] = [label.get_text() for label in axis.get_ticklabels()]
    return data


def _artist(artist: Any, inside: Any) -> Data:
    """One artist: its class, label, text, style, colours, positions and values."""
    data: Data = {"is": type(artist).__name__}
    label = str(artist.get_label() or "")
    if label and not label.startswith("_"):
        data["label"] = label
    if hasattr(artist, "get_xaxis"):  # axes inside axes
        return {**data, "inset": _axes(artist)}
    for kind, known in _kinds().items():
        if isinstance(artist, kind):
            return {**data, **known(artist, inside)}
    parts = [_artist(child, inside) for child in artist.get_children() if _shows(child)]
    return {**data, "parts": parts} if parts else data


@cache
def _kinds() -> dict[type, Callable[[Any, Any], Data]]:
    from matplotlib import collections, image, legend, lines, patches, table, text

    return {
        text.Text: _text,
        lines.Line2D: _line,
        collections.Collection: _collection,
        image._ImageBase: _image,
        patches.Patch: _patch,
        legend.Legend: _legend,
        table.Table: _table,
    }


def _text(text: Any, inside: Any) -> Data:
    data: Data = {"text": text.get_text(), "color": _color(text.get_color(), text.get_alpha())}
    if text in (getattr(inside, name, None) for name in ("_suptitle", "_supxlabel", "_supylabel")):
        return data  # the layout chooses where it stands
    position = [[part] for part in text.get_position()]
    if hasattr(text, "xyann"):
        data["at"] = [_place(_reference(text.xycoords, inside), *([part] for part in text.xy))]
        data["at"].append(_place(_reference(text.anncoords, inside), *position))
        data["style"] = "arrow" if text.arrow_patch is not None else "no arrow"
    else:
        data["at"] = [_place(_in_data(text.get_transform(), inside), *position)]
    return data


def _line(line: Any, inside: Any) -> Data:
    marker = line.get_marker()
    return {
        "color": _color(line.get_color(), line.get_alpha()),
        "style": f"{line.get_linestyle()} {marker if isinstance(marker, str | int) else 'marker'}",
        "at": [_place(_in_data(line.get_transform(), inside), *line.get_data(orig=False))],
    }


def _patch(patch: Any, inside: Any) -> Data:
    data: Data = {
        "color": _color(patch.get_facecolor()) if patch.get_fill() else "none",
        "edge": _color(patch.get_edgecolor()) if patch.get_linewidth() else "none",
    }
    where = _in_data(patch.get_data_transform(), inside)
    ends = getattr(patch, "_posA_posB", None)
    if hasattr(patch, "xy1"):
        data["at"] = [
            _place(_reference(coords, inside), *([part] for part in end))
            for coords, end in ((patch.coords1, patch.xy1), (patch.coords2, patch.xy2))
        ]
    elif ends and ends[0] is not None:
        data["at"] = [_place(where, *zip(*ends, strict=True))]
    else:
        path = patch.get_patch_transform().transform_path(patch.get_path())
        data["at"] = [_place(where, *_vertices([path]))]
    return data


def _collection(collection: Any, inside: Any) -> Data:
    paths = collection.get_paths()
    shaded = "3D" in type(collection).__name__  # by depth, differently in each version
    data: Data = {
        "paths": len(paths),
        "color": _colors(collection.get_facecolor(), opaque=shaded),
        "edge": _colors(collection.get_edgecolor(), opaque=shaded),
        "at": [],
    }
    shape = _in_data(collection.get_transform(), inside)
    cut = getattr(collection, "labelTexts", [])  # contours, cut to the labels' width
    if shape and not cut:
        data["at"].append(_place(shape, *_vertices(paths)))
    where = _in_data(collection.get_offset_transform(), inside)
    offsets = collection.get_offsets()
    if where and len(offsets):
        data["at"].append(_place(where, *offsets.T))
    if hasattr(collection, "get_sizes") and len(collection.get_sizes()):
        data["sizes"] = _numbers(collection.get_sizes())
    if hasattr(collection, "get_coordinates"):  # pcolormesh
        data["at"].append(_place("xy", *collection.get_coordinates().reshape(-1, 2).T))
    if hasattr(collection, "U"):  # quiver
        data["at"].append(_place("", collection.U, collection.V))
    return {**data, **_mapped(collection)}


def _image(image: Any, inside: Any) -> Data:
    data = _mapped(image)
    array = image.get_array()
    if array is None:
        return data
    data["shape"] = list(array.shape)
    if array.ndim == 3:
        del data["clim"], data["cmap"]
        data["channels"] = [_numbers(array[..., i]) for i in range(array.shape[2])]
    if hasattr(image, "get_extent"):
        left, right, bottom, top = image.get_extent()
        data["at"] = [_place("xy", [left, right], [bottom, top])]
    return data


def _mapped(mappable: Any) -> Data:
    """The numbers behind a collection's or an image's colours, and how they become colours."""
    import numpy as np

    array = mappable.get_array()
    if array is None:
        return {}
    return {
        "values": _numbers(array),
        # By its colours: the name of a map without one differs between versions.
        "cmap": _colors(mappable.get_cmap()(np.linspace(0, 1, SAMPLES))),
        "clim": _numbers([limit for limit in mappable.get_clim() if limit is not None]),
    }


def _legend(legend: Any, inside: Any) -> Data:
    handles = getattr(legend, "legend_handles", [])
    return {
        "title": legend.get_title().get_text(),
        "entries": [text.get_text() for text in legend.get_texts()],
        "parts": [{"is": type(handle).__name__, "color": _shade(handle)} for handle in handles],
    }


def _shade(handle: Any) -> Any:
    if hasattr(handle, "get_color"):
        color = handle.get_color()
        return _color(color) if isinstance(color, str | tuple) else _colors(color)
    return _colors(handle.get_facecolor()) if hasattr(handle, "get_facecolor") else None


def _table(table: Any, inside: Any) -> Data:
    cells = sorted(table.get_celld().items())
    return {
        "entries": [cell.get_text().get_text() for _, cell in cells],
        "parts": [{"is": "Cell", "color": _color(cell.get_facecolor())} for _, cell in cells],
    }


def _in_data(transform: Any, inside: Any) -> str:
    """Which coordinates are the axes' own: "xy", "x" or "y"; "" for a place on the paper."""
    if not hasattr(inside, "transData"):
        return ""
    inside_data = transform.contains_branch_seperately(inside.transData)
    return "".join(name for name, yes in zip("xy", inside_data, strict=True) if yes)


def _reference(coordinates: Any, inside: Any) -> str:
    """The same for the coordinate systems of annotations: named, a pair of names, a transform."""
    if hasattr(coordinates, "contains_branch_seperately"):
        return _in_data(coordinates, inside)
    pair = coordinates if isinstance(coordinates, tuple) else (coordinates, coordinates)
    named = zip("xy", pair, strict=True)
    return "".join(name for name, system in named if system in ("data", "polar"))


def _place(where: str, x: Iterable[float], y: Iterable[float]) -> Data:
    return {"in": where, "x": _numbers(x), "y": _numbers(y)}


def _vertices(paths: Any) -> tuple[list[float], list[float]]:
    x: list[float] = []
    y: list[float] = []
    for path in paths:
        drawn = slice(None) if path.codes is None else path.codes != CLOSE_POLYGON
        x.extend(path.vertices[drawn, 0])
        y.extend(path.vertices[drawn, 1])
    return x, y


def _numbers(values: Any) -> Any:
    """A few numbers as they are; of many their count, range, mean, spread and some of them."""
    import numpy as np

    flat = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan).ravel()
    if flat.size <= WHOLE:
        return _rounded(flat)
    finite = flat[np.isfinite(flat)]
    places = np.linspace(0, flat.size - 1, SAMPLES).round().astype(int)
    summary: Data = {"n": int(flat.size), "finite": int(finite.size)}
    if finite.size:
        statistics = finite.min(), finite.max(), finite.mean(), finite.std()
        summary.update(zip(("min", "max", "mean", "std"), _rounded(statistics), strict=True))
    return {**summary, "some": _rounded(flat[places])}


def _rounded(values: Iterable[Any]) -> list[float | str]:
    """Eight significant digits; nan and inf as words, for JSON has none."""
    numbers = [float(f"{float(value):.8g}") for value in values]
    return [n if abs(n) < float("inf") else str(n) for n in numbers]


def _color(color: Any, alpha: float | None = None) -> str:
    from matplotlib.colors import to_hex, to_rgba

    return to_hex(to_rgba(color, alpha), keep_alpha=True)


def _colors(colors: Any, opaque: bool = False) -> Any:
    """One colour for all, or of many their count, their mean and some of them."""
    import numpy as np
    from matplotlib.colors import to_rgba_array

    rows = np.array(to_rgba_array(colors))
    if not len(rows):
        return "none"
    if opaque:
        rows[:, 3] = 1
    if (rows == rows[0]).all():
        return _color(rows[0])
    places = np.linspace(0, len(rows) - 1, min(len(rows), SAMPLES)).round().astype(int)
    mean = _color(np.clip(rows.mean(axis=0), 0, 1))
    return {"n": len(rows), "mean": mean, "some": [_color(rows[place]) for place in places]}
