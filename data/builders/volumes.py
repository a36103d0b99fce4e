"""The average brain of 152 people, by magnetic resonance."""

from pathlib import Path

import numpy as np

from . import Entry, place

SIDE = 2  # mm, and voxels of 1 mm of the original along each side of a block


def brain(folder: Path) -> None:
    """Write means of 2 × 2 × 2 voxels around the brain, in the orientation of the CT series."""
    import nibabel
    from nilearn.datasets import data

    name = "mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz"
    image = nibabel.load(Path(next(iter(data.__path__))) / name)
    if nibabel.aff2axcodes(image.affine) != ("R", "A", "S"):
        raise ValueError(f"{name}: axes are not right, anterior, superior")
    # From right, anterior, superior to superior, posterior, left: D, H, W.
    values = np.asarray(image.dataobj, dtype=float)[::-1, ::-1].transpose(2, 1, 0)
    values = values[_span(values, 0), _span(values, 1), _span(values, 2)]
    depth, height, width = (side // SIDE for side in values.shape)
    blocks = values.reshape(depth, SIDE, height, SIDE, width, SIDE).mean((1, 3, 5))
    arrays = {
        "values": blocks.round().astype(np.uint8),
        "spacing_mm": np.full(3, float(SIDE)),
    }
    np.savez_compressed(place(folder, "volumes/brain.npz"), **arrays)


def _span(values: np.ndarray, axis: int) -> slice:
    """Where along an axis there is brain, a block more at each end, in whole blocks."""
    others = tuple({0, 1, 2} - {axis})
    inside = np.flatnonzero(values.max(others) > 0)
    start = max(inside[0] - SIDE, 0) // SIDE * SIDE
    stop = min(inside[-1] + 2 * SIDE, values.shape[axis]) // SIDE * SIDE
    return slice(start, stop)


ENTRIES = [
    Entry(
        path="volumes/brain.npz",
        kind="array",
        what="the average brain of 152 people, T1-weighted (MNI152); D from below to above, H from "
        "front to back, W from the right side to the left",
        source="nilearn 0.14.1, the file under `load_mni152_template`, made smaller; ICBM 152 "
        "nonlinear symmetric 2009a, "
        "McConnell Brain Imaging Centre (Fonov and others, 2011)",
        licence="MNI, below the table",
        units="brightness 0 to 255 (`values`); voxels of 2 mm (`spacing_mm`)",
        make=brain,
    )
]
