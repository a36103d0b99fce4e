"""torchvision's larger data sets, fetched once into a folder of the reader's. Loads torch late."""

import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from d2lutils.data.files import chosen, sums
from d2lutils.downloading.places import data_folder
from d2lutils.errors import BookError, one_line
from d2lutils.installing import load as load_module

if TYPE_CHECKING:
    import torch


class Larger(NamedTuple):
    """A larger set: torchvision's class, how its archives' paths start, megabytes to fetch."""

    title: str
    start: str
    megabytes: int


LARGER = {
    "mnist": Larger("MNIST", "MNIST/", 12),
    "fashion_mnist": Larger("FashionMNIST", "FashionMNIST/", 31),
    "cifar10": Larger("CIFAR10", "cifar-10", 171),
}


def fashion_mnist(split: str = "train") -> "tuple[torch.Tensor, torch.Tensor]":
    """Return pictures of clothes and which of ten kinds each shows, through torchvision.

    X is uint8 N×1×28×28 from 0 to 255, y int64 N from 0 to 9. `split` is `"train"` (60,000),
    `"test"` (10,000) or `"all"`. The first use fetches 31 MB.
    Explained in 03/18. Raises BookError on another split, a damaged file or a missing network.
    """
    return load("fashion_mnist", split)


def cifar10(split: str = "train") -> "tuple[torch.Tensor, torch.Tensor]":
    """Return colour pictures and which of ten kinds each shows, through torchvision.

    X is uint8 N×3×32×32 from 0 to 255, y int64 N from 0 to 9. `split` is `"train"` (50,000),
    `"test"` (10,000) or `"all"`. The first use fetches 171 MB.
    Explained in 03/18. Raises BookError on another split, a damaged file or a missing network.
    """
    return load("cifar10", split)


def here(name: str) -> bool:
    return all(os.path.isfile(data_folder() / file) for file in archives(name))


@cache
def archives(name: str) -> dict[str, str]:
    """Return the SHA-256 of each archive of a larger set by its path in `data_folder()`."""
    known = sums(Path(__file__).with_name("larger.sha256"))
    return {file: known[file] for file in known if file.startswith(LARGER[name].start)}


def load(name: str, split: str) -> "tuple[torch.Tensor, torch.Tensor]":
    """Return a larger set as uint8 N×C×H×W and int64 N, fetched if it is not here."""
    import torch

    parts = chosen(split, {"train": [True], "test": [False], "all": [True, False]})
    fetch(name)
    with _using(name):
        sets = [_class(name)(data_folder(), train=train) for train in parts]
        images = torch.cat([torch.as_tensor(found.data) for found in sets])
        labels = torch.cat([torch.as_tensor(found.targets) for found in sets])
    return images.permute(0, 3, 1, 2).contiguous() if images.ndim == 4 else images[:, None], labels


def fetch(name: str) -> None:
    """Put a larger set where torchvision finds it, unless it is there and sound."""
    with _using(name):
        if _sound(name):
            return
        from filelock import FileLock

        data_folder().mkdir(parents=True, exist_ok=True)
        with FileLock(data_folder() / f"{name}.lock"):
            if not _sound(name):  # else another notebook has fetched it meanwhile
                for file in archives(name):
                    _download(name, data_folder() / file, archives(name)[file])
                _class(name)(data_folder(), download=True)  # it finds the archives and unpacks them


def _download(name: str, file: Path, sha256: str) -> None:
    """Fetch an archive from the first address that has it, unless it is here."""
    from d2lutils.downloading.verified import download

    found = _class(name)
    causes = []
    for mirror in getattr(found, "mirrors", None) or [found.url.removesuffix(file.name)]:
        try:
            download(mirror + file.name, sha256=sha256, folder=file.parent, name=file.name)
            return file.with_suffix("").unlink(missing_ok=True)  # unpacked before, but not sound
        except BookError as error:
            causes.append(str(error))
    raise BookError(
        f"{LARGER[name].title} is not here, and {file.name} cannot be fetched: use the bundled "
        f"d2l.data.mnist(), or put the file into {file.parent} by hand. {causes[0]}"
    )


def _sound(name: str) -> bool:
    """Whether a set is unpacked, each file with the bytes that it should have."""
    if name != "cifar10":
        return all(_as_packed(data_folder() / file) for file in archives(name))
    from torchvision.datasets.utils import check_integrity  # type: ignore[import-untyped]

    found = _class(name)
    files = [*found.train_list, *found.test_list, (found.meta["filename"], found.meta["md5"])]
    return all(
        check_integrity(data_folder() / found.base_folder / file, md5) for file, md5 in files
    )


def _as_packed(archive: Path) -> bool:
    """Whether a .gz archive lies unpacked beside itself, and right, as its last 8 bytes tell."""
    unpacked = archive.with_suffix("")
    if not unpacked.is_file() or not archive.is_file():
        return unpacked.is_file()
    data = unpacked.read_bytes()
    return archive.read_bytes()[-8:] == struct.pack("<II", zlib.crc32(data), len(data))


def _class(name: str) -> Any:
    datasets = load_module("torchvision.datasets", f"d2l.data.{name}")
    return getattr(datasets, LARGER[name].title)


@contextmanager
def _using(name: str) -> Iterator[None]:
    """Turn what the folder, an unpacker or torchvision's readers refuse into one line."""
    try:
        yield
    except BookError:
        raise
    except Exception as error:  # torchvision's readers have no errors of their own
        cause = one_line(error, 200) or type(error).__name__
        delete = "" if isinstance(error, OSError) else "delete its files there, or "
        raise BookError(
            f"{LARGER[name].title} in {data_folder()} cannot be used ({cause}): {delete}set "
            "D2L_DATA to another folder. d2l.data.mnist() is bundled."
        ) from None
