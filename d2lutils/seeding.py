"""`d2l.seed`: random numbers and arithmetic that repeat from run to run."""

import os
import random
import warnings

import numpy as np
import torch

from d2lutils.errors import BookError


def seed(n: int) -> None:
    """Seed every random generator and choose deterministic arithmetic.

    Seeds Python, NumPy and PyTorch (all devices). Where PyTorch has a deterministic algorithm, it
    is used; where it has none (some on CUDA), the ordinary one. Products of float32 are computed
    in float32, not in the shorter TF32 of newer GPUs.

    Built by hand in 02/06.

    Args:
        n: the seed, a whole number from 0 to 2**32 - 1 (NumPy takes no larger one).

    Raises:
        BookError: `n` is no such number.
    """
    if not isinstance(n, int) or isinstance(n, bool) or not 0 <= n < 2**32:
        raise BookError(f"d2l.seed takes a whole number from 0 to 4294967295, not {n!r:.50}.")
    random.seed(n)
    np.random.seed(n)
    torch.manual_seed(n)
    _choose_deterministic_algorithms()
    _switch_tf32_off()


def _choose_deterministic_algorithms() -> None:
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS repeats only with it
    warnings.filterwarnings("ignore", message=".*does not have a deterministic implementation")
    torch.use_deterministic_algorithms(True, warn_only=True)
    # Else torch.empty would be filled with nan, and no longer show uninitialised memory.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.backends.cudnn.benchmark = False


def _switch_tf32_off() -> None:
    # The older switches first: where they disagree with the newer ones, PyTorch refuses to tell
    # their value, and some of its own functions ask. Some versions warn that they are old.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.fp32_precision = "ieee"
    torch.backends.cudnn.conv.fp32_precision = "ieee"  # type: ignore[attr-defined]
    torch.backends.cudnn.rnn.fp32_precision = "ieee"  # type: ignore[attr-defined]
