"""The book's pictures: what they show, and what they refuse."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
import torch

import d2lutils as d2l


@pytest.fixture(autouse=True)
def canvas():
    """Draw on no screen, and leave matplotlib as it was."""
    plt.switch_backend("agg")
    with mpl.rc_context():
        d2l.plot.style()
        yield
        plt.close("all")


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
    with pytest.raises(d2l.BookError, match=message):
        d2l.plot.memory(*arguments)


def test_memory_refuses_three_tensors_of_one_storage_and_missing_names():
    base = torch.arange(4)
    with pytest.raises(d2l.BookError, match="at most two tensors of one storage"):
        d2l.plot.memory(base, base[1:], base[2:])
    with pytest.raises(d2l.BookError, match="one name a tensor: 2, not 1"):
        d2l.plot.memory(base, base, names=["one"])


def test_pointers_draw_a_shared_object_once():
    same, other = 1000.5, 2000.5
    figure = d2l.plot.pointers([same, same, other])
    assert texts(figure).count("float 1000.5") == 1
    arrows = [text for text in figure.axes[0].texts if getattr(text, "arrow_patch", None)]
    assert len(arrows) == 3


@pytest.mark.parametrize("items", [[], list(range(11))])
def test_pointers_refuse_too_few_and_too_many(items):
    with pytest.raises(d2l.BookError, match="1 to 10 numbers"):
        d2l.plot.pointers(items)


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
        (((9,), (1,)), "+", "sides of at most 8"),
        (((2,), (2,)), "**", r"knows \+ - \* /, not \*\*"),
    ],
)
def test_broadcasting_refuses(shapes, operator, message):
    with pytest.raises(d2l.BookError, match=message):
        d2l.plot.broadcasting(*map(torch.ones, shapes), operator)


def test_lines_carry_names_labels_and_scales():
    figure = d2l.plot.lines(
        [1, 10], {"a": [1, 2], "b": torch.tensor([3, 4])}, xlabel="n", ylabel="s", log="x"
    )
    (axes,) = figure.axes
    assert [line.get_label() for line in axes.lines] == ["a", "b"]
    assert (axes.get_xlabel(), axes.get_xscale(), axes.get_yscale()) == ("n", "log", "linear")
    assert len({line.get_linestyle() for line in axes.lines}) == 2


def test_lines_refuse_other_lengths_and_shapes():
    with pytest.raises(d2l.BookError, match="line 'a' has 2 values for 3 positions"):
        d2l.plot.lines([1, 2, 3], {"a": [1, 2]}, xlabel="", ylabel="")
    with pytest.raises(d2l.BookError, match="shape \\(n,\\), not \\(2, 2\\)"):
        d2l.plot.lines(torch.ones(2, 2), {"a": [1, 2]}, xlabel="", ylabel="")


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
    with pytest.raises(d2l.BookError, match=message):
        d2l.plot.images(batch, titles)


def test_numberline_draws_a_tick_for_each_number_in_range():
    figure = d2l.plot.numberline({"int": torch.arange(10)}, 2, 5)
    ticks = figure.axes[0].collections[1].get_segments()
    assert [segment[0][0] for segment in ticks] == [2, 3, 4, 5]


def test_numberline_refuses():
    with pytest.raises(d2l.BookError, match="low < high"):
        d2l.plot.numberline({}, 1, 1)
    with pytest.raises(d2l.BookError, match="3000 numbers there: choose narrower bounds"):
        d2l.plot.numberline({"many": torch.arange(3000)}, 0, 3000)


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
    with pytest.raises(d2l.BookError, match=message):
        d2l.plot.graph(edges, outputs=outputs)
