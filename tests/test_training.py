"""`d2l.fit`: the loop by hand to the last bit, and one line for what people do wrong."""

import copy
import gc
import math
import signal
import threading
import tracemalloc
import weakref
from collections import namedtuple

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim import SGD, Adam
from torch.optim import lr_scheduler as schedules
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

import d2lutils as d2l
from d2lutils.errors import BookError
from d2lutils.training import loop
from d2lutils.training.history import History

CROSS_ENTROPY, MSE = nn.CrossEntropyLoss(), nn.MSELoss()
X = torch.randn(70, 4, generator=torch.Generator().manual_seed(1))
y = X.argmax(1) % 3
t = X[:, :1] + 2 * X[:, 1:2]
PAIRS = list(zip(X.split(16), y.split(16), strict=True))  # the last batch holds 6
NUMBERS = list(zip(X.split(16), t.split(16), strict=True))


def make():
    """The same network each time."""
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))


def make_deep():
    """One with parts that behave otherwise in eval mode."""
    torch.manual_seed(3)
    layers = nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 3)
    return nn.Sequential(*layers)


def accuracy(y_hat, y):
    return (y_hat.argmax(1) == y).float().mean()


def state(*parts):
    """A copy of what a network, an optimizer … hold, to be compared by ==."""
    return [
        repr([module.training for module in getattr(part, "modules", list)()]) for part in parts
    ] + [plain(part.state_dict()) for part in parts]


def plain(value):
    if isinstance(value, torch.Tensor):
        return str(value.dtype), value.tolist()
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value


def fit(net, train=PAIRS, *, lr=0.1, loss=CROSS_ENTROPY, num_epochs=2, **settings):
    settings.setdefault("optimizer", None)
    if settings["optimizer"] is None:
        settings["optimizer"] = SGD(net.parameters(), lr=lr)
    return d2l.fit(net, train, loss=loss, num_epochs=num_epochs, **settings)


def by_hand(net, train, val, loss, optimizer, num_epochs):
    history = {"train_loss": [], "val_loss": [], "train_accuracy": [], "val_accuracy": []}
    for _ in range(num_epochs):
        net.train()
        losses = right = count = 0
        for X, y in train:
            y_hat = net(X)
            value = loss(y_hat, y)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            losses += value.item() * len(y)
            right += accuracy(y_hat, y).item() * len(y)
            count += len(y)
        history["train_loss"].append(losses / count)
        history["train_accuracy"].append(right / count)
        net.eval()
        losses = right = count = 0
        with torch.no_grad():
            for X, y in val:
                y_hat = net(X)
                losses += loss(y_hat, y).item() * len(y)
                right += accuracy(y_hat, y).item() * len(y)
                count += len(y)
        history["val_loss"].append(losses / count)
        history["val_accuracy"].append(right / count)
    return history


def of_tensors(data, *args, **settings):
    return DataLoader(TensorDataset(*data), *args, **settings)


@pytest.mark.parametrize("make_loader", [d2l.loader, of_tensors])
@pytest.mark.parametrize("make_optimizer", [lambda p: SGD(p, lr=0.1, momentum=0.9), Adam])
def test_it_is_the_loop_by_hand_to_the_last_bit(make_optimizer, make_loader):
    found = []
    for run in (by_hand, None):
        net = make_deep()
        optimizer = make_optimizer(net.parameters())
        train, val = make_loader((X, y), 16, shuffle=True), make_loader((X, y), 32)
        torch.manual_seed(5)
        if run:
            history = run(net, train, val, CROSS_ENTROPY, optimizer, 3)
        else:
            settings = {"optimizer": optimizer, "val": val, "metrics": {"accuracy": accuracy}}
            history = fit(net, train, num_epochs=3, **settings)
            assert history.pop("lr") == [optimizer.param_groups[0]["lr"]] * 3
            net.eval()
        found.append((dict(history), state(net, optimizer), torch.rand(3).tolist()))
    assert found[0] == found[1]


def test_one_stream_of_random_numbers():
    """fit draws none: a list of batches and a network without dropout leave the stream alone."""
    torch.manual_seed(7)
    expected = torch.rand(3).tolist()
    net = make()
    torch.manual_seed(7)
    before = np.random.get_state()[1].tolist()
    fit(net, val=PAIRS, metrics={"accuracy": accuracy}, patience=1)
    assert torch.rand(3).tolist() == expected
    assert np.random.get_state()[1].tolist() == before


def test_a_batch_counts_as_much_as_it_has_samples():
    net = make()
    history = fit(net, lr=0.0, val=PAIRS[-2:], metrics={"accuracy": accuracy}, num_epochs=1)
    with torch.no_grad():
        whole = CROSS_ENTROPY(net(X), y), CROSS_ENTROPY(net(X[48:]), y[48:])
        rates = accuracy(net(X), y), accuracy(net(X[48:]), y[48:])
    assert history["train_loss"] == pytest.approx([whole[0].item()])
    assert history["val_loss"] == pytest.approx([whole[1].item()])
    assert history["train_accuracy"] == pytest.approx([rates[0].item()])
    assert history["val_accuracy"] == pytest.approx([rates[1].item()])


def test_history_is_plain_and_a_table():
    history = fit(make(), val=PAIRS, metrics={"accuracy": accuracy, "count": lambda _, y: 2})
    measures = ("loss", "accuracy", "count")
    assert list(history) == [f"{p}_{m}" for m in measures for p in ("train", "val")] + ["lr"]
    assert all(type(n) is float for values in history.values() for n in values)
    assert all(type(values) is list for values in history.values())
    assert history["val_count"] == [2.0, 2.0]
    table = pd.DataFrame(history)
    assert table.shape == (2, 7)
    assert history.stopped is None
    assert copy.deepcopy(history) == history


def test_history_without_val():
    history = fit(make(), num_epochs=3)
    assert list(history) == ["train_loss", "lr"]
    assert history.best_epoch == 3
    assert history["lr"] == [0.1] * 3


def test_history_in_words():
    history = History(train_loss=[3.0, 1.0, 0.5], val_loss=[2.0, 1.23456, 1.5], lr=[0.1] * 3)
    assert history.best_epoch == 2
    assert repr(history) == (
        "<History of 3 epochs; best epoch 2: train_loss 1, val_loss 1.235, lr 0.1>"
    )
    history.stopped = "interrupted in epoch 4"
    assert repr(history).endswith("lr 0.1; stopped: interrupted in epoch 4>")
    assert repr(History()) == "<History of 0 epochs>"
    assert History(train_loss=[1.0, 0.5, 0.5]).best_epoch == 2
    assert History(train_loss=[], val_loss=[]).best_epoch is None


# Modes: train while learning, eval while judged, and in the end as they were.


class Modes(nn.Module):
    """Notes the modes of its parts, and whether a graph is built, at each call."""

    def __init__(self):
        super().__init__()
        self.part, self.out, self.seen = nn.BatchNorm1d(4), nn.Linear(4, 3), []

    def forward(self, X):
        y_hat = self.out(self.part(X))
        self.seen.append((self.training, self.part.training, y_hat.requires_grad))
        return y_hat


@pytest.mark.parametrize(
    ("whole", "part", "learning"),
    [(True, True, True), (True, False, False), (False, False, True), (False, True, True)],
)
def test_modes_are_set_and_given_back(whole, part, learning):
    net = Modes()
    net.training, net.part.training = whole, part
    mean = net.part.running_mean.clone()
    fit(net, PAIRS[:1], val=PAIRS[:1])
    assert net.seen == [(True, learning, True), (False, False, False)] * 2
    assert [net.training, net.part.training, net.out.training] == [whole, part, True]
    assert torch.equal(net.part.running_mean, mean) != learning


def test_modes_come_back_after_an_error():
    net = make_deep().eval()
    with pytest.raises(ZeroDivisionError):
        fit(net, metrics={"bad": lambda y_hat, y: 1 / 0})
    assert not any(part.training for part in net.modules())


def test_a_train_method_of_its_own_is_called():
    class Kept(nn.Sequential):
        def train(self, mode=True):
            super().train(mode)
            self[0].eval()
            return self

    net = Kept(nn.BatchNorm1d(4), nn.Linear(4, 3))
    fit(net)
    assert net[0].num_batches_tracked == 0


# Schedules


def rates(make_scheduler, num_epochs=3, **settings):
    """The history's rates and the number of steps that the scheduler made."""
    net = make()
    optimizer = SGD(net.parameters(), lr=0.1)
    scheduler = make_scheduler(optimizer)
    history = fit(net, optimizer=optimizer, scheduler=scheduler, num_epochs=num_epochs, **settings)
    return history["lr"], scheduler.last_epoch


def test_a_scheduler_steps_once_an_epoch():
    found, steps = rates(lambda optimizer: schedules.StepLR(optimizer, 1, gamma=0.5))
    assert found == [0.1, 0.05, 0.025]
    assert steps == 3


def test_one_cycle_and_cyclic_step_once_a_batch():
    assert len(PAIRS) == 5
    found, steps = rates(lambda o: schedules.OneCycleLR(o, 0.1, total_steps=15), val=PAIRS)
    assert steps == 15  # those of train alone
    optimizer = SGD(make().parameters(), lr=0.1)
    alone, expected = schedules.OneCycleLR(optimizer, 0.1, total_steps=15), []
    for _ in range(14):
        expected += alone.get_last_lr()
        optimizer.step()
        alone.step()
    assert found == expected[::5]  # the rate of each epoch's first step
    assert rates(lambda o: schedules.CyclicLR(o, 0.01, 0.1))[1] == 15


def test_a_plateau_looks_at_the_loss_on_val_or_train():
    def plateau(optimizer):
        return schedules.ReduceLROnPlateau(optimizer, patience=0, factor=0.5)

    worse = [(X[:16], (y[:16] + 1) % 3)]
    assert rates(plateau)[0] == [0.1, 0.1, 0.1]
    assert rates(plateau, val=worse)[0] == [0.1, 0.1, 0.05]


def test_two_schedulers_in_turn():
    def both(optimizer):
        parts = [schedules.ConstantLR(optimizer, 0.5, 1), schedules.ExponentialLR(optimizer, 0.1)]
        return schedules.SequentialLR(optimizer, parts, [2])

    assert rates(both)[0] == pytest.approx([0.05, 0.1, 0.1])


# Early stopping


class Worse:
    """Batches for val on which the network gets worse after its second epoch."""

    def __init__(self, turn=2):
        self.turn, self.epochs = turn, 0

    def __iter__(self):
        self.epochs += 1
        wrong = (y + 1) % 3
        return iter([(X, y if self.epochs <= self.turn else wrong)])


@pytest.mark.parametrize("patience", [1, 3])
def test_patience_stops_and_restores_the_best(patience):
    net, reference = make_deep(), make_deep()
    torch.manual_seed(5)
    history = fit(net, val=Worse(), patience=patience, num_epochs=50)
    torch.manual_seed(5)
    fit(reference, val=Worse())
    assert len(history["val_loss"]) == len(history["lr"]) == 2 + patience
    assert history.best_epoch == 2
    assert history.stopped == f"val_loss was not lower for {patience} epochs"
    assert state(net) == state(reference)  # buffers, too


def test_an_equal_loss_is_no_better():
    history = fit(make(), val=PAIRS, patience=2, lr=0.0, num_epochs=9)
    assert len(history["lr"]) == 3
    assert history.best_epoch == 1


def test_patience_restores_the_best_at_the_last_epoch_too():
    net, reference = make(), make()
    history = fit(net, val=Worse(), patience=9, num_epochs=4)
    fit(reference, num_epochs=2)
    assert history.stopped is None
    assert len(history["lr"]) == 4
    assert state(net) == state(reference)


def test_without_patience_the_last_weights_stay():
    net, reference = make(), make()
    fit(net, val=Worse(), num_epochs=4)
    fit(reference, num_epochs=4)
    assert state(net) == state(reference)


# Ctrl-C, nan


class Break(list):
    """A list of batches that raises in an epoch, after two batches."""

    def __init__(self, batches, error=KeyboardInterrupt, epoch=3):
        super().__init__(batches)
        self.error, self.epoch, self.epochs = error, epoch, 0

    def __iter__(self):
        self.epochs += 1
        for k, batch in enumerate(super().__iter__()):
            if k == 2 and self.epochs == self.epoch:
                raise self.error
            yield batch


def test_ctrl_c_keeps_the_history(capsys):
    net = make_deep().eval()
    settings = {"val": PAIRS, "metrics": {"accuracy": accuracy}, "num_epochs": 9}
    history = fit(net, Break(PAIRS), **settings)
    assert capsys.readouterr().out == (
        "fit stops: interrupted in epoch 3. The history holds the 2 whole epochs before.\n"
    )
    assert history.stopped == "interrupted in epoch 3"
    assert pd.DataFrame(history).shape == (2, 5)
    assert not any(part.training for part in net.modules())


def test_ctrl_c_in_the_first_epoch_and_in_val():
    history = fit(make(), Break(PAIRS, epoch=1), val=PAIRS)
    assert history == {"train_loss": [], "val_loss": [], "lr": []}
    assert pd.DataFrame(history).shape == (0, 3)
    assert pd.DataFrame(fit(make(), val=Break(PAIRS, epoch=2))).shape == (1, 3)


def test_ctrl_c_with_patience_restores_the_best():
    net, reference = make(), make()
    history = fit(net, Break(PAIRS, epoch=5), val=Worse(), patience=9, num_epochs=9)
    fit(reference, num_epochs=2)
    assert len(history["lr"]) == 4
    assert state(net) == state(reference)
    net, reference = make(), make()
    fit(net, Break(PAIRS, epoch=1), val=PAIRS, patience=9)  # there is no best epoch yet
    fit(reference, PAIRS[:2], num_epochs=1)
    assert state(net) == state(reference)


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="POSIX")
def test_a_real_ctrl_c():
    def interrupted(y_hat, y):
        if len(calls := interrupted.calls) == 7:
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        calls.append(1)
        return CROSS_ENTROPY(y_hat, y)

    interrupted.calls = []
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job may ignore it
    try:
        history = fit(make(), loss=interrupted, num_epochs=100)
    finally:
        signal.signal(signal.SIGINT, before)
    assert history.stopped == "interrupted in epoch 2"
    assert len(history["train_loss"]) == 1


def spoilt(number, epoch=1, batch=2):
    """A loss that gives nan or an infinity in a batch of an epoch, counted from 1."""
    calls = []

    def loss(y_hat, y):
        calls.append(1)
        found = CROSS_ENTROPY(y_hat, y)
        return found * number if len(calls) == 5 * (epoch - 1) + batch else found

    return loss


@pytest.mark.parametrize("together", [1, 50])
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_nan_keeps_history_and_weights(number, together, monkeypatch, capsys):
    monkeypatch.setattr(loop.Means, "together", together)
    net, reference = make_deep(), make_deep()
    torch.manual_seed(5)
    history = fit(net, loss=spoilt(number, epoch=3, batch=4), num_epochs=9)
    torch.manual_seed(5)
    expected = fit(reference, num_epochs=2)
    assert dict(history) == dict(expected)
    assert history.stopped == f"train_loss is {number} in batch 4 of epoch 3"
    assert state(net) == state(reference)
    assert capsys.readouterr().out == (
        f"fit stops: train_loss is {number} in batch 4 of epoch 3. The weights are again those "
        "after 2 epochs. Lower the learning rate and build a new optimizer, or look for nan in "
        "the data.\n"
    )


def test_nan_in_the_first_epoch(capsys):
    net = make_deep()
    before = state(net)
    history = fit(net, loss=spoilt(math.nan), val=PAIRS)
    assert history == {"train_loss": [], "val_loss": [], "lr": []}
    assert state(net) == before
    assert "batch 2 of epoch 1. The weights are again those after 0 epochs." in (
        capsys.readouterr().out
    )


def test_nan_is_told_before_the_error_that_it_leads_to():
    def loss(y_hat, y):
        if len(calls := loss.calls) == 2:
            raise ValueError("nan is no probability")
        calls.append(1)
        return CROSS_ENTROPY(y_hat, y) * (math.nan if len(calls) == 2 else 1)

    loss.calls = []
    assert fit(make(), loss=loss).stopped == "train_loss is nan in batch 2 of epoch 1"


def test_nan_in_val(capsys):
    val = [*PAIRS[:2], (X[:4] * math.nan, y[:4])]
    net = make()
    before = state(net)
    history = fit(net, val=val)
    assert history.stopped == "val_loss is nan in batch 3 of epoch 1"
    assert state(net) == before


def test_nan_with_patience_restores_the_best(capsys):
    net, reference = make(), make()
    fit(net, loss=spoilt(math.nan, epoch=6), val=Worse(), patience=9, num_epochs=9)
    fit(reference, num_epochs=2)
    assert "nan in batch" in (told := capsys.readouterr().out)
    assert "those after 2 epochs." in told
    assert state(net) == state(reference)


def test_nan_without_patience_restores_the_last_epoch_not_the_best():
    net, reference = make(), make()
    history = fit(net, loss=spoilt_in_training(5), val=Worse(), num_epochs=9)
    fit(reference, num_epochs=4)
    assert history.best_epoch == 2
    assert state(net) == state(reference)


def spoilt_in_training(epoch):
    """A loss that gives nan in the second training batch of an epoch; val has one batch."""
    return spoilt(math.nan, batch=6 * (epoch - 1) + 2)


def test_a_rate_too_high(capsys):
    net = nn.Linear(4, 1)
    history = fit(net, NUMBERS, loss=MSE, lr=1e8, num_epochs=9)
    assert "_loss is " in history.stopped
    assert all(torch.isfinite(p).all() for p in net.parameters())


# Batches


Pair = namedtuple("Pair", ["X", "y"])


class Sum(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(4, 3)

    def forward(self, a, b, scale=1):
        return self.out(a + b) * scale


@pytest.mark.parametrize(
    "batches",
    [
        [list(pair) for pair in PAIRS],
        [Pair(*pair) for pair in PAIRS],
        tuple(PAIRS),
        [{"image": X, "label": y} for X, y in PAIRS],
        [{"target": y, "input": X} for X, y in PAIRS],
        [{"anything": X, "y": y} for X, y in PAIRS],
        d2l.loader({"image": X, "labels": y}, 16),
        DataLoader(TensorDataset(X, y), 16),
    ],
)
def test_batches_of_every_form(batches):
    net, reference = make(), make()
    assert dict(fit(net, batches)) == dict(fit(reference))
    assert state(net) == state(reference)


def test_several_inputs():
    found = []
    for batches in (
        [(X, X.flip(1), y) for X, y in PAIRS],
        [{"a": X, "y": y, "b": X.flip(1)} for X, y in PAIRS],
        [{"b": X.flip(1), "a": X, "scale": 1, "targets": y} for X, y in PAIRS],
    ):
        torch.manual_seed(0)
        found.append(dict(fit(Sum(), batches)))
    assert found[0] == found[1] == found[2]


def test_nested_targets_and_inputs_without_tensors():
    class Words(nn.Module):
        def __init__(self):
            super().__init__()
            self.out = nn.Embedding(9, 1)

        def forward(self, words):
            return self.out(torch.tensor([len(word) for word in words])).flatten()

    def loss(y_hat, targets):
        return MSE(y_hat, targets["sizes"][0])

    batches = [
        (["a", "bcd"], {"sizes": Pair(torch.ones(2), None)}),
        (["e"], {"sizes": [torch.ones(1)]}),
    ]
    net = Words()
    history = fit(net, batches, loss=loss, lr=0.0, num_epochs=1)
    first, last = net.out.weight[[1, 3]].flatten(), net.out.weight[1]
    expected = (MSE(first, torch.ones(2)) + MSE(last, torch.ones(1))) / 2  # sizes are unknown
    assert history["train_loss"] == pytest.approx([expected.item()])


def test_batches_are_moved():
    moved = []

    class Holder:
        def to(self, device):
            moved.append(device)
            return X[:4]

    fit(make(), [(Holder(), y[:4])], num_epochs=1)
    assert moved == [torch.device("cpu")]


def test_a_generator_serves_one_epoch():
    net, reference = make(), make()
    assert dict(fit(net, iter(PAIRS), num_epochs=1)) == dict(fit(reference, num_epochs=1))
    assert fit(make(), (pair for pair in PAIRS), num_epochs=1)["lr"] == [0.1]


def test_a_stream_of_unknown_length():
    class Stream(IterableDataset):
        def __iter__(self):
            return iter(zip(X, y, strict=True))

    net, reference = make(), make()
    assert dict(fit(net, DataLoader(Stream(), 16))) == dict(fit(reference))


class Step(torch.autograd.Function):
    """Does nothing; notes what the steps of the graph keep, and how much of it is still there."""

    @staticmethod
    def forward(ctx, X):
        ctx.kept = set()
        Step.kept.append(weakref.ref(ctx.kept))
        Step.alive.append(sum(ref() is not None for ref in Step.kept))
        return X.clone()

    @staticmethod
    def backward(ctx, gradient):
        return gradient


def test_no_graph_is_kept():
    """The losses that wait are numbers, and so is what the metrics get."""
    given, Step.kept, Step.alive = [], [], []

    def metric(y_hat, y):
        given.append((y_hat.requires_grad, torch.is_grad_enabled()))
        return y_hat.mean()

    def loss(y_hat, y):
        return CROSS_ENTROPY(Step.apply(y_hat), y)

    fit(make(), loss=loss, val=PAIRS, metrics={"mean": metric}, num_epochs=3)
    gc.collect()
    assert max(Step.alive) <= 2
    assert not any(ref() is not None for ref in Step.kept)
    assert set(given) == {(False, False)}


def test_memory_does_not_grow():
    net, batches = make(), PAIRS * 20
    fit(net, batches)
    gc.collect()
    tracemalloc.start()
    fit(net, batches, num_epochs=2)
    gc.collect()
    few = tracemalloc.get_traced_memory()[0]
    fit(net, batches, num_epochs=8)
    gc.collect()
    many = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert many - few < 20_000


# Mistakes: one line each, and everything is as it was.


def mistake(match, net=None, train=PAIRS, **settings):
    """Call fit, which has to refuse with a line that holds `match`, and to change nothing."""
    net = make_deep() if net is None else net
    if "optimizer" not in settings:
        settings["optimizer"] = Adam(net.parameters())
    parts = [net, settings["optimizer"]]
    before = state(*parts)
    with pytest.raises(BookError) as caught:
        fit(net, train, **settings)
    told = str(caught.value)
    assert match in told
    assert "\n" not in told
    assert told.endswith(".")
    assert len(told) < 240
    assert state(*parts) == before
    return told


def targets(change, inputs=PAIRS):
    return [(X, change(y)) for X, y in inputs]


NOT_WHOLE = [0, -1, True, False, np.True_, 2.0, "3", None, torch.tensor(2), [1]]


@pytest.mark.parametrize("number", NOT_WHOLE, ids=repr)
def test_epochs_that_are_no_whole_number(number):
    mistake("num_epochs takes a whole number from 1 on, not ", num_epochs=number)
    if number is not None:
        mistake("patience takes a whole number from 1 on, not ", patience=number, val=PAIRS)


def test_whole_numbers_of_numpy():
    assert len(fit(make(), num_epochs=np.int64(2), val=PAIRS, patience=np.int8(1))["lr"]) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("loss", nn.CrossEntropyLoss),
        ("loss", "mse"),
        ("scheduler", schedules.StepLR),
        ("scheduler", "step"),
    ],
)
def test_classes_and_words_in_place_of_objects(name, value):
    mistake(f"{name} takes an object such as ", **{name: value})


@pytest.mark.parametrize("value", [SGD, "sgd", [torch.ones(1)]])
def test_what_is_no_optimizer(value):
    with pytest.raises(BookError, match=r"^optimizer takes an object such as torch\.optim\.SGD"):
        fit(make(), optimizer=value)


@pytest.mark.parametrize("value", [nn.Linear, lambda X: X, [nn.Linear(4, 3)]])
def test_what_is_no_network(value):
    with pytest.raises(BookError, match=r"^net takes an object such as torch\.nn\.Linear"):
        fit(value, optimizer=SGD(make().parameters(), lr=0.1))


@pytest.mark.parametrize("metrics", [[accuracy], accuracy, {"a": 1}, {"loss": accuracy}])
def test_metrics_that_are_no_functions_by_name(metrics):
    mistake("metrics takes functions by name", metrics=metrics)


@pytest.mark.parametrize(
    "metric", [lambda y_hat, y: y_hat[:, 0] > y, lambda *_: "much", lambda *_: None]
)
@pytest.mark.parametrize("together", [1, 50])
def test_a_metric_that_gives_no_number(metric, together, monkeypatch):
    monkeypatch.setattr(loop.Means, "together", together)
    told = mistake("return one number, a mean.", metrics={"hits": metric})
    assert "train_hits gets " in told


def test_patience_without_val():
    mistake("pass val, or leave patience out.", patience=2)


def test_a_scheduler_of_another_optimizer():
    other = schedules.StepLR(SGD(make().parameters(), lr=0.1), 1)
    mistake("scheduler sets the rate of another optimizer", scheduler=other)


@pytest.mark.parametrize("name", ["train", "val"])
def test_batches_that_are_none(name):
    def refused(match, value):
        mistake(match, **({"train": PAIRS, name: value}))

    refused(f"{name} takes batches, not int: pass d2l.loader((X, y)).", 3)
    refused(f"{name} takes batches, not TensorDataset: pass torch.utils.", TensorDataset(X, y))
    small = DataLoader(TensorDataset(X, y), 100, drop_last=True)
    for empty in ([], (), small, iter([]), Worse.__new__(Nothing)):
        refused(f"{name} gives no batch: it is empty, used up, ", empty)
    refused(f"{name} is a generator, which is used up after one epoch", (p for p in PAIRS))
    refused(f"{name} is a zip, which is used up", zip(X, y, strict=True))
    refused("A batch is a Tensor, not a pair (X, y)", (X, y))
    refused("A batch is a Tensor, not a pair (X, y)", X)
    refused("A batch is a str, not a pair (X, y)", {"X": X, "y": y})
    refused("A batch is a list, not a pair (X, y)", d2l.loader((X,), 16))
    refused("A batch is a dict of 'image', 'l': ", [{"image": X, "l": y}])
    refused("A batch is a dict of 'y': ", [{"y": y}])
    refused("A batch is a dict of 'X', 'y', 'label': ", [{"X": X, "y": y, "label": y}])


class Nothing:
    def __iter__(self):
        return iter([])


def test_an_iterator_that_knows_its_length_is_used_up():
    """iter(DataLoader) does: that it is empty shows in the second epoch."""
    with pytest.raises(BookError, match="train gives no batch: it is empty, used up"):
        fit(make(), iter(DataLoader(TensorDataset(X, y), 16)))


@pytest.mark.parametrize(
    ("device", "match"),
    [("meta", "meta"), ("gpu", "gpu"), (3.5, "3.5"), ("cuda:99", "cuda:99")],
)
def test_a_device_that_is_not_there(device, match):
    told = mistake(f"device={device!r}: ", device=device)
    assert told.endswith("Pass d2l.device() or None.")


def test_the_device_where_the_network_is():
    net, reference = make(), make()
    assert dict(fit(net, device="cpu")) == dict(fit(reference))


# The optimizer


def test_an_optimizer_of_another_network():
    mistake(
        "optimizer holds parameters that are not the network's", optimizer=Adam(make().parameters())
    )
    net = make_deep()
    optimizer = Adam(net.parameters())
    net[4] = nn.Linear(8, 3)  # as one who learns a new last layer does
    mistake("Build it again from net.parameters().", net, optimizer=optimizer)


def test_a_network_without_parameters():
    mistake(
        "optimizer holds parameters that are not", nn.Flatten(), optimizer=Adam(make().parameters())
    )


def test_an_optimizer_built_before_the_network_was_moved():
    net = nn.Linear(4, 3, device="meta")
    optimizer = Adam(net.parameters())
    net.to_empty(device="cpu")
    net.reset_parameters()
    mistake("or before this one was changed or moved", net, optimizer=optimizer)


def test_a_network_is_not_moved_away_from_its_optimizer():
    """Its state would stay behind. (Nothing can be moved from meta, but meta is everywhere.)"""
    net = nn.Linear(4, 3, device="meta")
    optimizer = Adam(net.parameters())
    with pytest.raises(NotImplementedError, match="no data"):
        fit(net, optimizer=optimizer, device="cpu")
    optimizer.state[net.weight]["step"] = torch.tensor(1.0)
    with pytest.raises(BookError, match=r"on meta: move the network first, net\.to\('cpu'\), then"):
        fit(net, optimizer=optimizer, device="cpu")
    assert net.weight.is_meta


def test_lazy_layers():
    net = nn.Sequential(nn.LazyLinear(3))
    optimizer = SGD(net.parameters(), lr=0.1)
    with pytest.raises(BookError, match=r"lazy layers that have seen no data: call net\(X\) once"):
        fit(net, optimizer=optimizer)
    net(X)
    assert fit(net, optimizer=optimizer)["lr"] == [0.1, 0.1]
    with pytest.raises(BookError, match="lazy layers"):
        fit(nn.Sequential(nn.Linear(4, 3), nn.LazyBatchNorm1d(affine=False)))


def test_parameters_left_out(capsys):
    net = make()
    before = state(net[0])
    fit(net, optimizer=SGD(net[2].parameters(), lr=0.1))
    assert capsys.readouterr().out == (
        "fit: the optimizer leaves out 2 parameters that require a gradient, such as 0.weight: "
        "they stay as they are.\n"
    )
    assert state(net[0]) == before
    net[0].requires_grad_(False)
    fit(net, optimizer=SGD(net[2].parameters(), lr=0.1))
    fit(net, optimizer=SGD(net.parameters(), lr=0.1))
    assert not capsys.readouterr().out


def test_parameters_of_the_loss_and_of_others_are_no_mistake(capsys):
    class Weighted(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(3))

        def forward(self, y_hat, y):
            return F.cross_entropy(y_hat * self.weight, y)

    net, loss, other = make(), Weighted(), nn.Linear(1, 1)
    parameters = [*net.parameters(), *loss.parameters(), *other.parameters()]
    fit(net, loss=loss, optimizer=SGD(parameters, lr=0.1))
    assert not torch.equal(loss.weight, torch.ones(3))
    head = SGD([*net[2].parameters(), *loss.parameters()], lr=0.1)
    fit(net, loss=loss, optimizer=head)
    assert "leaves out 2" in capsys.readouterr().out


# The loss


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda y: y.float(), "y is torch.float32; loss takes class indices as whole"),
        (lambda y: y.double(), "y is torch.float64; loss takes class indices as whole"),
        (lambda y: y.int(), "y is torch.int32; loss takes class indices as whole"),
        (lambda y: y > 1, "y is torch.bool; loss takes class indices as whole"),
        (lambda y: F.one_hot(y, 3), "loss takes one class index a sample: y.argmax(1)."),
        (lambda y: F.one_hot(y, 5), "y has shape (16, 5); loss takes one class index a sample"),
        (lambda y: y[:, None], "y has shape (16, 1); loss takes one class index a sample"),
        (lambda y: y[:, None].float(), "a sample: y.squeeze(1).long()."),
        (
            lambda y: y + 1,
            "y has classes from 1 to 3, and net has 3 outputs, for the classes 0 to 2.",
        ),
        (lambda y: (y + 1).byte(), "y has classes from 1 to 3, and net has 3 outputs"),
    ],
)
@pytest.mark.parametrize("loss", [CROSS_ENTROPY, lambda y_hat, y: F.cross_entropy(y_hat, target=y)])
def test_class_indices(loss, change, match):
    mistake(match, train=targets(change), loss=loss)


def test_targets_that_are_right():
    for change in (lambda y: F.one_hot(y, 3).float(), lambda y: y.to(torch.uint8)):
        assert fit(make(), targets(change)).stopped is None
    net = nn.Sequential(nn.Linear(4, 3), nn.LogSoftmax(1))
    assert fit(net, loss=nn.NLLLoss()).stopped is None


def to_one(*more):
    torch.manual_seed(3)
    return nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 1), *more)


LOSSES = [
    MSE, nn.L1Loss(), nn.SmoothL1Loss(), nn.HuberLoss(), F.mse_loss, nn.BCEWithLogitsLoss(),
    lambda y_hat, y: ((y_hat - y) ** 2).mean(), lambda y_hat, y: (y - y_hat).abs().mean(),
    lambda y_hat, y: F.mse_loss(input=y_hat.double(), target=y.double()),
]  # fmt: skip


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("loss", LOSSES)
def test_a_column_against_a_row(loss):
    told = mistake(
        "y_hat has shape (16, 1) and y (16,)", to_one(), targets(torch.flatten, NUMBERS), loss=loss
    )
    assert told.endswith("so loss compares each with every other: give y.reshape(-1, 1).")
    told = mistake("y_hat has shape (16,) and y (16, 1)", to_one(nn.Flatten(0)), NUMBERS, loss=loss)
    assert told.endswith(": give y.flatten().")


@pytest.mark.filterwarnings("error")
def test_a_column_against_a_row_that_the_loss_mends():
    rows = targets(torch.flatten, NUMBERS)
    for loss in (
        lambda y_hat, y: MSE(y_hat.squeeze(1), y),
        lambda y_hat, y: MSE(y_hat, y.view_as(y_hat)),
        lambda y_hat, y: ((y_hat.flatten() - y) ** 2).mean(),
    ):
        assert fit(to_one(), rows, loss=loss, lr=0.01).stopped is None

    def ranking(y_hat, y):  # compares each with every other, and means to
        return (y_hat[:, None] - y_hat).sub(y[:, None] - y).abs().mean()

    def squared(y_hat, y):
        return ((y_hat - y) ** 2).mean()

    assert fit(to_one(nn.Flatten(0)), rows, loss=ranking, lr=0.01).stopped is None
    ones = [(X[:1], t[0]), (X[1:2], t[1])]  # a batch of one has nothing to mix up
    assert fit(nn.Linear(4, 1), ones, loss=squared, lr=0.01).stopped is None


@pytest.mark.parametrize(
    ("loss", "match"),
    [
        (nn.CrossEntropyLoss(reduction="none"), 'loss gives 16 numbers: use reduction="mean"'),
        (
            lambda y_hat, y: CROSS_ENTROPY(y_hat, y).item(),
            "return a tensor alone, without .item().",
        ),
        (lambda y_hat, y: None, "loss gives None: return a tensor alone"),
        (lambda y_hat, y: CROSS_ENTROPY(y_hat.detach(), y), "no gradient: loss cuts it off by"),
        (lambda y_hat, y: (y_hat.argmax(1) == y).float().mean(), "no gradient: loss cuts it off"),
    ],
)
def test_a_loss_that_teaches_nothing(loss, match):
    mistake(match, loss=loss)


def test_the_mistake_that_is_told_is_the_one_that_was_made():
    def apart(y_hat, y):  # the shapes that would be mixed up are not
        return (y_hat - y.view_as(y_hat)).square().flatten()

    mistake("loss gives 16 numbers", to_one(), targets(torch.flatten, NUMBERS), loss=apart)
    soft = targets(lambda y: F.one_hot(y, 5).float())
    with pytest.raises(RuntimeError) as caught:
        fit(make(), soft)
    assert "argmax" not in str(caught.value)


def test_a_loss_without_a_gradient():
    class Cut(nn.Linear):
        def forward(self, X):
            return super().forward(X).detach()

    mistake("no gradient: net cuts it off by detach", Cut(4, 3))
    mistake(
        "all parameters are frozen: net.requires_grad_(True).", make_deep().requires_grad_(False)
    )
    with torch.no_grad():
        mistake("has no gradient within no_grad or inference_mode: call fit outside")
    with torch.inference_mode():
        mistake("has no gradient within no_grad or inference_mode", train=[(X.clone(), y.clone())])


def test_a_loss_of_shape_one_is_a_number():
    net, reference = make(), make()
    found = fit(net, loss=lambda y_hat, y: CROSS_ENTROPY(y_hat, y).reshape(1))
    assert dict(found) == dict(fit(reference))


@pytest.mark.parametrize(
    ("last", "loss", "told"),
    [
        (nn.Softmax(1), CROSS_ENTROPY, "ends with Softmax, but cross_entropy applies a softmax"),
        (nn.Sigmoid(), F.cross_entropy, "ends with Sigmoid, but cross_entropy applies a softmax"),
        (
            nn.Sequential(nn.Softmax(1), nn.Unflatten(1, (3, 1)), nn.Flatten()),
            lambda y_hat, y: F.cross_entropy(input=y_hat, target=y),
            "ends with Softmax, but cross_entropy",
        ),
    ],
)
def test_softmax_before_cross_entropy_is_told_once(last, loss, told, capsys):
    history = fit(nn.Sequential(make(), last), loss=loss, num_epochs=3, val=PAIRS)
    assert history.stopped is None
    out = capsys.readouterr().out
    assert told in out
    assert out.count("\n") == 1


def test_softmax_before_two_cross_entropies_is_told_once(capsys):
    def smoothed(y_hat, y):
        return F.cross_entropy(y_hat, y) + F.cross_entropy(y_hat, y, label_smoothing=0.1)

    fit(nn.Sequential(make(), nn.Softmax(1)), loss=smoothed)
    assert capsys.readouterr().out.count("\n") == 1


def test_sigmoid_before_bce_with_logits(capsys):
    net = to_one(nn.Sigmoid(), nn.Flatten(0))
    fit(net, targets(lambda y: (y > 1).float()), loss=nn.BCEWithLogitsLoss())
    assert capsys.readouterr().out == (
        "fit: net ends with Sigmoid, but binary_cross_entropy_with_logits applies a sigmoid to raw "
        "outputs itself: leave out the network's.\n"
    )


def test_no_false_alarm(capsys):
    """Outputs that only look like probabilities, and those that a loss wants."""

    class Shares(nn.Linear):
        def forward(self, X):
            positive = super().forward(X).exp()
            return positive / positive.sum(1, keepdim=True)

    fit(Shares(4, 3))
    fit(nn.Sequential(make(), nn.Tanh()))
    fit(nn.Sequential(make(), nn.LogSoftmax(1)))  # superfluous, but the loss is the same
    fit(nn.Sequential(make(), nn.Softmax(1), nn.Linear(3, 3)))
    fit(nn.Sequential(make(), nn.LogSoftmax(1)), loss=nn.NLLLoss())
    fit(to_one(nn.Sigmoid()), NUMBERS, loss=MSE)
    unit = targets(lambda y: (y > 1).float()[:, None])
    fit(to_one(nn.Sigmoid()), unit, loss=nn.BCELoss())
    assert not capsys.readouterr().out


# Devices and types


def test_a_loss_on_another_device():
    loss = nn.CrossEntropyLoss(weight=torch.ones(3, device="meta"))
    mistake("loss meets tensors on cpu and meta: move its own by loss.to(device)", loss=loss)


def test_a_network_in_two_places():
    class Kept(nn.Linear):
        def __init__(self):
            super().__init__(4, 3)
            self.scale = torch.ones(4, device="meta")

        def forward(self, X):
            return super().forward(X * self.scale)

    mistake("net computes on several devices, and X is on cpu: net.to(device) moves", Kept())


def test_types_that_differ():
    doubles = [(X.double(), y) for X, y in PAIRS]
    mistake(
        "X is torch.float64 and the network torch.float32: give X.to(torch.float32).",
        make(),
        doubles,
    )
    mistake("X is torch.uint8 and the network", make(), [(X.byte(), y) for X, y in PAIRS])
    whole = targets(lambda y: (y > 1).long()[:, None])
    mistake(
        "y is torch.int64 and the network's output torch.float32",
        to_one(),
        whole,
        loss=nn.BCEWithLogitsLoss(),
    )


def test_token_numbers_are_no_mistake_of_type():
    net = nn.Sequential(nn.Embedding(9, 4), nn.Linear(4, 3, dtype=torch.float64))
    with pytest.raises(RuntimeError, match="dtype") as caught:
        fit(net, [(torch.ones(4, dtype=torch.int64), y[:4])])
    assert not isinstance(caught.value, BookError)


def test_other_errors_stay_what_they_are():
    def lost(y_hat, y):
        raise KeyError("lost")

    for error, settings in (
        (RuntimeError, {"train": [(X[:, :3], y)]}),
        (KeyError, {"loss": lost}),
        (OSError, {"train": Break(PAIRS, OSError, epoch=1)}),
    ):
        net = make_deep().eval()
        with pytest.raises(error) as caught:
            fit(net, **settings)
        assert not isinstance(caught.value, BookError)
        assert not any(part.training for part in net.modules())


def test_a_mistake_in_val_takes_the_first_epoch_back():
    net = make_deep()
    optimizer = Adam(net.parameters())
    scheduler = schedules.OneCycleLR(optimizer, 0.1, total_steps=10)
    before = state(net, optimizer, scheduler)
    with pytest.raises(BookError, match="y has classes from 3 to 3"):
        fit(net, val=[(X[:4], y[:4] * 0 + 3)], optimizer=optimizer, scheduler=scheduler)
    assert state(net, optimizer, scheduler) == before


def test_a_mistake_later_keeps_what_was_learned():
    net, reference = make(), make()
    wrong = [*PAIRS[:2], (X[:4], y[:4] + 3)]

    class Later(Break):
        def __iter__(self):
            self.epochs += 1
            return iter(PAIRS if self.epochs == 1 else wrong)

    with pytest.raises(BookError, match="y has classes from 3 to"):
        fit(net, Later(PAIRS))
    fit(reference, num_epochs=1)
    fit(reference, PAIRS[:2], num_epochs=1)
    assert state(net) == state(reference)


# The bar


def test_the_bar_leaves_nothing(capsys, monkeypatch):
    bar = loop.tqdm
    monkeypatch.setattr(loop, "tqdm", lambda **given: bar(**{"disable": False, **given}))
    fit(make())
    assert capsys.readouterr() == ("", "")  # shorter than a second


def test_the_bar_counts_batches(capsys, monkeypatch):
    bar = loop.tqdm
    monkeypatch.setattr(
        loop,
        "tqdm",
        lambda **given: bar(**{"disable": False, **given, "delay": 0, "mininterval": 0}),
    )
    fit(make(), val=PAIRS[:2])
    out, err = capsys.readouterr()
    assert out == ""
    assert "epoch 2 of 2: " in err
    assert "/14 " in err
    assert err.endswith("\r")  # wiped out
    fit(make(), (pair for pair in PAIRS), num_epochs=1)
    assert "5it" in capsys.readouterr().err
    fit(make(), progress=False)
    assert capsys.readouterr() == ("", "")


def test_compiled_and_other_modules():
    class Plain(nn.Module):
        """Keeps a thing that is no tensor, a buffer outside of its state, and a version."""

        _version = 3

        def __init__(self):
            super().__init__()
            self.out = nn.Linear(4, 3)
            self.register_buffer("ones", torch.ones(3), persistent=False)

        def forward(self, X):
            return self.out(X) * self.ones

        def get_extra_state(self):
            return {"note": [1]}

        def set_extra_state(self, state):
            assert state == {"note": [1]}

        def _load_from_state_dict(self, state, prefix, metadata, *others):
            assert metadata["version"] == 3
            super()._load_from_state_dict(state, prefix, metadata, *others)

    assert fit(Plain(), val=Worse(), patience=1, num_epochs=9).best_epoch == 2
    net, reference = make(), make()
    assert dict(fit(torch.compile(net, backend="eager"))) == dict(fit(reference))
    assert state(net) == state(reference)


def test_docstring_names_its_section():
    assert "Built by hand in 04/12." in d2l.fit.__doc__


# What an attack on fit found: losses and schedules that went wrong in silence.


@pytest.mark.parametrize("val", [None, PAIRS[:1]])
def test_a_part_in_train_mode_within_one_in_eval_mode(val):
    net = nn.Sequential(nn.Sequential(nn.BatchNorm1d(4), nn.BatchNorm1d(4)), nn.Linear(4, 3))
    net[0].eval()
    net[0][1].train()
    fit(net, val=val)
    assert [part.num_batches_tracked.item() for part in net[0]] == [0, 10]
    assert [part.training for part in net.modules()] == [True, False, False, True, True]


def test_autocast_learns():
    found = []
    for val in (None, PAIRS):
        net = make()
        with torch.autocast("cpu", torch.bfloat16):
            found.append(fit(net, val=val, num_epochs=3)["train_loss"])
            y_hat = net(X)
        with torch.autocast("cpu", torch.bfloat16):
            assert torch.equal(net(X), y_hat)  # nothing stale is left to the reader
    assert found[0] == found[1]
    assert found[0] == pytest.approx(fit(make(), num_epochs=3)["train_loss"], rel=0.02)


@pytest.mark.parametrize("num_epochs", [2, 5])
def test_weights_that_give_no_finite_loss_are_not_kept(num_epochs, capsys):
    """The last step of an epoch makes them, and the epoch's own losses were finite."""
    torch.manual_seed(0)
    net = nn.Linear(4, 1)
    before = state(net)
    history = fit(net, [(X, t)], loss=MSE, lr=1e25, num_epochs=num_epochs)
    assert history.stopped == "train_loss is inf in batch 1 of epoch 2"
    assert len(history["train_loss"]) == 1
    assert "The weights are again those after 0 epochs." in capsys.readouterr().out
    assert state(net) == before


def test_the_last_step_leaves_finite_weights(capsys):
    net = nn.Linear(4, 1)
    before = state(net)
    history = fit(net, [(X, t)], loss=MSE, lr=3e38, num_epochs=1)
    assert history.stopped == "a weight is not finite after the last batch of epoch 1"
    assert len(history["train_loss"]) == 1
    assert "The weights are again those after 0 epochs." in capsys.readouterr().out
    assert state(net) == before


def test_weights_are_good_where_val_or_a_batch_gave_a_finite_loss():
    net, reference = make(), make()
    fit(net, loss=spoilt(math.nan, epoch=4, batch=1), num_epochs=9)
    fit(reference, num_epochs=2)  # no loss was finite with those of epoch 3
    assert state(net) == state(reference)
    net, reference = make(), make()
    fit(net, loss=spoilt(math.nan, batch=3 * 6 + 1), val=[(X, y)], num_epochs=9)
    fit(reference, num_epochs=3)
    assert state(net) == state(reference)


class Scaled(nn.Module):
    """A loss with a parameter, and with a part that behaves otherwise in eval mode."""

    def __init__(self):
        super().__init__()
        self.log_scale, self.norm = nn.Parameter(torch.zeros(())), nn.BatchNorm1d(3)
        self.modes = []

    def forward(self, y_hat, y):
        self.modes.append((self.training, self.norm.training))
        return CROSS_ENTROPY(self.norm(y_hat) * self.log_scale.exp(), y)


def test_a_loss_with_parameters_is_treated_as_the_network_is(capsys):
    net, loss = make(), Scaled()
    fit(net, PAIRS[:1], loss=loss, val=PAIRS[:1])
    assert "leaves out 3 parameters that require a gradient, such as loss.log_scale: they" in (
        capsys.readouterr().out
    )
    assert loss.modes == [(True, True), (False, False)] * 2
    assert loss.training
    assert loss.norm.num_batches_tracked == 2
    loss.modes.clear()
    fit(net, PAIRS[:1], loss=loss.eval(), val=PAIRS[:1])  # on purpose
    assert set(loss.modes) == {(False, False)}
    assert not loss.training


@pytest.mark.parametrize("patience", [None, 9])
def test_the_parameters_of_a_loss_are_put_back(patience):
    def both(num_epochs, spoilt_from):
        net, loss = make(), Scaled()
        optimizer = SGD([*net.parameters(), *loss.parameters()], lr=0.1)
        weight = optimizer.param_groups[0]["params"][0]

        def spoil(y_hat, epochs=[]):  # noqa: B006
            epochs.append(1)
            return y_hat * (math.nan if len(epochs) == 6 * spoilt_from + 2 else 1)

        loss.register_forward_pre_hook(lambda _, given: (spoil(given[0]), given[1]))
        settings = {"val": Worse(), "patience": patience, "num_epochs": num_epochs}
        fit(net, loss=loss, optimizer=optimizer, **settings)
        assert weight is net[0].weight
        return state(net, loss)

    kept = 2 if patience else 4
    assert both(9, spoilt_from=4) == both(kept, spoilt_from=99)


def test_a_frozen_network_under_a_loss_that_learns():
    net, loss = make().requires_grad_(False), Scaled()
    before = state(net)
    fit(net, loss=loss, optimizer=SGD(loss.parameters(), lr=0.1))
    assert loss.log_scale != 0
    assert state(net) == before


@pytest.mark.filterwarnings("ignore:Using a target size")
def test_a_column_against_a_row_in_val_only_or_after_a_batch_of_one():
    def squared(y_hat, y):
        return ((y_hat.double() - y) ** 2).mean()

    rows = targets(torch.flatten, NUMBERS)
    ones = [(X[:1], t[0])]
    for loss in (MSE, squared):
        mistake("y (16,)", to_one(), NUMBERS, loss=loss, val=rows)
        mistake("y (16,)", to_one(), NUMBERS, loss=loss, val=[*ones, *rows])
        mistake("y (16,)", nn.Linear(4, 1), [*ones, *rows], loss=loss)


@pytest.mark.filterwarnings("error")
def test_pairs_that_are_meant_are_no_false_alarm():
    def ranking(y_hat, y):
        b = y_hat.squeeze(1)
        return ((b[:, None] - b) - (y[:, None] - y)).square().mean()

    def cox(y_hat, y):
        at_risk = y[:, None] <= y
        return (at_risk * y_hat.T).logsumexp(1).sub(y_hat.squeeze(1)).mean()

    rows = targets(torch.flatten, NUMBERS)
    for loss in (ranking, cox):
        assert fit(to_one(), rows, loss=loss, lr=1e-3, val=rows).stopped is None


def test_schedules_that_hold_one_of_batches_step_each_batch():
    inner = []

    def chained(optimizer):
        inner.append(schedules.OneCycleLR(optimizer, 0.1, total_steps=15))
        return schedules.ChainedScheduler([*inner, schedules.ConstantLR(optimizer, 1.0, 1)])

    def in_turn(optimizer):
        parts = [schedules.ConstantLR(optimizer, 0.5, 5), schedules.CyclicLR(optimizer, 0.1, 0.2)]
        return schedules.SequentialLR(optimizer, parts, [5])

    net = make()
    optimizer = SGD(net.parameters(), lr=0.1)
    fit(net, optimizer=optimizer, scheduler=chained(optimizer), num_epochs=3)
    assert inner[0].last_epoch == 15
    assert rates(in_turn)[1] == 15


def test_schedulers_that_cannot_serve():
    def refused(match, make_scheduler, num_epochs=3):
        net = make()
        optimizer = SGD(net.parameters(), lr=0.1)
        settings = {"optimizer": optimizer, "scheduler": make_scheduler(optimizer)}
        mistake(match, net, num_epochs=num_epochs, **settings)

    refused(
        'a loss, which is to fall: take mode="min", not "max".',
        lambda o: schedules.ReduceLROnPlateau(o, mode="max"),
    )
    refused(
        "scheduler has 14 steps left, and the epochs have 15 batches: build it with total_steps=15",
        lambda o: schedules.OneCycleLR(o, 0.1, total_steps=14),
    )


def test_lbfgs():
    net = make()
    mistake(
        "LBFGS asks for the loss several times", net, optimizer=torch.optim.LBFGS(net.parameters())
    )


def test_one_output_for_a_cross_entropy():
    told = "net gives one output a sample, and cross_entropy needs one a class: give it two"
    unit = targets(lambda y: (y > 1).float())
    for loss in (CROSS_ENTROPY, F.cross_entropy):
        mistake(told, to_one(), targets(lambda y: y[:, None], unit), loss=loss)
        mistake(told, to_one(), targets(torch.Tensor.long, unit), loss=loss)
        mistake(told, to_one(nn.Flatten(0)), unit, loss=loss)
    assert told not in mistake("y is torch.float32", make(), unit)


def test_log_probabilities_for_nll_loss(capsys):
    fit(make(), loss=nn.NLLLoss(), val=PAIRS, num_epochs=1)
    assert capsys.readouterr().out == (
        "fit: net gives numbers above 0, but nll_loss takes log-probabilities: end the net with "
        "LogSoftmax, or use CrossEntropyLoss.\n"
    )


def test_a_sum_is_no_mean():
    mistake('take reduction="mean".', loss=nn.CrossEntropyLoss(reduction="sum"))


def test_a_loss_that_gives_several_things():
    mistake("return a tensor alone", loss=lambda y_hat, y: (CROSS_ENTROPY(y_hat, y), 1))


def test_weights_of_samples_belong_to_the_target():
    weighted = [(X, y, torch.ones(len(y))) for X, y in PAIRS]
    mistake("net is called with 2 inputs, all parts of a batch but the last", train=weighted)

    def loss(y_hat, targets):
        y, weights = targets
        return (F.cross_entropy(y_hat, y, reduction="none") * weights).mean()

    mended = [(X, (y, weights)) for X, y, weights in weighted]
    expected = fit(make())["train_loss"]
    assert fit(make(), mended, loss=loss)["train_loss"] == pytest.approx(expected)


def test_targets_at_places():
    """Classes stand in dimension 1; -100 is no class."""
    net = nn.Sequential(nn.Linear(4, 15), nn.Unflatten(1, (5, 3)))  # N×L×C
    one_hot = targets(lambda y: F.one_hot(y, 3)[:, None].expand(-1, 5, -1))
    told = mistake("y.argmax(dim), and dimension 1 of y_hat counts the classes.", net, one_hot)
    assert "argmax(1)" not in told

    def some_ignored(y):
        return torch.where(y == 0, -100, y + 1)

    mistake("y has classes from 2 to 3, and net has 3 outputs", train=targets(some_ignored))


def test_an_error_after_or_before_the_loss_is_not_told_as_one_of_shapes():
    class Backward(torch.autograd.Function):
        @staticmethod
        def forward(ctx, X):
            return X.clone()

        @staticmethod
        def backward(ctx, gradient):
            raise ValueError("no way back")

    def of_loss(y_hat, y):
        raise ValueError("no loss")

    rows = targets(torch.flatten, NUMBERS)
    for loss in (lambda y_hat, y: MSE(Backward.apply(y_hat).flatten(), y), of_loss):
        with pytest.raises(ValueError, match="no "):
            fit(to_one(), rows, loss=loss)


def test_a_metric_may_give_tensors_of_several_forms_and_numbers():
    forms = [torch.ones(()), 1.0, torch.ones(1), np.float32(1), torch.ones(1, 1), 1]
    given = iter(forms * 2)
    found = fit(make(), metrics={"one": lambda *_: next(given)})
    assert found["train_one"] == [1.0, 1.0]
    tensors = iter(forms[:1] + forms[2:3] * 4)
    found = fit(make(), metrics={"one": lambda *_: next(tensors)}, num_epochs=1)
    assert found["train_one"] == [1.0]


def test_a_metric_keeps_no_graph():
    class Named(nn.Linear):
        def forward(self, X):
            scores = Step.apply(super().forward(X))
            return {"scores": scores, "mean": scores.mean()}

    def loss(y_hat, y):
        return CROSS_ENTROPY(y_hat["scores"], y)

    Step.kept, Step.alive = [], []
    fit(Named(4, 3), loss=loss, metrics={"mean": lambda y_hat, y: y_hat["mean"]})
    gc.collect()
    assert max(Step.alive) <= 2


def test_an_iterator_that_starts_again():
    class Again:
        def __iter__(self):
            self.left = list(PAIRS)
            return self

        def __next__(self):
            if not self.left:
                raise StopIteration
            return self.left.pop(0)

    assert dict(fit(make(), Again())) == dict(fit(make()))


def test_a_loader_that_does_not_know_its_length():
    class Unknown(Worse):
        def __len__(self):
            raise NotImplementedError

    assert fit(make(), Unknown(), val=Unknown())["lr"] == [0.1, 0.1]


class Filled(nn.Linear):
    """Has a buffer that is None until the first call."""

    def __init__(self):
        super().__init__(4, 3)
        self.register_buffer("seen", None)

    def forward(self, X):
        self.seen = X.mean(0)
        return super().forward(X)


def test_what_cannot_be_put_back_hides_nothing(capsys):
    with pytest.raises(BookError, match="y has classes from 3 to 5"):
        fit(Filled(), targets(lambda y: y + 3))
    assert "fit: not all of Filled could be put back: " in capsys.readouterr().out
    net = Filled()
    weight = net.weight.tolist()
    assert fit(net, loss=spoilt(math.nan)).stopped == "train_loss is nan in batch 2 of epoch 1"
    assert net.weight.tolist() == weight
