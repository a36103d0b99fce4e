"""The book's pictures: what they show, and what they refuse."""

import datetime
from decimal import Decimal

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch

import d2lutils as d2l
from tests.drawing import canvas, refused  # noqa: F401


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def notes(figure):
    return [text for text in texts(figure) if text.startswith(("offset", "stride"))]


def test_style_has_a_white_background_and_a_fixed_size():
    figure = plt.figure()
    assert figure.get_facecolor() == (1, 1, 1, 1)
    assert tuple(figure.get_size_inches()) == (7.5, 4.0)


@pytest.mark.parametrize(
    ("tensor", "expected"),
    [
        (torch.arange(6).reshape(3, 2)[1:], ["offset = 2", "stride[0] = 2", "stride[1] = 1"]),
        (torch.arange(6).reshape(3, 2).t(), ["offset = 0", "stride[0] = 1", "stride[1] = 2"]),
        (torch.arange(6)[5], ["offset = 5"]),
        (torch.arange(3).expand(2, 3), ["offset = 0", "stride[0] = 0", "stride[1] = 1"]),
    ],
)
def test_memory_notes_offset_and_strides(tensor, expected):
    assert notes(d2l.plot.memory(tensor)) == expected


def test_memory_shows_values_positions_and_names():
    shown = texts(d2l.plot.memory(torch.tensor([7.5, -2.0]), names=["pair"], title="Two"))
    assert shown.count("7.5") == shown.count("-2") == 2  # in the storage and in the tensor
    assert {"0", "1", "pair  shape (2,)  stride (1,)"} <= set(shown)


def test_memory_reads_what_the_storage_holds_outside_the_view():
    shown = texts(d2l.plot.memory(torch.tensor([11, 12, 13])[1:2]))
    assert [shown.count(value) for value in ("11", "12", "13")] == [1, 2, 1]


def test_memory_gives_shared_storage_one_row():
    base = torch.arange(4)
    shared = d2l.plot.memory(base, base[::2])
    apart = d2l.plot.memory(base, base.clone())
    assert texts(shared).count("storage") == 1
    assert texts(apart).count("storage") == 2


def test_memory_draws_one_arc_for_each_stride_that_moves():
    figure = d2l.plot.memory(torch.arange(3).expand(2, 3))
    arcs = [p for p in figure.axes[0].patches if type(p).__name__ == "FancyArrowPatch"]
    assert len(arcs) == 1


def test_memory_leaves_out_offset_and_strides():
    base = torch.arange(4)
    figure = d2l.plot.memory(base, base.view(2, 2), names=["a", "b"], strides=False)
    shown = texts(figure)
    assert {"0", "3", "storage", "a  shape (4,)", "b  shape (2, 2)"} <= set(shown)
    assert not any(word in text for text in shown for word in ("offset", "stride"))
    assert not [text for text in figure.axes[0].texts if getattr(text, "arrow_patch", None)]
    assert not [p for p in figure.axes[0].patches if type(p).__name__ == "FancyArrowPatch"]
    taller = d2l.plot.memory(base, base.view(2, 2), names=["a", "b"])
    assert figure.get_figheight() < taller.get_figheight()


def test_memory_looks_at_every_dtype():
    for dtype in (torch.bool, torch.uint8, torch.bfloat16, torch.complex64):
        assert texts(d2l.plot.memory(torch.ones(2, dtype=dtype)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "1 to 4 tensors, not 0"),
        ((torch.arange(41),), "1 to 40 elements"),
        ((torch.zeros(1, 1, 1, 1),), "up to 3 dimensions"),
        ((torch.arange(0),), "0 elements"),
        (([1, 2],), "torch.as_tensor makes one"),
    ],
)
def test_memory_refuses_what_it_cannot_draw(arguments, message):
    refused(message, d2l.plot.memory, *arguments)


def test_memory_refuses_three_tensors_of_one_storage_and_missing_names():
    base = torch.arange(4)
    refused("at most two tensors of one storage", d2l.plot.memory, base, base[1:], base[2:])
    refused("one name a tensor: 2, not 1", d2l.plot.memory, base, base, names=["one"])


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (lambda x: x.view(torch.int32), "same bytes as torch.float32 and torch.int32"),
        (lambda x: x.view(torch.uint8), "same bytes as torch.float32 and torch.uint8"),
        (lambda x: x.to("meta"), "on the meta device"),
        (lambda x: x.to_sparse(), "sparse: to_dense"),
        (lambda x: torch.tensor([1 + 2j]).conj(), "resolve_conj"),
        (lambda x: torch.tensor([1 + 2j]).conj().imag, "resolve_neg"),
        (lambda x: np.ones(2), "not ndarray: torch.as_tensor"),
        (lambda x: pd.Series([1, 2]), "not Series: torch.as_tensor"),
    ],
)
def test_memory_refuses_what_would_show_other_numbers(other, message):
    x = torch.tensor([1.5, -2.5])
    refused(message, d2l.plot.memory, x, other(x))


def test_memory_takes_names_as_they_are_written():
    figure = d2l.plot.memory(torch.ones(1), names=["$a$ and $b$"], title="$1 and $2")
    (caption,) = (t for t in figure.axes[0].texts if t.get_text().startswith("$a$"))
    assert not caption.get_parse_math()
    assert not figure._suptitle.get_parse_math()
    refused("a list of names", d2l.plot.memory, torch.ones(1), names="x")


def test_broadcasting_tells_real_elements_from_repeats():
    figure = d2l.plot.broadcasting(torch.tensor([[1], [2]]), torch.tensor([10, 20, 30]))
    dotted = [p for p in figure.axes[0].patches if p.get_linestyle() == ":"]
    assert len(dotted) == 4 + 3  # six boxes each, of which 2 and 3 exist
    assert {"shape (2, 1)", "shape (3,)", "shape (2, 3)", "32", "+"} <= set(texts(figure))


@pytest.mark.parametrize(("operator", "corner"), [("+", "8"), ("-", "4"), ("*", "12"), ("/", "3")])
def test_broadcasting_computes_with_the_operator(operator, corner):
    figure = d2l.plot.broadcasting(torch.tensor(6), torch.tensor(2), operator)
    assert corner in texts(figure)


@pytest.mark.parametrize(
    ("shapes", "operator", "message"),
    [
        (((2,), (3,)), "+", "do not broadcast: counted from the right"),
        (((2, 2, 2), (2,)), "+", "up to 2 dimensions"),
        (((9,), (1,)), "+", "sides of 1 to 8"),
        (((2,), (2,)), "**", r"knows \+ - \* /, not \*\*"),
    ],
)
def test_broadcasting_refuses(shapes, operator, message):
    refused(message, d2l.plot.broadcasting, *map(torch.ones, shapes), operator)


def test_broadcasting_writes_whole_numbers_in_full_and_truth_values_as_such():
    figure = d2l.plot.broadcasting(torch.tensor([1234567]), 1)
    assert "1234568" in texts(figure)
    assert "True" in texts(d2l.plot.broadcasting(torch.tensor([True]), torch.tensor([False])))


def test_broadcasting_says_what_pytorch_refuses():
    both = torch.tensor([True, False])
    refused("PyTorch computes no torch.bool - torch.bool", d2l.plot.broadcasting, both, both, "-")
    refused("meta device", d2l.plot.broadcasting, torch.ones(2, device="meta"), both)
    refused("sides of 1 to 8", d2l.plot.broadcasting, torch.ones(0), torch.ones(1))
    refused("no number: 'a'", d2l.plot.broadcasting, ["a"], both)


def line_data(x, heights, **options):
    (axes,) = d2l.plot.lines(x, {"a": heights}, xlabel="x", ylabel="y", **options).axes
    return axes.lines[0].get_xdata(), axes.lines[0].get_ydata()


LATE = [1.7e9, 1.7e9 + 1]


@pytest.mark.parametrize(
    "values",
    [
        LATE,
        torch.tensor(LATE, dtype=torch.float64),
        np.array(LATE),
        np.array(LATE, dtype=">f8")[::-1][::-1],
        pd.Series([0.0, *LATE])[1:],
        [torch.tensor(number, dtype=torch.float64) for number in LATE],
        [Decimal("1.7e9"), Decimal("1700000001")],
        torch.tensor(LATE, dtype=torch.float64, requires_grad=True),
        pd.array([1_700_000_000, 1_700_000_001], dtype="Int64"),
        (torch.tensor(LATE, dtype=torch.float64) * 1j).conj().imag.neg(),
    ],
    ids=range(10),
)
def test_lines_round_nothing(values):
    for found in line_data(values, values):
        assert list(found) == LATE


@pytest.mark.parametrize("gap", [None, float("nan"), np.nan, pd.NA])
def test_lines_leave_gaps(gap):
    values = pd.array([1, gap], dtype="Int64") if gap is pd.NA else [1, gap]
    assert np.isnan(line_data([0, 1], values)[1]).tolist() == [False, True]


@pytest.mark.parametrize("tensor", [torch.tensor([True, False]), torch.ones(2).bfloat16()])
def test_lines_draw_every_real_dtype(tensor):
    assert list(line_data([0, 1], tensor)[1]) == tensor.tolist()


@pytest.mark.parametrize(
    "days",
    [
        pd.date_range("2020-01-31", periods=2),
        pd.Series(pd.date_range("2020-01-31", periods=3))[:2],
        np.array(["2020-01-31", "2020-02-01"], dtype="M8[D]"),
        [datetime.date(2020, 1, 31), datetime.date(2020, 2, 1)],
        [datetime.datetime(2020, 1, 31), datetime.datetime(2020, 2, 1)],
        pd.date_range("2020-01-31", periods=2, tz="UTC"),
    ],
    ids=range(6),
)
def test_lines_take_dates(days):
    found = line_data(days, [1, 2])[0]
    assert [str(day)[:10] for day in np.asarray(found)] == ["2020-01-31", "2020-02-01"]


@pytest.mark.parametrize(
    ("x", "heights", "options", "message"),
    [
        ([1, 2], [1, 2], {"log": True}, 'log="x", "y", "xy" or "", not True'),
        ([1, 2], [1, 2], {"log": "z"}, "not 'z'"),
        ([1, 2], [0, -1], {"log": "y"}, "line 'a' has 2 of 2 values at 0 or below"),
        ([0, 2], [0, -1], {"log": "x"}, "x has 1 of 2 values at 0 or below"),
        ([1, 2], [1, 1j], {}, "line 'a' holds complex numbers"),
        ([1, 2], ["1", "2"], {}, "line 'a' holds what is no number: '1'"),
        ([1, 2], [1, {}], {}, "line 'a' holds what is no number: {}"),
        ([1, 2], [[1], [2, 3]], {}, "rows of different lengths"),
        ([1, 2], [torch.ones(1), torch.ones(2)], {}, "tensors of different shapes"),
        ([1, 2], torch.ones(2, device="meta"), {}, "line 'a' is on the meta device"),
        ([1, 2], torch.ones(2).to_sparse(), {}, "line 'a' is sparse: to_dense"),
        (["a", "b"], [1, 2], {}, "x holds what is no number: 'a'"),
        ([1, 2], 3, {}, r"line 'a' needs values of shape \(n,\), not \(\)"),
    ],
)
def test_lines_refuse_what_would_be_drawn_wrong(x, heights, options, message):
    refused(message, d2l.plot.lines, x, {"a": heights}, xlabel="x", ylabel="y", **options)


def test_lines_refuse_no_line():
    refused("one line at least", d2l.plot.lines, [1], {}, xlabel="x", ylabel="y")
    refused("takes a dict", d2l.plot.lines, [1], [[1]], xlabel="x", ylabel="y")


def test_lines_write_every_name_as_it_stands():
    table = pd.DataFrame({"_hidden": [1, 2], "$5 to $6": [3, 4], 7: [5, 6]})
    figure = d2l.plot.lines([0, 1], table, xlabel="$ of $", ylabel="y", title="$a$")
    entries = figure.axes[0].get_legend().get_texts()
    assert [text.get_text() for text in entries] == ["_hidden", "$5 to $6", "7"]
    others = [figure.axes[0].xaxis.label, figure.axes[0].title]
    assert not any(text.get_parse_math() for text in [*entries, *others])
    figure.canvas.draw()


def test_lines_carry_names_labels_and_scales():
    figure = d2l.plot.lines(
        [1, 10], {"a": [1, 2], "b": torch.tensor([3, 4])}, xlabel="n", ylabel="s", log="x"
    )
    (axes,) = figure.axes
    assert [line.get_label() for line in axes.lines] == ["a", "b"]
    assert (axes.get_xlabel(), axes.get_xscale(), axes.get_yscale()) == ("n", "log", "linear")
    assert len({line.get_linestyle() for line in axes.lines}) == 2


def test_lines_refuse_other_lengths_and_shapes():
    refused(
        "line 'a' has 2 values for 3 positions",
        d2l.plot.lines,
        [1, 2, 3],
        {"a": [1, 2]},
        xlabel="",
        ylabel="",
    )
    refused(
        "shape \\(n,\\), not \\(2, 2\\)",
        d2l.plot.lines,
        torch.ones(2, 2),
        {"a": [1, 2]},
        xlabel="",
        ylabel="",
    )


@pytest.mark.parametrize(
    ("batch", "shape"),
    [
        (torch.rand(3, 4, 5), (4, 5)),
        (torch.rand(3, 1, 4, 5), (4, 5)),
        (torch.rand(3, 3, 4, 5), (4, 5, 3)),
    ],
)
def test_images_show_each_picture_with_its_caption(batch, shape):
    figure = d2l.plot.images(batch, titles=[1, 2, 3], columns=2)
    shown = [axes.images[0].get_array() for axes in figure.axes if axes.images]
    assert [array.shape for array in shown] == [shape] * 3
    assert [axes.get_title() for axes in figure.axes] == ["1", "2", "3", ""]


def test_images_keep_one_scale_for_the_batch():
    batch = torch.stack([torch.zeros(2, 2), torch.full((2, 2), 255)]).to(torch.uint8)
    dark, light = (axes.images[0].get_array().max() for axes in d2l.plot.images(batch).axes)
    assert (dark, light) == (0, 1)
    negative = d2l.plot.images(torch.tensor([[[-2.0, 2.0]]])).axes[0].images[0].get_array()
    assert negative.tolist() == [[0, 1]]


@pytest.mark.parametrize(
    ("batch", "titles", "message"),
    [
        (torch.rand(4, 4), None, "unsqueeze"),
        (torch.rand(2, 2, 4, 4), None, "N×3×H×W"),
        (torch.rand(65, 2, 2), None, "1 to 64 pictures"),
        (torch.rand(2, 2, 2), ["one"], "one caption a picture: 2, not 1"),
    ],
)
def test_images_refuse(batch, titles, message):
    refused(message, d2l.plot.images, batch, titles)


ORANGE = mpl.colors.to_rgb("#D55E00")


def test_images_scale_by_what_is_finite_and_mark_the_rest():
    for odd in (float("nan"), float("inf"), -float("inf")):
        batch = torch.tensor([[[0.0, 5.0, 10.0, odd]]])
        shown = d2l.plot.images(batch).axes[0].images[0]
        assert shown.get_array().filled(-1).tolist() == [[0, 0.5, 1, -1]]
        assert shown.to_rgba(shown.get_array())[0, 3, :3].tolist() == pytest.approx(ORANGE)
    colour = torch.zeros(1, 3, 1, 2)
    colour[0, 1, 0, 1] = torch.nan
    shown = d2l.plot.images(colour).axes[0].images[0].get_array()
    assert shown[0].tolist() == [[0, 0, 0], pytest.approx(ORANGE)]
    assert d2l.plot.images(torch.full((1, 2, 2), torch.nan))


@pytest.mark.parametrize("scale", [1.7e308, 1.0])
def test_images_keep_the_precision_of_float64(scale):
    batch = torch.tensor([[[-1.0, 0.0, 1.0]]], dtype=torch.float64) * scale
    assert d2l.plot.images(batch).axes[0].images[0].get_array().tolist() == [[0, 0.5, 1]]
    late = torch.tensor([[LATE]], dtype=torch.float64)
    assert d2l.plot.images(late).axes[0].images[0].get_array().tolist() == [[0, 1]]


@pytest.mark.parametrize(
    "batch",
    [np.eye(2)[None], np.eye(2)[None, ::-1, ::-1], [torch.eye(2)], [[[1, 0], [0, 1]]]],
    ids=range(4),
)
def test_images_take_arrays_and_lists(batch):
    assert d2l.plot.images(batch).axes[0].images[0].get_array().tolist() == [[1, 0], [0, 1]]


def test_images_write_captions_as_they_stand():
    figure = d2l.plot.images(torch.rand(2, 2, 2), titles=torch.tensor([3, 4]))
    assert [axes.get_title() for axes in figure.axes] == ["3", "4"]
    figure = d2l.plot.images(torch.rand(2, 2, 2), titles=["$1 to $2", torch.tensor(4)])
    assert [axes.get_title() for axes in figure.axes] == ["$1 to $2", "4"]
    assert not figure.axes[0].title.get_parse_math()


@pytest.mark.parametrize(
    ("batch", "options", "message"),
    [
        (torch.rand(2, 2, 2), {"columns": 0}, "columns=1 or more"),
        (torch.rand(2, 2, 2), {"columns": 2.0}, "columns=1 or more"),
        (torch.rand(2, 2, 2), {"titles": "ab"}, "2, not one text for all"),
        (torch.rand(2, 4, 4, 3), {}, "permute"),
        (torch.rand(2, 0, 4), {}, "pictures that have pixels"),
        (torch.rand(2, 2, 2).to("meta"), {}, "the batch is on the meta device"),
        (torch.rand(2, 2, 2) * 1j, {}, "complex"),
        (torch.rand(2, 2, 2).to_sparse(), {}, "sparse"),
        ([torch.rand(2, 2), torch.rand(3, 3)], {}, "different shapes"),
    ],
)
def test_images_refuse_what_would_be_drawn_wrong(batch, options, message):
    refused(message, d2l.plot.images, batch, **options)


def centres(figure):
    """Where the text of each box stands: across, up."""
    return {text.get_text(): text.get_position() for text in figure.axes[0].texts}


def arrows(figure):
    """Each arrow's first and last point."""
    paths = [p for p in figure.axes[0].patches if type(p).__name__ == "FancyArrowPatch"]
    return [path._path_original.vertices[[0, -1]].tolist() for path in paths]


DIAMOND = [("in", "left"), ("in", "right"), ("left", "out"), ("right", "out")]


def test_graph_leads_each_edge_from_left_to_right():
    figure = d2l.plot.graph(DIAMOND, title="Diamond")
    places = centres(figure)
    assert set(places) == {"in", "left", "right", "out"}
    assert figure.axes[0].get_title() == "Diamond"
    assert all(places[a][0] < places[b][0] for a, b in DIAMOND)
    assert len(arrows(figure)) == 4
    assert all(start[0] < end[0] for start, end in arrows(figure))


def test_graph_follows_a_function_from_the_outputs():
    parents = {"out": ["left", "right"], "left": ["in"], "right": ["in"], "in": []}
    assert centres(d2l.plot.graph(parents.get, outputs=["out"])).keys() == parents.keys()
    assert len(arrows(d2l.plot.graph(parents.get, outputs=["left"]))) == 1


def test_graph_tells_objects_apart_that_look_alike():
    one, other = torch.ones(()), torch.ones(())
    figure = d2l.plot.graph([(one, other)], {one: "1", other: "1"}.get)
    assert texts(figure) == ["1", "1"]


def test_graph_draws_an_edge_twice_that_is_given_twice():
    (_, first), (_, second) = arrows(d2l.plot.graph([("a", "b"), ("a", "b")]))
    assert first[0] == second[0]
    assert first[1] != second[1]


def test_graph_crosses_edges_only_where_it_must():
    figure = d2l.plot.graph([("a", "D"), ("b", "C"), ("c", "B"), ("d", "A")])
    assert all(start[1] == pytest.approx(end[1]) for start, end in arrows(figure))


def test_graph_leads_a_long_edge_around_the_boxes_between():
    figure = d2l.plot.graph([("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")])
    heights = {round(up, 6) for _, up in centres(figure).values()}
    (long,) = (p for p in figure.axes[0].patches if len(getattr(p, "_path_original", ())) > 6)
    passed = long._path_original.vertices[4:-4, 1]
    assert all(abs(up - height) > 0.18 for up in passed for height in heights)


def test_graph_tells_kinds_apart_and_explains_them():
    kinds = {"in": "data", "left": "step", "right": "step", "out": "step"}
    figure = d2l.plot.graph(DIAMOND, kinds=kinds, order=["unused", "step", "data"])
    assert texts(figure)[-2:] == ["step", "data"]  # the key, in the order that was asked for
    boxes = [p for p in figure.axes[0].patches if type(p).__name__ != "FancyArrowPatch"]
    assert len(boxes) == 4 + 2
    assert len({box.get_facecolor() for box in boxes}) == 2
    alike = d2l.plot.graph(DIAMOND[:1], kinds=kinds, order=["unused", "step", "data"])
    colours = {box.get_facecolor() for box in boxes}
    assert {p.get_facecolor() for p in alike.axes[0].patches if hasattr(p, "get_xy")} <= colours


@pytest.mark.parametrize(
    ("edges", "outputs", "message"),
    [
        ([], (), "1 to 40 nodes, not none"),
        (lambda node: [], (), "a function needs outputs to start from"),
        ([(number, number + 1) for number in range(40)], (), "1 to 40 nodes, not 41"),
        (lambda node: [node + 1], (0,), "1 to 40 nodes, not 41"),
        ([("a", "b"), ("b", "c"), ("c", "b")], (), "here is one: b → c → b"),
        (lambda node: [node], ("self",), "here is one: self → self"),
    ],
)
def test_graph_refuses(edges, outputs, message):
    refused(message, d2l.plot.graph, edges, outputs=outputs)


def test_graph_refuses_a_node_without_label_or_kind():
    refused("no label for the node 'b'", d2l.plot.graph, [("a", "b")], {"a": "A"})
    refused("no kind for the node 'a'", d2l.plot.graph, [("a", "b")], kinds={"b": "B"})


def test_graph_writes_labels_as_they_stand():
    figure = d2l.plot.graph([("a", "b")], {"a": "$1$", "b": 2}, title="$x$")
    assert texts(figure) == ["$1$", "2"]
    assert not any(text.get_parse_math() for text in [*figure.axes[0].texts, figure.axes[0].title])
