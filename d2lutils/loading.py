"""`d2l.loader`: batches of tensors that are in memory already, each taken out in one step."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor
from torch.utils.data import DataLoader, Dataset, RandomSampler, TensorDataset

from d2lutils.devices import moving_to
from d2lutils.errors import BookError, check_count, one_line


def loader(
    data: Any,
    batch_size: int = 64,
    *,
    shuffle: bool = False,
    generator: Generator | None = None,
    drop_last: bool = False,
    device: torch.device | str | None = None,
) -> DataLoader[Any]:
    """Return a DataLoader of tensors in memory that takes out a batch at a time, not a sample.

    The batches are those of a plain DataLoader, in the same order for the same generator, and
    come several times as fast. They are copies: changing one does not change the data. They are
    built like the data, but plain tuples become lists, as with any DataLoader.

    Built by hand in 03/15.

    Args:
        data: a tensor; tuples, dicts, named tuples or lists of tensors, nested or not; or a
            TensorDataset. The first dimension of every tensor counts the samples. The tensors of
            a list differ in dtype or number of dimensions, as inputs and labels do: a list of
            tensors that are alike may be one of samples, and is refused.
        batch_size: samples in a batch, at least 1. The last batch holds what is left.
        shuffle: draw a new order for every epoch.
        generator: a generator on the CPU that draws the orders, PyTorch's own where None.
        drop_last: leave out a last batch that is not full.
        device: where to move the data, once and now; None leaves them where they are.

    Raises BookError where an argument is not as described, a tensor is sparse or nested, or the
    data hold no samples.
    """
    several = isinstance(batch_size, Tensor)
    check_count("batch_size", batch_size, " Give several tensors as one tuple." * several)
    for name, value in {"shuffle": shuffle, "drop_last": drop_last}.items():
        if not isinstance(value, bool | np.bool):
            raise BookError(f"{name} takes True or False, not {one_line(repr(value), 50)}.")
    on_cpu = isinstance(generator, Generator) and generator.device.type == "cpu"
    if generator is not None and not on_cpu:
        told = "pass one on the CPU, torch.Generator().manual_seed(1)"
        raise BookError(f"generator={one_line(repr(generator), 50)}: {told}.")
    _check_lengths(_tensors(data))
    if device is not None:
        with moving_to(device):
            data = _map(lambda tensor: tensor.to(device=device), data, tuple)
    rows = data if isinstance(data, TensorDataset) else _Samples(data)
    return _Batches(
        rows,
        int(batch_size),
        shuffle=bool(shuffle),
        drop_last=bool(drop_last),
        generator=generator,
    )


class _Samples(Dataset[Any]):
    """A Dataset whose sample `i` is built like the data, from row `i` of each tensor."""

    def __init__(self, tensors: Any) -> None:
        self.tensors = tensors

    def __len__(self) -> int:
        return len(next(_tensors(self.tensors))[1])

    def __getitem__(self, index: int) -> Any:
        return _map(lambda tensor: tensor[index], self.tensors, tuple)


class _Batches(DataLoader[Any]):
    """A DataLoader that indexes each tensor once a batch."""

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        # DataLoader draws a seed for workers here, even without any. Doing the same keeps the
        # orders, and all numbers that the reader draws later, those of a DataLoader.
        _draw_seed(self.generator)
        return self._epoch()

    def _epoch(self) -> Iterator[Any]:
        size, samples = self.batch_size or 1, len(self.dataset)  # type: ignore[arg-type]
        full = samples - samples % size
        orders, generator = {}, self.generator
        if isinstance(self.sampler, RandomSampler):
            generator = generator or Generator().manual_seed(_draw_seed(None))
            order = torch.randperm(samples, generator=generator, device="cpu")
            tensors = _tensors(self.dataset.tensors)  # type: ignore[attr-defined]
            orders = {device: order.to(device) for device in {t.device for _, t in tensors}}
        for start in range(0, full, size):
            yield self._batch(slice(start, start + size), orders)
        if orders:  # RandomSampler draws another at its end and does not use it
            torch.randperm(samples, generator=generator, device="cpu")
        if full < samples and not self.drop_last:
            yield self._batch(slice(full, samples), orders)

    def _batch(self, rows: slice, orders: dict[torch.device, Tensor]) -> Any:
        tensors = self.dataset.tensors  # type: ignore[attr-defined]
        if not orders:
            return _map(lambda tensor: tensor[rows].clone(), tensors)
        # It copies whole rows, and is faster than tensor[order].
        return _map(lambda tensor: tensor.index_select(0, orders[tensor.device][rows]), tensors)


def _draw_seed(generator: Generator | None) -> int:
    return int(torch.empty((), dtype=torch.int64, device="cpu").random_(generator=generator))


def _map(function: Callable[[Tensor], Tensor], data: Any, made: Callable[..., Any] = list) -> Any:
    """Return the function's results, built like the data; `made` makes what was a tuple."""
    if isinstance(data, Tensor):
        return function(data)
    if isinstance(data, TensorDataset):
        return TensorDataset(*map(function, data.tensors))
    if isinstance(data, dict):
        return data | {key: _map(function, value, made) for key, value in data.items()}
    make = getattr(data, "_make", made if isinstance(data, tuple) else list)  # named tuples' own
    return make(_map(function, value, made) for value in data)


def _tensors(data: Any, name: str = "data") -> Iterator[tuple[str, Tensor]]:
    """Yield the tensors with the way to each, `data[1]` or `data['image']`."""
    if isinstance(data, Tensor):
        yield name, data
    elif isinstance(data, dict | list | tuple):
        if isinstance(data, list):
            _check_list(data, name)
        for key, value in _parts(data):
            yield from _tensors(value, f"{name}[{key!r}]")
    elif type(data) is TensorDataset and name == "data":
        yield from _tensors(data.tensors, f"{name}.tensors")
    else:
        remedy = "make one of arrays and numbers by torch.as_tensor"
        if isinstance(data, Dataset):
            remedy = "pass it to torch.utils.data.DataLoader, which takes samples one by one"
        elif hasattr(data, "to_numpy"):  # a table or a column of pandas
            remedy = f"make one by torch.as_tensor({name:.100}.to_numpy())"
        raise BookError(f"{name:.100} is no tensor but of {type(data)}; {remedy}.")


def _check_list(values: list[Any], name: str) -> None:
    """Raise BookError where a list's tensors are alike, so that each may be one sample."""
    kinds = [_kind(value) for value in values]
    if kinds and kinds.count(kinds[0]) == len(kinds) and any(type(k) is tuple for k in kinds[0]):
        raise BookError(
            f"{name:.100} is a list of tensors that are alike ({len(values)}), samples or columns: "
            "give samples as torch.stack(samples), columns as a tuple."
        )


def _kind(data: Any) -> list[Any]:
    """Return the dtype and number of dimensions of each tensor in data, the type of all else."""
    if isinstance(data, Tensor):
        return [(data.dtype, data.dim())]
    if not isinstance(data, dict | list | tuple):
        return [type(data)]
    return [kind for _, value in _parts(data) for kind in _kind(value)]


def _parts(data: Any) -> Iterable[tuple[Any, Any]]:
    return data.items() if isinstance(data, dict) else enumerate(data)


def _check_lengths(tensors: Iterator[tuple[str, Tensor]]) -> None:
    """Raise BookError unless all tensors hold the same number of samples, and any at all."""
    lengths: dict[int, str] = {}
    for name, tensor in tensors:
        if tensor.is_nested:
            remedy = "give torch.nested.to_padded_tensor(…, 0), its samples filled up to one length"
            raise BookError(f"{name:.100} is a nested tensor; {remedy}.")
        if not tensor.dim() or tensor.layout != torch.strided:
            raise BookError(f"{name:.100} is a single number or sparse; give tensors of samples.")
        lengths.setdefault(len(tensor), name)
    if len(lengths) != 1 or 0 in lengths:
        found = " and ".join(f"{n} in {name:.100}" for n, name in lengths.items()) or "no tensor"
        raise BookError(f"Give tensors with the same number of samples, 1 or more, not {found}.")
