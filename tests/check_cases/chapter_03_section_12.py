"""Answers to the exercises of 03/12, planes of a volume."""

import torch

from check_cases import NOT_NEGATIVE, Cases


def indices(affine, points):
    return torch.linalg.solve(affine[:3, :3], (points - affine[:3, 3]).T).T


def middles(affine, voxels):
    return voxels.double() @ affine[:3, :3].T + affine[:3, 3]


def nearest(affine, points):
    ones = torch.ones(len(points), 1, dtype=points.dtype)
    index = torch.linalg.solve(affine, torch.cat([points, ones], dim=1).T).T
    voxels = index.round().long()
    return voxels[:, :3], (voxels.double() @ affine.T)[:, :3]


def by_inverse(affine, points):
    index = (points - affine[:3, 3]) @ torch.linalg.inv(affine[:3, :3]).T
    voxels = index.round().long()
    return [voxels, middles(affine, voxels)]


def by_dot_products(affine, points):
    walks = affine[:3, :3]
    index = (points - affine[:3, 3]) @ (walks / walks.norm(dim=0) ** 2)
    voxels = index.round().long()
    return voxels, middles(affine, voxels)


def rounded_by(rounding):
    def answer(affine, points):
        voxels = rounding(indices(affine, points))
        return voxels, middles(affine, voxels)

    return answer


def without_origin(affine, points):
    voxels = torch.linalg.solve(affine[:3, :3], points.T).T.round().long()
    return voxels, middles(affine, voxels)


def forward(affine, points):
    voxels = middles(affine, points).round().long()
    return voxels, middles(affine, voxels)


def by_spacing(affine, points):
    lengths = affine[:3, :3].norm(dim=0)
    voxels = ((points - affine[:3, 3]).flip(1) / lengths).round().long()
    return voxels, middles(affine, voxels)


def by_the_transposed(affine, points):
    voxels = ((points - affine[:3, 3]) @ torch.linalg.inv(affine[:3, :3])).round().long()
    return voxels, middles(affine, voxels)


def with_the_one(affine, points):
    ones = torch.ones(len(points), 1, dtype=points.dtype)
    index = torch.linalg.solve(affine, torch.cat([points, ones], dim=1).T).T.round()
    return index.long(), (index @ affine.T)[:, :3]


def places_changed_by(change):
    def answer(affine, points):
        voxels, places = nearest(affine, points)
        return voxels, change(affine, voxels, places)

    return answer


def order_along(positions, orientation):
    row, column = orientation.view(2, 3)
    normal = torch.linalg.cross(row, column)
    if normal[normal.abs().argmax()] < 0:
        normal = -normal
    return (positions @ normal).argsort()


def by_sorted(positions, orientation):
    order = order_along(positions, orientation).tolist()
    return torch.tensor(sorted(range(len(positions)), key=order.index))


def along_the_normal(positions, orientation):
    return (positions @ torch.linalg.cross(*orientation.view(2, 3))).argsort()


def turned_by_the_sum(positions, orientation):
    normal = torch.linalg.cross(*orientation.view(2, 3))
    return (positions @ (normal * normal.sum().sign())).argsort()


def turned_by_the_last(positions, orientation):
    normal = torch.linalg.cross(*orientation.view(2, 3))
    return (positions @ (normal if normal[2] > 0 else -normal)).argsort()


def turned_by_the_last_not_0(positions, orientation):
    normal = torch.linalg.cross(*orientation.view(2, 3))
    return (positions @ (normal * normal[normal != 0][-1].sign())).argsort()


def by_one_number(positions, orientation):
    normal = torch.linalg.cross(*orientation.view(2, 3))
    return positions[:, normal.abs().argmax()].argsort()


def from_first_to_last(positions, orientation):
    normal = positions[-1] - positions[0]
    if len(positions) > 1 and normal[normal.abs().argmax()] < 0:
        normal = -normal
    return (positions @ normal).argsort()


def by_descending(positions, orientation):
    normal = torch.linalg.cross(*orientation.view(2, 3))
    downwards = bool(normal[normal.abs().argmax()] < 0)
    return (positions @ normal).argsort(descending=downwards)


def sorted_heights(positions, orientation):
    normal = torch.linalg.cross(*orientation.view(2, 3))
    normal = normal * normal[normal.abs().argmax()].sign()
    return (positions @ normal).sort().values


def without_signs(positions, orientation):
    return (positions @ torch.linalg.cross(*orientation.view(2, 3)).abs()).argsort()


def by_loop(positions, orientation):
    normal = torch.linalg.cross(*orientation.view(2, 3)).tolist()
    sign = 1 if max(normal, key=abs) > 0 else -1
    heights = [sum(a * b for a, b in zip(p, normal, strict=True)) for p in positions.tolist()]
    return torch.tensor(sorted(range(len(heights)), key=lambda i: sign * heights[i]))


TURNED = "the other sign is turned back below"

CASES = {
    "03.12a": Cases(
        solution=nearest,
        also_right=[by_inverse, by_dot_products],
        wrong=[
            (rounded_by(lambda index: index.long()), "round first"),
            (rounded_by(lambda index: index.floor().long()), "always rounds down"),
            (rounded_by(lambda index: index.ceil().long()), "always rounds up"),
            (rounded_by(lambda index: index), "not rounded yet"),
            (rounded_by(lambda index: index.round()), "an index is an integer"),
            (rounded_by(lambda index: index.round().long().flip(1)), "the order is D, H, W"),
            (rounded_by(lambda index: index.round().int()), "affine @ (d, h, w, 1)"),
            (without_origin, "the origin is missing"),
            (rounded_by(lambda index: (index + 0.5).long()), "cuts towards 0"),
            (by_the_transposed, "the points are rows"),
            (with_the_one, "leave the 1 at the end out"),
            (lambda *x: nearest(*x)[::-1], "the indices come first"),
            (forward, "leads from an index to mm"),
            (by_spacing, "flat slices only"),
            (lambda *x: nearest(*x)[0], "return 2 values"),
            (lambda *x: (nearest(*x)[0].T, nearest(*x)[1]), "a row for each point"),
            (places_changed_by(lambda a, v, p: p - a[:3, 3]), "missing in the places"),
            (places_changed_by(lambda a, v, p: middles(a, v - 0.5)), "no corner"),
            (places_changed_by(lambda a, v, p: p.flip(1)), "the order of the places"),
            (places_changed_by(lambda a, v, p: p.float()), "float64 was asked for"),
            (places_changed_by(lambda a, v, p: v), "places in mm"),
            (places_changed_by(lambda a, v, p: p.round()), "of the rounded index"),
            (lambda a, points: (nearest(a, points)[0], points), "the points again"),
            (
                places_changed_by(lambda a, v, p: v.double() @ a[:3, :3] + a[:3, 3]),
                "transposed matrix",
            ),
            (
                places_changed_by(lambda a, v, p: torch.cat([p, torch.ones(len(p), 1)], dim=1)),
                "leave the 1 at the end out",
            ),
        ],
        equivalent={"ones = torch.ones(len(points), 1)": "`cat` makes them float64"},
    ),
    "03.12b": Cases(
        solution=order_along,
        also_right=[by_loop, by_sorted, by_descending],
        wrong=[
            (along_the_normal, "turn it"),
            (turned_by_the_sum, "the lowest slice comes first"),
            (turned_by_the_last, "the lowest slice comes first"),
            (turned_by_the_last_not_0, "turn it"),
            (by_one_number, "one number, such as z"),
            (from_first_to_last, "flat slices only"),
            (sorted_heights, "these are heights"),
            (without_signs, "the lowest slice comes first"),
            (lambda *x: order_along(*x).argsort(), "these are the ranks"),
            (lambda *x: order_along(*x).flip(0), "comes first"),
            (lambda positions, _: positions[:, 2].argsort(), "flat slices only"),
            (lambda *x: x[0][order_along(*x)], "these are positions"),
            (lambda *x: order_along(*x).tolist(), "return a tensor"),
            (lambda *x: order_along(*x)[:, None], "1-D tensor"),
        ],
        equivalent={
            "normal = torch.linalg.cross(column, row)": TURNED,
            "normal = torch.linalg.cross(six[3:], six[:3])": TURNED,
            "if normal[normal.abs().argmax()] <= 0:": "the largest component of a normal is not 0",
            "return abs((positions @ normal).argsort())": NOT_NEGATIVE,
            "return abs((places @ (normal * largest.sign())).argsort())": NOT_NEGATIVE,
            "return (places @ (normal / largest.sign())).argsort()": "the sign is 1 or -1",
            "return (places @ (normal * largest)).argsort()": "it stretches all heights alike",
        },
    ),
}
