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
    widest = max(len(header), 1 + max(line.count(delimiter) for line in text.split("\n")))
    stream = io.StringIO(text)
    try:
        table = pd.read_csv(
            stream, sep=delimiter, engine="python", header=None, names=range(widest), dtype=str,
            na_filter=False, skip_blank_lines=False,
        )  # fmt: skip
    except pd.errors.ParserError as error:
        line = 1 + text.count("\n", 0, stream.tell() - 1)
        raise BookError(
            f"{file}, line {line}: {error}. Close each quotation mark; double one within a text."
        ) from None
    breaks = table.map(lambda field: str(field).count("\n")).sum(axis="columns")
    table.index = pd.Index((breaks + 1).cumsum())
    widths = table.notna().sum(axis="columns")
    for ragged, width in widths[(widths != len(header)) & (widths > 0)].items():
        count = "1 field" if len(header) == 1 else f"{len(header)} fields"
        raise BookError(
            f"{file}, line {ragged}: expected {count} as in the first line, found {width}."
        )
    rows = table[widths > 0].iloc[1:]
    if rows.empty:
        raise BookError(f"{file} has no rows below the line of names.")
    return rows[[header.index(name) for name in names]].set_axis(names, axis="columns")


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
    for name in names:
        if header.count(name) > 1:
            raise BookError(
                f"{file} has {header.count(name)} columns {_shown(name)}, expected one."
            )
        if name in header or not header:
            continue
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
