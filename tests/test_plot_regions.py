"""The picture of the classes that a network names over a plane."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

import d2lutils as d2l
from tests.drawing import canvas, refused  # noqa: F401

X = torch.tensor([[-1.0, 10], [1, 30], [0, 20], [3, 50]])
Y = torch.tensor([0, 1, 1, 0])


def right(points):
    """Scores of two classes: the right half belongs to class 1."""
    return torch.stack([0 * points[:, 0], points[:, 0] - 1], dim=1)


def draw(net=right, X=X, y=Y, **options):
    return d2l.plot.decision_regions(net, X, y, **options)


def borders(axes):
    """The points of each border, an array a class."""
    lines = [one for one in axes.collections if not one.filled]
    return [np.concatenate([path.vertices for path in one.get_paths()]) for one in lines]


def named(axes):
    """The colours of the regions that are not empty."""
    return [one.get_facecolor()[0].tolist() for one in axes.collections if one.filled]


class TestRegions:
    def test_draws_points_borders_and_labels(self):
        axes = draw(classes=["$ no", "yes"], names=("a in mm", "b in $"), title="$ of $")
        assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title()) == (
            "a in mm", "b in $", "$ of $",
        )  # fmt: skip
        legend = axes.get_legend()
        assert [text.get_text() for text in legend.get_texts()] == ["$ no", "yes"]
        no, yes = axes.lines
        assert no.get_xydata().tolist() == [[-1, 10], [3, 50]]
        assert yes.get_xydata().tolist() == [[1, 30], [0, 20]]
        for border in borders(axes):
            assert border[:, 0] == pytest.approx(np.ones(len(border)), abs=1e-3)
        assert len(borders(axes)) == len(named(axes)) == 2
        axes.figure.canvas.draw()

    def test_shows_all_points_and_a_margin(self):
        axes = draw()
        assert axes.get_xlim() == pytest.approx((-1.24, 3.24))
        assert axes.get_ylim() == pytest.approx((7.6, 52.4))

    def test_one_point(self):
        axes = draw(X=[[3.0, 4.0]], y=[1])
        assert axes.get_xlim() == (2, 4)
        assert axes.get_ylim() == (3, 5)

    def test_classes_are_told_apart_without_colour(self):
        net = lambda points: torch.randn(len(points), 9)  # noqa: E731
        axes = draw(net, y=[8, 0, 3, 2])
        looks = {(line.get_marker(), line.get_color()) for line in axes.lines}
        assert len(looks) == len(axes.lines) == 9
        tints = {patch.get_facecolor() for patch in patches(axes)}
        assert len(tints) == 7
        hatches = [tuple(one.hatches) for one in axes.collections if one.filled][:5]
        assert len(set(hatches)) == 5
        axes.figure.canvas.draw()

    @pytest.mark.parametrize(
        "net",
        [
            right,
            lambda points: right(points).double().numpy(),
            lambda points: right(points).requires_grad_(),
            lambda points: 1e35 * right(points),
            lambda points: right(points).log_softmax(dim=1),
            lambda points: torch.where(right(points) > 0, torch.inf, -torch.inf).nan_to_num(),
            lambda points: points[:, 0] - 1,
            lambda points: points[:, :1] - 1,
            lambda points: points[:, 0] > 1,
            lambda points: (points[:, :1] > 1).long(),
            lambda points: (points[:, 0] > 1).tolist(),
        ],
        ids=range(11),
    )
    def test_takes_what_networks_return(self, net):
        axes = draw(net)
        assert len(axes.lines) == 2
        for border in borders(axes):
            assert border[:, 0] == pytest.approx(np.ones(len(border)), abs=0.03)

    def test_the_class_is_the_one_that_argmax_names(self):
        generator = torch.Generator().manual_seed(0)
        weight = torch.randn(2, 4, generator=generator)
        net = lambda points: points @ weight + torch.tensor([0.0, 1, 2, 3])  # noqa: E731
        points = 4 * torch.rand(500, 2, generator=generator)
        axes = draw(net, X=points, y=net(points).argmax(dim=1))
        filled = {tuple(one.get_facecolor()[0]): one for one in axes.collections if one.filled}
        assert len(filled) > 1
        for line, patch in zip(axes.lines, patches(axes), strict=True):
            inside = filled.get(patch.get_facecolor())
            found = line.get_xydata()
            if inside is None:
                assert not len(found)
                continue
            (path,) = inside.get_paths()
            assert path.contains_points(found).mean() > 0.99

    def test_a_threshold_for_one_number(self):
        axes = draw(lambda points: (points[:, 0] - 1).sigmoid(), threshold=0.5)
        assert borders(axes)[0][:, 0] == pytest.approx(1, abs=1e-3)
        axes = draw(lambda points: points[:, 0], threshold=2)
        assert borders(axes)[0][:, 0] == pytest.approx(2, abs=1e-3)

    def test_ties_go_to_the_first_class(self):
        for net in (nn.Linear(2, 3), nn.Linear(2, 1)):
            for parameter in net.parameters():
                nn.init.zeros_(parameter)
            axes = draw(net)
            assert len(named(axes)) == 1
            assert not borders(axes)
            assert tuple(named(axes)[0]) == patches(axes)[0].get_facecolor()

    def test_classes_without_points_stand_in_the_legend(self):
        axes = draw(lambda points: (points[:, 0] > 1).long(), classes=["a", "b", "c"])
        assert len(axes.lines) == 3
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b", "c"]

    @pytest.mark.parametrize(
        ("X", "y"),
        [
            (X.numpy(), Y.numpy()),
            (X.tolist(), Y.tolist()),
            (pd.DataFrame(X.numpy()), pd.Series([False, True, True, False])),
            (X.long(), Y.float()),
            (X.clone().requires_grad_(), Y.to(torch.uint8)),
        ],
        ids=range(5),
    )
    def test_takes_points_and_classes(self, X, y):
        axes = draw(X=X, y=y)
        assert axes.lines[1].get_xydata().tolist() == [[1, 30], [0, 20]]

    def test_draws_into_axes(self):
        figure, (left, middle) = plt.subplots(1, 2)
        assert draw(axes=middle) is middle
        assert not left.lines
        assert plt.get_fignums() == [figure.number]


def patches(axes):
    """For each class the patch of its entry in the legend."""
    return axes.get_legend().get_patches()


class Watched(nn.Module):
    """A network that notes what it is asked with."""

    def __init__(self, **options):
        super().__init__()
        self.layer = nn.Linear(2, 2, **options)
        self.frozen = nn.Dropout(0.5).eval()
        self.seen = []

    def forward(self, points):
        graph = torch.is_grad_enabled()
        self.seen.append((self.training, graph, points.dtype, points.device.type, len(points)))
        return self.layer(points)


class TestNetworks:
    def test_is_asked_in_evaluation_mode_and_given_back_in_its_own(self):
        net = Watched()
        draw(net)
        assert {seen[:2] for seen in net.seen} == {(False, False)}
        assert net.training
        assert net.layer.training
        assert not net.frozen.training
        assert torch.is_grad_enabled()
        assert all(parameter.grad is None for parameter in net.parameters())

    def test_is_given_back_in_its_mode_where_it_raises(self):
        net = nn.Sequential(nn.Linear(3, 2))
        with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
            draw(net)
        assert net.training
        assert net[0].training
        assert not plt.get_fignums()

    def test_batches_have_its_dtype_and_device(self):
        device = "cuda" if torch.cuda.is_available() else "cpu"
        net = Watched(dtype=torch.float64, device=device)
        draw(net)
        assert {seen[2:4] for seen in net.seen} == {(torch.float64, device)}
        sizes = [seen[4] for seen in net.seen]
        assert max(sizes) <= 4096
        assert sum(sizes) == 160**2

    def test_half_precision(self):
        draw(nn.Linear(2, 2, dtype=torch.bfloat16))

    @pytest.mark.parametrize(
        ("points", "dtype"),
        [(X, torch.float32), (X.double(), torch.float64), (X.long(), torch.float32)],
    )
    def test_a_function_gets_points_like_those_given(self, points, dtype):
        seen = set()
        draw(lambda batch: seen.add((batch.dtype, torch.is_grad_enabled())) or right(batch), points)
        assert seen == {(dtype, False)}

    @pytest.mark.parametrize("net", [nn.Identity(), nn.Softmax(dim=1)])
    def test_without_parameters(self, net):
        draw(net)

    def test_batch_normalisation_keeps_its_averages(self):
        net = nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 2))
        before = net[0].running_mean.clone()
        draw(net)
        assert torch.equal(net[0].running_mean, before)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"X": X[0]}, r"X needs points of shape \(n, 2\), one or more, not \(2,\)"),
        ({"X": X[:, :1]}, r"not \(4, 1\)"),
        ({"X": X[:0], "y": Y[:0]}, r"one or more, not \(0, 2\)"),
        ({"X": torch.full((4, 2), torch.nan)}, "X holds nan or inf"),
        ({"X": "birds"}, "X holds what is no number"),
        ({"y": Y[:3]}, r"y needs a class for each point, shape \(4,\), not \(3,\)"),
        ({"y": Y[:, None]}, r"shape \(4,\), not \(4, 1\)"),
        ({"y": nn.functional.one_hot(Y)}, r"shape \(4,\), not \(4, 2\)"),
        ({"y": [0, 1, 0.5, 0]}, "y needs classes, whole numbers from 0, and holds 0.5"),
        ({"y": [0, 1, -1, 0]}, "and holds -1"),
        ({"y": [0, 1, torch.nan, 0]}, "and holds nan"),
        ({"y": [0, 1, 2, 0]}, "y holds class 2; the network knows 0 to 1"),
        ({"y": [0, 1, 2, 0], "net": nn.Linear(2, 1)}, "y holds class 2; the network knows 0 to 1"),
        ({"classes": ["one"]}, "there are 2 classes, and classes has 1 names"),
        ({"classes": ["a", "b", "c"]}, "there are 2 classes, and classes has 3 names"),
        ({"classes": ["a"], "net": lambda x: (x[:, 0] > 1).long()}, "2 classes, .* has 1 names"),
        ({"net": None}, "asks a network or a function, not None"),
        ({"net": right(X)}, "asks a network or a function, not Tensor"),
        ({"net": lambda x: None}, "for 4096 points the network returns None, not"),
        ({"net": lambda x: x.sum()}, r"shape \(\), not \(4096, C\), \(4096, 1\) or \(4096,\)"),
        ({"net": lambda x: x[:, :, None]}, r"returns shape \(4096, 2, 1\)"),
        ({"net": lambda x: x[:, :0]}, r"returns shape \(4096, 0\)"),
        ({"net": lambda x: x[:3]}, r"returns shape \(3, 2\)"),
        ({"net": lambda x: x.T}, r"returns shape \(2, 4096\)"),
        ({"net": lambda x: "no"}, "what the network returns holds what is no number"),
        ({"net": lambda x: x * torch.nan}, "the network returns nan at 25,600 of 25,600 points"),
        ({"net": lambda x: x[:, 0] * torch.nan}, "nan at 25,600 of 25,600 points"),
        ({"net": lambda x: (x[:, 0] > 1).long() - 1}, "names class -1: classes start at 0"),
    ],
)  # fmt: skip
def test_refuses(options, message):
    refused(message, draw, **options)
