"""`read_image`: what it returns, and what it says of a bad file."""

import io
import struct

import numpy as np
import pytest
import torch
from PIL import Image

from d2lutils import BookError
from d2lutils.data import read_image
from tests.refusing import refusal

pytestmark = pytest.mark.filterwarnings("error")


def encoded(image, kind="png", **options):
    """Return an image file's bytes."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def tiff(values, *, bits=None, kind=1, photometric=1, order="<"):
    """Return a TIFF of one row of grey values, as instruments write them and Pillow does not.

    `kind` is 1 for unsigned, 2 for signed, 3 for floats; `photometric` 0 where 0 is white.
    """
    stored = values.astype(values.dtype.newbyteorder(order)).tobytes()
    bits = bits or 8 * values.itemsize
    width = len(stored) * 8 // bits
    tags = {256: width, 257: 1, 258: bits, 259: 1, 262: photometric, 273: 134}
    tags |= {277: 1, 278: 1, 279: len(stored), 339: kind}
    entries = b"".join(struct.pack(f"{order}HHIHH", tag, 3, 1, n, 0) for tag, n in tags.items())
    start = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HIH", 42, 8, len(tags))
    return start + entries + bytes(4) + stored


# A picture of a telescope: two values of 16 bits, 1 and -2.
WORDS = (b"SIMPLE  = T", b"BITPIX  = 16", b"NAXIS   = 2", b"NAXIS1  = 2", b"NAXIS2  = 1", b"END")
FITS = b"".join(word.ljust(80) for word in WORDS).ljust(2880) + struct.pack(">hh", 1, -2)


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

    def test_colours_are_the_same_in_each_mode(self, put):
        orange = Image.new("RGB", (1, 1), (200, 100, 50))
        for data in (
            encoded(orange.convert("P", palette=Image.Palette.ADAPTIVE)),
            encoded(orange.convert("LAB"), "tiff"),
            encoded(Image.new("CMYK", (1, 1), (0, 100, 150, 55)), "tiff"),
            encoded(Image.new("CMYK", (1, 1), (0, 127, 191, 55)), "jpeg", quality=100),
        ):
            red, green, blue = read_image(put(data)).flatten().tolist()
            assert abs(red - 200) <= 1
            assert green in range(90, 123)
            assert blue in range(49, 83)

    def test_ycck(self, put):
        """A JPEG as Photoshop writes it: its inks as brightness and colour, and inverted."""
        inverted = 255 - torch.tensor([179, 171, 1, 255])  # of inks 0, 255, 255 and 0
        image = Image.new("CMYK", (8, 8), tuple(inverted.tolist()))
        data = bytearray(encoded(image, "jpeg", quality=100))
        data[data.index(b"Adobe") + 11] = 2
        pixel = read_image(put(bytes(data)))[:, 0, 0].int()
        assert (pixel - torch.tensor([255, 0, 0])).abs().max() <= 3

    def test_premultiplied_colours_are_divided(self, put):
        data = bytearray(encoded(Image.new("RGBA", (1, 1), (50, 25, 0, 128)), "tiff"))
        entry = data.index(struct.pack("<HHI", 338, 3, 1))
        data[entry + 8] = 1
        assert read_image(put(bytes(data))).flatten().tolist() == [99, 49, 0, 128]

    def test_sixteen_bits_keep_the_upper_eight(self, put):
        values = np.array([[0, 255, 256, 65535]], dtype=np.uint16)
        image = Image.fromarray(values)
        for data in (
            *(encoded(image, kind) for kind in ("png", "tiff", "ppm", "jpeg2000")),
            tiff(values, order=">"),
            tiff(65535 - values, photometric=0),
        ):
            assert read_image(put(data)).tolist() == [[[0, 0, 1, 255]]]

    def test_twelve_bits_keep_the_upper_eight(self, put):
        data = tiff(np.array([0x00, 0x0F, 0xFF, 0x80, 0x00, 0x10], np.uint8), bits=12)
        assert read_image(put(data)).tolist() == [[[0, 255, 128, 1]]]

    def test_a_value_of_sixteen_bits_may_stand_for_nothing(self, put):
        image = Image.fromarray(np.array([[256, 512]], dtype=np.uint16))
        tensor = read_image(put(encoded(image, transparency=256)))
        assert tensor[:, 0].tolist() == [[1, 2], [1, 2], [1, 2], [0, 255]]

    @pytest.mark.parametrize(
        "data",
        [
            encoded(Image.fromarray(np.array([[0, 100, 255]], np.int32)), "tiff"),
            encoded(Image.fromarray(np.array([[0, 100, 70000]], np.int32)), "tiff"),
            encoded(Image.fromarray(np.array([[0, 0.5, 1]], np.float32)), "tiff"),
            tiff(np.array([0, 100, 255], np.uint32)),
            tiff(np.array([-1, 0, 300], np.int16), kind=2),
            tiff(np.array([-1, 0, 100, 127], np.int8), kind=2),
            tiff(np.array([0, 0.5], np.float32), kind=3, photometric=0),
            b"Pf\n1 1\n-1.0\n" + struct.pack("<f", 0.5),
            FITS,
        ],
        ids=["int32", "large", "float", "uint32", "int16", "int8", "white", "pfm", "fits"],
    )
    def test_numbers_that_are_no_brightness(self, put, data):
        said = refusal(read_image, put(data))
        assert "holds values that are signed, floats or longer than 16 bits, expected 8" in said
        assert "np.array(PIL.Image.open(…))" in said

    @pytest.mark.parametrize("kind", ["gif", "png", "webp", "tiff"])
    def test_the_first_of_several_pictures(self, put, kind):
        first, second = Image.new("RGB", (2, 2), "red"), Image.new("RGB", (2, 2), "lime")
        options = {"lossless": True} if kind == "webp" else {}
        data = encoded(first, kind, save_all=True, append_images=[second], **options)
        assert read_image(put(data))[:, 0, 0].tolist() == [255, 0, 0]

    def test_its_name_does_not_matter(self, put):
        assert read_image(put(encoded(self.grey, "bmp"), "a.jpg")).shape == (1, 2, 3)

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
            (b"no image at all", "export a PNG): it starts with b'no image'."),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no image of a known format"),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "is no image of a known format"),
            (tiff(np.array([0.5]), kind=3), "is no image of a known format (of HEIC, SVG, raw"),
            (b"\x89PNG\r\n\x1a\n", "is no image of a known format"),
            (encoded(Image.new("RGB", (64, 64)), "jpeg")[:500], "is an image, but cut short or"),
            (encoded(Image.effect_noise((64, 64), 9))[:900], "is an image, but cut short or"),
            (b"\x89HDF\r\n\x1a\n" + bytes(99), "or Pillow cannot read it alone (cannot find"),
            (b"", "is empty."),
        ],
    )
    def test_bad_files(self, put, data, message):
        assert message in refusal(read_image, put(data))

    def test_far_too_large(self, put, monkeypatch):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 2)
        said = refusal(read_image, put(encoded(self.grey)))
        assert "is very large. If you trust it, set PIL.Image.MAX_IMAGE_PIXELS = None" in said

    @pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "bmp", "tiff", "webp", "jpeg2000"])
    def test_cut_short_anywhere(self, put, kind):
        noise = np.random.default_rng(0).integers(0, 256, (20, 30), np.uint8)
        whole = encoded(Image.fromarray(noise), kind)
        expected = read_image(put(whole))
        for kept in range(1, len(whole), 29):
            try:
                found = read_image(put(whole[:kept]))
            except BookError:
                continue
            assert torch.equal(found, expected), kept
