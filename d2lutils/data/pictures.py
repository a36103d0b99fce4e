"""The bundled pictures, and the reader of image files."""

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from d2lutils.data.files import chosen, contents, near, path, registry
from d2lutils.errors import BookError

if TYPE_CHECKING:
    from PIL import Image


def digits(split: str = "all") -> tuple[torch.Tensor, torch.Tensor]:
    """Return 1,797 handwritten digits and what each shows.

    X is uint8 N×1×8×8 from 0 (paper) to 16 (ink), y int64 N from 0 to 9. `split` is `"train"`
    (the first 1,347), `"test"` (the last 450) or `"all"`.
    Explained in 03/09. Raises BookError on another split or a damaged file.
    """
    return _labelled("pictures/digits.npz", split, 1347)


def mnist(split: str = "train", full: bool = False) -> tuple[torch.Tensor, torch.Tensor]:
    """Return handwritten digits of MNIST, of 5,000 or of all 70,000, and what each shows.

    X is uint8 N×1×28×28 from 0 (paper) to 255 (ink), y int64 N from 0 to 9. `split` is `"train"`
    (4,000; 60,000 of the full set), `"test"` (1,000; 10,000) or `"all"`. `full` fetches the full
    set (12 MB) on its first use, through torchvision.
    Explained in 03/09. Raises BookError on another split, a damaged file or a missing network.
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
    Explained in 03/09. Raises BookError on another name or a damaged file.
    """
    files = {Path(file).stem: file for file in registry() if file.endswith((".jpg", ".png"))}
    if name not in files:
        told = f"{near(name, list(files))}; there are: {', '.join(files)}"
        raise BookError(f"There is no photograph {name!r}{told}.")
    return read_image(path(files[name]))


def read_image(file: str | Path) -> torch.Tensor:
    """Read an image file as uint8 C×H×W from 0 to 255, upright as its EXIF data say.

    C is 4 where there is transparency (RGBA), else 1 for grey, else 3 (RGB): palettes, CMYK and
    CIELAB become RGB. 16 bits keep their upper 8. Of an animation, or of a file of several pages,
    the first is read. Colour profiles are not applied.
    Explained in 03/09. Raises BookError where the file is missing, empty, no image that Pillow
    knows, cut short or damaged, has more pixels than Pillow trusts, or has values that are
    signed, floats or longer than 16 bits.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    data = contents(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd EXIF data, and of large pictures
            opened = Image.open(io.BytesIO(data))
            image = ImageOps.exif_transpose(opened)
    except UnidentifiedImageError:
        told = "is no image of a known format (of HEIC, SVG, raw files, some TIFFs, export a PNG)"
        raise BookError(f"{file} {told}: it starts with {data[:8]!r}.") from None
    except Image.DecompressionBombError as error:
        remedy = "If you trust it, set PIL.Image.MAX_IMAGE_PIXELS = None first"
        raise BookError(f"{file} is very large. {remedy}. ({error})") from None
    except Exception as error:  # each format fails in its own way
        told = "is an image, but cut short or damaged, or Pillow cannot read it alone"
        raise BookError(f"{file} {told} ({error}). Fetch it again, or export it as PNG.") from None
    array = _upper_bits(file, opened, image)
    if array is None and image.has_transparency_data:
        array = np.array(image.convert("RGBA"))
    elif array is None:
        array = np.array(image.convert("L" if image.mode in ("1", "L") else "RGB"))
    return torch.from_numpy(array.reshape(*array.shape[:2], -1)).permute(2, 0, 1).contiguous()


def _upper_bits(
    file: str | Path, opened: "Image.Image", image: "Image.Image"
) -> "np.ndarray[Any, np.dtype[np.uint8]] | None":
    """Return the upper 8 bits of an image of 16, uint8 H×W or H×W×4, or None where it has 8."""
    tags: dict[int, Any] = getattr(opened, "tag_v2", {})  # of a TIFF; the turned image has none
    signed = 2 in tags.get(339, ())
    if image.mode[0] not in "IF" and not signed:
        return None
    # The first three hold 16 bits at most, which Pillow opens as "I;16" or as "I"; a TIFF more.
    known = {"JPEG2000": "I", "PNG": "I", "PPM": "I", "TIFF": "I;16"}
    if signed or not image.mode.startswith(known.get(str(opened.format), "none")):
        told = "holds values that are signed, floats or longer than 16 bits, expected 8 or 16"
        remedy = "np.array(PIL.Image.open(…)), or tifffile.imread(…), returns them as they are"
        raise BookError(f"{file} {told}. {remedy}.")
    values = np.asarray(image).astype(np.uint16)
    if tags.get(262) == 0:  # white is zero, which Pillow heeds for 8 bits only
        values = 65535 - values
    bits: int = tags.get(258, (16,))[0]
    grey = (values >> (bits - 8)).astype(np.uint8)
    clear = image.info.get("transparency")  # a PNG's value that stands for nothing
    if clear is None:
        return grey
    alpha = np.where(values == clear, 0, 255)
    return np.stack([grey, grey, grey, alpha], axis=2).astype(np.uint8)
