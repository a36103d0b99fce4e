"""A wheel, installed outside the checkout in a folder that cannot be written, finds its data."""

import os
import stat
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from d2lutils.data.files import registry

ROOT = Path(__file__).parents[1]
CALLS = [
    "penguins", "wine", "weather", "co2", "countries", "digits", "mnist", "brain", "ct", "story",
    "chord",
]  # fmt: skip
LOAD = f"""
import d2lutils as d2l
print(d2l.data.path("tables/wine.csv"))
for name in {CALLS}:
    getattr(d2l.data, name)()
for name in ["cat", "coffee", "cup", "camera"]:
    d2l.data.photo(name)
"""


def build(kind, folder):
    """Build a wheel or an sdist as pip does, without its download of the builder."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Unpack a wheel into a read-only folder, as an installation by someone else would be."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(build("wheel", tmp_path_factory.mktemp("wheel"))) as wheel:
        wheel.extractall(folder)
    found = [folder, *folder.rglob("*")]
    for file in found:
        file.chmod(stat.S_IREAD | (stat.S_IEXEC if file.is_dir() else 0))
    yield folder
    for file in found:
        file.chmod(stat.S_IRWXU)


def run(installed, folder, *words):
    return subprocess.run(
        [sys.executable, *words],
        env={**os.environ, "PYTHONPATH": str(installed), "D2L_DATA": str(folder / "larger")},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_bundled_set_loads(installed, tmp_path):
    done = run(installed, tmp_path, "-W", "error", "-c", LOAD)
    assert not done.stderr
    assert done.stdout.strip() == str(installed / "d2lutils/bundled/tables/wine.csv")


def test_list_finds_them(installed, tmp_path):
    said = run(installed, tmp_path, "-m", "d2lutils", "list").stdout
    assert f"Bundled, in {installed / 'd2lutils/bundled'}:" in said
    assert "  d2l.data.chord() " in said


def test_it_holds_data_but_no_builders(installed):
    bundled = installed / "d2lutils/bundled"
    found = {file.relative_to(bundled).as_posix() for file in bundled.rglob("*") if file.is_file()}
    assert found == {*registry(), "README.md", "SHA256SUMS"}


def test_source_distribution_holds_data_and_builders(tmp_path):
    pytest.importorskip("hatchling")
    with tarfile.open(build("sdist", tmp_path)) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {f"data/{name}" for name in registry()} | {"data/SHA256SUMS", "data/build.py"} <= names
