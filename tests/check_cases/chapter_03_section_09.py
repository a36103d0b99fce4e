"""Answers to the exercises of 03/09, images."""

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


def in_one(pictures):
    return torch.cat([x.flatten(1) for x in pictures], dim=1)


def statistics(pictures):
    rows = in_one(pictures) / 255
    return rows.mean(dim=1), rows.std(dim=1, correction=0)


def by_sums(pictures):
    """One picture at a time: the sums of all pixels, of their squares, and their number."""
    count, total, squares = 0, 0.0, 0.0
    for x in pictures:
        x = x.double() / 255
        count += x[0].numel()
        total = total + x.sum(dim=(1, 2))
        squares = squares + (x**2).sum(dim=(1, 2))
    mean = total / count
    return mean, (squares / count - mean**2).clamp(min=0).sqrt()


def as_list(pictures):
    mean, std = statistics(pictures)
    return [mean, std]


def own_averaged(pictures):
    parts = [statistics([x]) for x in pictures]
    return tuple(torch.stack(part).mean(dim=0) for part in zip(*parts, strict=True))


def own_deviations(pictures):
    return statistics(pictures)[0], own_averaged(pictures)[1]


def own_variances(pictures):
    squares = torch.stack([statistics([x])[1] ** 2 for x in pictures])
    return statistics(pictures)[0], squares.mean(dim=0).sqrt()


def weighted_deviations(pictures):
    """Weighs each picture's own deviation by its share of the pixels."""
    counts = torch.tensor([x[0].numel() for x in pictures])
    own = torch.stack([statistics([x])[1] for x in pictures])
    return statistics(pictures)[0], counts / counts.sum() @ own


def weighted_variances(pictures):
    counts = torch.tensor([x[0].numel() for x in pictures])
    own = torch.stack([statistics([x])[1] ** 2 for x in pictures])
    return statistics(pictures)[0], (counts / counts.sum() @ own).sqrt()


def by_parts(pictures):
    """The variance inside the pictures, and the variance between them."""
    counts = torch.tensor([x[0].numel() for x in pictures])
    means, stds = (
        torch.stack(part) for part in zip(*(statistics([x]) for x in pictures), strict=True)
    )
    mean = counts / counts.sum() @ means
    return mean, (counts / counts.sum() @ (stds**2 + (means - mean) ** 2)).sqrt()


def with_bessel(pictures):
    rows = in_one(pictures) / 255
    return rows.mean(dim=1), rows.std(dim=1)


def wrapped_squares(pictures):
    rows, mean = in_one(pictures), statistics(pictures)[0]
    return mean, ((rows**2).float().mean(dim=1) / 255**2 - mean**2).clamp(min=0).sqrt()


def wrapped_to_nan(pictures):
    rows, mean = in_one(pictures), statistics(pictures)[0]
    return mean, ((rows**2).double().mean(dim=1) / 255**2 - mean.double() ** 2).sqrt()


def not_divided(pictures):
    rows = in_one(pictures).float()
    return rows.mean(dim=1), rows.std(dim=1, correction=0)


def deviation_of_bytes(pictures):
    return statistics(pictures)[0], not_divided(pictures)[1]


def over_all_channels(pictures):
    rows = in_one(pictures) / 255
    return rows.mean(), rows.std(correction=0)


def divided_if_large(pictures):
    mean, std = not_divided(pictures)
    return (mean / 255, std / 255) if mean.max() > 1 else (mean, std)


def only(place):
    return lambda pictures: statistics([pictures[place]])


def of_reshaped(pictures):
    """Takes a picture's bytes in memory for C×H×W."""
    rows = torch.cat([x.permute(1, 2, 0).reshape(len(x), -1) for x in pictures], dim=1) / 255
    return rows.mean(dim=1), rows.std(dim=1, correction=0)


INVERSE = [0, 1, 2, 3, 4, 5, 8, 7, 6]

CASES = {
    "03.9a": Cases(
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
    "03.9b": Cases(
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
    "03.9c": Cases(
        solution=statistics,
        also_right=[by_sums, by_parts, as_list, lambda p: tuple(x.double() for x in statistics(p))],
        wrong=[
            (own_averaged, "you averaged over pictures"),
            (own_deviations, "you averaged the pictures' own deviations"),
            (own_variances, "this misses how the pictures differ"),
            (weighted_deviations, "a weighted mean of deviations misses"),
            (weighted_variances, "this misses how the pictures differ"),
            (with_bessel, "divide by n, not by n - 1"),
            (wrapped_squares, "bytes wrap around when squared"),
            (wrapped_to_nan, "bytes wrap around when squared"),
            (not_divided, "the scale is from 0 to 1: divide by 255"),
            (deviation_of_bytes, "divide the deviations by 255, too"),
            (lambda p: tuple(x * 255 / 256 for x in statistics(p)), "you divided by 256"),
            (over_all_channels, "one number for each channel"),
            (divided_if_large, "the scale is from 0 to 1"),
            (only(0), "only the first picture counts"),
            (only(-1), "only the last picture counts"),
            (lambda p: statistics(p)[::-1], "the means come first"),
            (lambda p: (statistics(p)[0], statistics(p)[1] ** 2), "take its root"),
            (of_reshaped, "the sum over all its pixels"),
            (lambda p: statistics(p)[0], "return 2 values"),
            (lambda p: tuple(x.half() for x in statistics(p)), "too few digits"),
            (lambda p: tuple(x.tolist() for x in statistics(p)), "expected a tensor"),
            (lambda p: tuple(x.round().int() for x in statistics(p)), "return floats"),
            (lambda p: statistics([torch.stack(p)[0]]), "raised"),
            (lambda p: (statistics(p)[0], statistics(p)[1] + 1e-3), "mean squared distance"),
        ],
        equivalent={
            "return abs(torch.cat([x.flatten(1) for x in pictures], dim=1))": NOT_NEGATIVE,
            "return (abs(rows.mean(dim=1)), rows.std(dim=1, correction=0))": NOT_NEGATIVE,
            "return (rows.mean(dim=1), abs(rows.std(dim=1, correction=0)))": NOT_NEGATIVE,
        },
    ),
}
