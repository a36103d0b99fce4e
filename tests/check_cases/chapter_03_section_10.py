"""Answers to the exercises of 03/10, transforms."""

import torch
from torch.nn import functional as F
from torchvision import tv_tensors
from torchvision.transforms import v2

from check_cases import COMMUTES, NOT_NEGATIVE, Cases


def shrink(x, k):
    c, h, w = x.shape
    return x.reshape(c, h // k, k, w // k, k).mean(dim=(2, 4))


def by_unflatten(x, k):
    x = x.unflatten(-1, (-1, k))
    return x.unflatten(-3, (-1, k)).mean(dim=(-3, -1))


def by_slices(x, k):
    """With a loop over the k × k places in a block."""
    total = 0
    for i in range(k):
        for j in range(k):
            total = total + x[:, i::k, j::k]
    return total / k**2


def by_while(x, k):
    total, place = 0, 0
    while place < k**2:
        total = total + x[:, place // k :: k, place % k :: k]
        place += 1
    return total / k**2


def by_matrices(x, k):
    """Averages rows and columns by a matrix for each."""
    rows = torch.eye(x.shape[1] // k, dtype=x.dtype).repeat_interleave(k, dim=1) / k
    columns = torch.eye(x.shape[2] // k, dtype=x.dtype).repeat_interleave(k, dim=1) / k
    return rows @ x @ columns.T


def by_view(x, k):
    c, h, w = x.shape
    return x.view(c, h // k, k, w // k, k).mean(dim=(2, 4))


def cut_the_other_way(x, k):
    c, h, w = x.shape
    return x.reshape(c, k, h // k, k, w // k).mean(dim=(1, 3))


def over_the_blocks(x, k):
    c, h, w = x.shape
    return x.reshape(c, h // k, k, w // k, k).mean(dim=(1, 3))


def in_memory(x, k):
    c, h, w = x.shape
    return x.reshape(c, h // k, w // k, k * k).mean(dim=3)


def mirror_both(x, box):
    width = x.shape[2]
    left, top, right, bottom = box.tolist()
    return x.flip(2), torch.tensor([width - right, top, width - left, bottom])


def by_columns(x, box):
    """Takes the columns backwards, and the two edges too."""
    moved = box.clone()
    moved[[0, 2]] = x.shape[-1] - box[[2, 0]]
    return x[..., torch.arange(x.shape[-1] - 1, -1, -1)], moved


def by_library(x, box):
    size = tuple(x.shape[1:])
    marked = tv_tensors.BoundingBoxes(box[None], format="XYXY", canvas_size=size)
    picture, moved = v2.RandomHorizontalFlip(p=1)(x, marked)
    return picture, moved[0].as_subclass(torch.Tensor)


def in_place(x, box):
    left, right = box[0].item(), box[2].item()
    box[0], box[2] = x.shape[2] - right, x.shape[2] - left
    return x.flip(2), box


def box_of(change):
    """The picture is right; the box is what `change` makes of W, H and the four edges."""

    def answer(x, box):
        moved = change(x.shape[2], x.shape[1], *box.tolist())
        return x.flip(2), torch.tensor(moved)

    return answer


def picture_of(change):
    return lambda x, box: (change(x), mirror_both(x, box)[1])


UNPACKS = "a tensor unpacks as well, into tensors of one number"

CASES = {
    "03.10a": Cases(
        solution=shrink,
        also_right=[
            by_unflatten,
            by_view,
            by_matrices,
            lambda x, k: F.avg_pool2d(x, k),
            lambda x, k: F.interpolate(x[None], scale_factor=1 / k, mode="area")[0],
        ],
        wrong=[
            (by_slices, "now without a loop"),
            (lambda x, k: x[:, ::k, ::k], "copies one pixel of each block"),
            (lambda x, k: shrink(x, k) * k * k, "this adds up"),
            (lambda x, k: shrink(x, k) * k, "not k"),
            (cut_the_other_way, "cut H into (H/k, k)"),
            (over_the_blocks, "you averaged over the blocks"),
            (in_memory, "follow one another in memory"),
            (lambda x, k: x[:, k // 2 :: k, k // 2 :: k], "copies one pixel of each block"),
            (lambda x, k: F.max_pool2d(x, k), "the greatest pixel"),
            (lambda x, k: -F.max_pool2d(-x, k), "the smallest pixel"),
            (by_while, "now without a loop"),
            (lambda x, k: F.avg_pool2d(x[None], k), "this is a batch of one"),
            (lambda x, k: shrink(x.float(), k), "expected dtype"),
            (lambda x, k: shrink(x, 2), "for x = a picture"),
            (lambda x, k: shrink(x[:1], k), "expected shape"),
            (lambda x, k: F.avg_pool2d(x, (k, 1)), "expected shape"),
            (lambda x, k: v2.Resize(x.shape[1] // k)(x), "x[c, k * i : k * i + k"),
        ],
        equivalent={
            "return x.reshape(c, h // k, k, w // k, k).mean(dim=(4, 2))": COMMUTES,
            "return cut.mean(dim=(4, 2))": COMMUTES,
        },
    ),
    "03.10b": Cases(
        solution=mirror_both,
        also_right=[by_columns, by_library],
        wrong=[
            (box_of(lambda W, H, x0, y0, x1, y1: (W - x0, y0, W - x1, y1)), "greater than right"),
            (
                box_of(lambda W, H, x0, y0, x1, y1: (W - 1 - x1, y0, W - 1 - x0, y1)),
                "one column too far left",
            ),
            (box_of(lambda W, H, x0, y0, x1, y1: (x0, H - y1, x1, H - y0)), "mirrored the rows"),
            (
                box_of(lambda W, H, x0, y0, x1, y1: (H - x1, y0, H - x0, y1)),
                "subtracted from the height",
            ),
            (
                box_of(lambda W, H, x0, y0, x1, y1: (W - x1, H - y1, W - x0, H - y0)),
                "top and bottom stay",
            ),
            (box_of(lambda W, H, x0, y0, x1, y1: (x0, y0, x1, y1)), "stayed behind"),
            (box_of(lambda W, H, x0, y0, x1, y1: (W - x1, y0, x1 - x0, y1 - y0)), "XYWH"),
            (box_of(lambda W, H, x0, y0, x1, y1: (W - x1, y0, W - x0)), "expected shape"),
            (
                box_of(lambda W, H, x0, y0, x1, y1: (W - x1 + 1, y0, W - x0 + 1, y1)),
                "the new left is W - right",
            ),
            (lambda x, box: (x.flip(2), mirror_both(x, box)[1].float()), "whole numbers"),
            (lambda x, box: (x.flip(2), mirror_both(x, box)[1].tolist()), "expected a tensor"),
            (picture_of(lambda x: x), "has not changed"),
            (picture_of(lambda x: x.flip(1)), "swaps top and bottom"),
            (picture_of(lambda x: x.flip(0, 1)), "W - 1 - j"),
            (picture_of(lambda x: x.flip(0)), "W is dimension 2"),
            (picture_of(lambda x: x.flip(1, 2)), "upside down"),
            (picture_of(lambda x: x.flip(2).float()), "expected dtype"),
            (in_place, "changed its input"),
            (lambda x, box: x.flip(2), "return 2 values"),
            (lambda x, box: v2.RandomHorizontalFlip(p=1)(x, box), "stayed behind"),
        ],
        equivalent={
            "left, top, right, bottom = box": UNPACKS,
            "left, top, right, bottom = frame": UNPACKS,
            "return (x.flip(2), abs(torch.tensor([width - right, top, width - left, bottom])))": (
                NOT_NEGATIVE
            ),
            "return (picture.flip(2), abs(turned))": NOT_NEGATIVE,
        },
    ),
}
