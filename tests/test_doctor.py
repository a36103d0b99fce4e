"""`python -m d2lutils doctor`: a line for each thing, what to type to mend it, no traceback."""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest

from d2lutils.data import files
from d2lutils.doctor import report

ROOT = Path(__file__).parents[1]
NEEDS = [need.partition(">=")[0] for need in requires("d2lutils") or [] if ";" not in need]
MODULES = ["PIL" if need == "pillow" else need.replace("-", "_") for need in NEEDS]


class Doctor:
    """The command in an environment of sound stand-ins for every dependency, made ill at will."""

    def __init__(self, folder):
        self.folder = folder
        for module in MODULES:
            self.package(module, "__version__ = '99.0'")
        self.package("torch", TORCH)

    def package(self, name, source):
        (self.folder / f"{name}.py").write_text(source)

    def run(self, *words, options=(), **environment):
        inherited = {name: value for name, value in os.environ.items() if name != "D2L_DEVICE"}
        inherited |= {"D2L_DATA": str(self.folder / "sets"), "OMP_WAIT_POLICY": "PASSIVE"}
        return subprocess.run(
            [sys.executable, *options, "-m", "d2lutils", *(words or ["doctor"])],
            env={**inherited, "PYTHONPATH": f"{self.folder}{os.pathsep}{ROOT}", **environment},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def wrong(self, **environment):
        """Return the one line that is wrong."""
        done = self.run(**environment)
        assert not done.stderr
        assert done.returncode == 1
        assert done.stdout.endswith("\n\n1 to mend.\n")
        (line,) = [line for line in done.stdout.splitlines() if not line.startswith("OK  ")][:-2]
        assert line.startswith("WRONG  ")
        return line


TORCH = """
__version__ = "99.0"
class device:
    def __init__(self, kind, index=None):
        if kind not in ("cpu", "xpu"): raise RuntimeError(kind)
        self.type, self.index = kind, index
    def __str__(self): return self.type if self.index is None else f"{self.type}:{self.index}"
class accelerator:
    current_accelerator = staticmethod(lambda: None)
    is_available = staticmethod(lambda: True)
    device_count = staticmethod(lambda: 2)
"""


@pytest.fixture
def doctor(tmp_path):
    return Doctor(tmp_path)


def test_this_environment_is_well(capsys, monkeypatch):
    monkeypatch.delenv("D2L_DEVICE", raising=False)
    code = report()
    out = capsys.readouterr().out
    assert code == 0, out
    assert out.endswith("\n\nAll is well.\n")
    assert "D2L_DEVICE is not set" in out
    for need in NEEDS:
        assert f"OK     {need} " in out


def test_sound_environment_is_well(doctor):
    done = doctor.run()
    assert done.returncode == 0, done.stdout
    assert "OK     torch 99.0\n" in done.stdout
    assert "OK     device cpu of cpu; D2L_DEVICE=cpu\n" in doctor.run(D2L_DEVICE="cpu").stdout


def test_missing_package(doctor):
    missing = "raise ModuleNotFoundError(\"No module named 'h5py'\", name='h5py')"
    doctor.package("h5py", missing)
    line = doctor.wrong()
    assert line.startswith("WRONG  h5py is not installed. Type: ")
    assert line.endswith("'h5py>=3.13'")


def test_old_package(doctor):
    doctor.package("numpy", "__version__ = '1.26.4'")
    line = doctor.wrong()
    assert line.startswith("WRONG  numpy 1.26.4 is older than 2.1. Type: ")
    assert line.endswith("--upgrade 'numpy>=2.1'")


def test_old_torch_is_renewed_with_torchvision(doctor):
    doctor.package("torch", TORCH.replace("99.0", "2.9.1+cpu"))
    done = doctor.run()
    assert done.returncode == 1
    assert "WRONG  torch 2.9.1+cpu is older than 2.11. Type: " in done.stdout
    assert "--upgrade 'torch>=2.11' torchvision\n" in done.stdout


def test_torchvision_of_another_torch(doctor):
    doctor.package("torchvision", "raise RuntimeError('operator torchvision::nms does not exist')")
    line = doctor.wrong()
    assert line.startswith(
        "WRONG  torchvision does not load "
        "(RuntimeError: operator torchvision::nms does not exist). Type: "
    )
    assert line.endswith("--upgrade --force-reinstall torch torchvision")


def test_package_that_complains_on_many_lines(doctor):
    doctor.package(
        "pandas", "import sys; print('Traceback', file=sys.stderr); raise ValueError('a\\nb')"
    )
    assert "pandas does not load (ValueError: a b). Type: " in doctor.wrong()


def test_missing_torch_names_all_that_hangs_on_it(doctor):
    missing = "raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')"
    doctor.package("torch", missing)
    doctor.package("torchvision", "import torch")
    done = doctor.run()
    assert done.returncode == 1
    assert not done.stderr
    assert "WRONG  torch is not installed. Type: " in done.stdout
    assert "WRONG  torchvision cannot load without torch. Mend torch first.\n" in done.stdout
    assert (
        "WRONG  the devices are unknown (ModuleNotFoundError). Mend torch first.\n" in done.stdout
    )
    assert done.stdout.endswith("\n\n3 to mend.\n")


def test_missing_package_is_what_others_lack(doctor):
    missing = "raise ModuleNotFoundError(\"No module named 'numpy'\", name='numpy')"
    doctor.package("numpy", missing)
    doctor.package("torchvision", "import numpy")
    wrapped = "try: import numpy\nexcept ImportError as error: raise ImportError('Bad') from error"
    doctor.package("pandas", wrapped)
    wrong = [line for line in doctor.run().stdout.splitlines() if line.startswith("WRONG")]
    assert [line for line in wrong if "Type: " not in line] == [
        "WRONG  pandas cannot load without numpy. Mend numpy first.",
        "WRONG  torchvision cannot load without numpy. Mend numpy first.",
    ]
    (line,) = [line for line in wrong if "Type: " in line]
    assert line.startswith("WRONG  numpy is not installed. Type: ")


def test_bad_device(doctor):
    assert doctor.wrong(D2L_DEVICE="gpu") == (
        "WRONG  D2L_DEVICE=gpu is no device; set it to one of: cpu. "
        "Set another, or unset D2L_DEVICE."
    )


@pytest.mark.skipif(os.cpu_count() == 1, reason="needs two cores")
def test_threads_that_wait_busily_are_a_hint(doctor):
    many = {"OMP_WAIT_POLICY": "ACTIVE", "OMP_NUM_THREADS": "2"}
    done = doctor.run(**many)
    assert done.returncode == 0
    (hint,) = [line for line in done.stdout.splitlines() if line.startswith("HINT")]
    assert hint.endswith("Set OMP_WAIT_POLICY=PASSIVE before Python starts.")
    assert done.stdout.endswith("\n\nAll is well.\n")
    assert "HINT" not in doctor.run(**{**many, "OMP_NUM_THREADS": "1"}).stdout
    assert "HINT" not in doctor.run(**{**many, "OMP_WAIT_POLICY": "passive"}).stdout


def test_intels_devices_are_reported(doctor):
    doctor.package("torch", TORCH.replace("lambda: None", "lambda: device('xpu')"))
    assert "OK     device xpu:0 of xpu:0, xpu:1, cpu; D2L" in doctor.run().stdout


def test_missing_pillow(doctor):
    missing = "raise ModuleNotFoundError(\"No module named 'PIL'\", name='PIL')"
    doctor.package("PIL", missing)
    doctor.package("torchvision", "import PIL")
    done = doctor.run()
    assert "WRONG  pillow is not installed. Type: " in done.stdout
    assert "WRONG  torchvision cannot load without pillow. Mend pillow first.\n" in done.stdout
    assert done.stdout.endswith("\n\n2 to mend.\n")


def test_bundled_data_are_sound(doctor):
    assert re.search(r"OK     bundled data: \d+ files, \d\.\d MB in .*data\n", doctor.run().stdout)


def test_damaged_data_are_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(files, "ROOT", tmp_path)
    sums = "".join(f"{'0' * 64}  tables/{name}\n" for name in "abcdef")
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/a").write_text("")
    (tmp_path / "SHA256SUMS").write_text(sums)
    for cached in (files.registry, files.check):
        cached.cache_clear()
    try:
        assert report() == 1
    finally:
        for cached in (files.registry, files.check):
            cached.cache_clear()
    wrong = [line for line in capsys.readouterr().out.splitlines() if line.startswith("WRONG")]
    assert len(wrong) == 4
    assert wrong[0].startswith(f"WRONG  {tmp_path / 'tables/a'} is damaged: SHA-256 e3b0c44298fc1c")
    assert wrong[1].startswith(f"WRONG  {tmp_path / 'tables/b'} cannot be read (No such file or ")
    assert wrong[3] == (
        "WRONG  3 more of the bundled data are missing or damaged. Fetch the book again."
    )


def test_folder_for_larger_data(doctor):
    folder = doctor.folder / "sets"
    line = f"OK     larger data in {folder}: none yet; "
    assert line in doctor.run().stdout
    assert not folder.exists()
    folder.mkdir()
    (folder / "cifar-10-python.tar.gz").touch()
    assert f"OK     larger data in {folder}: cifar10; " in doctor.run().stdout


def test_folder_for_larger_data_cannot_be_written(doctor):
    (doctor.folder / "sets").write_text("a file")
    line = doctor.wrong()
    assert line.endswith("but nothing can be written there. Set D2L_DATA to a folder elsewhere.")


def test_folder_for_larger_data_of_nobody(doctor):
    line = doctor.wrong(D2L_DATA="~nobody-here/x")
    assert line.startswith("WRONG  the folder for larger data is unknown (D2L_DATA=~nobody-here/x")
    assert line.endswith("known by that name). Give a path that starts without ~.")
    done = doctor.run("list", D2L_DATA="~nobody-here/x")
    assert done.stderr.startswith("D2L_DATA=~nobody-here/x: nobody's home folder")
    assert done.stderr.count("\n") == done.returncode == 1


def test_no_folder_for_larger_data_without_platformdirs(doctor):
    doctor.package("platformdirs", "raise ModuleNotFoundError(name='platformdirs')")
    done = doctor.run("list", D2L_DATA="")
    assert done.stderr.startswith("The folder for larger data needs platformdirs, which is not ")
    assert done.stderr.count("\n") == done.returncode == 1


def kernel(folder, python):
    place = folder / "jupyter/kernels/python3"
    place.mkdir(parents=True)
    spec = {"argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "Python 3", "language": "python"}  # fmt: skip
    (place / "kernel.json").write_text(json.dumps(spec))
    return str(folder / "jupyter")


def test_kernel_of_another_python(doctor):
    line = doctor.wrong(JUPYTER_PATH=kernel(doctor.folder, "/elsewhere/bin/python"))
    assert line.startswith("WRONG  kernel python3 is another Python (/elsewhere/bin/python, ")
    assert line.endswith(" -m ipykernel install --user --name python3")


@pytest.mark.parametrize("python", ["python", "python3", sys.executable])
def test_kernel_of_this_python(doctor, python):
    assert doctor.run(JUPYTER_PATH=kernel(doctor.folder, python)).returncode == 0


def test_package_that_is_not_installed(doctor):
    done = doctor.run(options=["-S"])  # without site-packages
    assert done.returncode == 1
    assert not done.stderr
    assert done.stdout.startswith("WRONG  d2lutils is not installed. Type: ")
    assert f"--editable {ROOT}" in done.stdout.replace("'", "")


@pytest.mark.parametrize(
    ("words", "message"),
    [(["docter"], "invalid choice: 'docter'"), (["doctor", "--fast"], "unrecognized arguments")],
)
def test_unknown_command_is_one_line(doctor, words, message):
    done = doctor.run(*words)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
