"""`read_dicom`: what it returns, and what it says of files that are no upright box of slices."""

import math
from pathlib import Path

import numpy as np
import pydicom
import pytest
import torch
from pydicom.uid import (
    MPEG4HP41,
    CTImageStorage,
    EnhancedCTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGLSLossless,
)

from d2lutils import BookError
from d2lutils.data import read_dicom
from tests.refusing import refusal

pytestmark = pytest.mark.filterwarnings("error")
PYDICOMS = Path(pydicom.__file__).parent / "data"

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


def compressed(syntax):
    """Return a slice whose pixels are said to be compressed in this way."""
    made = slice_of(1, PixelData=pydicom.encaps.encapsulate([b"\xff\xd8" + bytes(10)]))
    made.file_meta.TransferSyntaxUID = syntax
    made["PixelData"].is_undefined_length = True
    return made


def save(folder, name, made):
    made.save_as(folder / name, enforce_file_format=True)


def save_all(folder, slices):
    """Write slices whose names are in another order than they are."""
    for number, made in enumerate(slices):
        save(folder, f"{number * 7 % 10}{number}.dcm", made)
    return folder


@pytest.fixture
def stack(tmp_path):
    """Write five slices, 3 mm apart, whose names are in another order than their positions."""
    for number, name in enumerate(["e", "b", "d", "a", "c"]):
        save(tmp_path, f"{name}.dcm", slice_of(100 + 3 * number, number=number))
    return tmp_path


class TestPlace:
    """Which slice lies where, and how far apart."""

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
            save(tmp_path, f"{number}.dcm", made)
        values, spacing = read_dicom(tmp_path)
        assert values[:, 0, 0].tolist() == [-1024, -1022, -1020]
        assert spacing[0] == 4

    def test_oblique_numbers_may_be_rounded(self, tmp_path):
        """Scanners write cosines with six digits and positions with as many."""
        turn, tilt = math.radians(20), math.radians(35)
        rows = np.array([math.cos(turn), math.sin(turn), 0])
        columns = np.cross([-math.sin(turn), math.cos(turn), 0], rows) * math.sin(tilt)
        columns = columns + np.array([-math.sin(turn), math.cos(turn), 0]) * math.cos(tilt)
        axes = np.concatenate([rows, columns]).round(6).tolist()
        slices = [
            slice_of(
                0,
                ImageOrientationPatient=axes,
                ImagePositionPatient=(0.8 * k * np.cross(rows, columns)).round(3).tolist(),
            )
            for k in range(100)
        ]
        values, spacing = read_dicom(save_all(tmp_path, slices))
        assert len(values) == 100
        assert spacing[0] == pytest.approx(0.8, abs=1e-4)

    def test_rounded_positions_give_their_mean(self, tmp_path):
        slices = [slice_of(round(0.625 * k, 2)) for k in range(41)]
        assert read_dicom(save_all(tmp_path, slices)).spacing[0] == pytest.approx(0.625, abs=1e-4)

    @pytest.mark.parametrize("degrees", [5, 1])
    def test_a_tilted_gantry_is_no_upright_stack(self, tmp_path, degrees):
        shift = 5 * math.tan(math.radians(degrees))
        slices = [slice_of(0, ImagePositionPatient=[-10, 5 + shift * k, 5 * k]) for k in range(40)]
        said = refusal(read_dicom, save_all(tmp_path, slices))
        assert f"shifted sideways by {39 * shift:.3g} mm ({degrees}° off their normal)" in said
        assert "expected an upright stack" in said

    @pytest.mark.parametrize(
        ("heights", "message"),
        [
            ([0, 3, 6, 12, 15], "lie 6 mm apart, other neighbours 3 mm: a slice is missing"),
            ([0, 1, 3, 6, 10], "lie 1 mm apart, other neighbours 2.5 mm"),
            ([0, 3, 6, 6, 9], "lie at one position: they are copies, two scans or two times of"),
            ([0, 0, 3, 3, 6, 6], "lie at one position"),
            ([0, 0], "lie at one position"),
            ([0, 3, 3.001, 6], "lie at one position"),
            (np.cumsum([5.0] * 30 + [5.4] * 30), "lie 5 mm apart, other neighbours 5.4 mm"),
        ],
    )
    def test_uneven(self, tmp_path, heights, message):
        slices = [slice_of(float(height), number=k) for k, height in enumerate(heights)]
        assert message in refusal(read_dicom, save_all(tmp_path, slices))

    def test_missing_slice(self, stack):
        (stack / "d.dcm").unlink()
        said = refusal(read_dicom, stack)
        assert "b.dcm and a.dcm lie 6 mm apart, other neighbours 3 mm: a slice is missing" in said

    def test_slice_there_twice(self, stack):
        save(stack, "f.dcm", slice_of(103, number=1))
        said = refusal(read_dicom, stack)
        assert "b.dcm and f.dcm lie at one position: they are copies, two scans or" in said

    def test_one_slice_is_as_deep_as_it_says(self, tmp_path):
        save(tmp_path, "a.dcm", slice_of(1))
        assert read_dicom(tmp_path).spacing == (3, 0.5, 0.25)
        for thickness in (None, 0, ""):
            save(tmp_path, "a.dcm", slice_of(1, SliceThickness=thickness))
            assert "has no usable SliceThickness" in refusal(read_dicom, tmp_path)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"Rows": 3, "Columns": 2}, "Rows is 3 in f.dcm but 2 in a.dcm"),
            ({"PixelSpacing": [0.5, 0.5]}, "PixelSpacing is [0.5, 0.5] in f.dcm but [0.5, 0.25]"),
            ({"PixelSpacing": [0.5]}, "(CT Image Storage) has no usable PixelSpacing"),
            ({"PixelSpacing": [0.5, 0]}, "has no usable PixelSpacing"),
            (
                {"PixelSpacing": None, "ImagerPixelSpacing": [0.5, 0.25]},
                "has no usable PixelSpacing",
            ),
            (
                {"ImageOrientationPatient": [0.8, 0.6, 0, -0.6, 0.8, 0]},
                "ImageOrientationPatient is",
            ),
            ({"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]}, "are not at right angles"),
            ({"ImageOrientationPatient": [0] * 6}, "are not at right angles or not of length 1"),
            ({"ImagePositionPatient": [-5, 5, 115]}, "lie shifted sideways by 5 mm"),
            (
                {"ImagePositionPatient": None},
                "has no usable ImagePositionPatient; expected slices of a CT",
            ),
            ({"FrameOfReferenceUID": "1.9"}, "FrameOfReferenceUID is 1.9 in f.dcm but missing in"),
            ({"RescaleType": "US"}, "RescaleType is US in f.dcm but missing in a.dcm"),
            ({"RescaleSlope": None}, "RescaleSlope is missing in f.dcm but there in a.dcm"),
        ],
    )
    def test_odd_slice(self, stack, changes, message):
        save(stack, "f.dcm", slice_of(115, number=5, **changes))
        assert message in refusal(read_dicom, stack)


def table(first, entries, kind):
    """Return a modality table: stored values from `first` on become the entries."""
    item = pydicom.Dataset()
    item.add_new("LUTDescriptor", kind, [len(entries), first, 16])
    item.add_new("LUTData", "US", entries)
    item.ModalityLUTType = "HU"
    return pydicom.Sequence([item])


class TestValues:
    """What the numbers of a slice are."""

    def read(self, folder, **changes):
        save(folder, "a.dcm", slice_of(1, **changes))
        return read_dicom(folder).values

    @pytest.mark.parametrize(
        ("slope", "intercept", "expected"),
        [(None, None, 7), (None, -1024, -1017), (2, None, 14), (0.5, 0.25, 3.75), (-1, 0, -7)],
    )
    def test_scale(self, tmp_path, slope, intercept, expected):
        values = self.read(tmp_path, number=7, RescaleSlope=slope, RescaleIntercept=intercept)
        assert values.unique().tolist() == [expected]

    @pytest.mark.parametrize("changes", [{"RescaleSlope": ""}, {"RescaleIntercept": [1, 2]}])
    def test_unusable_scale(self, tmp_path, changes):
        save(tmp_path, "a.dcm", slice_of(1, **changes))
        assert f"has no usable {next(iter(changes))}" in refusal(read_dicom, tmp_path)
        save(tmp_path, "a.dcm", slice_of(1, RescaleSlope=0))
        assert "has RescaleSlope 0" in refusal(read_dicom, tmp_path)

    def test_each_slice_has_a_scale_of_its_own(self, tmp_path):
        slices = [slice_of(k, number=3, RescaleSlope=k + 1, RescaleIntercept=k) for k in range(3)]
        assert read_dicom(save_all(tmp_path, slices)).values[:, 0, 0].tolist() == [3, 7, 11]

    @pytest.mark.parametrize(
        ("first", "signed", "stored", "expected"),
        [
            (1, 1, [0, 1, 2, 3, 4, 9], [10, 10, 200, 3000, 3000, 3000]),
            (-1, 1, [-2, -1, 0, 1, 2, 32767], [10, 10, 200, 3000, 3000, 3000]),
            (-32768, 1, [-32768, -32767, -32766, 0, 1, 32767], [10, 200, 3000, 3000, 3000, 3000]),
            (40000, 0, [0, 39999, 40000, 40001, 40002, 65535], [10, 10, 10, 200, 3000, 3000]),
        ],
    )
    def test_table_in_place_of_a_scale(self, tmp_path, first, signed, stored, expected):
        values = self.read(
            tmp_path,
            PixelData=np.array(stored, np.int64).astype(np.uint16).tobytes(),
            PixelRepresentation=signed,
            ModalityLUTSequence=table(first, [10, 200, 3000], "SS" if signed else "US"),
        )
        assert values.flatten().tolist() == expected

    @pytest.mark.parametrize(
        ("signed", "expected"),
        [(0, [[0, 1, 4095], [1, 5, 2048]]), (1, [[0, 1, -1], [1, 5, -2048]])],
    )
    def test_12_bits_in_16(self, tmp_path, signed, expected):
        """The upper four may hold an overlay, as old scanners wrote it."""
        stored = np.array([[0, 1, 4095], [0x1001, 0xF005, 0x0800]], np.uint16)
        values = self.read(
            tmp_path,
            PixelData=stored.tobytes(),
            RescaleSlope=1,
            RescaleIntercept=0,
            BitsStored=12,
            HighBit=11,
            PixelRepresentation=signed,
        )
        assert values[0].tolist() == expected

    @pytest.mark.parametrize("signed", [0, 1])
    def test_16_bits_are_signed_as_they_say(self, tmp_path, signed):
        stored = np.array([-2000, 32767, -1, 0, 1, 2], np.int16)
        values = self.read(
            tmp_path, PixelData=stored.tobytes(), RescaleSlope=1, PixelRepresentation=signed
        )
        expected = (stored if signed else stored.view(np.uint16)).astype(np.float32) - 1024
        assert values.flatten().tolist() == expected.tolist()

    def test_large_numbers_are_scaled_before_they_are_rounded(self, tmp_path):
        stored = np.arange(2**31, 2**31 + 6, dtype=np.uint32)
        values = self.read(
            tmp_path,
            PixelData=stored.tobytes(),
            BitsAllocated=32,
            BitsStored=32,
            HighBit=31,
            PixelRepresentation=0,
            RescaleSlope=1,
            RescaleIntercept=-(2**31),
        )
        assert values.flatten().tolist() == [0, 1, 2, 3, 4, 5]

    def test_how_to_show_it_changes_no_value(self, tmp_path):
        values = self.read(
            tmp_path, number=7, PhotometricInterpretation="MONOCHROME1", WindowCenter=1,
            WindowWidth=2, PixelPaddingValue=7,
        )  # fmt: skip
        assert values.unique().tolist() == [-1010]

    @pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
    def test_other_orders_of_bytes(self, tmp_path, syntax):
        made = slice_of(1, PixelData=np.full((2, 3), 258, np.int16).tobytes())
        made.file_meta.TransferSyntaxUID = syntax
        if syntax == ExplicitVRBigEndian:
            made.PixelData = np.full((2, 3), 258, ">i2").tobytes()
        made.save_as(tmp_path / "a.dcm", enforce_file_format=True)
        assert read_dicom(tmp_path).values.unique().tolist() == [-508]

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"PhotometricInterpretation": "PALETTE COLOR"}, "holds colours (PALETTE COLOR)"),
            (
                {
                    "PhotometricInterpretation": "RGB",
                    "SamplesPerPixel": 3,
                    "PlanarConfiguration": 0,
                    "PixelData": bytes(36),
                },
                "holds colours (RGB), which have no unit. Expected grey CT, MR or PET slices",
            ),
            ({"NumberOfFrames": 2, "PixelData": bytes(24)}, "holds 2 frames, and read_dicom takes"),
            ({"PixelData": bytes(24)}, "holds pixels of shape (2, 2, 3); expected one grey slice"),
            ({"PixelData": bytes(10)}, "is cut short or damaged ("),
            ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, "a localizer or projection"),
            ({"ImageType": ["DERIVED", "SECONDARY", "PROJECTION IMAGE"]}, "a localizer or"),
            ({"DoseGridScaling": 0.1}, "holds a radiation dose"),
            ({"BitsStored": 12, "HighBit": 15}, "has HighBit 15 with BitsStored 12"),
            ({"BitsStored": 17}, "is cut short or damaged ("),
        ],
    )
    def test_no_grey_slice(self, tmp_path, changes, message):
        save(tmp_path, "a.dcm", slice_of(1, **changes))
        assert message in refusal(read_dicom, tmp_path)

    def test_a_series_in_one_file(self, tmp_path):
        made = slice_of(1, NumberOfFrames=2, PixelSpacing=None)
        made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID = EnhancedCTImageStorage
        save(tmp_path, "a.dcm", made)
        said = refusal(read_dicom, tmp_path)
        assert "holds a whole series in one file (Enhanced CT Image Storage)" in said
        assert "highdicom.imread('a.dcm').get_volume(). Type: " in said

    def test_compression_without_a_decoder(self, tmp_path):
        save(tmp_path, "a.dcm", compressed(JPEGLSLossless))
        said = refusal(read_dicom, tmp_path)
        assert "is compressed (JPEG-LS Lossless Image Compression): it needs a decoder" in said
        assert "pylibjpeg-libjpeg" in said

    def test_compression_that_nothing_decodes(self, tmp_path):
        save(tmp_path, "a.dcm", compressed(MPEG4HP41))
        said = refusal(read_dicom, tmp_path)
        assert "(MPEG-4 AVC/H.264 High Profile / Level 4.1), which pydicom does not decode" in said


class TestFiles:
    """Which files are read, which are passed over, and which are told."""

    def test_other_files_are_left(self, stack):
        (stack / "README.txt").write_text("Slices of a phantom.")
        (stack / ".DS_Store").write_bytes(bytes(200))
        (stack / "labels.nii.gz").write_bytes(b"\x1f\x8b")
        (stack / "more").mkdir()
        (stack / "DICOMDIR").write_bytes(
            (PYDICOMS / "test_files/dicomdirtests/DICOMDIR").read_bytes()
        )
        (stack / "report").write_bytes((PYDICOMS / "test_files/reportsi.dcm").read_bytes())
        private = slice_of(1, PixelData=None, Rows=None, Columns=None)
        private.file_meta.MediaStorageSOPClassUID = private.SOPClassUID = "1.3.12.2.1107.5.9.1"
        save(stack, "protocol.dcm", private)
        assert read_dicom(stack).values.shape[0] == 5

    def test_nothing_to_read(self, tmp_path):
        assert "There is no folder" in refusal(read_dicom, tmp_path / "no")
        (tmp_path / "a.txt").write_text("a" * 200)
        assert "is a file; give the folder" in refusal(read_dicom, tmp_path / "a.txt")
        assert "holds no DICOM images (1 other files; folders in it are not" in refusal(
            read_dicom, tmp_path
        )

    def test_two_series(self, stack):
        save(stack, "f.dcm", slice_of(7, series="1.2.4", number=9))
        said = refusal(read_dicom, stack)
        assert (
            'holds 2 series: 1.2.3 (5 files), 1.2.4 (1 files). Give read_dicom series="…"' in said
        )
        assert read_dicom(stack, series=SERIES).values.shape[0] == 5
        assert read_dicom(stack, series="1.2.4").values.shape[0] == 1
        assert "holds not 1.9 but 1.2.3 (5 files)" in refusal(read_dicom, stack, series="1.9")

    @pytest.mark.parametrize("name", ["b.dcm", "IM0003", "1.2.840.7", "b.dcm.bak"])
    def test_cut_short_anywhere(self, stack, name):
        (stack / "b.dcm").rename(stack / name)
        whole = (stack / name).read_bytes()
        ends = (2, 12, 30)
        for kept in (*(len(whole) - end for end in ends), 500, 326, 300, 150, 133, 99, 0):
            (stack / name).write_bytes(whole[:kept])
            assert str(stack / name) in refusal(read_dicom, stack), kept

    @pytest.mark.parametrize("content", [b"", b"<html>404 Not Found</html>", bytes(500)])
    def test_what_may_have_been_a_slice(self, stack, content):
        (stack / "IM0003").write_bytes(content)
        said = refusal(read_dicom, stack)
        assert "IM0003 is no DICOM file: it is empty, cut short or of another kind. Copy" in said

    def test_a_link_to_nowhere(self, stack):
        (stack / "IM0003").symlink_to(stack / "gone")
        assert "IM0003 cannot be read (No such file" in refusal(read_dicom, stack)

    @pytest.mark.parametrize(
        "syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian]
    )
    @pytest.mark.parametrize("name", ["IM0003", "d.dcm"])
    def test_without_a_header(self, stack, name, syntax):
        """As files were before 1996, or as a network node stores what it is sent."""
        expected = read_dicom(stack).values
        made = pydicom.dcmread(stack / "d.dcm")
        (stack / "d.dcm").unlink()
        order = ">i2" if syntax == ExplicitVRBigEndian else "<i2"
        made.PixelData = made.pixel_array.astype(order).tobytes()
        bare = pydicom.Dataset({element.tag: element for element in made})
        little = syntax != ExplicitVRBigEndian
        pydicom.dcmwrite(
            stack / name, bare, implicit_vr=syntax.is_implicit_VR, little_endian=little
        )
        assert (stack / name).read_bytes()[128:132] != b"DICM"
        assert torch.equal(read_dicom(stack).values, expected)
        whole = (stack / name).read_bytes()
        for kept in range(0, len(whole), 7):
            (stack / name).write_bytes(whole[:kept])
            assert name in refusal(read_dicom, stack), kept

    def test_no_pixels(self, stack):
        save(stack, "f.dcm", slice_of(115, number=5, PixelData=None))
        assert "has no pixels: it is cut short. Copy it again." in refusal(read_dicom, stack)


def test_pydicoms_own_files():
    folder = PYDICOMS / "test_files/dicomdirtests"
    assert read_dicom(folder / "98892001/CT5N").values.shape == (5, 16, 16)
    assert "lie 202.5 mm apart" in refusal(read_dicom, folder / "77654033/CT2")
    assert "a localizer or projection" in refusal(read_dicom, folder / "98892001/CT2N")
    assert "has no usable PixelSpacing" in refusal(read_dicom, folder / "77654033/CR1")
    assert "holds 3 series: " in refusal(read_dicom, folder / "98892003/MR2")


def test_each_of_pydicoms_own_files_is_read_or_told_in_one_line(tmp_path):
    """Some two hundred, of all kinds, many of them broken on purpose."""
    kept = {".dcm", "", ".gz", ".icc", ".dump"}
    files = [file for file in PYDICOMS.rglob("*") if file.is_file() and file.suffix in kept]
    assert len(files) > 150
    read = {}
    for number, file in enumerate(files):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / file.name).symlink_to(file)
        try:
            read[file.stem] = read_dicom(folder).values
        except BookError as error:
            read[file.stem] = str(error).replace(str(folder), "FOLDER")
    for name, found in read.items():
        assert torch.is_tensor(found) or (found.startswith("FOLDER") and "\n" not in found), name
    for name in ("MR_small_RLE", "MR_small_bigendian", "MR_small_expb", "MR_small_implicit"):
        assert torch.equal(read[name], read["MR_small"])


def test_damaged_bytes_end_in_one_line(tmp_path):
    """A disc's faults may fall anywhere, also on what tells how to read the rest."""
    random = np.random.default_rng(0)
    for name in ("CT_small.dcm", "MR_small_RLE.dcm", "no_meta.dcm"):
        whole = (PYDICOMS / "test_files" / name).read_bytes()
        for _ in range(200):
            damaged = bytearray(whole)
            for place in random.integers(0, 2000, 3):
                damaged[place] = random.integers(0, 256)
            (tmp_path / "IM0001").write_bytes(damaged)
            try:
                assert read_dicom(tmp_path).values.dim() == 3
            except BookError as error:
                said = str(error)
            else:
                continue
            assert "\n" not in said
            assert str(tmp_path) in said
