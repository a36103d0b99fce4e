"""The bundled tables as DataFrames, and the reader of CSV files."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from d2lutils.data.fields import KINDS, Kind, converted, fields_of
from d2lutils.data.files import path
from d2lutils.data.words import read_text
from d2lutils.errors import BookError

_KINDS: dict[str, Kind] = {  # of the bundled columns; all others are numbers
    "date": "date", "species": "text", "island": "text", "sex": "text", "weather": "text",
    "language": "text", "language_name": "text", "name": "text",
}  # fmt: skip


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
    Explained in 03/02. Raises BookError where the file is missing or damaged.
    """
    return _bundled("tables/wine.csv")


def weather() -> pd.DataFrame:
    """Return Seattle's weather, daily from 2012 to 2015: 1,461 rows by `date`.

    Columns: `precipitation_mm`, `temp_max_c`, `temp_min_c`, `wind_m_per_s` (float64, millimetres,
    degrees Celsius, metres a second), `weather` (text: drizzle, fog, rain, snow, sun).
    Explained in 03/04. Raises BookError where the file is missing or damaged.
    """
    return _bundled("tables/weather.csv").set_index("date")


def co2() -> pd.DataFrame:
    """Return the carbon dioxide in the air at Mauna Loa, weekly: 2,284 rows by `date`.

    One column: `co2_ppm` (float64, parts per million), NaN in its real gaps.
    Explained in 03/04. Raises BookError where the file is missing or damaged.
    """
    return _bundled("tables/co2.csv").set_index("date")


def countries() -> pd.DataFrame:
    """Return the names of 249 countries and territories in thirty languages, one a row.

    Columns, all text: `language` (`de`), `language_name` (`German`), `name` (`Norwegen`).
    Explained in 03/05. Raises BookError where the file is missing or damaged.
    """
    return _bundled("words/countries.csv")


def _bundled(name: str) -> pd.DataFrame:
    header = map(str, pd.read_csv(path(name), nrows=0))
    return read_table(path(name), {column: _KINDS.get(column, "number") for column in header})


def read_table(
    file: str | Path, columns: Mapping[str, Kind], *, delimiter: str = ",", decimal: str = "."
) -> pd.DataFrame:
    """Read columns of a CSV file (UTF-8, names in the first line) and check every value.

    Args:
        file: its path.
        columns: the columns to read, each `"number"`, `"text"` or `"date"` (YYYY-MM-DD).
        delimiter: what stands between two fields.
        decimal: the decimal mark of numbers, `"."` or `","`.

    Returns:
        The columns in this order, a row a line that is not blank: numbers as float64, or int64
        where all are whole and none is missing; dates as datetime64; text. A field is missing
        (NaN, NaT) where it is empty or, in numbers and dates, a word for it such as NA or None.

    Explained in 03/01. Raises BookError where a column is missing, a value is no number or date,
    float64 would change it, lines differ in length, the delimiter is another, or the file is
    missing, empty or not UTF-8.
    """
    text = read_text(file)
    if not isinstance(columns, Mapping) or not columns:
        told = 'a dictionary such as {"name": "text"} with a kind for each column to read'
        raise BookError(f"columns is {columns!r}, expected {told}: {', '.join(KINDS)}.")
    for name, kind in columns.items():
        if kind not in KINDS:
            raise BookError(f'{name}: {kind!r} is no kind; give "number", "text" or "date".')
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n':
        raise BookError(f"delimiter is {delimiter!r}, expected one character such as ',' or ';'.")
    if decimal not in (".", ","):
        raise BookError(f"decimal is {decimal!r}, expected '.' or ','.")
    table = fields_of(file, text, list(columns), delimiter)
    kinds = columns.items()
    return pd.DataFrame({name: converted(file, table[name], kind, decimal) for name, kind in kinds})
