"""`d2l.device`: CUDA, MPS, else CPU; D2L_DEVICE decides otherwise; one line where it cannot."""

import pytest
import torch

import d2lutils as d2l
from d2lutils.devices import available_devices


@pytest.fixture
def machine(monkeypatch):
    """Return a function that sets what the machine has and what D2L_DEVICE says."""

    def pretend(*, cuda=0, mps=False, asked=None):
        monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
        if asked is None:
            monkeypatch.delenv("D2L_DEVICE", raising=False)
        else:
            monkeypatch.setenv("D2L_DEVICE", asked)

    return pretend


@pytest.mark.parametrize(
    ("cuda", "mps", "asked", "chosen"),
    [
        (0, False, None, "cpu"),
        (0, False, "", "cpu"),
        (2, False, None, "cuda:0"),
        (0, True, None, "mps:0"),
        (2, False, "cpu", "cpu"),
        (2, False, "cuda", "cuda:0"),
        (2, False, "cuda:1", "cuda:1"),
        (0, True, "mps", "mps:0"),
        (0, True, " CPU ", "cpu"),
    ],
)
def test_device(machine, cuda, mps, asked, chosen):
    machine(cuda=cuda, mps=mps, asked=asked)
    assert d2l.device() == torch.device(chosen)


@pytest.mark.parametrize(
    ("cuda", "asked", "message"),
    [
        (0, "cuda", "cuda is not available here; set it to one of: cpu."),
        (2, "cuda:2", "cuda:2 is not available here; set it to one of: cuda:0, cuda:1, cpu."),
        (2, "mps", "mps is not available here; set it to one of: cuda:0, cuda:1, cpu."),
        (0, "gpu", "gpu is no device; set it to one of: cpu."),
        (1, "cuda:", "cuda: is no device; set it to one of: cuda:0, cpu."),
        (1, "cuda:-1", "cuda:-1 is no device; set it to one of: cuda:0, cpu."),
    ],
)
def test_unavailable_device_is_one_line(machine, cuda, asked, message):
    machine(cuda=cuda, asked=asked)
    with pytest.raises(d2l.BookError) as caught:
        d2l.device()
    assert str(caught.value) == f"D2L_DEVICE={message}"


def test_tensors_report_the_device():
    for device in available_devices():
        assert torch.zeros(1, device=device).device == device


def test_device_returns_a_torch_device():
    assert isinstance(d2l.device(), torch.device)
