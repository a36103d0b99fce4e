"""Networks with numbers that a check's generator draws, alike on each run."""

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
