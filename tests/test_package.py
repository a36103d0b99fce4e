"""`import d2lutils as d2l`: cheap, complete to Tab and to type checkers, plain about torch."""

import ast
import json
import os
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

import d2lutils as d2l
from d2lutils.installing import OLDEST_TORCH, compiler_line, install_line, release

ROOT = Path(__file__).parents[1]
NAMES = [
    *["BookError", "check", "compiler_line", "data", "device", "download", "explain", "find"],
    *["fit", "install_line", "load_checkpoint", "loader", "plot", "save_checkpoint", "seed"],
]


def run(code, *, path=(), options=()):
    """Run code in a new Python that finds packages on the path first."""
    return subprocess.run(
        [sys.executable, *options, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*path, ROOT)))},
        capture_output=True,
        text=True,
        check=False,
    )


def test_import_loads_nothing_heavy():
    code = "import sys; before = set(sys.modules); import d2lutils as d2l; d2l.BookError; dir(d2l)"
    done = run(f"{code}; print(*sorted(set(sys.modules) - before))")
    assert not done.stderr
    own = {name for name in done.stdout.split() if name.startswith("d2lutils")}
    assert own == {"d2lutils", "d2lutils.errors"}
    assert not set(done.stdout.split()) & {"torch", "numpy", "IPython", "importlib.metadata"}


def test_names_complete_with_tab():
    assert [name for name in dir(d2l) if not name.startswith("_")] == NAMES
    assert sorted(d2l.__all__) == NAMES
    for name in dir(d2l):
        getattr(d2l, name)


def test_a_public_name_is_never_a_modules():
    for package in (d2l, d2l.data, d2l.plot):
        modules = {path.stem for path in Path(package.__file__).parent.glob("*.py")}
        assert not modules & set(package.__all__)
    assert callable(d2l.device)
    assert callable(d2l.seed)
    assert callable(d2l.check)
    assert callable(d2l.download)
    assert callable(d2l.loader)


def test_the_root_holds_what_a_reader_calls():
    """What stands behind it lies in packages (DESIGN.md); `errors` and `installing` serve all."""
    homes = {home.partition(".")[0] for home in d2l._HOMES.values()}
    modules = {path.stem for path in (ROOT / "d2lutils").glob("*.py")} - {"__init__", "__main__"}
    assert modules <= homes | {"doctor", "errors", "installing", "progress"}


def imports(file, modules):
    """Yield the modules of d2lutils that a file imports, at its top or within a function."""
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []  # never run
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module in modules:
            names = [f"{node.module}.{name.name}" for name in node.names]
            yield from (name if name in modules else node.module for name in names)


def test_arrows_run_downwards_only():
    paths = {}
    for file in (ROOT / "d2lutils").rglob("*.py"):
        words = file.relative_to(ROOT).with_suffix("").parts
        paths[".".join(word for word in words if word != "__init__")] = file
    of_modules = {name: set(imports(file, paths)) for name, file in paths.items()}
    of_packages = {}
    for name, needed in of_modules.items():
        upper = ".".join(name.split(".")[:2])
        below = {".".join(need.split(".")[:2]) for need in needed}
        of_packages.setdefault(upper, set()).update(below - {upper})
    for needs in (of_modules, of_packages):
        TopologicalSorter(needs).prepare()  # raises CycleError


def test_no_module_is_long():
    modules = [*ROOT.glob("d2lutils/**/*.py"), *ROOT.glob("data/**/*.py")]
    lengths = {file: len(file.read_text("utf-8").splitlines()) for file in modules}
    assert not {str(file): length for file, length in lengths.items() if length > 200}


def test_the_package_without_its_checks_is_small():
    """A reader can read it all; it shrinks where a library takes over (DESIGN.md).

    Of its lines, some 400 came with the foundation, 230 with the doctor, 260 with chapter 1
    (graphs), 460 with chapter 2 (pictures of memory), 2,400 with chapter 3 (data, downloads,
    loader, lines, images), 1,050 with chapter 4 (`fit` and its mistakes, computation graphs,
    surfaces, histories), 500 with chapter 5 (decision regions, outputs of layers, confusion
    matrices), 520 with chapter 6 (checkpoints, and a training that goes on from them), 360 with the
    search (`find` and `explain`), 210 with `progress`.
    """
    package = ROOT / "d2lutils"
    checks = {package / "checking.py", *(package / "checks").rglob("*.py")}
    modules = set(package.rglob("*.py")) - checks
    assert sum(len(file.read_text("utf-8").splitlines()) for file in modules) < 6480


def test_version_is_that_of_pyproject():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert d2l.__version__ == settings["project"]["version"]


def test_oldest_torch_is_that_of_pyproject():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert f"torch>={OLDEST_TORCH}" in settings["project"]["dependencies"]


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'd2lutils' has no attribute 'sed'"):
        d2l.sed  # noqa: B018


def test_type_checkers_see_the_same_names():
    tree = ast.parse((ROOT / "d2lutils/__init__.py").read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert sorted(name.asname for node in imports for name in node.names if name.asname) == NAMES
    assert (ROOT / "d2lutils/py.typed").exists()


def test_mypy_reveals_the_types(tmp_path):
    # A stub in torch's place: mypy needs 20 s for the real one.
    (tmp_path / "torch.pyi").write_text("class device: ...\n")
    lines = [
        "import d2lutils as d2l",
        "reveal_type(d2l.device())",
        "reveal_type(d2l.seed)",
        "d2l.sed",
    ]
    (tmp_path / "reader.py").write_text("\n".join(lines))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--no-site-packages",
         "--config-file=", f"--cache-dir={tmp_path}/cache", "reader.py"],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert 'reader.py:2: note: Revealed type is "torch.device"' in done.stdout
    assert 'reader.py:3: note: Revealed type is "def (n: int' in done.stdout
    assert 'reader.py:4: error: Module has no attribute "sed"' in done.stdout


@pytest.mark.parametrize(
    ("torch", "message"),
    [
        (
            '__version__ = "2.9.1+cpu"',
            "The book needs PyTorch 2.11 or newer, not 2.9.1+cpu. Type: ",
        ),
        (
            "raise ImportError('libcudart.so.13: no such file')",
            "does not load (libcudart.so.13: no",
        ),
        ("raise OSError('WinError 126: c10.dll')", "does not load (WinError 126: c10.dll). Type: "),
        ("import sympy_is_gone", "does not load (No module named 'sympy_is_gone'). Type: "),
    ],
)
def test_unfit_torch_is_one_line(tmp_path, torch, message):
    (tmp_path / "torch.py").write_text(torch)
    code = "import d2lutils as d2l\ntry: d2l.device\nexcept d2l.BookError as error: print(error)"
    done = run(code, path=[tmp_path])
    assert not done.stderr
    assert message in done.stdout
    assert "torch>=2.11" in done.stdout
    assert done.stdout.count("\n") == 1


@pytest.mark.skipif(not PathFinder.find_spec("setuptools"), reason="needs setuptools")
def test_pytorch_compiles_and_measures_after_the_first_use():
    """importlib.util.find_spec("pip") broke both in Python 3.11, by way of setuptools."""
    done = run("import d2lutils as d2l; d2l.device; import torch.utils.benchmark, setuptools")
    assert done.returncode == 0, done.stderr


def test_first_uses_change_nothing_for_other_packages(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"}
    environment |= {"D2L_DATA": str(tmp_path), "NO_PROXY": "127.0.0.1"}
    environment.pop("CUBLAS_WORKSPACE_CONFIG", None)  # left by a seed in this process
    done = subprocess.run(
        [sys.executable, ROOT / "tests/first_uses.py"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    changed = json.loads(done.stdout.splitlines()[-1])
    rc_params = {key.partition(" ")[0] for key in changed.pop("d2l.plot.style")}
    assert rc_params == {"rcParams"}
    assert {name: keys for name, keys in changed.items() if keys} == {
        "d2l.loader": ["torch random"],  # every DataLoader draws a number as an epoch begins
        "d2l.seed": [
            "environ CUBLAS_WORKSPACE_CONFIG",
            "numpy random",
            "random",
            "torch cuda matmul",
            "torch cudnn conv, rnn",
            "torch deterministic",
            "torch fills",
            "torch mkldnn",
            "torch random",
            "torch warns only",
            "warnings.filters",  # PyTorch would warn of each algorithm that is not deterministic
        ],
    }


def test_missing_torch_is_one_line():
    code = "import d2lutils as d2l\ntry: d2l.seed(1)\nexcept d2l.BookError as error: print(error)"
    done = run(code, options=["-S"])  # without site-packages
    assert done.stdout.startswith("PyTorch is not installed here. Type: ")
    assert done.stdout.count("\n") == 1


def test_missing_package_is_one_line():
    code = (
        "import sys\nsys.modules['matplotlib'] = None\nimport d2lutils as d2l\n"
        "try: d2l.plot.style()\nexcept d2l.BookError as error: print(error)"
    )
    done = run(code)
    assert done.stdout.startswith("d2l.plot.style needs matplotlib, which is not installed here.")
    assert done.stdout.count("\n") == 1


def test_install_line_uses_pip_or_uv(monkeypatch):
    monkeypatch.setattr(PathFinder, "find_spec", lambda _: object())
    monkeypatch.setattr(sys, "executable", "/my books/python")
    assert install_line("torch>=2.11") == "'/my books/python' -m pip install 'torch>=2.11'"
    monkeypatch.setattr(PathFinder, "find_spec", lambda _: None)
    assert install_line("torch") == "uv pip install --python '/my books/python' torch"
    monkeypatch.setattr(sys, "platform", "win32")
    assert install_line("torch") == 'uv pip install --python "/my books/python" torch'


def test_compiler_line_knows_the_system(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    assert compiler_line() == "sudo apt install g++"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert compiler_line() == "xcode-select --install"
    monkeypatch.setattr(sys, "platform", "win32")
    assert "VCTools" in compiler_line()


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("2.15.0+cu132", (2, 15, 0)), ("2.9.0a0+git1", (2, 9, 0)), ("2.11rc1", (2, 11)), ("", ())],
)
def test_release(version, numbers):
    assert release(version) == numbers
