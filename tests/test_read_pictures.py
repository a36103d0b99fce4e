"""`read_image`: what it returns, and what it says of a bad file."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from d2lutils.data import read_image
from tests.refusing import refusal

pytestmark = pytest.mark.filterwarnings("error")


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
