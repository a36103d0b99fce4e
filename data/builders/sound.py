"""Two seconds of stereo sound whose every part has a known frequency, time and amplitude.

0.05-0.95 s: left, the chord: 440.00, 554.37 and 659.26 Hz together, amplitude 0.2 each;
    right, the same three notes one after the other, 0.3 s each, amplitude 0.5
1.00-1.80 s: left, a sweep that rises along a line from 500 to 6,000 Hz, amplitude 0.4;
    right, white noise, standard deviation 0.1
1.90 s: a click, one sample of 0.9: left at index 30,400, right 8 samples (0.5 ms) later
0.00-2.00 s: both, white noise, standard deviation 0.0005

The notes are A4, C#5 and E5 of equal temperament, 440 * 2 ** (k / 12) Hz for k = 0, 4 and 7, to
two decimals. Both channels hold the same notes in their first half, so the spectrum of that half
looks much the same in both; only a spectrogram tells which notes sound at the same time. Sounds
begin and end with 10 ms of a raised cosine, so that no edge clicks.
"""

import wave
from pathlib import Path

import numpy as np

from . import Entry, place

RATE = 16_000  # samples per second and channel
LENGTH = 2 * RATE
NOTES = (440.00, 554.37, 659.26)  # Hz
PATH = "sounds/chord.wav"


def span(start: float, stop: float) -> slice:
    """The samples from `start` to `stop`, in seconds."""
    return slice(round(start * RATE), round(stop * RATE))


def faded(samples: np.ndarray) -> np.ndarray:
    """The samples with 10 ms of a raised cosine at both ends."""
    ramp = 0.5 - 0.5 * np.cos(np.pi * np.arange(RATE // 100) / (RATE // 100))
    envelope = np.ones(len(samples))
    envelope[: len(ramp)] = ramp
    envelope[-len(ramp) :] = ramp[::-1]
    return samples * envelope


def tone(frequency: float, seconds: float) -> np.ndarray:
    """A sine of amplitude 1."""
    return np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE)


def sweep(low: float, high: float, seconds: float) -> np.ndarray:
    """A sine whose frequency goes from `low` to `high` Hz along a straight line."""
    t = np.arange(round(seconds * RATE)) / RATE
    # The phase is the integral of the frequency low + (high - low) * t / seconds.
    return np.sin(2 * np.pi * (low * t + (high - low) * t**2 / (2 * seconds)))


def chord() -> np.ndarray:
    """The samples as float64, 2 x 32,000 (left, right), within [-1, 1]."""
    generator = np.random.default_rng(4)
    samples = generator.normal(0, 0.0005, (2, LENGTH))
    left, right = samples
    left[span(0.05, 0.95)] += faded(sum(0.2 * tone(note, 0.9) for note in NOTES))
    for index, note in enumerate(NOTES):
        right[span(0.05 + 0.3 * index, 0.35 + 0.3 * index)] += faded(0.5 * tone(note, 0.3))
    left[span(1.0, 1.8)] += faded(0.4 * sweep(500, 6_000, 0.8))
    right[span(1.0, 1.8)] += faded(generator.normal(0, 0.1, round(0.8 * RATE)))
    left[30_400] = right[30_408] = 0.9
    return samples


def make(folder: Path) -> None:
    """Writes the sound as 16-bit PCM, channels interleaved."""
    levels = np.round(chord() * 32_767).astype("<i2")
    with wave.open(str(place(folder, PATH)), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(levels.T.tobytes())


ENTRIES = [
    Entry(
        path=PATH,
        kind="bytes",
        what="two seconds, stereo: a chord (440, 554.37, 659.26 Hz; left) and its notes one by one"
        " (right) at 0.05–0.95 s, a sweep from 500 to 6,000 Hz (left) and noise (right) at"
        " 1.0–1.8 s, a click at 1.9 s, 0.5 ms later on the right",
        source="this project",
        licence="CC BY 4.0",
        units="16-bit PCM, 16,000 samples a second; full scale 32,767",
        make=make,
    )
]
