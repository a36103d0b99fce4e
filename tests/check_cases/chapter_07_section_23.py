"""Answers to the exercises of 07/23, a service that refuses nonsense."""

import json
import re

import torch

from check_cases import COMMUTES, NOT_NEGATIVE, WHOLE, Cases


def validate(pixels):
    if not isinstance(pixels, list):
        return "list"
    if len(pixels) != 64:
        return "length"
    if not all(type(p) in (int, float) for p in pixels):
        return "number"
    if not all(0 <= p <= 1 for p in pixels):
        return "range"
    return None


def by_loops(pixels):
    if type(pixels) is not list or len(pixels) != 64:
        return "list" if type(pixels) is not list else "length"
    for p in pixels:
        if isinstance(p, bool) or not isinstance(p, int | float):
            return "number"
    for p in pixels:
        if p != p or p < 0 or p > 1:
            return "range"
    return None


def any_with_a_length(pixels):
    if not hasattr(pixels, "__len__"):
        return "list"
    return validate(list(pixels))


def tuples_pass(pixels):
    return validate(list(pixels) if isinstance(pixels, tuple) else pixels)


def bools_pass(pixels):
    if validate(pixels) == "number" and all(isinstance(p, int | float) for p in pixels):
        return validate([float(p) for p in pixels])
    return validate(pixels)


def texts_pass(pixels):
    if validate(pixels) == "number" and all(isinstance(p, int | float | str) for p in pixels):
        return validate([p if isinstance(p, bool) else float(p or 0) for p in pixels])
    return validate(pixels)


def only_floats(pixels):
    if validate(pixels) is None and not all(isinstance(p, float) for p in pixels):
        return "number"
    return validate(pixels)


def nan_is_fine(pixels):
    if validate(pixels) != "range":
        return validate(pixels)
    return "range" if any(p < 0 or p > 1 for p in pixels) else None


def without_ends(pixels):
    if validate(pixels) is None and not all(0 < p < 1 for p in pixels):
        return "range"
    return validate(pixels)


def one_by_one(pixels):
    if validate(pixels) not in ("number", "range"):
        return validate(pixels)
    for p in pixels:
        if type(p) not in (int, float):
            return "number"
        if not 0 <= p <= 1:
            return "range"
    return None


def as_tensor(pixels):
    if validate(pixels) in ("range", None):
        X = torch.tensor(pixels)
        return None if ((X >= 0) & (X <= 1)).all() else "range"
    return validate(pixels)


def ends_only(pixels):
    if validate(pixels) not in ("number", "range"):
        return validate(pixels)
    return validate([pixels[0], pixels[37], *[0.5] * 61, pixels[63]])


def no_type_asked(pixels):
    if validate(pixels) == "number":
        return None if all(0 <= p <= 1 for p in pixels) else "range"
    return validate(pixels)


def status(length, body):
    if length is None:
        return 411
    if not (length.isascii() and length.isdigit()):
        return 400
    if int(length) > 10_000:
        return 413
    try:
        value = json.loads(body, parse_constant=int)
    except (ValueError, RecursionError):
        return 400
    if not isinstance(value, dict) or set(value) != {"pixels"}:
        return 422
    return 200


def no_constant(name):
    raise KeyError(name)


def by_keys(length, body):
    if length is None:
        return 411
    if not length or set(length) - set("0123456789"):
        return 400
    if int(length) > 10_000:
        return 413
    try:
        value = json.loads(body, parse_constant=no_constant)
    except Exception:
        return 400
    return 200 if type(value) is dict and list(value) == ["pixels"] else 422


def by_int(length, body):
    try:
        number = int(length)
    except (TypeError, ValueError):
        return status(length, body)
    return 400 if number < 0 else status(str(number), body)


def by_pattern(length, body):
    if length is not None and not re.match("^[0-9]+$", length):
        return 400
    return status(length and length.strip(), body)


def other_scripts(length, body):
    if length is not None and length.isdigit():
        length = str(int(length))
    return status(length, body)


def nan_passes(length, body):
    said = status(length, b"{}")
    if said != 422:
        return said
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return 400
    return 200 if isinstance(value, dict) and set(value) == {"pixels"} else 422


def nan_by_text(length, body):
    said = nan_passes(length, body)
    return 400 if said in (200, 422) and b"NaN" in body else said


def nan_by_word(length, body):
    said = nan_passes(length, body)
    return 400 if said in (200, 422) and b"[NaN" in body else said


def deep_raises(length, body):
    said = status(length, body)
    if said == 400 and body.startswith(b"[["):
        json.loads(body)
    return said


def unicode_raises(length, body):
    if status(length, b"{}") == 422:
        body.decode()
    return status(length, body)


def body_first(length, body):
    said = status(length or "0", body)
    return 411 if length is None and said in (200, 422) else said


def other_keys_pass(length, body):
    said = status(length, body)
    return 200 if said == 422 and b'"pixels": ' in body else said


def a_list_passes(length, body):
    said = status(length, body)
    return 200 if said == 422 and body.startswith(b"[") else said


CASES = {
    "07.23a": Cases(
        solution=validate,
        also_right=[by_loops],
        wrong=[
            (any_with_a_length, "ask for a list"),
            (tuples_pass, "ask for a list"),
            (bools_pass, "True is an instance of int"),
            (texts_pass, "no int and no float"),
            (only_floats, "an int is a number"),
            (nan_is_fine, "comparisons with NaN"),
            (without_ends, "0 and 1 are allowed"),
            (one_by_one, "is asked first"),
            (as_tensor, "your function raised"),
            (no_type_asked, "your function raised"),
            (ends_only, "no int and no float"),
            (lambda pixels: validate(pixels) is None, "None or a text"),
            (lambda pixels: validate(pixels) or "", "expected None"),
        ],
        equivalent={"dropped: return None": "a function that ends returns None"},
    ),
    "07.23b": Cases(
        solution=status,
        also_right=[by_keys],
        wrong=[
            (by_int, "is no digit"),
            (by_pattern, "a line end is no digit"),
            (other_scripts, "other scripts"),
            (nan_passes, "parse_constant"),
            (nan_by_text, "the text"),
            (nan_by_word, "Infinity"),
            (deep_raises, "your function raised"),
            (unicode_raises, "your function raised"),
            (body_first, "the length comes before the body"),
            (other_keys_pass, "the only key"),
            (a_list_passes, "a list is no dict"),
            (lambda *request: str(status(*request)), "an int"),
            (lambda *request: status(*request) == 200, "an int"),
        ],
        equivalent={
            "return abs(200 if good else 422)": NOT_NEGATIVE,
            "return int(200 if good else 422)": WHOLE,
            "try:": COMMUTES,  # the two errors that are caught
        },
    ),
}
