"""05/16's own cells on the other sets that it names: the code is the same, only `source` differs.

Small files in the true formats stand in for the real sets; torchvision reads them.
"""

import gzip
import hashlib
import pickle
import struct
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import torch

import d2lutils as d2l
from d2lutils.downloading import transferring
from tests import form
from tools import clean

datasets = pytest.importorskip("torchvision.datasets")
NOTEBOOK = Path(__file__).parents[1] / "chapters/05_networks/16_a_classifier_at_work.ipynb"
LINE = "source = d2l.data.mnist "
PICTURES = 80  # a file


def md5(data):
    return hashlib.md5(data).hexdigest()


def pictures(shape, n, seed):
    """Bytes N×C×H×W and labels: each class has a pattern of its own, under noise."""
    patterns = torch.rand(10, *shape, generator=torch.Generator().manual_seed(0))
    g = torch.Generator().manual_seed(seed)
    labels = torch.randint(10, (n,), generator=g)
    noise = torch.rand(n, *shape, generator=g)
    return ((0.7 * patterns[labels] + 0.3 * noise) * 255).byte(), labels


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty folder for larger sets, and no network."""
    monkeypatch.setenv("D2L_DATA", str(tmp_path))
    monkeypatch.setenv("TQDM_DISABLE", "1")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setattr(transferring, "BACK_OFF_SECONDS", 0)
    return tmp_path


@pytest.fixture
def cifar10(place, monkeypatch):
    """A small CIFAR-10 of five batches to train with and one to test with, as it is unpacked."""
    found = datasets.CIFAR10
    folder = place / found.base_folder
    folder.mkdir()
    sums = []
    for seed, name in enumerate([*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]):
        X, y = pictures((3, 32, 32), PICTURES, seed)
        batch = {"data": X.reshape(PICTURES, -1).numpy(), "labels": y.tolist()}
        (folder / name).write_bytes(pickle.dumps(batch))
        sums.append([name, md5((folder / name).read_bytes())])
    meta = pickle.dumps({"label_names": list("abcdefghij")})
    (folder / found.meta["filename"]).write_bytes(meta)
    monkeypatch.setattr(found, "train_list", sums[:5])
    monkeypatch.setattr(found, "test_list", sums[5:])
    monkeypatch.setattr(found, "meta", {**found.meta, "md5": md5(meta)})


@pytest.fixture
def fashion_mnist(place):
    """A small Fashion-MNIST, its archives and what is in them."""
    folder = place / "FashionMNIST/raw"
    folder.mkdir(parents=True)
    for seed, (name, n) in enumerate([("train", 5 * PICTURES), ("t10k", PICTURES)]):
        X, y = pictures((1, 28, 28), n, seed)
        files = {
            "images-idx3": struct.pack(">4i", 2051, n, 28, 28) + bytes(X.flatten().tolist()),
            "labels-idx1": struct.pack(">2i", 2049, n) + bytes(y.tolist()),
        }
        for kind, data in files.items():
            file = folder / f"{name}-{kind}-ubyte"
            file.write_bytes(data)
            file.with_suffix(".gz").write_bytes(gzip.compress(data))


def trained_on(name):
    """Run the notebook's cells up to its training with another source; return their names."""
    if NOTEBOOK in form.changed_by_the_reader():
        pytest.skip("differs from git's copy: a reader's own")
    cells = [cell for cell in clean.read(NOTEBOOK).cells if cell.cell_type == "code"]
    assert sum(LINE in cell.source for cell in cells) == 1
    space = {"__name__": "__main__"}
    for cell in cells:
        if "raises-exception" in cell.metadata.get("tags", []):
            continue
        source = cell.source.replace(LINE, f"source = d2l.data.{name} ")
        exec(compile(source, NOTEBOOK.name, "exec"), space)
        if "history = train(net)" in source:
            break
    plt.close("all")
    space["office"].cleanup()
    return space


@pytest.mark.parametrize(
    ("name", "shape", "first"),
    [("cifar10", (3, 32, 32), "plane"), ("fashion_mnist", (1, 28, 28), "T-shirt")],
)
def test_the_notebook_learns_another_set_by_one_argument(name, shape, first, request, capsys):
    request.getfixturevalue(name)
    space = trained_on(name)
    X, _ = getattr(d2l.data, name)("train")
    assert X.shape == (5 * PICTURES, *shape)
    assert torch.equal(space["X"], X)
    assert space["names"][0] == first
    assert len(space["names"]) == 10
    assert space["net"](space["Z"][:3]).shape == (3, 10)
    of_training = space["Z"][space["rows"]].transpose(0, 1).flatten(1)
    assert torch.allclose(of_training.mean(dim=1), torch.zeros(shape[0]), atol=1e-4)
    assert torch.allclose(of_training.std(dim=1), torch.ones(shape[0]), atol=1e-4)
    assert space["history"]["val_accuracy"][-1] > 0.5  # of ten classes
    said = capsys.readouterr().out
    assert f"{5 * PICTURES} pictures, {shape[0]} channels, {shape[1]} x {shape[2]} pixels" in said


def test_without_a_network_it_is_refused_in_one_line(place):
    with pytest.raises(d2l.BookError, match="CIFAR10 is not here") as caught:
        trained_on("cifar10")
    assert "\n" not in str(caught.value)
