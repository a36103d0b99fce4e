"""What the picture of a tensor in memory shows: elements, positions, storages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import torch

from d2lutils.errors import BookError
from d2lutils.plot.inputs import refuse_unreadable

MAX_ELEMENTS = 40


@dataclass(frozen=True)
class Drawn:
    """One tensor with its label, and where each of its elements stands in the storage."""

    tensor: torch.Tensor
    label: str
    strides: bool = True

    def positions(self) -> Iterator[tuple[tuple[int, ...], int]]:
        of_storage = torch.arange(len(storage_values(self.tensor)))
        offset, shape = int(self.tensor.storage_offset()), self.tensor.shape
        positions = of_storage.as_strided(shape, self.tensor.stride(), offset)
        yield from zip(product(*map(range, shape)), positions.flatten().tolist(), strict=True)

    def cell(self, index: tuple[int, ...]) -> tuple[int, int]:
        """Column and row of an element's box in the grid; matrices of a batch stand in a line."""
        index = (0,) * (3 - len(index)) + index
        columns = self.tensor.shape[-1] if self.tensor.ndim else 1
        return index[0] * (columns + 1) + index[2], index[1]

    @property
    def columns(self) -> int:
        return 1 + max(self.cell(index)[0] for index, _ in self.positions())

    @property
    def rows(self) -> int:
        return self.tensor.shape[-2] if self.tensor.ndim > 1 else 1

    @property
    def caption(self) -> str:
        shape, strides = tuple(self.tensor.shape), tuple(self.tensor.stride())
        return f"{self.label}  shape {shape}" + (f"  stride {strides}" if self.strides else "")


def storage_values(tensor: torch.Tensor) -> list[str]:
    count = tensor.untyped_storage().nbytes() // tensor.element_size()
    flat = tensor.detach().as_strided((count,), (1,), 0)
    return [written(value) for value in flat.tolist()]


def written(value: complex | bool) -> str:
    """A number as the pictures write it: whole numbers in full, others with four digits."""
    return f"{value:.4g}" if isinstance(value, float | complex) else str(value)


def by_storage(drawn: Sequence[Drawn]) -> list[list[Drawn]]:
    groups: dict[int, list[Drawn]] = {}
    for one in drawn:
        groups.setdefault(one.tensor.untyped_storage().data_ptr(), []).append(one)
    return list(groups.values())


def refuse_what_cannot_be_drawn(tensors: Sequence[torch.Tensor], labels: Sequence[str]) -> None:
    if not 1 <= len(tensors) <= 4:
        raise BookError(f"memory draws 1 to 4 tensors, not {len(tensors)}")
    if len(labels) != len(tensors):
        raise BookError(f"memory needs one name a tensor: {len(tensors)}, not {len(labels)}")
    for tensor, label in zip(tensors, labels, strict=True):
        _refuse_one(tensor, label)
    for group in by_storage(list(map(Drawn, tensors, labels))):
        if len(group) > 2:
            raise BookError("memory draws at most two tensors of one storage: draw others apart")
        if len({drawn.tensor.dtype for drawn in group}) > 1:
            dtypes = " and ".join(str(drawn.tensor.dtype) for drawn in group)
            raise BookError(
                f"these tensors read the same bytes as {dtypes}: draw each in a figure of its own"
            )


def _refuse_one(tensor: object, label: str) -> None:
    if not isinstance(tensor, torch.Tensor):
        kind = type(tensor).__name__
        raise BookError(f"memory draws tensors, not {kind}: torch.as_tensor makes one")
    refuse_unreadable(tensor, f"{label!r}")
    for lazy, resolve in ((tensor.is_conj(), "resolve_conj"), (tensor.is_neg(), "resolve_neg")):
        if lazy:
            raise BookError(
                f"{label!r} is not what its memory holds: PyTorch flips signs as it reads it. "
                f"{resolve}() makes a tensor that can be drawn"
            )
    count = tensor.untyped_storage().nbytes() // tensor.element_size()
    if not 1 <= count <= MAX_ELEMENTS or tensor.ndim > 3 or tensor.numel() == 0:
        raise BookError(
            f"memory draws up to 3 dimensions and 1 to {MAX_ELEMENTS} elements; this tensor "
            f"has {tensor.ndim} dimensions and {tensor.numel()} elements, its storage {count}"
        )
