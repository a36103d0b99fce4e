"""data/: every file is registered, sound and described; a rebuild is compared by value."""

import dataclasses
import hashlib
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from safetensors.numpy import save_file

DATA = Path(__file__).parents[1] / "data"
sys.path.insert(0, str(DATA))
import build  # noqa: E402
from builders import Entry  # noqa: E402
from builders.comparing import differences  # noqa: E402
from d2lutils.data.files import sums  # noqa: E402

SUMS = sums(DATA / "SHA256SUMS")
KEPT_BY_HAND = {"README.md", "SHA256SUMS", "build.py"}


def test_every_file_is_registered():
    names = (file.relative_to(DATA) for file in DATA.rglob("*") if file.is_file())
    data = {
        name.as_posix()
        for name in names
        if name.parts[0] != "builders"
        and not any(part.startswith((".", "__pycache__")) for part in name.parts)
    }
    assert data - KEPT_BY_HAND == set(SUMS)


@pytest.mark.parametrize("name", SUMS)
def test_file_has_its_hash(name):
    assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == SUMS[name]


def test_sums_and_readme_are_up_to_date():
    assert build.sums() == (DATA / "SHA256SUMS").read_text(encoding="utf-8")
    page = (DATA / "README.md").read_text(encoding="utf-8")
    assert build.readme(page) == page


def test_everything_is_described():
    for entry in build.entries():
        cells = (entry.what, entry.source, entry.licence, entry.units)
        assert all(cells), entry.path
        assert not any("|" in cell or "\n" in cell for cell in cells), entry.path


def test_all_is_small_and_has_unix_lines():
    assert sum((DATA / name).stat().st_size for name in SUMS) < 8_000_000
    for name in (*SUMS, *KEPT_BY_HAND):
        if name.endswith((".csv", ".txt", ".md", ".py", "SUMS")):
            assert b"\r" not in (DATA / name).read_bytes(), name


def test_versions_are_those_that_build_installs():
    pins = {
        line.split('"')[1].replace("==", " ").lower()
        for line in (DATA / "build.py").read_text().splitlines()
        if line.startswith("#     ")
    }
    for entry in build.entries():
        package = entry.source.split(",")[0].split(";")[0].lower()
        assert package == "this project" or package in pins, entry.path


def test_licences_that_ask_for_their_notice_have_it():
    page = " ".join((DATA / "README.md").read_text(encoding="utf-8").replace(">", "").split())
    makers = ("Louis Collins, McConnell Brain Imaging Centre", "Unicode, Inc.", "(c) 2019 OpenAI")
    for notice in makers:
        _, _, after = page.partition(notice)
        assert after, notice
        assert "Permission" in after[:600], notice
        assert "hereby granted" in after[:600], notice


@pytest.fixture
def pair(tmp_path):
    """Two folders, for what is bundled and for its rebuild."""
    folders = (tmp_path / "old", tmp_path / "new")
    for folder in folders:
        folder.mkdir()
    return folders


def entry(path, kind):
    return Entry(path, kind, "", "", "", "", None)


def found(path, kind, pair):
    return differences(entry(path, kind), *pair)


@pytest.mark.parametrize(
    ("old", "new", "equal"),
    [
        ("a,b\n1,x\n", "a,b\n1.0,x\n", True),
        ("a,b\n1,x\n", "a,b\n1.01,x\n", False),
        ("a,b\n1,x\n", "a,b\n1,y\n", False),
        ("a,b\n1,x\n", "a,b\n1,x\n2,x\n", False),
        ("a,b\n1,\n", "a,b\n1,0\n", False),
    ],
)
def test_tables_are_compared_by_cell(pair, old, new, equal):
    for folder, text in zip(pair, (old, new), strict=True):
        (folder / "t.csv").write_text(text)
    assert (found("t.csv", "table", pair) == []) is equal


def test_arrays_are_compared_by_value(pair):
    np.savez(pair[0] / "a.npz", x=np.arange(3))
    np.savez_compressed(pair[1] / "a.npz", x=np.arange(3))
    assert found("a.npz", "array", pair) == []
    for changed in ({"x": np.array([0, 1, 3])}, {"y": np.arange(3)}, {"x": np.arange(3.0)}):
        np.savez(pair[1] / "a.npz", **changed)
        assert found("a.npz", "array", pair)


def test_weights_are_compared_within_rounding(pair):
    weight = np.array([[0.5, -2.0]], dtype=np.float32)
    save_file({"w": weight}, pair[0] / "w.safetensors", metadata={"about": "old"})
    for same in (weight, weight + np.float32(1e-3)):
        save_file({"w": same}, pair[1] / "w.safetensors")
        assert found("w.safetensors", "weights", pair) == []
    for name, other in (
        ("w", weight + np.float32(0.01)),
        ("w", weight.astype(np.float64)),
        ("w", weight.T.copy()),
        ("w", weight * np.float32("nan")),
        ("v", weight),
    ):
        save_file({name: other}, pair[1] / "w.safetensors")
        assert found("w.safetensors", "weights", pair)


def test_pictures_are_compared_by_pixel(pair):
    pixels = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
    Image.fromarray(pixels).save(pair[0] / "p.png", compress_level=0)
    Image.fromarray(pixels).save(pair[1] / "p.png", compress_level=9)
    assert found("p.png", "picture", pair) == []
    pixels[3, 3, 0] += 1
    Image.fromarray(pixels).save(pair[1] / "p.png")
    assert found("p.png", "picture", pair) == ["the pixels differ"]
    Image.fromarray(pixels[..., 0]).save(pair[1] / "p.png")
    assert "became" in found("p.png", "picture", pair)[0]


def test_slices_are_compared_by_value(pair):
    first = min(name for name in SUMS if name.startswith("volumes/ct/"))
    image = dcmread(DATA / first)
    for folder in pair:
        (folder / "ct").mkdir()
        image.save_as(folder / "ct" / "a.dcm")
    assert found("ct", "dicom", pair) == []
    image.PixelData = bytes(len(image.PixelData))
    image.SliceThickness = 4
    image.save_as(pair[1] / "ct" / "a.dcm")
    assert found("ct", "dicom", pair) == [
        "a.dcm: its elements differ",
        "a.dcm: its pixels differ",
    ]
    (pair[1] / "ct" / "b.dcm").write_bytes(b"")
    assert "b.dcm is in one of both" in found("ct", "dicom", pair)


def test_a_photograph_may_be_encoded_anew(pair):
    with Image.open(DATA / "pictures/cat.jpg") as image:
        cat = image.copy()
    for folder, progressive in zip(pair, (False, True), strict=True):
        cat.save(folder / "cat.jpg", quality=90, progressive=progressive)
    assert (pair[0] / "cat.jpg").read_bytes() != (pair[1] / "cat.jpg").read_bytes()
    assert found("cat.jpg", "picture", pair) == []
    cat.paste((255, 0, 0), (40, 40, 48, 48))
    cat.save(pair[1] / "cat.jpg", quality=90)
    assert found("cat.jpg", "picture", pair) == ["the pixels differ"]
    turned = Image.Exif()
    turned[0x0112] = 6
    cat.save(pair[1] / "cat.jpg", quality=90, exif=turned)
    assert "became" in found("cat.jpg", "picture", pair)[0]


def test_check_tells_what_differs(pair, monkeypatch, capsys):
    monkeypatch.setattr(build, "ROOT", pair[0])
    (pair[0] / "t.csv").write_text("a\n1\n")
    same = dataclasses.replace(
        entry("t.csv", "table"), make=lambda folder: (folder / "t.csv").write_text("a\n1\n")
    )
    other = dataclasses.replace(same, make=lambda folder: (folder / "t.csv").write_text("a\n2\n"))
    assert build.check([same, entry("t.csv", "table"), other]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "t.csv: equal",
        "t.csv: no source",
        "t.csv: line 2: ['1'] became ['2']",
    ]
    assert (pair[0] / "t.csv").read_text() == "a\n1\n"


def test_text_is_compared_to_the_letter(pair):
    for folder, text in zip(pair, ("a tide\n", "a tida\n"), strict=True):
        (folder / "s.txt").write_text(text)
    assert found("s.txt", "text", pair) == ["the bytes differ"]
