"""Answers to the exercises of 03/07, tokens."""

import codecs
import re
from collections import Counter
from itertools import pairwise

from check_cases import NOT_NEGATIVE, WHOLE, Cases


def decoded(pieces, byte_of):
    data = bytes(byte_of[sign] for sign in "".join(pieces))
    return data.decode("utf-8", errors="replace")


def decoded_step_by_step(pieces, byte_of):
    reader = codecs.getincrementaldecoder("utf-8")(errors="replace")
    parts = [reader.decode(bytes(byte_of[sign] for sign in piece)) for piece in pieces]
    return "".join(parts) + reader.decode(b"", final=True)


def with_errors(errors):
    def decode(pieces, byte_of):
        data = bytes(byte_of[sign] for sign in "".join(pieces))
        return data.decode("utf-8", errors=errors)

    return decode


def piece_by_piece(pieces, byte_of):
    return "".join(decoded([piece], byte_of) for piece in pieces)


def each_byte_a_character(pieces, byte_of):
    return "".join(chr(byte_of[sign]) for sign in "".join(pieces))


def until_it_works(pieces, byte_of):
    data = bytes(byte_of[sign] for sign in "".join(pieces))
    while data:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            data = data[:-1]
    return ""


def from_memory(pieces, byte_of):
    known = {chr(256 + n): n for n in range(33)}
    known |= {"\u0142": 0xAD, "\u0143": 0xAD}
    data = bytes(known.get(sign, byte_of[sign]) for sign in "".join(pieces))
    return data.decode("utf-8", errors="replace")


def with_its_own_table(pieces, byte_of):
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = sorted(set(range(256)) - set(plain))
    table = {chr(byte): byte for byte in plain}
    return decoded(pieces, table | {chr(256 + n): byte for n, byte in enumerate(others)})


def merge(pieces, pair):
    merged = []
    for piece in pieces:
        if merged and (merged[-1], piece) == pair:
            merged[-1] += piece
        else:
            merged.append(piece)
    return merged


def saved(words, counts, pair):
    total = 0
    for word, pieces in words.items():
        total += counts[word] * (len(pieces) - len(merge(pieces, pair)))
    return total


def saved_by_walking(words, counts, pair):
    total = 0
    for word, pieces in words.items():
        place = 0
        while place + 1 < len(pieces):
            here = (pieces[place], pieces[place + 1]) == pair
            total += counts[word] * here
            place += 2 if here else 1
    return total


def as_counted(words, counts, pair):
    pairs = Counter()
    for word, pieces in words.items():
        for two in pairwise(pieces):
            pairs[two] += counts[word]
    return pairs[pair]


def each_word_once(words, counts, pair):
    return saved(words, dict.fromkeys(words, 1), pair)


def tokens_left(words, counts, pair):
    return sum(counts[word] * len(merge(words[word], pair)) for word in words)


def once_a_word(words, counts, pair):
    return sum(counts[word] for word in words if len(merge(words[word], pair)) < len(words[word]))


def merged_in_place(words, counts, pair):
    before = sum(counts[word] * len(words[word]) for word in words)
    for word in words:
        words[word] = merge(words[word], pair)
    return before - sum(counts[word] * len(words[word]) for word in words)


def by_text(words, counts, pair):
    return sum(counts[word] * word.count("".join(pair)) for word in words)


def found_in_the_spaced_text(words, counts, pair):
    return sum(counts[w] * " ".join(words[w]).count(" ".join(pair)) for w in words)


def replaced_in_the_spaced_text(words, counts, pair):
    total = 0
    for word, pieces in words.items():
        text = " ".join(pieces).replace(" ".join(pair), "".join(pair))
        total += counts[word] * (len(pieces) - len(text.split()))
    return total


def equal_as_letters(words, counts, pair):
    total = 0
    for word, pieces in words.items():
        place = 0
        while place + 1 < len(pieces):
            here = pieces[place] + pieces[place + 1] == "".join(pair)
            total += counts[word] * here
            place += 2 if here else 1
    return total


def saved_by_a_pattern(words, counts, pair):
    pattern = rf"(?<!\S){re.escape(pair[0])} {re.escape(pair[1])}(?!\S)"
    return sum(counts[w] * len(re.findall(pattern, " ".join(words[w]))) for w in words)


CASES = {
    "03.7b": Cases(
        solution=decoded,
        also_right=[decoded_step_by_step],
        wrong=[
            (with_errors("strict"), "UnicodeDecodeError"),
            (with_errors("ignore"), "the loss is hidden"),
            (with_errors("backslashreplace"), "no escapes"),
            (with_errors("surrogateescape"), "expected"),
            (piece_by_piece, "join the pieces before you decode"),
            (each_byte_a_character, "each byte has become a character"),
            (until_it_works, "the loss is hidden"),
            (with_its_own_table, "look the signs up in the dictionary"),
            (lambda pieces, byte_of: "".join(pieces), "these are the signs"),
            (lambda pieces, byte_of: " ".join(pieces), "nothing between the pieces"),
            (lambda pieces, byte_of: decoded(pieces, byte_of).strip(), "spaces and line ends"),
            (lambda pieces, byte_of: decoded(pieces, byte_of).rstrip("\ufffd"), "cut at the end"),
            (lambda pieces, byte_of: decoded(pieces, byte_of).encode(), "expected a str"),
            (
                lambda pieces, byte_of: decoded(pieces[:-1], byte_of),
                "expected 'the sea', got 'the'",
            ),
            (lambda pieces, byte_of: bytes(map(ord, "".join(pieces))).decode(), "ValueError"),
        ],
    ),
    "03.7c": Cases(
        solution=saved,
        also_right=[saved_by_walking, saved_by_a_pattern],
        wrong=[
            (as_counted, "pairs may overlap"),
            (each_word_once, "as often as it occurs"),
            (tokens_left, "how many tokens are left"),
            (lambda words, counts, pair: -saved(words, counts, pair), "a saving is positive"),
            (lambda words, counts, pair: saved(words, counts, pair[::-1]), "in reverse order"),
            (once_a_word, "more than once"),
            (merged_in_place, "your function changed its input"),
            (lambda words, counts, pair: 2 * saved(words, counts, pair), "it saves one"),
            (by_text, "compare whole pieces"),
            (found_in_the_spaced_text, "compare whole pieces"),
            (replaced_in_the_spaced_text, "compare whole pieces"),
            (equal_as_letters, "compare whole pieces"),
            (lambda words, counts, pair: float(saved(words, counts, pair)), "return an int"),
            (lambda words, counts, pair: saved(words, counts, pair) or 1, "expected 0, got 1"),
        ],
        equivalent={
            "return abs(total)": NOT_NEGATIVE,
            "return int(total)": WHOLE,
            "return abs(saved)": NOT_NEGATIVE,
            "return int(saved)": WHOLE,
        },
    ),
}
