"""A CT series of an invented thorax and upper abdomen, as the DICOM files that a scanner writes.

Anatomy: phantom_body, phantom_organs. Physics, here: each voxel averages the tissue within it
(partial volume), the scanner blurs, and the noise is what counting photons leaves after filtered
back-projection, so it is stronger where rays cross more of the body. Noise in air falls below
-1024 HU, so some stored values are negative: they are signed, as PixelRepresentation says.
"""

import hashlib
import uuid
from pathlib import Path

import numpy as np

from . import Entry, place
from .phantom_body import paint
from .phantom_shapes import Canvas

FOLDER = "volumes/ct"
SLICES, SIZE = 48, 128
PIXEL, SPACING = 2.8, 5.0  # mm between pixels' centres, and between slices
SLOPE, INTERCEPT = 0.5, -1024.0  # HU = SLOPE * stored + INTERCEPT
FINE, LAYERS = 3, 2  # points along each side of a pixel, and across a slice
WATER_PER_MM = 0.0193  # attenuation of water at 70 keV (NIST, XCOM)
PHOTONS = 6e5  # a ray's photons where nothing is in their way
VIEWS = 180
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"  # CT Image Storage

ACROSS = (np.arange(SIZE) - (SIZE - 1) / 2) * PIXEL  # x, and y, of pixels' centres
HEIGHTS = np.arange(SLICES) * SPACING  # z of slices' centres, from the feet upwards


def clean() -> np.ndarray:
    """Hounsfield units without noise, slices x rows x columns, from the feet upwards."""
    from scipy.ndimage import gaussian_filter

    side = (np.arange(SIZE * FINE) - (SIZE * FINE - 1) / 2) * PIXEL / FINE
    layers = (np.arange(LAYERS) - (LAYERS - 1) / 2) * SPACING / LAYERS
    volume = np.empty((SLICES, SIZE, SIZE))
    for image, height in zip(volume, HEIGHTS, strict=True):
        canvas = Canvas(side, side, height + layers)
        paint(canvas)
        image[:] = canvas.hu.reshape(LAYERS, SIZE, FINE, SIZE, FINE).mean((0, 2, 4))
    return gaussian_filter(volume, (0, 0.5, 0.5))


def noise(volume: np.ndarray) -> np.ndarray:
    """The noise of a scan of `volume` (HU), in HU: photons counted, then filtered back-projection.

    The reconstruction is linear, so it is applied to the noise of the rays alone.
    """
    from scipy.sparse import csr_array

    generator = np.random.default_rng(7)
    detectors = 2 * SIZE
    frequency = np.abs(np.fft.rfftfreq(2 * detectors, PIXEL))  # the ramp filter, with a
    ramp = frequency * np.cos(np.pi * frequency * PIXEL / 2)  # soft window
    attenuation = (WATER_PER_MM * (1 + volume / 1000)).clip(0).reshape(len(volume), -1).T
    result = np.zeros_like(attenuation)
    columns = np.arange(SIZE * SIZE)
    for angle in np.arange(VIEWS) * np.pi / VIEWS:
        at = (ACROSS * np.cos(angle) + ACROSS[:, None] * np.sin(angle)).ravel() / PIXEL
        at += detectors / 2
        first = np.floor(at).astype(int)
        share = at - first
        entries = (np.r_[1 - share, share], (np.r_[first, first + 1], np.r_[columns, columns]))
        project = csr_array(entries, shape=(detectors, SIZE * SIZE))
        rays = (project @ attenuation) * PIXEL
        error = generator.standard_normal(rays.shape) * np.sqrt(np.exp(rays) / PHOTONS)
        spectrum = np.fft.rfft(error, 2 * detectors, axis=0) * ramp[:, None]
        filtered = np.fft.irfft(spectrum, axis=0)[:detectors]
        result += project.T @ filtered * (np.pi / VIEWS)
    return (result.T / WATER_PER_MM * 1000).reshape(volume.shape)


def uid(name: str) -> str:
    """An identifier under 2.25, where DICOM puts UUIDs; the same for the same name."""
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_URL, 'd2lutils phantom ' + name).int}"


def file_name(index: int) -> str:
    """A name that tells nothing about the slice's place, as on a scanner's disc."""
    return f"IM{hashlib.sha256(f'slice {index}'.encode()).hexdigest()[:4].upper()}.dcm"


def attributes(index: int) -> dict[str, object]:
    """What the file of slice `index`, counted from the feet, says besides its pixels.

    All that the CT Image IOD asks for (DICOM PS3.3, A.3); what a phantom cannot say is empty.
    """
    edge, height = round(float(ACROSS[0]), 3), float(HEIGHTS[index])
    return {
        "SpecificCharacterSet": "ISO_IR 192",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "SOPClassUID": CT_IMAGE,
        "SOPInstanceUID": uid(f"slice {index}"),
        "StudyDate": "20260101",
        "StudyTime": "120000",
        "AccessionNumber": "",
        "Modality": "CT",
        "Manufacturer": "d2lutils",
        "ReferringPhysicianName": "",
        "StudyDescription": "Phantom: invented anatomy, no person was scanned",
        "SeriesDescription": "Thorax and upper abdomen, 5 mm",
        "PatientName": "PHANTOM^BOOK",
        "PatientID": "PHANTOM-1",
        "PatientBirthDate": "",
        "PatientSex": "O",
        "SliceThickness": SPACING,
        "KVP": 120,
        "PatientPosition": "HFS",  # head first, on the back
        "StudyInstanceUID": uid("study"),
        "SeriesInstanceUID": uid("series"),
        "StudyID": "1",
        "SeriesNumber": 1,
        "AcquisitionNumber": 1,
        "InstanceNumber": SLICES - index,  # scanned from the head to the feet, against z
        "ImagePositionPatient": [edge, edge, height],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],  # rows run to the left, columns to the back
        "FrameOfReferenceUID": uid("frame"),
        "PositionReferenceIndicator": "",
        "SliceLocation": height,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": SIZE,
        "Columns": SIZE,
        "PixelSpacing": [PIXEL, PIXEL],
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": 1,  # signed
        "WindowCenter": 40,
        "WindowWidth": 400,
        "RescaleIntercept": INTERCEPT,
        "RescaleSlope": SLOPE,
        "RescaleType": "HU",
    }


def make(folder: Path) -> None:
    """Computes the volume and writes its slices."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian

    volume = clean()
    volume += noise(volume)
    for index, image in enumerate(np.round((volume - INTERCEPT) / SLOPE).astype("<i2")):
        meta = FileMetaDataset()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        meta.ImplementationClassUID = uid("implementation")
        file = Dataset()
        file.file_meta = meta
        for keyword, value in attributes(index).items():
            setattr(file, keyword, value)
        file.add_new("PixelData", "OW", image.tobytes())
        file.save_as(place(folder, f"{FOLDER}/{file_name(index)}"), enforce_file_format=True)


ENTRIES = [
    Entry(
        path=FOLDER,
        kind="dicom",
        what=f"a CT series of {SLICES} slices of {SIZE} × {SIZE}; thorax and upper abdomen,"
        " invented anatomy with a small nodule in one lung; file names out of order",
        source="this project",
        licence="CC BY 4.0",
        units=f"Hounsfield units after slope {SLOPE} and intercept {INTERCEPT:.0f};"
        f" pixels {PIXEL} mm, slices {SPACING} mm apart",
        make=make,
    )
]
