"""The bundled pictures, and the reader of image files."""

import io
import warnings
from pathlib import Path

import numpy as np
import torch

from d2lutils.data.files import chosen, contents, near, path, registry
from d2lutils.errors import BookError


def digits(split: str = "all") -> tuple[torch.Tensor, torch.Tensor]:
    """Return 1,797 handwritten digits and what each shows.

    X is uint8 N×1×8×8 from 0 (paper) to 16 (ink), y int64 N from 0 to 9. `split` is `"train"`
    (the first 1,347), `"test"` (the last 450) or `"all"`.
    Explained in 03/05. Raises BookError on another split or a damaged file.
    """
    return _labelled("pictures/digits.npz", split, 1347)


def mnist(split: str = "train", full: bool = False) -> tuple[torch.Tensor, torch.Tensor]:
    """Return 5,000 of MNIST's handwritten digits, or all 70,000, and what each shows.

    X is uint8 N×1×28×28 from 0 (paper) to 255 (ink), y int64 N from 0 to 9. `split` is `"train"`
    (4,000; 60,000 of the full set), `"test"` (1,000; 10,000) or `"all"`. `full` fetches the full
    set (12 MB) on its first use, through torchvision.
    Explained in 03/05. Raises BookError on another split, a damaged file or a missing network.
    """
    if full:
        from d2lutils.data.larger import load

        return load("mnist", split)
    return _labelled("pictures/mnist.npz", split, 4000)


def _labelled(name: str, split: str, test: int) -> tuple[torch.Tensor, torch.Tensor]:
    part = chosen(split, {"train": slice(test), "test": slice(test, None), "all": slice(None)})
    with np.load(path(name)) as arrays:
        images, labels = arrays["images"][part], arrays["labels"][part].astype(np.int64)
    return torch.from_numpy(images).unsqueeze(1), torch.from_numpy(labels)


def photo(name: str) -> torch.Tensor:
    """Return a bundled photograph, upright, as uint8 C×H×W from 0 to 255.

    `name` is `"cat"`, `"coffee"` (RGB), `"cup"` (RGBA) or `"camera"` (grey).
    Explained in 03/05. Raises BookError on another name or a damaged file.
    """
    files = {Path(file).stem: file for file in registry() if file.endswith((".jpg", ".png"))}
    if name not in files:
        told = f"{near(name, list(files))}; there are: {', '.join(files)}"
        raise BookError(f"There is no photograph {name!r}{told}.")
    return read_image(path(files[name]))


def read_image(file: str | Path) -> torch.Tensor:
    """Read an image file as uint8 C×H×W from 0 to 255, upright as its EXIF data say.

    C is 4 where there is transparency (RGBA), else 1 for grey, else 3: palettes and CMYK become
    RGB, 16-bit grey keeps its upper 8 bits, an animation its first picture.
    Explained in 03/05. Raises BookError where the file is missing, empty, no image, cut short, or
    has values that are neither 8 nor 16 bits.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    data = contents(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd EXIF data, and of large pictures
            image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    except UnidentifiedImageError:
        raise BookError(
            f"{file} is no image of a known format: it starts with {data[:8]!r}."
        ) from None
    except Exception as error:  # each format fails in its own way
        raise BookError(f"{file} is an image, but cut short or damaged ({error}).") from None
    if image.mode[0] in "IF":
        values = np.asarray(image)
        if image.mode == "F" or values.min() < 0 or values.max() > 65535:
            raise BookError(f"{file} has values of 32 bits, expected 8 or 16.")
        array = (values >> 8).astype(np.uint8)
    elif image.has_transparency_data:
        array = np.array(image.convert("RGBA"))
    else:
        array = np.array(image.convert("L" if image.mode in ("1", "L") else "RGB"))
    return torch.from_numpy(array.reshape(*array.shape[:2], -1)).permute(2, 0, 1).contiguous()
