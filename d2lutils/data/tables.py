"""The bundled tables as DataFrames, and the reader of CSV files."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from d2lutils.data.files import near, path
from d2lutils.data.words import read_text
from d2lutils.errors import BookError

Kind = Literal["number", "text", "date"]
_KINDS: dict[str, Kind] = {  # of the bundled columns; all others are numbers
    "date": "date", "species": "text", "island": "text", "sex": "text", "weather": "text",
    "language": "text", "language_name": "text", "name": "text",
}  # fmt: skip
_MISSING = ("", "NA", "N/A", "NaN", "nan", "null")
_EXAMPLES = {"number": "3.5", "date": "2012-01-31"}


def penguins() -> pd.DataFrame:
    """Return 344 penguins measured at Palmer Station from 2007 to 2009, with real gaps (NaN).

    Columns: `species`, `island`, `sex` (text), `bill_length_mm`, `bill_depth_mm`,
    `flipper_length_mm`, `body_mass_g` (float64, millimetres and grams), `year` (int64).
    Explained in 03/01. Raises BookError where the file is missing or damaged.
    """
    return _bundled("tables/penguins.csv")


def wine() -> pd.DataFrame:
    """Return 178 Italian wines: `cultivar` (int64: 1, 2 or 3) and 13 measurements (float64).

    There are no gaps; `data/README.md` names the units.
    Explained in 03/01. Raises BookError where the file is missing or damaged.
    """
    return _bundled("tables/wine.csv")


def weather() -> pd.DataFrame:
    """Return Seattle's weather, daily from 2012 to 2015: 1,461 rows by `date`.

    Columns: `precipitation_mm`, `temp_max_c`, `temp_min_c`, `wind_m_per_s` (float64, millimetres,
    degrees Celsius, metres a second), `weather` (text: drizzle, fog, rain, snow, sun).
    Explained in 03/02. Raises BookError where the file is missing or damaged.
    """
    return _bundled("tables/weather.csv").set_index("date")


def co2() -> pd.DataFrame:
    """Return the carbon dioxide in the air at Mauna Loa, weekly: 2,284 rows by `date`.

    One column: `co2_ppm` (float64, parts per million), NaN in its real gaps.
    Explained in 03/02. Raises BookError where the file is missing or damaged.
    """
    return _bundled("tables/co2.csv").set_index("date")


def countries() -> pd.DataFrame:
    """Return the names of 249 countries and territories in thirty languages, one a row.

    Columns, all text: `language` (`de`), `language_name` (`German`), `name` (`Norwegen`).
    Explained in 03/03. Raises BookError where the file is missing or damaged.
    """
    return _bundled("words/countries.csv")


def _bundled(name: str) -> pd.DataFrame:
    file = path(name)
    with file.open(encoding="utf-8") as lines:
        header = next(csv.reader(lines))
    return read_table(file, {column: _KINDS.get(column, "number") for column in header})


def read_table(
    file: str | Path, columns: Mapping[str, Kind], *, delimiter: str = ","
) -> pd.DataFrame:
    """Read columns of a CSV file (UTF-8, names in the first line) and check every value.

    Args:
        file: its path.
        columns: the columns to read, each `"number"`, `"text"` or `"date"` (YYYY-MM-DD).
        delimiter: what stands between two fields.

    Returns:
        The columns in this order, a row a line: numbers as float64, or int64 where all are whole
        and none is missing; dates as datetime64; text. A field is missing (NaN, NaT) where it is
        empty or, in numbers and dates, NA, N/A, NaN, nan or null.

    Explained in 03/01. Raises BookError where a column is missing, a value is no number or date,
    lines differ in length, the delimiter is another, or the file is missing, empty or not UTF-8.
    """
    reader = csv.reader(io.StringIO(read_text(file)), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []  # where each row ends, for a quoted field may have several
    try:
        for row in filter(None, reader):
            if not rows:
                _check_header(file, row, list(columns), delimiter)
            elif len(row) != len(rows[0]):
                raise BookError(
                    f"{file}, line {reader.line_num}: expected {len(rows[0])} fields "
                    f"as in the first line, found {len(row)}."
                )
            rows.append(row)
            lines.append(reader.line_num)
    except csv.Error as error:
        raise BookError(f"{file}, line {reader.line_num}: {error}.") from None
    if len(rows) < 2:
        raise BookError(f"{file} has no rows below the line of names.")
    table = pd.DataFrame(rows[1:], columns=rows[0], index=lines[1:])[list(columns)]
    converted = {name: _converted(file, table[name], kind) for name, kind in columns.items()}
    return pd.DataFrame(converted).reset_index(drop=True)


def _check_header(file: str | Path, header: list[str], names: list[str], delimiter: str) -> None:
    """Raise BookError unless the first line names each column once."""
    for name in names:
        if header.count(name) > 1:
            raise BookError(f"{file} has {header.count(name)} columns {name}, expected one.")
        if name in header:
            continue
        for other in set(",;\t|") - {delimiter}:
            parts = delimiter.join(header).split(other)
            if name in parts or len(parts) > len(header):
                raise BookError(
                    f"{file} has {other!r} between its fields, expected {delimiter!r}. "
                    f"Give read_table delimiter={other!r}."
                )
        told = f"{name}{near(name, header)}; it has: {', '.join(header)}"
        raise BookError(f"{file} has no column {told}.")


def _converted(file: str | Path, values: "pd.Series[Any]", kind: Kind) -> "pd.Series[Any]":
    """Return a column as its kind has it; the index holds the lines of the file."""
    if kind not in ("text", *_EXAMPLES):
        raise BookError(f'{values.name}: {kind!r} is no kind; give "number", "text" or "date".')
    if kind == "text":
        return values.mask(values == "")
    stripped = values.str.strip()
    missing = stripped.isin(_MISSING)
    known = stripped.mask(missing)
    if kind == "number":
        found: pd.Series[Any] = pd.to_numeric(known, errors="coerce")
        found = found.astype("float64") if found.dtype == "uint64" else found  # beyond int64
    else:
        found = pd.to_datetime(known, format="%Y-%m-%d", errors="coerce")
    for line in values.index[found.isna() & ~missing][:1]:
        raise BookError(
            f"{file}, line {line}, column {values.name}: {values[line]!r} is no {kind}; "
            f"expected one such as {_EXAMPLES[kind]}, or an empty field."
        )
    return found
