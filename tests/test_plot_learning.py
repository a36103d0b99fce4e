"""The pictures of learning: graphs of computations, surfaces with paths, histories."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch
from torch.nn.functional import cross_entropy, mse_loss
from torch.utils.checkpoint import checkpoint

import d2lutils as d2l
from tests.drawing import canvas, refused  # noqa: F401
from tests.form import slides

W, B, X = "w\n(1,) = 2", "b = 1", "x\n(3,)"


def boxes(figure):
    """Each box's text, and the rectangle that it fills, without those of the key."""
    found = []
    for patch in figure.axes[0].patches:
        if type(patch).__name__ != "FancyArrowPatch":
            path = patch.get_patch_transform().transform_path(patch.get_path())
            found.append(path.get_extents())
    texts = [text for text in figure.axes[0].texts if text.get_ha() == "center"]
    return list(zip([text.get_text() for text in texts], found, strict=False))


def arrows(figure):
    """The texts of the boxes that each arrow leads from and to, sorted."""
    places = boxes(figure)
    found = []
    for patch in figure.axes[0].patches:
        if type(patch).__name__ != "FancyArrowPatch":
            continue
        start, end = patch._path_original.vertices[[0, -1]]
        assert start[0] < end[0]
        (source,) = [t for t, box in places if abs(box.x1 - start[0]) < 1e-6 and
                     abs((box.y0 + box.y1) / 2 - start[1]) < 1e-6]  # fmt: skip
        (target,) = [t for t, box in places if abs(box.x0 - end[0]) < 1e-6 and
                     box.y0 < end[1] < box.y1]  # fmt: skip
        found.append((source, target))
    return sorted(found)


def labels(figure):
    return sorted(text for text, _ in boxes(figure))


def key(figure):
    return [text.get_text() for text in figure.axes[0].texts if text.get_ha() != "center"]


@pytest.fixture
def line():
    """w·x + b: the tensors by name, and the result."""
    w = torch.tensor([2.0], requires_grad=True)
    b = torch.tensor(1.0, requires_grad=True)
    x = torch.tensor([1.0, 2.0, 3.0])
    return {"w": w, "b": b, "x": x}, w * x + b


class TestComputationGraph:
    def test_of_a_line(self, line):
        names, y = line
        figure = d2l.plot.computation_graph(y, names, title="$y$")
        mul, add, result = "Mul\n(3,)", "Add\n(3,)", "result\n(3,)"
        assert arrows(figure) == sorted([(W, mul), (mul, add), (B, add), (add, result)])
        assert labels(figure) == sorted([W, B, mul, add, result])
        assert key(figure) == ["leaf", "operator", "result"]
        assert figure.axes[0].get_title() == "$y$"

    def test_leaves_without_a_name_say_what_they_are(self, line):
        assert {"leaf\n(1,) = 2", "leaf = 1"} <= set(labels(d2l.plot.computation_graph(line[1])))

    def test_of_a_mean_squared_error(self, line):
        names, y_hat = line
        loss = mse_loss(y_hat, names["x"])
        figure = d2l.plot.computation_graph(loss, {**names, "y_hat": y_hat, "loss": loss})
        mul, add, error, result = "Mul\n(3,)", "Add\ny_hat\n(3,)", "MseLoss\n()", "loss = 9.667"
        assert arrows(figure) == sorted(
            [(W, mul), (mul, add), (B, add), (add, error), (error, result)]
        )

    def test_of_a_network(self):
        net = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2))
        loss = cross_entropy(net(torch.ones(5, 4)), torch.tensor([0, 1, 0, 1, 0]))
        figure = d2l.plot.computation_graph(loss, dict(net.named_parameters()))
        first, second = "Addmm\n(5, 3)", "Addmm\n(5, 2)"
        result = f"result = {loss.item():.4g}"
        assert arrows(figure) == sorted(
            [("0.weight\n(3, 4)", "T\n(4, 3)"), ("T\n(4, 3)", first), ("0.bias\n(3,)", first),
             (first, "Relu\n(5, 3)"), ("Relu\n(5, 3)", second), ("T\n(3, 2)", second),
             ("2.weight\n(2, 3)", "T\n(3, 2)"), ("2.bias\n(2,)", second),
             (second, "LogSoftmax\n(5, 2)"), ("LogSoftmax\n(5, 2)", "NllLoss\n()"),
             ("NllLoss\n()", result)]
        )  # fmt: skip

    def test_draws_a_shared_tensor_once_and_an_arrow_for_each_use(self):
        w = torch.tensor(3.0, requires_grad=True)
        figure = d2l.plot.computation_graph(w * w + w, {"w": w})
        times = [("w = 3", "Mul\n()")] * 2
        assert arrows(figure) == sorted(
            [*times, ("w = 3", "Add\n()"), ("Mul\n()", "Add\n()"), ("Add\n()", "result = 12")]
        )

    def test_a_loop_leaves_a_chain(self):
        w = total = torch.tensor(2.0, requires_grad=True)
        for _ in range(10):
            total = total * w
        figure = d2l.plot.computation_graph(total, {"w": w})
        assert labels(figure) == ["Mul\n()"] * 10 + ["result = 2048", "w = 2"]
        assert len(arrows(figure)) == 21

    def test_says_what_is_kept(self, line):
        names, y = line
        loss = (y**2).sum()
        figure = d2l.plot.computation_graph(loss, {**names, "y": y}, saved=True)
        mul, add, power = "Mul\n(3,)\nkeeps x", "Add\ny\n(3,)", "Pow\n(3,)\nkeeps y"
        assert arrows(figure) == sorted(
            [(W, mul), (X, mul), (mul, add), (B, add), (add, power), (power, "Sum\n()"),
             ("Sum\n()", "result = 83")]
        )  # fmt: skip
        assert key(figure) == ["leaf", "operator", "result", "kept data"]
        unnamed = labels(d2l.plot.computation_graph(loss, saved=True))
        assert {"Mul\n(3,)\nkeeps other (3,)", "Pow\n(3,)\nkeeps self"} <= set(unnamed)

    def test_says_that_a_result_is_kept(self):
        w = torch.ones(2, requires_grad=True)
        y = w.exp()
        assert "Exp\n(2,)\nkeeps result" in labels(d2l.plot.computation_graph(y, saved=True))
        named = d2l.plot.computation_graph(y, {"y": y}, saved=True)
        assert arrows(named) == [("Exp\n(2,)\nkeeps y", "y\n(2,)"), ("leaf\n(2,)",
                                 "Exp\n(2,)\nkeeps y")]  # fmt: skip

    def test_says_that_what_is_kept_was_changed(self):
        a = torch.ones(2, requires_grad=True) * 1
        y = a.sin()
        a.add_(1)
        figure = d2l.plot.computation_graph(y, saved=True)
        assert "Sin\n(2,)\nkeeps self, changed since" in labels(figure)

    def test_refuses_what_backward_has_freed(self, line):
        names, y = line
        y.sum().backward()
        refused("freed what the operators kept", d2l.plot.computation_graph, y, saved=True)
        assert W in labels(d2l.plot.computation_graph(y, names))

    def test_shows_gradients(self, line):
        names, y = line
        y.retain_grad()
        before = labels(d2l.plot.computation_graph(y, names, gradients=True))
        assert {f"{W}\nno grad", f"{B}\nno grad"} <= set(before)
        loss = y.sum()
        loss.backward()
        after = d2l.plot.computation_graph(loss, {**names, "y": y}, gradients=True)
        assert labels(after) == sorted(
            [f"{W}\ngrad (1,) = 6", f"{B}\ngrad = 3", "Mul\n(3,)", "Add\ny\n(3,)\ngrad (3,)",
             "Sum\n()", "result = 15"]
        )  # fmt: skip

    def test_of_functions_with_several_results(self):
        a, b = (torch.ones(4, requires_grad=True) * 1).chunk(2)
        figure = d2l.plot.computation_graph([a * b, a], {"b": b})
        split = "Split\nb\n(2,)\n(2,)"
        assert arrows(figure).count((split, "Mul\n(2,)")) == 2
        assert arrows(figure).count((split, "result\n(2,)")) == 1
        parts = torch.ones(3, 2, requires_grad=True).unbind()
        assert "Unbind\n3 × (2,)" in labels(d2l.plot.computation_graph(parts))

    def test_of_ones_own_functions(self):
        class Double(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.variable = x  # which leaves' nodes have too
                ctx.save_for_backward(x, None, torch.ones(3))
                return 2 * x

            @staticmethod
            def backward(ctx, gradient):
                return 2 * gradient

        w = torch.ones(2, requires_grad=True)
        figure = d2l.plot.computation_graph(Double.apply(w), {"w": w}, saved=True)
        assert "Double\n(2,)\nkeeps w\nkeeps tensor (3,)" in labels(figure)

    def test_of_views_and_changes_in_place(self):
        base, w = torch.zeros(3), torch.ones((), requires_grad=True)
        base[1] = w * 5
        figure = d2l.plot.computation_graph(base, {"w": w, "base": base})
        assert arrows(figure) == [
            ("CopySlices\n(3,)", "base\n(3,)"), ("Mul\n()", "CopySlices\n(3,)"),
            ("w = 1", "Mul\n()"),
        ]  # fmt: skip

    def test_of_what_holds_no_numbers(self):
        x = torch.ones((), device="meta", requires_grad=True)
        figure = d2l.plot.computation_graph(x * 2, {"x": x}, saved=True)
        assert arrows(figure)[-1] == ("x", "Mul\n()\nkeeps other = 2")
        shown = []

        def inner(x):
            y = (x * 2).sum()
            shown.extend(labels(d2l.plot.computation_graph(y, {"x": x})))
            return y

        torch.func.grad(inner)(torch.ones(2))
        assert "x\n(2,)" in shown

    def test_of_a_checkpoint(self):
        w = torch.ones(2, requires_grad=True)
        y = checkpoint(lambda w: w.exp() * w, w, use_reentrant=False)
        figure = d2l.plot.computation_graph(y, {"w": w}, saved=True)
        assert "Exp\n(2,)\nkeeps result" in labels(figure)

    def test_leaves_the_graph_as_it_was(self, line):
        _, y = line
        d2l.plot.computation_graph(y, saved=True, gradients=True)
        y.sum().backward()

    @pytest.mark.parametrize(
        ("output", "message"),
        [
            (1.5, "what is behind a tensor, not float"),
            ([], "not an empty list"),
            (torch.ones(2), "no graph behind it: none of its inputs"),
            (torch.ones(2, requires_grad=True), "is a leaf: draw that of what it is used for"),
            ([torch.ones(2, requires_grad=True) * 1, None], "not NoneType"),
        ],
    )
    def test_refuses_what_has_no_graph(self, output, message):
        refused(message, d2l.plot.computation_graph, output)

    def test_refuses_names_without_tensors(self, line):
        for names in ({"w": 2.0}, {torch.eye(2): "w"}, ["w"], torch.eye(2)):
            refused("names is a dict from the name", d2l.plot.computation_graph, line[1], names)

    def test_refuses_a_graph_that_nobody_could_read(self):
        total = torch.ones((), requires_grad=True)
        for _ in range(38):
            total = total + 1
        assert len(labels(d2l.plot.computation_graph(total))) == 40
        for _ in range(20_000):
            total = total + 1
        refused("40 nodes can be read, and this graph has 20040", d2l.plot.computation_graph, total)

    @pytest.mark.parametrize("layers", [2, 5])
    def test_boxes_hold_their_text_and_keep_apart(self, layers):
        net = torch.nn.Sequential(*[torch.nn.Linear(20, 20) for _ in range(layers)])
        loss = mse_loss(net(torch.ones(5, 20)), torch.ones(5, 20))
        figure = d2l.plot.computation_graph(loss, dict(net.named_parameters()), saved=True)
        figure.canvas.draw()
        into = figure.axes[0].transData.inverted()
        texts = [text for text in figure.axes[0].texts if text.get_ha() == "center"]
        areas = [box for _, box in boxes(figure)]
        for text, box in zip(texts, areas, strict=False):
            inner = into.transform_bbox(text.get_window_extent())
            assert box.x0 < inner.x0 < inner.x1 < box.x1
            assert box.y0 < inner.y0 < inner.y1 < box.y1
        for at, box in enumerate(areas):
            assert not any(box.overlaps(other) for other in areas[:at])
        assert len(arrows(figure)) >= 4 * layers

    def test_a_graph_of_four_layers_is_read_on_a_slide(self):
        sizes = [(8, 32), (32, 16), (16, 8), (8, 1)]
        layers = [part for size in sizes for part in (torch.nn.Linear(*size), torch.nn.ReLU())]
        net = torch.nn.Sequential(*layers[:-1])
        for parameter in net.parameters():
            torch.nn.init.constant_(parameter, -0.02527)
        loss = mse_loss(net(torch.ones(20, 8)), torch.ones(20, 1))
        figure = d2l.plot.computation_graph(loss, dict(net.named_parameters()))
        assert len(boxes(figure)) == 21
        size = " × ".join(f"{length:.0f}" for length in figure.get_size_inches() * figure.dpi)
        text = figure.axes[0].texts[0].get_fontsize() * figure.dpi / 72
        assert text * slides.scale(size, slides.HEIGHT) / slides.SCREEN[1] >= slides.READABLE


def bowl(x, y):
    return x**2 + y**2


def lines_of(axes):
    """The lines by what the legend calls them."""
    legend = axes.get_legend()
    texts = [text.get_text() for text in legend.get_texts()]
    return dict(zip(texts, legend.legend_handles, strict=True))


def drawn(axes):
    """For each line its marker and its points."""
    return [(line.get_marker(), line.get_xydata().tolist()) for line in axes.lines]


class TestSurface:
    def test_draws_heights_with_labels(self):
        axes = d2l.plot.surface(bowl, (-2, 2), (-1, 3), names=("$w", "b$", "loss"), title="$ of $")
        assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title()) == ("$w", "b$", "$ of $")
        assert axes.get_xlim() == (-2, 2)
        assert axes.get_ylim() == (-1, 3)
        bar = axes.figure.axes[1]
        assert bar.get_ylabel() == "loss"
        filled, lines = axes.collections
        assert filled.levels.tolist() == [0, 1.5, 3, 4.5, 6, 7.5, 9, 10.5, 12, 13.5]
        assert lines.levels.tolist() == filled.levels[1:-1].tolist()
        radii = [np.linalg.norm(path.vertices, axis=1) for path in lines.get_paths()]
        for level, radius in zip(lines.levels, radii, strict=True):
            assert radius == pytest.approx(np.full_like(radius, level**0.5), rel=0.01)
        assert axes.get_legend() is None
        axes.figure.canvas.draw()

    def test_gives_f_points_across_and_up(self):
        seen = []
        d2l.plot.surface(lambda x, y: seen.extend([x, y]) or x + y, (0, 1), (2, 5))
        x, y = seen
        assert x.shape == y.shape
        assert (x[0, 0], x[0, -1], x[-1, 0], y[0, 0], y[0, -1], y[-1, 0]) == (0, 1, 0, 2, 2, 5)

    @pytest.mark.parametrize(
        "f",
        [
            lambda x, y: (x.unsqueeze(-1) * torch.ones(3) + y.unsqueeze(-1)).mean(-1),
            lambda x, y: (x + y).requires_grad_(),
            lambda x, y: (x + y).double(),
            lambda x, y: (x + y).numpy(),
            lambda x, y: torch.vmap(torch.vmap(torch.add))(x, y),
        ],
        ids=range(5),
    )
    def test_takes_what_f_returns(self, f):
        (filled, _) = d2l.plot.surface(f, (0, 1), (0, 1)).collections
        assert (filled.zmin, filled.zmax) == pytest.approx((0, 2))

    def test_leaves_a_hole_where_f_has_no_height(self):
        axes = d2l.plot.surface(lambda x, y: torch.log(x) + 0 * y, (-1, 1), (0, 1))
        across = axes.collections[0].get_paths()[3].vertices[:, 0]
        assert across.min() > 0

    @pytest.mark.parametrize(
        ("low", "high", "levels", "shown"),
        [
            (1.1e-3, 900, 10, "0.001 0.01 0.1 1 10 100 1,000"),
            (1.1e-3, 900, 3, "0.001 0.01 0.1 1 10 100 1,000"),
            (1.1, 900, 10, "1 2 5 10 20 50 100 200 500 1,000"),
            (110, 9000, 5, "100 200 500 1,000 2,000 5,000 10,000"),
            (1.1, 3.9, 5, "1 2 3 4"),
            (0.3, 7.9, 10, "0.3 0.5 0.7 0.9 2 4 6 8"),
            (2, 7.9, 6, "2 3 4 5 6 7 8"),
        ],
    )
    def test_levels_rise_by_a_factor_on_request(self, low, high, levels, shown):
        rise = lambda x, y: low * (high / low) ** x  # noqa: E731
        axes = d2l.plot.surface(rise, (0, 1), (0, 1), log=True, levels=levels)
        axes.figure.canvas.draw()
        bar = axes.figure.axes[1]
        assert bar.get_yscale() == "log"
        assert [text.get_text() for text in bar.get_yticklabels()] == shown.split()

    def test_a_logarithmic_scale_shows_zero_as_its_lowest_height(self):
        axes = d2l.plot.surface(lambda x, y: (x * y).relu(), (-1, 1), (-1, 1), log=True)
        levels = axes.collections[0].levels.tolist()
        assert levels == pytest.approx([*(d * 10**e for e in range(-6, 0) for d in (1, 3)), 1])

    def test_writes_heights_in_full(self):
        axes = d2l.plot.surface(lambda x, y: 12_000 + x, (0, 1), (0, 1), levels=4)
        axes.figure.canvas.draw()
        ticks = [text.get_text() for text in axes.figure.axes[1].get_yticklabels()]
        assert ticks == ["12,000", "12,000.25", "12,000.5", "12,000.75", "12,001"]

    def test_the_legend_stands_beside_the_map(self):
        paths = {"a path with a name": [(0, 0), (1, 1)]}
        axes = d2l.plot.surface(bowl, (-2, 2), (-2, 2), paths=paths)
        figure = axes.figure
        figure.canvas.draw()
        legend = axes.get_legend().get_window_extent()
        assert axes.get_window_extent().x1 < legend.x0
        assert legend.x1 < figure.axes[1].get_window_extent().x0

    def test_takes_levels(self):
        axes = d2l.plot.surface(bowl, (-2, 2), (-2, 2), levels=[4, 1, 2])
        assert axes.collections[0].levels.tolist() == [1, 2, 4]
        few = d2l.plot.surface(bowl, (-2, 2), (-2, 2), levels=2)
        assert len(few.collections[0].levels) <= 4

    def test_paths_have_a_start_an_end_and_looks_of_their_own(self):
        paths = {"a": [(0.5, 0.5), (0.25, 0.25), (0, 0)], "$b": torch.tensor([[1.0, -1], [0, 1]])}
        axes = d2l.plot.surface(bowl, (-2, 2), (-2, 2), paths=paths, minimum=(0, 0))
        assert list(lines_of(axes)) == ["a", "$b", "start", "end", "minimum"]
        assert drawn(axes) == [
            ("o", [[0.5, 0.5], [0.25, 0.25], [0, 0]]), ("o", [[0.5, 0.5]]), ("s", [[0, 0]]),
            ("s", [[1, -1], [0, 1]]), ("o", [[1, -1]]), ("s", [[0, 1]]), ("*", [[0, 0]]),
        ]  # fmt: skip
        first, second = axes.lines[0], axes.lines[3]
        assert first.get_color() != second.get_color()
        assert first.get_linestyle() != second.get_linestyle()
        assert not any(text.get_parse_math() for text in axes.get_legend().get_texts())
        axes.figure.canvas.draw()

    @pytest.mark.parametrize(
        ("path", "marks"),
        [
            ([(0, 0), (4, 2)], [("o", [[0, 0]]), ("X", [[2, 1]])]),
            ([(0, 0), (0, -8)], [("o", [[0, 0]]), ("X", [[0, -2]])]),
            ([(4, 0), (0, 0)], [("s", [[0, 0]])]),
            ([(1, 0), (1, 4), (1, 0)], [("o", [[1, 0]]), ("s", [[1, 0]]), ("X", [[1, 2]])]),
            ([(1, 1), (float("inf"), 1)], [("o", [[1, 1]]), ("X", [[2, 1]])]),
            ([(1, 1), (float("nan"),) * 2], [("o", [[1, 1]]), ("X", [[1, 1]])]),
            ([(1, 1), (1e300, 1)], [("o", [[1, 1]]), ("X", [[2, 1]])]),
        ],
        ids=range(7),
    )
    def test_a_cross_stands_where_a_path_leaves(self, path, marks):
        axes = d2l.plot.surface(bowl, (-2, 2), (-2, 2), paths={"p": path})
        found = drawn(axes)[1:]
        assert [marker for marker, _ in found] == [marker for marker, _ in marks]
        for (_, points), (_, expected) in zip(found, marks, strict=True):
            assert np.array(points) == pytest.approx(np.array(expected))
        assert axes.get_xlim() == axes.get_ylim() == (-2, 2)
        axes.figure.canvas.draw()

    def test_what_lies_far_outside_is_not_drawn(self):
        path = [(0, 0), (0, 3), (0, -9), (0, 27), (0, -3), (0, 1)]
        axes = d2l.plot.surface(bowl, (-2, 2), (-2, 2), paths={"p": path})
        up = axes.lines[0].get_ydata()
        assert np.isnan(up).tolist() == [False, False, True, True, False, False]

    def test_long_paths_have_few_markers(self):
        path = torch.stack([torch.linspace(-1, 1, 5000)] * 2, dim=1)
        axes = d2l.plot.surface(bowl, (-2, 2), (-2, 2), paths={"p": path})
        assert axes.lines[0].get_markevery() == 200

    def test_paths_of_tensors_that_need_gradients(self):
        w, b = (torch.tensor(float(k), requires_grad=True) for k in range(2))
        both = torch.stack([w, b])
        for path in ([(w, b)], [both], both.unsqueeze(0), np.array([[0.0, 1.0]]), ((0, 1),)):
            axes = d2l.plot.surface(bowl, (-2, 2), (-2, 2), paths={"p": path})
            assert axes.lines[0].get_xydata().tolist() == [[0, 1]]

    def test_draws_into_axes(self):
        figure, (left, right) = plt.subplots(1, 2)
        assert d2l.plot.surface(bowl, (-2, 2), (-2, 2), axes=right) is right
        assert right.collections
        assert not left.collections
        assert plt.get_fignums() == [figure.number]

    @pytest.mark.parametrize(
        ("f", "options", "message"),
        [
            (bowl, {"x": (1, 1)}, r"x=\(low, high\) with low < high, not \(1, 1\)"),
            (bowl, {"y": (0, float("inf"))}, "y=.low, high. with low < high"),
            (bowl, {"y": (0, 1, 2)}, "y=.low, high. with low < high"),
            (lambda x, y: (x + y).mean(), {}, r"not \(\); sum over data"),
            (lambda x, y: (x + y)[:3], {}, r"not \(3, 120\)"),
            (lambda x, y: None, {}, "not None"),
            (lambda x, y: (x + y) * torch.nan, {}, "no finite height in this rectangle"),
            (lambda x, y: torch.full_like(x, 3), {}, "the height 3 everywhere"),
            (lambda x, y: x + y, {"log": True}, "heights of 0 or more, and f returns -2"),
            (bowl, {"levels": 1}, "two levels or more, not 1"),
            (bowl, {"levels": [3]}, "two levels or more, not"),
            (bowl, {"levels": [0, 3], "log": True}, "two levels or more, above 0, not"),
            (bowl, {"paths": {"p": []}}, r"path 'p' needs points of shape \(n, 2\), one or more"),
            (bowl, {"paths": {"p": [1, 2]}}, r"path 'p' needs .* not \(2,\)"),
            (bowl, {"paths": {"p": torch.ones(2, 3)}}, r"path 'p' needs .* not \(2, 3\)"),
            (bowl, {"paths": {"p": [(1, 2), (1,)]}}, "path 'p' is a list of .*different shapes"),
            (bowl, {"paths": {"p": [(5, 5)]}}, "path 'p' is nowhere within the rectangle"),
            (bowl, {"minimum": 3}, "minimum needs points of shape"),
        ],
    )
    def test_refuses(self, f, options, message):
        options = {"x": (-1, 1), "y": (-1, 1), **options}
        refused(message, d2l.plot.surface, f, **options)


HISTORY = {
    "train_loss": [4.0, 2.0, 1.0, 0.5],
    "val_loss": [4.0, 1.5, 2.0, 3.0],
    "train_accuracy": [0.1, 0.2, 0.3, 0.4],
    "val_accuracy": [0.1, 0.3, 0.2, 0.1],
    "lr": [1, 1, 1, 1],
}


class TestHistory:
    @pytest.mark.parametrize("history", [HISTORY, pd.DataFrame(HISTORY, index=range(7, 11))])
    def test_draws_losses_against_the_epoch(self, history):
        axes = d2l.plot.history(history, title="$t$")
        assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "loss")
        assert axes.get_title() == "$t$"
        train, val, best = axes.lines
        assert train.get_xydata().tolist() == [[1, 4], [2, 2], [3, 1], [4, 0.5]]
        assert val.get_ydata().tolist() == HISTORY["val_loss"]
        assert (train.get_linestyle(), val.get_linestyle()) == ("--", "-")
        assert best.get_xdata() == [2, 2]
        texts = [text.get_text() for text in axes.get_legend().get_texts()]
        assert texts == ["train_loss", "val_loss", "lowest val_loss: epoch 2"]
        assert all(tick == int(tick) for tick in axes.get_xticks())
        axes.figure.canvas.draw()

    def test_draws_what_is_named(self):
        axes = d2l.plot.history(HISTORY, names=("train_accuracy", "val_accuracy"))
        assert axes.get_ylabel() == "accuracy"
        assert list(lines_of(axes))[:2] == ["train_accuracy", "val_accuracy"]
        assert axes.lines[2].get_xdata() == [2, 2]  # where val_loss is lowest
        assert d2l.plot.history(HISTORY, names=["lr", "val_loss"]).get_ylabel() == "value"

    def test_marks_no_epoch_without_validation(self):
        assert len(d2l.plot.history({"train_loss": [2, 1]}).lines) == 1
        nothing = {"train_loss": [2, 1], "val_loss": [None, float("nan")]}
        assert len(d2l.plot.history(nothing).lines) == 2

    def test_leaves_gaps(self):
        axes = d2l.plot.history({"val_loss": [float("nan"), 3, None, 1, float("inf")]})
        assert np.isfinite(axes.lines[0].get_ydata()).tolist() == [False, True, False, True, False]
        assert axes.lines[1].get_xdata() == [4, 4]
        axes.figure.canvas.draw()

    def test_one_epoch_is_seen(self):
        assert d2l.plot.history({"train_loss": [2]}).lines[0].get_marker() == "o"

    def test_draws_into_axes_and_on_a_logarithmic_scale(self):
        _, (left, right) = plt.subplots(1, 2)
        assert d2l.plot.history(HISTORY, axes=right, log=True) is right
        assert (left.get_yscale(), right.get_yscale()) == ("linear", "log")
        assert not left.lines

    def test_the_key_of_used_axes_shows_its_own_lines(self):
        _, axes = plt.subplots()
        axes.plot([1, 2], [3, 4], color="red")
        d2l.plot.history({"train_loss": [2, 1]}, axes=axes)
        (shown,) = axes.get_legend().get_lines()
        assert shown.get_color() == axes.lines[1].get_color() != "red"

    @pytest.mark.parametrize(
        ("history", "options", "message"),
        [
            ([1, 2], {}, "what it has, .*: no lists with names"),
            ({}, {}, "what it has, .*: no lists with names"),
            ({"lr": [1]}, {}, r"a list of names of what it has, not \[\]: lr"),
            (HISTORY, {"names": "lr"}, "a list of names .* not 'lr': train_loss, val_loss"),
            (HISTORY, {"names": []}, "a list of names"),
            (HISTORY, {"names": ["loss"]}, "what it has, not .'loss'.: train_loss, val_loss"),
            ({"train_loss": []}, {}, "one number an epoch for each name, not {'train_loss': 0}"),
            ({"train_loss": [1], "val_loss": [1, 2]}, {}, "not {'train_loss': 1, 'val_loss': 2}"),
            ({"train_loss": [1, 0]}, {"log": True}, "'train_loss' has 1 of 2 values at 0 or below"),
            ({"train_loss": ["a"]}, {}, "'train_loss' holds what is no number: 'a'"),
            ({"train_loss": [[1, 2]]}, {}, r"'train_loss' needs values of shape \(n,\)"),
        ],
    )
    def test_refuses(self, history, options, message):
        refused(message, d2l.plot.history, history, **options)
