"""The fields of a table's column, as numbers or dates."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from math import isinf
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from d2lutils.errors import BookError

Kind = Literal["number", "text", "date"]
KINDS = ("number", "text", "date")
_MISSING = {  # what pandas takes for missing, but for the -1.#IND of old Windows programs
    "", "NA", "N/A", "n/a", "<NA>", "#N/A", "#N/A N/A", "#NA", "NaN", "nan", "-NaN", "-nan",
    "NULL", "null", "None",
}  # fmt: skip
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SWAPPED = str.maketrans(".,", ",.")
_ROUNDED = (
    "is a whole number that float64 rounds; read the column as text. (int64 would need all of it "
    "whole, below 2**63 and none missing.)"
)


def converted(
    file: str | Path, column: "pd.Series[Any]", kind: Kind, decimal: str
) -> "pd.Series[Any]":
    """Return a column of texts, whose index holds the lines of the file, as its kind has it.

    Raises BookError where a field is of another kind, or is one that float64 would change.
    """
    if kind == "text":
        return column.mask(column == "").reset_index(drop=True)
    read: Callable[[str], Any] = _day if kind == "date" else partial(_number, decimal=decimal)

    def refusal(line: Any, field: str, told: object) -> BookError:
        shown = repr(field) if len(field) < 60 else f"{field[:57]!r}…"
        return BookError(f"{file}, line {line}, column {column.name}: {shown} {told}")

    found: list[Any] = []
    for line, field in column.items():
        try:
            found.append(None if field.strip() in _MISSING else read(field.strip()))
        except ValueError as error:
            raise refusal(line, field, error) from None
    if kind == "date":
        return pd.Series(np.array(found, dtype="datetime64[us]"))
    if all(isinstance(value, int) and -(2**63) <= value < 2**63 for value in found):
        return pd.Series(found, dtype="int64")
    for (line, field), value in zip(column.items(), found, strict=True):
        if isinstance(value, int) and int(float(value)) != value:
            raise refusal(line, field, _ROUNDED)
    return pd.Series(found, dtype="float64")


def _number(field: str, decimal: str) -> int | float:
    """Return a field's number, an int where it is whole; ValueError says why there is none.

    Python's `float` would take `1_000` and `infinity`, and turn 1E400 into infinity.
    """
    plain, other = (field, ",") if decimal == "." else (field.translate(_SWAPPED), ".")
    if not _NUMBER.fullmatch(plain):
        told = f"is no number; expected one such as 3{decimal}5, or an empty field."
        if other in field and _NUMBER.fullmatch(field.replace(",", "").replace(".", "")):
            told += f" If its {other!r} is a decimal mark, give read_table decimal={other!r}; "
            told += "a mark of thousands must go."
        raise ValueError(told)
    value, exact = float(plain), Decimal(plain)
    if isinf(value) or (value == 0 and exact):
        raise ValueError("is beyond what float64 holds; read the column as text.")
    if "e" in plain.lower() or exact != exact.to_integral_value():
        return value
    if "." not in plain:
        return int(exact)
    if exact != value:
        raise ValueError(_ROUNDED)
    return value


def _day(field: str) -> date:
    """Return a field that is a date; ValueError says that it is none (`today` is none)."""
    try:
        if _DATE.fullmatch(field):
            return date.fromisoformat(field)
    except ValueError:
        pass
    raise ValueError("is no date; expected one such as 2012-01-31, or an empty field.")
