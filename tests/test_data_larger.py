"""`d2l.data`'s larger sets: fetched once, verified, and one line where that cannot be.

A local server stands in for the real ones, with small sets in the true formats.
"""

import gzip
import hashlib
import io
import os
import pickle
import stat
import struct
import subprocess
import sys
import tarfile
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

import d2lutils as d2l
from d2lutils.data import larger
from d2lutils.downloading import transferring

datasets = pytest.importorskip("torchvision.datasets")
ROOT = Path(__file__).parents[1]
SIZES = {"train": 5, "test": 3}
GENERATOR = torch.Generator().manual_seed(0)
GREY = {split: torch.randint(256, (n, 28, 28), generator=GENERATOR) for split, n in SIZES.items()}
COLOUR = torch.randint(256, (6, 3, 32, 32), generator=GENERATOR)  # a row a file


def md5(data):
    return hashlib.md5(data).hexdigest()


def idx_files():
    """Return the four archives of a small MNIST: n pictures a split, labelled 0, 1, 2, …"""
    files = {}
    for split, name in [("train", "train"), ("test", "t10k")]:
        n = SIZES[split]
        images = struct.pack(">4i", 2051, n, 28, 28) + bytes(GREY[split].flatten().tolist())
        labels = struct.pack(">2i", 2049, n) + bytes(range(n))
        files[f"{name}-images-idx3-ubyte.gz"] = gzip.compress(images)
        files[f"{name}-labels-idx1-ubyte.gz"] = gzip.compress(labels)
    return files


def cifar_files():
    """Return the members of a small CIFAR-10: a picture a batch, labelled 0, 1, 2, …"""
    names = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
    files = {
        name: pickle.dumps({"data": COLOUR[i].reshape(1, -1).byte().numpy(), "labels": [i]})
        for i, name in enumerate(names)
    }
    return files | {"batches.meta": pickle.dumps({"label_names": list("abcdefghij")})}


class Server:
    """A web server on this machine: the files it has, nothing in /gone, what it was asked for."""

    def __init__(self):
        self.files, self.asked = {}, []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.asked.append(self.path)
                gone = self.path.startswith("/gone/")
                data = None if gone else server.files.get(self.path[1:])
                self.send_response(200 if data is not None else 404)
                self.send_header("Content-Length", str(len(data or b"")))
                self.end_headers()
                self.wfile.write(data or b"")

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty folder for larger sets; no progress bars, no long waits, no warnings."""
    folder = tmp_path / "larger sets"
    monkeypatch.setenv("D2L_DATA", str(folder))
    monkeypatch.setenv("TQDM_DISABLE", "1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(transferring, "BACK_OFF_SECONDS", 0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield folder


@pytest.fixture
def server(place, monkeypatch):
    """A server that has all three sets, which torchvision and d2l take for the real ones."""
    serving = Server()
    idx, members = idx_files(), cifar_files()
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for name, data in members.items():
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    serving.files = {**idx, "cifar-10-python.tar.gz": stream.getvalue()}
    for name in ("MNIST", "FashionMNIST"):
        found = getattr(datasets, name)
        monkeypatch.setattr(found, "mirrors", [f"{serving.url}gone/", serving.url])
        monkeypatch.setattr(found, "resources", [(file, md5(data)) for file, data in idx.items()])
    found = datasets.CIFAR10
    monkeypatch.setattr(found, "url", f"{serving.url}cifar-10-python.tar.gz")
    monkeypatch.setattr(found, "tgz_md5", md5(stream.getvalue()))
    batches = [[name, md5(data)] for name, data in members.items()]
    monkeypatch.setattr(found, "train_list", batches[:5])
    monkeypatch.setattr(found, "test_list", batches[5:6])
    monkeypatch.setattr(found, "meta", {**found.meta, "md5": batches[6][1]})
    real = larger.archives

    def archives(name):
        return {
            file: hashlib.sha256(serving.files[Path(file).name]).hexdigest() for file in real(name)
        }

    hashes = {name: archives(name) for name in larger.LARGER}
    monkeypatch.setattr(larger, "archives", hashes.get)
    yield serving
    serving.stop()


CALLS = {
    "mnist": lambda split: d2l.data.mnist(split, full=True),
    "fashion_mnist": d2l.data.fashion_mnist,
    "cifar10": d2l.data.cifar10,
}


def refusal(name="mnist", split="train"):
    with pytest.raises(d2l.BookError) as caught:
        CALLS[name](split)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_grey_sets(server, name, capfd):
    for split, n in SIZES.items():
        X, y = CALLS[name](split)
        assert torch.equal(X, GREY[split].byte()[:, None])
        assert X.dtype == torch.uint8
        assert torch.equal(y, torch.arange(n))
        assert y.dtype == torch.int64
    assert torch.equal(CALLS[name]("all")[1], torch.tensor([0, 1, 2, 3, 4, 0, 1, 2]))
    assert capfd.readouterr() == ("", "")


def test_colour_set(server, capfd):
    X, y = d2l.data.cifar10()
    assert torch.equal(X, COLOUR[:5].byte())
    assert X.dtype == torch.uint8
    assert X.is_contiguous()
    assert torch.equal(y, torch.arange(5))
    assert y.dtype == torch.int64
    X, y = d2l.data.cifar10("all")
    assert torch.equal(X, COLOUR.byte())
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", CALLS)
def test_fetched_once(server, name):
    CALLS[name]("train")
    server.asked.clear()
    first = CALLS[name]("test")
    assert server.asked == []
    server.stop()
    assert torch.equal(CALLS[name]("test")[0], first[0])


@pytest.mark.parametrize("name", CALLS)
def test_archives_that_were_put_there_by_hand(server, place, name):
    for file in larger.archives(name):
        (place / file).parent.mkdir(parents=True, exist_ok=True)
        (place / file).write_bytes(server.files[Path(file).name])
    CALLS[name]("train")
    assert server.asked == []


def test_unpacked_files_are_enough(server, place):
    d2l.data.mnist(full=True)
    for file in larger.archives("mnist"):
        (place / file).unlink()
    server.asked.clear()
    d2l.data.mnist(full=True)
    assert server.asked == []


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-3], lambda data: data[:20] + b"!" + data[21:]]
)
@pytest.mark.parametrize("name", CALLS)
def test_damaged_files_are_unpacked_again(server, place, name, damage):
    first = CALLS[name]("all")
    server.asked.clear()
    batch = "cifar-10-batches-py/data_batch_2"
    file = place / (batch if name == "cifar10" else next(iter(larger.archives(name)))[:-3])
    file.write_bytes(damage(file.read_bytes()))
    assert torch.equal(CALLS[name]("all")[0], first[0])
    assert server.asked == []


@pytest.mark.parametrize("name", CALLS)
def test_damaged_archives_are_fetched_again(server, place, name):
    first = CALLS[name]("all")
    for file in place.rglob("*"):
        if file.is_file():
            file.write_bytes(b"damaged")
    assert torch.equal(CALLS[name]("all")[0], first[0])


def test_damaged_and_no_archive(server, place):
    d2l.data.mnist(full=True)
    for file in larger.archives("mnist"):
        (place / file).unlink()
    images = place / "MNIST/raw/train-images-idx3-ubyte"
    images.write_bytes(images.read_bytes()[:100])
    said = refusal()
    assert f"MNIST in {place} cannot be used" in said
    assert "delete its files there" in said


@pytest.mark.parametrize("name", CALLS)
def test_no_server(server, place, name):
    server.stop()
    said = refusal(name)
    first = Path(next(iter(larger.archives(name))))
    title = larger.LARGER[name].title
    assert said.startswith(f"{title} is not here, and {first.name} cannot be fetched: use the ")
    assert "use the bundled d2l.data.mnist(), or put the file into" in said
    assert str(place) in said
    assert not [file for file in place.rglob("*.gz") if file.is_file()]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("wrong", [b"<html>Please log in.</html>", b"", None])
def test_wrong_bytes(server, place, name, wrong):
    right = dict(server.files)
    server.files.update(dict.fromkeys(right, wrong))
    assert "cannot be fetched: use the bundled d2l.data.mnist()" in refusal(name)
    server.files = right
    CALLS[name]("train")


def test_the_first_mirror_that_has_it(server):
    d2l.data.mnist(full=True)
    file = "train-images-idx3-ubyte.gz"
    assert server.asked[:2] == [f"/gone/{file}", f"/{file}"]


def test_unknown_split(server):
    said = refusal(split="valid")
    assert said == "There is no split 'valid'; give one of: train, test, all."
    assert server.asked == []


@pytest.mark.parametrize("split", [None, 1, ["train"], {"train"}])
def test_a_split_that_is_no_name(split):
    with pytest.raises(
        d2l.BookError, match=r"^There is no split .*; give one of: train, test, all"
    ):
        d2l.data.digits(split)


def test_folder_is_a_file(server, place):
    place.write_text("")
    said = refusal()
    assert f"MNIST in {place} cannot be used" in said
    assert "D2L_DATA" in said


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX modes")
def test_read_only_folder_is_read(server, place):
    d2l.data.cifar10()
    d2l.data.mnist(full=True)
    for file in [place, *place.rglob("*")]:
        file.chmod(stat.S_IREAD | stat.S_IEXEC)
    before = sorted(place.rglob("*"))
    try:
        d2l.data.cifar10("all")
        d2l.data.mnist("all", full=True)
        assert sorted(place.rglob("*")) == before
    finally:
        for file in [place, *place.rglob("*")]:
            file.chmod(stat.S_IRWXU)


def test_two_notebooks_at_once(server):
    found, errors = [], []

    def ask():
        try:
            found.append(d2l.data.mnist(full=True)[0])
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert all(torch.equal(X, found[0]) for X in found)
    assert len([path for path in server.asked if not path.startswith("/gone/")]) == 4


def test_sums_are_those_that_torchvision_knows():
    for name, (title, *_) in larger.LARGER.items():
        found = getattr(datasets, title)
        known = [f for f, _ in found.resources] if name != "cifar10" else [found.filename]
        assert [Path(file).name for file in larger.archives(name)] == known
        if name != "cifar10":
            assert {str(Path(f).parent) for f in larger.archives(name)} == {f"{title}/raw"}


def command(*words, folder):
    return subprocess.run(
        [sys.executable, "-m", "d2lutils", *words],
        env={**os.environ, "D2L_DATA": str(folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_list(place):
    done = command("list", folder=place)
    assert not done.stderr
    assert "  d2l.data.penguins()" in done.stdout
    assert f"Larger, in {place} (D2L_DATA sets another folder):" in done.stdout
    assert "171 MB  fetch it: python -m d2lutils download cifar10" in done.stdout
    for file in larger.archives("cifar10"):
        place.mkdir()
        (place / file).touch()
    assert "171 MB  here" in command("list", folder=place).stdout
    assert not (place / "MNIST").exists()


def test_download_command(server, place, capsys, monkeypatch):
    from d2lutils.__main__ import main

    monkeypatch.setattr(sys, "argv", ["d2lutils", "download", "all"])
    assert main() == 0
    lines = [f"{name} is in {place}" for name in larger.LARGER]
    assert capsys.readouterr().out.splitlines() == lines
    server.stop()
    assert main() == 0
    (place / "MNIST/raw/t10k-labels-idx1-ubyte.gz").unlink()
    (place / "MNIST/raw/t10k-labels-idx1-ubyte").unlink()
    assert main() == 1
    said = capsys.readouterr().err
    assert said.startswith("MNIST is not here, and t10k-labels-idx1-ubyte.gz cannot be fetched")
    assert said.count("\n") == 1


def test_download_of_something_else_is_one_line(place):
    done = command("download", "penguins", folder=place)
    assert done.returncode == 2
    assert "invalid choice: 'penguins' (choose from " in done.stderr
    assert done.stderr.count("\n") == 1
