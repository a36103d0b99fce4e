"""Answers to the exercises of 03/10, images."""

import io

import numpy as np
import torch
from PIL import Image, ImageOps

from check_cases import COMMUTES, NOT_NEGATIVE, Cases


def picture(pixels):
    x = torch.from_numpy(pixels)
    if x.ndim == 2:
        x = x[:, :, None]
    return x.permute(2, 0, 1) / 255


def colour(pixels):
    return torch.from_numpy(np.atleast_3d(pixels))


def only_colour(pixels):
    x = torch.from_numpy(pixels) / 255
    return x.permute(2, 0, 1) if x.ndim == 3 else x


def stand_up(x, orientation):
    if orientation >= 5:
        x = x.transpose(1, 2)
    if orientation in (2, 3, 6, 7):
        x = x.flip(2)
    return x.flip(1) if orientation in (3, 4, 7, 8) else x


def by_pillow(x, orientation):
    """What Pillow makes of it: a picture of bytes that says where each number was."""
    exif = Image.Exif()
    exif[274] = orientation
    places = torch.arange(x[0].numel(), dtype=torch.uint8).view(x.shape[1:])
    file = io.BytesIO()
    Image.fromarray(places.numpy()).save(file, "png", exif=exif)
    turned = np.array(ImageOps.exif_transpose(Image.open(file)))
    return x.flatten(1)[:, torch.from_numpy(turned).long()]


def divided_where_large(pixels):
    x = colour(pixels).permute(2, 0, 1).float()
    return x / 255 if x.max() > 1 else x


def by_numpy(pixels):
    channels = [pixels] if pixels.ndim == 2 else np.moveaxis(pixels, -1, 0)
    return torch.from_numpy(np.stack(channels).astype(np.float32) / 255)


def mirrors_ignored(x, orientation):
    return stand_up(x, {2: 1, 4: 3, 5: 6, 7: 8}.get(orientation, orientation))


def by_turning(x, orientation):
    if orientation in (2, 4, 5, 7):
        x, orientation = x.flip(2), {2: 1, 4: 3, 5: 8, 7: 6}[orientation]
    return x.rot90({1: 0, 3: 2, 6: -1, 8: 1}[orientation], (1, 2))


def by_last_size(pixels):
    x = torch.from_numpy(pixels) / 255
    return x.permute(2, 0, 1) if x.shape[-1] in (1, 3) and x.ndim == 3 else x


INVERSE = [0, 1, 2, 3, 4, 5, 8, 7, 6]

CASES = {
    "03.10a": Cases(
        solution=picture,
        also_right=[lambda pixels: colour(pixels).permute(2, 0, 1).float().div(255), by_numpy],
        wrong=[
            (lambda p: colour(p) / 255, "still H×W×C"),
            (lambda p: colour(p).permute(2, 1, 0) / 255, "H and W are swapped"),
            (lambda p: colour(p).permute(2, 0, 1).float(), "the values run to 255"),
            (lambda p: colour(p).permute(2, 0, 1) / 256, "you divided by 256"),
            (lambda p: colour(p).permute(2, 0, 1), "still bytes"),
            (lambda p: (colour(p) / 255).reshape(-1, *p.shape[:2]), "mixes the colours"),
            (only_colour, "its one channel"),
            (lambda p: picture(p)[None], "this is a batch"),
            (lambda p: picture(p).double(), "got float64"),
            (lambda p: picture(p) * 2 - 1, "pixels[h, w, c] / 255"),
            (lambda p: picture(p).round(), "pixels[h, w, c] / 255"),
            (lambda p: picture(p) / picture(p).mean(), "pixels[h, w, c] / 255"),
            (lambda p: picture(p).flip(0), "pixels[h, w, c] / 255"),
            (lambda p: torch.from_numpy(p).permute(2, 0, 1) / 255, "fewer or more dimensions"),
            (by_last_size, "its one channel"),
            (divided_where_large, "divide by 255"),
            (lambda p: picture(p) / picture(p).max(), "divide by 255"),
            (lambda p: (picture(p) * 255).half().div(255).float(), "pixels[h, w, c] / 255"),
            (lambda p: picture(p).mean(0, keepdim=True), "expected shape"),
            (lambda p: picture(p).numpy(), "expected a tensor, got a NumPy array"),
        ],
        equivalent={
            "if x.ndim <= 2:": "an array of pixels has two dimensions or three",
            "return abs(x.permute(2, 0, 1) / 255)": NOT_NEGATIVE,
            "return abs(torch.from_numpy(np.atleast_3d(array)).permute(2, 0, 1) / 255)": (
                NOT_NEGATIVE
            ),
        },
    ),
    "03.10b": Cases(
        solution=stand_up,
        also_right=[by_pillow, by_turning],
        wrong=[
            (mirrors_ignored, "left and right are mirrored"),
            (lambda x, orientation: stand_up(x.float(), orientation), "expected dtype"),
            (lambda x, orientation: stand_up(x, orientation).mT, "H and W are swapped"),
            (lambda x, orientation: x, "H and W are swapped"),
            (lambda x, orientation: x.transpose(1, 2), "left and right are mirrored"),
            (lambda x, orientation: x.rot90(1, (1, 2)), "upside down"),
            (lambda x, orientation: x.transpose(1, 2).flip(1, 2), "top and bottom are mirrored"),
            (lambda x, orientation: stand_up(x, 6), "only from orientation 5 on"),
            (lambda x, orientation: stand_up(x, orientation).flip(0), "leave dimension 0 alone"),
            (lambda x, orientation: x.transpose(0, 2), "the channels have moved"),
            (lambda x, orientation: stand_up(x, min(orientation, 6)), "top and bottom"),
            (lambda x, orientation: stand_up(x, orientation).abs(), "what runs backwards"),
            (lambda x, orientation: stand_up(x, orientation).byte(), "expected dtype"),
            (lambda x, orientation: stand_up(x, INVERSE[orientation]), "upside down"),
            (lambda x, orientation: stand_up(x, 9 - orientation), "H and W are swapped"),
            (lambda x, orientation: x.rot90(orientation // 2, (1, 2)), "only from orientation 5"),
            (lambda x, orientation: stand_up(x[:, :2], orientation), "expected shape"),
            (lambda x, orientation: stand_up(x, orientation)[:1], "expected shape"),
        ],
        equivalent={"x = x.transpose(2, 1)": COMMUTES},
    ),
}
