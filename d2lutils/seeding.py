"""`d2l.seed`: random numbers and arithmetic that repeat from run to run."""

import os
import random
import warnings
from operator import index
from typing import Any

import numpy as np
import torch

from d2lutils.errors import BookError, one_line


def seed(n: int) -> None:
    """Seed the random generators that programs share, and choose deterministic arithmetic.

    Seeds Python, NumPy's older generator (`np.random.rand` and the like) and PyTorch, on every
    device that it finds: CPU, CUDA, MPS, XPU. It does not reach generators that a program makes
    for itself: give `np.random.default_rng(n)` and `torch.Generator().manual_seed(n)` a seed of
    their own.

    Where PyTorch has a deterministic algorithm, it is used; where it has none (some on CUDA), the
    ordinary one, without a warning. Products of float32 are computed in float32, not in the
    shorter TF32 of newer GPUs or the bfloat16 that `torch.set_float32_matmul_precision` allows on
    CPUs. Beyond these switches it sets one environment variable,
    `CUBLAS_WORKSPACE_CONFIG`, unless it is set already.

    Built by hand in 02/09. Raises BookError unless `n` is a whole number from 0 to 2**32 - 1
    (NumPy takes no larger one).
    """
    n = _checked(n)
    random.seed(n)
    np.random.seed(n)
    torch.manual_seed(n)
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS repeats only with it
    warnings.filterwarnings("ignore", message=".*does not have a deterministic implementation")
    torch.use_deterministic_algorithms(True, warn_only=True)
    # Else torch.empty would be filled with nan, and no longer show uninitialised memory.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.backends.cudnn.benchmark = False
    _compute_in_float32()


def _checked(n: Any) -> int:
    """Return the seed as Python's int, NumPy's and PyTorch's whole numbers too, no truth value."""
    truth = isinstance(n, bool) or getattr(n, "dtype", None) is torch.bool
    try:
        seed = -1 if truth else index(n)
    except (TypeError, RuntimeError):  # the latter: a tensor without values, as on meta
        seed = -1
    if not 0 <= seed < 2**32:
        told = one_line(repr(n), 50)
        raise BookError(f"d2l.seed takes a whole number from 0 to 4294967295, not {told}.")
    return seed


def _compute_in_float32() -> None:
    # The older switches first: where they disagree with the newer ones, PyTorch refuses to tell
    # their value, and some of its own functions ask. Some versions warn that they are old.
    backends: Any = torch.backends  # its types lack the newer ones
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        backends.cuda.matmul.allow_tf32 = False
        backends.cudnn.allow_tf32 = False
    nvidias = (backends.cuda.matmul, backends.cudnn.conv, backends.cudnn.rnn)
    intels = (backends.mkldnn.matmul, backends.mkldnn.conv, backends.mkldnn.rnn)
    for kind in (*nvidias, *intels):
        kind.fp32_precision = "ieee"
