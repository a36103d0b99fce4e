"""`d2l.seed`: every generator repeats, arithmetic is deterministic, and nothing warns."""

import os
import random
import warnings

import numpy as np
import pytest
import torch

import d2lutils as d2l


@pytest.fixture(autouse=True)
def settings_kept():
    """Put PyTorch's and Python's settings back after each test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    torch.use_deterministic_algorithms(False)
    torch.utils.deterministic.fill_uninitialized_memory = True


def draw():
    return random.random(), np.random.rand(), torch.rand(2).tolist()


def test_numbers_repeat():
    d2l.seed(7)
    first = draw()
    assert draw() != first
    d2l.seed(7)
    assert draw() == first
    d2l.seed(8)
    assert draw() != first


def test_equals_the_seeds_by_hand():
    d2l.seed(7)
    drawn = torch.rand(3)
    torch.manual_seed(7)
    assert torch.equal(drawn, torch.rand(3))


@pytest.mark.parametrize("n", [0, 2**32 - 1])
def test_bounds_are_seeds(n):
    d2l.seed(n)


@pytest.mark.parametrize("n", [np.int64(7), np.uint8(7), np.array(7), torch.tensor(7)], ids=repr)
def test_whole_numbers_of_other_kinds_are_seeds(n):
    d2l.seed(7)
    first = draw()
    d2l.seed(n)
    assert draw() == first


def test_the_default_generators_of_numpy_keep_their_own_seeds():
    """As the docstring says: `d2l.seed` does not reach them."""
    drawn = []
    for _ in range(2):
        d2l.seed(7)
        drawn.append(np.random.default_rng().random())
    assert drawn[0] != drawn[1]
    assert "np.random.default_rng(n)" in d2l.seed.__doc__


OTHERS = [
    -1, 2**32, 2**100, 1.0, "1", None, True, [1], np.True_, np.float32(1), np.int64(-1),
    torch.tensor(True), torch.tensor(1.0), torch.tensor(1, device="meta"), torch.ones(2).long(),
]  # fmt: skip


@pytest.mark.parametrize("n", OTHERS, ids=lambda n: f"{n!r:.20}")
def test_other_values_are_one_line(n):
    told = r"^d2l.seed takes a whole number from 0 to 4294967295, not .+\.$"  # of one line
    with pytest.raises(d2l.BookError, match=told):
        d2l.seed(n)


def test_every_device_that_pytorch_knows_is_seeded(monkeypatch):
    """Intel's too, which few machines have: `torch.manual_seed` tells each kind."""
    told = []
    for kind in (torch.cuda, torch.mps, torch.xpu):
        name = "manual_seed" if kind is torch.mps else "manual_seed_all"
        monkeypatch.setattr(kind, name, told.append)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.mps, "_is_in_bad_fork", lambda: False)
    d2l.seed(7)
    assert told == [7, 7, 7]


def test_choices_are_deterministic_and_old_and_new_switches_agree():
    d2l.seed(1)
    assert torch.are_deterministic_algorithms_enabled()
    assert torch.is_deterministic_algorithms_warn_only_enabled()
    assert not torch.backends.cudnn.benchmark
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"]
    assert not torch.backends.cuda.matmul.allow_tf32
    assert not torch.backends.cudnn.allow_tf32
    assert torch.backends.cuda.matmul.fp32_precision == "ieee"
    assert torch.backends.cudnn.conv.fp32_precision == "ieee"
    assert torch.backends.cudnn.rnn.fp32_precision == "ieee"
    assert torch.get_float32_matmul_precision() == "highest"
    with torch.backends.cudnn.flags(enabled=False):
        pass


@pytest.mark.parametrize("precision", ["medium", "high"])
def test_shorter_numbers_that_were_allowed_before_are_switched_off(precision):
    torch.set_float32_matmul_precision(precision)
    d2l.seed(1)
    assert torch.get_float32_matmul_precision() == "highest"
    for kind in ("matmul", "conv", "rnn"):
        assert getattr(torch.backends.mkldnn, kind).fp32_precision == "ieee"  # CPUs and XPUs
    x = torch.rand(256, 256)
    exact = x.double() @ x.double()
    assert (x @ x - exact).abs().max() < 1e-3 * torch.finfo(torch.bfloat16).eps * exact.max()


def test_empty_stays_uninitialised():
    d2l.seed(1)
    assert not torch.utils.deterministic.fill_uninitialized_memory


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_cuda_repeats_without_warnings():
    def run():
        d2l.seed(3)
        x = torch.rand(200, 200, device="cuda")
        total = torch.zeros(10, device="cuda").index_add(
            0, torch.arange(200, device="cuda") % 10, x[0]
        )
        return (x @ x), total, x[0].cumsum(0), torch.bincount(torch.arange(9, device="cuda"))

    for a, b in zip(run(), run(), strict=True):
        assert torch.equal(a, b)
