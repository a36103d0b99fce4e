"""Names of countries in thirty languages, and a story."""

import csv
from pathlib import Path

from . import Entry, place

LANGUAGES = (
    *("am", "ar", "bn", "cs", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hu", "id"),
    *("it", "ja", "ka", "ko", "nl", "pl", "pt", "ru", "sv", "sw", "ta", "th", "tr", "vi", "zh"),
)
# What CLDR names besides the countries and territories of ISO 3166.
OTHERS = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}


def countries(folder: Path) -> None:
    from babel import Locale

    english = Locale("en")
    codes = sorted(code for code in english.territories if len(code) == 2 and code.isalpha())
    with place(folder, "words/countries.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["language", "language_name", "name"])
        for language in LANGUAGES:
            names = Locale(language).territories
            for code in codes:
                if code not in OTHERS and code in names:
                    rows.writerow([language, english.languages[language], names[code]])


ENTRIES = [
    Entry(
        path="words/countries.csv",
        kind="table",
        what=f"names of countries and territories in {len(LANGUAGES)} languages",
        source="Babel 2.18.0; Unicode Common Locale Data Repository (CLDR) 47",
        licence="Unicode License v3",
        units="words, UTF-8, normal form C; `language` is CLDR's code",
        make=countries,
    ),
    Entry(
        path="words/story.txt",
        kind="text",
        what="a story of some 3,000 words, written for the book",
        source="this project",
        licence="CC BY 4.0",
        units="words, UTF-8",
        make=None,
    ),
]
