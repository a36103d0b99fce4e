"""Answers to the exercises of 03/05, text."""

import unicodedata

from check_cases import Cases


def repair(text):
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def only_encoding_errors_caught(text):
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeEncodeError:
        return text


def once_more(text):
    try:
        return text.encode("utf-8").decode("cp1252")
    except UnicodeError:
        return text


def letters_dropped(text):
    return text.encode("cp1252", "ignore").decode("ascii", "ignore")


def as_far_as_it_goes(text):
    while repair(text) != text:
        text = repair(text)
    return text


def word_by_word(text):
    return " ".join(repair(word) for word in text.split(" "))


def line_by_line(text):
    return "\n".join(map(repair, text.split("\n")))


def by_its_marks(text):
    return repair(text) if set(text) & set("ÃÂâð") else text


def only_where_there_is_more_than_ascii(text):
    return text if text.isascii() else repair(text)


def by_latin_1(text):
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def latin_1_after_it(text):
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return by_latin_1(text)


def letter_by_letter(text):
    data = b""
    for letter in text:
        try:
            data += letter.encode("cp1252")
        except UnicodeError:
            data += letter.encode("utf-8")
    try:
        return data.decode("utf-8")
    except UnicodeError:
        return text


def where_it_gets_shorter(text):
    return min(text, repair(text), key=len)


def by_a_table(text):
    for right in "éèäöüï–€É":
        text = text.replace(once_more(right), right)
    return text


def undecodable_dropped(text):
    return text.encode("cp1252", "ignore").decode("utf-8", "ignore")


def fit(text, size):
    return text.encode("utf-8")[:size].decode("utf-8", errors="ignore")


def shortened(text, size):
    while len(text.encode()) > size:
        text = text[:-1]
    return text


def one_by_one(text, size):
    kept = ""
    for character in text:
        if len((kept + character).encode()) > size:
            break
        kept += character
    return kept


def back_from_the_cut(text, size):
    data = text.encode()
    while size < len(data) and 128 <= data[size] < 192:
        size -= 1
    return data[:size].decode()


def one_byte_spared(text, size):
    while len(text.encode()) >= size and text:
        text = text[:-1]
    return text


def passing_over_what_is_too_long(text, size):
    kept = ""
    for character in text:
        if len((kept + character).encode()) <= size:
            kept += character
    return kept


def back_to_the_start(text, size):
    data = text.encode()[:size]
    while data and data[-1] >= 128:
        data = data[:-1]
    return data.decode()


def replaced_and_stripped(text, size):
    return text.encode()[:size].decode("utf-8", "replace").rstrip("\ufffd")


def one_torn_byte_only(text, size):
    data = text.encode()[:size]
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data[:-1].decode()


def without_marks_at_the_end(text, size):
    while len(text.encode()) > size:
        text = text[:-1]
        while text and unicodedata.combining(text[-1]):
            text = text[:-1]
    return text


def up_to_the_error(text, size):
    data = text.encode()[:size]
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        return data[: error.start].decode()


CASES = {
    "03.5b": Cases(
        solution=repair,
        also_right=[only_where_there_is_more_than_ascii, where_it_gets_shorter],
        wrong=[
            (lambda text: text, "still broken"),
            (once_more, "broke it once more"),
            (lambda text: text.encode("cp1252").decode("utf-8"), "raised UnicodeDecodeError"),
            (only_encoding_errors_caught, "raised UnicodeDecodeError"),
            (letters_dropped, "outside ASCII are lost"),
            (undecodable_dropped, "no UTF-8, so the text was never broken"),
            (lambda text: text.encode("cp1252"), "expected a str"),
            (lambda text: repair(text).strip(), "take the way back"),
            (lambda text: unicodedata.normalize("NFC", repair(text)), "take the way back"),
            (as_far_as_it_goes, "one step back is asked for"),
            (word_by_word, "the whole text is sound"),
            (line_by_line, "the whole text is sound"),
            (by_its_marks, "still broken"),
            (lambda text: "\n".join(repair(text).splitlines()), "take the way back"),
            (by_latin_1, "it is still broken"),
            (latin_1_after_it, "read in another way"),
            (letter_by_letter, "Windows-1252 lacks"),
            (by_a_table, "take the way back"),
            (lambda text: repair(text).lower(), "take the way back"),
            (
                lambda text: text.encode("cp1252", "replace").decode("utf-8", "replace"),
                "never broken",
            ),
            (lambda text: repair(text).encode("ascii", "ignore").decode(), "outside ASCII"),
        ],
    ),
    "03.5c": Cases(
        solution=fit,
        also_right=[shortened, one_by_one, back_from_the_cut, up_to_the_error],
        wrong=[
            (lambda text, size: text, "counts code points"),
            (lambda text, size: text[:size], "counts code points"),
            (lambda text, size: text.encode()[:size], "expected a str"),
            (lambda text, size: text.encode()[:size].decode(), "raised UnicodeDecodeError"),
            (lambda text, size: text.encode()[:size].decode("utf-8", "replace"), "was torn"),
            (lambda text, size: text.encode()[:size].decode("cp1252", "replace"), "mojibake"),
            (lambda text, size: text.encode("ascii", "ignore")[:size].decode(), "unchanged"),
            (lambda text, size: fit(text, size).strip(), "unchanged"),
            (lambda text, size: fit(text, size).rstrip(), "unchanged"),
            (lambda text, size: fit(unicodedata.normalize("NFC", text), size), "unchanged"),
            (lambda text, size: text[: size // 4], "longest beginning"),
            (one_byte_spared, "of exactly `size` bytes fits"),
            (passing_over_what_is_too_long, "first character that does not fit"),
            (back_to_the_start, "longest beginning"),
            (replaced_and_stripped, "longest beginning"),
            (without_marks_at_the_end, "of exactly `size` bytes fits"),
            (one_torn_byte_only, "raised UnicodeDecodeError"),
            (lambda text, size: fit(text, size) + "…", "bytes, and"),
        ],
    ),
}
