"""The confusion matrix: its counts, its colours, what it takes and what it refuses."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.colors import to_rgb

import d2lutils as d2l
from d2lutils.plot.styling import COLOURS
from tests.drawing import canvas, refused  # noqa: F401
from tests.form import slides

COUNTS = [[8, 1, 1], [0, 0, 0], [0, 4, 0]]
RIGHT, WRONG = to_rgb(COLOURS[5]), to_rgb(COLOURS[1])
draw = d2l.plot.confusion_matrix


def cells(axes):
    """The numbers by (row, column)."""
    return {
        (round(text.get_position()[1]), round(text.get_position()[0])): text.get_text()
        for text in axes.texts
    }


def colours(axes):
    return np.asarray(axes.images[0].get_array())


def key(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


class TestWhatIsDrawn:
    def test_counts_stand_in_their_cells(self):
        axes = draw(COUNTS, title="$ of $")
        expected = {(0, 0): "8", (0, 1): "1", (0, 2): "1", (1, 1): "0", (2, 1): "4", (2, 2): "0"}
        assert cells(axes) == expected
        assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title()) == (
            "answer",
            "truth",
            "$ of $",
        )
        axes.figure.canvas.draw()

    def test_colour_is_the_share_of_the_row(self):
        found = colours(draw(COUNTS))
        white = np.ones(3)
        assert found[0, 0] == pytest.approx(1 - 0.8 * (1 - np.array(RIGHT)))
        assert found[2, 1] == pytest.approx(np.array(WRONG))
        assert found[0, 1] == pytest.approx(1 - 0.1 * (1 - np.array(WRONG)))
        assert found[1] == pytest.approx(np.stack([white] * 3))  # nothing is known of that class

    def test_mistakes_have_a_scale_of_their_own(self):
        axes = draw([[997, 3, 0], [1, 999, 0], [0, 0, 1000]])
        assert colours(axes)[0, 1] == pytest.approx(np.array(WRONG))
        assert key(axes) == ["right", "wrong, up to\n0.3 % of a row"]
        assert key(draw([[0, 2], [1, 0]])) == ["right", "wrong, up to\n100 % of a row"]

    def test_no_mistake_has_no_key(self):
        axes = draw(torch.eye(3))
        assert key(axes) == ["right"]
        assert colours(axes)[0, 0] == pytest.approx(np.array(RIGHT))

    def test_labels_and_answers_are_counted(self):
        y, y_hat = [0, 0, 1, 2, 2, 2], [0, 1, 1, 2, 0, 2]
        expected = {(0, 0): "1", (0, 1): "1", (1, 1): "1", (2, 2): "2", (2, 0): "1"}
        assert cells(draw(y, y_hat)) == expected

    def test_a_class_that_neither_holds_has_a_row(self):
        axes = draw([0, 1], [0, 1], names=["a", "b", "c"])
        assert cells(axes) == {(0, 0): "1", (1, 1): "1", (2, 2): "0"}
        assert [text.get_text() for text in axes.get_yticklabels()] == ["a", "b", "c"]
        assert len(cells(draw([0], [0]))) == 2

    @pytest.mark.parametrize(
        "kind",
        [
            torch.tensor,
            np.array,
            pd.Series,
            lambda part: torch.tensor(part, dtype=torch.uint8),
            lambda part: torch.tensor(part).float(),
            lambda part: [torch.tensor(number) for number in part],
            tuple,
        ],
    )
    def test_takes(self, kind):
        assert cells(draw(kind([1, 0, 1]), kind([1, 1, 1]))) == {
            (0, 0): "0",
            (0, 1): "1",
            (1, 1): "2",
        }

    def test_takes_bool(self):
        y = torch.tensor([True, False])
        assert cells(draw(y, ~y)) == {(0, 0): "0", (0, 1): "1", (1, 0): "1", (1, 1): "0"}

    @pytest.mark.parametrize("names", [["a", "$b"], ("a", "$b"), np.array(["a", "$b"])])
    def test_names_stand_as_they_are(self, names):
        axes = draw([[1, 0], [0, 1]], names=names)
        for ticks in (axes.get_xticklabels(), axes.get_yticklabels()):
            assert [text.get_text() for text in ticks] == ["a", "$b"]
            assert not any(text.get_parse_math() for text in ticks)
        assert axes.get_xticklabels()[0].get_rotation() == 0

    def test_long_names_are_turned(self):
        axes = draw(torch.eye(10), names=["ankle boot"] * 10)
        assert {text.get_rotation() for text in axes.get_xticklabels()} == {45}

    def test_draws_into_axes(self):
        figure, (left, right) = plt.subplots(1, 2)
        assert draw(COUNTS, axes=right) is right
        assert right.images
        assert not left.images
        assert plt.get_fignums() == [figure.number]

    def test_ten_classes_are_read_from_the_last_row(self):
        axes = draw(torch.full((10, 10), 1000), title="Ten classes")
        figure = axes.figure
        figure.canvas.draw()
        sizes = [text.get_size() for text in [*axes.texts, *axes.get_xticklabels(), axes.title]]
        across, down = figure.get_size_inches() * figure.dpi
        scale = slides.scale(f"{across:.0f} × {down:.0f}", slides.UNDER_HEADING)
        pixels = min(sizes) * figure.dpi / 72 * scale
        assert pixels / slides.SCREEN[1] >= slides.READABLE
        first, second = axes.texts[:2]
        assert first.get_window_extent().x1 < second.get_window_extent().x0


class TestRefusals:
    @pytest.mark.parametrize(
        ("given", "message"),
        [
            (([0, 1, 1],), r"shape \(K, K\), not \(3,\): give the answers, too"),
            (([[1, 2, 3], [4, 5, 6]],), r"shape \(K, K\), not \(2, 3\)"),
            (([[3]],), "draws 2 to 40 classes, not 1"),
            ((torch.ones(41, 41),), "draws 2 to 40 classes, not 41"),
            ((torch.zeros(2, 2),), "no sample to count"),
            (([], []), "no sample to count"),
            (([[0.5, 0.5], [0, 1]],), "the matrix holds 0.5: it takes whole numbers from 0 on"),
            (([[1, -1], [0, 1]],), "the matrix holds -1"),
            (([[1, float("nan")], [0, 1]],), "the matrix holds nan"),
            (([[1, float("inf")], [0, 1]],), "the matrix holds inf"),
            (([0, 1], [0, -1]), "answers holds -1"),
            (([0, 1.5], [0, 1]), "truth holds 1.5"),
            (([0, 10**9], [0, 1]), "draws 2 to 40 classes, not 1000000001"),
            (([0, 1], [0]), r"need one shape, \(n,\), not \(2,\) and \(1,\)"),
            ((torch.eye(2), torch.eye(2)), r"need one shape, \(n,\), not"),
            (([0, 1], torch.rand(2, 3)), "not scores: argmax"),
            (([0, 1], [[0], [1]]), r"need one shape, \(n,\), not \(2,\) and \(2, 1\)"),
            ((["cat"], ["dog"]), "truth holds what is no number: 'cat'"),
            ((torch.ones(2, 2, device="meta"),), "the matrix is on the meta device"),
        ],
    )
    def test_in_one_line(self, given, message):
        refused(message, draw, *given)

    @pytest.mark.parametrize(
        ("names", "message"),
        [
            (["a"], "one name a class: 2, not 1"),
            ("ab", "names takes a list of names, one a class, not 'ab'"),
            (3, "names takes a list of names"),
        ],
    )
    def test_of_names(self, names, message):
        refused(message, draw, [[1, 0], [0, 1]], names=names)

    def test_of_a_class_without_a_name(self):
        refused("there are 2 names, and a class 2", draw, [0, 2], [0, 1], names=["a", "b"])
