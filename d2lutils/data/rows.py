"""The rows of a CSV file, each field a text."""

import csv
import io
import re
from pathlib import Path

import pandas as pd

from d2lutils.data.files import near
from d2lutils.errors import BookError


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
    plain = shown.isprintable() and shown == shown.strip() != ""
    shown = shown if plain else repr(name)
    return shown if len(shown) < 60 else f"{shown[:57]}…"


def _expect(file: str | Path, delimiter: str, found: str) -> None:
    """Raise BookError where another delimiter than the expected one was found."""
    if found != delimiter:
        raise BookError(
            f"{file} has {found!r} between its fields, expected {delimiter!r}. "
            f"Give read_table delimiter={found!r}."
        )
