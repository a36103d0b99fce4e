"""`read_wav`: what it returns, and what it says of a bad file."""

import io
import struct

import numpy as np
import pytest
import torch
from scipy.io import wavfile

from d2lutils.data import read_wav
from tests.refusing import refusal

pytestmark = pytest.mark.filterwarnings("error")


class TestWav:
    def sound(self, put, values, rate=8000):
        stream = io.BytesIO()
        wavfile.write(stream, rate, values)
        return put(stream.getvalue(), "a.wav")

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            (np.array([0, 64, 128, 255], np.uint8), [-1, -0.5, 0, 127 / 128]),
            (np.array([-32768, 0, 16384], np.int16), [-1, 0, 0.5]),
            (np.array([-(2**31), 0, 2**30], np.int32), [-1, 0, 0.5]),
            (np.array([-1.5, 0, 0.25], np.float32), [-1.5, 0, 0.25]),
            (np.array([-1, 0, 0.1]), [-1, 0, 0.1]),
        ],
    )
    def test_widths(self, put, values, expected):
        samples, rate = read_wav(self.sound(put, values))
        assert samples.dtype == torch.float32
        assert samples.is_contiguous()
        assert rate == 8000
        torch.testing.assert_close(samples, torch.tensor([expected], dtype=torch.float32))

    def test_24_bits_and_two_channels(self, put):
        values = [(-8388608, 4194304), (0, -4194304)]
        data = b"".join(v.to_bytes(3, "little", signed=True) for pair in values for v in pair)
        head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 2, 48000, 288000, 6, 24)
        body = b"WAVE" + head + struct.pack("<4sI", b"data", len(data)) + data
        sound = read_wav(put(struct.pack("<4sI", b"RIFF", len(body)) + body))
        assert sound.samples.tolist() == [[-1, 0], [0.5, -0.5]]
        assert sound.rate == 48000

    def test_12_bits_fill_the_upper_ones_of_16(self, put):
        data = struct.pack("<3h", -32768, 2047 << 4, 1 << 4)
        head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 12)
        body = b"WAVE" + head + struct.pack("<4sI", b"data", len(data)) + data
        sound = read_wav(put(struct.pack("<4sI", b"RIFF", len(body)) + body))
        assert sound.samples.tolist() == [[-1, 2047 / 2048, 1 / 2048]]

    def test_samples_may_be_changed(self, put):
        sound = read_wav(self.sound(put, np.zeros(3, np.float32)))
        sound.samples.add_(1)  # a NumPy array over a file's bytes is read-only

    @pytest.mark.parametrize("kept", [44 + 20, 44 + 7, 44, 40, 30, 14])
    def test_cut_short(self, put, kept):
        whole = self.sound(put, np.zeros(100, np.int16)).read_bytes()
        assert "cannot be read (" in refusal(read_wav, put(whole[:kept]))

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"ID3\x04 an mp3", "is no WAV file: it starts with b'ID3"),
            (b"RIFF\0\0\0\0AVI ", "is no WAV file"),
            (b"", "is empty."),
        ],
    )
    def test_no_wav(self, put, data, message):
        assert message in refusal(read_wav, put(data))

    def test_compressed(self, put):
        whole = bytearray(self.sound(put, np.zeros(100, np.uint8)).read_bytes())
        whole[20] = 7
        assert "Unknown wave file format: MULAW" in refusal(read_wav, put(bytes(whole)))
