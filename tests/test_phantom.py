"""The CT phantom: its anatomy where the book says it is, its noise as physics says, its files."""

import sys
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

DATA = Path(__file__).parents[1] / "data"
sys.path.insert(0, str(DATA))

from builders import phantom  # noqa: E402
from builders.phantom_body import NODULE_AT, paint  # noqa: E402
from builders.phantom_shapes import ARTERY, LIVER, NODULE, Canvas  # noqa: E402

# What an application may ask of every CT image (DICOM PS3.3, A.3 and C.8.2.1): never empty.
REQUIRED = (
    "SOPClassUID SOPInstanceUID PatientName PatientID StudyInstanceUID SeriesInstanceUID Modality"
    " FrameOfReferenceUID ImageType PixelSpacing ImageOrientationPatient ImagePositionPatient"
    " SliceThickness SamplesPerPixel PhotometricInterpretation Rows Columns BitsAllocated"
    " BitsStored HighBit PixelRepresentation RescaleIntercept RescaleSlope RescaleType"
    " InstanceNumber PatientPosition KVP AcquisitionNumber"
)
MAY_BE_EMPTY = (
    "StudyDate StudyTime AccessionNumber ReferringPhysicianName StudyID SeriesNumber"
    " PatientBirthDate PatientSex Manufacturer PositionReferenceIndicator"
)


@pytest.fixture(scope="module")
def series():
    return [dcmread(file) for file in sorted((DATA / phantom.FOLDER).iterdir())]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (NODULE_AT, NODULE),
        ((-80, 0, 60), LIVER),  # on the patient's right
        ((31, 31, 110), ARTERY),
        ((0, 8, 205), -1000),  # the windpipe
        ((45, -44, 60), -1000),  # gas in the stomach, in front of …
        ((45, -12, 60), 20),  # … what lies in it
        ((-165, -165, 100), -1000),
    ],
)
def test_painted_where_it_is_said(place, value):
    canvas = Canvas(*(np.array([float(coordinate)]) for coordinate in place))
    paint(canvas)
    assert canvas.hu.item() == value


def test_noise_follows_the_counts(monkeypatch):
    volume = np.full((1, phantom.SIZE, phantom.SIZE), -1000.0)
    middle = slice(44, 84)
    empty = phantom.noise(volume)[0, middle, middle].std()
    volume[0, 24:104, 24:104] = 0
    water = phantom.noise(volume)[0, middle, middle].std()
    monkeypatch.setattr(phantom, "PHOTONS", 4 * phantom.PHOTONS)
    assert water > 3 * empty  # 224 mm of water let through one photon in 75
    assert phantom.noise(volume)[0, middle, middle].std() == pytest.approx(water / 2)


def test_files_name_all_that_a_ct_image_must(series):
    for image in series:
        assert [name for name in REQUIRED.split() if image.get(name) in (None, "")] == []
        assert [name for name in MAY_BE_EMPTY.split() if name not in image] == []
        assert image.SOPInstanceUID == image.file_meta.MediaStorageSOPInstanceUID
    assert len({image.SOPInstanceUID for image in series}) == len(series) == phantom.SLICES
    assert len({image.SeriesInstanceUID for image in series}) == 1


def test_neither_names_nor_instance_numbers_follow_z(series):
    heights = [float(image.ImagePositionPatient[2]) for image in series]
    assert heights != sorted(heights)
    upwards = sorted(series, key=lambda image: float(image.ImagePositionPatient[2]))
    numbers = [int(image.InstanceNumber) for image in upwards]
    assert numbers == list(range(phantom.SLICES, 0, -1))


def test_some_stored_values_are_negative(series):
    assert min(image.pixel_array.min() for image in series) < 0
