"""`d2l.fit(checkpoint=…)`: what was cut off goes on to the same bits, or one line says why not."""

import random
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim import SGD, Adam
from torch.optim import lr_scheduler as schedules
from torch.utils.data import DataLoader, TensorDataset

import d2lutils as d2l
from d2lutils.errors import BookError
from d2lutils.training import resuming

X = torch.randn(60, 4, generator=torch.Generator().manual_seed(1))
y = X.argmax(1) % 3
VAL = [(X[40:], y[40:])]
ROOT = Path(resuming.__file__).parents[2]


class Noisy(nn.Module):
    """A network that draws from all three streams of random numbers."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(), nn.ReLU())
        self.head = nn.Linear(8, 3)

    def forward(self, X):
        if self.training:
            X = X * random.uniform(0.9, 1.1) + float(np.random.normal(0, 0.1))
        return self.head(self.layers(X))


def training(*, schedule=None, optimizer=Adam, shuffled=True):
    """The arguments of fit, built anew and the same each time."""
    d2l.seed(3)
    net = Noisy()
    steps = optimizer(net.parameters(), lr=0.05)
    generator = torch.Generator().manual_seed(5)
    rows = TensorDataset(X[:40], y[:40])
    train = DataLoader(rows, 16, shuffle=shuffled, generator=generator)
    scheduler = schedule and schedule(steps)
    return {
        "net": net,
        "train": train,
        "loss": F.cross_entropy,
        "optimizer": steps,
        "scheduler": scheduler,
        "val": VAL,
    }


def weights(arguments):
    return {name: value.clone() for name, value in arguments["net"].state_dict().items()}


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


SCHEDULES = {
    "none": None,
    "step": lambda o: schedules.StepLR(o, 2),
    "cosine": lambda o: schedules.CosineAnnealingLR(o, 9),
    "lambda": lambda o: schedules.LambdaLR(o, lambda epoch: 1 / (1 + epoch)),
    "plateau": lambda o: schedules.ReduceLROnPlateau(o, patience=0),
    "one cycle": lambda o: schedules.OneCycleLR(o, 0.1, total_steps=18),
    "restarts": lambda o: schedules.CosineAnnealingWarmRestarts(o, 2),
    "multistep": lambda o: schedules.MultiStepLR(o, [2, 4]),
    "sequential": lambda o: schedules.SequentialLR(
        o, [schedules.LinearLR(o), schedules.ExponentialLR(o, 0.9)], [2]
    ),
    "chained": lambda o: schedules.ChainedScheduler(
        [schedules.ConstantLR(o), schedules.ExponentialLR(o, 0.9)]
    ),
}


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("cut", [1, 4])
def test_it_goes_on_to_the_same_bits(name, cut, tmp_path, capsys):
    whole = training(schedule=SCHEDULES[name])
    expected = d2l.fit(**whole, num_epochs=6)

    first = training(schedule=SCHEDULES[name])
    d2l.fit(**first, num_epochs=cut, checkpoint=tmp_path)
    random.seed(0), np.random.seed(0), torch.manual_seed(0)
    second = training(schedule=SCHEDULES[name])
    torch.rand(7), random.random(), np.random.rand(3)
    torch.rand(7, generator=second["train"].generator)
    found = d2l.fit(**second, num_epochs=6, checkpoint=tmp_path)

    assert dict(found) == dict(expected)
    assert same(weights(second), weights(whole))
    assert f"goes on after epoch {cut} of 6" in capsys.readouterr().out


@pytest.mark.parametrize(
    "optimizer",
    [SGD, lambda p, lr: SGD(p, lr, momentum=0.9), torch.optim.RMSprop, torch.optim.AdamW],
)
def test_every_optimizer_goes_on(optimizer, tmp_path):
    expected = d2l.fit(**training(optimizer=optimizer), num_epochs=4)
    d2l.fit(**training(optimizer=optimizer), num_epochs=2, checkpoint=tmp_path)
    found = d2l.fit(**training(optimizer=optimizer), num_epochs=4, checkpoint=tmp_path)
    assert dict(found) == dict(expected)


def test_a_checkpoint_changes_nothing(tmp_path):
    plain, kept = training(), training()
    expected = d2l.fit(**plain, num_epochs=3)
    plain_draw = torch.rand(3)
    kept = training()
    found = d2l.fit(**kept, num_epochs=3, checkpoint=tmp_path / "new" / "folder")
    assert dict(found) == dict(expected)
    assert same(weights(plain), weights(kept))
    assert torch.equal(torch.rand(3), plain_draw)


def test_a_loader_of_the_book_goes_on(tmp_path):
    def arguments():
        batches = d2l.loader(
            (X[:40], y[:40]), 16, shuffle=True, generator=torch.Generator().manual_seed(2)
        )
        return training() | {"train": batches}

    expected = d2l.fit(**arguments(), num_epochs=4)
    d2l.fit(**arguments(), num_epochs=3, checkpoint=tmp_path)
    assert dict(d2l.fit(**arguments(), num_epochs=4, checkpoint=tmp_path)) == dict(expected)


def test_without_val_and_with_a_loss_that_learns(tmp_path):
    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(()))

        def forward(self, y_hat, y):
            return F.cross_entropy(self.scale * y_hat, y)

    def arguments():
        found = training() | {"loss": Scaled(), "val": None}
        parameters = [*found["net"].parameters(), *found["loss"].parameters()]
        return found | {"optimizer": Adam(parameters, lr=0.05)}

    whole, cut = arguments(), arguments()
    whole = arguments()
    expected = d2l.fit(**whole, num_epochs=4)
    d2l.fit(**arguments(), num_epochs=2, checkpoint=tmp_path)
    cut = arguments()
    assert dict(d2l.fit(**cut, num_epochs=4, checkpoint=tmp_path)) == dict(expected)
    assert torch.equal(cut["loss"].scale, whole["loss"].scale)


def test_a_loss_may_be_a_function_here_and_a_module_there(tmp_path):
    def arguments(loss):
        return worsening(training() | {"loss": loss})

    expected = d2l.fit(**arguments(F.cross_entropy), num_epochs=8, patience=4)
    d2l.fit(**arguments(F.cross_entropy), num_epochs=3, patience=4, checkpoint=tmp_path)
    d2l.fit(**arguments(nn.CrossEntropyLoss()), num_epochs=6, patience=4, checkpoint=tmp_path)
    found = d2l.fit(**arguments(F.cross_entropy), num_epochs=8, patience=4, checkpoint=tmp_path)
    assert dict(found) == dict(expected)


def test_all_epochs_done_trains_no_more(tmp_path):
    first = training()
    expected = d2l.fit(**first, num_epochs=3, checkpoint=tmp_path)
    second = training()
    found = d2l.fit(**second, num_epochs=3, checkpoint=tmp_path)
    assert dict(found) == dict(expected)
    assert same(weights(first), weights(second))


def worsening(arguments):
    """Training whose held-out loss is lowest early on."""
    return arguments | {"val": [(X[40:], (y[40:] + 1) % 3)]}


def test_patience_goes_on_where_it_stood(tmp_path):
    whole = worsening(training())
    expected = d2l.fit(**whole, num_epochs=30, patience=4)
    assert expected.stopped
    best = expected.best_epoch
    for cut in (best, best + 2, len(expected["lr"])):
        folder = tmp_path / str(cut)
        d2l.fit(**worsening(training()), num_epochs=cut, patience=4, checkpoint=folder)
        second = worsening(training())
        found = d2l.fit(**second, num_epochs=30, patience=4, checkpoint=folder)
        assert dict(found) == dict(expected)
        assert found.stopped == expected.stopped
        assert same(weights(second), weights(whole))


def test_the_best_is_kept_beside_the_last(tmp_path):
    expected = worsening(training())
    history = d2l.fit(**expected, num_epochs=8, checkpoint=tmp_path)
    assert 1 <= history.best_epoch < 8
    assert {path.name for path in tmp_path.iterdir() if not path.name.startswith(".")} == {
        "best.pt",
        "last.pt",
    }
    net = Noisy()
    values = d2l.load_checkpoint(tmp_path / "best.pt", net=net)
    assert values["epoch"] == history.best_epoch
    at_best = worsening(training())
    d2l.fit(**at_best, num_epochs=history.best_epoch)
    assert same(net.state_dict(), weights(at_best))
    assert d2l.load_checkpoint(tmp_path / "last.pt", net=net)["epoch"] == 8
    assert same(net.state_dict(), weights(expected))


def test_a_damaged_last_one_is_told_and_the_best_goes_on(tmp_path):
    expected = d2l.fit(**training(), num_epochs=6)
    d2l.fit(**training(), num_epochs=3, checkpoint=tmp_path)
    last = tmp_path / "last.pt"
    last.write_bytes(last.read_bytes()[:-100])
    arguments = training()
    before = weights(arguments)
    with pytest.raises(BookError, match=r"last\.pt is cut off or damaged"):
        d2l.fit(**arguments, num_epochs=6, checkpoint=tmp_path)
    assert same(weights(arguments), before)
    last.unlink()
    assert dict(d2l.fit(**arguments, num_epochs=6, checkpoint=tmp_path)) == dict(expected)


KILLED = """
    import os, signal, sys
    sys.path[:0] = ["tests", "."]
    import d2lutils as d2l
    from d2lutils.training import resuming
    from test_resuming import training

    write = resuming.Run.write
    def killed(self, rows, kept):
        if {before} and len(rows) == {epoch}:
            os.kill(os.getpid(), signal.SIGKILL)
        write(self, rows, kept)
        if len(rows) == {epoch}:
            os.kill(os.getpid(), signal.SIGKILL)
    resuming.Run.write = killed
    d2l.fit(**training(), num_epochs=5, checkpoint=sys.argv[1])
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
@pytest.mark.parametrize(("epoch", "before", "left"), [(1, True, 0), (3, True, 2), (3, False, 3)])
def test_killed_between_two_epochs_it_goes_on_to_the_same_bits(
    epoch, before, left, tmp_path, capsys
):
    code = textwrap.dedent(KILLED).format(epoch=epoch, before=before)
    run = subprocess.run([sys.executable, "-c", code, tmp_path], cwd=ROOT, check=False)
    assert run.returncode == -signal.SIGKILL
    expected = d2l.fit(**training(), num_epochs=5)
    found = d2l.fit(**training(), num_epochs=5, checkpoint=tmp_path)
    assert dict(found) == dict(expected)
    told = capsys.readouterr().out
    assert (f"goes on after epoch {left} of 5" in told) == (left > 0)


def test_interrupted_it_goes_on(tmp_path):
    expected = d2l.fit(**training(), num_epochs=5)
    calls = []

    def loss(y_hat, y):
        calls.append(1)
        if len(calls) == 11:  # in epoch 3: three batches of train and one of val each
            raise KeyboardInterrupt
        return F.cross_entropy(y_hat, y)

    cut = d2l.fit(**training() | {"loss": loss}, num_epochs=5, checkpoint=tmp_path)
    assert len(cut["lr"]) == 2
    assert dict(d2l.fit(**training(), num_epochs=5, checkpoint=tmp_path)) == dict(expected)


CHANGED = {
    "rate": (
        lambda a: a | {"optimizer": Adam(a["net"].parameters(), lr=0.01)},
        r"lr .* of optimizer",
    ),
    "kind": (lambda a: a | {"optimizer": SGD(a["net"].parameters(), lr=0.05)}, "kind of optimizer"),
    "batch size": (
        lambda a: a | {"train": DataLoader(TensorDataset(X[:40], y[:40]), 8)},
        "batches of train was 3, and is 5",
    ),
    "batch size alone": (
        lambda a: a | {"train": DataLoader(TensorDataset(X[:40], y[:40]), 15)},
        "batch_size of train was 16, and is 15",
    ),
    "schedule": (
        lambda a: a | {"scheduler": schedules.StepLR(a["optimizer"], 2)},
        "without scheduler",
    ),
    "metrics": (lambda a: a | {"metrics": {"error": F.cross_entropy}}, "columns"),
    "no val": (lambda a: a | {"val": None}, "with val"),
    "layers": (
        lambda a: (
            a | {"net": (net := nn.Linear(4, 3)), "optimizer": Adam(net.parameters(), lr=0.05)}
        ),
        "params",
    ),
    "fewer epochs": (lambda a: a | {"num_epochs": 1}, "has 2 epochs, more than num_epochs=1"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_another_training_is_refused_and_nothing_changed(name, tmp_path):
    change, told = CHANGED[name]
    d2l.fit(**training(), num_epochs=2, checkpoint=tmp_path)
    files = {path: path.read_bytes() for path in tmp_path.glob("*.pt")}
    arguments = change(training() | {"num_epochs": 4})
    before = weights(arguments)
    state = torch.get_rng_state()
    with pytest.raises(BookError, match=told) as caught:
        d2l.fit(**arguments, checkpoint=tmp_path)
    assert "\n" not in str(caught.value)
    assert same(weights(arguments), before)
    assert torch.equal(torch.get_rng_state(), state)
    assert {path: path.read_bytes() for path in tmp_path.glob("*.pt")} == files


def test_another_length_of_the_schedule_is_refused(tmp_path):
    def arguments(length):
        return training(schedule=lambda o: schedules.CosineAnnealingLR(o, length))

    d2l.fit(**arguments(4), num_epochs=2, checkpoint=tmp_path)
    with pytest.raises(BookError, match="T_max of scheduler was 4, and is 8"):
        d2l.fit(**arguments(8), num_epochs=8, checkpoint=tmp_path)


def test_a_folder_belongs_to_one_training_at_a_time(tmp_path):
    def loss(y_hat, y):
        if not told:
            told.append("")
            with pytest.raises(BookError, match="Another training writes to") as caught:
                d2l.fit(**training(), num_epochs=2, checkpoint=tmp_path)
            told[0] = str(caught.value)
        return F.cross_entropy(y_hat, y)

    told = []
    d2l.fit(**training() | {"loss": loss}, num_epochs=2, checkpoint=tmp_path)
    assert str(tmp_path) in told[0]


@pytest.mark.parametrize("folder", [3, "a\nb"])
def test_a_folder_that_is_none(folder):
    with pytest.raises(BookError, match="checkpoint="):
        d2l.fit(**training(), num_epochs=2, checkpoint=folder)


def test_a_file_where_the_folder_should_be(tmp_path):
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(BookError, match="checkpoint takes a folder"):
        d2l.fit(**training(), num_epochs=2, checkpoint=file)
    assert file.read_text() == "mine"


def test_a_checkpoint_of_another_kind(tmp_path):
    d2l.save_checkpoint(tmp_path / "last.pt", net=Noisy())
    with pytest.raises(BookError, match="was not written by fit"):
        d2l.fit(**training(), num_epochs=2, checkpoint=tmp_path)


def test_a_disk_that_fills_up_ends_no_training(tmp_path, monkeypatch, capsys):
    expected = d2l.fit(**training(), num_epochs=4)
    save = torch.save

    def full(content, file):
        if content["values"]["epoch"] == 3:
            file.write(b"half of it")
            raise OSError(28, "No space left on device")
        save(content, file)

    monkeypatch.setattr(torch, "save", full)
    found = d2l.fit(**training(), num_epochs=4, checkpoint=tmp_path)
    assert dict(found) == dict(expected)
    told = capsys.readouterr().out
    assert "without a checkpoint of epoch 3" in told
    assert "No space left" in told
    assert d2l.load_checkpoint(tmp_path / "last.pt")["epoch"] == 4


def test_a_folder_that_takes_nothing_is_told_at_once(tmp_path, monkeypatch):
    arguments = training()
    before = weights(arguments)

    def full(content, file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(BookError, match=r"No space left on device\. Make room there"):
        d2l.fit(**arguments, num_epochs=4, checkpoint=tmp_path)
    assert same(weights(arguments), before)
    assert not list(tmp_path.glob("*.pt")) + list(tmp_path.glob(".*.partial"))


def test_weights_that_are_not_finite_are_not_written(tmp_path):
    def loss(y_hat, y):
        batch.append(1)
        huge = 1e38 if len(batch) == 6 else 1.0  # the last one of epoch 2
        return F.cross_entropy(y_hat, y) * huge * huge

    batch = []
    arguments = training(optimizer=SGD) | {"loss": loss, "val": None}
    history = d2l.fit(**arguments, num_epochs=4, checkpoint=tmp_path)
    assert history.stopped
    assert d2l.load_checkpoint(tmp_path / "last.pt")["epoch"] <= 2
    net = Noisy()
    d2l.load_checkpoint(tmp_path / "last.pt", net=net)
    assert all(p.isfinite().all() for p in net.parameters())
