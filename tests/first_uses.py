"""Uses each public name for the first time; prints, as JSON, what that changed outside the package.

The other packages are imported beforehand: what they change when they are imported is theirs.
"""

import importlib
import json
import locale
import logging
import os
import random
import signal
import sys
import tempfile
import warnings
from importlib.machinery import PathFinder
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import torch
import torchvision

OTHERS = [
    "filelock", "h5py", "IPython.display", "matplotlib.pyplot", "matplotlib_inline.config",
    "networkx", "PIL.Image", "platformdirs", "pydicom", "requests", "safetensors.torch",
    "scipy.io.wavfile", "soundfile", "torch._dynamo", "torch.utils.data", "torchvision.datasets",
    "torchvision.io", "tqdm",
]  # fmt: skip
CLOSED = "http://127.0.0.1:9/"  # where nothing listens
X = torch.arange(6.0).reshape(2, 3)
NET = torch.nn.Linear(3, 3)
TEMPORARY = tempfile.TemporaryDirectory()
FOLDER = Path(TEMPORARY.name)
TRAINING = {"loss": torch.nn.MSELoss(), "optimizer": torch.optim.SGD(NET.parameters(), lr=0.1)}


def saved():
    """A checkpoint of this moment."""
    return importlib.import_module("d2lutils").save_checkpoint(FOLDER / "loaded.pt", net=NET)


USES = {
    "d2l.BookError": lambda use: use("what to do"),
    "d2l.check": lambda use: use("02.4a", ...),
    "d2l.compiler_line": lambda use: use(),
    "d2l.data": dir,
    "d2l.download": lambda use: use(f"{CLOSED}x", sha256="0" * 64),
    "d2l.explain": lambda use: use("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"),
    "d2l.find": lambda use: use("broadcasting"),
    "d2l.fit": lambda use: use(NET, [(X, X)], num_epochs=1, **TRAINING),
    "d2l.install_line": lambda use: use("torch"),
    "d2l.load_checkpoint": lambda use: use(saved(), net=NET),
    "d2l.loader": lambda use: list(use(X)),
    "d2l.plot": dir,
    "d2l.save_checkpoint": lambda use: use(FOLDER / "saved.pt", net=NET),
    "d2l.seed": lambda use: use(1),
    "d2l.data.Sound": str,
    "d2l.data.Volume": str,
    "d2l.data.path": lambda use: use("tables"),
    "d2l.data.photo": lambda use: use("cat"),
    "d2l.data.read_dicom": lambda use: use("data/volumes/ct"),
    "d2l.data.read_image": lambda use: use("data/pictures/cat.jpg"),
    "d2l.data.read_table": lambda use: use("data/tables/wine.csv", {"alcohol": "number"}),
    "d2l.data.read_text": lambda use: use("data/words/story.txt"),
    "d2l.data.read_wav": lambda use: use("data/sounds/chord.wav"),
    "d2l.plot.activations": lambda use: use(NET, X),
    "d2l.plot.broadcasting": lambda use: use(X, X[0]),
    "d2l.plot.computation_graph": lambda use: use(X.clone().requires_grad_().sum()),
    "d2l.plot.confusion_matrix": lambda use: use([[2, 1], [0, 3]]),
    "d2l.plot.decision_regions": lambda use: use(lambda points: points, X.mT[:, :2], [0, 1, 0]),
    "d2l.plot.graph": lambda use: use([("a", "b"), ("b", "c")]),
    "d2l.plot.history": lambda use: use({"train_loss": [2, 1]}),
    "d2l.plot.images": lambda use: use(torch.ones(2, 1, 4, 4)),
    "d2l.plot.lines": lambda use: use(X[0], {"y": X[0]}, xlabel="x", ylabel="y"),
    "d2l.plot.memory": lambda use: use(X),
    "d2l.plot.surface": lambda use: use(lambda x, y: x + y, (0, 1), (0, 1)),
}


def state():
    """Return what a program's packages share: a value for each thing."""
    found = {f"environ {name}": value for name, value in os.environ.items()}
    found |= {f"rcParams {name}": repr(value) for name, value in matplotlib.rcParams.items()}
    # setuptools' finder can be switched off by an attribute of its own.
    found["sys.meta_path"] = [(finder, repr(vars(finder))) for finder in sys.meta_path]
    for name in ("path", "path_hooks", "excepthook", "displayhook", "stdout", "stderr"):
        found[f"sys.{name}"] = repr(getattr(sys, name))
    found["recursion"] = sys.getrecursionlimit()
    found["warnings.filters"] = list(warnings.filters)
    found["signals"] = [signal.getsignal(number) for number in signal.valid_signals()]
    found["locale"] = locale.setlocale(locale.LC_ALL)
    found["logging"] = (logging.root.level, list(logging.root.handlers), logging.root.disabled)
    found["random"] = random.getstate()
    found["numpy random"] = repr(np.random.get_state())
    found["numpy"] = (np.geterr(), repr(np.get_printoptions()))
    found["pandas"] = pd.get_option("display.max_rows"), pd.get_option("display.precision")
    backends = torch.backends
    switches = {
        "random": torch.get_rng_state().tolist(),
        "dtype": torch.get_default_dtype(),
        "device": torch.get_default_device(),
        "gradients": torch.is_grad_enabled(),
        "threads": torch.get_num_threads(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "warns only": torch.is_deterministic_algorithms_warn_only_enabled(),
        "fills": torch.utils.deterministic.fill_uninitialized_memory,
        "cudnn": (backends.cudnn.enabled, backends.cudnn.benchmark, backends.cudnn.deterministic),
        "cuda matmul": backends.cuda.matmul.fp32_precision,
        "cudnn conv, rnn": (backends.cudnn.conv.fp32_precision, backends.cudnn.rnn.fp32_precision),
        "mkldnn": [getattr(backends.mkldnn, kind).fp32_precision for kind in ("matmul", "conv")],
        "sharing": torch.multiprocessing.get_sharing_strategy(),
        "printing": repr(vars(torch._tensor_str.PRINT_OPTS)),
    }
    return found | {f"torch {name}": value for name, value in switches.items()}


def use_anew(name):
    """Use a public name as in a process that has not imported the package."""
    for module in [module for module in sys.modules if module.partition(".")[0] == "d2lutils"]:
        del sys.modules[module]
    found = importlib.import_module("d2lutils")
    for word in name.split(".")[1:]:
        found = getattr(found, word)
    use = USES.get(name, lambda found: found())
    try:
        use(found)
    except RuntimeError as error:  # BookError, where there is no network
        if CLOSED not in str(error):
            raise


def main():
    """Use every name, those that are there to change something last."""
    for other in OTHERS:
        importlib.import_module(other)
    for name in ("MNIST", "FashionMNIST", "CIFAR10"):
        found = getattr(torchvision.datasets, name)
        found.mirrors, found.url = [CLOSED], f"{CLOSED}cifar-10-python.tar.gz"
    d2l = importlib.import_module("d2lutils")
    names = [f"d2l.{name}" for name in d2l.__all__]
    names += [f"d2l.data.{name}" for name in d2l.data.__all__]
    names += [f"d2l.plot.{name}" for name in d2l.plot.__all__]
    changed = {}
    for name in sorted(names, key=lambda name: name in ("d2l.seed", "d2l.plot.style")):
        before = state()
        use_anew(name)
        after = state()
        keys = (key for key in before | after if before.get(key) != after.get(key))
        changed[name] = sorted(keys)
    if PathFinder.find_spec("setuptools"):  # once no longer to be imported, in Python 3.11
        importlib.import_module("setuptools")
        importlib.import_module("torch.utils.benchmark")
    print(json.dumps(changed))


if __name__ == "__main__":
    main()
