"""The picture of what a network's layers put out: its rows, its words, and no trace of the look."""

import gc
import weakref
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch import nn

import d2lutils as d2l
from tests.drawing import canvas, refused  # noqa: F401
from tests.form import slides


class Fixed(nn.Module):
    """Puts out the same numbers, whatever comes in."""

    def __init__(self, output):
        super().__init__()
        self.output = output

    def forward(self, X):
        return self.output


class Failing(nn.Module):
    def forward(self, X):
        raise ValueError("no")


class Twice(nn.Module):
    """Calls one of its layers twice and another not at all."""

    def __init__(self):
        super().__init__()
        self.used, self.spare = nn.Tanh(), nn.Tanh()

    def forward(self, X):
        return self.used(self.used(X))


def shows(*numbers):
    return Fixed(torch.tensor(numbers))


def names(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


def words(axes):
    return [text.get_text() for text in axes.texts]


def stairs(axes):
    """For each row, the heights of its bins above its base."""
    found = []
    for patch in axes.patches:
        values, _, base = patch.get_data()
        found.append(np.asarray(values) - base)
    return found


def hooks(net):
    return sum(len(part._forward_hooks) for part in net.modules())


@pytest.fixture
def net():
    d2l.seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))


X = torch.linspace(-2, 2, 40).reshape(10, 4)


class TestRows:
    def test_a_row_for_each_layer_without_layers_inside(self, net):
        axes = d2l.plot.activations(nn.Sequential(net, nn.Tanh()), X, title="$t$")
        assert names(axes) == ["0.0 Linear", "0.1 ReLU", "0.2 Linear", "1 Tanh"]
        assert axes.get_title() == "$t$"
        assert len(words(axes)) == len(stairs(axes)) == 4
        axes.figure.canvas.draw()

    @pytest.mark.parametrize(
        ("layers", "expected"),
        [
            (["2", "1"], ["1 ReLU", "2 Linear"]),  # in the order in which they run
            (iter(["0"]), ["0 Linear"]),
            ("0", ["0 Linear"]),
            ("", ["Sequential"]),
            (nn.Linear, ["0 Linear", "2 Linear"]),
            (nn.Module, ["0 Linear", "1 ReLU", "2 Linear", "Sequential"]),
        ],
    )
    def test_of_the_layers_that_are_asked_for(self, net, layers, expected):
        assert names(d2l.plot.activations(net, X, layers)) == expected

    def test_of_a_layer_alone_and_of_one_that_is_called_twice(self):
        assert names(d2l.plot.activations(nn.Linear(4, 1), X)) == ["Linear"]
        axes = d2l.plot.activations(Twice(), X)
        assert names(axes) == ["used Tanh", "used Tanh (call 2)"]

    def test_counts_what_the_layer_put_out_before_the_next_changes_it(self):
        d2l.seed(0)
        net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(inplace=True))
        first, second = words(d2l.plot.activations(net, X))
        assert first.startswith("no zeros")
        assert second.startswith("zeros 0.")

    def test_each_row_is_as_high_as_its_tallest_bin_and_holds_no_zeros(self):
        net = nn.Sequential(shows(0.0, 1.0, 1.0, 2.0), shows(0.0, 0.0), shows(-1.0, float("nan")))
        axes = d2l.plot.activations(net, X)
        first, second, third = stairs(axes)
        assert sorted(np.round(first[first > 0.01], 3)) == [0.425, 0.85]
        assert second.max() < 1e-9
        assert round(third.max(), 3) == 0.85
        sticks = [np.ptp(line.get_ydata()) for line in axes.lines]
        assert np.allclose(sticks, [0.25 * 0.85, 0.85])
        assert "orange" in axes.get_xlabel()
        assert "orange" not in d2l.plot.activations(shows(1.0), X).get_xlabel()

    @pytest.mark.parametrize(
        ("numbers", "told"),
        [
            ([0.0, 0.0], "all zeros, spread 0.0"),
            ([0.0, 2.0, 4.0, 6.0], "zeros 0.25, spread 2.2"),
            ([3.0], "no zeros, spread 0.0"),
            ([-100.0, 100.0], "no zeros, spread 100.0"),
            ([-3e7, 3e7], "no zeros, spread 3.0e+07"),
            ([-1e-5, 1e-5], "no zeros, spread 1.0e-05"),
            ([1.0] * 999 + [0.0], "zeros <0.01, spread 0.032"),
            ([0.0] * 999 + [1.0], "zeros >0.99, spread 0.032"),
            ([float("nan"), 1.0, -1.0, float("inf")], "no zeros, spread 1.0, nan or inf 0.50"),
            ([float("-inf"), float("nan")], "all nan or inf"),
        ],
    )
    def test_words(self, numbers, told):
        axes = d2l.plot.activations(shows(*numbers), X)
        assert words(axes) == [told]
        axes.figure.canvas.draw()

    @pytest.mark.parametrize(
        "output",
        [
            torch.tensor([True, False]),
            torch.tensor([0, 200], dtype=torch.uint8),
            torch.ones(2, 3, dtype=torch.bfloat16),
            torch.tensor([1e38, -3e38]),
            torch.tensor([1e-320, 0.0], dtype=torch.float64),
            torch.ones(4, 6)[:, ::2].t(),
            torch.tensor(1.5),
            nn.Parameter(torch.ones(2)),
        ],
    )
    def test_draws_any_real_numbers(self, output):
        d2l.plot.activations(Fixed(output), X).figure.canvas.draw()

    def test_the_outermost_numbers_do_not_press_the_others_together(self):
        many = torch.cat([torch.linspace(-1, 1, 1000), torch.tensor([1e6])])
        assert d2l.plot.activations(Fixed(many), X).get_xlim()[1] < 2

    def test_limits_and_axes_of_the_reader(self, net):
        figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
        assert d2l.plot.activations(net, X, axes=right, limits=(-1, 3)) is right
        assert right.get_xlim() == (-1, 3)
        assert not left.patches
        assert words(right)[0].count("\n") == 1
        figure.canvas.draw()

    @pytest.mark.parametrize("rows", [1, 4, 16])
    def test_letters_are_read_from_the_last_row_of_a_lecture(self, rows):
        axes = d2l.plot.activations(nn.Sequential(*[nn.Tanh() for _ in range(rows)]), X)
        figure = axes.figure
        figure.canvas.draw()
        width, height = (round(float(side) * figure.dpi) for side in figure.get_size_inches())
        texts = [*axes.texts, *axes.get_yticklabels(), *axes.get_xticklabels(), axes.xaxis.label]
        least = min(text.get_size() for text in texts) * figure.dpi / 72
        share = least * slides.scale(f"{width} × {height}", slides.UNDER_HEADING) / 720
        assert share >= slides.READABLE
        boxes = [text.get_window_extent() for text in axes.texts]
        assert all(upper.y0 > lower.y1 - 3 for upper, lower in pairwise(boxes))
        assert all(box.x1 <= width for box in boxes)


class TestLeavesNoTrace:
    @pytest.mark.parametrize("training", [True, False])
    def test_in_the_network(self, training):
        d2l.seed(0)
        net = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Dropout()).train(training)
        net[2].train(not training)
        before = {name: value.clone() for name, value in net.state_dict().items()}
        modes = [part.training for part in net.modules()]
        state = torch.get_rng_state()
        axes = d2l.plot.activations(net, X)
        assert [part.training for part in net.modules()] == modes
        assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
        assert torch.equal(torch.get_rng_state(), state)
        assert hooks(net) == 0
        assert ("zeros" in words(axes)[2]) is True
        assert words(axes)[2].startswith("no zeros") is training  # dropout's mode was the other
        assert all(p.grad is None for p in net.parameters())

    def test_when_the_network_fails(self, net):
        net.append(Failing())
        with pytest.raises(ValueError, match="no"):
            d2l.plot.activations(net, X)
        assert hooks(net) == 0
        assert torch.is_grad_enabled()

    def test_hooks_of_the_reader_stay_and_count(self, net):
        net[1].register_forward_hook(lambda layer, inputs, output: output * 0)
        assert words(d2l.plot.activations(net, X))[1] == "all zeros, spread 0.0"
        assert hooks(net) == 1

    def test_no_tensor_is_kept(self, net):
        kept = []
        net[0].register_forward_hook(lambda layer, inputs, out: kept.append(weakref.ref(out)))
        d2l.plot.activations(net, X)
        gc.collect()
        assert kept[0]() is None

    def test_a_backward_in_between_still_works(self):
        net = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3))
        loss = net(X).square().sum()
        d2l.plot.activations(net, X)
        loss.backward()


@pytest.mark.parametrize(
    ("net", "options", "message"),
    [
        (torch.relu, {}, "a network, an nn.Module, not <built-in"),
        (nn.Linear, {}, "a network, an nn.Module, not <class"),
        (nn.Sequential(nn.Tanh()), {"layers": ["1"]}, "net has no layer '1'; its layers: 0"),
        (nn.Tanh(), {"layers": "a"}, "no layer 'a'; its layers: none inside"),
        (nn.Tanh(), {"layers": [3]}, "net has no layer 3"),
        (nn.Tanh(), {"layers": nn.ReLU}, "1 to 16 outputs of layers, not 0"),
        (nn.Tanh(), {"layers": []}, "1 to 16 outputs of layers, not 0"),
        (Twice(), {"layers": "spare"}, "did not call 'spare': nothing to draw"),
        (nn.Sequential(*[nn.Tanh() for _ in range(17)]), {}, "1 to 16 .* not 17: choose with lay"),
        (nn.LazyLinear(2), {}, "lazy layers that have seen no data"),
        (nn.RNN(4, 2), {}, "RNN puts out a tuple, not a tensor: choose other layers"),
        (Fixed(torch.empty(0, 3)), {}, r"Fixed puts out no numbers: its output has \(0, 3\)"),
        (Fixed(torch.ones(2) * 1j), {}, "the output of Fixed holds complex numbers"),
        (Fixed(torch.ones(2, device="meta")), {}, "on the meta device"),
        (Fixed(torch.ones(2).to_sparse()), {}, "is sparse"),
        (nn.Tanh(), {"limits": (1, 1)}, r"limits=\(low, high\) with low < high"),
        (nn.Tanh(), {"limits": 3}, "limits="),
        (nn.Tanh(), {"limits": (0, float("inf"))}, "limits="),
        (nn.Tanh(), {"limits": (1e9, 1e9 + 1e-6)}, "limits="),
        (nn.Tanh(), {"limits": ("a", "b")}, "limits holds what is no number"),
        (Fixed(torch.tensor([1e308], dtype=torch.float64)), {}, "limits="),
    ],
)
def test_refuses(net, options, message):
    refused(message, d2l.plot.activations, net, X, **options)
    if isinstance(net, nn.Module):
        assert hooks(net) == 0
