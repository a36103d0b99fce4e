"""Checks of 03/12, planes of a volume."""

from typing import Any

import torch

from d2lutils.checks import Wrong, call, exercise, expect_equal, expect_parts, expect_tensor, given

# Rows, columns and the distance along D, H and W; directions have length 1.
_FLAT = ([1.0, 0, 0], [0.0, 1, 0], [5.0, 2.8, 2.8], [-177.8, -177.8, 0.0])
_TILTED = ([1.0, 0, 0], [0.0, 0.8, 0.6], [3.0, 0.7, 0.9], [-90.4, 12.3, -300.7])
_SAGITTAL = ([0.0, 1, 0], [0.0, 0, -1], [1.5, 0.5, 0.6], [71.2, -120.1, 88.8])
_OBLIQUE = ([0.8, -0.36, 0.48], [0.0, 0.8, 0.6], [2.0, 1.1, 1.3], [10.9, -20.2, 30.3])


def _affine(volume: tuple[list[float], ...]) -> torch.Tensor:
    row, column, spacing, origin = (torch.tensor(part).double() for part in volume)
    deep, high, wide = spacing
    steps = [deep * torch.linalg.cross(row, column), high * column, wide * row, origin]
    affine = torch.eye(4, dtype=torch.float64)
    affine[:3] = torch.stack(steps, dim=1)
    return affine


@exercise("03.12a")
def nearest(answer: Any) -> None:
    """The index of the voxel nearest to each point, and where its middle is."""
    tried = [
        ("of flat slices", _FLAT, [[-0.3, -1.6, 2.7], [33.3, 63.6, 93.4]]),
        ("of flat slices", _FLAT, [[0.7, 0.2, 120.8]]),
        ("of tilted slices", _TILTED, [[7.2, 30.9, 4.6], [2.8, -0.7, 11.1], [0.1, 5.4, 6.9]]),
        ("of sagittal slices", _SAGITTAL, [[4.9, 8.1, 2.4], [12.6, 0.3, 33.7]]),
        ("of oblique slices", _OBLIQUE, [[9.6, 21.3, 2.8]] * 2 + [[3.1, 4.4, 7.7]] * 2),
    ]
    for what, volume, exact in tried:
        affine, index = _affine(volume), torch.tensor(exact, dtype=torch.float64)
        points = index @ affine[:3, :3].T + affine[:3, 3]
        voxels = index.round().long()
        with given(f"`affine` {what}", points=points):
            names = ("the indices", "the places")
            got = expect_parts(call(answer, affine, points), *names)
            found, places = (expect_tensor(part) for part in got)
            _judge_voxels(found, voxels, index, affine, points)
            _judge_places(places, voxels, affine, points)


def _judge_voxels(
    got: torch.Tensor,
    voxels: torch.Tensor,
    index: torch.Tensor,
    affine: torch.Tensor,
    points: torch.Tensor,
) -> None:
    walks, origin = affine[:3, :3], affine[:3, 3]
    if got.shape == voxels.shape and got.dtype == torch.float64:
        if torch.allclose(got, index):
            raise Wrong("the index is not rounded yet: `.round().long()`")
        if torch.equal(got, voxels.double()):
            raise Wrong("an index is an integer: add `.long()`")
    no_origin = torch.linalg.solve(walks, points.T).T.round().long()
    by_lengths = ((points - origin).flip(1) / walks.norm(dim=0)).round().long()
    forward = (points @ walks.T + origin).round().long()
    across = ((points - origin) @ torch.linalg.inv(walks)).round().long()
    ones = torch.ones(len(voxels), 1, dtype=torch.int64)
    expect_equal(
        got,
        voxels,
        usual=[
            (index.long(), "`.long()` cuts the fraction off: round first"),
            (index.floor().long(), "this always rounds down: the nearest middle may be above"),
            (index.ceil().long(), "this always rounds up: the nearest middle may be below"),
            (voxels.flip(1), "the order is D, H, W"),
            (no_origin, "the origin is missing: subtract it first, or end each point with a 1"),
            (forward, "`affine` leads from an index to mm: here you go back, so solve"),
            (by_lengths, "dividing by the spacing is right for flat slices only: solve"),
            (
                (index + 0.5).long(),
                "`.long()` cuts towards 0, so below 0 this is wrong: `.round()`",
            ),
            (across, "this multiplies by the transposed matrix: the points are rows, not columns"),
            (torch.cat([voxels, ones], dim=1), "leave the 1 at the end out"),
            (voxels.double() @ walks.T + origin, "the indices come first, then the places"),
            (voxels.T, "return a row for each point"),
        ],
        why="solve affine @ (d, h, w, 1) = (x, y, z, 1), and round d, h and w",
    )


def _judge_places(
    got: torch.Tensor, voxels: torch.Tensor, affine: torch.Tensor, points: torch.Tensor
) -> None:
    walks, origin = affine[:3, :3], affine[:3, 3]
    want = voxels.double() @ walks.T + origin
    corner = (voxels.double() - 0.5) @ walks.T + origin
    expect_equal(
        got,
        want,
        usual=[
            (points, "these are the points again: go back from the rounded index"),
            (want - origin, "the origin is missing in the places"),
            (corner, "the origin is the middle of voxel 0, 0, 0, and no corner"),
            (want.flip(1), "the order of the places is x, y, z"),
            (want.float(), "float64 was asked for"),
            (voxels, "the second tensor holds places in mm, no indices"),
            (voxels.double() @ walks + origin, "this multiplies by the transposed matrix"),
            (torch.cat([want, torch.ones(len(want), 1)], dim=1), "leave the 1 at the end out"),
        ],
        why="the place is affine @ (d, h, w, 1) of the rounded index, without its last number",
    )


@exercise("03.12b")
def order_along(answer: Any) -> None:
    """The order of slices along their normal, turned to where its largest component grows."""
    tried = [
        ([1.0, 0, 0, 0, 1, 0], [10.0, 0, 5, 15, -5]),
        ([1.0, 0, 0, 0, -1, 0], [2.5, 7.5, 0, 5, 12.5]),
        ([1.0, 0, 0, 0, 0, -1], [-3.0, 6, 0, 3]),
        ([1.0, 0, 0, 0, 0, 1], [-3.0, 6, 0, 3, -6]),
        ([0.0, 1, 0, 0, 0, -1], [1.4, -0.7, 0.7, 0.0]),
        ([1.0, 0, 0, 0, 0.8, 0.6], [20.0, 5, 10, 0, 15]),
        ([1.0, 0, 0, 0, -0.8, -0.6], [20.0, 5, 10, 0, 15]),
        ([0.8, -0.36, 0.48, 0, 0.8, 0.6], [4.0, 2, 8, 0]),
        ([0.0, 0.8, 0.6, 0.8, -0.36, 0.48], [4.0, 2, 8, 0]),
        ([1.0, 0, 0, 0, 0.6, 0.8], [20.0, 5, 10, 0, 15]),
        ([1.0, 0, 0, 0, 1, 0], [7.0]),
    ]
    origin = torch.tensor([-90.5, 300.25, -41.0], dtype=torch.float64)
    # Tilted slices once more, each shifted along its plane: they lie not above each other.
    shifted = [(*case, [0.0, 30, -20, 45, 10]) for case in tried[5:10]]
    for directions, along, across in [(*case, [0.0] * 5) for case in tried] + shifted:
        orientation = torch.tensor(directions, dtype=torch.float64)
        normal = torch.linalg.cross(*orientation.view(2, 3))
        up = normal * normal[normal.abs().argmax()].sign()
        places = torch.tensor(along, dtype=torch.float64)
        sideways = torch.tensor(across[: len(along)], dtype=torch.float64)
        positions = origin + places[:, None] * up + sideways[:, None] * orientation[3:]
        want = places.argsort()
        with given(positions=positions, orientation=orientation):
            expect_equal(
                call(answer, positions, orientation),
                want,
                usual=[
                    ((positions @ normal).argsort(), "this normal points the other way: turn it"),
                    (want.flip(0), "the lowest slice comes first"),
                    (want.argsort(), "these are the ranks; `argsort` of the heights is the order"),
                    (
                        (positions @ up).sort().values,
                        "these are heights: return the indices, `argsort`",
                    ),
                    (positions[want], "these are positions: return the indices, `argsort`"),
                    (
                        positions[:, 2].argsort(),
                        "one number, such as z, is the height of flat slices only",
                    ),
                    (want.tolist(), "return a tensor"),
                    (want[:, None], "return a 1-D tensor"),
                ],
                why="the heights are positions @ normal, the normal times the sign of its largest "
                "component, and `argsort` gives the order",
            )
