"""What the CT phantom is painted with: Hounsfield units, a grid of points, ellipsoids and tubes.

Hounsfield units are typical textbook values, soft organs some 60 seconds after an injection of
iodine (T. M. Buzug, Computed Tomography, Springer 2008; W. A. Kalender, Computed Tomography,
3rd edition, Publicis 2011). HU = 1000 * (mu - mu_water) / mu_water, so air is -1000 and water 0.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

AIR, LUNG, FAT, WATER, MUSCLE = -1000, -850, -100, 0, 55
TABLE_FOAM, TABLE_SHELL, SKIN, CORD, DISC, CARTILAGE = -950, -150, 40, 35, 90, 110
LIVER, SPLEEN, BILE, WALL, CHYME, CORTEX, MEDULLA = 105, 125, 8, 60, 20, 190, 130
HEART_MUSCLE, ARTERY, VEIN, PULMONARY, NODULE = 100, 240, 170, 200, 70
SPONGY_BONE, HARD_BONE = 300, 1250  # trabecular and cortical bone

Point = Sequence[float]


class Canvas:
    """A box of points and its Hounsfield units, `hu`, painted one shape over another.

    `x`, `y` and `z` are open grids in mm (1x1xX, 1xYx1, Zx1x1); `hu` is Z x Y x X.
    """

    def __init__(self, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> None:
        self.x, self.y, self.z = x[None, None, :], y[None, :, None], z[:, None, None]
        self.hu = np.full((len(z), len(y), len(x)), AIR, np.float32)

    def window(self, low: Point, high: Point) -> tuple[slice, slice, slice]:
        """The part of the grid between two corners (x, y, z), as slices of `hu`."""
        parts = []
        for axis, first, last in zip((self.x, self.y, self.z), low, high, strict=True):
            start, stop = np.searchsorted(axis.ravel(), (first, last))
            parts.append(slice(int(start), int(stop)))
        return parts[2], parts[1], parts[0]

    def ellipsoid(self, centre: Point, axes: Point, slant: float = 0) -> np.ndarray:
        """The points in an ellipsoid with half-axes along x, y, z.

        `slant` mm of x for each mm of z, to the left as z falls, tilt it.
        """
        x = self.x - slant * (centre[2] - self.z)
        squares = [
            ((axis - c) / a) ** 2
            for axis, c, a in zip((x, self.y, self.z), centre, axes, strict=True)
        ]
        return squares[0] + squares[1] + squares[2] < 1

    def tube(
        self, value: float, radius: float, points: Sequence[Point], within: np.ndarray | None = None
    ) -> None:
        """Paints the points closer than `radius` to a line through `points`, where allowed."""
        for start, end in pairwise(points):
            low = [min(pair) - radius for pair in zip(start, end, strict=True)]
            high = [max(pair) + radius for pair in zip(start, end, strict=True)]
            part = self.window(low, high)
            dx, dy, dz = (e - s for s, e in zip(start, end, strict=True))
            x = self.x[:, :, part[2]] - start[0]
            y = self.y[:, part[1], :] - start[1]
            z = self.z[part[0]] - start[2]
            t = np.clip((x * dx + y * dy + z * dz) / (dx**2 + dy**2 + dz**2), 0, 1)
            near = (x - t * dx) ** 2 + (y - t * dy) ** 2 + (z - t * dz) ** 2 < radius**2
            if within is not None:
                near &= within[part]
            self.hu[part][near] = value
