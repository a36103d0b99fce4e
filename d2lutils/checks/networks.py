"""Networks with numbers that a check's generator draws, alike on each run."""

from itertools import pairwise
from typing import TypeVar

import torch
from torch import nn

Net = TypeVar("Net", bound=nn.Module)


def drawn(net: Net, generator: torch.Generator) -> Net:
    """Return the network itself, its parameters drawn anew from the standard normal."""
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return net


def linear_layers(*sizes: int, seed: int) -> nn.Sequential:
    """Return Linear layers from size to size, one after another, their parameters drawn."""
    generator = torch.Generator().manual_seed(seed)
    return drawn(nn.Sequential(*[nn.Linear(a, b) for a, b in pairwise(sizes)]), generator)
