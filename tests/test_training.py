"""`d2l.fit`: the loop by hand to the last bit, and one line for what people do wrong."""

import pytest
import torch
from torch import nn
from torch.optim import SGD, Adam
from torch.utils.data import DataLoader, TensorDataset

import d2lutils as d2l

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


@pytest.mark.parametrize(
    "make_loader", [d2l.loader, lambda data, *a, **k: DataLoader(TensorDataset(*data), *a, **k)]
)
@pytest.mark.parametrize("optimizer", [lambda p: SGD(p, lr=0.1, momentum=0.9), lambda p: Adam(p)])
def test_it_is_the_loop_by_hand_to_the_last_bit(optimizer, make_loader):
    found = []
    for run in (by_hand, None):
        net = make_deep()
        optim = optimizer(net.parameters())
        train, val = make_loader((X, y), 16, shuffle=True), make_loader((X, y), 32)
        torch.manual_seed(5)
        if run:
            history = run(net, train, val, CROSS_ENTROPY, optim, 3)
        else:
            history = d2l.fit(
                net, train, loss=CROSS_ENTROPY, optimizer=optim, num_epochs=3, val=val,
                metrics={"accuracy": accuracy},
            )  # fmt: skip
            assert history.pop("lr") == [optim.param_groups[0]["lr"]] * 3
            net.eval()
        found.append((dict(history), state(net, optim), torch.rand(3).tolist()))
    assert found[0] == found[1]
