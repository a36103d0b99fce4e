"""08/19's own cells with `PRETRAINED = True`, and torchvision's `weights=`, on a local server.

The server stands in for download.pytorch.org: it has files of the true form, a `state_dict` by
`torch.save` with the first digits of its SHA-256 in the name.
"""

import hashlib
import io
import os
from functools import partial
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import torch
from torch import nn

from misbehaving_server import Manner, serving
from tests import form
from tools import clean

models = pytest.importorskip("torchvision.models")
NOTEBOOK = Path(__file__).parents[1] / "chapters/08_practice/19_pretrained_networks.ipynb"
FLAG = "PRETRAINED = False"
CELLS = ["import copy", "weights = ", FLAG, "net = shufflenet", "cat = weights", "net.fc = nn"]


@pytest.fixture(autouse=True)
def hub(tmp_path, monkeypatch):
    """An empty cache of torch.hub's, told by TORCH_HOME, and no proxy."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TQDM_DISABLE", "1")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    yield tmp_path / "hub/checkpoints"
    plt.close("all")


def saved(net):
    file = io.BytesIO()
    torch.save(net.state_dict(), file)
    return file.getvalue()


def sha(content):
    return hashlib.sha256(content).hexdigest()


def tiny():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))


def entry(url):
    """A list of weights with one entry, as torchvision's builders have it."""
    value = models.Weights(url=url, transforms=partial(nn.Identity), meta={"categories": ["cat"]})
    return models.WeightsEnum("Tiny_Weights", {"V1": value}).V1


def test_the_file_is_fetched_once_and_loads_strictly(hub):
    content = saved(tiny())
    with serving(content) as server:
        weights = entry(f"{server.host}/models/tiny-{sha(content)[:8]}.pth")
        for _ in range(2):
            state = weights.get_state_dict(progress=False, check_hash=True, weights_only=True)
            tiny().load_state_dict(state)
        assert len(server.asked) == 1
    assert [path.name for path in hub.iterdir()] == [f"tiny-{sha(content)[:8]}.pth"]
    assert all(torch.equal(state[key], value) for key, value in tiny().state_dict().items())


def test_a_wrong_hash_is_refused_when_it_is_fetched_and_passed_when_it_is_there(hub):
    content = saved(tiny())
    with serving(content, Manner(body=saved(nn.Linear(2, 2)))) as server:
        weights = entry(f"{server.host}/models/tiny-{sha(content)[:8]}.pth")
        with pytest.raises(RuntimeError, match=r"invalid hash value \(expected"):
            weights.get_state_dict(progress=False, check_hash=True)
    assert list(hub.iterdir()) == []
    (hub / f"tiny-{sha(content)[:8]}.pth").write_bytes(saved(nn.Linear(2, 2)))
    assert list(weights.get_state_dict(check_hash=True)) == ["weight", "bias"]


def run(namespace):
    """Run the notebook's cells about torchvision's file, as a reader does who is online."""
    if NOTEBOOK in form.changed_by_the_reader():
        pytest.skip("a reader has changed the notebook")
    sources = [cell.source for cell in clean.read(NOTEBOOK).cells if cell.cell_type == "code"]
    for start in CELLS:
        [source] = [source for source in sources if source.startswith(start)]
        exec(compile(source.replace(FLAG, "PRETRAINED = True"), "cell", "exec"), namespace)
    return namespace


def test_the_notebook_fetches_the_true_file_by_one_argument(hub, monkeypatch, capsys):
    torch.manual_seed(7)
    lent = models.shufflenet_v2_x0_5()
    with torch.no_grad():
        lent.fc.bias[282] += 9  # this stand-in for the true weights knows one word
    content, value = saved(lent), models.ShuffleNet_V2_X0_5_Weights.IMAGENET1K_V1.value
    with serving(content) as server:
        url = f"{server.host}/models/shufflenetv2_x0.5-{sha(content)[:10]}.pth"
        monkeypatch.setattr(value, "url", url)
        namespace = run({})
        assert len(server.asked) == 1
    out = capsys.readouterr().out
    assert f"{sha(content)[:10]} as promised: True" in out
    assert "highest 0.890" in out
    found = namespace["weights"].meta["categories"][namespace["p"].argmax()]
    assert found == "tiger cat"
    assert (hub / url.rpartition("/")[2]).read_bytes() == content
    body, sent = namespace["net"].state_dict(), lent.state_dict()
    assert body.pop("fc.weight").shape == (5, 1024)
    assert body.pop("fc.bias").shape == (5,)
    assert all(torch.equal(part, sent[key]) for key, part in body.items())
