"""`d2l.data`'s bundled sets: sound, documented truly, and plain about a damaged file."""

import hashlib
import re
import subprocess
import sys
import unicodedata
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from pydicom import dcmread
from safetensors import safe_open
from safetensors.torch import load_file
from torch import nn

import d2lutils as d2l
from d2lutils.data import files

ROOT = Path(__file__).parents[1]


def test_names_complete_with_tab_and_lead_to_modules():
    assert dir(d2l.data) == d2l.data.__all__
    assert sorted(d2l.data.__all__) == d2l.data.__all__ == sorted(d2l.data._HOMES)
    modules = {file.stem for file in (ROOT / "d2lutils/data").glob("*.py")}
    assert not modules & set(d2l.data.__all__)
    for name in d2l.data.__all__:
        assert getattr(d2l.data, name).__doc__
    with pytest.raises(AttributeError, match="has no attribute 'pengins'"):
        d2l.data.pengins  # noqa: B018


def test_each_set_loads_no_more_than_it_needs():
    code = (
        "import sys, d2lutils as d2l; d2l.data.digits(); d2l.data.photo('cat'); "
        "late = {'pandas', 'torchvision', 'pydicom', 'scipy', 'soundfile', 'matplotlib'}; "
        "print(*late & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "\n", done.stderr


def numbers(table):
    return [name for name in table if table[name].dtype.kind == "f"]


def test_penguins():
    table = d2l.data.penguins()
    assert list(table) == [
        "species", "island", "bill_length_mm", "bill_depth_mm", "flipper_length_mm",
        "body_mass_g", "sex", "year",
    ]  # fmt: skip
    assert len(table) == 344
    assert len(numbers(table)) == 4
    assert table["year"].dtype == np.int64
    assert set(table["year"]) == {2007, 2008, 2009}
    assert table["species"].value_counts().to_dict() == {
        "Adelie": 152, "Chinstrap": 68, "Gentoo": 124,
    }  # fmt: skip
    assert set(table["island"]) == {"Biscoe", "Dream", "Torgersen"}
    assert set(table["sex"].dropna()) == {"female", "male"}
    assert table.isna().sum().to_dict() == {
        **dict.fromkeys(table, 0), **dict.fromkeys(numbers(table), 2), "sex": 11,
    }  # fmt: skip
    assert table["body_mass_g"].describe()[["min", "max"]].tolist() == [2700, 6300]


def test_wine():
    table = d2l.data.wine()
    assert table.shape == (178, 14)
    assert next(iter(table)) == "cultivar"
    assert table["cultivar"].dtype == np.int64
    assert table["cultivar"].value_counts().to_dict() == {1: 59, 2: 71, 3: 48}
    assert len(numbers(table)) == 13
    assert not table.isna().any(axis=None)


def test_weather():
    table = d2l.data.weather()
    assert list(table) == [
        "precipitation_mm", "temp_max_c", "temp_min_c", "wind_m_per_s", "weather",
    ]  # fmt: skip
    assert table.index.equals(pd.date_range("2012-01-01", "2015-12-31", name="date"))
    assert len(numbers(table)) == 4
    assert set(table["weather"]) == {"drizzle", "fog", "rain", "snow", "sun"}
    assert (table["temp_max_c"] >= table["temp_min_c"]).all()


def test_co2():
    table = d2l.data.co2()
    assert list(table) == ["co2_ppm"]
    assert table.index.name == "date"
    assert len(table) == 2284
    assert set(np.diff(table.index)) == {np.timedelta64(7, "D")}
    assert 0 < table["co2_ppm"].isna().sum() < 100
    assert table["co2_ppm"].between(310, 380).sum() == table["co2_ppm"].notna().sum()


def test_countries():
    table = d2l.data.countries()
    assert list(table) == ["language", "language_name", "name"]
    assert table["language"].nunique() == table["language_name"].nunique() == 30
    assert table.groupby("language").size().min() > 150
    assert not table.isna().any(axis=None)
    german = table[table["language"] == "de"]
    assert set(german["language_name"]) == {"German"}
    assert "Norwegen" in set(german["name"])
    assert all(unicodedata.is_normalized("NFC", name) for name in table["name"])


@pytest.mark.parametrize(
    ("name", "side", "top", "train", "test"),
    [("digits", 8, 16, 1347, 450), ("mnist", 28, 255, 4000, 1000)],
)
def test_labelled_pictures(name, side, top, train, test):
    load = getattr(d2l.data, name)
    X, y = load("all")
    assert X.shape == (train + test, 1, side, side)
    assert X.dtype == torch.uint8
    assert (X.min(), X.max()) == (0, top)
    assert y.shape == (train + test,)
    assert y.dtype == torch.int64
    assert set(y.tolist()) == set(range(10))
    for split, part in [("train", slice(train)), ("test", slice(train, None))]:
        assert torch.equal(load(split)[0], X[part])
        assert torch.equal(load(split)[1], y[part])
    assert torch.equal(load()[0], X if name == "digits" else X[:train])
    with pytest.raises(d2l.BookError, match=r"no split 'valid'; give one of: train, test, all\.$"):
        load("valid")


def test_mnist_is_stratified():
    for split, count in [("train", 400), ("test", 100)]:
        assert torch.bincount(d2l.data.mnist(split)[1]).tolist() == [count] * 10


@pytest.mark.parametrize(
    ("name", "channels"), [("cat", 3), ("coffee", 3), ("cup", 4), ("camera", 1)]
)
def test_photos(name, channels):
    photo = d2l.data.photo(name)
    assert photo.shape[0] == channels
    assert min(photo.shape[1:]) > 200
    assert max(photo.shape[1:]) < 700
    assert photo.dtype == torch.uint8
    assert photo.is_contiguous()


def test_coffee_is_stored_turned():
    photo = d2l.data.photo("coffee")
    with Image.open(d2l.data.path("pictures/coffee.jpg")) as stored:
        assert stored.getexif()[0x0112] == 6
        assert stored.size == tuple(photo.shape[1:])
        assert torch.equal(photo, torch.from_numpy(np.array(stored)).permute(2, 1, 0).flip(2))


def test_cup_has_a_soft_edge():
    alpha = d2l.data.photo("cup")[3]
    assert (alpha.min(), alpha.max()) == (0, 255)
    assert len(alpha.unique()) > 20


def test_unknown_photo():
    with pytest.raises(d2l.BookError, match=r"no photograph 'cats' \(did you mean cat\?\); there"):
        d2l.data.photo("cats")


def test_brain():
    values, spacing = d2l.data.brain()
    assert values.dtype == torch.float32
    assert values.ndim == 3
    assert 0 <= values.min() < values.max() <= 1
    assert len(spacing) == 3
    assert all(1 <= side <= 4 for side in spacing)
    assert all(100 < n * side < 300 for n, side in zip(values.shape, spacing, strict=True))


def test_ct():
    values, spacing = d2l.data.ct()
    assert values.dtype == torch.float32
    assert 40 <= values.shape[0] <= 60
    assert -1100 < values.min() < -900
    assert 500 < values.max() < 3100
    assert spacing[0] != spacing[1] == spacing[2]
    slices = [dcmread(file) for file in sorted(d2l.data.path("volumes/ct").iterdir())]
    positions = [float(slice_.ImagePositionPatient[2]) for slice_ in slices]
    assert positions != sorted(positions)  # by name
    lowest = slices[positions.index(min(positions))]
    expected = lowest.pixel_array * float(lowest.RescaleSlope) + float(lowest.RescaleIntercept)
    assert torch.equal(values[0], torch.from_numpy(expected).float())


def test_story():
    story = d2l.data.story()
    assert 2500 < len(story.split()) < 3500
    assert re.search('[“"]', story)
    assert "\r" not in story
    assert unicodedata.is_normalized("NFC", story)


def test_merges_of_gpt2():
    """Fifty thousand pairs of known pieces; their ids, some as OpenAI has published them."""
    head, *lines = d2l.data.path("words/gpt2_merges.txt").read_text("utf-8").splitlines()
    assert head == "#version: 0.2"
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    pieces = [chr(byte) for byte in plain] + [chr(256 + n) for n in range(256 - len(plain))]
    known = set(pieces)
    for line in lines:
        first, second = line.split(" ")
        assert {first, second} <= known, line
        known.add(first + second)
        pieces.append(first + second)
    assert len(lines) == 50_000
    assert len(pieces) == len(known) == 50_256
    published = {"!": 0, "Hello": 15496, "\u0120world": 995, "\u0120gazed": 50255}
    assert {piece: pieces.index(piece) for piece in published} == published


def test_chord():
    samples, rate = d2l.data.chord()
    assert samples.shape == (2, 32000)
    assert samples.dtype == torch.float32
    assert 0.1 < samples.abs().max() <= 1
    assert rate == 16000


def test_weights_reach_the_accuracy_that_they_tell():
    """The network is built here from what data/README.md and the file say of it."""
    file = d2l.data.path("weights/digits_0_to_4.safetensors")
    features = nn.Sequential(
        *(nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 32, 5), nn.ReLU(), nn.MaxPool2d(2)),
        nn.Flatten(),
    )
    net = nn.Sequential(
        OrderedDict(
            features=features, hidden=nn.Linear(512, 96), relu=nn.ReLU(), head=nn.Linear(96, 5)
        )
    )
    net.load_state_dict(load_file(file))
    X, y = d2l.data.mnist("test")
    X, y = X[y < 5] / 255, y[y < 5]
    with torch.no_grad():
        accuracy = (net(X).argmax(dim=1) == y).double().mean().item()
    with safe_open(file, "pt") as opened:
        told = re.search(r"test accuracy (0\.\d+)", opened.metadata()["about"])[1]
    assert accuracy == pytest.approx(float(told), abs=0.0021)  # a picture of 500


class TestPath:
    """What is said of damaged files, in a small copy of the folder."""

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path, monkeypatch):
        data = tmp_path / "the book" / "data"
        (data / "tables").mkdir(parents=True)
        lines = [f"{hashlib.sha256(name.encode()).hexdigest()}  tables/{name}" for name in "abc"]
        (data / "SHA256SUMS").write_text("\n".join(lines) + "\n")
        for name in "abc":
            (data / "tables" / name).write_text(name)
        monkeypatch.setattr(files, "ROOT", data)
        self.forget()
        yield data
        self.forget()

    def forget(self):
        files.registry.cache_clear()
        files.check.cache_clear()

    def refusal(self, name):
        with pytest.raises(d2l.BookError) as caught:
            d2l.data.path(name)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def test_sound(self, folder):
        assert d2l.data.path("tables/a") == folder / "tables/a"
        for name in ("tables", "tables/", "./tables", Path("tables")):
            assert d2l.data.path(name) == folder / "tables"

    @pytest.mark.parametrize("name", ["tables/d", "tabels", "", "../data/tables/a", "/etc/passwd"])
    def test_unknown(self, folder, name):
        assert f"data/{name} is not bundled" in self.refusal(name)
        assert self.refusal("tables/aa").endswith("(did you mean tables/a?).")

    @pytest.mark.parametrize("name", [3, None, b"tables/a"])
    def test_no_name(self, folder, name):
        assert self.refusal(name).startswith(
            'd2l.data.path takes a name as "tables/wine.csv", not '
        )

    def test_damaged(self, folder):
        (folder / "tables/b").write_text("B")
        found, expected = (hashlib.sha256(text).hexdigest() for text in (b"B", b"b"))
        for name in ("tables/b", "tables"):
            said = self.refusal(name)
            assert (
                f"{folder / 'tables/b'} is damaged: SHA-256 {found}, expected {expected}." in said
            )
            assert said.endswith(". Fetch the book again.")
        assert d2l.data.path("tables/a")

    def test_missing(self, folder):
        (folder / "tables/b").unlink()
        assert "tables/b cannot be read (No such file or directory). Fetch" in self.refusal(
            "tables"
        )

    @pytest.mark.parametrize("left", [None, b"", b"oops\n", b"\xff\xfe"])
    def test_no_list(self, folder, left):
        sums = folder / "SHA256SUMS"
        sums.unlink() if left is None else sums.write_bytes(left)
        told = f"{sums}, the list of the bundled data, is missing or damaged. Fetch the book again."
        assert self.refusal("tables/a") == told

    def test_remedy_in_a_checkout(self, folder):
        (folder.parent / ".git").mkdir()
        (folder / "tables/b").write_text("")
        line = f"Type: git -C '{folder.parent}' checkout -- data/tables/b"
        assert self.refusal("tables/b").endswith(line)

    def test_remedy_in_a_wheel(self, folder, monkeypatch):
        monkeypatch.setattr(files, "_BUNDLED", folder)
        (folder / "tables/b").write_text("")
        assert self.refusal("tables/b").endswith("Install d2lutils again (pip: --force-reinstall).")

    def test_each_file_is_read_once(self, folder):
        d2l.data.path("tables/b")
        (folder / "tables/b").write_text("B")
        assert d2l.data.path("tables/b")
