"""The phantom's organs of the belly, its heart and its bones."""

import numpy as np

from .phantom_shapes import (
    AIR,
    ARTERY,
    BILE,
    CARTILAGE,
    CHYME,
    CORD,
    CORTEX,
    DISC,
    FAT,
    HARD_BONE,
    HEART_MUSCLE,
    LIVER,
    MEDULLA,
    MUSCLE,
    PULMONARY,
    SPLEEN,
    SPONGY_BONE,
    VEIN,
    WALL,
    WATER,
    Canvas,
)

PITCH = 23.5  # mm from one vertebra, and so from one rib, to the next
SLANT = 0.28  # the heart points to the left and down


def belly(canvas: Canvas, space: np.ndarray) -> None:
    """Liver on the right, stomach and spleen on the left, kidneys, colon, all within `space`."""
    hu, x, y, z = canvas.hu, canvas.x, canvas.y, canvas.z
    for side, low in ((-1, -14), (1, -4)):
        hu[space & canvas.ellipsoid((side * 34, 50, -30), (17, 15, 52))] = MUSCLE
        hu[space & canvas.ellipsoid((side * 58, 42, low), (27, 25, 50))] = CORTEX
        inner = space & canvas.ellipsoid((side * 55, 41, low), (19, 17, 40))
        turn = np.arctan2(y - 41, np.abs(x) - 55)
        hu[inner & (np.sin(6 * turn + z / 6) > -0.2)] = MEDULLA
        hu[space & canvas.ellipsoid((side * 46, 40, low), (16, 8, 22))] = FAT
    hu[space & canvas.ellipsoid((90, 36, 56), (27, 40, 40))] = SPLEEN
    edge = (x + 0.25 * y < 20 + 0.35 * (z - 40)) & (z > x + 35)
    behind = (y > 30) & (x > -42 - 0.2 * (60 - z))
    hu[space & edge & ~behind & (z > -60 - 0.8 * y * (y > 0))] = LIVER
    hu[space & canvas.ellipsoid((-44, -46, 16), (16, 24, 22))] = WALL
    hu[space & canvas.ellipsoid((-44, -46, 16), (14, 22, 20))] = BILE
    stomach = space & canvas.ellipsoid((50, -24, 58), (40, 38, 44), 0.3)
    hu[stomach] = WALL
    lumen = stomach & canvas.ellipsoid((50, -24, 58), (36, 34, 40), 0.3)
    hu[lumen] = CHYME
    hu[lumen & (y < -34)] = AIR  # the patient lies on the back: gas rises to the front
    colon = [(100, 0, -30), (98, -22, 22), (72, -52, 8), (10, -66, -2), (-60, -62, -12)]
    canvas.tube(WALL, 17, colon, space)
    canvas.tube(-60, 15, colon, space)
    canvas.tube(AIR, 9, [(px, py - 5, pz) for px, py, pz in colon], space)


def heart(canvas: Canvas, envelope: np.ndarray) -> None:
    """Fat around muscle around four chambers; the left ventricle has the thick wall."""
    hu = canvas.hu
    hu[envelope] = FAT
    hu[canvas.ellipsoid((20, -24, 118), (50, 38, 37), SLANT)] = HEART_MUSCLE
    for value, centre, axes in (
        (ARTERY, (42, -18, 108), (19, 17, 25)),  # left ventricle
        (PULMONARY, (14, -48, 110), (32, 10, 24)),  # right ventricle
        (VEIN, (-18, -20, 120), (15, 20, 25)),  # right atrium
        (ARTERY, (8, 9, 132), (30, 13, 18)),  # left atrium
    ):
        hu[canvas.ellipsoid(centre, axes, SLANT)] = value


def residual(height: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The number of the nearest vertebra, counted upwards, and mm above its middle."""
    number = np.round((height - 8) / PITCH)
    return number, height - 8 - PITCH * number


def bone(canvas: Canvas, depth: np.ndarray, shell: float = 1.6) -> None:
    """Paints spongy bone with a hard shell; `depth` is mm below the bone's surface."""
    where = depth > 0
    canvas.hu[where] = np.where(depth[where] < shell, HARD_BONE, SPONGY_BONE)


def spine(canvas: Canvas) -> None:
    """Vertebrae that grow towards the feet, discs, the cord in its canal, and processes."""
    hu, x, y, z = canvas.hu, canvas.x, canvas.y, canvas.z
    size = 1.15 - 0.3 * z / 235
    middle = 42 + 9 * np.sin(np.pi * (z - 10) / 240)  # the chest's curve, hollow towards the front
    _, above = residual(z)
    wide, deep = size * (16.5 + 2 * (above / 9) ** 2), size * (14 + 1.5 * (above / 9) ** 2)
    hollow = np.hypot(x, y - middle - 1.35 * deep) < 9 * size
    body = (1 - np.hypot(x / wide, (y - middle) / deep)) * deep
    hu[body > 0] = DISC
    bone(canvas, np.where(hollow, 0, np.minimum(body, 9.5 - np.abs(above))))
    canal = middle + deep + 8 * size
    ring = 4 - np.abs(np.hypot(x, y - canal) - 11)
    bone(canvas, np.minimum(ring, 8 - np.abs(above + 3)))
    _, low = residual(z + 0.7 * (y - canal))  # spinous processes slope down
    spike = np.minimum(3.2 - np.abs(x), 7 - np.abs(low))
    bone(canvas, np.minimum(spike, np.minimum(y - canal - 10, canal + 31 - y)))
    wing = np.minimum(5 - np.abs(y - canal + 1 - 0.1 * np.abs(x)), 5 - np.abs(above - 2))
    bone(canvas, np.minimum(wing, np.minimum(np.abs(x) - 10, 31 - np.abs(x))))
    hu[np.hypot(x, y - canal) + 0 * above < 7.5] = WATER
    hu[np.hypot(x, y - canal) + 0 * above < 4.5] = CORD


def cage(canvas: Canvas, out: np.ndarray, angle: np.ndarray) -> None:
    """Ribs that fall from back to front, their cartilage, breastbone, shoulder blades, shoulders.

    `out` is mm outside the sheet of the ribs; `angle` runs from 0 at the back to pi in front.
    """
    hu, x, z = canvas.hu, canvas.x, canvas.z
    number, above = residual(z + 35 * (1 - np.cos(angle)))
    depth = (1 - np.hypot(out / 4.2, above / 7)) * 4.2
    last = np.select([number < 1, number < 2, number < 4], [1.0, 1.6, 2.5], 2.95)
    rib = (angle > 0.3) & (angle < last) & (number >= 0)
    bone(canvas, np.where(rib & (angle < 2.4), depth, 0), 1.3)
    hu[rib & (angle >= 2.4) & (depth > 0)] = CARTILAGE
    plate = np.minimum(6 - np.abs(out), (16 + 8 * (z > 190)) - np.abs(x))
    plate = np.minimum(plate, np.minimum(228 - z, z - 108))
    bone(canvas, np.where((angle > 2.6) & (np.abs(z - 190) > 1.5), plate, 0), 1.2)
    reach = np.clip((z - 125) / 100, 0, 1)
    blade = np.minimum(2.2 - np.abs(out - 14 - 6 * np.cos(5 * angle - 1)), 0.35 + 25 * reach)
    blade = np.where((angle > 0.85 - 0.3 * reach) & (angle < 0.85 + 0.5 * reach), blade, 0)
    bone(canvas, np.where(z > 125, blade, 0), 1.3)
    for side in (-1, 1):
        head = 23 - np.sqrt((x - side * 126) ** 2 + (canvas.y - 8) ** 2 + (z - 243) ** 2)
        bone(canvas, head, 2.0)
        collar = [(side * 14, -62, 224), (side * 70, -64, 232), (side * 118, -24, 242)]
        canvas.tube(HARD_BONE, 6, collar)
        canvas.tube(SPONGY_BONE, 4, collar)
