"""Answers to the exercises of 03/14, video."""

import torch

from check_cases import Cases

ONE_CAST = "bytes and int32 give int32"


def middles(film, n):
    return film[(2 * torch.arange(n) + 1) * len(film) // (2 * n)]


def by_a_list(film, n):
    return torch.stack([film[int((i + 0.5) * len(film) / n)] for i in range(n)])


def by_repeating(film, n):
    return film.repeat_interleave(2 * n, dim=0)[len(film) :: 2 * len(film)]


def of_a_share(film, n):
    return torch.stack([film[int((i + 0.5) / n * len(film))] for i in range(n)])


def of_a_length(film, n):
    return torch.stack([film[int((i + 0.5) * (len(film) / n))] for i in range(n)])


def half_a_piece_on(film, n):
    piece = len(film) / n
    return torch.stack([film[int(i * piece + piece / 2)] for i in range(n)])


def ends(film, n):
    return film[torch.linspace(0, len(film) - 1, n).long()]


def starts(film, n):
    return film[torch.arange(n) * len(film) // n]


def lasts(film, n):
    return film[(torch.arange(n) + 1) * len(film) // n - 1]


def each_of_a_step(film, n):
    return film[:: len(film) // n][:n] if len(film) >= n else film


def rounded(film, n):
    places = (torch.arange(n) + 0.5) * len(film) / n
    return film[places.round().long().clamp(max=len(film) - 1)]


def whole_pieces(film, n):
    piece = len(film) // n
    return film[(torch.arange(n) * piece + piece // 2).clamp(max=len(film) - 1)]


def at_most_all(film, n):
    return middles(film, min(n, len(film)))


def numbers(film, n):
    return (2 * torch.arange(n) + 1) * len(film) // (2 * n)


def moved_pixels(film, least):
    apart = (film[1:].int() - film[:-1].int()).abs()
    return (apart >= least).any(dim=1)


def by_largest(film, least):
    numbers = film.short()
    return (numbers[1:] - numbers[:-1]).abs().amax(dim=1) >= least


def by_the_larger(film, least):
    high = torch.maximum(film[1:], film[:-1])
    low = torch.minimum(film[1:], film[:-1])
    return (high - low >= least).any(dim=1)


def with_zeros_first(film, least):
    still = torch.zeros_like(film[:1, 0], dtype=torch.bool)
    return torch.cat([still, moved_pixels(film, least)])


CASES = {
    "03.14b": Cases(
        solution=middles,
        also_right=[by_a_list, by_repeating],
        wrong=[
            (ends, "the middle of each piece"),
            (starts, "its first frame"),
            (lasts, "its last frame"),
            (each_of_a_step, "its first frame"),
            (rounded, "cut off the fraction"),
            (of_a_share, "rounded on the way"),
            (of_a_length, "rounded on the way"),
            (half_a_piece_on, "rounded on the way"),
            (whole_pieces, "need not be a whole number"),
            (at_most_all, "more than once"),
            (numbers, "return the frames"),
            (lambda film, n: middles(film, n).flip(0), "backwards"),
            (lambda film, n: middles(film, n + 1), "return 4 frames"),
            (lambda film, n: film[:n], "frame (2 * i + 1) * T // (2 * n)"),
            (lambda film, n: middles(film, n).float(), "float32"),
            (lambda film, n: middles(film, n)[:, 0], "shape"),
        ],
    ),
    "03.14c": Cases(
        solution=moved_pixels,
        also_right=[by_largest, by_the_larger],
        wrong=[
            (lambda film, least: (film.diff(dim=0) >= least).any(dim=1), "have wrapped"),
            (
                lambda film, least: (film.diff(dim=0).int().abs() >= least).any(dim=1),
                "wrapped",
            ),
            (
                lambda film, least: (film.char().diff(dim=0).abs() >= least).any(dim=1),
                "take a wider type",
            ),
            (lambda film, least: (film.int().diff(dim=0) >= least).any(dim=1), "become darker"),
            (lambda film, least: (film.int().diff(dim=0) <= -least).any(dim=1), "become brighter"),
            (lambda film, least: moved_pixels(film, least + 1), "compare with >="),
            (lambda film, least: (film.int().diff(dim=0).abs() >= least).all(dim=1), "not `all`"),
            (lambda film, least: film.int().diff(dim=0).abs() >= least, "for each channel"),
            (
                lambda film, least: film.int().diff(dim=0).abs().sum(dim=1) >= least,
                "added up the channels",
            ),
            (
                lambda film, least: film.int().diff(dim=0).sum(dim=1).abs() >= least,
                "before `abs`",
            ),
            (
                lambda film, least: film.float().diff(dim=0).abs().mean(dim=1) >= least,
                "averaged the channels",
            ),
            (lambda film, least: ~moved_pixels(film, least), "not what is still"),
            (lambda film, least: moved_pixels(film, least).int(), "return a mask"),
            (with_zeros_first, "T - 1 differences"),
            (lambda film, least: moved_pixels(film[:, :1], least), "any channel differs"),
        ],
        equivalent={
            "apart = (film[:-1].int() - film[1:].int()).abs()": "abs takes the sign away",
            "apart = (film[1:] - film[:-1].int()).abs()": ONE_CAST,
            "apart = (film[1:].int() - film[:-1]).abs()": ONE_CAST,
        },
    ),
}
