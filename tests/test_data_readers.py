"""`read_image` and `read_dicom`: what they return, and what they say of a bad file."""

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest
import torch
from PIL import Image
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, JPEGLSLossless

from d2lutils.data import read_dicom, read_image
from tests.refusing import refusal

pytestmark = pytest.mark.filterwarnings("error")
PYDICOMS = Path(pydicom.__file__).parent / "data/test_files/dicomdirtests"


def encoded(image, kind="png", **options):
    """Return an image file's bytes."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


class TestImage:
    grey = Image.fromarray(np.arange(6, dtype=np.uint8).reshape(2, 3))

    def test_pixels(self, put):
        array = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
        tensor = read_image(put(encoded(Image.fromarray(array))))
        assert tensor.dtype == torch.uint8
        assert tensor.is_contiguous()
        assert torch.equal(tensor, torch.from_numpy(array).permute(2, 0, 1))

    @pytest.mark.parametrize(
        ("mode", "kind", "channels"),
        [
            ("1", "png", 1), ("L", "png", 1), ("LA", "png", 4), ("P", "png", 3), ("P", "gif", 3),
            ("RGB", "jpeg", 3), ("RGBA", "png", 4), ("CMYK", "jpeg", 3), ("YCbCr", "jpeg", 3),
            ("RGB", "webp", 3), ("RGB", "bmp", 3), ("LAB", "tiff", 3),
        ],
    )  # fmt: skip
    def test_modes(self, put, mode, kind, channels):
        image = Image.new("RGB", (3, 2), (200, 100, 50)).convert("LAB" if mode == "LAB" else "RGB")
        tensor = read_image(put(encoded(image.convert(mode), kind)))
        assert tensor.shape == (channels, 2, 3)
        assert tensor.dtype == torch.uint8

    def test_transparent_colour_of_a_palette(self, put):
        image = Image.new("P", (1, 1))
        assert read_image(put(encoded(image, transparency=0)))[:, 0, 0].tolist() == [0, 0, 0, 0]

    def test_sixteen_bits_keep_the_upper_eight(self, put):
        image = Image.fromarray(np.array([[0, 255, 256, 65535]], dtype=np.uint16))
        for kind in ("png", "tiff", "ppm"):
            assert read_image(put(encoded(image, kind))).tolist() == [[[0, 0, 1, 255]]]

    @pytest.mark.parametrize("turn", range(1, 9))
    def test_exif_turns_it_upright(self, put, turn):
        exif = Image.Exif()
        exif[0x0112] = turn
        upright = torch.arange(6).reshape(2, 3)
        flip = {2: [1], 3: [0, 1], 4: [0], 6: [1], 7: [0, 1], 8: [0]}.get(turn, [])
        expected = (upright.T if turn > 4 else upright).flip(flip)
        assert torch.equal(read_image(put(encoded(self.grey, exif=exif)))[0].long(), expected)

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"no image at all", "is no image of a known format: it starts with b'no image'."),
            (b"\x89PNG\r\n\x1a\n", "is no image of a known format"),
            (encoded(Image.new("RGB", (64, 64)), "jpeg")[:500], "is an image, but cut short or"),
            (encoded(Image.effect_noise((64, 64), 9))[:900], "is an image, but cut short or"),
            (encoded(Image.new("F", (2, 2)), "tiff"), "has values of 32 bits, expected 8 or 16"),
            (encoded(Image.new("I", (2, 2), 70000), "tiff"), "has values of 32 bits"),
            (b"", "is empty."),
        ],
    )
    def test_bad_files(self, put, data, message):
        assert message in refusal(read_image, put(data))

    def test_far_too_large(self, put, monkeypatch):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 2)
        assert "decompression bomb" in refusal(read_image, put(encoded(self.grey)))


SERIES = "1.2.3"


def slice_of(position, *, series=SERIES, number=0, **changes):
    """Return a CT slice of 2×3 pixels, all `number`, at a position in millimetres."""
    made = pydicom.Dataset()
    made.file_meta = pydicom.dataset.FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID = CTImageStorage
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID = f"{series}.{number}"
    made.SeriesInstanceUID, made.Modality = series, "CT"
    made.Rows, made.Columns, made.PixelSpacing = 2, 3, [0.5, 0.25]
    made.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    made.ImagePositionPatient = [-10, 5, position]
    made.RescaleSlope, made.RescaleIntercept, made.SliceThickness = 2, -1024, 3
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 16, 15, 1
    made.PixelData = np.full((2, 3), number, np.int16).tobytes()
    for keyword, value in changes.items():
        if value is None:
            delattr(made, keyword)
        else:
            setattr(made, keyword, value)
    return made


@pytest.fixture
def stack(tmp_path):
    """Write five slices, 3 mm apart, whose names are in another order than their positions."""
    for number, name in enumerate(["e", "b", "d", "a", "c"]):
        made = slice_of(100 + 3 * number, number=number)
        made.save_as(tmp_path / f"{name}.dcm", enforce_file_format=True)
    return tmp_path


class TestDicom:
    def save(self, folder, name, made):
        made.save_as(folder / name, enforce_file_format=True)

    def test_sorted_by_position_and_rescaled(self, stack):
        values, spacing = read_dicom(stack)
        assert values.shape == (5, 2, 3)
        assert values.dtype == torch.float32
        assert values[:, 0, 0].tolist() == [-1024, -1022, -1020, -1018, -1016]
        assert spacing == (3, 0.5, 0.25)

    @pytest.mark.parametrize("turned", [[0, 1, 0, 0, 0, -1], [1, 0, 0, 0, 0, -1]])
    def test_other_planes(self, tmp_path, turned):
        normal = np.cross(turned[:3], turned[3:])
        for number in (2, 0, 1):
            position = (normal * 4 * number).tolist()
            made = slice_of(
                0, number=number, ImageOrientationPatient=turned, ImagePositionPatient=position
            )
            self.save(tmp_path, f"{number}.dcm", made)
        values, spacing = read_dicom(tmp_path)
        assert values[:, 0, 0].tolist() == [-1024, -1022, -1020]
        assert spacing[0] == 4

    def test_other_files_are_left(self, stack):
        (stack / "README.txt").write_text("Slices of a phantom.")
        (stack / "more").mkdir()
        (stack / "DICOMDIR").write_bytes((PYDICOMS / "DICOMDIR").read_bytes())
        assert read_dicom(stack).values.shape[0] == 5

    def test_one_slice(self, tmp_path):
        self.save(tmp_path, "a.dcm", slice_of(1))
        assert read_dicom(tmp_path).spacing == (3, 0.5, 0.25)
        self.save(tmp_path, "a.dcm", slice_of(1, SliceThickness=None))
        assert "has no usable SliceThickness" in refusal(read_dicom, tmp_path)

    def test_no_slope_is_one(self, tmp_path):
        self.save(
            tmp_path, "a.dcm", slice_of(1, number=7, RescaleSlope=None, RescaleIntercept=None)
        )
        assert read_dicom(tmp_path).values[0, 0, 0] == 7

    def test_no_dicom(self, tmp_path):
        assert "There is no folder" in refusal(read_dicom, tmp_path / "no")
        (tmp_path / "a.txt").write_text("a" * 200)
        assert "holds no DICOM images (1 other files; folders in it are not" in refusal(
            read_dicom, tmp_path
        )

    def test_two_series(self, stack):
        self.save(stack, "f.dcm", slice_of(7, series="1.2.4", number=9))
        said = refusal(read_dicom, stack)
        assert (
            'holds 2 series: 1.2.3 (5 files), 1.2.4 (1 files). Give read_dicom series="…"' in said
        )
        assert read_dicom(stack, series=SERIES).values.shape[0] == 5
        assert read_dicom(stack, series="1.2.4").values.shape[0] == 1
        assert "holds not 1.9 but 1.2.3 (5 files)" in refusal(read_dicom, stack, series="1.9")

    def test_cut_short_anywhere(self, stack):
        whole = (stack / "b.dcm").read_bytes()
        for kept in (
            len(whole) - 2,
            len(whole) - 12,
            len(whole) - 30,
            500,
            326,
            300,
            150,
            133,
            99,
            0,
        ):
            (stack / "b.dcm").write_bytes(whole[:kept])
            assert str(stack / "b.dcm") in refusal(read_dicom, stack), kept

    def test_missing_slice(self, stack):
        (stack / "d.dcm").unlink()
        said = refusal(read_dicom, stack)
        assert "b.dcm and a.dcm lie 6 mm apart, other neighbours 3 mm: a slice is missing" in said

    def test_slice_there_twice(self, stack):
        self.save(stack, "f.dcm", slice_of(103, number=1))
        assert "b.dcm and f.dcm lie at one position" in refusal(read_dicom, stack)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"Rows": 3, "Columns": 2}, "Rows is [3.0] in f.dcm but [2.0] in a.dcm"),
            ({"PixelSpacing": [0.5, 0.5]}, "PixelSpacing is [0.5, 0.5] in f.dcm but [0.5, 0.25]"),
            (
                {"ImageOrientationPatient": [0.8, 0.6, 0, -0.6, 0.8, 0]},
                "ImageOrientationPatient is",
            ),
            ({"ImagePositionPatient": [-5, 5, 115]}, "lie shifted sideways; expected an upright"),
            (
                {"ImagePositionPatient": None},
                "has no usable ImagePositionPatient; expected slices of a CT",
            ),
            ({"PixelSpacing": [0.5]}, "has no usable PixelSpacing"),
            ({"PixelData": None}, "has no pixels: it is cut short. Copy it again."),
            ({"NumberOfFrames": 2, "PixelData": bytes(24)}, "pixels of shape (2, 2, 3)"),
        ],
    )
    def test_odd_slice(self, stack, changes, message):
        self.save(stack, "f.dcm", slice_of(115, number=5, **changes))
        assert message in refusal(read_dicom, stack)

    def test_compression_without_a_decoder(self, tmp_path):
        made = slice_of(1, PixelData=pydicom.encaps.encapsulate([b"\xff\xd8" + bytes(10)]))
        made.file_meta.TransferSyntaxUID = JPEGLSLossless
        made["PixelData"].is_undefined_length = True
        self.save(tmp_path, "a.dcm", made)
        said = refusal(read_dicom, tmp_path)
        assert "is compressed (JPEG-LS Lossless Image Compression): it needs a decoder" in said
        assert "pylibjpeg-libjpeg" in said


def test_pydicoms_own_files():
    assert read_dicom(PYDICOMS / "98892001/CT5N").values.shape == (5, 16, 16)
    assert "lie 202.5 mm apart" in refusal(read_dicom, PYDICOMS / "77654033/CT2")
    assert "ImageOrientationPatient is" in refusal(read_dicom, PYDICOMS / "98892001/CT2N")
    assert "has no usable PixelSpacing" in refusal(read_dicom, PYDICOMS / "77654033/CR1")
    assert "holds 3 series: " in refusal(read_dicom, PYDICOMS / "98892003/MR2")
