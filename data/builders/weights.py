"""Weights of a small network that has learned to tell the digits 0 to 4, and has seen no other.

Two convolutions of 5 x 5, each with ReLU and a maximum over 2 x 2, then 96 neurons with ReLU and
dropout, then a score for each of five digits. The names of its parts, `features`, `hidden` and
`head`, are those of sections 16 to 18 of chapter 8, which rebuild it.

The first 1,600 of the 2,000 training pictures of these digits train it; by the other 400, rate and
epochs were chosen. It trains in float64 with one thread, where rounding does not grow, so that
another processor comes to the same weights, and is saved in float32.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from . import Entry, place

if TYPE_CHECKING:
    import torch
    from torch import nn

PICTURES = Path(__file__).parents[1] / "pictures/mnist.npz"
PATH = "weights/digits_0_to_4.safetensors"
TRAIN, TEST = slice(0, 4000), slice(4000, 5000)  # MNIST's parts in the file
LEARNT = 1_600  # pictures; the others of the training part are for validation
BATCH, EPOCHS, RATE = 50, 8, 4e-3


def digits_0_to_4(folder: Path) -> None:
    """Train the network and save its weights; the file's metadata tell its accuracies."""
    import torch
    from safetensors.torch import save_file

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        net, accuracies = _trained()
    finally:
        torch.set_num_threads(threads)
    weights = {name: weight.float().contiguous() for name, weight in net.state_dict().items()}
    # One entry: safetensors writes several in an order that changes from run to run.
    about = f"digits 0 to 4; N x 1 x 28 x 28, ink 1, paper 0; {accuracies}"
    save_file(weights, place(folder, PATH), metadata={"about": about})
    (folder / PATH).chmod(0o644)  # safetensors lets only the owner read


def _trained() -> "tuple[nn.Module, str]":
    import torch
    from torch.nn import functional as F

    X, y = _pictures(TRAIN)
    learnt = (X[:LEARNT], y[:LEARNT])
    torch.manual_seed(0)
    net = _network()
    optimizer = torch.optim.AdamW(net.parameters())
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=RATE, total_steps=EPOCHS * LEARNT // BATCH
    )
    for _ in range(EPOCHS):
        for batch in torch.randperm(LEARNT).split(BATCH):
            loss = F.cross_entropy(net(learnt[0][batch]), learnt[1][batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
    net.eval()
    parts = {"validation": (X[LEARNT:], y[LEARNT:]), "test": _pictures(TEST)}
    with torch.no_grad():
        right = {name: net(X).argmax(dim=1) == y for name, (X, y) in parts.items()}
    rates = [f"{name} accuracy {hits.double().mean():.3f}" for name, hits in right.items()]
    return net, ", ".join(rates)


def _network() -> "nn.Module":
    from collections import OrderedDict

    from torch import nn

    features = nn.Sequential(
        *(nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 32, 5), nn.ReLU(), nn.MaxPool2d(2)),
        nn.Flatten(),
    )
    parts = OrderedDict(features=features, hidden=nn.Linear(512, 96))
    parts.update(relu=nn.ReLU(), dropout=nn.Dropout(0.3), head=nn.Linear(96, 5))
    return nn.Sequential(parts).double()


def _pictures(part: slice) -> "tuple[torch.Tensor, torch.Tensor]":
    """The pictures of 0 to 4 in a part, float64 N x 1 x 28 x 28 from 0 to 1, and their labels."""
    import torch

    with np.load(PICTURES) as file:
        images, labels = file["images"][part], file["labels"][part]
    kept = labels < 5
    X = torch.from_numpy(images[kept]).double()[:, None] / 255
    return X, torch.from_numpy(labels[kept]).long()


ENTRIES = [
    Entry(
        PATH,
        "weights",
        "weights of a small convolutional network for the digits 0 to 4, which 08/17 teaches "
        "others; right on 99.4 % of the 500 test digits 0 to 4",
        "this project, trained by torch 2.11.0 on the training part of `pictures/mnist.npz`",
        "CC BY-SA 3.0",
        "float32; the network takes brightness 0 to 1",
        digits_0_to_4,
    ),
]
