"""`read_wav`: what it returns, and what it says of a bad file."""

import io
import struct

import numpy as np
import pytest
import soundfile
import torch
from scipy.io import wavfile

import d2lutils as d2l
from d2lutils.data import read_wav
from tests.refusing import refusal

pytestmark = pytest.mark.filterwarnings("error")


def encoded(values, kind, codec, endian="FILE"):
    """Return a sound file's bytes."""
    stream = io.BytesIO()
    soundfile.write(stream, values, 8000, format=kind, subtype=codec, endian=endian)
    return stream.getvalue()


def chunk(name, content, size=None, order="<"):
    """Return a chunk, padded to an even length, which may lie about its size."""
    told = struct.pack(order + "I", len(content) if size is None else size)
    return name + told + content + bytes(len(content) % 2)


def form(*, tag=1, channels=1, rate=8000, bits=16, instant=None, order="<"):
    """Return a chunk that says how the samples are written."""
    instant = channels * bits // 8 if instant is None else instant
    numbers = (tag, channels, rate, rate * instant, instant, bits)
    return chunk(b"fmt ", struct.pack(order + "HHIIHH", *numbers), order=order)


def wav(*chunks, size=None, name=b"RIFF", order="<"):
    """Return a WAV file of chunks, which may lie about its size."""
    return chunk(name, b"WAVE" + b"".join(chunks), size, order)


def tensor(sound):
    """Return a sound's samples as a list a channel."""
    return sound.samples.tolist()


LEVELS = np.arange(-50, 50, dtype=np.int16)
RIGHT = [(LEVELS / 2**15).tolist()]
PCM = LEVELS.tobytes()
LIST = chunk(b"LIST", b"INFOISFT" + struct.pack("<I", 14) + b"Lavf58.29.100\0")
WIDE = struct.pack("<QQQI", 4 + 36 + 24 + 208, 200, 100, 0)  # the sizes of an RF64 file


class TestSizes:
    """Right samples or one line, whatever a file says of its sizes."""

    @pytest.mark.parametrize(
        "data",
        [
            wav(form(), chunk(b"data", PCM)),
            wav(form(), chunk(b"data", PCM), LIST),
            wav(form(), LIST, chunk(b"data", PCM)),
            wav(LIST, form(), LIST, chunk(b"data", PCM), LIST, LIST),
            wav(form(), chunk(b"JUNK", b"odd"), chunk(b"data", PCM), chunk(b"id3 ", b"ID3")),
            wav(form(), chunk(b"data", PCM)) + b"TAG" + bytes(125),
            wav(form(), chunk(b"data", PCM), size=10**6),
            wav(form(), chunk(b"data", PCM)) + b"\0",
            wav(
                form(order=">"), chunk(b"data", LEVELS.astype(">i2").tobytes(), order=">"),
                name=b"RIFX", order=">",
            ),
            wav(chunk(b"ds64", WIDE), form(), chunk(b"data", PCM, 2**32 - 1), name=b"RF64",
                size=2**32 - 1),
            wav(chunk(b"ds64", WIDE), form(), chunk(b"data", PCM, 2**32 - 1), name=b"BW64",
                size=2**32 - 1),
        ],
    )  # fmt: skip
    def test_sound_files(self, put, data):
        sound = read_wav(put(data))
        assert tensor(sound) == RIGHT
        assert sound.rate == 8000

    @pytest.mark.parametrize("notes", [b"", LIST, LIST + LIST, chunk(b"Kept", b"ID3\4\0")])
    def test_a_data_chunk_of_any_size(self, put, notes):
        for claimed in [*range(len(PCM) + len(notes) + 50), 2**31, 2**32 - 2, 2**32 - 1]:
            for whole in (None, 36) if claimed % 8 else (None, 2**32 - 1, 0, 36, 236):
                data = wav(form(), chunk(b"data", PCM, claimed), notes, size=whole)
                if claimed == len(PCM) and whole not in (0, 36):
                    assert tensor(read_wav(put(data))) == RIGHT
                else:
                    assert "cannot be read (" in refusal(read_wav, put(data))

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (wav(form(), chunk(b"data", PCM, 220)), "chunk 'data' says 220 bytes, where 200 are"),
            (wav(form(), chunk(b"data", PCM, 0)), "at byte 44, where a chunk should start, there"),
            (wav(form(), chunk(b"data", PCM, 234), LIST), "data chunk swallows a chunk 'LIST'"),
            (wav(form(), chunk(b"data", PCM), size=100), "should end at byte 108, its samples at"),
            (wav(form(), chunk(b"data", b"")), "it has no samples"),
            (wav(form()), "its chunks are ['fmt '], expected one 'fmt ' before one 'data'"),
            (wav(), "its chunks are []"),
            (wav(chunk(b"data", PCM), form()), "its chunks are ['data', 'fmt ']"),
            (wav(form(), chunk(b"data", PCM), chunk(b"data", PCM)), "['fmt ', 'data', 'data']"),
            (wav(form(), chunk(b"data", PCM[:-1])), "(199 bytes are not 99 instants of 2 bytes)"),
            (wav(form(channels=2, instant=2), chunk(b"data", PCM)), "not 50 instants of 2 bytes"),
            (wav(form(bits=24, instant=4), chunk(b"data", PCM[:12])), "not 4 instants of 4 bytes"),
            (wav(form(bits=64), chunk(b"data", PCM)), "unimplemented format"),
            (wav(form(tag=3), chunk(b"data", PCM)), "cannot be read ("),
            (wav(form(tag=0x55), chunk(b"data", PCM)), "cannot be read ("),
            (wav(form(channels=0, instant=2), chunk(b"data", PCM)), "Channel count is zero"),
            (wav(form(rate=0), chunk(b"data", PCM)), "cannot be read ("),
            (
                wav(form(tag=3, bits=64), chunk(b"data", np.array([0.5, 1e300]).tobytes())),
                "overflow",
            ),
        ],
    )
    def test_refused(self, put, data, message):
        said = refusal(read_wav, put(data))
        assert message in said
        assert said.endswith("Copy it again, or write it again as PCM of 16 bits.")

    def test_any_byte_of_the_header_may_be_wrong(self, put):
        whole = wav(form(), chunk(b"data", PCM), LIST)
        for at in range(44):
            for value in (0, 1, 7, 255):
                file = put(whole[:at] + bytes([value]) + whole[at + 1 :])
                try:
                    found = read_wav(file).samples.numel()
                except d2l.BookError:
                    refusal(read_wav, file)
                else:
                    assert found == 100, (at, value)


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

    @pytest.mark.parametrize(
        ("kind", "endian"),
        [("WAV", "LITTLE"), ("WAV", "BIG"), ("WAVEX", "LITTLE"), ("RF64", "LITTLE")],
    )
    @pytest.mark.parametrize("codec", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
    def test_kinds(self, put, kind, codec, endian):
        values = [[-1, 0.5], [0, 0.25], [0.125, -0.5]]
        data = encoded(np.array(values), kind, codec, endian)
        assert tensor(read_wav(put(data))) == np.transpose(values).tolist()

    def test_mu_law_and_a_law(self, put):
        # ITU-T G.711: each code's level, of 14 and 13 bits, in 16 bits.
        codes = np.arange(256)
        low, high = ~codes & 15, ~codes >> 4 & 7
        mu = np.where(codes < 128, -1, 1) * ((2 * low + 33 << high) - 33) * 4
        turned = codes ^ 0x55
        low, high = turned & 15, turned >> 4 & 7
        steps = np.where(high == 0, 2 * low + 1, (2 * low + 33) << np.maximum(high - 1, 0))
        for tag, levels in ((7, mu), (6, np.where(codes < 128, -1, 1) * steps * 8)):
            data = wav(form(tag=tag, bits=8), chunk(b"data", bytes(range(256))))
            assert tensor(read_wav(put(data))) == [(levels / 2**15).tolist()]

    def test_floats_that_are_none_are_kept(self, put):
        values = np.array([np.nan, np.inf, -np.inf, 3], np.float32)
        samples = read_wav(put(wav(form(tag=3, bits=32), chunk(b"data", values.tobytes())))).samples
        assert torch.equal(samples.nan_to_num(7), torch.from_numpy(values)[None].nan_to_num(7))

    def test_samples_may_be_changed(self, put):
        sound = read_wav(self.sound(put, np.zeros(3, np.float32)))
        sound.samples.add_(1)  # a NumPy array over a file's bytes is read-only

    def test_cut_short(self, put):
        whole = self.sound(put, np.arange(100, dtype=np.int16)).read_bytes()
        for kept in range(1, len(whole)):
            assert ("cannot be read (" if kept > 11 else "is no WAV") in refusal(
                read_wav, put(whole[:kept])
            )

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

    @pytest.mark.parametrize(
        ("codec", "name"),
        [
            ("IMA_ADPCM", "IMA ADPCM"),
            ("MS_ADPCM", "Microsoft ADPCM"),
            ("GSM610", "GSM 6.10"),
            ("G721_32", "32kbs G721 ADPCM"),
        ],
    )
    def test_compressed(self, put, codec, name):
        data = encoded(np.zeros(1000), "WAV", codec)
        assert f"(it is compressed: {name}); expected" in refusal(read_wav, put(data))

    @pytest.mark.parametrize(
        ("kind", "codec"),
        [("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III"), ("AIFF", "PCM_16"),
         ("W64", "PCM_16"), ("CAF", "PCM_16"), ("AU", "PCM_16")],
    )  # fmt: skip
    def test_other_formats_that_call_themselves_wav(self, put, kind, codec):
        said = refusal(read_wav, put(encoded(np.zeros(1000), kind, codec), "a.wav"))
        assert "is no WAV file: it starts with" in said
        assert said.endswith("soundfile.read reads it.")
