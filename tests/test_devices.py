"""`d2l.device`: the accelerator that PyTorch finds, else the CPU, unless D2L_DEVICE decides."""

import pytest
import torch

import d2lutils as d2l
from d2lutils.devices import available_devices


@pytest.fixture
def machine(monkeypatch):
    """Return a function that sets what the machine has and what D2L_DEVICE says."""

    def pretend(kind=None, count=1, asked=None):
        found = torch.device(kind) if kind else None
        monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: found)
        monkeypatch.setattr(torch.accelerator, "is_available", lambda: count > 0)
        monkeypatch.setattr(torch.accelerator, "device_count", lambda: count)
        if asked is None:
            monkeypatch.delenv("D2L_DEVICE", raising=False)
        else:
            monkeypatch.setenv("D2L_DEVICE", asked)

    return pretend


@pytest.mark.parametrize(
    ("kind", "count", "asked", "chosen"),
    [
        (None, 0, None, "cpu"),
        (None, 0, "", "cpu"),
        (None, 0, "cpu:0", "cpu"),
        ("cuda", 2, None, "cuda:0"),
        ("mps", 1, None, "mps:0"),
        ("xpu", 2, None, "xpu:0"),
        ("cuda", 2, "cpu", "cpu"),
        ("cuda", 2, "cuda", "cuda:0"),
        ("cuda", 2, "cuda:1", "cuda:1"),
        ("mps", 1, "mps", "mps:0"),
        ("mps", 1, " CPU \n", "cpu"),
        ("xpu", 2, "xpu", "xpu:0"),
        ("xpu", 2, "xpu:1", "xpu:1"),
        ("mtia", 1, None, "mtia:0"),
        ("cuda", 0, None, "cpu"),
    ],
)
def test_device(machine, kind, count, asked, chosen):
    machine(kind, count, asked)
    assert d2l.device() == torch.device(chosen)


@pytest.mark.parametrize(
    ("count", "asked", "message"),
    [
        (0, "cuda", "cuda is not available here; set it to one of: cpu."),
        (2, "cuda:2", "cuda:2 is not available here; set it to one of: cuda:0, cuda:1, cpu."),
        # torch.device("cuda:256") is cuda:0
        (1, "cuda:256", "cuda:256 is not available here; set it to one of: cuda:0, cpu."),
        (2, "mps", "mps is not available here; set it to one of: cuda:0, cuda:1, cpu."),
        (1, "xpu:0", "xpu:0 is not available here; set it to one of: cuda:0, cpu."),
        (0, "meta", "meta is not available here; set it to one of: cpu."),
        (0, "cpu:1", "cpu:1 is not available here; set it to one of: cpu."),
        (0, "gpu", "gpu is no device; set it to one of: cpu."),
        (0, "cpu\ncuda", "cpu cuda is no device; set it to one of: cpu."),
        (1, "cuda:", "cuda: is no device; set it to one of: cuda:0, cpu."),
        (1, "cuda:-1", "cuda:-1 is no device; set it to one of: cuda:0, cpu."),
    ],
)
def test_unavailable_device_is_one_line(machine, count, asked, message):
    machine("cuda", count, asked)
    with pytest.raises(d2l.BookError) as caught:
        d2l.device()
    assert str(caught.value) == f"D2L_DEVICE={message}"


def test_tensors_report_the_device():
    for device in available_devices():
        assert torch.zeros(1, device=device).device == device


def test_device_returns_a_torch_device():
    assert isinstance(d2l.device(), torch.device)
