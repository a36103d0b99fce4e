"""An invented thorax and upper abdomen, as Hounsfield units at points of space.

Coordinates are DICOM's patient coordinates in mm: x towards the patient's left, y towards the
back, z towards the head. z = 0 cuts the kidneys, z = 235 the shoulders.
"""

import numpy as np

from . import phantom_organs as organs
from .phantom_shapes import (
    AIR,
    ARTERY,
    FAT,
    LUNG,
    MUSCLE,
    NODULE,
    PULMONARY,
    SKIN,
    TABLE_FOAM,
    TABLE_SHELL,
    VEIN,
    WALL,
    Canvas,
    Point,
)

VESSELS: list[tuple[float, float, list[Point]]] = [  # (HU, radius in mm, points)
    (ARTERY, 11, [(28, 28, -10), (26, 28, 60), (32, 32, 120), (28, 30, 178)]),  # aorta
    (ARTERY, 12, [(28, 30, 178), (22, 16, 193), (6, -8, 196), (-6, -24, 184), (-4, -26, 138)]),
    (ARTERY, 5, [(-2, -14, 194), (-14, -14, 245)]),  # three branches of its arch
    (ARTERY, 4, [(8, -4, 196), (14, -8, 245)]),
    (ARTERY, 5, [(18, 8, 194), (34, 6, 245)]),
    (ARTERY, 5, [(24, 24, 22), (12, 4, 20), (-20, -4, 26), (-45, -8, 34)]),  # to the liver
    (ARTERY, 4, [(12, 4, 20), (45, 14, 30), (78, 30, 45)]),  # to the spleen
    (PULMONARY, 12, [(20, -46, 132), (18, -34, 156), (20, -8, 168)]),  # trunk, right, left
    (PULMONARY, 9, [(20, -8, 168), (-10, -4, 160), (-44, 4, 158)]),
    (PULMONARY, 9, [(20, -8, 168), (50, 10, 168)]),
    (VEIN, 9, [(-26, -16, 125), (-27, -18, 190), (-30, -24, 245)]),  # upper hollow vein
    (VEIN, 6, [(-28, -22, 210), (10, -36, 216), (34, -28, 245)]),
    (VEIN, 12, [(-22, 14, -10), (-24, 10, 60), (-24, 2, 112)]),  # lower hollow vein
    (VEIN, 6, [(-14, 0, 8), (-34, -2, 34), (-66, 2, 42), (-92, 14, 40)]),  # vein into the liver
    (VEIN, 4, [(-34, -2, 34), (-40, -34, 48), (-10, -52, 62)]),
    (VEIN, 5, [(-24, 4, 90), (-56, -14, 72), (-88, -28, 52)]),  # veins out of the liver
    (VEIN, 5, [(-24, 4, 90), (-66, 26, 76), (-96, 40, 52)]),
]
AIRWAYS: list[tuple[float, list[Point]]] = [  # (inner radius, points): windpipe, right, left
    (9, [(0, 4, 245), (0, 12, 178)]),
    (7, [(0, 12, 178), (-34, 20, 152), (-46, 24, 138)]),
    (6, [(0, 12, 178), (40, 22, 150), (54, 28, 132)]),
]
GULLET: list[Point] = [(4, 24, 245), (4, 28, 170), (-2, 24, 120), (10, 10, 84), (34, -6, 66)]
NODULE_AT, NODULE_RADIUS = (84.0, 2.0, 162.5), 6.0  # mm: in the left lung


def lung_vessels() -> list[tuple[float, list[Point]]]:
    """Trees of vessels that fork from the roots of the lungs and thin towards the ribs."""
    generator = np.random.default_rng(11)
    branches: list[tuple[float, list[Point]]] = []

    def grow(start: np.ndarray, direction: np.ndarray, radius: float, length: float) -> None:
        end = start + direction * length
        branches.append((radius, [start.tolist(), end.tolist()]))
        if radius > 0.9:
            for _ in range(2):
                turned = direction + generator.normal(0, 0.45, 3)
                thinner = radius * generator.uniform(0.66, 0.8)
                grow(end, turned / np.linalg.norm(turned), thinner, length * 0.86)

    targets = ((95, -30, 190), (70, 10, 225), (100, 30, 150), (95, -50, 125), (85, 50, 110))
    for side, root in ((-1, (-44.0, 8.0, 154.0)), (1, (48.0, 12.0, 160.0))):
        for x, y, z in (*targets, (60, 60, 175), (60, 55, 95)):
            way = np.array((side * x, y, z)) - root
            grow(np.array(root), way / np.linalg.norm(way), 3.4, 24.0)
    return branches


BRANCHES = lung_vessels()


def table(canvas: Canvas) -> None:
    """The scanner's table: a shell of carbon fibre around foam, curved upwards at its sides."""
    bend = (canvas.x / 165) ** 2
    down = canvas.y - 106 + 12 * bend + 0 * canvas.z
    under = (down > 0) & (down < 32 - 18 * bend) & (np.abs(canvas.x) < 160)
    canvas.hu[under] = TABLE_FOAM
    canvas.hu[under & ((down < 2.5) | (down > 29.5 - 18 * bend))] = TABLE_SHELL


def paint(canvas: Canvas) -> None:
    """Paints the table and the body, from the skin inwards."""
    hu, x, y, z = canvas.hu, canvas.x, canvas.y, canvas.z
    table(canvas)
    shoulder = np.clip((z - 170) / 65, 0, 1)
    wide, deep = 146 + 6 * np.sin(z / 75) + 6 * shoulder, 105 - 14 * shoulder
    skin = (np.abs(x) / wide) ** 2.5 + (np.abs(y + 2) / deep) ** np.where(y > 0, 3.5, 2.3)
    hu[skin < 1] = SKIN
    fat = skin < 0.96
    hu[fat] = FAT
    # The sheet of the ribs: an ellipse that narrows towards the neck.
    above = np.clip(z - 95, 0, None)
    cage_wide = 124 * np.sqrt(1 - (above / 178) ** 2)
    cage_deep = 86 * np.sqrt(1 - (above / 205) ** 2)
    share = np.hypot(x / cage_wide, y / cage_deep)
    out = (share - 1) * np.hypot(x, y) / np.maximum(share, 1e-6)  # mm outside the sheet
    angle = np.arctan2(np.abs(x) / cage_wide, y / cage_deep)  # 0 at the back, pi in front
    hu[fat & (out < 7 + 9 * np.clip(np.cos(angle), 0, 1) + 8 * shoulder)] = MUSCLE
    flesh = fat & (shoulder > 0) & (skin < 0.3 + 0.5 * shoulder)
    hu[flesh] = MUSCLE
    hu[flesh & (out > 8) & (np.sin(out / 4 + 3 * angle) > 0.86)] = FAT  # between muscles
    cavity = out < -5

    # Domes of the diaphragm, the right one higher; they sink towards the ribs and the back.
    right = 108 - 62 * ((x + 60) / 66) ** 2 - 46 * ((y + 12) / 76) ** 2
    left = 96 - 62 * ((x - 62) / 66) ** 2 - 46 * ((y + 12) / 76) ** 2
    dome = np.maximum(np.maximum(right, left), 84 - 46 * ((y + 12) / 76) ** 2 - (x / 12) ** 2)
    chest, below = cavity & (z > dome), cavity & (z <= dome)
    hu[cavity] = FAT
    hu[below & (z > dome - 4)] = MUSCLE
    organs.belly(canvas, below & (z < dome - 4) & (out < -7))

    # Lungs on both sides of what lies in the middle; blood sinks, so they are denser behind.
    envelope = chest & canvas.ellipsoid((20, -26, 118), (53, 43, 40), organs.SLANT)
    middle = 19 + 13 * np.exp(-(((z - 160) / 24) ** 2)) + 8 * np.exp(-(((y - 40) / 18) ** 2))
    lungs = chest & (np.abs(x - 3) > middle) & ~envelope
    hu[lungs] = (LUNG + 0.35 * y + 0 * x + 0 * z)[lungs]
    organs.heart(canvas, envelope)
    for radius, points in BRANCHES:
        canvas.tube(PULMONARY, radius, points, lungs)
    for value, radius, points in VESSELS:
        canvas.tube(value, radius, points, cavity)
    canvas.tube(WALL, 7, GULLET, cavity)
    canvas.tube(AIR, 2, GULLET[:3])
    for radius, points in AIRWAYS:
        canvas.tube(WALL, radius + 1.5, points)
    for radius, points in AIRWAYS:
        canvas.tube(AIR, radius, points)
    hu[canvas.ellipsoid(NODULE_AT, (NODULE_RADIUS,) * 3)] = NODULE
    organs.spine(canvas)
    organs.cage(canvas, out, angle)
