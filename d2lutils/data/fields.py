"""The fields of a CSV file: as texts, and a column of them as numbers or dates."""

import csv
import io
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

from d2lutils.data.files import near
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


def fields_of(file: str | Path, text: str, names: list[str], delimiter: str) -> pd.DataFrame:
    """Return the named columns of a CSV file as texts; the index has the line that ends each row.

    Raises BookError where a name is not there once, rows differ in length or quotes are wrong.
    """
    if excel := re.match(r'"?sep=(.)"?\n', text, re.IGNORECASE):
        _expect(file, delimiter, excel[1])
        text = "\n" + text[excel.end() :]
    header = _header(text, delimiter)
    _check_header(file, text, header, names, delimiter)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise BookError(
            f"{file}, line {reader.line_num}: {error}. Close each quotation mark; double one "
            "within a text."
        ) from None
    for line, row in rows:
        if len(row) != len(header):
            count = "1 field" if len(header) == 1 else f"{len(header)} fields"
            told = f"expected {count} as in the first line, found {len(row)}"
            raise BookError(f"{file}, line {line}: {told}.")
    if len(rows) < 2:
        raise BookError(f"{file} has no rows below the line of names.")
    lines, fields = zip(*rows[1:], strict=True)
    table = dict(zip(header, zip(*fields, strict=True), strict=True))
    return pd.DataFrame({name: table[name] for name in names}, index=lines)


def _header(text: str, delimiter: str) -> list[str]:
    """Return the first line that is not blank, split."""
    try:
        return next(csv.reader(io.StringIO(text.lstrip("\n")), delimiter=delimiter), [])
    except csv.Error:  # a quotation mark that nothing closes
        return []


def _check_header(
    file: str | Path, text: str, header: list[str], names: list[str], delimiter: str
) -> None:
    """Raise BookError unless the first line names each column once."""
    for name in names if header else ():
        if (count := header.count(name)) > 1:
            raise BookError(f"{file} has {count} columns {_shown(name)}, expected one.")
        if not count:
            split = {other: _header(text, other) for other in ",;\t|"}
            found = max(split, key=lambda other: (name in split[other], len(split[other])))
            if name in split[found] or len(split[found]) > len(header):
                _expect(file, delimiter, found)
            shown = [_shown(other) for other in header]
            told = f"{_shown(name)}{near(_shown(name), shown)}; it has: {', '.join(shown[:30])}"
            raise BookError(f"{file} has no column {told}{', …' if shown[30:] else '.'}")


def _shown(name: object) -> str:
    """Return a name as it is, or in quotes where blanks or line ends would be overseen."""
    shown = str(name)
    shown = shown if shown.isprintable() and shown == shown.strip() != "" else repr(name)
    return shown if len(shown) < 60 else f"{shown[:57]}…"


def _expect(file: str | Path, delimiter: str, found: str) -> None:
    """Raise BookError where another delimiter than the expected one was found."""
    if found != delimiter:
        raise BookError(
            f"{file} has {found!r} between its fields, expected {delimiter!r}. "
            f"Give read_table delimiter={found!r}."
        )
